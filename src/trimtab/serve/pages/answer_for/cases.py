"""Incidents and findings: their clocks, the clocks of the law, and near misses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trimtab.decision.incidents import Finding, Incident, findings, incidents
from trimtab.decision.kpis.cases import due_of as decided_due
from trimtab.decision.kpis.cases import limit_of
from trimtab.decision.kpis.practice import clocks
from trimtab.evidence.entries.findings import NearMiss
from trimtab.policy.spans import DAY
from trimtab.serve.pages.snapshot import Snapshot, Standing

_SEVERITIES = ("S1", "S2", "S3", "S4")
_STEPS = (("detected", "R01", "detect"), ("contained", "R02", "contain"), ("verified", "R04", "fix"))
_NEAR = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One step of an incident: how long it took, or takes already, and how long it may, in hours.

    `state` is `in time`, `late`, `running`, `overdue`, or `unknown` where nobody knows when it began or how long it may
    take.
    """

    step: str
    hours: float | None
    limit: float | None
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An incident. Moments are microseconds since the epoch, UTC; 0 for what has not happened or nobody knows."""

    id: str
    row: int
    severity: str
    system: str
    hazard: str
    what: str
    opened: int
    started: int
    detected: int
    contained: int
    fixed: int
    verified: int
    reopened: int
    found_by: str
    duty: str
    open: bool
    clocks: tuple[Clock, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A report that the law asks for; `days` are left, or were when it was made; below 0 it ran out."""

    incident: str
    severity: str
    system: str
    duty: str
    began: int
    due: int
    reported: int
    days: float
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A finding."""

    id: str
    row: int
    severity: str
    system: str
    what: str
    origin: str
    owner: str
    opened: int
    due: int
    fixed: int
    verified: int
    reopened: int
    control: str
    open: bool
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A near miss."""

    id: str
    row: int
    severity: str
    system: str
    hazard: str
    what: str
    stopped_by: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """All of the page; open cases first, then those of the quarter."""

    quarter: str
    open_incidents: int
    open_findings: int
    late: int
    incidents: tuple[Case, ...]
    timers: tuple[Timer, ...]
    findings: tuple[Found, ...]
    near_misses: tuple[Near, ...]
    near_count: int


def cases(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> Cases:
    """Incidents and findings that are open, or were opened or closed in a quarter."""
    period, system = now.period(asked.get("quarter", "")), asked.get("system", "")
    mine = [one for one in incidents(now.books, before=now.moment) if system in ("", one.opened.system)]
    shown = [one for one in mine if one.open or period.holds(one.opened.at) or period.holds(one.verified)]
    found = tuple(_found(now, system, period.start, period.end))
    near = [one for one in now.books.all(NearMiss) if period.holds(one.entry.at) and one.entry.at < now.moment]
    near = [one for one in near if system in ("", one.entry.system)]
    listed = tuple(
        sorted((_case(now, one) for one in shown), key=lambda one: (not one.open, one.severity, -one.opened))
    )
    return Cases(
        quarter=period.name,
        open_incidents=sum(one.open for one in listed),
        open_findings=sum(one.open for one in found),
        late=sum(one.late for one in found) + sum(any(c.state == "overdue" for c in one.clocks) for one in listed),
        incidents=listed,
        timers=tuple(_timers(now, {one.opened.incident: one for one in mine})),
        findings=found,
        near_misses=tuple(
            Near(
                id=one.entry.near_miss,
                row=one.seq,
                severity=one.entry.severity,
                system=one.entry.system,
                hazard=one.entry.hazard,
                what=one.entry.what,
                stopped_by=one.entry.stopped_by,
                at=one.entry.at,
            )
            for one in sorted(near, key=lambda one: -one.entry.at)[:_NEAR]
        ),
        near_count=len(near),
    )


def due_of(now: Snapshot, one: Finding) -> int:
    """By when a finding is to be mended: what was agreed, else what the limits say; 0 where nobody said."""
    return decided_due(now.policy, one)


# -- parts ---------------------------------------------------------------------------------


def _case(now: Snapshot, one: Incident) -> Case:
    opened = one.opened
    return Case(
        id=opened.incident,
        row=one.seq,
        severity=opened.severity,
        system=opened.system,
        hazard=opened.hazard,
        what=opened.what,
        opened=opened.at,
        started=one.started,
        detected=one.detected,
        contained=one.contained,
        fixed=one.fixed,
        verified=one.verified,
        reopened=one.reopened,
        found_by=opened.found_by,
        duty=opened.duty,
        open=one.open,
        clocks=tuple(_clock(now, one, *step) for step in _STEPS),
    )


def _clock(now: Snapshot, one: Incident, done: str, kpi: str, step: str) -> Clock:
    limit = limit_of(now.policy, kpi, step, system=one.opened.system, severity=one.opened.severity)
    began = one.started if step == "detect" else one.detected
    ended = int(getattr(one, done))
    if not began or limit is None:
        state, hours = "unknown" if ended or not began else "running", None
    else:
        took = (ended or now.moment) - began
        hours = took / (DAY / 24)
        state = ("in time" if took <= limit else "late") if ended else "running" if took <= limit else "overdue"
    return Clock(step=step, hours=hours, limit=None if limit is None else limit / (DAY / 24), state=state)


def _timers(now: Snapshot, known: Mapping[str, Incident]) -> Iterator[Timer]:
    asked = now.evidence.asked(now.policy, now.period(), asof=now.moment)
    running = sorted(clocks(asked), key=lambda one: (bool(one.reported), one.due))
    for one in running:
        case = known.get(one.incident)
        if case is None:
            continue
        state = ("in time" if one.in_time else "late") if one.reported else "running" if one.margin >= 0 else "overdue"
        yield Timer(
            incident=one.incident,
            severity=case.opened.severity,
            system=case.opened.system,
            duty=case.opened.duty,
            began=one.began,
            due=one.due,
            reported=one.reported,
            days=one.margin,
            state=state,
        )


def _found(now: Snapshot, system: str, start: int, end: int) -> Iterator[Found]:
    mine = [one for one in findings(now.books, before=now.moment) if system in ("", one.opened.system)]
    shown = [one for one in mine if one.open or start <= one.opened.at < end or start <= one.verified < end]
    for one in sorted(shown, key=lambda one: (not one.open, one.opened.severity, due_of(now, one))):
        opened, due = one.opened, due_of(now, one)
        yield Found(
            id=opened.finding,
            row=one.seq,
            severity=opened.severity,
            system=opened.system,
            what=opened.what,
            origin=opened.origin,
            owner=opened.owner,
            opened=opened.at,
            due=due,
            fixed=one.fixed,
            verified=one.verified,
            reopened=one.reopened,
            control=opened.control,
            open=one.open,
            late=one.open and 0 < due < now.moment,
        )
