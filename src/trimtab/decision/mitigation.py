"""Bias mitigation: what share of the baseline's gap between groups is gone in a candidate, on the same cases."""

from collections.abc import Sequence

from trimtab.decision.floors import level_of, next_share
from trimtab.decision.model import Judgement, Measurements, Trial, Verdict
from trimtab.decision.regression import pairs_of
from trimtab.decision.words import Wording, cases, further_words, sure
from trimtab.kinds import Estimate, Missing, Shape
from trimtab.stats import share_of_look
from trimtab.stats.mitigation import GAPS, Both, further_to_show, removed_share

_SHARE = Wording()  # shares are percentages, whatever the metric's unit


def removed(
    measurements: Measurements, candidate: str, *, baseline: str, alpha: float
) -> dict[str, Estimate | Missing]:
    """The share that is gone, of every metric that measures how differently groups are treated; for showing.

    Only cases that both were asked count: either may have stopped early.

    Args:
        measurements: What was seen.
        candidate: Of whom.
        baseline: In comparison with whom; nothing is returned of the baseline itself, nor without one.
        alpha: Error probability of one end of each interval, before looks share it, in (0, 0.5].
    """
    found: dict[str, Estimate | Missing] = {}
    for metric, shape in measurements.shapes.items():
        rows = [measurements.trials.get(name, {}).get(metric, ()) for name in (candidate, baseline)]
        if shape not in GAPS or candidate == baseline or not all(rows):
            continue
        shared = {trial.case for trial in rows[0]} & {trial.case for trial in rows[1]}
        ours, theirs = ([trial for trial in row if trial.case in shared] for row in rows)
        share = share_of_look(measurements.looks.get(candidate, {}).get(metric, 0))
        found[metric] = removed_share(shape, _both(shape, ours, theirs), level=level_of(alpha * share))
    return found


def judge_mitigation(
    metric: str,
    share: float,
    shape: Shape | None,
    candidate: Sequence[Trial],
    baseline: Sequence[Trial],
    *,
    against: str,
    alpha: float,
    wording: Wording | None = None,
    anytime: bool = False,
    look: int = 0,
) -> Judgement:
    """PASS if it is proved that at least `share` of the baseline's gap is gone, FAIL if that is refuted.

    Args:
        metric: Its name.
        share: What must be gone, in (0, 1).
        shape: GAP, FLIPS or BALANCE; of any other, and of None, nothing can be said.
        candidate: Its trials.
        baseline: Those of the baseline; cases are matched by id.
        against: Name of the baseline; empty when the policy names none.
        alpha: Probability of passing a candidate of which less is gone, at most, and of failing one of which more is.
        wording: How the policy speaks of the metric.
        anytime: As for `judge_floor`; the baseline was asked at least what the candidate was.
        look: As for `judge_floor`.
    """
    wording = wording or Wording()

    def answer(verdict: Verdict, seen: Estimate | Missing, why: str, needed: int | None = None) -> Judgement:
        return Judgement(
            asked="mitigation",
            metric=metric,
            requirement=f"at least {share:g} of the gap of {against or 'the baseline'} gone",
            bound=share,
            verdict=verdict,
            seen=seen,
            needed=needed,
            reason=f"{wording.question} {why}".strip(),
            look=look,
        )

    reason, why = _incomparable(shape, candidate, baseline, against)
    if reason or shape is None:
        return answer(Verdict.INCONCLUSIVE, Missing(reason), why)
    both = _both(shape, candidate, baseline, anytime=anytime)
    seen = removed_share(shape, both, level=level_of(alpha))
    if isinstance(seen, Estimate) and seen.known and seen.interval.low >= share:
        return answer(Verdict.PASS, seen, _reason(seen, share, against, alpha=alpha, verdict="proves"))
    if isinstance(seen, Estimate) and seen.known and seen.interval.high < share:
        return answer(Verdict.FAIL, seen, _reason(seen, share, against, alpha=alpha, verdict="refutes"))
    needed = further_to_show(shape, both, share, alpha=alpha * next_share(look))
    needed = None if needed is None else max(needed, 1)
    if isinstance(seen, Missing):
        return answer(Verdict.INCONCLUSIVE, seen, _unsaid(seen, against, needed), needed)
    more = further_words(needed, missing=seen.missing)
    why = f"{_reason(seen, share, against, alpha=alpha, verdict='')} {more}"
    return answer(Verdict.INCONCLUSIVE, seen, why, needed)


def _both(shape: Shape, candidate: Sequence[Trial], baseline: Sequence[Trial], *, anytime: bool = False) -> list[Both]:
    pairs = pairs_of(shape, candidate, baseline, better="lower", anytime=anytime)
    return [(cluster, old, new) for cluster, new, old in pairs]


def _incomparable(
    shape: Shape | None, candidate: Sequence[Trial], baseline: Sequence[Trial], against: str
) -> tuple[str, str]:
    """Why nothing can be said, as a word and as a sentence; both empty if something can."""
    if not against:
        why = "The policy names no baseline whose gap could be gone: name one, or take `mitigation` out of the tier."
        return "no-baseline", why
    if shape is not None and shape not in GAPS:
        return "no-gap", f"It is a {shape.value}, which measures no gap between groups."
    if shape is None or not baseline:
        return "no-baseline", f"The baseline {against} was not measured, so nobody knows what gap it has."
    if not candidate:
        return "not-measured", "It was not measured, and silence proves nothing."
    return "", ""


def _unsaid(seen: Missing, against: str, needed: int | None) -> str:
    if seen.reason != "no-baseline-gap":
        return f"There is nothing to compare ({seen.detail or seen.reason})."
    return (
        f"The gap of {against} is not clearly above zero, so no share of it can be said. If it has none there is "
        f"nothing to take away: bound the gap itself by a floor. {further_words(needed)}"
    )


def _reason(seen: Estimate, share: float, against: str, *, alpha: float, verdict: str) -> str:
    low, high = seen.interval.low, seen.interval.high
    gone = _SHARE.figure(seen.value) if seen.value >= 0.0 else f"minus {_SHARE.figure(-seen.value)}"
    text = f"Of the gap of {against} on the same {cases(seen.cases)}, {gone} is gone."
    if seen.missing:
        be = "case has" if seen.missing == 1 else "cases have"
        text += f" {seen.missing:,} {be} no pair of scores and count as the worst they could have been."
    asked = f"at least {_SHARE.bound(share)}"
    if verdict == "proves":
        return f"{text} With {sure(alpha)} it is at least {_SHARE.figure(low, beside=share)}, which proves {asked}."
    if verdict == "refutes":
        if high < 0.0:
            return f"{text} With {sure(alpha)} the gap has grown, which refutes {asked}."
        return f"{text} With {sure(alpha)} it is at most {_SHARE.figure(high, beside=share)}, which refutes {asked}."
    worst = f"{_SHARE.figure(low, beside=share)} gone" if low >= 0.0 else _grown(low)
    return (
        f"{text} In truth it may be anything from {worst} to {_SHARE.figure(high, beside=share)} gone "
        f"(each end with {sure(alpha)}), so {asked} is neither proved nor refuted."
    )


def _grown(low: float) -> str:
    return f"{_SHARE.figure(-low)} more than before"
