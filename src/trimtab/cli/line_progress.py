"""How far a command has come, in one line, once that has taken over two seconds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from trimtab.cli.output import Output, console

_SILENT = 2.0  # seconds in which nothing needs to be said
_EVERY = 10.0  # seconds between plain lines

Say = Callable[[float], str]
"""Makes the line of the seconds since the beginning."""


@contextmanager
def progress_line(output: Output) -> Iterator[Callable[[Say], None]]:
    """A line on a terminal that changes, and a line now and then anywhere else; nothing with --quiet.

    What is given is asked for its words only when they are shown.
    """
    terminal = console(stderr=True)
    started = time.monotonic()
    status = terminal.status("") if terminal.is_terminal and not terminal.is_dumb_terminal else None
    said = started + _SILENT - _EVERY

    def tell(say: Say) -> None:
        nonlocal said
        now = time.monotonic()
        taken = now - started
        if output.quiet or taken < _SILENT or (status is None and now - said < _EVERY):
            return
        if status is not None:
            status.update(say(taken))
            status.start()
            return
        said = now
        terminal.print(say(taken), soft_wrap=True, markup=False)

    try:
        yield tell
    finally:
        if status is not None:
            status.stop()


def of_file(rows: int, share: float, more: str) -> Say:
    """Rows of a file so far, the share of it in [0, 1], and what else there is to say."""

    def say(taken: float) -> str:
        left = f", {taken * (1 - share) / share:,.0f} s left" if share else ""
        return f"{rows:,} rows, {share:.0%} of the file, {rows / taken:,.0f} rows/s{left}{more}"

    return say
