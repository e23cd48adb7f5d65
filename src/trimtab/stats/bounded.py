"""Mean of independent scores in [0, 1], valid at every sample size: bet against each candidate mean.

To ask "is the mean above m?", start with capital 1 and, before each score y,
stake a share c of it on y > m at fair odds: it is multiplied by
1 - c + c*y/m. If the mean is m or less, the expected capital never exceeds 1,
so it reaches 1/alpha with probability at most alpha (Markov; Ville for every
moment at once). We spread the first capital over a fixed set of stakes.

The stakes are constant, so the order of scores does not matter, scores need
not be identically distributed, and each factor falls in m, so that the means
not yet refuted form a range. WSR's own hedged, predictable stakes are
somewhat shorter for long samples, but depend on order, and cannot prove a rare-event floor
in as few trials.

Source:
    Waudby-Smith & Ramdas (2024), JRSS-B 86(1), 1-27, sections 4-5 and
    appendix B (mixtures of constant bets); Ville (1939).
"""

import math
from collections.abc import Callable
from functools import cache
from statistics import NormalDist

import numpy as np
from scipy.optimize import brentq

from trimtab.errors import InsufficientEvidenceError
from trimtab.kinds import Interval
from trimtab.stats.binomial import POWER
from trimtab.stats.clusters import Floats
from trimtab.stats.doubling import smallest
from trimtab.stats.stakes import BOLD, TIMID, ZONES, weighted

# Bold stakes prove that almost nothing goes wrong; timid ones see small shifts of a noisy mean.
_STAKES: Floats = np.array([*BOLD, *TIMID])


def _weights(mean: float) -> Floats:
    log: Floats = np.log([share for _, share in weighted(mean)])
    return log


# Above 0.9 the opposite event is rare and wants bold stakes; below 0.1 its mirror image wants timid ones.
_ZONES = tuple((start, top, _weights(top)) for start, top, _ in ZONES)
_TINY = 1e-12  # means below this are not told from 0
_FEW = 1024  # distinct values up to which plain logarithms are quick enough
_BLOCK = 16  # factors multiplied before taking a logarithm; (1/_TINY)**16 is still a double


def mean_interval(low: Floats, high: Floats, *, level: float) -> Interval:
    """Interval for the mean of independent values in [0, 1]; covers at least `level` at any n.

    Args:
        low: One value per independent unit, in [0, 1], missing parts at their lowest.
        high: The same with missing parts at their highest; equals `low` when nothing is missing.
        level: Coverage probability, in (0, 1).

    Returns:
        Within [0, 1]. Order of the values does not matter.

    Raises:
        InsufficientEvidenceError: There are no values.
        ValueError: A value lies outside [0, 1].
    """
    tail = (1.0 - level) / 2.0
    return Interval(least_mean(low, tail=tail), 1.0 - least_mean(1.0 - high, tail=tail), level, "betting")


def least_mean(values: Floats, *, tail: float) -> float:
    """Lower end alone: the true mean is below it with probability at most `tail`.

    Args:
        values: Independent values in [0, 1].
        tail: One-sided error probability, in (0, 1).

    Returns:
        In [0, 1]; 0 when nothing below can be refuted.

    Raises:
        InsufficientEvidenceError: There are no values.
        ValueError: A value lies outside [0, 1].
    """
    distinct, counts = _compressed(values)
    centre, error = float(values.mean()), float(values.std()) / math.sqrt(len(values))
    near = tuple(guess for guess in (centre - 5.0 * error, centre - 1.5 * error) if guess > 0.0)
    return least_root(lambda mean: distinct / mean, counts, tail=tail, near=near)


def log_evidence(values: Floats, mean: float, *, counts: Floats | None = None) -> float:
    """Natural logarithm of the capital won against "the mean is at most `mean`".

    Args:
        values: Independent values in [0, 1], at least one.
        mean: In (0, 1].
        counts: How often each value came; None for once each.

    Returns:
        At least log(1/alpha) with probability at most alpha if the mean is at most `mean`.
    """
    if counts is None:
        values, counts = _compressed(values)
    return _log_capital(values / mean, counts, next(w for _, top, w in _ZONES if mean <= top))


def distinct_pairs(first: Floats, second: Floats) -> tuple[Floats, Floats, Floats | None]:
    """Pairs of values with how often each came, for whoever asks for the evidence of many sums of the two.

    Returns:
        Distinct pairs and their counts; where counting is not shorter, the pairs as they are, and None.
    """
    both, counts = np.unique(first + 1j * second, return_counts=True)
    return (first, second, None) if len(both) > _FEW else (both.real, both.imag, counts.astype(np.float64))


def first_proof(values: Floats, mean: float, *, alpha: float) -> int | None:
    """After how many units it was first proved that the mean exceeds `mean`.

    Args:
        values: Independent values in [0, 1], in an order drawn before any was seen.
        mean: In [0, 1].
        alpha: One-sided error probability, in (0, 1).

    Returns:
        The smallest n of which the first n values have won 1/alpha; None when none has. Whatever the true
        mean up to `mean`, and however many values there are, it is None with probability at least 1 - alpha
        (Ville), so a proof once reached stands.

    Raises:
        ValueError: A value lies outside [0, 1].
    """
    if len(values) == 0 or mean >= 1.0:
        return None
    if not (values.min() >= 0.0 and values.max() <= 1.0):  # also refuses NaN
        raise ValueError("values outside [0, 1]")
    mean = max(mean, _TINY)
    target = -math.log(alpha)
    logs = next(w for _, top, w in _ZONES if mean <= top)[:, None]
    for start in range(0, len(values), _FEW):  # in blocks: memory does not grow with the number of values
        gains = np.log((1.0 - _STAKES)[:, None] + _STAKES[:, None] * (values[None, start : start + _FEW] / mean))
        logs = logs[:, -1:] + np.cumsum(gains, axis=1)
        most = logs.max(axis=0)
        reached = np.flatnonzero(most + np.log(np.exp(logs - most).sum(axis=0)) >= target)
        if len(reached):
            return start + int(reached[0]) + 1
    return None


def log_evidence_of_counts(hits: Floats, trials: Floats, mean: float) -> Floats:
    """As `log_evidence` of 0/1 values, for many counts at once.

    Args:
        hits: Values of 1, whole numbers.
        trials: Values altogether, at least `hits`, of the same length.
        mean: In (0, 1).

    Returns:
        One number per pair; it grows with `hits`, and falls with `trials` while `hits` stays.
    """
    weights = next(w for _, top, w in _ZONES if mean <= top)
    won, lost = np.log(1.0 - _STAKES + _STAKES / mean), np.log(1.0 - _STAKES)
    logs = weights + hits[:, None] * won + (trials - hits)[:, None] * lost
    most = logs.max(axis=1)
    found: Floats = most + np.log(np.exp(logs - most[:, None]).sum(axis=1))
    return found


def least_root(
    payoff: Callable[[float], Floats], counts: Floats | None, *, tail: float, near: tuple[float, ...] = ()
) -> float:
    """Smallest m in [0, 1] that bets paying `payoff(m)` for a stake of 1 do not refute.

    Args:
        payoff: Non-negative payoffs, falling in m, of expectation at most 1
            if m is the true value or more. For a mean: value / m.
        counts: How often each payoff came; None for once each, where there are many.
        tail: One-sided error probability, in (0, 1).
        near: Guesses above 0 around the answer; they save time and change nothing else.

    Returns:
        In [0, 1].
    """
    target = -math.log(tail)

    @cache  # the root finder asks for both ends again
    def excess(log_m: float, zone: int) -> float:
        return _log_capital(payoff(math.exp(log_m)), counts, _ZONES[zone][2]) - target

    for zone, (start, end, _) in enumerate(_ZONES):
        left, right = math.log(max(start, _TINY)), math.log(end)
        if excess(right, zone) >= 0.0:
            continue  # all of this zone is refuted
        for guess in map(math.log, near):
            if left < guess < right:
                left, right = (guess, right) if excess(guess, zone) >= 0.0 else (left, guess)
        if excess(left, zone) < 0.0:
            return start
        return math.exp(brentq(excess, left, right, args=(zone,), xtol=_TINY))
    return 1.0  # payoffs at m = 1 average above 1: only rounding brings us here


def trials_to_refute(values: Floats, mean: float, *, alpha: float) -> int | None:
    """Further independent units that would probably prove that the mean is above `mean`.

    Args:
        values: Independent values in [0, 1] seen so far; the future is taken to be like them.
        mean: In (0, 1].
        alpha: One-sided error probability, in (0, 1).

    Returns:
        Units (80 % power, normal approximation to the log capital); None
        when values like these never would.
    """
    if len(values) == 0 or mean <= 0.0:
        return None
    distinct, counts = _compressed(values)
    counts = np.ones(len(distinct)) if counts is None else counts
    gains = np.log(1.0 - _STAKES[:, None] + _STAKES[:, None] * distinct[None, :] / mean)
    share = counts / counts.sum()
    growth = gains @ share
    spread = np.sqrt(np.maximum(gains**2 @ share - growth**2, 0.0)) * NormalDist().inv_cdf(POWER)
    start = next(w for _, top, w in _ZONES if mean <= top) + growth * counts.sum()

    def decided(extra: int) -> bool:
        likely = start + growth * extra - spread * math.sqrt(extra)
        return _log_of_sum(likely) >= -math.log(alpha)

    return smallest(decided) if bool(np.any(growth > _TINY)) else None


def _compressed(values: Floats) -> tuple[Floats, Floats | None]:
    """Distinct values with counts where that is shorter: cluster means mostly repeat."""
    if len(values) == 0:
        raise InsufficientEvidenceError("mean", have=0, need=1)
    if not (values.min() >= 0.0 and values.max() <= 1.0):  # also refuses NaN
        raise ValueError("values outside [0, 1]")
    distinct, counts = np.unique(values, return_counts=True)
    return (values, None) if len(distinct) > _FEW else (distinct, counts.astype(np.float64))


def _log_capital(payoffs: Floats, counts: Floats | None, log_weights: Floats) -> float:
    if counts is not None:
        logs = np.log((1.0 - _STAKES)[:, None] + _STAKES[:, None] * payoffs[None, :]) @ counts
        return _log_of_sum(log_weights + logs)
    # Multiplying a block of factors before taking one logarithm is ten times as fast.
    whole = len(payoffs) // _BLOCK * _BLOCK
    blocks, rest = payoffs[:whole].reshape(_BLOCK, -1), payoffs[whole:]
    logs = np.empty(len(_STAKES))
    for place, stake in enumerate(_STAKES):
        product = np.multiply.reduce(1.0 - stake + stake * blocks, axis=0)
        logs[place] = np.log(product).sum() + np.log(1.0 - stake + stake * rest).sum()
    return _log_of_sum(log_weights + logs)


def _log_of_sum(logs: Floats) -> float:
    """log(sum(exp(logs))) without overflow; SciPy's takes ten times as long on forty numbers."""
    most = float(logs.max())
    return most + math.log(float(np.exp(logs - most).sum())) if math.isfinite(most) else most
