"""Reads the JSON of other tools: bounded, and with every mistake by line; nothing of it is quoted."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trimtab.measure.case_files import is_readable
from trimtab.measure.imports.kept import plain
from trimtab.measure.notes import UTF8_BOM, Notes, Row, TwiceError, decoded, has_other_encoding

MAX_LINE = 32 * 1024 * 1024
"""Bytes of a line: garak writes all tries at a prompt, with their conversations, into one."""

MAX_LINES = 4 * 1024**3
"""Bytes of a file that is read line by line, of which only verdicts are kept."""


def pairs_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, unless it gives a key twice: two readers would see two different things.

    Raises:
        TwiceError: It does.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        raise TwiceError
    return found


def parse_loose(text: str) -> Any:
    """JSON with NaN and Infinity, which some tools write; whoever uses a number looks whether it is finite.

    Raises:
        TwiceError: A key is given twice.
        ValueError: Not JSON.
        RecursionError: Endless nesting.
    """
    return json.loads(text, object_pairs_hook=pairs_once)


def read_document(path: Path, notes: Notes, *, hint: str = "") -> dict[str, Any] | None:
    """The one JSON object that a file is; None, and a note, if it is none."""
    if not is_readable(path, notes):
        return None
    return object_of(path.read_bytes(), notes, hint=hint)


def object_of(data: bytes, notes: Notes, *, where: str = "", hint: str = "") -> dict[str, Any] | None:
    """The JSON object in these bytes; None, and a note, if they are none. `where` names a part of a file."""
    data = data.removeprefix(UTF8_BOM)
    if has_other_encoding(data, notes):
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        notes.add(line, where, "is not UTF-8 text", hint or "Is it the file that you mean?")
        return None
    return _parsed(text, 0, notes, where=where, hint=hint)


def read_entries(path: Path, notes: Notes) -> Iterator[Row]:
    """The objects of a file with one a line; as `trimtab.measure.case_files.read_jsonl`, with longer lines and NaN."""
    if not is_readable(path, notes, most=MAX_LINES):
        return
    with path.open("rb") as file:
        line = 0
        while data := file.readline(MAX_LINE + 1):
            line += 1
            if len(data) > MAX_LINE:
                notes.add(line, "", f"is longer than {MAX_LINE // 2**20} MiB", "Is it the file that you mean?")
                return
            if line == 1 and has_other_encoding(data, notes):
                return
            text = decoded(data.removeprefix(UTF8_BOM) if line == 1 else data, line, notes)
            if text is None:
                return  # binary: every line would say the same
            if not text.strip():
                continue
            row = _parsed(text, line, notes)
            if row is not None:
                yield line, row


def _parsed(text: str, line: int, notes: Notes, *, where: str = "", hint: str = "") -> dict[str, Any] | None:
    try:
        value = parse_loose(text)
    except TwiceError:
        notes.add(line, where, "gives a key twice", "No tool writes that: it was changed by hand.")
    except json.JSONDecodeError as error:
        cut = " (it ends too early)" if error.pos >= len(text.rstrip()) else ""
        what = f"is not JSON from character {error.colno} on{cut}"
        notes.add(line or error.lineno, where, what, hint or "Was it written to its end?")
    except (ValueError, RecursionError):
        notes.add(line, where, "holds numbers or nesting that cannot be read", hint or "Is it the file that you mean?")
    else:
        if isinstance(value, dict):
            return value
        notes.add(line, where, "is not an object", hint or "Is it the file that you mean?")
    return None


class Part:
    """A value of a document and where it stands; asking it for what it lacks makes a note."""

    def __init__(self, value: Any, where: str, notes: Notes, line: int = 0) -> None:
        self.value, self.where, self.line = value, where, line
        self._notes = notes

    def wrong(self, message: str, suggestion: str = "") -> None:
        """Note that something is wrong with it."""
        self._notes.add(self.line, self.where, message, suggestion)

    def part(self, key: str) -> "Part":
        """What stands under a key, which may be nothing."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        shown = plain(key) or "a key"
        return Part(value, f"{self.where}.{shown}" if self.where else shown, self._notes, self.line)

    def items(self) -> list["Part"]:
        """The items of a list; none, and a note, if it is no list."""
        if not isinstance(self.value, list):
            self.wrong("must be a list" if self.value is not None else "is missing")
            return []
        return [Part(item, f"{self.where}[{place}]", self._notes, self.line) for place, item in enumerate(self.value)]

    def object(self) -> dict[str, Any]:
        """The object; an empty one, and a note, if it is none."""
        if isinstance(self.value, dict):
            return self.value
        self.wrong("must be an object" if self.value is not None else "is missing")
        return {}

    def text(self) -> str:
        """The text; an empty one, and a note, if it is none."""
        if isinstance(self.value, str):
            return self.value
        self.wrong("must be a text" if self.value is not None else "is missing")
        return ""

    def flag(self) -> bool | None:
        """True or false; None, and a note, if it is neither."""
        if isinstance(self.value, bool):
            return self.value
        self.wrong("must be true or false" if self.value is not None else "is missing")
        return None

    def count(self) -> int | None:
        """A whole number of at least 0; None, and a note, if it is none."""
        if isinstance(self.value, int) and not isinstance(self.value, bool) and self.value >= 0:
            return self.value
        self.wrong("must be a whole number" if self.value is not None else "is missing")
        return None
