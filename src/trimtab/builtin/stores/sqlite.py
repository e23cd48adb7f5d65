"""The ledger in one SQLite file.

Write-ahead logging lets readers go on while somebody writes. What many rows
share (run, subject, maker, policy) is kept once, in `context`, which halves
the file. Triggers refuse every change and removal of evidence; the hash
chain is what finds those that went round the triggers.
"""

import contextlib
import heapq
import os
import sqlite3
import stat
import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn

from trimtab.errors import LedgerAlteredError, LedgerError
from trimtab.kinds import Checkpoint, Rollup, Row, Stretch

APPLICATION_ID = 0x54724C67  # "TrLg", in the file's header
SCHEMA_VERSION = 1

_SUBJECT = "kind, run, system, candidate, artefact, metric, maker, policy, seed"

# A plain INSERT OR REPLACE removes rows without firing the delete triggers, so inserting is watched as well.
_SCHEMA = (
    """CREATE TABLE context (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL, run TEXT NOT NULL, system TEXT NOT NULL, candidate TEXT NOT NULL, artefact TEXT NOT NULL,
    metric TEXT NOT NULL, maker TEXT NOT NULL, policy TEXT NOT NULL, seed INTEGER NOT NULL
) STRICT""",
    f"CREATE UNIQUE INDEX context_whole ON context ({_SUBJECT})",
    "CREATE INDEX context_run ON context (run)",
    """CREATE TABLE evidence (
    seq INTEGER PRIMARY KEY,
    time INTEGER NOT NULL, context INTEGER NOT NULL, payload TEXT NOT NULL, prev BLOB NOT NULL, hash BLOB NOT NULL
) STRICT""",
    "CREATE INDEX evidence_context ON evidence (context)",
    """CREATE TABLE latest (
    system TEXT NOT NULL, candidate TEXT NOT NULL, metric TEXT NOT NULL, kind TEXT NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (system, candidate, metric, kind)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE rollup (
    system TEXT NOT NULL, candidate TEXT NOT NULL, metric TEXT NOT NULL, day INTEGER NOT NULL,
    scores INTEGER NOT NULL, total REAL NOT NULL, squares REAL NOT NULL, missing INTEGER NOT NULL,
    PRIMARY KEY (system, candidate, metric, day)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY, time INTEGER NOT NULL, root BLOB NOT NULL, peaks BLOB NOT NULL
) STRICT""",
    *(
        f"""CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'append-only: {table} is never changed'); END"""
        for table in ("context", "evidence", "checkpoint")
        for verb in ("UPDATE", "DELETE")
    ),
    """CREATE TRIGGER evidence_in_order BEFORE INSERT ON evidence
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM evidence)
BEGIN SELECT RAISE(ABORT, 'append-only: a row that does not follow the last one'); END""",
    """CREATE TRIGGER checkpoint_no_replace BEFORE INSERT ON checkpoint
WHEN EXISTS (SELECT 1 FROM checkpoint WHERE size = NEW.size)
BEGIN SELECT RAISE(ABORT, 'append-only: checkpoint is never changed'); END""",
    """CREATE TRIGGER context_no_replace BEFORE INSERT ON context
WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM context) OR EXISTS (
    SELECT 1 FROM context
    WHERE kind = NEW.kind AND run = NEW.run AND system = NEW.system AND candidate = NEW.candidate
    AND artefact = NEW.artefact AND metric = NEW.metric AND maker = NEW.maker AND policy = NEW.policy
    AND seed = NEW.seed)
BEGIN SELECT RAISE(ABORT, 'append-only: context is never changed'); END""",
)

_TABLES = frozenset({"context", "evidence", "latest", "rollup", "checkpoint"})
_ROW = "e.seq, e.time, e.context, e.payload, e.prev, e.hash"
_TYPES: list[set[type]] = [{int}, {int}, {int}, {str}, {bytes}, {bytes}]  # of these columns
_HEADER = b"SQLite format 3\0"
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
        path = str(location).removeprefix("sqlite://")
        self._location = path
        self._contexts: dict[int, _Context] = {}  # id -> fields; rows that exist never change
        self._ids: dict[_Context, int] = {}
        self._closed = False
        self._lock = threading.RLock()  # or another thread would read what is not committed yet
        file = Path(path)
        if not file.exists():
            if not create:
                raise LedgerError(path, "does not exist", "`trimtab run` makes one; name another with --ledger.")
            self._make(file, timeout)
        self._inspect(file)
        self._database = self._connect(file, timeout)
        try:
            self._recognise()
        except BaseException:
            self._database.close()
            raise

    @property
    def location(self) -> str:
        return self._location

    # -- opening ---------------------------------------------------------------

    def _make(self, file: Path, timeout: float) -> None:
        """Write an empty ledger beside the place and link it there: nobody ever sees half of one."""
        draft = file.with_name(f".{file.name}.{os.getpid()}.{os.urandom(4).hex()}.new")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            database = sqlite3.connect(draft, isolation_level=None, timeout=timeout)
            try:
                database.execute("BEGIN")
                database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
                for statement in _SCHEMA:
                    database.execute(statement)
                database.execute("COMMIT")
                database.execute("PRAGMA journal_mode = WAL")
            finally:
                database.close()
            # If somebody else was quicker, theirs is used.
            with contextlib.suppress(FileExistsError):
                os.link(draft, file)
        except (OSError, sqlite3.Error) as error:
            detail = f"cannot be made ({_words(error)})"
            raise LedgerError(self._location, detail, "Choose another place with --ledger, or make room.") from error
        finally:
            with contextlib.suppress(OSError):  # it may never have come to be
                draft.unlink()

    def _inspect(self, file: Path) -> None:
        """Refuse what is certainly not a ledger, before SQLite touches it."""
        other = "Name the ledger with --ledger, or move this away."
        try:
            status = file.stat()
            if stat.S_ISDIR(status.st_mode):
                raise LedgerError(self._location, "is a directory", "Name a file in it.")
            if not stat.S_ISREG(status.st_mode):
                raise LedgerError(self._location, "is not a regular file", other)
            with file.open("rb") as stream:
                start = stream.read(len(_HEADER))
        except OSError as error:
            raise LedgerError(self._location, f"cannot be read ({_words(error)})", "Check its permissions.") from error
        if not start:
            raise LedgerError(self._location, "is an empty file", "Delete it if it is not needed; a new one is made.")
        if start != _HEADER:
            raise LedgerError(self._location, "is not a ledger but some other file", other)

    def _connect(self, file: Path, timeout: float) -> sqlite3.Connection:
        uri = file.absolute().as_uri()
        if not os.access(file, os.W_OK):
            # Reading needs a lock file beside the ledger; where none can be made, nobody here writes either.
            uri += "?mode=ro" if os.access(file.parent, os.W_OK) else "?mode=ro&immutable=1"
        else:
            uri += "?mode=rw"
        try:
            database = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=timeout, check_same_thread=False)
            # 16 MiB of log instead of 4: a batch of observations waits less often for the disk.
            database.execute("PRAGMA wal_autocheckpoint = 4000")
        except sqlite3.Error as error:
            self._fail(error)
        return database

    def _recognise(self) -> None:
        if self._value("PRAGMA application_id") != APPLICATION_ID:
            raise LedgerError(
                self._location, "is the database of another program", "Name the ledger with --ledger, or move it away."
            )
        version = self._value("PRAGMA user_version")
        if version > SCHEMA_VERSION:
            raise LedgerError(self._location, f"has the newer format {version}", "Upgrade trimtab to read it.")
        if version != SCHEMA_VERSION:
            raise LedgerAlteredError(self._location, 0, f"says that it has the format {version}, which never was")
        gone = sorted(_TABLES - {name for (name,) in self._ask("SELECT name FROM sqlite_schema WHERE type = 'table'")})
        if gone:
            raise LedgerAlteredError(self._location, 0, f"its table {gone[0]} is gone")

    # -- writing ---------------------------------------------------------------

    def append(self, rows: Sequence[Row], latest: Sequence[Row], rollups: Iterable[Rollup], *, durable: bool) -> None:
        if rows:
            with self._lock:
                self._append(rows, latest, rollups, durable=durable)

    def _append(self, rows: Sequence[Row], latest: Sequence[Row], rollups: Iterable[Rollup], *, durable: bool) -> None:
        try:
            # The level cannot be changed within a transaction.
            self._database.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._database.execute("BEGIN IMMEDIATE")
            self._refuse_fork(rows[0])
            self._database.executemany(
                "INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?)",
                [(row.seq, row.time, self._id(row[2:11]), row.payload, row.prev, row.hash) for row in rows],
            )
            self._database.executemany(
                "INSERT OR REPLACE INTO latest VALUES (?, ?, ?, ?, ?)",
                [(row.system, row.candidate, row.metric, row.kind, row.seq) for row in latest],
            )
            self._add(rollups)
            self._database.execute("COMMIT")
        except BaseException as error:
            self._roll_back()
            if isinstance(error, sqlite3.Error):
                self._fail(error)
            raise

    def _refuse_fork(self, first: Row) -> None:
        """Check, under the write lock, that nobody has appended since the rows were hashed."""
        last = self._database.execute("SELECT seq, hash FROM evidence ORDER BY seq DESC LIMIT 1").fetchone()
        seq, head = last or (0, bytes(32))
        if first.seq != seq + 1 or first.prev != head:
            raise LedgerError(
                self._location,
                f"row {first.seq} does not follow the last row, {seq}: somebody else has written",
                "Read the head again and hash the rows anew.",
            )

    def _id(self, context: _Context) -> int:
        found = self._ids.get(context)
        if found is None:
            where = " AND ".join(f"{name} = ?" for name in _SUBJECT.split(", "))
            row = self._database.execute(f"SELECT id FROM context WHERE {where}", context).fetchone()  # noqa: S608
            if row is None:
                insert = (
                    f"INSERT INTO context (id, {_SUBJECT}) "  # noqa: S608  # column names only
                    "SELECT coalesce(max(id), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM context RETURNING id"
                )
                (row,) = self._database.execute(insert, context).fetchall()
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
                cell = sums[key] = list(self._database.execute(query, key).fetchone() or (0, 0.0, 0.0, 0))
            cell[0] += rollup.scores
            cell[1] += rollup.total
            cell[2] += rollup.squares
            cell[3] += rollup.missing
        self._database.executemany(
            "INSERT OR REPLACE INTO rollup VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(*key, *cell) for key, cell in sums.items()],
        )

    def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        query = "INSERT INTO checkpoint SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM checkpoint WHERE size = ?)"
        self._ask(query, (*checkpoint, checkpoint.size))

    def _roll_back(self) -> None:
        self._ids.clear()  # ids handed out in the transaction are void
        if not self._closed and self._database.in_transaction:
            with contextlib.suppress(sqlite3.Error):  # SQLite may have done it already; the first error counts
                self._database.execute("ROLLBACK")

    # -- reading ---------------------------------------------------------------

    def head(self) -> Row | None:
        last = self._value("SELECT max(seq) FROM evidence")
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
        ids = self._ask(contexts, (run, kind))
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
                found = self._ask(query, (*first, after, end, chunk))
            except LedgerAlteredError as error:
                # A text that is no text: find the row, which a whole chunk hides.
                if chunk == 1:
                    seq = 0 if first else after + 1  # within one context the next number is unknown
                    raise LedgerAlteredError(self._location, seq, error.detail) from error
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
            raise LedgerAlteredError(self._location, odd[0], "a field has the wrong type")
        known = self._contexts
        for new in sorted(set(contexts).difference(known), key=contexts.index):
            fields = self._ask(f"SELECT {_SUBJECT} FROM context WHERE id = ?", (new,))  # noqa: S608
            if not fields or [*map(type, fields[0])] != [*[str] * 8, int]:
                seq = seqs[contexts.index(new)]
                raise LedgerAlteredError(self._location, seq, f"its context {new} is gone or damaged")
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
        found = self._ask(query, (system, candidate, metric))
        return _rows(self._stretch(found)) if found else []

    def rollups(self, *, system: str = "", candidate: str = "", metric: str = "") -> list[Rollup]:
        query = """
            SELECT * FROM rollup
            WHERE (?1 = '' OR system = ?1) AND (?2 = '' OR candidate = ?2) AND (?3 = '' OR metric = ?3)
            ORDER BY system, candidate, metric, day"""
        return [Rollup(*row) for row in self._ask(query, (system, candidate, metric))]

    def checkpoints(self, *, last: int | None = None) -> list[Checkpoint]:
        query = "SELECT size, time, root, peaks FROM checkpoint ORDER BY size DESC LIMIT ?"
        found = self._ask(query, (-1 if last is None else last,))
        return [Checkpoint(*row) for row in reversed(found)]

    def check(self) -> list[str]:
        found = [text for (text,) in self._ask("PRAGMA integrity_check(20)") if text != "ok"]
        schema = {sql for (sql,) in self._ask("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")}
        if schema != set(_SCHEMA):
            found.append("its tables, indexes or triggers are not those that trimtab made")
        return found

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._database.close()

    # -- SQLite ----------------------------------------------------------------

    def _ask(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._database.execute(query, parameters).fetchall()
        except sqlite3.Error as error:
            self._fail(error)
        except UnicodeError as error:  # Python cannot even read SQLite's message, which quotes the damage
            raise LedgerAlteredError(self._location, 0, "the file is damaged") from error

    def _value(self, query: str) -> Any:
        return self._ask(query)[0][0]

    def _fail(self, error: sqlite3.Error) -> NoReturn:
        """Say what SQLite's error means here, and what to do. Its text holds no values of rows."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            step = "Wait until the other trimtab has finished, or use another ledger with --ledger."
            raise LedgerError(self._location, "is locked by another process", step) from error
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and not self._closed):
            detail = "cannot be written: the disk is full" if code == sqlite3.SQLITE_FULL else "the disk failed"
            step = "Make room, or repair it, and run again; every row appended before is intact."
            raise LedgerError(self._location, detail, step) from error
        if code == sqlite3.SQLITE_READONLY:
            step = "Make it writable, or use another ledger with --ledger."
            raise LedgerError(self._location, "is read-only", step) from error
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise LedgerAlteredError(self._location, 0, f"the file is damaged ({_words(error)})") from error
        if isinstance(error, sqlite3.OperationalError) and "decode" in str(error):
            raise LedgerAlteredError(self._location, 0, "a text that is not UTF-8") from error
        if code == sqlite3.SQLITE_CANTOPEN:
            raise LedgerError(self._location, "cannot be opened", "Check the permissions of its directory.") from error
        step = "Run `trimtab ledger verify`."
        raise LedgerError(self._location, f"SQLite refuses ({_words(error)})", step) from error


def _rows(stretch: Stretch) -> list[Row]:
    return [
        _new_row(Row, (seq, time, *context, payload, prev, digest))
        for seq, time, context, payload, prev, digest in zip(*stretch, strict=True)
    ]


def _words(error: BaseException) -> str:
    """An error in a few words, without the values that Python's own text for undecodable columns quotes."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    name = getattr(error, "sqlite_errorname", "")
    return name or type(error).__name__
