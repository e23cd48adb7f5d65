"""Files below a folder: links to folders are not followed, and what cannot be entered is stated.

`Path.rglob` says nothing of a folder that it may not enter, and an unreadable folder is not an empty one.
"""

import errno
import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

from trimtab.measure.discovery.found import Notebook, plain

MOST_FILES = 2_000_000
"""Of any kind, in one walk."""

_SKIPPED = frozenset({".git", "__pycache__", "node_modules", ".venv"})
"""Folders of tools: what others ship with a package is not in use by that."""


def files_below(folder: Path, notebook: Notebook, *, wanted: Collection[str]) -> Iterator[tuple[Path, os.stat_result]]:
    """Regular files with one of the wanted suffixes (lower case), sorted by name within each folder."""

    def miss(error: OSError) -> None:
        notebook.miss(shown(Path(os.fsdecode(error.filename or "")), folder), why(error))

    if not folder.is_dir():
        notebook.miss(shown(folder, folder), "is not a folder" if folder.exists() else "does not exist")
        return
    for place, folders, names in os.walk(folder, onerror=miss):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        for name in sorted(names):
            notebook.looked += 1
            path = Path(place, name)
            if notebook.looked > MOST_FILES:
                notebook.miss(shown(path, folder), f"more than {MOST_FILES:,} files; name a narrower folder")
                return
            if path.suffix.lower() not in wanted:
                continue
            try:
                facts = path.stat()
            except OSError as error:
                notebook.miss(shown(path, folder), why(error))
                continue
            if stat.S_ISREG(facts.st_mode):  # a pipe or a device may never end
                yield path, facts


def entries(place: Path, folder: Path, notebook: Notebook) -> list[Path]:
    """What lies in one place of a folder, sorted by name; nothing, and a note, if it cannot be entered."""
    try:
        return sorted(place.iterdir())
    except OSError as error:
        notebook.miss(shown(place, folder), why(error))
        return []


def shown(path: Path, folder: Path) -> str:
    """A path as it may be shown and kept: relative to the folder that was named, so that no home is told."""
    try:
        inside = path.relative_to(folder)
    except ValueError:
        inside = Path(path.name)
    return plain(str(Path(folder.resolve().name or folder, inside)))


def why(error: OSError) -> str:
    """Why a file or folder cannot be read."""
    if error.errno == errno.ELOOP:
        return "is a link that leads to itself"
    return f"cannot be read ({error.strerror or type(error).__name__})"
