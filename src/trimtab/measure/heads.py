"""Reads the YAML head of a suite: what it is about, how it is scored, and where its rows are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trimtab.errors import Mistake, PolicyError
from trimtab.measure.notes import KEYS, guess, is_name
from trimtab.policy import source


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the YAML head of a suite says; its `file` holds the rows."""

    file: str = ""
    about: str = ""
    score: str = ""
    version: str = ""
    system: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)  # our key -> the file's name for it
    defaults: Mapping[str, Any] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()


_HEAD_TEXTS = ("file", "about", "score", "version", "system")
_HEAD_KEYS = (*_HEAD_TEXTS, "columns", "defaults", "ignore")


def read_head(path: Path, shown: str) -> Head:
    """The head of a suite.

    Raises:
        PolicyError: With every mistake in it.
    """
    document = source.read(path, shown)
    mistakes = [mistake for mistake in document.mistakes if not mistake.warning]
    value = document.value or {}

    def note(key: str, message: str, suggestion: str = "") -> None:
        place = document.keys.get((key,))
        line, column = (place.line, place.column) if place else (0, 0)
        mistakes.append(
            Mistake(path=shown, line=line, column=column, where=key, message=message, suggestion=suggestion)
        )

    for key, entry in value.items():
        if key not in _HEAD_KEYS:
            note(key if is_name(key) else "", "unknown key", guess(key, _HEAD_KEYS))
        elif key in _HEAD_TEXTS and not isinstance(entry, str):
            note(key, "must be a text", "Put it in quotes." if isinstance(entry, int | float) else "")
        elif key == "columns" and not _is_columns(entry):
            note(key, "must name columns of the file", f"Write `prompt: question`; the keys are {', '.join(KEYS)}.")
        elif key == "defaults" and not (isinstance(entry, dict) and set(entry) <= set(KEYS) - {"id"}):
            note(key, "must give values for keys of a row", f"The keys are {', '.join(KEYS[1:])}.")
        elif key == "ignore" and not (isinstance(entry, list) and all(isinstance(item, str) for item in entry)):
            note(key, "must be a list of columns")
    if document.value is not None and not value.get("file"):
        note("file", "is missing", "Write `file: cases.jsonl`, relative to this head.")
    if mistakes:
        raise PolicyError(mistakes)
    return Head(**{**value, "ignore": tuple(value.get("ignore", ()))})


def _is_columns(entry: object) -> bool:
    return isinstance(entry, dict) and set(entry) <= set(KEYS) and all(isinstance(name, str) for name in entry.values())
