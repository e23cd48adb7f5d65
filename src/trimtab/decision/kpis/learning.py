"""P09 training: who is in role, in date, and passed a quiz a month later."""

from collections.abc import Mapping

from trimtab.decision.kpis.asked import Asked, Estimator
from trimtab.decision.learning import holdings
from trimtab.kinds import Estimate, Missing
from trimtab.stats.binomial import clopper_pearson


def training(asked: Asked) -> Estimate | Missing:
    """P09: the share of people in a role that owes courses who hold every one of them, at the end of the period.

    A person is one trial, however many courses are owed. Of a team: those whose team it is in the policy.
    """
    by_person: dict[str, bool] = {}
    for one in holdings(asked.policy, asked.books, end=asked.end):
        by_person[one.person] = by_person.get(one.person, True) and one.state == "held"
    if asked.team:
        people = asked.policy.people
        by_person = {one: held for one, held in by_person.items() if one in people and people[one].team == asked.team}
    if not by_person:
        return Missing("nobody-in-role", "nobody is in a role that owes a course of the policy")
    held, count = sum(by_person.values()), len(by_person)
    interval = clopper_pearson(held, count, level=asked.level)
    return Estimate(value=held / count, interval=interval, count=count, cases=count)


ESTIMATORS: Mapping[str, Estimator] = {"P09": training}
