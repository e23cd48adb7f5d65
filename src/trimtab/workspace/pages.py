"""What each page shows, from the ledger up to a row, the policy and a moment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from trimtab.decision import committee_figures, funding, incidents, learning, liaison, registry
from trimtab.decision.kpis.page import KpiPage
from trimtab.decision.kpis.reading import KpiReading
from trimtab.decision.period import Period
from trimtab.decision.vendor_sla import Credit
from trimtab.decision.vendors import VendorStanding
from trimtab.errors import UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.notes import Note
from trimtab.kinds import Estimate, Missing
from trimtab.policy import Policy
from trimtab.report.coverage import Covered
from trimtab.workspace.consent_facts import Listed, standings
from trimtab.workspace.coverage import cover
from trimtab.workspace.kpis import KpiEvidence, gather_evidence, read_kpis, read_page
from trimtab.workspace.publishing import COMPUTED
from trimtab.workspace.reviewing import budget_states
from trimtab.workspace.standings import seen_in
from trimtab.workspace.wins import told_wins


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks for a page gives this: the ledger up to a row, the policy, arguments as JSON, a moment."""

    ledger: Ledger
    policy: Policy
    asked: Mapping[str, Any]
    row: int
    moment: int  # microseconds since the epoch, UTC: what happens from then on does not count

    @property
    def books(self) -> Books:
        """As of the row."""
        return Books.of(self.ledger, upto=self.row)

    @property
    def evidence(self) -> KpiEvidence:
        """As of the row."""
        return gather_evidence(self.ledger, upto=self.row)

    @property
    def period(self) -> Period:
        """The quarter that is asked for, or the one that has begun."""
        return (
            Period.quarter(str(self.asked["quarter"])) if self.asked.get("quarter") else Period.quarter_at(self.moment)
        )

    def said(self, name: str) -> str:
        """An argument, or empty."""
        return str(self.asked.get(name, ""))


Page = Callable[[Asking], Any]


def show(page: str, asking: Asking) -> Any:
    """What a page, or a table that can be published, shows.

    Raises:
        UsageError: There is no such page, or it cannot be asked so.
        LedgerAlteredError: A row is not what was hashed.
    """
    if page in PAGES:
        return PAGES[page](asking)
    if page not in COMPUTED:
        raise UsageError(f"there is no page {page[:40]!r}.", f"There are {', '.join(sorted({*PAGES, *COMPUTED}))}.")
    module, _, function = COMPUTED[page].partition(":")
    compute = getattr(import_module(module), function)
    return compute(asking.ledger, asking.policy, asking.asked, asking.row, asking.moment)


def _board(of: Asking) -> list[KpiReading]:
    return read_kpis(of.evidence, of.policy, of.period, asof=of.moment, scopes=("organisation",))


def _kpi_page(of: Asking) -> KpiPage:
    whom = {name: of.said(name) for name in ("system", "team")}
    return read_page(of.evidence, of.policy, of.said("kpi"), of.period, asof=of.moment, **whom)


def _consents(of: Asking) -> list[Listed]:
    return standings(of.ledger, of.policy, of.said("system"), at=of.moment)


def _committee(of: Asking) -> Any:
    return committee_figures.committee_figures(of.policy, of.books, quarter=of.period.name, asof=of.moment)


def _vendors(of: Asking) -> dict[str, tuple[VendorStanding, Credit]]:
    seen, period = seen_in(of.ledger, of.policy, upto=of.row, now=of.moment), of.period
    return {name: (seen.standing(name), seen.credit(name, period)) for name in of.policy.vendors}


def _frameworks(of: Asking) -> Covered:
    names = tuple(of.asked.get("frameworks", ()))
    return cover(of.ledger, of.policy, moment=of.moment, frameworks=names, system=of.said("system"), upto=of.row)


def _registry(of: Asking) -> tuple[registry.Standing, Estimate | Missing, Estimate | Missing]:
    books, policy, end = of.books, of.policy, of.moment
    standing = registry.standing(books, policy, end=end)
    return standing, registry.completeness(books, policy, end=end), registry.lineage(books, policy, end=end)


def _notes(of: Asking) -> Sequence[Kept[Note]]:
    return of.books.all(Note)[::-1][: int(of.asked.get("most", 100))]


PAGES: Mapping[str, Page] = {
    "board": _board,
    "budget": lambda of: list(funding.fundings(of.books, asof=of.moment)),
    "committee-page": _committee,
    "consents": _consents,
    "error-budgets": lambda of: list(budget_states(of.ledger, upto=of.row)),
    "findings": lambda of: list(incidents.findings(of.books, before=of.moment)),
    "frameworks": _frameworks,
    "incidents": lambda of: list(incidents.incidents(of.books, before=of.moment)),
    "kpi-page": _kpi_page,
    "learning": lambda of: learning.holdings(of.policy, of.books, end=of.moment),
    "liaison": lambda of: liaison.board(of.policy, of.books, end=of.moment),
    "notes": _notes,
    "registry": _registry,
    "runs": lambda of: of.ledger.runs(),
    "vendors-page": _vendors,
    "wins": lambda of: list(told_wins(of.ledger, of.books, currency=of.policy.currency)),
}
"""Pages that are no published tables; those of `publishing.COMPUTED` can be asked for as well."""
