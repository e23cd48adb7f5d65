"""What others count: by part (a hazard, a family, a group), and seeded canaries (R03)."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from trimtab.decision.kpis.asked import Asked, Estimator, last_moment
from trimtab.decision.kpis.cases import share
from trimtab.evidence.books import Kept
from trimtab.evidence.entries.counts import INDEPENDENCE, Counted
from trimtab.kinds import Estimate, Interval, Missing
from trimtab.stats.binomial import clopper_pearson
from trimtab.stats.recapture import union_interval

NO_SYSTEM = "-"
"""Asks for counts of no one system; no system is called so."""
CHANNEL = "channel:"
"""Strata `channel:a`, `channel:b` and `channel:both` count what two independent ways of looking found."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """One part of what was counted, all counts of the period added up."""

    name: str
    hits: int
    of: int
    weight: float


def strata(asked: Asked, kpi: str) -> Sequence[Stratum]:
    """The parts that were counted for a KPI in the period, in the order of their names; no channels."""
    return [one for one in _strata(asked, kpi) if not one.name.startswith(CHANNEL)]


def independence(asked: Asked, kpi: str) -> str | None:
    """The least independent of those who counted; None where nobody did."""
    found = [kept.entry.independence for kept in _of_kpi(asked, kpi)]
    return min(found, key=INDEPENDENCE.index, default=None)


def pooled(kpi: str) -> Estimator:
    """So many of so many over all parts."""

    def estimator(asked: Asked) -> Estimate | Missing:
        parts = strata(asked, kpi)
        return share(sum(one.hits for one in parts), sum(one.of for one in parts), asked)

    return estimator


def canaries(asked: Asked) -> Estimate | Missing:
    """R03: seeded canaries caught, by hazard, averaged by the weight of each.

    Each hazard's interval errs with its share of the error probability, so that the average of their ends holds.
    """
    parts = [one for one in strata(asked, "R03") if one.of]
    if not parts:
        return Missing("nothing-recorded")
    whole = math.fsum(one.weight for one in parts)
    level = 1.0 - (1.0 - asked.level) / len(parts)
    ends = [clopper_pearson(one.hits, one.of, level=level) for one in parts]
    value, low, high = (
        math.fsum(one.weight * number for one, number in zip(parts, numbers, strict=True)) / whole
        for numbers in (
            [one.hits / one.of for one in parts],
            [end.low for end in ends],
            [end.high for end in ends],
        )
    )
    seeded = sum(one.of for one in parts)
    value = min(max(value, low), high)
    interval = Interval(low, high, asked.level, "clopper-pearson by hazard, joined")
    return Estimate(value=value, interval=interval, count=seeded, cases=seeded)


def canary_details(asked: Asked) -> dict[str, Estimate | Missing]:
    """Each hazard alone, and how much of what there is each of two independent channels finds.

    Chapman's N = (n1 + 1)(n2 + 1) / (m + 1) - 1; what a channel finds of it is n / N, between the ends that the exact
    law of the union leaves possible.
    """
    found = {f"hazard {one.name or 'all'}": share(one.hits, one.of, asked) for one in strata(asked, "R03")}
    channels = {
        one.name.removeprefix(CHANNEL): one.hits for one in _strata(asked, "R03") if one.name.startswith(CHANNEL)
    }
    names = sorted(set(channels) - {"both"})
    if not channels:
        return found
    if len(names) != 2 or "both" not in channels:
        return {
            **found,
            "recall by channel": Missing("not-two-channels", "two channels and what both found are needed"),
        }
    first, second, both = channels[names[0]], channels[names[1]], channels["both"]
    if not both <= min(first, second) or min(first, second) < 1:
        return {
            **found,
            "recall by channel": Missing("nothing-in-common", "what both found is more than one of them did"),
        }
    whole = (first + 1) * (second + 1) / (both + 1) - 1
    ends = union_interval([first, second], first + second - both, level=asked.level)
    for name, hits in zip(names, (first, second), strict=True):
        low = 0.0 if math.isinf(ends.high) else hits / ends.high
        high = min(1.0, hits / ends.low)
        value = min(max(hits / whole, low), high)
        interval = Interval(low, high, asked.level, "chapman; union, exact")
        found[f"recall of {name}"] = Estimate(value=value, interval=interval, count=hits, cases=hits)
    return found


# -- parts ---------------------------------------------------------------------------------


def _of_kpi(asked: Asked, kpi: str) -> Sequence[Kept[Counted]]:
    def grouped() -> Mapping[str, Sequence[Kept[Counted]]]:
        found: dict[str, list[Kept[Counted]]] = {}
        for one in asked.books.all(Counted):
            if asked.period.start <= last_moment(one.entry) < asked.end:
                found.setdefault(one.entry.kpi, []).append(one)
        return found

    every = asked.once("counted", grouped).get(kpi, ())
    if asked.system == NO_SYSTEM:
        return [one for one in every if not one.entry.system]
    return [one for one in every if asked.system in ("", one.entry.system)]


def _strata(asked: Asked, kpi: str) -> Sequence[Stratum]:
    found: dict[str, list[Counted]] = {}
    for kept in _of_kpi(asked, kpi):
        found.setdefault(kept.entry.stratum, []).append(kept.entry)
    return [
        Stratum(name, sum(one.hits for one in ones), sum(one.of for one in ones), max(one.weight for one in ones))
        for name, ones in sorted(found.items())
    ]


ESTIMATORS: Mapping[str, Estimator] = {"R03": canaries}
DETAILS: Mapping[str, Callable[[Asked], dict[str, Estimate | Missing]]] = {"R03": canary_details}
