"""A small YAML file as values with their places, and everything wrong with it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from trimtab.errors import Mistake, PolicyError
from trimtab.policy import source
from trimtab.policy.document import Where, dotted
from trimtab.policy.keys import nearest


class Sheet:
    """One file. `value` is empty when it could not be read, which is noted then."""

    def __init__(self, path: Path, shown: str, *, what: str) -> None:
        """Read it.

        Args:
            path: The file.
            shown: Its path as messages give it.
            what: What it is, for whoever named a file that is not there.
        """
        self._shown = shown
        if not path.is_file():
            mistake = Mistake(path=shown, line=0, column=0, where="", message=f"is no file with {what}")
            raise PolicyError([mistake])
        self._document = source.read(path, shown)
        self.mistakes = [one for one in self._document.mistakes if not one.warning]
        self.value: dict[str, Any] = self._document.value or {}

    def note(self, where: Where, message: str, suggestion: str = "") -> None:
        """Add a mistake at a path, or at the nearest thing around it that has a place."""
        place = None
        for length in range(len(where), 0, -1):
            place = self._document.keys.get(where[:length]) or self._document.values.get(where[:length])
            if place:
                break
        line, column = (place.line, place.column) if place else (0, 0)
        self.mistakes.append(
            Mistake(
                path=self._shown,
                line=line,
                column=column,
                where=dotted(where),
                message=message,
                suggestion=suggestion,
            )
        )

    def mapping(
        self, value: Any, where: Where, *, known: Iterable[str] = (), needed: Iterable[str] = ()
    ) -> dict[str, Any]:
        """A mapping with no other keys than the known ones, if any are, and all that are needed; {} if it is none."""
        if not isinstance(value, dict):
            self.note(where, "must hold `key: value` lines")
            return {}
        known = list(known)
        for key in value:
            if known and key not in known:
                self.note((*where, key), "is not a key that is known here", nearest(str(key), known))
        for key in needed:
            if value.get(key) in (None, "", [], {}):
                self.note((*where, key) if key in value else where, f"`{key}` is missing")
        return value

    def texts(self, value: Any, where: Where) -> tuple[str, ...]:
        """One text or several; () if it is neither."""
        found = value if isinstance(value, list) else [value]
        if not found or not all(isinstance(one, str) and one for one in found):
            self.note(where, "must be a text, or a list of texts")
            return ()
        return tuple(found)

    def line(self, where: Where) -> int:
        """The line in which something begins, 0 if that is not known."""
        for length in range(len(where), 0, -1):
            place = self._document.values.get(where[:length]) or self._document.keys.get(where[:length])
            if place:
                return place.line
        return 0

    def settle(self) -> None:
        """Raise `PolicyError` if anything was noted."""
        if self.mistakes:
            raise PolicyError(sorted(self.mistakes, key=lambda one: (one.line, one.column)))
