"""Rules of `scenarios`, `budget` and `committee`: what is named exists, and a committee can be thought of."""

from trimtab.policy.include import Gathered
from trimtab.policy.keys import nearest
from trimtab.policy.part import Part
from trimtab.policy.secrecy import quote


def check_money(root: Part, gathered: Gathered) -> None:
    """Report scenarios, teams, severities and functions that are not there."""
    if gathered.full:
        return
    for _, scenario in root["scenarios"].entries():
        _scenario(scenario, root, gathered)
    budget = root["budget"]
    if budget.value is not None and not root["scenarios"].names:
        message = "has nothing to weigh requests by: the policy names no `scenarios`"
        gathered.report(budget.where, message, "Add one at least: what may go wrong, how often, and what it costs.")
    for part, known, what in (
        (budget["teams"], root["teams"].names, "a team"),
        (budget["most_left"], root["scenarios"].names, "a scenario"),
    ):
        for name, inner in part.entries():
            if name not in known:
                gathered.report(inner.where, f"is not {what} of this policy", nearest(name, known), key=True)
    _committee(root, gathered)


def _scenario(scenario: Part, root: Part, gathered: Gathered) -> None:
    system, severity, by = scenario["system"], scenario["severity"], scenario["stated_by"]
    if system.text and system.text not in root["systems"]:
        message = f"{quote(system.text)} is not a system of this policy"
        gathered.report(system.where, message, nearest(system.text, root["systems"].names))
    priced = root["costs"]["incident"].names
    if severity.text and "loss" not in scenario and severity.text not in priced:
        message = f"{quote(severity.text)} has no cost: `costs.incident` says nothing of it"
        gathered.report(severity.where, message, "Say what such an incident costs, or give a `loss` here.")
    if by.text and by.text not in (*root["people"].names, *root["teams"].names):
        message = f"{quote(by.text)} is not listed under people or teams"
        gathered.report(by.where, message, nearest(by.text, (*root["people"].names, *root["teams"].names)))


def _committee(root: Part, gathered: Gathered) -> None:
    committee = root["committee"]
    if committee.value is None:
        return
    role = committee["eligible"].text or "committee"
    able = {
        person["function"].text
        for _, person in root["people"].entries()
        if role in [one.text for one in person["roles"].items()]
    }
    if not able:
        message = f"nobody has the role {quote(role)}, so no committee can be drawn"
        gathered.report(committee.where, message, "Give the role to the people who may sit on it.", warning=True)
    for function in committee["functions"].items():
        if able and function.text not in able:
            message = f"{quote(function.text)} is to have a seat, and nobody of it has the role {quote(role)}"
            gathered.report(function.where, message, nearest(function.text, sorted(able)))
    size = committee["size"].number
    seats = len(list(committee["functions"].items())) or len(able)
    if size is not None and seats > size:
        message = f"has {size:g} seats, and {seats} functions are each to have one"
        gathered.report(committee["size"].where, message, "Add seats, or name fewer `functions`.")
