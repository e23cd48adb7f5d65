"""Whether a client takes what is written to it: as slowly as it likes, but not nothing for ever."""

import asyncio
import socket
import struct
import sys
from contextlib import suppress

from aiohttp import web

if sys.platform == "linux":
    import fcntl
    import termios

_AT_ONCE = struct.pack("ii", 1, 0)  # to linger, for no time
_LOOKS = 10  # within the time that a client has


class Patience:
    """Watches a client while it is written to: `with Patience(request, seconds): ...`.

    Who has taken nothing for so many seconds loses the connection, which
    cancels whoever writes. What counts is what has left this machine: the
    kernel alone keeps megabytes for a client, so one that reads a few
    kilobytes a second makes no room for minutes.
    """

    __slots__ = ("_loop", "_request", "_seconds", "_since", "_taken", "_timer")

    def __init__(self, request: web.BaseRequest, seconds: float) -> None:
        """Watch nothing yet."""
        self._request, self._seconds = request, seconds

    def __enter__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._taken, self._since = self._so_far(), self._loop.time()
        self._watch()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _watch(self) -> None:
        self._timer = self._loop.call_later(self._seconds / _LOOKS, self._look)

    def _look(self) -> None:
        transport, taken, now = self._request.transport, self._so_far(), self._loop.time()
        if transport is None:
            return
        if taken > self._taken:
            self._taken, self._since = taken, now
        elif now - self._since >= self._seconds:
            with suppress(AttributeError, OSError):  # or the kernel would keep what it has for minutes yet
                transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            transport.abort()
            return
        self._watch()

    def _so_far(self) -> int:
        """Bytes that the client has taken of what was written to it."""
        transport = self._request.transport
        if transport is None:
            return 0
        return self._request.writer.output_size - transport.get_write_buffer_size() - _in_the_kernel(transport)


def _in_the_kernel(transport: asyncio.Transport) -> int:
    """Bytes that the kernel has and the client does not; 0 where it does not say."""
    told = bytes(4)
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):
            told = fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, told)  # as SIOCOUTQ
    return int.from_bytes(told, sys.byteorder)


__all__ = ["Patience"]
