"""Reads drafts of entries from a file: CSV with a header, or one JSON object a line."""

from dataclasses import replace
from pathlib import Path

from trimtab.errors import EntryError
from trimtab.evidence.entries.reading import Draft
from trimtab.measure.marked_files import file_digest, read_marked
from trimtab.measure.notes import Notes


def read_drafts(path: Path, *, kind: str = "", by: str = "") -> list[Draft]:
    """Every row of a file as a draft, its `source` the digest of the file.

    Args:
        path: `.csv`, `.jsonl` or `.ndjson`.
        kind: Of all rows; left out, each row has a `kind`.
        by: Who says so where a row does not tell.

    Raises:
        EntryError: The file cannot be read as rows, with every mistake.
    """
    notes = Notes(str(path))
    rows = list(read_marked(path, notes))
    if not rows and not notes.mistakes:
        notes.add(0, "", "holds no row", "Write one entry a line.")
    if notes.mistakes:
        raise EntryError([replace(one, code=EntryError.code) for one in notes.mistakes])
    source = f"file:{file_digest(path)}"
    drafts = []
    for line, cells in rows:
        values = {"by": by, **cells, "source": source}
        drafts.append(Draft(kind=kind or str(values.pop("kind", "")), values=values, path=str(path), line=line))
    return drafts
