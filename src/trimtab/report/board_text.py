"""The board's page as Markdown and in a terminal."""

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from trimtab.report.board_words import board_lines, said_of
from trimtab.report.coverage import instant
from trimtab.report.escaped import coded, plain
from trimtab.report.markup import visible

_NOTHING = "None."
_MOST = 12


def board_markdown(board: Mapping[str, Any]) -> str:
    """The same as the page; nothing in it acts."""
    title, lede = said_of(board)
    of = f"from the first {board['row']:,} rows of the ledger, under policy {coded(board['policy'])}"
    lines = [
        f"# Board, {plain(board['quarter'])}: {plain(board['organisation'])}",
        "",
        f"**{plain(title)}.** {plain(lede)} As of {instant(board['asof'])}, {of}.",
    ]
    for heading, items in board_lines(board):
        lines += ["", f"## {heading}", "", *([f"- {plain(one)}" for one in items] or [_NOTHING])]
    return "\n".join(lines) + "\n"


def board_view(board: Mapping[str, Any]) -> RenderableType:
    """For a terminal."""
    title, lede = said_of(board)
    parts: list[RenderableType] = [
        Text(f"{visible(board['organisation'])}, {board['quarter']}: {title}", style="bold"),
        Text(lede),
        Text(f"As of {instant(board['asof'])}, row {board['row']:,}", style="dim"),
    ]
    for heading, items in board_lines(board):
        parts += [Text(), Text(heading, style="bold"), *[Text(f"- {visible(one)}") for one in items[:_MOST]]]
        if not items:
            parts.append(Text(_NOTHING, style="dim"))
        if len(items) > _MOST:
            parts.append(Text(f"{len(items) - _MOST} more are in the Markdown.", style="dim"))
    return Group(*parts)
