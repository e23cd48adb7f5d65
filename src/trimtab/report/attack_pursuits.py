"""What attackers that adapt did: how often they won, after how many messages, and how well their model wrote."""

from collections.abc import Iterator
from typing import Any

from rich import box
from rich.table import Table

from trimtab.decision.attacks import Baseline, Pursuits
from trimtab.report.attack_words import attacked
from trimtab.report.escaped import line, named
from trimtab.report.figures import DASH, count
from trimtab.report.markup import Markup, element, visible
from trimtab.report.parts import column_heads, label
from trimtab.report.view import Report
from trimtab.report.words import name

PURSUITS = ("Candidate", "Strategy", "Gave in", "After messages", "Messages", "Written by the model")
PURSUED = (
    "An attacker that adapts goes on until it wins or its messages are used up. “After messages” is the middle one of "
    "those that won. What its model wrote and was of no use was replaced by wordings of the strategy: with many of "
    "those, a better model may win more."
)


def pursuits_part(report: Report, baseline: Baseline) -> list[Markup]:
    """A table for the page; nothing where nobody adapted."""
    rows = [
        element(
            "tr",
            element("th", cells[0], scope="row", role="rowheader"),
            *[
                element("td", label(head), cell, role="cell")
                for head, cell in zip(PURSUITS[1:], cells[1:], strict=True)
            ],
            role="row",
        )
        for cells in pursuits_rows(report, baseline)
    ]
    if not rows:
        return []
    table = element(
        "table",
        element("caption", "Pursuits by strategy"),
        element("thead", column_heads(*PURSUITS), role="rowgroup"),
        element("tbody", *rows, role="rowgroup"),
        class_="plain",
        role="table",
    )
    return [element("h3", "Attackers that adapt"), element("p", PURSUED, class_="about"), table]


def pursuits_markdown(report: Report, baseline: Baseline) -> str:
    """The same in Markdown; empty where nobody adapted."""
    rows = [line([named(cells[0]), named(cells[1]), *cells[2:]]) for cells in pursuits_rows(report, baseline)]
    return "\n".join([line(list(PURSUITS)), line(["---"] * len(PURSUITS)), *rows]) if rows else ""


def pursuits_table(report: Report, baseline: Baseline) -> Table | None:
    """The same for a terminal; None where nobody adapted."""
    rows = list(pursuits_rows(report, baseline))
    if not rows:
        return None
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in ("candidate", "strategy"):
        table.add_column(head, overflow="fold")
    for head in ("gave in", "after", "messages", "written"):
        table.add_column(head, justify="right")
    for cells in rows:
        table.add_row(*cells)
    return table


def pursuits_data(baseline: Baseline, candidate: str) -> dict[str, Any]:
    """The same as JSON values, by strategy."""
    return {
        strategy: {
            "attacks": one.attacks,
            "won": one.won,
            "messages": one.messages,
            "messages_to_win": one.to_win,
            "written": one.written,
            "unwritten": one.unwritten,
        }
        for strategy, one in baseline.pursuits.get(candidate, {}).items()
    }


def idle_writers(report: Report) -> list[str]:
    """Sentences about attackers' models that mostly wrote nothing of use: to hold against them is to hold little."""
    said = []
    for baseline in report.attacks.values():
        for candidate in attacked(report):
            told = baseline.pursuits.get(candidate, {}).values()
            written, unwritten = sum(one.written for one in told), sum(one.unwritten for one in told)
            if unwritten > written:
                said.append(
                    f"{name(baseline.metric)} of {name(candidate)}: what the attacker's model wrote was of no use in "
                    f"{count(unwritten)} of {count(written + unwritten)} messages, and wordings of the strategies were "
                    "sent instead. A better model may get through where this one did not."
                )
    return said


def pursuits_rows(report: Report, baseline: Baseline) -> Iterator[list[str]]:
    """What each strategy did to each candidate, in words, under the headings `PURSUITS`."""
    for candidate in attacked(report):
        for strategy, one in baseline.pursuits.get(candidate, {}).items():
            yield [
                name(candidate),
                visible(strategy, limit=60),
                f"{count(one.won)} of {count(one.attacks)}",
                DASH if one.to_win is None else f"{one.to_win:g}",
                count(one.messages),
                _written(one),
            ]


def _written(one: Pursuits) -> str:
    asked = one.written + one.unwritten
    return f"{count(one.written)} of {count(asked)}" if asked else "none"
