"""The sections that draw: safety against performance, intervals against floors, differences from the baseline."""

import math
from dataclasses import dataclass

from trimtab.decision.model import CandidateDecision, Judgement
from trimtab.kinds import Estimate, Missing
from trimtab.report.charts import Bars, Plane, Point, axis, axis_row, backdrop, interval_row, scatter
from trimtab.report.figures import DASH, Figures, count, figures
from trimtab.report.markup import Markup, element, escape
from trimtab.report.parts import chip, pair, row_head, term
from trimtab.report.view import Report, Requirement, judgement, seen
from trimtab.report.words import Used, missing_words, name, needs, requirement, tightest

_WIDEST = 1.6  # shares of a floor beyond this are drawn at the edge, with the number in words
_PERCENT = Figures(unit="ratio", places=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    """What the rows of one interval plot share; the backdrop is drawn once and repeated."""

    bars: Bars
    behind: Markup
    written: Figures


def safety_section(report: Report) -> Markup | None:
    """The scatter of the candidates, and the table it is drawn from."""
    aim = report.decision.maximise[0]
    placed = [(c, tightest(report, c), seen(c, aim)) for c in report.candidates]
    if not any(used for _, used, _ in placed):
        return None
    written = figures(report, aim)
    better = report.better(aim)
    about = element(
        "p",
        "Each candidate by ",
        element("b", aim),
        f" ({better} is better, drawn upwards) and by how much of its tightest ",
        term("floor"),
        " it uses up: 0% is flawless, 100% is the floor itself, and beyond it lies what the policy forbids. "
        "Lines show the intervals.",
        class_="about",
    )
    points = [_point(report, c, used, known, written) for c, used, known in placed]
    drawn = [point for point in points if point is not None]
    chart = _scatter(report, drawn, written, aim) if drawn else None
    rows = [_safety_row(report, *row, written) for row in placed]
    table = element(
        "table",
        element("caption", "The same in numbers"),
        element("thead", _heads("Candidate", aim, "Tightest floor", "Used of it", "Verdict")),
        element("tbody", *rows, role="rowgroup"),
        class_="numbers-table",
        role="table",
    )
    title = element("h2", "Performance against safety", id="safety")
    return element("section", title, about, chart, table, aria_labelledby="safety")


def _point(
    report: Report, candidate: CandidateDecision, used: Used | None, known: Estimate | Missing, written: Figures
) -> Point | None:
    if used is None or isinstance(known, Missing) or not known.known or not math.isfinite(used.value):
        return None
    sentence = (
        f"{name(candidate.candidate)}: {written.value(known.value)}, uses {_PERCENT.value(used.value)} "
        f"of the floor under {used.metric}, {candidate.verdict}"
    )
    far = f" at {_share(used.value)}" if used.value > _WIDEST else ""
    return Point(
        label=f"{name(candidate.candidate)}{far}",
        x=used.value,
        x_ends=(used.best, used.worst),
        y=known.value,
        y_ends=(known.interval.low, known.interval.high),
        verdict=candidate.verdict,
        winner=candidate.candidate == report.winner,
        sentence=sentence,
    )


def _scatter(report: Report, points: list[Point], written: Figures, aim: str) -> Markup:
    across = [min(n, _WIDEST) for p in points for n in (p.x, *p.x_ends)]
    ratio = report.unit(aim) == "ratio"
    x = axis([0.0, 1.0, 1.25, *across], lowest=0.0, highest=_WIDEST)
    ends = (0.0, 1.0) if ratio else (-math.inf, math.inf)
    y = axis([n for p in points for n in (p.y, *p.y_ends)], lowest=ends[0], highest=ends[1], room=0.12)
    places = Figures(unit=written.unit, places=_tick_places(y.ticks, written), currency=written.currency)
    plane = Plane(
        x=x,
        y=y,
        up=report.better(aim) == "higher",
        x_ticks=[_PERCENT.value(tick) for tick in x.ticks],
        y_ticks=[places.value(tick) for tick in y.ticks],
        limit=1.0,
    )
    label = f"Scatter of {len(points)} candidates: {aim} against the share of the tightest floor used. Table below."
    key = element(
        "figcaption",
        element("span", "share of the tightest floor used →", class_="axis-name"),
        _key("tint", "forbidden by the floors"),
        _key("dot", "passes"),
        _key("hollow", "inconclusive"),
        _key("cross", "fails"),
        _key("ring", "chosen") if report.winner else None,
        class_="key",
    )
    upwards = element("p", f"{aim} ↑ better", class_="axis-name")
    return element("figure", upwards, element("div", scatter(plane, points, label=label), class_="plane"), key)


def _safety_row(
    report: Report, candidate: CandidateDecision, used: Used | None, known: Estimate | Missing, written: Figures
) -> Markup:
    aim = report.decision.maximise[0]
    if isinstance(known, Missing):
        performance: object = f"no data: {missing_words(known)}"
    else:
        performance = pair(written.value(known.value), written.span(known.interval))
    if used is None:
        tightest_floor, share = DASH, escape(DASH)
    else:
        tightest_floor, share = used.metric, pair(_share(used.value), f"at worst {_share(used.worst)}")
    return element(
        "tr",
        row_head(report, candidate),
        _labelled(aim, performance),
        _labelled("Tightest floor", tightest_floor),
        _labelled("Used of it", share),
        _labelled("Verdict", chip(candidate.verdict)),
        role="row",
    )


def _labelled(label: str, content: object) -> Markup:
    """A cell that repeats its column's heading, for screens too narrow for columns."""
    return element(
        "td", element("span", label, class_="who", aria_hidden="true"), element("span", content), role="cell"
    )


def _share(number: float) -> str:
    if math.isnan(number):
        return "unknown"
    if math.isinf(number) or number >= 10.0:
        return "over 1,000%" if number > 10.0 or math.isinf(number) else "1,000%"
    return _PERCENT.value(number)


def floors_section(report: Report) -> Markup:
    """One interval plot per metric, those with a floor first."""
    judged = {row.metric for row in report.requirements() if row.asked == "floor"}
    metrics = report.metrics()
    floored = [_panel(report, metric) for metric in metrics if metric in judged]
    others = [_panel(report, metric) for metric in metrics if metric not in judged]
    about = element(
        "p",
        "The line is the ",
        term("interval"),
        ", the mark the value. A candidate passes when its whole line lies clear of the hatched side.",
        class_="about",
    )
    key = element(
        "p",
        _key("dot", "passes, or not judged"),
        _key("hollow", "inconclusive"),
        _key("cross", "fails"),
        _key("floor", "floor"),
        _key("target", "target"),
        _key("tint", "forbidden"),
        class_="key",
    )
    head = element("h2", "Evidence against each floor", id="floors")
    rest = [element("h2", "Measured without a floor", id="others"), *others] if others else []
    return element("section", head, about, key, *floored, *rest, aria_labelledby="floors")


def _panel(report: Report, metric: str) -> Markup:
    floor, spec = report.floor(metric), report.metric(metric)
    written = figures(report, metric)
    known = [(c, seen(c, metric)) for c in report.candidates]
    numbers = [n for _, e in known if isinstance(e, Estimate) for n in (e.value, e.interval.low, e.interval.high)]
    marks = [*([floor.bound] if floor else []), *([spec.target] if spec else [])]
    ratio = report.unit(metric) == "ratio"
    scale = axis([*numbers, *marks], lowest=0.0 if ratio else -math.inf, highest=1.0 if ratio else math.inf)
    bars = Bars(
        axis=scale,
        floor=floor.bound if floor else None,
        forbidden_above=floor is None or floor.at_most is not None,
        target=spec.target if spec else None,
    )
    row = Requirement(asked="floor", metric=metric)
    accepted = [element("b", requirement(report, row)), " accepted"] if floor else ["no floor"]
    target = f" · target {written.bound(spec.target)}" if spec else ""
    caption = element(
        "caption",
        element("span", metric, class_="metric"),
        element("span", spec.question, class_="question") if spec else None,
        element("span", *accepted, target, class_="asked"),
    )
    drawing = _Drawing(bars=bars, behind=backdrop(bars), written=written)
    rows = [_row(report, c, judgement(c, row), e, drawing) for c, e in known]
    return _interval_table(caption, rows, drawing)


def regression_section(report: Report) -> Markup:
    """Paired differences from the baseline; positive is worse."""
    asked = [row for row in report.requirements() if row.asked == "regression"]
    head = element("h2", "Against the baseline", id="regression")
    baseline = report.decision.baseline
    if not asked:
        why = "No regression was judged" if baseline else "There is no baseline, so no regression was judged"
        return element("section", head, element("p", f"{why}.", class_="about"), aria_labelledby="regression")
    about = element(
        "p",
        f"Difference from {name(baseline)} on the same cases. To the right is worse, whichever way the metric points; "
        "the hatched side is worse by more than the ",
        term("margin"),
        ". Zero, the baseline itself, is the thin line.",
        class_="about",
    )
    panels = [_difference_panel(report, row) for row in asked]
    return element("section", head, about, *panels, aria_labelledby="regression")


def _difference_panel(report: Report, row: Requirement) -> Markup:
    written = figures(report, row.metric, regression=True)
    judged = [(c, j) for c in report.candidates if (j := judgement(c, row)) is not None]
    margin = judged[0][1].bound
    ends = [n for _, j in judged if isinstance(j.seen, Estimate) for n in (j.seen.interval.low, j.seen.interval.high)]
    bars = Bars(axis=axis([*ends, 0.0, margin]), floor=margin, zero=True)
    caption = element(
        "caption",
        element("span", row.metric, class_="metric"),
        element("span", element("b", requirement(report, row)), " accepted", class_="asked"),
    )
    drawing = _Drawing(bars=bars, behind=backdrop(bars), written=written)
    rows = [_row(report, c, j, j.seen, drawing) for c, j in judged]
    return _interval_table(caption, rows, drawing)


def _interval_table(caption: Markup, rows: list[Markup], drawing: _Drawing) -> Markup:
    bars, written = drawing.bars, drawing.written
    places = _tick_places(bars.axis.ticks, written)
    ticks = Figures(unit=written.unit, places=places, currency=written.currency, signed=written.signed)
    foot = element(
        "tr",
        element("td", role="cell"),
        element("td", axis_row(bars, [ticks.value(tick) for tick in bars.axis.ticks]), class_="plot", role="cell"),
        element("td", colspan=4, role="cell"),
        role="row",
        aria_hidden="true",
    )
    heads = _heads("Candidate", "Interval, drawn", "Value", "Interval", "Cases", "Verdict")
    return element(
        "table",
        caption,
        element("thead", heads),
        element("tbody", *rows, role="rowgroup"),
        element("tfoot", foot),
        class_="forest",
        role="table",
    )


def _row(
    report: Report,
    candidate: CandidateDecision,
    judged: Judgement | None,
    known: Estimate | Missing,
    drawing: _Drawing,
) -> Markup:
    written = drawing.written
    verdict = judged.verdict if judged else None
    if isinstance(known, Missing):
        value, ends, cases = DASH, f"no data: {missing_words(known)}", ""
        interval, at = None, math.nan
    else:
        value, ends, cases = written.value(known.value), written.span(known.interval), f"{count(known.cases)} cases"
        interval, at = known.interval, known.value
    label = f"{name(candidate.candidate)}: {value}, interval {ends}" + (f", {verdict}" if verdict else "")
    plot = interval_row(drawing.bars.axis, drawing.behind, interval, at, verdict=verdict, label=label)
    more = needs(judged) if judged else ""
    return element(
        "tr",
        row_head(report, candidate),
        element("td", plot, class_="plot", role="cell"),
        element("td", value, class_="value", role="cell"),
        element("td", ends, class_="nothing" if interval is None else "ends", role="cell"),
        element("td", cases, *_count_notes(known), class_="cases", role="cell"),
        element(
            "td",
            chip(verdict, reason=judged.reason if judged else "") if verdict else element("span", DASH, class_="quiet"),
            element("span", more, class_="note") if more else None,
            class_="ruling",
            role="cell",
        ),
        role="row",
    )


def _count_notes(known: Estimate | Missing) -> list[Markup]:
    """What a bare number of cases would hide: that some depend on each other, that some are missing."""
    if isinstance(known, Missing):
        return []
    said = []
    if known.count != known.cases:
        said.append(element("span", f"{count(known.count)} ", term("independent cases", "independent"), class_="note"))
    if known.missing:
        said.append(element("span", f"{count(known.missing)} ", term("missing"), class_="note"))
    return said


def _tick_places(ticks: tuple[float, ...], written: Figures) -> int:
    """Decimals that the ticks themselves need."""
    for places in range(7):
        if all(abs(round(t * written.scale, places) - t * written.scale) < 1e-9 for t in ticks):
            return places
    return 6


def _heads(*names: str) -> Markup:
    return element("tr", *[element("th", head, scope="col", role="columnheader") for head in names], role="row")


def _key(kind: str, text: str) -> Markup:
    """One entry of a legend: the mark as it is drawn, and its meaning."""
    shapes = {
        "dot": [element("circle", cx=10, cy=8, r=5.5, class_="dot")],
        "hollow": [element("circle", cx=10, cy=8, r=5.5, class_="hollow")],
        "ring": [
            element("circle", cx=10, cy=8, r=4, class_="dot"),
            element("circle", cx=10, cy=8, r=7.2, class_="ring"),
        ],
        "cross": [element("path", d="M5 3 15 13M15 3 5 13", class_="cross")],
        "floor": [element("line", x1=10, x2=10, y1=0, y2=16, class_="floor")],
        "target": [element("line", x1=10, x2=10, y1=0, y2=16, class_="target")],
        "tint": [
            element("rect", width=20, height=16, class_="tint"),
            element("rect", width=20, height=16, fill="url(#hatch)"),
        ],
    }
    swatch = element("svg", *shapes[kind], width=20, height=16, aria_hidden="true")
    return element("span", swatch, " ", text, class_="entry")
