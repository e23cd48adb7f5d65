"""Sessions of browsers: kept as digests, ended by time, by leaving, and by any change of the user."""

import hashlib
import secrets
from collections.abc import Callable

import orjson

from trimtab.serve.pages.access.person import Person
from trimtab.serve.pages.team.store import Store
from trimtab.serve.pages.team.users import within

ABSOLUTE_SECONDS = 12 * 3600
IDLE_SECONDS = 3600
MOST = 16  # of one user; the oldest ends when there is one more
_SECOND = 1_000_000  # microseconds
_SKEW = 60 * _SECOND  # a clock may be set back by this much
_SEEN = 60 * _SECOND  # use is written down once in this while


def digest(secret: str) -> bytes:
    """What is kept of a secret that was drawn."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def begin(store: Store, user: str, way: str) -> str:
    """A new session; what is returned is the browser's alone."""
    made, now = secrets.token_urlsafe(32), store.now()
    with store.writing() as connection:
        old = now - ABSOLUTE_SECONDS * _SECOND
        connection.execute("DELETE FROM session WHERE made <= ? OR made > ?", (old, now + _SKEW))
        oldest = "SELECT digest FROM session WHERE user = ? ORDER BY made DESC, digest LIMIT -1 OFFSET ?"
        connection.execute(f"DELETE FROM session WHERE digest IN ({oldest})", (user, MOST - 1))  # noqa: S608
        connection.execute("INSERT INTO session VALUES (?,?,?,?,?)", (digest(made), user, now, now, way))
    return made


def person_of(store: Store, cookie: str, *, gone: Callable[[str], bool]) -> Person | None:
    """Whose session it is; None if it has ended, or its user may not come in."""
    asks = (
        "SELECT user.name, roles, systems, disabled, session.made, session.seen"
        " FROM session JOIN user ON user.name = session.user WHERE digest = ?"
    )
    now = store.now()
    with store.reading() as connection:
        found = connection.execute(asks, (digest(cookie),)).fetchone()
        if found is None:
            return None
        name, roles, systems, disabled, made, seen = found
        over = now - made >= ABSOLUTE_SECONDS * _SECOND or now - seen >= IDLE_SECONDS * _SECOND
        early = made > now + _SKEW or seen > now + _SKEW
        if disabled or over or early or gone(name):
            return None
        if now - seen >= _SEEN:
            with store.writing():
                connection.execute("UPDATE session SET seen = ? WHERE digest = ?", (now, digest(cookie)))
    return Person(name=name, roles=frozenset(orjson.loads(roles)), systems=within(systems))


def end(store: Store, cookie: str) -> str:
    """End a session; whose it was, empty if there is none."""
    with store.writing() as connection:
        found = connection.execute("SELECT user FROM session WHERE digest = ?", (digest(cookie),)).fetchone()
        connection.execute("DELETE FROM session WHERE digest = ?", (digest(cookie),))
    return str(found[0]) if found else ""
