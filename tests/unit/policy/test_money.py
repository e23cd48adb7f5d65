"""`scenarios`, `budget` and `committee` of a policy: checked, compared, and no reason for another digest."""

from typing import get_args

import pytest

from trimtab.evidence.entries.spending import PREVENTION
from trimtab.policy import diff
from trimtab.policy.model import _as_first_written
from trimtab.policy.money_spec import Category

MONEY = """\
costs: {incident: {S1: [5000, 90000]}}
teams: {core: {}}
scenarios:
  leak: {system: assistant, severity: S1, rate: [0.2, 2], stated_by: safety-lead}
  outage: {rate: [1, 6], loss: [1000, 20000], secondary: {loss: [10, 20], chance: 0.5}}
budget:
  amount: 10000
  categories: {privacy: 0.3}
  teams: {core: 2000}
  most_left: {leak: 0.8}
  appetite: {expected: 90000, bad_years: 400000, points: [{loss: 200000, chance: 0.1}]}
  upfront: 0.3
committee: {size: 3, eligible: risk-owner, outside: [safety], notice: 2, beacon: a public draw}
"""


def test_policies_without_these_keys_keep_their_digest(folder, base):
    first = _as_first_written(folder.load(base).model_dump(mode="json", by_alias=True))
    assert not {"scenarios", "budget", "committee"} & set(first)
    assert folder.load(base + MONEY).digest != folder.load(base).digest


def test_the_categories_of_the_policy_are_those_of_the_books():
    assert get_args(Category) == PREVENTION


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("amount: 10000", "amount: 0", "must be more than 0"),
        ("amount: 10000", "amount: -5", "must be more than 0"),
        ("privacy: 0.3", "privacy: 1.3", "must be at most 1"),
        ("{privacy: 0.3}", "{privacy: 0.6, audit: 0.6}", "more than 1"),
        ("{privacy: 0.3}", "{party: 0.3}", "budget.categories.party"),
        ("core: 2000", "core: 20000", "more than there is"),
        ("{core: 2000}", "{corr: 2000}", "is not a team of this policy"),
        ("{leak: 0.8}", "{leek: 0.8}", "is not a scenario of this policy"),
        ("chance: 0.1}", "chance: 1.1}", "must be less than 1"),
        ("{expected: 90000, bad_years: 400000, points: [{loss: 200000, chance: 0.1}]}", "{}", "give some of"),
        ("rate: [0.2, 2]", "rate: [0, 2]", "above 0"),
        ("rate: [0.2, 2]", "rate: [2, 0.2]", "above 0"),
        ("severity: S1, rate", "severity: S2, rate", "has no cost"),
        ("severity: S1, rate", "rate", "say what an event costs"),
        ("system: assistant", "system: assistent", "is not a system of this policy"),
        ("safety-lead}", "safety-leed}", "is not listed under people or teams"),
        ("[1000, 20000]", "[20000, 1000]", "from the lower to the higher"),
        ("size: 3", "size: 4", "multiple of three"),
        ("size: 3,", "size: 3, functions: [safety, law],", "nobody of it has the role"),
        ("size: 3,", "size: 3, functions: [a, b, c, d],", "4 functions are each to have one"),
        ("notice: 2", "notiz: 2", "committee.notiz"),
    ],
)
def test_each_slip_is_said(folder, base, old, new, said):
    assert old in MONEY
    mistakes = folder.check(base + MONEY.replace(old, new)).mistakes
    assert any(said in str(one) and one.line for one in mistakes), "\n".join(map(str, mistakes))


def test_a_budget_without_scenarios_has_nothing_to_weigh_by(folder, base):
    mistakes = folder.check(base + "budget: {amount: 5}\n").mistakes
    assert ["names no `scenarios`" in str(one) for one in mistakes] == [True]


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("expected: 90000", "expected: 95000", "budget.appetite.expected"),
        ("bad_years: 400000, ", "", "budget.appetite.bad_years"),
        ("chance: 0.1}", "chance: 0.2}", "budget.appetite.points.200,000"),
        ("amount: 10000", "amount: 9000", "budget.amount"),
        ("{privacy: 0.3}", "{privacy: 0.2}", "budget.categories.privacy"),
        ("{leak: 0.8}", "{leak: 0.9}", "budget.most_left.leak"),
        ("upfront: 0.3", "upfront: 0.5", "budget.upfront"),
        ("notice: 2", "notice: 1", "committee.notice"),
        (", beacon: a public draw", "", "committee.beacon"),
    ],
)
def test_more_that_may_be_lost_and_less_that_stands_against_it_is_seen_as_loosening(folder, base, old, new, where):
    a, b = folder.load(base + MONEY), folder.load(base + MONEY.replace(old, new))
    assert [(one.where, one.effect) for one in diff(a, b).changes] == [(where, "loosens")]
    assert [(one.where, one.effect) for one in diff(b, a).changes] == [(where, "tightens")]


def test_what_is_gone_loosens(folder, base):
    a = folder.load(base + MONEY)
    without = MONEY.split("budget:", maxsplit=1)[0].replace("  leak: {system", "  lost: {system")
    found = {one.where: one.effect for one in diff(a, folder.load(base + without)).changes}
    assert found == {
        "scenarios.leak": "loosens",
        "scenarios.lost": "adds",
        "budget": "loosens",
        "committee": "loosens",
    }
