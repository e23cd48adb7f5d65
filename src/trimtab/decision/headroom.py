"""How much of what a floor allows is used up: the other axis beside performance."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trimtab.decision.model import Judgement
from trimtab.kinds import Estimate
from trimtab.policy.model import Floor


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """How much of what a floor allows is used up: 0 none, 1 the floor itself, above 1 forbidden.

    For "at most b" it is x / b; for "at least b" of a ratio (1 - x) / (1 - b),
    the share of the tolerated shortfall, and b / x otherwise. `worst` belongs
    to the unfavourable end of the interval and may be infinite.
    """

    metric: str
    value: float
    best: float
    worst: float


def share_used(floor: Floor, number: float, *, ratio: bool) -> float:
    """The share of a floor that a number uses up; `ratio` says whether its metric lies in [0, 1]."""
    bound = floor.bound
    if floor.at_most is not None:
        used, allowed = number, bound
    elif ratio:
        used, allowed = 1.0 - number, 1.0 - bound
    else:
        used, allowed = bound, number
    if allowed > 0.0:
        return max(0.0, used / allowed)
    return 0.0 if used <= 0.0 else math.inf


def used_of(metric: str, floor: Floor, seen: Estimate, *, ratio: bool) -> Used:
    """The share with the ends of its interval."""
    low, high = (share_used(floor, end, ratio=ratio) for end in (seen.interval.low, seen.interval.high))
    value = share_used(floor, seen.value, ratio=ratio) if seen.known else math.nan
    return Used(metric=metric, value=value, best=min(low, high), worst=max(low, high))


def tightest(judgements: Iterable[Judgement], floors: Mapping[str, Floor], units: Mapping[str, str]) -> Used | None:
    """The floor of which most is used up; None when no floor has an estimate."""
    shares = [
        used_of(j.metric, floors[j.metric], j.seen, ratio=units.get(j.metric) == "ratio")
        for j in judgements
        if j.asked == "floor" and j.metric in floors and isinstance(j.seen, Estimate)
    ]
    return max(shares, key=lambda used: (used.worst, used.value), default=None)
