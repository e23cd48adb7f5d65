"""Whoever asks never consents: why somebody may not decide on a consent, for pages that would let them try.

The books refuse it as well, whatever comes in by which way; a page that shows a form which can only fail is no page.
"""

from trimtab.decision.signers import flaws_of_acceptance, gone
from trimtab.errors import UsageError
from trimtab.evidence.entries.consents import Asked, ConsentDecided, ConsentRequested, ConsentSigned, EmergencyDeclared
from trimtab.serve.pages.access.person import Person
from trimtab.serve.pages.snapshot import Snapshot

RISK_OWNERS = frozenset(("risk-owner",))


def why_not(person: Person, now: Snapshot, consent: str, *, roles: frozenset[str] = RISK_OWNERS) -> str:
    """Why somebody may not decide on a request, or sign what was decided; empty if they may.

    Args:
        person: Who would.
        now: The books and the policy.
        consent: Id of the request, or of an emergency.
        roles: Whom the form is for.

    Raises:
        UsageError: There is no such request.
    """
    requests = now.books.about(ConsentRequested, consent)
    emergencies = now.books.about(EmergencyDeclared, consent)
    if not requests and not emergencies:
        raise UsageError(f"there is no consent {consent[:80]!r}.", "The gates page lists them.")
    asked: Asked = (requests or emergencies)[0].entry
    if not person.may_act(roles, asked.system):
        return "You may read this, and not decide on it."
    signers = [one.entry.by for kind in (ConsentDecided, ConsentSigned) for one in now.books.about(kind, consent)]
    if person.name in [*signers, *(one.entry.by for one in emergencies)]:
        return f"{person.name} has signed it already: a second person signs."
    if emergencies:  # whoever declares is the first of two, of whom none need own the risk
        return f"{person.name} has left." if gone(person.name, now.policy, now.moment) else ""
    flaws = flaws_of_acceptance(person.name, now.policy, asked.system, requester=asked.by, at=now.moment)
    return next((f"{one.what}. {one.next_step}".strip() for one in flaws), "")
