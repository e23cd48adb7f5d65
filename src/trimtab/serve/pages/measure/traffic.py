"""Guard traffic: what guards ruled on in front of one system in the last hour and the last day."""

from collections.abc import Mapping
from dataclasses import dataclass

from trimtab.errors import UsageError
from trimtab.policy.keys import nearest
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.serve.pages.values.readings import Seen
from trimtab.workspace.traffic import Traffic, Window, traffic_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many texts on one side met with an action, or held a label, in the last hour and in the last day."""

    side: str
    what: str
    action: str
    hour: int
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A share of the texts on one side in the last day, with the interval of the rate behind it."""

    side: str
    what: str
    texts: int
    of: int
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRecord:
    """What the newest record of a guard sums up; times in microseconds since the epoch, UTC."""

    since: int
    until: int
    texts: int
    actions: tuple[Count, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficPage:
    """All of the page. `row` is the newest record of a guard, 0 where none wrote; `live` says that more may come.

    `guard` is the name of the guard that the policy puts there, empty for none. `slowest` is in seconds, of the day.
    """

    system: str
    guard: str
    row: int
    at: int
    live: bool
    hour: int
    day: int
    actions: tuple[Count, ...]
    labels: tuple[Count, ...]
    unlooked: tuple[Count, ...]
    rates: tuple[Rate, ...]
    slowest: float
    last: LastRecord | None


def traffic(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> TrafficPage:
    """Guard traffic of one system of the policy.

    Raises:
        UsageError: There is none of this name.
    """
    name = asked["system"]
    if name not in now.policy.systems:
        step = nearest(name, now.policy.systems) or "The systems page lists all."
        raise UsageError(f"there is no system {name[:80]!r} in the policy.", step)
    found = traffic_of(now.ledger, name, at=now.moment)
    return TrafficPage(
        system=name,
        guard=now.policy.systems[name].guard or "",
        row=found.row,
        at=now.moment,
        live=not now.fixed,
        hour=found.hour.texts,
        day=found.day.texts,
        actions=_actions(found.hour, found.day),
        labels=_labels(found),
        unlooked=_unlooked(found),
        rates=tuple(
            Rate(
                side=one.side,
                what=one.what,
                texts=one.texts,
                of=one.of,
                seen=Seen(
                    value=one.texts / one.of,
                    low=one.interval.low,
                    high=one.interval.high,
                    level=one.interval.level,
                    method=one.interval.method,
                    count=one.of,
                ),
            )
            for one in found.day.shares
        ),
        slowest=found.day.slowest,
        last=None if found.last is None else _last(found.last),
    )


# -- parts ---------------------------------------------------------------------------------


def _actions(hour: Window | None, day: Window) -> tuple[Count, ...]:
    lately = {(one.side, one.action): one.texts for one in hour.ruled} if hour else {}
    return tuple(
        Count(side=one.side, what="", action=one.action, hour=lately.get((one.side, one.action), 0), day=one.texts)
        for one in day.ruled
    )


def _labels(found: Traffic) -> tuple[Count, ...]:
    lately = {(one.side, one.label, one.action): one.texts for one in found.hour.labels}
    return tuple(
        Count(
            side=one.side,
            what=one.label,
            action=one.action,
            hour=lately.get((one.side, one.label, one.action), 0),
            day=one.texts,
        )
        for one in found.day.labels
    )


def _unlooked(found: Traffic) -> tuple[Count, ...]:
    lately = {(one.side, one.reason): one.checks for one in found.hour.unlooked}
    return tuple(
        Count(side=one.side, what=one.reason, action="", hour=lately.get((one.side, one.reason), 0), day=one.checks)
        for one in found.day.unlooked
    )


def _last(window: Window) -> LastRecord:
    return LastRecord(since=window.since, until=window.until, texts=window.texts, actions=_actions(None, window))
