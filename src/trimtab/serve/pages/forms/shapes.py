"""What each field of a form is as JSON: one schema for the description and for what is taken, so that neither lies.

Commands, files and web hooks read the same fields from text as well; a program that calls sends JSON, and a number that
comes as a text is a mistake of its own.
"""

import re
from collections.abc import Mapping
from typing import Any

from trimtab.errors import EntryError
from trimtab.evidence.entries import Said
from trimtab.evidence.entries.entry import Form as Holds
from trimtab.evidence.entries.reading import LONGEST_WORDS, how
from trimtab.serve.pages.forms.declared import Form, Way
from trimtab.serve.pages.forms.desk import mistake

_MOST = 1_000  # of a list, as entries have it
_NAME = {"type": "string", "minLength": 1, "maxLength": 120, "pattern": r"^[A-Za-z0-9][A-Za-z0-9._:/@+#()-]*$"}
_LINK = {
    "type": "string",
    "maxLength": 119,
    "pattern": r"^[a-z0-9][a-z0-9.-]{0,39}:[A-Za-z0-9][A-Za-z0-9._() -]{0,78}$",
}
_WORDS = {"type": "string", "maxLength": LONGEST_WORDS}
_TWO = "[0-9]{2}"
_MOMENT = {
    "type": "string",
    "maxLength": 32,
    "pattern": rf"^[0-9]{{4}}-{_TWO}-{_TWO}(T{_TWO}:{_TWO}(:{_TWO}(\.[0-9]{{1,6}})?)?(Z|[+-]{_TWO}:{_TWO})?)?$",
}
_NUMBER = {"type": "number"}
_AMOUNT = {
    "type": ["number", "string"],
    "minimum": 0,
    "maximum": 10**13,
    "maxLength": 16,
    "pattern": r"^[0-9]+(\.[0-9]{1,2})?$",
}


def _list(of: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of, "maxItems": _MOST}


def _pair(*parts: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "prefixItems": list(parts), "minItems": 2, "maxItems": 2}


def _named(of: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "propertyNames": _NAME, "additionalProperties": of, "maxProperties": _MOST}


_SHAPES: Mapping[Holds, Mapping[str, Any]] = {
    Holds.NAME: _NAME,
    Holds.LINK: _LINK,
    Holds.NAMES: _list(_NAME),
    Holds.LINKS: _list(_LINK),
    Holds.WORDS: _WORDS,
    Holds.LINES: _list(_WORDS),
    Holds.FLAG: {"type": "boolean"},
    Holds.MOMENT: _MOMENT,
    Holds.MONEY: _AMOUNT,
    Holds.COUNT: {"type": "integer", "minimum": 0, "maximum": 2**53 - 1},
    Holds.NUMBER: _NUMBER,
    Holds.SHARE: {"type": "number", "minimum": 0, "maximum": 1},
    Holds.RANGE: _pair(_NUMBER, _NUMBER),
    Holds.MONEY_RANGE: _pair(_AMOUNT, _AMOUNT),
    Holds.NUMBERS: _named(_NUMBER),
    Holds.RANGES: _named(_pair(_NUMBER, _NUMBER)),
    Holds.DUTIES: _named(_pair(_MOMENT, _WORDS)),
    Holds.SIGNED: {"type": "string", "maxLength": 10_000},
}
_STATEMENT: Mapping[str, Any] = {
    "statement": {
        "type": "string",
        "maxLength": 48_000,
        "description": "As it was answered, in base64; then with `signature`.",
    },
    "signature": {"type": "string", "maxLength": 10_000, "description": "What `ssh-keygen -Y sign` wrote."},
}
_POLICY: Mapping[str, Any] = {
    "policy": {"type": "string", "minLength": 1, "description": "The whole text of the proposed policy."},
    "look": {"type": "boolean", "description": "Only say what it would change."},
}
_EXAMPLES: Mapping[str, Any] = {
    "system": "triage",
    "hazard": "data-leak",
    "what": "A reply named another patient.",
    "by": "care-lead",
    "owner": "care-lead",
    "team": "care",
    "control": "eu-ai-act:Art.12",
    "consent": "triage-v4-2026-Q3",
    "figure": "R04/triage",
    "effects": {"data-leak": [0.2, 0.5]},
    "requests": ["REQ-2026-Q3-1"],
    "request": "REQ-2026-Q3-1",
    "on": "row:5",
    "candidate": "v4",
    "policy": "trimtab: 1\n",
}
_OF_FORMS: Mapping[Holds, Any] = {
    Holds.WORDS: "As agreed.",
    Holds.MOMENT: "2026-09-01",
    Holds.MONEY: "1250.50",
    Holds.COUNT: 3,
    Holds.NUMBER: 0.2,
    Holds.SHARE: 0.2,
    Holds.RANGE: [0.1, 0.3],
    Holds.MONEY_RANGE: ["5000", "20000"],
}


def schema_of(form: Form) -> dict[str, Any]:
    """What a form takes, as JSON Schema."""
    fields = {one.name: _field(form, one) for one in form.fields}
    needed = [one.name for one in form.fields if form.needs(one) and one.name != "by"]
    more: dict[str, Any] = {"required": needed} if needed else {}
    if form.way is Way.STATEMENT:
        first = {"required": needed, "properties": dict.fromkeys(_STATEMENT, False)}
        other = {"required": list(_STATEMENT), "properties": {name: False for name in fields if name != "by"}}
        fields, more = {**fields, **_STATEMENT}, {"oneOf": [first, other]}
    if form.way is Way.POLICY:
        look = {"required": ["look"], "properties": {"look": {"const": True}}}
        fields, more = {**fields, **_POLICY}, {"required": ["policy"], "anyOf": [{"required": ["what"]}, look]}
    return {"type": "object", "additionalProperties": False, "properties": fields, **more}


def example_of(form: Form) -> dict[str, Any]:
    """A form filled in, with what must be and who speaks."""
    asked = {one.name for one in form.fields if form.needs(one) or one.name in ("system", "on", "by")}
    found = {one.name: _example(one) for one in form.fields if one.name in asked}
    return {**found, **({"policy": _EXAMPLES["policy"], "look": True} if form.way is Way.POLICY else {})}


def in_shape(form: Form, told: Mapping[str, Any]) -> None:
    """That every field that is there is one of the form and has its shape; what else must be, the rules of entries say.

    Raises:
        EntryError: One is not, or has not.
    """
    forms = {one.name: one for one in form.fields}
    shapes = schema_of(form)["properties"]
    if strange := [name for name in told if name not in shapes]:
        raise mistake(strange[0][:40], "is no field of this form", f"It has {', '.join(sorted(shapes))}.")
    wrong = [
        mistake(name, f"is not {how(forms[name]) if name in forms else 'what is asked'}", shapes[name]["description"])
        for name, value in told.items()
        if not _fits(value, shapes[name])
    ]
    if wrong:
        raise EntryError([one.mistakes[0] for one in wrong])


def _field(form: Form, one: Said) -> dict[str, Any]:
    shape = {"type": "string", "enum": list(one.choices)} if one.choices else _SHAPES[one.form]
    filled = {"minLength": 1, "pattern": r"\S"} if one.form is Holds.WORDS and form.needs(one) else {}
    return {**shape, **filled, "description": one.help}


def _example(one: Said) -> Any:
    if one.choices:
        return one.choices[0]
    names = [f"{one.name.upper()}-1"] if one.form is Holds.NAMES else f"{one.name.upper()}-1"
    return _EXAMPLES.get(one.name, _OF_FORMS.get(one.form, names))


def _fits(value: Any, shape: Mapping[str, Any]) -> bool:
    """Whether a value has a shape: the keywords that stand above, and no others."""
    types = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
    if not any(_is_a(value, one) for one in types):
        return False
    if isinstance(value, str):
        fits = shape.get("minLength", 0) <= len(value) <= shape.get("maxLength", len(value))
        pattern = shape.get("pattern")
        fits = fits and (pattern is None or re.search(pattern.replace("$", r"\Z"), value) is not None)
        return fits and value in shape.get("enum", (value,))
    if isinstance(value, list):
        inside = shape.get("prefixItems") or [shape["items"]] * len(value)
        fits = shape.get("minItems", 0) <= len(value) <= shape["maxItems"]
        return fits and all(_fits(*each) for each in zip(value, inside, strict=True))
    if isinstance(value, dict):
        names, inside = shape["propertyNames"], shape["additionalProperties"]
        fits = len(value) <= shape["maxProperties"]
        return fits and all(_fits(name, names) and _fits(one, inside) for name, one in value.items())
    return isinstance(value, bool) or bool(shape.get("minimum", value) <= value <= shape.get("maximum", value))


def _is_a(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if name == "integer":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    known: Mapping[str, Any] = {"string": str, "number": (int, float), "array": list, "object": dict, "boolean": bool}
    return isinstance(value, known[name])
