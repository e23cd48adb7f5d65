"""Incidents and findings as estimators look at them: as they stood at the end of the period, by whom they concern."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeVar

from trimtab.decision.incidents import Finding, Incident, findings, incidents
from trimtab.decision.kpis.asked import Asked
from trimtab.kinds import Estimate, Interval, Missing
from trimtab.policy.model import Policy
from trimtab.stats.binomial import clopper_pearson

C = TypeVar("C", Incident, Finding)
SEVERE = ("S1", "S2")
WEIGHTS: Mapping[str, float] = {"S1": 8.0, "S2": 4.0, "S3": 2.0, "S4": 1.0}
"""How much a day of an open case weighs in the debt."""


def incidents_of(asked: Asked) -> Sequence[Incident]:
    """Incidents of whom it is asked for, as they stood at its end."""
    end = asked.end
    return _of_subject(
        asked, asked.once("incidents", lambda: _grouped(list(incidents(asked.books, before=end)), asked.policy))
    )


def findings_of(asked: Asked) -> Sequence[Finding]:
    """Findings of whom it is asked for, as they stood at its end."""
    end = asked.end
    return _of_subject(
        asked, asked.once("findings", lambda: _grouped(list(findings(asked.books, before=end)), asked.policy))
    )


def team_of(case: Incident | Finding, policy: Policy) -> str:
    """Whose case it is: the team that is named, else the team of its owner, else that of the system's owner."""
    named = case.opened.team if isinstance(case, Incident) else case.opened.owner
    spec = policy.systems.get(case.opened.system)
    return _as_team(named, policy) or (_as_team(spec.owner, policy) if spec else "")


def systems_of(team: str, policy: Policy) -> list[str]:
    """The systems that a team owns, or somebody of it."""
    return [name for name, spec in policy.systems.items() if _as_team(spec.owner, policy) == team]


def limit_of(policy: Policy, kpi: str, step: str, *, system: str, severity: str) -> int | None:
    """How long a step may take, in microseconds; None where nobody said.

    What the system's tier says, else what the KPI says. Of a case of no one system it is what the KPI says, else the
    shortest of all tiers.
    """
    spec = policy.systems.get(system)
    own = policy.kpis[kpi].limits.get(severity) if kpi in policy.kpis else None
    mine = own.of(step) if own else None
    if spec is not None:
        of_tier = policy.tiers[spec.tier].limits.get(severity)
        found = of_tier.of(step) if of_tier else None
        return mine if found is None else found
    tiers = [tier.limits[severity].of(step) for tier in policy.tiers.values() if severity in tier.limits]
    return mine if mine is not None else min((one for one in tiers if one is not None), default=None)


def due_of(policy: Policy, one: Finding) -> int:
    """By when a finding is to be mended: what was agreed, else what the limits say; 0 where nobody said."""
    limit = limit_of(policy, "P10", "fix", system=one.opened.system, severity=one.opened.severity)
    return one.opened.due or (0 if limit is None else one.opened.at + limit)


def share(
    hits: int, of: int, asked: Asked, *, nothing: str = "nothing-recorded", detail: str = ""
) -> Estimate | Missing:
    """So many of so many, with its exact interval."""
    if not of:
        return Missing(nothing, detail)
    return Estimate(value=hits / of, interval=clopper_pearson(hits, of, level=asked.level), count=of, cases=of)


def census(value: float, count: int, asked: Asked) -> Estimate:
    """A number that every one was counted for, so that there is nothing to infer."""
    return Estimate(value=value, interval=Interval(value, value, asked.level, "census"), count=count, cases=count)


# -- parts ---------------------------------------------------------------------------------


def _as_team(name: str, policy: Policy) -> str:
    if name in policy.teams:
        return name
    person = policy.people.get(name)
    return (person.team or "") if person else ""


def _grouped(cases: Sequence[C], policy: Policy) -> Mapping[tuple[str, str], Sequence[C]]:
    """By subject, in their order. What is of no one system is of each, or leaving the name out would make one safer."""
    found: dict[tuple[str, str], list[C]] = defaultdict(list)
    for case in cases:
        system, team = case.opened.system, team_of(case, policy)
        found["", ""].append(case)
        found["severity", case.opened.severity].append(case)
        for name in [system] if system else policy.systems:
            found["system", name].append(case)
        for name in [team] if team else policy.teams if not system else ():
            found["team", name].append(case)
    return dict(found)


def _of_subject(asked: Asked, grouped: Mapping[tuple[str, str], Sequence[C]]) -> Sequence[C]:
    wanted = [(kind, name) for kind in ("system", "team", "severity") if (name := getattr(asked, kind))]
    if not wanted:
        return grouped.get(("", ""), ())
    first = grouped.get(wanted[0], ())
    for key in wanted[1:]:
        inside = {id(case) for case in grouped.get(key, ())}
        first = [case for case in first if id(case) in inside]
    return first
