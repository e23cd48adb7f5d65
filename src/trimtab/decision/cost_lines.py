"""Cost lines as they stand: a line that was wrong is replaced by the one entered instead of it, once."""

from collections.abc import Sequence

from trimtab.decision.period import Period
from trimtab.evidence.books import Books
from trimtab.evidence.entries.findings import FindingOpened
from trimtab.evidence.entries.incidents import IncidentOpened
from trimtab.evidence.entries.spending import Spent


def standing_lines(books: Books, period: Period | None = None, *, asof: int | None = None) -> list[tuple[int, Spent]]:
    """The lines that count, each with the moment of its cost: that of the first line, however often it was corrected.

    Args:
        books: All entries that may be known.
        period: Only costs that lie in it.
        asof: Lines entered with `at` after this moment do not count, corrections included.
    """
    known = {one.entry.spend: one.entry for one in books.all(Spent) if asof is None or one.entry.at <= asof}
    replaced = {one.instead_of for one in known.values() if one.instead_of}
    found = []
    for one in known.values():
        if one.spend in replaced:
            continue
        first = one
        while first.instead_of in known:
            first = known[first.instead_of]
        if period is None or period.holds(first.at):
            found.append((first.at, one))
    return found


def of_system(books: Books, line: Spent) -> str:
    """The system of a cost: as the line says, or what it puts right."""
    if line.system:
        return line.system
    if line.incident and (kept := books.about(IncidentOpened, line.incident)):
        return kept[0].entry.system
    if line.finding and (found := books.about(FindingOpened, line.finding)):
        return found[0].entry.system
    return ""


def total(lines: Sequence[tuple[int, Spent]]) -> int:
    """Hundredths of the currency."""
    return sum(one.amount for _, one in lines)
