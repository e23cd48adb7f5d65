"""What error budgets and a missing consent hold back, and the word that lets it go all the same."""

from collections.abc import Mapping

from trimtab import __version__
from trimtab.decision import Decision
from trimtab.decision.consent_standing import Standing
from trimtab.decision.error_budget import Budget, State
from trimtab.decision.hold import Hold, Lift, hold, unconsented
from trimtab.evidence import HoldLifted, Ledger, Subject
from trimtab.policy import Policy
from trimtab.workspace.consent_facts import artefact_in, standing
from trimtab.workspace.production import production
from trimtab.workspace.workspace import Workspace

_MAKER = f"trimtab/{__version__}"


def held(
    ledger: Ledger,
    policy: Policy,
    decision: Decision,
    budgets: Mapping[str, Budget],
    *,
    lift: Lift | None = None,
    candidate: str = "",
    at: int | None = None,
) -> Hold | None:
    """What holds a decision's winner back, or another candidate if one is named, at a moment, or now.

    A word that lifts what budgets hold is recorded, and holds for that run. The consent that a tier asks for no word
    makes needless.
    """
    name = candidate or decision.winner
    if not name:
        return None
    asks = _asks(policy, decision.system, name)
    low = any(budget.state is State.CONSENT for budget in budgets.values())
    consent = None
    if asks or low:
        artefact = artefact_in(ledger, decision.system, name, decision.run)
        consent = standing(ledger, policy, decision.system, name, artefact=artefact, at=at)
    by_budget = _by_budgets(ledger, policy, decision, budgets, lift, consent) if name == decision.winner else None
    if by_budget is not None or not asks or consent is None:
        return by_budget
    return unconsented(name, consent)


def _asks(policy: Policy, system: str, candidate: str) -> bool:
    spec = policy.systems.get(system)
    if spec is None or candidate not in spec.all_candidates:
        return False
    return policy.tiers[spec.tier].consent is not None


def _by_budgets(  # noqa: PLR0917  # all that either rule looks at
    ledger: Ledger,
    policy: Policy,
    decision: Decision,
    budgets: Mapping[str, Budget],
    lift: Lift | None,
    consent: Standing | None,
) -> Hold | None:
    better = {name: metric.better for name, metric in policy.metrics.items()}
    without = hold(decision, budgets, better=better, consent=consent)
    if without is None:
        return None
    known = next((one for _, one in ledger.records(run=decision.run, kind=HoldLifted.kind)), None)
    if isinstance(known, HoldLifted) and known.candidate == decision.winner:
        return hold(decision, budgets, better=better, lift=Lift(as_="safety-fix", why=known.why), consent=consent)
    if lift is None:
        return without
    found = hold(decision, budgets, better=better, lift=lift, consent=consent)
    if found is None:
        lifted = HoldLifted(candidate=decision.winner, as_=lift.as_, why=lift.why, metrics=without.metrics)
        subject = Subject(system=decision.system, candidate=decision.winner)
        ledger.append([lifted], subject=subject, run=decision.run, maker=_MAKER, policy=policy.digest, durable=True)
    return found


def lifted(ledger: Ledger, decision: Decision) -> bool:
    """Whether somebody's word has let the winner of a decision go."""
    rows = ledger.rows(run=decision.run, kind=HoldLifted.kind)
    return any(row.candidate == decision.winner != decision.baseline for row in rows)


def consent_hold(
    ledger: Ledger, policy: Policy, decision: Decision, *, candidate: str = "", at: int | None = None
) -> Hold | None:
    """What a missing consent holds of the winner of a decision, or of another candidate; budgets are not looked at."""
    return held(ledger, policy, decision, {}, candidate=candidate, at=at)


def hold_of(workspace: Workspace, decision: Decision, *, lift: Lift | None = None, candidate: str = "") -> Hold | None:
    """What holds the winner of a decision back, or another candidate, by budgets and consents as they are now."""
    policy, name = workspace.policy, decision.system
    if policy is None or name not in policy.systems:
        return None
    budgets: Mapping[str, Budget] = {}
    if policy.systems[name].slo:
        budgets = production(workspace.ledger, policy, name, at=workspace.ledger.now()).budgets
    return held(workspace.ledger, policy, decision, budgets, lift=lift, candidate=candidate)
