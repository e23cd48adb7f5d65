"""The HTTP side of one worker: connections on a socket that all workers share, and an end that lets replies finish."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from trimtab.serve import wire
from trimtab.serve.limits import Limits
from trimtab.serve.proxy import Proxy

_KEEP_SECONDS = 75.0  # a connection without a request; also the longest that a request's headers may take
_PULSE_SECONDS = 1.0
_QUEUE = 1024  # connections that wait to be accepted
_LINGER_SECONDS = 1.0  # for the rest of a body that was answered before it was read

# What aiohttp would log of a malformed request quotes it.
_SILENT = logging.getLogger("trimtab.serve.silent")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


class _Connection(web.RequestHandler):
    """One client, whose mistakes are answered in the API's shape and quoted nowhere."""

    __slots__ = ()

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
        elif status < 500:
            words, code = "this is not HTTP as it is read here", "unreadable"
        else:
            words, code = "the guard failed; nothing went on", "guard"
        kind = "invalid_request_error" if status < 500 else "server_error"
        response = web.json_response(wire.error(words, kind=kind, code=code), status=status)
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
async def serving(handle: Handler, sock: socket.socket, limits: Limits) -> AsyncIterator[None]:
    """Have requests answered; at the end finish what is being served, for at most `drain_seconds`."""
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
        async with serving(proxy.handle, sock, proxy.limits):
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
