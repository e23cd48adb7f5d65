"""How far answers lean one way, over those that take a side: from -1, all against, to 1, all in favour.

A score of +1 leans one way, -1 the other; `per` is 1 for an answer that counts
and 0 for one that takes no side and is left out. With h and o the shares of a
cluster's cases that lean one way and the other, the balance is 2 J - 1, where J
is the share of h among h + o, which is bet on as for precision and recall.
"""

import math
from collections.abc import Sequence

from trimtab.kinds import Estimate, Interval, Missing
from trimtab.stats.classification import least_share
from trimtab.stats.clusters import Clusters, Floats, Outcome, gather


def balance(outcomes: Sequence[Outcome], *, level: float) -> Estimate | Missing:
    """Sum of values over sum of `per`, with an interval that covers at least `level` at any n, and at every moment.

    Args:
        outcomes: Cluster and score of each case, its value in [-per, per] and
            its `per` in [0, 1]. A missing case may have leant either way.
        level: Coverage probability, in (0, 1).

    Returns:
        In [-1, 1]; every cluster weighs the same. `count` is clusters in which
        a case takes a side or is missing. Missing "no-sides" when none does:
        a system that never takes a side has not shown that it is even.

    Source:
        Bets on (1 - J) h - J o, whose mean is 0 at the true share J:
        Waudby-Smith & Ramdas (2024), JRSS-B 86(1), 1-27.
    """
    clusters = gather(outcomes)
    if clusters.per.sum() + clusters.missing.sum() == 0.0:
        return Missing("no-sides", "no case takes a side")
    one, other, gone = _shares(clusters)
    tail = (1.0 - level) / 2.0
    low, high = least_share(one, other + gone, tail=tail), 1.0 - least_share(other, one + gone, tail=tail)
    return Estimate(
        value=_point(clusters),
        interval=Interval(2.0 * low - 1.0, 2.0 * high - 1.0, level, "betting"),
        count=int(((clusters.per + clusters.missing) > 0).sum()),
        cases=len(outcomes),
        missing=int(clusters.missing.sum()),
    )


def balance_range(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """The point estimate if every missing case leant against, and if every one leant in favour; NaN without any."""
    clusters = gather(outcomes)
    one, other, gone = (float(column.sum()) for column in _shares(clusters))
    whole = one + other + gone
    return ((one - other - gone) / whole, (one + gone - other) / whole) if whole > 0.0 else (math.nan, math.nan)


def _shares(clusters: Clusters) -> tuple[Floats, Floats, Floats]:
    """Per cluster, of its cases: what leans one way, what leans the other, what is missing."""
    tried = clusters.tried
    one, other = (clusters.per + clusters.total) / 2.0, (clusters.per - clusters.total) / 2.0
    return one / tried, other / tried, clusters.missing / tried


def _point(clusters: Clusters) -> float:
    seen = clusters.scored > 0
    weight = 1.0 / clusters.scored[seen]
    per = float((clusters.per[seen] * weight).sum())
    return float((clusters.total[seen] * weight).sum()) / per if per > 0.0 else math.nan
