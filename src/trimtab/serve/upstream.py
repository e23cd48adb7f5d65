"""The server behind the proxy.

One pool of kept connections, and every way of failing as one error that quotes nothing.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson
from yarl import URL

from trimtab.serve.limits import Limits
from trimtab.serve.line import GoneError, Lines, RubbishError

_ERROR_BYTES = 65_536
_READ_BYTES = 65_536
_STALE_SECONDS = 1.0
_JSON = "application/json"


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


class Upstream:
    """Opened and closed within one event loop."""

    def __init__(self, base: str, *, key: str, limits: Limits) -> None:
        """Remember where it is; `base` goes up to and including `/v1`, and `key` replaces what clients send."""
        self._base = base.rstrip("/").removesuffix("/v1")
        self._key = f"Bearer {key.strip()}" if key else ""
        self._lines = Lines(self._base, connect_seconds=limits.connect_seconds)
        self._limits = limits
        self._urls: dict[str, URL] = {}
        self._session: aiohttp.ClientSession | None = None
        self._streamed = aiohttp.ClientTimeout(
            total=limits.upstream_seconds, sock_connect=limits.connect_seconds, sock_read=limits.idle_seconds
        )

    async def open(self) -> None:
        """Make the pool. Connections are made when they are needed, and kept."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60.0, ttl_dns_cache=60),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            read_bufsize=_READ_BYTES,
            max_line_size=self._limits.header_bytes,
            max_field_size=self._limits.header_bytes,
        )

    async def close(self) -> None:
        """Close every connection."""
        self._lines.close()
        if self._session is not None:
            await self._session.close()
            self._session = None

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
                got = await self._lines.ask(method, path, self._named(headers, data), data, self._limits.reply_bytes)
        except (TimeoutError, OSError, GoneError, RubbishError) as problem:
            raise _failed(problem) from None
        retry = got.headers.get(b"retry-after", b"").decode("ascii", "replace")
        return got.status, _object(got.status, got.body), retry

    @asynccontextmanager
    async def streaming(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> AsyncIterator[Reply]:
        """A request whose answer may be a stream; leaving early breaks it off.

        Raises:
            UpstreamError: As `ask`.
        """
        try:
            got = await self._sent(path, body, headers)
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
            got.close()  # a connection whose answer was read to its end is kept all the same

    async def _sent(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        assert self._session is not None
        url = self._urls.get(path)
        if url is None:
            url = self._urls[path] = URL(self._base + path)
        data = orjson.dumps(body)
        sent = self._named(headers, data) | {"Accept": f"text/event-stream, {_JSON}"}
        begun = time.monotonic()
        for again in (True, False):
            try:
                return await self._session.post(
                    url, data=data, headers=sent, allow_redirects=False, timeout=self._streamed
                )
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as problem:
                # A kept connection may be closed by the other side in the moment in which it is used.
                stale = not isinstance(problem, aiohttp.ClientConnectorError)
                if not (again and stale and time.monotonic() - begun < _STALE_SECONDS):
                    raise
        raise AssertionError

    def _named(self, headers: Mapping[str, str], data: bytes | None) -> dict[str, str]:
        named = {**headers, "Accept": _JSON}
        if self._key:
            named["Authorization"] = self._key
        if data is not None:
            named["Content-Type"] = _JSON
        return named

    async def _read(self, got: aiohttp.ClientResponse) -> dict[str, Any]:
        raw = bytearray()
        while chunk := await got.content.read(_READ_BYTES):
            raw += chunk
            if len(raw) > self._limits.reply_bytes:
                raise UpstreamError(502, "the upstream sent more than the guard reads")
        return _object(got.status, bytes(raw))


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


__all__ = ["Reply", "Upstream", "UpstreamError"]
