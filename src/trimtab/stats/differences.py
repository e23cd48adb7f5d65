"""What changed for some and not for others: differences in differences, with intervals.

They tell what an event did as far as both groups would have changed alike without it, which no interval covers.

Source:
    Angrist & Pischke (2009), Mostly Harmless Econometrics, section 5.2.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from trimtab.errors import InsufficientEvidenceError
from trimtab.kinds import Interval
from trimtab.stats.binomial import clopper_pearson

_FEWEST = 2


class Cell(NamedTuple):
    """So many with the event of so many."""

    hits: int
    of: int


def changes_apart(
    exposed: Sequence[float], unexposed: Sequence[float], *, level: float = 0.95
) -> tuple[float, Interval]:
    """Mean change of exposed units less that of unexposed ones, scatters of both unknown and perhaps different.

    Args:
        exposed: By unit, after less before; at least two.
        unexposed: Likewise.
        level: Coverage probability, in (0, 1); exact for one group of normal changes, nearly so for two.

    Raises:
        InsufficientEvidenceError: A group has fewer than two units, so nothing says how changes scatter.
        ValueError: A change is not finite, or the level is outside its range.

    Source:
        Welch (1947), Biometrika 34, 28-35, with Satterthwaite's degrees of freedom.
    """
    groups = [np.array(one, dtype=np.float64) for one in (exposed, unexposed)]
    if not (all(np.all(np.isfinite(one)) for one in groups) and 0.0 < level < 1.0):
        raise ValueError(f"changes are finite, and {level=} lies in (0, 1)")
    fewest = min(map(len, groups))
    if fewest < _FEWEST:
        raise InsufficientEvidenceError("units of a group", fewest, _FEWEST, "Enter business of more units.")
    value = float(groups[0].mean() - groups[1].mean())
    parts = [float(one.var(ddof=1)) / len(one) for one in groups]
    error = math.sqrt(sum(parts))
    if error == 0.0:
        raise InsufficientEvidenceError("units that differ", 0, 1, "Units that all changed alike show no scatter.")
    free = sum(parts) ** 2 / sum(part**2 / (len(one) - 1) for part, one in zip(parts, groups, strict=True))
    reach = float(stdtrit(free, (1.0 + level) / 2.0)) * error
    return value, Interval(value - reach, value + reach, level, "welch, on changes of units")


def rates_apart(
    exposed: tuple[Cell, Cell], unexposed: tuple[Cell, Cell], *, level: float = 0.95
) -> tuple[float, Interval]:
    """Change of a rate among the exposed less that among the unexposed, each (before, after).

    Args:
        exposed: Before and after; `of` >= 1.
        unexposed: Likewise.
        level: Coverage probability, in (0, 1); approximate, from exact intervals of the four rates.

    Raises:
        InsufficientEvidenceError: A cell is empty.

    Source:
        Zou & Donner (2008), Statistics in Medicine 27, 1693-1702: an interval of a sum from intervals of its parts.
    """
    signed = ((1.0, exposed[1]), (-1.0, exposed[0]), (-1.0, unexposed[1]), (1.0, unexposed[0]))
    value = down = up = 0.0
    for sign, cell in signed:
        ends = clopper_pearson(cell.hits, cell.of, level=level)
        rate = cell.hits / cell.of
        value += sign * rate
        low, high = (rate - ends.low, ends.high - rate) if sign > 0 else (ends.high - rate, rate - ends.low)
        down += low**2
        up += high**2
    low_end, high_end = max(value - math.sqrt(down), -2.0), min(value + math.sqrt(up), 2.0)
    return value, Interval(min(low_end, value), max(high_end, value), level, "zou-donner on clopper-pearson")
