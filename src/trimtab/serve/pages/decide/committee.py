"""The committee: who sits by which lot, how they voted and why, what is open, and what else they decide on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trimtab.decision.committee_figures import committee_figures
from trimtab.decision.committee_gaps import Gap, committee_gaps
from trimtab.decision.funding import fundings
from trimtab.decision.period import Period
from trimtab.decision.persons import appeals
from trimtab.decision.recalibration import in_force_at
from trimtab.decision.seats import members, named, number
from trimtab.errors import UsageError
from trimtab.evidence.entries.committee import SeedCommitted
from trimtab.policy.people import day_begins
from trimtab.serve.pages.decide.funding_values import Request, request_shown
from trimtab.serve.pages.decide.recalibration import Proposal, proposals_of
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.workspace.incentives import figures
from trimtab.workspace.recall import adopted_policies
from trimtab.workspace.seating import DrawChecked, draw_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Who sits, or voted: `approved` is the share of their votes that were for, `severity` how much less than others.

    Both are null where nothing can be said. `seat` ends when the quarter `until` begins; `lot` is theirs in the draw.
    """

    member: str
    function: str
    outside: bool
    seat: bool
    until: str
    new: bool
    lot: str
    votes: int
    approved: float | None
    severity: float | None
    absent: int
    recused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """How members of one function voted."""

    function: str
    votes: int
    approved: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Somebody eligible, by the size of their lot (hexadecimal); `became` says what came of it."""

    name: str
    function: str
    outside: bool
    lot: str
    became: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """How the quarter was drawn, and whether it came out the same when it was drawn again now.

    Moments are microseconds since the epoch, UTC; `committed` 0 where nobody committed to a seed beforehand.
    """

    row: int
    at: int
    by: str
    seed: str
    beacon: str
    commitment: str
    committed_row: int
    committed: int
    committed_by: str
    matches: bool
    same: bool
    why: str
    number: int
    lots: tuple[Lot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Days from a plan to the vote that granted a request of it."""

    count: int
    least: float
    middle: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bonus:
    """What the score does to the safety share of a team's bonuses; null where people decide."""

    team: str
    multiplier: float | None
    score: float | None
    overdue: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incentives:
    """What the score does to bonuses of a quarter. `counts` if the rule was published before it began."""

    quarter: str
    final: bool
    counts: bool
    low: float
    high: float
    from_score: float
    to_score: float
    share: float
    deadline_days: int
    published: int
    teams: tuple[Bonus, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Committee:
    """All of the page; `no_incentives` says why there are none.

    `voted` are requests that lay before it in the quarter.
    """

    quarter: str
    currency: str
    title: str
    size: int
    members: tuple[Member, ...]
    functions: tuple[Function, ...]
    waits: Waits | None
    draw: Draw | None
    next_quarter: str
    next_committed: int
    voted: tuple[Request, ...]
    gaps: tuple[Gap, ...]
    open_proposals: tuple[Proposal, ...]
    decided_proposals: tuple[Proposal, ...]
    weights_from: str
    weights_digest: str
    passed_over: tuple[str, ...]
    incentives: Incentives | None
    no_incentives: str
    appeals: int
    appeals_waiting: int


def committee(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> Committee:
    """The committee of a quarter."""
    policy, period = now.policy, now.period(asked.get("quarter", ""))
    seen = committee_figures(policy, now.books, quarter=period.name, asof=now.moment)
    checked = draw_of(now.ledger, now.books, period.name)
    draw = _draw(checked, period) if checked else None
    following = named(number(period.name) + 1)
    sown = [one for one in now.books.all(SeedCommitted) if one.entry.quarter == following]
    voted = [
        request_shown(now, one, {})
        for one in fundings(now.books, asof=now.moment)
        if one.plan and one.plan.quarter == period.name
    ]
    proposals = list(proposals_of(now))
    weights = in_force_at(now.books, policy, period.start, policies=adopted_policies(now.ledger))
    incentives, why = _incentives(now, period)
    appealed = appeals(now.books)
    return Committee(
        quarter=period.name,
        currency=policy.currency,
        title=_title(now, period, voted, proposals),
        size=policy.committee.size if policy.committee else 0,
        members=tuple(_members(now, seen, checked)),
        functions=tuple(Function(function=name, **one) for name, one in seen["functions"].items()),
        waits=_waits(seen["days_to_decision"]),
        draw=draw,
        next_quarter=following,
        next_committed=sown[0].time if sown else 0,
        voted=tuple(voted),
        gaps=committee_gaps(policy, now.books, quarter=period.name, asof=now.moment),
        open_proposals=tuple(one for one in proposals if one.state in {"proposed", "shadowed"}),
        decided_proposals=tuple(one for one in proposals if one.state not in {"proposed", "shadowed"}),
        weights_from=weights.weights.from_ if weights else "",
        weights_digest=weights.digest if weights else "",
        passed_over=weights.passed_over if weights else (),
        incentives=incentives,
        no_incentives=why,
        appeals=len(appealed),
        appeals_waiting=sum(not one.answer for one in appealed),
    )


# -- parts ---------------------------------------------------------------------------------


def _members(now: Snapshot, seen: Mapping[str, Any], checked: DrawChecked | None) -> Iterator[Member]:
    drawn = checked.made.result if checked else {}
    lots, outside = dict(drawn.get("lots", ())), set(now.policy.committee.outside) if now.policy.committee else set()
    for one in sorted(seen["members"], key=lambda one: (not one["seat"], one["member"])):
        yield Member(
            member=one["member"],
            function=one["function"],
            outside=one["function"] in outside,
            seat=one["seat"],
            until=one["until"],
            new=one["member"] in drawn.get("new", ()),
            lot=lots.get(one["member"], ""),
            votes=one["votes"],
            approved=one["approved"],
            severity=one["severity"],
            absent=one["absent"],
            recused=one["recused"],
        )


def _draw(checked: DrawChecked, period: Period) -> Draw:
    seen, committed = checked.made.result, checked.committed
    people = {one["name"]: one for one in seen["eligible"]}
    return Draw(
        row=checked.row,
        at=checked.made.asof,
        by=checked.made.by,
        seed=seen["seed"],
        beacon=seen["beacon"],
        commitment=seen["commitment"],
        committed_row=committed.seq if committed else 0,
        committed=committed.time if committed else 0,
        committed_by=committed.entry.by if committed else "",
        matches=checked.matches,
        same=checked.again.same,
        why=checked.again.why,
        number=number(period.name),
        lots=tuple(
            Lot(
                name=name,
                function=people[name]["function"] if name in people else "",
                outside=bool(people[name]["outside"]) if name in people else False,
                lot=lot,
                became=_became(name, seen),
            )
            for name, lot in seen.get("lots", ())
        ),
    )


def _became(name: str, seen: Mapping[str, Any]) -> str:
    if name in seen["new"]:
        return "seated"
    return "passed over" if name in seen.get("passed", ()) else "not reached"


def _waits(days: Sequence[float]) -> Waits | None:
    if not days:
        return None
    return Waits(count=len(days), least=days[0], middle=days[len(days) // 2], most=days[-1])


def _incentives(now: Snapshot, period: Period) -> tuple[Incentives | None, str]:
    try:
        seen = figures(now.ledger, now.policy, {"quarter": period.name}, now.row, now.moment)
    except UsageError as error:
        return None, f"{error.message} {error.next_step}".strip()
    rule = seen["rule"]
    return Incentives(
        quarter=seen["quarter"],
        final=seen["final"],
        counts=seen["counts"],
        low=rule["low"],
        high=rule["high"],
        from_score=rule["from"],
        to_score=rule["to"],
        share=rule["safety_share"],
        deadline_days=rule["deadline_days"],
        published=seen["published"] or 0,
        teams=tuple(Bonus(**{**one, "overdue": tuple(one["overdue"])}) for one in seen["teams"]),
    ), ""


def _title(now: Snapshot, period: Period, voted: Sequence[Request], proposals: Sequence[Proposal]) -> str:
    sitting = members(now.books, period.name)
    if now.policy.committee is None:
        return "no committee is drawn"
    if not sitting:
        return f"nobody has a seat in {period.name}"
    here = sum(1 for name in sitting if _here(now, name))
    planned = sum(one.state == "planned" for one in voted)
    waits = planned + sum(one.state in {"proposed", "shadowed"} for one in proposals)
    said = f"{here} members sit by lot"
    return f"{said}; {waits} decision{' is' if waits == 1 else 's are'} open" if waits else f"{said}; nothing is open"


def _here(now: Snapshot, name: str) -> bool:
    person = now.policy.people.get(name)
    return person is not None and (person.left is None or now.moment < day_begins(person.left))
