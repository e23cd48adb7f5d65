"""A proposal of new weights from its first day to the vote: what it may move, who may vote, what became of it.

Proposed, then run beside the weights in force for the quarter in which it was proposed and the four before; when that
quarter is over, the members vote whose own products change no band by it, and a majority of those who may carries
it, if it does so before the day on which it would begin. What asks for less also needs a risk owner's signature and
a day on which it ends.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Literal

from trimtab.decision.period import Period
from trimtab.decision.readings import readings_of
from trimtab.decision.weight_sets import InForce, digest_of, from_told, in_force, moved
from trimtab.evidence.books import Books
from trimtab.evidence.entries import ENTRIES
from trimtab.evidence.entries.recalibration import (
    PointsGiven,
    RecalibrationProposed,
    RecalibrationShadowed,
    RecalibrationVoted,
)
from trimtab.policy.kpi_catalogue import kpi_catalogue
from trimtab.policy.model import Policy
from trimtab.policy.people import day_begins
from trimtab.policy.score_spec import WeightSet

State = Literal["proposed", "shadowed", "adopted", "refused", "too-late"]
DAY = 86_400_000_000
LONGEST_LOOSER = 184 * DAY
"""For so long something may ask for less at most: two quarters."""
POINTS = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What became of a proposal. `may` are members who may vote, `recused` those whose own products it moves."""

    proposal: RecalibrationProposed
    state: State
    shadow: RecalibrationShadowed | None
    may: tuple[str, ...]
    recused: tuple[str, ...]
    votes_for: tuple[str, ...]
    votes_against: tuple[str, ...]
    signed_by: str
    looser: bool
    why: str

    @property
    def needed(self) -> int:
        """Votes for it that carry it."""
        return len(self.may) // 2 + 1


def standing(books: Books, id_: str, now: int) -> Standing:
    """What has become of one proposal by now. Who may vote is what the shadow run says, whoever has joined since.

    Raises:
        KeyError: There is none of this id.
    """
    kept = books.about(RecalibrationProposed, id_)
    if not kept:
        raise KeyError(id_)
    proposal = kept[0].entry
    looser = bool(proposal.until)  # which it has just if it asks for less: the books take no other
    shadows = books.about(RecalibrationShadowed, id_)
    shadow = shadows[0].entry if shadows else None
    may, recused = (shadow.may, shadow.recused) if shadow else ((), ())
    cast: dict[str, tuple[str, int]] = {}
    signed, signed_at = "", 0
    for one in books.about(RecalibrationVoted, id_):
        if one.entry.choice == "sign":
            if not signed:
                signed, signed_at = one.entry.by, one.time
        elif one.entry.by in may:
            cast.setdefault(one.entry.by, (one.entry.choice, one.time))
    votes_for = tuple(name for name, (choice, _) in cast.items() if choice == "for")
    against = tuple(name for name, (choice, _) in cast.items() if choice == "against")
    needed = len(may) // 2 + 1
    state, why = _state(
        proposal,
        shadow,
        carried=sorted(at for choice, at in cast.values() if choice == "for")[needed - 1 : needed],
        lost=len(may) > 0 and len(may) - len(against) < needed,
        signed_at=signed_at,
        unsigned=looser and not signed,
        now=now,
    )
    return Standing(
        proposal=proposal,
        state=state,
        shadow=shadow,
        may=may,
        recused=recused,
        votes_for=votes_for,
        votes_against=against,
        signed_by=signed,
        looser=looser,
        why=why,
    )


def _state(
    proposal: RecalibrationProposed,
    shadow: RecalibrationShadowed | None,
    *,
    carried: Sequence[int],
    lost: bool,
    signed_at: int,
    unsigned: bool,
    now: int,
) -> tuple[State, str]:
    if carried and not unsigned and max(carried[0], signed_at) < proposal.effective:
        return "adopted", "A majority of those who may vote is for it."
    if lost:
        return "refused", "A majority for it cannot come about any more."
    if now >= proposal.effective:
        return "too-late", "Its day has come without a majority and every signature that it needs."
    if shadow is None:
        return "proposed", "It runs in the shadow of the weights in force until the end of its quarter."
    if carried and unsigned:
        return "shadowed", "It asks for less, and no risk owner has signed that."
    return "shadowed", "It is for the committee to vote."


def adopted(books: Books) -> Mapping[str, int]:
    """Digests of the sets that were adopted, and until when each holds (0: always), the first one of each quarter."""
    found: dict[str, int] = {}
    quarters: set[int] = set()
    for one in books.all(RecalibrationProposed):
        entry = one.entry
        if entry.effective not in quarters and _adopted(books, entry.recalibration):
            quarters.add(entry.effective)
            found[entry.digest] = entry.until
    return found


def in_force_at(
    books: Books, policy: Policy, start: int, *, policies: Callable[[str], Policy | None] = lambda _: None
) -> InForce | None:
    """The weights that a period beginning at `start` is judged by.

    The first set needs no vote, so it must have been the policy's by then, where the books know: `policies` gives an
    earlier policy by its digest. Else whoever edits the file would judge a quarter by what was written after it.
    """
    return in_force(policy, adopted(books), start, first=_first_set(books, policy, start, policies))


def _first_set(books: Books, policy: Policy, start: int, policies: Callable[[str], Policy | None]) -> WeightSet | None:
    """The first set that the policy had last before a moment; None where it has that one still, or nobody knows."""
    if policy.score is None:
        return None
    known = None
    for digest in books.once(("policies before", start), lambda: _policies_before(books, start)):
        then = policies(digest)
        if then is not None and then.score is not None and then.organisation == policy.organisation:
            if then.score.sets[0] == policy.score.sets[0]:
                return None
            known = known or then.score.sets[0]
    return known


def policy_before(books: Books, policy: Policy, start: int, policies: Callable[[str], Policy | None]) -> Policy | None:
    """The policy of the same organisation that was in use last before a moment; None where nobody knows."""
    for digest in books.once(("policies before", start), lambda: _policies_before(books, start)):
        then = policies(digest)
        if then is not None and then.organisation == policy.organisation:
            return then
    return None


def _policies_before(books: Books, start: int) -> tuple[str, ...]:
    """Digests of policies under which something was entered before a moment, the last first."""
    last: dict[str, int] = {}
    for one in (one for kind in ENTRIES.values() for one in books.all(kind) if one.time < start and one.policy):
        last[one.policy] = max(one.seq, last.get(one.policy, 0))
    return tuple(sorted(last, key=lambda digest: -last[digest]))


def _adopted(books: Books, id_: str) -> bool:
    return standing(books, id_, 0).state == "adopted"  # whenever one asks: what carried it came before its day


def set_of(proposal: RecalibrationProposed) -> WeightSet:
    """The weights that were proposed.

    Raises:
        ValueError: What was proposed is no set of weights.
    """
    return from_told(proposal.numbers, begins=day_of(proposal.effective))


def day_of(moment: int) -> str:
    """The day of a moment, `2027-01-01`."""
    return (date(1970, 1, 1) + timedelta(days=moment // DAY)).isoformat()


def shadow_quarters(proposal: RecalibrationProposed) -> tuple[Period, ...]:
    """The quarter beside which it runs, then the four before it."""
    found = [Period.quarter_at(proposal.at)]
    while len(found) < 5:
        found.append(found[-1].before())
    return tuple(found)


def owns(policy: Policy, person: str) -> frozenset[str]:
    """Systems that are somebody's own: by name, as a member or the lead of the team, or in the owner's team."""
    teams = {name for name, team in policy.teams.items() if team.lead == person}
    if person in policy.people and (team := policy.people[person].team):
        teams.add(team)
    found = set()
    for name, spec in policy.systems.items():
        owner = policy.people.get(spec.owner)
        if spec.owner == person or spec.owner in teams or (owner is not None and owner.team in teams):
            found.add(name)
    return frozenset(found)


def electorate(policy: Policy, moves: Iterable[str], now: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Members who may vote, and those who may not since a product of their own changes its band."""
    changed = set(moves)
    voters = policy.score.voters if policy.score else ()
    here = [name for name in voters if not _gone(policy, name, now)]
    may = tuple(name for name in here if not owns(policy, name) & changed)
    return may, tuple(name for name in here if name not in may)


def may_sign(policy: Policy, name: str, proposal: RecalibrationProposed) -> bool:
    """Whether somebody may sign that less is asked: a risk owner, and not who proposed it."""
    person = policy.people.get(name)
    return person is not None and "risk-owner" in person.roles and name != proposal.by


def against(proposal: RecalibrationProposed, books: Books, policy: Policy, now: int) -> list[tuple[str, str, str]]:
    """(field, what is wrong, what to do) of a proposal: its quarter, its caps, and what asks for less."""
    found: list[tuple[str, str, str]] = []
    soonest = Period.quarter_at(Period.quarter_at(now).end)
    try:
        new = set_of(proposal)
    except ValueError as error:
        return [
            ("numbers", f"are no set of weights: {' '.join(str(error).split())[:200]}", "Propose it from a policy.")
        ]
    found += [
        ("numbers", what, "Put it into the policy first, so that there is evidence.")
        for what in _senseless(policy, new)
    ]
    if found:
        return found
    if proposal.digest != digest_of(new):
        found.append(("digest", "is not that of the numbers", "Propose it from a policy."))
    if proposal.effective < soonest.end:
        day = day_of(soonest.end)
        what = "is too soon: it runs in the shadow for this quarter, and is voted on in the next"
        found.append(("effective", what, f"The first day that it can begin is {day}."))
    taken = [
        one.entry.recalibration
        for one in books.all(RecalibrationProposed)
        if one.entry.effective == proposal.effective and _adopted(books, one.entry.recalibration)
    ]
    if taken:
        found.append(
            ("effective", f"{taken[0]} begins then, and a quarter has one set of weights", "Choose a later one.")
        )
    now_in_force = in_force_at(books, policy, proposal.effective - 1)
    if now_in_force is None:
        return [*found, ("", "the policy has no weights in force that these could replace", "Write its first set.")]
    changes = moved(policy, now_in_force.weights, new)
    found += [
        ("numbers", f"{one.name} {one.allowed}", "Move it in steps, a quarter each.") for one in changes if one.allowed
    ]
    if not changes:
        found.append(("numbers", "say what is in force already", "Propose a change."))
    looser = [one.name for one in changes if one.loosens]
    if proposal.until and not looser:
        found.append(("until", "is for what asks for less, and nothing does", "Leave it out."))
    if looser and not proposal.effective < proposal.until <= proposal.effective + LONGEST_LOOSER:
        what = (
            f"is needed, since {', '.join(looser[:3])} would ask for less: a day within two quarters of its beginning"
        )
        found.append(("until", what, "Say when that ends; a risk owner signs for it."))
    return found


def _senseless(policy: Policy, weights: WeightSet) -> Iterator[str]:
    """What a policy file with these weights would be refused for; a file of entries may hold anything."""
    for tier, score in weights.tiers.items():
        if tier not in policy.tiers:
            yield f"speak of {tier}, which is no tier of the policy"
            continue
        for name, metric in score.metrics.items():
            if name not in policy.metrics and kpi_catalogue().get(name) is None:
                yield f"speak of {name}, which is no metric of the policy yet, nor a KPI"
            elif metric.floor is None or metric.target is None:
                yield f"do not say what is asked of {name}"
        try:
            readings_of(policy, tier, score, {}, at=0)
        except ValueError as error:
            yield f"cannot be scored by: {error}"


def agreed_points(books: Books, policy: Policy, tier: str, quarter: Period) -> dict[str, float]:
    """Weights from the points that members gave in a quarter: the median of each, then made to add up to 1.

    Of each member the last word counts; what a member did not name got no points. Empty where nobody gave any.

    Source:
        OECD & JRC (2008), Handbook on constructing composite indicators, step 6: budget allocation.
    """
    voters = set(policy.score.voters) if policy.score else set()
    given: dict[str, Mapping[str, float]] = {}
    for one in books.all(PointsGiven):
        if one.entry.tier == tier and one.entry.by in voters and quarter.holds(one.entry.at):
            given[one.entry.by] = one.entry.points
    names = sorted({name for points in given.values() for name in points})
    middle = {name: median(points.get(name, 0.0) for points in given.values()) for name in names}
    whole = sum(middle.values())
    return {name: value / whole for name, value in middle.items()} if whole > 0.0 else {}


def _gone(policy: Policy, name: str, now: int) -> bool:
    person = policy.people.get(name)
    return person is None or (person.left is not None and now >= day_begins(person.left))
