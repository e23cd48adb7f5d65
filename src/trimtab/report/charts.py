"""Inline SVG, laid out in percent across and pixels down.

A chart without a view box keeps its text at the size of the page's, on a phone
as on a wide screen. Interval plots fill the height of their table row. Marks
differ in shape as well as colour, forbidden ranges are hatched, and every
chart stands beside the numbers it is drawn from.
"""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trimtab.decision.model import Verdict
from trimtab.kinds import Interval
from trimtab.report.markup import Markup, element, join

_FULL = "100%"
_MIDDLE = "50%"
_SCATTER = 340
_FINEST = 1e-9  # smaller differences are drawn as none
_LINE = 17  # pixels between two labels
_BAR = 24  # pixels from one bar to the next
_BEHIND = 55.0  # percent of the width; words of longer bars stand in them


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear scale from numbers to percent of the width."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def at(self, number: float) -> float:
        """Percent from the left, held within the plot."""
        if math.isnan(number):
            raise ValueError("an unknown number has no place on an axis")
        held = min(max(number, self.low), self.high)
        return 100.0 * ((held - self.low) / (self.high - self.low))


def axis(numbers: Iterable[float], *, lowest: float = -math.inf, highest: float = math.inf, room: float = 0.06) -> Axis:
    """A scale that holds every finite number, with some room, and four or so round ticks.

    `lowest` and `highest` are where the quantity itself ends; the room does not reach beyond.
    """
    finite = [n for n in numbers if math.isfinite(n)] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    spread = next(n for n in (high - low, abs(high), 1.0) if n > _FINEST)  # one number alone has no spread of its own
    low, high = max(lowest, low - room * spread), min(highest, high + room * spread)
    if not low < high:
        low, high = low - 0.5 * spread, low + 0.5 * spread
    step = _step((high - low) / 4)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return Axis(low, high, tuple(round(n * step, 12) for n in range(first, last + 1)))


def _step(raw: float) -> float:
    power = 10.0 ** math.floor(math.log10(raw))
    return next(m * power for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * power >= raw * 0.999)


def tick_places(ticks: Iterable[float], *, scale: float) -> int:
    """Decimals that round numbers need once they are multiplied by `scale`."""
    numbers = [tick * scale for tick in ticks]
    return next((n for n in range(7) if all(abs(round(x, n) - x) < 1e-9 for x in numbers)), 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """What one interval plot draws behind its marks, all in the metric's unit.

    `floor` is None where nothing is forbidden; `forbidden_above` says on which
    side of it. `zero` marks the baseline in plots of differences.
    """

    axis: Axis
    floor: float | None = None
    forbidden_above: bool = True
    target: float | None = None
    zero: bool = False


def backdrop(bars: Bars) -> Markup:
    """What every row of a plot has behind its mark: the forbidden side, baseline, target and floor."""
    parts: list[Markup | None] = [_forbidden(bars, _FULL)]
    for kind, number in (("zero", 0.0 if bars.zero else None), ("target", bars.target), ("floor", bars.floor)):
        if number is not None:
            parts.append(_upright(kind, bars.axis.at(number), _FULL))
    return join(parts)


def interval_row(
    scale: Axis, behind: Markup, interval: Interval | None, value: float, *, verdict: Verdict | None, label: str
) -> Markup:
    """One candidate's interval over the backdrop; `label` says the same in words."""
    parts: list[Markup] = [element("title", label), behind]
    if interval is not None:
        parts.append(_span(scale, interval.low, interval.high, _MIDDLE))
        if not math.isnan(value):
            parts.append(mark(scale.at(value), _MIDDLE, verdict))
    return element("svg", *parts, class_="row", role="img")


def axis_row(bars: Bars, written: Sequence[str]) -> Markup:
    """The ticks under an interval plot, with their numbers."""
    parts = []
    for tick, text in zip(bars.axis.ticks, written, strict=True):
        place = bars.axis.at(tick)
        parts.append(_line("tick", place, 0, place, 5))
        parts.append(element("text", text, x=_percent(place), y=20, text_anchor="middle"))
    return element("svg", *parts, class_="axis", width="100%", height=26, aria_hidden="true")


def bar_row(scale: Axis, bars: Sequence[tuple[float, str]], *, label: str) -> Markup:
    """Bars from zero, one below the other, each with its words behind it; `label` says the same for all."""
    parts: list[Markup] = [element("title", label)]
    for number, (length, words) in enumerate(bars):
        top = number * _BAR
        end = scale.at(length)
        bar = {"x": _percent(scale.at(0.0)), "y": top + 4, "width": _percent(end - scale.at(0.0)), "height": _BAR - 9}
        parts.append(element("rect", **bar, class_="bar"))
        inside = end > _BEHIND
        place = {"x": _percent(end), "y": top + 16, "dx": -6 if inside else 6}
        anchor = "end" if inside else "start"
        parts.append(element("text", words, **place, text_anchor=anchor, class_="on" if inside else None))
    parts.append(_line("tick", scale.at(0.0), 0, scale.at(0.0), len(bars) * _BAR))
    return element("svg", *parts, class_="bars", role="img", width="100%", height=len(bars) * _BAR, aria_label=label)


def ticks_row(scale: Axis, written: Sequence[str]) -> Markup:
    """The ticks under a column of bars, with their numbers."""
    return axis_row(Bars(axis=scale), written)


def mark(x: float, y: float | str, verdict: Verdict | None) -> Markup:
    """A point: filled when it passes or is not judged, a cross when it fails, hollow when undecided."""
    across = _percent(x)
    if verdict is Verdict.FAIL:
        return _pinned(x, y, "cross", "M-5-5 5 5M5-5-5 5")
    kind = "hollow" if verdict is Verdict.INCONCLUSIVE else "dot"
    return element("circle", cx=across, cy=y, r=5.5, class_=kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One candidate in the scatter: both values with their ends, any of which may be infinite."""

    label: str
    x: float
    x_ends: tuple[float, float]
    y: float
    y_ends: tuple[float, float]
    verdict: Verdict
    winner: bool = False
    sentence: str = ""
    frontier: bool = False  # joined by a line: nobody is as good in both


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """The axes of the scatter. `up` is False when lower is better, so that up is always good."""

    x: Axis
    y: Axis
    up: bool
    x_ticks: Sequence[str]
    y_ticks: Sequence[str]
    limit: float  # everything right of it is forbidden

    def down(self, number: float) -> float:
        """Pixels from the top."""
        share = self.y.at(number) / 100.0
        return round(_SCATTER * (1.0 - share if self.up else share), 1)


def scatter(plane: Plane, points: Sequence[Point], *, label: str) -> Markup:
    """Performance (up is better) against the share of the tightest floor that is used (left is safer)."""
    parts: list[Markup | None] = [element("title", label)]
    bars = Bars(axis=plane.x, floor=plane.limit)
    parts.append(_forbidden(bars, _SCATTER))
    for tick, text in zip(plane.y.ticks, plane.y_ticks, strict=True):
        y = plane.down(tick)
        parts.append(_line("grid", 0, y, 100, y))
        parts.append(element("text", text, x=-10, y=y + 4, text_anchor="end"))
    for tick, text in zip(plane.x.ticks, plane.x_ticks, strict=True):
        place = plane.x.at(tick)
        parts.append(_line("tick", place, _SCATTER, place, _SCATTER + 5))
        parts.append(element("text", text, x=_percent(place), y=_SCATTER + 21, text_anchor="middle"))
    parts.append(_line("tick", 0, _SCATTER, 100, _SCATTER))
    parts.append(_upright("floor", plane.x.at(plane.limit), _SCATTER))
    edge = sorted((point for point in points if point.frontier), key=lambda point: plane.x.at(point.x))
    for first, second in itertools.pairwise(edge):
        ends = (plane.x.at(first.x), plane.down(first.y), plane.x.at(second.x), plane.down(second.y))
        parts.append(_line("frontier", *ends))
    parts += [_whiskers(plane, point) for point in points]
    labels = _label_places(plane, points)
    for point, y in zip(points, labels, strict=True):
        x = plane.x.at(point.x)
        drawn = mark(x, plane.down(point.y), point.verdict)
        ring = element("circle", cx=_percent(x), cy=plane.down(point.y), r=10, class_="ring") if point.winner else None
        left = x > 50.0
        text = element(
            "text",
            point.label,
            x=_percent(x),
            y=y,
            dx=-14 if left else 14,
            text_anchor="end" if left else "start",
            class_="name winner" if point.winner else "name",
        )
        parts.append(element("g", element("title", point.sentence), ring, drawn, text))
    return element("svg", *parts, class_="scatter", role="img", width="100%", height=_SCATTER + 30, aria_label=label)


def _whiskers(plane: Plane, point: Point) -> Markup:
    x, y = plane.x.at(point.x), plane.down(point.y)
    top, bottom = (plane.down(end) for end in point.y_ends)
    return join([_span(plane.x, *point.x_ends, y), _line("whisker", x, top, x, bottom)])


def _label_places(plane: Plane, points: Sequence[Point]) -> list[float]:
    """Baselines of the labels in pixels: above the point, moved apart where two would overlap."""
    taken: list[tuple[float, float]] = []
    places: dict[int, float] = {}
    for number in sorted(range(len(points)), key=lambda n: plane.down(points[n].y)):
        x, y = plane.x.at(points[number].x), plane.down(points[number].y) - 10
        while any(abs(x - other) < 30 and abs(y - line) < _LINE for other, line in taken):
            y += 3
        taken.append((x, y))
        places[number] = y
    return [places[number] for number in range(len(points))]


def _forbidden(bars: Bars, height: float | str) -> Markup | None:
    if bars.floor is None:
        return None
    edge = bars.axis.at(bars.floor)
    start, width = (edge, 100.0 - edge) if bars.forbidden_above else (0.0, edge)
    if width <= 0.0:
        return None
    box = {"x": _percent(start), "y": 0, "width": _percent(width), "height": height}
    tint = element("rect", **box, class_="tint")
    return join([tint, element("rect", **box, fill="url(#hatch)")])


def definitions() -> Markup:
    """What charts refer to, once in the page: the hatching of forbidden ranges, the ends of intervals."""
    stripe = element("path", d="M0 8 8 0M-2 2 2-2M6 10 10 6", class_="stripe")
    pattern = element("pattern", stripe, id="hatch", width=8, height=8, patternUnits="userSpaceOnUse")
    ends = [
        element(
            "marker",
            element("path", d=path, class_="end"),
            id=name,
            markerUnits="userSpaceOnUse",
            markerWidth=16,
            markerHeight=16,
            viewBox="-8 -8 16 16",
            orient="auto-start-reverse",
        )
        for name, path in (("cap", "M0-5V5"), ("arrow", "M-7-5 0 0-7 5"))
    ]
    return element("svg", element("defs", pattern, *ends), width=0, height=0, aria_hidden="true", class_="defs")


def _upright(kind: str, x: float, height: float | str) -> Markup:
    return _line(kind, x, 0, x, height)


def _line(kind: str, x1: float, y1: float | str, x2: float, y2: float | str) -> Markup:
    return element("line", class_=kind, x1=_percent(x1), y1=y1, x2=_percent(x2), y2=y2)


def _span(scale: Axis, low: float, high: float, y: float | str) -> Markup:
    """An interval: a cap at each end, or an arrow where it goes on beyond the plot."""
    start, end = scale.at(low), scale.at(high)
    return element(
        "line",
        class_="whisker",
        x1=_percent(start),
        y1=y,
        x2=_percent(end if end > start else start + 0.01),  # a line without length has no direction for its arrow
        y2=y,
        marker_start="url(#arrow)" if low < scale.low else "url(#cap)",
        marker_end="url(#arrow)" if high > scale.high else "url(#cap)",
    )


def _pinned(x: float, y: float | str, kind: str, path: str) -> Markup:
    """A path in pixels around a point in percent: a drawing in the drawing, since the two cannot be added."""
    drawn = element("path", d=path, class_=kind)
    return element("svg", drawn, x=_percent(x), y=y, overflow="visible", width=1, height=1)


def _percent(number: float) -> str:
    return f"{number:.2f}%"
