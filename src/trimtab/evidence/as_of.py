"""A ledger as it stood at a row: whoever reads it sees nothing of what was added later.

Every function that computes something from a ledger takes it unchanged, so that a figure of an earlier row rests on
nothing that came after, whatever it reads on the way. It is for reading: nothing is appended through it.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

import orjson

from trimtab.errors import LedgerError
from trimtab.evidence.books import Books
from trimtab.evidence.ledger import Ledger
from trimtab.evidence.records import Observation, Record
from trimtab.evidence.row import rollup_of
from trimtab.kinds import Checkpoint, Rollup, Row

_BLOCK = 1_000  # rows that are read at first when somebody looks backwards; then twice as many, and so on
_BLOCKS = 64_000


class LedgerAsOf(Ledger):
    """As `Ledger`, up to a row; closing it closes nothing."""

    def __init__(self, ledger: Ledger, row: int) -> None:
        super().__init__(ledger._store, clock=ledger._clock)  # noqa: SLF001 - of our own class
        self._whole: Ledger = ledger
        self._row: int = row
        if isinstance(ledger, LedgerAsOf):
            self._whole, self._row = ledger._whole, min(row, ledger._row)  # noqa: SLF001

    def close(self) -> None:
        """Nothing: whoever opened the ledger closes it."""

    def append(self, records: Sequence[Record], **_: Any) -> NoReturn:
        """Refused, since what was added could not be seen here."""
        told = f"is read here as of row {self._row}, so {len(records)} more cannot be added"
        raise LedgerError(self.location, told, "Append to the ledger itself.")

    def checkpoint(self) -> NoReturn:
        """Refused, as `append`."""
        raise LedgerError(
            self.location, f"is read here as of row {self._row}", "Make checkpoints of the ledger itself."
        )

    def head(self) -> Row | None:
        """The last row that counts."""
        return next(self._whole.rows(after=self._row - 1, upto=self._row), None) if self._row else None

    def rows(self, *, after: int = 0, upto: int | None = None, run: str = "", kind: str = "") -> Iterator[Row]:
        """As of `Ledger`."""
        return self._whole.rows(after=after, upto=self._until(upto), run=run, kind=kind)

    def records(
        self, *, after: int = 0, upto: int | None = None, run: str = "", kind: str = ""
    ) -> Iterator[tuple[Row, Record]]:
        """As of `Ledger`."""
        return self._whole.records(after=after, upto=self._until(upto), run=run, kind=kind)

    def books(self, upto: int) -> Books:
        """The books as of a row, for the caller alone to add to."""
        return Books.of(self._whole, upto=self._until(upto))

    def before(self, time: int) -> int:
        """As of `Ledger`."""
        return min(self._whole.before(time), self._row)

    def last(self, kind: str, *, system: str) -> Row | None:
        """As of `Ledger`."""
        found = self._whole.last(kind, system=system)
        if found is None or found.seq <= self._row:
            return found
        earlier = None
        for row in self.rows(kind=kind):
            earlier = row if row.system == system else earlier
        return earlier

    def measured(self, run: str, *, system: str, candidate: str) -> list[Row]:
        """As of `Ledger`."""
        found = [one for one in self._whole.measured(run, system=system, candidate=candidate) if one.seq <= self._row]
        return found or [one for one in self.rows(run=run, kind=Observation.kind) if one.candidate == candidate]

    def latest(self, *, system: str = "", candidate: str = "", metric: str = "") -> list[Row]:
        """As of `Ledger`; what came again after the row is looked for backwards, which may mean all of the ledger."""
        now = self._whole.latest(system=system, candidate=candidate, metric=metric)
        found = [row for row in now if row.seq <= self._row]
        lost = {_key(row) for row in now if row.seq > self._row}
        end, block = self._row, _BLOCK
        while lost and end:
            begin = max(0, end - block)
            for row in [*self._whole.rows(after=begin, upto=end)][::-1]:
                if _key(row) in lost:
                    lost.remove(_key(row))
                    found.append(row)
            end, block = begin, min(block * 2, _BLOCKS)
        return sorted(found, key=lambda row: row.seq)

    def rollups(self, *, system: str = "", candidate: str = "", metric: str = "") -> list[Rollup]:
        """As of `Ledger`, added up from the rows."""
        sums: dict[tuple[str, str, str, int], Rollup] = {}
        for row in self.rows(kind=Observation.kind):
            asked = ((system, row.system), (candidate, row.candidate), (metric, row.metric))
            new = (
                rollup_of(row, orjson.loads(row.payload)) if all(not one or one == own for one, own in asked) else None
            )
            if new is not None:
                old = sums.get(new[:4], Rollup(*new[:4], 0, 0.0, 0.0, 0))
                sums[new[:4]] = Rollup(
                    *new[:4],
                    scores=old.scores + new.scores,
                    total=old.total + new.total,
                    squares=old.squares + new.squares,
                    missing=old.missing + new.missing,
                )
        return [sums[key] for key in sorted(sums)]

    def checkpoints(self) -> list[Checkpoint]:
        """As of `Ledger`."""
        return [one for one in self._whole.checkpoints() if one.size <= self._row]

    def _until(self, upto: int | None) -> int:
        return self._row if upto is None else min(upto, self._row)


def _key(row: Row) -> tuple[str, str, str, str]:
    return row.system, row.candidate, row.metric, row.kind
