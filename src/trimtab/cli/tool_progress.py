"""How far another tool has come: a line on a terminal that changes, and a line now and then anywhere else."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from trimtab.cli.output import console
from trimtab.workspace.tool_runs import Asked

_LINE_EVERY = 10.0  # seconds


@contextmanager
def showing(*, quiet: bool) -> Iterator[Asked]:
    """Counts that are shown on standard error while the block runs."""
    terminal = console(stderr=True)
    if quiet:
        yield Asked()
    elif terminal.is_terminal and not terminal.is_dumb_terminal:
        with terminal.status("starting") as status:
            yield Asked(listen=lambda asked: status.update(_line(asked)))
    else:
        said = [-float("inf")]

        def say(asked: Asked) -> None:
            if time.monotonic() - said[0] >= _LINE_EVERY:
                said[0] = time.monotonic()
                terminal.print(_line(asked), soft_wrap=True, markup=False)

        yield Asked(listen=say)


def _line(asked: Asked) -> str:
    counts = asked.counts
    lost = sum(counts.lost.values())
    parts = [
        f"{asked.tool} asks {asked.candidate} for {asked.suite}",
        f"{counts.answered:,} answered",
        f"{lost:,} without a reply" if lost else "",
        f"{counts.refused:,} that cannot be asked" if counts.refused else "",
    ]
    return " · ".join(filter(None, parts))
