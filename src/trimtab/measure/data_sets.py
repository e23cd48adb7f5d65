"""Reads data sets larger than memory, in stretches of rows: JSON Lines, plain or gzip, and Parquet.

A line that cannot be read is a row that says so; what cannot be read at all is an error.
"""

import gzip
import json
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import IO, Any

from trimtab._optional import need
from trimtab.errors import UsageError
from trimtab.measure.notes import UTF8_BOM, TwiceError, is_name, parse_json

ROWS, BYTES = 256, 1 << 20
"""The most of one stretch; the last line of it may be longer."""

LONGEST = 32 << 20
"""Bytes of a line; a longer one is passed over, and counts as one that cannot be read."""

LINES, TABLE = (".jsonl", ".ndjson"), ".parquet"


class UnreadableError(ValueError):
    """A line holds no row. Its text says why, and nothing of the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Some rows in their order. `rows` are lines as they stand (None for one too long), or values of a table.

    `numbers` are of each row, from 1: the line in its file, empty lines counted, or the row of the table. `read` is how
    many bytes of the file were read to the end of these rows. `table` holds the rows of a table with their types.
    """

    numbers: list[int]
    rows: list[bytes | None] | list[dict[str, Any]]
    read: int
    table: Any = None

    def names(self) -> list[str]:
        """The keys of the first row that look like names, so that a message may quote them."""
        try:
            row = self.rows[0] if isinstance(self.rows[0], dict) else row_of(self.rows[0])
        except UnreadableError:
            return []
        return [name for name in row if is_name(name)]


def kind_of(path: Path) -> str:
    """What a name says of its file: "lines", "packed" (lines, gzip) or "table".

    Raises:
        UsageError: It says nothing of the kind.
    """
    suffix = path.suffix.lower()
    if suffix in LINES:
        return "lines"
    if suffix == ".gz" and path.with_suffix("").suffix.lower() in LINES:
        return "packed"
    if suffix == TABLE:
        return "table"
    raise UsageError(f"{path.name} is no kind of data set.", "Use .jsonl (one object a line), .jsonl.gz or .parquet.")


def stretches(path: Path, *, rows: int = ROWS, typed: bool = False) -> Iterator[Stretch]:
    """The rows of a data set, at most so many at once; with `typed`, those of a table with their types.

    Raises:
        UsageError: There is no such file, it may not be read, or it is damaged.
        MissingPackageError: Parquet is not installed.
    """
    kind = kind_of(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe or a device may never end, and cannot be read twice
            raise UsageError(f"{path.name} is not a regular file.", "Write it to one first.")
        yield from _table(path, rows, typed=typed) if kind == "table" else _lines(path, rows, packed=kind == "packed")
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise UsageError(f"{path.name} is no gzip file, or a part of one.", "Bring it here again.") from None
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read ({error.strerror}).", "Check its path and its rights.") from None


def row_of(line: bytes | None) -> dict[str, Any]:
    """The object in a line.

    Raises:
        UnreadableError: It holds none that all readers would see alike.
    """
    if line is None:
        raise UnreadableError(f"is longer than {LONGEST >> 20} MiB")
    try:
        row = parse_json(line.decode())
    except UnicodeDecodeError:
        raise UnreadableError("is not UTF-8") from None
    except TwiceError:
        raise UnreadableError("gives a key twice") from None
    except json.JSONDecodeError:
        raise UnreadableError("is not JSON") from None
    except (ValueError, RecursionError):
        raise UnreadableError("holds a number or nesting that JSON readers do not agree on") from None
    if not isinstance(row, dict):
        raise UnreadableError("is not an object")
    return row


def _lines(path: Path, most: int, *, packed: bool) -> Iterator[Stretch]:
    with path.open("rb") as raw, gzip.open(raw) if packed else raw as file:
        numbers: list[int] = []
        rows: list[bytes | None] = []
        size = number = 0
        while (line := _line(file)) != b"":
            number += 1
            if number == 1 and line is not None:
                line = line.removeprefix(UTF8_BOM)
            if line is not None and not line.strip():
                continue
            numbers.append(number)
            rows.append(line)
            size += len(line or b"")
            if len(rows) == most or size >= BYTES:
                yield Stretch(numbers=numbers, rows=rows, read=raw.tell())
                numbers, rows, size = [], [], 0
        if rows:
            yield Stretch(numbers=numbers, rows=rows, read=raw.tell())


def _line(file: BufferedIOBase | IO[bytes]) -> bytes | None:
    """The next line, empty at the end of the file, None for one that is too long."""
    line = file.readline(LONGEST + 1)
    if len(line) <= LONGEST:
        return line
    while line and not line.endswith(b"\n"):
        line = file.readline(BYTES)
    return None


def _table(path: Path, most: int, *, typed: bool) -> Iterator[Stretch]:
    arrow, parquet = need("pyarrow", extra="parquet"), need("pyarrow.parquet", extra="parquet")
    size = path.stat().st_size
    try:
        with parquet.ParquetFile(path) as file:
            number, whole = 0, max(file.metadata.num_rows, 1)
            for batch in file.iter_batches(batch_size=most):
                values: list[dict[str, Any]] = batch.to_pylist()
                read = size * (number + len(values)) // whole
                numbers = list(range(number + 1, number + len(values) + 1))
                table = arrow.Table.from_batches([batch]) if typed else None
                yield Stretch(numbers=numbers, rows=values, read=read, table=table)
                number += len(values)
    except (arrow.ArrowException, ValueError) as error:
        what = f"{path.name} is not a Parquet file that can be read ({type(error).__name__})."
        raise UsageError(what, "Write it anew.") from None


__all__ = ["BYTES", "LONGEST", "ROWS", "Stretch", "UnreadableError", "kind_of", "row_of", "stretches"]
