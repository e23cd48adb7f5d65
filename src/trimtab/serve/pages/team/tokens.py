"""Tokens of programs: some of a user's roles and systems, for a while, and only for reading unless somebody says so."""

import hmac
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import orjson

from trimtab.errors import UsageError
from trimtab.serve.pages.access.person import AUDITOR, WRITERS, Person
from trimtab.serve.pages.team.journal import Line, note
from trimtab.serve.pages.team.sessions import digest
from trimtab.serve.pages.team.store import Store
from trimtab.serve.pages.team.users import checked_roles, find, within

LONGEST_DAYS = 366
_SECOND = 1_000_000  # microseconds
_DAY = 86_400 * _SECOND
_SEEN = 60 * _SECOND
_FORM = re.compile(r"trimtab_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_SKEW = 60 * _SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What is told of a token. Moments are microseconds since the epoch, UTC; 0 for never."""

    id: str
    user: str
    about: str
    roles: frozenset[str]
    systems: frozenset[str] | None
    writes: bool
    made: int
    ends: int
    seen: int
    revoked: int


def create(
    store: Store,
    user: str,
    *,
    about: str,
    roles: Iterable[str] = (),
    systems: Iterable[str] | None = None,
    writes: bool = False,
    days: int = 90,
    by: str = "",
) -> tuple[str, str]:
    """A token of a user: its id, and the text that is shown once.

    Args:
        store: Where.
        user: Whose; what they may not do, it may not either.
        about: What it is for.
        roles: Some of theirs; all if left out.
        systems: Some of theirs; None for all that are theirs.
        writes: Whether it may enter anything.
        days: Until it ends.
        by: Who makes it.

    Raises:
        UsageError: There is no such user, they have not these roles or systems, or it would last too long.
    """
    owner = find(store, user)
    kept = checked_roles(roles) if roles else owner.roles
    seen = None if systems is None else frozenset(systems)
    if strange := sorted(kept - owner.roles):
        raise UsageError(f"{user} has not the role {strange[0]}.", f"They have {', '.join(sorted(owner.roles))}.")
    if seen is not None and owner.systems is not None and (more := sorted(seen - owner.systems)):
        raise UsageError(f"{user} may not see {more[0]}.", f"They may see {', '.join(sorted(owner.systems))}.")
    if not 1 <= days <= LONGEST_DAYS:
        raise UsageError(f"a token lasts 1 to {LONGEST_DAYS} days.", "Name fewer with --days.")
    if writes and (AUDITOR in kept or not kept & WRITERS):
        raise UsageError("these roles write nothing, so a token of them cannot.", "Leave out --write.")
    if not 1 <= len(about) <= 80 or not about.isprintable():
        raise UsageError("a token needs a few words on what it is for.", "At most 80 characters.")
    id_, secret, now = secrets.token_hex(6), secrets.token_urlsafe(32), store.now()
    lists = (orjson.dumps(sorted(kept)).decode(), None if seen is None else orjson.dumps(sorted(seen)).decode())
    row = (id_, digest(secret), user, about, *lists, int(writes), now, now + days * _DAY, 0, 0)
    with store.writing() as connection:
        connection.execute("INSERT INTO token VALUES (?,?,?,?,?,?,?,?,?,?,?)", row)
        said = f"{id_}: {', '.join(sorted(kept))}, {'writes' if writes else 'reads'}, {days} days"
        note(store, Line(what="token-made", user=user, by=by, way="command", about=said))
    return id_, f"trimtab_{id_}_{secret}"


def revoke(store: Store, id_: str, *, by: str = "") -> None:
    """Let a token be good for nothing from the next request on.

    Raises:
        UsageError: There is none, or it is revoked.
    """
    with store.writing() as connection:
        found = connection.execute("SELECT user FROM token WHERE id = ? AND NOT revoked", (id_,)).fetchone()
        if found is None:
            raise UsageError("there is no such token that could be revoked.", "`trimtab token list` lists them.")
        connection.execute("UPDATE token SET revoked = ? WHERE id = ?", (store.now(), id_))
        note(store, Line(what="token-revoked", user=found[0], by=by, way="command", about=id_))


def listed(store: Store) -> list[Token]:
    """All tokens, by user and age."""
    asks = "SELECT id, user, about, roles, systems, writes, made, ends, seen, revoked FROM token ORDER BY user, made"
    with store.reading() as connection:
        return [
            Token(
                id=row[0],
                user=row[1],
                about=row[2],
                roles=frozenset(orjson.loads(row[3])),
                systems=within(row[4]),
                writes=bool(row[5]),
                made=row[6],
                ends=row[7],
                seen=row[8],
                revoked=row[9],
            )
            for row in connection.execute(asks)
        ]


def person_of(store: Store, bearer: str, *, gone: Callable[[str], bool]) -> Person | None:
    """Whose token it is, with what both it and its user may now; None if it has ended, or nothing is left."""
    parts = _FORM.fullmatch(bearer)
    if parts is None:
        return None
    asks = (
        "SELECT digest, user.name, user.roles, user.systems, disabled, token.roles, token.systems, writes,"
        " token.made, ends, seen, revoked FROM token JOIN user ON user.name = token.user WHERE id = ?"
    )
    now = store.now()
    with store.reading() as connection:
        found = connection.execute(asks, (parts[1],)).fetchone()
        if found is None or not hmac.compare_digest(found[0], digest(parts[2])):
            return None
        name, may, sees, disabled, roles, systems, writes, made, ends, seen, revoked = found[1:]
        if disabled or revoked or now >= ends or made > now + _SKEW or gone(name):
            return None
        if now - seen >= _SEEN:
            with store.writing():
                connection.execute("UPDATE token SET seen = ? WHERE id = ?", (now, parts[1]))
    left = frozenset(orjson.loads(may)) & frozenset(orjson.loads(roles))
    of_user, of_token = within(sees), within(systems)
    both = of_user if of_token is None else of_token if of_user is None else of_user & of_token
    # Whoever became an auditor since has no role left that writes: the two never go together.
    return Person(name=name, roles=left, systems=both, writes=bool(writes)) if left else None
