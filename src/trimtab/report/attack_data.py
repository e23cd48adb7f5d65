"""A red-team run as JSON values: the same facts as on the page."""

from dataclasses import asdict
from typing import Any

from trimtab.decision.attacks import Baseline, Costs, Covered, ExpectedCost, Success
from trimtab.report.attack_pursuits import pursuits_data
from trimtab.report.attack_words import (
    NO_COSTS,
    STAND_IN,
    assumptions,
    attacked,
    replay_command,
    stopped_words,
    stoppings,
    unstopped,
    worst,
)
from trimtab.report.groups import as_data
from trimtab.report.view import Report


def attacks_data(report: Report, baseline: Baseline) -> dict[str, Any]:
    """Everything of one red-team run."""
    replay = baseline.replay
    return {
        "suite": baseline.suite,
        "unknown": baseline.unknown or None,
        "replay": {**asdict(replay), "techniques": list(replay.techniques)} if replay else None,
        "candidates": {candidate: _candidate(report, baseline, candidate) for candidate in attacked(report)},
        "coverage": {framework: [_covered(row) for row in rows] for framework, rows in baseline.coverage.items()},
        "stand_in": STAND_IN,
        "own_controls": dict(baseline.own),
        "costs": _costs(report, baseline.costs),
    }


def _candidate(report: Report, baseline: Baseline, candidate: str) -> dict[str, Any]:
    kpi = worst(report, baseline.metric, candidate)
    told = baseline.successes.get(candidate, ())
    return {
        "no_family_above": kpi.at_most if kpi else None,
        "worst_family": (kpi.seen or None) if kpi else None,
        "families": as_data(report.groups.get(candidate, {}).get(baseline.metric, {})),
        "hazards": as_data(baseline.hazards.get(candidate, {})),
        "got_through": [_success(baseline, candidate, one) for one in told],
        "got_through_beyond": baseline.unseen.get(candidate, 0),
        "stopping": [asdict(one) for one in stoppings(told)],
        "nothing_would_have_stopped": unstopped(told),
        "pursuits": pursuits_data(baseline, candidate),
    }


def _success(baseline: Baseline, candidate: str, one: Success) -> dict[str, Any]:
    return {
        "case": one.case,
        "family": one.tried.family,
        "technique": one.tried.technique,
        "hazard": one.tried.hazard or None,
        "controls": list(one.tried.controls),
        "reply": one.reply,
        "transcript": [{"role": role, "text": text} for role, text in one.turns],
        "omitted": one.omitted,
        "adapts": one.adapts,
        "stops": dict(one.stops),
        "unknown": dict(one.unknown),
        "resisted": list(one.resisted),
        "in_words": stopped_words(one),
        "replay": replay_command(baseline, candidate, one.case) or None,
    }


def _covered(row: Covered) -> dict[str, Any]:
    return {
        "control": row.control.link,
        "title": row.control.title,
        "state": row.state,
        "cases": row.cases,
        "techniques": list(row.techniques),
        "got_through": row.got_through,
        "why": row.why or None,
    }


def _costs(report: Report, costs: Costs | None) -> dict[str, Any]:
    if costs is None:
        return {"stated": report.policy.costs is not None, "why": None if report.policy.costs else NO_COSTS}
    return {
        "stated": True,
        "currency": report.policy.currency,
        "attempts": list(costs.attempts),
        "yearly": costs.yearly,
        "assumptions": assumptions(report, costs),
        "all": {candidate: _cost(one) for candidate, one in costs.whole.items()},
        "families": {c: {name: _cost(one) for name, one in rows.items()} for c, rows in costs.families.items()},
        "hazards": {c: {name: _cost(one) for name, one in rows.items()} for c, rows in costs.hazards.items()},
    }


def _cost(one: ExpectedCost) -> dict[str, Any]:
    return {
        "low": one.low,
        "high": one.high,
        "one_success": list(one.one),
        "rate": [one.rate.interval.low, one.rate.interval.high],
        "severities": list(one.severities),
        "unstated": list(one.unstated),
    }
