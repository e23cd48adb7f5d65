"""What a step of training came to, as sums that processes can add up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

_PLAIN = ("completions", "unsafe", "errors", "untasked", "groups", "all_unsafe", "equal_unsafe", "all_safe")
_LISTS = ("failed", "cost", "looked", "audits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Sums over completions and groups.

    `errors` are completions that could not be looked at, `untasked` those without a task reward. Of the groups,
    `all_unsafe` hold no safe completion, `equal_unsafe` of these none that is milder than another, and `all_safe` no
    unsafe one. `failed` has a sum for each hard check, `cost` and `looked` one for each soft cost: what it came to,
    and of how many completions. All are floats, since decayed sums are kept as well. `audits` are what an independent
    judge said otherwise, in [-1, 1], of the completions that it saw.
    """

    completions: float = 0.0
    unsafe: float = 0.0
    errors: float = 0.0
    untasked: float = 0.0
    groups: float = 0.0
    all_unsafe: float = 0.0
    equal_unsafe: float = 0.0
    all_safe: float = 0.0
    failed: tuple[float, ...] = ()
    cost: tuple[float, ...] = ()
    looked: tuple[float, ...] = ()
    audits: tuple[float, ...] = ()

    @classmethod
    def none(cls, hard: int, soft: int) -> Self:
        """Nothing yet, of so many hard checks and soft costs."""
        return cls(failed=(0.0,) * hard, cost=(0.0,) * soft, looked=(0.0,) * soft)

    @property
    def vector(self) -> NDArray[np.float64]:
        """All sums in a row."""
        return np.array([*(getattr(self, name) for name in _PLAIN), *self.failed, *self.cost, *self.looked])

    def filled(self, vector: NDArray[np.float64]) -> Self:
        """Counts of the same shape from such a row; without audits.

        Raises:
            ValueError: It has another length, or a sum that is no count.
        """
        values = [float(one) for one in vector]
        hard, soft = len(self.failed), len(self.cost)
        if len(values) != len(_PLAIN) + hard + 2 * soft or not all(0.0 <= one < float("inf") for one in values):
            raise ValueError("these are no counts of this reward")
        given: dict[str, Any] = dict(zip(_PLAIN, values, strict=False))
        rest = tuple(values[len(_PLAIN) :])
        return type(self)(**given, failed=rest[:hard], cost=rest[hard : hard + soft], looked=rest[hard + soft :])

    def plus(self, other: "Counts", *, keep: float = 1.0) -> Self:
        """The sum, of which only the share `keep` of what was there before counts; with the audits of both."""
        summed = self.filled(keep * self.vector + other.vector)
        return replace(summed, audits=self.audits + other.audits) if self.audits or other.audits else summed

    def ungrouped(self) -> Self:
        """The same without what it says of groups, for whoever saw no whole ones."""
        return self.with_groups(0.0, 0.0, 0.0, 0.0)

    def with_groups(self, groups: float, all_unsafe: float, equal_unsafe: float, all_safe: float) -> Self:
        """The same with other groups."""
        return replace(self, groups=groups, all_unsafe=all_unsafe, equal_unsafe=equal_unsafe, all_safe=all_safe)

    def fits(self, hard: int, soft: int) -> bool:
        """Whether it is of so many checks."""
        return (len(self.failed), len(self.cost), len(self.looked)) == (hard, soft, soft)

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {one.name: _listed(getattr(self, one.name)) for one in fields(self)}

    @classmethod
    def from_payload(cls, data: Mapping[str, Any]) -> Self:
        """The value back from its JSON form.

        Raises:
            ValueError: It is none.
        """
        if set(data) != {one.name for one in fields(cls)}:
            raise ValueError("these are no counts of a reward")
        given: dict[str, Any] = {name: float(data[name]) for name in _PLAIN}
        failed, cost, looked, audits = (tuple(map(float, data[name])) for name in _LISTS)
        made = cls(**given, failed=failed, cost=cost, looked=looked, audits=audits)
        counts = all(0.0 <= one < float("inf") for one in made.vector)
        below = all(one <= of for one, of in zip(cost, looked, strict=False))
        if not (counts and below and all(-1.0 <= one <= 1.0 for one in audits)):
            raise ValueError("these are no counts of a reward")
        return made


def _listed(value: float | tuple[float, ...]) -> float | list[float]:
    return list(value) if isinstance(value, tuple) else value


def groups_of(prompts: Sequence[object], size: int | None) -> NDArray[np.int64]:
    """Which completions (n,) answer the same prompt: runs of equal prompts, cut after `size`.

    A process may see only a part of a group; what is said of groups is then said of these parts.
    """
    ids = np.zeros(len(prompts), dtype=np.int64)
    number, length = -1, 0
    before: object = object()
    for row, prompt in enumerate(prompts):
        same = row > 0 and _equal(prompt, before)
        if not same or (size is not None and length >= size):
            number, length = number + 1, 0
        ids[row] = number
        length += 1
        before = prompt
    return ids


def _equal(one: object, other: object) -> bool:
    try:
        return bool(one == other)
    except ValueError:  # arrays of numpy
        return repr(one) == repr(other)
