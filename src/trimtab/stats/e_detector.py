"""Has a rate risen above what is tolerated? An alarm whose false-alarm rate holds however often one looks.

Each batch of events (k bad of n, over d days) is bet on by a mixture of alternatives q > p, p being the rate that is
tolerated, with likelihood ratios as stakes:

    L_q = (q/p)^k ((1-q)/(1-p))^(n-k)          M_q <- L_q (M_q + d / J)          alarm when the sum over q reaches A

While every event is bad with probability at most p, given all before it, E L_q <= 1. So M minus the days that have gone
by is a supermartingale, and stays one when A counts for each alarm and M begins at 0 again after it:

    E[false alarms in T days] <= T / A          for every T.

What begins at an unknown moment is found because each batch also begins a bet of its own (Shiryaev and Roberts);
a bet that had to hold from the first day on would be ruined by a long good time.

Source:
    Shin, Ramdas & Rinaldo (2022), E-detectors: a nonparametric framework for sequential change detection,
    arXiv:2203.03532, the e-SR procedure; with days in the place of their counts, since the size of a batch is not
    chosen by what is in it.
"""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc

Floats = NDArray[np.float64]

ALTERNATIVES = 24
_NEAREST = 1.2  # times the odds that are tolerated: what is nearer to them takes too long to tell from them
_MOST = 0.95  # rate of bad events that the boldest alternative stands for
_INSTANT = 1e-9  # days; two batches at the same moment


@dataclass(frozen=True, slots=True, kw_only=True)
class EDetector:
    """What has been won so far against "the rate is at most `at_most`", with one false alarm in `days` days or fewer.

    `logs` are logarithms of the capital by alternative, none at the beginning.
    """

    at_most: float
    days: float
    logs: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not (0.0 < self.at_most < 1.0 and self.days > 0.0 and len(self.logs) in (0, ALTERNATIVES)):
            raise ValueError(f"out of range: {self.at_most=}, {self.days=}, {len(self.logs)=}")

    def after(self, bad: int, valid: int, *, elapsed: float) -> Self:
        """With one more batch.

        Args:
            bad: Events of the batch that were bad, 0 <= bad <= valid.
            valid: Events of the batch. When it ends must not depend on what is in it.
            elapsed: Days since the batch before, >= 0.

        Raises:
            ValueError: An argument is outside its range.
        """
        if not (0 <= bad <= valid and elapsed >= 0.0):
            raise ValueError(f"out of range: {bad=}, {valid=}, {elapsed=}")
        before = np.array(self.logs or [-math.inf] * ALTERNATIVES)
        logs = step(before, bad, valid, elapsed, at_most=self.at_most)
        return type(self)(at_most=self.at_most, days=self.days, logs=tuple(map(float, logs)))

    def anew(self) -> Self:
        """As it begins, and as it goes on after an alarm."""
        return type(self)(at_most=self.at_most, days=self.days)

    @property
    def evidence(self) -> float:
        """Share of what an alarm takes; at 1 there is one."""
        return (
            0.0
            if not self.logs
            else min(math.exp(min(sum_of(np.array(self.logs)) - math.log(self.days), 700.0)), 1e300)
        )

    @property
    def alarm(self) -> bool:
        """Whether there is one."""
        return self.evidence >= 1.0


def step(logs: Floats, bad: ArrayLike, valid: ArrayLike, elapsed: ArrayLike, *, at_most: float) -> Floats:
    """The capital after a batch, alternatives along the last axis; many streams at once where the arrays are larger."""
    won, lost = _stakes(at_most)
    k, n, days = (np.asarray(one, dtype=np.float64)[..., None] for one in (bad, valid, elapsed))
    begun = np.log(np.maximum(days, _INSTANT) / ALTERNATIVES)
    stepped: Floats = np.logaddexp(logs, begun) + k * won + (n - k) * lost
    return stepped


def sum_of(logs: Floats) -> float:
    """log(sum(exp(logs)))."""
    most = float(logs.max())
    return most + math.log(float(np.exp(logs - most).sum())) if math.isfinite(most) else most


def tail(bad: ArrayLike, expected: ArrayLike) -> Floats:
    """P(X >= bad) for X Poisson with mean `expected`, > 0; 1 where `bad` is 0. Arrays are broadcast."""
    k, mean = np.broadcast_arrays(np.asarray(bad, dtype=np.float64), np.asarray(expected, dtype=np.float64))
    found: Floats = np.where(k <= 0.0, 1.0, gammainc(np.maximum(k, 1.0), mean))
    return found


def _stakes(at_most: float) -> tuple[Floats, Floats]:
    """Logarithms of what a bad and a good event multiply the capital of each alternative by."""
    odds = at_most / (1.0 - at_most)
    bold = max(_MOST / (1.0 - _MOST), 2.0 * odds)
    against = np.geomspace(_NEAREST * odds, bold, ALTERNATIVES)
    q = against / (1.0 + against)
    return np.log(q / at_most), np.log((1.0 - q) / (1.0 - at_most))
