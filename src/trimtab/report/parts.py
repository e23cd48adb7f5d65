"""Small pieces that several sections of the page share."""

from trimtab.decision.model import CandidateDecision, Verdict
from trimtab.report.markup import Markup, element, visible
from trimtab.report.view import Report
from trimtab.report.words import GLOSSARY, SYMBOL, WORD, name

_REASON = 600  # code points of a reason in a tooltip


def chip(verdict: Verdict, *, reason: str = "") -> Markup:
    """The verdict as a symbol and a word; the reason, or the word's meaning, as its tooltip."""
    symbol = element("span", SYMBOL[verdict], aria_hidden="true", class_="symbol")
    title = visible(reason, limit=_REASON) if reason else GLOSSARY[WORD[verdict].lower()]
    return element("span", symbol, element("span", WORD[verdict]), class_=f"chip {verdict}", title=title)


def term(word: str, shown: str = "") -> Markup:
    """A word of the glossary, explained in a tooltip and in the list at the end of the page."""
    return element("abbr", shown or word, title=GLOSSARY[word])


def tags(report: Report, candidate: str) -> Markup | None:
    """What is special about a candidate: chosen, in production."""
    decision = report.decision
    said = []
    if candidate == report.winner:
        said.append(element("span", "★ chosen", class_="tag strong"))
    if candidate == decision.baseline:
        said.append(element("span", "in production", class_="tag"))
    return element("span", *said, class_="tags") if said else None


def header_cell(report: Report, candidate: CandidateDecision) -> Markup:
    """A column's heading."""
    title = element("span", name(candidate.candidate), class_="metric")
    return element("th", title, tags(report, candidate.candidate), scope="col", role="columnheader")


def row_head(report: Report, candidate: CandidateDecision) -> Markup:
    """A row's heading."""
    title = element("span", name(candidate.candidate), class_="metric")
    return element("th", title, tags(report, candidate.candidate), scope="row", role="rowheader")


def pair(value: str, ends: str) -> Markup:
    """A number, and its interval in a lighter tone."""
    return element(
        "span", element("span", value, class_="value"), " ", element("span", ends, class_="ends"), class_="numbers"
    )
