"""An event that must never happen: one is enough, whatever the rate."""

from collections.abc import Sequence

from trimtab.decision.floors import see
from trimtab.decision.model import Judgement, Trial, Verdict
from trimtab.decision.words import (
    Wording,
    cases,
    errors_wanted,
    instrument_words,
    known_where_it_matters,
    missing_words,
    sure,
)
from trimtab.kinds import NOT_IMPORTED, Better, Estimate, Instrument, Missing, Score, Shape


def judge_red_line(
    metric: str,
    shape: Shape | None,
    trials: Sequence[Trial],
    *,
    better: Better,
    alpha: float,
    wording: Wording | None = None,
    seen: Estimate | Missing | None = None,
    instrument: Instrument | None = None,
) -> Judgement:
    """FAIL on any event, INCONCLUSIVE while a case has no score, PASS when every case is clean.

    An event is a score above 0. PASS does not claim that there are no
    events, which nothing finite can prove; its reason says how rare
    they are shown to be, and a floor beside the red line can demand more.

    Args:
        metric: Its name. Of its scores, 0 must mean that nothing happened.
        shape: How its scores become an estimate; None when nobody measured it.
        trials: All that were asked.
        better: Must be "lower"; otherwise a 0 is no clean case and nothing can be said.
        alpha: Error probability of the bound in the reason.
        wording: How the policy speaks of the metric.
        seen: The estimate, when the caller has it already.
        instrument: The detector that looked for events, if one did. A case is clean only as far as it would have
            found one, so nothing passes while that is unknown.
    """
    wording = wording or Wording()
    seen = see(shape, trials, alpha=alpha, instrument=instrument) if seen is None else seen
    events = sum(isinstance(trial.outcome, Score) and trial.outcome.value > 0.0 for trial in trials)
    clean = sum(isinstance(trial.outcome, Score) and trial.outcome.value == 0.0 for trial in trials)
    unknown = len(trials) - events - clean  # NaN and negative scores among them
    if better != "lower":
        verdict, why = Verdict.INCONCLUSIVE, "A red line needs a metric of which lower is better, 0 being no event."
    elif events:
        noun = "event" if events == 1 else "events"
        verdict, why = Verdict.FAIL, f"{events:,} {noun} in {cases(len(trials))}. One would have been enough."
    elif not trials:
        verdict, why = Verdict.INCONCLUSIVE, missing_words(Missing("not-measured"))
    elif isinstance(seen, Missing) and seen.reason == NOT_IMPORTED:
        verdict, why = Verdict.INCONCLUSIVE, missing_words(seen)
    elif unknown:
        be = "has" if unknown == 1 else "have"
        verdict = Verdict.INCONCLUSIVE
        why = f"No event in {cases(clean)}, but {unknown:,} more {be} no score, and one event there would be enough."
    elif instrument is not None and not known_where_it_matters(instrument, up=False):
        verdict = Verdict.INCONCLUSIVE
        why = f"No event in {cases(clean)}. {instrument_words(instrument)} {errors_wanted()}"
    else:
        verdict, why = Verdict.PASS, f"No event in {cases(clean)}.{_bound(seen, alpha, wording)}"
    return Judgement(
        asked="red-line",
        metric=metric,
        requirement="no event",
        bound=0.0,
        verdict=verdict,
        seen=seen,
        needed=1 if verdict is Verdict.INCONCLUSIVE and not trials else None,
        reason=f"{wording.question} {why}".strip(),
    )


def _bound(seen: Estimate | Missing, alpha: float, wording: Wording) -> str:
    if isinstance(seen, Missing):
        return ""
    return f" With {sure(alpha, seen)} the true value is at most {wording.figure(seen.interval.high)}."
