"""Publishes figures, and computes again what was published: from the ledger alone, to the digit."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from importlib import import_module
from pathlib import Path
from typing import Any

from trimtab import __version__
from trimtab._canonical import canonical
from trimtab.decision.entry_rules.doubt import Held, known_actor
from trimtab.errors import TrimtabError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.published import Published
from trimtab.evidence.records import Decided, Subject
from trimtab.kinds import Row
from trimtab.policy import Policy
from trimtab.workspace.keeping import adopted
from trimtab.workspace.recall import recall_policy
from trimtab.workspace.workspace import Workspace

Compute = Callable[[Ledger, Policy, Mapping[str, Any], int, int], Mapping[str, Any]]
"""(ledger, policy, what is asked, last row, moment in microseconds) -> the figures, as JSON."""

COMPUTED: dict[str, str] = {
    "benefits": "trimtab.workspace.reviewing:benefit_figures",
    "kpi": "trimtab.workspace.kpis:compute",
    "review": "trimtab.workspace.reviewing:review_figures",
    "allocation": "trimtab.workspace.money:plan",
    "committee": "trimtab.workspace.money:drawn",
    "loss": "trimtab.workspace.money:losses",
    "settlement": "trimtab.workspace.money:settled",
    "board": "trimtab.workspace.board:figures",
    "scorecard": "trimtab.workspace.scorecards:figures",
    "recalibration": "trimtab.workspace.recalibrating:figures",
    "incentive-rule": "trimtab.workspace.incentives:rule_figures",
    "incentives": "trimtab.workspace.incentives:figures",
    "vendors": "trimtab.workspace.standings:vendors_published",
}
"""What can be published, and the function that computes it, as `module:function`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One published figure or decision, computed again."""

    what: str
    row: int
    asof: int
    same: bool
    why: str = ""  # it is not the same


def publish(
    ledger: Ledger, policy: Policy, what: str, *, by: str, asked: Mapping[str, Any], now: int | None = None
) -> Published:
    """Compute figures from what the ledger holds now, and record that they were published.

    Args:
        ledger: The evidence, and where it is recorded.
        policy: In force.
        what: One of `COMPUTED`.
        by: Who publishes.
        asked: Arguments of the computation, as JSON.
        now: Microseconds since the epoch, UTC; the ledger's clock if left out.

    Raises:
        LedgerError: It cannot be read or recorded.
    """
    head = ledger.head()
    row, moment = head.seq if head else 0, now if now is not None else ledger.now()
    made = Published(
        what=what,
        row=row,
        asof=moment,
        by=by,
        asked=dict(asked),
        result=dict(_compute(what)(ledger, policy, asked, row, moment)),
        trimtab=__version__,
    )
    ledger.append(
        [*adopted(ledger, policy), made],
        subject=Subject(),
        run="",
        maker=f"trimtab/{__version__}",
        policy=policy.digest,
        durable=True,
    )
    return made


def last_published(ledger: Ledger, what: str) -> tuple[Row, Published] | None:
    """What was published last under a name, read back from its row, which is found by seek.

    Raises:
        LedgerAlteredError: The row is not what was hashed.
    """
    last = [row.seq for row in ledger.latest(metric=what) if row.kind == Published.kind]
    for row, record in ledger.records(after=last[-1] - 1, upto=last[-1]) if last else ():
        if isinstance(record, Published) and record.what == what:
            return row, record
    return None


def check_actor(ledger: Ledger, policy: Policy, by: str, moment: int) -> None:
    """Make sure, before anything is published, that whoever does it is listed and has not left.

    Raises:
        UsageError: They may not.
    """
    if not by:
        raise UsageError("nobody is named who does this.", "Give --by, or set TRIMTAB_BY.")
    held = Held(books=Books(), policy=policy, now=max(moment, ledger.now()))
    for doubt in known_actor(by, held, "by", at=moment):
        raise UsageError(f"--by: {doubt.what}.", doubt.next_step)


def row_of(ledger: Ledger, made: Published) -> int:
    """Where something that was just published stands; others may have published at the same moment."""
    told = canonical(made.payload())
    later = ledger.records(after=made.row, kind=Published.kind)
    rows = [row.seq for row, one in later if isinstance(one, Published) and canonical(one.payload()) == told]
    return rows[-1] if rows else 0


def compute_now(ledger: Ledger, policy: Policy, what: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """What `publish` would publish now; nothing is recorded."""
    head = ledger.head()
    return _compute(what)(ledger, policy, asked, head.seq if head else 0, ledger.now())


def replay(ledger: Ledger) -> Iterator[Replayed]:
    """Everything that was published or decided, oldest first, computed again and compared.

    Given a `LivingLedger`, each row of the ledger is read once, however much was published.

    Raises:
        LedgerAlteredError: A row is not what was hashed.
    """
    workspace = Workspace(policy=None, base=Path(), ledger=ledger, replies=Path())
    last = {row.run: row.seq for row in ledger.rows(kind=Decided.kind)}
    for row in merge(ledger.rows(kind=Decided.kind), ledger.rows(kind=Published.kind), key=lambda row: row.seq):
        if row.kind == Published.kind:
            yield replay_row(ledger, row)
        elif last[row.run] == row.seq:  # the last word on a run is the one that counts
            yield _decided(workspace, row)


def replay_row(ledger: Ledger, row: Row) -> Replayed:
    """One row in which something was published, computed again and compared.

    Raises:
        LedgerAlteredError: The row is not what was hashed.
    """
    made = next(record for _, record in ledger.records(after=row.seq - 1, upto=row.seq))
    assert isinstance(made, Published)
    why = ""
    if made.row >= row.seq:
        why = f"it was computed from rows up to {made.row:,}, which came after it"
    elif made.what not in COMPUTED:
        why = f"this version computes no {made.what!r}; trimtab {made.trimtab} did"
    else:
        try:
            policy = recall_policy(ledger, row.policy)
            result = _compute(made.what)(ledger, policy, made.asked, made.row, made.asof)
            why = _differs(made, result)
        except TrimtabError as error:
            why = str(error)
        except Exception as error:  # noqa: BLE001  # what was asked may be anything, and a crash is no figure
            why = f"cannot be computed ({type(error).__name__})"
    return Replayed(what=made.what, row=row.seq, asof=made.asof, same=not why, why=why)


def _decided(workspace: Workspace, row: Row) -> Replayed:
    why = ""
    try:
        workspace.recomputed(row.run)
    except TrimtabError as error:
        why = str(error)
    return Replayed(what=f"decision {row.run}", row=row.seq, asof=row.time, same=not why, why=why)


def _differs(made: Published, again: Mapping[str, Any]) -> str:
    if canonical(dict(again)) == canonical(dict(made.result)):
        return ""
    names = sorted({*again, *made.result})
    changed = [name for name in names if canonical(again.get(name)) != canonical(made.result.get(name))]
    return f"{', '.join(changed[:5])} come out otherwise than published by trimtab {made.trimtab}"


def _compute(what: str) -> Compute:
    module, _, name = COMPUTED[what].partition(":")
    found: Compute = getattr(import_module(module), name)
    return found
