"""One self-contained page: no request, no script, readable on paper and on a phone."""

import base64
import functools
import hashlib
import re
from importlib.resources import files

from trimtab.decision.model import CandidateDecision, Judgement
from trimtab.kinds import Missing
from trimtab.report.appendix import examples_section, methods_section, provenance_section, words_section
from trimtab.report.attack_page import attack_sections
from trimtab.report.charts import definitions
from trimtab.report.choice import choice_section
from trimtab.report.fairness import fairness_section
from trimtab.report.figures import DASH, Figures, count, figures
from trimtab.report.groups import groups_section
from trimtab.report.markup import Markup, document, element, join, visible
from trimtab.report.parts import chip, header_cell, pair, term, who
from trimtab.report.plots import floors_section, regression_section
from trimtab.report.safety import safety_section
from trimtab.report.sampling import asked, planned, sampling_section, sequential
from trimtab.report.view import Report, Requirement, judgement, seen
from trimtab.report.words import KIND, headline, missing_words, moment, needs, next_step, requirement, unmeasured

_SHOWN_CHANGES = 6
_FEW = 5  # candidates whose columns fit side by side with their intervals
_CODE_OR_RANGE = re.compile(rf"(`[^`\n]{{1,200}}`|\(?[\d.,]{{1,20}}{DASH}[\d.,]{{1,20}}%?\)?)")


def page(report: Report) -> str:
    """The whole report as HTML."""
    title = f"{headline(report).title}: {report.decision.system}"
    main = [_masthead(report), *sections(report)]
    body = element("body", definitions(), element("main", *main, id="top"))
    return document(head(visible(title, limit=120)), body)


def sections(report: Report) -> list[Markup | None]:
    """All of it below its head, for whoever shows a run on a page of another kind."""
    return [
        _verdict_section(report),
        *attack_sections(report),
        safety_section(report),
        choice_section(report),
        floors_section(report),
        groups_section(report),
        fairness_section(report),
        regression_section(report),
        sampling_section(report),
        examples_section(report),
        provenance_section(report),
        methods_section(report),
        words_section(),
    ]


@functools.cache
def _style() -> tuple[Markup, str]:
    """The style sheet, and the hash by which the page's own policy admits it and nothing else."""
    css = files("trimtab.report").joinpath("page.css").read_text(encoding="utf-8")
    hashed = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return Markup(css), hashed


def head(title: str) -> Markup:
    """The head of a page that asks for nothing from anywhere."""
    css, hashed = _style()
    rules = f"default-src 'none'; style-src 'sha256-{hashed}'; base-uri 'none'; form-action 'none'"
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=rules),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("style", css),
    )


def _masthead(report: Report) -> Markup:
    said = headline(report)
    decision = report.decision
    kicker = element(
        "p",
        element("span", "trimtab", class_="brand"),
        element("span", report.policy.organisation),
        element("span", decision.system),
        element("span", f"tier {decision.tier}"),
        element("span", moment(decision.time)),
        class_="kicker",
    )
    changes = [element("li", prose(change)) for change in said.changes[:_SHOWN_CHANGES]]
    if len(said.changes) > _SHOWN_CHANGES:
        changes.append(element("li", f"{len(said.changes) - _SHOWN_CHANGES} more in the table below."))
    change = element("div", element("h2", "What would change it"), element("ul", *changes), class_="aside")
    step = element("div", element("h2", "Next"), element("p", prose(next_step(report))), class_="aside")
    return element(
        "header",
        kicker,
        *alarms(report),
        element("p", chip(said.verdict), class_="badge"),
        element("h1", said.title),
        element("p", prose(said.why), class_="lede") if said.why else None,
        element("div", change if changes else None, step, class_="asides"),
        _facts(report),
        class_=f"mast {said.verdict}",
    )


def prose(text: str) -> Markup:
    """Text in which `commands` stand in backticks, as code, and ranges are not broken over lines."""
    pieces = _CODE_OR_RANGE.split(text)
    return join(_piece(piece) for piece in pieces)


def _piece(piece: str) -> object:
    if piece.startswith("`") and piece.endswith("`") and len(piece) > 2:
        return element("code", piece[1:-1])
    return element("span", piece, class_="whole") if _CODE_OR_RANGE.fullmatch(piece) else piece


def alarms(report: Report) -> list[Markup]:
    """What a reader must know before anything else: evidence that was altered, a run that was cut off."""
    said = []
    if report.ledger.verified is False:
        said.append("The ledger does not verify. Do not rely on this report; run `trimtab ledger verify`.")
    if report.finished is None:
        said.append("The run was cut off before its end. What was not measured counts as missing.")
    elif report.finished.outcome != "complete":
        said.append(f"The run stopped early ({visible(report.finished.outcome)}). {unmeasured(report)}")
    return [element("p", element("b", "Note "), prose(text), class_="alarm", role="note") for text in said]


def _facts(report: Report) -> Markup:
    decision = report.decision
    judged = sum(len(c.judgements) for c in report.candidates)
    each = count(planned(report))
    if sequential(report):
        numbers = [asked(report, c) for c in report.candidates]
        each = f"{count(min(numbers))} to {count(max(numbers))} of {each}" if min(numbers) < planned(report) else each
    rows = [
        ("Candidates", count(len(report.candidates))),
        ("Requirements judged", count(judged)),
        ("Cases each", each),
        ("Confidence", f"{decision.confidence * 100:.4g}%"),
    ]
    shown = [element("div", element("dt", label), element("dd", value)) for label, value in rows]
    return element("dl", *shown, class_="facts")


def _verdict_section(report: Report) -> Markup:
    rows = report.requirements()
    asked = [_requirement_row(report, row) for row in rows]
    judged = {row.metric for row in rows if row.asked == "floor"}
    aims = [_aim_row(report, metric) for metric in report.decision.maximise if metric not in judged]
    columns = [header_cell(report, candidate) for candidate in report.shown]
    overall = [
        element("td", who(c), element("span", chip(c.verdict), class_="stack"), role="cell") for c in report.shown
    ]
    table = element(
        "table",
        element(
            "caption",
            "Each requirement of the policy, each candidate: ",
            term("interval"),
            " in grey, worse end decides.",
        ),
        element(
            "thead", element("tr", element("th", "Requirement", scope="col", role="columnheader"), *columns, role="row")
        ),
        element("tbody", *asked, *aims, role="rowgroup"),
        element(
            "tfoot",
            element("tr", element("th", "All together", scope="row", role="rowheader"), *overall, role="row"),
            role="rowgroup",
        ),
        class_="matrix few" if len(report.shown) <= _FEW else "matrix many",
        role="table",
    )
    scroller = element("div", table, class_="scroll", tabindex=0, role="region", aria_label="Verdicts, side by side")
    return element("section", element("h2", "Verdicts", id="verdicts"), scroller, aria_labelledby="verdicts")


def _requirement_row(report: Report, row: Requirement) -> Markup:
    written = figures(report, row.metric, asked=row.asked)
    spec = report.metric(row.metric)
    aimed = element("span", "maximised", class_="tag") if _is_aim(report, row) else None
    kind = KIND[row.asked]
    head = element(
        "th",
        element("span", row.metric, class_="metric", title=spec.question if spec else None),
        " ",
        aimed,
        element("span", kind, requirement(report, row), class_="asked"),
        scope="row",
        role="rowheader",
    )
    cells = [_cell(report, c, judgement(c, row), written) for c in report.shown]
    return element("tr", head, *cells, role="row")


def _is_aim(report: Report, row: Requirement) -> bool:
    return row.asked == "floor" and row.metric in report.decision.maximise


def _aim_row(report: Report, metric: str) -> Markup:
    """A maximised metric without a floor: shown among the verdicts, though none is given."""
    written = figures(report, metric)
    head = element(
        "th",
        element("span", metric, class_="metric"),
        " ",
        element("span", "maximised", class_="tag"),
        element("span", f"no floor, {report.better(metric)} is better", class_="asked"),
        scope="row",
        role="rowheader",
    )
    cells = []
    for candidate in report.shown:
        known = seen(candidate, metric)
        numbers = (
            _nothing(known)
            if isinstance(known, Missing)
            else pair(written.value(known.value), written.span(known.interval))
        )
        cells.append(element("td", who(candidate), element("span", numbers, class_="stack"), role="cell"))
    return element("tr", head, *cells, role="row")


def _cell(report: Report, candidate: CandidateDecision, judged: Judgement | None, written: Figures) -> Markup:
    if judged is None:
        baseline = candidate.candidate == report.decision.baseline
        why = "is the baseline" if baseline else "not asked"
        return element("td", who(candidate), element("span", why, class_="stack quiet"), role="cell")
    known = judged.seen
    if isinstance(known, Missing):
        numbers, missing = _nothing(known), 0
    else:
        numbers, missing = pair(written.value(known.value), written.span(known.interval)), known.missing
    notes = [needs(judged), f"{count(missing)} missing" if missing else ""]
    stack = element(
        "span",
        chip(judged.verdict, reason=judged.reason),
        numbers,
        *[element("span", note, class_="note") for note in notes if note],
        class_="stack",
    )
    return element("td", who(candidate), stack, class_=str(judged.verdict), role="cell")


def _nothing(missing: Missing) -> Markup:
    return element("span", f"no data: {missing_words(missing)}", class_="note", title=missing.detail or None)
