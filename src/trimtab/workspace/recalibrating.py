"""Proposals of new weights: recorded, run in the shadow, voted on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trimtab.decision.agenda import Item
from trimtab.decision.period import Period
from trimtab.decision.recalibration import Standing, electorate, in_force_at, set_of, shadow_quarters, standing
from trimtab.decision.score_table import Table
from trimtab.decision.shadow import shadow_report
from trimtab.decision.weight_sets import InForce, digest_of, told
from trimtab.errors import UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.entries.reading import Draft
from trimtab.evidence.entries.recalibration import RecalibrationProposed, RecalibrationShadowed
from trimtab.policy import Policy
from trimtab.policy.people import day_begins
from trimtab.workspace.keeping import Receipt, keep, keep_computed
from trimtab.workspace.kpis import gather_evidence
from trimtab.workspace.publishing import publish, row_of
from trimtab.workspace.scorecards import table_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A shadow run: its report, and whether it was recorded. Before the quarter is over it is a preview."""

    report: Mapping[str, Any]
    recorded: bool
    quarter: Period


def propose(ledger: Ledger, policy: Policy, new: Policy, values: Mapping[str, Any]) -> Receipt:
    """Propose the newest weights of another policy.

    Args:
        ledger: Whose books.
        policy: In force.
        new: As it would be.
        values: The other fields of the entry.

    Raises:
        EntryError: It cannot stand.
        UsageError: The other policy has no weights.
    """
    if new.score is None:
        raise UsageError("the proposed policy has no `score`.", "Write the new set at the end of its `score.sets`.")
    weights = new.score.sets[-1]
    given = {
        **values,
        "effective": day_begins(weights.from_),
        "digest": digest_of(weights),
        "numbers": told(weights),
    }
    return keep(ledger, policy, [Draft(kind=RecalibrationProposed.kind, values=given)])


def figures(ledger: Ledger, policy: Policy, asked: Mapping[str, Any], row: int, moment: int) -> dict[str, Any]:
    """What `recalibration` publishes: the report of a shadow run of the proposal `recalibration`.

    Raises:
        UsageError: There is no such proposal, or there are no weights that it could be compared with.
    """
    evidence = gather_evidence(ledger, upto=row)
    books = evidence.books
    proposal = proposal_of(books, str(asked.get("recalibration", "")))
    quarters = shadow_quarters(proposal)
    old = in_force_at(books, policy, quarters[0].start, policies=evidence.policies)
    if old is None:
        raise UsageError("no weights are in force that these could be compared with.", "Write the first set.")
    weights = set_of(proposal)
    new = InForce(weights=weights, digest=digest_of(weights))

    def by(weights: InForce, period: Period) -> Table:
        return table_of(evidence, policy, period, moment=moment, weights=weights)

    report = shadow_report(policy, [(by(old, quarter), by(new, quarter)) for quarter in quarters])
    return {"recalibration": proposal.recalibration, "digest": proposal.digest, "against": old.digest, **report}


def run_shadow(ledger: Ledger, policy: Policy, id_: str, *, by: str) -> Ran:
    """Run a proposal beside the weights in force; record it if its quarter is over.

    Raises:
        UsageError: There is no such proposal.
    """
    head = ledger.head()
    row, now = head.seq if head else 0, ledger.now()
    books = Books.of(ledger, upto=row)
    quarter = shadow_quarters(proposal_of(books, id_))[0]
    if now < quarter.end or books.about(RecalibrationShadowed, id_):
        report = figures(ledger, policy, {"recalibration": id_}, row, now)
        return Ran(report=report, recorded=False, quarter=quarter)
    made = publish(ledger, policy, "recalibration", by=by, asked={"recalibration": id_})
    may, recused = electorate(policy, made.result["moves"], now)
    entry = RecalibrationShadowed(
        at=now,
        by=by,
        source="trimtab",
        recalibration=id_,
        quarter=quarter.name,
        moves=tuple(made.result["moves"]),
        may=may,
        recused=recused,
        published=row_of(ledger, made),
    )
    keep_computed(ledger, policy, [entry], now=now)
    return Ran(report=made.result, recorded=True, quarter=quarter)


def proposal_of(books: Books, id_: str) -> RecalibrationProposed:
    """A proposal by its id.

    Raises:
        UsageError: There is none.
    """
    kept = books.about(RecalibrationProposed, id_)
    if not kept:
        known = ", ".join(one.entry.recalibration for one in books.all(RecalibrationProposed)[-8:]) or "none yet"
        raise UsageError(f"there is no proposal {id_[:60]!r}.", f"There is {known}.")
    return kept[0].entry


def proposals(ledger: Ledger) -> list[Standing]:
    """What became of every proposal, newest first."""
    books, now = Books.of(ledger), ledger.now()
    found = [one.entry.recalibration for one in books.all(RecalibrationProposed)]
    return [standing(books, id_, now) for id_ in reversed(found)]


def recalibration_items(_: Ledger, books: Books) -> list[Item]:
    """Every proposal and what became of it, for the pack of a quarterly review."""
    found = []
    for one in books.all(RecalibrationProposed):
        stands, entry = standing(books, one.entry.recalibration, 0), one.entry
        votes = f"{len(stands.votes_for)} for, {len(stands.votes_against)} against"
        why = f"since {entry.reason} ({entry.outside}) asks for it"
        words = f"{entry.recalibration}, by {entry.by}, {why}: {stands.state}, {votes}"
        found.append(Item(words=words, at=entry.at, rows=(one.seq,)))
    return found
