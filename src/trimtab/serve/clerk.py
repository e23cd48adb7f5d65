"""The one process that writes: rulings of all workers into the ledger, and counters to wherever metrics go.

Workers sum up what they rule and hand over records now and then, over a socket in a folder that only this user can
enter. A record counts as written when the clerk says so; until then the worker keeps it, so a clerk that dies and is
started again loses nothing.
"""

import pickle
import select
import signal
import socket
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
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
_CALM_SECONDS = 1.0  # without a worker, once it was told to end


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the clerk is to do. `ledger` is where it writes, empty for nowhere; `exporter` as in `telemetry`."""

    ledger: str = ""
    policy: str = ""  # digest
    policy_text: str = ""
    exporter: str = ""


def keep(desk: Desk, *, sock: socket.socket, tally: Tally, lifeline: int, ready: Callable[[], object]) -> None:
    """Write until told to end and no worker is left.

    Raises:
        LedgerError: The ledger cannot be opened.
        MissingPackageError: Metrics are asked for, and the extra `otel` is not installed.
    """
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: told.append(1))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the supervisor says when
    stop_exporting = telemetry.export(tally, desk.exporter) if desk.exporter else None
    ledger = Ledger.open(desk.ledger) if desk.ledger else None
    try:
        if ledger is not None:
            _adopt(ledger, desk)
        ready()
        _serve(ledger, sock, lifeline, told)
    finally:
        if ledger is not None:
            ledger.close()
        if stop_exporting is not None:
            stop_exporting()


def _adopt(ledger: Ledger, desk: Desk) -> None:
    """Rulings are of a policy; it has to be in the ledger, or nobody could read them later."""
    if not any(row.policy == desk.policy for row in ledger.rows(kind=PolicyAdopted.kind)):
        record = PolicyAdopted(text=desk.policy_text)
        ledger.append([record], subject=Subject(), run="", maker=f"trimtab/{__version__}", policy=desk.policy)


def _serve(ledger: Ledger | None, sock: socket.socket, lifeline: int, told: list[int]) -> None:
    workers: list[socket.socket] = []
    watched: list[Any] = [sock, lifeline]
    calm_since = time.monotonic()
    while not ((told or lifeline not in watched) and not workers and time.monotonic() - calm_since > _CALM_SECONDS):
        ready, _, _ = select.select([*watched, *workers], [], [], 0.2)
        if lifeline in ready:
            watched.remove(lifeline)
        if sock in ready:
            workers.append(sock.accept()[0])
        for one in [one for one in workers if one in ready]:
            if not _answered(one, ledger):
                one.close()
                workers.remove(one)
        if workers:
            calm_since = time.monotonic()


def _answered(worker: socket.socket, ledger: Ledger | None) -> bool:
    """Write what a worker hands over, and say whether it is written; whether the worker is still there."""
    try:
        worker.settimeout(_WAIT_SECONDS)
        message = _received(worker)
        if message is None or ledger is None:
            return False
        told = orjson.loads(message)
        records: list[Record] = [_KINDS[kind].from_payload(payload) for kind, payload in told["records"]]
        answer = b""
        try:
            ledger.append(
                records, subject=Subject(**told["subject"]), run="", maker=told["maker"], policy=told["policy"]
            )
        except (LedgerError, ValueError) as error:
            known = isinstance(error, LedgerError)
            answer = pickle.dumps(error if known else LedgerError(ledger.location, "takes no such record", ""))
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
