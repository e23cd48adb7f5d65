"""Courses by group: how many hold what they owe, and how many still knew it, without telling of single persons.

A group of fewer people than the policy rates anybody by is not shown: its share would say who they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from trimtab.decision.learning import Holding, in_role
from trimtab.evidence.books import Books
from trimtab.kinds import Estimate, Missing
from trimtab.policy.courses import courses
from trimtab.policy.learning_spec import EVERYONE
from trimtab.policy.model import Policy
from trimtab.policy.score_spec import PersonsSpec
from trimtab.stats.binomial import clopper_pearson

Kind = Literal["course", "team", "role"]
TOO_FEW = "too-few"
"""Reason of a share that would tell of single persons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One group: `held` is the share of what its people owe of whom each course counts, person by person.

    Of a course a person is one trial; of a team or role as well, who counts only with every course that is owed.
    `knew` is the share of the last quizzes a month or more after a course that were passed, of those that were taken.
    Both are Missing where `people` are fewer than `least`.
    """

    kind: Kind
    name: str
    people: int
    held: Estimate | Missing
    knew: Estimate | Missing


def least_shown(policy: Policy) -> int:
    """Below so many people nothing is shown of a group: what the policy says of rating persons."""
    return (policy.score.persons if policy.score else PersonsSpec()).least


def groups(policy: Policy, books: Books, held: Sequence[Holding], *, end: int, level: float = 0.95) -> list[Group]:
    """Every course, every team of the policy, and every role that somebody plays, in this order.

    Args:
        policy: Whose courses, teams and roles.
        books: Who was enrolled in a role.
        held: How everybody stands, as `holdings` gives it for the same moment.
        end: Microseconds since the epoch, UTC; what happens from then on does not count.
        level: Coverage of the intervals, in (0, 1).
    """
    least = least_shown(policy)
    roles = in_role(policy, books, end=end)
    found = [
        _group("course", name, [one for one in held if one.course == name], least=least, level=level)
        for name in courses(policy.learning)
    ]
    for team in policy.teams:
        theirs = {name for name, person in policy.people.items() if person.team == team}
        found.append(_group("team", team, [one for one in held if one.person in theirs], least=least, level=level))
    for role in sorted({one for many in roles.values() for one in many if one != EVERYONE}):
        theirs = {name for name, many in roles.items() if role in many}
        found.append(_group("role", role, [one for one in held if one.person in theirs], least=least, level=level))
    return found


def _group(kind: Kind, name: str, own: Iterable[Holding], *, least: int, level: float) -> Group:
    by_person: dict[str, list[Holding]] = {}
    for one in own:
        by_person.setdefault(one.person, []).append(one)
    whole = {person: all(one.state == "held" for one in many) for person, many in by_person.items()}
    tested = {
        person: all(one.state == "held" for one in many if one.score is not None)
        for person, many in by_person.items()
        if any(one.score is not None for one in many)
    }
    return Group(
        kind=kind,
        name=name,
        people=len(by_person),
        held=_share(whole, least, level),
        knew=_share(tested, least, level),
    )


def _share(of: Mapping[str, bool], least: int, level: float) -> Estimate | Missing:
    if len(of) < least:
        return Missing(TOO_FEW, f"fewer than {least}")
    hits, count = sum(of.values()), len(of)
    interval = clopper_pearson(hits, count, level=level)
    return Estimate(value=hits / count, interval=interval, count=count, cases=count)
