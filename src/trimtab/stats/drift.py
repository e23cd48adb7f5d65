"""Whether a measure has begun to flatter: its gap to those whose word counts, bet on from step to step.

At every step (a checkpoint, a release, a week) some fresh cases are scored both by the measure and by people. Let d be
how much better the measure says a case is, in [-1, 1]. "At no step is the mean of d above b" is bet against with
capital 1. From the beginning of step j on, a stake c multiplies what was put on it by

    1 - c + c (1 + d) / (1 + b)

for each case, whose expectation is at most 1 while the hypothesis holds. The capital is spread over stakes, and over
the steps at which betting may begin: a share 1/(j(j+1)) waits until step j. So it does not melt away during years in
which nothing is wrong, and it still reaches 1/alpha with probability at most alpha at any moment, ever (Ville).

Source:
    Ville (1939); Waudby-Smith & Ramdas (2024), JRSS-B 86(1), 1-27, for the bets; Shin, Ramdas & Rinaldo (2023),
    E-detectors, arXiv:2203.03532, for starting anew at every step, here with weights that sum to 1.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trimtab.stats.clusters import Floats

_STAKES: Floats = np.geomspace(0.02, 0.95, 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What the bets against "the gap is nowhere above the bound" came to."""

    evidence: tuple[float, ...]  # log of the capital after each step
    cases: int  # that were bet on

    def shown(self, alpha: float) -> bool:
        """Whether the capital as it stands refutes it. Falls again once the gap has closed for long enough."""
        return bool(self.evidence) and self.evidence[-1] >= -math.log(alpha)

    def first(self, alpha: float) -> int | None:
        """The step at which somebody who looked after each would have stopped; None for none."""
        return next((at for at, log in enumerate(self.evidence) if log >= -math.log(alpha)), None)


def growth(steps: Sequence[Sequence[float]], bound: float) -> Growth:
    """Bet against "at no step is the mean difference above `bound`".

    Args:
        steps: For each step in turn the differences of its cases, in [-1, 1], positive where the measure flatters.
            Independent units that no step before has used: the same cases again would be bet on twice.
        bound: The tolerated gap, in (-1, 1).

    Raises:
        ValueError: A number is outside its range.
    """
    if not -1.0 < bound < 1.0:
        raise ValueError(f"out of range: {bound=}")
    bounds, begun = np.array([bound]), unstaked(1)
    evidence: list[float] = []
    cases = 0
    for number, step in enumerate(steps, start=1):
        seen = np.asarray(step, dtype=np.float64)
        cases += seen.size
        begun = staked(begun, number, seen, bounds)
        evidence.append(float(capital(begun, number)[0]))
    return Growth(evidence=tuple(evidence), cases=cases)


def unstaked(bounds: int) -> Floats:
    """What plays before the first step, for so many bounds: nothing yet."""
    return np.full((bounds, len(_STAKES)), -math.inf)


def staked(begun: Floats, number: int, seen: Floats, bounds: Floats) -> Floats:
    """Logarithm of the capital that plays after one more step, by bound (rows) and stake (columns).

    Args:
        begun: The same after the step before; `unstaked` at first.
        number: Of this step, from 1 on.
        seen: Its differences, in [-1, 1].
        bounds: What is bet against, in (-1, 1), one a row.

    Raises:
        ValueError: A difference is outside its range.
    """
    if seen.size and not (seen.min() >= -1.0 and seen.max() <= 1.0):  # also refuses NaN
        raise ValueError("a difference is outside [-1, 1]")
    payoffs = (1.0 + seen) / (1.0 + bounds[:, None])
    won = np.log1p(_STAKES[:, None] * (payoffs[:, None, :] - 1.0)).sum(axis=2)
    stepped: Floats = np.logaddexp(begun, -math.log(number * (number + 1))) + won
    return stepped


def capital(begun: Floats, number: int) -> Floats:
    """Logarithm of all capital after step `number`, what waits included, by bound; it falls in the bound."""
    playing = np.logaddexp.reduce(begun, axis=1) - math.log(len(_STAKES))
    found: Floats = np.logaddexp(playing, -math.log(number + 1))
    return found


def slope(steps: Sequence[Sequence[float]], *, last: int = 5) -> float | None:
    """Least-squares change of the mean difference from one step to the next, over the last few: to look at, no test.

    Returns:
        None with fewer than two steps that have cases.
    """
    means = [(at, float(np.mean(step))) for at, step in enumerate(steps) if len(step)][-last:]
    if len(means) < 2:
        return None
    at, mean = np.array(means).T
    return float(np.polyfit(at, mean, 1)[0])
