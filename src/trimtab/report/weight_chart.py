"""A weight before and after: a hollow mark, a line, a filled mark, on the scale that its neighbours have too."""

from trimtab.report.charts import Axis
from trimtab.report.markup import Markup, element

_HIGH = 28
_MIDDLE = 14


def weight_row(scale: Axis, old: float, new: float, *, label: str) -> Markup:
    """The row; `label` says it in words."""
    was, now = f"{scale.at(old):.2f}%", f"{scale.at(new):.2f}%"
    parts: list[Markup] = [element("title", label)]
    for tick in scale.ticks:
        x = f"{scale.at(tick):.2f}%"
        parts.append(element("line", class_="grid", x1=x, x2=x, y1=0, y2=_HIGH))
    parts.append(element("line", class_="moved", x1=was, x2=now, y1=_MIDDLE, y2=_MIDDLE))
    parts.append(element("circle", cx=was, cy=_MIDDLE, r=5, class_="hollow"))
    parts.append(element("circle", cx=now, cy=_MIDDLE, r=5.5, class_="dot"))
    return element("svg", *parts, class_="weight", role="img", width="100%", height=_HIGH, aria_label=label)
