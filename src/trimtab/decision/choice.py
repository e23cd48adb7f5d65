"""The best among those that clear everything, and whether it is distinguishably so."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trimtab.decision.floors import level_of, outcomes_of
from trimtab.decision.model import CandidateDecision, Measurements, Trial, Verdict
from trimtab.decision.regression import COMPARABLE, pairs_of
from trimtab.decision.words import Wording, joined
from trimtab.kinds import Better, Estimate, Score, Shape
from trimtab.stats import mcnemar, paired_difference, point_range


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Name of the winner, empty when there is none, and why."""

    winner: str
    reason: str


def choose(
    candidates: Sequence[CandidateDecision],
    measurements: Measurements,
    *,
    maximise: Sequence[str],
    better: Mapping[str, Better],
    baseline: str,
    alpha: float,
    wordings: Mapping[str, Wording],
) -> Choice:
    """The best performer that passes.

    Ranked by the first metric of `maximise`, ties by the next, then the
    baseline before others, then by name. A rank counts missing cases
    as the worst they could have been, so that breaking a case never improves it.
    """
    passing = [c.candidate for c in candidates if c.verdict is Verdict.PASS]
    if not passing:
        return Choice(winner="", reason=_nobody(candidates))
    merits = {name: [_merit(name, metric, measurements, better) for metric in maximise] for name in passing}
    # Who was not measured to the end stopped because somebody else was surely better.
    short = {name: not all(measurements.whole(name, metric) for metric in maximise) for name in passing}
    ranked = sorted(passing, key=lambda name: (short[name], [-m for m in merits[name]], name != baseline, name))
    winner = ranked[0]
    if len(ranked) == 1:
        return Choice(winner=winner, reason=f"{winner} is the only candidate that clears every requirement.")
    second = ranked[1]
    place = next((n for n, _ in enumerate(maximise) if merits[winner][n] != merits[second][n]), None)
    opening = f"{winner} is one of {len(ranked)} candidates that clear every requirement"
    if place is None:
        last = "is the baseline" if winner == baseline else "comes first by name"
        return Choice(winner=winner, reason=f"{opening}; it is level with {second} on {joined(maximise)}, and {last}.")
    metric = maximise[place]
    tied = f"level with {second} on {joined(maximise[:place])}, " if place else ""
    values = {c.candidate: c.estimates.get(metric) for c in candidates}
    figures = [_value(values[name], wordings.get(metric, Wording())) for name in (winner, second)]
    lead = _lead(winner, second, metric, measurements, values, better=better.get(metric, "higher"), alpha=alpha)
    return Choice(
        winner=winner,
        reason=f"{opening}; {tied}it has the best {metric}: {figures[0]} against {figures[1]} of {second}. {lead}",
    )


def _merit(name: str, metric: str, measurements: Measurements, better: Mapping[str, Better]) -> float:
    """The more, the better; minus infinity when nothing is known."""
    shape = measurements.shapes.get(metric)
    trials = measurements.trials.get(name, {}).get(metric, ())
    if shape is None or not trials:
        return -math.inf
    low, high = point_range(shape, outcomes_of(trials))
    merit = low if better.get(metric, "higher") == "higher" else -high
    return -math.inf if math.isnan(merit) else float(f"{merit:.12g}")


def _value(seen: object, wording: Wording) -> str:
    return wording.figure(seen.value) if isinstance(seen, Estimate) else "unknown"


def _lead(
    winner: str,
    second: str,
    metric: str,
    measurements: Measurements,
    values: Mapping[str, object],
    *,
    better: Better,
    alpha: float,
) -> str:
    shape = measurements.shapes[metric]
    first, other = (measurements.trials.get(name, {}).get(metric, ()) for name in (winner, second))
    if shape in COMPARABLE and first and other:
        if ahead(shape, first, other, better=better, alpha=alpha, anytime=measurements.sampling == "sequential"):
            return f"On the same cases that lead is more than luck explains ({100 * (1 - alpha):.4g}% confidence)."
        return "On the same cases that lead may be luck: the two are not distinguishable."
    a, b = values[winner], values[second]
    if isinstance(a, Estimate) and isinstance(b, Estimate):
        apart = a.interval.low > b.interval.high if better == "higher" else a.interval.high < b.interval.low
        if apart:
            return "Their intervals do not overlap, so that lead is more than luck explains."
    return "Their intervals overlap: the two are not distinguishable."


def ahead(
    shape: Shape,
    first: Sequence[Trial],
    other: Sequence[Trial],
    *,
    better: Better,
    alpha: float,
    anytime: bool = False,
) -> bool:
    """Whether `first` is better than `other` on the same cases by more than luck explains.

    With `anytime` measuring `other` may have stopped early; only cases that it was asked count.
    """
    pairs = pairs_of(shape, other, first, better=better, anytime=anytime)  # positive: `other` is the worse
    both = [(a.value, b.value) for _, a, b in pairs if isinstance(a, Score) and isinstance(b, Score)]
    alone = len({cluster for cluster, _, _ in pairs}) == len(pairs)
    if not anytime and shape is Shape.RATE and alone and len(both) == len(pairs):
        wins, losses = sum(a > b for a, b in both), sum(a < b for a, b in both)
        return wins > losses and mcnemar(wins, losses) / 2.0 <= alpha
    seen = paired_difference(pairs, level=level_of(alpha), margin=0.0 if anytime else None)
    return isinstance(seen, Estimate) and seen.interval.low > 0.0


def _nobody(candidates: Sequence[CandidateDecision]) -> str:
    """Who stumbles over what."""
    parts = []
    for one in candidates:
        failed = list(dict.fromkeys(j.metric for j in one.judgements if j.verdict is Verdict.FAIL))
        unsure = list(dict.fromkeys(j.metric for j in one.judgements if j.verdict is Verdict.INCONCLUSIVE))
        if failed:
            parts.append(f"{one.candidate} fails {joined(failed)}")
        elif unsure:
            parts.append(f"{one.candidate} is undecided on {joined(unsure)}")
        else:
            parts.append(f"of {one.candidate} nothing is asked, so nothing is proved")
    return f"No candidate clears every requirement: {'; '.join(parts)}."
