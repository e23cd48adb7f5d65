"""Median and tail of a positive quantity, exact at every sample size and for every distribution.

Cases that stand alone: order statistics, whose ranks are binomial. Cases in
clusters: a quantile lies below q exactly when the share of cases up to q
exceeds the quantile's order, and that share is a mean of independent cluster
means in [0, 1], so the bets of `bounded` decide for each q. A cluster
bootstrap would be shorter, and wrong for few clusters.
"""

import math
from collections.abc import Sequence

import numpy as np

from trimtab.kinds import Estimate, Interval, Missing
from trimtab.stats.binomial_law import at_most, more_than
from trimtab.stats.bounded import first_proof, log_evidence
from trimtab.stats.clusters import Floats, Outcome

_ROUNDING = 1e-9  # 0.95 * 20 must count as 19


def quantile(outcomes: Sequence[Outcome], order: float, *, level: float, anytime: bool = False) -> Estimate:
    """Quantile of a case drawn from a cluster drawn at random, with an exact interval.

    Args:
        outcomes: Cluster and positive score of each case, at least one.
            Missing ones count as 0 for the low end and as infinite for the
            high end: a call that timed out was not quick.
        order: 0.5 for the median, in (0, 1).
        level: Coverage probability, in (0, 1).
        anytime: Bet on shares even of cases that stand alone, so that the interval holds whenever measuring stopped.

    Returns:
        In the unit of the scores. The value is over scored cases, every
        cluster weighing the same. The high end is infinite when there are
        too few (59 for p95 at 95 % one-sided).

    Source:
        David & Nagaraja (2003), Order Statistics, section 7.1; for clusters see `bounded`.
    """
    index: dict[str, int] = {}
    owner = np.array([index.setdefault(cluster, len(index)) for cluster, _ in outcomes])
    value = np.array([math.nan if isinstance(o, Missing) else o.value for _, o in outcomes], dtype=np.float64)
    gone = np.isnan(value)
    tail = (1.0 - level) / 2.0
    if len(index) == len(outcomes) and not anytime:
        low, high = _ranked(np.where(gone, 0.0, value), np.where(gone, math.inf, value), order, tail)
        method = "order-statistics"
    else:
        low = _clustered_low(np.where(gone, 0.0, value), owner, order, tail)
        high = _clustered_high(np.where(gone, math.inf, value), owner, order, tail)
        method = "betting-quantile"
    return Estimate(
        value=weighted_quantile(value[~gone], owner[~gone], order),
        interval=Interval(low, high, level, method),
        count=len(index),
        cases=len(outcomes),
        missing=int(gone.sum()),
    )


def proofs_of_quantile(outcomes: Sequence[Outcome], order: float, bound: float, *, tail: float) -> tuple[bool, bool]:
    """Whether some beginning of the outcomes proves that the quantile is at most `bound`, and that it is above.

    Each is wrong with probability at most `tail`, at whatever moment one looks.
    """
    index: dict[str, int] = {}
    owner = np.array([index.setdefault(cluster, len(index)) for cluster, _ in outcomes])
    value = np.array([math.nan if isinstance(o, Missing) else o.value for _, o in outcomes], dtype=np.float64)
    surely = _shares(np.where(np.isnan(value), math.inf, value), owner, bound)
    perhaps = _shares(np.where(np.isnan(value), 0.0, value), owner, bound)
    return (
        first_proof(surely, order, alpha=tail) is not None,
        first_proof(1.0 - perhaps, 1.0 - order, alpha=tail) is not None,
    )


def weighted_quantile(value: Floats, owner: np.ndarray, order: float) -> float:
    """Smallest value that a share `order` of the weight does not exceed; NaN of nothing."""
    if len(value) == 0:
        return math.nan
    weight = 1.0 / np.bincount(owner)[owner]
    ranks = np.argsort(value, kind="stable")
    reached = np.cumsum(weight[ranks])
    place = int(np.searchsorted(reached, order * reached[-1] - _ROUNDING))
    return float(value[ranks[min(place, len(ranks) - 1)]])


def _ranked(low: Floats, high: Floats, order: float, tail: float) -> tuple[float, float]:
    """Order statistics whose ranks fail with probability at most `tail` each."""
    count = len(low)
    ranks = np.arange(count + 1)
    below = at_most(ranks, count, order)  # P(at most k cases lie below the quantile)
    lowest = int(np.searchsorted(below, tail, side="right"))  # ranks 1..lowest are safe
    above = more_than(ranks - 1, count, order)  # P(at least k cases lie below it)
    safe = np.flatnonzero(above <= tail)
    return (
        float(np.sort(low)[lowest - 1]) if lowest else 0.0,
        float(np.sort(high)[safe[0] - 1]) if len(safe) and safe[0] >= 1 else math.inf,
    )


def _shares(value: Floats, owner: np.ndarray, point: float) -> Floats:
    """Per cluster, the share of cases up to `point`."""
    shares: Floats = np.bincount(owner, weights=value <= point) / np.bincount(owner)
    return shares


def _clustered_low(value: Floats, owner: np.ndarray, order: float, tail: float) -> float:
    """Smallest value of which it is not proved that fewer than `order` lie up to it."""
    points = np.concatenate([[-1.0], np.unique(value)])  # below every value, where no case lies
    target = -math.log(tail)

    def proved(place: int) -> bool:
        return log_evidence(1.0 - _shares(value, owner, points[place]), 1.0 - order) >= target

    low, high = 0, len(points)  # everything before `low` is proved
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if proved(middle) else (low, middle)
    return float(points[low]) if 0 < low < len(points) else 0.0


def _clustered_high(value: Floats, owner: np.ndarray, order: float, tail: float) -> float:
    """Smallest value of which it is proved that more than `order` lie up to it."""
    points = np.unique(value[np.isfinite(value)])
    target = -math.log(tail)
    low, high = 0, len(points)
    while low < high:
        middle = (low + high) // 2
        proved = log_evidence(_shares(value, owner, points[middle]), order) >= target
        low, high = (low, middle) if proved else (middle + 1, high)
    return float(points[low]) if low < len(points) else math.inf
