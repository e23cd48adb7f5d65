"""Looks at the rows of a large ledger with several processes at once.

Each helper is a fresh interpreter with the store open for itself; it is sent
row numbers and sends back what it saw. Neither of the ways in which
`multiprocessing` starts processes will do: a fork shares the database
connection and the locks of other threads, and `spawn` runs the main module of
whoever calls us a second time.
"""

import pickle
import select
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Self

from trimtab.errors import LedgerError
from trimtab.evidence.alone import SIZE_BYTES, Alone, Seen, Span
from trimtab.evidence.walk import Examined
from trimtab.kinds import Store

Reopen = Callable[[], Store]  # picklable

_SHARE = 1000  # rows that are looked at in one go, by whoever is free
_AHEAD = 100  # shares in the making: what this process gets done while helpers start
_QUEUED = 2  # shares a helper has: one to work on, and one so that it need not wait for us
_HELPER = "from trimtab.evidence.alone import help_out; help_out({})"


@dataclass(slots=True)
class _Share:
    """Some of the work."""

    span: Span
    begun: bool = False
    seen: Seen | None = None


class Together:
    """This process and `helpers` more; use `with`, or they stay.

    Whoever is free takes the next share, this process as well, so that nobody
    waits for helpers that are still starting. What is seen comes in order.
    """

    def __init__(self, store: Store, reopen: Reopen, helpers: int) -> None:
        self._own = Alone(store)
        self._helpers: list[_Helper] = []
        try:
            for _ in range(helpers):
                self._helpers.append(_Helper(store.location, reopen))
        except BaseException:
            self._end()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        for helper in self._helpers:
            helper.end()

    def check(self) -> Callable[[], list[str]]:
        """As `Alone.check`; a helper does it, since it takes as long as thousands of rows."""
        helper = self._helpers[0]
        found: list[str] = []
        helper.ask(None, found.extend)

        def finish() -> list[str]:
            while helper.asked:
                helper.hear()
            return found

        return finish

    def stretches(self, after: int, upto: int) -> Iterator[Examined]:
        """As `Alone.stretches`."""
        spans = ((start, min(start + _SHARE, upto)) for start in range(after, upto, _SHARE))
        shares: deque[_Share] = deque()
        while True:
            shares.extend(map(_Share, islice(spans, _AHEAD - len(shares))))
            if not shares:
                return
            for helper in self._helpers:
                while helper.asked and _ready([helper], 0):
                    helper.hear()
                while helper.awake and len(helper.asked) < _QUEUED and (share := _next(shares)):
                    helper.ask(share.span, partial(setattr, share, "seen"))
            first = shares[0]
            if first.seen:
                shares.popleft()
                found, error = first.seen
                yield from found
                if error:
                    raise error
            elif share := _next(shares):
                share.seen = self._own.look(share.span)
            else:
                _ready([helper for helper in self._helpers if helper.asked], None)


def _next(shares: Iterable[_Share]) -> _Share | None:
    """A share that nobody had begun until now."""
    share = next((share for share in shares if not share.begun), None)
    if share:
        share.begun = True
    return share


def _ready(helpers: Iterable["_Helper"], timeout: int | None) -> bool:
    """Whether one of them has begun to answer, or ended, within `timeout` in milliseconds; None waits for it."""
    lines = select.poll()
    for helper in helpers:
        lines.register(helper.line, select.POLLIN)
    return bool(lines.poll(timeout))


class _Helper:
    """Another process. It answers in the order in which it is asked; its first answer is that its store is open."""

    def __init__(self, location: str, reopen: Reopen) -> None:
        self._location = location
        self.awake = False
        self.asked: deque[Callable[[Any], object]] = deque([self._wake])  # what to do with the answers to come
        self.line, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-c", _HELPER.format(theirs.fileno())]
            # A group of its own: Ctrl-C reaches everybody in ours, and whoever started us decides what it means.
            self._process = subprocess.Popen(  # noqa: S603  # ourselves
                command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()], process_group=0
            )
        try:
            self._send(sys.path)
            self._send(pickle.dumps(reopen))
        except BaseException:
            self.end()
            raise

    def _wake(self, _: object) -> None:
        self.awake = True

    def ask(self, span: Span | None, then: Callable[[Any], object]) -> None:
        """Ask what it sees of a span, or what its store says of its own structure; `then` gets the answer.

        Raises:
            LedgerError: It has ended.
        """
        self.asked.append(then)
        self._send(span)

    def hear(self) -> None:
        """Wait for the next answer, and hand it on.

        Raises:
            LedgerError: It has ended; or what reading the store raised.
        """
        try:
            size = int.from_bytes(self._receive(SIZE_BYTES), "big")
            good, answer = pickle.loads(self._receive(size))  # noqa: S301  # from our own process
        except (EOFError, OSError) as error:
            raise self._gone() from error
        if not good:
            raise answer
        self.asked.popleft()(answer)

    def end(self) -> None:
        """End it, busy or not."""
        self._process.kill()
        self._process.wait()
        self.line.close()

    def _receive(self, size: int) -> bytearray:
        data = bytearray(size)
        left = memoryview(data)
        while left:
            count = self.line.recv_into(left)
            if not count:
                raise EOFError
            left = left[count:]
        return data

    def _send(self, message: object) -> None:
        try:
            self.line.sendall(pickle.dumps(message))
        except OSError as error:
            raise self._gone() from error

    def _gone(self) -> LedgerError:
        detail = "could not be verified: one of our processes was ended from outside"
        return LedgerError(self._location, detail, "Run it again, with --jobs 1 if memory is short.")
