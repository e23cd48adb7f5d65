"""One process that looks at the rows of a ledger, by itself or for another.

Who helps is a fresh interpreter, and loading modules is most of what it costs.
So this module and those below it load little: neither the ledger, its records
and their plugins, nor `multiprocessing`, whose connections alone cost a tenth.
"""

import os
import pickle
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice

from trimtab.errors import LedgerError
from trimtab.evidence.walk import Cache, Examined, examine
from trimtab.kinds import Columnar, Store, Stretch

Seen = tuple[list[Examined], LedgerError | None]  # and why no more, if it is not all
Span = tuple[int, int]  # rows with the first < seq <= the second

SIZE_BYTES = 8  # before each answer, how long it is; big-endian

_CHUNK = 250  # rows looked at together, of a store that gives them one by one


class Alone:
    """This process looks at everything."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: Cache = {}

    def check(self) -> Callable[[], list[str]]:
        """Begin to check the store's own structure; what comes back waits for the result."""
        return self._store.check

    def stretches(self, after: int, upto: int) -> Iterator[Examined]:
        """What is seen of the rows with `after` < seq <= `upto`, in order."""
        for stretch in _read(self._store, after, upto):
            yield examine(stretch, self._known)

    def look(self, span: Span) -> Seen:
        """`stretches`, all at once. An error waits until its rows have their turn: what is wrong before comes first."""
        found: list[Examined] = []
        try:
            found.extend(self.stretches(*span))
        except LedgerError as error:
            return found, error
        return found, None


def help_out(handle: int) -> None:
    """What a helper does until nobody asks any more.

    `handle` is a socket: in come pickled `sys.path`, how to open the store, and
    then spans, or None for a check of its structure. Out go answers: whether it
    went well, and what was found or the error.
    """
    with suppress(EOFError, OSError), open(handle, "rb") as line:  # whoever asked is gone
        sys.path[:] = pickle.load(line)  # noqa: S301  # from our own process, as is all that follows
        opening = pickle.load(line)  # noqa: S301
        try:
            own = Alone(pickle.loads(opening)())  # noqa: S301
            _answer(handle, (True, None))
            while True:
                span = pickle.load(line)  # noqa: S301
                _answer(handle, (True, own.check()() if span is None else own.look(span)))
        except (EOFError, OSError):
            raise
        except Exception as error:  # noqa: BLE001  # whoever asked raises it
            _answer(handle, (False, error))


def _answer(handle: int, answer: object) -> None:
    data = pickle.dumps(answer)
    left = memoryview(len(data).to_bytes(SIZE_BYTES, "big") + data)
    while left:
        left = left[os.write(handle, left) :]


def _read(store: Store, after: int, upto: int) -> Iterator[Stretch]:
    if isinstance(store, Columnar):
        yield from store.stretches(after=after, upto=upto)
        return
    rows = store.read(after=after, upto=upto)
    while chunk := list(islice(rows, _CHUNK)):
        yield Stretch.of(chunk)
