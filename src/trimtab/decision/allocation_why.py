"""Why a plan is as it is: what a little more money would buy, what each refused request and each rule is worth."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from trimtab.decision.allocation import GAP, NoPlan, Plan, allocate, without_each_rule
from trimtab.decision.requests import Problem

_MORE = 0.1  # of the budget, each way


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """The plan with another budget: what enters and leaves, and what it then comes to.

    `per_unit` is how much less loss a unit of money more buys (with less budget: loses) on the way there.
    """

    budget: float
    enters: tuple[str, ...]
    leaves: tuple[str, ...]
    aim: float
    per_unit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A request that got nothing: what it would remove on top of the plan, and what that would cost.

    Both include what it needs and was not funded either. `worth` is money a year.
    """

    name: str
    cost: float
    worth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What stands beside a plan.

    `less` and `more` are the plans at 10 % less and more money, in `shadow_price` the loss avoided per unit of
    money between the two. What a budget that small cannot do (keep the rules) is None. `rules` is, by rule in words,
    the loss that would be avoided without it, >= 0. Differences within `noise` are none: plans are only so exact.
    """

    less: Nearby | None
    more: Nearby | None
    shadow_price: float | None
    refused: tuple[Refused, ...]
    rules: Mapping[str, float]
    noise: float


def explain(problem: Problem, plan: Plan, *, gap: float = GAP) -> Explanation:
    """Solve the neighbouring problems of one that has a plan.

    Args:
        problem: What the plan is for.
        plan: As `allocate` gave it.
        gap: How near to the best each neighbour must be, relative.
    """
    sides = [_nearby(problem, plan, 1.0 + way, gap) for way in (-_MORE, _MORE)]
    less, more = sides
    price = None
    if less and more and problem.budget > 0.0:
        price = max(less.aim - more.aim, 0.0) / (more.budget - less.budget)
    rules = {}
    for words, other in without_each_rule(problem).items():
        found = allocate(other, gap=gap)
        if isinstance(found, Plan):
            rules[words] = max(plan.aim - found.aim, 0.0)
    funded = frozenset(plan.chosen)
    refused = []
    for one in problem.requests:
        if one.name not in funded:
            whole = funded | problem.with_needs(one.name)
            cost = problem.spent(whole) - problem.spent(funded)
            refused.append(Refused(name=one.name, cost=cost, worth=max(plan.aim - problem.aim(whole), 0.0)))
    refused.sort(key=lambda one: (-one.worth, one.name))
    return Explanation(
        less=less, more=more, shadow_price=price, refused=tuple(refused), rules=rules, noise=gap * plan.aim
    )


def in_words(problem: Problem, found: Plan | NoPlan) -> str:
    """One paragraph for those who decide."""
    if isinstance(found, NoPlan):
        return f"{found.why}."
    before = problem.aim(())
    if not problem.requests:
        return f"Nobody asks for anything; a loss of {before:,.0f} a year is left as it is."
    if not found.chosen:
        why = (
            "The budget is zero" if problem.budget == 0.0 else f"Nothing that a budget of {problem.budget:,.0f} can buy"
        )
        what = "" if problem.budget == 0.0 else " removes any loss"
        return f"{why}{what}: nothing is funded, and a loss of {before:,.0f} a year is left as it is."
    sure = (
        f"no other choice leaves less by more than {found.gap:.2%}"
        if found.proved
        else f"the solver stopped early; another choice may leave less, but not by more than {found.gap:.1%}"
    )
    return (
        f"{len(found.chosen)} of {len(problem.requests)} requests are funded with {found.spent:,.0f} of "
        f"{problem.budget:,.0f}. Of a loss of {before:,.0f} a year {found.aim:,.0f} is left; {sure}."
    )


def _nearby(problem: Problem, plan: Plan, times: float, gap: float) -> Nearby | None:
    other = replace(problem, budget=problem.budget * times)
    found = allocate(other, gap=gap)
    if isinstance(found, NoPlan):
        return None
    between = abs(other.budget - problem.budget)
    return Nearby(
        budget=other.budget,
        enters=tuple(name for name in found.chosen if name not in plan.chosen),
        leaves=tuple(name for name in plan.chosen if name not in found.chosen),
        aim=found.aim,
        per_unit=abs(found.aim - plan.aim) / between if between > 0.0 else 0.0,
    )
