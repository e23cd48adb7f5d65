"""How far a command has come with the rows of a file, once that has taken over two seconds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from trimtab.cli.output import Output, console

_SILENT = 2.0  # seconds in which nothing needs to be said
_EVERY = 10.0  # seconds between plain lines

Tell = Callable[[int, float, str], None]
"""Takes rows so far, the share of the file in [0, 1], and what else there is to say."""


@contextmanager
def telling(output: Output) -> Iterator[Tell]:
    """A line on a terminal that changes, and a line now and then anywhere else; nothing with --quiet."""
    terminal = console(stderr=True)
    started = time.monotonic()
    status = terminal.status("") if terminal.is_terminal and not terminal.is_dumb_terminal else None
    said = started + _SILENT - _EVERY

    def tell(rows: int, share: float, more: str) -> None:
        nonlocal said
        now = time.monotonic()
        taken = now - started
        if output.quiet or taken < _SILENT or (status is None and now - said < _EVERY):
            return
        left = f", {taken * (1 - share) / share:,.0f} s left" if share else ""
        line = f"{rows:,} rows, {share:.0%} of the file, {rows / taken:,.0f} rows/s{left}{more}"
        if status is not None:
            status.update(line)
            status.start()
            return
        said = now
        terminal.print(line, soft_wrap=True, markup=False)

    try:
        yield tell
    finally:
        if status is not None:
            status.stop()
