"""Ratio of two sums over clusters, without known bounds: approximate, and named so.

No interval for an unbounded mean is valid for every distribution (Bahadur &
Savage 1956). This one resamples clusters and studentises, which corrects for
skewness to second order, unlike the t interval.
"""

import math

import numpy as np

from trimtab.kinds import Interval
from trimtab.stats.clusters import Clusters, Floats

METHOD = "bootstrap-t, approximate"
_RESAMPLES = 1999  # (resamples + 1) * tail is whole for the usual tails
_SEED = 20_240_229  # fixed: the same scores give the same digits
_MOST_UNITS = 500  # more are folded: sums of independent clusters are independent


def ratio_of_sums(clusters: Clusters, *, level: float) -> tuple[float, Interval]:
    """Sum of values over sum of denominators, resampled by cluster.

    Args:
        clusters: Sums per independent unit. The denominator is `per`.
        level: Nominal coverage, in (0, 1). Reached approximately from some
            30 clusters on; the tests say how nearly.

    Returns:
        The ratio over scored cases, NaN when the denominators sum to 0; and
        an interval, infinite on both sides when a case is missing (it could
        have been anything), with fewer than two clusters, and when no scatter shows
        how far off the ratio might be.

    Source:
        Efron & Tibshirani (1993), An Introduction to the Bootstrap, sections
        12.5-12.6; Davison & Hinkley (1997), sections 2.4 and 5.2.
    """
    whole = float(clusters.per.sum())
    value = float(clusters.total.sum()) / whole if whole > 0.0 else math.nan
    vacuous = Interval(-math.inf, math.inf, level, METHOD)
    seen = clusters.scored > 0
    if math.isnan(value) or clusters.missing.any() or seen.sum() < 2:
        return value, vacuous
    residual, per = _folded(clusters.total - value * clusters.per), _folded(clusters.per)
    error = _standard_error(float(residual @ residual), whole, len(per))
    if error <= 1e-12 * abs(value) or error == 0.0:
        return value, vacuous
    shifted = np.sort(_studentised(residual, per))
    low, high = _quantiles(shifted, (1.0 - level) / 2.0)
    return value, Interval(value - high * error, value - low * error, level, METHOD)


def _standard_error(squares: float, per: float, count: int) -> float:
    return math.sqrt(max(squares, 0.0) * count / (count - 1)) / per


def _folded(sums: Floats) -> Floats:
    if len(sums) <= _MOST_UNITS:
        return sums
    return np.bincount(np.arange(len(sums)) % _MOST_UNITS, weights=sums).astype(np.float64)


def _studentised(residual: Floats, per: Floats) -> Floats:
    """(ratio* - ratio) / error* of each resample; infinite where a resample shows no scatter."""
    count = len(residual)
    drawn = np.random.default_rng(_SEED).integers(0, count, size=(_RESAMPLES, count))
    e: Floats = residual[drawn]
    p: Floats = per[drawn]
    sum_e, sum_p = e.sum(axis=1), p.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = sum_e / sum_p
        squares = (e * e).sum(axis=1) - 2.0 * shift * (e * p).sum(axis=1) + shift**2 * (p * p).sum(axis=1)
        # Rounding leaves a speck where all draws were alike; that is no scatter.
        squares[squares <= 1e-12 * (e * e).sum(axis=1)] = 0.0
        error = np.sqrt(squares * count / (count - 1)) / sum_p
        shifted: Floats = shift / error
    shifted[np.isnan(shifted)] = math.inf
    return shifted


def _quantiles(ordered: Floats, tail: float) -> tuple[float, float]:
    place = math.floor((len(ordered) + 1) * tail + 1e-9)
    if place < 1:  # too far out for the number of resamples
        return -math.inf, math.inf
    return float(ordered[place - 1]), float(ordered[-place])
