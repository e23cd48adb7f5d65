"""Which groups of completions teach a trainer anything about safety.

A reward is compared within the group of its prompt. Where all of a group are unsafe and equally so, or all are safe,
the comparison says nothing of safety, however large the penalty: no multiplier can help. What can is severity in
degrees, a higher temperature, or a few safe demonstrations. So the share of such groups is watched.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSignal:
    """How many groups of a batch are of which kind; the first three make up all of them."""

    mixed: int  # safe and unsafe: full signal
    all_safe: int
    all_unsafe: int
    equal: int  # of those all unsafe, those of one severity: no signal at all

    @property
    def groups(self) -> int:
        """All of them."""
        return self.mixed + self.all_safe + self.all_unsafe

    @property
    def stuck(self) -> float:
        """Share of groups that are unsafe throughout and give no way out, in [0, 1]; 0 without groups."""
        return self.equal / self.groups if self.groups else 0.0


def group_signal(unsafe: ArrayLike, severity: ArrayLike, group: ArrayLike) -> GroupSignal:
    """Count the kinds of groups.

    Args:
        unsafe: Whether each completion is unsafe, (n,), of truth values.
        severity: How bad it is, (n,), finite; read only where a whole group is unsafe.
        group: Which group each belongs to, (n,), whole groups: a process of several may see only parts of them.

    Raises:
        ValueError: Shapes differ, or a value is none.
    """
    bad, harm, names = np.asarray(unsafe), np.asarray(severity, dtype=np.float64), np.asarray(group)
    if bad.ndim != 1 or not bad.shape == harm.shape == names.shape or (bad.dtype != np.bool_ and bad.size):
        raise ValueError("one truth value, one severity and one group for each completion")
    if not np.all(np.isfinite(harm)):
        raise ValueError("a severity is no number")
    _, place, size = np.unique(names, return_inverse=True, return_counts=True)
    count = np.bincount(place, bad.astype(np.float64), minlength=len(size))
    least, most = np.full(len(size), np.inf), np.full(len(size), -np.inf)
    np.minimum.at(least, place, harm)
    np.maximum.at(most, place, harm)
    through = count == size
    return GroupSignal(
        mixed=int(np.count_nonzero((count > 0) & ~through)),
        all_safe=int(np.count_nonzero(count == 0)),
        all_unsafe=int(np.count_nonzero(through)),
        equal=int(np.count_nonzero(through & (least == most))),
    )


def blind_share(rate: float, size: int) -> float:
    """Expected share of groups that are all safe or all unsafe: rate^size + (1 - rate)^size.

    Args:
        rate: Probability that a completion is unsafe, the same for all and independent, in [0, 1].
        size: Completions in a group, >= 1.

    Returns:
        In [0, 1]. As near to 1 for a policy that is hardly ever safe as for one that is hardly ever not.

    Raises:
        ValueError: An argument is outside its range.
    """
    if not (0.0 <= rate <= 1.0 and size >= 1):
        raise ValueError(f"out of range: {rate=}, {size=}")
    return min(1.0, rate**size + (1.0 - rate) ** size)
