"""Every run that a ledger holds, in short: what was asked of whom, how it ended, and what it cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trimtab.decision import Decision, from_payload
from trimtab.evidence import Ledger
from trimtab.evidence.records import Decided, RunFinished, RunStarted
from trimtab.workspace.baseline import counts_attacks
from trimtab.workspace.redteam import baseline_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One run; `began` and `ended` in microseconds since the epoch, UTC, 0 while it has not ended.

    `decision` is the last word on it, None where none was spoken. `gate` says that something was asked of it: a
    red-team baseline has no floor, and decides nothing.
    """

    run: str
    system: str
    policy: str
    began: int
    started: RunStarted
    ended: int = 0
    finished: RunFinished | None = None
    decision: Decision | None = None
    attacks: tuple[str, ...] = field(default=())  # metrics that count attacks
    gate: bool = True


def runs_of(ledger: Ledger, *, upto: int) -> list[Ran]:
    """All runs that had begun by a row, the newest first.

    Raises:
        LedgerAlteredError: A row is not what was hashed.
    """
    last = {
        row.run: record.decision
        for row, record in ledger.records(kind=Decided.kind, upto=upto)
        if isinstance(record, Decided)
    }
    ended: dict[str, tuple[int, RunFinished]] = {}
    for row, record in ledger.records(kind=RunFinished.kind, upto=upto):
        if isinstance(record, RunFinished):
            ended[row.run] = row.time, record
    found: dict[str, Ran] = {}
    for row, record in ledger.records(kind=RunStarted.kind, upto=upto):
        if isinstance(record, RunStarted) and row.run not in found:  # one that went on has begun more than once
            at, finished = ended.get(row.run, (0, None))
            decision = from_payload(last[row.run]) if row.run in last else None
            found[row.run] = Ran(
                run=row.run,
                system=row.system,
                policy=row.policy,
                began=row.time,
                started=record,
                ended=at,
                finished=finished,
                decision=decision,
                attacks=_attacks(record.metrics),
                gate=decision is None or not baseline_of(decision),
            )
    return [*found.values()][::-1]


def _attacks(metrics: Mapping[str, Mapping[str, object]]) -> tuple[str, ...]:
    return tuple(name for name, facts in metrics.items() if counts_attacks(facts))
