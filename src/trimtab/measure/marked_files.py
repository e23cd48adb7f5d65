"""Reads tables of numbers that people or programs marked: CSV with a header, or one JSON object a line."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from trimtab.measure.case_files import Reader, is_readable, read_jsonl
from trimtab.measure.notes import Notes, Row
from trimtab.measure.tables import read_csv

MOST_ROWS = 1_000_000
_YES = frozenset({"1", "1.0", "true", "yes", "y"})
_NO = frozenset({"0", "0.0", "false", "no", "n"})


def read_marked(path: Path, notes: Notes) -> Iterator[Row]:
    """The rows of a file, each with the line that it begins in; what is wrong with the file goes into the notes."""
    readers: Mapping[str, Reader] = {".jsonl": read_jsonl, ".ndjson": read_jsonl, ".csv": read_csv}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        notes.add(0, "", "is neither .jsonl nor .csv", "Write one JSON object a line, or CSV with a header.")
        return
    if not is_readable(path, notes):
        return
    for number, found in enumerate(reader(path, notes)):
        if number == MOST_ROWS:
            notes.add(found[0], "", f"more than {MOST_ROWS:,} rows", "Draw a sample.")
            return
        yield found


def number_of(row: Row, key: str, notes: Notes, *, low: float = 0.0, high: float = 1.0) -> float | None:
    """A number of a row; None, and a note, where it is missing or outside of its range."""
    line, cells = row
    given = cells.get(key)
    if given is None:
        notes.add(line, key, "is missing")
        return None
    try:
        value = float(given) if isinstance(given, int | float | str) and not isinstance(given, bool) else None
    except ValueError:
        value = None
    if value is None or not low <= value <= high:  # NaN is not, either
        notes.add(line, key, f"is no number from {low:g} to {high:g}")
        return None
    return value


def mark_of(row: Row, key: str, notes: Notes, *, graded: bool) -> float | None:
    """What a person said: yes or no as 1 or 0, with `graded` a number between; None, and a note, if it is neither."""
    if graded:
        return number_of(row, key, notes)
    said = flag_of(row, key, notes)
    return None if said is None else float(said)


def flag_of(row: Row, key: str, notes: Notes) -> bool | None:
    """Yes or no; None, and a note, where it is missing or neither."""
    line, cells = row
    given = cells.get(key)
    word = str(given).strip().lower()
    if given is None or word not in _YES | _NO:
        notes.add(line, key, "is missing" if given is None else "is neither 1 nor 0", "Write 1 for yes and 0 for no.")
        return None
    return word in _YES


def file_digest(path: Path) -> str:
    """`sha256:` over the bytes of a file."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
