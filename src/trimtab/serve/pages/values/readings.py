"""Readings of KPIs as pages show them: plain values, with their words made by `report`."""

from dataclasses import dataclass

from trimtab.decision.kpis.reading import KpiReading
from trimtab.kinds import Estimate, Missing
from trimtab.policy.kpi_catalogue import Scope, kpi_catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An estimate with its interval, or why there is none: then `missing` says so, and the numbers are null."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    method: str = ""
    count: int = 0
    missing: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One KPI of one subject over a quarter, against its floor and target; `side` says on which side a floor is."""

    kpi: str
    title: str
    scope: Scope
    name: str
    verdict: str
    why: str
    seen: Seen
    unit: str
    better: str
    side: str
    floor: float | None
    target: float | None
    met: bool | None
    veto: bool
    pillar: str
    owner: str
    source: str
    independence: str
    before: Seen
    counter: str
    counter_seen: Seen
    fresh: float | None
    age_days: float | None
    overdue: bool


def seen_of(seen: Estimate | Missing) -> Seen:
    """As a page shows it."""
    if isinstance(seen, Missing):
        return Seen(missing=seen.reason, detail=seen.detail)
    ends = seen.interval
    return Seen(value=seen.value, low=ends.low, high=ends.high, level=ends.level, method=ends.method, count=seen.count)


def reading_of(one: KpiReading) -> Reading:
    """As a page shows it."""
    facts = kpi_catalogue()[one.kpi]
    return Reading(
        kpi=one.kpi,
        title=facts.title,
        scope=one.scope,
        name=one.name,
        verdict=one.verdict.value,
        why=one.why,
        seen=seen_of(one.seen),
        unit=one.unit,
        better=one.better,
        side=one.side,
        floor=None if one.floor is None else one.floor.bound,
        target=one.target,
        met=one.met,
        veto=one.veto,
        pillar=one.pillar,
        owner=one.owner,
        source=one.source,
        independence=one.independence,
        before=seen_of(one.before),
        counter=one.counter,
        counter_seen=seen_of(one.counter_seen),
        fresh=one.fresh,
        age_days=one.age,
        overdue=one.overdue,
    )
