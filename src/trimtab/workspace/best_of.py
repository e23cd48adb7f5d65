"""The best safe answer to each prompt of a data set, as `Rewards.best` has it; rows of a prompt may stand anywhere."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trimtab.enforce.rewards import rank
from trimtab.workspace.score_rows import Looked


@dataclass(slots=True)
class _Held:
    """The best safe answer to a prompt so far; no row where there is none."""

    rank: tuple[float, float] = (0.0, 0.0)
    row: int = -1
    unit: int = 0
    costs: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    looked: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))


class BestOf:
    """What competes, by prompt; some 600 bytes for each."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._held: dict[bytes, _Held] = {}

    def __len__(self) -> int:
        return len(self._held)

    def enter(self, looked: Looked, which: NDArray[np.bool_], first: int) -> None:
        """Let these completions compete; `first` is the number of the first row of their stretch, from 0."""
        for one in np.flatnonzero(which).tolist():
            held = self._held.setdefault(looked.key[one], _Held())
            if looked.unsafe[one]:
                continue
            standing = rank(float(looked.reward[one]), looked.costs[one])
            if held.row < 0 or standing < held.rank:
                held.rank, held.row, held.unit = standing, first + int(looked.place[one]), int(looked.unit[one])
                held.costs, held.looked = looked.costs[one].copy(), looked.looked[one].copy()

    @property
    def hopeless(self) -> int:
        """Prompts without a safe answer."""
        return sum(held.row < 0 for held in self._held.values())

    @property
    def rows(self) -> NDArray[np.int64]:
        """The rows that won, from 0."""
        return np.array([held.row for held in self._winners()], dtype=np.int64)

    @property
    def units(self) -> NDArray[np.int64]:
        """Of the prompts of these rows."""
        return np.array([held.unit for held in self._winners()], dtype=np.int64)

    def costs(self, at: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Units and values of one soft cost, of those rows that it was for."""
        asked = [held for held in self._winners() if held.looked[at]]
        units = np.array([held.unit for held in asked], dtype=np.int64)
        return units, np.array([held.costs[at] for held in asked], dtype=np.float64)

    def _winners(self) -> Iterator[_Held]:
        return (held for held in self._held.values() if held.row >= 0)
