"""Reads rows from CSV and Parquet."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trimtab._optional import need
from trimtab.measure.notes import MAX_FILE, UTF8_BOM, Notes, Row, decoded, has_other_encoding, parse_json

_STRUCTURED = ("messages", "follow_ups", "choices", "expect")  # in CSV: JSON, or texts parted by |


def read_csv(path: Path, notes: Notes, *, unnamed: bool = False) -> Iterator[Row]:
    """Rows of a CSV file as RFC 4180 has it: commas, a header, quotes doubled inside quotes.

    With `unnamed`, columns without a name (the row numbers that pandas writes) are left out, not complained of.
    """
    data = path.read_bytes().removeprefix(UTF8_BOM)
    if has_other_encoding(data, notes):
        return
    try:
        text = data.decode()
    except UnicodeDecodeError:
        for line, part in enumerate(data.split(b"\n"), start=1):
            decoded(part, line, notes)
        return
    header: list[str] | None = None
    for line, cells in _records(text, notes):
        if header is None:
            header = [cell.strip() for cell in cells]
            if not _is_header([name for name in header if name] if unnamed else header, notes):
                return
        elif len(cells) != len(header):
            suggestion = "Put cells that contain commas in quotes."
            notes.add(line, "", f"has {len(cells)} cells where the header has {len(header)}", suggestion)
        else:
            named = dict(zip(header, cells, strict=True))
            yield line, {key: _cell(key, cell, line, notes) for key, cell in named.items() if key and cell.strip()}


def _records(text: str, notes: Notes) -> Iterator[tuple[int, list[str]]]:
    """Records that are not empty, each with the line it begins in."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            long = "limit" in str(error)
            what = f"has a cell of more than {csv.field_size_limit():,} characters" if long else "has a stray quote"
            notes.add(line, "", what, "" if long else 'Put cells with quotes in quotes and double those inside: "".')
            return
        if any(cells):
            yield line, cells


def _is_header(header: list[str], notes: Notes) -> bool:
    if len(header) == 1 and re.search(r"[;\t|]", header[0]):
        notes.add(1, "", "is not parted by commas", "Save it with commas between the columns.")
    elif "" in header:
        notes.add(1, "", f"column {header.index('') + 1} has no name", "Name it, or remove it.")
    elif len(set(header)) < len(header):
        notes.add(1, "", "names a column twice", "Rename one of them.")
    else:
        return True
    return False


def _cell(key: str, cell: str, line: int, notes: Notes) -> Any:
    if key == "max_tokens" and re.fullmatch(r"\s*\d{1,9}\s*", cell, re.ASCII):
        return int(cell)
    if key not in _STRUCTURED:
        return cell
    if cell.lstrip().startswith(("[", "{")):
        try:
            return parse_json(cell)
        except (ValueError, RecursionError):
            notes.add(line, key, "is not JSON", 'Write ["one", "two"], or one|two.')
            return None
    return [part.strip() for part in cell.split("|")]


def read_parquet(path: Path, notes: Notes) -> Iterator[Row]:
    """Rows of a Parquet file; the line of a row is its number."""
    arrow = need("pyarrow", extra="parquet")
    parquet = need("pyarrow.parquet", extra="parquet")
    try:
        file = parquet.ParquetFile(path)
        groups = (file.metadata.row_group(place) for place in range(file.metadata.num_row_groups))
        if sum(group.total_byte_size for group in groups) > MAX_FILE:
            notes.add(0, "", f"is larger than {MAX_FILE // 2**20} MiB once unpacked", "Split it.")
            return
        number = 0
        for batch in file.iter_batches(batch_size=1024):
            for row in batch.to_pylist():
                number += 1
                yield number, row
    except (arrow.ArrowException, OSError, ValueError) as error:
        notes.add(0, "", f"is not a Parquet file that can be read ({type(error).__name__})", "Write it anew.")
