"""Rates over more rows than memory holds, of which some depend on each other: sums over units that never split.

Rows of one prompt are not independent. Every row belongs to a unit, a number below 2^18 that is drawn from its prompt
by a hash; so rows of one prompt share a unit, and units are independent of each other, as prompts are. Several prompts
in one unit cost a little width and nothing else. The memory is fixed.
"""

import math

import numpy as np
from numpy.typing import NDArray

from trimtab.kinds import Estimate
from trimtab.stats.binomial import rate
from trimtab.stats.bounded import mean_interval
from trimtab.stats.clusters import Clusters, Floats

UNITS = 1 << 18
Units = NDArray[np.int64]


class UnitSums:
    """Sums of values in [0, 1] by unit, for one rate."""

    def __init__(self) -> None:
        """Nothing yet; 6 MB."""
        self._total = np.zeros(UNITS)
        self._scored = np.zeros(UNITS)
        self._missing = np.zeros(UNITS)
        self._whole = True

    def add(self, units: Units, values: Floats, missing: NDArray[np.bool_]) -> None:
        """Add rows (n,): their units in [0, UNITS), values in [0, 1], and which of them have none."""
        known = ~missing
        np.add.at(self._total, units[known], values[known])
        np.add.at(self._scored, units[known], 1.0)
        np.add.at(self._missing, units[missing], 1.0)
        self._whole = self._whole and bool(np.all((values[known] == 0.0) | (values[known] == 1.0)))

    @property
    def hits(self) -> float:
        """The sum of all values."""
        return float(self._total.sum())

    def estimate(self, *, level: float) -> Estimate | None:
        """The mean over units, each end of its interval as if the missing rows were at their worst; None without rows.

        Exact (Clopper-Pearson) where every row stands alone and is 0 or 1, otherwise by betting, valid at any number.
        """
        tried = self._scored + self._missing
        there = tried > 0
        if not there.any():
            return None
        clusters = Clusters(self._total[there], self._scored[there], self._scored[there], self._missing[there])
        value, low, high = clusters.means()
        cases, missing = int(tried.sum()), int(self._missing.sum())
        if clusters.alone and self._whole:
            interval = rate(round(self.hits), cases - missing, missing, level=level)
        else:
            interval = mean_interval(low, high, level=level)
        return Estimate(
            value=value if cases > missing else math.nan,
            interval=interval,
            count=clusters.count,
            cases=cases,
            missing=missing,
        )
