"""Kept connections to a server: aiohttp's pool, and two things that it leaves open.

A request may be sent again only where its connection was an old one, which the server may have closed in that moment.
And what came over a connection while nobody had asked must not be read as the answer to the next request.
"""

import ssl
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import aiohttp

if TYPE_CHECKING:
    from aiohttp.connector import Connection

_KEPT_SECONDS = 60.0  # most servers keep a connection for less or for as long
_USED: ContextVar[bool] = ContextVar("used", default=False)


class Pool(aiohttp.TCPConnector):
    """As many connections as there are requests at once, kept for the next one unless `once`. For one event loop."""

    def __init__(
        self, *, once: bool = False, secure: ssl.SSLContext | bool = True, kept_seconds: float = _KEPT_SECONDS
    ) -> None:
        """Connect to nothing yet; `secure` says how certificates are checked."""
        kept: dict[str, Any] = {"force_close": True} if once else {"keepalive_timeout": kept_seconds}
        super().__init__(limit=0, ttl_dns_cache=60, ssl=secure, **kept)
        self._met: WeakSet[object] = WeakSet()  # the connections that have carried a request

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Any],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109  # aiohttp's name
    ) -> "Connection":
        """A connection, new or kept, over which nothing came that nobody asked for."""
        _USED.set(False)
        while True:
            connection = await super().connect(req, traces, timeout)
            protocol = connection.protocol
            if protocol not in self._met:
                self._met.add(protocol)
                return connection
            if protocol is not None and not protocol.should_close:
                _USED.set(True)
                return connection
            connection.close()


def was_used() -> bool:
    """Whether the connection that this task was given last had carried a request before."""
    return _USED.get()


__all__ = ["Pool", "was_used"]
