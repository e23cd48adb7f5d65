"""One JSON line per request: who asked is known by the id, what was said is not in it."""

import os
import select
import stat
import time
from contextlib import suppress

import orjson

from trimtab.serve.tally import Row

_LONGEST = 2048  # bytes; a pipe takes a line so short whole or not at all, whatever other processes write


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
        self._file = stat.S_ISREG(os.fstat(target).st_mode)

    def write(self, **facts: object) -> None:
        """Write a line with the time, the worker and these facts."""
        line = orjson.dumps({"time": round(time.time(), 3), "worker": self._worker, **facts}) + b"\n"
        if len(line) > _LONGEST or not self._poll.poll(0) or not self._written(line):
            self._row.add("log_lines_dropped")

    def _written(self, line: bytes) -> bool:
        """Whether all of a line is there. A full disk takes the beginning of one; the next would be joined to it."""
        try:
            before = os.fstat(self._target).st_size if self._file else 0
            wrote = os.write(self._target, line)
        except OSError:  # a full disk, a reader that is gone: no reason to serve nobody
            return False
        if wrote < len(line) and self._file:
            with suppress(OSError):
                # Unless another worker has written meanwhile. A lock would keep it from that, and could be waited for.
                if os.fstat(self._target).st_size == before + wrote:
                    os.ftruncate(self._target, before)
        return wrote == len(line)
