"""What the choice rests on: who stands where, what each requirement costs in performance, what would tell two apart.

None of it is a verdict. A price says which bound would have let somebody
better through on these very cases; who relaxes a floor after seeing that must
prove the new one on cases that nobody has seen.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from trimtab.decision.choice import ahead, first_difference
from trimtab.decision.headroom import Used, tightest
from trimtab.decision.model import Asked, CandidateDecision, Decision, Judgement, Verdict
from trimtab.decision.ranking import Ranking
from trimtab.decision.regression import COMPARABLE, compare, pairs_of
from trimtab.decision.weights import Band, bands
from trimtab.kinds import Better, Estimate, Missing
from trimtab.policy.model import Floor
from trimtab.stats.paired import paired_difference, pairs_to_tell

Key = tuple[Asked, str]
"""A requirement: what is asked, of which metric."""

_MOST_ENDS = 40  # bounds tried for one requirement; beyond, further relaxing buys little that is new
_SHOWN_STEPS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One candidate in the plane of performance and safety; `frontier` if nobody else is as good in both."""

    candidate: str
    verdict: Verdict
    performance: Estimate | Missing
    tightest: Used | None
    frontier: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A bound at which somebody else would win, and by how much better that one is seen to perform.

    `gain` is in the unit of the first metric of `maximise`, never negative, on
    cases that both were asked where scores can be paired; NaN where nobody wins
    now. `short` says that measuring that one stopped early: with more cases a nearer bound would do.
    """

    bound: float
    winner: str
    gain: float
    short: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one requirement costs: steps of relaxing it, each further and buying more. None: it costs nothing now."""

    asked: Asked
    metric: str
    bound: float
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A candidate seen to perform better than the winner, and all requirements that it has not met."""

    candidate: str
    gain: float  # as in `Step`
    unmet: tuple[Key, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """What tells the first two apart: the paired difference of a metric, positive where the first is better.

    `pairs` is how many further independent pairs would probably show who is
    better: 0 if that is shown already, None if pairs like these never would.
    """

    first: str
    second: str
    metric: str
    difference: Estimate | Missing
    shown: bool
    pairs: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tradeoff:
    """The whole of it. `second` is empty where nobody else clears everything; `scores` and `bands` without weights."""

    standings: tuple[Standing, ...]
    prices: tuple[Price, ...]
    held: tuple[Held, ...]
    apart: Apart | None
    scores: Mapping[str, float]
    bands: tuple[Band, ...]


class Clearing(Protocol):
    """The rule by which candidates clear everything, asked again with other bounds."""

    def __call__(self, relaxed: Mapping[Key, float]) -> list[str]:
        """Names of those that would have cleared everything."""


@dataclass(frozen=True, slots=True)
class Alone:
    """Each candidate for itself, at the corrected error probability: an interval's end decides, so ends will do."""

    decision: Decision

    def __call__(self, relaxed: Mapping[Key, float]) -> list[str]:
        return [
            one.candidate
            for one in self.decision.candidates
            if one.judgements and all(meets(j, relaxed.get((j.asked, j.metric))) for j in one.judgements)
        ]


def meets(judged: Judgement, bound: float | None) -> bool:
    """Whether a requirement is met, or would be with another bound."""
    if judged.verdict is Verdict.PASS or bound is None:
        return judged.verdict is Verdict.PASS
    end = None if judged.unconfirmed else far_end(judged)  # no bound makes up for a judge
    return end is not None and (end <= bound if upper(judged) else end >= bound)


def upper(judged: Judgement) -> bool:
    """Whether more is worse, so that a greater bound is a looser one."""
    return judged.asked in ("regression", "gap") or judged.requirement.startswith("at most")


def far_end(judged: Judgement) -> float | None:
    """The end of the interval that decides: the bound with which the requirement would just be met."""
    seen = judged.seen
    if judged.asked == "red-line" or isinstance(seen, Missing) or not seen.known:
        return None
    end = seen.interval.high if upper(judged) else seen.interval.low
    return end if math.isfinite(end) else None


def tradeoff(
    decision: Decision, ranking: Ranking, clearing: Clearing, *, alpha: float, limits: Mapping[str, tuple[float, float]]
) -> Tradeoff:
    """Everything around a decision that was made.

    Args:
        decision: It.
        ranking: How it preferred.
        clearing: How it found who clears everything.
        alpha: Error probability of "the lead of the first is no luck".
        limits: By metric, between which numbers a bound can lie.
    """
    winner = decision.winner
    passing = [one.candidate for one in decision.candidates if one.verdict is Verdict.PASS]
    ranked = ranking.ordered(passing)
    scores = ranking.scores(passing)
    return Tradeoff(
        standings=_standings(decision, ranking),
        prices=tuple(
            _price(judged, decision, ranking, clearing, limits=limits.get(judged.metric, (-math.inf, math.inf)))
            for judged in _requirements(decision.candidates)
        ),
        held=_held(decision, ranking),
        apart=_apart(ranked[0], ranked[1], ranking, alpha=alpha) if winner and len(ranked) > 1 else None,
        scores=scores,
        bands=bands(ranking.parts(passing), ranking.weights, ranked) if scores else (),
    )


def _standings(decision: Decision, ranking: Ranking) -> tuple[Standing, ...]:
    aim = decision.maximise[0]
    placed = [(one, tightest(one.judgements, ranking.floors, ranking.units)) for one in decision.candidates]
    points = [(ranking.merit(one.candidate, aim), -used.value if used else math.nan) for one, used in placed]
    return tuple(
        Standing(
            candidate=one.candidate,
            verdict=one.verdict,
            performance=one.estimates.get(aim, Missing("not-measured")),
            tightest=used,
            frontier=_unbeaten(number, points),
        )
        for number, (one, used) in enumerate(placed)
    )


def _unbeaten(number: int, points: Sequence[tuple[float, float]]) -> bool:
    merit, safe = points[number]
    if not math.isfinite(merit) or math.isnan(safe):
        return False
    return not any(
        other_merit >= merit and other_safe >= safe and ((other_merit, other_safe) != (merit, safe) or place < number)
        for place, (other_merit, other_safe) in enumerate(points)
    )


def _requirements(candidates: Iterable[CandidateDecision]) -> list[Judgement]:
    """One judgement of everything that has a bound which could be another; a red line has none."""
    found = {(j.asked, j.metric): j for one in candidates for j in one.judgements if j.asked != "red-line"}
    return list(found.values())


def _price(
    asked: Judgement, decision: Decision, ranking: Ranking, clearing: Clearing, *, limits: tuple[float, float]
) -> Price:
    key = (asked.asked, asked.metric)
    up = upper(asked)
    judged = [j for one in decision.candidates for j in one.judgements if (j.asked, j.metric) == key]
    ends = {end for j in judged if not meets(j, None) and (end := far_end(j)) is not None}
    looser = sorted((end for end in ends if (end > asked.bound if up else end < asked.bound)), reverse=not up)
    steps: list[Step] = []
    for bound in looser[:_MOST_ENDS]:
        if bound >= limits[1] if up else bound <= limits[0]:
            break  # such a bound asks for nothing
        floors = ranking.floors
        if asked.asked == "floor" and asked.metric in floors:
            moved = Floor(at_most=bound) if up else Floor(at_least=bound)
            floors = {**floors, asked.metric: moved}
        names = clearing({key: bound})
        if not names:
            continue
        # Who was out stopped early; under the other bound it would have been measured on.
        first = replace(ranking, floors=floors, finished_first=False).ordered(names)[0]
        gain = _gain(first, decision, ranking)
        before = steps[-1].gain if steps else 0.0
        if first != decision.winner and (gain > before or (math.isnan(gain) and not steps)):
            steps.append(Step(bound=bound, winner=first, gain=gain, short=ranking.short(first)))
    return Price(asked=asked.asked, metric=asked.metric, bound=asked.bound, steps=tuple(steps[:_SHOWN_STEPS]))


def _gain(name: str, decision: Decision, ranking: Ranking) -> float:
    """By how much a candidate performs better than the winner; NaN without a winner."""
    if not decision.winner:
        return math.nan
    aim = decision.maximise[0]
    seen = ranking.measurements
    shape = seen.shapes.get(aim)
    ours, theirs = (seen.trials.get(one, {}).get(aim, ()) for one in (name, decision.winner))
    if shape is None or shape not in COMPARABLE or not (ours and theirs):
        return ranking.merit(name, aim) - ranking.merit(decision.winner, aim)
    pairs = pairs_of(shape, theirs, ours, better=ranking.better.get(aim, "higher"), anytime=True)
    found = paired_difference(pairs)  # positive: the winner is the worse
    return found.value if isinstance(found, Estimate) else math.nan


def _held(decision: Decision, ranking: Ranking) -> tuple[Held, ...]:
    found = []
    for one in decision.candidates:
        unmet = tuple((j.asked, j.metric) for j in one.judgements if j.verdict is not Verdict.PASS)
        gain = _gain(one.candidate, decision, ranking)
        if unmet and gain > 0.0:
            found.append(Held(candidate=one.candidate, gain=gain, unmet=unmet))
    return tuple(sorted(found, key=lambda held: -held.gain))


def _apart(first: str, second: str, ranking: Ranking, *, alpha: float) -> Apart:
    place = first_difference(ranking, first, second)
    metric = ranking.maximise[place if place is not None else 0]
    shape = ranking.measurements.shapes.get(metric)
    ours, theirs = (ranking.measurements.trials.get(name, {}).get(metric, ()) for name in (first, second))
    if shape is None or shape not in COMPARABLE or not ours or not theirs:
        missing = Missing("not-comparable")
        return Apart(first=first, second=second, metric=metric, difference=missing, shown=False, pairs=None)
    better: Better = ranking.better.get(metric, "higher")
    pairs = pairs_of(shape, theirs, ours, better=better)  # positive: the second is the worse
    shown = ahead(shape, ours, theirs, better=better, alpha=alpha)
    return Apart(
        first=first,
        second=second,
        metric=metric,
        difference=compare(pairs, alpha=alpha),
        shown=shown,
        pairs=0 if shown else pairs_to_tell(pairs, alpha=alpha),
    )
