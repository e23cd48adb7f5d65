"""A recorded decision made again from the ledger alone, as it stood at a row."""

from dataclasses import replace
from pathlib import Path

from trimtab.decision import decide, from_payload, to_payload
from trimtab.errors import UnreproducibleError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.records import Decided
from trimtab.report import LedgerFacts, Report
from trimtab.workspace.recall import recall_earlier, recall_policy, recall_run
from trimtab.workspace.showing import report_of


def decided_again(
    ledger: Ledger, run: str, *, base: Path, file: str = "", upto: int = 0, built_in: bool = False
) -> Report:
    """The last decision of a run, computed from its observations and the policy of then; the same to the digit.

    Args:
        ledger: Where it is. Each row's hash is checked as it is read; whether all rows follow is for others to verify.
        run: Its whole name.
        base: Folder that file suites are looked for in.
        file: The policy's, as people type it.
        upto: Rows after this one are left out; 0 for none.
        built_in: Make only cases of built-in suites again: those of other suites may run code that the policy names.

    Raises:
        UsageError: No such run, or it was never decided.
        UnreproducibleError: Today's code decides differently.
        LedgerAlteredError: A row is not what was hashed.
    """
    last = max((row.seq for row in ledger.rows(run=run, kind=Decided.kind, upto=upto or None)), default=0)
    recalled = recall_run(ledger, run, upto=last or upto)
    if recalled.decided is None:
        raise UsageError(f"run {run} was never decided.", "Go on with it: `trimtab run`.")
    policy = recall_policy(ledger, recalled.policy_digest)
    recorded = from_payload(recalled.decided.decision)
    earlier = recall_earlier(ledger, recalled, policy, upto=recalled.decided_seq)
    measured = replace(recalled.measurements(), earlier=earlier)
    again = decide(policy, recalled.system, measured, run=recalled.run, time=recorded.time)
    if to_payload(again) != to_payload(recorded):
        raise UnreproducibleError(recalled.run, recalled.started.trimtab)
    made = report_of(ledger, policy, recorded, recalled, base=base, file=file, built_in=built_in)
    return replace(made, ledger=facts_at(ledger, made.ledger, upto)) if upto else made


def facts_at(ledger: Ledger, facts: LedgerFacts, upto: int) -> LedgerFacts:
    """The ledger as it was at a row, which nobody has verified here."""
    row = next(ledger.rows(after=upto - 1, upto=upto), None)
    before = [one for one in ledger.checkpoints() if one.size <= upto]
    return replace(
        facts,
        size=upto,
        head=row.hash.hex() if row else "",
        checkpoint=before[-1].root.hex() if before else "",
        verified=None,
    )
