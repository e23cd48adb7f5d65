"""A summary in Markdown for CI job pages: short enough to be accepted, escaped so that nothing in it acts."""

import html
import re

from trimtab.decision.model import CandidateDecision, Judgement, Verdict
from trimtab.kinds import Estimate, Missing
from trimtab.report.figures import Figures, count, figures
from trimtab.report.imported import imported
from trimtab.report.markup import visible
from trimtab.report.sampling import asked_words, looks, sequential
from trimtab.report.view import Report, Requirement, judgement, seen
from trimtab.report.words import (
    SYMBOL,
    WORD,
    headline,
    missing_words,
    moment,
    needs,
    next_step,
    no_floor,
    requirement,
    unmeasured,
    work,
)

LIMIT = 65_000  # characters; hosts cut or refuse comments beyond 65,536
_NAME = 80
_TEXT = 500
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\Z")
# What acts in Markdown anywhere, underscores that are not inside a word, and what acts first in a line or makes a link.
_MARK = re.compile(
    r"[\\`*\[\]{}|~$#!]|(?<![^\W_])_|_(?![^\W_])|^[-+=]|(?<=^\d)\.(?=\s)|:(?=//)|(?<=www)\.", re.IGNORECASE
)


def markdown(report: Report) -> str:
    """The summary: verdict, table, what would change it, provenance; at most `LIMIT` characters."""
    said = headline(report)
    opening = [
        f"## {SYMBOL[said.verdict]} {_text(said.title)}",
        _text(said.why),
        f"{_text(report.decision.system)}, tier {_text(report.decision.tier)}, {moment(report.decision.time)}",
    ]
    alarms = ["**The ledger does not verify. Do not rely on this.**"] if report.ledger.verified is False else []
    if report.finished is None or report.finished.outcome != "complete":
        alarms.append(f"**The run did not complete. {unmeasured(report)}**")
    changes = [f"- {_text(change)}" for change in said.changes]
    provenance = [
        f"Run {_code(report.decision.run)}, policy {_code(report.decision.policy)}",
        *([f"Cases asked: {_text(asked_words(report))}"] if sequential(report) else []),
        *[_text(look) for look in looks(report)],
        *[_text(one) for one in imported(report)],
        f"Work: {_text(work(report))}",
        f"Ledger of {count(report.ledger.size)} rows, last {_code(report.ledger.head)}",
        "Make it again with `trimtab ledger verify` and `trimtab report RUN`.",
    ]
    sections = [
        *opening,
        *alarms,
        _table(report),
        "\n".join(["**What would change it**", "", *changes]) if changes else "",
        f"**Next:** {_text(next_step(report), code=True)}",
        "<details><summary>Reasons</summary>\n\n" + _reasons(report) + "\n\n</details>",
        "\n\n".join(provenance),
    ]
    return _fit([section for section in sections if section])


def _fit(sections: list[str]) -> str:
    """Leave out the longest sections until the rest fits; say so."""
    dropped = False
    while len("\n\n".join(sections)) > LIMIT - 200:
        longest = max(range(1, len(sections)), key=lambda n: len(sections[n]))
        del sections[longest]
        dropped = True
    if dropped:
        sections.append("_Too long for this page: the rest is in report.html._")
    return "\n\n".join(sections) + "\n"


def _table(report: Report) -> str:
    """Requirements down, candidates across."""
    heads = ["Requirement", *[_heading(report, c) for c in report.shown]]
    lines = [_row(heads), _row(["---"] * len(heads))]
    for row in report.requirements():
        written = figures(report, row.metric, asked=row.asked)
        kind = "" if row.asked == "floor" else f"{row.asked}: "
        head = f"{_name(row.metric)}<br>{_text(kind + requirement(report, row))}"
        lines.append(_row([head, *[_cell(judgement(c, row), written) for c in report.shown]]))
    for metric in report.unfloored():
        written = figures(report, metric)
        cells = [_numbers(seen(c, metric), written) for c in report.shown]
        lines.append(_row([f"{_name(metric)}<br>{no_floor(report, metric)}", *cells]))
    lines.append(_row(["**All together**", *[f"**{_verdict(c.verdict)}**" for c in report.shown]]))
    return "\n".join(lines)


def _heading(report: Report, candidate: CandidateDecision) -> str:
    tags = []
    if candidate.candidate == report.winner:
        tags.append("★ chosen")
    if candidate.candidate == report.decision.baseline:
        tags.append("in production")
    return _name(candidate.candidate) + (f"<br>{', '.join(tags)}" if tags else "")


def _cell(judged: Judgement | None, written: Figures) -> str:
    if judged is None:
        return ""
    missing = judged.seen.missing if isinstance(judged.seen, Estimate) else 0
    lines = [
        _verdict(judged.verdict),
        _numbers(judged.seen, written),
        needs(judged),
        f"{count(missing)} missing" if missing else "",
    ]
    return "<br>".join(line for line in lines if line)


def _verdict(verdict: Verdict) -> str:
    return f"{SYMBOL[verdict]} {WORD[verdict]}"


def _numbers(known: Estimate | Missing, written: Figures) -> str:
    if isinstance(known, Missing):
        return _text(f"no data: {missing_words(known)}")
    return _text(f"{written.value(known.value)} ({written.span(known.interval)})")


def _reasons(report: Report) -> str:
    lines = []
    for candidate in report.shown:
        for j in candidate.judgements:
            asked = requirement(report, Requirement(asked=j.asked, metric=j.metric))
            head = f"{_name(candidate.candidate)}, {_name(j.metric)} {_text(asked)}"
            lines.append(f"- {_verdict(j.verdict)}: {head}. {_text(j.reason)}")
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _name(text: str) -> str:
    """A name as code when it is a plain one, else escaped."""
    return f"`{text}`" if len(text) <= _NAME and _PLAIN_NAME.match(text) else _text(visible(text, limit=_NAME))


def _text(text: str, *, code: bool = False) -> str:
    """Text that Markdown and HTML both leave alone, on one line; `commands` in backticks stay if `code` says so."""
    shown = " ".join(visible(text, limit=_TEXT).split())
    if code:
        pieces = shown.split("`")
        if len(pieces) % 2:
            return "`".join(piece if n % 2 else _escape(piece) for n, piece in enumerate(pieces))
    return _escape(shown)


def _escape(text: str) -> str:
    # Numeric references instead of backslashes: they hold inside tables and HTML alike. A mention is resolved
    # after references are, so a zero-width space breaks it.
    marked = _MARK.sub(lambda hit: f"&#{ord(hit[0])};", html.escape(text, quote=False))
    return marked.replace("@", "@\u200b")


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>"
