"""A metric held against the word of those who count more: does it flatter, and has it begun to?"""

from collections.abc import Sequence

from trimtab.decision.floors import level_of
from trimtab.decision.model import Judgement, Measurements, Trial, Verdict
from trimtab.decision.regression import COMPARABLE, pairs_of
from trimtab.decision.words import Wording, cases, further_words, sure
from trimtab.kinds import Estimate, Missing, Score, Shape
from trimtab.policy.metric_spec import Gold, MetricSpec
from trimtab.stats import paired_difference
from trimtab.stats.drift import growth
from trimtab.stats.paired import Pair, further_pairs, least_worse
from trimtab.stats.prediction_powered import FEWEST, prediction_powered

_AGREED: Pair = ("", Score(value=1.0), Score(value=1.0))


def flattery(metric: str, spec: MetricSpec, candidate: str, seen: Measurements) -> list[Pair]:
    """Both scores of every case that gold was asked about, so that first minus second is what the metric flatters by.

    Gold ends where nobody has marked further in the drawn order; cases after that are no pairs.
    """
    gold = spec.gold
    trials = seen.trials.get(candidate, {})
    if gold is None or not {seen.shapes.get(metric), seen.shapes.get(gold.metric)} <= set(COMPARABLE):
        return []
    known = [{trial.case for trial in trials.get(name, ())} for name in (metric, gold.metric)]
    # Both are beginnings of one drawn order, and so is what they share.
    own, theirs = (
        [trial for trial in trials.get(name, ()) if trial.case in known[0] & known[1]] for name in (metric, gold.metric)
    )
    both_rates = seen.shapes[metric] is seen.shapes[gold.metric] is Shape.RATE
    shape = Shape.RATE if both_rates else Shape.MEAN
    return pairs_of(shape, theirs, own, better=spec.better)


def judge_gap(
    metric: str,
    gold: Gold,
    pairs: Sequence[Pair],
    earlier: Sequence[Sequence[Pair]],
    *,
    alpha: float,
    wording: Wording | None = None,
) -> Judgement:
    """PASS if the metric is proved to flatter by no more than the policy allows, FAIL if that is refuted or outgrown.

    FAIL has two ways, each at half of alpha: the cases of this candidate refute the bound by themselves, or those of
    this and earlier runs together show that at some step the gap was above it (`trimtab.stats.drift`) and the
    evidence still stands. Of earlier runs only cases count that no run before has used. Both hold however often
    anybody looks.

    Args:
        metric: Its name.
        gold: Against whose word, and what is tolerated.
        pairs: Of the candidate, as `flattery` gives them.
        earlier: Of the candidate of this name in earlier runs, oldest first.
        alpha: Probability of passing a gap that is in truth larger, at most, and of failing one that never was.
        wording: How the policy speaks of the metric.
    """
    wording, bound = wording or Wording(), gold.gap_at_most
    seen = paired_difference(pairs, level=level_of(alpha), margin=bound)
    grown = growth(_fresh([*earlier, pairs]), bound).shown(alpha / 2.0)
    refuted = _above(paired_difference(pairs, level=level_of(alpha / 2.0), margin=bound), bound)
    needed = None
    if refuted or grown:
        verdict = Verdict.FAIL
    elif isinstance(seen, Estimate) and seen.interval.high <= bound:
        verdict = Verdict.PASS
    else:
        verdict = Verdict.INCONCLUSIVE
        needed = _needed(pairs, bound, alpha)
    return Judgement(
        asked="gap",
        metric=metric,
        requirement=f"at most {bound:g} better than {gold.metric} says",
        bound=bound,
        verdict=verdict,
        seen=seen,
        needed=needed,
        reason=_reason(gold, pairs, seen, alpha=alpha, wording=wording, needed=needed, refuted=refuted, grown=grown),
    )


def sharpened(measured: Sequence[Trial], marked: Sequence[Trial], *, level: float) -> Estimate | None:
    """What those whose word counts would say of all cases, from what they said of some and the metric of all.

    By independent unit. Approximate, so it is shown and nothing is required of it; None with a mark lacking on the way,
    or too few of them.
    """
    said = {trial.case: trial.outcome for trial in marked}
    units: dict[str, list[tuple[float, float | None]]] = {}
    for trial in measured:
        if not isinstance(trial.outcome, Score) or not 0.0 <= trial.outcome.value <= 1.0:
            return None
        mark = said.get(trial.case)
        if isinstance(mark, Missing) or (mark is not None and not 0.0 <= mark.value <= 1.0):
            return None
        units.setdefault(trial.cluster, []).append((trial.outcome.value, None if mark is None else mark.value))
    both, alone = [], []
    for rows in units.values():
        known = [(one, mark) for one, mark in rows if mark is not None]
        if known:
            ones, marks = zip(*known, strict=True)
            both.append((sum(ones) / len(ones), sum(marks) / len(marks)))
        else:
            alone.append(sum(one for one, _ in rows) / len(rows))
    return prediction_powered(both, alone, level=level) if len(both) >= FEWEST else None


def _above(seen: Estimate | Missing, bound: float) -> bool:
    return isinstance(seen, Estimate) and seen.interval.low > bound


def _fresh(steps: Sequence[Sequence[Pair]]) -> list[list[float]]:
    """For each step the least difference of every cluster that no step before had."""
    used: set[str] = set()
    fresh = []
    for pairs in steps:
        new = [pair for pair in pairs if pair[0] not in used]
        used |= {cluster for cluster, _, _ in pairs}
        fresh.append([float(one) for one in least_worse(new)])
    return fresh


def marks_to_prove(gold: Gold, *, alpha: float) -> int | None:
    """Fewest marks that prove that a metric flatters by no more than it may, if all of them agree with it."""
    return _needed([], gold.gap_at_most, alpha)


def _needed(pairs: Sequence[Pair], bound: float, alpha: float) -> int | None:
    if not pairs:  # as if everybody agreed
        more = further_pairs([_AGREED], bound, alpha=alpha)
        return None if more is None else more + 1
    needed = further_pairs(pairs, bound, alpha=alpha)
    return None if needed is None else max(needed, 1)


def _reason(
    gold: Gold,
    pairs: Sequence[Pair],
    seen: Estimate | Missing,
    *,
    alpha: float,
    wording: Wording,
    needed: int | None,
    refuted: bool,
    grown: bool,
) -> str:
    tolerated = f"at most {wording.bound(gold.gap_at_most)}"
    if isinstance(seen, Missing):
        more = further_words(needed) if needed is not None else ""
        return f"Nobody knows whether {gold.metric} would say the same: no case has the scores of both. {more}".strip()
    both = [(a.value, b.value) for _, a, b in pairs if isinstance(a, Score) and isinstance(b, Score)]
    kinder, harsher = sum(a > b for a, b in both), sum(a < b for a, b in both)
    text = f"Against {gold.metric} on {cases(len(pairs))}: kinder on {kinder:,}, harsher on {harsher:,}."
    if seen.missing:
        text += f" {seen.missing:,} of them lack a score and count as the worst that they could have been."
    low, high = seen.interval.low, seen.interval.high
    if refuted:
        end = wording.figure(low, beside=gold.gap_at_most)
        return f"{text} With {sure(alpha)} it flatters by at least {end}, which refutes {tolerated}."
    if grown:
        beyond = wording.bound(gold.gap_at_most)
        return f"{text} Together with what came before, the gap has grown beyond {beyond}, with {sure(alpha)}."
    if high <= gold.gap_at_most:
        end = wording.figure(max(high, 0.0), beside=gold.gap_at_most)
        return f"{text} With {sure(alpha)} it flatters by at most {end}, which proves {tolerated}."
    ends = f"{wording.figure(low, beside=gold.gap_at_most)} to {wording.figure(high, beside=gold.gap_at_most)}"
    return (
        f"{text} On average it may flatter by anything from {ends} (each end with {sure(alpha)}), so {tolerated} is "
        f"neither proved nor refuted. {further_words(needed, missing=seen.missing)}"
    )
