"""What a plan for the risk budget says on pages, as values: read from the row in which it was published."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trimtab.decision.frontier import frontier_points
from trimtab.evidence.books import Kept
from trimtab.evidence.entries.funding import Allocated
from trimtab.report.plan_terminal import reasons
from trimtab.report.plan_words import left_out
from trimtab.serve.pages.snapshot import Snapshot
from trimtab.workspace.granting import plan_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One point of the frontier; `buys` is the loss a year that each unit of money brought on the way to it."""

    budget: float
    spent: float
    left: float
    buys: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Removes:
    """What a request removes of a scenario: the share claimed, that share after credit, and in money a year."""

    scenario: str
    low: float
    high: float
    counted: float
    money: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A request as the plan weighed it. `worth` and `per_unit` are the loss a year it would remove on top of the plan.

    They are null for what the plan funds. `why` says why it is left out.
    """

    request: str
    amount: float
    category: str
    team: str
    owner: str
    chosen: bool
    removes: tuple[Removes, ...]
    credit: float
    credit_claims: int
    credit_from: str
    needs: tuple[str, ...]
    cost: float | None
    worth: float | None
    per_unit: float | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a rule costs: the loss a year that would be avoided without it; within the noise of plans it is nothing."""

    rule: str
    price: float
    nothing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """The plan with a tenth less or more money; null where the rules could not be kept."""

    words: str
    budget: float
    enters: tuple[str, ...]
    leaves: tuple[str, ...]
    left: float
    per_unit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An allocation as it was published. Amounts are in the policy's currency, losses a year.

    `shadow_price` is the loss a year that one more unit of money would take away. `at` in microseconds since the
    epoch, UTC; `row` is that of the published plan, from which it can be computed again.
    """

    allocation: str
    quarter: str
    at: int
    by: str
    row: int
    inputs: str
    solver: str
    seed: int
    gap: float
    words: str
    notes: tuple[str, ...]
    before: float
    left: float
    spent: float
    pool: float
    appetite: float | None
    appetite_kept: bool | None
    gordon_loeb: float
    frontier: tuple[Step, ...]
    options: tuple[Option, ...]
    shadow_price: float | None
    noise: float
    prices: tuple[Price, ...]
    nearby: tuple[Nearby, ...]
    reasons: tuple[str, ...]


def plan_shown(now: Snapshot, kept: Kept[Allocated]) -> Plan | None:
    """A plan that lay before the committee; None where its row does not hold one."""
    entry = kept.entry
    made = plan_of(now.ledger, entry)
    if made is None or made.result.get("plan") is None:
        return None
    seen = made.result
    plan, why = seen["plan"], seen["why"]
    return Plan(
        allocation=entry.allocation,
        quarter=entry.quarter,
        at=entry.at,
        by=entry.by,
        row=entry.published,
        inputs=entry.inputs,
        solver=entry.solver,
        seed=entry.seed,
        gap=entry.gap,
        words=seen["words"],
        notes=tuple(seen["notes"]),
        before=seen["before"],
        left=plan["expected"],
        spent=plan["spent"],
        pool=seen["pool"]["left"],
        appetite=seen["appetite"]["bound"],
        appetite_kept=seen["appetite"]["kept"],
        gordon_loeb=seen["gordon_loeb"],
        frontier=tuple(
            Step(budget=one.budget, spent=one.spent, left=one.left, buys=one.buys)
            for one in frontier_points(seen["frontier"])
        ),
        options=tuple(_options(seen)),
        shadow_price=why["shadow_price"],
        noise=why["noise"],
        prices=tuple(
            Price(rule=rule, price=price, nothing=price <= why["noise"])
            for rule, price in sorted(why["rules"].items(), key=lambda one: (-one[1], one[0]))
        ),
        nearby=tuple(_nearby(why)),
        reasons=tuple(reasons(seen)),
    )


# -- parts ---------------------------------------------------------------------------------


def _options(seen: Mapping[str, Any]) -> Iterator[Option]:
    costs = {one["request"]: one["cost"] for one in seen["why"]["refused"]}
    free = seen["pool"]["left"] - seen["plan"]["spent"]
    for one in sorted(seen["requests"], key=lambda one: (not one["chosen"], -(one.get("worth") or 0.0))):
        cost, worth = costs.get(one["request"]), one.get("worth")
        why = ""
        if cost is not None and worth is not None:
            why = left_out(cost=cost, worth=worth, free=free, noise=seen["why"]["noise"], currency=seen["currency"])
        yield Option(
            request=one["request"],
            amount=one["amount"],
            category=one["category"],
            team=one["team"],
            owner=one["owner"],
            chosen=one["chosen"],
            removes=tuple(_removes(seen, one)),
            credit=one["credit"]["factor"],
            credit_claims=one["credit"]["claims"],
            credit_from=one["credit"]["from"],
            needs=tuple(one["needs"]),
            cost=cost,
            worth=worth,
            per_unit=worth / cost if worth is not None and cost else None,
            why=why,
        )


def _removes(seen: Mapping[str, Any], one: Mapping[str, Any]) -> Iterator[Removes]:
    for scenario, counted in one["removes"].items():
        low, high = one["claimed"][scenario]
        yield Removes(
            scenario=scenario, low=low, high=high, counted=counted, money=counted * seen["losses"].get(scenario, 0.0)
        )


def _nearby(why: Mapping[str, Any]) -> Iterator[Nearby]:
    for side, words in (("less", "10 % less"), ("more", "10 % more")):
        near = why[side]
        if near is not None:
            yield Nearby(
                words=words,
                budget=near["budget"],
                enters=tuple(near["enters"]),
                leaves=tuple(near["leaves"]),
                left=near["aim"],
                per_unit=near["per_unit"],
            )
