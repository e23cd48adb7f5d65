"""What is wrong with an entry, and what to do about it; and rules that several types of entry share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from trimtab.evidence.books import Books
from trimtab.evidence.entries import Entry
from trimtab.policy.model import Policy
from trimtab.policy.people import day_begins


@dataclass(frozen=True, slots=True)
class Doubt:
    """A field, what is wrong with it, and what to do. `field` is empty for the entry as a whole.

    `clash` says that the entry is not wrong in itself: it does not fit what the books hold at the moment, and may when
    they hold something else.
    """

    field: str
    what: str
    next_step: str = ""
    clash: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What an entry is held against: the books as they stood before it, the policy, and the moment.

    `now` is in microseconds since the epoch, UTC.
    """

    books: Books
    policy: Policy
    now: int


Rule = Callable[[Any, Held], Iterator[Doubt]]
"""Of an entry of one type; yields nothing when it may stand."""


def known_actor(name: str, held: Held, field: str, *, at: int, source: str = "") -> Iterator[Doubt]:
    """Whoever acts, owns or is named must be listed, and must not have left by then.

    A web hook may say something, where it is the `source`: nobody speaks in the name of one.
    """
    people, teams = held.policy.people, held.policy.teams
    if not name or name in teams or (name.startswith("hook:") and name == source):
        return
    person = people.get(name)
    if person is None:
        listed = ", ".join([*people, *teams][:12]) or "nobody"
        yield Doubt(field, f"{name!r} is not listed under people or teams of the policy", f"It lists {listed}.")
    elif person.left is not None and at >= day_begins(person.left):
        yield Doubt(field, f"{name} left on {person.left}", "Name whoever has taken over.")


def known_team(entry: Entry, held: Held, field: str = "team") -> Iterator[Doubt]:
    """A team that is named is one of the policy's."""
    name = getattr(entry, field)
    if name and name not in held.policy.teams:
        listed = ", ".join(list(held.policy.teams)[:12]) or "none"
        yield Doubt(field, f"there is no team {name!r} in the policy", f"Its teams: {listed}.")


def in_currency(entry: Entry, held: Held, field: str = "currency") -> Iterator[Doubt]:
    """Amounts are in the currency of the policy: a rate of exchange would be a figure of nobody's."""
    given = getattr(entry, field)
    if given and given != held.policy.currency:
        yield Doubt(
            field,
            f"is {given}, and the policy counts in {held.policy.currency}",
            "Convert it at the rate of that day, and say so in `what`.",
        )


def there_is(kind: type[Entry], id_: str, held: Held, field: str) -> Iterator[Doubt]:
    """What is referred to has been entered before."""
    if id_ and not held.books.about(kind, id_):
        yield Doubt(field, f"there is no {kind.kind} {id_!r} in the books", "Enter it first, or correct the id.", True)
