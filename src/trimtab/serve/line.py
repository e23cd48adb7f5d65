"""Asks an HTTP/1.1 server for answers that come as a whole, over connections that are kept.

The general client takes four times as long for it, which is more than the guard does. Here one connection carries one
request at a time, nothing is unpacked, no redirect is followed, no cookie is kept; and an answer whose end could be
read in two ways is refused.
"""

import asyncio
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_HEAD_BYTES = 65_536
_KEPT_SECONDS = 60.0  # most servers keep a connection for less or for as long
_STALE_SECONDS = 1.0  # who closes later than that has read the request, and may have acted upon it
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2})(?: [^\r\n]*)?")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*", re.DOTALL)
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class RubbishError(Exception):
    """What came is no answer as HTTP has them, or more of one than was wanted."""


class GoneError(Exception):
    """The server closed the connection. `unheard`: before it sent anything, perhaps before it read anything."""

    def __init__(self, *, unheard: bool) -> None:
        super().__init__(unheard)
        self.unheard = unheard


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, with the names of its headers in lower case."""

    status: int
    headers: Mapping[bytes, bytes]
    body: bytes


class _Line(asyncio.Protocol):
    """One connection."""

    __slots__ = ("_body", "_buffer", "_chunked", "_head", "_most", "_need", "_transport", "_waiting", "idle", "kept")

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._buffer = bytearray()
        self.kept = True  # it can carry another request
        self.idle = 0.0  # since when, by the monotonic clock

    def ask(self, request: bytes, most: int) -> asyncio.Future[Answer]:
        """Send a request; the answer may have `most` bytes."""
        assert self._transport is not None
        self._head: tuple[int, dict[bytes, bytes]] | None = None
        self._body: list[bytes] = []
        self._chunked = False
        self._need: int | None = None
        self._most = most
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._waiting

    def drop(self) -> None:
        """Close it at once."""
        self.kept = False
        if self._transport is not None:
            self._transport.abort()

    # -- what the event loop calls -----------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self._transport = transport  # type: ignore[assignment]  # uvloop's are no asyncio.Transport

    def data_received(self, data: bytes) -> None:
        if self._waiting is None or self._waiting.done():
            self.drop()  # nobody asked
            return
        self._buffer += data
        try:
            self._advance()
        except RubbishError as problem:
            self._fail(problem)

    def connection_lost(self, exc: Exception | None) -> None:
        self.kept = False
        waiting = self._waiting
        if waiting is None or waiting.done():
            return
        if self._head is not None and self._need is None and not self._chunked and exc is None:
            self._finish(bytes(self._buffer))  # such an answer ends where the connection does
            return
        self._fail(GoneError(unheard=self._head is None and not self._buffer))

    # -- how ---------------------------------------------------------------------

    def _advance(self) -> None:
        while self._head is None:
            end = self._buffer.find(b"\r\n\r\n")
            if max(end, len(self._buffer) if end < 0 else 0) > _HEAD_BYTES:
                raise RubbishError("its head is too long")
            if end < 0:
                return
            head = bytes(self._buffer[:end])
            del self._buffer[: end + 4]
            self._begin(*_parsed(head))
        if self._chunked:
            self._unchunk()
        elif self._need is None:
            if len(self._buffer) > self._most:
                raise RubbishError("it is too long")
        elif len(self._buffer) >= self._need:
            self._finish(bytes(self._buffer[: self._need]), extra=len(self._buffer) > self._need)

    def _begin(self, version: int, status: int, headers: dict[bytes, bytes]) -> None:
        if status < 200:
            if status == 101:
                raise RubbishError("it speaks something else")
            return  # an announcement; the answer is still to come
        self._head = (status, headers)
        self.kept = version == 1 and b"close" not in headers.get(b"connection", b"").lower()
        length, coding = headers.get(b"content-length"), headers.get(b"transfer-encoding")
        if headers.get(b"content-encoding", b"identity").lower() != b"identity":
            raise RubbishError("it is packed, though that was not wanted")
        if coding is not None:
            if coding.lower() != b"chunked" or length is not None:
                raise RubbishError("its length is said in two ways")
            self._chunked = True
        elif status in {204, 304}:
            self._need = 0
        elif length is not None:
            if not (length.isdigit() and len(length) < 19):
                raise RubbishError("its length is no number")
            self._need = int(length)
            if self._need > self._most:
                raise RubbishError("it is too long")
        else:
            self.kept = False

    def _unchunk(self) -> None:
        while (end := self._buffer.find(b"\r\n")) >= 0:
            found = _SIZE.fullmatch(bytes(self._buffer[:end]))
            if found is None:
                raise RubbishError("the size of a piece is no number")
            size, begin = int(found[1], 16), end + 2
            if size > self._most:
                raise RubbishError("it is too long")
            if size == 0:
                self._trail(end)
                return
            if len(self._buffer) < begin + size + 2:
                return
            if self._buffer[begin + size : begin + size + 2] != b"\r\n":
                raise RubbishError("a piece is longer than it says")
            self._body.append(bytes(self._buffer[begin : begin + size]))
            self._most -= size
            del self._buffer[: begin + size + 2]
        if len(self._buffer) > _HEAD_BYTES:
            raise RubbishError("the size of a piece is too long")

    def _trail(self, end: int) -> None:
        """Trailers, which nobody needs, up to an empty line."""
        last = self._buffer.find(b"\r\n\r\n", end)
        if last >= 0:
            self._finish(b"".join(self._body), extra=len(self._buffer) > last + 4)
        elif len(self._buffer) > _HEAD_BYTES:
            raise RubbishError("its end is too long")

    def _finish(self, body: bytes, *, extra: bool = False) -> None:
        assert self._head is not None
        assert self._waiting is not None
        self.kept = self.kept and not extra
        self._buffer.clear()
        self._waiting.set_result(Answer(*self._head, body))

    def _fail(self, problem: Exception) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(problem)
        self.drop()


class Lines:
    """All connections to one server. For one event loop."""

    def __init__(self, base: str, *, connect_seconds: float) -> None:
        """Remember the address, without its path; nothing is opened yet."""
        parts = urlsplit(base)
        self._secure = ssl.create_default_context() if parts.scheme == "https" else None
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._secure else 80)
        self._name = parts.netloc.rpartition("@")[2]
        self._prefix = parts.path.rstrip("/")
        self._connect_seconds = connect_seconds
        self._idle: list[_Line] = []

    async def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, most: int) -> Answer:
        """Ask once, and once more if a kept connection turns out to have been closed.

        Raises:
            GoneError: The server closed the connection.
            RubbishError: It sent no answer that can be read, or one of more than `most` bytes.
            OSError: It cannot be reached.
            TimeoutError: It did not take the connection in time.
            ValueError: A header holds a control character.
        """
        request = self._request(method, path, headers, body)
        begun = time.monotonic()
        used = True
        while True:
            line, used = await self._line(kept=used)
            try:
                answer = await line.ask(request, most)
            except GoneError as problem:
                if used and problem.unheard and time.monotonic() - begun < _STALE_SECONDS:
                    used = False  # once more, over a new connection
                    continue
                raise
            except BaseException:
                line.drop()
                raise
            if line.kept:
                line.idle = time.monotonic()
                self._idle.append(line)
            else:
                line.drop()
            return answer

    def close(self) -> None:
        """Close those that are not in use."""
        while self._idle:
            self._idle.pop().drop()

    async def _line(self, *, kept: bool) -> tuple[_Line, bool]:
        """A connection, and whether it was used before; a new one unless it may be one that was kept."""
        while kept and self._idle:
            line = self._idle.pop()  # the one used last: the others grow old, and are closed
            if line.kept and time.monotonic() - line.idle < _KEPT_SECONDS:
                return line, True
            line.drop()
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._connect_seconds):
            _, line = await loop.create_connection(_Line, self._host, self._port, ssl=self._secure)
        return line, False

    def _request(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
        lines = [f"{method} {self._prefix}{path} HTTP/1.1", f"Host: {self._name}", "Accept-Encoding: identity"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        if any(map(_CONTROL.search, lines)):
            raise ValueError("a header holds a control character")
        return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + (body or b"")


def _parsed(head: bytes) -> tuple[int, int, dict[bytes, bytes]]:
    """Version, status and headers."""
    first, *lines = head.split(b"\r\n")
    status = _STATUS.fullmatch(first)
    if status is None:
        raise RubbishError("it is no HTTP/1")
    headers: dict[bytes, bytes] = {}
    for line in lines:
        found = _HEADER.fullmatch(line)
        if found is None or b"\n" in line or b"\r" in line:
            raise RubbishError("a header is none")
        name = found[1].lower()
        if name in headers and name in {b"content-length", b"transfer-encoding"}:
            raise RubbishError("its length is said twice")
        headers[name] = found[2]
    return int(status[1]), int(status[2]), headers


__all__ = ["Answer", "GoneError", "Lines", "RubbishError"]
