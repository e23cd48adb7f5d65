"""The ledger in one SQLite file.

Write-ahead logging lets readers go on while somebody writes. What many rows
share (run, subject, maker, policy) is kept once, in `context`, which halves
the file. Triggers refuse every change and removal of evidence; the hash
chain is what finds those that went round the triggers.
"""

import contextlib
import heapq
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from trimtab.builtin.stores.sqlite_file import SCHEMA, SUBJECT, LedgerFile
from trimtab.errors import LedgerAlteredError, LedgerError
from trimtab.kinds import Checkpoint, Rollup, Row, Stretch

_ROW = "e.seq, e.time, e.context, e.payload, e.prev, e.hash"
_TYPES: list[set[type]] = [{int}, {int}, {int}, {str}, {bytes}, {bytes}]  # of these columns
_CHUNK = 250  # rows at a time; what is looked at while it is still in the processor's cache costs less

_Context = tuple[Any, ...]
_new_row = tuple.__new__  # `Row._make` without its check of the length, which the queries fix


class SqliteStore:
    """Implements `trimtab.kinds.Store` on a file; `location` is its path, or `sqlite://` and its path.

    A missing file is made, unless `create` is false, readable and writable by
    its owner only. `timeout` is how many seconds to wait for another writer.

    Raises:
        LedgerError: It cannot be opened or made, or it is something else.
        LedgerAlteredError: It was a ledger, and its tables are not what they were.
    """

    def __init__(self, location: str | Path, *, create: bool = True, timeout: float = 10.0) -> None:
        self._file = LedgerFile(str(location).removeprefix("sqlite://"), create=create, timeout=timeout)
        self._contexts: dict[int, _Context] = {}  # id -> fields; rows that exist never change
        self._ids: dict[_Context, int] = {}

    @property
    def location(self) -> str:
        return self._file.location

    # -- writing ---------------------------------------------------------------

    def append(self, rows: Sequence[Row], latest: Sequence[Row], rollups: Iterable[Rollup], *, durable: bool) -> None:
        if rows:
            with self._file.lock:
                self._append(rows, latest, rollups, durable=durable)

    def _append(self, rows: Sequence[Row], latest: Sequence[Row], rollups: Iterable[Rollup], *, durable: bool) -> None:
        try:
            if not self._file.database.in_transaction:  # it is not our turn already
                self._begin(durable=durable)
            self._refuse_fork(rows[0])
            self._file.database.executemany(
                "INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?)",
                [(row.seq, row.time, self._id(row[2:11]), row.payload, row.prev, row.hash) for row in rows],
            )
            self._file.database.executemany(
                "INSERT OR REPLACE INTO latest VALUES (?, ?, ?, ?, ?)",
                [(row.system, row.candidate, row.metric, row.kind, row.seq) for row in latest],
            )
            self._add(rollups)
            self._file.database.execute("COMMIT")
        except BaseException as error:
            self._roll_back()
            if isinstance(error, sqlite3.Error):
                self._file.fail(error)
            raise

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        with self._file.lock:
            try:
                self._begin(durable=True)
            except sqlite3.Error as error:
                self._file.fail(error)
            try:
                yield
            finally:
                if not self._file.closed and self._file.database.in_transaction:
                    self._roll_back()

    def _begin(self, *, durable: bool) -> None:
        # The level cannot be changed within a transaction.
        self._file.database.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        self._file.database.execute("BEGIN IMMEDIATE")

    def _refuse_fork(self, first: Row) -> None:
        """Check, under the write lock, that nobody has appended since the rows were hashed."""
        last = self._file.database.execute("SELECT seq, hash FROM evidence ORDER BY seq DESC LIMIT 1").fetchone()
        seq, head = last or (0, bytes(32))
        if first.seq != seq + 1 or first.prev != head:
            raise LedgerError(
                self._file.location,
                f"row {first.seq} does not follow the last row, {seq}: somebody else has written",
                "Read the head again and hash the rows anew.",
            )

    def _id(self, context: _Context) -> int:
        found = self._ids.get(context)
        if found is None:
            where = " AND ".join(f"{name} = ?" for name in SUBJECT.split(", "))
            row = self._file.database.execute(f"SELECT id FROM context WHERE {where}", context).fetchone()  # noqa: S608
            if row is None:
                insert = (
                    f"INSERT INTO context (id, {SUBJECT}) "  # noqa: S608  # column names only
                    "SELECT coalesce(max(id), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM context RETURNING id"
                )
                (row,) = self._file.database.execute(insert, context).fetchall()
            found = self._ids[context] = row[0]
        return found

    def _add(self, rollups: Iterable[Rollup]) -> None:
        """Fold in Python, in order: a sum that SQLite regroups would differ in its last bits."""
        sums: dict[tuple[str, str, str, int], list[Any]] = {}
        for rollup in rollups:
            key = rollup[:4]
            cell = sums.get(key)
            if cell is None:
                query = (
                    "SELECT scores, total, squares, missing FROM rollup "
                    "WHERE system = ? AND candidate = ? AND metric = ? AND day = ?"
                )
                cell = sums[key] = list(self._file.database.execute(query, key).fetchone() or (0, 0.0, 0.0, 0))
            cell[0] += rollup.scores
            cell[1] += rollup.total
            cell[2] += rollup.squares
            cell[3] += rollup.missing
        self._file.database.executemany(
            "INSERT OR REPLACE INTO rollup VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(*key, *cell) for key, cell in sums.items()],
        )

    def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        query = "INSERT INTO checkpoint SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM checkpoint WHERE size = ?)"
        self._file.ask(query, (*checkpoint, checkpoint.size))

    def _roll_back(self) -> None:
        self._ids.clear()  # ids handed out in the transaction are void
        if not self._file.closed and self._file.database.in_transaction:
            with contextlib.suppress(sqlite3.Error):  # SQLite may have done it already; the first error counts
                self._file.database.execute("ROLLBACK")

    # -- reading ---------------------------------------------------------------

    def head(self) -> Row | None:
        last = self._file.value("SELECT max(seq) FROM evidence")
        return None if last is None else next(self.read(after=last - 1, upto=last), None)

    def read(self, *, after: int = 0, upto: int | None = None, kind: str = "", run: str = "") -> Iterator[Row]:
        if not (kind or run):
            return chain.from_iterable(map(_rows, self.stretches(after=after, upto=upto)))
        # Every context is one sorted stream by seek. A stream fetches one row at first and more as it goes on,
        # so those that the merge has not come to yet cost next to nothing.
        query = (
            f"SELECT {_ROW} FROM evidence e INDEXED BY evidence_context "  # noqa: S608
            "WHERE context = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
        )
        contexts = "SELECT id FROM context WHERE (?1 = '' OR run = ?1) AND (?2 = '' OR kind = ?2)"
        ids = self._file.ask(contexts, (run, kind))
        streams = [self._stream(query, one, after, upto, chunk=1) for one in ids]
        return heapq.merge(*(chain.from_iterable(map(_rows, stream)) for stream in streams))

    def stretches(self, *, after: int = 0, upto: int | None = None) -> Iterator[Stretch]:
        query = f"SELECT {_ROW} FROM evidence e NOT INDEXED WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?"  # noqa: S608
        return self._stream(query, (), after, upto)

    def _stream(
        self, query: str, first: tuple[Any, ...], after: int, upto: int | None, *, chunk: int = _CHUNK
    ) -> Iterator[Stretch]:
        """Seek from one chunk to the next: nothing stays open between, and memory is bounded."""
        end = 2**63 - 1 if upto is None else upto
        while True:
            try:
                found = self._file.ask(query, (*first, after, end, chunk))
            except LedgerAlteredError as error:
                # A text that is no text: find the row, which a whole chunk hides.
                if chunk == 1:
                    seq = 0 if first else after + 1  # within one context the next number is unknown
                    raise LedgerAlteredError(self._file.location, seq, error.detail) from error
                chunk = 1
                continue
            if found:
                yield self._stretch(found)
            if len(found) < chunk:
                return
            after = found[-1][0]
            chunk = min(chunk * 8, _CHUNK)

    def _stretch(self, found: Sequence[tuple[Any, ...]]) -> Stretch:
        """Put the shared fields back in. A damaged file may hold values of any type, whatever the schema says."""
        seqs, times, contexts, payloads, prevs, hashes = columns = list(zip(*found, strict=True))
        if [set(map(type, column)) for column in columns] != _TYPES:
            odd = next(row for row in found if [{type(value)} for value in row] != _TYPES)
            raise LedgerAlteredError(self._file.location, odd[0], "a field has the wrong type")
        known = self._contexts
        for new in sorted(set(contexts).difference(known), key=contexts.index):
            fields = self._file.ask(f"SELECT {SUBJECT} FROM context WHERE id = ?", (new,))  # noqa: S608
            if not fields or [*map(type, fields[0])] != [*[str] * 8, int]:
                seq = seqs[contexts.index(new)]
                raise LedgerAlteredError(self._file.location, seq, f"its context {new} is gone or damaged")
            known[new] = fields[0]
        return Stretch(seqs, times, [known[context] for context in contexts], payloads, prevs, hashes)

    def latest(self, *, system: str = "", candidate: str = "", metric: str = "") -> list[Row]:
        # The whole key is joined: an entry that names another subject than its row is no entry. CROSS keeps
        # the order: from the few entries to their rows, not through all rows of their contexts.
        query = f"""
            SELECT {_ROW} FROM latest l CROSS JOIN evidence e ON e.seq = l.seq CROSS JOIN context c ON c.id = e.context
            AND c.system = l.system AND c.candidate = l.candidate AND c.metric = l.metric AND c.kind = l.kind
            WHERE (?1 = '' OR l.system = ?1) AND (?2 = '' OR l.candidate = ?2) AND (?3 = '' OR l.metric = ?3)
            ORDER BY e.seq"""  # noqa: S608
        found = self._file.ask(query, (system, candidate, metric))
        return _rows(self._stretch(found)) if found else []

    def rollups(self, *, system: str = "", candidate: str = "", metric: str = "") -> list[Rollup]:
        query = """
            SELECT * FROM rollup
            WHERE (?1 = '' OR system = ?1) AND (?2 = '' OR candidate = ?2) AND (?3 = '' OR metric = ?3)
            ORDER BY system, candidate, metric, day"""
        return [Rollup(*row) for row in self._file.ask(query, (system, candidate, metric))]

    def checkpoints(self, *, last: int | None = None) -> list[Checkpoint]:
        query = "SELECT size, time, root, peaks FROM checkpoint ORDER BY size DESC LIMIT ?"
        found = self._file.ask(query, (-1 if last is None else last,))
        return [Checkpoint(*row) for row in reversed(found)]

    def counted(self) -> tuple[int, int]:
        # Counted apart, each is one look: together, SQLite would go through the rows.
        query = "SELECT (SELECT count(*) FROM evidence), (SELECT coalesce(max(seq), 0) FROM evidence)"
        ((rows, last),) = self._file.ask(query)
        return rows, last

    def check(self) -> list[str]:
        found = [text for (text,) in self._file.ask("PRAGMA integrity_check(20)") if text != "ok"]
        schema = {sql for (sql,) in self._file.ask("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")}
        if schema != set(SCHEMA):
            found.append("its tables, indexes or triggers are not those that trimtab made")
        return found

    def close(self) -> None:
        self._file.close()


def _rows(stretch: Stretch) -> list[Row]:
    return [
        _new_row(Row, (seq, time, *context, payload, prev, digest))
        for seq, time, context, payload, prev, digest in zip(*stretch, strict=True)
    ]
