"""Shows how much a measure flatters from step to step: a page with the chart, and the table that it is drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.decision.model import Judgement
from trimtab.kinds import Estimate, Missing
from trimtab.report.charts import Axis, axis, definitions
from trimtab.report.figures import Figures
from trimtab.report.html import head
from trimtab.report.markup import Markup, document, element, visible
from trimtab.report.parts import chip, column_heads

_HEIGHT = 320
_MOST_NAMES = 12  # under the chart, or they would overlap
_NAME = 40  # code points
_POINTS = Figures(unit="points", places=1, signed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step as it is shown."""

    name: str
    cases: int
    proxy: float
    gold: float
    gap: Estimate | Missing


def steps_page(rows: Sequence[StepRow], judged: Judgement, *, slope: float | None) -> str:
    """The whole as one page that asks for nothing from anywhere."""
    words = {"pass": "The measure does not flatter", "fail": "The measure flatters", "inconclusive": "Not decided yet"}
    title = words[judged.verdict.value]
    bound = Figures(unit="points", places=0).bound(judged.bound)
    mast = element(
        "header",
        element("p", element("span", "trimtab", class_="brand"), element("span", "gap to gold"), class_="kicker"),
        element("p", chip(judged.verdict), class_="badge"),
        element("h1", title),
        element("p", judged.reason, class_="lede"),
        element("p", _drift(slope)) if slope is not None else None,
        class_=f"mast {judged.verdict}",
    )
    about = (
        f"How much better the measure says that cases are than those say whose word counts. Above the line, {bound}, "
        "lies what is not tolerated. Lines are intervals of each step by itself; the verdict hears all steps."
    )
    heads = column_heads("step", "cases", "measure", "gold", "flatters by", "interval")
    table = element("table", element("thead", heads), element("tbody", *map(_row, rows)), class_="plain")
    chart = element("div", _chart(rows, judged.bound), class_="plane")
    section = element(
        "section",
        element("h2", "Step by step", id="steps"),
        element("p", about, class_="about"),
        element("figure", element("p", "↑ flatters by", class_="axis-name"), chart),
        element("div", table, class_="scroll"),
        aria_labelledby="steps",
    )
    return document(head(title), element("body", definitions(), element("main", mast, section, id="top")))


def _drift(slope: float) -> str:
    return f"Over the last five steps the gap changes by {_POINTS.value(slope)} a step. That is to look at, no test."


def _row(row: StepRow) -> Markup:
    gap = _POINTS.value(row.gap.value) if isinstance(row.gap, Estimate) else "unknown"
    ends = _POINTS.span(row.gap.interval) if isinstance(row.gap, Estimate) else ""
    cells = (f"{row.cases:,}", f"{row.proxy:.1%}", f"{row.gold:.1%}", gap, ends)
    name = element("th", visible(row.name, limit=_NAME), scope="row")
    return element("tr", name, *[element("td", cell) for cell in cells])


def _chart(rows: Sequence[StepRow], bound: float) -> Markup:
    gaps = [row.gap for row in rows if isinstance(row.gap, Estimate)]
    ends = [end for gap in gaps for end in (gap.interval.low, gap.interval.high)]
    scale = axis([0.0, bound, *ends], lowest=-1.0, highest=1.0)
    label = "Gap of each step with its interval, and the bound."
    parts: list[Markup] = [element("title", label)]
    edge = _down(scale, bound)
    for look in ("tint", "hatch"):
        fill = {"class_": "tint"} if look == "tint" else {"fill": "url(#hatch)"}
        parts.append(element("rect", x="0%", y=0, width="100%", height=edge, **fill))
    for tick in scale.ticks:
        y = _down(scale, tick)
        parts.append(element("line", class_="grid", x1="0%", y1=y, x2="100%", y2=y))
        parts.append(element("text", _POINTS.value(tick), x=-10, y=y + 4, text_anchor="end"))
    parts.append(element("line", class_="floor", x1="0%", y1=edge, x2="100%", y2=edge))
    every = -(-len(rows) // _MOST_NAMES)
    for place, row in enumerate(rows):
        x = f"{100.0 * (place + 0.5) / len(rows):.2f}%"
        if place % every == 0:
            parts.append(element("text", visible(row.name, limit=12), x=x, y=_HEIGHT + 21, text_anchor="middle"))
        if isinstance(row.gap, Estimate):
            parts.append(_mark(scale, x, row.gap, f"{visible(row.name, limit=_NAME)}: {_POINTS.value(row.gap.value)}"))
    return element("svg", *parts, class_="scatter", role="img", width="100%", height=_HEIGHT + 30, aria_label=label)


def _mark(scale: Axis, x: str, gap: Estimate, said: str) -> Markup:
    whisker = element(
        "line",
        class_="whisker",
        x1=x,
        y1=_down(scale, gap.interval.low),
        x2=x,
        y2=_down(scale, gap.interval.high) - 0.01,  # a line without length is not drawn
        marker_start="url(#cap)",
        marker_end="url(#cap)",
    )
    dot = element("circle", cx=x, cy=_down(scale, gap.value), r=5, class_="dot")
    return element("g", element("title", said), whisker, dot)


def _down(scale: Axis, number: float) -> float:
    return round(_HEIGHT * (1.0 - scale.at(number) / 100.0), 1)
