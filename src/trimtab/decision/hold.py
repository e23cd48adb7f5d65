"""Whether a release may go on while error budgets are low: a pure rule, with a door for fixes and one for consents.

What changes nothing is never held. A fix may go on, whatever the state; who says that a change is one is recorded, and
is not taken at their word: a candidate that was measured to be worse than the baseline on the very metric, or not
measured on it, is none. Consents will enter by the same door.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

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
) -> Hold | None:
    """What holds the winner of a decision back, None for nothing.

    Args:
        decision: Names the winner and the baseline.
        budgets: Of the system, by metric.
        better: Which way each metric is good.
        lift: Somebody's word that it is a fix.
    """
    winner = decision.winner
    if not winner or winner == decision.baseline:
        return None
    closed = [budget for budget in budgets.values() if budget.state in {State.FROZEN, State.STOPPED}]
    asking = [budget for budget in budgets.values() if budget.state is State.CONSENT]
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
    return Hold(candidate=winner, verdict=Verdict.INCONCLUSIVE, metrics=metrics, why=why)


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
