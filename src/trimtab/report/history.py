"""How a figure went: one interval for each stretch of time, with its floor and target, laid out as in `charts`."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.decision.model import Verdict
from trimtab.report.charts import Axis, mark
from trimtab.report.markup import Markup, element

_HEIGHT = 200
_FOOT = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One stretch: its name, its interval in the unit of the scale, its verdict; None where nothing is known."""

    name: str
    value: float | None
    low: float
    high: float
    verdict: Verdict | None
    words: str


def history(
    scale: Axis,
    stretches: Sequence[Stretch],
    *,
    ticks: Sequence[str],
    floor: float | None,
    forbidden_above: bool,
    target: float | None,
    label: str,
) -> Markup:
    """The chart; `label` says in words what it shows."""

    def down(number: float) -> float:
        return round(_HEIGHT * (1.0 - scale.at(number) / 100.0), 1)

    parts: list[Markup] = [element("title", label)]
    if floor is not None:
        top, bottom = (0.0, down(floor)) if forbidden_above else (down(floor), float(_HEIGHT))
        if bottom > top:
            box = {"x": 0, "y": top, "width": "100%", "height": bottom - top}
            parts += [element("rect", **box, class_="tint"), element("rect", **box, fill="url(#hatch)")]
    for tick, text in zip(scale.ticks, ticks, strict=True):
        parts.append(_line("grid", 0.0, down(tick), 100.0, down(tick)))
        parts.append(element("text", text, x=-10, y=down(tick) + 4, text_anchor="end"))
    for kind, number in (("target", target), ("floor", floor)):
        if number is not None and scale.low <= number <= scale.high:
            parts.append(_line(kind, 0.0, down(number), 100.0, down(number)))
    for place, one in enumerate(stretches):
        x = 100.0 * (place + 0.5) / len(stretches)
        parts.append(element("text", one.name, x=f"{x:.2f}%", y=_HEIGHT + 22, text_anchor="middle"))
        if one.value is None or math.isnan(one.value):
            parts.append(element("text", "no data", x=f"{x:.2f}%", y=_HEIGHT - 8, text_anchor="middle", class_="none"))
            continue
        ends = {"marker_start": "url(#cap)", "marker_end": "url(#cap)"} if one.low < one.high else {}
        whisker = _line("whisker", x, down(one.low), x, down(one.high), **ends)
        parts.append(element("g", element("title", one.words), whisker, mark(x, down(one.value), one.verdict)))
    return element("svg", *parts, class_="history", role="img", width="100%", height=_HEIGHT + _FOOT, aria_label=label)


def _line(kind: str, x1: float, y1: float, x2: float, y2: float, **more: str) -> Markup:
    return element("line", class_=kind, x1=f"{x1:.2f}%", y1=y1, x2=f"{x2:.2f}%", y2=y2, **more)
