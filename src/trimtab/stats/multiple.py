"""Several questions at once."""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

_Name = TypeVar("_Name", bound=Hashable)


def holm(names: Iterable[_Name], rejected_at: Callable[[_Name, float], bool], *, alpha: float) -> frozenset[_Name]:
    """Hypotheses that Holm's step-down procedure rejects; any false rejection has probability at most `alpha`.

    It needs no p-values, only the answer at a level, so that intervals will
    do: with m hypotheses left, all that fall at alpha / m are rejected, m
    shrinks by their number, and so on until none falls.

    Args:
        names: Every hypothesis of the family, those that nobody could test included.
        rejected_at: Whether a hypothesis is rejected at an error probability;
            once rejected at one, it must be so at every greater one.
        alpha: Error probability of the whole family, in (0, 1).

    Returns:
        The rejected ones.

    Source:
        Holm (1979), Scandinavian Journal of Statistics 6(2), 65-70.
    """
    left = list(dict.fromkeys(names))
    out: set[_Name] = set()
    while left:
        fallen = [name for name in left if rejected_at(name, alpha / len(left))]
        if not fallen:
            break
        out.update(fallen)
        left = [name for name in left if name not in out]
    return frozenset(out)
