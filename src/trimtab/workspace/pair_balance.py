"""What preference pairs teach besides what they are for: to refuse, and to be long or short."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MUCH = 0.5  # share of pairs that teach to refuse, from which on it is said
_STEPS = 20  # of each doubling, in which ratios of lengths are counted
_FARTHEST = 10  # doublings


@dataclass(slots=True, kw_only=True)
class Balance:
    """What the kept examples teach besides: by whether the wanted and the unwanted completion refuses, and how long.

    `refuses` counts pairs by (wanted, unwanted), True for a refusal and None where nobody could tell or there is no
    such side. `longer` counts pairs whose wanted completion has more words.
    """

    refuses: Counter[tuple[bool | None, bool | None]] = field(default_factory=Counter)
    pairs: int = 0
    longer: int = 0
    _ratios: NDArray[np.int64] = field(default_factory=lambda: np.zeros(2 * _FARTHEST * _STEPS + 1, dtype=np.int64))

    def add(self, refuses: tuple[bool | None, bool | None], words: tuple[int, ...]) -> None:
        """Add an example; `words` are of the wanted and the unwanted completion of a pair."""
        self.refuses[refuses] += 1
        if len(words) == 2:
            self.pairs += 1
            self.longer += words[0] > words[1]
            step = round(np.log2(max(words[0], 1) / max(words[1], 1)) * _STEPS)
            self._ratios[np.clip(step + _FARTHEST * _STEPS, 0, len(self._ratios) - 1)] += 1

    @property
    def ratio(self) -> float | None:
        """The median of the wanted completion's words over the unwanted one's, to within 2 %; None without pairs."""
        if not self.pairs:
            return None
        middle = int(np.searchsorted(np.cumsum(self._ratios), (self.pairs + 1) // 2))
        return float(2.0 ** ((middle - _FARTHEST * _STEPS) / _STEPS))

    @property
    def teaches_refusing(self) -> bool:
        """Whether most pairs prefer a refusal to an answer: the model will learn that, too."""
        return self.pairs > 0 and self.refuses[True, False] > _MUCH * self.pairs

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        said = {True: "refuses", False: "answers", None: "unknown"}
        table = {f"{said[one]}/{said[other]}": number for (one, other), number in self.refuses.items()}
        return {
            "wanted/unwanted": dict(sorted(table.items())),
            "wanted longer": self.longer,
            "median ratio of words": None if self.ratio is None else round(self.ratio, 2),
        }
