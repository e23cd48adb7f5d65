"""What descriptions of operations are put together from: answers, problems with their headers, and examples."""

from collections.abc import Iterable, Mapping
from typing import Any

AT = "#/components/schemas/{model}"
JSON, PROBLEM, HTML = "application/json", "application/problem+json", "text/html; charset=utf-8"

SCHEMAS: Mapping[str, Any] = {
    "ProblemDocument": {
        "type": "object",
        "description": "An error, as RFC 9457 has it; `detail` may be empty.",
        "required": ["title", "status", "detail"],
        "additionalProperties": False,
        "properties": {
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string"},
            "errors": {
                "type": "array",
                "description": "Of a form: what is wrong, field by field; `field` is empty where it is of no field.",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["field", "what", "next"],
                    "additionalProperties": False,
                    "properties": {name: {"type": "string"} for name in ("field", "what", "next")},
                },
            },
        },
    }
}
_WORDS: Mapping[str, str] = {
    "400": "What is asked is not in its form, or is not asked here.",
    "401": "Nobody has entered.",
    "403": "It is not for you.",
    "404": "There is no such thing, or none that you may see.",
    "413": "It is too large.",
    "414": "The address is too long.",
    "421": "The `Host` header is none that is served here.",
    "429": "Too many requests.",
    "503": "The ledger cannot be read, was altered, or nothing can be told of who may come in.",
}
READING = ("400", "401", "403", "404", "414", "421", "429", "503")
"""What anything that is asked may be answered with."""
_TITLES: Mapping[str, str] = {"401": "Enter the token", "404": "There is no such thing"}
_SECONDS = {"description": "In how many seconds to ask again.", "schema": {"type": "integer", "minimum": 1}}
_HEADERS: Mapping[str, Any] = {
    "401": {"WWW-Authenticate": {"required": True, "schema": {"const": "Bearer"}}},
    "429": {"Retry-After": {"required": True, **_SECONDS}},
    "503": {"Retry-After": _SECONDS},
}


def problems(statuses: Iterable[str] = READING, words: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Problem documents by status; `words` says otherwise what some of them mean."""
    told = {**_WORDS, **(words or {})}
    return {status: _problem(status, told[status]) for status in sorted(statuses)}


def pages_of_problems(statuses: Iterable[str] = READING) -> dict[str, Any]:
    """The same where errors are pages for people: of addresses that browsers open as well."""
    schema = {"type": "string"}
    # What stands before all addresses answers in plain text.
    return {
        status: {**_problem(status, _WORDS[status]), "content": {HTML: {"schema": schema}, _PLAIN: {"schema": schema}}}
        for status in sorted(statuses)
    }


_PLAIN = "text/plain; charset=utf-8"


def answer(
    about: str, schema: Mapping[str, Any], *, kind: str = JSON, headers: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What is answered when all is well."""
    return {"description": about, "content": {kind: {"schema": schema}}, **({"headers": headers} if headers else {})}


def _problem(status: str, words: str) -> dict[str, Any]:
    example = {"title": _TITLES.get(status, words.rstrip(".")), "status": int(status), "detail": ""}
    content = {PROBLEM: {"schema": {"$ref": AT.format(model="ProblemDocument")}, "example": example}}
    headers = {"headers": _HEADERS[status]} if status in _HEADERS else {}
    return {"description": words, "content": content, **headers}
