"""The server behind the proxy.

One pool of kept connections, and every way of failing as one error that quotes nothing.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson
from yarl import URL

from trimtab._pool import Pool, was_used
from trimtab.serve.limits import Limits

_ERROR_BYTES = 65_536
_READ_BYTES = 65_536
_STALE_SECONDS = 1.0  # who closes later than that has read the request, and may have acted upon it
_BLANK = re.compile(r"[\x00-\x20\x7f-\xa0\s]")
_JSON = "application/json"
_EVENTS = f"text/event-stream, {_JSON}"


class UpstreamError(Exception):
    """The upstream gave nothing that could be passed on. The text quotes nothing of what it sent."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


@dataclass(slots=True, eq=False)
class Reply:
    """What the upstream began to answer: a stream of events, or an answer that is there as a whole."""

    status: int
    body: dict[str, Any] | None  # None for a stream
    retry: str  # its `Retry-After`
    content: aiohttp.StreamReader

    async def read(self) -> bytes:
        """What has arrived of a stream, when something has; nothing at its end.

        Raises:
            UpstreamError: It went silent, or broke off.
        """
        try:
            return await self.content.readany()
        except (TimeoutError, aiohttp.ClientError, OSError) as problem:
            raise _failed(problem, reached=True) from None


def check(address: str) -> URL:
    """The address of a server, which goes up to and including `/v1`; a query after it is sent with every request.

    Raises:
        ValueError: It is none; the text says why, as the end of a sentence.
    """
    if not address.startswith(("http://", "https://")):
        raise ValueError("is no address")
    if _BLANK.search(address):
        raise ValueError("holds a blank, or a character that nobody sees")
    if "#" in address:
        raise ValueError("holds a #, and what follows it is never sent")
    try:
        url = URL(address)
    except ValueError:
        raise ValueError("has a host or a port that there cannot be") from None
    if url.user is not None or url.password is not None or "@" in address:
        raise ValueError("holds a name or a password")
    if not url.host:
        raise ValueError("names no host")
    if not url.port:
        raise ValueError("has a host or a port that there cannot be")
    return url


class Upstream:
    """Opened and closed within one event loop."""

    def __init__(self, base: str, *, key: str, limits: Limits) -> None:
        """Remember where it is; `key` replaces what clients send.

        Raises:
            ValueError: `base` is no address; see `check`.
        """
        self._query = check(base).query
        path, asked, query = base.partition("?")
        self._base, self._asked = path.rstrip("/"), asked + query
        self._versioned = self._base.lower().endswith("/v1")
        self._key = f"Bearer {key.strip()}" if key else ""
        self._limits = limits
        self._urls: dict[str, URL] = {}
        self._kept: aiohttp.ClientSession | None = None
        self._fresh: aiohttp.ClientSession | None = None
        # A whole reply is timed by whoever asks for it, which costs less than the client's own clock.
        self._whole = aiohttp.ClientTimeout(total=None, sock_connect=limits.connect_seconds)
        self._streamed = aiohttp.ClientTimeout(
            total=limits.upstream_seconds, sock_connect=limits.connect_seconds, sock_read=limits.idle_seconds
        )

    def asks(self, query: Mapping[str, str]) -> bool:
        """Whether every request to the upstream says all of this query anyway."""
        return all(item in self._query.items() for item in query.items())

    async def open(self) -> None:
        """Make the pool. Connections are made when they are needed, and kept."""
        self._kept = self._session(Pool())
        self._fresh = self._session(Pool(once=True))

    async def close(self) -> None:
        """Close every connection."""
        for session in filter(None, (self._kept, self._fresh)):
            await session.close()
        self._kept = self._fresh = None

    async def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, Any], str]:
        """Status, body and `Retry-After` of an answer that comes as a whole.

        Raises:
            UpstreamError: It cannot be reached, takes too long, or answers with something else than an object.
        """
        data = None if body is None else orjson.dumps(body)
        try:
            async with asyncio.timeout(self._limits.upstream_seconds):
                got = await self._sent(method, path, data, headers, accept=_JSON, patience=self._whole)
                try:
                    whole = await self._read(got)
                finally:
                    got.close()  # a connection whose answer was read to its end is kept all the same
        except (TimeoutError, aiohttp.ClientError, OSError) as problem:
            raise _failed(problem) from None
        return got.status, whole, got.headers.get("Retry-After", "")

    @asynccontextmanager
    async def streaming(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> AsyncIterator[Reply]:
        """A request whose answer may be a stream; leaving early breaks it off.

        Raises:
            UpstreamError: As `ask`.
        """
        try:
            got = await self._sent("POST", path, orjson.dumps(body), headers, accept=_EVENTS, patience=self._streamed)
        except (TimeoutError, aiohttp.ClientError, OSError) as problem:
            raise _failed(problem) from None
        try:
            if got.status == 200 and got.content_type == "text/event-stream":
                yield Reply(200, None, "", got.content)
            else:
                try:
                    whole = await self._read(got)
                except (TimeoutError, aiohttp.ClientError, OSError) as problem:
                    raise _failed(problem) from None
                yield Reply(got.status, whole, got.headers.get("Retry-After", ""), got.content)
        finally:
            got.close()

    def _session(self, pool: Pool) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=pool,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent",),
            auto_decompress=False,
            read_bufsize=_READ_BYTES,
            max_line_size=self._limits.header_bytes,
            max_field_size=self._limits.header_bytes,
        )

    async def _sent(
        self,
        method: str,
        path: str,
        data: bytes | None,
        headers: Mapping[str, str],
        *,
        accept: str,
        patience: aiohttp.ClientTimeout,
    ) -> aiohttp.ClientResponse:
        """The head of an answer. Asks once more, over a new connection, if a kept one turns out to have been closed."""
        assert self._kept is not None
        assert self._fresh is not None
        url = self._urls.get(path)
        if url is None:
            rest = path.removeprefix("/v1") if self._versioned else path
            url = self._urls[path] = URL(self._base + rest + self._asked)
        sent = {**headers, "Accept": accept, "Accept-Encoding": "identity"}
        if self._key:
            sent["Authorization"] = self._key
        if data is not None:
            sent["Content-Type"] = _JSON
        how: dict[str, Any] = {"data": data, "headers": sent, "allow_redirects": False, "timeout": patience}
        begun = time.monotonic()
        try:
            got = await self._kept.request(method, url, **how)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, ConnectionError) as problem:
            heard = isinstance(problem, aiohttp.ServerDisconnectedError) and not isinstance(problem.message, str)
            if heard or not was_used() or time.monotonic() - begun > _STALE_SECONDS:
                raise
            got = await self._fresh.request(method, url, **how)
        if got.headers.get("Content-Encoding", "identity").lower() != "identity":
            got.close()
            raise UpstreamError(502, "the upstream packed its answer, which was not wanted")
        return got

    async def _read(self, got: aiohttp.ClientResponse) -> dict[str, Any]:
        pieces: list[bytes] = []
        left = self._limits.reply_bytes
        while piece := await got.content.readany():
            left -= len(piece)
            if left < 0:
                raise UpstreamError(502, "the upstream sent more than the guard reads")
            pieces.append(piece)
        return _object(got.status, b"".join(pieces))


def _object(status: int, raw: bytes) -> dict[str, Any]:
    """The body of an answer."""
    if not 200 <= status < 300 and len(raw) > _ERROR_BYTES:
        raise UpstreamError(502, "the upstream sent more than the guard reads")
    try:
        reply = orjson.loads(raw)
    except ValueError:
        raise UpstreamError(502, f"the upstream answered {status}, and no JSON") from None
    odd = not isinstance(reply, dict) or 300 <= status < 400
    if odd or (status == 200 and "error" in reply and len(reply) == 1):
        raise UpstreamError(502, f"the upstream answered {status}, and nothing that could be understood")
    return reply  # type: ignore[no-any-return]  # an object of JSON


def _failed(problem: Exception, *, reached: bool = False) -> UpstreamError:
    if isinstance(problem, TimeoutError):
        return UpstreamError(504, "the upstream took too long")
    if reached:
        return UpstreamError(502, f"the upstream broke off ({type(problem).__name__})")
    return UpstreamError(502, f"the upstream cannot be reached ({type(problem).__name__})")


__all__ = ["Reply", "Upstream", "UpstreamError", "check"]
