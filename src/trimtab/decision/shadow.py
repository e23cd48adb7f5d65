"""Two sets of weights on the same evidence: how the order changes, whose band changes, who gains and who loses."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trimtab.decision.score_table import Table, teams_of
from trimtab.decision.scorecard import Band
from trimtab.decision.weight_sets import floor_of, moved, target_of
from trimtab.policy.model import Policy
from trimtab.policy.score_spec import WeightSet

_NAMED = 3  # winners and losers
_RATCHET = 0.05  # of the scale between floor and target
_PLACES = 9


def kendall(a: Sequence[float], b: Sequence[float]) -> float | None:
    """Tau-b between two scorings of the same subjects, in [-1, 1]; None where one of them tells nobody apart.

    Source:
        Kendall (1945), Biometrika 33(3), 239-251, for ties.
    """
    agree = only_a = only_b = 0
    concordant = 0
    for i in range(len(a)):
        for j in range(i):
            x, y = (a[i] > a[j]) - (a[i] < a[j]), (b[i] > b[j]) - (b[i] < b[j])
            concordant += x * y
            agree += bool(x and y)
            only_a += bool(x and not y)
            only_b += bool(y and not x)
    apart = (agree + only_a) * (agree + only_b)
    return concordant / apart**0.5 if apart else None


def shadow_report(policy: Policy, pairs: Sequence[tuple[Table, Table]]) -> dict[str, Any]:
    """What a proposal does to the quarter beside which it ran, first, and to those before it.

    Args:
        policy: For the teams of products.
        pairs: Of tables of one quarter: by the weights in force, and by those proposed.
    """
    owners = {system: team for team, systems in teams_of(policy).items() for system in systems}
    quarters = [_quarter(old, new, owners) for old, new in pairs]
    moves = {one["system"] for quarter in quarters for one in quarter["bands"]}
    # A band of a team is that of everybody in it, so all of its products count as moved.
    teams = {one["team"] for quarter in quarters for one in quarter["team_bands"]}
    moves |= {system for system, team in owners.items() if team in teams}
    old, new = pairs[0]
    before, after = old.given.in_force.weights, new.given.in_force.weights
    return {
        "quarters": quarters,
        "moves": sorted(moves),
        "changes": [
            {"name": one.name, "old": one.old, "new": one.new, "refused": one.allowed, "loosens": one.loosens}
            for one in moved(policy, before, after)
        ],
        "like_last_year": list(_ratchet(policy, before, after, [table for table, _ in pairs])),
    }


def _quarter(old: Table, new: Table, owners: Mapping[str, str]) -> dict[str, Any]:
    was, now = ({row.system: row.card for row in table.rows} for table in (old, new))
    both = sorted(name for name in was if name in now)
    scores = {name: (was[name].score, now[name].score) for name in both}
    known = {name: (a, b) for name, (a, b) in scores.items() if a is not None and b is not None}
    tau = kendall([a for a, _ in known.values()], [b for _, b in known.values()])
    change = sorted(((b - a, name) for name, (a, b) in known.items()), key=lambda pair: (-pair[0], pair[1]))
    told: list[dict[str, Any]] = [
        {
            "system": name,
            "team": owners.get(name, ""),
            "by": round(by, _PLACES),
            "old": round(known[name][0], _PLACES),
            "new": round(known[name][1], _PLACES),
        }
        for by, name in change
    ]
    return {
        "quarter": old.given.period.name,
        "subjects": len(known),
        "kendall": None if tau is None else round(tau, _PLACES),
        "bands": [
            {"system": name, "team": owners.get(name, ""), "old": before, "new": after}
            for name, before, after in _changed(
                {name: card.band for name, card in was.items()}, {name: card.band for name, card in now.items()}
            )
        ],
        "team_bands": [
            {"team": name, "old": before, "new": after}
            for name, before, after in _changed(
                {one.team: one.band for one in old.teams}, {one.team: one.band for one in new.teams}
            )
        ],
        "winners": [one for one in told if one["by"] > 0][:_NAMED],
        "losers": [one for one in reversed(told) if one["by"] < 0][:_NAMED],
        "effective": {
            tier: [
                {
                    "metric": one.metric,
                    "nominal": round(one.nominal, _PLACES),
                    "effective": round(one.effective, _PLACES),
                }
                for one in found
            ]
            for tier, found in new.effective.items()
        },
    }


def _changed(
    old: Mapping[str, Band | None], new: Mapping[str, Band | None]
) -> Iterator[tuple[str, Band | None, Band | None]]:
    """Whose band is another one; somebody who is scored no more, or newly, has none on that side."""
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)


def _ratchet(policy: Policy, old: WeightSet, new: WeightSet, tables: Sequence[Table]) -> list[str]:
    """Targets that were moved to just beyond what was achieved: a reason from outside rarely falls there."""
    found: set[str] = set()
    for tier, spec in new.tiers.items():
        for name, metric in spec.metrics.items():
            before = old.tiers[tier].metrics.get(name) if tier in old.tiers else None
            floor, target = floor_of(policy, tier, name, metric.floor), target_of(policy, tier, name, metric.target)
            if (
                before is None
                or floor is None
                or target is None
                or target_of(policy, tier, name, before.target) == target
            ):
                continue
            for system in _nearly(tier, name, tables, target=target, slack=_RATCHET * abs(target - floor)):
                found.add(f"{name} of tier {tier}: its new target, {target:g}, is what {system} nearly had")
    return sorted(found)


def _nearly(tier: str, metric: str, tables: Sequence[Table], *, target: float, slack: float) -> Iterator[str]:
    """Systems that were within `slack` below a target."""
    for row in (row for table in tables for row in table.rows if row.tier == tier):
        for one in (worth.reading for worth in row.card.worths if worth.reading.metric == metric):
            if one.low is not None and one.high is not None:
                beyond = (target - (one.low + one.high) / 2) * (1 if one.better == "higher" else -1)
                if 0.0 <= beyond <= slack:
                    yield row.system
