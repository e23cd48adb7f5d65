"""Reads cases from JSONL, CSV and Parquet files.

Nothing stops at the first mistake: every row is read, and each thing wrong
with it is noted with its line. No message quotes a row, only the names of
keys, since cases may hold what nobody should read in a log.
"""

import json
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from trimtab.measure.columns import misnamed
from trimtab.measure.heads import Head
from trimtab.measure.notes import (
    MAX_FILE,
    UTF8_BOM,
    Notes,
    Row,
    TwiceError,
    decoded,
    has_other_encoding,
    parse_json,
)
from trimtab.measure.tables import read_csv, read_parquet

MAX_LINE = 1024 * 1024
Reader = Callable[[Path, Notes], Iterator[Row]]
_LIKE = '{"prompt": "...", "answer": "..."}'
"""Bytes of a JSONL line; a prompt of a million characters is none."""

MAX_ROWS = 1_000_000


def read_rows(path: Path, head: Head, notes: Notes) -> list[Row]:
    """The rows of a case file under our keys, each with the line it begins in."""
    readers: Mapping[str, Reader] = {
        ".jsonl": read_jsonl,
        ".ndjson": read_jsonl,
        ".csv": read_csv,
        ".parquet": read_parquet,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        notes.add(0, "", "is no kind of file that holds cases", "Use .jsonl (one object a line), .csv or .parquet.")
        return []
    if not is_readable(path, notes):
        return []
    rows: list[Row] = []
    for line, row in reader(path, notes):
        if len(rows) == MAX_ROWS:
            notes.add(line, "", f"more than {MAX_ROWS:,} rows", "Split the file.")
            break
        rows.append((line, _renamed(row, head)))
    return misnamed(rows, head, notes, headed=reader is not read_jsonl)


def _renamed(row: dict[str, Any], head: Head) -> dict[str, Any]:
    """The row under our keys, without what is empty or ignored, with what the head adds."""
    ours = {theirs: key for key, theirs in head.columns.items()}
    named = {ours.get(key, key): value for key, value in row.items() if value is not None and key not in head.ignore}
    added = {**({"system": head.system} if head.system and "messages" not in named else {}), **head.defaults}
    return {**added, **named}


def is_readable(path: Path, notes: Notes, *, most: int | None = None) -> bool:
    """Whether the path names a file of bearable size, so many bytes, that may be read."""
    most = MAX_FILE if most is None else most
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe or a device may never end
            notes.add(0, "", "is not a regular file", "Name a file of cases.")
            return False
        with path.open("rb") as file:
            file.read(1)
    except FileNotFoundError:
        notes.add(0, "", "does not exist", "A path in a file counts from that file, one on the command line from here.")
        return False
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "not a usable path"
        notes.add(0, "", f"cannot be read ({why})", "Check its path and permissions.")
        return False
    if status.st_size > most:
        notes.add(0, "", f"is larger than {most // 2**20} MiB", "Split it.")
        return False
    return True


def read_jsonl(path: Path, notes: Notes, *, like: str = _LIKE) -> Iterator[Row]:
    """Rows of a file with one JSON object a line, such as `like`; empty lines are left out."""
    with path.open("rb") as file:
        line = 0
        while data := file.readline(MAX_LINE + 1):
            line += 1
            if len(data) > MAX_LINE:
                notes.add(line, "", f"is longer than {MAX_LINE // 2**20} MiB", "Write one object a line.")
                return
            if line == 1 and has_other_encoding(data, notes):
                return
            text = decoded(data.removeprefix(UTF8_BOM) if line == 1 else data, line, notes)
            if text is None or not text.strip():
                continue
            row = _object(text, line, notes, like)
            if row is not None:
                yield line, row


def _object(text: str, line: int, notes: Notes, like: str) -> dict[str, Any] | None:
    try:
        row = parse_json(text)
    except TwiceError:
        notes.add(line, "", "gives a key twice", "Keep one of them.")
    except json.JSONDecodeError as error:
        notes.add(line, "", f"is not JSON from character {error.colno} on", "Write one object a line.")
    except (ValueError, RecursionError):  # NaN, numbers of thousands of digits, endless nesting
        notes.add(line, "", "holds a number or nesting that JSON readers do not agree on", "Write it as text.")
    else:
        if isinstance(row, dict):
            return row
        notes.add(line, "", "is not an object", f"Write `{like}`.")
    return None
