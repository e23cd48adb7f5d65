"""Which controls are in scope for whom: what is in force, in the frameworks in use, and what does not apply."""

from collections.abc import Mapping

from trimtab.decision.applicable import applies
from trimtab.decision.audits import audit_coverage, control_test
from trimtab.decision.control_state import Exemption
from trimtab.evidence.books import Books
from trimtab.evidence.entries.controls import Audited, DocumentKept, NotApplicable
from trimtab.kinds import Estimate, Missing
from trimtab.policy.controls import catalogue
from trimtab.policy.model import Policy


def exemptions(books: Books) -> tuple[Exemption, ...]:
    """Everything that somebody says does not apply."""
    return tuple(
        Exemption(
            control=one.entry.control,
            system=one.entry.system,
            reason=one.entry.reason,
            by=one.entry.by,
            at=one.entry.at,
            until=one.entry.until,
            row=one.seq,
        )
        for one in books.all(NotApplicable)
    )


def audit_scope(
    policy: Policy, books: Books, *, moment: int, risk: Mapping[str, float] | None = None
) -> dict[tuple[str, str], float]:
    """What is to be audited: every control in force of the frameworks in use, for each system; weighed by its risk.

    A framework is in use if a metric of the policy links to it, or an audit, a document or an exemption of no later
    than then names it. What does not apply to a system is left out while somebody says so.

    Args:
        policy: Names the systems.
        books: Up to the row that is asked for.
        moment: Microseconds UTC.
        risk: By system, in any unit; 1 where nothing is said.
    """
    known = catalogue()
    named = [link for spec in policy.metrics.values() for link in spec.links]
    named += [one.entry.control for one in books.all(Audited) if one.entry.at <= moment]
    named += [link for one in books.all(DocumentKept) if one.entry.at <= moment for link in one.entry.controls]
    said_not = [one for one in exemptions(books) if one.at <= moment < one.until]
    named += [one.control for one in said_not]
    used = {link.partition(":")[0] for link in named}
    out = {(one.control, system) for one in said_not for system in ((one.system,) if one.system else policy.systems)}
    return {
        (control.link, system): (risk or {}).get(system, 1.0)
        for name in known.frameworks
        if name in used
        for control in known.of(name)
        for system in policy.systems
        if (control.link, system) not in out and (applies(control.applies).begins or 0) <= moment
    }


def audited_share(policy: Policy, books: Books, *, moment: int) -> Estimate | Missing:
    """P03 of the organisation as of a moment."""
    tests = [control_test(one) for one in books.all(Audited)]
    return audit_coverage(audit_scope(policy, books, moment=moment), tests, moment=moment)
