"""Reads KPIs from a ledger: for the organisation, its systems, its teams, and by severity."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

import orjson

from trimtab.decision import from_payload
from trimtab.decision.hunting import Hunt, hunts_of
from trimtab.decision.kpis.asked import Asked, Budgeted
from trimtab.decision.kpis.page import KpiPage, page_of
from trimtab.decision.kpis.reading import KpiReading, read, subjects
from trimtab.decision.model import Decision
from trimtab.decision.period import Period
from trimtab.errors import UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.hunting import HuntClosed, HuntFiled, HuntOpened, HuntTriaged
from trimtab.evidence.records import BudgetChanged, Decided
from trimtab.kinds import Missing
from trimtab.policy import Policy
from trimtab.policy.keys import nearest
from trimtab.policy.kpi_catalogue import SCOPES, Scope, kpi_catalogue
from trimtab.workspace.recall import adopted_policies
from trimtab.workspace.redteam import baseline_of

_HUNTING = tuple(one.kind for one in (HuntOpened, HuntFiled, HuntTriaged, HuntClosed))


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiEvidence:
    """All that KPIs are computed from, as a ledger holds it up to a row."""

    books: Books
    decisions: Sequence[Decision]
    budgets: Sequence[Budgeted]
    hunts: Sequence[Hunt]
    upto: int
    policies: Callable[[str], Policy | None] = lambda _: None

    def asked(self, policy: Policy, period: Period, *, asof: int) -> Asked:
        """What estimators are given, for the organisation."""
        return Asked(
            books=self.books,
            policy=policy,
            period=period,
            asof=asof,
            decisions=self.decisions,
            budgets=self.budgets,
            hunts=self.hunts,
            policies=self.policies,
            memo=self.books.once(("asked", policy.digest, asof), dict),
        )


def gather_evidence(ledger: Ledger, *, upto: int | None = None) -> KpiEvidence:
    """Read what KPIs are computed from, up to a row.

    Raises:
        LedgerAlteredError: A row is not what was hashed, or holds no record.
    """
    books = Books.of(ledger, upto=upto)
    # A ledger that remembers gives books that know what was gathered for them before; rows since hold nothing for us.
    return books.once("evidence", partial(_gathered, ledger, books.upto))(books=books, upto=books.upto)


def _gathered(ledger: Ledger, upto: int) -> Callable[..., KpiEvidence]:
    """All but the books, which keep it: were they in it, neither would go before Python looks for cycles."""
    last: dict[str, Decision] = {}
    for row, record in ledger.records(kind=Decided.kind, upto=upto):
        if isinstance(record, Decided):
            last.pop(row.run, None)  # the last word on a run counts, at its place
            last[row.run] = _decision(row.payload)
    gates = tuple(one for one in last.values() if not baseline_of(one))  # a baseline decides nothing
    budgets = [
        Budgeted(row.system, record.metric, row.seq, row.time, record.budget)
        for row, record in ledger.records(kind=BudgetChanged.kind, upto=upto)
        if isinstance(record, BudgetChanged)
    ]
    hunting = [one for kind in _HUNTING for one in ledger.records(kind=kind, upto=upto)]
    return partial(
        KpiEvidence,
        decisions=gates,
        budgets=tuple(budgets),
        hunts=tuple(hunts_of(sorted(hunting, key=lambda one: one[0].seq))),
        policies=adopted_policies(ledger, upto=upto),
    )


def read_kpis(
    ledger: Ledger | KpiEvidence,
    policy: Policy,
    period: Period,
    *,
    asof: int,
    upto: int | None = None,
    ids: Sequence[str] = (),
    scopes: Sequence[Scope] = SCOPES,
    system: str = "",
    team: str = "",
) -> list[KpiReading]:
    """KPIs over a period, each for everybody that it can be read for.

    Args:
        ledger: The evidence, or what was gathered from it before.
        policy: What is asked of each KPI.
        period: Over which.
        asof: What happened later does not count; microseconds since the epoch, UTC.
        upto: The last row that counts; all if left out.
        ids: Which; those that the policy names if left out, all of the catalogue if it names none.
        scopes: For whom.
        system: Only for this system.
        team: Only for this team.

    Raises:
        UsageError: There is no such KPI, system or team.
        LedgerAlteredError: A row is not what was hashed, or holds no record.
    """
    chosen = _chosen(policy, ids)
    _known(system, policy.systems, "system")
    _known(team, policy.teams, "team")
    evidence = ledger if isinstance(ledger, KpiEvidence) else gather_evidence(ledger, upto=upto)
    asked = evidence.asked(policy, period, asof=asof)
    named: tuple[tuple[Scope, str], ...] = (("system", system), ("team", team))
    only = [one for one in named if one[1]]
    found: list[KpiReading] = []
    for kpi in chosen:
        whom = [one for one in subjects(policy, kpi, scopes) if not only or one in only]
        readings = [read(kpi, asked.of(*one)) for one in whom]
        unknown = tuple(one.name for one in readings if one.scope == "system" and isinstance(one.seen, Missing))
        found += [replace(one, unknown_systems=unknown) if one.scope == "organisation" else one for one in readings]
    return found


def read_page(
    ledger: Ledger | KpiEvidence,
    policy: Policy,
    kpi: str,
    period: Period,
    *,
    asof: int,
    system: str = "",
    team: str = "",
) -> KpiPage:
    """All there is to tell of one KPI; arguments and errors as of `read_kpis`."""
    _chosen(policy, [kpi])
    _known(system, policy.systems, "system")
    _known(team, policy.teams, "team")
    scopes = kpi_catalogue()[kpi].scopes
    for scope, name in (("system", system), ("team", team)):
        if name and scope not in scopes:
            raise UsageError(f"{kpi} is not read for a {scope}.", f"It is read for: {', '.join(scopes)}.")
    evidence = ledger if isinstance(ledger, KpiEvidence) else gather_evidence(ledger)
    return page_of(kpi, replace(evidence.asked(policy, period, asof=asof), system=system, team=team))


def compute(ledger: Ledger, policy: Policy, asked: Mapping[str, Any], row: int, asof: int) -> Mapping[str, Any]:
    """What `trimtab kpi --publish` publishes, for `workspace.publishing`.

    `asked` holds `quarter`, and `ids`, `system`, `team` where only those are meant.
    """
    readings = read_kpis(
        ledger,
        policy,
        Period.quarter(str(asked["quarter"])),
        asof=asof,
        upto=row,
        ids=tuple(asked.get("ids", ())),
        system=str(asked.get("system", "")),
        team=str(asked.get("team", "")),
    )
    # What was read is JSON: tuples as lists, so that it is equal to what the ledger gives back.
    result: Mapping[str, Any] = orjson.loads(orjson.dumps({"kpis": [one.payload() for one in readings]}))
    return result


# -- parts ---------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def _decision(payload: str) -> Decision:
    """Read once for all rows up to which somebody asks, as replaying does."""
    return from_payload(orjson.loads(payload))


def _chosen(policy: Policy, ids: Sequence[str]) -> list[str]:
    known = kpi_catalogue()
    for kpi in ids:
        if kpi not in known:
            close = nearest(kpi, known)
            step = close if close.startswith("Did") else "`trimtab kpi --all` lists all."
            raise UsageError(f"there is no KPI {kpi[:20]!r}.", step)
    wanted = set(ids) or set(policy.kpis) or set(known)
    return [kpi for kpi in known if kpi in wanted]


def _known(name: str, names: Mapping[str, Any], what: str) -> None:
    if name and name not in names:
        raise UsageError(f"there is no {what} {name[:60]!r} in the policy.", nearest(name, names))
