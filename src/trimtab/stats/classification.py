"""Precision, recall and F1 from cells of a confusion table.

All three are shares of true positives among relevant cases: those predicted
positive for precision, those positive for recall, and all but true negatives
for the Jaccard index J, of which F1 = 2J / (1 + J) is a rising function. So
F1 needs no bootstrap: given the relevant cases, true positives among
independent ones are binomial, and Clopper & Pearson is exact.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from trimtab.kinds import Estimate, Interval, Missing, Score, Shape
from trimtab.stats.binomial import rate
from trimtab.stats.bounded import least_root
from trimtab.stats.clusters import Clusters, Floats, Outcome, gather

RELEVANT: Mapping[Shape, frozenset[str]] = {
    Shape.PRECISION: frozenset({"tp", "fp"}),
    Shape.RECALL: frozenset({"tp", "fn"}),
    Shape.F1: frozenset({"tp", "fp", "fn"}),
}


def classification(
    shape: Shape, outcomes: Sequence[Outcome], *, level: float, anytime: bool = False
) -> Estimate | Missing:
    """Precision, recall or F1 with an interval that covers at least `level` at any n.

    Args:
        shape: One of PRECISION, RECALL, F1.
        outcomes: Cluster and score of each case, its `group` one of tp, fp,
            fn, tn. A missing case may have been any of them: the low end
            takes it for relevant and wrong, the high end for a true positive.
        level: Coverage probability, in (0, 1).
        anytime: Bet even on cases that stand alone, so that the interval holds whenever measuring stopped.

    Returns:
        In [0, 1]. `count` is clusters with a relevant or missing case.
        Missing "no-relevant-cases" when nothing was relevant: precision
        without a positive prediction is not 1.

    Source:
        Clopper & Pearson (1934); for clusters bets on (1 - s) tp - s (fp + fn),
        whose mean is 0 at the true share s: Waudby-Smith & Ramdas (2024).
    """
    clusters = _relevant(shape, outcomes)
    hits, seen, missing = (float(column.sum()) for column in (clusters.total, clusters.per, clusters.missing))
    if seen + missing == 0:
        return Missing("no-relevant-cases", f"no case counts towards {shape.value}")
    if clusters.alone and not anytime:
        interval = rate(int(hits), int(seen), int(missing), level=level)
    else:
        interval = _clustered(clusters, level=level)
    value = _point(clusters)
    if shape is Shape.F1:
        value = _f1(value)
        interval = Interval(_f1(interval.low), _f1(interval.high), level, interval.method)
    concerned = (clusters.per + clusters.missing) > 0
    return Estimate(
        value=value, interval=interval, count=int(concerned.sum()), cases=len(outcomes), missing=int(missing)
    )


def classification_range(shape: Shape, outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """The point estimate if every missing case were wrong, and if every one were a true positive."""
    clusters = _relevant(shape, outcomes)
    weight = 1.0 / clusters.tried
    hits, per, missing = ((column * weight).sum() for column in (clusters.total, clusters.per, clusters.missing))
    if per + missing <= 0.0:
        return math.nan, math.nan
    low, high = float(hits / (per + missing)), float((hits + missing) / (per + missing))
    return (_f1(low), _f1(high)) if shape is Shape.F1 else (low, high)


def _relevant(shape: Shape, outcomes: Sequence[Outcome]) -> Clusters:
    """`total` counts true positives, `per` relevant cases."""
    cells = RELEVANT[shape]

    def cell(outcome: Score | Missing) -> Score | Missing:
        if isinstance(outcome, Missing):
            return outcome
        return Score(value=float(outcome.group == "tp"), per=float(outcome.group in cells))

    return gather((cluster, cell(outcome)) for cluster, outcome in outcomes)


def _point(clusters: Clusters) -> float:
    """Share over scored cases, every cluster weighing the same, as the interval's."""
    scored = clusters.scored > 0
    weight = 1.0 / clusters.scored[scored]
    per = float((clusters.per[scored] * weight).sum())
    return float((clusters.total[scored] * weight).sum()) / per if per > 0.0 else math.nan


def _clustered(clusters: Clusters, *, level: float) -> Interval:
    tail = (1.0 - level) / 2.0
    tried = clusters.tried
    hits, wrong, gone = clusters.total / tried, (clusters.per - clusters.total) / tried, clusters.missing / tried
    low = least_share(hits, wrong + gone, tail=tail)
    high = 1.0 - least_share(wrong, hits + gone, tail=tail)  # the share of wrong ones is the complement
    return Interval(low, high, level, "betting")


def least_share(hits: Floats, others: Floats, *, tail: float) -> float:
    """Lower end for mean(hits) / mean(hits + others), which is below it with probability at most `tail`.

    Args:
        hits: What counts, per independent unit.
        others: What counts against it; together within [0, 1].
        tail: One-sided error probability, in (0, 1).
    """
    rows, counts = np.unique(np.stack([hits, others]), axis=1, return_counts=True)
    hit, other = rows
    # At share s the bet pays 1 + ((1 - s) hit - s other) / s >= 0, of mean 1 when s is the true share.
    return least_root(
        lambda share: np.maximum(1.0 + hit * (1.0 - share) / share - other, 0.0),
        counts.astype(np.float64),
        tail=tail,
    )


def _f1(jaccard: float) -> float:
    return 2.0 * jaccard / (1.0 + jaccard)
