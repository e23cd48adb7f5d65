"""All there is to tell of one KPI: its definition, its readings, its history, and what they rest on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

from trimtab.decision.kpis.asked import Asked
from trimtab.decision.kpis.reading import KpiReading, read, subjects
from trimtab.decision.kpis.table import details_of
from trimtab.decision.payload import seen_payload
from trimtab.decision.period import Period
from trimtab.evidence.entries import ENTRIES
from trimtab.evidence.entries.counts import Counted
from trimtab.kinds import Estimate, Missing
from trimtab.policy.controls import catalogue
from trimtab.policy.kpi_catalogue import SCOPES, KpiFacts, kpi_catalogue

QUARTERS = 4
"""How many are shown, the one that is asked for included."""
MOST_ROWS = 12


class EvidenceRow(NamedTuple):
    """A row of the ledger that a reading rests on; `at` is when it happened, in microseconds since the epoch, UTC."""

    seq: int
    kind: str
    id: str
    system: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiPage:
    """One KPI. The first reading is of whom the page is asked for; `history` is theirs, the oldest quarter first."""

    facts: KpiFacts
    readings: Sequence[KpiReading]
    history: Mapping[str, Estimate | Missing]
    details: Mapping[str, Estimate | Missing]
    rows: Sequence[EvidenceRow]  # the newest first
    row_count: int
    links: Sequence[str]

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "definition": asdict(self.facts),
            "readings": [one.payload() for one in self.readings],
            "history": {name: seen_payload(seen) for name, seen in self.history.items()},
            "details": {name: seen_payload(seen) for name, seen in self.details.items()},
            "evidence": [one._asdict() for one in self.rows],
            "evidence_rows": self.row_count,
            "links": list(self.links),
        }


def page_of(kpi: str, asked: Asked) -> KpiPage:
    """The page of a KPI.

    Raises:
        KeyError: There is no such KPI.
    """
    facts = kpi_catalogue()[kpi]
    whom = [asked] if asked.system or asked.team else [asked.of(*one) for one in subjects(asked.policy, kpi, SCOPES)]
    rows = _rows(asked, facts)
    spec = asked.policy.kpis.get(kpi)
    answering = [control.link for control in catalogue().controls.values() if kpi in control.metrics]
    return KpiPage(
        facts=facts,
        readings=[read(kpi, one) for one in whom],
        history={period.name: read(kpi, replace(asked, period=period)).seen for period in _quarters(asked.period)},
        details=details_of(kpi, asked),
        rows=rows[:MOST_ROWS],
        row_count=len(rows),
        links=[*(spec.links if spec else ()), *answering],
    )


# -- parts ---------------------------------------------------------------------------------


def _quarters(last: Period) -> list[Period]:
    found = [last]
    while len(found) < QUARTERS:
        found.append(found[-1].before())
    return found[::-1]


def _rows(asked: Asked, facts: KpiFacts) -> list[EvidenceRow]:
    found: list[EvidenceRow] = []
    for name in facts.entries:
        kind = ENTRIES.get(name)
        for kept in asked.within(kind) if kind else ():
            entry = kept.entry
            if not (isinstance(entry, Counted) and entry.kpi != facts.id):
                found.append(EvidenceRow(kept.seq, name, entry.id, entry.system, entry.at))
    if "budget" in facts.entries:
        found += [
            EvidenceRow(one.seq, "budget", one.metric, one.system, one.time)
            for one in asked.budgets
            if one.time < asked.end and asked.system in ("", one.system)
        ]
    spec = asked.policy.kpis.get(facts.id)
    for one in asked.decisions if spec and spec.metrics else ():
        if one.time < asked.end and asked.system in ("", one.system):
            found.append(EvidenceRow(0, "decision", one.run, one.system, one.time))
    return sorted(found, key=lambda row: (-row.at, -row.seq))
