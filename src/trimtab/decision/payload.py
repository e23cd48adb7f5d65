"""A decision as JSON and back, without loss.

JSON has no infinities and no NaN; they are the texts "inf", "-inf" and "nan",
so that canonical JSON (RFC 8785) holds every decision.
"""

import math
from collections.abc import Mapping
from typing import Any

from trimtab.decision.model import CandidateDecision, Decision, Judgement, Verdict
from trimtab.kinds import Estimate, Interval, Missing

_WORDS = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def to_payload(decision: Decision) -> dict[str, Any]:
    """JSON form: objects, lists, texts, numbers."""
    return {
        "system": decision.system,
        "tier": decision.tier,
        "policy": decision.policy,
        "run": decision.run,
        "time": decision.time,
        "confidence": decision.confidence,
        "alpha": decision.alpha,
        "baseline": decision.baseline,
        "maximise": list(decision.maximise),
        "candidates": [_candidate(candidate) for candidate in decision.candidates],
        "winner": decision.winner,
        "verdict": decision.verdict.value,
        "reason": decision.reason,
        **({"rule": decision.rule, "sequence": list(decision.sequence)} if decision.rule != "each" else {}),
    }


def from_payload(payload: Mapping[str, Any]) -> Decision:
    """The decision back from its JSON form.

    Raises:
        KeyError, TypeError, ValueError: It is not one.
    """
    return Decision(
        system=payload["system"],
        tier=payload["tier"],
        policy=payload["policy"],
        run=payload["run"],
        time=int(payload["time"]),
        confidence=float(payload["confidence"]),
        alpha=float(payload["alpha"]),
        baseline=payload["baseline"],
        maximise=tuple(payload["maximise"]),
        candidates=tuple(_candidate_back(candidate) for candidate in payload["candidates"]),
        winner=payload["winner"],
        verdict=Verdict(payload["verdict"]),
        reason=payload["reason"],
        rule=payload.get("rule", "each"),
        sequence=tuple(payload.get("sequence", ())),
    )


def _candidate(candidate: CandidateDecision) -> dict[str, Any]:
    return {
        "candidate": candidate.candidate,
        "verdict": candidate.verdict.value,
        "judgements": [_judgement(judgement) for judgement in candidate.judgements],
        "estimates": {name: seen_payload(seen) for name, seen in candidate.estimates.items()},
    }


def _candidate_back(payload: Mapping[str, Any]) -> CandidateDecision:
    return CandidateDecision(
        candidate=payload["candidate"],
        verdict=Verdict(payload["verdict"]),
        judgements=tuple(_judgement_back(judgement) for judgement in payload["judgements"]),
        estimates={name: seen_back(seen) for name, seen in payload["estimates"].items()},
    )


def _judgement(judgement: Judgement) -> dict[str, Any]:
    payload = {
        "asked": judgement.asked,
        "metric": judgement.metric,
        "requirement": judgement.requirement,
        "bound": _number(judgement.bound),
        "verdict": judgement.verdict.value,
        "seen": seen_payload(judgement.seen),
        "needed": judgement.needed,
        "reason": judgement.reason,
    }
    # Later fields are left out while they say nothing, so that old decisions are recomputed to the digit.
    if judgement.hopeless:
        payload["hopeless"] = True
    if judgement.look:
        payload["look"] = judgement.look
    if judgement.unconfirmed:
        payload["unconfirmed"] = True
    return payload


def _judgement_back(payload: Mapping[str, Any]) -> Judgement:
    return Judgement(
        asked=payload["asked"],
        metric=payload["metric"],
        requirement=payload["requirement"],
        bound=_number_back(payload["bound"]),
        verdict=Verdict(payload["verdict"]),
        seen=seen_back(payload["seen"]),
        needed=None if payload["needed"] is None else int(payload["needed"]),
        reason=payload["reason"],
        hopeless=payload.get("hopeless", False),
        look=int(payload.get("look", 0)),
        unconfirmed=payload.get("unconfirmed", False),
    )


def seen_payload(seen: Estimate | Missing) -> dict[str, Any]:
    """An estimate as JSON, or why there is none."""
    if isinstance(seen, Missing):
        return {"missing": seen.reason, "detail": seen.detail}
    return {
        "value": _number(seen.value),
        "low": _number(seen.interval.low),
        "high": _number(seen.interval.high),
        "level": seen.interval.level,
        "method": seen.interval.method,
        "count": seen.count,
        "cases": seen.cases,
        "without_score": seen.missing,
    }


def seen_back(payload: Mapping[str, Any]) -> Estimate | Missing:
    """What `seen_payload` was made of."""
    if "missing" in payload:
        return Missing(payload["missing"], payload["detail"])
    interval = Interval(
        _number_back(payload["low"]), _number_back(payload["high"]), float(payload["level"]), payload["method"]
    )
    return Estimate(
        value=_number_back(payload["value"]),
        interval=interval,
        count=int(payload["count"]),
        cases=int(payload["cases"]),
        missing=int(payload["without_score"]),
    )


def _number(number: float) -> float | str:
    return number if math.isfinite(number) else f"{number:g}"


def _number_back(value: float | str) -> float:
    return _WORDS[value] if isinstance(value, str) else float(value)
