"""JSON Schema of a policy file, for editors: completion, hover texts, red lines under slips."""

from typing import Any

from trimtab.kinds import plugins
from trimtab.policy.model import Policy

DIALECT = "https://json-schema.org/draft/2020-12/schema"
IDENTITY = "urn:trimtab:policy:1"

_BOUNDS = ("at_least", "at_most")

JSON = dict[str, Any]


def schema() -> JSON:
    """Draft 2020-12 schema of what the loader accepts in one file.

    Candidates may name their plugin as a key, so the plugins installed here
    are part of it. A file that is only included need not be complete; editors
    that check one against this schema will ask for the rest.
    """
    made = Policy.model_json_schema(by_alias=True)
    definitions: JSON = made["$defs"]
    definitions["Candidate"] = _candidate(definitions["Candidate"])
    system: JSON = definitions["SystemSpec"]["properties"]
    system["maximise"] = {
        "description": system["maximise"].get("description", ""),
        "anyOf": [
            {"type": "string"},
            {k: v for k, v in system["maximise"].items() if k not in {"description", "title"}},
        ],
    }
    made["properties"]["include"] = {
        "description": "Other files whose keys are merged into this one; paths count from this file.",
        "anyOf": [{"type": "string", "minLength": 1}, {"type": "array", "items": {"type": "string", "minLength": 1}}],
    }
    text, number = {"minLength": 1}, {"type": "number"}
    for name, keys, given in (
        ("SuiteSpec", ("builtin", "file", "python", "imported"), text),
        ("Floor", _BOUNDS, number),
        ("PrincipleTest", ("detector", "metric", "judge"), {"type": ["string", "object"], "minLength": 1}),
    ):
        definitions[name]["oneOf"] = [{"required": [key], "properties": {key: given}} for key in keys]
    pair: JSON = {"type": "array", "items": {"type": "number", "minimum": 0}, "minItems": 2, "maxItems": 2}
    definitions["IncidentCost"] = {"anyOf": [pair, definitions["IncidentCost"]]}
    head = {"$schema": DIALECT, "$id": IDENTITY, "title": "trimtab policy", "description": made.get("description", "")}
    return {**head, **{key: _tidy(value) for key, value in made.items() if key not in head}}


def _candidate(long: JSON) -> JSON:
    """Either `plugin: name` with its parameters under `with`, or the plugin's name as a key."""
    parameters: JSON = {"type": ["object", "null"], "description": "Parameters of the plugin."}
    installed = plugins.names("systems")
    return {
        **long,
        "properties": {**long["properties"], **dict.fromkeys(installed, parameters)},
        "required": [],
        "oneOf": [{"required": [name]} for name in ("plugin", "of", *installed)],
        "dependentRequired": {"with": ["plugin"]},
        "dependentSchemas": {"of": {"anyOf": [{"required": [key]} for key in ("guard", "set", "grid", "points")]}},
    }


def _tidy(value: Any) -> Any:
    """Without the titles that repeat each key; with names of mappings closed to other forms."""
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    if not isinstance(value, dict):
        return value
    tidy = {}
    for key, item in value.items():
        if key == "title" and isinstance(item, str):
            continue
        # Under these the keys are names, among which `title` would be one like any other.
        named = key in {"properties", "$defs", "patternProperties"}
        tidy[key] = {name: _tidy(inner) for name, inner in item.items()} if named else _tidy(item)
    if "patternProperties" in tidy and "additionalProperties" not in tidy:
        tidy["additionalProperties"] = False
    return tidy
