"""What the failures of a year may cost in all: a compound Poisson model, simulated.

In a year scenario j happens K_j ~ Poisson(rate_j) times; each time costs X,
and with some probability a secondary loss Y on top (a fine after a leak,
customers who leave). An uncertain rate is drawn anew for each year, so that
the years together show both chance and ignorance. A shock is one gamma factor
of mean 1 that multiplies the rates of all scenarios exposed to it in the same
year: bad years come together.

Each scenario draws from a stream of its own, keyed by the seed and its name,
so another scenario changes nothing about it.

Source:
    Klugman, Panjer & Willmot (2019), Loss Models, 5th ed., chapters 7 and 9; Open FAIR (O-RT 3.0.1) for primary
    and secondary loss; Salmon et al. (2011), SC'11, for Philox; Rockafellar & Uryasev (2002), Journal of Banking &
    Finance 26, 1443-1471, for VaR and CVaR; Hong & Liu (2009), Management Science 55(2), 281-293, for their noise.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.stats import binom

from trimtab.kinds import Interval
from trimtab.stats.binomial import clopper_pearson
from trimtab.stats.clusters import Floats
from trimtab.stats.poisson import GammaRate
from trimtab.stats.severity import Severity

YEARS = 100_000
"""Enough that another seed moves the worst twentieth of years by a few thousandths."""

_MOST_EVENTS = 300_000_000  # of one scenario in all years: a minute of drawing
_BLOCK = 1 << 18  # losses held at once
_SHOCK = "\x00common shock"  # no scenario has such a name
_NOISE_LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One way to lose money.

    Args:
        name: Unique; it keys the stream of random numbers.
        rate: Events a year, >= 0: a number, or what is known of it.
        loss: Of each event.
        secondary: On top of it, in the share `secondary_chance` of events.
        secondary_chance: In [0, 1].
        shocked: Whether the common shock multiplies its rate.
    """

    name: str
    rate: float | GammaRate
    loss: Severity
    secondary: Severity | None = None
    secondary_chance: float = 0.0
    shocked: bool = False

    def __post_init__(self) -> None:
        if not self.name or not self.name.isprintable():
            raise ValueError(f"a scenario needs a printable name: {self.name!r}")
        if not 0.0 <= self.mean_rate < math.inf:
            raise ValueError(f"{self.name}: a rate is finite and not negative: {self.rate}")
        if not 0.0 <= self.secondary_chance <= 1.0 or (self.secondary is None) != (self.secondary_chance == 0.0):
            raise ValueError(f"{self.name}: a secondary loss needs a chance in (0, 1], and the other way round")

    @property
    def mean_rate(self) -> float:
        """Events a year, on average over what the rate may be."""
        return self.rate.mean if isinstance(self.rate, GammaRate) else self.rate

    @property
    def expected(self) -> float:
        """Money a year on average, exactly."""
        return self.mean_rate * self._moments()[0]

    def variance(self, shock: float = 0.0) -> float:
        """Of a year's losses, exactly; `shock` is the variance of the common factor. May be infinite."""
        mean, square = self._moments()
        known = self.rate.variance if isinstance(self.rate, GammaRate) else 0.0
        spread = (known + self.mean_rate**2) * (1.0 + (shock if self.shocked else 0.0)) - self.mean_rate**2
        return self.mean_rate * square + spread * mean**2 if self.mean_rate > 0.0 else 0.0

    def _moments(self) -> tuple[float, float]:
        """Mean and mean square of one event, its secondary loss included."""
        if self.secondary is None:
            return self.loss.mean, self.loss.square
        p, first, second = self.secondary_chance, self.loss, self.secondary
        mean = first.mean + p * second.mean
        return mean, first.square + p * (2.0 * first.mean * second.mean + second.square)


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure of the simulated years; within `noise` it lies with another seed, 19 times of 20."""

    value: float
    noise: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """Simulated years: `by_scenario` has a row for each of `scenarios` and a column for each year, money."""

    scenarios: tuple[Scenario, ...]
    by_scenario: Floats
    total: Floats
    seed: int
    shock: float

    @property
    def years(self) -> int:
        """How many were simulated."""
        return len(self.total)

    @property
    def expected(self) -> float:
        """Expected annual loss: exact, no seed moves it."""
        return math.fsum(one.expected for one in self.scenarios)

    def var(self, level: float = 0.95) -> Reading:
        """The loss that a share `level` of years does not exceed; its noise is that of an order statistic.

        Raises:
            ValueError: There are fewer than 20 years beyond it.
        """
        ordered, place = self._beyond(level)
        tail = (1.0 - _NOISE_LEVEL) / 2.0
        below, above = (int(binom.ppf(part, self.years, level)) for part in (tail, 1.0 - tail))
        ends = float(ordered[max(below - 1, 0)]), float(ordered[min(above, self.years - 1)])
        return Reading(float(ordered[place]), Interval(*ends, _NOISE_LEVEL, "order statistics"))

    def cvar(self, level: float = 0.95) -> Reading:
        """The mean of the worst share 1 - `level` of years; its noise is normal.

        Where a loss has no finite scatter, the true noise is larger than what is shown.

        Raises:
            ValueError: There are fewer than 20 years beyond it.
        """
        ordered, place = self._beyond(level)
        least, worst = float(ordered[place]), ordered[place + 1 :]
        # Rockafellar & Uryasev's weights: the year at VaR counts for what is missing to a whole 1 - level.
        share = (1.0 - level) * self.years
        value = (float(worst.sum()) + (share - len(worst)) * least) / share
        excess = worst - least
        mean, square = float(excess.sum()) / self.years, float((excess * excess).sum()) / self.years
        error = math.sqrt(max(square - mean**2, 0.0) / self.years) / (1.0 - level)
        return Reading(value, Interval(value - 1.96 * error, value + 1.96 * error, _NOISE_LEVEL, "hong-liu"))

    def exceedance(self, amounts: Sequence[float]) -> tuple[Reading, ...]:
        """For each amount the share of years that lose more; its noise is exact."""
        ordered = np.sort(self.total)
        more = self.years - np.searchsorted(ordered, np.asarray(amounts, dtype=np.float64), side="right")
        return tuple(
            Reading(hits / self.years, clopper_pearson(hits, self.years, level=_NOISE_LEVEL)) for hits in more.tolist()
        )

    def _beyond(self, level: float) -> tuple[Floats, int]:
        """Years in order, and the place of the first that a share `level` does not exceed."""
        place = math.ceil(level * self.years - 1e-9) - 1 if 0.0 < level < 1.0 else -1
        if place < 0 or self.years - place - 1 < 20:
            raise ValueError(f"level {level} of {self.years:,} years: it lies in (0, 1) with 20 years beyond it")
        return np.sort(self.total), place


def simulate(scenarios: Sequence[Scenario], *, seed: int, years: int = YEARS, shock: float = 0.0) -> Losses:
    """Draw years.

    Args:
        scenarios: One at least, names unique; their order decides nothing but that of the rows.
        seed: >= 0. The same seed gives the same years on every machine with the same NumPy.
        years: >= 1. Memory is 8 bytes for each year and scenario, and some 10 MB.
        shock: Variance of the common factor on the rates of shocked scenarios, >= 0; 1 makes the factor
            exponential: in a tenth of years more than 2.3 times the usual.

    Raises:
        ValueError: An argument is outside its range, or the years hold more events than can be drawn in a minute or so.
    """
    names = [one.name for one in scenarios]
    if not names or len(set(names)) < len(names):
        raise ValueError(f"needs scenarios, each with a name of its own: {names}")
    if seed < 0 or years < 1 or not 0.0 <= shock < math.inf:
        raise ValueError(f"out of range: {seed=}, {years=}, {shock=}")
    crowded = [one.name for one in scenarios if one.mean_rate * years > _MOST_EVENTS]
    if crowded:
        raise ValueError(f"{', '.join(crowded)}: more than {_MOST_EVENTS:,} events in {years:,} years; simulate fewer")
    return _drawn(tuple(scenarios), seed, years, shock)


@lru_cache(maxsize=4)
def _drawn(scenarios: tuple[Scenario, ...], seed: int, years: int, shock: float) -> Losses:
    """The same years again for the same scenarios: pages of one moment ask several times, and drawing takes seconds."""
    factor = None
    if shock > 0.0 and any(one.shocked for one in scenarios):
        factor = _stream(seed, _SHOCK).standard_gamma(1.0 / shock, years) * shock
    by_scenario = np.zeros((len(scenarios), years))
    for row, one in zip(by_scenario, scenarios, strict=True):
        _draw(one, row, _stream(seed, one.name), factor if one.shocked else None)
    total: Floats = by_scenario.sum(axis=0)
    by_scenario.flags.writeable = total.flags.writeable = False  # others are given them too
    return Losses(scenarios=scenarios, by_scenario=by_scenario, total=total, seed=seed, shock=shock)


def _stream(seed: int, name: str) -> np.random.Generator:
    digest = hashlib.sha256(f"trimtab loss 1\n{seed}\n{name}".encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16])))


def _draw(one: Scenario, losses: Floats, generator: np.random.Generator, factor: Floats | None) -> None:
    """Add what a scenario costs in each year to `losses`."""
    years = len(losses)
    rate: float | Floats = one.mean_rate
    if isinstance(one.rate, GammaRate):
        rate = generator.standard_gamma(one.rate.shape, years) / one.rate.per
    if factor is not None:
        rate = rate * factor
    if isinstance(rate, float) and rate < 1.0:
        # Of a Poisson number in all years each event falls into any year alike: as many draws as events, not as years.
        total = int(generator.poisson(rate * years))
        counts = np.bincount(generator.integers(0, years, total), minlength=years)
    else:
        counts = generator.poisson(rate, years)
    _add(losses, counts, one.loss, generator)
    if one.secondary is not None:
        hit = np.flatnonzero(counts)
        followed = np.zeros_like(counts)
        followed[hit] = generator.binomial(counts[hit], one.secondary_chance)
        _add(losses, followed, one.secondary, generator)


def _add(
    losses: Floats, counts: np.ndarray[tuple[int], np.dtype[np.int64]], loss: Severity, generator: np.random.Generator
) -> None:
    """Draw `counts` losses for each year, in blocks of whole years where these are small, and add them up."""
    hit = np.flatnonzero(counts)
    ends = np.cumsum(counts[hit])
    start = 0
    while start < len(hit):
        before = int(ends[start - 1]) if start else 0
        stop = max(int(np.searchsorted(ends, before + _BLOCK, side="right")), start + 1)
        size = int(ends[stop - 1]) - before
        if stop == start + 1 and size > _BLOCK:  # one crowded year
            for done in range(0, size, _BLOCK):
                losses[hit[start]] += loss.draw(generator, min(_BLOCK, size - done)).sum()
        else:
            first = ends[start:stop] - counts[hit[start:stop]] - before
            losses[hit[start:stop]] += np.add.reduceat(loss.draw(generator, size), first)
        start = stop
