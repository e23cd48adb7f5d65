"""What money buys: the loss a year that is gone for what is spent, with the line on which each unit buys one."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from trimtab.report.charts import axis, mark
from trimtab.report.markup import Markup, element
from trimtab.report.money_charts import money

_HEIGHT = 260
_FOOT = 46


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """A plan: what it spends, the loss a year that it takes away, and in words; `here` for the one that was made."""

    spent: float
    gone: float
    words: str
    here: bool = False


def frontier_chart(plans: Sequence[Bought], *, currency: str, label: str) -> Markup:
    """The chart; nobody gets more for the same money than the dashed line, at the budgets that were tried."""
    across = axis([0.0, *(one.spent for one in plans)], lowest=0.0)
    up = axis([0.0, *(one.gone for one in plans)], lowest=0.0, room=0.12)

    def down(value: float) -> float:
        return round(_HEIGHT * (1.0 - up.at(value) / 100.0), 1)

    parts: list[Markup] = [element("title", label)]
    for tick in up.ticks:
        parts.append(_line("grid", 0.0, down(tick), 100.0, down(tick)))
        parts.append(element("text", money(tick), x=-10, y=down(tick) + 4, text_anchor="end"))
    for tick in across.ticks:
        x = across.at(tick)
        parts.append(_line("tick", x, _HEIGHT, x, _HEIGHT + 5))
        anchor = "end" if x > 92.0 else "middle"
        parts.append(element("text", money(tick), x=f"{x:.2f}%", y=_HEIGHT + 21, text_anchor=anchor))
    parts.append(element("text", f"spent, {currency}", x="100%", y=_HEIGHT + 40, text_anchor="end"))
    parts.append(_line("tick", 0.0, _HEIGHT, 100.0, _HEIGHT))
    even = min(across.high, up.high)
    parts.append(_line("target", 0.0, down(0.0), across.at(even), down(even)))
    places = [(across.at(one.spent), down(one.gone)) for one in plans]
    parts += [_line("frontier", *before, *after) for before, after in pairwise(places)]
    for one, (x, y) in zip(plans, places, strict=True):
        ring = element("circle", cx=f"{x:.2f}%", cy=y, r=10, class_="ring") if one.here else None
        left = x > 60.0
        words = (
            element(
                "text",
                "this plan",
                x=f"{x:.2f}%",
                y=y + 26,
                dx=-8 if left else 8,
                text_anchor="end" if left else "start",
                class_="name winner",
            )
            if one.here
            else None
        )
        parts.append(element("g", element("title", one.words), ring, mark(x, y, None), words))
    size = {"width": "100%", "height": _HEIGHT + _FOOT}
    return element("svg", *parts, class_="burn", role="img", aria_label=label, **size)


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    return element("line", class_=kind, x1=f"{x1:.2f}%", y1=y1, x2=f"{x2:.2f}%", y2=y2)
