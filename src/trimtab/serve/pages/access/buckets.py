"""How many requests one session, token or address may make: so many at once, and so many a second from then on."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable


class Buckets:
    """A bucket for each key; when there are too many keys, the one that was not used for longest is forgotten."""

    def __init__(
        self, *, a_second: float, at_once: int, most: int = 4_096, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """All buckets are full."""
        self._rate, self._burst, self._most, self._clock = a_second, at_once, most, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key -> what is left, and since when
        self._lock = threading.Lock()

    def take(self, key: str) -> int:
        """Take one; 0, or in how many seconds there is one again."""
        with self._lock:
            now = self._clock()
            left, since = self._left.get(key, (float(self._burst), now))
            left = min(float(self._burst), left + (now - since) * self._rate)
            wait = 0 if left >= 1.0 else math.ceil((1.0 - left) / self._rate)
            self._left[key] = (left - 1.0 if left >= 1.0 else left, now)
            self._left.move_to_end(key)
            if len(self._left) > self._most:
                self._left.popitem(last=False)
            return wait
