"""What waits for a person, whoever asked for it: texts that a guard held, findings, disputes, marks, fixes, appeals.

All of it follows from the rows: what has been handled is not here any more. A held text is handled once somebody notes
what they decided, with a note on its row.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from trimtab.decision.consent_standing import ConsentState
from trimtab.decision.incidents import findings, incidents
from trimtab.decision.model import Decision
from trimtab.decision.persons import appeals
from trimtab.decision.signers import may_accept, same_side
from trimtab.enforce.seal import is_sealed
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.entries.notes import Note
from trimtab.evidence.entries.ratings import Appealed
from trimtab.evidence.records import Escalated, Observation
from trimtab.kinds import DISPUTED, NOT_MARKED, Estimate, Missing, Score
from trimtab.policy import Policy
from trimtab.workspace.consent_facts import asked_as, standings
from trimtab.workspace.kpis import KpiEvidence

Kind = Literal[
    "held text", "finding of a hunt", "flagged replies", "replies to mark", "dispute", "fix", "consent", "appeal"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing that waits: `since` when (microseconds since the epoch, UTC), of whom it waits, and what handles it.

    `row` is where it stands in the ledger, 0 where it stands in many. `count` is of how many cases.
    """

    kind: Kind
    id: str
    system: str
    since: int
    why: str
    who: str
    command: str
    row: int = 0
    count: int = 1


def waiting(ledger: Ledger, policy: Policy, evidence: KpiEvidence, *, row: int, moment: int) -> list[Waiting]:
    """Everything that waits by the first `row` rows, as of a moment; what has waited longest first.

    Raises:
        LedgerAlteredError: A row is not what was hashed.
    """
    books = evidence.books
    found = [
        *_held(ledger, books, row),
        *_hunted(evidence, moment),
        *_to_read(ledger, policy, evidence, row, moment),
        *_fixes(books, moment),
        *_consents(ledger, policy, books, moment),
        *_appeals(books, moment),
    ]
    return sorted(found, key=lambda one: (one.since, one.row, one.id))


# -- parts ---------------------------------------------------------------------------------


def _held(ledger: Ledger, books: Books, upto: int) -> Iterator[Waiting]:
    noted = {one.entry.on: one.seq for one in books.all(Note)}  # the last; one from before the text was held is none
    for row, record in ledger.records(kind=Escalated.kind, upto=upto):
        on = f"row:{row.seq}"
        if not isinstance(record, Escalated) or noted.get(on, 0) > row.seq:
            continue
        name = on if is_sealed(record.about) else record.about or on
        yield Waiting(
            kind="held text",
            id=name,
            system=row.system,
            since=row.time,
            why=f"The guard held the {record.side}: {record.why}",
            who="a reviewer",
            command=f'trimtab note --on {on} --what "..."',
            row=row.seq,
        )


def _hunted(evidence: KpiEvidence, moment: int) -> Iterator[Waiting]:
    for hunt in evidence.hunts:
        if not hunt.over(moment):
            continue  # findings are ruled on when it is over
        over = hunt.closed_at or hunt.ends
        for one in hunt.findings:
            if not one.ruling:
                yield Waiting(
                    kind="finding of a hunt",
                    id=one.filed.finding,
                    system=hunt.system,
                    since=max(one.at, over),
                    why=f"{one.filed.severity}, {one.filed.hazard}: nobody has said whether it is one.",
                    who="somebody who neither filed it nor owns the system",
                    command=f"trimtab hunt triage {one.filed.finding} --hunt {hunt.hunt} --valid",
                    row=one.row,
                )


def _to_read(ledger: Ledger, policy: Policy, evidence: KpiEvidence, row: int, moment: int) -> Iterator[Waiting]:
    last: dict[str, Decision] = {}
    for one in evidence.decisions:
        if one.time <= moment and (one.system not in last or last[one.system].time <= one.time):
            last[one.system] = one
    for decision in last.values():
        if any(_lacks(seen) for one in decision.candidates for seen in one.estimates.values()):
            yield from _of_run(ledger, policy, decision, row)


def _lacks(seen: Estimate | Missing) -> bool:
    """Whether cases have no score, which only then has to be looked at: reading all of a run takes its time."""
    return isinstance(seen, Missing) or seen.missing > 0


def _of_run(ledger: Ledger, policy: Policy, decision: Decision, upto: int) -> Iterator[Waiting]:
    seen: dict[str, dict[tuple[str, str], Observation]] = defaultdict(dict)
    for row, record in ledger.records(run=decision.run, kind=Observation.kind, upto=upto):
        if isinstance(record, Observation):
            seen[record.metric][row.candidate, record.case] = record
    reads = {name: spec.reviewed_by for name, spec in policy.metrics.items() if spec.reviewed_by}

    def one(kind: Kind, metric: str, count: int, why: str, command: str) -> Waiting:
        return Waiting(
            kind=kind,
            id=metric,
            system=decision.system,
            since=decision.time,
            why=why,
            who="somebody of `people`",
            command=command,
            count=count,
        )

    for metric, rows in seen.items():
        open_ = [key for key, said in rows.items() if _reason(said) == NOT_MARKED]
        if metric in reads.values():
            continue  # it is asked for by the metric that it reviews
        if open_:
            why = "Nobody has marked them, and what people say decides whether the judge may be believed."
            yield one("replies to mark", metric, len(open_), why, f"trimtab marks sheet marks.csv --metric {metric}")
        disputed = sum(_reason(said) in DISPUTED for said in rows.values())
        people = reads.get(metric)
        if people:
            unread = _unread(rows, seen.get(people, {}))
            if unread:
                why = "They were flagged, or judges dispute them, and count as the worst until somebody has read them."
                sheet = f"trimtab marks sheet flagged.csv --metric {people} --flagged {metric}"
                yield one("flagged replies", metric, unread, why, sheet)
        elif disputed:
            why = "Judges disagree, and the metric names nobody who reads them: give it `reviewed_by`."
            yield one("dispute", metric, disputed, why, f"trimtab explain {decision.run}")


def _unread(flagged: Mapping[tuple[str, str], Observation], marks: Mapping[tuple[str, str], Observation]) -> int:
    return sum(
        (_reason(said) in DISPUTED or (isinstance(said.outcome, Score) and said.outcome.value > 0.0))
        and (key not in marks or _reason(marks[key]) == NOT_MARKED)
        for key, said in flagged.items()
    )


def _reason(one: Observation) -> str:
    return one.outcome.reason if isinstance(one.outcome, Missing) else ""


def _fixes(books: Books, moment: int) -> Iterator[Waiting]:
    for finding in findings(books, before=moment):
        if finding.fixed and not finding.verified:
            opened = finding.opened
            yield Waiting(
                kind="fix",
                id=opened.finding,
                system=opened.system,
                since=finding.fixed,
                why=f"{opened.severity}: the fix was shipped, and nobody has made sure that it holds.",
                who=f"somebody other than {opened.owner or 'whoever fixed it'}",
                command=f"trimtab finding verify {opened.finding}",
                row=finding.seq,
            )
    for incident in incidents(books, before=moment):
        if incident.fixed and not incident.verified:
            case = incident.opened
            yield Waiting(
                kind="fix",
                id=case.incident,
                system=case.system,
                since=incident.fixed,
                why=f"{case.severity}, {case.hazard}: the fix was shipped, and nobody has made sure that it holds.",
                who="somebody other than whoever fixed it",
                command=f"trimtab incident verify {case.incident}",
                row=incident.seq,
            )


def _consents(ledger: Ledger, policy: Policy, books: Books, moment: int) -> Iterator[Waiting]:
    for listed in standings(ledger, policy, at=moment):
        one = listed.standing
        if one.state not in (ConsentState.ASKED, ConsentState.WAITING):
            continue
        asked = asked_as(books, one.id)
        signers = may_sign(policy, listed.system, one.asked_by, one.signers)
        yield Waiting(
            kind="consent",
            id=one.id,
            system=listed.system,
            since=one.given or (asked.at if asked else moment),
            why=one.why or "It waits for a signature.",
            who=", ".join(signers) or "nobody of the policy may sign it",
            command=f"trimtab consent {'sign' if one.state is ConsentState.WAITING else 'decide'} {one.id}",
        )


def may_sign(policy: Policy, system: str, asked_by: str, signed: tuple[str, ...]) -> tuple[str, ...]:
    """Who of the policy may put a signature that is lacking: with the role, not on the side that asks, not twice."""
    return tuple(
        name
        for name in policy.people
        if name not in signed and may_accept(name, policy, system) and not same_side(name, asked_by, policy)
    )


def _appeals(books: Books, moment: int) -> Iterator[Waiting]:
    at = {one.entry.appeal: one for one in books.all(Appealed) if one.entry.at <= moment}
    for appeal in appeals(books):
        if appeal.appeal in at and not appeal.answer:
            yield Waiting(
                kind="appeal",
                id=appeal.appeal,
                system="",
                since=at[appeal.appeal].entry.at,
                why=f"Somebody does not agree with {appeal.figure}.",
                who="a human who did not compute it",
                command=f"trimtab incentives answer {appeal.appeal} --answer upheld|partly|rejected",
                row=at[appeal.appeal].seq,
            )
