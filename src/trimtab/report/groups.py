"""Rates by group: which family of attacks gets through, whom a failure meets. A picture for each candidate."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trimtab.kinds import Estimate
from trimtab.report.charts import Bars, axis, axis_row, backdrop, interval_row, tick_places
from trimtab.report.figures import count, fitting, unit_figures
from trimtab.report.markup import Markup, element, visible
from trimtab.report.parts import column_heads, folded
from trimtab.report.view import Report, Requirement
from trimtab.report.words import requirement


def groups_section(report: Report) -> Markup | None:
    """One folded table for each candidate and metric whose scores name groups; None when none does."""
    panels = [
        _panel(report, candidate.candidate, metric, rates)
        for metric in report.policy.metrics
        if metric not in report.attacks  # shown with the red team
        for candidate in report.candidates
        if (rates := report.groups.get(candidate.candidate, {}).get(metric))
    ]
    if not panels:
        return None
    about = element(
        "p",
        "The same rates by the group that each case belongs to, worst first. All intervals of a table hold together. "
        "What is asked is asked of the whole; a group is where to look, not a verdict.",
        class_="about",
    )
    head = element("h2", "Where it breaks", id="groups")
    return element("section", head, about, *panels, aria_labelledby="groups")


def as_data(rates: Mapping[str, Estimate]) -> dict[str, Any]:
    """For the JSON report: worst group first."""
    return {
        group: {
            "value": seen.value,
            "low": seen.interval.low,
            "high": seen.interval.high,
            "independent": seen.count,
            "cases": seen.cases,
            "missing": seen.missing,
        }
        for group, seen in rates.items()
    }


def worst_words(report: Report, candidate: str, metric: str) -> str:
    """The worst group in a few words; empty without groups."""
    rates = report.groups.get(candidate, {}).get(metric, {})
    if not rates:
        return ""
    group, seen = next(iter(rates.items()))
    written = fitting(unit_figures(report, metric), [seen], [])
    return f"{visible(group, limit=60)} {written.value(seen.value)} ({written.span(seen.interval)})"


def _panel(report: Report, candidate: str, metric: str, rates: Mapping[str, Estimate]) -> Markup:
    floor = report.floor(metric)
    bounds = [floor.bound] if floor else []
    written = fitting(unit_figures(report, metric), rates.values(), bounds)
    ends = [n for seen in rates.values() for n in (seen.value, seen.interval.low, seen.interval.high)]
    bars = Bars(
        axis=axis(
            [*(n for n in ends if math.isfinite(n)), *bounds],
            lowest=-1.0 if any(n < 0.0 for n in ends) else 0.0,
            highest=1.0,
        ),
        floor=floor.bound if floor else None,
        forbidden_above=floor is None or floor.at_most is not None,
    )
    behind = backdrop(bars)
    rows = [
        element(
            "tr",
            element("th", visible(group, limit=60), scope="row", role="rowheader"),
            element(
                "td",
                interval_row(
                    bars.axis,
                    behind,
                    seen.interval,
                    seen.value,
                    verdict=None,
                    label=f"{visible(group, limit=60)}: {written.value(seen.value)}, {written.span(seen.interval)}",
                ),
                class_="plot",
                role="cell",
            ),
            element("td", written.value(seen.value), class_="value", role="cell"),
            element("td", written.span(seen.interval), class_="ends", role="cell"),
            element("td", f"{count(seen.cases)} cases", class_="cases", role="cell"),
            role="row",
        )
        for group, seen in rates.items()
    ]
    ticks = replace(written, places=tick_places(bars.axis.ticks, scale=written.scale))
    foot = element(
        "tr",
        element("td", role="cell"),
        element("td", axis_row(bars, [ticks.value(tick) for tick in bars.axis.ticks]), class_="plot", role="cell"),
        element("td", colspan=3, role="cell"),
        role="row",
        aria_hidden="true",
    )
    asked = requirement(report, Requirement(asked="floor", metric=metric)) if floor else "no floor"
    table = element(
        "table",
        element("caption", f"{metric} by group, against {asked}" if floor else f"{metric} by group"),
        element("thead", column_heads("Group", "Interval, drawn", "Value", "Interval", "Cases")),
        element("tbody", *rows, role="rowgroup"),
        element("tfoot", foot),
        class_="forest",
        role="table",
    )
    return folded(report, candidate, f"{metric}, worst: {worst_words(report, candidate, metric)}", table)
