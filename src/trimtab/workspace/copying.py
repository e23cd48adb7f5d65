"""Copies rows of a data set as they are, after it was looked at; a file that changed meanwhile is found out."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from trimtab._optional import need
from trimtab.errors import UsageError
from trimtab.measure.data_sets import Stretch, stretches
from trimtab.workspace.out_files import OutFile


class Taken:
    """Which rows of a file are kept, a byte for each, and a digest of all that were read."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._marks: list[NDArray[np.bool_]] = []
        self._flat: NDArray[np.bool_] | None = None
        self._size = 0
        self._digest = hashlib.sha256()

    def __len__(self) -> int:
        return self._size

    @property
    def digest(self) -> str:
        """Of the rows that were read, in their order."""
        return f"sha256:{self._digest.hexdigest()}"

    def reading(self, source: Iterator[Stretch]) -> Iterator[Stretch]:
        """The stretches of the file, counted into the digest as they pass."""
        for stretch in source:
            _add(self._digest, stretch)
            yield stretch

    def mark(self, kept: NDArray[np.bool_]) -> None:
        """Note which rows of the next stretch are kept, (n,)."""
        self._marks.append(kept)
        self._size += len(kept)

    def keep(self, rows: NDArray[np.int64]) -> None:
        """Keep these rows, counted from 0, after all are marked."""
        self.marks[rows] = True

    @property
    def marks(self) -> NDArray[np.bool_]:
        """Of all rows, (rows,)."""
        if self._flat is None:
            self._flat = np.concatenate(self._marks) if self._marks else np.zeros(0, dtype=bool)
        return self._flat


def copy_rows(file: Path, taken: Taken, writer: OutFile) -> None:
    """Write the rows that are kept.

    Raises:
        UsageError: The file is no longer what was looked at: what nobody looked at may stand in it now.
        OutputError: They cannot be written.
    """
    digest, at = hashlib.sha256(), 0
    for stretch in stretches(file, typed=True):
        _add(digest, stretch)
        kept = np.flatnonzero(taken.marks[at : at + len(stretch.rows)]).tolist()
        at += len(stretch.rows)
        if not kept:
            continue
        if stretch.table is not None:
            writer.write_table(stretch.table.take(need("pyarrow", extra="parquet").array(kept)))
        else:
            lines = [line for place in kept if isinstance(line := stretch.rows[place], bytes)]
            writer.write(b"".join(line.rstrip(b"\r\n") + b"\n" for line in lines), len(lines))
    if f"sha256:{digest.hexdigest()}" != taken.digest:
        raise UsageError(f"{file.name} changed while it was read; nothing was kept.", "Let nobody write it meanwhile.")


def _add(digest: Any, stretch: Stretch) -> None:
    for row in stretch.rows:
        digest.update(row if isinstance(row, bytes) else _told(row))
        digest.update(b"\n")


def _told(row: dict[str, Any] | None) -> bytes:
    return b"" if row is None else orjson.dumps(row, default=repr)
