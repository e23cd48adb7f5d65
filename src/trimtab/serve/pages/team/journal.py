"""The log of who came in, who could not, and who changed who may: only added to, each row hashed over the last."""

import hashlib
import hmac
import ipaddress
import sqlite3
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from typing import Any

import orjson

from trimtab.serve.pages.team.store import KEPT, Store

_PART = 1_000  # rows
_DIGITS = 16  # of the digest of an address: enough to tell addresses apart, of which there are few


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row.

    `at` is microseconds since the epoch, UTC. `user` is whom it is about, `by` who did it, `way` how (password, oidc,
    command), `address` a keyed digest of where from, and `count` how often on that day, where a row stands for several.
    """

    n: int = 0
    at: int = 0
    what: str
    user: str = ""
    by: str = ""
    way: str = ""
    address: str = ""
    about: str = ""
    count: int = 1


_FIELDS = tuple(one.name for one in fields(Line))


def note(store: Store, line: Line) -> None:
    """Add a row; of a transaction, if one is under way."""
    with store.writing() as connection:
        last = _last(connection)
        values = (last[0] + 1, store.now(), *astuple(line)[2:])
        connection.execute("INSERT INTO log VALUES (?,?,?,?,?,?,?,?,?,?)", (*values, _hash(last[1], values)))


def lines(store: Store, *, last: int = 0) -> list[Line]:
    """The rows in their order; only the `last` few if given."""
    with store.reading() as connection:
        return [Line(**dict(zip(_FIELDS, one, strict=False))) for one in _rows(connection, last)]


def flaw(store: Store) -> str:
    """What does not follow in the log; empty if each row does. It is read in parts, so that others can go on."""
    with store.reading() as connection:
        n, before = start = _began(connection)
    while True:
        with store.reading() as connection:
            if _began(connection) != start:  # some was forgotten meanwhile
                return flaw(store)
            rows = connection.execute("SELECT * FROM log WHERE n > ? ORDER BY n LIMIT ?", (n, _PART)).fetchall()
        for one in rows:
            if one[0] != n + 1 or one[-1] != _hash(before, one[:-1]):
                return f"row {n + 1} of the log is not what was written"
            n, before = one[0], one[-1]
        if len(rows) < _PART:
            return ""


def head(store: Store) -> tuple[int, str]:
    """The last row and its digest; whoever keeps them elsewhere sees later whether rows were cut off."""
    with store.reading() as connection:
        n, digest = _last(connection)
    return n, digest.hex()


def count(store: Store) -> int:
    """How many rows there are."""
    with store.reading() as connection:
        return int(connection.execute("SELECT count(*) FROM log").fetchone()[0])


def forget(store: Store, *, before: int, by: str = "") -> int:
    """Remove the rows before a moment (microseconds, UTC), and say so in a row; how many they were.

    What is left verifies from the digest of the last row that was removed, which is kept.
    """
    with store.writing() as connection:
        found = connection.execute(
            "SELECT n, hash FROM log WHERE at < ? AND n < (SELECT min(n) FROM log WHERE at >= ?)", (before, before)
        ).fetchall()
        if not found:
            return 0
        n, digest = found[-1]
        connection.execute("DROP TRIGGER log_no_delete")
        connection.execute("DELETE FROM log WHERE n <= ?", (n,))
        connection.execute(KEPT)
        connection.execute("UPDATE began SET n = ?, hash = ?", (n, digest))
        note(store, Line(what="log-forgotten", by=by, way="command", about=f"up to row {n}, {digest.hex()}"))
    return len(found)


def network(address: str) -> str:
    """An address as far as it tells people apart: whoever has an IPv6 address has all of its 64 bits."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv6Address):
        return network(str(found.ipv4_mapped)) if found.ipv4_mapped else str(ipaddress.ip_network((found, 64), False))
    return str(found)


def keyed(store: Store, *parts: str) -> bytes:
    """A digest that nobody can make without the key of the file."""
    return hmac.digest(store.key, orjson.dumps(parts), "sha256")


def told(store: Store, address: str) -> str:
    """An address as the log has it; empty for none."""
    return keyed(store, "address", network(address)).hex()[:_DIGITS] if address else ""


def _began(connection: sqlite3.Connection) -> tuple[int, bytes]:
    found: tuple[int, bytes] = connection.execute("SELECT n, hash FROM began").fetchone()
    return found


def _last(connection: sqlite3.Connection) -> tuple[int, bytes]:
    found: tuple[int, bytes] | None = connection.execute("SELECT n, hash FROM log ORDER BY n DESC LIMIT 1").fetchone()
    return found or _began(connection)


def _rows(connection: sqlite3.Connection, last: int) -> Iterator[tuple[Any, ...]]:
    if last:
        yield from connection.execute("SELECT * FROM (SELECT * FROM log ORDER BY n DESC LIMIT ?) ORDER BY n", (last,))
    else:
        yield from connection.execute("SELECT * FROM log ORDER BY n")


def _hash(before: bytes, values: tuple[object, ...]) -> bytes:
    return hashlib.sha256(before + orjson.dumps(values)).digest()
