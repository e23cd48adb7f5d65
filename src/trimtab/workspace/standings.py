"""What vendors, the liaison board and learning are judged by: the books and the decisions of a ledger, up to a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab.decision.kpis.asked import Asked
from trimtab.decision.period import Period
from trimtab.decision.vendor_sla import Credit, credit_of
from trimtab.decision.vendors import VendorStanding, standing
from trimtab.errors import UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.kinds import Estimate
from trimtab.policy import Policy, load_policy
from trimtab.policy.keys import nearest
from trimtab.workspace.kpis import KpiEvidence, gather_evidence
from trimtab.workspace.location import DEFAULT_LEDGER


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A policy, and what the ledger holds: `now` in microseconds since the epoch, UTC."""

    policy: Policy
    evidence: KpiEvidence
    now: int

    @property
    def books(self) -> Books:
        """What was entered."""
        return self.evidence.books

    @property
    def end(self) -> int:
        """What happened before this moment counts: everything up to now, what is entered this very moment included."""
        return self.now + 1

    def asked(self, period: Period) -> Asked:
        """The input of an estimator for a period."""
        return self.evidence.asked(self.policy, period, asof=self.end)

    def standing(self, vendor: str) -> VendorStanding:
        """Where a vendor stands now.

        Raises:
            UsageError: There is no such vendor.
        """
        self.known(vendor)
        return standing(self.policy, self.books, vendor, end=self.end, decisions=self.evidence.decisions)

    def credit(self, vendor: str, period: Period) -> Credit:
        """What a vendor owes for a period.

        Raises:
            UsageError: There is no such vendor.
        """
        self.known(vendor)
        return credit_of(self.asked(period), vendor)

    def known(self, vendor: str) -> None:
        """Raise UsageError unless there is such a vendor."""
        if vendor not in self.policy.vendors:
            listed = nearest(vendor, self.policy.vendors) or "Name some under `vendors`."
            raise UsageError(f"the policy has no vendor {vendor[:80]!r}.", listed)


def see(policy: Path, ledger: str = "", *, before: int | None = None) -> Seen:
    """Read a policy, and everything in a ledger that vendors, the board and learning are judged by.

    What happened from `before` on (microseconds since the epoch, UTC) does not count; left out, everything does.

    Raises:
        PolicyError: The policy is none.
        LedgerError: The ledger cannot be read.
    """
    loaded = load_policy(policy)
    with Ledger.open(_there(ledger)) as opened:
        return seen_in(opened, loaded, now=None if before is None else before - 1)


def seen_in(ledger: Ledger, policy: Policy, *, upto: int | None = None, now: int | None = None) -> Seen:
    """The same of a ledger that is open, up to a row."""
    moment = now if now is not None else ledger.now()
    return Seen(policy=policy, evidence=gather_evidence(ledger, upto=upto), now=moment)


def vendors_published(
    ledger: Ledger, policy: Policy, asked: Mapping[str, Any], row: int, asof: int
) -> Mapping[str, Any]:
    """Every vendor's standing and credits, as they are published; `asked` has the quarter."""
    seen = seen_in(ledger, policy, upto=row, now=asof)
    period = Period.quarter(str(asked["quarter"]))
    return {
        name: {"standing": seen.standing(name).payload(), "credit": credit_data(seen.credit(name, period))}
        for name in policy.vendors
    }


def credit_data(credit: Credit) -> dict[str, Any]:
    """JSON form of what is owed."""
    return {
        "vendor": credit.vendor,
        "value": credit.value,
        "low": credit.low,
        "high": credit.high,
        "capped": credit.capped,
        "missing": list(credit.missing),
        "clauses": [
            {
                "metric": one.clause.metric,
                "floor": one.clause.floor,
                "source": one.source,
                "verdict": str(one.verdict),
                "seen": None
                if not isinstance(one.seen, Estimate)
                else {"value": one.seen.value, "low": one.seen.interval.low, "high": one.seen.interval.high},
                "shortfall": list(one.shortfall),
                "credit": one.credit,
                "bonus": one.bonus,
                "rows": list(one.rows),
                "run": one.run,
            }
            for one in credit.clauses
        ],
    }


def _there(ledger: str) -> str:
    """Where the ledger is; its folder is made if it is the usual one."""
    if not ledger:
        Path(DEFAULT_LEDGER).parent.mkdir(exist_ok=True)
    return ledger or DEFAULT_LEDGER
