"""Rules of vendors: what is answered was asked, somebody else's word rests on something, and nothing counts twice."""

from collections.abc import Iterator, Mapping

from trimtab.decision.entry_rules.doubt import Doubt, Held, Rule
from trimtab.decision.entry_rules.sides import sides_of
from trimtab.decision.period import Period
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.vendors import VendorAnswered, VendorCounted
from trimtab.policy.vendor_rules import asked_of


def known_vendor(name: str, held: Held) -> Iterator[Doubt]:
    """A vendor that is named is one of the policy's."""
    if name and name not in held.policy.vendors:
        listed = ", ".join(list(held.policy.vendors)[:12]) or "none"
        yield Doubt("vendor", f"there is no vendor {name!r} in the policy", f"Its vendors: {listed}.")


def _independent(entry: VendorAnswered | VendorCounted, held: Held) -> Iterator[Doubt]:
    """Whoever answers for a vendor here is not another team; an outsider's report anybody may hand in."""
    mine = sides_of(entry.by, held.policy) & sides_of(held.policy.vendors[entry.vendor].owner, held.policy)
    if entry.independence == "other-team" and mine:
        yield Doubt("by", f"{entry.by} answers for {entry.vendor}, and is no other team", "Let another team say so.")


def _answered(entry: VendorAnswered, held: Held) -> Iterator[Doubt]:
    if missing := list(known_vendor(entry.vendor, held)):
        yield from missing
        return
    yield from _independent(entry, held)
    if entry.control not in asked_of(held.policy.vendors[entry.vendor].asks):
        command = f"`trimtab vendor questionnaire {entry.vendor}` lists what is."
        yield Doubt("control", f"{entry.control} is not asked of {entry.vendor}", command)
    if entry.independence != "self" and entry.answer in ("met", "partly") and not entry.evidence:
        yield Doubt("evidence", "is missing: whoever vouches for a vendor says what for", "Name a report or a link.")


def _counted(entry: VendorCounted, held: Held) -> Iterator[Doubt]:
    if missing := list(known_vendor(entry.vendor, held)):
        yield from missing
        return
    yield from _independent(entry, held)
    clauses = [clause.metric for clause in held.policy.vendors[entry.vendor].sla]
    if entry.clause not in clauses:
        yield Doubt("clause", f"{entry.vendor} promises nothing of {entry.clause}", f"It does of {', '.join(clauses)}.")
    if not entry.of or entry.hits > entry.of:
        yield Doubt("of", f"{entry.hits:,} of {entry.of:,} is no share", "Correct one of the two.")
    if entry.since >= entry.at:
        yield Doubt("since", "is not before the end of the count", "`at` is the end.")
    elif entry.at > Period.quarter_at(entry.since).end:
        yield Doubt("since", "lies in another quarter than the end", "Count each quarter for itself.")
    for one in held.books.all(VendorCounted):
        other = one.entry
        alike = (other.vendor, other.clause) == (entry.vendor, entry.clause)
        same_word = (other.independence == "self") == (entry.independence == "self")
        if alike and same_word and other.since < entry.at and entry.since < other.at:
            yield Doubt("since", f"overlaps with row {one.seq}, so it would count twice", "Begin where it ended.")
            return


RULES: Mapping[type[Entry], Rule] = {VendorAnswered: _answered, VendorCounted: _counted}
