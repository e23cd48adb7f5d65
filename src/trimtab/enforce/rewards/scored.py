"""What completions are worth, and what the checks saw of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.enforce.rewards.counts import Counts
from trimtab.stats.groups_signal import group_signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What completions are worth. All arrays are by completion, (n,), or by completion and check.

    `rewards` in [-1, -m] or [m, 1]; `unsafe`; `severity` in [0, 1]; `task` in [0, 1], NaN where there was none;
    `failed` (n, hard); `costs` (n, soft) in [0, 1]; `looked` (n, hard + soft) is whether a check was for this row.
    `errors` says why a completion could not be looked at, empty where it could; `labels` what the detectors of hard
    checks found.
    """

    rewards: NDArray[np.float64]
    unsafe: NDArray[np.bool_]
    severity: NDArray[np.float64]
    task: NDArray[np.float64]
    failed: NDArray[np.bool_]
    costs: NDArray[np.float64]
    looked: NDArray[np.bool_]
    errors: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]

    @property
    def bad(self) -> NDArray[np.float64]:
        """What each check saw, (n, hard + soft), in [0, 1]."""
        return np.hstack([self.failed.astype(np.float64), self.costs])

    def counts(self, groups: NDArray[np.int64]) -> Counts:
        """The sums over these completions, of which those with the same group answer the same prompt."""
        signal = group_signal(self.unsafe, self.severity, groups)
        soft = self.looked[:, self.failed.shape[1] :]
        return Counts(
            completions=float(len(self.unsafe)),
            unsafe=float(self.unsafe.sum()),
            errors=float(sum(map(bool, self.errors))),
            untasked=float((np.isnan(self.task) & ~self.unsafe).sum()),
            groups=float(signal.groups),
            all_unsafe=float(signal.all_unsafe),
            equal_unsafe=float(signal.equal),
            all_safe=float(signal.all_safe),
            failed=tuple(map(float, self.failed.sum(axis=0))),
            cost=tuple(map(float, (self.costs * soft).sum(axis=0))),
            looked=tuple(map(float, soft.sum(axis=0))),
        )
