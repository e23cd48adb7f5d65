"""Scorecards of a quarter, from the ledger: what was decided and reported up to a row, under the weights in force."""

from collections.abc import Mapping
from typing import Any

from trimtab.decision.kpis.reading import read
from trimtab.decision.period import Period
from trimtab.decision.readings import Seen, seen_of
from trimtab.decision.recalibration import in_force_at
from trimtab.decision.score_payload import table_payload
from trimtab.decision.score_table import Given, Table, table
from trimtab.decision.scorecard import Scorecard
from trimtab.decision.vendors import standing
from trimtab.decision.weight_sets import InForce
from trimtab.errors import UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.published import Published
from trimtab.policy import Policy
from trimtab.policy.kpi_catalogue import kpi_catalogue
from trimtab.workspace.kpis import KpiEvidence, gather_evidence


def figures(ledger: Ledger, policy: Policy, asked: Mapping[str, Any], row: int, moment: int) -> dict[str, Any]:
    """What `scorecard` publishes; asked are `quarter`, and `subject` or nothing for all.

    Raises:
        UsageError: There are no weights for the quarter, or no such subject.
    """
    period = quarter_of(str(asked.get("quarter", "")), moment)
    if period.start > moment:
        raise UsageError(f"{period.name} has not begun.", "Ask for one that has.")
    found = table_of(gather_evidence(ledger, upto=row), policy, period, moment=moment)
    try:
        payload = table_payload(found, str(asked.get("subject", "")))
    except KeyError as error:
        known = ", ".join([*(one.system for one in found.rows), *(one.team for one in found.teams), *policy.vendors])
        raise UsageError(f"nobody is called {str(error.args[0])[:60]!r}.", f"There are {known}.") from None
    return {**payload, "published_otherwise": _otherwise(ledger, period.name, payload["weights"]["asks"], row)}


def _otherwise(ledger: Ledger, quarter: str, asks: str, upto: int) -> list[int]:
    """Rows of earlier publications of the quarter that asked for something else: an old quarter keeps its formula."""
    return [
        row.seq
        for row, record in ledger.records(upto=upto, kind=Published.kind)
        if isinstance(record, Published)
        and record.what == "scorecard"
        and record.result["period"] == quarter
        and record.result["weights"]["asks"] != asks
    ]


def table_of(
    evidence: KpiEvidence, policy: Policy, period: Period, *, moment: int, weights: InForce | None = None
) -> Table:
    """The table of a period as of a moment; by other weights than those in force if given.

    Raises:
        UsageError: The policy has no score, or no weights for the period.
    """
    if policy.score is None:
        raise UsageError("the policy has no `score`, so nothing says what counts.", "docs/how-to/scorecard.md has one.")
    found = weights or in_force_at(evidence.books, policy, period.start, policies=evidence.policies)
    if found is None:
        first = policy.score.sets[0].from_
        raise UsageError(
            f"no weights were in force when {period.name} began: the first are from {first}.",
            "Ask for a later quarter; a period is judged by the weights that were known when it began.",
        )
    given = Given(
        policy=policy,
        in_force=found,
        period=period,
        asof=moment,
        decisions=evidence.decisions,
        kpis=kpis_of(evidence, policy, found, period, moment),
        vendors={name: card_of_vendor(evidence, policy, name, min(period.end, moment)) for name in policy.vendors},
        depends={
            name: [vendor for vendor in spec.vendors if policy.vendors[vendor].critical]
            for name, spec in policy.systems.items()
        },
    )
    return table(given)


def card_of_vendor(evidence: KpiEvidence, policy: Policy, vendor: str, end: int) -> Scorecard:
    """Where a vendor stands by what happened before a moment."""
    return standing(policy, evidence.books, vendor, end=end, decisions=evidence.decisions).card


def quarter_of(name: str, moment: int) -> Period:
    """A quarter by its name; that of the moment if none is given.

    Raises:
        UsageError: It is none.
    """
    if not name:
        return Period.quarter_at(moment)
    try:
        return Period.quarter(name)
    except ValueError as error:
        raise UsageError(f"{error}.", "Leave it out for the present one.") from None


def kpis_of(
    evidence: KpiEvidence, policy: Policy, weights: InForce, period: Period, moment: int
) -> dict[str, dict[str, Seen]]:
    """By system, what the KPIs that its tier is scored on say of it, or else of the organisation."""
    asked = evidence.asked(policy, period, asof=moment)
    found: dict[str, dict[str, Seen]] = {}
    whole: dict[str, Seen | None] = {}
    for system, spec in policy.systems.items():
        scored = weights.weights.tiers.get(spec.tier)
        for name, metric in scored.metrics.items() if scored else ():
            facts = kpi_catalogue().get(name)
            if facts is None:
                continue
            if "system" in facts.scopes and metric.of == "product":
                seen = seen_of(read(name, asked.of("system", system)), asked.end)
            else:
                if name not in whole:
                    whole[name] = seen_of(read(name, asked.of("organisation")), asked.end)
                seen = whole[name]
            if seen is not None:
                found.setdefault(system, {})[name] = seen
    return found
