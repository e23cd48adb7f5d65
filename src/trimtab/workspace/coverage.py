"""Gathers what the ledger has to say to controls, and holds the catalogue against it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from trimtab import __version__
from trimtab.decision import Decision, from_payload
from trimtab.decision.audits import audit_answer, control_test
from trimtab.decision.control_state import Answer
from trimtab.decision.decided import decided_answers
from trimtab.decision.documents import document_answers, documents_of
from trimtab.decision.frameworks import coverage
from trimtab.decision.period import Period
from trimtab.decision.scope import exemptions
from trimtab.evidence import Decided, Ledger
from trimtab.evidence.entries.controls import Audited
from trimtab.kinds import Missing
from trimtab.policy import Policy
from trimtab.policy.controls import Catalogue, catalogue
from trimtab.policy.kpi_catalogue import kpi_catalogue
from trimtab.report.coverage import Covered
from trimtab.workspace.kpis import KpiEvidence, gather_evidence, read_kpis
from trimtab.workspace.redteam import baseline_of


def cover(
    ledger: Ledger,
    policy: Policy,
    *,
    moment: int,
    frameworks: Sequence[str] = (),
    system: str = "",
    expiring_days: int = 30,
    upto: int | None = None,
) -> Covered:
    """Every control of these frameworks, or of all, against the evidence up to a row, as of a moment."""
    known = catalogue()
    names = tuple(frameworks) or tuple(known.frameworks)
    evidence = gather_evidence(ledger, upto=upto)
    books = evidence.books
    answers = answers_of(ledger, policy, evidence, moment=moment)
    exempt = exemptions(books)
    linked, unmatched = links(policy, known)
    by_kpi: dict[str, list[str]] = {}
    for kpi, spec in policy.kpis.items():
        for link in spec.links:
            if (control := known.find(link)) is None:
                unmatched = (*unmatched, link)
            else:
                by_kpi.setdefault(control.link, []).append(kpi)
    controls = [
        replace(one, metrics=tuple(dict.fromkeys((*one.metrics, *by_kpi.get(one.link, ())))))
        for name in names
        for one in known.of(name)
    ]
    found = coverage(
        controls,
        (system,) if system else tuple(policy.systems),
        answers,
        moment=moment,
        linked=linked,
        exemptions=exempt,
        expiring_days=expiring_days,
    )
    return Covered(
        coverage=found,
        catalogue=known,
        frameworks=names,
        answers=answers,
        exemptions=exempt,
        organisation=policy.organisation,
        policy=policy.digest,
        row=books.upto,
        version=__version__,
        unmatched=unmatched,
    )


def answers_of(ledger: Ledger, policy: Policy, evidence: KpiEvidence, *, moment: int) -> tuple[Answer, ...]:
    """Everything that answers a control: decisions of runs, KPIs, audits, documents."""
    books, upto = evidence.books, evidence.upto
    return (
        *(
            answer
            for seq, time, decision in decisions(ledger, upto=upto)
            for answer in decided_answers(decision, row=seq, at=time)
        ),
        *kpi_answers(evidence, policy, moment=moment),
        *(audit_answer(control_test(one)) for one in books.all(Audited)),
        *document_answers(documents_of(books)),
    )


def kpi_answers(evidence: KpiEvidence, policy: Policy, *, moment: int) -> tuple[Answer, ...]:
    """What the KPIs of the policy say: of the quarter that goes on, and of the one before until this one is over.

    A KPI is of a quarter, and what it said of earlier ones is said of them.

    A KPI that can be read for systems answers for each of them alone: that the organisation as a whole does well says
    nothing of one system. Its row is the last that it was computed from.
    """
    ids = [kpi for kpi, spec in policy.kpis.items() if spec.floor is not None or spec.tiers]
    if not ids:
        return ()
    now = Period.quarter_at(moment)
    found = []
    next_ = Period.quarter_at(now.end)
    for period, at, until in ((now.before(), now.start - 1, now.end), (now, moment, next_.end)):
        for one in read_kpis(evidence, policy, period, asof=moment, ids=ids, scopes=("organisation", "system")):
            of_systems = "system" in kpi_catalogue()[one.kpi].scopes
            if isinstance(one.seen, Missing) or (of_systems and one.scope == "organisation"):
                continue
            found.append(
                Answer(
                    kpi=one.kpi,
                    subject=one.name,
                    verdict=one.verdict,
                    at=at,
                    valid_until=until,
                    row=evidence.upto,
                    words=f"{one.kpi} of {one.period}: {one.why}",
                )
            )
    return tuple(found)


def links(policy: Policy, known: Catalogue) -> tuple[dict[str, dict[str, list[str]]], tuple[str, ...]]:
    """By system and control, the metrics that link to it and are asked of the system; and links that name no row.

    A metric is asked of a system if its tier has a floor for it, or if it is a red line.
    """
    unmatched: dict[str, None] = {}
    by_metric: dict[str, list[str]] = {}
    for name, spec in policy.metrics.items():
        for link in spec.links:
            control = known.find(link)
            if control is None:
                unmatched[link] = None
            else:
                by_metric.setdefault(name, []).append(control.link)
    found: dict[str, dict[str, list[str]]] = {}
    for system, its in policy.systems.items():
        asked = dict.fromkeys((*policy.tiers[its.tier].floors, *policy.red_lines))
        found[system] = {}
        for metric in asked:
            for control_link in by_metric.get(metric, ()):
                found[system].setdefault(control_link, []).append(metric)
    return found, tuple(unmatched)


def decisions(ledger: Ledger, *, upto: int) -> Iterable[tuple[int, int, Decision]]:
    """The last word on each run: row, time of the row, decision; the oldest first."""
    last: dict[str, tuple[int, int, Decision]] = {}
    for row, record in ledger.records(upto=upto, kind=Decided.kind):
        if isinstance(record, Decided):
            last[row.run] = (row.seq, row.time, from_payload(record.decision))
    return sorted(last.values(), key=lambda one: one[0])


def gates(ledger: Ledger, *, upto: int) -> Iterable[tuple[int, int, Decision]]:
    """As `decisions`, without those of red-team baselines, of which nothing is asked, so that they decide nothing."""
    return [one for one in decisions(ledger, upto=upto) if not baseline_of(one[2])]
