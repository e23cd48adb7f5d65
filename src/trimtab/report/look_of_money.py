"""What pages on money draw: the frontier of a plan, promises against what came of them, and how far money was paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trimtab.decision.model import Verdict
from trimtab.report.charts import Axis, Bars, axis, axis_row, tick_places
from trimtab.report.frontier_chart import Bought, frontier_chart
from trimtab.report.markup import Markup, element, join
from trimtab.report.money_charts import money
from trimtab.report.promise_chart import Against, promise_row
from trimtab.report.weight_chart import weight_row

STATES: Mapping[str, tuple[str, str]] = {
    "planned": ("running", "…"),
    "granted": ("pass", "✓"),
    "settled": ("plain", "·"),
    "withdrawn": ("plain", "·"),
    "for": ("pass", "✓"),
    "against": ("fail", "✕"),
    "abstain": ("inconclusive", "–"),
    "recused": ("plain", "○"),
    "absent": ("plain", "·"),
    "proposed": ("running", "…"),
    "shadowed": ("running", "…"),
    "adopted": ("pass", "✓"),
    "too-late": ("fail", "✕"),
}
"""How a state is marked."""


def what_money_buys(plan: Any, currency: str) -> Markup | None:
    """What is gone of the loss for what is spent; None where there are not two plans to compare."""
    plans: list[Bought] = []
    for one in plan.frontier:
        if one.budget == plan.pool or not plans or one.spent > plans[-1].spent:
            gone, here = plan.before - one.left, one.budget == plan.pool
            words = f"{money(one.spent)} spent: {money(gone)} of the loss a year is gone"
            made = Bought(spent=one.spent, gone=gone, words=words, here=here)
            if plans and plans[-1].spent == one.spent:
                plans.pop()
            plans.append(made)
    if len(plans) < 2:
        return None
    label = f"For {money(plan.spent, currency)} an expected loss of {money(plan.before - plan.left)} a year is gone"
    return frontier_chart(plans, currency=currency, label=label)


def in_code(text: str) -> Markup:
    """Words in which what stands between back ticks is a command."""
    parts = text.split("`")
    return join(element("code", part) if number % 2 else part for number, part in enumerate(parts))


def promise_scale(promises: Sequence[Any]) -> Axis:
    """A scale that holds every promise and all that came of it."""
    numbers = [0.0]
    for one in promises:
        numbers += [one.promised.low, one.promised.high]
        if one.realised is not None:
            numbers += [one.realised.low, one.realised.high]
    return axis(numbers, lowest=min(0.0, *numbers) if len(numbers) > 1 else 0.0)


def promise(one: Any, scale: Axis) -> Markup:
    """A promise as a band, and what came of it with its interval."""
    said = f"{one.request}: promised {money(one.promised.low)} to {money(one.promised.high)}"
    came = one.realised
    if came is None:
        label = f"{said}; nobody said what came of it"
        return promise_row(
            scale, Against(least=one.promised.low, middle=one.promised.value, most=one.promised.high), label=label
        )
    label = f"{said}; {money(came.value)} came of it, {money(came.low)} to {money(came.high)}"
    against = Against(
        least=one.promised.low,
        middle=one.promised.value,
        most=one.promised.high,
        low=came.low,
        value=came.value,
        high=came.high,
        verdict=Verdict(one.verdict),
    )
    return promise_row(scale, against, label=label)


@dataclass(frozen=True, slots=True)
class _Seen:
    """Money as an estimate with its interval."""

    value: float | None
    low: float | None
    high: float | None
    missing: str = ""
    detail: str = ""


def as_seen(amount: Any) -> _Seen:
    """An amount with its ends, for whoever draws estimates."""
    return _Seen(amount.value, amount.low, amount.high)


def reduction_scale(changes: Sequence[Any]) -> Axis:
    """A scale that holds every reduction, and none at all."""
    ends = [n for one in changes for n in (one.reduction.low, one.reduction.high)]
    return axis([0.0, *ends])


def promise_ticks(scale: Axis) -> Markup:
    """The numbers under a column of promises."""
    return axis_row(Bars(axis=scale), [money(tick) for tick in scale.ticks])


def paid(one: Any) -> Markup:
    """How much of a request was released and spent: the outline is what was asked, the light part released."""
    whole = one.amount or 1.0
    released, spent = (min(part / whole, 1.0) * 100.0 for part in (one.released, one.spent))
    parts = [
        element("rect", x=0, y=6, width="100%", height=8, rx=4, class_="track"),
        element("rect", x=0, y=6, width=f"{released:.1f}%", height=8, rx=4, class_="claimed"),
        element("rect", x=0, y=6, width=f"{spent:.1f}%", height=8, rx=4, class_="used good"),
    ]
    label = f"{money(one.spent)} spent of {money(one.released)} released, {money(one.amount)} asked"
    return element("svg", element("title", label), *parts, class_="clock", role="img", width="100%", height=20)


def weight_scale(weights: Sequence[Any]) -> Axis:
    """A scale of shares that holds all that are drawn."""
    drawn = [n for one in weights if one.drawn for n in (one.old, one.new)]
    return axis([0.0, *drawn], lowest=0.0, highest=1.0)


def weight(one: Any, scale: Axis) -> Markup:
    """A weight before and after."""
    return weight_row(scale, one.old, one.new, label=f"{one.of}: {one.before} becomes {one.after}")


def weight_ticks(scale: Axis) -> Markup:
    """The numbers under a column of weights."""
    places = tick_places(scale.ticks, scale=100.0)
    return axis_row(Bars(axis=scale), [f"{tick * 100:.{places}f} %" for tick in scale.ticks])


def share(value: float | None) -> str:
    """A share as a whole percentage."""
    return "" if value is None else f"{value * 100:.0f} %".replace("-", "\N{MINUS SIGN}")


WORDS: Mapping[str, Any] = {
    "as_seen": as_seen,
    "what_money_buys": what_money_buys,
    "in_code": in_code,
    "paid": paid,
    "promise": promise,
    "promise_scale": promise_scale,
    "promise_ticks": promise_ticks,
    "reduction_scale": reduction_scale,
    "share": share,
    "weight": weight,
    "weight_scale": weight_scale,
    "weight_ticks": weight_ticks,
}
"""By the names that templates use."""
