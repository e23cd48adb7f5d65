"""Which requests are funded: the best there is, by going through all; why; and no answer that breaks a rule."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.decision import allocation
from trimtab.decision.allocation import NoPlan, Plan, allocate, without_each_rule
from trimtab.decision.allocation_why import explain, in_words
from trimtab.decision.requests import Problem, Request, TailYears

SCENARIOS = ("leak", "outage", "bias")


def request(name, cost, removes, **more):
    return Request(name=name, cost=cost, removes=removes, **({"category": "audit", "team": "x"} | more))


def plan_of(problem, **more):
    found = allocate(problem, **more)
    assert isinstance(found, Plan)
    assert problem.breaches(found.chosen) == []
    return found


@st.composite
def problems(draw, *, most=12, ruled=True):
    """Random requests, rules of every kind, some of them impossible to keep together."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    count, scenarios = draw(st.integers(1, most)), SCENARIOS[: draw(st.integers(1, 3))]
    requests = tuple(
        Request(
            name=f"r{n}",
            cost=float(rng.integers(0, 60)),
            category="abc"[rng.integers(3)],
            team="xyz"[rng.integers(3)],
            removes={name: float(rng.uniform(0.0, 0.9)) for name in scenarios if rng.random() < 0.6},
            needs=(f"r{rng.integers(n)}",) if n and rng.random() < 0.2 else (),
        )
        for n in range(count)
    )
    losses = {name: float(np.exp(rng.normal(6.0, 1.5))) for name in scenarios}
    total = sum(losses.values())
    cost = sum(one.cost for one in requests)
    years = (
        rng.exponential(3.0, (len(losses), 30))
        * np.array(list(losses.values()))[:, None]
        * (rng.random((len(losses), 30)) < 0.3)
    )

    def maybe(made):
        return made if ruled and rng.random() < 0.35 else None

    return Problem(
        requests=requests,
        losses=losses,
        budget=float(rng.uniform(0.0, 0.9)) * cost,
        category_shares=maybe({requests[0].category: float(rng.uniform(0.0, 0.6))}) or {},
        team_floors=maybe({requests[-1].team: float(rng.uniform(0.0, 0.3)) * cost}) or {},
        most_left=maybe({scenarios[0]: float(rng.uniform(0.05, 1.0))}) or {},
        appetite=maybe(float(rng.uniform(0.1, 1.0)) * total),
        tail=maybe(
            TailYears(years=years, level=0.9, weight=float(rng.random()), at_most=maybe(float(rng.uniform(0.5, 8.0)) * total))
        ),
    )  # fmt: skip


def best_by_going_through_all(problem):
    names = [one.name for one in problem.requests]
    every = (frozenset(itertools.compress(names, bits)) for bits in itertools.product((0, 1), repeat=len(names)))
    allowed = [
        problem.aim(chosen)
        for chosen in every
        if problem.spent(chosen) <= problem.budget + 1e-6 and not problem.breaches(chosen)
    ]
    return min(allowed, default=None)


# -- the best there is -----------------------------------------------------------------------------


@settings(max_examples=25)
@given(problems(most=8))
def test_nothing_does_better(problem):
    best, found = best_by_going_through_all(problem), allocate(problem, gap=1e-9)
    if best is None:
        assert isinstance(found, NoPlan)
        assert found.impossible
        return
    assert isinstance(found, Plan)
    assert problem.breaches(found.chosen) == []
    assert found.aim == pytest.approx(best, rel=1e-6, abs=2e-6 * problem.aim(()))
    assert found.bound <= best * (1.0 + 1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_fourteen_requests_exhaustively(seed):
    rng = np.random.default_rng(seed)
    requests = tuple(
        request(
            f"r{n}",
            float(rng.integers(1, 60)),
            {name: float(rng.uniform(0.05, 0.8)) for name in SCENARIOS if rng.random() < 0.5},
        )
        for n in range(14)
    )
    problem = Problem(requests=requests, losses={"leak": 900.0, "outage": 300.0, "bias": 50.0}, budget=120.0)
    costs, steps = problem.costs, problem.steps
    bits = (np.arange(1 << 14)[:, None] >> np.arange(14)) & 1
    left = np.exp(-(bits @ steps.T)) @ np.array([900.0, 300.0, 50.0])
    best = float(left[bits @ costs <= 120.0].min())
    found = plan_of(problem, gap=1e-9)
    assert found.aim == pytest.approx(best, rel=1e-6)
    assert found.proved or found.gap < 1e-5


@settings(max_examples=15)
@given(problems(most=10, ruled=False))
def test_more_money_never_leaves_more(problem):
    less, more = plan_of(problem), plan_of(replace(problem, budget=problem.budget * 1.3))
    assert more.aim <= less.aim * (1.0 + 2e-4) + 2e-6 * problem.aim(())


@settings(max_examples=15)
@given(problems(most=10), st.randoms())
def test_order_does_not_matter(problem, random):
    mixed = replace(problem, requests=tuple(random.sample(problem.requests, len(problem.requests))))
    here, there = allocate(problem, gap=1e-7), allocate(mixed, gap=1e-7)
    assert type(here) is type(there)
    if isinstance(here, Plan) and isinstance(there, Plan):
        assert here.aim == pytest.approx(there.aim, rel=1e-6, abs=4e-6 * problem.aim(()))


@settings(max_examples=10)
@given(problems(most=8))
def test_the_currency_does_not_matter(problem):
    def in_cents(one):
        return None if one is None else one * 100.0

    tail = problem.tail
    other = replace(
        problem,
        requests=tuple(replace(one, cost=one.cost * 100.0) for one in problem.requests),
        losses={name: value * 100.0 for name, value in problem.losses.items()},
        budget=problem.budget * 100.0,
        team_floors={name: value * 100.0 for name, value in problem.team_floors.items()},
        appetite=in_cents(problem.appetite),
        tail=tail and replace(tail, years=tail.years * 100.0, at_most=in_cents(tail.at_most)),
    )
    here, there = allocate(problem, gap=1e-7), allocate(other, gap=1e-7)
    assert type(here) is type(there)
    if isinstance(here, Plan) and isinstance(there, Plan):
        assert there.aim == pytest.approx(here.aim * 100.0, rel=1e-6, abs=4e-4 * problem.aim(()))


def test_a_huge_budget_takes_all_that_helps_and_no_more():
    """So little is left then that the first tangents do not reach it."""
    requests = tuple(request(f"r{n}", 10.0, {"leak": 0.6}) for n in range(20))
    idle = (request("idle", 5.0, {}), request("nothing", 1.0, {"leak": 0.0}))
    found = plan_of(Problem(requests=(*requests, *idle), losses={"leak": 1e6}, budget=1e5))
    assert found.proved
    assert set(found.chosen) <= {one.name for one in requests}
    assert found.left["leak"] < 1e-3


def test_bad_years_can_change_the_choice():
    """The mean is all outages, the bad years all leaks: who weighs bad years funds the leaks."""
    requests = (request("patch", 10.0, {"outage": 0.5}), request("mask", 10.0, {"leak": 0.5}))
    years = np.zeros((2, 100))
    years[1] = 30.0
    years[0, :2] = 1000.0
    plain = Problem(requests=requests, losses={"leak": 20.0, "outage": 30.0}, budget=10.0)
    assert plan_of(plain).chosen == ("patch",)
    tailed = replace(plain, tail=TailYears(years=years, weight=0.5))
    assert plan_of(tailed).chosen == ("mask",)
    strict = replace(plain, tail=TailYears(years=years, weight=0.0, at_most=tailed.bad_years(("mask",))))
    assert plan_of(strict).chosen == ("mask",)


def test_bad_years_by_hand():
    """Of ten years the worst fifth are 9 and 10; at level 0.85 the worst counts whole and the next one half."""
    problem = Problem(
        requests=(), losses={"leak": 5.5}, budget=0.0, tail=TailYears(years=np.arange(1.0, 11.0)[None, :], level=0.8)
    )
    assert problem.bad_years(()) == pytest.approx(9.5)
    half = replace(problem, tail=TailYears(years=np.arange(1.0, 11.0)[None, :], level=0.85))
    assert half.bad_years(()) == pytest.approx((10.0 + 0.5 * 9.0) / 1.5)
    assert half.aim(()) == pytest.approx(0.5 * 5.5 + 0.5 * 14.5 / 1.5)


def test_what_a_request_needs_is_funded_with_it():
    requests = (
        request("base", 40.0, {}),
        request("top", 10.0, {"leak": 0.9}, needs=("base",)),
        request("other", 45.0, {"leak": 0.5}),
    )
    problem = Problem(requests=requests, losses={"leak": 100.0}, budget=50.0)
    assert set(plan_of(problem).chosen) == {"base", "top"}
    assert set(plan_of(replace(problem, budget=49.0)).chosen) == {"other"}


def test_the_solver_may_not_bend_a_rule():
    """A choice that is over the budget by less than the solver's tolerance would be better, and is refused."""
    requests = (request("big", 1e6 + 0.05, {"leak": 0.9}), request("small", 9e5, {"leak": 0.5}))
    found = plan_of(Problem(requests=requests, losses={"leak": 100.0}, budget=1e6))
    assert found.chosen == ("small",)


def test_rules_are_in_the_program_and_not_found_by_ruling_out_choices():
    """A tight limit of bad years: a handful of rounds, not one for each choice."""
    rng = np.random.default_rng(2)
    requests = tuple(request(f"r{n}", float(rng.integers(5, 60)), {"leak": 0.1, "outage": 0.3}) for n in range(12))
    years = rng.exponential(100.0, (2, 40))
    plain = Problem(requests=requests, losses={"leak": 1.0, "outage": 1000.0}, budget=200.0)
    best = plan_of(plain)
    tail = TailYears(years=years, weight=0.0)
    limit = replace(plain, losses={"leak": 1.0, "outage": 0.0}, tail=tail).bad_years(best.chosen)
    assert limit is not None
    strict = replace(plain, losses={"leak": 0.0, "outage": 0.0}, tail=replace(tail, at_most=limit * 1.0001))
    assert plan_of(strict).rounds <= 4


def test_a_share_that_may_be_left_is_in_the_program():
    """Money goes where the loss is, but for the rule: four of the requests against leaks, and what is left for outages."""
    leaks = [request(f"leak{n}", 10.0, {"leak": 0.5}) for n in range(6)]
    outages = [request(f"outage{n}", 7.0 + n, {"outage": 0.2}) for n in range(10)]
    problem = Problem(requests=(*leaks, *outages), losses={"leak": 1.0, "outage": 1e6}, budget=80.0)
    assert all(name.startswith("outage") for name in plan_of(problem).chosen)
    ruled = plan_of(replace(problem, most_left={"leak": 0.07}))
    assert ruled.left["leak"] == pytest.approx(0.5**4)
    assert ruled.rounds <= 4


# -- nothing to fund, and no plan at all -----------------------------------------------------------


def test_no_budget_and_no_request_are_said_in_words():
    nothing = Problem(requests=(request("a", 5.0, {"leak": 0.5}),), losses={"leak": 100.0}, budget=0.0)
    found = plan_of(nothing)
    assert (found.chosen, found.spent, found.aim, found.gap) == ((), 0.0, 100.0, 0.0)
    assert in_words(nothing, found).startswith("The budget is zero: nothing is funded, and a loss of 100")
    nobody = replace(nothing, requests=(), budget=10.0)
    assert in_words(nobody, plan_of(nobody)).startswith("Nobody asks for anything")
    dear = replace(nothing, budget=1.0)
    assert in_words(dear, plan_of(dear)).startswith("Nothing that a budget of 1 can buy")
    funded = replace(nothing, budget=5.0)
    assert in_words(funded, plan_of(funded)).startswith("1 of 1 requests are funded with 5 of 5.")
    assert "of a loss of 100 a year 50 is left" in in_words(funded, plan_of(funded)).lower()


def test_what_costs_nothing_needs_no_budget():
    free = Problem(requests=(request("a", 0.0, {"leak": 0.5}),), losses={"leak": 100.0}, budget=0.0)
    assert plan_of(free).chosen == ("a",)


def test_nothing_at_stake():
    calm = Problem(requests=(request("a", 1.0, {"leak": 0.5}),), losses={"leak": 0.0}, budget=5.0)
    assert plan_of(calm).chosen == ()


def test_rules_that_cannot_be_kept_are_named():
    requests = (request("a", 60.0, {"leak": 0.5}), request("b", 50.0, {"leak": 0.2}, team="y", category="tooling"))
    problem = Problem(requests=requests, losses={"leak": 100.0}, budget=80.0, team_floors={"x": 60.0, "y": 50.0})
    found = allocate(problem)
    assert isinstance(found, NoPlan)
    assert found.impossible
    assert found.why == (
        "No choice within 80.00 keeps every rule. It would without any one of these: x gets at least 60.00; y gets at least 50.00"
    )
    assert in_words(problem, found) == f"{found.why}."
    one = allocate(replace(problem, team_floors={"x": 60.0}, most_left={"leak": 0.1}))
    assert isinstance(one, NoPlan)
    assert one.why.endswith("It would without this one: at most 0.1 of leak is left")
    both = allocate(replace(problem, team_floors={"y": 90.0}, most_left={"leak": 0.1}, appetite=1.0))
    assert isinstance(both, NoPlan)
    assert "nor would it without one of them" in both.why
    assert isinstance(allocate(replace(problem, budget=0.0)), NoPlan)


def test_a_solver_that_finds_nothing_is_no_plan(monkeypatch):
    """Out of nodes, or wrong: not an answer, and not an impossibility either."""

    class Gave:
        status, x, mip_dual_bound, mip_node_count = 1, None, None, 3

    problem = Problem(requests=(request("a", 5.0, {"leak": 0.5}),), losses={"leak": 100.0}, budget=9.0)
    monkeypatch.setattr(allocation, "milp", lambda *_, **__: Gave())
    found = allocate(problem)
    assert isinstance(found, NoPlan)
    assert not found.impossible

    class Lies(Gave):
        status, x, mip_dual_bound = 0, np.array([1.0, 0.0]), 0.0

    monkeypatch.setattr(allocation, "milp", lambda *_, **__: Lies())
    broke = allocate(replace(problem, budget=1.0))
    assert isinstance(broke, NoPlan)
    loose = allocate(problem)  # it says that nothing is left; in truth half is, and the gap says so
    assert isinstance(loose, Plan)
    assert not loose.proved
    assert loose.gap == 1.0


@pytest.mark.parametrize(("change", "said"), [
    ({"budget": -1.0}, "the budget is -1"),
    ({"budget": math.nan}, "the budget is nan"),
    ({"requests": (request("a", -5.0, {}),)}, "the cost of a is -5: money is finite and not negative"),
    ({"requests": (request("a", 5.0, {"leak": 1.0}),)}, "nothing removes all of it"),
    ({"requests": (request("a", 5.0, {"flood": 0.1}),)}, "which is no scenario"),
    ({"requests": (request("a", 5.0, {}), request("a", 6.0, {}))}, "two requests are named 'a'"),
    ({"requests": (request("a", 5.0, {}, needs=("b",)),)}, "a needs 'b', which nobody asks for"),
    ({"losses": {}}, "there is no scenario"),
    ({"losses": {"leak": -1.0}}, "the loss of leak is -1"),
    ({"category_shares": {"zoo": 0.1}}, "a share is kept for 'zoo'"),
    ({"category_shares": {"audit": 1.2}}, "it lies in"),
    ({"team_floors": {"q": 1.0}}, "money is kept for 'q'"),
    ({"team_floors": {"x": -1.0}}, "what x get at least is -1"),
    ({"most_left": {"leak": 0.0}}, "at most 0 of 'leak' may be left"),
    ({"appetite": -1.0}, "the appetite is -1"),
    ({"tail": TailYears(years=np.zeros((2, 5)))}, "a row for each of 1 scenarios"),
    ({"tail": TailYears(years=-np.ones((1, 5)))}, "finite and not negative"),
    ({"tail": TailYears(years=np.ones((1, 5)), level=1.0)}, "a level in"),
    ({"tail": TailYears(years=np.ones((1, 5)), at_most=-1.0)}, "what bad years may cost is -1"),
])  # fmt: skip
def test_mistakes_are_told(change, said):
    given = {"requests": (request("a", 5.0, {"leak": 0.5}),), "losses": {"leak": 100.0}, "budget": 9.0}
    with pytest.raises(ValueError, match=said):
        Problem(**(given | change))


def test_all_mistakes_are_told_at_once():
    with pytest.raises(ValueError, match=r"budget.*cost of a.*'zoo'"):
        Problem(requests=(request("a", -5.0, {}),), losses={"leak": 1.0}, budget=-1.0, category_shares={"zoo": 0.1})


# -- why -------------------------------------------------------------------------------------------

THREE = Problem(
    requests=(
        request("audit", 50.0, {"leak": 0.5}),
        request("guard", 50.0, {"leak": 0.4}, category="tooling", team="y"),
        request("drill", 10.0, {"outage": 0.1}, team="z"),
    ),
    losses={"leak": 1000.0, "outage": 100.0},
    budget=100.0,
)


def test_what_enters_and_leaves_and_what_a_unit_of_money_buys():
    found = plan_of(THREE)
    assert set(found.chosen) == {"audit", "guard"}
    why = explain(THREE, found)
    assert why.less is not None
    assert why.more is not None
    assert (why.less.budget, why.less.enters, why.less.leaves) == (90.0, ("drill",), ("guard",))
    assert (why.more.enters, why.more.leaves) == (("drill",), ())
    # 400 are left of 1,100; with 90 it is 500 + 90, with 110 it is 300 + 90.
    assert (why.less.aim, found.aim, why.more.aim) == pytest.approx((590.0, 400.0, 390.0))
    assert why.shadow_price == pytest.approx((590.0 - 390.0) / 20.0)
    assert (why.less.per_unit, why.more.per_unit) == pytest.approx((19.0, 1.0))


def test_what_a_refused_request_is_worth_includes_what_it_needs():
    needy = replace(THREE, requests=(*THREE.requests, request("top", 5.0, {"outage": 0.5}, needs=("drill",))))
    found = plan_of(needy)
    worth = {one.name: (one.cost, one.worth) for one in explain(needy, found).refused}
    assert worth["drill"] == pytest.approx((10.0, 10.0))
    assert worth["top"] == pytest.approx((15.0, 100.0 * (1.0 - 0.9 * 0.5)))
    assert [one.name for one in explain(needy, found).refused] == ["top", "drill"]


def test_the_price_of_each_rule():
    ruled = replace(THREE, team_floors={"z": 10.0}, category_shares={"tooling": 0.2}, appetite=1000.0)
    found = plan_of(ruled)
    assert set(found.chosen) == {"guard", "drill"}  # the floor leaves no room for both, the share asks for tooling
    rules = explain(ruled, found).rules
    assert set(rules) == set(without_each_rule(ruled))
    assert rules["z gets at least 10.00"] == pytest.approx(found.aim - 400.0)
    assert rules["at least 0.2 of what is spent goes to tooling"] == pytest.approx(100.0)
    assert rules["an expected loss of at most 1,000.00 is left"] == 0.0


@settings(max_examples=8)
@given(problems(most=7))
def test_explanations_never_contradict_the_plan(problem):
    found = allocate(problem)
    if isinstance(found, NoPlan):
        return
    why = explain(problem, found)
    assert {one.name for one in why.refused} == {one.name for one in problem.requests} - set(found.chosen)
    assert all(price >= 0.0 for price in why.rules.values())
    slack = 2e-4 * found.aim + 2e-6 * problem.aim(())
    if why.more is not None:
        assert why.more.aim <= found.aim + slack or problem.category_shares
    for one in why.refused:
        assert one.worth >= 0.0
        if problem.spent(found.chosen) + one.cost <= problem.budget and not problem.category_shares:
            assert one.worth <= slack  # what would still fit is refused only if it does nothing
