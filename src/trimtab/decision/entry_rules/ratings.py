"""Rules of ratings and appeals: nobody rates twice, and nobody answers an appeal of their own."""

from collections.abc import Iterator, Mapping

from trimtab.decision.entry_rules.doubt import Doubt, Held, Rule, there_is
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.ratings import AppealAnswered, Appealed, Rated


def _rated(entry: Rated, held: Held) -> Iterator[Doubt]:
    key = (entry.by, entry.of, entry.scale)
    if any((one.entry.by, one.entry.of, one.entry.scale) == key for one in held.books.all(Rated)):
        yield Doubt("of", f"{entry.by} has rated {entry.of} in {entry.scale}", "A rating stands.")


def _answered(entry: AppealAnswered, held: Held) -> Iterator[Doubt]:
    if missing := list(there_is(Appealed, entry.appeal, held, "appeal")):
        yield from missing
        return
    if held.books.about(AppealAnswered, entry.appeal):
        yield Doubt("appeal", f"{entry.appeal} was answered", "Whoever does not agree appeals again.")
    appeal = held.books.about(Appealed, entry.appeal)[0].entry
    if entry.by not in held.policy.people:
        yield Doubt("by", "is no person: a human decides", "Name one of `people`.")
    elif entry.by == appeal.by:
        yield Doubt("by", f"{entry.by} made the appeal", "Somebody else answers it.")


RULES: Mapping[type[Entry], Rule] = {Rated: _rated, AppealAnswered: _answered}
