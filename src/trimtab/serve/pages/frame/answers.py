"""What pages show, kept: worked out once for the rows and the minute that it can depend on, and given again."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import orjson

from trimtab.errors import LedgerAlteredError
from trimtab.serve.pages.declared import Page
from trimtab.serve.pages.snapshot import Snapshot, Watched
from trimtab.workspace.answering import Answering

_BYTES = 16 * 2**20  # of held answers, as JSON; as Python's objects they take about five times as much
_BODIES = 48 * 2**20  # bytes of pages as they are sent
_OLD = 10 * 60_000_000  # microseconds: nobody is shown an answer of before that is older
_PERSONS = 10_000
_REREAD = 200  # rows of one answer that are read again
_SECONDS = 10.0  # for so long rows of an answer are not read once more


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page shows, as of when that is, and whether rows were added since on which it may depend."""

    data: Any
    now: Snapshot
    current: bool = True


@dataclass(slots=True, kw_only=True)
class _Made:
    """What was worked out, its size, and the rows that it names, with their hashes and when they were read last."""

    data: Any
    size: int
    rows: Mapping[int, bytes]
    read: float


class Answers:
    """The data of pages. Threads share it; nobody waits for another page's."""

    def __init__(self, watched: Watched, *, seconds: Callable[[], float] = time.monotonic) -> None:
        """Nothing is asked yet; `seconds` is by which clock rows that an answer names are read again."""
        self._watched, self._seconds = watched, seconds
        self._answering = Answering(watched.snapshot, most=_BYTES, size=lambda made: made.size)
        self._entered: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def close(self) -> None:
        """Stop working in the background."""
        self._answering.close()

    def of(self, page: Page, asked: Mapping[str, str], person: str = "") -> Shown:
        """What a page shows a person: as of now, or of a little before, while what is new is being worked out.

        Whoever has entered something waits for an answer that counts it.

        Raises:
            UsageError: What is asked for is not there.
            LedgerError: The ledger cannot be read, or a row was altered.
        """
        watched = self._watched
        if not page.kept:
            now = watched.snapshot()
            return Shown(data=page.build(now, watched.standing, asked), now=now)
        what = (page.name, tuple(sorted(asked.items())))
        with self._lock:
            least = self._entered.get(person, 0)
        answer = self._answering.ask(what, self._maker(page, asked), wait=False, least=least, oldest=_OLD)
        made: _Made = answer.result
        self._read_again(made)
        now = watched.snapshot_of(answer.row, answer.row, answer.asof)
        return Shown(data=made.data, now=now, current=answer.current)

    def entered(self, person: str) -> None:
        """Somebody may have added rows: from now on they are shown nothing from before."""
        head = self._watched.ledger.head()
        with self._lock:
            self._entered[person] = head.seq if head else 0
            self._entered.move_to_end(person)
            while len(self._entered) > _PERSONS:
                self._entered.popitem(last=False)

    def warm(self, pages: Iterable[Page]) -> None:
        """Begin to work out what pages show everybody when nothing in particular is asked of them."""
        for page in pages:
            if page.kept and not page.personal and not any(one.in_path for one in page.asked):
                self._answering.later((page.name, ()), self._maker(page, {}))

    # -- parts -----------------------------------------------------------------------------

    def _maker(self, page: Page, asked: Mapping[str, str]) -> Callable[[Snapshot], _Made]:
        def made(now: Snapshot) -> _Made:
            try:
                data = page.build(now, self._watched.standing, asked)
                rows = sorted(set(_rows_in(data)))[-_REREAD:]
                hashes = self._watched.hashes(row for row in rows if 0 < row <= now.row)
            except LedgerAlteredError as error:
                self._watched.altered(str(error))  # also where nobody waits for it
                raise
            return _Made(data=data, size=len(orjson.dumps(data, default=str)), rows=hashes, read=self._seconds())

        return made

    def _read_again(self, made: _Made) -> None:
        """Whether the rows that are shown as evidence are still what they were."""
        if self._seconds() - made.read < _SECONDS or not made.rows:
            return
        made.read = self._seconds()
        try:
            self._watched.unchanged(made.rows)
        except LedgerAlteredError as error:
            self._watched.altered(str(error))
            made.read = -_SECONDS  # and again, whoever asks next
            raise


def _rows_in(data: Any, name: str = "") -> Iterator[int]:
    """The numbers of rows that an answer names."""
    if is_dataclass(data) and not isinstance(data, type):
        for one in fields(data):
            yield from _rows_in(getattr(data, one.name), one.name)
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _rows_in(value, str(key))
    elif isinstance(data, tuple | list):
        for value in data:
            yield from _rows_in(value, name)
    elif name in ("row", "rows") and type(data) is int:
        yield data


class Bodies:
    """Pages as they are sent, by their tags, which change with all that is in them."""

    def __init__(self, most: int = _BODIES) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._size, self._most = 0, most
        self._lock = threading.Lock()

    def of(self, tag: str, make: Callable[[], bytes]) -> bytes:
        """The body of a tag, made unless it is kept."""
        with self._lock:
            found = self._kept.get(tag)
            if found is not None:
                self._kept.move_to_end(tag)
                return found
        made = make()
        with self._lock:
            if self._kept.setdefault(tag, made) is made:
                self._size += len(made)
            while self._size > self._most and self._kept:
                self._size -= len(self._kept.popitem(last=False)[1])
        return made
