"""What is known about a quantity, or why nothing is."""

import math
from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How scores of single cases become one estimate; the estimators are in `trimtab.stats`."""

    RATE = "rate"  # mean of 0/1 scores
    MEAN = "mean"  # mean of scores in [0, 1]
    AVERAGE = "average"  # mean of scores without a known bound (money, tokens)
    P50 = "p50"  # median of a positive quantity
    P95 = "p95"
    RATIO = "ratio"  # sum of values over sum of `per`
    GAP = "gap"  # largest difference of a 0/1 rate between two groups
    FLIPS = "flips"  # share of pairs, two groups of one cluster, whose 0/1 scores differ
    BALANCE = "balance"  # sum of values in [-per, per] over sum of `per`: what leans one way, less what leans the other
    PRECISION = "precision"  # scores carry `group` in {tp, fp, fn, tn}
    RECALL = "recall"
    F1 = "f1"
    THROUGHPUT = "throughput"  # sum of values per second of wall time, from `at`


@dataclass(frozen=True, slots=True)
class Interval:
    """A range of plausible values.

    `level` is the two-sided coverage probability in (0, 1): each end errs
    with probability at most (1 - level) / 2. Ends may be infinite.
    """

    low: float
    high: float
    level: float
    method: str

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"interval [{self.low}, {self.high}] is empty")
        if not 0.0 < self.level < 1.0:
            raise ValueError(f"level {self.level} is outside (0, 1)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value with its interval, never without.

    `count` is the number of *independent* trials (templates, not their
    variants); `cases` all cases tried; `missing` those of them that stayed
    broken, which widen the interval by the worst they could have been.
    `value` is NaN when every case is missing.
    """

    value: float
    interval: Interval
    count: int
    cases: int
    missing: int = 0

    def __post_init__(self) -> None:
        if self.count < 1 or self.cases < 1 or self.missing < 0:
            raise ValueError(f"count={self.count}, cases={self.cases}, missing={self.missing}")

    @property
    def known(self) -> bool:
        """Whether any case was scored at all."""
        return not math.isnan(self.value)


NOT_MARKED = "not-marked"
"""Reason of a score that a person has yet to give."""

DISPUTED = frozenset({"judges-disagree", "order-decides"})
"""Reasons of a score that judges dispute: they disagree, or the order of the question decides. A person must say."""

NOT_IMPORTED = "not-imported"
"""Reason of a metric on another tool's results, of which there are none that can be used; the detail says why."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Nothing is known, and this is why. Never zero, never a pass.

    `reason` is a short stable word ("http-500", "timeout", "no-cases").
    `group` is the side of a comparison that the broken case was to speak for;
    without it a gap must assume the worst of every group.
    """

    reason: str
    detail: str = ""
    group: str = ""
