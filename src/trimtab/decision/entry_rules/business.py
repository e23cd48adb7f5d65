"""Rules of business counts: they belong to an incident, make sense, and count no stretch of time twice."""

from collections.abc import Iterator, Mapping

from trimtab.decision.entry_rules.doubt import Doubt, Held, Rule, there_is
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.business import Business
from trimtab.evidence.entries.incidents import IncidentOpened

_HOUR = 3_600_000_000


def _business(entry: Business, held: Held) -> Iterator[Doubt]:
    yield from there_is(IncidentOpened, entry.incident, held, "incident")
    if entry.since >= entry.at:
        yield Doubt("since", "is not before the end", "`at` is the end of the stretch.")
        return
    if entry.what == "churn" and not (entry.of >= 1 and 0 <= entry.value <= entry.of and entry.value % 1 == 0):
        yield Doubt("of", f"{entry.value:g} of {entry.of:,} customers is no share", "Give whole customers.")
    if entry.what == "downtime" and not 0.0 <= entry.value <= (entry.at - entry.since) / _HOUR:
        yield Doubt("value", "is not within the hours of the stretch", "Give hours.")
    for one in held.books.all(Business):
        other = one.entry
        same = (other.incident, other.what, other.unit) == (entry.incident, entry.what, entry.unit)
        if same and other.group != entry.group:
            yield Doubt("group", f"{entry.unit} was {other.group} in row {one.seq}", "It was met by it, or it was not.")
            return
        if same and other.since < entry.at and entry.since < other.at:
            yield Doubt("since", f"overlaps with row {one.seq}, so it would count twice", "Begin where it ended.")
            return


RULES: Mapping[type[Entry], Rule] = {Business: _business}
