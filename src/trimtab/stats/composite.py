"""One figure of many: utilities of metrics as a geometric mean of pillars, and how much of it the weights decide.

With x a metric's unfavourable end, T its target and F its floor, on a scale on which more is better:

    u = 1                                   x >= T
        0.5 + 0.5 (x - F) / (T - F)         F <= x < T      0.5 means "at the floor", of every metric
        max(e, 0.5 x / F)                   x < F           e = 0.01

    P_k = exp(sum w_i ln u_i / sum w_i)     over the metrics of pillar k
    C   = 100 exp(sum W_k ln P_k)           sum W = 1

A geometric mean lets no strength make up for a weakness in full, and still in part: what may not be made up for at all
is a veto, which caps the figure (`trimtab.decision.scorecard`). e is stated because the mean depends on it.

Source:
    OECD & JRC (2008), Handbook on constructing composite indicators, steps 5 to 7; Saisana, Saltelli & Tarantola
    (2005), JRSS-A 168(2), 307-323, for uncertainty and first-order shares of variance.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.stats.clusters import Floats

LEAST = 0.01
"""The utility of the worst, since a logarithm of nothing is minus infinity."""
AT_FLOOR = 0.5


def utility(value: float, target: float, floor: float) -> float:
    """What a value is worth, in [0.01, 1]: 1 from the target on, 0.5 at the floor.

    Args:
        value: On a scale on which more is better and 0 is the worst, finite, >= 0.
        target: What is aimed at, >= floor.
        floor: The least that is tolerated, > 0.

    Raises:
        ValueError: An argument is outside its range.
    """
    if not (0.0 <= value < np.inf and 0.0 < floor <= target < np.inf):
        raise ValueError(f"out of range: {value=}, {target=}, {floor=}")
    if value >= target:
        return 1.0
    if value >= floor:
        return AT_FLOOR + (1.0 - AT_FLOOR) * (value - floor) / (target - floor)
    return max(LEAST, AT_FLOOR * value / floor)


def faded(value: float, floor: float, *, age: float, half_life: float) -> float:
    """A value whose evidence is so old: what it has above the floor halves with each half-life.

    Age cannot lift what is below the floor, nor carry anything under it.

    Args:
        value: As of `utility`.
        floor: As of `utility`.
        age: Of the evidence, >= 0.
        half_life: In the unit of the age, > 0.

    Raises:
        ValueError: An argument is outside its range.
    """
    if not (age >= 0.0 and half_life > 0.0):
        raise ValueError(f"out of range: {age=}, {half_life=}")
    return floor + freshness(age, half_life) * (value - floor) if value > floor else value


def freshness(age: float, half_life: float) -> float:
    """2^(-age / half_life), in [0, 1]."""
    return float(2.0 ** -(age / half_life))


def composite(utilities: ArrayLike, weights: ArrayLike) -> Floats:
    """100 times the weighted geometric mean, by row.

    Args:
        utilities: (n, m), in [0.01, 1].
        weights: Effective weights (m,), or (d, m) for d ways to weigh; each row >= 0 and adding up to 1. That of a
            metric is the weight of its pillar times its share of the pillar.

    Returns:
        (n,), or (n, d).

    Raises:
        ValueError: Shapes differ, or a value is outside its range.
    """
    worth, weighed = np.asarray(utilities, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if worth.ndim != 2 or weighed.ndim not in (1, 2) or worth.shape[1] != weighed.shape[-1]:
        raise ValueError("one weight for each utility of a row")
    if worth.size and not (worth.min() >= LEAST and worth.max() <= 1.0):  # also refuses NaN
        raise ValueError("a utility is outside [0.01, 1]")
    _weights(weighed)
    found: Floats = 100.0 * np.exp(np.log(worth) @ weighed.T)
    return np.minimum(found, 100.0)


def power_mean(utilities: ArrayLike, weights: ArrayLike, power: float) -> Floats:
    """100 times a weighted power mean, by row: 1 is the arithmetic, below 0 the worst weighs most. To compare with.

    Args:
        utilities: As of `composite`.
        weights: (m,).
        power: Not 0.

    Raises:
        ValueError: As `composite`.
    """
    worth, weighed = np.asarray(utilities, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if power == 0.0 or worth.ndim != 2 or worth.shape[1:] != weighed.shape:
        raise ValueError("one weight for each utility of a row, and a power that is not 0")
    _weights(weighed)
    found: Floats = 100.0 * (worth**power @ weighed) ** (1.0 / power)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Robustness:
    """What becomes of scores when weights are drawn around those that were agreed.

    All by row of the utilities. `rank_low` and `rank_high` are the 5th and 95th percentile of the rank, 1 the best.
    `bands` (n, b) are the shares of draws in each band, the best first. `shares` (n, m) are the first-order shares of
    the variance of the score that each weight explains, 0 where nothing varies.
    """

    rank_low: NDArray[np.int64]
    rank_high: NDArray[np.int64]
    bands: Floats
    shares: Floats


def robustness(
    utilities: ArrayLike,
    weights: ArrayLike,
    caps: ArrayLike,
    bands: ArrayLike,
    *,
    seed: int,
    draws: int = 10_000,
    concentration: float = 50.0,
) -> Robustness:
    """How much of the scores, ranks and bands is the choice of weights.

    Args:
        utilities: (n, m), in [0.01, 1].
        weights: Agreed effective weights (m,), which add up to 1.
        caps: (n,) what the score of each row may be at most; no weight lifts a veto.
        bands: Lower ends of the bands, falling, the last one 0.
        seed: Of the draws.
        draws: How many sets of weights, >= 2.
        concentration: Of the Dirichlet around the agreed ones, > 0: a weight v varies with v (1 - v) / (1 + this).

    Raises:
        ValueError: As `composite`, or an argument is outside its range.
    """
    agreed = np.asarray(weights, dtype=np.float64)
    worth, most = np.asarray(utilities, dtype=np.float64), np.asarray(caps, dtype=np.float64)
    ends = np.asarray(bands, dtype=np.float64)
    if draws < 2 or not concentration > 0.0 or most.shape != worth.shape[:1]:
        raise ValueError(f"out of range: {draws=}, {concentration=}, or not one cap for each row")
    _weights(agreed)
    drawn = np.zeros((draws, len(agreed)))
    counted = agreed > 0.0  # a weight of nothing stays nothing
    generator = np.random.Generator(np.random.Philox(seed))
    drawn[:, counted] = generator.dirichlet(concentration * agreed[counted], size=draws)
    drawn /= drawn.sum(axis=1, keepdims=True)
    scores = np.minimum(composite(worth, drawn), most[:, None])
    ranks = 1 + (scores[None, :, :] > scores[:, None, :]).sum(axis=1)
    place = np.searchsorted(-ends, -scores, side="left")  # band of each score
    return Robustness(
        rank_low=np.floor(np.quantile(ranks, 0.05, axis=1)).astype(np.int64),
        rank_high=np.ceil(np.quantile(ranks, 0.95, axis=1)).astype(np.int64),
        bands=np.stack([(place == band).mean(axis=1) for band in range(len(ends))], axis=1),
        shares=np.stack([correlation_ratio(scores, drawn[:, at]) for at in range(len(agreed))], axis=1),
    )


def correlation_ratio(outcomes: Floats, cause: Floats, *, bins: int = 20) -> Floats:
    """Var(E[outcome | cause]) / Var(outcome), by row, in [0, 1]; 0 where an outcome or the cause does not vary.

    Args:
        outcomes: (n, d).
        cause: (d,).
        bins: Of equal counts, into which the cause is cut.

    Source:
        Paruolo, Saisana & Saltelli (2013), JRSS-A 176(3), 609-634.
    """
    total = outcomes.var(axis=1)
    if not len(cause) or np.ptp(cause) == 0.0:
        return np.zeros(len(outcomes))
    order = np.argsort(cause, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    means = np.stack([outcomes[:, part].mean(axis=1) for part in parts], axis=1)
    sizes = np.array([len(part) for part in parts]) / len(cause)
    between = ((means - outcomes.mean(axis=1, keepdims=True)) ** 2) @ sizes
    varies = total > 1e-12
    return np.where(varies, np.minimum(between / np.where(varies, total, 1.0), 1.0), 0.0)


def _weights(weights: Floats) -> None:
    rows = np.atleast_2d(weights)
    if not (np.all(rows >= 0.0) and np.allclose(rows.sum(axis=1), 1.0, rtol=0.0, atol=1e-6)):  # also refuses NaN
        raise ValueError("weights are at least 0 and add up to 1")
