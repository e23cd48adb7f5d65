"""Hunts as pages show them: what hunters found, how quickly, and what they probably left."""

from collections.abc import Iterator
from dataclasses import dataclass

from trimtab.decision.hunting import Hunt, HuntResult, judge_hunt
from trimtab.kinds import Missing
from trimtab.serve.pages.snapshot import Snapshot
from trimtab.serve.pages.values.readings import Seen, seen_of
from trimtab.workspace.hunt import Shown

_FOUND = 50  # findings of one hunt


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One finding; `ruling` is of whoever triaged it last, `counts` whether it speaks for its flaw."""

    finding: str
    flaw: str
    severity: str
    hazard: str
    hunter: str
    way: str
    at: int
    late: bool
    ruling: str
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HuntLine:
    """One hunt; times in microseconds since the epoch, UTC. `per_hour` is flaws per hour of one hunter.

    `hidden` estimates how many flaws nobody has found, from `again`, those that several found. Findings are listed
    when the hunt is over: who reads them hunts no longer apart.
    """

    hunt: str
    system: str
    state: str
    began: int
    ends: int
    hunters: int
    hours: float
    findings: int
    flaws: int
    again: int
    severities: tuple[tuple[str, int], ...]
    per_hour: Seen
    hidden: Seen
    customers: Seen
    listed: tuple[Found, ...]


def hunts(now: Snapshot) -> tuple[HuntLine, ...]:
    """Every hunt, the newest first."""
    return tuple(_line(hunt, now.moment) for hunt in now.evidence.hunts[::-1] if hunt.began <= now.moment)


def _line(hunt: Hunt, moment: int) -> HuntLine:
    result = judge_hunt(hunt)
    state = Shown(hunt=hunt, result=result, moment=moment).state
    pace, share = result.per_hour, result.customers
    return HuntLine(
        hunt=hunt.hunt,
        system=hunt.system,
        state=state,
        began=hunt.began,
        ends=hunt.closed_at or hunt.ends,
        hunters=len(hunt.opened.hunters),
        hours=pace.hours,
        findings=result.findings,
        flaws=sum(result.by_severity.values()),
        again=0 if isinstance(result.hidden, Missing) else result.hidden.again,
        severities=tuple(result.by_severity.items()),
        per_hour=Seen(
            value=pace.value,
            low=pace.interval.low,
            high=pace.interval.high,
            level=pace.interval.level,
            method=pace.interval.method,
            count=pace.flaws,
        ),
        hidden=_hidden(result),
        customers=seen_of(share),
        listed=() if state == "open" else tuple(_found(hunt)),
    )


def _hidden(result: HuntResult) -> Seen:
    left = result.hidden
    if isinstance(left, Missing):
        return seen_of(left)
    ends = left.interval
    return Seen(value=left.hidden, low=ends.low, high=ends.high, level=ends.level, method=left.method, count=left.found)


def _found(hunt: Hunt) -> Iterator[Found]:
    for one in hunt.findings[:_FOUND]:
        yield Found(
            finding=one.filed.finding,
            flaw=one.flaw,
            severity=one.filed.severity,
            hazard=one.filed.hazard,
            hunter=one.filed.hunter,
            way=one.filed.case or one.filed.way,
            at=one.at,
            late=one.late,
            ruling=one.ruling,
            counts=one.counts,
        )
