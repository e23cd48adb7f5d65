"""What the organisation registers in the year, and what looks find: some of it is registered late, some never."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from trimtab.decision.ai_act import QUESTIONS
from trimtab.decision.classification import classify, kept_answers

DAY = 86_400_000_000
SHARED = {"embedder": "platform", "tagger": "safety"}  # models that several systems use, and whose they are
LATE = "summariser"  # found in the second quarter, registered in the third
NEVER = "desk-helper"  # found, and never registered
_HIDES = {"folder": ("tagger", "coding-model"), "manifests": ("embedder", NEVER)}  # what each way of looking cannot see
_YES = {
    "triage": ("essential-services", "talks-to-people"),
    "claims": ("essential-services", "prepares"),
    "search": ("talks-to-people",),
    "letters": ("makes-content",),
}

Entered = tuple[int, str, Mapping[str, Any]]
"""When it is recorded, which kind of entry, and its values."""


def entered(quarters: tuple[Any, ...], team_of: Mapping[str, str]) -> Iterator[Entered]:
    """Everything in the order in which it is entered."""
    start = quarters[0].start
    for name, team in SHARED.items():
        yield start + 4 * DAY, "registered", _model(name, team, "house")
    for system, team in team_of.items():
        at = start + 5 * DAY
        yield at, "registered", _data(system, team)
        yield at, "registered", _model(f"{system}-model", team, "house", f"{system}-records")
        yield at, "registered", _system(system, team)
        yield at + DAY, "classified", _class(system)
    yield quarters[2].start + 9 * DAY, "registered", _model(LATE, "care", "house", "letters-records")
    for number, quarter in enumerate(quarters):
        running = [f"{system}-model" for system in team_of] + [*SHARED] + [LATE, NEVER][: 2 if number else 0]
        for way in ("folder", "manifests"):
            yield quarter.end - 5 * DAY, "scanned", _look(way, [one for one in running if one not in _HIDES[way]])


def _content(name: str) -> str:
    return f"sha256:{sha256(name.encode()).hexdigest()}"


def _model(name: str, team: str, provider: str, *data: str) -> dict[str, Any]:
    return {
        "thing": name,
        "type": "model",
        "owner": team,
        "by": team,
        "version": "1",
        "digest": _content(name),
        "location": f"store/{name}",
        "provider": provider,
        "purpose": f"Answers for {name.removesuffix('-model')}.",
        "made_from": list(data),
        "sources": [] if data else ["public-texts"],
    }


def _data(system: str, team: str) -> dict[str, Any]:
    return {
        "thing": f"{system}-records",
        "type": "dataset",
        "owner": team,
        "by": team,
        "version": "2025-09",
        "digest": "" if system == "coding" else _content(f"{system}-records"),  # nobody has worked it out
        "location": f"store/{system}-records",
        "purpose": f"Examples for {system}.",
        "sources": ["" if system == "scribe" else "ward-desk"],  # nobody says where these come from
    }


def _system(system: str, team: str) -> dict[str, Any]:
    return {
        "thing": system,
        "type": "system",
        "system": system,
        "owner": team,
        "by": team,
        "version": "4",
        "provider": team,
        "purpose": f"What {team} offers as {system}.",
        "made_from": [f"{system}-model", "embedder"],
    }


def _class(system: str) -> dict[str, Any]:
    answers = {one.id: one.id in _YES.get(system, ()) for one in QUESTIONS if one.part != "derogation"}
    if "essential-services" in _YES.get(system, ()):
        answers |= {one.id: one.id in _YES[system] for one in QUESTIONS if one.part == "derogation"}
    answers.pop("systemic-risk")  # asked of makers of models only
    reason = "It sorts bills for a person, who decides." if answers.get("prepares") else ""
    found = classify(answers, reason=reason)
    return {
        "thing": system,
        "answers": list(kept_answers(answers)),
        "risk": found.risk,
        "articles": list(found.articles),
        "reason": reason,
        "approver": "clinical-safety-lead",
        "by": "privacy-officer",
    }


def _look(way: str, models: list[str]) -> dict[str, Any]:
    return {
        "looked": way,
        "place": _content(way),
        "label": way,
        "found": [f"model:{one}" for one in models],
        "digests": [_content(one) if way == "folder" else "none" for one in models],
        "records": 40,
        "by": "safety",
    }
