"""A file as values, with the place of each: what reading gives and merging needs."""

from dataclasses import dataclass, field
from typing import Any

from trimtab.errors import Mistake

Where = tuple[str | int, ...]

_LONGEST_KEY = 80  # of a key in a message


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file; lines and columns count from 1. `written` is a scalar as it stands there."""

    path: str
    line: int
    column: int
    written: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(slots=True)
class Document:
    """One file as values, the places of its keys and values, and what is wrong with it so far.

    `value` is None when the file could not be read at all. `broken` holds the
    paths whose value is not what was meant, so that nobody reports a consequence of it.
    """

    path: str
    value: dict[str, Any] | None = None
    keys: dict[Where, Place] = field(default_factory=dict)
    values: dict[Where, Place] = field(default_factory=dict)
    broken: set[Where] = field(default_factory=set)
    mistakes: list[Mistake] = field(default_factory=list)


class UnreadableError(Exception):
    """Nothing in the file can be used."""

    def __init__(self, line: int, column: int, message: str, suggestion: str = "") -> None:
        super().__init__(line, column, message, suggestion)
        self.line, self.column, self.message, self.suggestion = line, column, message, suggestion


def printable(text: str) -> str:
    """What a file says, as it may stand in a message: nothing in it acts on a terminal."""
    return (
        text
        if text.isprintable()
        else "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
    )


def dotted(where: Where) -> str:
    """`systems.bot.maximise[0]` for a path of keys and indices."""
    text = ""
    for step in where:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            name = step if len(step) <= _LONGEST_KEY else step[: _LONGEST_KEY - 1] + "…"
            text += f".{printable(name)}" if text else printable(name)
    return text
