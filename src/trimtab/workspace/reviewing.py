"""The quarterly review pack, computed from the ledger up to a row, so that it comes out the same again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trimtab.decision.agenda import (
    Adopted,
    BudgetState,
    Item,
    Review,
    Section,
    budgets,
    decisions_made,
    findings_by_age,
    incidents_of,
    lapsing,
    new_products,
    over_time,
    policy_changes,
    regulation,
    section,
)
from trimtab.decision.agenda_consents import consents
from trimtab.decision.agenda_registry import data_governance, registered_in
from trimtab.decision.agenda_vendors import vendor_bands
from trimtab.decision.benefits import before_and_after, quarters
from trimtab.decision.incidents import findings, incidents
from trimtab.decision.period import Period
from trimtab.decision.registered import registry_of
from trimtab.decision.scope import exemptions
from trimtab.decision.wins import PARTS
from trimtab.errors import UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.records import PolicyAdopted
from trimtab.evidence.watching import BudgetChanged
from trimtab.policy import Policy
from trimtab.policy.diff import diff
from trimtab.report.coverage import Covered
from trimtab.workspace.consents_at import consents_at
from trimtab.workspace.coverage import cover, gates
from trimtab.workspace.recalibrating import recalibration_items
from trimtab.workspace.redteam import policy_of_baseline
from trimtab.workspace.wins import told_wins

_QUARTERS = 4  # that are shown side by side
_SOURCES: tuple[tuple[str, str, str], ...] = (
    ("recalibration", "Recalibration", "No change of weights or floors was proposed."),
)


def review(
    ledger: Ledger, policy: Policy, *, quarter: str, row: int, moment: int, covered: Covered | None = None
) -> Review:
    """The pack of a quarter, from the first `row` rows, as of a moment.

    `covered` is what `cover` gives of all frameworks for the same row and moment, for whoever has it.

    Raises:
        UsageError: There is no such quarter, or it has not begun.
    """
    period = _period(quarter)
    if period.start > moment:
        raise UsageError(f"{quarter} has not begun.", f"Name {Period.quarter_at(moment).name} or one before.")
    books = Books.of(ledger, upto=row)
    adopted = adoptions(ledger, upto=row)
    covered = covered or cover(ledger, policy, moment=moment, upto=row)
    end = min(moment, period.end - 1)
    registry = registry_of(books, policy, end=end + 1)
    named = [Period.quarter_at(moment_of).name for moment_of in _starts(period, _QUARTERS)]
    parts = [
        policy_changes(adopted, period),
        decisions_made(gates(ledger, upto=row), period),
        incidents_of(incidents(books), period, moment),
        registered_in(books, registry, period),
        new_products(list(policy.systems), adopted, covered.coverage.cells, period, moment),
        data_governance(registry),
        regulation(covered.catalogue, moment),
        lapsing(covered.coverage.cells, exemptions(books), moment),
        consents(consents_at(ledger, policy, books, moment=moment), period, asof=moment),
        findings_by_age(findings(books), end),
        budgets(budget_states(ledger, upto=row), period, moment),
        vendor_bands(policy, books, [one for _, _, one in gates(ledger, upto=row)], end=end + 1),
        _elsewhere("recalibration", ledger, books),
        over_time(quarters(books, named, asof=moment), currency=policy.currency),
        _wins(ledger, books, period, moment, policy.currency),
    ]
    return Review(
        quarter=period.name,
        asof=moment,
        row=row,
        policy=policy.digest,
        organisation=policy.organisation,
        sections=tuple(parts),
    )


def review_figures(
    ledger: Ledger, policy: Policy, asked: Mapping[str, Any], row: int, moment: int
) -> Mapping[str, Any]:
    """What `publish` computes of a review; asked is `quarter`."""
    return review(ledger, policy, quarter=str(asked["quarter"]), row=row, moment=moment).payload()


def benefit_figures(
    ledger: Ledger, policy: Policy, asked: Mapping[str, Any], row: int, moment: int
) -> Mapping[str, Any]:
    """What `publish` computes of benefits: quarters, and means before and after.

    Asked are `since`, a quarter, `quarters`, how many up to the one that has begun, and `system` or empty.

    Raises:
        UsageError: No quarter lies before, or none after.
    """
    since, system = str(asked["since"]), str(asked.get("system", ""))
    _period(since)
    if system and system not in policy.systems:
        raise UsageError(f"there is no system {system[:80]!r} in the policy.", f"It has {', '.join(policy.systems)}.")
    last = Period.quarter_at(moment)
    names = [Period.quarter_at(at).name for at in _starts(last, int(asked.get("quarters", 8)))]
    found = quarters(Books.of(ledger, upto=row), names, asof=moment, system=system)
    try:
        sides = before_and_after(found, since=since)
    except ValueError as error:
        raise UsageError(f"{error}.", "Name a quarter among them with --since.") from None
    return {
        "quarters": [
            {
                "name": one.name,
                "incidents": one.incidents,
                "severe": one.severe,
                "down_hours": one.down,
                "correction": one.correction,
                "passed": one.passed,
            }
            for one in found
        ],
        **sides,
    }


def adoptions(ledger: Ledger, *, upto: int) -> tuple[Adopted, ...]:
    """The policies of a ledger in the order in which they came into it, each against the one before.

    Those that a red team attacks by were adopted by nobody.
    """
    found: list[Adopted] = []
    before: Policy | None = None
    for row, record in ledger.records(upto=upto, kind=PolicyAdopted.kind):
        if not isinstance(record, PolicyAdopted):
            continue
        policy = Policy.model_validate_json(record.text)
        if policy_of_baseline(policy):
            continue
        found.append(
            Adopted(
                row=row.seq,
                at=row.time,
                digest=row.policy,
                systems=tuple(policy.systems),
                diff=diff(before, policy) if before is not None else None,
            )
        )
        before = policy
    return tuple(found)


def budget_states(ledger: Ledger, *, upto: int) -> Iterable[BudgetState]:
    """Every state that an error budget came into."""
    for row, record in ledger.records(upto=upto, kind=BudgetChanged.kind):
        if isinstance(record, BudgetChanged):
            yield BudgetState(
                system=row.system,
                metric=record.metric,
                state=str(record.budget.get("state", "unknown")),
                spent=float(record.budget.get("spent", 0.0)),
                reason=str(record.budget.get("reason", "")),
                at=row.time,
                row=row.seq,
            )


def _elsewhere(name: str, ledger: Ledger, books: Books) -> Section:
    """A part that other records feed; those that nothing feeds yet say that nothing was recorded."""
    title, nothing = next((title, nothing) for key, title, nothing in _SOURCES if key == name)
    return section(name, title, nothing, _FED.get(name, _nothing)(ledger, books))


def _nothing(_: Ledger, __: Books) -> Sequence[Item]:
    return ()


_FED: Mapping[str, Any] = {"recalibration": recalibration_items}
"""By name of a part, the function that makes its items from the ledger and the books."""


def _wins(ledger: Ledger, books: Books, period: Period, moment: int, currency: str) -> Section:
    items = []
    for one in told_wins(ledger, books, asof=moment, currency=currency):
        if not period.holds(one.at):
            continue
        items.append(Item(words=f"{one.win.title} ({one.win.win})", system=one.win.system, at=one.at, rows=one.rows))
        for part, heading in PARTS.items():
            its = [sentence for sentence in one.sentences if sentence.part == part]
            for place, sentence in enumerate(its):
                items.append(Item(words=sentence.text if place else f"{heading}: {sentence.text}", at=one.at))
                items += [Item(words=f"Stale: {said}.", at=one.at) for said in sentence.stale]
    return section("wins", "Wins", "No win was told.", items)


def _period(quarter: str) -> Period:
    try:
        return Period.quarter(quarter)
    except ValueError as error:
        raise UsageError(f"{error}.", "A quarter is written 2026-Q3.") from None


def _starts(last: Period, count: int) -> list[int]:
    """When the last `count` quarters began, the oldest first."""
    found = [last]
    while len(found) < count:
        found.append(found[-1].before())
    return [one.start for one in reversed(found)]
