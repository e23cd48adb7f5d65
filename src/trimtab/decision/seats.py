"""Who sits on the committee, who may be drawn, and by which seed: from the books and the policy."""

from dataclasses import dataclass

from trimtab.decision.lottery import Person, Seat, commitment
from trimtab.decision.period import Period
from trimtab.evidence.books import Books
from trimtab.evidence.entries.committee import Seated, SeedCommitted
from trimtab.policy.model import Policy
from trimtab.policy.money_spec import CommitteeSpec
from trimtab.policy.people import day_begins

DAY = 86_400_000_000  # microseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """All that a draw takes besides the seed."""

    people: tuple[Person, ...]
    sitting: tuple[Seat, ...]
    quarter: int
    missing: tuple[str, ...]  # functions that are to have a seat, and of which nobody is eligible


def number(quarter: str) -> int:
    """A quarter as a whole number that counts on.

    Raises:
        ValueError: It is none.
    """
    period = Period.quarter(quarter)
    return 4 * int(period.name[:4]) + int(period.name[-1]) - 1


def named(quarter: int) -> str:
    """The quarter of a number."""
    return f"{quarter // 4}-Q{quarter % 4 + 1}"


def members(books: Books, quarter: str) -> tuple[str, ...]:
    """Who has a seat in a quarter, by name."""
    at = number(quarter)
    held = {one.entry.member for one in books.all(Seated) if number(one.entry.quarter) <= at < number(one.entry.until)}
    return tuple(sorted(held))


def to_draw(books: Books, policy: Policy, spec: CommitteeSpec, quarter: str) -> Draw:
    """Who is eligible in a quarter, and whose seats go on from the one before."""
    at, begins = number(quarter), Period.quarter(quarter).start
    ended: dict[str, int] = {}
    for one in books.all(Seated):
        if (until := number(one.entry.until)) <= at:
            ended[one.entry.member] = max(until, ended.get(one.entry.member, until))
    wanted = {*spec.functions, *spec.outside} if spec.functions else None
    people = tuple(
        Person(name=name, function=one.function, outside=one.function in spec.outside, left=ended.get(name))
        for name, one in policy.people.items()
        if spec.eligible in one.roles
        and (wanted is None or one.function in wanted)
        and (one.left is None or day_begins(one.left) > begins)
    )
    known = {one.name: one for one in people}
    sitting = []
    for kept in books.all(Seated):
        seat = kept.entry
        person = policy.people.get(seat.member)
        # Of who had left a quarter ago the seat was drawn again then.
        gone = person is None or (
            person.left is not None and day_begins(person.left) <= Period.quarter(quarter).before().start
        )
        if not gone and number(seat.quarter) < at <= number(seat.until):
            # Who left the organisation since is known by name only; their function decides nothing any more.
            holder = known.get(seat.member, Person(name=seat.member, function=""))
            sitting.append(Seat(person=holder, until=number(seat.until)))
    missing = tuple(one for one in spec.functions if one not in {person.function for person in people})
    return Draw(people=people, sitting=tuple(sitting), quarter=at, missing=missing)


def seed_refused(books: Books, spec: CommitteeSpec, quarter: str, *, seed: str, beacon: str, moment: int) -> str:
    """Why a draw with this seed is not one that others would trust; empty if it is."""
    digest = commitment(seed)
    kept = [one for one in books.all(SeedCommitted) if one.entry.quarter == quarter]
    if not kept:
        return f"nobody committed to a seed for {quarter}; `trimtab committee commit` does, {spec.notice:g} days before"
    first = kept[0]
    if first.entry.digest != digest:
        return f"the seed is not the one that was committed to for {quarter} in row {first.seq}"
    if moment - first.time < spec.notice * DAY:
        return f"the seed was committed to less than {spec.notice:g} days ago; draw later"
    if spec.beacon and not beacon:
        return f"a public part is missing: give --beacon, from {spec.beacon}"
    if beacon and not spec.beacon:
        return "the policy names no `beacon`, so a public part would be anybody's choice"
    return ""
