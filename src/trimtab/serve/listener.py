"""The HTTP side of one worker: connections on a socket that all workers share, and an end that lets replies finish."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.streams import EMPTY_PAYLOAD
from aiohttp.web_protocol import _ErrInfo

from trimtab.serve import wire
from trimtab.serve.limits import Limits
from trimtab.serve.proxy import Proxy

_KEEP_SECONDS = 75.0  # a connection without a request
_PULSE_SECONDS = 1.0
_QUEUE = 1024  # connections that wait to be accepted
_LINGER_SECONDS = 1.0  # for the rest of a body that was answered before it was read

# What aiohttp would log of a malformed request quotes it.
_SILENT = logging.getLogger("trimtab.serve.silent")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


Refuse = Callable[[web.BaseRequest, int, str, str], web.Response]
"""Makes the answer to what is no request, given the status, words and a code."""


def _refused(_: web.BaseRequest, status: int, words: str, code: str) -> web.Response:
    kind = "invalid_request_error" if status < 500 else "server_error"
    return web.json_response(wire.error(words, kind=kind, code=code), status=status)


class _Connection(web.RequestHandler):
    """One client, whose mistakes are answered in the API's shape and quoted nowhere."""

    __slots__ = ("_arrive_seconds", "_arriving", "_refuse")

    def __init__(self, manager: "_Server", *, arrive_seconds: float, refuse: Refuse, **settings: Any) -> None:
        super().__init__(manager, **settings)
        self._arrive_seconds, self._refuse = arrive_seconds, refuse
        self._arriving: asyncio.TimerHandle | None = None  # runs while the headers of a request come in

    def connection_lost(self, exc: BaseException | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._waits:
            self._arrived()
        elif self._arriving is None and data.strip(b"\r\n"):  # empty lines may follow a request
            self._arriving = self._loop.call_later(self._arrive_seconds, self._late)

    @property
    def _waits(self) -> bool:
        """Whether there is no request, be it that a part of one is there."""
        return self._waiter is not None and not self._waiter.done()

    def _arrived(self) -> None:
        if self._arriving is not None:
            self._arriving.cancel()
            self._arriving = None

    def _late(self) -> None:
        """What has begun does not end: answer it as what cannot be parsed is answered."""
        self._arriving = None
        if self._waiter is not None and self._waits:
            self._messages.append((_ErrInfo(408, TimeoutError(), ""), EMPTY_PAYLOAD))
            self._waiter.set_result(None)

    def _process_keepalive(self) -> None:
        if self._arriving is None:
            super()._process_keepalive()
        else:
            self._keepalive_handle = None  # what has begun has a timer of its own

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if request.writer.output_size > 0:
            raise ConnectionError("some of the answer is on its way already")
        if type(exc).__name__ == "LineTooLong":
            status, words, code = 431, "a header, or the address, is too long", "too_large"
        elif status == 408:
            words, code = "the request took too long to arrive", "too_slow"
        elif status < 500:
            words, code = "this is not HTTP as it is read here", "unreadable"
        else:
            words, code = "the guard failed; nothing went on", "guard"
        response = self._refuse(request, status, words, code)
        response.force_close()
        return response

    def log_exception(self, *_: object, **__: object) -> None:
        """Say nothing: it would quote the request."""

    @property
    def idle(self) -> bool:
        """Whether no request is being served."""
        return not (self._request_in_progress or self._messages)


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(
    handle: Handler, sock: socket.socket, limits: Limits, *, refuse: Refuse = _refused
) -> AsyncIterator[None]:
    """Have requests answered, and what is none; at the end finish what is served, for at most `drain_seconds`."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)  # it would quote what was being served

    def made(message, payload, protocol, writer, task) -> web.BaseRequest:  # type: ignore[no-untyped-def]  # noqa: ANN001  # aiohttp's types are not public
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=limits.request_bytes)

    server = _Server(
        handle,
        request_factory=made,
        handler_cancellation=True,  # who hangs up is not worked for any longer
        logger=_SILENT,
        access_log=None,
        keepalive_timeout=_KEEP_SECONDS,
        max_line_size=limits.header_bytes,
        max_field_size=limits.header_bytes,
        lingering_time=_LINGER_SECONDS,
        arrive_seconds=limits.arrive_seconds,
        refuse=refuse,
    )
    # One connection at a time is taken off the queue, so that idle workers get their share of a crowd.
    listening = await loop.create_server(server, sock=sock, backlog=1)
    sock.listen(_QUEUE)
    try:
        yield
    finally:
        listening.close()
        await _drained(server, limits.drain_seconds)


async def listen(proxy: Proxy, sock: socket.socket, *, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """Serve until `stop` is set, then finish what is being served, for at most `drain_seconds`."""
    await proxy.upstream.open()
    pulse = None
    try:
        async with serving(proxy.handle, sock, proxy.limits, refuse=proxy.refused):
            proxy.row.begin()
            pulse = asyncio.ensure_future(_pulse(proxy))
            ready()
            await stop.wait()
    finally:
        if pulse is not None:
            pulse.cancel()
        await proxy.upstream.close()


async def _pulse(proxy: Proxy) -> None:
    while True:
        proxy.alive()
        await asyncio.sleep(_PULSE_SECONDS)


async def _drained(server: _Server, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    ends = loop.time() + seconds
    while server.connections and loop.time() < ends:
        for one in server.connections:
            assert isinstance(one, _Connection)
            if one.idle:
                one.force_close()
            else:
                one.close()  # after what it is being served
        await asyncio.sleep(0.02)
    await server.shutdown(0.1)


__all__ = ["listen", "serving"]
