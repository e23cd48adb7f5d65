"""How differently groups are treated, and how much of the baseline's gap is gone: tables, lines, data."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from trimtab.kinds import Estimate, Missing
from trimtab.report.charts import Bars, axis, axis_row, backdrop, interval_row, tick_places
from trimtab.report.figures import SHARE, Figures, count, fitting, unit_figures
from trimtab.report.markup import Markup, element, visible
from trimtab.report.parts import column_heads, folded
from trimtab.report.view import Report
from trimtab.report.words import missing_words, name

_LABEL = 60  # code points of a group's name
_MOST = 15  # pairs that are drawn; all of them are in report.json

Row = tuple[str, Estimate | Missing]


def fairness_section(report: Report) -> Markup | None:
    """What is gone of the baseline's gaps, then every two groups of each candidate; None without."""
    shares = [_shares(report, metric) for metric in report.policy.metrics if _removed(report, metric)]
    pairs = [
        _pairs(report, candidate.candidate, metric, found)
        for metric in report.policy.metrics
        for candidate in report.shown
        if (found := report.between.get(candidate.candidate, {}).get(metric))
    ]
    if not shares and not pairs:
        return None
    said = (
        "Differences between every two groups, largest first: first minus second. All intervals of a candidate hold "
        "together, over all pairs and all metrics."
    )
    gone = (
        f"The bias mitigation rate is the share of the gap of {name(report.decision.baseline)} that is gone, on the "
        "same cases: 100% is all of it, 0% nothing, and below 0% the gap has grown."
    )
    about = [said, gone] if shares else [said]
    head = element("h2", "Between groups", id="between")
    paragraphs = [element("p", text, class_="about") for text in about]
    return element("section", head, *paragraphs, *shares, *pairs, aria_labelledby="between")


def mitigation_lines(report: Report) -> Iterator[str]:
    """One line for each candidate and gap of the baseline, for a terminal."""
    for metric in report.policy.metrics:
        rows = _removed(report, metric)
        written = _share_figures(rows)
        for candidate, known in rows:
            yield f"{candidate}: {metric}, {_said(known, written, of=report.decision.baseline)}"


def between_data(differences: Mapping[tuple[str, str], Estimate]) -> list[dict[str, Any]]:
    """For the JSON report: the largest difference first."""
    return [
        {
            "first": first,
            "second": second,
            "value": seen.value,
            "low": seen.interval.low,
            "high": seen.interval.high,
            "independent": seen.count,
            "cases": seen.cases,
            "missing": seen.missing,
        }
        for (first, second), seen in differences.items()
    ]


def _removed(report: Report, metric: str) -> list[Row]:
    return [
        (name(candidate.candidate), known)
        for candidate in report.shown
        if (known := report.removed.get(candidate.candidate, {}).get(metric)) is not None
    ]


def _said(known: Estimate | Missing, written: Figures, *, of: str) -> str:
    if isinstance(known, Missing):
        return f"no share of the gap of {name(of)} can be said: {missing_words(known)}"
    return f"{written.value(known.value)} of the gap of {name(of)} is gone ({written.span(known.interval)})"


def _share_figures(rows: Sequence[Row]) -> Figures:
    return fitting(SHARE, [known for _, known in rows], [])


def _shares(report: Report, metric: str) -> Markup:
    rows = _removed(report, metric)
    asked = report.tier.mitigation
    floor = asked.at_least if asked and metric in asked.metrics else None
    caption = f"{metric}: share of the gap of {name(report.decision.baseline)} that is gone"
    return _forest(caption, "Candidate", rows, _share_figures(rows), highest=1.0, floor=floor)


def _pairs(report: Report, candidate: str, metric: str, found: Mapping[tuple[str, str], Estimate]) -> Markup:
    rows: list[Row] = [
        (f"{visible(first, limit=_LABEL)} and {visible(second, limit=_LABEL)}", seen)
        for (first, second), seen in list(found.items())[:_MOST]
    ]
    written = fitting(unit_figures(report, metric, difference=True), found.values(), [])
    left = f"; {count(len(found) - _MOST)} smaller ones are in report.json" if len(found) > _MOST else ""
    table = _forest(f"{metric} of {name(candidate)}, by pair of groups{left}", "Groups", rows, written, highest=1.0)
    largest, seen = rows[0]
    told = _told(largest, seen, written) if isinstance(seen, Estimate) else largest
    return folded(report, candidate, f"{metric}, largest: {told}", table)


def _told(label: str, seen: Estimate, written: Figures) -> str:
    return f"{label}, {written.value(seen.value)} ({written.span(seen.interval)})"


def _forest(
    caption: str, head: str, rows: Sequence[Row], written: Figures, *, highest: float, floor: float | None = None
) -> Markup:
    known = [seen for _, seen in rows if isinstance(seen, Estimate)]
    ends = [n for seen in known for n in (seen.value, seen.interval.low, seen.interval.high) if math.isfinite(n)]
    scale = axis([*ends, 0.0, *([floor] if floor is not None else [])], highest=highest)
    bars = Bars(axis=scale, floor=floor, forbidden_above=False, zero=True)
    behind = backdrop(bars)
    ticks = replace(written, places=tick_places(scale.ticks, scale=written.scale))
    foot = element(
        "tr",
        element("td", role="cell"),
        element("td", axis_row(bars, [ticks.value(tick) for tick in scale.ticks]), class_="plot", role="cell"),
        element("td", colspan=3, role="cell"),
        role="row",
        aria_hidden="true",
    )
    return element(
        "table",
        element("caption", caption),
        element("thead", column_heads(head, "Interval, drawn", "Value", "Interval", "Cases")),
        element("tbody", *[_row(label, seen, written, bars, behind) for label, seen in rows], role="rowgroup"),
        element("tfoot", foot) if known else None,
        class_="forest",
        role="table",
    )


def _row(label: str, seen: Estimate | Missing, written: Figures, bars: Bars, behind: Any) -> Markup:
    head = element("th", label, scope="row", role="rowheader")
    if isinstance(seen, Missing):
        why = element("td", f"no data: {missing_words(seen)}", class_="quiet", colspan=4, role="cell")
        return element("tr", head, why, role="row")
    said = f"{label}: {written.value(seen.value)}, {written.span(seen.interval)}"
    drawn = interval_row(bars.axis, behind, seen.interval, seen.value, verdict=None, label=said)
    return element(
        "tr",
        head,
        element("td", drawn, class_="plot", role="cell"),
        element("td", written.value(seen.value), class_="value", role="cell"),
        element("td", written.span(seen.interval), class_="ends", role="cell"),
        element("td", f"{count(seen.cases)} cases", class_="cases", role="cell"),
        role="row",
    )
