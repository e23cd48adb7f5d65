"""Where requests for money stand, as values for pages: their votes, tranches, and what they came to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trimtab.decision.funding import Funding
from trimtab.decision.plan_of_money import owner_left
from trimtab.decision.promises import Kept, Span
from trimtab.decision.proofs import proofs_of
from trimtab.evidence.books import Books
from trimtab.evidence.entries.committee import Recused
from trimtab.evidence.entries.funding import Voted
from trimtab.report.plan_words import votes_words
from trimtab.serve.pages.snapshot import Snapshot
from trimtab.serve.pages.values.money import Amount
from trimtab.workspace.granting import steps_left


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a history: words, the day it is of (microseconds since the epoch, UTC), and where to read more."""

    words: str
    at: int = 0
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tranche:
    """One part of a request's money. `at` is when it was released, microseconds since the epoch, UTC; 0 if it is not.

    `verdict` is what evidence says of the proof, `why` what released it or stops it. The first part has no `milestone`.
    """

    milestone: str
    amount: float
    share: float
    at: int
    proof: str
    run: str
    verdict: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """How somebody voted on a request, and why; `choice` is empty for who has not, "recused" for who may not."""

    member: str
    choice: str
    at: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Where one request stands. Amounts in the policy's currency; moments in microseconds, UTC, 0 for never."""

    request: str
    team: str
    owner: str
    category: str
    what: str
    state: str
    amount: float
    released: float
    spent: float
    asked: int
    granted: int
    due: int
    allocation: str
    votes_for: int
    votes_needed: int
    why: str
    ballots: tuple[Ballot, ...]
    tranches: tuple[Tranche, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a request was to remove, and what came of it, in money a year; `realised` is null while nobody said."""

    request: str
    team: str
    promised: Amount
    realised: Amount | None
    verdict: str


def request_shown(now: Snapshot, one: Funding, weighed: Mapping[str, str]) -> Request:
    """One request; `weighed` says by request why the last plan left it out."""
    asked = one.asked
    return Request(
        request=asked.request,
        team=asked.team,
        owner=asked.owner,
        category=asked.category,
        what=asked.what,
        state=one.state,
        amount=asked.amount / 100.0,
        released=one.released / 100.0,
        spent=one.spent / 100.0,
        asked=asked.at,
        granted=one.granted,
        due=one.due,
        allocation=one.plan.allocation if one.plan else "",
        votes_for=sum(choice == "for" for choice in one.votes.values()),
        votes_needed=one.needed if one.plan else 0,
        why=_why(now, one, weighed),
        ballots=tuple(_ballots(now.books, one, now.moment)),
        tranches=tuple(_tranches(now, one)),
    )


def promise_shown(one: Kept) -> Promise:
    """What came of one."""
    asked = one.funding.asked
    return Promise(
        request=asked.request,
        team=asked.team,
        promised=_amount(one.promised),
        realised=None if one.realised is None else _amount(one.realised),
        verdict=one.verdict.value,
    )


# -- parts ---------------------------------------------------------------------------------


def _why(now: Snapshot, one: Funding, weighed: Mapping[str, str]) -> str:
    """Why it stands where it does."""
    if one.returned:
        return f"{one.returned.quarter} was settled, and what was not spent went back."
    if one.withdrawn:
        return "It is asked for no more."
    if one.granted:
        return ""
    if day := owner_left(now.policy, one, now.moment):
        return f"{one.asked.owner}, who answers for it, left on {day}."
    if one.plan:
        cast = one.votes
        return votes_words(
            ours=sum(choice == "for" for choice in cast.values()),
            against=sum(choice == "against" for choice in cast.values()),
            needed=one.needed,
            entitled=len(one.entitled),
            cast=len(cast),
        )
    return weighed.get(one.asked.request, "No plan has looked at it yet.")


def _ballots(books: Books, one: Funding, moment: int) -> Iterator[Ballot]:
    if one.plan is None:
        return
    cast: dict[str, Voted] = {}
    for kept in sorted(books.about(Voted, one.plan.allocation), key=lambda kept: kept.entry.at):
        if one.asked.request in kept.entry.requests and kept.entry.at <= moment:
            cast.setdefault(kept.entry.by, kept.entry)
    why = {kept.entry.member: kept.entry for kept in books.all(Recused) if kept.entry.request == one.asked.request}
    for member in one.plan.voters:
        if member not in one.entitled:
            own = why.get(member)
            yield Ballot(
                member=member,
                choice="recused",
                at=own.at if own else 0,
                what=own.what if own else f"Is of {one.asked.team}, or asks for it.",
            )
        elif member in cast:
            vote = cast[member]
            yield Ballot(member=member, choice=vote.choice, at=vote.at, what=vote.what)
        else:
            yield Ballot(member=member, choice="", at=0, what="")


def _tranches(now: Snapshot, one: Funding) -> Iterator[Tranche]:
    proofs = proofs_of(one.asked.proofs)
    whole = one.asked.amount
    for part in one.tranches:
        yield Tranche(
            milestone=part.milestone,
            amount=part.amount / 100.0,
            share=part.amount / whole,
            at=part.at,
            proof=part.proof,
            run=part.run,
            verdict="pass",
            why=f"run {part.run} passed" if part.run else "was granted" if not part.milestone else "its proof passed",
        )
    if one.withdrawn or one.returned:
        over = "it was settled" if one.returned else "it was withdrawn"
        for name in ("", *one.asked.milestones):
            if one.share(name) and all(part.milestone != name for part in one.tranches):
                yield Tranche(
                    milestone=name,
                    amount=one.share(name) / 100.0,
                    share=one.share(name) / whole,
                    at=0,
                    proof=proofs.get(name, ""),
                    run="",
                    verdict="inconclusive",
                    why=f"{over} before this was proved",
                )
        return
    for step in steps_left(now.evidence, now.policy, one, moment=now.moment):
        yield Tranche(
            milestone=step.milestone,
            amount=step.amount / 100.0,
            share=step.amount / whole,
            at=0,
            proof=proofs.get(step.milestone, ""),
            run=step.found.run,
            verdict=step.found.verdict.value,
            why=step.found.why,
        )


def _amount(one: Span) -> Amount:
    return Amount(value=one.value, low=one.low, high=one.high)
