"""The stakes that bets on a mean are spread over, and the price of a floor that follows from them.

Plain Python: whoever only asks what a floor costs need not wait for numpy.
`bounded` bets with them and says why they are what they are.
"""

import math
from typing import Literal

from trimtab.stats.doubling import smallest


def _geometric(first: float, last: float, count: int) -> tuple[float, ...]:
    step = (last / first) ** (1.0 / (count - 1))
    return tuple(first * step**n for n in range(count))


# c = 1 - 1/s is the likelihood ratio for "the rate of failures is s times below the floor".
BOLD = tuple(1.0 - 1.0 / s for s in _geometric(1.05, 150.0, 24))
TIMID = _geometric(5e-4, 0.05, 16)

# (from, to, share of the timid ones]: which stakes get the capital depends on the mean that is bet against alone.
ZONES = ((0.0, 0.1, 0.90), (0.1, 0.9, 0.15), (0.9, 1.0, 0.02))


def weighted(mean: float) -> list[tuple[float, float]]:
    """Stakes and their shares of the capital, for bets that a mean exceeds `mean`."""
    timid = next(share for _, top, share in ZONES if mean <= top)
    return [(c, (1.0 - timid) / len(BOLD)) for c in BOLD] + [(c, timid / len(TIMID)) for c in TIMID]


def units_to_prove(bound: float, *, side: Literal["at_least", "at_most"], alpha: float) -> int | None:
    """The price of a floor when one may stop at any moment: independent units that prove it without a failure.

    As `binomial.trials_to_prove`, whose number is smaller and good for one look only.

    Args:
        bound: The floor, a rate in [0, 1].
        side: Whether the rate must be at least or at most `bound`.
        alpha: One-sided error probability, in (0, 1).

    Returns:
        The smallest n whose bets win 1/alpha; None when none do.

    Raises:
        ValueError: An argument is outside its range.
    """
    if not (0.0 <= bound <= 1.0 and 0.0 < alpha < 1.0):
        raise ValueError(f"out of range: {bound=}, {alpha=}")
    clean = 1.0 - bound if side == "at_most" else bound  # the mean that success after success is bet against
    if clean >= 1.0:
        return None
    if clean <= 0.0:
        return 1
    gains = [(math.log1p(c * (1.0 - clean) / clean), math.log(share)) for c, share in weighted(clean)]

    def proved(units: int) -> bool:
        logs = [share + units * gain for gain, share in gains]
        most = max(logs)
        return most + math.log(sum(math.exp(one - most) for one in logs)) >= -math.log(alpha) - 1e-9

    return smallest(proved)
