"""The committee as figures: a draw that anybody can repeat, and how its members voted."""

from collections import defaultdict
from typing import Any

from trimtab.decision.funding import fundings
from trimtab.decision.lottery import Drawn, NoCommittee, commitment, draw
from trimtab.decision.period import Period
from trimtab.decision.seats import DAY, members, named, number, to_draw
from trimtab.evidence.books import Books
from trimtab.evidence.entries.committee import Absent, Recused, Seated
from trimtab.evidence.entries.funding import Allocated, Voted
from trimtab.policy.model import Policy


def draw_figures(policy: Policy, books: Books, *, quarter: str, seed: str, beacon: str = "") -> dict[str, Any]:
    """Who is drawn for a quarter, as JSON; `why` says which rule stands in the way where nobody can be.

    Raises:
        ValueError: `quarter` is none, the seed is empty, or the policy has no committee.
    """
    spec = policy.committee
    if spec is None:
        raise ValueError("the policy has no committee")
    found = to_draw(books, policy, spec, quarter)
    whole = f"{seed}\n{beacon}" if beacon else seed
    result: dict[str, Any] = {
        "quarter": quarter,
        "size": spec.size,
        "seed": seed,
        "beacon": beacon,
        "commitment": commitment(seed),
        "eligible": [{"name": one.name, "function": one.function, "outside": one.outside} for one in found.people],
    }
    if found.missing:
        why = [f"nobody of {one} is eligible, and it is to have a seat" for one in found.missing]
        return {**result, "seats": [], "new": [], "why": why}
    drawn = draw(found.people, size=spec.size, quarter=found.quarter, seed=whole, sitting=found.sitting)
    if isinstance(drawn, NoCommittee):
        return {**result, "seats": [], "new": [], "why": list(drawn.why)}
    return {**result, **_drawn(drawn), "why": []}


def _drawn(drawn: Drawn) -> dict[str, Any]:
    return {
        "seats": [
            {"member": seat.person.name, "function": seat.person.function, "until": named(seat.until)}
            for seat in drawn.seats
        ],
        "new": list(drawn.new),
        "passed": list(drawn.passed),
        # In hexadecimal: a lot has 64 bits, and JSON's numbers have 53.
        "lots": [[name, f"{lot:016x}"] for name, lot in drawn.lots],
    }


def committee_figures(policy: Policy, books: Books, *, quarter: str, asof: int) -> dict[str, Any]:
    """Who sits, who votes how, who is away, and how long decisions take, as JSON.

    `severity` is by how much a member approves less than the others did of the same requests, in [-1, 1];
    None where nobody else voted on them.
    """
    sitting = members(books, quarter)
    until = {one.entry.member: one.entry.until for one in books.all(Seated) if one.entry.member in sitting}
    cast: dict[str, dict[str, float]] = defaultdict(dict)  # request of a plan -> member -> 1 for, 0 not
    for kept in books.all(Voted):
        vote = kept.entry
        if vote.at <= asof:
            for request in vote.requests:
                cast[f"{vote.allocation} {request}"].setdefault(vote.by, float(vote.choice == "for"))
    people = policy.people
    rows: list[dict[str, Any]] = []
    by_function: dict[str, list[float]] = defaultdict(list)
    for name in sorted({*sitting, *(member for votes in cast.values() for member in votes)}):
        own = [votes[name] for votes in cast.values() if name in votes]
        others = [
            sum(v for m, v in votes.items() if m != name) / (len(votes) - 1) - votes[name]
            for votes in cast.values()
            if name in votes and len(votes) > 1
        ]
        function = people[name].function if name in people else ""
        by_function[function] += own
        rows.append(
            {
                "member": name,
                "function": function,
                "seat": name in sitting,
                "until": until.get(name, ""),
                "votes": len(own),
                "approved": sum(own) / len(own) if own else None,
                "severity": sum(others) / len(others) if others else None,
                "absent": sum(one.entry.member == name and one.entry.at <= asof for one in books.all(Absent)),
                "recused": sum(one.entry.member == name for one in books.all(Recused)),
            }
        )
    plans = {one.entry.allocation: one.entry.at for one in books.all(Allocated)}
    waits = sorted(
        (one.granted - plans[one.plan.allocation]) / DAY
        for one in fundings(books, asof=asof)
        if one.granted and one.plan
    )
    return {
        "quarter": quarter,
        "members": rows,
        "functions": {
            name: {"votes": len(votes), "approved": sum(votes) / len(votes)}
            for name, votes in sorted(by_function.items())
            if votes
        },
        "days_to_decision": waits,
        "next": named(number(Period.quarter(quarter).name) + 1),
    }
