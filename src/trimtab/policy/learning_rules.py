"""Rules of `learning`: courses are known or whole, and roles are played by somebody."""

from collections.abc import Collection

from trimtab.policy.courses import TOPICS, shipped
from trimtab.policy.include import Gathered
from trimtab.policy.keys import nearest
from trimtab.policy.learning_spec import EVERYONE
from trimtab.policy.part import Part
from trimtab.policy.secrecy import quote


def check_learning(root: Part, gathered: Gathered) -> None:
    """Report courses without a title or anybody who owes them, and roles, teams and people that are not there."""
    learning, people = root["learning"], root["people"]
    roles = {
        EVERYONE,
        *learning["roles"].names,
        *(role.text for _, person in people.entries() for role in person["roles"].items()),
    }
    for name, course in learning["courses"].entries():
        _course(name, course, roles, gathered)
    functions = {person["function"].text for _, person in people.entries()}
    for _, role in learning["roles"].entries():
        for key, names, what in (
            ("teams", root["teams"].names, "is not listed under teams"),
            ("people", people.names, "is not listed under people"),
            ("functions", tuple(functions), "is the function of nobody under people"),
        ):
            for one in role[key].items():
                _named(one, names, what, gathered)


def _course(name: str, course: Part, roles: set[str], gathered: Gathered) -> None:
    known = shipped()
    if name not in known and not course["title"].text:
        message = "has no title, and is no course of the catalogue"
        gathered.report(course.where, message, nearest(name, known), key=True)
    owing = tuple(role.text for role in course["roles"].items())
    if name not in known and not owing:
        message = "is owed by nobody"
        gathered.report(course.where, message, f"Name `roles`; `{EVERYONE}` is everybody.", key=True)
    elif not owing and not roles & set(known[name].roles):
        message = f"is for {' and '.join(known[name].roles)}, which nobody here is"
        gathered.report(course.where, message, "Name the `roles` that owe it.", key=True, warning=True)
    for role in course["roles"].items():
        _named(role, roles, "is a role of nobody under people, and not one of `learning`", gathered)
    for topic in course["topics"].items():
        _named(topic, TOPICS, "is no topic", gathered)


def _named(part: Part, names: Collection[str], what: str, gathered: Gathered) -> None:
    if part.text and part.text not in names and not gathered.full:
        gathered.report(part.where, f"{quote(part.text)} {what}", nearest(part.text, names))
