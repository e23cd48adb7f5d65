"""Rules of cost lines: one currency, what they belong to exists, and a line is corrected once."""

from collections.abc import Iterator, Mapping

from trimtab.decision.entry_rules.doubt import Doubt, Held, Rule, in_currency, known_team, there_is
from trimtab.decision.entry_rules.money import paid_from
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.findings import FindingOpened
from trimtab.evidence.entries.incidents import IncidentOpened
from trimtab.evidence.entries.spending import Spent


def _spent(entry: Spent, held: Held) -> Iterator[Doubt]:
    yield from in_currency(entry, held)
    yield from known_team(entry, held)
    yield from there_is(IncidentOpened, entry.incident, held, "incident")
    yield from there_is(FindingOpened, entry.finding, held, "finding")
    yield from there_is(Spent, entry.instead_of, held, "instead_of")
    if entry.instead_of and any(one.entry.instead_of == entry.instead_of for one in held.books.all(Spent)):
        yield Doubt("instead_of", f"{entry.instead_of} was corrected before", "Correct the line that took its place.")
    for one in held.books.about(Spent, entry.instead_of) if entry.instead_of else ():
        if one.entry.request != entry.request:  # or what a request has spent would be spent twice
            was = one.entry.request or "no request"
            yield Doubt(
                "request", f"{entry.instead_of} was paid from {was}", "Correct it to 0, and enter another line."
            )
    if entry.request:
        yield from paid_from(entry.request, entry.amount, entry.instead_of, held)


RULES: Mapping[type[Entry], Rule] = {Spent: _spent}
