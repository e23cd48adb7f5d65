"""A rate that grows case by case: what progress displays ask for many times a second."""

from dataclasses import dataclass, field

import numpy as np

from trimtab.kinds import Estimate, Missing, Score
from trimtab.stats.binomial import rate
from trimtab.stats.bounded import mean_interval


@dataclass(slots=True)
class RunningRate:
    """Counts of 0/1 outcomes so far. Adding is O(1), whatever was added before.

    Looking is O(1) too while every case stands alone, and else linear in
    the number of clusters. The interval is the one that `estimate` would give;
    looked at again and again it is for display only, since each look is another chance to be wrong.
    """

    hits: int = 0
    scored: int = 0
    missing: int = 0
    _clusters: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    _alone: bool = True

    def add(self, cluster: str, outcome: Score | Missing) -> None:
        """Count one outcome; a score that is neither 0 nor 1 counts as missing."""
        known = isinstance(outcome, Score) and outcome.value in (0.0, 1.0)
        hit = int(known and isinstance(outcome, Score) and outcome.value == 1.0)
        before = self._clusters.get(cluster, (0, 0, 0))
        self._alone = self._alone and before == (0, 0, 0)
        self._clusters[cluster] = (before[0] + hit, before[1] + known, before[2] + (not known))
        self.hits += hit
        self.scored += known
        self.missing += not known

    def estimate(self, *, level: float = 0.95) -> Estimate | Missing:
        """As `trimtab.stats.estimate` of the same outcomes."""
        if not self._clusters:
            return Missing("no-cases")
        if self._alone:
            interval = rate(self.hits, self.scored, self.missing, level=level)
            value = self.hits / self.scored if self.scored else np.nan
        else:
            hits, scored, missing = np.array(list(self._clusters.values()), dtype=np.float64).T
            tried = scored + missing
            interval = mean_interval(hits / tried, (hits + missing) / tried, level=level)
            seen = scored > 0
            value = float(np.mean(hits[seen] / scored[seen])) if seen.any() else np.nan
        return Estimate(
            value=value,
            interval=interval,
            count=len(self._clusters),
            cases=self.scored + self.missing,
            missing=self.missing,
        )
