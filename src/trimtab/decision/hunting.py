"""What follows from a risk hunt: how much it yields an hour, who found it first, and what is probably still hidden.

A pure function of the rows of the hunt and a moment. Findings that are the
same thing (named so, or made at the same place) are one flaw. Nothing filed after the end
counts in the estimate, whatever a clock says: time never runs backwards
within a hunt.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from trimtab.errors import InsufficientEvidenceError
from trimtab.evidence.hunting import HuntClosed, HuntFiled, HuntOpened, HuntTriaged
from trimtab.evidence.records import Record
from trimtab.kinds import Estimate, Interval, Missing, Row
from trimtab.stats.binomial import clopper_pearson
from trimtab.stats.counts import poisson_rate
from trimtab.stats.recapture import Hidden, hidden

SEVERITIES = ("S1", "S2", "S3", "S4")
"""From the worst on."""

_HOUR = 3_600_000_000  # microseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """One finding as it stands: what was filed, when (microseconds, never before the row ahead), what became of it."""

    filed: HuntFiled
    candidate: str
    row: int
    at: int
    late: bool
    same_as: str = ""  # as filed, until somebody rules otherwise: the same as another one, or a flaw of its own
    borrowed: bool = False  # its case was seen in a run that another hunter had filed from before
    ruling: str = ""  # of whoever triaged it last; empty while nobody has
    flaw: str = ""  # the first finding of the same flaw

    @property
    def counts(self) -> bool:
        """Whether it speaks for its flaw: not late, unless a customer found it, not refused, and not another's."""
        if self.ruling == "invalid" or self.borrowed:
            return False
        return not self.late or self.filed.found_by == "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunt:
    """A hunt as the ledger holds it."""

    hunt: str
    system: str
    policy: str  # digest
    opened: HuntOpened
    began: int  # microseconds since the epoch, UTC
    findings: tuple[Filed, ...] = ()
    closed: HuntClosed | None = None
    closed_row: int = 0
    closed_at: int = 0
    twice: tuple[str, ...] = ()  # ids that were filed again; the first stands

    @property
    def ends(self) -> int:
        """When its time is over, unless it is closed before."""
        return self.began + round(self.opened.hours * _HOUR)

    def over(self, moment: int) -> bool:
        """Whether nothing that is filed at that moment counts any more."""
        return self.closed is not None or moment > self.ends

    def borrows(self, filed: HuntFiled) -> bool:
        """Whether a hunter files what a run saw that another one has filed from: found once, and not by two."""
        return filed.found_by == "hunter" and any(one != filed.hunter for one in self.filed_from(filed.source))

    def filed_from(self, run: str) -> tuple[str, ...]:
        """The hunter whose run it is, as the first who filed from it; nobody of no run."""
        of_run = (one.filed for one in self.findings if run and one.filed.source == run and not one.borrowed)
        return tuple(dict.fromkeys(one.hunter for one in of_run if one.found_by == "hunter"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Yield:
    """Flaws that hunters were the first to find, per hour of one hunter."""

    flaws: int
    hours: float
    value: float
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class HuntResult:
    """What a hunt comes to. Counts are of flaws where they do not say findings."""

    findings: int
    late: int  # findings
    invalid: int  # findings
    untriaged: int  # findings that nobody has looked at; they count until somebody refuses them
    by_severity: Mapping[str, int]  # of flaws that hunters found in time
    by_hunter: Mapping[str, int]
    found_by: Mapping[int, int]  # how many hunters found it -> flaws
    per_hour: Yield
    customers: Estimate | Missing  # share of flaws that a customer found first
    hidden: Hidden | Missing


def hunt_of(rows: Iterable[tuple[Row, Record]]) -> Hunt | None:
    """The hunt that rows of one id tell of, in their order; None when none of them opens it."""
    found: Hunt | None = None
    now = 0
    for row, record in rows:
        if isinstance(record, HuntOpened):
            if found is None:
                found = Hunt(hunt=row.run, system=row.system, policy=row.policy, opened=record, began=row.time)
                now = row.time
            continue
        if found is None:
            continue
        now = max(now, row.time, record.after if isinstance(record, HuntFiled) else 0)
        found = _after(found, row, record, now)
    return None if found is None else _grouped(found)


def hunts_of(rows: Iterable[tuple[Row, Record]]) -> list[Hunt]:
    """Every hunt that rows tell of, in the order in which they began; the rows of each in their order."""
    by_id: dict[str, list[tuple[Row, Record]]] = {}
    for row, record in rows:
        by_id.setdefault(row.run, []).append((row, record))
    return [found for ones in by_id.values() if (found := hunt_of(ones)) is not None]


def _after(hunt: Hunt, row: Row, record: Record, now: int) -> Hunt:
    known = [one.filed.finding for one in hunt.findings]
    if isinstance(record, HuntFiled):
        if record.finding in known:
            return replace(hunt, twice=(*hunt.twice, record.finding))
        made = Filed(
            filed=record,
            candidate=row.candidate,
            row=row.seq,
            at=now,
            late=hunt.over(now),
            same_as=record.same_as,
            borrowed=hunt.borrows(record),
        )
        return replace(hunt, findings=(*hunt.findings, made))
    if isinstance(record, HuntTriaged) and record.finding in known:
        # A ruling replaces what the hunter said: nobody settles alone that they found what another one found.
        ruled = (
            replace(one, ruling=record.ruling, same_as=record.same_as) if one.filed.finding == record.finding else one
            for one in hunt.findings
        )
        return replace(hunt, findings=tuple(ruled))
    if isinstance(record, HuntClosed) and hunt.closed is None:
        return replace(hunt, closed=record, closed_row=row.seq, closed_at=now)
    return hunt


def _grouped(hunt: Hunt) -> Hunt:
    """Each finding with the flaw that it is of: joined by name, and by place, in any order and through others."""
    flaw = {one.filed.finding: one.filed.finding for one in hunt.findings}

    def first(name: str) -> str:
        while flaw[name] != name:
            flaw[name] = name = flaw[flaw[name]]
        return name

    order = {name: place for place, name in enumerate(flaw)}
    places: dict[str, str] = {}
    for one in hunt.findings:
        if one.ruling == "invalid" or one.borrowed:  # what is none joins nothing
            continue
        name = one.filed.finding
        others = [one.same_as] if one.same_as in flaw else []
        if one.filed.place:
            others.append(places.setdefault(one.filed.place, name))
        for other in others:
            early, later = sorted((first(name), first(other)), key=order.__getitem__)
            flaw[later] = early
    return replace(hunt, findings=tuple(replace(one, flaw=first(one.filed.finding)) for one in hunt.findings))


def judge_hunt(hunt: Hunt) -> HuntResult:
    """What a hunt comes to, from what was filed by now.

    Flaws that hunters find are those with a finding in time. A flaw is a customer's if the first finding of it was, in
    time or not: what customers find after a hunt is what it has missed.
    """
    level = hunt.opened.level
    flaws = _flaws(hunt)
    caught: dict[str, set[str]] = {name: set() for name in hunt.opened.hunters}
    customers = 0
    by_severity = dict.fromkeys(SEVERITIES, 0)
    new = 0
    for flaw, findings in flaws.items():
        first = min(findings, key=lambda one: (one.at, one.row))
        customers += first.filed.found_by == "customer"
        hunters = [one for one in findings if one.filed.found_by == "hunter" and one.filed.hunter in caught]
        for one in hunters:
            caught[one.filed.hunter].add(flaw)
        if hunters:
            by_severity[min(one.filed.severity for one in hunters)] += 1
            new += first.filed.found_by == "hunter"
    finders = [sum(flaw in one for one in caught.values()) for flaw in flaws]
    return HuntResult(
        findings=len(hunt.findings),
        late=sum(one.late for one in hunt.findings),
        invalid=sum(one.ruling == "invalid" for one in hunt.findings),
        untriaged=sum(not one.ruling for one in hunt.findings),
        by_severity=by_severity,
        by_hunter={name: len(one) for name, one in caught.items()},
        found_by={times: finders.count(times) for times in sorted(set(finders) - {0})},
        per_hour=_per_hour(new, hunt, level),
        customers=_share(customers, len(flaws), level),
        hidden=_hidden(caught, level),
    )


class NewFlaw(NamedTuple):
    """A flaw that hunters were the first to find: how bad they say it is, and whether somebody ruled that it is one."""

    severity: str
    valid: bool


def new_flaws(hunt: Hunt) -> list[NewFlaw]:
    """The flaws of a hunt that hunters were the first to find, those included that nobody has looked at."""
    found = []
    for findings in _flaws(hunt).values():
        first = min(findings, key=lambda one: (one.at, one.row))
        if first.filed.found_by == "hunter" and first.filed.hunter in hunt.opened.hunters:
            of_hunters = [one.filed.severity for one in findings if one.filed.found_by == "hunter"]
            found.append(NewFlaw(min(of_hunters), any(one.ruling == "valid" for one in findings)))
    return found


def _flaws(hunt: Hunt) -> dict[str, list[Filed]]:
    flaws: dict[str, list[Filed]] = {}
    for one in hunt.findings:
        if one.counts:
            flaws.setdefault(one.flaw, []).append(one)
    return flaws


def hunter_hours(hunt: Hunt) -> float:
    """Of all hunters together: each the whole time, unless they are said to have spent less of it."""
    spent = hunt.closed.spent if hunt.closed else {}
    return sum(min(spent.get(name, hunt.opened.hours), hunt.opened.hours) for name in hunt.opened.hunters)


def _per_hour(new: int, hunt: Hunt, level: float) -> Yield:
    hours = hunter_hours(hunt)
    seen = poisson_rate(new, hours, level=level)
    rounded = Interval(_digits(seen.low), _digits(seen.high), level, seen.method)
    return Yield(flaws=new, hours=hours, value=_digits(new / hours), interval=rounded)


def _share(customers: int, flaws: int, level: float) -> Estimate | Missing:
    if not flaws:
        return Missing("no-findings", "nobody has found anything")
    seen = clopper_pearson(customers, flaws, level=level)
    rounded = Interval(_digits(seen.low), _digits(seen.high), level, seen.method)
    return Estimate(value=_digits(customers / flaws), interval=rounded, count=flaws, cases=flaws)


def _hidden(caught: Mapping[str, set[str]], level: float) -> Hidden | Missing:
    try:
        seen = hidden(list(caught.values()), level=level)
    except InsufficientEvidenceError as error:
        return Missing("insufficient", f"{error.metric}: {error.have}, and at least {error.need} are needed")
    low, high = _digits(seen.interval.low), _digits(seen.interval.high)
    return replace(seen, hidden=_digits(seen.hidden), interval=Interval(low, high, level, seen.interval.method))


def hunt_payload(result: HuntResult) -> dict[str, Any]:
    """JSON form; what is missing is there with its reason."""
    share, left = result.customers, result.hidden
    return {
        "findings": result.findings,
        "late": result.late,
        "invalid": result.invalid,
        "untriaged": result.untriaged,
        "by_severity": dict(result.by_severity),
        "by_hunter": dict(result.by_hunter),
        "found_by": {str(times): count for times, count in result.found_by.items()},
        "per_hour": {
            "flaws": result.per_hour.flaws,
            "hours": result.per_hour.hours,
            "value": result.per_hour.value,
            **_ends(result.per_hour.interval),
        },
        "customers": _missing(share)
        if isinstance(share, Missing)
        else {"value": share.value, "flaws": share.count, **_ends(share.interval)},
        "hidden": _missing(left)
        if isinstance(left, Missing)
        else {
            "value": left.hidden,
            "found": left.found,
            "again": left.again,
            "estimator": left.method,
            **_ends(left.interval),
        },
    }


def _missing(seen: Missing) -> dict[str, str]:
    return {"missing": seen.reason, "detail": seen.detail}


def _ends(interval: Interval) -> dict[str, float | str | None]:
    """A high end beyond all numbers is null, which JSON has."""
    high = None if math.isinf(interval.high) else interval.high
    return {"low": interval.low, "high": high, "level": interval.level, "method": interval.method}


def _digits(value: float) -> float:
    """Twelve, so that a result computed elsewhere agrees to the digit."""
    return float(f"{value:.12g}")
