"""A line through points with marks beside it, laid out as in `charts`: percent across, pixels down."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from trimtab.decision.model import Verdict
from trimtab.report.charts import Axis, mark
from trimtab.report.markup import Markup, element

_HEIGHT = 260
_WIDTH = 720  # of a chart in a file of its own
_ROOMY = 82.0  # percent
_ROOM = (86, 22, 40, 58)  # around it there: left, top, right, bottom
# The page's colours; a file of its own has no page that says which are meant.
_STYLE = """
svg{font:13px system-ui,sans-serif}
text{fill:#57606c}text.name{fill:#1a1f26}
.grid{stroke:#dedbd3}.tick{stroke:#57606c}.floor{stroke:#1a1f26;stroke-width:2}
.course{stroke:#0b5a86;stroke-width:2.5;stroke-linecap:round}
.dot{fill:#0b5a86;stroke:#fff;stroke-width:1.5}.hollow{fill:#fff;stroke:#0b5a86;stroke-width:2.5}
.cross{stroke:#a3201a;stroke-width:3;fill:none;stroke-linecap:round}
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """A point beside the line: where, what stands at it, and how it was judged."""

    x: float
    y: float
    words: str
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Points of a line in the units of two scales, with words for the ticks of each; `label` says the same."""

    points: Sequence[tuple[float, float]]
    across: Axis
    up: Axis
    x_ticks: Sequence[str]
    y_ticks: Sequence[str]
    x_name: str
    label: str
    marks: Sequence[Mark] = field(default_factory=tuple)


def curve(drawn: Curve) -> Markup:
    """The chart, for a page."""
    size = {"width": "100%", "height": _HEIGHT + 46}
    return element("svg", *_parts(drawn), class_="burn", role="img", aria_label=drawn.label, **size)


def curve_alone(drawn: Curve) -> str:
    """The chart as a file of its own."""
    left, top, right, bottom = _ROOM
    inner = element("svg", *_parts(drawn), x=left, y=top, width=_WIDTH, height=_HEIGHT, overflow="visible")
    width, height = left + _WIDTH + right, top + _HEIGHT + bottom
    paper = element("rect", width=width, height=height, fill="#ffffff")
    whole = element(
        "svg",
        element("style", Markup(_STYLE)),
        paper,
        inner,
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_label=drawn.label,
    )
    return f"{whole}\n"


def powers(low: float, high: float) -> Axis:
    """A scale of logarithms to base ten that holds both amounts, above 0, with a tick at each power."""
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    last = max(last, first + 1)
    return Axis(float(first), float(last), tuple(float(power) for power in range(first, last + 1)))


def _parts(drawn: Curve) -> list[Markup]:
    def down(value: float) -> float:
        return round(_HEIGHT * (1.0 - drawn.up.at(value) / 100.0), 1)

    parts: list[Markup] = [element("title", drawn.label)]
    for tick, text in zip(drawn.up.ticks, drawn.y_ticks, strict=True):
        parts.append(_line("grid", 0.0, down(tick), 100.0, down(tick)))
        parts.append(element("text", text, x=-10, y=down(tick) + 4, text_anchor="end"))
    for tick, text in zip(drawn.across.ticks, drawn.x_ticks, strict=True):
        x = drawn.across.at(tick)
        parts.append(_line("tick", x, _HEIGHT, x, _HEIGHT + 5))
        parts.append(element("text", text, x=f"{x:.2f}%", y=_HEIGHT + 21, text_anchor="middle"))
    parts.append(element("text", drawn.x_name, x="100%", y=_HEIGHT + 40, text_anchor="end"))
    places = [(drawn.across.at(x), down(y)) for x, y in drawn.points]
    parts += [_line("course", *before, *after) for before, after in pairwise(places)]
    for one in drawn.marks:
        x, y = drawn.across.at(one.x), down(one.y)
        parts.append(mark(x, y, one.verdict))
        room = x < _ROOMY  # to the right of it, where a line that falls leaves it free
        place = {"x": f"{x:.2f}%", "y": y - 12, "dx": 6 if room else -6, "text_anchor": "start" if room else "end"}
        parts.append(element("text", one.words, class_="name", **place))
    return parts


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    return element("line", class_=kind, x1=f"{x1:.2f}%", y1=y1, x2=f"{x2:.2f}%", y2=y2)
