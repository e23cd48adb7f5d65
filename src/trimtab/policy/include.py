"""Puts a policy and the files it includes together, before anything is validated."""

import os
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from trimtab.errors import Mistake
from trimtab.policy.document import Document, Place, Where, dotted
from trimtab.policy.source import read

MAX_FILES = 64
MAX_MISTAKES = 200  # nobody reads more, and a hostile file could make many


@dataclass(slots=True)
class Gathered:
    """The merged values, the place of each, and what is wrong so far.

    `readable` is False when some file could not be read: what it defines is
    then unknown, and to report it as undefined would mislead.
    """

    path: str
    folder: Path
    value: dict[str, Any] = field(default_factory=dict)
    keys: dict[Where, Place] = field(default_factory=dict)
    values: dict[Where, Place] = field(default_factory=dict)
    broken: set[Where] = field(default_factory=set)
    mistakes: list[Mistake] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    readable: bool = True

    @property
    def full(self) -> bool:
        """Whether no more mistakes are taken."""
        return len(self.mistakes) >= MAX_MISTAKES

    def place(self, where: Where, *, key: bool = False) -> Place:
        """Where a value stands (or its key), or the nearest thing around it that has a place."""
        for length in range(len(where), 0, -1):
            first, second = (self.keys, self.values) if key or length < len(where) else (self.values, self.keys)
            place = first.get(where[:length]) or second.get(where[:length])
            if place:
                return place
        return Place(self.path, 0, 0)

    def report(
        self, where: Where, message: str, suggestion: str = "", *, key: bool = False, warning: bool = False
    ) -> None:
        """Add a mistake at a path, unless one is known there already."""
        if self.full or any(where[:length] in self.broken for length in range(len(where) + 1)):
            return
        place = self.place(where, key=key)
        self.mistakes.append(
            Mistake(
                path=place.path,
                line=place.line,
                column=place.column,
                where=dotted(where),
                message=message,
                suggestion=suggestion,
                warning=warning,
            )
        )


def gather(path: Path) -> Gathered:
    """Read a policy with everything it includes. Never raises for what the files hold.

    Mappings are merged key by key and `red_lines` joined; anything else that
    two files give is a mistake, since neither could be trusted. Paths of suite
    files count from the file that names them.
    """
    gathered = Gathered(path=str(path), folder=path.parent)
    _Gatherer(gathered).add(path, (), None)
    return gathered


class _Gatherer:
    def __init__(self, gathered: Gathered) -> None:
        self._into = gathered
        self._seen: set[str] = set()

    def add(self, path: Path, stack: tuple[str, ...], asked_by: Place | None) -> None:
        real = _real(path)
        if asked_by and real in stack:
            self._mistake(asked_by, "include", "leads back to a file that includes this one", "Remove one of the two.")
            return
        if real in self._seen:
            return  # two files may share a third
        self._seen.add(real)
        if len(self._seen) > MAX_FILES:
            if len(self._seen) == MAX_FILES + 1 and asked_by:
                self._mistake(asked_by, "include", f"brings in more than {MAX_FILES} files", "Merge some of them.")
            return
        document = read(path, str(path))
        self._into.files.append(document.path)
        if document.value is None:
            self._into.readable = False
            if asked_by and not any(mistake.line for mistake in document.mistakes):
                for mistake in document.mistakes:  # the file is not there: point at who wants it
                    self._mistake(asked_by, "include", f"{mistake.path} {mistake.message}", "Correct the path.")
                return
        self._into.mistakes += document.mistakes
        if document.value is None:
            return
        includes = self._includes(document)
        self._relocate(document, path.parent)
        self._adopt(document)
        self._merge(self._into.value, document.value, (), document)
        for at, name in includes:
            self.add(path.parent / name, (*stack, real), document.values[at])

    def _includes(self, document: Document) -> list[tuple[Where, str]]:
        """The files that this one includes; the key leaves the values."""
        assert document.value is not None
        if "include" not in document.value:
            return []
        value = document.value.pop("include")
        entries: list[tuple[Where, Any]] = [(("include",), value)]
        if isinstance(value, list):
            entries = [(("include", index), item) for index, item in enumerate(value)]
        names = []
        for at, name in entries:
            if isinstance(name, str) and name and "\0" not in name:
                names.append((at, name))
            else:
                place = document.values[at]
                self._mistake(
                    place, "include", "takes the path of a file, or a list of paths", "Write `include: a.yaml`."
                )
        return names

    def _relocate(self, document: Document, folder: Path) -> None:
        """Let the files of an included suite count from the policy's folder, as all others do."""
        suites = (document.value or {}).get("suites")
        if not isinstance(suites, dict) or folder == self._into.folder:
            return
        for spec in suites.values():
            self._move(spec, "file", folder)
            run = spec.get("run") if isinstance(spec, dict) else None
            if isinstance(run, dict):
                if ".py" in str(run.get("task", "")):  # else it is in an installed package
                    self._move(run, "task", folder)
                if "/" in str(run.get("python", "")):  # else it is looked up like any command
                    self._move(run, "python", folder)

    def _move(self, spec: Any, key: str, folder: Path) -> None:
        name = spec.get(key) if isinstance(spec, dict) else None
        if isinstance(name, str) and name and "\0" not in name and not PurePath(name).is_absolute():
            spec[key] = Path(os.path.relpath(folder / name, self._into.folder)).as_posix()

    def _merge(self, into: dict[str, Any], value: dict[str, Any], where: Where, document: Document) -> None:
        for key, item in value.items():
            at = (*where, key)
            if key not in into:
                into[key] = item
            elif isinstance(into[key], dict) and isinstance(item, dict):
                self._merge(into[key], item, at, document)
            elif at == ("red_lines",) and isinstance(into[key], list) and isinstance(item, list):
                into[key] = [*into[key], *item]
            elif at != ("trimtab",) or into[key] != item:  # each file may say which format it is in
                other = self._into.place(at, key=True)
                self._mistake(document.keys[at], dotted(at), f"is also given in {other}", "Keep one of them.")

    def _adopt(self, document: Document) -> None:
        """Take over the places of a file about to be merged; red lines move up behind those already there."""
        before = self._into.value.get("red_lines")
        shift = len(before) if isinstance(before, list) else 0

        def moved(path: Where) -> Where:
            if shift and path[:1] == ("red_lines",) and len(path) > 1 and isinstance(path[1], int):
                return (path[0], path[1] + shift, *path[2:])
            return path

        for path, place in document.keys.items():
            self._into.keys.setdefault(moved(path), place)
        for path, place in document.values.items():
            self._into.values.setdefault(moved(path), place)
        self._into.broken |= {moved(path) for path in document.broken}

    def _mistake(self, place: Place, where: str, message: str, suggestion: str) -> None:
        self._into.mistakes.append(
            Mistake(
                path=place.path,
                line=place.line,
                column=place.column,
                where=where,
                message=message,
                suggestion=suggestion,
            )
        )


def _real(path: Path) -> str:
    """What a file is known by, however it is reached."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):  # a NUL in it: reading the file reports that
        return str(path)
