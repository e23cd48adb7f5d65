"""Rules of allocations, votes, tranches and claims: money goes where it was granted, and nobody grants their own."""

from collections.abc import Iterator, Mapping

from trimtab.decision.entry_rules.doubt import Doubt, Held, Rule, known_team, there_is
from trimtab.decision.funding import Funding, entitled, funding_of
from trimtab.decision.period import Period
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.funding import (
    Allocated,
    ClaimRealised,
    LossClaimed,
    MilestoneClaimed,
    MoneyReturned,
    Requested,
    RequestWithdrawn,
    TrancheReleased,
    Voted,
)

_NOT_ALL = "Nothing removes all of a loss."


def of_team(name: str, team: str, held: Held) -> bool:
    """Whether a name is a team, or somebody of it or who leads it."""
    person, whole = held.policy.people.get(name), held.policy.teams.get(team)
    return bool(team) and (
        name == team or (person is not None and person.team == team) or (whole is not None and whole.lead == name)
    )


def _withdrawn(entry: RequestWithdrawn, held: Held) -> Iterator[Doubt]:
    for found in _known(entry.request, held):
        if isinstance(found, Doubt):
            yield found
        elif found.withdrawn or found.returned:
            yield Doubt("request", f"{entry.request} is {found.state} already", "Nothing is needed.")
        elif entry.by not in (found.asked.by, found.asked.owner) and not of_team(entry.by, found.asked.team, held):
            yield Doubt("by", f"{entry.by} is not of {found.asked.team}", "Let those who asked withdraw it.")


def _milestone(entry: MilestoneClaimed, held: Held) -> Iterator[Doubt]:
    for found in _payable(entry.request, held):
        if isinstance(found, Doubt):
            yield found
        elif entry.milestone not in found.asked.milestones:
            listed = ", ".join(found.asked.milestones) or "none"
            yield Doubt("milestone", f"{entry.request} has no milestone {entry.milestone!r}", f"It has {listed}.")
        elif any(one.milestone == entry.milestone for one in found.tranches):
            yield Doubt("milestone", f"the money of {entry.milestone} was released before", "Nothing is needed.")


def _allocated(entry: Allocated, held: Held) -> Iterator[Doubt]:
    yield from _quarter(entry.quarter)
    money = 0
    for name in entry.chosen:
        for found in _known(name, held):
            if isinstance(found, Doubt):
                yield found
            elif not found.open:
                yield Doubt("chosen", f"{name} is {found.state}", "Allocate again.")
            else:
                money += found.asked.amount
    if money > entry.pool:
        yield Doubt("chosen", "come to more than there is", "Allocate again.")


def _voted(entry: Voted, held: Held) -> Iterator[Doubt]:
    if missing := list(there_is(Allocated, entry.allocation, held, "allocation")):
        yield from missing
        return
    plans = [one.entry for one in held.books.all(Allocated)]
    plan = next(one for one in plans if one.allocation == entry.allocation)
    later = [one.allocation for one in plans[plans.index(plan) + 1 :]]
    if later:
        yield Doubt("allocation", f"{entry.allocation} was replaced by {later[-1]}", "Vote on that.")
        return
    if entry.at < plan.at:
        yield Doubt("at", f"lies before {plan.allocation} was published", "Leave it out for now.")
    if entry.by not in plan.voters:
        yield Doubt("by", f"{entry.by} has no vote on {plan.allocation}", f"{', '.join(plan.voters) or 'Nobody'} may.")
        return
    if not entry.requests:
        yield Doubt("requests", "name none", f"It is to fund {', '.join(plan.chosen) or 'nothing'}.")
    for name in entry.requests:
        yield from _vote_on(name, entry, plan, held)


def _vote_on(name: str, entry: Voted, plan: Allocated, held: Held) -> Iterator[Doubt]:
    if name not in plan.chosen:
        listed = ", ".join(plan.chosen) or "nothing"
        yield Doubt("requests", f"{plan.allocation} is not to fund {name!r}", f"It is to fund {listed}.")
        return
    found = funding_of(held.books, name)
    asked, before = found.asked, held.books.about(Voted, plan.allocation)
    if entry.by in (asked.by, asked.owner, asked.liaison) or of_team(entry.by, asked.team, held):
        yield Doubt("by", f"{entry.by} is of those who ask for {name}", "Leave that to the others.")
    elif entry.by not in entitled(held.books, plan, name):
        yield Doubt("by", f"{entry.by} is recused on {name}", "Leave that to the others.")
    elif any(one.entry.by == entry.by and name in one.entry.requests for one in before):
        yield Doubt("requests", f"{entry.by} voted on {name} before", "A vote stands.")
    elif found.withdrawn:
        yield Doubt("requests", f"{name} is withdrawn", "Leave it out.")


def _tranche(entry: TrancheReleased, held: Held) -> Iterator[Doubt]:
    for found in _payable(entry.request, held):
        if isinstance(found, Doubt):
            yield found
        elif entry.milestone and entry.milestone not in found.asked.milestones:
            yield Doubt("milestone", f"{entry.request} has no milestone {entry.milestone!r}", "Correct it.")
        elif any(one.milestone == entry.milestone for one in found.tranches):
            yield Doubt("milestone", f"that part of {entry.request} was released before", "Nothing is needed.")
        elif entry.amount != found.share(entry.milestone) or entry.amount == 0:
            yield Doubt("amount", "is not what this releases", "Release it again.")


def _returned(entry: MoneyReturned, held: Held) -> Iterator[Doubt]:
    yield from _quarter(entry.quarter)
    for found in _known(entry.request, held):
        if isinstance(found, Doubt):
            yield found
        elif not found.granted or found.returned:
            yield Doubt("request", f"{entry.request} is {found.state}", "Only granted requests are settled, once.")


def _claimed(entry: LossClaimed, held: Held) -> Iterator[Doubt]:
    yield from known_team(entry, held)
    if entry.scenario not in held.policy.scenarios:
        listed = ", ".join(list(held.policy.scenarios)[:12]) or "none"
        yield Doubt("scenario", f"there is no scenario {entry.scenario!r} in the policy", f"Its scenarios: {listed}.")
    low, high = entry.removes
    if not 0.0 <= low <= high < 1.0:
        yield Doubt("removes", f"{low:g}..{high:g}: shares lie from 0 to below 1", _NOT_ALL)
    if entry.request:
        for found in _known(entry.request, held):
            if isinstance(found, Doubt):
                yield found
            elif not found.granted:
                yield Doubt(
                    "request", f"{entry.request} was not granted", "Claim what was paid for, or name no request."
                )
            elif found.asked.team != entry.team:
                yield Doubt("team", f"{entry.request} is of {found.asked.team}", "Correct one of the two.")
    for one in held.books.all(LossClaimed):
        other = one.entry
        if (other.team, other.scenario, other.request, other.at) == (
            entry.team,
            entry.scenario,
            entry.request,
            entry.at,
        ):
            yield Doubt("", f"{other.claim} claims the same", "Leave it out.")


def _realised(entry: ClaimRealised, held: Held) -> Iterator[Doubt]:
    if missing := list(there_is(LossClaimed, entry.claim, held, "claim")):
        yield from missing
        return
    made = held.books.about(LossClaimed, entry.claim)[0].entry
    if entry.by == made.by or of_team(entry.by, made.team, held):
        yield Doubt("by", f"{entry.by} is of {made.team}, who claimed it", "Let somebody else say what it came to.")
    if entry.removed > 1.0:
        yield Doubt("removed", "is more than all of it", "It is a share, at most 1.")
    if entry.at < made.at:
        yield Doubt("at", f"lies before {entry.claim} was made", "Correct it.")


def _quarter(name: str) -> Iterator[Doubt]:
    try:
        Period.quarter(name)
    except ValueError as error:
        yield Doubt("quarter", str(error), "")


def _known(request: str, held: Held) -> Iterator[Doubt | Funding]:
    """The request, or that there is none."""
    missing = list(there_is(Requested, request, held, "request"))
    yield from missing
    if not missing:
        yield funding_of(held.books, request)


def _payable(request: str, held: Held) -> Iterator[Doubt | Funding]:
    """The request, or why no money of it may move."""
    for found in _known(request, held):
        if isinstance(found, Doubt):
            yield found
        elif not found.granted:
            yield Doubt("request", f"{request} was not granted", "`trimtab budget show` says where it stands.")
        elif found.returned or found.withdrawn:
            yield Doubt("request", f"{request} is {found.state}", "Ask anew.")
        else:
            yield found


def paid_from(request: str, amount: int, instead_of: str, held: Held) -> Iterator[Doubt]:
    """What speaks against paying an amount from a request: it may cost no more than was released."""
    for found in _payable(request, held):
        if isinstance(found, Doubt):
            yield found
            continue
        before = sum(one.amount for one in found.lines if one.spend != instead_of)
        if before + amount > found.released:
            left = max(found.released - before, 0) / 100
            what = f"is more than the {left:,.2f} that is left of what was released of {request}"
            yield Doubt("amount", what, "Reach the next milestone first; `trimtab budget release` looks at it.")


RULES: Mapping[type[Entry], Rule] = {
    RequestWithdrawn: _withdrawn,
    MilestoneClaimed: _milestone,
    Allocated: _allocated,
    Voted: _voted,
    TrancheReleased: _tranche,
    MoneyReturned: _returned,
    LossClaimed: _claimed,
    ClaimRealised: _realised,
}
