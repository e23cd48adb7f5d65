"""How much of a long test the core suite does: what is left is done by `make test-long`, which has the time for it."""

from collections.abc import Iterable
from itertools import islice
from typing import TypeVar

from hypothesis import settings

One = TypeVar("One")


def thorough() -> bool:
    """Whether this is the long suite."""
    return settings.default is not None and settings.default.max_examples >= 1000


def often(runs: int) -> int:
    """How often a simulation is repeated: `runs` in the long suite, a quarter in the core suite.

    Bounds on what may go wrong follow from the number, so that fewer repetitions only notice less.
    """
    return runs if thorough() else runs // 4


def some(all_of_them: Iterable[One], every: int) -> Iterable[One]:
    """All of them in the long suite, each `every`-th in the core suite."""
    return all_of_them if thorough() else islice(all_of_them, 0, None, every)
