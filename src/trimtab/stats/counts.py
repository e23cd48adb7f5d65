"""Intervals for rates of events over time, from their counts: one, several with weights, and one against another."""

import math
from collections.abc import Sequence

from scipy.special import gammaincinv

from trimtab.kinds import Interval
from trimtab.stats.binomial import clopper_pearson


def poisson_rate(events: int, exposure: float, *, level: float = 0.95) -> Interval:
    """Exact two-sided interval for events per unit of exposure; covers at least `level` whatever the true rate.

    Args:
        events: How many, >= 0, each independent of the others.
        exposure: Over how much time (or uses), > 0, in the unit that the rate is meant per.
        level: Coverage probability, in (0, 1).

    Returns:
        Events per unit; 0 <= low <= events / exposure <= high.

    Raises:
        ValueError: An argument is outside its range.

    Source:
        Garwood (1936), Biometrika 28(3/4), 437-442.
    """
    if not (events >= 0 and exposure > 0.0 and 0.0 < level < 1.0):
        raise ValueError(f"out of range: {events=}, {exposure=}, {level=}")
    tail = (1.0 - level) / 2.0
    low = 0.0 if events == 0 else float(gammaincinv(events, tail))
    high = float(gammaincinv(events + 1, 1.0 - tail))
    return Interval(low / exposure, high / exposure, level, "garwood")


def weighted_poisson_rate(
    events: Sequence[int],
    weights: Sequence[float],
    exposure: float,
    *,
    level: float = 0.95,
    more: Sequence[int] = (),
) -> Interval:
    """Two-sided interval for a weighted sum of rates of events that are counted apart, as by severity.

    No case is known in which it covers less than `level`; with equal weights it is Garwood's, which is proven.

    Args:
        events: How many of each kind, >= 0, all over the same exposure.
        weights: What one of each kind counts, > 0.
        exposure: Over how much time, > 0, in the unit that the rate is meant per.
        level: Coverage probability, in (0, 1).
        more: How many further ones of each kind may turn out to be events; the upper end counts them all.

    Returns:
        Weight per unit; 0 <= low <= sum of weights of events / exposure <= high.

    Raises:
        ValueError: An argument is outside its range.

    Source:
        Fay & Feuer (1997), Statistics in Medicine 16(7), 791-801, the gamma interval.
    """
    further = tuple(more) or (0,) * len(events)
    if not (events and len(events) == len(weights) == len(further) and exposure > 0.0 and 0.0 < level < 1.0):
        raise ValueError(f"out of range: {events=}, {weights=}, {exposure=}, {level=}")
    if min(events) < 0 or min(further) < 0 or not min(weights) > 0.0:
        raise ValueError(f"out of range: {events=}, {weights=}, {more=}")
    tail = (1.0 - level) / 2.0
    low = _gamma(events, weights, 0.0, tail)
    high = _gamma([a + b for a, b in zip(events, further, strict=True)], weights, max(weights), 1.0 - tail)
    return Interval(low / exposure, high / exposure, level, "fay-feuer")


def _gamma(events: Sequence[int], weights: Sequence[float], extra: float, share: float) -> float:
    """Quantile of the gamma variable whose mean and variance are those of the sum and of one more event."""
    pairs = sorted(zip(events, weights, strict=True))
    mean = math.fsum(count * weight for count, weight in pairs) + extra
    variance = math.fsum(count * weight * weight for count, weight in pairs) + extra * extra
    return 0.0 if mean == 0.0 else variance / mean * float(gammaincinv(mean * mean / variance, share))


def poisson_ratio(first: int, second: int, *, level: float = 0.95) -> Interval:
    """Exact two-sided interval for how often one event happens for each of another, both counted over the same time.

    Given how many there were in all, the first are binomial, whatever the two rates are.

    Args:
        first: How many of the one, >= 0.
        second: How many of the other, >= 0; not both are 0.
        level: Coverage probability, in (0, 1).

    Returns:
        A ratio; 0 <= low <= first / second <= high, high without bound where `second` is 0.

    Raises:
        InsufficientEvidenceError: There are none of either.
        ValueError: An argument is outside its range.

    Source:
        Przyborowski & Wilenski (1940), Biometrika 31(3/4), 313-323.
    """
    share = clopper_pearson(first, first + second, level=level)
    low, high = (math.inf if end == 1.0 else end / (1.0 - end) for end in (share.low, share.high))
    return Interval(low, high, level, "clopper-pearson of the ratio")
