"""How the findings of a hunt that are cases are asked again: as the runs were made that have seen them."""

from trimtab.decision.attacks import Replay
from trimtab.decision.hunting import Hunt
from trimtab.errors import UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.records import RunStarted
from trimtab.policy import SuiteSpec
from trimtab.workspace.baseline import replay_of
from trimtab.workspace.hunt_filing import attacks_of
from trimtab.workspace.recall import recall_policy


def replays(ledger: Ledger, hunt: Hunt) -> dict[str, Replay]:
    """By finding; nothing of those that no run has seen, or whose run's policy the ledger does not hold.

    Raises:
        LedgerAlteredError: A row of a run is not what was hashed.
    """
    wanted: dict[str, dict[tuple[str, str], list[str]]] = {}
    for one in hunt.findings:
        if one.filed.source and one.filed.case:
            cases = wanted.setdefault(one.filed.source, {})
            cases.setdefault((one.candidate, one.filed.case), []).append(one.filed.finding)
    found: dict[str, Replay] = {}
    for run, cases in wanted.items():
        by_suite = _by_suite(ledger, run, hunt)
        for row, seen in attacks_of(ledger, run):
            replay = by_suite.get(seen.metric)
            if replay is not None:
                found.update(dict.fromkeys(cases.get((row.candidate, seen.case), ()), replay))
    return found


def _by_suite(ledger: Ledger, run: str, hunt: Hunt) -> dict[str, Replay]:
    """By metric of a run, how its suite is asked."""
    for row, started in ledger.records(run=run, kind=RunStarted.kind):
        if isinstance(started, RunStarted):
            try:
                policy = recall_policy(ledger, row.policy)
            except UsageError:  # written by another version: better no command than another attack
                return {}
            suites = {metric: facts["suite"] for metric, facts in started.metrics.items()}
            return {
                metric: replay_of(row.system, policy.suites.get(suite) or SuiteSpec(builtin=suite), hunt.opened.file)
                for metric, suite in suites.items()
            }
    return {}
