"""Work on a long row of items in their order, by this process and, where that pays, by others beside it."""

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Any, TypeVar

from trimtab.errors import RewardError

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[Item], Result]

_ALONE = 1.0  # seconds after which it is asked whether others would help: longer than most files take
_PAYS = 8.0  # seconds of work left from which on they do; each needs one or two to get ready
_AHEAD = 2  # items that wait for each process, so that memory has a bound

_work: list[Any] = []  # of a process that works for another


def in_order(
    items: Iterable[Item],
    make: Callable[..., Work[Item, Result]],
    *given: Any,
    processes: int,
    left: Callable[[Item], float],
) -> Generator[tuple[Item, Result], None, None]:
    """Each item with what the work made of it, in the order of the items; the same for any number of processes.

    Args:
        items: Read as they are needed.
        make: Makes the work, once in each process, of what is given; it and its arguments can be pickled.
        given: For `make`.
        processes: At most so many work; 1 for this one alone.
        left: How much of the work is left after an item, over how much was done with it.

    Raises:
        RewardError: A process of ours was ended from outside.
    """
    work = make(*given)
    source = iter(items)
    begun = time.monotonic()
    for item in source:
        yield item, work(item)
        taken = time.monotonic() - begun
        if processes > 1 and taken > _ALONE and taken * left(item) > _PAYS:
            break
    else:
        return
    del work
    yield from _shared(source, make, given, processes)


def _shared(
    source: Iterable[Item], make: Callable[..., Work[Item, Result]], given: tuple[Any, ...], processes: int
) -> Generator[tuple[Item, Result], None, None]:
    # Spawned, since threads of this process do not survive a fork.
    pool = ProcessPoolExecutor(
        processes, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(make, *given)
    )
    waiting: deque[tuple[Item, Future[Result]]] = deque()
    try:
        for item in source:
            waiting.append((item, pool.submit(_next, item)))
            if len(waiting) > _AHEAD * processes:
                first, result = waiting.popleft()
                yield first, result.result()
        while waiting:
            first, result = waiting.popleft()
            yield first, result.result()
    except BrokenProcessPool:
        step = "Perhaps memory ran out: use --processes 1."
        raise RewardError("scoring", "a process was lost while rows were looked at", step) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(make: Callable[..., Any], *given: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the first of them ends the others
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _work[:] = [make(*given)]


def _end_with_parent() -> None:
    """A parent that is killed says goodbye to nobody, and the queue of a pool would be waited at for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _next(item: Any) -> Any:
    return _work[0](item)
