"""The board page: the figures that `trimtab board` publishes and replays, so that paper and page cannot differ."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from trimtab.serve.pages.decide.board_values import (
    Accepted,
    AcceptedChance,
    Age,
    Ask,
    Board,
    Date,
    Findings,
    Gap,
    Held,
    Loss,
    Money,
    Product,
    Regulation,
    Report,
    Tier,
    Veto,
    Win,
)
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.serve.pages.values.money import Amount
from trimtab.workspace.board import figures

T = TypeVar("T")


def board(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> Board:
    """The board page of a quarter.

    Raises:
        UsageError: The quarter has not begun.
    """
    period = now.period(asked.get("quarter", ""))
    return board_of(figures(now.ledger, now.policy, {"quarter": period.name}, now.row, now.moment))


def board_of(found: Mapping[str, Any]) -> Board:
    """Published figures as values; every one of them has its place, or this fails."""
    return Board(
        **{
            **found,
            "tiers": _part(found["tiers"], lambda many: tuple(map(_tier, many))),
            "vetoes": _part(found["vetoes"], lambda many: tuple(map(_veto, many))),
            "loss": _part(found["loss"], _loss),
            "money": _part(found["money"], lambda one: Money(**one)),
            "findings": _findings(found["findings"]),
            "regulation": _regulation(found["regulation"]),
            "wins": tuple(Win(**{**one, "rows": tuple(one["rows"])}) for one in found["wins"]),
            "asks": tuple(Ask(**one) for one in found["asks"]),
            "not_asked": tuple(found["not_asked"]),
        }
    )


# -- parts ---------------------------------------------------------------------------------


def _part(found: Any, make: Callable[[Any], T]) -> T | Gap:
    return Gap(**found) if isinstance(found, Mapping) and "missing" in found else make(found)


def _tier(one: Mapping[str, Any]) -> Tier:
    return Tier(**{**one, "products": tuple(Product(**product) for product in one["products"])})


def _veto(one: Mapping[str, Any]) -> Veto | Held:
    return Veto(**one) if "floor" in one else Held(**one)


def _loss(one: Mapping[str, Any]) -> Loss:
    appetite = tuple(AcceptedChance(**seen) if "loss" in seen else Accepted(**seen) for seen in one["appetite"])
    return Loss(**{**one, "var": Amount(**one["var"]), "cvar": Amount(**one["cvar"]), "appetite": appetite})


def _findings(one: Mapping[str, Any]) -> Findings:
    ages = tuple(Age(**age) for age in one["ages"])
    return Findings(**{**one, "ages": ages, "rows": tuple(one["rows"])})


def _regulation(one: Mapping[str, Any]) -> Regulation:
    reports, dates = tuple(Report(**due) for due in one["reports"]), tuple(Date(**date) for date in one["dates"])
    return Regulation(**{**one, "reports": reports, "dates": dates})
