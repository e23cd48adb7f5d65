"""Connections to judges: kept open between calls, whichever event loop a call comes from.

A guard that is asked without an event loop makes a new one for each text, and
a connection cannot outlive the loop it was opened in. So all of them live in
one loop of a thread of its own, which starts with the first text that a judge
is asked about. A guard without judges has no such thread and no socket.
"""

import asyncio
import atexit
import os
import random
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import CancelledError as ConcurrentCancelled
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
from yarl import URL

from trimtab._pool import Pool
from trimtab.builtin.systems.openai_http import failure, read_body, refusal
from trimtab.errors import CallError

_CONNECT_SECONDS = 30.0
_KEEPALIVE_SECONDS = 4.5  # as for systems: just under what common servers keep open
_CLOSING_SECONDS = 2.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How a connection is made; what has the same shares a pool."""

    verify_tls: bool = True
    ca_file: str = ""
    trust_env: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a judge is waited for. Times in seconds.

    `timeout` bounds one try, and the longest wait before another. After the
    n-th failed try that may be worth another, `backoff` times two to the n-1
    is waited, give or take half, or what the server asks for if that is more.
    """

    timeout: float
    retries: int
    backoff: float

    def wait(self, attempt: int, asked: float | None) -> float | None:
        """Seconds before the next try, counted from 0; None when there should be none."""
        if attempt >= self.retries:
            return None
        jittered = self.backoff * 2.0**attempt * random.uniform(0.5, 1.5)
        wait = max(jittered, asked or 0.0)
        return wait if wait <= self.timeout else None


async def post(url: URL, payload: bytes, headers: Mapping[str, str], *, route: Route, patience: Patience,
               max_bytes: int) -> bytes:  # fmt: skip
    """The body of the answer with status 200, after as many tries as it takes and patience allows.

    May be awaited in any event loop, and cancelled.

    Raises:
        CallError: No answer; its text holds nothing that was sent or received.
    """
    exchange = _exchange()

    async def once() -> bytes:
        return await _once(exchange.session(route), url, payload, headers, max_bytes)

    return await exchange.ask(_tries(once, patience))


async def _tries(once: Callable[[], Awaitable[bytes]], patience: Patience) -> bytes:
    attempt = 0
    while True:
        try:
            async with asyncio.timeout(patience.timeout):
                return await once()
        except TimeoutError:
            failed = CallError("timeout", f"no answer in {patience.timeout:g} s", retryable=True)
        except CallError as error:
            failed = error
        wait = patience.wait(attempt, failed.retry_after) if failed.retryable else None
        if wait is None:
            raise failed from None
        attempt += 1
        await asyncio.sleep(wait)


async def _once(
    session: aiohttp.ClientSession, url: URL, payload: bytes, headers: Mapping[str, str], max_bytes: int
) -> bytes:
    try:
        # Not redirected: a key and a text are for the host that the policy names.
        async with session.post(url, data=payload, headers=headers, allow_redirects=False) as response:
            if response.status != 200:
                raise await refusal(response)
            return await read_body(response, max_bytes)
    except TimeoutError:
        raise
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise failure(error, url) from None


class _Exchange:
    """An event loop in a thread of its own, and the sessions that live in it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._sessions: dict[Route, aiohttp.ClientSession] = {}
        self._thread = threading.Thread(target=self._loop.run_forever, name="trimtab-judges", daemon=True)
        self._thread.start()

    async def ask(self, work: Coroutine[Any, Any, T]) -> T:
        """Have the work done here and wait for it there; cancelling the wait cancels the work."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def session(self, route: Route) -> aiohttp.ClientSession:
        """The pool of a route. Only called from this loop."""
        found = self._sessions.get(route)
        if found is None:
            found = self._sessions[route] = aiohttp.ClientSession(
                connector=Pool(secure=_secure(route), kept_seconds=_KEEPALIVE_SECONDS),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS),
                trust_env=route.trust_env,
                cookie_jar=aiohttp.DummyCookieJar(),  # one judgement must not change the next
            )
        return found

    def close(self) -> None:
        """Close every connection and end the thread. Whoever still waits is cancelled."""
        with suppress(TimeoutError, ConcurrentCancelled):
            asyncio.run_coroutine_threadsafe(self._closed(), self._loop).result(_CLOSING_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_CLOSING_SECONDS)
        if not self._thread.is_alive():
            self._loop.close()

    def abandon(self) -> None:
        """In a forked child: leave all as it is. Closing a connection would take it out of the parent's poll."""
        for session in self._sessions.values():
            connector = session.connector
            session.detach()
            if connector is not None:
                connector._closed = True  # noqa: SLF001  # or it closes its connections when it is collected

    async def _closed(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()


def _secure(route: Route) -> bool | ssl.SSLContext:
    if not route.ca_file:
        return route.verify_tls
    try:
        return ssl.create_default_context(cafile=route.ca_file)
    except OSError as error:  # an ssl.SSLError is one, too
        raise CallError("tls", f"ca_file cannot be read ({type(error).__name__})") from None


_lock = threading.Lock()
_made: list[_Exchange] = []
_inherited: list[_Exchange] = []  # of a parent process: kept, since tidying them up would disturb it


def _exchange() -> _Exchange:
    with _lock:
        if not _made:
            _made.append(_Exchange())
        return _made[0]


def close() -> None:
    """Close all connections to judges; the next call opens new ones. Done by itself when Python ends."""
    with _lock:
        made = _made.pop() if _made else None
    if made is not None:
        made.close()


def _forget() -> None:
    """A forked child has the sockets and not the thread; it must use neither."""
    global _lock  # noqa: PLW0603  # the parent may have held it at the moment of the fork
    _lock = threading.Lock()
    while _made:
        exchange = _made.pop()
        exchange.abandon()
        _inherited.append(exchange)


atexit.register(close)
os.register_at_fork(after_in_child=_forget)
