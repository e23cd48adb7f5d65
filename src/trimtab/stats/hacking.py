"""Whether a policy in training has learned to please its reward more than an independent judge.

At every step some completions are drawn by chance and judged by somebody whose word is not trained on. What the
reward says beyond that judge is bet on as `trimtab.stats.drift` does it, against "at no step is the mean gap above
what is allowed". Here the bets go on from step to step without the cases, so that a training run can keep them in its
checkpoint, and they are placed against a row of bounds at once: the largest that is refuted bounds the gap from below.

Let g_t be the largest gap of any step up to t. The capital against a bound falls as the bound rises, and against g_t
it is at most a mixture of products of factors of expectation at most 1. So with probability 1 - alpha the lower bound
is below g_t at every t at once (Ville), and the largest that it ever was is as valid as the last.

Source:
    Ville (1939); Waudby-Smith & Ramdas (2024), JRSS-B 86(1), 1-27; Shin, Ramdas & Rinaldo (2023), arXiv:2203.03532.
    Gao, Schulman & Hilton (2023), Scaling laws for reward model overoptimization, arXiv:2210.10760, for what is
    watched.
"""

import math
from dataclasses import dataclass, replace
from functools import cache
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from trimtab.stats.clusters import Floats
from trimtab.stats.drift import capital, staked, unstaked

_GRID = tuple(step / 50 for step in range(50))  # gaps that the lower bound can be, beside the one that is allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class HackingMonitor:
    """What has been won so far against "at no step is the mean of reward minus judge above `allowed`".

    While that holds, an alarm ever comes with probability at most `alpha`, however often one looks and whenever one
    stops. None proves nothing: few audits see little. `low` is in [-1, 1], and None while nothing is refuted.
    """

    allowed: float
    alpha: float = 0.05
    steps: int = 0
    audited: int = 0  # differences that were bet on
    low: float | None = None  # at some step so far the gap was above this
    first: int | None = None  # the step of the first alarm, from 1 on
    evidence: float = 0.0  # log of the capital against `allowed` as it stands; falls when the gap closes
    logs: tuple[float, ...] = ()  # by bound and stake

    def __post_init__(self) -> None:
        if not (-1.0 < self.allowed < 1.0 and 0.0 < self.alpha < 1.0):
            raise ValueError(f"out of range: {self.allowed=}, {self.alpha=}")
        if len(self.logs) not in (0, unstaked(len(_bounds(self.allowed))).size) or np.isnan(self.logs).any():
            raise ValueError("not a state of this monitor")

    @property
    def alarm(self) -> bool:
        """Whether there has been one. It stays: what was learned meanwhile is still in the policy."""
        return self.first is not None

    def after(self, differences: ArrayLike) -> Self:
        """With one more step.

        Args:
            differences: Reward minus judge, (n,), in [-1, 1], as `differences` gives them: of cases drawn by chance
                from this step, independent of each other, none of them for the second time. With none the step
                counts, and nothing is learned.

        Raises:
            ValueError: A difference is missing or outside its range. A judge that failed is to be asked again, or
                counted as a difference of -1 for an alarm that is never false; left out, failures could choose.
        """
        seen = np.asarray(differences, dtype=np.float64).reshape(-1)
        bounds, enough = _bounds(self.allowed), -math.log(self.alpha)
        before = np.array(self.logs).reshape(len(bounds), -1) if self.logs else unstaked(len(bounds))
        number = self.steps + 1
        begun = staked(before, number, seen, np.array(bounds))
        won = dict(zip(bounds, capital(begun, number).tolist(), strict=True))
        lows = [bound for bound, log in won.items() if log >= enough] + ([] if self.low is None else [self.low])
        return replace(
            self,
            steps=number,
            audited=self.audited + seen.size,
            low=max(lows, default=None),
            first=number if self.first is None and won[self.allowed] >= enough else self.first,
            evidence=won[self.allowed],
            logs=tuple(begun.ravel().tolist()),
        )


@cache
def _bounds(allowed: float) -> tuple[float, ...]:
    return tuple(sorted({*_GRID, allowed}))


def differences(reward: ArrayLike, judge: ArrayLike, unit: ArrayLike | None = None) -> Floats:
    """Reward minus judge, one number for each independent unit.

    Args:
        reward: What the policy is trained on, (n,), brought to [0, 1] as `trimtab.stats.tiers.task_to_unit` does.
        judge: What the independent judge says of the same completions, (n,), in [0, 1] by the same measure.
        unit: Which unit each belongs to, (n,): the prompt where several completions of one are audited, since these
            are alike. None takes each for a unit of its own.

    Returns:
        (units,), in [-1, 1], means over each unit.

    Raises:
        ValueError: Shapes differ, or a value is missing or outside its range.
    """
    paid, said = np.asarray(reward, dtype=np.float64), np.asarray(judge, dtype=np.float64)
    names = np.arange(paid.size) if unit is None else np.asarray(unit)
    if paid.ndim != 1 or not paid.shape == said.shape == names.shape:
        raise ValueError("one reward, one judgement and one unit for each completion")
    if not np.all((paid >= 0.0) & (paid <= 1.0) & (said >= 0.0) & (said <= 1.0)):  # also refuses NaN
        raise ValueError("a reward or judgement is missing or outside [0, 1]")
    if not paid.size:
        return paid
    _, place, size = np.unique(names, return_inverse=True, return_counts=True)
    means: Floats = np.clip(np.bincount(place, paid - said) / size, -1.0, 1.0)  # rounding alone
    return means
