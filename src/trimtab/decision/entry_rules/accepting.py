"""Holds an entry against the books: the rules that all entries share, then those of its type."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from trimtab.decision.entry_rules.doubt import Doubt, Held, Rule, known_actor
from trimtab.decision.entry_rules.once import SINGLE_USE, entered_by
from trimtab.evidence.entries import Entry

_MODULES = (
    "business",
    "cases",
    "consents",
    "controls",
    "counts",
    "learning",
    "proposals",
    "ratings",
    "recalibration",
    "registry",
    "spending",
    "vendors",
    "wins",
    "committee",
    "money",
    "requests",
)
_TOLERANCE = 5 * 60 * 1_000_000  # clocks of two machines differ by so much, in microseconds


def doubts(entry: Entry, held: Held) -> list[Doubt]:
    """Everything that speaks against an entry; none when it may stand."""
    found = list(_shared(entry, held))
    rule = _rules().get(type(entry))
    if rule is not None:
        found += rule(entry, held)
    return found


@cache
def _rules() -> Mapping[type[Entry], Rule]:
    return {
        kind: rule
        for module in _MODULES
        for kind, rule in import_module(f"trimtab.decision.entry_rules.{module}").RULES.items()
    }


def doubts_alone(entry: Entry, held: Held) -> Iterator[Doubt]:
    """What the clock and the policy say against an entry, whatever the books hold."""
    if entry.at > held.now + _TOLERANCE:
        yield Doubt("at", "lies in the future", "Enter what has happened.")
    yield from known_actor(entry.by, held, "by", at=entry.at, source=entry.by if entry.fed else entry.source)
    if entry.system and entry.system not in held.policy.systems:
        listed = ", ".join(list(held.policy.systems)[:12])
        yield Doubt("system", f"there is no system {entry.system!r} in the policy", f"It has {listed}.")


def _shared(entry: Entry, held: Held) -> Iterator[Doubt]:
    yield from doubts_alone(entry, held)
    before = held.books.about(type(entry), entry.id) if entry.id else held.books.all(type(entry))[-1:]
    if entry.opens and before:
        yield Doubt(entry.about, f"{entry.id!r} is taken, by row {before[0].seq}", "Choose another id.", True)
    elif any(one.entry == entry for one in before):
        yield Doubt("", "is in the books already", "Leave it out.", True)
    if entry.source.startswith(SINGLE_USE) and (same := entered_by(held.books, type(entry), entry.source)):
        yield Doubt("source", f"was used already, for row {same.seq}", "Nothing was entered twice.", True)
