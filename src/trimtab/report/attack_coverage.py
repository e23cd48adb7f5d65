"""What a red-team run covered of the lists of risks, drawn as one tile a row, with the table beneath."""

from collections.abc import Sequence
from itertools import groupby

from trimtab.decision.attacks import Baseline, Covered
from trimtab.report.attack_words import STAND_IN, STATE, FrameworkCount, frameworks
from trimtab.report.figures import DASH, count
from trimtab.report.markup import Markup, element, visible
from trimtab.report.parts import column_heads, label

_SIGN = {"tested": "●", "stand-in": "◐", "not-asked": "○", "no-attack": "–", "not-by-asking": ""}


def coverage_part(baseline: Baseline) -> list[Markup]:
    """The part of the section; says so where the cases are not known."""
    head = element("h3", "What was covered")
    if baseline.unknown:
        return [head, element("p", f"Nothing is known of the coverage: {baseline.unknown}.", class_="alarm")]
    about = (
        "Read off the cases that were asked and have an outcome, not typed by hand. What asking a model that answers "
        "texts cannot show is no gap of this run; it needs another kind of check."
    )
    states = [state for state in STATE if state != "not-by-asking"]
    key = element("p", *[_entry(state) for state in states], class_="key")
    parts = [head, element("p", about, class_="about"), key]
    for framework in frameworks(baseline):
        parts += _framework(framework)
    if baseline.own:
        said = ", ".join(f"{visible(link, limit=60)} ({count(cases)})" for link, cases in baseline.own.items())
        parts.append(
            element("p", f"Cases also name ids of lists that are not in the catalogue: {said}.", class_="about")
        )
    return parts


def _entry(state: str) -> Markup:
    return element(
        "span",
        element("span", _SIGN[state], class_=f"tile {state}", aria_hidden="true"),
        " ",
        STATE[state],
        class_="entry",
    )


def _framework(framework: FrameworkCount) -> list[Markup]:
    shown = [row for row in framework.rows if row.state != "not-by-asking"]
    tiles = element("ul", *map(_tile, shown), class_="tiles", aria_label=f"{framework.title}: {framework}")
    summary = element(
        "summary",
        element("span", "All rows", class_="metric"),
        " ",
        element("span", f"{len(framework.rows)}", class_="quiet"),
    )
    stand_in = any(row.state == "stand-in" for row in framework.rows)
    return [
        element("h4", framework.title),
        element("p", f"{framework}.", class_="about"),
        element("p", STAND_IN, class_="about") if stand_in else element("span"),
        tiles,
        element("details", summary, _table(framework), *_beyond(framework.rows)),
    ]


def _tile(row: Covered) -> Markup:
    said = f"{row.control.id} {row.control.title}: {STATE[row.state]}"
    if row.cases:
        said += f", {count(row.cases)} cases, {count(row.got_through)} got through at the worst candidate"
    short = row.control.id.removeprefix("AML.").removeprefix("AILUM.")
    return element(
        "li",
        element("span", _SIGN[row.state], " ", aria_hidden="true"),
        short,
        element("span", f": {STATE[row.state]}", class_="unseen"),
        class_=f"tile {row.state}",
        title=said,
    )


def _table(framework: FrameworkCount) -> Markup:
    rows = [
        element(
            "tr",
            element(
                "th",
                row.control.id,
                element("span", row.control.title.removeprefix("Hazard: "), class_="asked"),
                scope="row",
                role="rowheader",
            ),
            _cell("State", STATE[row.state] + (f": {row.why}" if row.why else "")),
            _cell("Cases", count(row.cases) if row.cases else DASH),
            _cell("Got through, worst candidate", count(row.got_through) if row.cases else DASH),
            _cell("Techniques", _techniques(row.techniques)),
            role="row",
        )
        for row in framework.rows
        if row.state != "not-by-asking"
    ]
    heads = ("Id", "State", "Cases", "Got through, worst candidate", "Techniques")
    return element(
        "table",
        element("caption", f"{framework.title}, row by row"),
        element("thead", column_heads(*heads)),
        element("tbody", *rows, role="rowgroup"),
        class_="covered",
        role="table",
    )


def _cell(heading: str, content: object) -> Markup:
    return element("td", label(heading), element("span", content), role="cell")


def _techniques(names: Sequence[str]) -> str:
    few = ", ".join(visible(one, limit=40) for one in names[:4])
    return f"{few} and {len(names) - 4} more" if len(names) > 4 else few or DASH


def _beyond(rows: Sequence[Covered]) -> list[Markup]:
    """What asking cannot show, by the reason why."""
    beyond = sorted((row for row in rows if row.state == "not-by-asking"), key=lambda row: row.why)
    lines = []
    for why, group in groupby(beyond, key=lambda row: row.why):
        listed = ", ".join(f"{row.control.id.removeprefix('AML.')} {row.control.title}" for row in group)
        lines.append(element("li", element("b", f"{why[0].upper()}{why[1:]}: "), listed))
    if not lines:
        return []
    return [element("p", "What asking cannot show, and why:", class_="about"), element("ul", *lines, class_="beyond")]
