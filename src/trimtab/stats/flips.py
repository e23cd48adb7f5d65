"""How often a decision changes with the group alone.

Within a cluster the same is asked of every group. Two of its cases that belong
to different groups are a pair, and the pair flips when their 0/1 scores differ.
A gap may be zero although many decisions flip, as many one way as the other.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from trimtab.kinds import Estimate, Missing, Score
from trimtab.stats.binomial import rate
from trimtab.stats.bounded import mean_interval
from trimtab.stats.clusters import Floats, Outcome


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs per cluster, clusters without a pair left out: those that flip, that do not, that nobody knows of."""

    flipped: Floats
    kept: Floats
    unknown: Floats

    @property
    def low(self) -> Floats:
        """Share of each cluster's pairs that flips, at least."""
        return self.flipped / (self.flipped + self.kept + self.unknown)

    @property
    def high(self) -> Floats:
        """Share of each cluster's pairs that flips, at most."""
        return (self.flipped + self.unknown) / (self.flipped + self.kept + self.unknown)

    @property
    def value(self) -> float:
        """Mean over clusters of the share of the pairs that are known; NaN when none is."""
        seen = (self.flipped + self.kept) > 0
        flipped, known = self.flipped[seen], (self.flipped + self.kept)[seen]
        return float(np.mean(flipped / known)) if seen.any() else math.nan


def pairs_within(outcomes: Sequence[Outcome]) -> Pairs:
    """The pairs of every cluster, in the order of its first case.

    A missing case that does not name its group may belong to any: it makes an
    unknown pair with every other case of its cluster.
    """
    clusters: dict[str, list[Score | Missing]] = {}
    for cluster, outcome in outcomes:
        clusters.setdefault(cluster, []).append(outcome)
    rows = [row for cases in clusters.values() if sum(row := _count(cases)) > 0]
    return Pairs(*np.array(rows, dtype=np.float64).reshape(-1, 3).T)


def flips(outcomes: Sequence[Outcome], *, level: float, anytime: bool = False) -> Estimate | Missing:
    """Share of pairs that flip, with an interval that covers at least `level` at any n.

    Args:
        outcomes: Cluster and 0/1 score of each case, its `group` naming the
            side. A pair with a missing case may have flipped or not.
        level: Coverage probability, in (0, 1).
        anytime: Bet even where every cluster is one pair, so that the interval holds whenever measuring stopped.

    Returns:
        In [0, 1]; every cluster weighs the same, however many pairs it has.
        `count` is clusters with a pair. Missing "one-group" when no cluster has one.

    Source:
        Clopper & Pearson (1934) where every cluster is one pair,
        Waudby-Smith & Ramdas (2024) elsewhere.
    """
    pairs = pairs_within(outcomes)
    count = len(pairs.flipped)
    if count == 0:
        return Missing("one-group", "a pair needs cases of two groups in one cluster")
    known = pairs.flipped + pairs.kept
    if np.all(known + pairs.unknown == 1.0) and not anytime:
        flipped, unknown = int(pairs.flipped.sum()), int(pairs.unknown.sum())
        interval = rate(flipped, int(known.sum()), unknown, level=level)
    else:
        interval = mean_interval(pairs.low, pairs.high, level=level)
    missing = sum(isinstance(outcome, Missing) for _, outcome in outcomes)
    return Estimate(value=pairs.value, interval=interval, count=count, cases=len(outcomes), missing=missing)


def flips_range(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """The share if no unknown pair flipped, and if all did; NaN without pairs."""
    pairs = pairs_within(outcomes)
    return (float(pairs.low.mean()), float(pairs.high.mean())) if len(pairs.flipped) else (math.nan, math.nan)


def _count(cases: Sequence[Score | Missing]) -> tuple[int, int, int]:
    flipped = kept = unknown = 0
    for a, b in combinations(cases, 2):
        if a.group == b.group != "":
            continue
        if isinstance(a, Missing) or isinstance(b, Missing):
            unknown += 1
        elif a.group != b.group:
            flipped, kept = flipped + (a.value != b.value), kept + (a.value == b.value)
    return flipped, kept, unknown
