"""Intervals for the rate of a yes/no event, and how many trials a floor costs."""

import math
from typing import Literal

from trimtab.errors import InsufficientEvidenceError
from trimtab.kinds import Interval
from trimtab.stats.binomial_law import at_most, beta_quantile, likely_most, more_than
from trimtab.stats.doubling import smallest

Side = Literal["at_least", "at_most"]

POWER = 0.8  # how probable "would probably decide" is


def clopper_pearson(hits: int, trials: int, *, level: float = 0.95) -> Interval:
    """Exact two-sided interval; covers at least `level` whatever the true rate.

    Args:
        hits: Trials with the event, 0 <= hits <= trials.
        trials: Independent trials, >= 1. Repeats of one prompt are not.
        level: Coverage probability, in (0, 1).

    Returns:
        Probabilities; 0 <= low <= hits / trials <= high <= 1.

    Raises:
        InsufficientEvidenceError: There are no trials.
        ValueError: Another argument is outside its range.

    Source:
        Clopper & Pearson (1934), Biometrika 26(4), 404-413.
    """
    return rate(hits, trials, 0, level=level)


def rate(hits: int, trials: int, missing: int, *, level: float = 0.95) -> Interval:
    """Exact interval when some trials have no outcome: each end assumes the worst of them.

    The low end counts every missing trial as without the event, the high end
    as with it, so that it covers whatever the missing outcomes were.

    Args:
        hits: Scored trials with the event, 0 <= hits <= trials.
        trials: Independent trials with an outcome, >= 0.
        missing: Further trials without one, >= 0.
        level: Coverage probability, in (0, 1).

    Returns:
        Probabilities.

    Raises:
        InsufficientEvidenceError: There are no trials, missing ones included.
        ValueError: Another argument is outside its range.

    Source:
        Clopper & Pearson (1934); worst-case bounds after Manski (2003),
        Partial Identification of Probability Distributions, section 1.2.
    """
    if not (0 <= hits <= trials and missing >= 0 and 0.0 < level < 1.0):
        raise ValueError(f"out of range: {hits=}, {trials=}, {missing=}, {level=}")
    tried = trials + missing
    if tried == 0:
        raise InsufficientEvidenceError("rate", have=0, need=1)
    tail = (1.0 - level) / 2.0
    return Interval(
        least_rate(hits, tried, tail=tail),
        most_rate(hits + missing, tried, tail=tail),
        level,
        "clopper-pearson",
    )


def least_rate(hits: int, trials: int, *, tail: float) -> float:
    """Lower end alone: the true rate is below it with probability at most `tail`."""
    return 0.0 if hits == 0 else beta_quantile(tail, hits, trials - hits + 1)


def most_rate(hits: int, trials: int, *, tail: float) -> float:
    """Upper end alone: the true rate is above it with probability at most `tail`."""
    return 1.0 if hits == trials else beta_quantile(1.0 - tail, hits + 1, trials - hits)


def trials_to_prove(bound: float, *, side: Side, alpha: float) -> int | None:
    """The price of a floor: independent trials that prove it if not one of them goes wrong.

    Args:
        bound: The floor, a rate in [0, 1].
        side: Whether the rate must be at least or at most `bound`.
        alpha: One-sided error probability, in (0, 1).

    Returns:
        Smallest n with (1 - tolerated)^n <= alpha; None when no number of
        trials can prove it (nothing is tolerated).

    Raises:
        ValueError: An argument is outside its range.
    """
    if not (0.0 <= bound <= 1.0 and 0.0 < alpha < 1.0):
        raise ValueError(f"out of range: {bound=}, {alpha=}")
    tolerated = bound if side == "at_most" else 1.0 - bound
    if tolerated <= 0.0:
        return None
    if tolerated >= 1.0:
        return 1
    return math.ceil(math.log(alpha) / math.log1p(-tolerated) - 1e-9)


def trials_needed(hits: int, trials: int, bound: float, *, side: Side, alpha: float, missing: int = 0) -> int | None:
    """Further independent trials that would probably decide a floor on a rate.

    "Probably" is 80 % power if the rate stays what it was, and the share of
    missing trials too. Whichever way the observed rate points, towards the
    floor or away from it, is the way it would be decided.

    Args:
        hits: Scored trials with the event.
        trials: Trials with an outcome.
        bound: The floor, a rate in [0, 1].
        side: Whether the rate must be at least or at most `bound`.
        alpha: One-sided error probability of the verdict, in (0, 1).
        missing: Trials without an outcome.

    Returns:
        Independent trials, 0 when it is decided already; None when more of
        the same cannot decide (rate at the floor, or too many missing).

    Raises:
        ValueError: An argument is outside its range.
    """
    if not (0 <= hits <= trials and missing >= 0):
        raise ValueError(f"out of range: {hits=}, {trials=}, {missing=}")
    tried = trials + missing
    if tried == 0:
        return trials_to_prove(bound, side=side, alpha=alpha)
    if side == "at_least":  # the same question about the opposite event
        hits, bound = trials - hits, 1.0 - bound
    worst, best = (hits + missing) / tried, hits / tried

    def proved(extra: int) -> bool:
        likely = hits + missing + likely_most(POWER, extra, worst) if extra else hits + missing
        return bool(at_most(likely, tried + extra, bound) <= alpha)

    def refuted(extra: int) -> bool:
        likely = hits + likely_most(1.0 - POWER, extra, best) if extra else hits
        return bool(more_than(likely - 1, tried + extra, bound) <= alpha)

    if worst < bound:
        return smallest(proved)
    if best > bound:
        return smallest(refuted)
    return None
