"""Sees to it that what pages show is verified: what is new at once, and all of it again and again, unhurriedly."""

import threading
import time
from collections.abc import Callable

from trimtab.serve.pages.snapshot import Watched

_SECONDS = 1.0  # until somebody looks whether rows were added
_PAUSE = 60.0  # seconds between the end of a verification of everything and the next
_AT_FIRST = (
    1.0  # how many times as long as it works the first verification rests, since pages say that they wait for it
)
_LATER = 19.0  # and later ones: a twentieth of a core


def keep_verified(watched: Watched, stopped: threading.Event) -> None:
    """Verify until it is told to stop; a thread of its own does this."""
    try:
        watched.verify(_paced(watched, stopped, _AT_FIRST))
        while True:
            until = time.monotonic() + _PAUSE
            while time.monotonic() < until:
                if stopped.wait(_SECONDS):
                    return
                watched.verify_on()
            watched.verify(_paced(watched, stopped, _LATER))
    except _StoppedError:
        return


def _paced(watched: Watched, stopped: threading.Event, rest: float) -> Callable[[int, int], None]:
    """Rests so many times as long as was worked; looks after new rows meanwhile."""
    worked, looked = time.thread_time(), time.monotonic()

    def pause(*_: int) -> None:
        nonlocal worked, looked
        if stopped.wait(rest * (time.thread_time() - worked)):
            raise _StoppedError
        if time.monotonic() - looked >= _SECONDS:
            watched.verify_on()
            looked = time.monotonic()
        worked = time.thread_time()

    return pause


class _StoppedError(Exception):
    """Nobody waits for it any more."""
