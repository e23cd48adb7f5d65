"""What is wrong with a case file so far, and the reading that all its formats share."""

import difflib
import json
import re
from dataclasses import dataclass, field
from typing import Any

from trimtab.errors import Mistake, PolicyError

MAX_FILE = 256 * 1024 * 1024
"""Bytes of a case file, of Parquet once unpacked."""

KEYS = (
    "id",
    "system",
    "prompt",
    "messages",
    "follow_ups",
    "answer",
    "choices",
    "expect",
    "cluster",
    "group",
    "max_tokens",
    "canary",
)
"""The keys of a row."""

Row = tuple[int, dict[str, Any]]
"""The line that a row begins in, and its keys and values."""

_MAX_NOTES = 100  # mistakes shown; a file with more is wrong in one way, many times
_NAME = re.compile(r"[^\W\d][\w.-]{0,39}")
_BOMS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
UTF8_BOM = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Notes:
    """The mistakes in one file so far."""

    path: str
    mistakes: list[Mistake] = field(default_factory=list)
    more: int = 0

    def add(self, line: int, where: str, message: str, suggestion: str = "") -> None:
        """Note a mistake; `line` counts from 1, 0 means the whole file."""
        if len(self.mistakes) >= _MAX_NOTES:
            self.more += 1
            return
        self.mistakes.append(
            Mistake(path=self.path, line=line, column=0, where=where, message=message, suggestion=suggestion)
        )

    def settle(self) -> None:
        """Raise `PolicyError` if anything was noted."""
        if not self.mistakes:
            return
        found = sorted(self.mistakes, key=lambda mistake: mistake.line)
        if self.more:
            message = f"{self.more:,} more mistakes are not shown"
            found.append(Mistake(path=self.path, line=0, column=0, where="", message=message))
        raise PolicyError(found)


def has_other_encoding(data: bytes, notes: Notes) -> bool:
    """Whether the first bytes say that the file is not UTF-8."""
    for mark, name in _BOMS.items():
        if data.startswith(mark):
            notes.add(1, "", f"is {name}, not UTF-8", "Save it as UTF-8.")
            return True
    return False


def decoded(data: bytes, line: int, notes: Notes) -> str | None:
    """The text, or None when it is not UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        notes.add(line, "", f"is not UTF-8 from byte {error.start + 1} of the line on", "Save it as UTF-8.")
        return None


class TwiceError(ValueError):
    """A key is given twice."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise TwiceError
    return found


def _no_constant(_: str) -> None:
    raise ValueError("no JSON number")


def parse_json(text: str) -> Any:
    """Strict JSON: no NaN, no key twice.

    Raises:
        TwiceError: A key is given twice.
        ValueError: Not JSON, or a number that readers do not agree on.
        RecursionError: Endless nesting.
    """
    return json.loads(text, object_pairs_hook=_pairs, parse_constant=_no_constant)


def guess(key: str, known: tuple[str, ...]) -> str:
    """What to write instead of an unknown key."""
    close = difflib.get_close_matches(key, known, n=1)
    return f"Did you mean `{close[0]}`?" if close else f"The keys are {', '.join(known)}."


def is_name(key: str) -> bool:
    """Whether a key looks like one, so that a message may quote it; in a CSV without a header it would be content."""
    return _NAME.fullmatch(key) is not None


def unknown_key(key: str, place: int) -> tuple[str, str, str]:
    """(where, message, suggestion) for a key that is none of ours; quoted only if it looks like a name."""
    where = key if is_name(key) else f"column {place}"
    suggestion = guess(key, KEYS)
    if not suggestion.startswith("Did"):
        suggestion = f"{suggestion} A YAML head can rename it (`columns`) or leave it out (`ignore`)."
    return where, "unknown key", suggestion
