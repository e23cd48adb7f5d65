"""How long whoever fails must wait: counted before a password is looked at, by account, by address, and by both."""

import sqlite3
from dataclasses import dataclass

from trimtab.serve.pages.team.journal import keyed, network
from trimtab.serve.pages.team.store import Store

_SECOND = 1_000_000  # microseconds
_DAY = 86_400 * _SECOND
_MOST_ROWS = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """So many failures are free; each one more doubles the wait, from one second to at most so many."""

    free: int
    longest: int  # seconds

    def wait(self, failures: int) -> int:
        """Seconds until the next attempt."""
        over = failures - self.free
        return 0 if over <= 0 else min(self.longest, 2 ** min(over - 1, 30))


PATIENCE = {
    "both": Patience(free=5, longest=900),
    "address": Patience(free=20, longest=900),
    "account": Patience(free=50, longest=60),  # anybody can cause it, and the person must still get in
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """In how many seconds one may be made, 0 for now; and how long the next one waits if this one fails."""

    wait: int = 0
    after: int = 0


def begin(store: Store, name: str, address: str) -> Attempt:
    """Count an attempt as failed until it is known not to be; or say when one may be made."""
    now = store.now()
    with store.writing() as connection:
        found = {kind: _known(connection, key, now) for kind, key in _keys(store, name, address).items()}
        waits = max(until - now for _, until in found.values())
        if waits > 0:
            return Attempt(wait=max(1, -(-waits // _SECOND)))
        _make_room(connection, now)
        after = 0
        for kind, key in _keys(store, name, address).items():
            failures = found[kind][0] + 1
            wait = PATIENCE[kind].wait(failures)
            row = (key, failures, now + wait * _SECOND, now)
            connection.execute("INSERT OR REPLACE INTO attempt VALUES (?,?,?,?)", row)
            after = max(after, wait)
    return Attempt(after=after)


def succeeded(store: Store, name: str, address: str) -> None:
    """Forget what failed on the account; of the address only this one, or whoever has one account could try others."""
    keys = _keys(store, name, address)
    with store.writing() as connection:
        connection.execute("DELETE FROM attempt WHERE key IN (?, ?)", (keys["both"], keys["account"]))
        connection.execute("UPDATE attempt SET failures = failures - 1, until = 0 WHERE key = ?", (keys["address"],))


def counted_today(store: Store, what: str, name: str) -> int:
    """How often something happened to an account today, this time included; the name is empty for all unknown ones."""
    now = store.now()
    key = keyed(store, what, name, str(now // _DAY))
    with store.writing() as connection:
        count = _known(connection, key, now)[0] + 1
        connection.execute("INSERT OR REPLACE INTO attempt VALUES (?,?,?,?)", (key, count, 0, now))
    return count


def _keys(store: Store, name: str, address: str) -> dict[str, bytes]:
    where = network(address)
    return {
        "both": keyed(store, "both", name, where),
        "address": keyed(store, "address", where),
        "account": keyed(store, "account", name),
    }


def _known(connection: sqlite3.Connection, key: bytes, now: int) -> tuple[int, int]:
    """Failures, and until when to wait: a day at most, and no longer because a clock was set back."""
    found = connection.execute("SELECT failures, until, last FROM attempt WHERE key = ?", (key,)).fetchone()
    if found is None or now - found[2] >= _DAY:
        return 0, 0
    longest = max(one.longest for one in PATIENCE.values()) * _SECOND
    return found[0], min(found[1], now + longest)


def _make_room(connection: sqlite3.Connection, now: int) -> None:
    (rows,) = connection.execute("SELECT count(*) FROM attempt").fetchone()
    if rows >= _MOST_ROWS:
        connection.execute("DELETE FROM attempt WHERE last <= ?", (now - _DAY,))
        extra = "SELECT key FROM attempt ORDER BY until, failures, last LIMIT ?"
        connection.execute(f"DELETE FROM attempt WHERE key IN ({extra})", (_MOST_ROWS // 10,))  # noqa: S608
