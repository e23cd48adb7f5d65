"""Interval plots: every metric against its floor, every difference against the margin."""

import math
from dataclasses import dataclass, replace

from trimtab.decision.model import CandidateDecision, Judgement
from trimtab.kinds import Estimate, Missing
from trimtab.report.changes import changes_of
from trimtab.report.charts import Bars, axis, axis_row, backdrop, interval_row, tick_places
from trimtab.report.figures import DASH, Figures, count, figures
from trimtab.report.markup import Markup, element, join
from trimtab.report.parts import chip, column_heads, key, row_head, term
from trimtab.report.view import Report, Requirement, judgement, seen
from trimtab.report.words import missing_words, name, needs, requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    """What the rows of one interval plot share; the backdrop is drawn once and repeated."""

    bars: Bars
    behind: Markup
    written: Figures


def floors_section(report: Report) -> Markup:
    """One interval plot per metric, those with a floor first, the others in a section of their own."""
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
    legend = element(
        "p",
        key("dot", "passes, or not judged"),
        key("hollow", "inconclusive"),
        key("cross", "fails"),
        key("floor", "floor"),
        key("target", "target"),
        key("tint", "forbidden"),
        class_="key",
    )
    head = element("h2", "Evidence against each floor", id="floors")
    sections = [element("section", head, about, legend, *floored, aria_labelledby="floors")]
    if others:
        rest = element("h2", "Measured without a floor", id="others")
        sections.append(element("section", rest, *others, aria_labelledby="others"))
    return join(sections)


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
    panels = [part for row in asked for part in (_difference_panel(report, row), *changes_of(report, row.metric))]
    return element("section", head, about, *panels, aria_labelledby="regression")


def _difference_panel(report: Report, row: Requirement) -> Markup:
    written = figures(report, row.metric, asked="regression")
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
    places = tick_places(bars.axis.ticks, scale=written.scale)
    ticks = replace(written, places=places)
    foot = element(
        "tr",
        element("td", role="cell"),
        element("td", axis_row(bars, [ticks.value(tick) for tick in bars.axis.ticks]), class_="plot", role="cell"),
        element("td", colspan=4, role="cell"),
        role="row",
        aria_hidden="true",
    )
    heads = column_heads("Candidate", "Interval, drawn", "Value", "Interval", "Cases", "Verdict")
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
