"""Rates of events over time from few counts: what is known beforehand, and what many units know of each other.

A rate is uncertain as a gamma variable, which counted events sharpen: of
`shape` events in `per` units of exposure, those that one brings along count
like those that are seen. The exact interval of one count alone is
`trimtab.stats.counts.poisson_rate`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammainc, gammaincinv, gammaln, xlogy

from trimtab.errors import InsufficientEvidenceError
from trimtab.kinds import Interval
from trimtab.stats.clusters import Floats

RANGE_LEVEL = 0.9
"""What a stated range "from the least to the most that is likely" is taken to hold: its ends are P5 and P95."""

_STEEPEST = math.log(1e8)  # of the shape, either way: beyond lies a point, or a rate that is nearly always nothing
METHOD = "gamma-poisson, scatter unknown"
_FEWEST_UNITS = 3
_STEPS = 32  # of the scatter and of the mean
_MOST_SCATTER = 2.0
_ZOOMS = 3
_NEGLIGIBLE = 1e-3  # of the likeliest; what lies below is 0.2 % of all at most, and takes nine tenths of the time
_HALVINGS = 26


@dataclass(frozen=True, slots=True)
class GammaRate:
    """What is known of a rate: as if `shape` events had been seen in `per` units of exposure, both > 0."""

    shape: float
    per: float

    def __post_init__(self) -> None:
        if not (0.0 < self.shape < math.inf and 0.0 < self.per < math.inf):
            raise ValueError(f"a gamma rate needs positive events and exposure: {self.shape}, {self.per}")

    @classmethod
    def from_range(cls, low: float, high: float) -> "GammaRate":
        """The one whose 5th and 95th percentile are the ends of a stated range.

        Args:
            low: > 0. That something may never happen is no range; say how rarely it does.
            high: > low, at most some 10^7 times as much.

        Raises:
            ValueError: There is none.
        """
        if not 0.0 < low < high < math.inf:
            raise ValueError(f"a range of rates goes from above 0 to more: {low}, {high}")
        tail = (1.0 - RANGE_LEVEL) / 2.0

        def excess(log_shape: float) -> float:
            ends = gammaincinv(math.exp(log_shape), [tail, 1.0 - tail])
            return math.inf if ends[0] <= 0.0 else float(np.log(ends[1] / ends[0]) - math.log(high / low))

        narrow, wide = _STEEPEST, math.log(0.15)
        if not excess(narrow) < 0.0 < excess(wide):
            raise ValueError(f"no gamma rate has the range {low:g} to {high:g}: it is too narrow or too wide")
        shape = math.exp(brentq(excess, wide, narrow, xtol=1e-13))
        return cls(shape, float(gammaincinv(shape, 1.0 - tail)) / high)

    @property
    def mean(self) -> float:
        """Events per unit."""
        return self.shape / self.per

    @property
    def variance(self) -> float:
        """Of the rate, not of counts."""
        return self.shape / self.per**2

    def updated(self, events: int, exposure: float) -> "GammaRate":
        """After `events` in `exposure` units, both >= 0. Nothing seen in no time changes nothing.

        Source:
            Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., section 2.6.
        """
        if not (events >= 0 and 0.0 <= exposure < math.inf) or (events > 0 and exposure == 0.0):
            raise ValueError(f"out of range: {events=}, {exposure=}")
        return GammaRate(self.shape + events, self.per + exposure)

    def interval(self, *, level: float = 0.95) -> Interval:
        """The central part of the distribution; covers as often as what was known beforehand was right."""
        if not 0.0 < level < 1.0:
            raise ValueError(f"out of range: {level=}")
        tail = (1.0 - level) / 2.0
        low, high = gammaincinv(self.shape, [tail, 1.0 - tail]) / self.per
        return Interval(float(low), float(high), level, "gamma-poisson")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrunk:
    """Rates of many units, each drawn towards all of them as far as its own count is luck.

    `scatter` is by how much true rates differ between units, as the standard deviation
    relative to their mean, with its interval. `rates` and `intervals` are in the order given.
    """

    scatter: float
    scatter_interval: Interval
    rates: tuple[float, ...]
    intervals: tuple[Interval, ...]


def shrunk(events: Sequence[int], exposures: Sequence[float], *, level: float = 0.95) -> Shrunk:
    """Rates of units that are alike until they are counted.

    True rates are gamma variables of one mean and one scatter, both unknown:
    the mean with a flat logarithm, the scatter flat up to 2. A unit's rate is
    what its own count and all the others leave probable, so a team
    without an event in little time is near the average, not the best. Taking
    the likeliest scatter for the true one, as empirical Bayes does, covers
    75 % where 95 % are meant with five units; this sums over what it may be.

    Args:
        events: By unit, >= 0.
        exposures: By unit, > 0.
        level: Of the intervals, in (0, 1).

    Raises:
        InsufficientEvidenceError: Fewer than three units, or no event in any.
        ValueError: An argument is outside its range.

    Source:
        Clayton & Kaldor (1987), Biometrics 43(3), 671-681, for the model; Gelman (2006), Bayesian Analysis 1(3),
        515-534, for a flat scatter.
    """
    counts, exposed = np.array(events, dtype=np.float64), np.array(exposures, dtype=np.float64)
    if counts.shape != exposed.shape or counts.ndim != 1 or not 0.0 < level < 1.0:
        raise ValueError(f"needs one exposure for each count: {len(counts)}, {len(exposed)}, {level=}")
    if not (np.all(np.isfinite(counts)) and np.all(np.isfinite(exposed))):
        raise ValueError("counts and exposures are finite")
    if not (np.all(counts >= 0) and np.all(counts == np.floor(counts)) and np.all(exposed > 0.0)):
        raise ValueError("counts are whole and not negative, exposures are positive")
    if len(counts) < _FEWEST_UNITS:
        raise InsufficientEvidenceError(
            "units to compare", len(counts), _FEWEST_UNITS, "A unit alone is no comparison."
        )
    if counts.sum() == 0:
        raise InsufficientEvidenceError("events in all units", 0, 1, "Without any, nothing is known of their scatter.")
    shape, mean, weight = _plausible(counts, exposed)
    tail = (1.0 - level) / 2.0
    at, per = counts[:, None] + shape, exposed[:, None] + shape / mean
    ends = [_mixture_quantile(at, per, weight, part) for part in (tail, 1.0 - tail)]
    scatter = 1.0 / np.sqrt(shape)
    order = np.argsort(scatter, kind="stable")
    mass = np.cumsum(weight[order])
    low, middle, high = (
        float(scatter[order][min(int(np.searchsorted(mass, part)), len(mass) - 1)]) for part in (tail, 0.5, 1.0 - tail)
    )
    return Shrunk(
        scatter=middle,
        scatter_interval=Interval(low, high, level, METHOD),
        rates=tuple(((at / per) @ weight).tolist()),
        intervals=tuple(Interval(a, b, level, METHOD) for a, b in zip(*(end.tolist() for end in ends), strict=True)),
    )


def _plausible(counts: Floats, exposed: Floats) -> tuple[Floats, Floats, Floats]:
    """Shapes and means of the common gamma distribution, and how probable each pair is; the improbable left out."""
    least, most = 0.0, _MOST_SCATTER
    for _ in range(_ZOOMS):
        shape, means, weight = _weighed(counts, exposed, least, most)
        # With many units little of the range of scatters is plausible: look there again, more closely.
        share = weight.sum(axis=1)
        plausible = np.flatnonzero(share > _NEGLIGIBLE * share.max())
        step = (most - least) / _STEPS
        least, most = max(least + (plausible[0] - 1) * step, 0.0), min(least + (plausible[-1] + 2) * step, most)
    keep = weight > _NEGLIGIBLE * weight.max()
    kept = weight[keep]
    return shape[keep], means[keep], kept / kept.sum()


def _weighed(counts: Floats, exposed: Floats, least: float, most: float) -> tuple[Floats, Floats, Floats]:
    """A grid of shapes, for scatters from `least` to `most`, by means, and the odds of each pair."""
    scatter = least + (np.arange(_STEPS) + 0.5) / _STEPS * (most - least)
    whole = counts.sum() / exposed.sum()
    # The mean is known to about 1/sqrt(events) and to scatter/sqrt(units), relative to itself: five of both each way.
    spread = 5.0 * (1.0 / math.sqrt(counts.sum()) + scatter / math.sqrt(len(counts)))
    means: Floats = whole * np.exp(spread[:, None] * np.linspace(-1.0, 1.0, _STEPS)[None, :])
    shape = np.broadcast_to(scatter[:, None] ** -2.0, means.shape)
    logs = np.zeros(means.shape)
    for k, t in zip(counts.tolist(), exposed.tolist(), strict=True):  # by unit: memory does not grow with their number
        scaled = means * (t / shape)
        logs += gammaln(k + shape) - gammaln(shape) - (k + shape) * np.log1p(scaled) + xlogy(k, scaled)
    logs += np.log(spread)[:, None]  # grids of the mean are wider where the scatter is
    return shape, means, np.exp(logs - logs.max())


def _mixture_quantile(shape: Floats, per: Floats, weight: Floats, part: float) -> Floats:
    """Of each row's mixture of gamma distributions, by halving between the least and the greatest of its quantiles."""
    each = gammaincinv(shape, part) / per
    low, high = each.min(axis=1), each.max(axis=1)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        below = gammainc(shape, per * middle[:, None]) @ weight < part
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    found: Floats = 0.5 * (low + high)
    return found
