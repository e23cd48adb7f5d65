"""Access of a team: by name and password, by the session that follows, or by a token."""

from collections.abc import Callable
from dataclasses import dataclass

from trimtab.serve.pages.access.person import Person
from trimtab.serve.pages.team import attempts, sessions, tokens, users
from trimtab.serve.pages.team.journal import Line, note, told
from trimtab.serve.pages.team.passwords import BusyError, Passwords
from trimtab.serve.pages.team.store import Store

_BUSY_SECONDS = 10
_LOCKED_SECONDS = 60  # a wait of so long is written down as a lock-out


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What came of logging in: a session, or none and, if so, in how many seconds one may try again."""

    session: str = ""
    wait: int = 0


def nobody_left(_: str) -> bool:
    """Where no policy tells who left."""
    return False


class Team:
    """Access for users of a store."""

    def __init__(self, store: Store, passwords: Passwords, *, gone: Callable[[str], bool] = nobody_left) -> None:
        """`gone` tells whether somebody has left by now, as the policy has it."""
        self.store, self._passwords, self._gone = store, passwords, gone

    def person(self, *, cookie: str, bearer: str) -> Person | None:
        """Whoever a request is from; None for nobody.

        Raises:
            AccessError: Nobody can tell.
        """
        if bearer:
            return tokens.person_of(self.store, bearer, gone=self._gone)
        return sessions.person_of(self.store, cookie, gone=self._gone) if cookie else None

    def has_left(self, name: str) -> bool:
        """Whether somebody has left by now."""
        return self._gone(name)

    def leave(self, cookie: str) -> None:
        """End a session."""
        if cookie and (user := sessions.end(self.store, cookie)):
            note(self.store, Line(what="left", user=user, by=user))

    def enter(self, name: str, password: str, address: str, *, instead: str = "") -> Entered:
        """A new session for whoever knows a password; `instead` is one of the same browser, which ends.

        The same is answered, after the same work, whether the name is not known, the account is disabled, or the
        password is wrong.

        Raises:
            AccessError: Nobody can tell.
        """
        name = name.strip().casefold()
        name = name if users.NAME.fullmatch(name) else ""  # and nobody has that
        kept = self._shown(name, password, address)
        if isinstance(kept, Entered):
            return kept
        fresh = self._passwords.again(password) if self._passwords.outdated(kept) else ""
        with self.store.writing() as connection:
            if users.secret_of(self.store, name) != kept:  # changed or disabled while it was compared
                return Entered()
            attempts.succeeded(self.store, name, address)
            if fresh:
                connection.execute("UPDATE user SET password = ? WHERE name = ?", (fresh, name))
            return Entered(session=self.begin(name, "password", address, instead=instead))

    def change(self, name: str, password: str, fresh: str, address: str) -> Entered:
        """Another password for somebody who knows theirs: all their sessions end, and what is returned is a new one.

        It is tried as often, and with the same waits, as in coming in: a session that was left open is no way to guess.

        Raises:
            UsageError: The new one cannot be used.
            AccessError: Nobody can tell.
        """
        kept = self._shown(name, password, address)
        if isinstance(kept, Entered):
            return kept
        attempts.succeeded(self.store, name, address)
        made = self._passwords.hashed(fresh)
        with self.store.writing():
            if users.secret_of(self.store, name) != kept:  # changed or disabled meanwhile
                return Entered()
            users.change(self.store, name, password=made, by=name, way="password")
            return Entered(session=self.begin(name, "password", address))

    def begin(self, name: str, way: str, address: str, *, instead: str = "") -> str:
        """A new session for somebody who has shown who they are."""
        with self.store.writing():
            if instead:
                sessions.end(self.store, instead)
            made = sessions.begin(self.store, name, way)
            where = told(self.store, address)
            note(self.store, Line(what="entered", user=name, by=name, way=way, address=where))
        return made

    def _shown(self, name: str, password: str, address: str) -> str | Entered:
        """What is kept of somebody's password, now that they have shown that they know it; else what they are told."""
        attempt = attempts.begin(self.store, name, address)
        if attempt.wait:
            return Entered(wait=attempt.wait)
        kept = users.secret_of(self.store, name)
        try:
            right = self._passwords.is_right(password, kept)
        except BusyError:
            return Entered(wait=_BUSY_SECONDS)
        if not right or self._gone(name):
            self._failed(name, address, attempt.after)
            return Entered()
        return kept

    def _failed(self, name: str, address: str, wait: int) -> None:
        """Write it down, the 1st, 2nd, 4th, 8th time of a day; names that nobody has are not kept, nor told apart."""
        known = any(one.name == name for one in users.listed(self.store))
        who, where = (name, told(self.store, address)) if known else ("", "")
        for what in ("refused", "locked-out") if wait >= _LOCKED_SECONDS else ("refused",):
            count = attempts.counted_today(self.store, what, who)
            if count & (count - 1) == 0:
                note(self.store, Line(what=what, user=who, way="password", address=where, count=count))
