"""The connection to the server: lost and made anew, one transaction at a time, and what is held with it."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import Any, TypeVar

from trimtab.builtin.stores.postgres.address import Address
from trimtab.builtin.stores.postgres.telling import refused, unreached
from trimtab.errors import LedgerAlteredError, LedgerError

OLDEST = 13  # version of PostgreSQL

_Result = TypeVar("_Result")


class Line:
    """Asks and writes for one store. Threads may share it; `timeout` is for other writers, in seconds."""

    def __init__(self, address: Address, psycopg: ModuleType, *, timeout: float) -> None:
        self.timeout = f"{int(timeout * 1000)}ms"  # as PostgreSQL writes it
        self._psycopg = psycopg
        self._options, self._schema, self._told = address.options(), address.schema, address.told
        self._lock = threading.RLock()  # one connection, and transactions on it
        self._held: set[str] = set()
        self._lost_hold = self._closed = False
        self._in_doubt = False  # whether a commit was under way when the connection broke
        self._connection: Any = None

    def ask(self, query: str, parameters: Sequence[Any] = (), *, again: bool = True) -> list[tuple[Any, ...]]:
        """One statement by itself. After a lost connection it is asked once more, which does no harm to what we ask."""
        with self._lock:
            connection = self._ready()
            try:
                cursor = connection.execute(query, parameters or None, binary=True)
                return cursor.fetchall() if cursor.description else []
            except self._psycopg.Error as error:
                if connection.closed:
                    self._drop()
                    if again:
                        return self.ask(query, parameters, again=False)
                raise refused(self._told, error.sqlstate or "") from None
            except UnicodeError:
                raise LedgerAlteredError(self._told, 0, "a text that is not UTF-8") from None

    def do(self, work: Callable[[Any], _Result]) -> _Result:
        """A transaction. Of one whose connection breaks nothing stays, unless it broke in the commit."""
        with self._lock:
            begun = False
            for _ in range(2):
                connection = self._ready()
                try:
                    with connection.transaction():
                        begun = True
                        result = work(connection)
                        # From here on it is the commit, of which nobody can say how it went if the connection breaks.
                        self._in_doubt = True
                    self._in_doubt = False
                except self._psycopg.Error as error:
                    if not connection.closed:
                        self._in_doubt = False
                        raise refused(self._told, error.sqlstate or "") from None
                    self._drop()
                    if begun:
                        raise self._broken() from None
                except BaseException:
                    idle = self._psycopg.pq.TransactionStatus.IDLE
                    if connection.closed or connection.info.transaction_status != idle:
                        self._drop()  # half a conversation is of no use; the server rolls back
                    raise
                else:
                    return result
            raise refused(self._told, "")

    def _broken(self) -> LedgerError:
        if not self._in_doubt:
            return refused(self._told, "")
        detail = "the connection was lost in the commit, so all of this was appended or nothing"
        return LedgerError(self._told, detail, "`trimtab ledger show` tells, when the server is back.")

    @contextmanager
    def hold(self, what: str) -> Iterator[None]:
        """As the protocol says: an advisory lock of this connection, which the server lets go when that ends."""
        key = self.key(what)
        with self._lock:
            if what in self._held or not self.ask("SELECT pg_try_advisory_lock(%s)", (key,))[0][0]:
                step = "Wait for it to end, or name another ledger with --ledger."
                raise LedgerError(self._told, f"is in use by another {what}", step)
            self._held.add(what)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(what)
                with suppress(LedgerError):
                    if not (self._lost_hold or self._closed):
                        self.ask("SELECT pg_advisory_unlock(%s)", (key,), again=False)
                self._lost_hold = self._lost_hold and bool(self._held)

    @contextmanager
    def turn(self, what: str) -> Iterator[None]:
        """Wait for the lock for `what` as long as `timeout`, and keep it; if the connection breaks, it is gone."""
        with self._lock:
            try:
                self.ask("SELECT set_config('lock_timeout', %s, false)", (self.timeout,))
                self.ask("SELECT pg_advisory_lock(%s)", (self.key(what),), again=False)
            finally:
                self._quietly("RESET lock_timeout")
            try:
                yield
            finally:
                self._quietly("SELECT pg_advisory_unlock(%s)", (self.key(what),))

    def _quietly(self, query: str, parameters: Sequence[Any] = ()) -> None:
        """Something that a connection that has broken needs no longer."""
        if self._connection is not None and not self._connection.closed:
            with suppress(LedgerError):
                self.ask(query, parameters, again=False)

    def key(self, what: str) -> int:
        """Of the lock for `what` on this schema, among those of the database."""
        name = f"trimtab {what} {self._schema}".encode()
        return int.from_bytes(hashlib.sha256(name).digest()[:8], "big", signed=True)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(self._psycopg.Error):
                self._connection.close()
            self._connection = None
            self._lost_hold = bool(self._held) and not self._closed

    def _ready(self) -> Any:
        if self._closed:
            raise LedgerError(self._told, "is closed", "Open it again.")
        if self._lost_hold:
            detail = "the connection was lost, and with it the hold on the ledger: somebody else may measure now"
            raise LedgerError(self._told, detail, "Run it again; it goes on where it was.")
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> Any:
        try:
            connection = self._psycopg.connect(**self._options, autocommit=True)
        except self._psycopg.Error as error:
            raise unreached(self._told, error) from None
        try:
            self._refuse_server(connection)
            # The plan of a statement is kept, and must suit a ledger that has grown since; as the hints for SQLite do.
            connection.execute(
                "SET enable_seqscan = off; SET jit = off; SET default_transaction_isolation = 'read committed'"
            )
            connection.isolation_level = self._psycopg.IsolationLevel.READ_COMMITTED
            if self._in_doubt:
                # Whoever was committing for us when the connection broke still holds the lock: wait for the outcome.
                connection.execute("SELECT set_config('lock_timeout', %s, false)", (self.timeout,))
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (self.key("append"),))
                connection.execute("RESET lock_timeout")
                self._in_doubt = False
        except self._psycopg.Error as error:
            connection.close()
            raise refused(self._told, error.sqlstate or "") from None
        except BaseException:
            connection.close()
            raise
        return connection

    def _refuse_server(self, connection: Any) -> None:
        version = connection.info.server_version // 10_000
        if version < OLDEST:
            raise LedgerError(self._told, f"is on PostgreSQL {version}", f"Version {OLDEST} or newer is needed.")
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            step = "Make a database with ENCODING 'UTF8' for it."
            raise LedgerError(self._told, f"is in a database with the encoding {encoding}", step)
