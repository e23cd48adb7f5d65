"""A ledger that remembers what it has read, for a process that stays: a page then costs what is new, not all there is.

It answers as a ledger that reads everything anew would. What it remembers are entries, and the records of few rows
from which pages are made (decisions, runs, policies, error budgets, hunts, alarms); never observations. Every row was
checked against its hash when it was read. Whoever changes the file behind it afterwards is found by `verify`, as ever;
if the last row that was read has gone or changed, nothing is answered any more.
"""

import threading
from bisect import bisect_right
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Iterator
from operator import itemgetter
from typing import Any

from trimtab.errors import LedgerAlteredError
from trimtab.evidence.books import Books, Kept, collecting_later
from trimtab.evidence.entries import ENTRIES, Entry
from trimtab.evidence.hunting import HuntClosed, HuntFiled, HuntOpened, HuntTriaged
from trimtab.evidence.ledger import Ledger, RunSummary, microseconds
from trimtab.evidence.published import Published
from trimtab.evidence.records import Decided, PolicyAdopted, Record, RunFinished, RunStarted
from trimtab.evidence.sharing import Reopen
from trimtab.evidence.watching import Alarm, BudgetChanged, HoldLifted, Monitored, Notified
from trimtab.kinds import Row, Store

REMEMBERED = frozenset(
    one.kind
    for one in (
        PolicyAdopted, RunStarted, RunFinished, Decided, BudgetChanged, HuntOpened, HuntFiled, HuntTriaged, HuntClosed,
        Alarm, HoldLifted, Monitored, Notified,
    )
)  # fmt: skip
"""Kinds whose rows are kept whole."""

_FEW = 2_000  # so many new rows are read in their order; of more, only those of the kinds that count
_EARLIER = 2  # rows before the last for which is remembered what was worked out: of whoever looks back, and of replay
_seq_of = itemgetter(0)


class LivingLedger(Ledger):
    """As `Ledger`, and threads may share one as well. It sees what others append, in other processes too."""

    def __init__(self, store: Store, *, clock: Callable[[], int] = microseconds, reopen: Reopen | None = None) -> None:
        super().__init__(store, clock=clock, reopen=reopen)
        self._reading = threading.RLock()
        self._books = Books()
        self._kept: dict[str, list[tuple[int, Row, Record]]] = defaultdict(list)
        self._of_run: dict[tuple[str, str], list[tuple[int, Row, Record]]] = defaultdict(list)
        self._upto = 0
        self._last = b""  # hash of that row
        self._moved = (0, 0)  # the last row on which a page can depend, and its time
        self._counted = 0  # the last row from which a figure is computed
        self._worked_out: dict[Hashable, Any] = {}  # of the books as they are after that row
        self._earlier: OrderedDict[int, dict[Hashable, Any]] = OrderedDict()  # likewise of those after a row before
        self._runs: tuple[int, list[RunSummary]] = (0, [])

    # -- what it remembers ---------------------------------------------------------

    def catch_up(self) -> int:
        """Read what was appended since, by whomever; gives the last row.

        Raises:
            LedgerAlteredError: A row is not what was hashed, or one that was read before has gone.
        """
        with self._reading:
            head = self._store.head()
            last = head.seq if head else 0
            before = head if last == self._upto else next(self._store.read(after=self._upto - 1, upto=self._upto), None)
            if last < self._upto or (self._upto and (before is None or before.hash != self._last)):
                raise LedgerAlteredError(self.location, self._upto, "was there, and has been changed or removed")
            if head is not None and last > self._upto:
                with collecting_later():
                    found = list(self._new(self._upto, last))  # all of them, before any is taken in
                for row, record in sorted(found, key=_seq_of):
                    self._take(row, record)
                self._books.upto = self._upto = last
                self._last = head.hash
            return last

    def _new(self, after: int, upto: int) -> Iterator[tuple[Row, Record]]:
        if upto - after <= _FEW:
            kinds = {*ENTRIES, *REMEMBERED, Published.kind}
            for row in self._store.read(after=after, upto=upto):
                if row.kind in kinds:
                    yield row, self._checked(row)
            return
        for kind in (*ENTRIES, *REMEMBERED, Published.kind):
            for row in self._store.read(after=after, upto=upto, kind=kind):
                yield row, self._checked(row)

    def _take(self, row: Row, record: Record) -> None:
        self._moved = row.seq, row.time
        if isinstance(record, Entry):
            self._books.add(Kept(record, row.seq, row.time, row.policy))
        elif isinstance(record, Published):
            return  # no figure is computed from what was published, at most held against it
        else:
            one = (row.seq, row, record)
            self._kept[row.kind].append(one)
            if row.run:
                self._of_run[row.run, row.kind].append(one)
        self._counted = row.seq
        if self._worked_out:
            self._earlier[self._upto] = self._worked_out  # whoever is about to use it has asked as of that row
            self._worked_out = {}
            self._forget()

    def standing(self) -> tuple[int, int, int]:
        """Having caught up: the last row, the last on which a page can depend, and when that was recorded.

        No page depends on an observation by itself, but on the decision that follows.
        """
        with self._reading:
            return self.catch_up(), self._moved[0], self._moved[1]

    def books(self, upto: int) -> Books:
        """The books as of a row, for the caller alone to add to."""
        with self._reading:
            if upto > self._upto:
                self.catch_up()
            found = self._books.until(upto)
            if upto >= self._counted:
                return found.sharing(self._worked_out)
            shared = self._earlier.setdefault(upto, {})
            self._earlier.move_to_end(upto)
            self._forget()
            return found.sharing(shared)

    def _forget(self) -> None:
        while len(self._earlier) > _EARLIER:
            self._earlier.popitem(last=False)

    # -- reading, as a ledger ------------------------------------------------------

    def rows(self, *, after: int = 0, upto: int | None = None, run: str = "", kind: str = "") -> Iterator[Row]:
        """As of `Ledger`."""
        if kind not in REMEMBERED:
            return super().rows(after=after, upto=upto, run=run, kind=kind)
        return (row for _, row, _ in self._found(after, upto, run, kind))

    def records(
        self, *, after: int = 0, upto: int | None = None, run: str = "", kind: str = ""
    ) -> Iterator[tuple[Row, Record]]:
        """As of `Ledger`."""
        if kind not in REMEMBERED:
            return super().records(after=after, upto=upto, run=run, kind=kind)
        return ((row, record) for _, row, record in self._found(after, upto, run, kind))

    def runs(self) -> list[RunSummary]:
        """As of `Ledger`."""
        with self._reading:
            self.catch_up()
            if self._runs[0] != self._counted:
                self._runs = self._counted, super().runs()
            return [*self._runs[1]]

    def _found(self, after: int, upto: int | None, run: str, kind: str) -> list[Any]:
        with self._reading:
            if upto is None or upto > self._upto:
                self.catch_up()
            held = (self._of_run.get((run, kind)) if run else self._kept.get(kind)) or []
            begin = bisect_right(held, after, key=_seq_of)
            end = len(held) if upto is None else bisect_right(held, upto, key=_seq_of)
            return held[begin:end]
