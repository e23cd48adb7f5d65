"""Who owes which course, and who still knows it: in date, and passed a quiz a month or more after the course."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from trimtab.evidence.books import Books
from trimtab.evidence.entries.training import Trained
from trimtab.policy.courses import Course, courses
from trimtab.policy.learning_spec import EVERYONE, RETENTION_DAYS
from trimtab.policy.model import Policy
from trimtab.policy.people import day_begins

DAY = 86_400_000_000
COMMITTED = "person:"
"""What the name of somebody begins with who is not in the policy."""

State = Literal["held", "waits", "due", "forgotten", "lapsed", "not-taken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One person and one course that the person owes. Moments are microseconds since the epoch, UTC; 0 for none.

    held: in date, and the last quiz that was taken a month or more after a course in date was passed. waits: completed
    less than a month ago. due: a month has passed, and no such quiz was taken. forgotten: it was taken and not passed.
    lapsed: no completed course is in date. `until` is when the course lapses, `asked_from` when a quiz counts.
    """

    person: str
    course: str
    state: State
    completed: int = 0
    until: int = 0
    asked_from: int = 0
    score: float | None = None


def roles_known(policy: Policy) -> frozenset[str]:
    """Every role that somebody can play here."""
    listed = {role for person in policy.people.values() for role in person.roles}
    return frozenset({EVERYONE, *listed, *(policy.learning.roles if policy.learning else ())})


def roles_of(policy: Policy, person: str) -> frozenset[str]:
    """The roles of somebody in the policy: those listed there, and those that `learning` gives."""
    spec = policy.people[person]
    given = {
        name
        for name, role in (policy.learning.roles if policy.learning else {}).items()
        if person in role.people or spec.function in role.functions or (spec.team and spec.team in role.teams)
    }
    return frozenset({EVERYONE, *spec.roles, *given})


def in_role(policy: Policy, books: Books, *, end: int) -> dict[str, frozenset[str]]:
    """Everybody who plays a role just before `end`, with the roles. Whoever has left is not among them."""
    found = {
        name: roles_of(policy, name)
        for name, person in policy.people.items()
        if person.left is None or day_begins(person.left) >= end
    }
    joined: dict[tuple[str, str], tuple[int, bool]] = {}
    for one in books.all(Trained):
        entry = one.entry
        if entry.step not in ("enrolled", "left") or entry.at >= end:
            continue
        # Of two at one moment, leaving counts, whichever was entered first.
        told = (entry.at, entry.step == "left")
        joined[entry.person, entry.role] = max(told, joined.get((entry.person, entry.role), told))
    for (person, role), (_, gone) in sorted(joined.items()):
        if not gone:
            found[person] = frozenset({EVERYONE, role, *found.get(person, ())})
    return found


def owed(policy: Policy, books: Books, *, end: int) -> Iterator[tuple[str, Course]]:
    """Each person in a role with each course that the roles owe."""
    for person, roles in in_role(policy, books, end=end).items():
        for course in courses(policy.learning).values():
            if roles & set(course.roles):
                yield person, course


def holdings(policy: Policy, books: Books, *, end: int) -> list[Holding]:
    """How every person in a role stands in every course owed, by what happened before `end`."""
    taken: dict[tuple[str, str], list[Trained]] = {}
    for one in books.all(Trained):
        if one.entry.at < end and one.entry.course:
            taken.setdefault((one.entry.person, one.entry.course), []).append(one.entry)
    return [
        holding(person, course, taken.get((person, course.name), ()), end=end)
        for person, course in owed(policy, books, end=end)
    ]


def holding(person: str, course: Course, taken: Sequence[Trained], *, end: int) -> Holding:
    """How one person stands in one course, given what that person did in it before `end`; in any order."""
    completed = sorted(one.at for one in taken if one.step == "completed")
    dated = [at for at in completed if end <= at + course.valid_days * DAY]
    if not dated:
        if not completed:
            return Holding(person=person, course=course.name, state="not-taken")
        until = completed[-1] + course.valid_days * DAY
        return Holding(person=person, course=course.name, state="lapsed", completed=completed[-1], until=until)
    first, last = dated[0], dated[-1]
    # A month counts from the oldest course that is still in date: repeating one does not take away what was shown.
    asked_from = first + RETENTION_DAYS * DAY
    shown = [
        (one.at, -(one.score or 0.0)) for one in taken if one.step in ("quiz", "retention") and one.at >= asked_from
    ]
    # The last one counts, and of several at one moment the worst; otherwise it would pay to try until one is lucky.
    score = -max(shown)[1] if shown else None
    state: State
    if score is None:
        state = "waits" if end <= asked_from else "due"
    else:
        state = "held" if score >= course.pass_ else "forgotten"
    return Holding(
        person=person,
        course=course.name,
        state=state,
        completed=last,
        until=last + course.valid_days * DAY,
        asked_from=asked_from,
        score=score,
    )
