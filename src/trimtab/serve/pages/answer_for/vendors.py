"""Vendors: where each stands, on whose word, what is due, and what it owes for a quarter."""

from collections.abc import Mapping
from dataclasses import dataclass

from trimtab.decision.vendor_sla import ClauseResult
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.serve.pages.values.money import Amount
from trimtab.serve.pages.values.readings import Seen, seen_of
from trimtab.workspace.standings import Seen as Known


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One promise of a contract against what was seen; `credit` and `bonus` in the policy's currency."""

    metric: str
    floor: float
    source: str
    verdict: str
    seen: Seen
    credit: float
    bonus: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """One vendor. Moments are microseconds since the epoch, UTC, 0 for none.

    `vouched` controls rest on somebody else's word, `attested` on the vendor's own, `silent` on nobody's.
    """

    vendor: str
    services: tuple[str, ...]
    owner: str
    tier: str
    critical: bool
    verdict: str
    band: str
    low: float | None
    high: float | None
    capped_by: tuple[str, ...]
    vouched: int
    attested: int
    silent: int
    due: int
    overdue: bool
    contract_ends: int
    findings: int
    owed: Amount
    capped: bool
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendors:
    """All of the page; critical ones first."""

    quarter: str
    currency: str
    vendors: tuple[Vendor, ...]


def vendors(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> Vendors:
    """Every vendor of the policy, with what it owes for a quarter."""
    known = Known(policy=now.policy, evidence=now.evidence, now=now.moment)
    quarter = asked.get("quarter", "")
    names = sorted(now.policy.vendors, key=lambda name: (not now.policy.vendors[name].critical, name))
    found = tuple(_vendor(now, known, name, quarter) for name in names)
    return Vendors(quarter=now.period(quarter).name, currency=now.policy.currency, vendors=found)


# -- parts ---------------------------------------------------------------------------------


def _vendor(now: Snapshot, known: Known, name: str, quarter: str) -> Vendor:
    spec, stands, owed = now.policy.vendors[name], known.standing(name), known.credit(name, now.period(quarter))
    words = stands.words()
    return Vendor(
        vendor=name,
        services=tuple(spec.services),
        owner=spec.owner,
        tier=spec.tier,
        critical=spec.critical,
        verdict=stands.card.verdict.value,
        band=stands.band or "",
        low=stands.card.score,
        high=stands.card.high,
        capped_by=tuple(stands.card.capped_by),
        vouched=words["vouched"],
        attested=words["attested"],
        silent=words["silent"],
        due=stands.due,
        overdue=stands.overdue,
        contract_ends=stands.contract_ends,
        findings=len(stands.findings),
        owed=Amount(value=owed.value, low=owed.low, high=owed.high),
        capped=owed.capped,
        clauses=tuple(_clause(one) for one in owed.clauses),
    )


def _clause(one: ClauseResult) -> Clause:
    return Clause(
        metric=one.clause.metric,
        floor=one.clause.floor,
        source=one.source,
        verdict=one.verdict.value,
        seen=seen_of(one.seen),
        credit=one.credit,
        bonus=one.bonus,
    )
