"""Which cases a candidate answers otherwise than the baseline: what stands behind a difference."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from trimtab.report.figures import count
from trimtab.report.markup import Markup, element, visible
from trimtab.report.parts import column_heads, label
from trimtab.report.view import Changed, Report
from trimtab.report.words import name

_SHOWN = 40


def changes_of(report: Report, metric: str) -> list[Markup]:
    """A folded table for each candidate with changed cases, worse ones first; nothing where none changed."""
    return [
        _table(candidate.candidate, rows)
        for candidate in report.candidates
        if (rows := report.changes.get(candidate.candidate, {}).get(metric))
    ]


def as_data(rows: Sequence[Changed]) -> dict[str, Any]:
    """For the JSON report: counts, and the cases by which way they changed."""
    return {
        "worse": [row.case for row in rows if row.worse],
        "better": [row.case for row in rows if not row.worse],
        "worse_by_group": dict(Counter(row.group for row in rows if row.worse and row.group)),
        "better_by_group": dict(Counter(row.group for row in rows if not row.worse and row.group)),
    }


def _table(candidate: str, rows: Sequence[Changed]) -> Markup:
    worse = sum(row.worse for row in rows)
    ordered = sorted(rows, key=lambda row: not row.worse)  # stable: the drawn order within each
    grouped = Counter(row.group for row in rows if row.worse and row.group)
    most = grouped.most_common(1)[0] if grouped else None
    concentrated = most is not None and most[1] > 1 and len(grouped) > 1
    body = [
        element(
            "tr",
            element("th", element("code", visible(row.case, limit=120)), scope="row", role="rowheader"),
            element("td", label("Group"), visible(row.group, limit=120) or "alone", role="cell"),
            element("td", label("Change"), "worse" if row.worse else "better", role="cell"),
            role="row",
        )
        for row in ordered[:_SHOWN]
    ]
    rest = len(rows) - _SHOWN
    summary = element(
        "summary",
        element("span", name(candidate), class_="metric"),
        " ",
        element("span", f"worse on {count(worse)}, better on {count(len(rows) - worse)} cases", class_="quiet"),
        element("span", f"; most of the worse ones in {visible(most[0], limit=80)}: {most[1]}", class_="quiet")
        if concentrated and most
        else None,
    )
    table = element(
        "table",
        element("caption", "Cases whose outcome is not the baseline's"),
        element("thead", column_heads("Case", "Group", "Change")),
        element("tbody", *body, role="rowgroup"),
        class_="plain",
        role="table",
    )
    more = element("p", f"{count(rest)} more are in report.json.", class_="about") if rest > 0 else None
    return element("details", summary, table, more)
