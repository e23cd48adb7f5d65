"""How random examples are drawn, for every test."""

from hypothesis import HealthCheck, settings

# No deadline and no complaint about slowness: what a busy machine takes says nothing about the code.
settings.register_profile("core", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", settings.get_profile("core"), max_examples=1000)
settings.load_profile("core")
