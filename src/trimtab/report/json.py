"""The report as JSON, under a schema that is versioned and documented in `docs/reference/report.md`.

Numbers keep their full precision and the metric's own unit. What has no JSON
number is null: an end of an interval that is open, a value of which nothing
is known.
"""

import math
from dataclasses import asdict
from typing import Any

import orjson

from trimtab.decision.model import CandidateDecision, Judgement
from trimtab.decision.tradeoff import Tradeoff
from trimtab.kinds import Estimate, Missing
from trimtab.report.attack_data import attacks_data
from trimtab.report.changes import as_data
from trimtab.report.choice_words import rule_words
from trimtab.report.fairness import between_data
from trimtab.report.groups import as_data as groups_data
from trimtab.report.imported import imports_data
from trimtab.report.markup import visible
from trimtab.report.sampling import asked, planned, stopped
from trimtab.report.view import Example, Report
from trimtab.report.words import headline, next_step

SCHEMA = "trimtab-report/1"
CHOICE_SCHEMA = "trimtab-choice/1"


def as_json(report: Report) -> dict[str, Any]:
    """The whole report as JSON values: only finite numbers, only well-formed text."""
    decision, said = report.decision, headline(report)
    data = {
        "schema": SCHEMA,
        "system": decision.system,
        "tier": decision.tier,
        "organisation": report.policy.organisation,
        "verdict": str(report.verdict),
        "winner": report.winner or None,
        "baseline": decision.baseline or None,
        "headline": said.title,
        **({"held": report.held.why} if report.held is not None else {}),
        "reason": decision.reason,
        "would_change": list(said.changes),
        "next": next_step(report),
        "confidence": decision.confidence,
        "alpha": decision.alpha,
        "maximise": list(decision.maximise),
        "rule": decision.rule,
        "sequence": list(decision.sequence),
        "candidates": [_candidate(report, c) for c in report.candidates],
        "metrics": {name: _metric(report, name) for name in report.metrics()},
        "choice": _choice(report.tradeoff) if report.tradeoff else None,
        "red_team": {metric: attacks_data(report, baseline) for metric, baseline in report.attacks.items()},
        "provenance": {
            "run": decision.run,
            "time_us": decision.time,
            "policy": decision.policy,
            "ledger": asdict(report.ledger),
            "imports": imports_data(report),
            "started": report.started.payload(),
            "finished": report.finished.payload() if report.finished else None,
        },
    }
    cleaned: dict[str, Any] = _clean(data)
    return cleaned


def choice_json(report: Report) -> dict[str, Any]:
    """What the choice rests on, alone; the same values as `choice` of the whole report."""
    whole = as_json(report)
    kept = ("system", "tier", "verdict", "winner", "baseline", "headline", "reason", "next", "confidence", "maximise")
    rule = {"rule": whole["rule"], "sequence": whole["sequence"], "rule_in_words": rule_words(report)}
    return {
        "schema": CHOICE_SCHEMA,
        **{key: whole[key] for key in kept},
        **rule,
        "run": report.decision.run,
        **(whole["choice"] or {}),
    }


def _choice(found: Tradeoff) -> dict[str, Any]:
    return {
        "frontier": [
            {
                "candidate": one.candidate,
                "verdict": str(one.verdict),
                "on_frontier": one.frontier,
                "performance": _seen(one.performance),
                "tightest_floor": asdict(one.tightest) if one.tightest else None,
            }
            for one in found.standings
        ],
        "prices": [asdict(price) for price in found.prices],
        "held_back": [asdict(held) for held in found.held],
        "first_two": {**asdict(found.apart), "difference": _seen(found.apart.difference)} if found.apart else None,
        "scores": dict(found.scores),
        "weights": [asdict(band) for band in found.bands],
    }


def json_bytes(report: Report) -> bytes:
    """The file: indented, keys in the order of the documentation, a newline at the end."""
    return orjson.dumps(as_json(report), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _candidate(report: Report, candidate: CandidateDecision) -> dict[str, Any]:
    examples = report.examples.get(candidate.candidate, {})
    return {
        "candidate": candidate.candidate,
        "artefact": report.started.candidates.get(candidate.candidate),
        "verdict": str(candidate.verdict),
        "asked": asked(report, candidate),
        "planned": planned(report),
        "stopped": stopped(report, candidate) or None,
        "requirements": [_judgement(j) for j in candidate.judgements],
        "estimates": {name: _seen(known) for name, known in candidate.estimates.items()},
        "changed": {metric: as_data(rows) for metric, rows in report.changes.get(candidate.candidate, {}).items()},
        "groups": {metric: groups_data(rates) for metric, rates in report.groups.get(candidate.candidate, {}).items()},
        "between": {
            metric: between_data(pairs) for metric, pairs in report.between.get(candidate.candidate, {}).items()
        },
        "mitigation": {metric: _seen(known) for metric, known in report.removed.get(candidate.candidate, {}).items()},
        "examples": {metric: [_example(e) for e in rows] for metric, rows in examples.items()},
    }


def _judgement(judged: Judgement) -> dict[str, Any]:
    return {
        "asked": judged.asked,
        "metric": judged.metric,
        "requirement": judged.requirement,
        "bound": judged.bound,
        "verdict": str(judged.verdict),
        "needed": judged.needed,
        "hopeless": judged.hopeless,
        "look": judged.look,
        "reason": judged.reason,
        "seen": _seen(judged.seen),
    }


def _seen(known: Estimate | Missing) -> dict[str, Any]:
    if isinstance(known, Missing):
        return {"missing_because": known.reason, "detail": known.detail}
    return {
        "value": known.value,
        "low": known.interval.low,
        "high": known.interval.high,
        "level": known.interval.level,
        "method": known.interval.method,
        "independent": known.count,
        "cases": known.cases,
        "missing": known.missing,
    }


def _metric(report: Report, name: str) -> dict[str, Any]:
    spec, floor = report.metric(name), report.floor(name)
    return {
        "question": spec.question if spec else None,
        "unit": report.unit(name),
        "better": report.better(name),
        "target": spec.target if spec else None,
        "at_least": floor.at_least if floor else None,
        "at_most": floor.at_most if floor else None,
        "owner": spec.owner if spec else None,
    }


def _example(example: Example) -> dict[str, Any]:
    return asdict(example)


def _clean(value: Any) -> Any:
    """Only what JSON can say: no NaN, no infinity, no lone surrogate."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return value if value.isascii() else _well_formed(value)
    if isinstance(value, dict):
        return {_clean(str(key)): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def _well_formed(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return visible(text)
    return text
