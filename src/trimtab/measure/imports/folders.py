"""Reads the files of a folder that somebody sent: regular ones, each bounded, none of them through a link.

A link in such a folder would choose what is read on this machine, and what is read may be kept and shown. So every
step of a path is opened without following links, and what a digest is made of are the bytes that were read.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from trimtab.measure.imports.kept import plain
from trimtab.measure.notes import MAX_FILE, Notes

_MOST_DEEP = 16  # folders within each other
_STEP = 1 << 20


class Folder:
    """An open folder. What is wrong with it goes into the notes; `digest` stands for all that was read and counted."""

    def __init__(self, path: Path, notes: Notes) -> None:
        self._path, self._notes = path, notes
        self._left = MAX_FILE  # bytes, of all files together
        self._digests: dict[PurePosixPath, str] = {}

    @property
    def digest(self) -> str:
        """`sha256:` over the names and digests of the files that were read as evidence."""
        said = "\n".join(f"{name} {self._digests[name]}" for name in sorted(self._digests, key=lambda name: name.parts))
        return f"sha256:{hashlib.sha256(said.encode('utf-8', 'surrogatepass')).hexdigest()}"

    def read(self, name: str, *, most: int, hearsay: bool = False) -> bytes | None:
        """The bytes of a file; None if it is not there, and with a note if it is a link, no regular file, or too large.

        Args:
            name: Its path within the folder.
            most: Bytes that it may have.
            hearsay: It is none of what the digest stands for.
        """
        steps = PurePosixPath(name)
        try:
            data = self._bytes(steps, most)
        except FileNotFoundError:
            return None
        except (OSError, ValueError):  # a link, or a file where a folder should be
            self._wrong(steps, "cannot be read, or is a link", "Copy the file itself there.")
            return None
        if data is None:
            return None
        if not hearsay:
            self._digests[steps] = f"sha256:{hashlib.sha256(data).hexdigest()}"
        return data

    def names(self, under: str, *, most: int) -> list[str]:
        """The files below a folder within it, at most so many, sorted; a note for everything else that is there."""
        found: list[PurePosixPath] = []
        for name in self._below(PurePosixPath(under), 1):
            if len(found) == most:
                self._notes.add(0, under, f"are more than {most:,}", "Is it the folder of one run?")
                return []
            found.append(name)
        return [str(name) for name in sorted(found, key=lambda name: name.parts)]

    def _below(self, folder: PurePosixPath, depth: int) -> Iterator[PurePosixPath]:
        try:
            place = self._opened(folder, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            return
        except (OSError, ValueError):
            self._wrong(folder, "is a link, or no folder", "Copy the folder itself there.")
            return
        try:
            with os.scandir(place) as listed:
                entries = [(one.name, one.is_dir(follow_symlinks=False)) for one in listed]
        finally:
            os.close(place)
        for name, is_folder in entries:
            if not is_folder:
                yield folder / name
            elif depth == _MOST_DEEP:
                self._wrong(folder, f"has folders more than {_MOST_DEEP} deep", "Is it the folder of one run?")
            else:
                yield from self._below(folder / name, depth + 1)

    def _bytes(self, steps: PurePosixPath, most: int) -> bytes | None:
        with os.fdopen(self._opened(steps, os.O_RDONLY), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # a pipe or a device may never end
                self._wrong(steps, "is not a regular file", "Copy the file itself there.")
                return None
            data = bytearray()
            while len(data) <= min(most, self._left) and (piece := file.read(_STEP)):
                data += piece
        if len(data) > most:
            self._wrong(steps, f"is larger than {most // 2**10:,} KiB", "Is it the folder of one run?")
            return None
        if len(data) > self._left:
            self._notes.add(0, "", f"is larger than {MAX_FILE // 2**20} MiB", "Is it the folder of one run?")
            return None
        self._left -= len(data)
        return bytes(data)

    def _opened(self, steps: PurePosixPath, how: int) -> int:
        """A descriptor of what a path within the folder leads to, no step of which is a link.

        Raises:
            OSError: It is not there, a link, or closed to us.
            ValueError: It leads out of the folder, or holds what no path can.
        """
        if steps.is_absolute() or ".." in steps.parts or not steps.parts:
            raise ValueError("leads out of the folder")
        place = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for step in steps.parts[:-1]:
                inner = os.open(step, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=place)
                os.close(place)
                place = inner
            # Opening a pipe to read it waits for somebody who writes, unless one says not to.
            return os.open(steps.parts[-1], how | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=place)
        finally:
            os.close(place)

    def _wrong(self, name: PurePosixPath, message: str, suggestion: str) -> None:
        self._notes.add(0, "/".join(map(plain, name.parts)), message, suggestion)
