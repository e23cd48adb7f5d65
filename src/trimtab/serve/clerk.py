"""The one process that writes: rulings of all workers into the ledger, and counters to wherever metrics go.

Workers sum up what they rule and hand over records now and then, over a socket in a folder that only this user can
enter. A record counts as written when the clerk says so; until then the worker keeps it, so a clerk that dies and is
started again loses nothing. It ends when nobody is left who could still hand something over, whoever was killed.
"""

import pickle
import select
import shutil
import signal
import socket
import struct
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from trimtab import __version__
from trimtab.errors import LedgerError, TrimtabError
from trimtab.evidence import Escalated, Ledger, PolicyAdopted, Record, Revised, Rulings, Subject
from trimtab.serve import telemetry
from trimtab.serve.tally import Tally

_KINDS: Mapping[str, type[Rulings | Escalated | Revised]] = {one.kind: one for one in (Rulings, Escalated, Revised)}
_LENGTH = struct.Struct("!Q")
_WAIT_SECONDS = 30.0  # for the clerk to say that something is written


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the clerk is to do. `ledger` is where it writes, empty for nowhere; `exporter` as in `telemetry`."""

    ledger: str = ""
    policy: str = ""  # digest
    policy_text: str = ""
    exporter: str = ""


def keep(desk: Desk, *, sock: socket.socket, tally: Tally, pens: int, ready: Callable[[], object]) -> None:
    """Write until no worker and no supervisor is left, and leave no folder behind.

    Args:
        desk: What to do.
        sock: Where workers connect.
        tally: Where they count.
        pens: A pipe whose other end every process holds that may have something written.
        ready: Called once rulings are taken.

    Raises:
        LedgerError: The ledger cannot be opened.
        MissingPackageError: Metrics are asked for, and the extra `otel` is not installed.
    """
    # A terminal, or whoever stops a service, sends these to all processes; the workers have their last rulings yet.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    stop_exporting = telemetry.export(tally, desk.exporter) if desk.exporter else None
    book = _Book(desk.ledger) if desk.ledger else None
    try:
        if book is not None:
            _adopt(book.ledger, desk)
        ready()
        _serve(book, sock, pens)
        shutil.rmtree(Path(sock.getsockname()).parent, ignore_errors=True)  # the supervisor may be gone
    finally:
        if book is not None:
            book.ledger.close()
        if stop_exporting is not None:
            stop_exporting()


class _Book:
    """A ledger, and which file it is: SQLite writes into one that was removed, and says nothing."""

    def __init__(self, location: str) -> None:
        self.ledger = Ledger.open(location)
        scheme, separator, path = location.partition("://")
        self._path = location if not separator else path if scheme == "sqlite" else ""
        self._file = self._found()

    def append(self, records: Sequence[Record], **about: Any) -> None:
        """Have records written to the file that was opened, if it is still where it was.

        Raises:
            LedgerError: It is not, or cannot be written.
        """
        if self._found() != self._file:
            words = "was removed or replaced while it was written to"
            step = "Put it back where it was: rulings are kept, and tried again."
            raise LedgerError(self.ledger.location, words, step)
        self.ledger.append(records, **about)

    def _found(self) -> tuple[int, int] | None:
        """What stands at the place of the file; None if nothing does, or the ledger is no file."""
        if not self._path:
            return None
        try:
            status = Path(self._path).stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino


def _adopt(ledger: Ledger, desk: Desk) -> None:
    """Rulings are of a policy; it has to be in the ledger, or nobody could read them later."""
    if not any(row.policy == desk.policy for row in ledger.rows(kind=PolicyAdopted.kind)):
        record = PolicyAdopted(text=desk.policy_text)
        ledger.append([record], subject=Subject(), run="", maker=f"trimtab/{__version__}", policy=desk.policy)


def _serve(book: _Book | None, sock: socket.socket, pens: int) -> None:
    workers: list[socket.socket] = []
    watched: list[Any] = [sock, pens]
    while True:
        ready, _, _ = select.select([*watched, *workers], [], [])
        if sock in ready:
            workers.append(sock.accept()[0])
        for one in [one for one in workers if one in ready]:
            if not _answered(one, book):
                one.close()
                workers.remove(one)
        if ready == [pens]:  # nothing is written to it: it has ended
            return


def _answered(worker: socket.socket, book: _Book | None) -> bool:
    """Write what a worker hands over, and say whether it is written; whether the worker is still there."""
    try:
        worker.settimeout(_WAIT_SECONDS)
        message = _received(worker)
        if message is None or book is None:
            return False
        told = orjson.loads(message)
        records: list[Record] = [_KINDS[kind].from_payload(payload) for kind, payload in told["records"]]
        answer = b""
        try:
            book.append(records, subject=Subject(**told["subject"]), run="", maker=told["maker"], policy=told["policy"])
        except (LedgerError, ValueError) as error:
            known = isinstance(error, LedgerError)
            answer = pickle.dumps(error if known else LedgerError(book.ledger.location, "takes no such record", ""))
        worker.sendall(_LENGTH.pack(len(answer)) + answer)
    except OSError:
        return False
    return True


def _received(sock: socket.socket) -> bytes | None:
    """One message; None when the other side is gone."""
    head = _exactly(sock, _LENGTH.size)
    return None if head is None else _exactly(sock, _LENGTH.unpack(head)[0])


def _exactly(sock: socket.socket, size: int) -> bytes | None:
    parts: list[bytes] = []
    while size:
        part = sock.recv(min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


class DistantLedger:
    """The ledger as workers see it: takes records, and has the clerk write them. For one thread at a time."""

    def __init__(self, address: str) -> None:
        """Find the clerk at this address when there is something to write."""
        self._address = address
        self._sock: socket.socket | None = None

    @property
    def location(self) -> str:
        """Where it is."""
        return "the guard's ledger"

    def append(
        self, records: Sequence[Record], *, subject: Subject, run: str, maker: str, policy: str, **_: Any
    ) -> None:
        """Have records written.

        Raises:
            LedgerError: They are not, as far as is known.
        """
        message = orjson.dumps(
            {
                "records": [(record.kind, record.payload()) for record in records],
                "subject": {"system": subject.system, "candidate": subject.candidate, "artefact": subject.artefact},
                "maker": maker,
                "policy": policy,
            }
        )
        answer: bytes | None = None
        try:
            if self._sock is None:
                self._sock = socket.socket(socket.AF_UNIX)
                self._sock.settimeout(_WAIT_SECONDS)
                self._sock.connect(self._address)
            self._sock.sendall(_LENGTH.pack(len(message)) + message)
            answer = _received(self._sock)
        except OSError:
            answer = None
        if answer is None:
            self.close()
            raise LedgerError(self.location, "is not being written to at the moment", "It is tried again.")
        if answer:
            error = pickle.loads(answer)  # noqa: S301  # from the clerk, over a socket in a folder of our own
            raise error if isinstance(error, TrimtabError) else TypeError(type(error).__name__)

    def close(self) -> None:
        """Leave."""
        if self._sock is not None:
            with suppress(OSError):
                self._sock.close()
            self._sock = None


__all__ = ["Desk", "DistantLedger", "keep"]
