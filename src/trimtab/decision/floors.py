"""One floor against what was seen of its metric."""

import math
from collections.abc import Sequence
from dataclasses import replace

from trimtab.decision.model import Judgement, Trial, Verdict
from trimtab.decision.words import (
    Wording,
    errors_wanted,
    further_words,
    instrument_words,
    known_where_it_matters,
    missing_words,
    range_words,
    seen_words,
    sure,
)
from trimtab.kinds import NOT_IMPORTED, Estimate, Instrument, Interval, Missing, Score, Shape
from trimtab.policy.model import Floor
from trimtab.stats import (
    APPROXIMATE,
    HOPELESS,
    Side,
    estimate,
    further_through,
    further_trials,
    hopeless,
    nearly_refuted,
    share_of_look,
    through,
)
from trimtab.stats.clusters import gather, usable
from trimtab.stats.misreading import flagged_bound
from trimtab.stats.shapes import QUANTILES

_LEAST_LEVEL = 1e-6  # a tier of confidence 0.5 asks for ends at even odds; an interval of level 0 is none

Outcomes = list[tuple[str, Score | Missing]]


def next_share(look: int) -> float:
    """What the next look may spend, as a share of what this one may: who asks for more cases will look again."""
    return share_of_look(look + 1) / share_of_look(look) if look else 1.0


def level_of(alpha: float) -> float:
    """Level of the two-sided interval each end of which errs with probability `alpha`."""
    return max(1.0 - 2.0 * alpha, _LEAST_LEVEL)


def outcomes_of(trials: Sequence[Trial]) -> Outcomes:
    """Cluster and outcome, as `trimtab.stats` wants them."""
    return [(trial.cluster, trial.outcome) for trial in trials]


def see(
    shape: Shape | None,
    trials: Sequence[Trial],
    *,
    alpha: float,
    instrument: Instrument | None = None,
    anytime: bool = False,
    whole: bool = True,
    bound: float | None = None,
) -> Estimate | Missing:
    """The estimate whose ends err with probability `alpha` each; Missing "not-measured" without trials.

    Of what an instrument saw, the estimate is of the truth behind it. With
    `anytime` it holds whenever measuring stopped; what was ever proved of
    `bound` stands. An approximate one says nothing then, unless the `whole` was measured.
    """
    if shape is None or not trials:
        return Missing("not-measured")
    if len(trials) == 1 and isinstance(lost := trials[0].outcome, Missing) and lost.reason == NOT_IMPORTED:
        return lost  # of no case: it says why there are none
    outcomes, level = outcomes_of(trials), level_of(alpha)
    if instrument is not None:
        return through(shape, outcomes, instrument.rates, level=level, anytime=anytime, bound=bound)
    seen = estimate(shape, outcomes, level=level, anytime=anytime, bound=bound)
    if anytime and not whole and shape in APPROXIMATE and isinstance(seen, Estimate):
        interval = Interval(-math.inf, math.inf, level, f"{seen.interval.method}, stopped early")
        return replace(seen, interval=interval)
    return seen


def clears(floor: Floor, seen: Estimate | Missing) -> bool:
    """Whether the interval lies wholly on the accepted side, the floor itself included."""
    if isinstance(seen, Missing) or not seen.known:
        return False
    return seen.interval.low >= floor.bound if floor.at_least is not None else seen.interval.high <= floor.bound


def breaks(floor: Floor, seen: Estimate | Missing) -> bool:
    """Whether it lies wholly on the forbidden side."""
    if isinstance(seen, Missing) or not seen.known:
        return False
    return seen.interval.high < floor.bound if floor.at_least is not None else seen.interval.low > floor.bound


def judge_floor(
    metric: str,
    floor: Floor,
    shape: Shape | None,
    trials: Sequence[Trial],
    *,
    alpha: float,
    refuted: bool | None = None,
    family: int = 1,
    wording: Wording | None = None,
    seen: Estimate | Missing | None = None,
    instrument: Instrument | None = None,
    anytime: bool = False,
    whole: bool = True,
    look: int = 0,
) -> Judgement:
    """PASS if the floor is proved, FAIL if it is refuted, INCONCLUSIVE otherwise.

    Args:
        metric: Its name.
        floor: The bound, in the metric's unit.
        shape: How its scores become an estimate; None when nobody measured it.
        trials: All that were asked, in the drawn order.
        alpha: Probability of passing a floor that is in truth broken, at most, in (0, 0.5].
        refuted: Whether the floor is refuted when all requirements of the
            candidate are taken together (`trimtab.stats.holm`); by default, whether it is alone.
        family: How many requirements were taken together.
        wording: How the policy speaks of the metric.
        seen: The estimate, when the caller has it already.
        instrument: The detector that the metric was scored by, if it was.
        anytime: Measuring may have stopped at any moment, for a reason that the trials gave.
        whole: Whether every planned case is among the trials.
        look: Which look at these cases it is; `alpha` is its share already.

    Returns:
        A judgement; `needed` is set only when it is INCONCLUSIVE.
    """
    wording = wording or Wording()
    if seen is None:
        seen = see(shape, trials, alpha=alpha, instrument=instrument, anytime=anytime, whole=whole, bound=floor.bound)
    beyond = breaks(floor, seen)
    refuted = beyond if refuted is None else refuted and beyond
    needed, given_up, near = None, False, False
    if clears(floor, seen):
        verdict = Verdict.PASS
    elif refuted:
        verdict = Verdict.FAIL
    else:
        verdict = Verdict.INCONCLUSIVE
        needed = _needed(
            floor,
            shape,
            trials,
            alpha=(alpha / family if beyond else alpha) * next_share(look),
            instrument=instrument,
            anytime=anytime,
        )
        if anytime and not beyond:
            given_up, near = _outlook(floor, shape, trials, alpha=alpha, family=family, instrument=instrument)
    return Judgement(
        asked="floor",
        metric=metric,
        requirement=str(floor),
        bound=floor.bound,
        verdict=verdict,
        seen=seen,
        needed=needed,
        reason=_reason(
            floor,
            shape,
            trials,
            verdict=verdict,
            seen=seen,
            needed=needed,
            alpha=alpha,
            family=family,
            wording=wording,
            instrument=instrument,
            given_up=given_up,
        ),
        hopeless=given_up,
        near=near,
        look=look,
    )


def _outlook(
    floor: Floor,
    shape: Shape | None,
    trials: Sequence[Trial],
    *,
    alpha: float,
    family: int,
    instrument: Instrument | None,
) -> tuple[bool, bool]:
    """Whether proving it would probably take too long, and whether it is nearly refuted; of rates, means, quantiles."""
    bound = floor.bound
    if instrument is not None:
        bound = flagged_bound(bound, instrument.rates, side=_side(floor), tail=alpha)
        alpha /= 2.0
    if shape in QUANTILES:
        tolerated = 1.0 - QUANTILES[shape] if floor.at_most is not None else QUANTILES[shape]

        def fails(value: float) -> float:
            return float(value > floor.bound) if floor.at_most is not None else float(value < floor.bound)

    elif shape in (Shape.RATE, Shape.MEAN):
        tolerated = bound if floor.at_most is not None else 1.0 - bound

        def fails(value: float) -> float:
            return value if floor.at_most is not None else 1.0 - value

    else:
        return False, False
    # A case without a score is no reason to give up: it may yet be answered.
    failures = [
        (cluster, Score(value=fails(outcome.value)))
        for cluster, outcome in usable(shape, outcomes_of(trials))
        if isinstance(outcome, Score)
    ]
    if not failures:
        return False, False
    units, alpha = gather(failures).means()[1], alpha / family
    if hopeless(units, tolerated, beta=HOPELESS / family, alpha=alpha):
        return True, False
    return False, nearly_refuted(units, tolerated, alpha=alpha)


def _needed(
    floor: Floor,
    shape: Shape | None,
    trials: Sequence[Trial],
    *,
    alpha: float,
    instrument: Instrument | None,
    anytime: bool,
) -> int | None:
    if shape is None:
        return None
    side, alpha, outcomes = _side(floor), min(alpha, 0.499), outcomes_of(trials)
    if instrument is not None:
        rates = instrument.rates
        needed = further_through(shape, outcomes, floor.bound, rates, side=side, alpha=alpha, anytime=anytime)
    else:
        needed = further_trials(shape, outcomes, floor.bound, side=side, alpha=alpha, anytime=anytime)
    return None if needed is None else max(needed, 1)  # it is not decided, so none is never enough


def _side(floor: Floor) -> Side:
    return "at_most" if floor.at_most is not None else "at_least"


def _reason(
    floor: Floor,
    shape: Shape | None,
    trials: Sequence[Trial],
    *,
    verdict: Verdict,
    seen: Estimate | Missing,
    needed: int | None,
    alpha: float,
    family: int,
    wording: Wording,
    instrument: Instrument | None,
    given_up: bool,
) -> str:
    if isinstance(seen, Missing) or shape is None:
        why = missing_words(seen) if isinstance(seen, Missing) else ""
        more = further_words(needed) if needed is not None else ""
        return f"{wording.question} {why} {more}".strip()
    up = floor.at_least is not None
    asked = f"{'at least' if up else 'at most'} {wording.bound(floor.bound)}"
    answer = seen_words(shape, seen, trials, wording)
    if instrument is not None:
        answer = f"{answer} {instrument_words(instrument)}"
        if verdict is Verdict.INCONCLUSIVE and not known_where_it_matters(instrument, up=up):
            return f"{answer} So {asked} cannot be proved. {errors_wanted()}"
    safe_end = seen.interval.low if up else seen.interval.high
    bad_end = seen.interval.high if up else seen.interval.low
    if verdict is Verdict.PASS:
        end = f"{'at least' if up else 'at most'} {wording.figure(safe_end, beside=floor.bound)}"
        return f"{answer} With {sure(alpha, seen)} the true value is {end}, which proves {asked}."
    if verdict is Verdict.FAIL:
        end = f"{'at most' if up else 'at least'} {wording.figure(bad_end, beside=floor.bound)}"
        return f"{answer} With {sure(alpha, seen)} the true value is {end}, which refutes {asked}."
    spread = range_words(seen, alpha, wording, bound=floor.bound)
    spread = spread[0].upper() + spread[1:]
    more = further_words(needed, missing=seen.missing)
    if breaks(floor, seen):
        return (
            f"{answer} {spread}. That is on the wrong side of {asked}, but among {family} requirements judged "
            f"together such a result comes by luck too often to count as refuted. {more}"
        )
    if given_up:
        more = f"A model that is well within it would hardly look like this, so measuring stopped. {more}"
    return f"{answer} {spread}, so {asked} is neither proved nor refuted. {more}"
