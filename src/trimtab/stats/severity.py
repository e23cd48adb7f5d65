"""What one loss may cost: distributions that a range of money stands for, with their moments and their tails.

All amounts are money, >= 0, in one currency. Each distribution draws many at
once, and says exactly what its mean, its mean square and its tail are, so that
a simulation can be checked against them and need not be trusted.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import betaincc, ndtr, ndtri

from trimtab.stats.clusters import Floats

_Z = float(ndtri(0.95))  # the ends of a stated range are P5 and P95


class Severity(Protocol):
    """One loss, given that there is one."""

    @property
    def mean(self) -> float:
        """Money, finite."""

    @property
    def square(self) -> float:
        """Mean of the square; infinite where the tail is so heavy that the scatter of losses has no bound."""

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """That many losses, independent of each other."""

    def above(self, amount: float) -> float:
        """The probability that a loss exceeds an amount >= 0."""


@dataclass(frozen=True, slots=True)
class Point:
    """Always the same, >= 0."""

    amount: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.amount < math.inf:
            raise ValueError(f"an amount is finite and not negative: {self.amount}")

    @property
    def mean(self) -> float:
        return self.amount

    @property
    def square(self) -> float:
        return self.amount**2

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        return np.full(count, self.amount)

    def above(self, amount: float) -> float:
        return float(self.amount > amount)


@dataclass(frozen=True, slots=True)
class Lognormal:
    """The logarithm is normal with mean `mu` and standard deviation `sigma` > 0."""

    mu: float
    sigma: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.mu) and 0.0 < self.sigma < math.inf):
            raise ValueError(f"a log-normal needs a finite mu and a positive sigma: {self.mu}, {self.sigma}")

    @classmethod
    def from_range(cls, low: float, high: float) -> "Lognormal":
        """The one whose 5th and 95th percentile are the ends of a stated range, 0 < low < high.

        Raises:
            ValueError: There is none.
        """
        if not 0.0 < low < high < math.inf:
            raise ValueError(f"a range of amounts goes from above 0 to more: {low}, {high}")
        return cls((math.log(low) + math.log(high)) / 2.0, (math.log(high) - math.log(low)) / (2.0 * _Z))

    @property
    def range(self) -> tuple[float, float]:
        """Its 5th and 95th percentile."""
        return math.exp(self.mu - _Z * self.sigma), math.exp(self.mu + _Z * self.sigma)

    @property
    def mean(self) -> float:
        return math.exp(self.mu + self.sigma**2 / 2.0)

    @property
    def square(self) -> float:
        return math.exp(2.0 * self.mu + 2.0 * self.sigma**2)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        found: Floats = generator.standard_normal(count)
        found *= self.sigma
        found += self.mu
        return np.exp(found, out=found)

    def above(self, amount: float) -> float:
        return 1.0 if amount <= 0.0 else float(ndtr((self.mu - math.log(amount)) / self.sigma))

    def part(self, power: float, amount: float) -> float:
        """Mean of loss**power over those of at most `amount` > 0, the others counting nothing."""
        whole = math.exp(power * self.mu + (power * self.sigma) ** 2 / 2.0)
        return whole * float(ndtr((math.log(amount) - self.mu - power * self.sigma**2) / self.sigma))


@dataclass(frozen=True, slots=True)
class Pert:
    """A beta distribution between `least` and `most` whose mode is `likely`, as PERT has it: for what has a limit."""

    least: float
    likely: float
    most: float

    def __post_init__(self) -> None:
        if not (0.0 <= self.least <= self.likely <= self.most < math.inf and self.least < self.most):
            raise ValueError(f"the least, the likely and the most come in this order: {self}")

    @property
    def _shapes(self) -> tuple[float, float]:
        width = self.most - self.least
        return 1.0 + 4.0 * (self.likely - self.least) / width, 1.0 + 4.0 * (self.most - self.likely) / width

    @property
    def mean(self) -> float:
        return (self.least + 4.0 * self.likely + self.most) / 6.0

    @property
    def square(self) -> float:
        return self.mean**2 + (self.mean - self.least) * (self.most - self.mean) / 7.0

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        a, b = self._shapes
        return self.least + (self.most - self.least) * generator.beta(a, b, count)

    def above(self, amount: float) -> float:
        share = (amount - self.least) / (self.most - self.least)
        return float(betaincc(*self._shapes, min(max(share, 0.0), 1.0)))


@dataclass(frozen=True, slots=True)
class Spliced:
    """Log-normal up to `start` > 0, and above it Pareto with index `tail` > 1: P(X > x) falls like x**-tail.

    As many losses exceed `start` as of the body alone; how far they exceed it is what a range
    of 90 % says nothing about. With `tail` up to 2 losses have no finite scatter.
    """

    body: Lognormal
    start: float
    tail: float

    def __post_init__(self) -> None:
        if not 0.0 < self.start < math.inf:
            raise ValueError(f"a tail begins at a positive amount: {self.start}")
        if not 1.0 < self.tail < math.inf:
            raise ValueError(f"a tail with an index of at most 1 has no finite mean: {self.tail}")

    @property
    def mean(self) -> float:
        return self.body.part(1.0, self.start) + self._over * self.start * self.tail / (self.tail - 1.0)

    @property
    def square(self) -> float:
        if self.tail <= 2.0:
            return math.inf
        return self.body.part(2.0, self.start) + self._over * self.start**2 * self.tail / (self.tail - 2.0)

    @property
    def _over(self) -> float:
        return self.body.above(self.start)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        found = self.body.draw(generator, count)
        over = found > self.start
        found[over] = self.start * np.exp(generator.standard_exponential(int(over.sum())) / self.tail)
        return found

    def above(self, amount: float) -> float:
        if amount <= self.start:
            return self.body.above(amount)
        return self._over * math.exp(-self.tail * math.log(amount / self.start))


def from_range(low: float, high: float) -> Severity:
    """What a stated range of money stands for, "from the least to the most that is thought likely".

    Args:
        low: >= 0.
        high: >= low.

    Returns:
        Always the amount, where both are equal; log-normal with the ends as P5 and P95. From 0 on no log-normal
        goes: then PERT up to `high`, as likely below its half as above.

    Raises:
        ValueError: The ends are not in order.
    """
    if low == high:
        return Point(low)
    return Lognormal.from_range(low, high) if low > 0.0 else Pert(low, (low + high) / 2.0, high)
