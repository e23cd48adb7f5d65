"""What many configurations were seen to lose, by independent unit, and how surely a floor is cleared."""

import hashlib
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.stats.binomial import POWER
from trimtab.stats.binomial_law import at_most, likely_most
from trimtab.stats.bounded import log_evidence, trials_to_refute
from trimtab.stats.clusters import Floats
from trimtab.stats.doubling import smallest

ORDER_SHARE = 0.25
"""Of the independent units, those that fix the order. A quarter does better than a half, and is not near an edge."""

_SALT = b"trimtab choice 1\n"  # so that no other hash of the same names is correlated with the split


def in_ordering_part(unit: str, *, share: float = ORDER_SHARE) -> bool:
    """Whether an independent unit is among those that fix the order: by the hash of its name, so always the same.

    What falls where is thus settled before anything is measured, and cases of
    one cluster never stand on both sides.
    """
    number = int.from_bytes(hashlib.sha256(_SALT + unit.encode("utf-8", "surrogatepass")).digest()[:8])
    return number < share * 2.0**64


def p_value(values: Floats, floor: float, *, binary: bool) -> float:
    """Of "the mean is above `floor`", from one loss per independent unit.

    Exact binomial where losses can be nothing but 0 and 1, betting otherwise;
    both are the smallest alpha at which `trimtab.stats.estimate` would prove the floor.

    Args:
        values: Losses in [0, 1]; without any nothing is proved, and p is 1.
        floor: In [0, 1).
        binary: Whether they are 0 or 1 by their nature. That a few of them happen to be is not enough.
    """
    if len(values) == 0 or floor <= 0.0:
        return 1.0
    if binary:
        return float(at_most(values.sum(), len(values), floor))
    return min(1.0, math.exp(-log_evidence(1.0 - values, 1.0 - floor)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One floor over one set of rows: a column of unit means for each configuration."""

    name: str
    floor: float
    units: tuple[str, ...]
    means: Floats  # (units, configurations)
    binary: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LossTable:
    """Everything asked of every configuration, by independent unit."""

    asked: tuple[Asked, ...]
    utility: Asked
    width: int

    @classmethod
    def of(
        cls,
        losses: Mapping[str, ArrayLike],
        floors: Mapping[str, float],
        utility: ArrayLike,
        delta: float,
        *,
        groups: Mapping[str, Sequence[Hashable]] | None,
        units: Mapping[str, Sequence[str]] | None,
    ) -> "LossTable":
        """Check everything, and average the rows of each unit.

        Raises:
            ValueError: Something does not fit.
        """
        if set(losses) != set(floors) or not losses:
            raise ValueError("losses and floors need the same names, one at least")
        if not 0.0 < delta < 1.0 or not all(0.0 <= floor < 1.0 for floor in floors.values()):
            raise ValueError("delta lies in (0, 1) and every floor in [0, 1)")
        given = np.atleast_2d(np.asarray(utility, dtype=np.float64))
        width = given.shape[1]
        known = np.isfinite(given)
        given = np.where(known, given, given[known].min() if known.any() else 0.0)
        asked: list[Asked] = []
        for name, rows in losses.items():
            matrix = np.asarray(rows, dtype=np.float64)
            if matrix.ndim != 2 or matrix.shape[1] != width or len(matrix) == 0 or width == 0:
                raise ValueError(f"{name}: needs a row for each case and a column for each of {width} configurations")
            matrix = np.where(np.isnan(matrix), 1.0, matrix)
            if matrix.min() < 0.0 or matrix.max() > 1.0:
                raise ValueError(f"{name}: losses lie in [0, 1]")
            of_row = _units_of(name, len(matrix), units)
            asked.append(_averaged(name, floors[name], of_row, matrix))
            group_of = (groups or {}).get(name)
            if group_of is None:
                continue
            if len(group_of) != len(matrix):
                raise ValueError(f"{name}: {len(group_of)} groups for {len(matrix)} rows")
            for group in dict.fromkeys(group_of):
                rows_of = [row for row, own in enumerate(group_of) if own == group]
                label = f"{name} of {group}"
                asked.append(_averaged(label, floors[name], [of_row[row] for row in rows_of], matrix[rows_of]))
        merit = _averaged("utility", 0.0, _units_of("utility", len(given), units), given)
        return cls(asked=tuple(asked), utility=merit, width=width)

    def split(self, share: float) -> tuple["LossTable", "LossTable"]:
        """The part that fixes the order and the part that is tested. A known utility stands in both."""
        names = {unit for one in (*self.asked, self.utility) for unit in one.units}
        first = {unit for unit in names if in_ordering_part(unit, share=share)}
        whole = len(self.utility.units) <= 1
        halves = []
        for early in (True, False):
            asked = tuple(_part(one, first, early=early) for one in self.asked)
            utility = self.utility if whole else _part(self.utility, first, early=early)
            halves.append(LossTable(asked=asked, utility=utility, width=self.width))
        return halves[0], halves[1]

    def p(self, place: int) -> float:
        """Of "it breaks some floor": the greatest of all p-values, so that all must fall (intersection-union)."""
        return max(p_value(one.means[:, place], one.floor, binary=one.binary) for one in self.asked)

    def merits(self) -> list[float]:
        means = self.utility.means
        found: list[float] = (means.mean(axis=0) if len(means) else np.zeros(self.width)).tolist()
        return found

    def wanting(self, alpha: float, share: float) -> tuple[int | None, str]:
        """How many units in all would have certified whoever looks best, and who that is."""
        merits = self.merits()
        within = [n for n in range(self.width) if all(one.means[:, n].mean() < one.floor for one in self.asked)]
        if not within:
            over = [sum(one.means[:, n].mean() >= one.floor for n in range(self.width)) for one in self.asked]
            worst = self.asked[int(np.argmax(over))]
            return None, f"No configuration was seen within every floor; most are over that of {worst.name}."
        best = max(within, key=lambda n: (merits[n], -n))
        counts = [_units_needed(one, best, alpha) for one in self.asked]
        if any(count is None for count in counts):
            return None, f"{best} was seen within every floor, and more of the same would not prove it."
        needed = math.ceil(max(count for count in counts if count is not None) / share)
        return needed, f"None is certified; about {needed:,} units in all would probably have certified {best}."


def _units_of(name: str, rows: int, units: Mapping[str, Sequence[str]] | None) -> Sequence[str]:
    found = (units or {}).get(name)
    if found is None:
        return [str(row) for row in range(rows)]
    if len(found) != rows:
        raise ValueError(f"{name}: {len(found)} units for {rows} rows")
    return found


def _averaged(name: str, floor: float, of_row: Sequence[str], rows: Floats) -> Asked:
    place = {unit: number for number, unit in enumerate(dict.fromkeys(of_row))}
    if len(place) == len(rows):
        binary = bool(np.all((rows == 0.0) | (rows == 1.0)))
        return Asked(name=name, floor=floor, units=tuple(of_row), means=rows, binary=binary)
    index = np.array([place[unit] for unit in of_row])
    sums = np.zeros((len(place), rows.shape[1]))
    np.add.at(sums, index, rows)
    means = sums / np.bincount(index)[:, None]
    return Asked(name=name, floor=floor, units=tuple(place), means=means, binary=False)


def _part(one: Asked, first: set[str], *, early: bool) -> Asked:
    keep: NDArray[np.bool_] = np.array([(unit in first) is early for unit in one.units], dtype=bool)
    kept = tuple(unit for unit in one.units if (unit in first) is early)
    return replace(one, units=kept, means=one.means[keep])


def _units_needed(one: Asked, place: int, alpha: float) -> int | None:
    """Units like these at which a floor would probably be proved, from none."""
    values, floor = one.means[:, place], one.floor
    if floor <= 0.0:
        return None
    if not one.binary:
        further = trials_to_refute(1.0 - values, 1.0 - floor, alpha=alpha)
        return None if further is None else len(values) + further
    rate = float(values.mean())

    def proved(size: int) -> bool:
        return size > 0 and bool(at_most(likely_most(POWER, size, rate), size, floor) <= alpha)

    return smallest(proved)
