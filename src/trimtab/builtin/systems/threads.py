"""Threads for functions that block, which cannot keep the process from ending."""

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any


class DaemonPool:
    """At most `size` daemon threads, started as they are needed.

    The pool of `concurrent.futures` joins its threads when the interpreter
    ends, so one call that hangs would hang Ctrl-C too. Here a call that was
    given up goes on in its thread, and its result is dropped.
    """

    def __init__(self, size: int, *, name: str) -> None:
        self._size, self._name = size, name
        self._todo: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._threads = 0
        self._idle = threading.Semaphore(0)

    async def run(self, function: Callable[..., Any], *arguments: object) -> Any:
        """What the function returns or raises."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()
        self._todo.put((function, arguments, loop, done))
        if not self._idle.acquire(blocking=False) and self._threads < self._size:
            self._threads += 1
            threading.Thread(target=self._work, daemon=True, name=f"{self._name}-{self._threads}").start()
        return await done

    def close(self) -> None:
        """Let the threads end when they have nothing left to do."""
        for _ in range(self._threads):
            self._todo.put(None)

    def _work(self) -> None:
        while (call := self._todo.get()) is not None:
            function, arguments, loop, done = call
            result: Any = None
            error: BaseException | None = None
            if not done.cancelled():
                try:
                    result = function(*arguments)
                except BaseException as raised:  # noqa: BLE001  # carried over to whoever asked
                    # A future cannot carry StopIteration, and SystemExit would end the whole run.
                    carried = isinstance(raised, Exception) and not isinstance(raised, StopIteration)
                    error = raised if carried else RuntimeError(type(raised).__name__)
            try:
                loop.call_soon_threadsafe(_finish, done, result, error)
            except RuntimeError:
                return  # the loop is closed: nobody waits any more
            self._idle.release()


_Call = tuple[Callable[..., Any], tuple[object, ...], asyncio.AbstractEventLoop, "asyncio.Future[Any]"]


def _finish(done: "asyncio.Future[Any]", result: Any, error: BaseException | None) -> None:
    if done.cancelled():
        return
    if error is not None:
        done.set_exception(error)
    else:
        done.set_result(result)
