"""A decision with all that stands around it, made from the ledger, for whoever shows it."""

from collections.abc import Mapping
from pathlib import Path

from trimtab.decision import Decision, explore
from trimtab.evidence import Ledger
from trimtab.evidence.records import Observation
from trimtab.kinds import Missing
from trimtab.measure.suites import LoadedSuite
from trimtab.policy import Policy
from trimtab.report import Changed, Example, LedgerFacts, Report
from trimtab.workspace.baseline import baselines
from trimtab.workspace.groups import between, by_groups, gone
from trimtab.workspace.recall import Recalled

_TOLD = ("callable-raised", "crashed", "malformed")  # reasons whose detail says what to correct


def report_of(
    ledger: Ledger,
    policy: Policy,
    decision: Decision,
    recalled: Recalled,
    *,
    base: Path,
    file: str,
    suites: Mapping[str, LoadedSuite] | None = None,
    built_in: bool = False,
) -> Report:
    """What reports are made from. The ledger has been verified.

    Args:
        ledger: Where the run is.
        policy: Under which it was decided.
        decision: What followed.
        recalled: The run.
        base: Folder that file suites are looked for in.
        file: The policy's, as people type it.
        suites: Those that are loaded already.
        built_in: Of those that are not, load only what is built in.
    """
    head, checkpoints = ledger.head(), ledger.checkpoints()
    seen = recalled.measurements()
    return Report(
        policy=policy,
        decision=decision,
        started=recalled.started,
        finished=recalled.finished,
        ledger=LedgerFacts(
            location=_to_type(ledger.location),
            size=head.seq if head else 0,
            head=head.hash.hex() if head else "",
            checkpoint=checkpoints[-1].root.hex() if checkpoints else "",
            verified=True,
        ),
        examples={
            candidate: {metric: [_example(row) for row in rows] for metric, rows in metrics.items()}
            for candidate, metrics in recalled.failures().items()
        },
        imports={candidate: tuple(brought.values()) for candidate, brought in recalled.imports.items()},
        tradeoff=explore(policy, decision, seen),
        groups=by_groups(decision, seen),
        between=between(decision, seen),
        removed=gone(decision, seen),
        attacks=baselines(policy, decision, recalled, base=base, file=file, suites=suites or {}, built_in=built_in),
        changes={
            candidate: {metric: [_changed(*row) for row in rows] for metric, rows in metrics.items()}
            for candidate, metrics in recalled.changed(decision.baseline).items()
        },
    )


def _to_type(location: str) -> str:
    """What one types after `--ledger`, in the folder of a file or with the environment set for a server.

    A report goes to many; whose machine the ledger is on is not their affair.
    """
    scheme, separator, rest = location.partition("://")
    if not separator:
        return Path(location).name
    place, _, query = rest.partition("?")
    kept = "&".join(one for one in query.split("&") if one.startswith(("schema=", "service=")))
    return f"{scheme}:///{place.partition('/')[2]}{f'?{kept}' if kept else ''}"


def _example(row: Observation) -> Example:
    if isinstance(row.outcome, Missing):
        detail = row.outcome.detail if row.outcome.reason in _TOLD else ""
        why = f"no answer: {row.outcome.reason}{f' ({detail})' if detail else ''}"
    else:
        why = "the answer that should not have come"
    return Example(case=row.case, cluster=row.cluster, reply=row.reply, excerpt=row.excerpt, why=why)


def _changed(row: Observation, worse: bool) -> Changed:  # noqa: FBT001  # a pair, as it was recalled
    group = row.outcome.group or (row.cluster if row.cluster != row.case else "")
    return Changed(case=row.case, group=group, worse=worse)
