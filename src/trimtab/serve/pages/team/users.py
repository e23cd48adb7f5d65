"""Users: their roles, which systems they may see, and whether they may come in."""

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from trimtab.errors import UsageError
from trimtab.serve.pages.access.person import AUDITOR, WRITERS
from trimtab.serve.pages.declared import ROLES
from trimtab.serve.pages.team.journal import Line, note
from trimtab.serve.pages.team.store import Store

NAME = re.compile(r"[a-z][a-z0-9_-]{0,79}")
"""The form of names, which is that of people in policies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One of them. `systems` is None for all; `way` says how they come in: password, oidc, or not at all (none)."""

    name: str
    roles: frozenset[str]
    systems: frozenset[str] | None
    disabled: bool
    made: int  # microseconds since the epoch, UTC
    way: str
    seen: int = 0  # when a session of theirs was last used


def checked_roles(roles: Iterable[str]) -> frozenset[str]:
    """Roles that somebody can have together.

    Raises:
        UsageError: There are none, one is none of ours, or an auditor would write.
    """
    found = frozenset(roles)
    listed = ", ".join(ROLES)
    if not found:
        raise UsageError("a user without a role could open nothing.", f"Give one with --role: {listed}.")
    if strange := sorted(found - set(ROLES)):
        raise UsageError(f"{strange[0][:40]!r} is no role.", f"There are {listed}.")
    if AUDITOR in found and found & WRITERS:
        what = f"an auditor never writes, so cannot be {', '.join(sorted(found & WRITERS))} as well."
        raise UsageError(what, "Make two users, or leave one out.")
    return found


def checked_name(name: str) -> str:
    """A name as policies have them.

    Raises:
        UsageError: It is none.
    """
    if not NAME.fullmatch(name):
        what = "a user's name is that of a person in the policy: lower-case letters, digits, - and _, a letter first."
        raise UsageError(what, "`people` of the policy lists them.")
    return name


def add(
    store: Store,
    name: str,
    roles: Iterable[str],
    systems: Iterable[str] | None,
    *,
    password: str = "",
    subject: str | None = None,
    by: str = "",
    way: str = "command",
) -> None:
    """Make a user; `password` is its hash, `subject` who they are at a provider.

    Raises:
        UsageError: The name is taken or none, or the roles do not go together.
    """
    checked_name(name)
    kept = checked_roles(roles)
    with store.writing() as connection:
        if connection.execute("SELECT 1 FROM user WHERE name = ?", (name,)).fetchone():
            raise UsageError(f"there is a user {name} already.", f"Change it with `trimtab user roles {name}`.")
        row = (name, password, subject, _texts(kept), _texts(systems), 0, store.now())
        connection.execute("INSERT INTO user VALUES (?,?,?,?,?,?,?)", row)
        note(store, Line(what="user-added", user=name, by=by, way=way, about=_told(kept, systems)))


def change(
    store: Store,
    name: str,
    *,
    roles: Iterable[str] | None = None,
    systems: Iterable[str] | None = None,
    disabled: bool | None = None,
    password: str | None = None,
    by: str = "",
    way: str = "command",
) -> None:
    """Change a user, and end all their sessions; `systems` go with `roles`, and are all if left out.

    Raises:
        UsageError: There is no such user, or the roles do not go together.
    """
    with store.writing() as connection:
        find(store, name)
        if roles is not None:
            kept = checked_roles(roles)
            row = (_texts(kept), _texts(systems), name)
            connection.execute("UPDATE user SET roles = ?, systems = ? WHERE name = ?", row)
            note(store, Line(what="roles-changed", user=name, by=by, way=way, about=_told(kept, systems)))
        if disabled is not None:
            connection.execute("UPDATE user SET disabled = ? WHERE name = ?", (int(disabled), name))
            note(store, Line(what="user-disabled" if disabled else "user-enabled", user=name, by=by, way=way))
        if password is not None:
            connection.execute("UPDATE user SET password = ? WHERE name = ?", (password, name))
            note(store, Line(what="password-changed", user=name, by=by, way=way))
        connection.execute("DELETE FROM session WHERE user = ?", (name,))


def remove(store: Store, name: str, *, by: str = "") -> None:
    """Remove a user with their sessions and tokens; the log keeps the name.

    Raises:
        UsageError: There is no such user.
    """
    with store.writing() as connection:
        find(store, name)
        connection.execute("DELETE FROM user WHERE name = ?", (name,))
        note(store, Line(what="user-removed", user=name, by=by, way="command"))


def find(store: Store, name: str) -> User:
    """A user.

    Raises:
        UsageError: There is none of the name.
    """
    found = next((one for one in listed(store) if one.name == name), None)
    if found is None:
        raise UsageError(f"there is no user {name[:80]!r}.", "`trimtab user list` lists them.")
    return found


def listed(store: Store) -> list[User]:
    """All users, by name."""
    asks = "SELECT user.*, (SELECT max(seen) FROM session WHERE user = user.name) FROM user ORDER BY name"
    asks = asks.replace("WHERE user = user.name", "WHERE session.user = user.name")
    with store.reading() as connection:
        return [_user(one) for one in connection.execute(asks)]


def secret_of(store: Store, name: str) -> str:
    """The hash of the password of a user who may come in; empty for all who may not, or have none."""
    with store.reading() as connection:
        found = connection.execute(
            "SELECT password FROM user WHERE name = ? AND NOT disabled AND subject IS NULL", (name,)
        ).fetchone()
    return str(found[0]) if found else ""


def _user(row: sqlite3.Row | tuple[object, ...]) -> User:
    name, password, subject, roles, systems, disabled, made, seen = row
    return User(
        name=str(name),
        roles=frozenset(orjson.loads(str(roles))),
        systems=within(systems),
        disabled=bool(disabled),
        made=int(str(made)),
        way="oidc" if subject is not None else "password" if password else "none",
        seen=int(str(seen or 0)),
    )


def within(kept: object) -> frozenset[str] | None:
    """Systems as they stand in the file; None for all."""
    return None if kept is None else frozenset(orjson.loads(str(kept)))


def _texts(given: Iterable[str] | None) -> str | None:
    return None if given is None else orjson.dumps(sorted(set(given))).decode()


def _told(roles: Iterable[str], systems: Iterable[str] | None) -> str:
    where = "" if systems is None else f" of {', '.join(sorted(systems)) or 'no system'}"
    return f"{', '.join(sorted(roles))}{where}"
