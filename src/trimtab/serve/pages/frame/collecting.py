"""When Python looks for cycles among its objects while pages are served: seldom, since everybody waits meanwhile.

By itself it looks through all of them whenever they have grown by a quarter. Working pages out makes so many anew that
this came several times a minute, and with a million rows took a second each time. What pages are made of has next to no
cycles, and goes at once when something newer takes its place. So Python still looks at what is young; at the rest every
ten minutes, without what was there when the pages of the menu had been worked out: code, and what was read, which stay.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SETTLED = 60.0  # seconds after which pages of the menu have been worked out
_EVERY = 600.0  # seconds between looking through the rest
_NEVER = 2**31 - 1  # so often Python would look at what is young before it looked at the rest by itself


@contextmanager
def collected_seldom(*, settled: float = _SETTLED, every: float = _EVERY) -> Iterator[None]:
    """Inside, Python looks by itself at young objects only; afterwards as before.

    Args:
        settled: Seconds until what there is by then is never looked at again.
        every: Seconds between looking through everything else.
    """
    before, stopped = gc.get_threshold(), threading.Event()
    gc.set_threshold(*before[:2], _NEVER)
    looking = threading.Thread(target=_look, args=(stopped, settled, every), name="trimtab-collect", daemon=True)
    looking.start()
    try:
        yield
    finally:
        stopped.set()
        looking.join()
        gc.unfreeze()
        gc.set_threshold(*before)


def _look(stopped: threading.Event, settled: float, every: float) -> None:
    if stopped.wait(settled):
        return
    gc.collect(1)  # of the young what can go, since what stays now stays
    gc.freeze()
    while not stopped.wait(every):
        gc.collect()
