"""Whether a release may go on while error budgets are low: a pure rule, with a door for fixes and one for consents.

What changes nothing is never held by a budget. A fix may go on, whatever the state; who says that a change is one is
recorded, and is not taken at their word: a candidate that was measured to be worse than the baseline on the very
metric, or not measured on it, is none. A consent opens the door where a budget asks for one, and where the tier does;
what the tier asks is asked of whatever is released, the baseline too, and of fixes.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from trimtab.decision.consent_standing import Standing
from trimtab.decision.error_budget import Budget, State
from trimtab.decision.model import CandidateDecision, Decision, Verdict
from trimtab.kinds import Better, Estimate

LiftedAs = Literal["safety-fix"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """Somebody's word that a change may be released all the same."""

    as_: LiftedAs
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What holds a release back: FAIL when nothing but a fix may go on, INCONCLUSIVE when somebody must consent."""

    candidate: str
    verdict: Verdict
    metrics: tuple[str, ...]
    why: str


def hold(
    decision: Decision,
    budgets: Mapping[str, Budget],
    *,
    better: Mapping[str, Better],
    lift: Lift | None = None,
    consent: Standing | None = None,
) -> Hold | None:
    """What budgets hold of the winner of a decision, None for nothing.

    Args:
        decision: Names the winner and the baseline.
        budgets: Of the system, by metric.
        better: Which way each metric is good.
        lift: Somebody's word that it is a fix.
        consent: Where consent to the winner stands, as far as anybody was asked.
    """
    winner = decision.winner
    if not winner or winner == decision.baseline:
        return None
    closed = [budget for budget in budgets.values() if budget.state in {State.FROZEN, State.STOPPED}]
    consented = consent is not None and consent.opens
    asking = [budget for budget in budgets.values() if budget.state is State.CONSENT and not consented]
    if not closed and not asking:
        return None
    metrics = tuple(budget.terms.metric for budget in closed or asking)
    if lift is not None:
        against = _no_fix(decision, metrics, better)
        if not against:
            return None
        return Hold(candidate=winner, verdict=Verdict.FAIL, metrics=metrics, why=f"{winner} is no fix: {against}")
    reasons = " ".join(budget.reason for budget in closed or asking)
    if closed:
        why = f"{winner} is held back. {reasons} If it is a fix, say so with --safety-fix."
        return Hold(candidate=winner, verdict=Verdict.FAIL, metrics=metrics, why=why)
    why = f"{winner} waits for the consent of the risk owner. {reasons}"
    if consent is not None and consent.id:
        why += f" {_said(consent)}"
    return Hold(candidate=winner, verdict=Verdict.INCONCLUSIVE, metrics=metrics, why=why)


def unconsented(candidate: str, consent: Standing) -> Hold | None:
    """What a tier that asks for consent holds of a candidate that it concerns: everything without one."""
    if consent.opens:
        return None
    why = f"{candidate} waits for consent: {_said(consent)}"
    return Hold(candidate=candidate, verdict=Verdict.INCONCLUSIVE, metrics=(), why=why)


def _said(consent: Standing) -> str:
    return f"{consent.why} {consent.next_step}".strip()


def _no_fix(decision: Decision, metrics: tuple[str, ...], better: Mapping[str, Better]) -> str:
    """What speaks against a fix, in words; empty when nothing does."""
    found = {candidate.candidate: candidate for candidate in decision.candidates}
    for metric in metrics:
        ours, theirs = (_value(found.get(name), metric) for name in (decision.winner, decision.baseline))
        if ours is None or theirs is None:
            return f"{metric} was not measured of it and of {decision.baseline or 'a baseline'}."
        if (ours > theirs) if better.get(metric, "lower") == "lower" else (ours < theirs):
            return f"its {metric} is {ours:.4g}, worse than {theirs:.4g} of {decision.baseline}."
    return ""


def _value(candidate: CandidateDecision | None, metric: str) -> float | None:
    seen = candidate.estimates.get(metric) if candidate else None
    return seen.value if isinstance(seen, Estimate) and not math.isnan(seen.value) else None
