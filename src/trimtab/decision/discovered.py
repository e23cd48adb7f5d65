"""What discovery found, held against the registry: registered, altered, retired, unregistered, vanished.

A thing is known by the digest of its content, or else by its name as people spell it; the last look at a place within
`FRESH_DAYS` counts. A look that could not see everything found what it found, and says nothing of what it did not find.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from trimtab.decision.registered import Registry
from trimtab.errors import InsufficientEvidenceError
from trimtab.evidence.books import Books
from trimtab.evidence.entries.registry import Scanned, likeness
from trimtab.kinds import Interval
from trimtab.stats.recapture import hidden, union_interval

FRESH_DAYS = 92
"""A look that is older than a quarter says nothing of now."""
_DAY = 86_400_000_000
_STRONG = "sha256:"

State = Literal["registered", "altered", "retired", "unregistered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A thing that was found, by all that found it.

    `thing` is its id in the registry, or empty; `looked` the ways of looking that found it. `altered`: registered, with
    another content than the one in use; `retired`: registered as no longer in use.
    """

    type: str
    name: str
    state: State
    thing: str = ""
    digests: tuple[str, ...] = ()
    looked: frozenset[str] = frozenset()
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """All that fresh looks found, each thing once.

    `whole` of `looks` could see everything; `vanished` are ids that an earlier look at a place found and the last one,
    which was whole, did not.
    """

    seen: tuple[Seen, ...] = ()
    looks: int = 0
    whole: int = 0
    vanished: tuple[str, ...] = ()

    @property
    def unregistered(self) -> tuple[Seen, ...]:
        """What nobody has registered."""
        return tuple(one for one in self.seen if one.state == "unregistered")

    def of(self, state: State) -> tuple[Seen, ...]:
        """What is in this state."""
        return tuple(one for one in self.seen if one.state == state)


class Matcher:
    """Knows registered things by digest and by name."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._by_digest: dict[tuple[str, str], str] = {}
        self._by_name: dict[tuple[str, str], str] = {}
        # Sorted, so that of two with one name it is always the same; those in use before those that are retired.
        for name, one in sorted(registry.things.items(), key=lambda item: (not item[1].active, item[0])):
            entry = one.entry
            if entry.digest:
                self._by_digest.setdefault((entry.type, entry.digest), name)
            for alias in (name, *entry.names):
                self._by_name.setdefault((entry.type, likeness(alias)), name)

    def find(self, type_: str, name: str, digest: str) -> tuple[str, State]:
        """The id of a thing that was found, empty if there is none, and how it stands to what is registered."""
        thing = self._by_digest.get((type_, digest), "") if digest else ""
        thing = thing or self._by_name.get((type_, likeness(name)), "")
        if not thing:
            return "", "unregistered"
        one = self._registry.things[thing]
        if not one.active:
            return thing, "retired"
        known = one.entry.digest
        strong = digest.startswith(_STRONG) and known.startswith(_STRONG)
        return thing, "altered" if strong and digest != known else "registered"


def discovered(books: Books, registry: Registry, *, end: int, fresh_days: int = FRESH_DAYS) -> Discovered:
    """What was found by the last look at each place before a moment, held against the registry of that moment."""
    looks: dict[tuple[str, str], list[Scanned]] = {}
    rows: dict[tuple[str, str], int] = {}
    # By when they looked: one of last year that is entered today tells nothing of now, and hides nothing.
    for kept in sorted(books.all(Scanned), key=lambda one: one.entry.at):
        if kept.entry.at < end:
            looks.setdefault((kept.entry.looked, kept.entry.place), []).append(kept.entry)
            rows[kept.entry.looked, kept.entry.place] = kept.seq
    fresh = {key: of for key, of in looks.items() if of[-1].at >= end - fresh_days * _DAY}
    matcher = Matcher(registry)
    seen = _joined([(of[-1], rows[key]) for key, of in sorted(fresh.items())], matcher)
    here = {one.thing for one in seen}
    gone = {
        thing
        for of in fresh.values()
        if not of[-1].unseen
        for earlier in of[:-1]
        for thing in ids_of(earlier, matcher) - here
        if registry.things[thing].active
    }
    return Discovered(
        seen=seen,
        looks=len(fresh),
        whole=sum(not of[-1].unseen for of in fresh.values()),
        vanished=tuple(sorted(gone)),
    )


def _items(scan: Scanned) -> list[tuple[str, str, str]]:
    """Type, name and digest of each thing of a look."""
    digests = [*scan.digests, *["none"] * (len(scan.found) - len(scan.digests))]
    parts = [(one.partition(":"), digest) for one, digest in zip(scan.found, digests, strict=False)]
    return [(type_, name, "" if digest == "none" else digest) for (type_, _, name), digest in parts]


def ids_of(scan: Scanned, matcher: Matcher) -> set[str]:
    """Ids of the registered things that a look found."""
    return {matcher.find(*one)[0] for one in _items(scan)} - {""}


def _joined(scans: Iterable[tuple[Scanned, int]], matcher: Matcher) -> tuple[Seen, ...]:
    """Each thing once, whoever found it: by its id, or else by strong digest, or else by name."""
    found = sorted({(*one, scan.looked, row) for scan, row in scans for one in _items(scan)})
    by_digest: dict[tuple[str, str], str] = {}
    for type_, name, digest, _, _ in found:  # before names: what has the same content is one thing
        if digest.startswith(_STRONG):
            by_digest.setdefault((type_, digest), likeness(name))
    grouped: dict[tuple[str, str, str], list[tuple[str, str, str, State, int]]] = {}
    for type_, name, digest, looked, row in found:
        thing, state = matcher.find(type_, name, digest)
        key = (type_, thing, "" if thing else by_digest.get((type_, digest), likeness(name)))
        grouped.setdefault(key, []).append((name, digest, looked, state, row))
    return tuple(
        Seen(
            type=type_,
            name=of[0][0],
            state=_gravest([state for _, _, _, state, _ in of]),
            thing=thing,
            digests=tuple(sorted({digest for _, digest, _, _, _ in of} - {""})),
            looked=frozenset(looked for _, _, looked, _, _ in of),
            rows=tuple(sorted({row for *_, row in of})),
        )
        for (type_, thing, _), of in sorted(grouped.items())
    )


def _gravest(states: Sequence[State]) -> State:
    order: Mapping[State, int] = {"registered": 0, "altered": 1, "retired": 2, "unregistered": 3}
    return max(states, key=lambda state: order[state])


@dataclass(frozen=True, slots=True, kw_only=True)
class Hiding:
    """How many things of these types no look has found: an estimate and its interval, or why there is none."""

    types: frozenset[str]
    value: float
    interval: Interval | None = None
    why: str = ""


def hiding(found: Discovered, *, level: float) -> Hiding:
    """How many things in use no look has found, by capture-recapture between different ways of looking.

    Only types that at least two ways have found count, since a way that never shows data sets tells nothing of them.
    Things that looks share because one copies the other make it an underestimate.
    """
    ways: dict[str, set[str]] = {}
    for one in found.seen:
        for way in one.looked:
            ways.setdefault(way, set()).add(one.type)
    shared = {type_ for types in ways.values() for type_ in types if sum(type_ in of for of in ways.values()) > 1}
    captures = {way: {_key(one) for one in found.seen if way in one.looked and one.type in shared} for way in ways}
    lists = [captures[way] for way in sorted(captures) if captures[way]]
    if len(lists) < 2:
        return Hiding(types=frozenset(), value=0.0, why="fewer than two ways of looking have found things of one type")
    try:
        estimate = hidden(lists, level=level)
    except InsufficientEvidenceError:
        # Too few were found by both for a point; what the counts allow is exact all the same.
        union = len(set().union(*lists))
        ends = union_interval([len(one) for one in lists], union, level=level)
        beyond = Interval(ends.low - union, ends.high - union, level, ends.method)
        why = "too few things were found by more than one way for an estimate"
        return Hiding(types=frozenset(shared), value=0.0, interval=beyond, why=why)
    return Hiding(types=frozenset(shared), value=estimate.hidden, interval=estimate.interval)


def _key(one: Seen) -> str:
    return f"{one.type}:{one.thing or one.name}"
