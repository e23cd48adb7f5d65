"""A model of the policy that helps a guard, asked from whichever event loop a text comes from.

A guard that is asked without an event loop makes a new one for each text, and connections cannot outlive a loop. So the
model lives in one loop of a thread of its own, which starts with the first question.
"""

import asyncio
import atexit
import os
import threading
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from typing import Any, TypeVar

from trimtab.kinds import Reply, Request, System, plugins
from trimtab.policy import Candidate

_CLOSING_SECONDS = 5.0
T = TypeVar("T")


class Helper:
    """One model within its `limits.concurrency` and `limits.timeout`; whoever asks says how long it waits in all.

    Calls are not tried again: a guard has no time for that, and blocks. Threads and tasks may share one.
    """

    def __init__(self, spec: Candidate) -> None:
        """Make its system; nothing is opened yet.

        Raises:
            PluginError: It is not installed, or does not take its fields.
            MissingPackageError: It needs an extra.
        """
        self._spec = spec
        self._make()  # what is wrong with it is found at the start
        self._lock = threading.Lock()
        self._home: _Home | None = None

    async def ask(self, request: Request) -> Reply:
        """A reply of the model.

        Raises:
            TimeoutError: There was none in `limits.timeout` seconds.
            TrimtabError: It cannot be reached, or its call failed.
        """
        with self._lock:
            if self._home is None or self._home.pid != os.getpid():  # threads do not survive a fork
                self._home = _Home(self._spec.limits.concurrency)
            home = self._home
        return await home.do(self._asked(home, request))

    def close(self) -> None:
        """End its connections and its thread. Safe to call twice; the next question opens it again."""
        with self._lock:
            home, self._home = self._home, None
        if home is not None:
            home.close()

    def _make(self) -> System:
        made: System = plugins.make("systems", self._spec.plugin, **self._spec.with_)
        return made

    async def _asked(self, home: "_Home", request: Request) -> Reply:
        async with home.room, asyncio.timeout(self._spec.limits.timeout):
            system = await home.opened(self._make)
            return await system.ask(request)


class _Home:
    """An event loop in a thread of its own, and the system that lives in it."""

    def __init__(self, concurrency: int) -> None:
        self.pid = os.getpid()
        self.room = asyncio.Semaphore(concurrency)
        self._stack = AsyncExitStack()
        self._opening: asyncio.Task[System] | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="trimtab-helper", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    async def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Have the work done here and wait for it there; cancelling the wait cancels the work."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def opened(self, make: Callable[[], System]) -> System:
        """The system. Whoever loses patience does not stop it from starting; one that failed to is tried again."""
        failed = (
            self._opening is not None
            and self._opening.done()
            and (self._opening.cancelled() or self._opening.exception() is not None)
        )
        if self._opening is None or failed:
            self._opening = asyncio.ensure_future(self._stack.enter_async_context(make()))
        return await asyncio.shield(self._opening)

    def close(self) -> None:
        """End what is under way, close the system and end the thread."""
        atexit.unregister(self.close)
        if self.pid != os.getpid() or not self._thread.is_alive():
            return
        with suppress(Exception):  # what does not close in time is left to the end of the process
            asyncio.run_coroutine_threadsafe(self._closed(), self._loop).result(_CLOSING_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_CLOSING_SECONDS)
        if not self._thread.is_alive():
            self._loop.close()

    async def _closed(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._stack.aclose()


__all__ = ["Helper"]
