"""How many trials are needed, by doubling and halving. Plain Python: prices of floors need no numpy."""

from collections.abc import Callable

_MOST_TRIALS = 10**9  # beyond this, nobody measures: the answer is "more of the same cannot"


def smallest(decided: Callable[[int], bool]) -> int | None:
    """Smallest number of further trials for which `decided`, by doubling and halving.

    The binomial saw-tooth may hide a slightly smaller one; None beyond any budget.
    """
    if decided(0):
        return 0
    high = 1
    while not decided(high):
        high *= 2
        if high > _MOST_TRIALS:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if decided(middle) else (middle, high)
    return high
