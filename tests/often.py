"""How often a simulation is repeated: half as often as in `make test-long`, which has the time to notice small errors."""

from hypothesis import settings


def often(runs: int) -> int:
    """`runs` in the long suite, half of them in the core suite; bounds on what may go wrong follow from the number."""
    return runs if settings.default is not None and settings.default.max_examples >= 1000 else runs // 2
