"""Reads a table of results that anything wrote: CSV with a header, or one JSON object a line.

Columns are `case` and `value`; where there are any, `measure` (else all rows are of the measure `value`), `candidate`
(rows of others are left out), `cluster` (what is not independent of each other), `group`, `per` (of ratios), and
`missing`, the reason of a row without a value.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from trimtab.kinds import Missing, Score
from trimtab.measure.imports.found import Found, Imported, number, settled
from trimtab.measure.imports.kept import case_id, plain, short_digest
from trimtab.measure.marked_files import file_digest, read_marked
from trimtab.measure.notes import Notes, Row, guess, is_name

COLUMNS = ("candidate", "measure", "case", "value", "cluster", "group", "per", "missing")
_REASON = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def read(path: Path, *, candidate: str = "", shown: str = "") -> Imported:
    """All that a table says of one candidate.

    Args:
        path: The file.
        candidate: Whose rows are meant, where there is a column for that; all rows otherwise.
        shown: What mistakes call it.

    Raises:
        PolicyError: It is no such table; every mistake by line.
    """
    notes = Notes(shown or str(path))
    found, others = [], set()
    strange: set[str] = set()
    for row in read_marked(path, notes):
        for key in row[1].keys() - {*COLUMNS, *strange}:
            strange.add(key)
            notes.add(row[0], key if is_name(key) else "", "unknown column", guess(key, COLUMNS))
        named = str(row[1].get("candidate", candidate)).strip()
        if candidate and named != candidate:
            others.add(named)
            continue
        one = _result(row, notes)
        if one is not None:
            found.append(one)
    if not found and others and not notes.mistakes:
        notes.add(0, "candidate", "is never the one that is meant", f"It has: {', '.join(sorted(map(plain, others)))}.")
    notes.settle()
    made = settled(found, notes)
    notes.settle()
    return Imported(tool="csv", version="1", digest=file_digest(path), found=made)


def _result(row: Row, notes: Notes) -> Found | None:
    line, cells = row
    named = _text(cells, "case")
    case = case_id(named)
    if not case:
        notes.add(line, "case", "is missing", "Write the columns case and value.")
    value = _number(row, "value", notes)
    per = _number(row, "per", notes) if cells.get("per") is not None else 1.0
    group, reason = plain(_text(cells, "group")), _text(cells, "missing")
    if (value is None) == (not reason) and cells.get("value") is None:
        notes.add(line, "value", "is missing", "Write a number, or why there is none in a column `missing`.")
        return None
    if reason and (value is not None or not _REASON.fullmatch(reason)):
        what = "is given beside a value" if value is not None else "must be a short word: lower case, digits, hyphens"
        notes.add(line, "missing", what)
        return None
    if per is not None and per <= 0.0:
        notes.add(line, "per", "must be more than 0")
    if not case or per is None or (value is None and not reason):
        return None
    cluster = case_id(_text(cells, "cluster")) or case
    return Found(
        measure=plain(_text(cells, "measure")) or "value",
        case=case,
        cluster=cluster,
        outcome=Missing(reason, group=group) if value is None else Score(value=value, per=per, group=group),
        asked=short_digest(named),
    )


def _text(cells: Mapping[str, object], key: str) -> str:
    value = cells.get(key)
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _number(row: Row, key: str, notes: Notes) -> float | None:
    line, cells = row
    given = cells.get(key)
    if given is None:
        return None
    try:
        value = number(float(given)) if isinstance(given, str) else number(given)
    except ValueError:
        value = None
    if isinstance(given, bool):
        value = float(given)
    if value is None:
        notes.add(line, key, "is no finite number")
    return value
