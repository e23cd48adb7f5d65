"""The registry as of a moment: what is in use, who answers for it, and which of its fields say something.

The last word on an id counts, and what is retired stays visible. A field is valid where it says something that can be
true: an owner who has not left, a digest of content, links that lead somewhere.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.registry import Classified, Registered
from trimtab.policy.model import Policy
from trimtab.policy.people import day_begins

MANDATORY: Mapping[str, Mapping[str, int]] = {
    "system": {"owner": 3, "purpose": 3, "risk": 3, "made_from": 2, "version": 1, "provider": 1},
    "model": {"owner": 3, "digest": 3, "made_from": 2, "version": 2, "provider": 2, "purpose": 2, "location": 1},
    "dataset": {"owner": 3, "digest": 3, "made_from": 3, "purpose": 2, "version": 1, "location": 1},
    "feature": {"owner": 2, "purpose": 2, "made_from": 3, "version": 1},
    "prompt": {"owner": 2, "digest": 3, "purpose": 2, "version": 1},
}
"""By type: the fields that an entry must fill, and how much each weighs. `risk` is its classification, and `made_from`
may be `sources` where the data comes from no registered thing."""

_CONTENT = re.compile(r"sha256:[0-9a-f]{64}")
_PLACEHOLDERS = frozenset(
    {"", "-", "?", "tbd", "todo", "unknown", "none", "n/a", "na", "tba", "xxx", "fixme", "...", "undisclosed"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A registered thing as of a moment. `seq` is the row of its last word, `first` of its first."""

    entry: Registered
    seq: int
    first: int
    classified: Kept[Classified] | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    """Mandatory field -> why it is not valid."""

    @property
    def active(self) -> bool:
        """Whether it is in use."""
        return self.entry.status == "active"

    @property
    def risk(self) -> str:
        """Its class of risk, or empty where that is not known, or was decided for another purpose."""
        return self.classified.entry.risk if self.classified and "risk" not in self.problems else ""


@dataclass(frozen=True)
class Registry:
    """Everything that was registered, by id, retired things included."""

    things: Mapping[str, Thing]

    @cached_property
    def active(self) -> tuple[Thing, ...]:
        """What is in use, by id."""
        return tuple(self.things[name] for name in sorted(self.things) if self.things[name].active)

    def traced(self, name: str) -> bool:
        """Whether every path from a thing ends at a registered source that says where its data comes from."""
        return name in self._traced

    @cached_property
    def _traced(self) -> frozenset[str]:
        # Grown from the sources on, so that a circle, which has no beginning, never counts.
        found = {name for name, one in self.things.items() if _filled(one.entry.sources) and not one.entry.made_from}
        grown = True
        while grown:
            grown = False
            for name, one in self.things.items():
                if name not in found and one.entry.made_from and found.issuperset(one.entry.made_from):
                    found.add(name)
                    grown = True
        return frozenset(found)

    def behind(self, name: str) -> frozenset[str]:
        """Ids of everything that a thing was made from, directly or not; of registered things."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            one = self.things.get(waiting.pop())
            if one is not None:
                new = set(one.entry.made_from) - found
                found |= new
                waiting += new
        return frozenset(found & self.things.keys())

    def used_by(self, name: str) -> int:
        """How many active things rest on this one, directly or not."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            new = self._users.get(waiting.pop(), frozenset()) - found
            found |= new
            waiting += new
        return sum(self.things[one].active for one in found - {name})

    @cached_property
    def _users(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for name, one in self.things.items():
            for source in one.entry.made_from:
                found.setdefault(source, set()).add(name)
        return {name: frozenset(users) for name, users in found.items()}


def registry_of(books: Books, policy: Policy, *, end: int, altered: frozenset[str] = frozenset()) -> Registry:
    """The registry as it stood before a moment.

    Args:
        books: Entries up to some row.
        policy: Says who is there.
        end: Microseconds since the epoch, UTC; what happened from then on does not count.
        altered: Ids that discovery found with another content than is registered.
    """
    words: dict[str, list[Kept[Registered]]] = {}
    for one in books.all(Registered):
        if one.entry.at < end:
            words.setdefault(one.entry.thing, []).append(one)
    classes: dict[str, Kept[Classified]] = {one.entry.thing: one for one in books.all(Classified) if one.entry.at < end}
    bare = Registry({
        name: Thing(entry=of[-1].entry, seq=of[-1].seq, first=of[0].seq, classified=classes.get(name))
        for name, of in words.items()
    })  # fmt: skip
    return Registry({
        name: Thing(
            entry=one.entry,
            seq=one.seq,
            first=one.first,
            classified=one.classified,
            problems=dict(_problems(one, bare, policy, words[name], end=end, altered=name in altered)),
        )
        for name, one in bare.things.items()
    })  # fmt: skip


def _problems(
    one: Thing, registry: Registry, policy: Policy, words: list[Kept[Registered]], *, end: int, altered: bool
) -> Iterator[tuple[str, str]]:
    entry = one.entry
    for name in MANDATORY[entry.type]:
        match name:
            case "owner":
                why = _owner(entry.owner, policy, end)
            case "digest":
                why = "another content is in use" if altered else _digest(entry.digest)
            case "made_from":
                why = _links(entry, registry)
            case "risk":
                why = _risk(one, words)
            case _:
                why = "" if _says(getattr(entry, name)) else "is missing"
        if why:
            yield name, why


def _owner(name: str, policy: Policy, end: int) -> str:
    if not _says(name):
        return "is missing"
    if name in policy.teams:
        return ""
    person = policy.people.get(name)
    if person is None:
        return f"{name} is not listed in the policy"
    return f"{name} left on {person.left}" if person.left is not None and end > day_begins(person.left) else ""


def _digest(digest: str) -> str:
    if not digest:
        return "is missing"
    return "" if _CONTENT.fullmatch(digest) else "is not of its content (sha256: and 64 hexadecimal digits)"


def _links(entry: Registered, registry: Registry) -> str:
    unknown = [name for name in entry.made_from if name not in registry.things]
    if unknown:
        return f"{', '.join(unknown[:3])} not registered"
    if entry.thing in registry.behind(entry.thing):
        return "leads back to itself"
    return "" if entry.made_from or _filled(entry.sources) else "says neither what it is made from nor its sources"


def _risk(one: Thing, words: list[Kept[Registered]]) -> str:
    if one.classified is None:
        return "is not classified"
    then = [word.entry.purpose for word in words if word.seq <= one.classified.seq]
    return "" if then and then[-1] == one.entry.purpose else "was classified for another purpose"


def _says(text: str) -> bool:
    return text.strip().lower() not in _PLACEHOLDERS


def _filled(names: tuple[str, ...]) -> bool:
    return any(_says(name) for name in names)


def validity(registry: Registry) -> float:
    """Share of the weight of mandatory fields that are valid, over what is in use; 1 where nothing is registered."""
    owed = filled = 0
    for one in registry.active:
        weights = MANDATORY[one.entry.type]
        owed += sum(weights.values())
        filled += sum(weight for name, weight in weights.items() if name not in one.problems)
    return filled / owed if owed else 1.0
