"""A win on one page: what was told, with the numbers of the evidence, and what has since become stale."""

from collections.abc import Sequence
from typing import Any, Protocol

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from trimtab.decision.wins import PARTS, Sentence, Win
from trimtab.report.coverage import day
from trimtab.report.escaped import plain
from trimtab.report.markup import visible

STALE = "Stale"


class Told(Protocol):
    """A win with its sentences."""

    @property
    def win(self) -> Win:
        """As it was recorded."""

    @property
    def at(self) -> int:
        """When it was told, microseconds UTC."""

    @property
    def by(self) -> str:
        """Who told it."""

    @property
    def row(self) -> int:
        """Where it stands."""

    @property
    def rows(self) -> tuple[int, ...]:
        """What it rests on."""

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """As evidence makes them."""

    @property
    def stale(self) -> tuple[Sentence, ...]:
        """Those whose numbers have changed."""


def win_markdown(told: Told) -> str:
    """The page, safe to show; stale sentences are struck and say what is now."""
    lines = [f"# {plain(told.win.title)}", "", f"Told by {plain(told.by)} on {day(told.at)}. {_rests(told)}"]
    for part, heading in PARTS.items():
        lines += ["", f"## {heading}", ""]
        for one in _of(told, part):
            said = plain(one.text)
            lines.append(f"**{STALE}:** ~~{said}~~ {plain('; '.join(one.stale))}." if one.stale else said)
    return "\n".join(lines) + "\n"


def win_view(told: Told) -> RenderableType:
    """The same for a terminal."""
    parts: list[RenderableType] = [
        Text(visible(told.win.title), style="bold"),
        Text(f"Told by {visible(told.by)} on {day(told.at)}. {_rests(told)}", style="dim"),
    ]
    for part, heading in PARTS.items():
        parts += [Text(), Text(heading, style="bold")]
        for one in _of(told, part):
            parts.append(Text(visible(one.text), style="strike" if one.stale else ""))
            parts += [Text(f"{STALE}: {visible(said)}.", style="yellow") for said in one.stale]
    return Group(*parts)


def wins_table(many: Sequence[Told]) -> RenderableType:
    """A line for each."""
    table = Table("win", "title", "system", "told", "stale sentences", box=None, pad_edge=False)
    for one in many:
        stale = Text(str(len(one.stale) or ""), style="yellow")
        table.add_row(Text(one.win.win), Text(visible(one.win.title)), Text(one.win.system), day(one.at), stale)
    return table


def win_data(told: Told) -> dict[str, Any]:
    """A win as JSON values."""
    return {
        "win": told.win.win,
        "title": told.win.title,
        "system": told.win.system,
        "at": told.at,
        "by": told.by,
        "row": told.row,
        "rows": list(told.rows),
        "figures": {
            name: {"row": one.row, "path": one.path, "follow": one.follow} for name, one in told.win.figures.items()
        },
        "sentences": [{"part": one.part, "text": one.text, "stale": list(one.stale)} for one in told.sentences],
    }


def _of(told: Told, part: str) -> list[Sentence]:
    return [one for one in told.sentences if one.part == part]


def _rests(told: Told) -> str:
    rows = [str(row) for row in told.rows if row != told.row]
    return f"Its numbers are of row{'s' if len(rows) > 1 else ''} {', '.join(rows)} of the ledger."
