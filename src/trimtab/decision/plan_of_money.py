"""What the risk budget of a period should fund: the problem as the books pose it, its plan, and why it is so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trimtab._canonical import digest
from trimtab.decision.allocation import GAP, NoPlan, Plan, allocate
from trimtab.decision.allocation_why import Explanation, Nearby, explain, in_words
from trimtab.decision.appetite import appetite_of
from trimtab.decision.credit import Claim, Credit, claims, credit
from trimtab.decision.funding import Funding, fundings, pool
from trimtab.decision.loss_model import loss_model
from trimtab.decision.period import Period
from trimtab.decision.requests import Problem, Request, TailYears
from trimtab.evidence.books import Books
from trimtab.policy.model import Policy
from trimtab.policy.money_spec import BudgetSpec
from trimtab.policy.people import day_begins
from trimtab.stats.loss import simulate

_TAIL_YEARS = 1_000
_FRONTIER = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)  # times the money there is
_FRONTIER_GAP = 0.01
_GORDON_LOEB = 0.36787944117144233  # 1/e


@dataclass(frozen=True, slots=True, kw_only=True)
class Posed:
    """A problem, and where its numbers come from. `notes` say what was left out, and why."""

    problem: Problem
    asked: Mapping[str, Funding]
    kappas: Mapping[str, Credit]
    notes: tuple[str, ...]
    money: tuple[float, float, float]  # budgeted, returned, granted


def pose(policy: Policy, books: Books, *, quarter: str, asof: int, seed: int) -> Posed:
    """The problem of a quarter: open requests, what scenarios cost a year, and the rules of the policy.

    What was granted before and is not settled is taken to do what it promises, so that nothing is paid for twice.

    Raises:
        ValueError: `quarter` is none, or the policy has no budget.
    """
    budget = policy.budget
    if budget is None:
        raise ValueError("the policy has no budget")
    begins = Period.quarter(quarter).start
    model = loss_model(policy, books, until=asof)
    made = claims(books, asof=asof)
    all_of = {one.asked.request: one for one in fundings(books, asof=asof)}
    notes: list[str] = []
    open_ = _able(all_of, {name for name, one in all_of.items() if owner_left(policy, one, asof)}, notes)
    kappas = {name: _credit(made, one, budget) for name, one in all_of.items()}
    losses = {one.name: one.scenario.expected for one in model.scenarios}
    years = None
    if budget.theta > 0.0:
        drawn = simulate(model.drawn, seed=seed, years=_TAIL_YEARS, shock=budget.shock).by_scenario.copy()
        years = TailYears(years=drawn, level=budget.level, weight=budget.theta)
    for name, one in sorted(all_of.items()):
        if one.granted and not one.returned and not one.withdrawn:
            for scenario, share in _removes(one, kappas[name], losses).items():
                losses[scenario] *= 1.0 - share
                if years is not None:
                    years.years[list(losses).index(scenario)] *= 1.0 - share
    budgeted, back, given = (part / 100.0 for part in pool(books, budget, begins, asof=asof))
    # Names in order, so that the order of rows decides nothing.
    requests = tuple(
        Request(
            name=name,
            cost=one.asked.amount / 100.0,
            category=one.asked.category,
            team=one.asked.team,
            removes=_removes(one, kappas[name], losses),
            needs=tuple(need for need in one.asked.needs if need in open_),
        )
        for name, one in sorted(open_.items())
    )
    problem = Problem(
        requests=requests,
        losses=losses,
        budget=max(budgeted + back - given, 0.0),
        category_shares=dict(_category_shares(budget, requests, notes)),
        team_floors=dict(_team_floors(budget, requests, notes)),
        most_left=budget.most_left,
        appetite=appetite_of(budget, books, asof=asof).expected,
        tail=years,
    )
    return Posed(problem=problem, asked=open_, kappas=kappas, notes=tuple(notes), money=(budgeted, back, given))


def plan_figures(
    policy: Policy, books: Books, *, quarter: str, asof: int, seed: int = 0, gap: float = GAP
) -> dict[str, Any]:
    """The plan of a quarter as JSON: chosen and refused requests, what is left, why, and the frontier.

    An appetite that no plan keeps does not stop the money: the plan is then made without it, and `appetite.kept`
    is false.

    Raises:
        ValueError: As `pose`.
    """
    posed = pose(policy, books, quarter=quarter, asof=asof, seed=seed)
    problem = posed.problem
    found = allocate(problem, gap=gap)
    kept = True
    notes = list(posed.notes)
    if isinstance(found, NoPlan) and problem.appetite is not None:
        without = replace(problem, appetite=None)
        other = allocate(without, gap=gap)
        if isinstance(other, Plan):
            notes.append(f"no plan keeps the appetite of {problem.appetite:,.2f}: this one was made without it")
            problem, found, kept = without, other, False
    budgeted, back, given = posed.money
    result: dict[str, Any] = {
        "quarter": quarter,
        "currency": policy.currency,
        "pool": {"budgeted": budgeted, "returned": back, "granted": given, "left": problem.budget},
        "inputs": _digest(posed.problem, gap, seed),
        "seed": seed,
        "asked_gap": gap,
        "before": problem.expected(()),
        "losses": dict(problem.losses),
        "appetite": {"bound": posed.problem.appetite, "kept": kept if posed.problem.appetite is not None else None},
        "words": in_words(problem, found),
        "notes": notes,
        "gordon_loeb": problem.expected(()) * _GORDON_LOEB,
    }
    if isinstance(found, NoPlan):
        return {**result, "plan": None, "requests": [_request(posed, one, None) for one in problem.requests]}
    why = explain(problem, found, gap=gap)
    worth = {one.name: one.worth for one in why.refused}
    return {
        **result,
        "plan": {
            "chosen": list(found.chosen),
            "spent": found.spent,
            "left": dict(found.left),
            "expected": found.expected,
            "bad_years": found.bad_years,
            "aim": found.aim,
            "bound": found.bound,
            "gap": found.gap,
            "proved": found.proved,
            "solver": found.solver,
        },
        "requests": [{**_request(posed, one, found), "worth": worth.get(one.name)} for one in problem.requests],
        "why": _why(why),
        "frontier": list(_frontier(problem, found, gap)),
    }


def owner_left(policy: Policy, one: Funding, moment: int) -> str:
    """The day on which whoever answers for a request left, if they have; else empty."""
    person = policy.people.get(one.asked.owner)
    gone = person is not None and person.left is not None and day_begins(person.left) <= moment
    return person.left or "" if person is not None and gone else ""


# -- parts ---------------------------------------------------------------------------------


def _able(all_of: Mapping[str, Funding], orphans: set[str], notes: list[str]) -> dict[str, Funding]:
    """Open requests that somebody answers for, and whose needs are open or granted; the others are told."""
    able = {name: one for name, one in all_of.items() if one.open and name not in orphans}
    notes += [
        f"{name} is left out: {all_of[name].asked.owner}, who answers for it, has left"
        for name in sorted(orphans)
        if all_of[name].open
    ]
    while True:
        stuck = {
            name: [n for n in one.asked.needs if n not in able and not (n in all_of and all_of[n].granted)]
            for name, one in able.items()
        }
        lost = {name: needs for name, needs in stuck.items() if needs}
        if not lost:
            return able
        for name, needs in sorted(lost.items()):
            notes.append(f"{name} is left out: it needs {', '.join(needs)}, which nobody asks for any more")
            del able[name]


def _credit(made: Sequence[Claim], one: Funding, budget: BudgetSpec) -> Credit:
    return credit(made, team=one.asked.team, method=one.asked.method, start=budget.credit)


def _removes(one: Funding, kappa: Credit, losses: Mapping[str, float]) -> dict[str, float]:
    """The lower end of what is claimed, times the credit; scenarios that the policy dropped since do not count."""
    return {name: low * kappa.factor for name, (low, _) in one.asked.effects.items() if name in losses}


def _category_shares(budget: BudgetSpec, requests: Sequence[Request], notes: list[str]) -> Iterator[tuple[str, float]]:
    there = {one.category for one in requests}
    for name, share in budget.categories.items():
        if name in there:
            yield name, share
        else:
            notes.append(f"nobody asks for {name}, so its share of {share:.0%} is not kept")


def _team_floors(budget: BudgetSpec, requests: Sequence[Request], notes: list[str]) -> Iterator[tuple[str, float]]:
    for name, floor in budget.teams.items():
        asked = sum(one.cost for one in requests if one.team == name)
        if asked < floor:
            notes.append(f"{name} is to get at least {floor:,.2f}, and asks for {asked:,.2f}")
        if asked > 0.0:
            yield name, min(floor, asked)


def _digest(problem: Problem, gap: float, seed: int) -> str:
    """Of all that decides the plan; years are those of seed and losses."""
    return digest(
        {
            "requests": [
                [one.name, one.cost, one.category, one.team, dict(one.removes), list(one.needs)]
                for one in problem.requests
            ],
            "losses": dict(problem.losses),
            "budget": problem.budget,
            "categories": dict(problem.category_shares),
            "teams": dict(problem.team_floors),
            "most_left": dict(problem.most_left),
            "appetite": problem.appetite,
            "tail": [problem.tail.level, problem.tail.weight] if problem.tail else None,
            "gap": gap,
            "seed": seed,
        }
    )


def _request(posed: Posed, one: Request, plan: Plan | None) -> dict[str, Any]:
    asked, kappa = posed.asked[one.name].asked, posed.kappas[one.name]
    return {
        "request": one.name,
        "amount": one.cost,
        "category": one.category,
        "team": one.team,
        "owner": asked.owner,
        "claimed": {name: list(ends) for name, ends in asked.effects.items()},
        "removes": dict(one.removes),
        "credit": {"factor": kappa.factor, "claims": kappa.claims, "from": kappa.basis},
        "needs": list(one.needs),
        "chosen": plan is not None and one.name in plan.chosen,
    }


def _why(why: Explanation) -> dict[str, Any]:
    return {
        "shadow_price": why.shadow_price,
        "less": _nearby(why.less),
        "more": _nearby(why.more),
        "rules": dict(why.rules),
        "noise": why.noise,
        "refused": [{"request": one.name, "cost": one.cost, "worth": one.worth} for one in why.refused],
    }


def _nearby(one: Nearby | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "budget": one.budget,
        "enters": list(one.enters),
        "leaves": list(one.leaves),
        "aim": one.aim,
        "per_unit": one.per_unit,
    }


def _frontier(problem: Problem, plan: Plan, gap: float) -> Iterator[dict[str, Any]]:
    """What more or less money would leave, under the same rules; where these cannot be kept there is no point.

    To a hundredth, for a chart. A larger budget can buy what a smaller one can, so what is left never rises.
    """
    least = None
    for times in _FRONTIER:
        other = replace(problem, budget=problem.budget * times)
        found = plan if times == 1.0 else allocate(other, gap=max(gap, _FRONTIER_GAP))
        if not isinstance(found, Plan):
            continue
        if least is None or found.expected < least.expected:
            least = found
        yield {"budget": other.budget, "spent": least.spent, "left": least.expected}
