"""A proposal of other weights: what it changes and why, what it moved in the shadow, how it was voted on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trimtab.decision.recalibration import Standing as Stands
from trimtab.decision.recalibration import day_of, in_force_at, set_of, shadow_quarters, standing
from trimtab.decision.weight_sets import moved
from trimtab.errors import UsageError
from trimtab.evidence.entries.recalibration import RecalibrationProposed, RecalibrationVoted
from trimtab.evidence.published import Published
from trimtab.policy.keys import nearest
from trimtab.report.weight_words import shares_a_scale, weight_of, written
from trimtab.serve.pages.decide.funding_values import Ballot
from trimtab.serve.pages.snapshot import Snapshot, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """One number of a set that a proposal says otherwise; `drawn` if it is a share in [0, 1]."""

    name: str
    of: str
    tier: str
    what: str
    old: float | None
    new: float | None
    before: str
    after: str
    drawn: bool
    loosens: bool
    refused: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A product or a team whose band is another one by the proposed weights."""

    name: str
    of: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """By how much somebody's score moves, on 0 to 100."""

    system: str
    team: str
    old: float
    new: float
    by: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowQuarter:
    """What the proposal would have done to a quarter; `kendall` says how alike both orders are, in [-1, 1]."""

    quarter: str
    subjects: int
    kendall: float | None
    bands: tuple[Band, ...]
    winners: tuple[Moves, ...]
    losers: tuple[Moves, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposal and what became of it. Moments are microseconds since the epoch, UTC, 0 for none."""

    recalibration: str
    by: str
    at: int
    row: int
    reason: str
    outside: str
    what: str
    effective: str
    until: str
    state: str
    why: str
    votes_for: int
    votes_against: int
    needed: int
    recused: tuple[str, ...]
    looser: bool
    signed_by: str
    digest: str
    shadow_of: str
    moves: tuple[str, ...]
    weights: tuple[Weight, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalPage:
    """All of the page; `shadow_row` is where the report of the shadow run was published, 0 while there is none."""

    one: Proposal
    ballots: tuple[Ballot, ...]
    shadow_row: int
    shadow: tuple[ShadowQuarter, ...]
    like_last_year: tuple[str, ...]


def proposals_of(now: Snapshot) -> Iterator[Proposal]:
    """Every proposal, newest first."""
    for kept in reversed(now.books.all(RecalibrationProposed)):
        if kept.entry.at <= now.moment:
            yield _proposal(now, standing(now.books, kept.entry.recalibration, now.moment), kept.seq)


def recalibration(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> ProposalPage:
    """One proposal.

    Raises:
        UsageError: There is none of this id.
    """
    name = asked["recalibration"]
    kept = now.books.about(RecalibrationProposed, name)
    if not kept:
        known = [one.entry.recalibration for one in now.books.all(RecalibrationProposed)]
        raise UsageError(f"there is no proposal {name[:60]!r}.", nearest(name, known))
    stands = standing(now.books, name, now.moment)
    report = _report(now, stands)
    return ProposalPage(
        one=_proposal(now, stands, kept[0].seq),
        ballots=tuple(_ballots(now, stands)),
        shadow_row=stands.shadow.published if stands.shadow else 0,
        shadow=tuple(_quarter(one) for one in report.get("quarters", ())),
        like_last_year=tuple(report.get("like_last_year", ())),
    )


# -- parts ---------------------------------------------------------------------------------


def _proposal(now: Snapshot, stands: Stands, row: int) -> Proposal:
    made = stands.proposal
    return Proposal(
        recalibration=made.recalibration,
        by=made.by,
        at=made.at,
        row=row,
        reason=made.reason.replace("-", " "),
        outside=made.outside,
        what=made.what,
        effective=day_of(made.effective),
        until=day_of(made.until) if made.until else "",
        state=stands.state,
        why=stands.why,
        votes_for=len(stands.votes_for),
        votes_against=len(stands.votes_against),
        needed=stands.needed if stands.shadow else 0,
        recused=stands.recused,
        looser=stands.looser,
        signed_by=stands.signed_by,
        digest=made.digest,
        shadow_of=shadow_quarters(made)[0].name,
        moves=stands.shadow.moves if stands.shadow else (),
        weights=tuple(_weights(now, made)),
    )


def _weights(now: Snapshot, made: RecalibrationProposed) -> Iterator[Weight]:
    """What is said otherwise than the set that is in force until then says."""
    old = in_force_at(now.books, now.policy, made.effective - 1)
    if old is None:
        return
    for one in moved(now.policy, old.weights, set_of(made)):
        of, tier, what = weight_of(one.name)
        yield Weight(
            name=one.name,
            of=of,
            tier=tier,
            what=what,
            old=one.old,
            new=one.new,
            before=written(one.name, one.old),
            after=written(one.name, one.new),
            drawn=shares_a_scale(one.name) and one.old is not None and one.new is not None,
            loosens=one.loosens,
            refused=one.allowed,
        )


def _report(now: Snapshot, stands: Stands) -> Mapping[str, Any]:
    """The report of the shadow run, as it was published."""
    if stands.shadow is None:
        return {}
    at = stands.shadow.published
    made = next((record for _, record in now.ledger.records(after=at - 1, upto=at)), None)
    return made.result if isinstance(made, Published) else {}


def _ballots(now: Snapshot, stands: Stands) -> Iterator[Ballot]:
    said = [one.entry for one in now.books.about(RecalibrationVoted, stands.proposal.recalibration)]
    for member in stands.may:
        vote = next((one for one in said if one.by == member and one.choice != "sign"), None)
        if vote is None:
            yield Ballot(member=member, choice="", at=0, what="")
        else:
            yield Ballot(member=member, choice=vote.choice, at=vote.at, what=vote.what)
    for member in stands.recused:
        yield Ballot(member=member, choice="recused", at=0, what="A product of their own changes its band by it.")


def _quarter(one: Mapping[str, Any]) -> ShadowQuarter:
    bands = [
        Band(name=band["system"], of="product", old=band["old"] or "", new=band["new"] or "") for band in one["bands"]
    ]
    bands += [
        Band(name=band["team"], of="team", old=band["old"] or "", new=band["new"] or "") for band in one["team_bands"]
    ]
    return ShadowQuarter(
        quarter=one["quarter"],
        subjects=one["subjects"],
        kendall=one["kendall"],
        bands=tuple(bands),
        winners=tuple(_moves(who) for who in one["winners"]),
        losers=tuple(_moves(who) for who in one["losers"]),
    )


def _moves(one: Mapping[str, Any]) -> Moves:
    return Moves(system=one["system"], team=one["team"], old=one["old"], new=one["new"], by=one["by"])
