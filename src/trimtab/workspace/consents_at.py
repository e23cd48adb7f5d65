"""Where every consent stood when a ledger had so many rows, as of a moment."""

from collections.abc import Iterator

from trimtab.decision.agenda_consents import Consented
from trimtab.decision.consent_lapses import Now
from trimtab.decision.consents import standing_of
from trimtab.evidence import Ledger
from trimtab.evidence.as_of import LedgerAsOf
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.consents import ConsentRequested, EmergencyDeclared
from trimtab.policy import Policy
from trimtab.workspace.consent_facts import artefact_in, facts_of
from trimtab.workspace.coverage import gates


def consents_at(ledger: Ledger, policy: Policy, books: Books, *, moment: int) -> Iterator[Consented]:
    """Consents and emergencies of the books, each held against what was measured last by the books' row.

    Raises:
        MissingPackageError: `cryptography` is not installed, so that no signature can be checked.
    """
    asked: list[Kept[ConsentRequested] | Kept[EmergencyDeclared]] = [
        *books.all(ConsentRequested),
        *books.all(EmergencyDeclared),
    ]
    ledger = LedgerAsOf(ledger, books.upto)
    last = {decision.system: decision.run for _, _, decision in gates(ledger, upto=books.upto)} if asked else {}
    for kept in sorted(asked, key=lambda one: one.seq):
        entry = kept.entry
        if entry.at > moment:
            continue
        system, candidate = entry.system, entry.candidate
        now = Now(at=moment, artefact="", promise="")
        if system in policy.systems and candidate in policy.systems[system].all_candidates:
            artefact = artefact_in(ledger, system, candidate, last[system]) if system in last else ""
            now = facts_of(ledger, policy, system, candidate, artefact=artefact, at=moment)
        stands = standing_of(books, policy, entry.consent, now)
        yield Consented(system=system, candidate=candidate, standing=stands, at=entry.at, row=kept.seq)
