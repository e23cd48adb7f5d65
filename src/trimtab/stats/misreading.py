"""What is known of a rate when the detector that saw it errs.

Of p texts in a hundred that it flags, some are false alarms, and some that it
should flag it misses. With sensitivity s and false-alarm rate f,

    p = π s + (1 - π) f        so that        π = (p - f) / (s - f)

which falls in s and in f wherever f <= p <= s. The true rate is therefore at
most p_high / s_low (f at its lowest, 0) and at least (p_low - f_high) /
(1 - f_high) (s at its highest, 1). An end spends half of its error on p and
half on the one rate that it uses. A rate that nobody knows is taken for the
worst that it could be, and so the true rate may be anything on that side.

Source: Rogan & Gladen (1978), American Journal of Epidemiology 107(1), 71-76,
for the equation; the interval is a union bound over two intervals that hold.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from trimtab.kinds import ErrorRates, Estimate, Interval, Missing, Shape
from trimtab.stats.binomial import Side, least_rate, most_rate
from trimtab.stats.clusters import Outcome
from trimtab.stats.paired import Pair, further_pairs, paired_difference
from trimtab.stats.planning import further_trials
from trimtab.stats.shapes import estimate

_NEVER = 1e-12  # a level of 0 is none


def through(
    shape: Shape,
    outcomes: Sequence[Outcome],
    rates: ErrorRates,
    *,
    level: float,
    anytime: bool = False,
    bound: float | None = None,
) -> Estimate | Missing:
    """As `estimate`, of the true rate instead of the flagged one.

    Args:
        shape: RATE; of any other shape nothing is known through a detector that errs, and its interval
            becomes all that there could be.
        outcomes: As for `estimate`; 1 is what the detector flagged.
        rates: What is known of the detector's errors.
        level: As for `estimate`; each end errs with probability at most half of the rest.
        anytime: As for `estimate`.
        bound: As for `estimate`, a true rate.

    Returns:
        The value remains the flagged rate, which the interval always covers.
    """
    tail = (1.0 - level) / 2.0
    seen = estimate(shape, outcomes, level=1.0 - tail, anytime=anytime)
    if isinstance(seen, Missing):
        return seen
    if shape is not Shape.RATE:
        interval = Interval(-math.inf, math.inf, level, f"{seen.interval.method}, detector errors unknown")
        return replace(seen, interval=interval)
    least, most = least_sensitivity(rates, tail / 2.0), most_alarms(rates, tail / 2.0)
    upper, lower = seen, seen
    if anytime and bound is not None and 0.0 <= bound <= 1.0:  # the rates flagged that put the true one on its bound
        level_seen = 1.0 - tail
        found = estimate(shape, outcomes, level=level_seen, anytime=True, bound=bound * least)
        upper = found if isinstance(found, Estimate) else seen
        found = estimate(shape, outcomes, level=level_seen, anytime=True, bound=most + bound * (1.0 - most))
        lower = found if isinstance(found, Estimate) else seen
    high = min(1.0, upper.interval.high / least) if least > 0.0 else 1.0
    low = max(0.0, (lower.interval.low - most) / (1.0 - most)) if most < 1.0 else 0.0
    known = "" if rates.sensitivity and rates.false_alarm else ", detector errors unknown"
    ends = (float(f"{low:.12g}"), float(f"{high:.12g}"))  # as every estimate: see `shapes`
    return replace(seen, interval=Interval(*ends, level, f"{seen.interval.method} through detector errors{known}"))


def further_through(
    shape: Shape,
    outcomes: Sequence[Outcome],
    bound: float,
    rates: ErrorRates,
    *,
    side: Side,
    alpha: float,
    anytime: bool = False,
) -> int | None:
    """As `further_trials`: how many more would probably decide a floor on the true rate; None when none would."""
    if shape is not Shape.RATE:
        return None
    flagged = flagged_bound(bound, rates, side=side, tail=alpha)
    if not 0.0 < flagged < 1.0:
        return None
    return further_trials(shape, outcomes, flagged, side=side, alpha=alpha / 2.0, anytime=anytime)


def flagged_bound(bound: float, rates: ErrorRates, *, side: Side, tail: float) -> float:
    """The flagged rate at `tail / 2` that proves a floor on the true rate at `tail`; 0 or 1 when none does."""
    if side == "at_most":
        return bound * least_sensitivity(rates, tail / 2.0)
    most = most_alarms(rates, tail / 2.0)
    return most + bound * (1.0 - most)


def difference_through(
    pairs: Sequence[Pair], rates: ErrorRates, *, level: float, margin: float | None = None
) -> Estimate | Missing:
    """As `paired_difference`, of the true rates of two candidates that one detector scored.

    It is taken to err on both alike: flagged rates then differ by s - f times what the true ones do.

    Returns:
        An interval without ends when s - f may be 0 for all that is known.
    """
    tail = (1.0 - level) / 2.0
    sharp = _sharpness(rates, tail)
    seen = paired_difference(pairs, level=1.0 - tail, margin=margin * sharp if margin and sharp > 0.0 else None)
    if isinstance(seen, Missing):
        return seen
    low, high = seen.interval.low, seen.interval.high
    if sharp <= 0.0:
        interval = Interval(-math.inf, math.inf, level, f"{seen.interval.method}, detector errors unknown")
        return replace(seen, interval=interval)
    low, high = (low / sharp if low < 0.0 else low), (high / sharp if high > 0.0 else high)
    ends = (float(f"{low:.12g}"), float(f"{high:.12g}"))
    return replace(seen, interval=Interval(*ends, level, f"{seen.interval.method} through detector errors"))


def further_pairs_through(pairs: Sequence[Pair], margin: float, rates: ErrorRates, *, alpha: float) -> int | None:
    """As `further_pairs`, when one detector scored both candidates."""
    sharp = _sharpness(rates, alpha)
    return further_pairs(pairs, margin * sharp, alpha=alpha / 2.0) if sharp > 0.0 else None


def _sharpness(rates: ErrorRates, tail: float) -> float:
    """The least that s - f can be, wrong with probability at most half of `tail`: each rate spends a quarter."""
    return least_sensitivity(rates, tail / 4.0) - most_alarms(rates, tail / 4.0)


def least_sensitivity(rates: ErrorRates, tail: float) -> float:
    """Below it the sensitivity is with probability at most `tail`; 0 when nothing is known that surely."""
    if rates.found is not None:
        return least_rate(*rates.found, tail=tail)
    return rates.sensitivity.low if _as_sure(rates.sensitivity, tail) and rates.sensitivity else 0.0


def most_alarms(rates: ErrorRates, tail: float) -> float:
    """Above it the false-alarm rate is with probability at most `tail`; 1 when nothing is known that surely."""
    if rates.alarms is not None:
        return most_rate(*rates.alarms, tail=tail)
    return rates.false_alarm.high if _as_sure(rates.false_alarm, tail) and rates.false_alarm else 1.0


def _as_sure(interval: Interval | None, tail: float) -> bool:
    """Whether each end of an interval errs with probability at most `tail`."""
    return interval is not None and (1.0 - interval.level) / 2.0 <= tail + _NEVER
