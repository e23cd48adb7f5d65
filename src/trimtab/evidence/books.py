"""The books: entries by type, in the order of the ledger, up to a row. They judge nothing."""

import gc
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import Any, Generic, NamedTuple, Protocol, Self, TypeVar, runtime_checkable

from trimtab.evidence.entries import ENTRIES, Entry
from trimtab.evidence.ledger import Ledger

E = TypeVar("E", bound=Entry)
T = TypeVar("T")
_WORKED_OUT = 24  # results that books hold: a few views of all cases, each of them as of another moment


class Kept(NamedTuple, Generic[E]):
    """An entry and its place: the row, when it was recorded (microseconds, UTC), and under which policy."""

    entry: E
    seq: int
    time: int
    policy: str = ""


Key = Callable[[Any], Hashable]
"""What entries of a type are grouped by; a function of a module, so that the groups are made once."""


def _since(kept: Kept[Any]) -> int:
    return int(kept.entry.since)


@contextmanager
def collecting_later() -> Iterator[None]:
    """Read many records without Python looking for cycles among them, of which they have none: a third of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@runtime_checkable
class HoldsBooks(Protocol):
    """A ledger that has read its entries already."""

    def books(self, upto: int) -> "Books":
        """The books as of a row, for the caller alone to add to."""
        ...


class Books:
    """Entries as the ledger holds them; read with `Books.of`, grown with `add`."""

    def __init__(self, kept: Iterable[Kept[Entry]] = (), *, upto: int = 0) -> None:
        self._by_type: dict[type[Entry], list[Kept[Entry]]] = defaultdict(list)
        self._by_id: dict[tuple[type[Entry], str], list[Kept[Entry]]] = defaultdict(list)
        self._groups: dict[tuple[type[Entry], Key], dict[Hashable, list[Kept[Entry]]]] = {}
        self._stretches: dict[tuple[type[Entry], Key], dict[Hashable, list[Kept[Entry]]]] = {}
        self._below: Books | None = None  # whose entries about a thing come before our own
        self._cut = 0  # the last row of those that counts
        self._worked_out: dict[Hashable, Any] = {}
        self.upto = upto
        """The last row of the ledger that was looked at."""
        for one in kept:
            self.add(one)

    @classmethod
    def of(cls, ledger: Ledger, *, after: int = 0, upto: int | None = None) -> Self:
        """All entries of a ledger with `after` < row <= `upto`.

        Raises:
            LedgerAlteredError: A row is not what was hashed, or holds no record, or rows were removed.
        """
        head = ledger.head()
        last = head.seq if head else 0
        last = last if upto is None else min(upto, last)
        if not after and isinstance(ledger, HoldsBooks):
            return ledger.books(last)  # type: ignore[return-value]
        found = cls(upto=last)
        found.read_on(ledger, after=after, upto=last)
        return found

    def copy(self) -> "Books":
        """The same entries in books of their own: what is added to these is not in those."""
        made = Books(upto=self.upto)
        made._by_type.update((kind, [*kept]) for kind, kept in self._by_type.items())
        made._by_id.update((key, [*kept]) for key, kept in self._by_id.items())
        made._below, made._cut = self._below, self._cut
        return made

    def until(self, row: int) -> "Books":
        """The books as of an earlier row, or this one; what is added to these is not in those, nor the other way round.

        Only the order of entries is copied, so that this costs a thousandth of reading them.
        """
        made = Books(upto=min(row, self.upto))
        for kind, kept in self._by_type.items():
            made._by_type[kind] = kept[: bisect_right(kept, row, key=attrgetter("seq"))]
        if self._below is None:
            made._below, made._cut = self, made.upto
        else:
            made._below, made._cut = self._below, min(self._cut, row)
            for key, own in self._by_id.items():
                made._by_id[key] = own[: bisect_right(own, row, key=attrgetter("seq"))]
        return made

    def catch_up(self, ledger: Ledger) -> None:
        """Take in what others have entered since."""
        head = ledger.head()
        if head is not None and head.seq > self.upto:
            self.read_on(ledger, after=self.upto, upto=head.seq)

    def read_on(self, ledger: Ledger, *, after: int, upto: int) -> None:
        """Take in the entries of further rows. Who begins at the first row looks whether all are there."""
        if not after and upto:
            ledger.refuse_gaps()
        with collecting_later():
            kept = [
                Kept(record, row.seq, row.time, row.policy)
                for kind in ENTRIES
                for row, record in ledger.records(after=after, upto=upto, kind=kind)
                if isinstance(record, Entry)
            ]
        for one in sorted(kept, key=lambda one: one.seq):
            self.add(one)
        self.upto = upto

    def add(self, kept: Kept[Entry]) -> None:
        """Take in one more entry, which comes after all there are."""
        if self._worked_out:
            self._worked_out = {}
        kind = type(kept.entry)
        self._by_type[kind].append(kept)
        if kept.entry.id:
            self._by_id[kind, kept.entry.id].append(kept)
        for (of, key), groups in self._groups.items():
            if of is kind:
                groups.setdefault(key(kept.entry), []).append(kept)
        for (of, key), groups in self._stretches.items():
            if of is kind:
                insort(groups.setdefault(key(kept.entry), []), kept, key=_since)

    def all(self, kind: type[E]) -> Sequence[Kept[E]]:
        """Every entry of a type, oldest row first."""
        return self._by_type.get(kind, ())  # type: ignore[return-value]

    def about(self, kind: type[E], id_: str) -> Sequence[Kept[E]]:
        """Every entry of a type about the thing of this id, oldest row first."""
        own = self._by_id.get((kind, id_), ())
        if self._below is None:
            return own  # type: ignore[return-value]
        before = self._below._by_id.get((kind, id_), ())[:]  # noqa: SLF001  # books as well
        if before and before[-1].seq > self._cut:
            before = [one for one in before if one.seq <= self._cut]
        return [*before, *own] if own else before  # type: ignore[list-item, return-value]

    def once(self, what: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, worked out once for these entries: it must depend on nothing but them and `what`."""
        held = self._worked_out
        if what in held:
            found: T = held[what]
            held[what] = held.pop(what, found)  # what was used last goes last
            return found
        found = make()
        while len(held) >= _WORKED_OUT and (oldest := next(iter([*held]), None)) is not None:
            held.pop(oldest, None)
        held[what] = found
        return found

    def sharing(self, worked_out: dict[Hashable, Any]) -> Self:
        """These books, taking what is worked out from there and adding to it; for books with the very same entries."""
        self._worked_out = worked_out
        return self

    def grouped(self, kind: type[E], key: Key) -> Mapping[Hashable, Sequence[Kept[E]]]:
        """Every entry of a type by what `key` gives of it, oldest row first: many are looked up as fast as few."""
        if (kind, key) not in self._groups:
            groups = self._groups[kind, key] = {}
            for one in self._by_type.get(kind, ()):
                groups.setdefault(key(one.entry), []).append(one)
        return self._groups[kind, key]  # type: ignore[return-value]

    def overlapping(self, kind: type[E], key: Key, entry: E) -> Kept[E] | None:
        """An entry of the same `key` whose stretch, from `since` to `at`, has a moment in common with that of another.

        Those that are in the books lie apart, or whoever let them in did not look.
        """
        if (kind, key) not in self._stretches:
            groups = self._stretches[kind, key] = {}
            for one in self._by_type.get(kind, ()):
                groups.setdefault(key(one.entry), []).append(one)
            for ones in groups.values():
                ones.sort(key=_since)
        ones = self._stretches[kind, key].get(key(entry), [])
        place = bisect_left(ones, entry.at, key=_since)  # the last that begins before its end
        since = int(getattr(entry, "since", 0))
        if place and ones[place - 1].entry.at > since:
            return ones[place - 1]  # type: ignore[return-value]
        return None

    def __len__(self) -> int:
        return sum(map(len, self._by_type.values()))
