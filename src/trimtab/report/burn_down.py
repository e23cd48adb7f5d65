"""What is left of an error budget through its window: a line that falls, laid out as in `charts`."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from trimtab.report.charts import Axis, axis
from trimtab.report.figures import MINUS
from trimtab.report.markup import Markup, element

_HEIGHT = 220
_LOWEST = -1.0  # twice the budget; what lies further below is drawn at the edge, and written
_DAY = 1440  # minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One budget through its window: (minute since the epoch, share left), and where releases need consent."""

    points: Sequence[tuple[int, float]]
    consent: float  # share left below which they do
    label: str  # says the same in words


def burn_down(course: Course) -> Markup:
    """The line, with the pace that would spend the budget evenly, and what lies below nothing hatched."""
    first, last = course.points[0][0], course.points[-1][0]
    across = Axis(float(first), float(max(last, first + 1)), ())
    left = [max(share, _LOWEST) for _, share in course.points]
    up = axis([*left, 0.0, 1.0], lowest=_LOWEST, highest=1.0, room=0.08)

    def down(share: float) -> float:
        return round(_HEIGHT * (1.0 - up.at(share) / 100.0), 1)

    parts: list[Markup] = [element("title", course.label)]
    box = {"x": 0, "y": down(0.0), "width": "100%", "height": round(_HEIGHT - down(0.0), 1)}
    if up.low < 0.0:
        parts += [element("rect", **box, class_="tint"), element("rect", **box, fill="url(#hatch)")]
    for tick in up.ticks:
        parts.append(_line("grid", 0.0, down(tick), 100.0, down(tick)))
        parts.append(element("text", percent(tick), x=-10, y=down(tick) + 4, text_anchor="end"))
    for days in _days((last - first) / _DAY):
        x = across.at(last - days * _DAY)
        parts.append(_line("tick", x, _HEIGHT, x, _HEIGHT + 5))
        anchor = "end" if days == 0 else "start" if x < 5.0 else "middle"
        said = "now" if days == 0 else f"{MINUS}{days} d"
        parts.append(element("text", said, x=f"{x:.2f}%", y=_HEIGHT + 21, text_anchor=anchor))
    parts.append(_line("target", 0.0, down(1.0), 100.0, down(0.0)))
    parts.append(_line("zero", 0.0, down(course.consent), 100.0, down(course.consent)))
    parts.append(_line("floor", 0.0, down(0.0), 100.0, down(0.0)))
    places = [(across.at(minute), down(share)) for (minute, _), share in zip(course.points, left, strict=True)]
    parts += [_line("course", before[0], before[1], after[0], after[1]) for before, after in pairwise(places)]
    x, y = places[-1]
    parts.append(element("circle", cx=f"{x:.2f}%", cy=y, r=5.5, class_="dot"))
    above = y > _HEIGHT / 2
    written = percent(course.points[-1][1])
    parts.append(
        element("text", written, x=f"{x:.2f}%", y=y - 12 if above else y + 22, dx=-8, text_anchor="end", class_="name")
    )
    return element("svg", *parts, class_="burn", role="img", width="100%", height=_HEIGHT + 30, aria_label=course.label)


def percent(share: float) -> str:
    """A share of a budget as it is written beside the line."""
    return f"{share * 100:.0f}%".replace("-", MINUS)


def _days(length: float) -> list[int]:
    """Days before now at which there is a tick."""
    whole = max(1, int(length))
    step = next(step for step in (1, 2, 5, 7, 10, 20, 30) if whole / step <= 6)
    return list(range(0, whole + 1, step))


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    return element("line", class_=kind, x1=f"{x1:.2f}%", y1=y1, x2=f"{x2:.2f}%", y2=y2)
