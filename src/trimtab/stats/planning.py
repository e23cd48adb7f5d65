"""How many further trials would probably decide: the number behind "inconclusive"."""

import math
from collections.abc import Sequence
from statistics import NormalDist

from trimtab.kinds import Estimate, Missing, Score, Shape
from trimtab.stats.binomial import POWER, Side, trials_needed, trials_to_prove
from trimtab.stats.bounded import trials_to_refute
from trimtab.stats.clusters import Outcome, gather, usable
from trimtab.stats.shapes import QUANTILES, estimate
from trimtab.stats.stakes import units_to_prove

_UNIT = {Shape.RATE, Shape.MEAN}


def further_trials(
    shape: Shape, outcomes: Sequence[Outcome], bound: float, *, side: Side, alpha: float, anytime: bool = False
) -> int | None:
    """Further independent trials that would probably decide a floor on any shape.

    Args:
        shape: The metric's.
        outcomes: What was seen so far; the future is taken to be like it,
            its share of missing cases included.
        bound: The floor, in the metric's unit.
        side: Whether the metric must be at least or at most `bound`.
        alpha: One-sided error probability of the verdict, in (0, 0.5).
        anytime: As for `estimate`.

    Returns:
        Clusters (80 % power); 0 when decided already, None when more of the same cannot decide.
    """
    outcomes = usable(shape, outcomes)
    if shape in _UNIT:
        return _unit(outcomes, bound, side, alpha, exact=shape is Shape.RATE and not anytime)
    if shape in QUANTILES:
        return _quantile(outcomes, QUANTILES[shape], bound, side, alpha, exact=not anytime)
    return _by_width(estimate(shape, outcomes, level=1.0 - 2.0 * alpha), bound, side, alpha)


def _unit(outcomes: Sequence[Outcome], bound: float, side: Side, alpha: float, *, exact: bool) -> int | None:
    if not 0.0 <= bound <= 1.0:
        return None
    clusters = gather(outcomes)
    if exact and clusters.alone:
        hits, scored, missing = (int(column.sum()) for column in (clusters.total, clusters.scored, clusters.missing))
        return trials_needed(hits, scored, bound, side=side, alpha=alpha, missing=missing)
    if clusters.count == 0:
        return (
            trials_to_prove(bound, side=side, alpha=alpha) if exact else units_to_prove(bound, side=side, alpha=alpha)
        )
    _, low, high = clusters.means()
    if side == "at_least":  # the same question about the opposite
        low, high, bound = 1.0 - high, 1.0 - low, 1.0 - bound
    if high.mean() < bound:
        return trials_to_refute(1.0 - high, 1.0 - bound, alpha=alpha)
    return trials_to_refute(low, bound, alpha=alpha) if low.mean() > bound else None


def _quantile(
    outcomes: Sequence[Outcome], order: float, bound: float, side: Side, alpha: float, *, exact: bool
) -> int | None:
    """A quantile is at most `bound` exactly when at least `order` of the cases are."""
    within: list[Outcome] = [
        (cluster, Score(value=float(o.value <= bound)) if isinstance(o, Score) else o) for cluster, o in outcomes
    ]
    turned: Side = "at_least" if side == "at_most" else "at_most"
    return _unit(within, order, turned, alpha, exact=exact)


def _by_width(seen: Estimate | Missing, bound: float, side: Side, alpha: float) -> int | None:
    """Intervals shrink with the square root of the count."""
    if isinstance(seen, Missing) or not seen.known:
        return None
    distance = bound - seen.value if side == "at_most" else seen.value - bound
    # Towards the floor the far end must come in; away from it, the near one.
    end = seen.interval.high if (distance > 0) == (side == "at_most") else seen.interval.low
    reach = abs(end - seen.value)
    if distance == 0.0 or not math.isfinite(reach):
        return None
    z, power = (NormalDist().inv_cdf(p) for p in (1.0 - alpha, POWER))
    if reach < abs(distance):
        return 0
    stretch = (1.0 + power / z) * reach / abs(distance) if z > 0 else reach / abs(distance)
    extra = seen.count * (stretch**2 - 1.0)
    return math.ceil(extra) if extra < 1e9 else None
