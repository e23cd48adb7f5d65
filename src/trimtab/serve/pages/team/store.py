"""The file with users, sessions, tokens and the log of log-ins. What cannot be read lets nobody in."""

import os
import secrets
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from trimtab.errors import AccessError

DEFAULT = ".trimtab/access.db"
_APPLICATION = 0x54724C61  # "TrLa", in the file's header
_VERSION = 1
_PATIENCE = 2.0  # seconds that a writer waits for another
_KEY_BYTES = 32

KEPT = """CREATE TRIGGER log_no_delete BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'append-only: the log is never changed'); END"""
_SCHEMA = (
    """CREATE TABLE user (
    name TEXT PRIMARY KEY, password TEXT NOT NULL, subject TEXT UNIQUE, roles TEXT NOT NULL, systems TEXT,
    disabled INTEGER NOT NULL, made INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE session (
    digest BLOB PRIMARY KEY, user TEXT NOT NULL REFERENCES user (name) ON DELETE CASCADE,
    made INTEGER NOT NULL, seen INTEGER NOT NULL, way TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX session_user ON session (user, made)",
    """CREATE TABLE token (
    id TEXT PRIMARY KEY, digest BLOB NOT NULL, user TEXT NOT NULL REFERENCES user (name) ON DELETE CASCADE,
    about TEXT NOT NULL, roles TEXT NOT NULL, systems TEXT, writes INTEGER NOT NULL,
    made INTEGER NOT NULL, ends INTEGER NOT NULL, seen INTEGER NOT NULL, revoked INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE attempt (
    key BLOB PRIMARY KEY, failures INTEGER NOT NULL, until INTEGER NOT NULL, last INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE log (
    n INTEGER PRIMARY KEY, at INTEGER NOT NULL, what TEXT NOT NULL, user TEXT NOT NULL, by TEXT NOT NULL,
    way TEXT NOT NULL, address TEXT NOT NULL, about TEXT NOT NULL, count INTEGER NOT NULL, hash BLOB NOT NULL
) STRICT""",
    """CREATE TRIGGER log_no_update BEFORE UPDATE ON log
BEGIN SELECT RAISE(ABORT, 'append-only: the log is never changed'); END""",
    KEPT,
    # Where the log begins, since what lies long back may be forgotten: number and digest of the row before.
    "CREATE TABLE began (n INTEGER NOT NULL, hash BLOB NOT NULL) STRICT",
    "INSERT INTO began VALUES (0, zeroblob(32))",
    """CREATE TRIGGER log_in_order BEFORE INSERT ON log
WHEN NEW.n <> 1 + coalesce((SELECT max(n) FROM log), (SELECT n FROM began))
BEGIN SELECT RAISE(ABORT, 'append-only: rows of the log follow one another'); END""",
    "CREATE TABLE secret (key BLOB NOT NULL) STRICT",
)


def wall_clock() -> int:
    """Microseconds since the epoch, UTC."""
    return time.time_ns() // 1_000


class Store:
    """The file, open. One thread at a time uses it; other processes may as well."""

    def __init__(self, path: Path, connection: sqlite3.Connection, clock: Callable[[], int]) -> None:
        """Use `open` or `create`."""
        self.path, self._connection, self.now = path, connection, clock
        self._lock = threading.RLock()
        self._file = _identity(path)
        (self.key,) = connection.execute("SELECT key FROM secret").fetchone()

    @classmethod
    def open(cls, path: Path, *, create: bool = False, clock: Callable[[], int] = wall_clock) -> "Store":
        """Open the file; with `create`, make it if it is not there.

        Raises:
            AccessError: It is not there, open to others, damaged, of something else or of a newer version.
        """
        if not path.exists():
            if not create:
                raise AccessError(f"there is no {path}.", "Make it with `trimtab user add NAME --role admin`.")
            _make(path)
        _private(path)
        connection = None
        try:
            connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA secure_delete = ON")  # a removed digest is gone
            _known(path, connection)
            return cls(path, connection, clock)
        except (sqlite3.Error, TypeError) as error:
            if connection is not None:
                connection.close()
            raise _unreadable(path) from error
        except AccessError:
            if connection is not None:
                connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for reading.

        Raises:
            AccessError: It cannot be read, or is another file than was opened.
        """
        with self._lock:
            if _identity(self.path) != self._file:
                raise AccessError(f"{self.path} is not the file that was opened.", "Start the pages again.")
            try:
                yield self._connection
            except sqlite3.Error as error:
                raise _unreadable(self.path) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it, or nothing if it is left with an error.

        Raises:
            AccessError: It cannot be read or written.
        """
        with self.reading() as connection:
            if connection.in_transaction:  # part of a larger one
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


def _make(path: Path) -> None:
    """All of it at once, or nothing: a draft becomes the file when it is whole."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            connection = sqlite3.connect(draft, isolation_level=None)
            connection.execute("BEGIN")
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(f"PRAGMA user_version = {_VERSION}")
            for one in _SCHEMA:
                connection.execute(one)
            connection.execute("INSERT INTO secret VALUES (?)", (secrets.token_bytes(_KEY_BYTES),))
            connection.execute("COMMIT")
            connection.close()
            os.link(draft, path)  # never over one that somebody else has just made
        finally:
            draft.unlink(missing_ok=True)
    except FileExistsError:
        return
    except (OSError, sqlite3.Error) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise AccessError(f"{path} cannot be made ({why}).", "Name another place with --access.") from error


def _private(path: Path) -> None:
    try:
        found = path.stat()
    except OSError as error:
        raise AccessError(f"{path} cannot be read ({error.strerror}).") from None
    if not stat.S_ISREG(found.st_mode):
        raise AccessError(f"{path} is no file.", "Name another with --access.")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise AccessError(f"{path} is open to others, and nobody knows who has changed it.", f"chmod 600 {path}")


def _known(path: Path, connection: sqlite3.Connection) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != _APPLICATION:
        raise AccessError(f"{path} is no file of users.", "Name another with --access.")
    if version != _VERSION:
        raise AccessError(f"{path} was written by another version of trimtab.", "Use that version.")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _unreadable(path: Path) -> AccessError:
    return AccessError(f"{path} cannot be read or written: it is locked, damaged, or on a full disk.", "Try again.")
