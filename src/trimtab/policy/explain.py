"""Says in plain words what pydantic found."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import ErrorDetails

from trimtab.policy.document import Where
from trimtab.policy.include import Gathered
from trimtab.policy.keys import allowed, nearest, not_enforced
from trimtab.policy.secrecy import quote

_EXPONENT = re.compile(r"[-+]?\d+(?:\.\d*)?[eE][-+]?\d+")
_PERCENT = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*%")
_COMMA = re.compile(r"[-+]?\d+,\d+")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")

# pydantic's name of the error -> its name of the number, our words.
_LIMITS = {
    "greater_than_equal": ("ge", "must be at least"),
    "greater_than": ("gt", "must be more than"),
    "less_than_equal": ("le", "must be at most"),
    "less_than": ("lt", "must be less than"),
}


def explain(errors: Sequence[ErrorDetails], gathered: Gathered) -> None:
    """Report each of pydantic's errors at its place in the file."""
    for error in errors:
        if gathered.full:
            return
        where: Where = error["loc"]
        of_key = bool(where) and where[-1] == "[key]"
        if of_key:
            where = where[:-1]
        seen = _Seen(error.get("input"), where, error.get("ctx", {}), gathered.place(where).written)
        message, suggestion = _words(seen, error["type"])
        gathered.report(where, message, suggestion, key=of_key or error["type"] == "extra_forbidden")


@dataclass(frozen=True, slots=True)
class _Seen:
    """A value that does not fit: where it stands, how it is written there, and what pydantic knows of it."""

    value: Any
    where: Where
    facts: Mapping[str, Any]
    written: str

    @property
    def is_a(self) -> str:
        """What it is; its text too where a reader would not expect that."""
        if isinstance(self.value, bool) and self.written.lower() not in {"", "true", "false"}:
            return f"{quote(self.written, self.where)} is read by YAML as {str(self.value).lower()}"
        if self.value is None or not isinstance(self.value, str | bool | int | float):
            return f"is {_found(self.value)}"
        return f"{quote(self.written or self.value, self.where)} is {_found(self.value)}"


def _words(seen: _Seen, kind: str) -> tuple[str, str]:
    if kind in _LIMITS:
        fact, words = _LIMITS[kind]
        return f"{words} {seen.facts[fact]:g}, and is {quote(seen.value, seen.where)}", ""
    if kind in _EXPLAIN:
        return _EXPLAIN[kind](seen)
    return _PLAIN.get(kind, "does not fit here"), ""


_PLAIN = {
    "missing": "is missing",
    "too_short": "must have at least one entry",
    "string_too_short": "must not be empty",
    "finite_number": "must be a finite number",
}


def _unknown_key(seen: _Seen) -> tuple[str, str]:
    if not_enforced(seen.where):
        return "is not enforced by this version, so it is refused rather than ignored", "Remove it."
    return "is not a key that is known here", nearest(str(seen.where[-1]), allowed(seen.where[:-1]))


def _text(seen: _Seen) -> tuple[str, str]:
    scalar = isinstance(seen.value, bool | int | float)
    return f"must be text, and {seen.is_a}", "Put it in quotes." if scalar else ""


def _number(seen: _Seen) -> tuple[str, str]:
    suggestion = ""
    text = seen.value.strip() if isinstance(seen.value, str) else ""
    if len(text) > 20 or quote(text, seen.where) == "the value":
        pass
    elif _EXPONENT.fullmatch(text):
        number, _, power = text.lower().partition("e")
        pointed = number if "." in number else number + ".0"
        suggestion = f"YAML 1.1 takes `{pointed}e{power if power[0] in '+-' else '+' + power}` for one."
    elif percent := _PERCENT.fullmatch(text):
        suggestion = f"Write `{float(percent[1]) / 100:g}`."
    elif _COMMA.fullmatch(text):
        suggestion = f"Write `{text.replace(',', '.')}`."
    elif _NUMBER.fullmatch(text):
        suggestion = "Remove the quotes."
    return f"must be a number, and {seen.is_a}", suggestion


def _whole(seen: _Seen) -> tuple[str, str]:
    message, suggestion = _number(seen)
    if isinstance(seen.value, float):
        message = f"must be a whole number, and is {quote(seen.value, seen.where)}"
    return message.replace("must be a number", "must be a whole number", 1), suggestion


def _flag(seen: _Seen) -> tuple[str, str]:
    return f"must be true or false, and {seen.is_a}", ""


def _choice(seen: _Seen) -> tuple[str, str]:
    if seen.where == ("trimtab",):
        return "must be 1, the version of the policy format", "Write `trimtab: 1`."
    options = re.findall(r"'([^']*)'", str(seen.facts.get("expected", "")))
    if not isinstance(seen.value, str):
        return f"must be one of a few words, and {seen.is_a}", nearest("", options)
    return f"{quote(seen.value, seen.where)} is not a choice here", nearest(seen.value, options)


def _too_long(seen: _Seen) -> tuple[str, str]:
    return f"is longer than {seen.facts.get('max_length')} characters", ""


def _pattern(seen: _Seen) -> tuple[str, str]:
    if seen.where == ("currency",):
        return "must be three capital letters", "Write `EUR`, `USD`, ..."
    if seen.where[:1] == ("costs",):
        return f"{quote(seen.value, seen.where)} is no severity", "Write `S1` for the worst, then `S2`, ..."
    shown = quote(seen.value, seen.where)
    better = re.sub(r"[^a-z0-9_-]+", "-", str(seen.value)[:80].lower()).strip("-_").lstrip("0123456789-_")
    suggestion = f"Write `{better}`." if better and shown.startswith("`") else ""
    rule = "must start with a lower-case letter and hold only lower-case letters, digits, `-` and `_`"
    return f"{shown} is not a name: it {rule}", suggestion


def _mapping(seen: _Seen) -> tuple[str, str]:
    keys = allowed(seen.where)
    suggestion = f"Its keys are {', '.join(f'`{key}`' for key in keys[:12])}." if keys else ""
    return f"must hold `key: value` lines, and {seen.is_a}", suggestion


def _list(seen: _Seen) -> tuple[str, str]:
    plain = isinstance(seen.value, str) and seen.value and quote(seen.value, seen.where) == f"`{seen.value}`"
    return f"must be a list, and {seen.is_a}", f"Write `[{seen.value}]`." if plain else "Write `[a, b]`."


def _rule(seen: _Seen) -> tuple[str, str]:
    return str(seen.facts.get("error", "does not fit here")), ""


_EXPLAIN: dict[str, Callable[[_Seen], tuple[str, str]]] = {
    "extra_forbidden": _unknown_key,
    "string_type": _text,
    "float_type": _number,
    "float_parsing": _number,
    "int_type": _whole,
    "int_parsing": _whole,
    "int_parsing_size": _whole,
    "int_from_float": _whole,
    "bool_type": _flag,
    "bool_parsing": _flag,
    "literal_error": _choice,
    "string_too_long": _too_long,
    "string_pattern_mismatch": _pattern,
    "model_type": _mapping,
    "model_attributes_type": _mapping,
    "dict_type": _mapping,
    "tuple_type": _list,
    "list_type": _list,
    "value_error": _rule,
}


def _found(value: Any) -> str:
    """What a value is, without quoting it."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, int | float):
        return "a number"
    return "a list" if isinstance(value, list | tuple) else "a mapping"
