"""What guards ruled on in front of a system lately: counts by side, action and label, as their logs summed them up."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from trimtab.decision.production import Share, shares
from trimtab.evidence import Ledger, Rulings
from trimtab.kinds import Row

K = TypeVar("K", bound=tuple[str, ...])

HOUR = 3_600_000_000  # microseconds
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """So many texts on one side met with one action."""

    side: str
    action: str
    texts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """So many texts on one side held something of one label, with what was done about it."""

    side: str
    label: str
    action: str
    texts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlooked:
    """So many checks on one side were not made, and why."""

    side: str
    reason: str
    checks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Everything that was ruled in a stretch of time, microseconds since the epoch, UTC; most texts first.

    A record counts whole, by its last ruling: guards sum up for as long as a minute. `slowest` is in seconds.
    """

    since: int
    until: int
    records: int
    texts: int
    ruled: tuple[Ruled, ...]
    labels: tuple[Labelled, ...]
    unlooked: tuple[Unlooked, ...]
    shares: tuple[Share, ...]
    slowest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """The last hour, the last day, and the last record by itself (None where a guard never wrote); `row` is its row."""

    system: str
    row: int
    hour: Window
    day: Window
    last: Window | None


def last_ruling(ledger: Ledger, system: str) -> Row | None:
    """The row of the newest record of a guard in front of a system."""
    return ledger.last(Rulings.kind, system=system)


def traffic_of(ledger: Ledger, system: str, *, at: int) -> Traffic:
    """What guards ruled on up to a moment, by the rows that the ledger holds.

    Raises:
        LedgerAlteredError: A row is not what was hashed.
    """
    newest = last_ruling(ledger, system)
    if newest is None:
        return Traffic(system=system, row=0, hour=_summed([], at - HOUR, at), day=_summed([], at - DAY, at), last=None)
    at = max(at, newest.time)
    found = _records(ledger, system, after=ledger.before(at - DAY))
    last = found[-1:] or _records(ledger, system, after=newest.seq - 1, upto=newest.seq)
    return Traffic(
        system=system,
        row=newest.seq,
        hour=_summed([one for one in found if one.ended > at - HOUR], at - HOUR, at),
        day=_summed([one for one in found if one.ended > at - DAY], at - DAY, at),
        last=_summed(last, last[0].begun, last[0].ended),
    )


def _records(ledger: Ledger, system: str, *, after: int, upto: int | None = None) -> list[Rulings]:
    rows = ledger.records(after=after, upto=upto, kind=Rulings.kind)
    return [record for row, record in rows if row.system == system and isinstance(record, Rulings)]


def _summed(records: Iterable[Rulings], since: int, until: int) -> Window:
    ruled: Counter[tuple[str, str]] = Counter()
    labels: Counter[tuple[str, str, str]] = Counter()
    unlooked: Counter[tuple[str, str]] = Counter()
    held, slowest = [*records], 0.0
    for record in held:
        slowest = max(slowest, record.slowest)
        for row in record.rulings:
            ruled[row["side"], row["action"]] += row["count"]
        for row in record.findings:  # those of an early version counted findings alone
            labels[row["side"], row["label"], row["action"]] += row.get("texts", row["count"])
        for row in record.skipped:
            unlooked[row["side"], row["reason"]] += row["count"]
    return Window(
        since=since,
        until=until,
        records=len(held),
        texts=ruled.total(),
        ruled=tuple(Ruled(side=side, action=action, texts=n) for (side, action), n in _most(ruled)),
        labels=tuple(Labelled(side=s, label=label, action=a, texts=n) for (s, label, a), n in _most(labels)),
        unlooked=tuple(Unlooked(side=side, reason=reason, checks=n) for (side, reason), n in _most(unlooked)),
        shares=tuple(shares(held)),
        slowest=slowest,
    )


def _most(counted: Counter[K]) -> list[tuple[K, int]]:
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))
