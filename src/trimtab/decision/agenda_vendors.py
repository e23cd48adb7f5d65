"""Where vendors stand at a quarterly review: bands, whose word they rest on, and when somebody must look again."""

from collections.abc import Sequence
from datetime import UTC, datetime

from trimtab.decision.agenda import Item, Section
from trimtab.decision.model import Decision
from trimtab.decision.vendors import VendorStanding, standing
from trimtab.evidence.books import Books
from trimtab.policy.model import Policy


def vendor_bands(policy: Policy, books: Books, decisions: Sequence[Decision], *, end: int) -> Section:
    """A line for each vendor of the policy, by what happened before `end` (microseconds UTC)."""
    found = [standing(policy, books, name, end=end, decisions=decisions) for name in policy.vendors]
    return Section(
        name="vendors",
        title="Vendors",
        nothing="The policy names no vendor.",
        items=tuple(
            Item(
                words=_told(one),
                at=one.due,
                rows=tuple(sorted({answer.latest.seq for answer in one.answers if answer.latest})),
            )
            for one in found
        ),
    )


def _told(one: VendorStanding) -> str:
    band = f"band {one.band}" if one.band else "no band, since nothing is known"
    words = ", ".join(f"{count} {word}" for word, count in one.words().items() if count)
    said = [f"{one.vendor}{' (critical)' if one.critical else ''}: {band}, {one.card.verdict}"]
    if words:
        said.append(f"of its controls {words}")
    if not one.due:
        said.append("never assessed in full")
    elif one.overdue:
        said.append(f"its assessment was due on {_day(one.due)}")
    else:
        said.append(f"assessed again by {_day(one.due)}")
    if one.contract_ends:
        said.append(f"its contract ends on {_day(one.contract_ends)}")
    if one.findings:
        said.append(f"open findings {', '.join(finding.opened.finding for finding in one.findings)}")
    return f"{'; '.join(said)}."


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1e6, UTC).date().isoformat()
