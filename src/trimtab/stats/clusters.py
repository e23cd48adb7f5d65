"""From outcomes to independent units: cases of one cluster become one row."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.kinds import Missing, Score, Shape

Floats = NDArray[np.float64]
Outcome = tuple[str, Score | Missing]

CELLS = ("tp", "fp", "fn", "tn")


@dataclass(frozen=True, slots=True)
class Clusters:
    """Sums per independent unit, units in the order of their first case.

    `total` and `per` sum the values and denominators of scored cases;
    `scored` and `missing` count cases.
    """

    total: Floats
    per: Floats
    scored: Floats
    missing: Floats

    @property
    def count(self) -> int:
        """Independent units, those without a single score included."""
        return len(self.total)

    @property
    def tried(self) -> Floats:
        """Cases per unit, scored or not."""
        return self.scored + self.missing

    @property
    def alone(self) -> bool:
        """Whether every case stands alone."""
        return bool(np.all(self.tried == 1))

    def means(self) -> tuple[float, Floats, Floats]:
        """Mean over units of their mean score in [0, 1]; then each unit's mean if missing were 0, and if 1.

        The first is NaN when nothing was scored.
        """
        seen = self.scored > 0
        value = float(np.mean(self.total[seen] / self.scored[seen])) if seen.any() else math.nan
        return value, self.total / self.tried, (self.total + self.missing) / self.tried


def gather(outcomes: Iterable[Outcome]) -> Clusters:
    """One row per cluster."""
    index: dict[str, int] = {}
    total: list[float] = []
    per: list[float] = []
    scored: list[int] = []
    missing: list[int] = []
    for cluster, outcome in outcomes:
        place = index.setdefault(cluster, len(total))
        if place == len(total):
            total.append(0.0)
            per.append(0.0)
            scored.append(0)
            missing.append(0)
        if isinstance(outcome, Score):
            total[place] += outcome.value
            per[place] += outcome.per
            scored[place] += 1
        else:
            missing[place] += 1
    return Clusters(*(np.array(column, dtype=np.float64) for column in (total, per, scored, missing)))


def usable(shape: Shape, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes, with every score that its shape cannot hold turned into a missing one.

    A score of 1.2 in a rate, or NaN anywhere, is a broken metric, and a
    broken check is not a clean check.
    """
    fits = _FITS.get(shape, _positive)
    return [
        (cluster, outcome if isinstance(outcome, Missing) or fits(outcome) else _unusable(outcome))
        for cluster, outcome in outcomes
    ]


def _unusable(score: Score) -> Missing:
    group = "" if score.group in CELLS else score.group
    return Missing("unusable-score", "outside the range of its metric's shape", group)


def _zero_or_one(score: Score) -> bool:
    return score.value in (0.0, 1.0)


def _unit(score: Score) -> bool:
    return 0.0 <= score.value <= 1.0


def _cell(score: Score) -> bool:
    return score.group in CELLS


def _finite(score: Score) -> bool:
    return math.isfinite(score.value)


def _positive(score: Score) -> bool:
    return math.isfinite(score.value) and score.value >= 0.0


def _over(score: Score) -> bool:
    return math.isfinite(score.value) and math.isfinite(score.per) and score.per >= 0.0


def _leaning(score: Score) -> bool:
    return 0.0 <= score.per <= 1.0 and abs(score.value) <= score.per


def _timed(score: Score) -> bool:
    return _positive(score) and math.isfinite(score.at)


_FITS: Mapping[Shape, Callable[[Score], bool]] = {
    Shape.RATE: _zero_or_one,
    Shape.GAP: _zero_or_one,
    Shape.FLIPS: _zero_or_one,
    Shape.BALANCE: _leaning,
    Shape.MEAN: _unit,
    Shape.AVERAGE: _finite,
    Shape.RATIO: _over,
    Shape.PRECISION: _cell,
    Shape.RECALL: _cell,
    Shape.F1: _cell,
    Shape.THROUGHPUT: _timed,
}
