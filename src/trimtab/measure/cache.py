"""Replies by what was asked: a killed run asks nothing again, a new metric scores old replies.

A working file, not evidence: it holds replies in full, is readable by its
owner alone, and may be deleted at any time. SQLite in WAL mode: a committed
reply outlives the process, whatever kills it; a power cut may cost the last
seconds. Every row carries a checksum, so a damaged one is asked again rather
than believed.
"""

import asyncio
import contextlib
import hashlib
import logging
import os
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import orjson

from trimtab.errors import CacheError
from trimtab.kinds import Reply, Request

_FORMAT = 1  # PRAGMA user_version
_CHECKPOINT_PAGES = 8192  # 32 MiB: moving the log into the file waits for the disk, so seldom
_BUSY_MS = 10_000
_SIDE_FILES = ("-wal", "-shm")
_log = logging.getLogger(__name__)


def request_key(identity: bytes, request: Request, *, repeat: int = 0) -> bytes:
    """32 bytes that stand for one question to one system.

    `identity` is the digest of the system's identity. The position in a
    conversation needs no field of its own: the request holds the whole
    conversation so far. `repeat` tells deliberate repetitions apart.

    Raises:
        ValueError: A text of the request has no UTF-8 form.
    """
    r = request
    asked = (
        repeat,
        [(m.role, m.content) for m in r.messages],
        (r.max_tokens, r.temperature, r.top_p, r.seed, r.stop, r.logprobs, r.stream),
    )
    try:
        # Not canonical JSON, which is slower: there are no keys to sort, and the file never leaves the machine.
        return hashlib.sha256(identity + orjson.dumps(asked)).digest()
    except orjson.JSONEncodeError as error:
        raise ValueError(f"no UTF-8 form: {error}") from None


class Cache:
    """One file of replies. Not for use by several threads; several processes may share it.

    `put` returns once the reply is committed. Replies that arrive in the same
    turn of the event loop share a commit, which is what keeps it cheap.

    A file that is damaged or no cache at all is renamed and a new one begun;
    `notices` says so in words for the user, and it is logged as a warning.
    """

    def __init__(self, path: str | Path) -> None:
        """Open or create the file.

        Raises:
            CacheError: It cannot be opened or created.
        """
        self.path = Path(path)
        self.notices: list[str] = []
        self._pending: list[tuple[bytes, bytes, asyncio.Future[None]]] = []
        self._db = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __len__(self) -> int:
        with self._clearly():
            count: int = self._db.execute("SELECT count(*) FROM replies").fetchone()[0]
            return count

    def get(self, key: bytes) -> Reply | None:
        """The reply to a question, or None. A row whose checksum does not fit counts as none.

        Raises:
            CacheError: The file cannot be read for reasons other than damage.
        """
        try:
            row = self._db.execute("SELECT reply, checksum FROM replies WHERE key = ?", (key,)).fetchone()
        except sqlite3.DatabaseError as error:
            self._recover(error)
            return None
        if row is None:
            return None
        reply, checksum = row
        if not isinstance(reply, bytes) or checksum != _checksum(key, reply):
            self._notice("a reply was damaged and is asked again")
            return None
        return _reply(reply)

    async def put(self, key: bytes, reply: Reply) -> None:
        """Keep a reply; returns when it would survive the death of the process.

        Raises:
            CacheError: It cannot be written.
            ValueError: Its text has no UTF-8 form.
        """
        loop = asyncio.get_running_loop()
        kept: asyncio.Future[None] = loop.create_future()
        if not self._pending:
            # Runs after the callbacks that are ready now: all of this turn's replies are in by then.
            loop.call_soon(self._flush)
        self._pending.append((key, _bytes(reply), kept))
        await kept

    def close(self) -> None:
        """Commit what is waiting and close."""
        self._flush()
        self._db.close()

    def _flush(self) -> None:
        pending, self._pending = self._pending, []
        if not pending:
            return
        rows = [(key, reply, _checksum(key, reply)) for key, reply, _ in pending]
        failure: CacheError | None = None
        try:
            self._write(rows)
        except CacheError as error:
            failure = error
        for _, _, kept in pending:
            if kept.done() or kept.get_loop().is_closed():
                continue  # its caller was cancelled; the reply is kept all the same
            if failure is None:
                kept.set_result(None)
            else:
                kept.set_exception(failure)

    def _write(self, rows: list[tuple[bytes, bytes, bytes]]) -> None:
        try:
            self._insert(rows)
        except sqlite3.DatabaseError as error:
            self._recover(error)
            with self._clearly():
                self._insert(rows)

    def _insert(self, rows: list[tuple[bytes, bytes, bytes]]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany("INSERT OR REPLACE INTO replies VALUES (?, ?, ?)", rows)
            self._db.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise

    def _open(self) -> sqlite3.Connection:
        try:
            return _connect(self.path)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise _cannot(self.path, error) from None
            self._set_aside(error)
        except OSError as error:
            raise _cannot(self.path, error) from None
        with self._clearly():
            return _connect(self.path)

    def _recover(self, error: sqlite3.DatabaseError) -> None:
        """Begin a new file if the old one is damaged.

        Raises:
            CacheError: It is not damaged, but locked, full or unreadable.
        """
        if not _is_damage(error):
            raise _cannot(self.path, error) from None
        with contextlib.suppress(sqlite3.Error):
            self._db.close()
        self._set_aside(error)
        with self._clearly():
            self._db = _connect(self.path)

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        number = 1
        while (aside := self.path.with_name(f"{self.path.name}.damaged-{number}")).exists():
            number += 1
        with self._clearly():
            self.path.rename(aside)
            for side in _SIDE_FILES:  # they belong to the old file and would be read into the new one
                with contextlib.suppress(FileNotFoundError):
                    self.path.with_name(self.path.name + side).rename(aside.with_name(aside.name + side))
        what = "is of another version" if isinstance(error, _OtherFormat) else "is damaged"
        self._notice(f"the file {what}; it was renamed to {aside.name} and a new one begun, so replies are asked again")

    def _notice(self, text: str) -> None:
        notice = f"response cache {self.path}: {text}."
        if notice not in self.notices:
            self.notices.append(notice)
            _log.warning("%s", notice)

    @contextlib.contextmanager
    def _clearly(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise _cannot(self.path, error) from None


class _OtherFormat(sqlite3.DatabaseError):
    """A SQLite file that another version, or another program, wrote."""


def _connect(path: Path) -> sqlite3.Connection:
    # Created here rather than by SQLite, so that the mode is right from the first byte;
    # SQLite gives its side files the mode of the file.
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(handle, 0o600)
    finally:
        os.close(handle)
    # Flushes run on the event loop's thread, `close` perhaps on another, never both at once.
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        db.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        _check_format(db)
        db.execute("PRAGMA journal_mode=WAL")
        # No wait for the disk at commits: the kernel keeps them when the process dies.
        db.execute("PRAGMA synchronous=NORMAL")
        db.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
        db.execute("CREATE TABLE IF NOT EXISTS replies (key BLOB PRIMARY KEY, reply BLOB, checksum BLOB)")
        db.execute(f"PRAGMA user_version={_FORMAT}")
    except BaseException:
        db.close()
        raise
    return db


def _check_format(db: sqlite3.Connection) -> None:
    found = db.execute("PRAGMA user_version").fetchone()[0]
    empty = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if not empty and found != _FORMAT:
        raise _OtherFormat(f"format {found}")


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    if isinstance(error, _OtherFormat):
        return True
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _cannot(path: Path, error: Exception) -> CacheError:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        why, step = {
            sqlite3.SQLITE_FULL: ("the disk is full", "Free some space and run the same command again."),
            sqlite3.SQLITE_IOERR: (
                "the disk refuses to read or write; it may be full or failing",
                "Free some space, look at the disk, and run the same command again.",
            ),
            sqlite3.SQLITE_BUSY: ("another process holds it", "Wait for the other run to end."),
            sqlite3.SQLITE_READONLY: ("it is read-only", "Make the file and its folder writable."),
        }.get(code, (f"SQLite says {getattr(error, 'sqlite_errorname', type(error).__name__)}", _DELETE))
        return CacheError(str(path), why, step)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return CacheError(str(path), reason, "Choose a path that can be written.")


_DELETE = "It may be deleted: what it holds is asked again."


def _checksum(key: bytes, reply: bytes) -> bytes:
    return hashlib.blake2b(reply, key=key, digest_size=16).digest()


def _bytes(reply: Reply) -> bytes:
    data: Mapping[str, Any] = {
        "text": reply.text,
        "finish": reply.finish,
        "prompt_tokens": reply.prompt_tokens,
        "completion_tokens": reply.completion_tokens,
        "latency": reply.latency,
        "first_token": reply.first_token,
        "finished_at": reply.finished_at,
        "logprobs": reply.logprobs,
        "model": reply.model,
    }
    try:
        return orjson.dumps(data)
    except orjson.JSONEncodeError as error:
        raise ValueError(f"a reply that has no JSON form: {error}") from None


def _reply(data: bytes) -> Reply:
    fields = orjson.loads(data)
    if fields["logprobs"] is not None:
        fields["logprobs"] = tuple(fields["logprobs"])
    return Reply(**fields)
