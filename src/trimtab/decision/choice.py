"""The best among those that clear everything, and whether it is distinguishably so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trimtab.decision.floors import level_of
from trimtab.decision.model import CandidateDecision, Measurements, Trial, Verdict
from trimtab.decision.ranking import Ranking
from trimtab.decision.regression import COMPARABLE, pairs_of
from trimtab.decision.words import Wording, joined
from trimtab.kinds import Better, Estimate, Score, Shape
from trimtab.stats import mcnemar, paired_difference

_NAMED = 12  # candidates whose obstacles are told where nobody wins


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Name of the winner, empty when there is none, and why."""

    winner: str
    reason: str


def choose(
    candidates: Sequence[CandidateDecision], ranking: Ranking, *, alpha: float, wordings: Mapping[str, Wording]
) -> Choice:
    """The most preferred of those that pass; `alpha` is the error probability of "its lead is no luck"."""
    passing = [c.candidate for c in candidates if c.verdict is Verdict.PASS]
    if not passing:
        return Choice(winner="", reason=_nobody(candidates))
    ranked = ranking.ordered(passing)
    winner = ranked[0]
    if len(ranked) == 1:
        return Choice(winner=winner, reason=f"{winner} is the only candidate that clears every requirement.")
    second = ranked[1]
    opening = f"{winner} is one of {len(ranked)} candidates that clear every requirement"
    scores = ranking.scores(passing)
    if scores and scores[winner] != scores[second]:
        weighed = joined([f"{name} {weight:g}" for name, weight in ranking.weights.items()])
        figures = f"{scores[winner]:.4g} against {scores[second]:.4g} of {second}"
        return Choice(winner=winner, reason=f"{opening}; weighed as {weighed} it scores best, {figures}.")
    maximise = ranking.maximise
    place = first_difference(ranking, winner, second)
    if place is None:
        last = "is the baseline" if winner == ranking.baseline else "comes first by name"
        return Choice(winner=winner, reason=f"{opening}; it is level with {second} on {joined(maximise)}, and {last}.")
    metric = maximise[place]
    tied = f"level with {second} on {joined(maximise[:place])}, " if place else ""
    values = {c.candidate: c.estimates.get(metric) for c in candidates}
    figures = " against ".join(_value(values[name], wordings.get(metric, Wording())) for name in (winner, second))
    better = ranking.better.get(metric, "higher")
    lead = _lead(winner, second, metric, ranking.measurements, values, better=better, alpha=alpha)
    return Choice(winner=winner, reason=f"{opening}; {tied}it has the best {metric}: {figures} of {second}. {lead}")


def first_difference(ranking: Ranking, first: str, second: str) -> int | None:
    """The place in `maximise` of the metric that tells two candidates apart; None when none does."""
    metrics = enumerate(ranking.maximise)
    return next((n for n, metric in metrics if ranking.merit(first, metric) != ranking.merit(second, metric)), None)


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
    rest = len(parts) - _NAMED
    more = f"; and {rest:,} more do not either" if rest > 1 else ""
    return f"No candidate clears every requirement: {'; '.join(parts[: _NAMED if more else None])}{more}."
