"""What holds for every test: how random examples are drawn, and that Ctrl-C reaches the processes they start."""

import signal

from hypothesis import HealthCheck, settings

# A runner that was itself started in the background ignores it, and so would all of its children.
signal.signal(signal.SIGINT, signal.default_int_handler)

# No deadline and no complaint about slowness: what a busy machine takes says nothing about the code.
settings.register_profile("core", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", settings.get_profile("core"), max_examples=1000)
settings.load_profile("core")
