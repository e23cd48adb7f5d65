"""What share of a baseline's gap a change has taken away: 1 - G(candidate) / G(baseline), on the same cases.

A gap is the greatest of several means: of the difference of every ordered pair
of groups, of the balance and its opposite, or a single share of flips. Whether
G(candidate) is above or below r times G(baseline) is asked of each r directly,
as Fieller does, and not of an estimated ratio whose denominator may be near 0.

With b and c what a cluster says of the greatest mean of the baseline and of one
of the candidate, "c is r times b or more" is bet against with r b - c, whose
mean is then 0 or less. Below r are all means of the candidate exactly if the
greatest is, so all of them must be refuted, each at no correction; which mean of the
baseline is the greatest is chosen after looking, and the error is shared
between all that it might have been. The other end goes the other way round.

Source:
    Fieller (1954), JRSS-B 16(2), 175-185, for the inversion; bets on paired
    differences by Waudby-Smith & Ramdas (2024), JRSS-B 86(1), 1-27; a greatest
    of several by Berger (1982), Technometrics 24(4), 295-300 (intersection-union).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from trimtab.kinds import Estimate, Interval, Missing, Score, Shape
from trimtab.stats.bounded import distinct_pairs, log_evidence, trials_to_refute
from trimtab.stats.clusters import Floats, Outcome, gather, usable
from trimtab.stats.flips import pairs_within
from trimtab.stats.gap import differences
from trimtab.stats.shapes import estimate

GAPS = frozenset({Shape.GAP, Shape.FLIPS, Shape.BALANCE})
"""Shapes that say how differently groups are treated."""

Both = tuple[str, Score | Missing, Score | Missing]  # cluster, outcome of the baseline, of the candidate

_GRID = 48  # steps in which the unproved ratios are looked for, before the end is found by halving
_HALVINGS = 30


@dataclass(frozen=True, slots=True)
class _Means:
    """What each cluster says, a row each, of the means whose greatest is the gap; missing parts at either end."""

    low: Floats
    high: Floats


def removed_share(shape: Shape, both: Sequence[Both], *, level: float) -> Estimate | Missing:
    """The share of the baseline's gap that is gone in the candidate, valid at any n, and whenever measuring stopped.

    Args:
        shape: GAP, FLIPS or BALANCE, of which the gap is the distance from 0.
        both: Cluster and both outcomes of each case that both were asked, in the drawn order. A missing one is
            taken for what pulls each end furthest.
        level: Two-sided coverage, in (0, 1); each end errs with probability at most half of the rest.

    Returns:
        At most 1, all of it; 0 is no change and below 0 the gap has grown. Missing "no-baseline-gap" when it is not
        shown, at this level, that the baseline has a gap at all: a share of what may be nothing is no number.
        Missing "no-cases", "one-group" or "takes-no-side" (a balance over cases of which some take no side) when
        nothing can be compared.

    Raises:
        ValueError: The shape is no gap, or `level` is outside (0, 1).
    """
    if shape not in GAPS or not 0.0 < level < 1.0:
        raise ValueError(f"out of range: {shape=}, {level=}")
    old, new = _sides(shape, both)
    means = _means(shape, old, new)
    if isinstance(means, Missing):
        return means
    before, after = means
    target = math.log(2.0 * before.low.shape[1] / (1.0 - level))
    strongest = _strongest(before)
    if _evidence(before.low[:, strongest]) < target:
        return Missing("no-baseline-gap", "the baseline's gap is not clearly above zero, so no share of it can be said")
    gaps = [estimate(shape, outcomes, level=level) for outcomes in (old, new)]
    values = [abs(gap.value) if isinstance(gap, Estimate) else math.nan for gap in gaps]
    most, least = _most(before, after, strongest, target), _least(before, after, target)
    high = 1.0 - min(least, most)
    low = 1.0 - most
    value = 1.0 - values[1] / values[0] if values[0] > 0.0 else math.nan
    return Estimate(
        value=_figures(value),
        interval=Interval(_figures(low), _figures(high), level, "betting on ratios, bonferroni"),
        count=len(before.low),
        cases=len(both),
        missing=sum(isinstance(a, Missing) or isinstance(b, Missing) for _, a, b in both),
    )


def further_to_show(shape: Shape, both: Sequence[Both], share: float, *, alpha: float) -> int | None:
    """Further independent units that would probably show that at least `share` of the gap is gone, or that it is not.

    Args:
        shape: As for `removed_share`.
        both: As for `removed_share`; the future is taken to be like them.
        share: In (0, 1).
        alpha: One-sided error probability of the verdict.

    Returns:
        Units (80 % power); None when cases like these never would, or there is nothing to go by.
    """
    means = _means(shape, *_sides(shape, both))
    if isinstance(means, Missing) or not len(means[0].low):
        return None
    before, after = means
    each, at = alpha / before.low.shape[1], (1.0 - share) / (2.0 - share)
    strongest = _strongest(before)
    gap = np.clip((1.0 + before.low[:, strongest]) / 2.0, 0.0, 1.0)
    below = [_bet(before.low[:, strongest], column, at, 1.0 - at) for column in after.high.T]
    if (units := _longest([gap, *below], alpha=each)) is not None:
        return units
    worst = _strongest(after)
    return _longest([gap, *(_bet(after.low[:, worst], column, 1.0 - at, at) for column in before.high.T)], alpha=each)


def _longest(questions: Sequence[Floats], *, alpha: float) -> int | None:
    """Units until the last of several bets is probably won; None when one never would be."""
    waits = [trials_to_refute(values, 0.5, alpha=alpha) for values in questions]
    return None if None in waits else max(wait for wait in waits if wait is not None)


def _sides(shape: Shape, both: Sequence[Both]) -> tuple[list[Outcome], list[Outcome]]:
    """Outcomes of the baseline and of the candidate, case by case; what is missing belongs to the other's group."""
    old: list[Outcome] = []
    new: list[Outcome] = []
    for cluster, first, second in both:
        old.append((cluster, _grouped(first, second)))
        new.append((cluster, _grouped(second, first)))
    return usable(shape, old), usable(shape, new)


def _grouped(outcome: Score | Missing, other: Score | Missing) -> Score | Missing:
    lost = isinstance(outcome, Missing) and not outcome.group
    return replace(outcome, group=other.group) if lost else outcome


def _means(shape: Shape, old: Sequence[Outcome], new: Sequence[Outcome]) -> tuple[_Means, _Means] | Missing:
    """Of both, cluster by cluster in the same order, and in the same order of means."""
    if not old:
        return Missing("no-cases")
    if shape is Shape.FLIPS:
        pairs = [pairs_within(outcomes) for outcomes in (old, new)]
        if len(pairs[0].flipped) == 0:
            return Missing("one-group", "a gap needs cases of at least two groups")
        # The same cases with the same groups make the same pairs, missing ones included.
        return _Means(pairs[0].low[:, None], pairs[0].high[:, None]), _Means(
            pairs[1].low[:, None], pairs[1].high[:, None]
        )
    if shape is Shape.BALANCE:
        if any(isinstance(o, Score) and o.per != 1.0 for _, o in (*old, *new)):
            return Missing("takes-no-side", "some answers take no side, so the two are over different cases")
        first, second = _leanings(old), _leanings(new)
        return first, second
    named, low, high = differences(old)
    names, *ends = differences(new)
    if not named or named != names:
        return Missing("one-group", "a gap needs cases of the same two groups, or more, of both")
    return _Means(low, high), _Means(ends[0], ends[1])


def _leanings(outcomes: Sequence[Outcome]) -> _Means:
    """The balance and its opposite: a gap is one, whichever way it leans."""
    clusters = gather(outcomes)
    low = (clusters.total - clusters.missing) / clusters.tried
    high = (clusters.total + clusters.missing) / clusters.tried
    return _Means(np.stack([low, -high], axis=1), np.stack([high, -low], axis=1))


def _evidence(values: Floats) -> float:
    """Log capital won against "the mean of these values, in [-1, 1], is 0 or less"."""
    return log_evidence(np.clip((1.0 + values) / 2.0, 0.0, 1.0), 0.5)


def _strongest(means: _Means) -> int:
    """The mean that is most surely above 0. Choosing it after looking costs what `target` allows for."""
    return int(np.argmax([_evidence(column) for column in means.low.T]))


def _bet(more: Floats, less: Floats, up: float, down: float) -> Floats:
    """What shows, by a mean above 1/2, that `up` times the mean of `more` is above `down` times that of `less`."""
    values: Floats = np.clip((1.0 + up * more - down * less) / 2.0, 0.0, 1.0)
    return values


def _most(before: _Means, after: _Means, strongest: int, target: float) -> float:
    """The greatest ratio r that is not refuted; at = r / (1 + r)."""
    # Below r times the baseline's is every mean of the candidate. Clusters mostly say the same as others.
    pairs = [distinct_pairs(before.low[:, strongest], column) for column in after.high.T]

    def refuted(at: float) -> bool:
        return all(log_evidence(_bet(b, c, at, 1.0 - at), 0.5, counts=counts) >= target for b, c, counts in pairs)

    return _ratio(_edge(refuted, 1.0, 0.0))


def _least(before: _Means, after: _Means, target: float) -> float:
    """The smallest ratio that is not refuted; 0 when the candidate may have no gap."""
    worst = _strongest(after)
    pairs = [distinct_pairs(after.low[:, worst], column) for column in before.high.T]

    def refuted(at: float) -> bool:
        return all(log_evidence(_bet(c, b, 1.0 - at, at), 0.5, counts=counts) >= target for c, b, counts in pairs)

    return _ratio(_edge(refuted, 0.0, 1.0)) if refuted(0.0) else 0.0


def _edge(refuted: Callable[[float], bool], start: float, end: float) -> float:
    """How far the refuted places reach from `start` towards `end`; `start` itself is refuted."""
    inside = start
    for step in range(1, _GRID + 1):
        outside = start + (end - start) * step / _GRID
        if not refuted(outside):
            break
        inside = outside
    else:
        return end
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2.0
        inside, outside = (middle, outside) if refuted(middle) else (inside, middle)
    return outside


def _ratio(at: float) -> float:
    return at / (1.0 - at) if at < 1.0 else math.inf


def _figures(number: float) -> float:
    """Twelve significant digits, as of every estimate."""
    return float(f"{number:.12g}") if math.isfinite(number) else number
