"""Charts of money: how likely a year loses more than so much, and what a larger budget would leave."""

import math
from collections.abc import Mapping
from typing import Any

from trimtab.decision.model import Verdict
from trimtab.report.charts import axis
from trimtab.report.curve import Curve, Mark, powers

_RAREST = 1e-3  # years; what is rarer rests on too few simulated ones to be drawn


def money(amount: float, currency: str = "") -> str:
    """An amount in whole units of the currency, as it is written everywhere."""
    return f"{amount:,.0f} {currency}".strip().replace("-", "\N{MINUS SIGN}")


def exceedance_curve(figures: Mapping[str, Any]) -> Curve | None:
    """The share of years that lose more than an amount, both on scales of powers, with the points of the appetite.

    None where hardly any year loses anything.
    """
    seen = [(one["loss"], one["value"]) for one in figures["exceedance"] if one["value"] >= _RAREST]
    asked = [one for one in figures["appetite"] if one["what"] == "point"]
    if len(seen) < 2:
        return None
    losses = [loss for loss, _ in seen] + [one["loss"] for one in asked]
    chances = [chance for _, chance in seen] + [one["bound"] for one in asked]
    across, up = powers(min(losses), max(losses)), powers(max(min(chances), _RAREST), 1.0)
    expected = money(figures["expected"], figures["currency"])
    return Curve(
        points=[(math.log10(loss), math.log10(chance)) for loss, chance in seen],
        across=across,
        up=up,
        x_ticks=[money(10.0**tick) for tick in across.ticks],
        y_ticks=[f"{100.0 * 10.0**tick:.4g} %" for tick in up.ticks],
        x_name=f"a year loses more than this, {figures['currency']}",
        label=f"Share of years that lose more than an amount; {expected} is lost on average",
        marks=[
            Mark(
                math.log10(one["loss"]),
                math.log10(max(one["bound"], _RAREST)),
                f"at most {100.0 * one['bound']:.3g} %",
                Verdict(one["verdict"]),
            )
            for one in asked
        ],
    )


def frontier_curve(figures: Mapping[str, Any]) -> Curve | None:
    """What is left of the expected loss for each budget; None where there are not two plans to compare."""
    points = [(one["budget"], one["left"]) for one in figures.get("frontier", ())]
    plan = figures["plan"]
    if len(points) < 2 or plan is None:
        return None
    across, up = axis([x for x, _ in points], lowest=0.0), axis([0.0, *[y for _, y in points]], lowest=0.0)
    budget = figures["pool"]["left"]
    return Curve(
        points=points,
        across=across,
        up=up,
        x_ticks=[money(tick) for tick in across.ticks],
        y_ticks=[money(tick) for tick in up.ticks],
        x_name=f"budget, {figures['currency']}",
        label=f"With a budget of {money(budget)} an expected loss of {money(plan['expected'])} a year is left",
        marks=[Mark(budget, plan["expected"], "this plan")],
    )
