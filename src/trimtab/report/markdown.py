"""A summary in Markdown for CI job pages: short enough to be accepted, escaped so that nothing in it acts."""

from trimtab.decision.model import CandidateDecision, Judgement, Verdict
from trimtab.kinds import Estimate, Missing
from trimtab.report.against import against_lines
from trimtab.report.attack_markdown import attack_lines
from trimtab.report.attack_pursuits import idle_writers
from trimtab.report.escaped import coded, line, named, plain
from trimtab.report.figures import Figures, count, figures
from trimtab.report.imported import imported
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


def markdown(report: Report, *, against: Report | None = None) -> str:
    """The summary: verdict, table, what would change it, provenance; at most `LIMIT` characters.

    `against` is an earlier decision on the same system, whose differences are told.
    """
    said = headline(report)
    opening = [
        f"## {SYMBOL[said.verdict]} {plain(said.title)}",
        plain(said.why),
        f"{plain(report.decision.system)}, tier {plain(report.decision.tier)}, {moment(report.decision.time)}",
    ]
    alarms = ["**The ledger does not verify. Do not rely on this.**"] if report.ledger.verified is False else []
    if report.finished is None or report.finished.outcome != "complete":
        alarms.append(f"**The run did not complete. {unmeasured(report)}**")
    changes = [f"- {plain(change)}" for change in said.changes]
    provenance = [
        f"Run {coded(report.decision.run)}, policy {coded(report.decision.policy)}",
        *([f"Cases asked: {plain(asked_words(report))}"] if sequential(report) else []),
        *[plain(said) for said in (*looks(report), *idle_writers(report))],
        *[plain(one) for one in imported(report)],
        f"Work: {plain(work(report))}",
        f"Ledger of {count(report.ledger.size)} rows, last {coded(report.ledger.head)}",
        "Make it again with `trimtab ledger verify` and `trimtab report RUN`.",
    ]
    sections = [
        *opening,
        *alarms,
        _table(report),
        *(against_lines(report, against) if against is not None else []),
        *attack_lines(report),
        "\n".join(["**What would change it**", "", *changes]) if changes else "",
        f"**Next:** {plain(next_step(report), code=True)}",
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
    lines = [line(heads), line(["---"] * len(heads))]
    for row in report.requirements():
        written = figures(report, row.metric, asked=row.asked)
        kind = "" if row.asked == "floor" else f"{row.asked}: "
        head = f"{named(row.metric)}<br>{plain(kind + requirement(report, row))}"
        lines.append(line([head, *[_cell(judgement(c, row), written) for c in report.shown]]))
    for metric in report.unfloored():
        written = figures(report, metric)
        cells = [_numbers(seen(c, metric), written) for c in report.shown]
        lines.append(line([f"{named(metric)}<br>{no_floor(report, metric)}", *cells]))
    lines.append(line(["**All together**", *[f"**{_verdict(c.verdict)}**" for c in report.shown]]))
    return "\n".join(lines)


def _heading(report: Report, candidate: CandidateDecision) -> str:
    tags = []
    if candidate.candidate == report.winner:
        tags.append("★ chosen")
    if candidate.candidate == report.decision.baseline:
        tags.append("in production")
    return named(candidate.candidate) + (f"<br>{', '.join(tags)}" if tags else "")


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
        return plain(f"no data: {missing_words(known)}")
    return plain(f"{written.value(known.value)} ({written.span(known.interval)})")


def _reasons(report: Report) -> str:
    lines = []
    for candidate in report.shown:
        for j in candidate.judgements:
            asked = requirement(report, Requirement(asked=j.asked, metric=j.metric))
            head = f"{named(candidate.candidate)}, {named(j.metric)} {plain(asked)}"
            lines.append(f"- {_verdict(j.verdict)}: {head}. {plain(j.reason)}")
    return "\n".join(lines)
