"""The files of examples: what is trained on, where each row came from, and counts; in sight only when all are whole."""

import contextlib
import fcntl
import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import orjson

from trimtab.errors import OutputError
from trimtab.measure.whole_files import clearly, making, pretty, sync_folder, write_whole

LINEAGE, MANIFEST = ".lineage.jsonl", ".manifest.json"
"""What the names of the files beside the examples end with."""


@dataclass(slots=True)
class _Lines:
    """One file in the making."""

    path: Path
    file: IO[bytes]
    digest: Any = field(default_factory=hashlib.sha256)
    rows: int = 0

    def write(self, row: Any) -> None:
        line = orjson.dumps(row) + b"\n"
        self.file.write(line)
        self.digest.update(line)
        self.rows += 1

    def as_json(self) -> dict[str, Any]:
        return {"name": self.path.name, "rows": self.rows, "digest": f"sha256:{self.digest.hexdigest()}"}


class ExampleFiles:
    """OUT.jsonl, and beside it OUT.lineage.jsonl and OUT.manifest.json, which is put in place last."""

    def __init__(self, out: Path) -> None:
        """Begin both files under names of their own.

        Raises:
            OutputError: They cannot be written, or somebody else is writing them.
        """
        self.out = out
        with clearly(out):
            out.parent.mkdir(parents=True, exist_ok=True)
            self._examples = _begun(out)
            try:
                self._lineage = _begun(out.with_suffix(LINEAGE))
            except BaseException:
                self._examples.file.close()
                raise

    @property
    def examples(self) -> int:
        """How many there are so far."""
        return self._examples.rows

    def write(self, lineage: dict[str, Any], example: dict[str, Any] | None) -> None:
        """Add where a row came from, and the example that was made of it, if one was.

        Raises:
            OutputError: The disk is full, or the folder cannot be written.
        """
        with clearly(self.out):
            if example is not None:
                lineage = {**lineage, "example": self._examples.rows + 1}
                self._examples.write(example)
            self._lineage.write(lineage)

    def finish(self, manifest: dict[str, Any]) -> list[Path]:
        """Put everything in its place.

        Raises:
            OutputError: As `write`.
        """
        files = (self._examples, self._lineage)
        facts = {**manifest, "files": [one.as_json() for one in files]}
        last = self.out.with_suffix(MANIFEST)
        with clearly(self.out):
            for one in files:
                one.file.flush()
                os.fsync(one.file.fileno())
            write_whole(making(last), pretty(facts))
            last.unlink(missing_ok=True)  # a manifest of before would vouch for files that are no longer there
            for path in (*(one.path for one in files), last):
                making(path).replace(path)
            sync_folder(self.out.parent)
        self._close()
        return [*(one.path for one in files), last]

    def abandon(self) -> None:
        """Take away what was not finished."""
        for path in (self._examples.path, self._lineage.path, self.out.with_suffix(MANIFEST)):
            with contextlib.suppress(OSError):
                making(path).unlink(missing_ok=True)
        self._close()

    def _close(self) -> None:
        for one in (self._examples, self._lineage):
            with contextlib.suppress(OSError):  # what could not be flushed is not wanted
                one.file.close()


def _begun(path: Path) -> _Lines:
    # Not "wb": somebody else may be writing it, which only shows once it is open.
    handle = os.open(making(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    file = os.fdopen(handle, "wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise OutputError(str(path), "is being written by another process", "Wait for it to end.") from None
    file.truncate(0)
    return _Lines(path, file)


__all__ = ["LINEAGE", "MANIFEST", "ExampleFiles"]
