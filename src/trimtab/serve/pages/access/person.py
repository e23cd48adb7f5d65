"""Who looks, as a page is told of them, alone or in a team; and what tells who a request is from."""

from dataclasses import dataclass
from typing import Protocol

AUDITOR = "auditor"
WRITERS = frozenset(("reviewer", "engineer", "risk-owner", "committee", "admin"))
"""Who may enter anything at all; what exactly is told by each form. An auditor never, whatever else they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whoever looks: their name as entries have it, their roles, and which systems they may see and act on (None: all).

    `writes` is False for a token that only reads. `alone` says that nobody else can look, so that nothing has to be
    kept from them.
    """

    name: str
    roles: frozenset[str]
    systems: frozenset[str] | None = None
    writes: bool = True
    alone: bool = False

    def may_open(self, roles: frozenset[str]) -> bool:
        """Whether a page for these roles is for them."""
        return bool(self.roles & roles)

    def may_act(self, roles: frozenset[str], system: str = "") -> bool:
        """Whether something that these roles may do is for them to do, of a system or of none in particular."""
        return self.may_write and self.may_open(roles) and (not system or self.within(system))

    @property
    def may_write(self) -> bool:
        """Whether they may enter anything."""
        return self.writes and AUDITOR not in self.roles and bool(self.roles & WRITERS)

    def within(self, system: str) -> bool:
        """Whether a system is one of those that they may see."""
        return self.systems is None or system in self.systems

    @property
    def mark(self) -> str:
        """Tells apart two people who are shown different pages."""
        systems = self.systems if self.systems is None else sorted(self.systems)
        return repr((self.name, sorted(self.roles), systems, self.writes, self.alone))


class Access(Protocol):
    """Tells who a request is from."""

    def person(self, *, cookie: str, bearer: str) -> Person | None:
        """Whoever a request is from; None for nobody."""
        ...

    def leave(self, cookie: str) -> None:
        """End a session."""
        ...
