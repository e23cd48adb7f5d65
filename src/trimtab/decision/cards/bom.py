"""A bill of materials of the AI that is registered, in the form of CycloneDX 1.6 (ML-BOM).

Source: CycloneDX 1.6 (ECMA-424), components of type `machine-learning-model` with a `modelCard`, and of type `data`.
Only what is known is in it: a field that nobody registered is left out.
"""

import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from trimtab._canonical import digest
from trimtab.decision.cards.card import Card, Part
from trimtab.decision.cards.facts import day
from trimtab.decision.registered import Registry, Thing
from trimtab.kinds import Estimate

FORMAT = "1.6"
_SHA256 = "sha256:"
_TYPES = {
    "system": "application",
    "model": "machine-learning-model",
    "dataset": "data",
    "feature": "data",
    "prompt": "data",
}
_NAMESPACE = uuid.UUID("6f3f1d1c-5a0e-5d0b-9a55-3a3d1f0c7b16")  # ours; so that the same content has the same number


def bill_of_materials(
    registry: Registry, cards: Mapping[str, Card], *, organisation: str, asof: int, version: str, system: str = ""
) -> dict[str, Any]:
    """Everything in use, or what one system is made of, as CycloneDX JSON.

    Args:
        registry: As of a moment.
        cards: Model cards by the system that they are of.
        organisation: Whose.
        asof: Microseconds UTC.
        version: Of trimtab.
        system: Only this registered thing and what is behind it.

    Raises:
        KeyError: Nothing is registered under this id.
    """
    names = {one.entry.thing for one in registry.active}
    if system:
        names = {registry.things[system].entry.thing, *registry.behind(system)}
    chosen = [registry.things[name] for name in sorted(names)]
    components = [_component(one) for one in chosen]
    measured = [_measured(card) for name, card in sorted(cards.items()) if card.run and (not system or name == system)]
    body: dict[str, Any] = {
        "metadata": {
            "timestamp": datetime.fromtimestamp(asof // 1_000_000, UTC).isoformat().replace("+00:00", "Z"),
            "tools": {"components": [{"type": "application", "name": "trimtab", "version": version}]},
            "component": {"type": "application", "bom-ref": "subject", "name": system or organisation},
        },
        "components": [*components, *measured],
        "dependencies": [*_dependencies(chosen, names), *({"ref": one["bom-ref"]} for one in measured)],
    }
    body = _valid(body)
    number = uuid.uuid5(_NAMESPACE, digest(body))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": FORMAT,
        "serialNumber": f"urn:uuid:{number}",
        "version": 1,
        **body,
    }


def _component(one: Thing) -> dict[str, Any]:
    entry = one.entry
    found: dict[str, Any] = {"type": _TYPES[entry.type], "bom-ref": _ref(entry.thing), "name": entry.thing}
    said = {"version": entry.version, "description": entry.purpose}
    found |= {name: value for name, value in said.items() if value}
    if entry.provider:
        found["supplier"] = {"name": entry.provider}
    found |= _hashes(entry.digest)
    if entry.license:  # under a name, since an id must be one of SPDX's to the letter
        found["licenses"] = [{"license": {"name": entry.license}}]
    told = {
        "owner": entry.owner,
        "status": entry.status,
        "location": entry.location,
        "risk": one.risk,
        "row": str(one.seq),
    }
    found["properties"] = [{"name": f"trimtab:{name}", "value": value} for name, value in told.items() if value]
    if entry.type == "model":
        sets = [{"ref": _ref(name)} for name in entry.made_from]
        found["modelCard"] = {"modelParameters": {"datasets": sets}} if sets else {}
    if found["type"] == "data":
        found["data"] = [{"type": "dataset" if entry.type == "dataset" else "other", "name": entry.thing}]
    return found


def _measured(card: Card) -> dict[str, Any]:
    """A candidate as it was measured, with what was seen."""
    said = {part.name: part for part in card.parts}
    figures = [one for one in said["results"].measured if isinstance(one.seen, Estimate) and one.seen.known]
    performance: list[dict[str, Any]] = []
    for one in figures:
        assert isinstance(one.seen, Estimate)
        ends = one.seen.interval
        found = {
            "type": one.metric,
            "value": f"{one.seen.value:.12g}",
            "confidenceInterval": {"lowerBound": f"{ends.low:.12g}", "upperBound": f"{ends.high:.12g}"},
        }
        performance.append({**found, "slice": one.group} if one.group else found)
    considerations = {
        "useCases": _texts(said["intended-use"]),
        "technicalLimitations": _texts(said["limitations"]),
        "ethicalConsiderations": [{"name": text} for text in _texts(said["ethical-considerations"])],
    }
    told = {"run": card.run, "policy": card.policy, "statements": str(card.statements), "gaps": str(len(card.gaps))}
    decided = _texts(said["decision"])
    return {
        "type": "machine-learning-model",
        "bom-ref": f"measured:{card.subject}/{card.candidate}",
        "name": f"{card.subject}/{card.candidate}",
        "description": f"As it was measured by run {card.run}, seen on {day(card.asof)}.",
        **_hashes(card.artefact),
        "modelCard": {
            **({"quantitativeAnalysis": {"performanceMetrics": performance}} if performance else {}),
            "considerations": {name: texts for name, texts in considerations.items() if texts},
        },
        "properties": [
            *({"name": f"trimtab:{name}", "value": value} for name, value in told.items()),
            *({"name": "trimtab:decision", "value": text} for text in decided),
        ],
    }


def _valid(value: Any) -> Any:
    """The same without halves of characters, which JSON cannot hold and an import may have brought."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {name: _valid(one) for name, one in value.items()}
    return [_valid(one) for one in value] if isinstance(value, list) else value


def _texts(part: Part) -> list[str]:
    """Sentences of a section; a statement says whose it is."""
    return [f"{one.text} (Statement of {one.by}.)" if one.statement else one.text for one in part.said]


def _hashes(value: str) -> dict[str, Any]:
    content = value.removeprefix(_SHA256)
    known = value.startswith(_SHA256) and len(content) == 64
    return {"hashes": [{"alg": "SHA-256", "content": content}]} if known else {}


def _dependencies(chosen: list[Thing], names: set[str]) -> Iterator[dict[str, Any]]:
    for one in chosen:
        on = sorted({name for name in one.entry.made_from if name in names})
        yield {"ref": _ref(one.entry.thing), **({"dependsOn": [_ref(name) for name in on]} if on else {})}


def _ref(name: str) -> str:
    return f"registered:{name}"
