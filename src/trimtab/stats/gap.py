"""Largest difference of a rate between two groups, all pairs at once.

When every cluster speaks for every group (one question, asked with names
swapped), differences within clusters are bet on: what varies between questions
cancels. Otherwise each group gets bounds of its own. Either way the error is
shared between all bounds (Bonferroni), so the largest gap is covered though
it was picked after looking. The choice depends on the design, never on scores.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np

from trimtab.kinds import Estimate, Interval, Missing, Score
from trimtab.stats.binomial import least_rate, most_rate
from trimtab.stats.bounded import least_mean
from trimtab.stats.clusters import Floats, Outcome


@dataclass(frozen=True, slots=True)
class _Group:
    """One group's sums per cluster (all clusters of the suite, in one order)."""

    total: Floats
    scored: Floats
    missing: Floats  # its own, and those that do not say whose they are
    certain: bool  # whether every cluster has a case of it for sure

    @property
    def tried(self) -> Floats:
        return self.scored + self.missing

    @property
    def value(self) -> float:
        seen = self.scored > 0
        return float(np.mean(self.total[seen] / self.scored[seen])) if seen.any() else math.nan

    def within(self) -> tuple[Floats, Floats]:
        """Cluster means with missing at 0 and at 1, clusters without this group left out."""
        here = self.tried > 0
        tried, total = self.tried[here], self.total[here]
        return total / tried, (total + self.missing[here]) / tried

    def everywhere(self) -> tuple[Floats, Floats]:
        """As `within`, of all clusters: where this group is not, anything is possible."""
        here = self.tried > 0
        low, high = np.zeros(len(here)), np.ones(len(here))
        low[here], high[here] = self.within()
        return low, high

    def bounds(self, tail: float, *, anytime: bool) -> tuple[float, float]:
        low, high = self.within()
        if np.all(self.tried <= 1) and not anytime:
            return (
                least_rate(round(low.sum()), len(low), tail=tail),
                most_rate(round(high.sum()), len(high), tail=tail),
            )
        return least_mean(low, tail=tail), 1.0 - least_mean(1.0 - high, tail=tail)


def largest_gap(outcomes: Sequence[Outcome], *, level: float, anytime: bool = False) -> Estimate | Missing:
    """Largest difference between two groups' rates, with a simultaneous interval.

    Args:
        outcomes: Cluster and 0/1 score of each case, its `group`
            naming the side; a missing case names its own if it can. One
            that does not is counted against every group, and when such
            cases are as many as the smallest group has, a whole group may be
            hidden among them, and the gap may be 1.
        level: Coverage probability, in (0, 1).
        anytime: Bet even on cases that stand alone, so that the interval holds whenever measuring stopped.

    Returns:
        Difference of rates, in [0, 1]; every cluster of a group weighs the
        same. The value is the largest observed difference and so leans
        upwards; the interval allows for it. Missing "one-group" when there is nothing to compare.

    Source:
        Bonferroni bounds over Clopper & Pearson (1934) for cases that stand
        alone, over Waudby-Smith & Ramdas (2024) for clusters and pairs.
    """
    groups, unnamed, missing, count = _by_group(outcomes)
    if len(groups) < 2:
        return Missing("one-group", "a gap needs cases of at least two groups")
    tail = (1.0 - level) / 2.0
    if all(group.certain for group in groups.values()):
        low, high, method = *_paired(groups, tail), "betting on pairs, bonferroni"
    else:
        low, high, method = *_apart(groups, tail, anytime=anytime), "bonferroni"
        if unnamed and all(np.all(group.tried > 0) for group in groups.values()):
            # Perhaps a paired design with holes: then either way must hold, or holes would choose the method.
            other = _paired(groups, tail)
            low, high = min(low, other[0]), max(high, other[1])
    smallest = min(float(group.scored.sum()) for group in groups.values())
    if unnamed and unnamed >= smallest:
        high, method = 1.0, "worst case: a group may be hidden among the missing"
    values = [group.value for group in groups.values()]
    value = math.nan if any(map(math.isnan, values)) else max(values) - min(values)
    return Estimate(
        value=value,
        interval=Interval(low, max(low, high), level, method),
        count=count,
        cases=len(outcomes),
        missing=missing,
    )


def pairwise(outcomes: Sequence[Outcome], *, level: float, anytime: bool = False) -> dict[tuple[str, str], Estimate]:
    """Difference of rates of every two groups, all intervals at once.

    Args:
        outcomes: As for `largest_gap`.
        level: Probability that every interval covers its difference, in (0, 1).
        anytime: As for `largest_gap`.

    Returns:
        By pair (first, second), first minus second, in [-1, 1], the pair with
        the greatest value first and each the way round that its value is not
        negative; empty with fewer than two groups.

    Source:
        As for `largest_gap`, whose bounds these are.
    """
    groups, _, _, _ = _by_group(outcomes)
    if len(groups) < 2:
        return {}
    tail = (1.0 - level) / 2.0
    if all(group.certain for group in groups.values()):
        most, method = _most_between(groups, tail), "betting on pairs, bonferroni"
    else:
        bounds = {name: group.bounds(tail / (2 * len(groups)), anytime=anytime) for name, group in groups.items()}
        most, method = {(a, b): bounds[a][1] - bounds[b][0] for a, b in permutations(groups, 2)}, "bonferroni"
    found = {}
    for a, b in combinations(groups, 2):
        first, second = (b, a) if groups[b].value > groups[a].value else (a, b)
        here = [groups[first], groups[second]]
        found[first, second] = Estimate(
            value=here[0].value - here[1].value,
            interval=Interval(-most[second, first], max(-most[second, first], most[first, second]), level, method),
            count=int(((here[0].tried > 0) | (here[1].tried > 0)).sum()),
            cases=int(sum(group.tried.sum() for group in here)),
            missing=int(sum(group.missing.sum() for group in here)),
        )
    return dict(sorted(found.items(), key=lambda item: -item[1].value if item[1].known else math.inf))


def gap_range(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """Smallest and largest observed gap that the missing cases leave possible."""
    groups, unnamed, _, _ = _by_group(outcomes)
    if len(groups) < 2:
        return math.nan, math.nan
    ends = [(float(low.mean()), float(high.mean())) for low, high in (group.within() for group in groups.values())]
    smallest = min(float(group.scored.sum()) for group in groups.values())
    widest = 1.0 if unnamed and unnamed >= smallest else max(b[1] - a[0] for a, b in permutations(ends, 2))
    return max(0.0, *(b[0] - a[1] for a, b in permutations(ends, 2))), max(0.0, widest)


def differences(outcomes: Sequence[Outcome]) -> tuple[tuple[tuple[str, str], ...], Floats, Floats]:
    """Ordered pairs of groups; then first minus second, at least and at most, a row per cluster, a column per pair.

    A cluster that was not asked about a group leaves that group's share anywhere in [0, 1].
    """
    groups, _, _, _ = _by_group(outcomes)
    pairs = tuple(permutations(groups, 2))
    ends = {name: group.everywhere() for name, group in groups.items()}
    low = [ends[a][0] - ends[b][1] for a, b in pairs]
    high = [ends[a][1] - ends[b][0] for a, b in pairs]
    return pairs, np.array(low).T, np.array(high).T


def _paired(groups: Mapping[str, _Group], tail: float) -> tuple[float, float]:
    most = _most_between(groups, tail)
    # The lower end for a - b is minus the upper end for b - a: the same events, no further error.
    return max(0.0, *(-bound for bound in most.values())), max(0.0, *most.values())


def _most_between(groups: Mapping[str, _Group], tail: float) -> dict[tuple[str, str], float]:
    """Upper end for each ordered pair; none is too low, but with probability `tail` at most."""
    each = tail / (len(groups) * (len(groups) - 1))
    most: dict[tuple[str, str], float] = {}
    for a, b in permutations(groups, 2):
        highest = groups[a].within()[1] - groups[b].within()[0]  # within [-1, 1]
        most[a, b] = 1.0 - 2.0 * least_mean(np.clip((1.0 - highest) / 2.0, 0.0, 1.0), tail=each)
    return most


def _apart(groups: Mapping[str, _Group], tail: float, *, anytime: bool) -> tuple[float, float]:
    bounds = [group.bounds(tail / (2 * len(groups)), anytime=anytime) for group in groups.values()]
    pairs = list(permutations(bounds, 2))
    return max(0.0, *(a[0] - b[1] for a, b in pairs)), max(0.0, *(a[1] - b[0] for a, b in pairs))


def _by_group(outcomes: Sequence[Outcome]) -> tuple[dict[str, _Group], int, int, int]:
    """Groups in the order of their names; missing cases without a group; all missing; clusters."""
    index: dict[str, int] = {}
    for cluster, _ in outcomes:
        index.setdefault(cluster, len(index))
    names = sorted({outcome.group for _, outcome in outcomes if isinstance(outcome, Score) or outcome.group})
    table = {name: np.zeros((3, len(index))) for name in names}
    loose = np.zeros(len(index))
    missing = 0
    for cluster, outcome in outcomes:
        place = index[cluster]
        if isinstance(outcome, Score):
            table[outcome.group][0, place] += outcome.value
            table[outcome.group][1, place] += 1.0
            continue
        missing += 1
        if outcome.group:
            table[outcome.group][2, place] += 1.0
        else:
            loose[place] += 1.0
    groups = {
        name: _Group(total, scored, gone + loose, bool(np.all(scored + gone > 0)))
        for name, (total, scored, gone) in table.items()
    }
    return groups, int(loose.sum()), missing, len(index)
