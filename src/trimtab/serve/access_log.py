"""One JSON line per request: who asked is known by the id, what was said is not in it."""

import os
import select
import time

import orjson

from trimtab.serve.tally import Row

_LONGEST = 2048  # bytes; a line so short is written whole or not at all, whatever other processes write


class AccessLog:
    """Writes to a file or pipe that several processes share.

    Never waits: a line that nobody takes is counted and dropped.
    """

    def __init__(self, target: int, row: Row) -> None:
        """Write to the file descriptor `target`, and count in `row` what was dropped."""
        self._target = target
        self._row = row
        self._poll = select.poll()
        self._poll.register(target, select.POLLOUT)
        self._worker = os.getpid()

    def write(self, **facts: object) -> None:
        """Write a line with the time, the worker and these facts."""
        line = orjson.dumps({"time": round(time.time(), 3), "worker": self._worker, **facts}) + b"\n"
        try:
            if len(line) > _LONGEST or not self._poll.poll(0):
                self._row.add("log_lines_dropped")
                return
            os.write(self._target, line)
        except OSError:  # a full disk, a reader that is gone: no reason to serve nobody
            self._row.add("log_lines_dropped")
