"""What error budgets hold back, and the word that lets it go all the same."""

import time
from collections.abc import Mapping

from trimtab import __version__
from trimtab.decision import Decision
from trimtab.decision.error_budget import Budget
from trimtab.decision.hold import Hold, Lift, hold
from trimtab.evidence import HoldLifted, Ledger, Subject
from trimtab.policy import Policy
from trimtab.workspace.production import production
from trimtab.workspace.workspace import Workspace

_MAKER = f"trimtab/{__version__}"


def held(
    ledger: Ledger, policy: Policy, decision: Decision, budgets: Mapping[str, Budget], *, lift: Lift | None = None
) -> Hold | None:
    """What holds a decision's winner back. A word that lifts it is recorded, and holds for that run."""
    better = {name: metric.better for name, metric in policy.metrics.items()}
    without = hold(decision, budgets, better=better)
    if without is None:
        return None
    known = next((one for _, one in ledger.records(run=decision.run, kind=HoldLifted.kind)), None)
    if isinstance(known, HoldLifted) and known.candidate == decision.winner:
        return hold(decision, budgets, better=better, lift=Lift(as_="safety-fix", why=known.why))
    if lift is None:
        return without
    found = hold(decision, budgets, better=better, lift=lift)
    if found is None:
        lifted = HoldLifted(candidate=decision.winner, as_=lift.as_, why=lift.why, metrics=without.metrics)
        subject = Subject(system=decision.system, candidate=decision.winner)
        ledger.append([lifted], subject=subject, run=decision.run, maker=_MAKER, policy=policy.digest, durable=True)
    return found


def lifted(ledger: Ledger, decision: Decision) -> bool:
    """Whether somebody's word has let the winner of a decision go."""
    rows = ledger.rows(run=decision.run, kind=HoldLifted.kind)
    return any(row.candidate == decision.winner != decision.baseline for row in rows)


def hold_of(workspace: Workspace, decision: Decision, *, lift: Lift | None = None) -> Hold | None:
    """What holds the winner of a decision back, by the budgets of its system as they are now."""
    policy, name = workspace.policy, decision.system
    if policy is None or name not in policy.systems or not policy.systems[name].slo:
        return None
    seen = production(workspace.ledger, policy, name, at=time.time_ns() // 1000)
    return held(workspace.ledger, policy, decision, seen.budgets, lift=lift)
