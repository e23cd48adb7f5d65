"""No worse than the baseline, on the same cases; the burden of proof is the candidate's."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from trimtab.decision.floors import level_of, next_share, outcomes_of
from trimtab.decision.model import Judgement, Trial, Verdict
from trimtab.decision.words import Wording, cases, errors_wanted, further_words, instrument_words, sure
from trimtab.kinds import Better, Estimate, Instrument, Missing, Score, Shape
from trimtab.stats import HOPELESS, hopeless_pairs, nearly_refuted, paired_difference
from trimtab.stats.clusters import usable
from trimtab.stats.misreading import difference_through, further_pairs_through
from trimtab.stats.paired import Pair, further_pairs, least_worse

COMPARABLE = (Shape.RATE, Shape.MEAN)


def pairs_of(
    shape: Shape, candidate: Sequence[Trial], baseline: Sequence[Trial], *, better: Better, anytime: bool = False
) -> list[Pair]:
    """Both outcomes of every case that either was asked, so that first minus second is what got worse.

    A case that only one of them was asked is missing on the other side. A
    case asked repeatedly is paired repeat by repeat. With `anytime` the
    candidate's measuring may have stopped early, and cases behind its end do not count.
    """
    ours, theirs = dict(_keyed(shape, candidate)), dict(_keyed(shape, baseline))
    never = Missing("not-measured")
    pairs: list[Pair] = []
    for key in ours if anytime else dict.fromkeys([*ours, *theirs]):
        cluster = (ours.get(key) or theirs[key])[0]
        new = ours[key][1] if key in ours else never
        old = theirs[key][1] if key in theirs else never
        pairs.append((cluster, new, old) if better == "lower" else (cluster, old, new))
    return pairs


def _keyed(shape: Shape, trials: Sequence[Trial]) -> Iterator[tuple[tuple[str, int], tuple[str, Score | Missing]]]:
    repeats: Counter[str] = Counter()
    for trial, outcome in zip(trials, usable(shape, outcomes_of(trials)), strict=True):
        yield (trial.case, repeats[trial.case]), outcome
        repeats[trial.case] += 1


def compare(
    pairs: Sequence[Pair], *, alpha: float, instrument: Instrument | None = None, margin: float | None = None
) -> Estimate | Missing:
    """The paired difference, of the truth behind what an instrument saw; its ends err with probability `alpha` each.

    What a beginning of the pairs proved of `margin` stands.
    """
    if instrument is None:
        return paired_difference(pairs, level=level_of(alpha), margin=margin)
    return difference_through(pairs, instrument.rates, level=level_of(alpha), margin=margin)


def worsened(
    pairs: Sequence[Pair],
    margin: float,
    *,
    alpha: float,
    instrument: Instrument | None = None,
    anytime: bool = False,
) -> bool:
    """Whether "no worse by more than `margin`" is refuted at `alpha`."""
    seen = compare(pairs, alpha=alpha, instrument=instrument, margin=margin if anytime else None)
    return isinstance(seen, Estimate) and seen.known and seen.interval.low > margin


def judge_regression(
    metric: str,
    margin: float,
    shape: Shape | None,
    candidate: Sequence[Trial],
    baseline: Sequence[Trial],
    *,
    against: str,
    better: Better,
    alpha: float,
    refuted: bool | None = None,
    family: int = 1,
    wording: Wording | None = None,
    instrument: Instrument | None = None,
    anytime: bool = False,
    look: int = 0,
) -> Judgement:
    """PASS if the candidate is proved no worse than the baseline by more than the margin.

    Args:
        metric: Its name.
        margin: How much worse is tolerated, in (0, 1).
        shape: RATE or MEAN; for any other, and for None, nothing can be said.
        candidate: Its trials.
        baseline: Those of the baseline; cases are matched by id.
        against: Name of the baseline; empty when the policy names none.
        better: Which way the metric is good.
        alpha: Probability of passing a candidate that is in truth worse by more, at most.
        refuted: As for `judge_floor`.
        family: As for `judge_floor`.
        wording: How the policy speaks of the metric.
        instrument: The detector that both were scored by, if they were. It is taken to err on both alike.
        anytime: As for `judge_floor`; the baseline was asked at least what the candidate was.
        look: As for `judge_floor`.
    """
    wording = wording or Wording()
    requirement = f"no worse than {against or 'the baseline'} by {margin:g}"

    def answer(
        verdict: Verdict, seen: Estimate | Missing, why: str, needed: int | None = None, *, given_up: bool = False
    ) -> Judgement:
        return Judgement(
            asked="regression",
            metric=metric,
            requirement=requirement,
            bound=margin,
            verdict=verdict,
            seen=seen,
            needed=needed,
            reason=f"{wording.question} {why}".strip(),
            hopeless=given_up,
            look=look,
        )

    reason, why = _incomparable(shape, candidate, baseline, against)
    if reason or shape is None:
        return answer(Verdict.INCONCLUSIVE, Missing(reason), why)
    pairs = pairs_of(shape, candidate, baseline, better=better, anytime=anytime)
    seen = compare(pairs, alpha=alpha, instrument=instrument, margin=margin if anytime else None)
    silent = next((who for who, rows in ((against, baseline), ("it", candidate)) if not _answered(rows)), "")
    if silent:
        why = f"There is nothing to compare: {silent} gave no answer that could be scored."
        return answer(Verdict.INCONCLUSIVE, seen, why)
    if isinstance(seen, Missing):  # no pairs: excluded above
        return answer(Verdict.INCONCLUSIVE, seen, "Nothing was measured.")
    if instrument is not None and (math.isinf(seen.interval.high) or shape is not Shape.RATE):
        why = f"{instrument_words(instrument)} What differs may be its errors. {errors_wanted()}"
        return answer(Verdict.INCONCLUSIVE, seen, why)
    beyond = worsened(pairs, margin, alpha=alpha, instrument=instrument, anytime=anytime)
    refuted = beyond if refuted is None else refuted and beyond
    if seen.known and seen.interval.high <= margin:
        return answer(Verdict.PASS, seen, _reason(pairs, seen, margin, against, wording, alpha=alpha, verdict="proves"))
    if refuted:
        return answer(
            Verdict.FAIL, seen, _reason(pairs, seen, margin, against, wording, alpha=alpha, verdict="refutes")
        )
    wanted = (alpha / family if beyond else alpha) * next_share(look)
    needed = _needed(pairs, margin, alpha=wanted, instrument=instrument)
    why = _reason(pairs, seen, margin, against, wording, alpha=alpha, verdict="")
    if beyond:
        why += f" Among {family} requirements judged together that comes by luck too often to count as refuted."
    given_up = (
        anytime
        and not beyond
        and hopeless_pairs(least_worse(pairs), margin, beta=HOPELESS / family, alpha=alpha / family)
    )
    if given_up:
        why += " A candidate that is no worse by half of that would hardly look like this, so measuring stopped."
    unit = (1.0 + least_worse(pairs)) / 2.0
    near = anytime and not beyond and not given_up and nearly_refuted(unit, (1.0 + margin) / 2.0, alpha=alpha / family)
    more = further_words(needed, missing=seen.missing)
    return replace(answer(Verdict.INCONCLUSIVE, seen, f"{why} {more}", needed, given_up=given_up), near=near)


def _answered(trials: Sequence[Trial]) -> bool:
    return any(isinstance(trial.outcome, Score) for trial in trials)


def _incomparable(
    shape: Shape | None, candidate: Sequence[Trial], baseline: Sequence[Trial], against: str
) -> tuple[str, str]:
    """Why nothing can be said of the difference, as a word and as a sentence; both empty if something can."""
    if not against:
        why = "The policy names no baseline to compare with: name one, or take `regression` out of the tier."
        return "no-baseline", why
    if shape is not None and shape not in COMPARABLE:
        why = f"Pairs need scores from 0 to 1, and this metric is a {shape.value}: it cannot be compared case by case."
        return "not-comparable", why
    if shape is None or not baseline:
        return "no-baseline", f"The baseline {against} was not measured, so nothing is known of the difference."
    if not candidate:
        return "not-measured", "It was not measured, and silence proves nothing."
    return "", ""


def _needed(pairs: Sequence[Pair], margin: float, *, alpha: float, instrument: Instrument | None) -> int | None:
    if instrument is None:
        needed = further_pairs(pairs, margin, alpha=alpha)
    else:
        needed = further_pairs_through(pairs, margin, instrument.rates, alpha=alpha)
    return None if needed is None else max(needed, 1)


def _reason(
    pairs: Sequence[Pair], seen: Estimate, margin: float, against: str, wording: Wording, *, alpha: float, verdict: str
) -> str:
    worse = better = 0
    for _, first, second in pairs:
        if isinstance(first, Score) and isinstance(second, Score):
            worse += first.value > second.value
            better += first.value < second.value
    text = f"Against {against} on the same {cases(seen.cases)}: worse on {worse:,}, better on {better:,}."
    if seen.missing:
        be = "case has" if seen.missing == 1 else "cases have"
        text += f" {seen.missing:,} {be} no pair of scores and count as the worst they could have been."
    low, high = seen.interval.low, seen.interval.high
    tolerated = f"no worse by {wording.bound(margin)}"
    if verdict == "proves":
        return f"{text} With {sure(alpha)} {_shift(high, margin, wording, most=True)}, which proves {tolerated}."
    if verdict == "refutes":
        return f"{text} With {sure(alpha)} {_shift(low, margin, wording, most=False)}, which refutes {tolerated}."
    best = "better" if low < 0 else "worse"
    return (
        f"{text} In truth it may be anything from {wording.figure(abs(low), beside=margin)} {best} to "
        f"{wording.figure(abs(high), beside=margin)} {'better' if high < 0 else 'worse'} "
        f"(each end with {sure(alpha)}), so {tolerated} is neither proved nor refuted."
    )


def _shift(end: float, margin: float, wording: Wording, *, most: bool) -> str:
    if end < 0.0:
        return f"it is better by at least {wording.figure(-end)}"
    return f"it is worse by {'at most' if most else 'at least'} {wording.figure(end, beside=margin)}"
