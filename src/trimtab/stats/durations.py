"""How long things take, open cases included: Kaplan-Meier, with ends that grant nothing to what is not known.

The mean of closed cases rewards leaving the hard ones open. Here an open case
is one that took at least as long as it is old, and a case whose start is not
known took anything from the last moment at which all was well. What the curve
says at one moment rises or falls with each such unknown, so its least and
greatest values over all that the unknowns may have been are found exactly:
the sharp bounds of Manski, without an assumption on where in its range a
start lies.

Why the bounds are at corners: with others fixed, S(t) = prod(1 - d/n) rises
when an open case grows older (more at risk), rises when a closed case moves
from before t to after it, and falls when one moves later but stays before t
(what was censored meanwhile is spread over those that come later).

Source:
    Kaplan & Meier (1958), JASA 53, 457-481; Greenwood (1926); Kalbfleisch &
    Prentice (1980), section 1.3, for log(-log S); Brookmeyer & Crowley (1982),
    Biometrics 38, 29-41; Manski (2003), Partial Identification, section 1.2.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from trimtab.kinds import Estimate, Interval, Missing
from trimtab.stats.clusters import Floats

METHOD = "kaplan-meier, log-log greenwood, approximate"


@dataclass(frozen=True, slots=True)
class Duration:
    """How long one case took, from `least` to `most`, in one unit of time for all; if `open`, how old it is.

    Use `took` for a case that is over and `lasts` for one that is not. Ends are finite and >= 0.
    """

    least: float
    most: float
    open: bool = False

    def __post_init__(self) -> None:
        if not 0.0 <= self.least <= self.most < math.inf:
            raise ValueError(
                f"a duration lies between 0 and what is finite, its least first: {self.least}, {self.most}"
            )

    @classmethod
    def took(cls, least: float, most: float | None = None) -> "Duration":
        """It is over. Two ends where its start is known only from the last moment at which all was well."""
        return cls(least, least if most is None else most)

    @classmethod
    def lasts(cls, least: float, most: float | None = None) -> "Duration":
        """It is not over, and so old. Two ends where its start is not known."""
        return cls(least, least if most is None else most, open=True)


def done_within(cases: Sequence[Duration], limit: float, *, level: float = 0.95) -> Estimate | Missing:
    """The probability that a case is over within a limit.

    Args:
        cases: In any order. Whether one is still open must not depend on how much longer it will take.
        limit: In the unit of the cases, >= 0; what takes exactly so long is within.
        level: Nominal coverage, in (0, 1); approximate from some 20 cases on, see the tests.

    Returns:
        `value` is the least that the unknown starts leave possible. The
        interval is exact in place of Greenwood's where his variance is not
        defined: nobody was over by then, or everybody at risk was. Beyond the
        oldest open case nothing is said for the high end. `Missing` if
        there are no cases, or none is over and none is as old as the limit.

    Raises:
        ValueError: An argument is outside its range.
    """
    if not (limit >= 0.0 and 0.0 < level < 1.0):  # also refuses NaN
        raise ValueError(f"out of range: {limit=}, {level=}")
    if not cases:
        return Missing("no-cases")
    table = _Table.of(cases)
    if not table.over.any() and not (table.most >= limit).any():
        return Missing("none-over", f"{len(cases)} open cases, none of them as old as {limit:g}")
    tail = (1.0 - level) / 2.0
    worst, best = _curve(*table.at(limit, kind=True)), _curve(*table.at(limit, kind=False))
    low, _ = _ends(worst, limit, tail)
    _, high = _ends(best, limit, tail)
    return _estimate(1.0 - worst.left(limit), low, high, level, len(cases))


def time_until(cases: Sequence[Duration], share: float, *, level: float = 0.95) -> Estimate | Missing:
    """The time within which a share of cases is over: 0.5 for the median, 0.9 for p90.

    Args:
        cases: As for `done_within`.
        share: In (0, 1).
        level: Nominal coverage, in (0, 1).

    Returns:
        `value` is the longest that unknown starts leave possible, infinite if
        so large a share is not over at any time seen; the interval holds the
        times at which `share` lies within the interval of `done_within`. `Missing` if no case is over, or none there.

    Raises:
        ValueError: An argument is outside its range.

    Notes:
        Takes time in proportion to the square of the number of cases where starts are unknown; else n log n.
    """
    if not (0.0 < share < 1.0 and 0.0 < level < 1.0):
        raise ValueError(f"out of range: {share=}, {level=}")
    if not cases:
        return Missing("no-cases")
    table = _Table.of(cases)
    if not table.over.any():
        return Missing("none-over", f"{len(cases)} cases, all of them open")
    tail = (1.0 - level) / 2.0
    times = np.unique(np.concatenate([[0.0], table.least, table.most]))
    if table.known:
        shared = _curve(table.least, table.over)
        curves = [(shared, shared)] * len(times)
    else:
        curves = [(_curve(*table.at(t, kind=True)), _curve(*table.at(t, kind=False))) for t in times.tolist()]
    value, start, end = math.inf, math.inf, math.inf
    for t, (worst, best) in zip(times.tolist(), curves, strict=True):
        if value == math.inf and 1.0 - worst.left(t) >= share - 1e-12:
            value = t
        low, _ = _ends(worst, t, tail)
        _, high = _ends(best, t, tail)
        if start == math.inf and high >= share:
            start = t
        if low <= share:
            end = math.inf  # not yet refuted, or not any more
        elif end == math.inf:
            end = t
    return _estimate(value, min(start, value), max(end, value), level, len(cases))


def _estimate(value: float, low: float, high: float, level: float, count: int) -> Estimate:
    interval = Interval(min(low, value), max(high, value), level, METHOD)
    return Estimate(value=value, interval=interval, count=count, cases=count)


class _Table(NamedTuple):
    """Cases as columns."""

    least: Floats
    most: Floats
    over: Floats  # 1.0 for what is over

    @classmethod
    def of(cls, cases: Sequence[Duration]) -> "_Table":
        rows = np.array([(one.least, one.most, not one.open) for one in cases], dtype=np.float64)
        return cls(*rows.T)

    @property
    def known(self) -> bool:
        return bool(np.all(self.least == self.most))

    def at(self, moment: float, *, kind: bool) -> tuple[Floats, Floats]:
        """Times and whether it is over, such that the share over by `moment` is least; greatest if not `kind`."""
        if kind:
            return np.where(self.over * (self.most <= moment) > 0.0, self.least, self.most), self.over
        latest = np.minimum(self.most, np.maximum(self.least, moment))
        return np.where(self.over > 0.0, latest, self.least), self.over


class _Curve(NamedTuple):
    """At each time at which a case ended: S after it, Greenwood's sum, those at risk and those that ended."""

    times: Floats
    survival: Floats
    greenwood: Floats
    at_risk: Floats
    ended: Floats
    ordered: Floats  # all times, for how many are at risk at any

    def left(self, moment: float) -> float:
        place = int(np.searchsorted(self.times, moment, side="right")) - 1
        return 1.0 if place < 0 else float(self.survival[place])


def _curve(at: Floats, over: Floats) -> _Curve:
    times, ended = np.unique(at[over > 0.0], return_counts=True)
    ordered = np.sort(at)
    at_risk: Floats = (len(at) - np.searchsorted(ordered, times, side="left")).astype(np.float64)
    still = at_risk - ended
    with np.errstate(divide="ignore"):
        greenwood = np.cumsum(ended / (at_risk * still))
    survival = np.cumprod(still / at_risk, dtype=np.float64)
    return _Curve(times, survival, greenwood, at_risk, ended.astype(np.float64), ordered)


def _ends(curve: _Curve, moment: float, tail: float) -> tuple[float, float]:
    """Both ends of the share that is over by `moment`, each wrong with probability about `tail`."""
    place = int(np.searchsorted(curve.times, moment, side="right")) - 1
    beyond = moment > curve.ordered[-1]  # nobody was followed for so long
    if place < 0:  # nobody over: of all that were followed to here, exactly
        followed = len(curve.ordered) - int(np.searchsorted(curve.ordered, moment, side="left"))
        return 0.0, 1.0 if followed == 0 else 1.0 - tail ** (1.0 / followed)
    if curve.survival[place] > 0.0:
        low, high = _log_log(float(curve.survival[place]), float(curve.greenwood[place]), tail)
        return low, 1.0 if beyond else high
    # All at risk ended here, and S is 0. If nobody left meanwhile, or all ended at once, that is exactly n of n. Else
    # it is at least as it was before the very last of them ended: one of those at risk is left.
    if place == 0 or curve.ended[: place + 1].sum() == len(curve.ordered):
        return tail ** (1.0 / float(curve.at_risk[0])), 1.0
    last = float(curve.at_risk[place])
    greenwood = float(curve.greenwood[place - 1]) + (last - 1.0) / last
    before, _ = _log_log(float(curve.survival[place - 1]) / last, greenwood, tail)
    return before, 1.0


def _log_log(survival: float, greenwood: float, tail: float) -> tuple[float, float]:
    log = math.log(survival)
    spread = math.exp(float(ndtri(1.0 - tail)) * math.sqrt(greenwood) / -log)
    return 1.0 - math.exp(log / spread), 1.0 - math.exp(log * spread)
