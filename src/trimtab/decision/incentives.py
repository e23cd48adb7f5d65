"""What the score does to a team's bonus: a rule that was published beforehand, and its explanation.

    g = 0                                          a veto stood at the quarter's end, and did so the deadline before
        low + (high - low) (C - 50) / (85 - 50)    else, C being the team's score, within [low, high]

g applies to the safety share of each individual bonus, the rest is not the score's business: bonus = base (share g +
(1 - share) r), r being whatever else decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trimtab._canonical import digest
from trimtab.decision.model import Verdict
from trimtab.decision.score_table import Table, teams_of
from trimtab.decision.scorecard import BANDS, Scorecard
from trimtab.policy.model import Policy
from trimtab.policy.score_spec import IncentiveSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamBonus:
    """A team's multiplier for a quarter; None where there is no score to go by, which people then decide."""

    team: str
    multiplier: float | None
    score: float | None
    overdue: tuple[str, ...]  # `system: metric`, vetoes that stood past their deadline
    why: str


def rule_of(spec: IncentiveSpec) -> dict[str, Any]:
    """The rule as it is published, with its digest."""
    rule = {
        "low": spec.low,
        "high": spec.high,
        "from": BANDS["C"],
        "to": BANDS["A"],
        "deadline_days": spec.deadline_days,
        "safety_share": spec.safety_share,
    }
    return {**rule, "digest": digest(rule)}


def multiplier(score: float | None, rule: Mapping[str, Any], *, overdue: bool) -> float | None:
    """g, in [low, high], or 0 while a veto stands past its deadline; None without a score."""
    if overdue:
        return 0.0
    if score is None:
        return None
    along = (score - rule["from"]) / (rule["to"] - rule["from"])
    return float(rule["low"] + (rule["high"] - rule["low"]) * min(max(along, 0.0), 1.0))


def standing_vetoes(card: Scorecard) -> frozenset[str]:
    """Vetoes that fail or were never measured."""
    return frozenset(
        one.reading.metric
        for one in card.worths
        if one.reading.veto and (one.verdict is Verdict.FAIL or one.reading.low is None)
    )


def bonuses(
    now: Table, earlier: Table, rule: Mapping[str, Any], *, before: Policy | None = None
) -> tuple[TeamBonus, ...]:
    """Every team's multiplier.

    A team of which something counts no more that was its own when the quarter began has none that a rule could give: a
    product that does badly would else be dropped, or handed on, in time.

    Args:
        now: At the end of the quarter.
        earlier: By the same weights, the deadline of a veto before that.
        rule: As published.
        before: The policy as it was before the quarter, where that is known.
    """
    gone = _gone(now, before) if before is not None else {}
    stood = {row.system: standing_vetoes(row.card) for row in earlier.rows}
    stand = {row.system: standing_vetoes(row.card) for row in now.rows}
    found = []
    for team in now.teams:
        overdue = tuple(
            f"{system}: {metric}"
            for system in team.systems
            for metric in sorted(stand[system] & stood.get(system, frozenset()))
        )
        g = multiplier(team.score, rule, overdue=bool(overdue))
        why = _why(team.score, overdue, rule)
        if (lost := gone.get(team.team)) and not overdue:
            g, why = None, f"{', '.join(lost)} counted for it when the quarter began, and does no more; people decide."
        found.append(TeamBonus(team=team.team, multiplier=g, score=team.score, overdue=overdue, why=why))
    return tuple(found)


def _gone(now: Table, before: Policy) -> dict[str, list[str]]:
    """By team, systems that were its own and scored before, and do not enter its score now."""
    tiers = now.given.in_force.weights.tiers
    enters = {team.team: set(team.systems) for team in now.teams}
    then = {
        team: [name for name in systems if before.systems[name].tier in tiers]
        for team, systems in teams_of(before).items()
    }
    return {team: sorted(set(systems) - enters.get(team, set())) for team, systems in then.items()}


def _why(score: float | None, overdue: Sequence[str], rule: Mapping[str, Any]) -> str:
    if overdue:
        return f"A veto stands, and did so {rule['deadline_days']} days before the end: {', '.join(overdue)}."
    if score is None:
        return "Nothing was measured, so there is no score to go by; people decide."
    if score <= rule["from"]:
        return f"A score of {score:.1f} is at or below {rule['from']:g}, which gives the least."
    if score >= rule["to"]:
        return f"A score of {score:.1f} is in band A, which gives the most."
    return (
        f"{rule['low']:g} + {rule['high'] - rule['low']:g} x ({score:.1f} - {rule['from']:g}) / "
        f"({rule['to']:g} - {rule['from']:g})"
    )
