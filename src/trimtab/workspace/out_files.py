"""A data set that is written, and its manifest: in sight only when both are whole."""

import contextlib
import fcntl
import gzip
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from trimtab._optional import need
from trimtab.errors import OutputError, UsageError
from trimtab.measure.data_sets import kind_of
from trimtab.measure.whole_files import clearly, making, pretty, sync_folder, write_whole

MANIFEST = ".manifest.json"


class OutFile:
    """OUT and OUT.manifest.json. Lines (plain or gzip), or batches of one table.

    Both are written under names of their own and renamed at the end, the manifest last; what was killed is taken over
    by the next that writes the same.
    """

    def __init__(self, path: Path, *, force: bool = False) -> None:
        """Begin.

        Raises:
            UsageError: The name is of no data set, or there is such a file and it must not be replaced.
            OutputError: It cannot be written, or somebody else is writing it.
        """
        self.path, self._kind = path, kind_of(path)
        self.manifest = path.with_name(path.name + MANIFEST)
        there = [one.name for one in (path, self.manifest) if one.exists()]
        if there and not force:
            raise UsageError(f"there are files already: {', '.join(there)}.", "Choose another name, or add --force.")
        self.rows = 0
        self._table: Any = None
        with clearly(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            # Not "wb": somebody else may be writing it, which only shows once it is open.
            handle = os.open(making(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            self._raw = os.fdopen(handle, "r+b")
            try:
                fcntl.flock(self._raw, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                self._raw.close()
                raise OutputError(str(path), "is being written by another process", "Wait for it to end.") from None
            self._raw.truncate(0)
        # Without a time and a name the same rows give the same bytes.
        packed = self._kind == "packed"
        self._file: IO[bytes] = gzip.GzipFile("", "wb", 6, self._raw, mtime=0) if packed else self._raw  # type: ignore[assignment]

    def write(self, lines: bytes, rows: int) -> None:
        """Add so many lines, each with its end.

        Raises:
            OutputError: The disk is full, or the folder cannot be written.
        """
        with clearly(self.path):
            self._file.write(lines)
        self.rows += rows

    def write_table(self, batch: Any) -> None:
        """Add the rows of a pyarrow table; all must have one schema.

        Raises:
            OutputError: As `write`.
        """
        with clearly(self.path):
            if self._table is None:
                self._table = need("pyarrow.parquet", extra="parquet").ParquetWriter(self._file, batch.schema)
            self._table.write_table(batch)
        self.rows += batch.num_rows

    def finish(self, facts: dict[str, Any]) -> Sequence[Path]:
        """Put both in their places.

        Raises:
            OutputError: As `write`.
        """
        with clearly(self.path):
            if self._table is not None:
                self._table.close()
            if self._file is not self._raw:
                self._file.close()
            self._raw.flush()
            os.fsync(self._raw.fileno())
            self._raw.seek(0)
            digest = hashlib.file_digest(self._raw, "sha256").hexdigest()
            written = {"name": self.path.name, "rows": self.rows, "digest": f"sha256:{digest}"}
            write_whole(making(self.manifest), pretty({**facts, "file": written}))
            # A manifest of before would vouch for a file that is no longer there.
            self.manifest.unlink(missing_ok=True)
            making(self.path).replace(self.path)
            making(self.manifest).replace(self.manifest)
            sync_folder(self.path.parent)
        self._raw.close()
        return self.path, self.manifest

    def abandon(self) -> None:
        """Take away what was not finished; nothing once it is."""
        if self._raw.closed:
            return
        for path in (self.path, self.manifest):
            with contextlib.suppress(OSError):
                making(path).unlink(missing_ok=True)
        for file in filter(None, (self._table, self._file, self._raw)):
            with contextlib.suppress(OSError, ValueError):  # what could not be flushed is not wanted
                file.close()
