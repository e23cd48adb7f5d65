"""Shares of people by course, team and role: exact, and never of so few that they tell of single persons."""

from itertools import count

import pytest
from scipy.stats import beta
from tests.workspace.governing import NOW, POLICY, policy_in

from trimtab.decision.learning import Holding
from trimtab.decision.learning_groups import TOO_FEW, groups, least_shown
from trimtab.evidence.books import Books
from trimtab.kinds import Estimate, Missing

LEARNING = """
learning:
  courses: {ai-literacy: {}, vendor-risk: {roles: [buyer]}}
  roles: {buyer: {functions: [ml]}}
"""


@pytest.fixture
def policy(tmp_path):
    return policy_in(tmp_path, POLICY + LEARNING)


def known(seen):
    assert isinstance(seen, Estimate), seen
    return seen


def held(many, *, course="ai-literacy", known=0, untested=0):
    number = count()
    return [
        Holding(
            person=f"person:{next(number)}",
            course=course,
            state="held" if place < known else "due" if place < known + untested else "forgotten",
            score=None if known <= place < known + untested else 0.9 if place < known else 0.1,
        )
        for place in range(many)
    ]


def test_a_share_is_exact_and_counts_people_who_were_not_asked_as_not_holding(policy):
    (one, *_) = groups(policy, Books(), held(20, known=12, untested=5), end=NOW)
    assert (one.kind, one.name, one.people) == ("course", "ai-literacy", 20)
    assert known(one.held).value == 12 / 20
    assert known(one.held).interval.low == pytest.approx(beta.ppf(0.025, 12, 9))
    assert known(one.knew).value == 12 / 15  # of those who took one


def test_of_few_people_nothing_is_shown(policy):
    least = least_shown(policy)
    assert least >= 5
    (few, *_) = groups(policy, Books(), held(least - 1, known=3), end=NOW)
    assert isinstance(few.held, Missing)
    assert few.held.reason == TOO_FEW
    (enough, *_) = groups(policy, Books(), held(least, known=least, untested=0), end=NOW)
    assert known(enough.held).value == 1.0
    # Enough hold the course, and too few of them were asked.
    (asked, *_) = groups(policy, Books(), held(least, known=1, untested=least - 2), end=NOW)
    assert (known(asked.held).value, isinstance(asked.knew, Missing)) == (1 / least, True)


def test_a_person_counts_once_and_with_every_course(policy):
    """Of a role the same people owe two courses: whoever lacks one of them does not count."""
    policy = policy.model_copy(update={"people": {f"p{n}": policy.people["ml-lead"] for n in range(12)}})
    both = [
        Holding(person=f"p{n}", course=course, state="held" if n < 8 or course == "ai-literacy" else "due", score=0.9)
        for n in range(12)
        for course in ("ai-literacy", "vendor-risk")
    ]
    found = {(one.kind, one.name): one for one in groups(policy, Books(), both, end=NOW)}
    assert known(found["course", "ai-literacy"].held).value == 1.0
    assert found["role", "buyer"].people == found["team", "ml-team"].people == 12
    assert known(found["role", "buyer"].held).value == pytest.approx(8 / 12)
    assert known(found["team", "ml-team"].held).value == pytest.approx(8 / 12)
