"""Rules of audits, documents and exemptions: controls are known, nobody audits what they own, and things end."""

from collections.abc import Iterator, Mapping

from trimtab.decision.entry_rules.doubt import Doubt, Held, Rule
from trimtab.decision.entry_rules.sides import owns
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.controls import Audited, DocumentKept, NotApplicable
from trimtab.policy.controls import catalogue

_DAY = 86_400_000_000  # microseconds
_EXEMPT_DAYS = 366
"""For so long at most something does not apply before somebody looks again."""
_EVIDENCE_DAYS = 3 * 366
"""For so long at most a test or a review counts; certificates of management systems hold three years."""


def _audited(entry: Audited, held: Held) -> Iterator[Doubt]:
    yield from known_control(entry.control, "control")
    if entry.valid_days < 1:
        yield Doubt("valid_days", "is no day", "Say for how many days the test counts.")
    elif entry.valid_days > _EVIDENCE_DAYS:
        yield Doubt("valid_days", f"is more than {_EVIDENCE_DAYS:,}", "What nobody looks at again shows nothing.")
    spec = held.policy.systems.get(entry.system)
    if spec is None:
        return
    if entry.by in (spec.owner, spec.risk_owner):
        yield Doubt("by", f"{entry.by} owns {entry.system}, and does not audit it", "Let somebody else test it.")
    elif entry.independence != "self" and _teams(entry.by, held) & (_teams(spec.owner, held) | {spec.owner}):
        yield Doubt(
            "independence",
            f"{entry.by} is of the team that owns {entry.system}, so this is no audit by another",
            "Say `self`, or let somebody else test it.",
        )


def _document(entry: DocumentKept, _: Held) -> Iterator[Doubt]:
    for link in entry.controls:
        yield from known_control(link, "controls")
    if entry.mandatory < 1:
        yield Doubt("mandatory", "is none", "Say how many sections the document must have.")
    elif entry.filled > entry.mandatory:
        yield Doubt("filled", f"is {entry.filled} of {entry.mandatory}", "Count mandatory sections only.")
    if entry.reviewed > entry.at:
        yield Doubt("reviewed", "lies after the document was entered", "`at` is when it was entered.")
    if entry.valid_until <= max(entry.reviewed, 0):
        yield Doubt("valid_until", "does not lie after the review", "Say when it must be reviewed again.")
    elif entry.valid_until > (entry.reviewed or entry.at) + _EVIDENCE_DAYS * _DAY:
        yield Doubt("valid_until", f"is more than {_EVIDENCE_DAYS:,} days away", "Say when it is reviewed again.")


def _not_applicable(entry: NotApplicable, held: Held) -> Iterator[Doubt]:
    yield from known_control(entry.control, "control")
    if entry.system and owns(entry.by, entry.system, held.policy):
        yield Doubt("by", f"{entry.by} is of those who own {entry.system}", "Let somebody else say what they owe.")
    if entry.until <= entry.at:
        yield Doubt("until", "does not lie after the statement", "Say when somebody must look again.")
    elif entry.until > entry.at + _EXEMPT_DAYS * _DAY:
        yield Doubt("until", f"is more than {_EXEMPT_DAYS} days away", "Say so again when a year is over.")


def known_control(link: str, field: str) -> Iterator[Doubt]:
    """A control that is named is one of the catalogue's, one single row of it."""
    known = catalogue()
    if link and (found := known.find(link)) is not None:
        if found.link != link:
            yield Doubt(field, f"{link} is a part of {found.link}", f"Name {found.link}.")
    elif link:
        odd = known.doubt(link)
        what = odd[0] if odd else "names no single control of the catalogue"
        yield Doubt(field, f"{link} {what}", (odd[1] if odd else "") or "`trimtab controls` lists them.")


def _teams(name: str, held: Held) -> set[str]:
    person = held.policy.people.get(name)
    if name in held.policy.teams:
        return {name}
    return {person.team} if person is not None and person.team else set()


RULES: Mapping[type[Entry], Rule] = {
    Audited: _audited,
    DocumentKept: _document,
    NotApplicable: _not_applicable,
}
