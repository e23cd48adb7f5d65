"""Files of published benchmarks, in the format in which their authors publish them.

Trimtab ships none of them: whoever has a file names it, and its format. What
cannot be asked, or not in a way that could be scored, is left out and counted;
the suite says how much that was.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trimtab.measure.notes import Notes, Row


@dataclass(slots=True, kw_only=True)
class Published:
    """What was read: rows under our keys, how they are scored unless the policy says otherwise, what was left out."""

    score: str
    about: str
    rows: list[Row] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)  # by reason, in words that follow a number

    @property
    def said(self) -> str:
        """What the suite is, and how many rows were left out, and why."""
        lost = [f"{number:,} {why}" for why, number in sorted(self.left_out.items())]
        return f"{self.about} Left out: {'; '.join(lost)}." if lost else self.about


def read_published(name: str, path: Path, options: Mapping[str, Any], notes: Notes) -> Published:
    """The rows of a file in a published format.

    Args:
        name: bbq, crows-pairs or winobias.
        path: The file; others that the options name lie beside it.
        options: What `with` says in the policy, checked there.
        notes: Takes every mistake in it.
    """
    from trimtab.measure import bbq, crows_pairs, winobias  # noqa: PLC0415  # they import this module's value

    readers: dict[str, Callable[[Path, Mapping[str, Any], Notes], Published]] = {
        "bbq": bbq.read,
        "crows-pairs": crows_pairs.read,
        "winobias": winobias.read,
    }
    return readers[name](path, options, notes)


def lacks(row: Mapping[str, Any], keys: Mapping[str, type | tuple[type, ...]]) -> str:
    """The first key that a row lacks or has as something else; empty when it has them all."""
    return next((key for key, kind in keys.items() if not isinstance(row.get(key), kind)), "")


def foreign(rows: int, wrong: Mapping[str, list[int]], what: str, notes: Notes) -> None:
    """Note keys that rows lack: once where all rows do, since the file is then something else."""
    for key, lines in wrong.items():
        if len(lines) == rows > 1:
            notes.add(0, key, f"is missing, or no such value, in every row: this is no file of {what}")
            continue
        for line in lines:
            notes.add(line, key, f"is missing, or no such value, and rows of {what} have it")
