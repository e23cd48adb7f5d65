"""Writes a suite that may be larger than memory: to the disk line by line, in sight only when it is whole."""

import contextlib
import fcntl
import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import yaml

from trimtab.errors import OutputError
from trimtab.measure.case_files import MAX_ROWS
from trimtab.measure.notes import MAX_FILE
from trimtab.measure.whole_files import clearly, making, pretty, sync_folder, write_whole

MANIFEST, PAGE = ".manifest.json", ".coverage.html"
"""What the names of the files beside a suite end with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One file as it lies on the disk."""

    name: str
    digest: str
    bytes: int
    cases: int

    def as_json(self) -> dict[str, Any]:
        """As JSON."""
        return {"name": self.name, "digest": self.digest, "bytes": self.bytes, "cases": self.cases}


@dataclass(slots=True)
class _Part:
    """A file in the making."""

    path: Path  # what it will be called
    file: IO[bytes]
    digest: Any = field(default_factory=hashlib.sha256)
    bytes: int = 0
    cases: int = 0

    @property
    def making(self) -> Path:
        return making(self.path)


class SuiteFiles:
    """NAME.jsonl, and NAME-2.jsonl, ... where one file would be larger than a suite may be.

    Each has a head, NAME.yaml; beside the first lies NAME.manifest.json. All
    are written under names of their own and renamed one after another at the end, the
    manifest last, so that what has a manifest is whole. `lineage` is a digest
    over all lines in their order: each step hashes the one before and the line.
    """

    def __init__(self, out: Path, *, most_bytes: int = MAX_FILE, most_cases: int = MAX_ROWS) -> None:
        self.out = out
        self.lineage = hashlib.sha256(b"").digest()
        self._most_bytes, self._most_cases = most_bytes, most_cases
        self._parts: list[_Part] = []

    def __len__(self) -> int:
        return sum(part.cases for part in self._parts)

    def write(self, line: bytes) -> None:
        """Add a case; `line` has no end of line.

        Raises:
            OutputError: The disk is full, or the folder cannot be written.
        """
        with clearly(self.out):
            part = self._parts[-1] if self._parts else self._begin()
            if part.cases and (part.bytes + len(line) + 1 > self._most_bytes or part.cases == self._most_cases):
                part = self._begin()
            part.file.write(line)
            part.file.write(b"\n")
        part.digest.update(line)
        part.digest.update(b"\n")
        part.bytes += len(line) + 1
        part.cases += 1
        self.lineage = hashlib.sha256(self.lineage + hashlib.sha256(line).digest()).digest()

    def finish(self, *, head: dict[str, str], manifest: dict[str, Any], page: str) -> list[Path]:
        """Put everything in its place; `page` shows the coverage.

        Raises:
            OutputError: As `write`.
        """
        files = self.written()
        facts = {**manifest, "files": [one.as_json() for one in files], "lineage": f"sha256:{self.lineage.hex()}"}
        placed: list[Path] = []
        with clearly(self.out):
            for part in self._parts:
                part.file.flush()
                os.fsync(part.file.fileno())
            others = {
                part.path.with_suffix(".yaml"): yaml.safe_dump(
                    {**head, "file": part.path.name}, sort_keys=False, allow_unicode=True, width=110
                ).encode()
                for part in self._parts
            }
            others[self.out.with_suffix(PAGE)] = page.encode()
            for path, content in others.items():
                write_whole(making(path), content)
            write_whole(making(self.out.with_suffix(MANIFEST)), pretty(facts))
            # A manifest of before would vouch for files that are no longer there.
            self.out.with_suffix(MANIFEST).unlink(missing_ok=True)
            for path in (*(part.path for part in self._parts), *others, self.out.with_suffix(MANIFEST)):
                making(path).replace(path)
                placed.append(path)
            sync_folder(self.out.parent)
        self._close()
        return placed

    def written(self) -> list[Written]:
        """What there is so far."""
        return [
            Written(name=p.path.name, digest=f"sha256:{p.digest.hexdigest()}", bytes=p.bytes, cases=p.cases)
            for p in self._parts
        ]

    def abandon(self) -> None:
        """Take away what was not finished."""
        for part in self._parts:
            with contextlib.suppress(OSError):
                part.making.unlink(missing_ok=True)
        # Without a part of its own the files in the making are somebody else's.
        for end in (".yaml", PAGE, MANIFEST) if self._parts else ():
            with contextlib.suppress(OSError):
                making(self.out.with_suffix(end)).unlink(missing_ok=True)
        self._close()

    def _begin(self) -> _Part:
        number = len(self._parts) + 1
        path = self.out if number == 1 else self.out.with_name(f"{self.out.stem}-{number}{self.out.suffix}")
        path.parent.mkdir(parents=True, exist_ok=True)
        # Not "wb": somebody else may be writing it, which only shows once it is open.
        handle = os.open(making(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        file = os.fdopen(handle, "wb")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise OutputError(str(path), "is being written by another process", "Wait for it to end.") from None
        file.truncate(0)
        self._parts.append(_Part(path, file))
        return self._parts[-1]

    def _close(self) -> None:
        for part in self._parts:
            with contextlib.suppress(OSError):  # what could not be flushed is not wanted
                part.file.close()
        self._parts = []
