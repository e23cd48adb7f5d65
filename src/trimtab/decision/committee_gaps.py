"""What a committee lacks: seats, functions, votes; and whom rules kept from voting. Pure, from books and policy."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from trimtab.decision.funding import fundings
from trimtab.decision.period import Period
from trimtab.decision.seats import DAY, members, named, number, to_draw
from trimtab.evidence.books import Books
from trimtab.evidence.entries.committee import Absent, SeedCommitted
from trimtab.policy.model import Policy
from trimtab.policy.people import day_begins

GapKind = Literal["no-committee", "seat", "left", "function", "outside", "seed", "quorum", "recused", "absent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing that is missing, what it is about, and what would mend it. What cannot be mended has no next step."""

    kind: GapKind
    about: str
    what: str
    next_step: str = ""


def committee_gaps(policy: Policy, books: Books, *, quarter: str, asof: int) -> tuple[Gap, ...]:
    """Everything that is missing in a quarter as of a moment (microseconds since the epoch, UTC).

    Raises:
        ValueError: `quarter` is none.
    """
    return (*_seats(policy, books, quarter, asof), *_votes(books, quarter, asof))


# -- parts ---------------------------------------------------------------------------------


def _seats(policy: Policy, books: Books, quarter: str, asof: int) -> Iterator[Gap]:
    spec = policy.committee
    if spec is None:
        what = "The policy has no `committee`: those who own risks vote, and nobody is drawn."
        yield Gap(kind="no-committee", about="policy", what=what, next_step="Add one: its size, and who may be drawn.")
        return
    sitting = members(books, quarter)
    if not sitting:
        what = f"Nobody has a seat in {quarter}."
        yield Gap(kind="seat", about=quarter, what=what, next_step="`trimtab committee draw` fills the seats.")
        return
    if len(sitting) < spec.size:
        what = f"{len(sitting)} of {spec.size} seats are filled."
        yield Gap(kind="seat", about=quarter, what=what, next_step="They are drawn again for the next quarter.")
    for name in sitting:
        person = policy.people.get(name)
        if person is None or (person.left is not None and day_begins(person.left) <= asof):
            what = f"{name} has a seat, and has left: nobody votes on it."
            yield Gap(kind="left", about=name, what=what, next_step="It is drawn again for the next quarter.")
    held = {policy.people[name].function for name in sitting if name in policy.people}
    there = {one.function for one in to_draw(books, policy, spec, quarter).people}
    for function in sorted((set(spec.functions) or there) - held):
        yield Gap(kind="function", about=function, what=f"Nobody of {function} has a seat.")
    if not held & set(spec.outside):
        what = f"Nobody from outside has a seat ({', '.join(spec.outside)})."
        yield Gap(kind="outside", about=quarter, what=what)
    following = named(number(quarter) + 1)
    begins = Period.quarter(following).start
    committed = any(one.entry.quarter == following for one in books.all(SeedCommitted))
    if not committed and asof >= begins - round(spec.notice * DAY):
        what = f"Nobody has committed to a seed for {following}, which begins soon."
        yield Gap(kind="seed", about=following, what=what, next_step="`trimtab committee commit` does.")


def _votes(books: Books, quarter: str, asof: int) -> Iterator[Gap]:
    for one in fundings(books, asof=asof):
        plan = one.plan
        if plan is None or plan.quarter != quarter:
            continue
        name = one.asked.request
        out = [voter for voter in plan.voters if voter not in one.entitled]
        if out:
            yield Gap(kind="recused", about=name, what=f"{', '.join(out)} may not vote on {name}.")
        if one.granted or one.withdrawn:
            continue
        ours = sum(choice == "for" for choice in one.votes.values())
        waiting = [voter for voter in one.entitled if voter not in one.votes]
        if not one.entitled:
            what = f"Nobody may vote on {name}: everybody is recused, or nobody had a seat."
            yield Gap(kind="quorum", about=name, what=what, next_step="Allocate again once seats are drawn.")
        elif ours + len(waiting) < one.needed:
            what = f"{name} has {ours} of {one.needed} votes for it, and nobody is left who could grant it."
            yield Gap(kind="quorum", about=name, what=what, next_step="A later plan may take it up again.")
        elif waiting:
            what = f"{name} has {ours} of {one.needed} votes for it; {', '.join(waiting)} have not voted."
            yield Gap(kind="quorum", about=name, what=what, next_step="`trimtab budget vote` does.")
    period = Period.quarter(quarter)
    for kept in books.all(Absent):
        gone = kept.entry
        if period.holds(gone.at) and gone.at <= asof:
            yield Gap(kind="absent", about=gone.member, what=f"{gone.member} was not there. {gone.what}".strip())
