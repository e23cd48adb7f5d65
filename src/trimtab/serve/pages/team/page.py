"""The page on access: users, tokens, and the log of who came in."""

from collections.abc import Mapping
from dataclasses import dataclass

from trimtab.serve.pages.declared import Page
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.serve.pages.team import journal, tokens, users
from trimtab.serve.pages.team.store import Store

ROLES = frozenset(("admin", "auditor"))
_LAST = 200  # rows of the log
_WORDS = {
    "entered": "came in",
    "left": "left",
    "refused": "was refused",
    "locked-out": "had to wait",
    "user-added": "was made a user",
    "user-removed": "was removed",
    "user-disabled": "was disabled",
    "user-enabled": "was enabled",
    "roles-changed": "was given other roles",
    "password-changed": "was given another password",
    "token-made": "was given a token",
    "token-revoked": "had a token revoked",
    "no-role": "came by the provider without a role here",
    "log-forgotten": "older rows were forgotten",
    "provider-refused": "was sent back by the provider, or with something wrong",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A user; `whole` says that they see all systems, `seen` when a session was last used (microseconds, UTC)."""

    name: str
    roles: tuple[str, ...]
    systems: tuple[str, ...]
    whole: bool
    way: str
    state: str
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A token, which is shown to nobody; moments are microseconds, UTC."""

    id: str
    about: str
    user: str
    roles: tuple[str, ...]
    systems: tuple[str, ...]
    whole: bool
    writes: bool
    state: str
    seen: int
    ends: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A row of the log."""

    at: int
    what: str
    words: str
    user: str
    by: str
    way: str
    address: str
    about: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPage:
    """All of the page; `flaw` says what is wrong with the log, if anything is."""

    users: tuple[Known, ...]
    tokens: tuple[Held, ...]
    log: tuple[Happened, ...]
    rows: int
    flaw: str


def declared(store: Store) -> Page:
    """The page, of a store."""

    def build(now: Snapshot, _: Standing, __: Mapping[str, str]) -> AccessPage:
        return access(store, now)

    return Page(
        name="access",
        path="/access",
        title="Access",
        about="Who may come in, with which roles and tokens, and who did.",
        build=build,
        shape=AccessPage,
        roles=ROLES,
        kept=False,
        menu="Access",
        group="Proof",
    )


def access(store: Store, now: Snapshot) -> AccessPage:
    """The data of the page; as it is, whatever moment the pages are of.

    Raises:
        AccessError: It cannot be read.
    """
    rows = journal.count(store)
    return AccessPage(
        users=tuple(
            Known(
                name=one.name,
                roles=tuple(sorted(one.roles)),
                systems=tuple(sorted(one.systems or ())),
                whole=one.systems is None,
                way=one.way,
                state="disabled" if one.disabled else "" if one.name in now.policy.people else "not in the policy",
                seen=one.seen,
            )
            for one in users.listed(store)
        ),
        tokens=tuple(
            Held(
                id=one.id,
                about=one.about,
                user=one.user,
                roles=tuple(sorted(one.roles)),
                systems=tuple(sorted(one.systems or ())),
                whole=one.systems is None,
                writes=one.writes,
                state="revoked" if one.revoked else "ended" if store.now() >= one.ends else "",
                seen=one.seen,
                ends=one.ends,
            )
            for one in tokens.listed(store)
        ),
        log=tuple(
            Happened(
                at=one.at,
                what=one.what,
                words=_WORDS.get(one.what, one.what),
                user=one.user,
                by=one.by,
                way=one.way,
                address=one.address,
                about=one.about,
                count=one.count,
            )
            for one in reversed(journal.lines(store, last=_LAST))
        ),
        rows=rows,
        flaw=journal.flaw(store),
    )
