"""Losses, plans, settlements and draws as they are published: computed from the ledger up to a row, again and again."""

from collections.abc import Callable, Mapping
from typing import Any

from trimtab.decision.allocation import GAP
from trimtab.decision.committee_figures import draw_figures
from trimtab.decision.loss_figures import loss_figures
from trimtab.decision.one_currency import another_currency
from trimtab.decision.plan_of_money import plan_figures
from trimtab.decision.settlement import settlement
from trimtab.errors import UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.policy import Policy
from trimtab.stats.loss import YEARS
from trimtab.workspace.recall import adopted_policies


def losses(ledger: Ledger, policy: Policy, asked: Mapping[str, Any], row: int, moment: int) -> Mapping[str, Any]:
    """The loss model. `asked`: seed, years.

    Raises:
        UsageError: The policy names no scenario, or what is asked is out of range.
    """
    if not policy.scenarios:
        raise UsageError(
            "the policy names no `scenarios`, so no loss can be told.",
            "Add some: what may go wrong, how often, and what it costs; see docs/how-to/money.md.",
        )
    books, seed, years = Books.of(ledger, upto=row), int(asked.get("seed", 0)), int(asked.get("years", YEARS))
    _in_one_currency(ledger, books, policy)
    return _said(lambda: loss_figures(policy, books, asof=moment, seed=seed, years=years))


def plan(ledger: Ledger, policy: Policy, asked: Mapping[str, Any], row: int, moment: int) -> Mapping[str, Any]:
    """The allocation of a quarter. `asked`: quarter, seed, gap.

    Raises:
        UsageError: The policy has no budget, or what is asked is out of range.
    """
    _needs_budget(policy)
    books, seed, gap = Books.of(ledger, upto=row), int(asked.get("seed", 0)), float(asked.get("gap", GAP))
    quarter = str(asked["quarter"])
    _in_one_currency(ledger, books, policy)
    return _said(lambda: plan_figures(policy, books, quarter=quarter, asof=moment, seed=seed, gap=gap))


def settled(ledger: Ledger, policy: Policy, asked: Mapping[str, Any], row: int, moment: int) -> Mapping[str, Any]:
    """Promised against realised at the end of a quarter. `asked`: quarter.

    Raises:
        UsageError: The policy has no budget, or the quarter is not over.
    """
    _needs_budget(policy)
    books = Books.of(ledger, upto=row)
    _in_one_currency(ledger, books, policy)
    return _said(lambda: settlement(policy, books, quarter=str(asked["quarter"]), asof=moment))


def drawn(ledger: Ledger, policy: Policy, asked: Mapping[str, Any], row: int, moment: int) -> Mapping[str, Any]:  # noqa: ARG001 - as all computations
    """A committee by lot. `asked`: quarter, seed, beacon.

    Raises:
        UsageError: The policy has no committee, or the quarter is none.
    """
    if policy.committee is None:
        raise UsageError("the policy has no `committee`.", "Add one: its size, and who may be drawn.")
    books, beacon = Books.of(ledger, upto=row), str(asked.get("beacon", ""))
    quarter, seed = str(asked["quarter"]), str(asked["seed"])
    return _said(lambda: draw_figures(policy, books, quarter=quarter, seed=seed, beacon=beacon))


def _needs_budget(policy: Policy) -> None:
    if policy.budget is None:
        raise UsageError("the policy has no `budget`.", "Add one; see docs/how-to/money.md.")


def _in_one_currency(ledger: Ledger, books: Books, policy: Policy) -> None:
    if other := another_currency(books, policy, adopted_policies(ledger, upto=books.upto)):
        raise UsageError(f"{other}, and nothing is converted.", "Keep the currency, or begin another ledger.")


def _said(compute: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What was computed; an argument out of range is told as such."""
    try:
        return compute()
    except ValueError as error:
        raise UsageError(f"{error}.", "Correct what is asked for.") from error
