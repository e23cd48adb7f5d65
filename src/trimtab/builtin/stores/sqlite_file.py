"""The file of a ledger in SQLite: made whole, refused where it is something else, and asked in our errors."""

import contextlib
import os
import sqlite3
import stat
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from trimtab.builtin.stores import held
from trimtab.errors import LedgerAlteredError, LedgerError

APPLICATION_ID = 0x54724C67  # "TrLg", in the file's header
SCHEMA_VERSION = 1

SUBJECT = "kind, run, system, candidate, artefact, metric, maker, policy, seed"

# A plain INSERT OR REPLACE removes rows without firing the delete triggers, so inserting is watched as well.
SCHEMA = (
    """CREATE TABLE context (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL, run TEXT NOT NULL, system TEXT NOT NULL, candidate TEXT NOT NULL, artefact TEXT NOT NULL,
    metric TEXT NOT NULL, maker TEXT NOT NULL, policy TEXT NOT NULL, seed INTEGER NOT NULL
) STRICT""",
    f"CREATE UNIQUE INDEX context_whole ON context ({SUBJECT})",
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
_HEADER = b"SQLite format 3\0"


class LedgerFile:
    """A connection to a file that is a ledger; made if it is missing, unless `create` is false.

    Whoever uses `database` itself holds `lock`, and hands what SQLite raises to `fail`.

    Raises:
        LedgerError: It cannot be opened or made, or it is something else.
        LedgerAlteredError: It was a ledger, and its tables are not what they were.
    """

    def __init__(self, location: str, *, create: bool, timeout: float) -> None:
        self.location = location
        self.closed = False
        self.lock = threading.RLock()  # or another thread would read what is not committed yet
        file = Path(location)
        if not file.exists():
            if not create:
                raise LedgerError(
                    location,
                    "does not exist",
                    "`trimtab run` makes one, and so does whatever records; name another with --ledger.",
                )
            self._make(file, timeout)
        self._inspect(file)
        try:
            self.database = self._connect(file, timeout)
            try:
                self._recognise()
            except BaseException:
                self.database.close()
                raise
        except BaseException:
            self._let_go()
            raise

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        if not self.closed:
            self.closed = True
            self.database.close()
            self._let_go()

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
                for statement in SCHEMA:
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
            raise LedgerError(self.location, detail, "Choose another place with --ledger, or make room.") from error
        finally:
            with contextlib.suppress(OSError):  # it may never have come to be
                draft.unlink()

    def _inspect(self, file: Path) -> None:
        """Refuse what is certainly not a ledger, before SQLite touches it."""
        other = "Name the ledger with --ledger, or move this away."
        try:
            status = file.stat()
            if stat.S_ISDIR(status.st_mode):
                raise LedgerError(self.location, "is a directory", "Name a file in it.")
            if not stat.S_ISREG(status.st_mode):
                raise LedgerError(self.location, "is not a regular file", other)
            # SQLite may have it open already, for this process: see `held`.
            with held.looking(status) as free:
                start = _start(file) if free else _HEADER
                if not start:
                    step = "Delete it if it is not needed; a new one is made."
                    raise LedgerError(self.location, "is an empty file", step)
                if start != _HEADER:
                    raise LedgerError(self.location, "is not a ledger but some other file", other)
            self._let_go = weakref.finalize(self, held.let_go, held.file_of(status))
        except OSError as error:
            raise LedgerError(self.location, f"cannot be read ({_words(error)})", "Check its permissions.") from error

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
            self.fail(error)
        return database

    def _recognise(self) -> None:
        if self.value("PRAGMA application_id") != APPLICATION_ID:
            raise LedgerError(
                self.location, "is the database of another program", "Name the ledger with --ledger, or move it away."
            )
        version = self.value("PRAGMA user_version")
        if version > SCHEMA_VERSION:
            raise LedgerError(self.location, f"has the newer format {version}", "Upgrade trimtab to read it.")
        if version != SCHEMA_VERSION:
            raise LedgerAlteredError(self.location, 0, f"says that it has the format {version}, which never was")
        gone = sorted(_TABLES - {name for (name,) in self.ask("SELECT name FROM sqlite_schema WHERE type = 'table'")})
        if gone:
            raise LedgerAlteredError(self.location, 0, f"its table {gone[0]} is gone")

    # -- asking ----------------------------------------------------------------

    def ask(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All that a query finds.

        Raises:
            LedgerError: As `fail` tells it.
        """
        try:
            with self.lock:
                return self.database.execute(query, parameters).fetchall()
        except sqlite3.Error as error:
            self.fail(error)
        except UnicodeError as error:  # Python cannot even read SQLite's message, which quotes the damage
            raise LedgerAlteredError(self.location, 0, "the file is damaged") from error

    def value(self, query: str) -> Any:
        """The first field of the first row that a query finds."""
        return self.ask(query)[0][0]

    def fail(self, error: sqlite3.Error) -> NoReturn:
        """Say what SQLite's error means here, and what to do. Its text holds no values of rows."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            step = "Wait until the other trimtab has finished, or use another ledger with --ledger."
            raise LedgerError(self.location, "is locked by another process", step) from error
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and not self.closed):
            detail = "cannot be written: the disk is full" if code == sqlite3.SQLITE_FULL else "the disk failed"
            step = "Make room, or repair it, and run again; every row appended before is intact."
            raise LedgerError(self.location, detail, step) from error
        if code == sqlite3.SQLITE_READONLY:
            step = "Make it writable, or use another ledger with --ledger."
            raise LedgerError(self.location, "is read-only", step) from error
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise LedgerAlteredError(self.location, 0, f"the file is damaged ({_words(error)})") from error
        if isinstance(error, sqlite3.OperationalError) and "decode" in str(error):
            raise LedgerAlteredError(self.location, 0, "a text that is not UTF-8") from error
        if code == sqlite3.SQLITE_CANTOPEN:
            raise LedgerError(self.location, "cannot be opened", "Check the permissions of its directory.") from error
        step = "Run `trimtab ledger verify`."
        raise LedgerError(self.location, f"SQLite refuses ({_words(error)})", step) from error


def _start(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(len(_HEADER))


def _words(error: BaseException) -> str:
    """An error in a few words, without the values that Python's own text for undecodable columns quotes."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    name = getattr(error, "sqlite_errorname", "")
    return name or type(error).__name__
