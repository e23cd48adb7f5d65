"""Every KPI of the policy, against its floor."""

from collections.abc import Mapping
from dataclasses import dataclass

from trimtab.errors import UsageError
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.serve.pages.values.readings import Reading, reading_of
from trimtab.workspace.kpis import read_kpis


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpis:
    """KPIs of the organisation, or of one system or team, in a quarter."""

    quarter: str
    of: str
    counts: Mapping[str, int]
    readings: tuple[Reading, ...]
    systems: tuple[str, ...]
    teams: tuple[str, ...]


def kpis(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> Kpis:
    """The KPIs of a quarter.

    Raises:
        UsageError: There is no such system or team.
    """
    period = now.period(asked.get("quarter", ""))
    system, team = asked.get("system", ""), asked.get("team", "")
    if system and team:
        raise UsageError("KPIs are of a system or of a team, not of both at once.", "Ask for one of them.")
    found = read_kpis(
        now.evidence,
        now.policy,
        period,
        asof=now.moment,
        scopes=("system",) if system else ("team",) if team else ("organisation",),
        system=system,
        team=team,
    )
    readings = tuple(reading_of(one) for one in found)
    return Kpis(
        quarter=period.name,
        of=system or team,
        counts={name: sum(one.verdict == name for one in readings) for name in ("pass", "fail", "inconclusive")},
        readings=readings,
        systems=tuple(now.policy.systems),
        teams=tuple(now.policy.teams),
    )
