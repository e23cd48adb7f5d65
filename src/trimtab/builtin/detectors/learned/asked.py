"""How the second stage is asked for a head, and what its answer means: a few numbers beside the heads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import DetectorError

_FIELDS = ("column", "slope", "offset", "least", "rest", "first", "threshold")


@dataclass(frozen=True, slots=True)
class Asked:
    """How the encoder is asked for one head, and what its answer means."""

    column: int  # among the answers of the encoder
    slope: float
    offset: float
    least: float  # chance of the first stage from which on it is asked
    rest: float  # chance, at most, of what it is not asked about
    first: float  # chance of the first stage from which on that alone would find the label
    threshold: float  # chance from which on the label is found

    def chance(self, answer: float) -> float:
        """Of the label, by the encoder."""
        return _chance(self.slope * answer + self.offset)

    def carried(self, chance: float) -> float:
        """What the first stage says of what the encoder does not read: found where the first stage finds it."""
        if chance <= 0.0 or chance >= 1.0:
            return chance
        shift = _odds(self.threshold) - _odds(self.first)
        return _chance(_odds(chance) + shift)

    def unasked(self, chance: float) -> float:
        """Of the label, where the first stage alone was asked: what is less than `least` there is at most `rest`."""
        return chance * self.rest / self.least


def _odds(chance: float) -> float:
    return float(np.log(chance / (1 - chance)))


def _chance(odds: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(odds, -30.0, 30.0))))


def asked_of(arrays: Mapping[str, NDArray[Any]]) -> dict[str, Asked]:
    """By head, from the arrays of the heads; none where they hold nothing of a second stage.

    Raises:
        DetectorError: They do not fit together.
    """
    if "second" not in arrays:
        return {}
    try:
        names = arrays["second"].tobytes().decode().split("\n")
        rows = np.stack([np.asarray(arrays[f"second_{name}"], np.float64) for name in _FIELDS], 1)
    except (KeyError, UnicodeDecodeError, ValueError) as error:
        raise DetectorError("learned", f"its arrays are no second stage ({type(error).__name__})") from error
    if (
        rows.shape != (len(names), len(_FIELDS))
        or not np.isfinite(rows).all()
        or (rows[:, 0] % 1).any()
        or (rows[:, 0] < 0).any()
        or (rows[:, 3:] <= 0).any()
        or (rows[:, 3:] >= 1).any()
    ):
        raise DetectorError("learned", "the arrays of its second stage do not fit together")
    return {name: Asked(int(row[0]), *row[1:]) for name, row in zip(names, rows.tolist(), strict=True)}


def asked_arrays(asked: Mapping[str, Asked]) -> dict[str, NDArray[Any]]:
    """The other way round."""
    values = {f"second_{name}": np.array([getattr(one, name) for one in asked.values()]) for name in _FIELDS}
    return {"second": np.frombuffer("\n".join(asked).encode(), np.uint8), **values}
