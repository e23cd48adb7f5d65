"""The one way from scores to an estimate: each shape to its method."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from trimtab.kinds import Estimate, Interval, Missing, Score, Shape
from trimtab.stats.average import average_per_case
from trimtab.stats.balance import balance, balance_range
from trimtab.stats.binomial import rate
from trimtab.stats.bounded import first_proof, mean_interval
from trimtab.stats.classification import RELEVANT, classification, classification_range
from trimtab.stats.clusters import Clusters, Outcome, gather, usable
from trimtab.stats.flips import flips, flips_range
from trimtab.stats.gap import gap_range, largest_gap
from trimtab.stats.quantile import proofs_of_quantile, quantile, weighted_quantile
from trimtab.stats.ratio import ratio_of_sums
from trimtab.stats.throughput import per_second

QUANTILES = {Shape.P50: 0.5, Shape.P95: 0.95}
APPROXIMATE = frozenset({Shape.AVERAGE, Shape.RATIO, Shape.THROUGHPUT})
"""Shapes whose intervals hold for a number of cases that was fixed beforehand, and for no other."""

_RANGES = {Shape.GAP: gap_range, Shape.FLIPS: flips_range, Shape.BALANCE: balance_range}
_BEYOND = 1e-9  # relative: a refutation puts the mean beyond the bound, not on it


def estimate(
    shape: Shape,
    outcomes: Sequence[Outcome],
    *,
    level: float = 0.95,
    anytime: bool = False,
    bound: float | None = None,
) -> Estimate | Missing:
    """What the outcomes of independent clusters say about the metric behind them.

    Args:
        shape: How scores become a number; `docs/methods.md` has each method.
        outcomes: Cluster id and outcome of each case, in the drawn order
            (only throughput, and averages of over 500 clusters, look at the order).
        level: Two-sided coverage of the interval, in (0, 1); each end errs
            with probability at most half of the rest, exactly so unless
            `interval.method` says "approximate".
        anytime: The interval must hold whenever measuring stopped, for
            whatever reason that the outcomes before gave. It is then somewhat wider;
            shapes in `APPROXIMATE` have none, and keep theirs.
        bound: With `anytime`, a number of interest. What was once proved of it, by an
            earlier part of the outcomes, stands: the interval stays on that side. Only of
            rates, means and quantiles.

    Returns:
        In the unit of the metric; Missing "no-cases" without outcomes, and
        another reason where the shape has nothing to work on. All outcomes
        missing: value NaN and every possible value in the interval. Scores
        that the shape cannot hold count as missing.

    Raises:
        ValueError: `level` is outside (0, 1).
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"level {level} is outside (0, 1)")
    if not outcomes:
        return Missing("no-cases")
    outcomes = usable(shape, outcomes)
    found = _estimate(shape, outcomes, level, anytime=anytime)
    if anytime and bound is not None and isinstance(found, Estimate):
        found = replace(found, interval=_standing(shape, outcomes, found.interval, bound))
    return found if isinstance(found, Missing) else _settled(found)


def point_range(shape: Shape, outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """The point estimate with every missing case at its lowest, and at its highest; NaN when there is none.

    Candidates are ranked by the worse of the two, so that breaking a case can
    never improve a rank.
    """
    outcomes = usable(shape, outcomes)
    if not outcomes:
        return math.nan, math.nan
    if shape in RELEVANT:
        return classification_range(shape, outcomes)
    if shape in _RANGES:
        return _RANGES[shape](outcomes)
    clusters = gather(outcomes)
    if shape in (Shape.RATE, Shape.MEAN):
        _, low, high = clusters.means()
        return float(low.mean()), float(high.mean())
    if shape in QUANTILES:
        order = QUANTILES[shape]
        owner = np.unique([cluster for cluster, _ in outcomes], return_inverse=True)[1]
        ends = [np.array([o.value if isinstance(o, Score) else end for _, o in outcomes]) for end in (0.0, math.inf)]
        return weighted_quantile(ends[0], owner, order), weighted_quantile(ends[1], owner, order)
    found = _estimate(shape, outcomes, 0.5)
    if isinstance(found, Missing):
        return math.nan, math.nan
    if found.missing or not found.known:
        return (0.0 if shape is Shape.THROUGHPUT else -math.inf), math.inf
    return found.value, found.value


def _estimate(shape: Shape, outcomes: Sequence[Outcome], level: float, *, anytime: bool = False) -> Estimate | Missing:
    if shape in QUANTILES:
        return quantile(outcomes, QUANTILES[shape], level=level, anytime=anytime)
    if shape in RELEVANT:
        return classification(shape, outcomes, level=level, anytime=anytime)
    if shape is Shape.GAP:
        return largest_gap(outcomes, level=level, anytime=anytime)
    if shape is Shape.FLIPS:
        return flips(outcomes, level=level, anytime=anytime)
    if shape is Shape.BALANCE:
        return balance(outcomes, level=level)
    clusters = gather(outcomes)
    count = clusters.count
    if shape is Shape.RATE and not anytime:
        value, interval = _rate(clusters, level)
    elif shape in (Shape.RATE, Shape.MEAN):
        value, low, high = clusters.means()
        interval = mean_interval(low, high, level=level)
    elif shape is Shape.AVERAGE:
        value, interval = average_per_case(clusters, level=level)
    elif shape is Shape.RATIO:
        value, interval = ratio_of_sums(clusters, level=level)
    else:
        scores = [outcome for _, outcome in outcomes if isinstance(outcome, Score)]
        times = np.array([score.at for score in scores], dtype=np.float64)
        work = np.array([score.value for score in scores], dtype=np.float64)
        value, interval, count = per_second(work, times, len(outcomes) - len(scores), level=level)
    return Estimate(
        value=value, interval=interval, count=count, cases=len(outcomes), missing=int(clusters.missing.sum())
    )


def _rate(clusters: Clusters, level: float) -> tuple[float, Interval]:
    value, low, high = clusters.means()
    if not clusters.alone:
        return value, mean_interval(low, high, level=level)
    hits, scored, missing = (int(column.sum()) for column in (clusters.total, clusters.scored, clusters.missing))
    return value, rate(hits, scored, missing, level=level)


def _standing(shape: Shape, outcomes: Sequence[Outcome], interval: Interval, bound: float) -> Interval:
    """The interval without what was disproved on the way: all moments hold together (Ville)."""
    tail = (1.0 - interval.level) / 2.0
    if shape in QUANTILES:
        proved, refuted = proofs_of_quantile(outcomes, QUANTILES[shape], bound, tail=tail)
    elif shape in (Shape.RATE, Shape.MEAN) and 0.0 <= bound <= 1.0:
        _, low, high = gather(outcomes).means()
        proved = first_proof(1.0 - high, 1.0 - bound, alpha=tail) is not None
        refuted = first_proof(low, bound * (1.0 + _BEYOND), alpha=tail) is not None
    else:
        return interval
    # Bets on both sides cannot both win unless one of two events of probability `tail` has happened.
    high_end = min(interval.high, bound) if proved and not refuted else interval.high
    low_end = max(interval.low, bound * (1.0 + _BEYOND)) if refuted and not proved else interval.low
    return Interval(min(low_end, high_end), max(low_end, high_end), interval.level, interval.method)


def _settled(found: Estimate) -> Estimate:
    """Twelve significant digits: beyond them, machines and versions of SciPy differ, and decisions are recomputed."""
    value, low, high = (float(f"{x:.12g}") for x in (found.value, found.interval.low, found.interval.high))
    interval = Interval(low, high, found.interval.level, found.interval.method)
    return replace(found, value=value if value == value else math.nan, interval=interval)  # noqa: PLR0124  # NaN
