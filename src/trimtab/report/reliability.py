"""A reliability diagram: how sure answers were, against how many of them were right."""

from trimtab.report.charts import Axis
from trimtab.report.markup import Markup, element
from trimtab.stats.calibration import Reliability

_HEIGHT = 340
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_ACROSS = Axis(0.0, 1.0, _TICKS)


def diagram(seen: Reliability) -> Markup:
    """Dots on the dashed diagonal are as good as they say; below it, answers are surer than they should be.

    Laid out as all charts are: percent across, pixels down. The numbers stand in a table of the page.
    """
    label = "Share of right answers by confidence; the dashed line is where both are equal."
    parts: list[Markup] = [element("title", label)]
    for tick in _TICKS:
        y, x = _down(tick), f"{_ACROSS.at(tick):.2f}%"
        parts += [
            element("line", class_="grid", x1="0%", y1=y, x2="100%", y2=y),
            element("text", f"{tick:.0%}", x=-10, y=y + 4, text_anchor="end"),
            element("line", class_="tick", x1=x, y1=_HEIGHT, x2=x, y2=_HEIGHT + 5),
            element("text", f"{tick:.0%}", x=x, y=_HEIGHT + 21, text_anchor="middle"),
        ]
    parts.append(element("line", class_="target", x1="0%", y1=_HEIGHT, x2="100%", y2=0))
    for one in seen.bins:
        x = f"{_ACROSS.at(one.confidence):.2f}%"
        said = f"{one.right:,} of {one.count:,} right, mean confidence {one.confidence:.1%}"
        whisker = element(
            "line",
            class_="whisker",
            x1=x,
            y1=_down(one.interval.low),
            x2=x,
            y2=_down(one.interval.high) - 0.01,  # a line without length is not drawn
            marker_start="url(#cap)",
            marker_end="url(#cap)",
        )
        dot = element("circle", cx=x, cy=_down(one.right / one.count), r=5.5, class_="dot")
        parts.append(element("g", element("title", said), whisker, dot))
    return element("svg", *parts, class_="scatter", role="img", width="100%", height=_HEIGHT + 30, aria_label=label)


def _down(share: float) -> float:
    return round(_HEIGHT * (1.0 - share), 1)
