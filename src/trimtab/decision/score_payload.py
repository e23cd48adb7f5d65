"""Scorecards as JSON: what is published, and what every page shows.

Numbers are rounded to nine decimals, so that another machine's last digit changes nothing.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from trimtab._canonical import digest
from trimtab.decision.score_table import Effective, Row, Table, Team
from trimtab.decision.scorecard import BANDS, Comparison, Scorecard, Worth
from trimtab.decision.weight_sets import asked_digest

_PLACES = 9


def table_payload(table: Table, subject: str = "") -> dict[str, Any]:
    """The table, of one subject if one is named.

    Raises:
        KeyError: There is no such subject.
    """
    given = table.given
    rows = [row for row in table.rows if subject in ("", row.system)]
    teams = [team for team in table.teams if subject in ("", team.team)]
    vendors = {name: card for name, card in sorted(given.vendors.items()) if subject in ("", name)}
    if subject and not rows and not teams and not vendors:
        raise KeyError(subject)
    tiers = {row.tier for row in rows}
    return {
        "period": given.period.name,
        "asof": given.asof,
        "weights": {
            "from": given.in_force.weights.from_,
            "formula": given.in_force.weights.formula,
            "digest": given.in_force.digest,
            "asks": asked_digest(given.policy, given.in_force.weights),
            "passed_over": list(given.in_force.passed_over),
        },
        "policy": given.policy.digest,
        "runs": sorted({one.run for one in given.decisions if one.time <= given.end}),
        "bands": dict(BANDS),
        "products": [_row(row, table.comparisons[row.tier]) for row in rows],
        "teams": [_team(team) for team in teams],
        "vendors": [_vendor(name, card, given.depends) for name, card in vendors.items()],
        "effective": {
            tier: [_effective(one) for one in found] for tier, found in table.effective.items() if tier in tiers
        },
        "unscored": list(table.unscored) if not subject else [],
    }


def _row(row: Row, comparison: Comparison) -> dict[str, Any]:
    at = comparison.subjects.index(row.system)
    found, card = comparison.robustness, row.card
    payload: dict[str, Any] = {
        "subject": row.system,
        "tier": row.tier,
        "owner": row.owner,
        "value": row.value,
        "verdict": str(card.verdict),
        "score": _number(card.score),
        "if_all_were_known": _number(card.high),
        "band": card.band,
        "cap": card.cap,
        "capped_by": list(card.capped_by),
        "pillars": {name: _number(value) for name, value in card.pillars.items()},
        "missing": list(card.missing),
        "rank": {
            "low": int(found.rank_low[at]),
            "high": int(found.rank_high[at]),
            "of": len(comparison.subjects),
        },
        "bands": {band: _number(float(share)) for band, share in zip(BANDS, found.bands[at], strict=True)},
        "means": {
            "arithmetic": _number(comparison.arithmetic[at]),
            "geometric": _number(comparison.geometric[at]),
            "power_-4": _number(comparison.worst_heavy[at]),
        },
        "decided_by": {
            name: _number(float(share)) for name, share in zip(comparison.metrics, found.shares[at], strict=True)
        },
        "metrics": [_metric(worth, row.needed) for worth in card.worths],
        "why": list(row.why),
        "ways_up": [
            {
                "kind": way.kind,
                "metric": way.metric,
                "what": way.what,
                "score": _number(way.score),
                "gain": _number(way.gain),
                "band": way.band,
                "needed": way.needed,
                "loss_reduced": _number(way.loss_reduced),
            }
            for way in row.ways
        ],
    }
    if card.score is None:  # nothing was measured: what it would be in any weights is not known either
        payload |= {"rank": None, "bands": None, "means": None, "decided_by": None}
    aged = {"age_days", "fresh", "utility"}  # what changes by the mere passing of time
    payload["digest"] = digest([{k: v for k, v in one.items() if k not in aged} for one in payload["metrics"]])
    return payload


def _metric(worth: Worth, needed: Mapping[str, int | None]) -> dict[str, Any]:
    one = worth.reading
    return {
        "metric": one.metric,
        "pillar": one.pillar,
        "verdict": str(worth.verdict),
        "low": _number(one.low),
        "high": _number(one.high),
        "better": one.better,
        "floor": _number(one.floor),
        "target": _number(one.target),
        "utility": _number(worth.low),
        "weight": _number(worth.weight),
        "veto": one.veto,
        "fresh": _number(worth.fresh),
        "age_days": _number(one.age),
        "half_life_days": _number(one.half_life),
        "independence": one.independence,
        "source": one.source,
        "needed": needed.get(one.metric),
        "why": worth.why,
    }


def _team(team: Team) -> dict[str, Any]:
    return {
        "subject": team.team,
        "systems": list(team.systems),
        "verdict": str(team.verdict),
        "score": _number(team.score),
        "band": team.band,
    }


def _vendor(name: str, card: Scorecard, depends: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {
        "subject": name,
        "verdict": str(card.verdict),
        "score": _number(card.score),
        "band": card.band,
        "caps": sorted(system for system, names in depends.items() if name in names),
    }


def _effective(one: Effective) -> dict[str, Any]:
    return {
        "metric": one.metric,
        "nominal": _number(one.nominal),
        "effective": _number(one.effective),
        "twofold": one.twofold,
    }


def _number(value: float | None) -> float | str | None:
    if value is None:
        return None
    return round(value, _PLACES) if math.isfinite(value) else f"{value:g}"
