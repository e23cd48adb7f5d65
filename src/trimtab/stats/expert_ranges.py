"""How far the ranges that somebody states can be trusted, from those of which the truth came out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import ndtri

from trimtab.kinds import Interval
from trimtab.stats.binomial import clopper_pearson
from trimtab.stats.poisson import RANGE_LEVEL

_WORTH = 10  # ranges: how much is given for somebody who knows what 90 % means, before any came out


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """How many of somebody's 90 % ranges held the truth, and by how much the next is widened.

    `interval` is that of the hit rate, [0, 1] before any truth came out. `factor` >= 1 multiplies the half width of a
    range, on the logarithm for amounts and rates.
    """

    hits: int
    ranges: int
    interval: Interval
    factor: float

    @property
    def tested(self) -> bool:
        """Whether any truth came out. Somebody untested is taken at their word, which a page must say."""
        return self.ranges > 0

    def widened(self, low: float, high: float) -> tuple[float, float]:
        """A stated range of something positive, 0 < low <= high, as wide as this record says it must be.

        Raises:
            ValueError: The ends are not positive or not in order.
        """
        if not 0.0 < low <= high < math.inf:
            raise ValueError(f"a range goes from above 0 to more: {low}, {high}")
        if self.factor == 1.0:
            return low, high
        centre, half = math.sqrt(low) * math.sqrt(high), math.log(high / low) / 2.0 * self.factor
        return min(low, centre * math.exp(-half)), max(high, centre * math.exp(half))


def record(outcomes: Sequence[tuple[float, float, float]], *, level: float = 0.95) -> Record:
    """Score somebody's ranges.

    Nine hits in ten ranges are given beforehand, so that one miss does not
    double a range; the more misses, the wider. Errors are taken to be as a
    normal variable's whose scatter was stated too small by one factor:
    if a share h of ranges hit, that factor is z(90 %) / z(h). Ranges are never narrowed: whoever hits always has
    stated them too wide, which is the safe side.

    Args:
        outcomes: (low, high, truth) of each range of which the truth came out; low <= high.
        level: Of the interval of the hit rate, in (0, 1).

    Raises:
        ValueError: A number is not finite, or the ends of a range are not in order.

    Source:
        Lichtenstein, Fischhoff & Phillips (1982), in Judgment under Uncertainty, 306-334, for how often stated
        ranges miss; the rule is ours.
    """
    if not all(math.isfinite(low + high + truth) and low <= high for low, high, truth in outcomes):
        raise ValueError("ranges and truths are finite, the lower end first")
    hits = sum(low <= truth <= high for low, high, truth in outcomes)
    count = len(outcomes)
    interval = clopper_pearson(hits, count, level=level) if count else Interval(0.0, 1.0, level, "clopper-pearson")
    share = (hits + RANGE_LEVEL * _WORTH) / (count + _WORTH)
    factor = max(1.0, float(ndtri((1.0 + RANGE_LEVEL) / 2.0) / ndtri((1.0 + share) / 2.0)))
    return Record(hits=hits, ranges=count, interval=interval, factor=factor)
