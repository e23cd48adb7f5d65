"""What was promised against what came of it: a band for the claim, an interval with its mark for what was found."""

from dataclasses import dataclass

from trimtab.decision.model import Verdict
from trimtab.report.charts import Axis, mark
from trimtab.report.markup import Markup, element

_HIGH = 40
_BAND = (7, 14)  # from the top, and how high
_AT = 31  # of what was found


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """One promise with what came of it, in the unit of the scale; `value` is None while nobody said."""

    least: float
    middle: float
    most: float
    low: float = 0.0
    value: float | None = None
    high: float = 0.0
    verdict: Verdict = Verdict.INCONCLUSIVE


def promise_row(scale: Axis, one: Against, *, label: str) -> Markup:
    """The claimed band with its middle, and below it what was found with its interval; `label` says it in words."""
    top, height = _BAND
    start, end = scale.at(one.least), scale.at(one.most)
    parts: list[Markup] = [element("title", label)]
    parts.append(element("line", class_="tick", x1=_at(scale, 0.0), x2=_at(scale, 0.0), y1=0, y2=_HIGH))
    box = {"x": f"{start:.2f}%", "y": top, "width": f"{max(end - start, 0.3):.2f}%", "height": height}
    parts.append(element("rect", **box, class_="claimed"))
    middle = _at(scale, one.middle)
    parts.append(element("line", class_="target", x1=middle, x2=middle, y1=top - 4, y2=top + height + 4))
    if one.value is not None:
        low, high = scale.at(one.low), scale.at(one.high)
        parts.append(
            element(
                "line",
                class_="whisker",
                x1=f"{low:.2f}%",
                x2=f"{max(high, low + 0.01):.2f}%",
                y1=_AT,
                y2=_AT,
                marker_start="url(#cap)",
                marker_end="url(#cap)",
            )
        )
        parts.append(mark(scale.at(one.value), _AT, one.verdict))
    return element("svg", *parts, class_="promise", role="img", width="100%", height=_HIGH, aria_label=label)


def _at(scale: Axis, number: float) -> str:
    return f"{scale.at(number):.2f}%"
