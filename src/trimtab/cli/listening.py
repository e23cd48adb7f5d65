"""What commands that listen share: a socket and its address, a log on standard error, and an end when they are told."""

import socket
from collections.abc import Callable
from typing import Any, Protocol


class Listener(Protocol):
    """What answers on a socket until `stop`."""

    async def run(self, sock: socket.socket, *, stop: Any, ready: Callable[[], None]) -> None:
        """Answer; `ready` is called once it does."""
        ...


def listening(host: str, port: int) -> tuple[socket.socket, str]:
    """A socket, and the URL under which others reach it.

    Raises:
        UsageError: It cannot be had.
    """
    from trimtab.errors import UsageError
    from trimtab.serve.supervisor import bind

    try:
        sock = bind(host, port)
    except OSError as error:
        raise UsageError(f"cannot listen at {host}:{port} ({error.strerror}).", "Choose another --port.") from None
    name, taken = sock.getsockname()[:2]
    return sock, f"http://{f'[{name}]' if ':' in name else name}:{taken}"


def run_until_told(server: Listener, sock: socket.socket, ready: Callable[[], None], *, log: str) -> None:
    """Run a server until Ctrl-C or SIGTERM; what the log of this name holds goes to standard error."""
    import asyncio
    import logging

    shown = logging.StreamHandler()
    shown.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    kept = logging.getLogger(log)
    kept.addHandler(shown)
    kept.propagate = False
    with sock:
        asyncio.run(_told(server, sock, ready))


async def _told(server: Listener, sock: socket.socket, ready: Callable[[], None]) -> None:
    import asyncio
    import signal

    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def told() -> None:
        stop.set()
        for number in (signal.SIGTERM, signal.SIGINT):  # told again: at once
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told)
    await server.run(sock, stop=stop, ready=ready)
