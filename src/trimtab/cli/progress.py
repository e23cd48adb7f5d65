"""The live view of a run: a table on a terminal, plain lines anywhere else."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from trimtab.cli.output import console
from trimtab.kinds import Missing
from trimtab.report.figures import Figures, fitting
from trimtab.workspace.progress import Board, Line, Watched

if TYPE_CHECKING:
    from rich.console import RenderableType

_LINE_EVERY = 10.0  # seconds between plain lines of one suite
_SIGNS = {"pass": ("green", "✓"), "fail": ("red", "✗"), "inconclusive": ("yellow", "?")}


@contextmanager
def shown(*, quiet: bool) -> Iterator[Board]:
    """A board whose changes are shown on standard error while the block runs."""
    board = Board()
    terminal = console(stderr=True)
    if quiet:
        yield board
    elif terminal.is_terminal and not terminal.is_dumb_terminal:
        from rich.live import Live

        view = _View(board)
        with Live(console=terminal, get_renderable=view.render, refresh_per_second=4, transient=True):
            yield board
    else:
        with _PlainLines(board):
            yield board


class _View:
    """Makes the table; called from the refresh thread of rich, so it only reads."""

    def __init__(self, board: Board) -> None:
        self.board = board

    def render(self) -> "RenderableType":
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="dim", expand=False)
        for name, justify in (("candidate", "left"), ("suite", "left"), ("done", "right"), ("per s", "right")):
            table.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type]
        table.add_column("so far, with interval", overflow="fold")
        for line in list(self.board.lines):
            if line.started or line is _next(self.board.lines):
                table.add_row(line.candidate, line.suite, _done(line), _rate(line), _so_far(line, styled=True))
        return Group(table, Text(_status(self.board), style="dim"))


class _PlainLines:
    """Prints a line when a suite ends, when the phase changes, and every few seconds between."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.ended = threading.Event()
        self.said = ""
        self.printed: dict[int, float] = {}
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.ended.set()
        self.thread.join()
        self._look()

    def _watch(self) -> None:
        while not self.ended.wait(0.25):
            self._look()

    def _look(self) -> None:
        terminal = console(stderr=True)
        if self.board.phase != self.said:
            self.said = self.board.phase
            if self.said:
                terminal.print(self.said, soft_wrap=True)
        now = time.monotonic()
        for index, line in enumerate(list(self.board.lines)):
            if not line.started:
                continue
            last = self.printed.get(index, line.started)
            if (line.finished and last != float("inf")) or (not line.finished and now - last >= _LINE_EVERY):
                self.printed[index] = float("inf") if line.finished else now
                terminal.print(
                    f"{line.candidate} {line.suite}: {_done(line)} at {_rate(line)}/s  {_so_far(line, styled=False)}",
                    soft_wrap=True,
                    markup=False,
                )


def _next(lines: list[Line]) -> Line | None:
    return next((line for line in lines if not line.started), None)


def _done(line: Line) -> str:
    missing = f" ({line.missing} missing)" if line.missing else ""
    return f"{line.done}/{line.total}{missing}"


def _rate(line: Line) -> str:
    return f"{line.rate:.1f}" if line.done > line.missing else "-"  # what was given up was not measured at any rate


def _so_far(line: Line, *, styled: bool) -> str:
    return "  ".join(text for text in (_watched(watched, styled=styled) for watched in line.watched) if text)


def _watched(watched: Watched, *, styled: bool) -> str:
    seen, leaning = watched.so_far()
    if isinstance(seen, Missing) or not seen.known:
        return ""
    bound, floor = [watched.floor.bound] if watched.floor else [], watched.floor
    written = fitting(Figures(unit=watched.unit, places=0), [seen], bound)
    text = f"{watched.metric} {written.value(seen.value)} ({written.span(seen.interval)})"
    if floor is None:
        return text
    asked = f"{'at least' if floor.at_least is not None else 'at most'} {written.bound(floor.bound)}"
    colour, sign = _SIGNS[leaning.value]
    return f"{text} [{colour}]{sign}[/] {asked}" if styled else f"{text}, {leaning.value} so far: {asked}"


def _status(board: Board) -> str:
    errors = ", ".join(f"{count} x {reason}" for reason, count in sorted(board.tally.errors.items()))
    parts = [
        board.phase,
        f"{board.tally.calls} {'call' if board.tally.calls == 1 else 'calls'}",
        f"{board.tally.cached} from the cache" if board.tally.cached else "",
    ]
    return " · ".join(part for part in [*parts, f"errors: {errors}" if errors else ""] if part)
