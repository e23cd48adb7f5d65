"""Small pieces that several sections of the page share."""

import functools

from trimtab.decision.model import CandidateDecision, Verdict
from trimtab.report.markup import Markup, element, join, visible
from trimtab.report.view import Report
from trimtab.report.words import GLOSSARY, SYMBOL, WORD, name

_REASON = 600  # code points of a reason in a tooltip


def chip(verdict: Verdict, *, reason: str = "") -> Markup:
    """The verdict as a symbol and a word; the reason, or the word's meaning, as its tooltip."""
    title = visible(reason, limit=_REASON) if reason else GLOSSARY[WORD[verdict].lower()]
    return element("span", _symbol_and_word(verdict), class_=f"chip {verdict}", title=title)


def term(word: str, shown: str = "") -> Markup:
    """A word of the glossary, explained in a tooltip and in the list at the end of the page."""
    return element("abbr", shown or word, title=GLOSSARY[word])


def header_cell(report: Report, candidate: CandidateDecision) -> Markup:
    """A column's heading: the candidate, and what is special about it."""
    return _heading(report, candidate, scope="col")


def row_head(report: Report, candidate: CandidateDecision, *, number: str = "") -> Markup:
    """A row's heading: the candidate, what is special about it, and its number in a chart if it has one."""
    return _heading(report, candidate, scope="row", number=number)


def who(candidate: CandidateDecision) -> Markup:
    """A candidate's name inside a cell, for screens too narrow for columns."""
    return label(name(candidate.candidate))


@functools.lru_cache(maxsize=256)
def label(text: str) -> Markup:
    """A column's heading repeated inside a cell; readers of tables aloud have the heading itself."""
    return element("span", text, class_="who", aria_hidden="true")


def pair(value: str, ends: str) -> Markup:
    """A number, and its interval in a lighter tone."""
    return element(
        "span", element("span", value, class_="value"), " ", element("span", ends, class_="ends"), class_="numbers"
    )


def column_heads(*titles: str) -> Markup:
    """The row of headings of a table."""
    return element("tr", *[element("th", title, scope="col", role="columnheader") for title in titles], role="row")


def folded(report: Report, candidate: str, told: str, table: Markup) -> Markup:
    """A table of one candidate under a line that tells of it; open for the one that was chosen."""
    summary = element(
        "summary", element("span", name(candidate), class_="metric"), " ", element("span", told, class_="quiet")
    )
    return element("details", summary, table, open="open" if candidate == report.winner else None)


def key(kind: str, text: str) -> Markup:
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
        "claimed": [
            element("rect", x=0, y=3, width=20, height=10, class_="claimed"),
            element("line", x1=10, x2=10, y1=0, y2=16, class_="target"),
        ],
        "zero": [element("line", x1=10, x2=10, y1=0, y2=16, class_="zero")],
        "target": [element("line", x1=10, x2=10, y1=0, y2=16, class_="target")],
        "frontier": [element("line", x1=0, x2=20, y1=12, y2=4, class_="frontier")],
        "tint": [
            element("rect", width=20, height=16, class_="tint"),
            element("rect", width=20, height=16, fill="url(#hatch)"),
        ],
    }
    swatch = element("svg", *shapes[kind], width=20, height=16, aria_hidden="true")
    return element("span", swatch, " ", text, class_="entry")


@functools.cache
def _symbol_and_word(verdict: Verdict) -> Markup:
    return join([element("span", SYMBOL[verdict], aria_hidden="true", class_="symbol"), element("span", WORD[verdict])])


def _heading(report: Report, candidate: CandidateDecision, *, scope: str, number: str = "") -> Markup:
    title = f"{number}. {name(candidate.candidate)}" if number else name(candidate.candidate)
    chosen = candidate.candidate == report.winner
    return _heading_of(title, scope, chosen=chosen, produced=candidate.candidate == report.decision.baseline)


@functools.lru_cache(maxsize=256)
def _heading_of(title: str, scope: str, *, chosen: bool, produced: bool) -> Markup:
    said = []
    if chosen:
        said.append(element("span", "★ chosen", class_="tag strong"))
    if produced:
        said.append(element("span", "in production", class_="tag"))
    return element(
        "th",
        element("span", title, class_="metric"),
        element("span", *said, class_="tags") if said else None,
        scope=scope,
        role=f"{'column' if scope == 'col' else 'row'}header",
    )
