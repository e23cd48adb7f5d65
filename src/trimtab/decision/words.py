"""Reasons in sentences that a reader who is no statistician understands.

Ratios are percentages with two telling digits, and never so few that a number
seems to sit on the bound it is compared with.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.decision.model import Trial
from trimtab.kinds import Estimate, Instrument, Missing, Score, Shape

_MOST_PLACES = 9
_GROUPED = (Shape.GAP, Shape.FLIPS, Shape.BALANCE)
_SPOKEN = {Shape.P50: "Half", Shape.P95: "95%"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How the policy speaks of a metric: its question, and its unit ("ratio", "seconds", "EUR")."""

    question: str = ""
    unit: str = "ratio"

    def figure(self, number: float, *, beside: float | None = None) -> str:
        """A number with its unit, with digits enough to tell it from `beside`."""
        if not math.isfinite(number):
            return "unknown" if math.isnan(number) else "unlimited"
        places = self._places(number)
        while places < _MOST_PLACES and beside is not None and number != beside:
            if round(number * self._scale, places) != round(beside * self._scale, places):
                break
            places += 1
        digits = f"{number * self._scale:,.{places}f}"
        digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
        digits = "0" if digits == "-0" else digits
        return f"{digits}%" if self.unit == "ratio" else f"{digits} {self.unit}".rstrip()

    def bound(self, number: float) -> str:
        """A number of the policy, as short as it was written."""
        digits = f"{number * self._scale:.10g}"
        return f"{digits}%" if self.unit == "ratio" else f"{digits} {self.unit}".rstrip()

    @property
    def _scale(self) -> float:
        return 100.0 if self.unit == "ratio" else 1.0

    def _places(self, number: float) -> int:
        size = abs(number) * self._scale
        if size == 0.0:
            return 0
        telling = 1 if self.unit == "ratio" else 2
        return min(max(telling - math.floor(math.log10(size)), int(self.unit == "ratio")), _MOST_PLACES)


def seen_words(shape: Shape, seen: Estimate, trials: Sequence[Trial], wording: Wording) -> str:
    """What was observed, as an answer to the metric's question."""
    scores = [trial.outcome for trial in trials if isinstance(trial.outcome, Score)]
    scored = seen.cases - seen.missing
    if not seen.known:
        text = f"None of {cases(seen.cases)} has a score."
    elif shape is Shape.RATE:
        hits = sum(score.value == 1.0 for score in scores)
        text = f"Yes in {hits:,} of {cases(scored)} ({wording.figure(hits / scored)})."
    elif shape is Shape.GAP:
        text = f"The largest difference seen between two groups is {wording.figure(seen.value)}."
    elif shape is Shape.FLIPS:
        text = f"Of the pairs of groups within a question, {wording.figure(seen.value)} came out differently."
    elif shape in _SPOKEN:
        text = f"{_SPOKEN[shape]} of {cases(scored)} stayed within {wording.figure(seen.value)}."
    else:
        text = f"{wording.figure(seen.value)} over {cases(scored)}."
    if seen.count < seen.cases and shape in (Shape.RATE, Shape.MEAN, *_GROUPED, *_SPOKEN):
        text += (
            f" These {cases(seen.cases)} count as {seen.count:,}, since variants of one another are not independent."
        )
    if seen.missing and seen.known:
        be = "case has" if seen.missing == 1 else "cases have"
        text += f" {seen.missing:,} more {be} no score and count as the worst they could have been."
    return f"{wording.question} {text}".strip()


def instrument_words(instrument: Instrument) -> str:
    """Who says so, and whether that is to be believed."""
    rates = instrument.rates
    who = f"That is what the detector {instrument.detector} says"
    if rates.sensitivity and rates.false_alarm:
        return f"{who}; its errors as counted on {rates.corpus} are allowed for."
    if rates.sensitivity:
        return f"{who}; how often it misses is allowed for, and how often it raises a false alarm is unknown."
    if rates.false_alarm:
        return f"{who}; how often it raises a false alarm is allowed for, and how often it misses is unknown."
    return f"{who}, and how often it errs is unknown."


def known_where_it_matters(instrument: Instrument, *, up: bool) -> bool:
    """Whether the error is known that could hide a broken floor: misses below one, false alarms above."""
    rates = instrument.rates
    return (rates.false_alarm if up else rates.sensitivity) is not None


def errors_wanted() -> str:
    """What to do about an error rate that is unknown."""
    return "Count its errors on cases that people have read, and give them as `errors` of the metric."


def range_words(seen: Estimate, alpha: float, wording: Wording, *, bound: float) -> str:
    """The whole interval."""
    low, high = seen.interval.low, seen.interval.high
    each = f"each end with {sure(alpha, seen)}"
    if math.isinf(low) and math.isinf(high):
        return "the true value may be anything"
    if math.isinf(high):
        return f"the true value may be anything from {wording.figure(low, beside=bound)} up (with {sure(alpha, seen)})"
    if math.isinf(low):
        return f"the true value may be anything up to {wording.figure(high, beside=bound)} (with {sure(alpha, seen)})"
    return (
        f"the true value may lie anywhere from {wording.figure(low, beside=bound)} "
        f"to {wording.figure(high, beside=bound)} ({each})"
    )


def sure(alpha: float, seen: Estimate | None = None) -> str:
    """How sure one end of an interval is."""
    about = "about " if seen is not None and "approximate" in seen.interval.method else ""
    return f"{about}{100.0 * (1.0 - alpha):.4g}% confidence"


def further_words(needed: int | None, *, missing: int = 0) -> str:
    """What would decide."""
    if needed is None and missing:
        return "More cases would not decide it while as many of them have no score."
    if needed is None:
        return "More cases of the same kind would not decide it."
    return f"About {roughly(needed)} further independent {_noun(needed)} would probably decide."


def missing_words(missing: Missing) -> str:
    """Why there is no estimate."""
    if missing.reason in ("not-measured", "no-cases"):
        return "It was not measured, and silence proves nothing."
    return f"There is no estimate ({missing.detail or missing.reason}), and silence proves nothing."


def roughly(number: int) -> str:
    """Two figures, rounded up: fewer would not do."""
    step = int(10 ** max(0, len(str(number)) - 2))
    return f"{-(-number // step) * step:,}"


def cases(number: int) -> str:
    """A count of cases."""
    return f"{number:,} {_noun(number)}"


def joined(names: Sequence[str]) -> str:
    """Names as people list them."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _noun(number: int) -> str:
    return "case" if number == 1 else "cases"
