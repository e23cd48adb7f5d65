"""How an organisation works: what others count (P08, P12, P15), hunts (P13), near misses (P14), legal clocks (P16).

`ESTIMATORS` hold the headline of each KPI, `DETAILS` what stands beside it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from trimtab.decision.hunting import Hunt, hunter_hours, new_flaws
from trimtab.decision.kpis.asked import Asked, Estimator, last_moment
from trimtab.decision.kpis.cases import SEVERE, WEIGHTS, census, incidents_of, share, systems_of
from trimtab.evidence.entries.counts import Counted
from trimtab.evidence.entries.findings import NearMiss
from trimtab.kinds import Estimate, Missing
from trimtab.policy.spans import DAY
from trimtab.stats.counts import poisson_rate, poisson_ratio, weighted_poisson_rate

STATUTORY_DAYS: Mapping[str, int] = {"serious": 15, "death": 10, "widespread": 2}
"""From when the organisation knows. Source: Regulation (EU) 2024/1689, Article 73(2) to (4)."""

RETENTION, OVERRIDES, DRILL, HEADS = "retention", "overrides", "stop-drill", "heads"
"""Strata of counts that are no part of the headline: retention tests (P12), overrides that were right and drills that
stopped the system in time (P15), how many people there are (P14)."""

_TEST_HOLDS = 366 * DAY  # a retention test or a stop drill says nothing of a later year
_HUNDRED = 100.0


# -- what others count -------------------------------------------------------------------------


def explained(asked: Asked) -> Estimate | Missing:
    """P08: decisions that have an explanation above the fidelity that is asked for, of those that owe one."""
    return _pooled(_within(asked, "P08"), asked)


def logged(asked: Asked) -> Estimate | Missing:
    """P12: sampled uses with a complete log that verifies, of those sampled; missing without a test that logs last.

    The last test counts, for a year. One that failed caps the share at what it brought back: a log that cannot be had
    again is not complete.
    """
    sampled = [one for one in _within(asked, "P12") if one.stratum != RETENTION]
    test = _last(asked, "P12", RETENTION)
    if test is None:
        return Missing("no-retention-test", f"enter one as a count of P12 with the stratum {RETENTION}")
    of = sum(one.of for one in sampled)
    hits = min(sum(one.hits for one in sampled if one.of), of * test.hits // test.of)
    return share(hits, of, asked)


def log_details(asked: Asked) -> dict[str, Estimate | Missing]:
    """The last retention test."""
    return {"retention test": _test(asked, "P12", RETENTION)}


def overseen(asked: Asked) -> Estimate | Missing:
    """P15: seeded errors that the overseer caught, of those seeded."""
    return _pooled((one for one in _within(asked, "P15") if one.stratum not in (OVERRIDES, DRILL)), asked)


def oversight_details(asked: Asked) -> dict[str, Estimate | Missing]:
    """Overrides that were right, and stop drills that were quick enough."""
    overrides = [one for one in _within(asked, "P15") if one.stratum == OVERRIDES]
    return {"correct overrides": _pooled(overrides, asked), "stop drills in time": _test(asked, "P15", DRILL)}


# -- hunts -------------------------------------------------------------------------------------


def hunting_yield(asked: Asked) -> Estimate | Missing:
    """P13: new findings that were ruled valid, weighted by severity, per hundred hours of hunters.

    Of hunts that were closed in the period. What nobody has looked at yet counts for the upper end alone.
    """
    hunts = _closed(asked)
    hours = sum(hunter_hours(one) for one in hunts)
    if not hours > 0.0:
        return Missing("no-hunts", "no hunt was closed in the period")
    flaws = [flaw for one in hunts for flaw in new_flaws(one)]
    valid = [sum(flaw.severity == name and flaw.valid for flaw in flaws) for name in WEIGHTS]
    waiting = [sum(flaw.severity == name and not flaw.valid for flaw in flaws) for name in WEIGHTS]
    weights = tuple(WEIGHTS.values())
    interval = weighted_poisson_rate(valid, weights, hours / _HUNDRED, level=asked.level, more=waiting)
    value = sum(count * weight for count, weight in zip(valid, weights, strict=True)) * _HUNDRED / hours
    count = max(round(hours), 1)
    return Estimate(value=value, interval=interval, count=count, cases=count, missing=sum(waiting))


# -- near misses -------------------------------------------------------------------------------


def reporting(asked: Asked) -> Estimate | Missing:
    """P14: near misses that were reported, per severe incident that was detected in the period.

    Without a severe incident the value is that of one, and has no upper end: a quarter that went well is no worse than
    one that nearly did.
    """
    near, severe = _near(asked), _severe(asked)
    if not near and not severe:
        return Missing("nothing-recorded", "neither a near miss nor a severe incident")
    interval = poisson_ratio(near, severe, level=asked.level)
    return Estimate(value=near / max(severe, 1), interval=interval, count=near + severe, cases=near + severe)


def reporting_details(asked: Asked) -> dict[str, Estimate | Missing]:
    """Near misses per hundred people: as many as the last count of P14 with the stratum `heads` says."""
    counted = [one for one in _until(asked, "P14") if one.stratum == HEADS]
    heads = max(counted, key=lambda one: (one.at, one.hits)).hits if counted else 0
    if not heads:
        return {"per hundred people": Missing("no-heads", f"enter how many there are as P14 with the stratum {HEADS}")}
    near = _near(asked)
    interval = poisson_rate(near, heads / _HUNDRED, level=asked.level)
    return {"per hundred people": Estimate(value=near * _HUNDRED / heads, interval=interval, count=heads, cases=heads)}


# -- the law's clocks --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of one incident whose report the law asks for, as it stood at the end. Moments in microseconds, UTC."""

    incident: str
    began: int
    due: int
    reported: int  # 0 if it was not, by the end
    end: int

    @property
    def settled(self) -> int | None:
        """When it was stopped or ran out; None while it runs."""
        if self.reported and self.reported <= self.due:
            return self.reported
        return self.due if self.due < self.end else None

    @property
    def in_time(self) -> bool:
        """Whether the report was made before it ran out; a report at the last moment was."""
        return 0 < self.reported <= self.due

    @property
    def margin(self) -> float:
        """Days that were left when it was reported, or are left now; below 0 once it has run out."""
        return (self.due - (self.reported or self.end)) / DAY


def clocks(asked: Asked) -> list[Clock]:
    """Every clock of the law that had begun by the end, in the order in which incidents were recorded.

    It begins when the organisation knows: when the incident was detected, or was opened if that came first. Days are of
    24 hours, which is never later than the law's own way of counting.
    """
    found = []
    for one in incidents_of(asked):
        days = STATUTORY_DAYS.get(one.opened.duty)
        if days is None:
            continue
        began = min(one.detected or one.opened.at, one.opened.at)
        found.append(Clock(one.opened.incident, began, began + days * DAY, one.reported, asked.end))
    return found


def statutory(asked: Asked) -> Estimate | Missing:
    """P16: incidents reported inside the clock of the law, of all whose clock ran out or was stopped in the period.

    One whose clock still runs is open, and counts neither way.
    """
    settled = [one for one in clocks(asked) if one.settled is not None and one.settled >= asked.period.start]
    if not settled:
        return Missing("none-due", "no clock of the law ran out or was stopped in the period")
    return census(sum(one.in_time for one in settled) / len(settled), len(settled), asked)


def statutory_details(asked: Asked) -> dict[str, Estimate | Missing]:
    """The smallest margin of those clocks, in days, and of those that run."""
    every = clocks(asked)
    settled = [one.margin for one in every if one.settled is not None and one.settled >= asked.period.start]
    running = [one.margin for one in every if one.settled is None]
    return {
        name: census(min(margins), len(margins), asked) if margins else Missing(reason)
        for name, margins, reason in (
            ("smallest margin, days", settled, "none-due"),
            ("days left on the next clock", running, "none-running"),
        )
    }


# -- parts -------------------------------------------------------------------------------------


def _until(asked: Asked, kpi: str) -> list[Counted]:
    def grouped() -> Mapping[str, list[Counted]]:
        found: dict[str, list[Counted]] = {}
        for kept in asked.books.all(Counted):
            if last_moment(kept.entry) < asked.end:
                found.setdefault(kept.entry.kpi, []).append(kept.entry)
        return found

    every = asked.once("counted until", grouped).get(kpi, [])
    return [one for one in every if asked.system in ("", one.system)]


def _within(asked: Asked, kpi: str) -> list[Counted]:
    return [one for one in _until(asked, kpi) if last_moment(one) >= asked.period.start]


def _last(asked: Asked, kpi: str, stratum: str) -> Counted | None:
    """The last test of the year before the end; of several at one moment the worst."""
    tests = [one for one in _until(asked, kpi) if one.stratum == stratum and one.of]
    fresh = [one for one in tests if one.at >= asked.end - _TEST_HOLDS]
    return max(fresh, key=lambda one: (one.at, -one.hits / one.of, one.of), default=None)


def _test(asked: Asked, kpi: str, stratum: str) -> Estimate | Missing:
    test = _last(asked, kpi, stratum)
    return Missing("no-test", "none in the year before the end") if test is None else share(test.hits, test.of, asked)


def _pooled(counts: Iterable[Counted], asked: Asked) -> Estimate | Missing:
    shares = [one for one in counts if one.of]
    return share(sum(one.hits for one in shares), sum(one.of for one in shares), asked)


def _closed(asked: Asked) -> list[Hunt]:
    start, end = asked.period.start, asked.end
    return [
        one
        for one in asked.hunts
        if one.closed is not None and start <= one.closed_at < end and asked.system in ("", one.system)
    ]


def _near(asked: Asked) -> int:
    systems = systems_of(asked.team, asked.policy) if asked.team else []
    found = (kept.entry for kept in asked.within(NearMiss))
    return sum(not asked.team or (one.team == asked.team if one.team else one.system in systems) for one in found)


def _severe(asked: Asked) -> int:
    start, end = asked.period.start, asked.end
    severe = (one for one in incidents_of(asked) if one.opened.severity in SEVERE)
    return sum(start <= (one.detected or one.opened.at) < end for one in severe)


ESTIMATORS: Mapping[str, Estimator] = {
    "P08": explained,
    "P12": logged,
    "P13": hunting_yield,
    "P14": reporting,
    "P15": overseen,
    "P16": statutory,
}
DETAILS: Mapping[str, Callable[[Asked], dict[str, Estimate | Missing]]] = {
    "P12": log_details,
    "P14": reporting_details,
    "P15": oversight_details,
    "P16": statutory_details,
}
