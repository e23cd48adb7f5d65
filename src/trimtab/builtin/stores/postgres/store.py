"""The ledger in one schema of a PostgreSQL database, on which many machines may work at once.

Whoever appends holds an advisory lock until the commit, and triggers refuse
what does not follow, so the chain has one end whoever writes. Readers seek
from chunk to chunk: no cursor stays open, so memory is bounded, nothing on
the server waits for a slow reader, and a server that restarts in between is
not noticed.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import chain, groupby
from typing import Any

from trimtab._optional import need
from trimtab.builtin.stores.postgres.address import Address
from trimtab.builtin.stores.postgres.line import Line
from trimtab.builtin.stores.postgres.schema import FORMAT, STRUCTURE, SUBJECT, TABLES, expected, statements
from trimtab.errors import LedgerAlteredError, LedgerError
from trimtab.kinds import Checkpoint, Rollup, Row, Stretch

_ROW = "e.seq, e.time, e.context, e.payload, e.prev, e.hash"
_TYPES: list[set[type]] = [{int}, {int}, {int}, {str}, {bytes}, {bytes}]  # of these columns
_CHUNK = 500  # rows at a time: a few round trips for many rows, and less than a megabyte
_FIRST = 2  # of each context, at first: most contexts that are looked for by kind have a single row
_NO_END = 2**63 - 1

_Context = tuple[Any, ...]
_new_row = tuple.__new__  # `Row._make` without its check of the length, which the queries fix


class PostgresStore:
    """Implements `trimtab.kinds.Store`, `Columnar` and `Shared` on `postgresql://USER@HOST/DATABASE?schema=NAME`.

    A missing schema is made, unless `create` is false, and so are its tables
    where it is empty. `timeout` is how many seconds to wait for another writer.

    Raises:
        LedgerError: It cannot be reached or made, or it is something else.
        LedgerAlteredError: It was a ledger, and its tables are not what they were.
        MissingPackageError: The extra `postgres` is not installed.
    """

    def __init__(self, location: str, *, create: bool = True, timeout: float = 10.0) -> None:
        psycopg = need("psycopg", extra="postgres")
        address = Address.of(str(location), psycopg)
        self._schema, self._location = address.schema, address.told
        self._contexts: dict[int, _Context] = {}  # id -> fields; rows that exist never change
        self._ids: dict[_Context, int] = {}
        self._line = Line(address, psycopg, timeout=timeout)
        try:
            self._recognise(create=create)
        except BaseException:
            self.close()
            raise

    @property
    def location(self) -> str:
        return self._location

    # -- opening ---------------------------------------------------------------

    def _recognise(self, *, create: bool) -> None:
        _, tables = self._tables()
        if not tables:
            if not create:
                step = "`trimtab ledger create` makes one, and so does whatever records; name another with --ledger."
                raise LedgerError(self._location, "does not exist", step)
            self._line.do(self._make)
            _, tables = self._tables()
        if not tables & TABLES:
            step = "Name another schema: add ?schema=NAME to the URL."
            raise LedgerError(self._location, "is the schema of another program", step)
        gone = sorted(TABLES - tables)
        if gone:
            raise LedgerAlteredError(self._location, 0, f"its table {gone[0]} is gone")
        versions = [version for (version,) in self._ask(f"SELECT version FROM {self._schema}.format")]  # noqa: S608
        if len(versions) != 1 or versions[0] < 1:
            raise LedgerAlteredError(self._location, 0, "says that it has a format which never was")
        if versions[0] > FORMAT:
            raise LedgerError(self._location, f"has the newer format {versions[0]}", "Upgrade trimtab to read it.")

    def _tables(self) -> tuple[bool, set[str]]:
        """Whether the schema is there, and what is in it."""
        query = """
            SELECT c.relname::text FROM pg_catalog.pg_namespace n
            LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
            WHERE n.nspname = %s"""
        found = self._ask(query, (self._schema,))
        return bool(found), {name for (name,) in found if name is not None}

    def _make(self, connection: Any) -> None:
        """All tables in one transaction. If somebody else was quicker, theirs are used."""
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (self._line.key("make"),))
        there, tables = self._tables()
        if tables:
            return
        if not there:  # IF NOT EXISTS would need the right to make one, also where one is given
            connection.execute(f"CREATE SCHEMA {self._schema}")
        for statement in statements(self._schema):
            connection.execute(statement)

    # -- writing ---------------------------------------------------------------

    def append(self, rows: Sequence[Row], latest: Sequence[Row], rollups: Iterable[Rollup], *, durable: bool) -> None:
        """As the protocol says; always on disk when it returns, since a server that fails forgets what is not."""
        if not rows:
            return
        parts = list(rollups)

        def write(connection: Any) -> None:
            self._lock_appending(connection)
            self._refuse_fork(connection, rows[0])
            self._insert(connection, rows)
            self._renew(connection, latest)
            self._add(connection, parts)

        try:
            self._line.do(write)
        except BaseException:
            self._ids.clear()  # ids handed out in the transaction are void
            raise

    def turn(self) -> AbstractContextManager[None]:
        """As the protocol says. The lock is ours in every transaction of this connection, so we do not wait for us."""
        return self._line.turn("append")

    def _lock_appending(self, connection: Any) -> None:
        """Wait for other writers, until the transaction ends; and have its commit wait for the disk."""
        query = """
            SELECT set_config('lock_timeout', %s, true), set_config('synchronous_commit', coalesce(nullif(
            current_setting('synchronous_commit'), 'off'), 'on'), true)"""
        connection.execute(query, (self._line.timeout,))
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (self._line.key("append"),))

    def _refuse_fork(self, connection: Any, first: Row) -> None:
        """Check, under the lock, that nobody has appended since the rows were hashed."""
        query = f"SELECT seq, hash FROM {self._schema}.evidence ORDER BY seq DESC LIMIT 1"  # noqa: S608
        seq, head = connection.execute(query, binary=True).fetchone() or (0, bytes(32))
        if first.seq != seq + 1 or first.prev != head:
            raise LedgerError(
                self._location,
                f"row {first.seq} does not follow the last row, {seq}: somebody else has written",
                "Read the head again and hash the rows anew.",
            )

    def _insert(self, connection: Any, rows: Sequence[Row]) -> None:
        ids = [self._id(connection, row[2:11]) for row in rows]
        values = (
            [row[0] for row in rows],
            [row[1] for row in rows],
            ids,
            *zip(*(row[11:] for row in rows), strict=True),
        )
        query = f"""
            INSERT INTO {self._schema}.evidence SELECT * FROM
            unnest(%b::bigint[], %b::bigint[], %b::int[], %b::text[], %b::bytea[], %b::bytea[])"""  # noqa: S608
        connection.execute(query, [list(column) for column in values])

    def _id(self, connection: Any, context: _Context) -> int:
        found = self._ids.get(context)
        if found is None:
            where = " AND ".join(f"{name} = %s" for name in SUBJECT.split(", "))
            known = f"SELECT id FROM {self._schema}.context WHERE {where}"  # noqa: S608
            row = connection.execute(known, context).fetchone()
            if row is None:
                insert = f"""
                    INSERT INTO {self._schema}.context (id, {SUBJECT})
                    SELECT coalesce(max(id), 0) + 1, %s, %s, %s, %s, %s, %s, %s, %s, %s FROM {self._schema}.context
                    RETURNING id"""  # noqa: S608
                row = connection.execute(insert, context).fetchone()
            found = self._ids[context] = row[0]
        return found

    def _renew(self, connection: Any, latest: Sequence[Row]) -> None:
        cells = {(row.system, row.candidate, row.metric, row.kind): row.seq for row in latest}
        if cells:
            query = f"""
                INSERT INTO {self._schema}.latest SELECT * FROM
                unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::bigint[])
                ON CONFLICT (system, candidate, metric, kind) DO UPDATE SET seq = EXCLUDED.seq"""  # noqa: S608
            connection.execute(query, [*map(list, zip(*cells, strict=True)), list(cells.values())])

    def _add(self, connection: Any, rollups: Iterable[Rollup]) -> None:
        """Fold in Python, in order: a sum that the database regroups would differ in its last bits."""
        parts = list(rollups)
        if not parts:
            return
        keys = list(dict.fromkeys(part[:4] for part in parts))
        query = f"""
            SELECT r.* FROM {self._schema}.rollup r
            JOIN unnest(%b::text[], %b::text[], %b::text[], %b::bigint[]) k (system, candidate, metric, day)
            USING (system, candidate, metric, day)"""  # noqa: S608
        found = connection.execute(query, [*map(list, zip(*keys, strict=True))], binary=True).fetchall()
        sums: dict[tuple[Any, ...], list[Any]] = {key: [0, 0.0, 0.0, 0] for key in keys}
        sums |= {row[:4]: list(row[4:]) for row in found}
        for part in parts:
            cell = sums[part[:4]]
            cell[0] += part.scores
            cell[1] += part.total
            cell[2] += part.squares
            cell[3] += part.missing
        insert = f"""
            INSERT INTO {self._schema}.rollup SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::bigint[],
            %b::bigint[], %b::double precision[], %b::double precision[], %b::bigint[])
            ON CONFLICT (system, candidate, metric, day) DO UPDATE SET scores = EXCLUDED.scores,
            total = EXCLUDED.total, squares = EXCLUDED.squares, missing = EXCLUDED.missing"""  # noqa: S608
        connection.execute(insert, [*map(list, zip(*((*key, *cell) for key, cell in sums.items()), strict=True))])

    def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        query = f"INSERT INTO {self._schema}.checkpoint VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"  # noqa: S608
        self._ask(query, tuple(checkpoint))

    # -- reading ---------------------------------------------------------------

    def head(self) -> Row | None:
        query = f"SELECT {_ROW} FROM {self._schema}.evidence e ORDER BY seq DESC LIMIT 1"  # noqa: S608
        found = self._ask(query)
        return _rows(self._stretch(found))[0] if found else None

    def read(self, *, after: int = 0, upto: int | None = None, kind: str = "", run: str = "") -> Iterator[Row]:
        if not (kind or run):
            return chain.from_iterable(map(_rows, self.stretches(after=after, upto=upto)))
        # Every context is one sorted stream by seek. The first rows of all come with one question, so that those
        # with a row or two cost nothing more; what is longer is fetched as the merge comes to it.
        where = [f"{name} = %s" for name, value in (("run", run), ("kind", kind)) if value]
        query = f"""
            SELECT {_ROW} FROM {self._schema}.context c CROSS JOIN LATERAL (
                SELECT * FROM {self._schema}.evidence
                WHERE context = c.id AND seq > %s AND seq <= %s ORDER BY seq LIMIT {_FIRST}
            ) e WHERE {" AND ".join(where)} ORDER BY e.context, e.seq"""  # noqa: S608
        found = self._ask(query, (after, _end(upto), *filter(None, (run, kind))))
        streams = [self._going_on(list(rows), upto) for _, rows in groupby(found, key=lambda row: row[2])]
        return heapq.merge(*(chain.from_iterable(map(_rows, stream)) for stream in streams))

    def _going_on(self, first: list[tuple[Any, ...]], upto: int | None) -> Iterator[Stretch]:
        yield self._stretch(first)
        if len(first) == _FIRST:
            query = f"""
                SELECT {_ROW} FROM {self._schema}.evidence e
                WHERE context = %s AND seq > %s AND seq <= %s ORDER BY seq LIMIT %s"""  # noqa: S608
            yield from self._stream(query, (first[0][2],), first[-1][0], upto)

    def stretches(self, *, after: int = 0, upto: int | None = None) -> Iterator[Stretch]:
        query = f"""
            SELECT {_ROW} FROM {self._schema}.evidence e
            WHERE seq > %s AND seq <= %s ORDER BY seq LIMIT %s"""  # noqa: S608
        return self._stream(query, (), after, upto)

    def _stream(self, query: str, first: tuple[Any, ...], after: int, upto: int | None) -> Iterator[Stretch]:
        """Seek from one chunk to the next: nothing stays open between, and memory is bounded."""
        while True:
            found = self._ask(query, (*first, after, _end(upto), _CHUNK))
            if found:
                yield self._stretch(found)
            if len(found) < _CHUNK:
                return
            after = found[-1][0]

    def _stretch(self, found: Sequence[tuple[Any, ...]]) -> Stretch:
        """Put the shared fields back in. Tables that somebody has altered may hold anything."""
        seqs, times, contexts, payloads, prevs, hashes = columns = list(zip(*found, strict=True))
        if [set(map(type, column)) for column in columns] != _TYPES:
            odd = next(row for row in found if [{type(value)} for value in row] != _TYPES)
            raise LedgerAlteredError(self._location, odd[0] or 0, "a field has the wrong type")
        known = self._contexts
        new = sorted(set(contexts).difference(known))
        if new:
            query = f"SELECT id, {SUBJECT} FROM {self._schema}.context WHERE id = ANY(%s)"  # noqa: S608
            fresh = {id_: tuple(fields) for id_, *fields in self._ask(query, (new,))}
            for id_ in new:
                if [*map(type, fresh.get(id_, ()))] != [*[str] * 8, int]:
                    seq = seqs[contexts.index(id_)]
                    raise LedgerAlteredError(self._location, seq, f"its context {id_} is gone or damaged")
            known.update(fresh)
        return Stretch(seqs, times, [known[context] for context in contexts], payloads, prevs, hashes)

    def latest(self, *, system: str = "", candidate: str = "", metric: str = "") -> list[Row]:
        # The whole key is joined: an entry that names another subject than its row is no entry.
        where, values = _where(("l.system", system), ("l.candidate", candidate), ("l.metric", metric))
        query = f"""
            SELECT {_ROW} FROM {self._schema}.latest l JOIN {self._schema}.evidence e ON e.seq = l.seq
            JOIN {self._schema}.context c ON c.id = e.context
            AND c.system = l.system AND c.candidate = l.candidate AND c.metric = l.metric AND c.kind = l.kind
            WHERE {where} ORDER BY e.seq"""  # noqa: S608
        found = self._ask(query, values)
        return _rows(self._stretch(found)) if found else []

    def rollups(self, *, system: str = "", candidate: str = "", metric: str = "") -> list[Rollup]:
        where, values = _where(("system", system), ("candidate", candidate), ("metric", metric))
        query = f"""
            SELECT * FROM {self._schema}.rollup WHERE {where} ORDER BY system, candidate, metric, day"""  # noqa: S608
        return [Rollup(*row) for row in self._ask(query, values)]

    def checkpoints(self, *, last: int | None = None) -> list[Checkpoint]:
        query = f"""
            SELECT size, time, root, peaks FROM {self._schema}.checkpoint ORDER BY size DESC LIMIT %s::bigint"""  # noqa: S608
        return [Checkpoint(*row) for row in reversed(self._ask(query, (last,)))]

    def counted(self) -> tuple[int, int]:
        query = f"SELECT count(*), coalesce(max(seq), 0) FROM {self._schema}.evidence"  # noqa: S608
        ((rows, last),) = self._ask(query)
        return rows, last

    def check(self) -> list[str]:
        found = set(self._ask(STRUCTURE, (self._schema,)))
        if found != expected(self._schema):
            return ["its tables, indexes or triggers are not those that trimtab made"]
        return []

    # -- the connection ----------------------------------------------------------

    def hold(self, what: str) -> AbstractContextManager[None]:
        return self._line.hold(what)

    def close(self) -> None:
        self._line.close()

    def _ask(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._line.ask(query, parameters)


def _where(*fields: tuple[str, str]) -> tuple[str, list[str]]:
    given = [(name, value) for name, value in fields if value]
    return " AND ".join(f"{name} = %s" for name, _ in given) or "true", [value for _, value in given]


def _end(upto: int | None) -> int:
    return _NO_END if upto is None else upto


def _rows(stretch: Stretch) -> list[Row]:
    return [
        _new_row(Row, (seq, time, *context, payload, prev, digest))
        for seq, time, context, payload, prev, digest in zip(*stretch, strict=True)
    ]
