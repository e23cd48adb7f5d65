"""Settings of all tests."""

from hypothesis import HealthCheck, settings

# Times say more about the machine's other load than about the code, so they fail no test.
settings.register_profile("trimtab", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("trimtab")
