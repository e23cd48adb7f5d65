"""Keeps the workers of a proxy running: starts them, starts them again when they die, and ends them together.

The supervisor holds the listening socket and serves nobody. A worker that dies takes only what it was serving with
it: connections that wait to be accepted belong to the socket, and the others go on taking them.
"""

import os
import pickle
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from trimtab.errors import LedgerError, SystemUnavailableError, TrimtabError
from trimtab.serve.clerk import Desk, keep
from trimtab.serve.tally import Row, Tally
from trimtab.serve.worker import FAILED, READY, Plan, work

_QUEUE = 1024
_STEADY_SECONDS = 10.0  # a worker that lived so long died of something new
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 10.0  # seconds before a worker is started again
_STUCK_SECONDS = 60.0  # without a sign of life for so long, a worker is ended
_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_GRACE_SECONDS = 5.0  # beyond the drain


Job = Callable[[int, int], int]
"""What a process does, given the pipe to report on and the lifeline; returns its exit code."""


@dataclass(slots=True)
class _Child:
    job: Job
    row: Row | None  # of a worker, which shows signs of life in it
    pid: int = 0  # 0: not running
    began: float = 0.0
    ready: bool = False
    report: int = -1  # our end of its pipe
    wait: float = 0.0
    due: float = 0.0  # when it may be started again
    said: bytearray = field(default_factory=bytearray)


def bind(host: str, port: int) -> socket.socket:
    """A listening socket that workers can share.

    Raises:
        OSError: The address cannot be listened at.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(_QUEUE)
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock


class Supervisor:
    """Runs in the main thread of a process that has no other, since it forks."""

    def __init__(
        self, plan: Plan, *, sock: socket.socket, workers: int, ready: Callable[[], None], desk: Desk | None = None
    ) -> None:
        """Prepare; `ready` is called once every worker serves, and the clerk is there if `desk` gives it something."""
        self._ready = ready
        self._sock = sock
        self._drain = plan.limits.drain_seconds
        self._tally = tally = Tally(workers)
        self._row = tally.row(workers)
        self._folder = ""
        self._clerk: _Child | None = None
        self._ledger = desk.ledger if desk is not None else ""
        if desk is not None and (desk.ledger or desk.exporter):
            self._folder = tempfile.mkdtemp(prefix="trimtab-guard-")  # nobody else may enter it
            self._counter = socket.socket(socket.AF_UNIX)
            self._counter.bind(f"{self._folder}/clerk")
            self._counter.listen(workers)
            # Every process but the clerk holds a pen as long as it lives, so the clerk sees when there is nobody left.
            self._pens, self._pen = os.pipe()
            self._clerk = _Child(partial(_keep, desk, self._counter, tally, self._pens), None)
            if desk.ledger:
                plan = replace(plan, clerk=f"{self._folder}/clerk")
        self._workers = [
            _Child(partial(work, plan, sock, tally, number), tally.row(number)) for number in range(workers)
        ]
        self._children = [*([self._clerk] if self._clerk else []), *self._workers]
        self._woken, self._wake = os.pipe()
        self._lifeline, self._held = os.pipe()
        self._up = False
        for end in (self._woken, self._wake):
            os.set_blocking(end, False)

    def run(self) -> None:
        """Until a signal ends it.

        Raises:
            LedgerError: The last rulings could not be written.
            TrimtabError: A worker cannot start at all, and says why.
        """
        before = {number: signal.signal(number, _noticed) for number in (*_ENDING, signal.SIGCHLD)}
        woke = signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        try:
            for child in self._children:
                self._start(child)
            while not self._told():
                self._reap()
                now = time.monotonic()
                for child in self._children:
                    if not child.pid and child.due <= now:
                        self._start(child)
                        self._row.add("worker_restarts")
                    elif child.ready and _stuck(child):
                        _send(child, signal.SIGKILL)  # its successor is started when it is gone
                if not self._up and all(child.ready for child in self._children):
                    self._up = True
                    self._ready()
        finally:
            self._end()
            signal.set_wakeup_fd(woke)
            for number, handler in before.items():
                signal.signal(number, handler)
            for end in (self._held, self._lifeline, self._woken, self._wake):
                os.close(end)
        self._tell_lost()

    # -- children ----------------------------------------------------------------

    def _start(self, child: _Child) -> None:
        theirs: int
        child.report, theirs = os.pipe()
        child.began, child.ready = time.monotonic(), False
        child.said.clear()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                self._become_worker(child)
                code = child.job(theirs, self._lifeline)
            except BaseException:  # noqa: BLE001  # whatever it is, it must not run on as a second supervisor
                code = 70
            finally:
                os._exit(code)
        os.close(theirs)
        child.pid = pid

    def _become_worker(self, me: _Child) -> None:
        """What only the supervisor has to do with is closed, its end of the lifeline above all."""
        signal.set_wakeup_fd(-1)
        for number in (*_ENDING, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        for end in (self._held, self._woken, self._wake, me.report):
            os.close(end)
        if me is self._clerk:
            self._sock.close()  # whoever holds it keeps clients waiting
            os.close(self._pen)

    def _reap(self) -> None:
        for child in self._children:
            if child.report >= 0:
                self._listen_to(child)
            if not child.pid:
                continue
            with suppress(ChildProcessError):
                pid, status = os.waitpid(child.pid, os.WNOHANG)
                if pid:
                    self._died(child, os.waitstatus_to_exitcode(status))

    def _listen_to(self, child: _Child) -> None:
        if select.select([child.report], [], [], 0)[0]:
            said = os.read(child.report, 65_536)
            child.said += said
            child.ready = child.said.startswith(READY)
            if not said:
                os.close(child.report)
                child.report = -1

    def _died(self, child: _Child, code: int) -> None:
        if child.row:
            child.row.dead()
        child.pid = 0
        while child.report >= 0:
            self._listen_to(child)
        if not self._up:
            if child.said.startswith(FAILED):
                error = pickle.loads(bytes(child.said[1:]))  # noqa: S301  # from our own child
                raise error if isinstance(error, TrimtabError) else TypeError(type(error).__name__)
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            raise SystemUnavailableError(
                "guard", f"a process died while it started ({how})", "Run it with --workers 1."
            )
        lived = time.monotonic() - child.began
        child.wait = _FIRST_WAIT if lived >= _STEADY_SECONDS else min(_LONGEST_WAIT, max(_FIRST_WAIT, child.wait * 2))
        child.due = time.monotonic() + child.wait
        child.ready = False

    # -- the end -----------------------------------------------------------------

    def _told(self, seconds: float = 0.2) -> bool:
        """Wait for a signal or a worker's word; whether it is one to end."""
        reports = [child.report for child in self._children if child.report >= 0 and not child.ready]
        ready, _, _ = select.select([self._woken, *reports], [], [], seconds)
        if self._woken not in ready:
            return False
        return any(number in _ENDING for number in os.read(self._woken, 4096))

    def _end(self) -> None:
        """All workers finish what they serve, then the clerk. Who does not in time, or when told again, is ended.

        Nobody holds the socket any longer, so that who comes now is turned away at once and can go elsewhere.
        """
        self._sock.close()
        self._finish(self._workers, self._drain + _GRACE_SECONDS)
        if self._clerk:
            os.close(self._pen)
            self._finish([self._clerk], _GRACE_SECONDS)
            os.close(self._pens)
            self._counter.close()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _tell_lost(self) -> None:
        lost = self._tally.lost()
        if lost:
            raise LedgerError(
                self._ledger,
                f"{lost:,} {'ruling is' if lost == 1 else 'rulings are'} lost: it could not be written to the end",
                "What is in it is intact. Make room for it, or mend what was said above, before you start again.",
            )

    def _finish(self, children: Sequence[_Child], seconds: float) -> None:
        for child in children:
            _send(child, signal.SIGTERM)
        ends = time.monotonic() + seconds
        while any(child.pid for child in children):
            if self._told(0.05) or time.monotonic() > ends:
                for child in children:
                    _send(child, signal.SIGKILL)
                ends = float("inf")
            for child in children:
                with suppress(ChildProcessError):
                    if not child.pid or not os.waitpid(child.pid, os.WNOHANG)[0]:
                        continue
                child.pid = 0


def _keep(desk: Desk, sock: socket.socket, tally: Tally, pens: int, report: int, _: int) -> int:
    """The clerk's process."""
    try:
        keep(desk, sock=sock, tally=tally, pens=pens, ready=partial(os.write, report, READY))
    except TrimtabError as error:
        os.write(report, FAILED + pickle.dumps(error))
        return 1
    return 0


def _stuck(child: _Child) -> bool:
    return child.row is not None and time.monotonic_ns() - child.row.pulse > _STUCK_SECONDS * 1e9


def _noticed(*_: object) -> None:
    """The number of the signal is in the pipe; that is all there is to do."""


def _send(child: _Child, number: signal.Signals) -> None:
    if child.pid:
        with suppress(ProcessLookupError):
            os.kill(child.pid, number)


__all__ = ["Supervisor", "bind"]
