"""Shares that are counted in full, so that there is no error of sampling: only what nobody knows leaves a range."""

from collections.abc import Iterable
from dataclasses import dataclass

from trimtab.kinds import Estimate, Interval, Missing

_SURE = 1.0 - 1e-15  # an interval has a level below 1; a census has no other error than in what it was told


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One unit of a census: how much it weighs (> 0), and how much of it is there, in [0, 1].

    `at_most` is more than `there` where part of it is not known.
    """

    weight: float
    there: float
    at_most: float | None = None

    def __post_init__(self) -> None:
        if not self.weight > 0.0 or not 0.0 <= self.there <= (self.there if self.at_most is None else self.at_most):
            raise ValueError(f"out of range: {self}")
        if max(self.there, self.at_most or 0.0) > 1.0:
            raise ValueError(f"out of range: {self}")


def census(units: Iterable[Counted], *, nothing: str) -> Estimate | Missing:
    """Share of the weight that is there: Σ weight · there ÷ Σ weight, exactly.

    Args:
        units: All of them, in any order.
        nothing: Why there is none, where there is none.

    Returns:
        A value in [0, 1], the low end of its interval, since what is not known is not there; Missing without units.
    """
    counted = sorted(units, key=lambda one: (one.weight, one.there))  # sums of floats, the same in any order of rows
    if not counted:
        return Missing("nothing-owed", nothing)
    whole = sum(one.weight for one in counted)
    low = sum(one.weight * one.there for one in counted) / whole
    high = sum(one.weight * (one.there if one.at_most is None else one.at_most) for one in counted) / whole
    unknown = sum(one.at_most is not None and one.at_most > one.there for one in counted)
    low = min(1.0, low)
    return Estimate(
        value=low,
        interval=Interval(low, min(1.0, max(low, high)), _SURE, "census"),
        count=len(counted),
        cases=len(counted),
        missing=unknown,
    )
