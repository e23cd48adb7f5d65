"""Error budgets of a system at a moment: what a monitor would see then, what was recorded of it before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trimtab.decision.error_budget import burn_down
from trimtab.decision.hold import Hold
from trimtab.decision.kpis.budgets import left_of
from trimtab.decision.model import Decision
from trimtab.evidence import Alarm, BudgetChanged, HoldLifted, Ledger, Notified, Record
from trimtab.kinds import Estimate, Missing, Row
from trimtab.policy import Policy
from trimtab.workspace.holding import held
from trimtab.workspace.production import Production, production

LEVEL = 0.95
"""Coverage of the interval of what is left, for each budget by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A budget came into another state: when (microseconds since the epoch, UTC), and what was recorded of it."""

    row: int
    time: int
    record: BudgetChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An alarm, and what it led to until it ended, or by now. Moments in microseconds, `ended` 0 while it is open."""

    row: int
    time: int
    candidate: str
    alarm: Alarm
    ended: int
    changed: tuple[Changed, ...]
    told: tuple[str, ...]
    lifted: tuple[HoldLifted, ...]
    decided: tuple[Decision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgeted:
    """All of a system's budgets. `left` is the share left of each with its interval, `lines` how it went there."""

    system: str
    seen: Production
    left: Mapping[str, Estimate | Missing]
    lines: Mapping[str, Sequence[tuple[int, float]]]
    changes: tuple[Changed, ...]
    alarms: tuple[Raised, ...]
    hold: Hold | None


def budgets_of(ledger: Ledger, policy: Policy, system: str, *, decisions: Sequence[Decision], at: int) -> Budgeted:
    """What is left of the budgets of a system, and how that came about. Writes nothing.

    Args:
        ledger: With rulings, and what a monitor recorded, up to the last row that counts.
        policy: In force; the system has objectives in it.
        system: Which.
        decisions: The last word on each run, oldest first.
        at: Microseconds since the epoch, UTC.

    Raises:
        LedgerAlteredError: A row is not what was hashed.
    """
    seen = production(ledger, policy, system, at=at)
    own = [one for one in decisions if one.system == system]
    changes = tuple(
        Changed(row=row.seq, time=row.time, record=record)
        for row, record in _of(ledger, system, BudgetChanged)
        if isinstance(record, BudgetChanged)
    )
    return Budgeted(
        system=system,
        seen=seen,
        left={name: left_of(budget.payload(), LEVEL) for name, budget in seen.budgets.items()},
        lines={
            name: burn_down(stream.terms, stream.counts, severe=seen.severe[name], at=at)
            for name, stream in seen.streams.items()
        },
        changes=changes,
        alarms=tuple(_alarms(ledger, seen, changes, own)),
        hold=held(ledger, policy, own[-1], seen.budgets, at=at) if own else None,
    )


# -- parts ---------------------------------------------------------------------------------


def _alarms(
    ledger: Ledger, seen: Production, changes: Sequence[Changed], decisions: Sequence[Decision]
) -> Iterator[Raised]:
    """Every alarm, newest first."""
    lifts = [
        (row.time, record) for row, record in _of(ledger, seen.system, HoldLifted) if isinstance(record, HoldLifted)
    ]
    told: dict[int, list[str]] = {}
    for _, record in _of(ledger, seen.system, Notified):
        if isinstance(record, Notified):
            told.setdefault(record.alarm, []).append(record.to)
    open_: dict[tuple[str, str, str], tuple[Row, Alarm]] = {}
    found: list[tuple[Row, Alarm, int]] = []
    for row, record in _of(ledger, seen.system, Alarm):
        if not isinstance(record, Alarm):
            continue
        key = (row.candidate, record.metric, record.by)
        before = open_.pop(key, None)
        if before is not None:  # one that becomes more urgent is raised anew
            found.append((*before, row.time))
        if record.state == "raised":
            open_[key] = (row, record)
    found += [(row, alarm, 0) for row, alarm in open_.values()]
    for row, alarm, ended in sorted(found, key=lambda one: -one[0].seq):
        until = ended or seen.at
        yield Raised(
            row=row.seq,
            time=row.time,
            candidate=row.candidate,
            alarm=alarm,
            ended=ended,
            changed=tuple(
                one
                for one in changes
                if one.record.metric == alarm.metric and (one.record.row == alarm.row or row.time < one.time <= until)
            ),
            told=tuple(dict.fromkeys(told.get(row.seq, ()))),
            lifted=tuple(one for time, one in lifts if row.time <= time <= until),
            decided=tuple(one for one in decisions if row.time < one.time <= until),
        )


def _of(ledger: Ledger, system: str, kind: type[Record]) -> Iterator[tuple[Row, Record]]:
    return ((row, one) for row, one in ledger.records(kind=kind.kind) if row.system == system)
