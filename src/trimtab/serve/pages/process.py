"""One process that serves the pages until it is told to stop."""

import ipaddress
import socket
import sys
import threading
from collections.abc import Callable

from trimtab._optional import need
from trimtab.errors import UsageError
from trimtab.serve.pages.access.alone import Alone
from trimtab.serve.pages.access.doors import Doors
from trimtab.serve.pages.access.promptly import protocol
from trimtab.serve.pages.app import Site, application
from trimtab.serve.pages.frame.collecting import collected_seldom
from trimtab.serve.pages.proof.keep_verified import keep_verified
from trimtab.serve.pages.snapshot import Watched

PORT = 8377
HOST = "127.0.0.1"
_HEADER_BYTES = 16_384
_TURN_SECONDS = (
    0.0005  # of Python's threads: a kept page takes several turns, each behind one of a page being worked out
)
_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"  # of TLS 1.2, below which nothing is spoken; TLS 1.3 has good ones only


def bound(port: int, host: str = HOST) -> socket.socket:
    """A socket on an address, the loopback interface if none is named; port 0 takes a free one.

    Raises:
        UsageError: It cannot be had.
    """
    try:
        family = socket.AF_INET6 if ipaddress.ip_address(host).version == 6 else socket.AF_INET
    except ValueError:
        raise UsageError(f"{host[:60]!r} is no address of this machine.", "Write 0.0.0.0, or one of its own.") from None
    sock = socket.socket(family)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise UsageError(f"port {port} cannot be had ({error.strerror}).", "Name another with --port.") from error
    return sock


def serve(watched: Watched, sock: socket.socket, *, by: str = "", ready: Callable[[str], None]) -> None:
    """Serve somebody alone until SIGINT or SIGTERM.

    Args:
        watched: What is shown.
        sock: On the loopback interface.
        by: Under which name they enter what they enter.
        ready: Is told the address with the token once requests are answered.
    """
    port = sock.getsockname()[1]
    access = Alone(name=by) if by else Alone()
    site = Site(watched, access, cookie=f"trimtab-{port}")
    _answer(site, sock, hosts=_here(port), ready=lambda: ready(f"http://{HOST}:{port}/enter?token={access.token}"))


def serve_team(
    watched: Watched,
    sock: socket.socket,
    doors: Doors,
    *,
    host: str = "",
    certificate: str = "",
    key: str = "",
    ready: Callable[[str], None],
) -> None:
    """Serve a team until SIGINT or SIGTERM.

    Args:
        watched: What is shown.
        sock: Where.
        doors: How people come in.
        host: The Host header of the address that they use; only this machine's if left out.
        certificate: File of the certificate and those above it; empty where a proxy has it.
        key: File of its key.
        ready: Is told the address once requests are answered.
    """
    port = sock.getsockname()[1]
    site = Site(watched, doors.access, cookie=doors.cookie, doors=doors)
    address = f"https://{host}/" if host else f"http://{HOST}:{port}/"
    hosts = frozenset((host.lower(),)) if host else _here(port)
    made = tls(certificate, key) if certificate else {}
    _answer(site, sock, hosts=hosts, ready=lambda: ready(address), **made)


def tls(certificate: str, key: str) -> dict[str, str]:
    """What uvicorn is told of TLS. Its own choice for TLS 1.2 depends on its version, and always has CBC in it."""
    return {"ssl_certfile": certificate, "ssl_keyfile": key, "ssl_ciphers": _CIPHERS}


def _here(port: int) -> frozenset[str]:
    return frozenset(f"{name}:{port}" for name in (HOST, "localhost"))


def _answer(site: Site, sock: socket.socket, *, hosts: frozenset[str], ready: Callable[[], None], **more: str) -> None:
    uvicorn = need("uvicorn", extra="serve")
    config = uvicorn.Config(
        application(site, hosts=hosts),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        http=protocol(),
        h11_max_incomplete_event_size=_HEADER_BYTES,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=2,  # seconds; whoever is told of changes would keep it open for longer
        **more,
    )
    try:
        config.load()
    except (OSError, ValueError) as error:  # of what is in the files, nothing is told
        sock.close()
        what = "the certificate or its key cannot be used."
        raise UsageError(what, "Both are PEM files, and belong together.") from error
    server, stopped = uvicorn.Server(config), threading.Event()
    checking = threading.Thread(target=keep_verified, args=(site.watched, stopped), name="trimtab-verify", daemon=True)
    checking.start()
    before = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_SECONDS)
    try:
        with collected_seldom():
            site.warm()
            sock.listen(128)
            ready()
            server.run(sockets=[sock])
    except KeyboardInterrupt:  # how it is ended, once it has answered what it was asked
        pass
    finally:
        sys.setswitchinterval(before)
        stopped.set()
        site.close()
        checking.join()
