"""The sections behind the decision: failing examples, provenance, methods, words."""

import shlex
from collections.abc import Mapping, Sequence

from trimtab.kinds import Estimate
from trimtab.report.attack_pursuits import idle_writers
from trimtab.report.choice_words import rule_words
from trimtab.report.figures import count
from trimtab.report.imported import imported
from trimtab.report.markup import Markup, element, join, visible
from trimtab.report.parts import column_heads, label
from trimtab.report.sampling import looks, sequential
from trimtab.report.view import Example, Report
from trimtab.report.words import GLOSSARY, moment, name, work

_EXCERPT = 1200  # code points; an excerpt shows what happened, it is no archive
_SHOWN = 20


def examples_section(report: Report) -> Markup:
    """Cases that counted against a candidate, folded by candidate and metric."""
    head = element("h2", "Failing examples", id="examples")
    groups = [
        _examples(c.candidate, metric, rows)
        for c in report.candidates
        for metric, rows in _by_policy(report, report.examples.get(c.candidate, {}))
        if rows
    ]
    if report.policy.evidence.text == "digest":
        about = "The policy keeps no text. Digests let you find a reply again where it was first recorded."
    else:
        about = "Excerpts were redacted before they were recorded. Digests let you find the reply itself."
    if not groups:
        about = "None was recorded. The table of verdicts says how many cases stand behind that."
    return element("section", head, element("p", about, class_="about"), *groups, aria_labelledby="examples")


def _by_policy(report: Report, rows: Mapping[str, Sequence[Example]]) -> list[tuple[str, Sequence[Example]]]:
    known = [metric for metric in report.policy.metrics if metric in rows]
    return [(metric, rows[metric]) for metric in (*known, *sorted(set(rows) - set(known)))]


def _examples(candidate: str, metric: str, rows: Sequence[Example]) -> Markup:
    shown = [_example(row) for row in rows[:_SHOWN]]
    rest = len(rows) - _SHOWN
    noun = "case" if len(rows) == 1 else "cases"
    summary = element(
        "summary",
        element("span", name(candidate), class_="metric"),
        " ",
        element("span", metric),
        " ",
        element("span", f"{count(len(rows))} {noun}", class_="quiet"),
    )
    more = element("p", f"{count(rest)} more are in the ledger.", class_="about") if rest > 0 else None
    return element("details", summary, element("ul", *shown, class_="examples"), more)


def _example(example: Example) -> Markup:
    excerpt = None
    if example.excerpt:
        excerpt = element("blockquote", visible(example.excerpt, limit=_EXCERPT), dir="auto")
    where = [element("code", visible(example.case, limit=200))]
    if example.cluster and example.cluster != example.case:
        where += [element("span", "of"), element("code", visible(example.cluster, limit=200))]
    if example.reply:
        where += [element("span", "reply"), _digest(example.reply)]
    why = element("p", visible(example.why, limit=_EXCERPT), class_="why") if example.why else None
    return element("li", why, excerpt, element("p", _spaced(where), class_="where"))


def provenance_section(report: Report) -> Markup:
    """Everything that identifies the decision, and how to make it again."""
    decision, started, ledger = report.decision, report.started, report.ledger
    checked = {True: "verified when this report was written", False: "DOES NOT VERIFY", None: "not verified yet"}
    rows: list[tuple[str, object]] = [
        ("Run", element("code", decision.run)),
        ("Decided", moment(decision.time)),
        ("Policy", _digest(decision.policy)),
        (
            "Ledger",
            join(
                [
                    element("code", visible(ledger.location, limit=200)),
                    f" {count(ledger.size)} rows, ",
                    checked[ledger.verified],
                ]
            ),
        ),
        ("Last row", _digest(ledger.head)),
        ("Checkpoint", _digest(ledger.checkpoint) if ledger.checkpoint else "none yet"),
        (
            "Measured with",
            f"trimtab {visible(started.trimtab)}, Python {visible(started.python)}, {visible(started.machine)}",
        ),
        ("Work", work(report)),
    ]
    facts = element(
        "dl", *[element("div", element("dt", head), element("dd", value)) for head, value in rows], class_="proof"
    )
    commands = "\n".join(["trimtab ledger verify", f"trimtab report {shlex.quote(visible(decision.run))}"])
    again = element(
        "div",
        element("h3", "Make it again"),
        element("p", "The decision follows from the ledger and the policy alone: no model is asked.", class_="about"),
        element("pre", element("code", commands), tabindex=0),
    )
    return element(
        "section",
        element("h2", "Provenance", id="provenance"),
        facts,
        again,
        _artefacts(report),
        _suites(report),
        _imports(report),
        aria_labelledby="provenance",
    )


def _artefacts(report: Report) -> Markup:
    rows = [[name(title), _digest(digest)] for title, digest in report.started.candidates.items()]
    return _plain_table("Candidates and their digests", ["Candidate", "Artefact"], rows)


def _suites(report: Report) -> Markup:
    rows = [
        [
            name(title),
            count(int(suite.get("cases", 0))),
            name(str(suite.get("version", ""))),
            name(str(suite.get("seed", ""))),
            _digest(str(suite.get("order", ""))),
        ]
        for title, suite in report.started.suites.items()
    ]
    caption = "Suites, and the order in which cases were drawn before any was asked"
    return _plain_table(caption, ["Suite", "Cases", "Version", "Seed", "Order"], rows)


def _imports(report: Report) -> Markup | None:
    said = imported(report)
    if not said:
        return None
    heads = element("h3", "Measured by others")
    return element("div", heads, element("ul", *[element("li", one) for one in said], class_="about"))


def _plain_table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> Markup:
    """A table whose first column names the row; narrow screens repeat the headings inside the cells."""
    body = [
        element(
            "tr",
            element("th", row[0], scope="row", role="rowheader"),
            *[element("td", label(head), cell, role="cell") for head, cell in zip(heads[1:], row[1:], strict=True)],
            role="row",
        )
        for row in rows
    ]
    return element(
        "table",
        element("caption", caption),
        element("thead", column_heads(*heads)),
        element("tbody", *body, role="rowgroup"),
        class_="plain",
        role="table",
    )


def methods_section(report: Report) -> Markup:
    """How it was decided, and what that does not show."""
    decision = report.decision
    estimates = [e for c in report.candidates for e in c.estimates.values() if isinstance(e, Estimate)]
    used = ", ".join(sorted({visible(e.interval.method, limit=60) for e in estimates})) or "none"
    number = len(report.candidates)
    competed = "One candidate was judged" if number == 1 else f"{number} candidates competed"
    judged = (
        f"The tier asks for a confidence of {decision.confidence * 100:.4g}%. {competed}, so each requirement was "
        f"judged at an error probability of at most {decision.alpha * 100:.3g}%; intervals are two-sided with "
        "that error at each end."
    )
    if decision.rule == "pareto":
        judged = f"The tier asks for a confidence of {decision.confidence * 100:.4g}%. {rule_words(report)}"
    verdicts = (
        "A requirement passes when its whole interval lies on the accepted side, fails when none of it does, and is "
        "inconclusive otherwise. A crash, a timeout or silence is never a pass."
    )
    drawn = (
        "Cases were asked in an order drawn and recorded beforehand. "
        f"{'Only its finished beginning counts, so that slow answers cannot choose. ' if sequential(report) else ''}"
        "Cases that share a template or a person count as one."
    )
    aims = ", ".join(decision.maximise)
    weighed = ", ".join(f"{name} {weight:g}" for name, weight in report.tier.weights.items())
    first = f"the score weighed as {weighed} decides, then the first" if weighed else "the first"
    methods = [
        verdicts,
        judged,
        *looks(report),
        *idle_writers(report),
        f"Methods of the intervals: {used}.",
        drawn,
        "A case that stayed broken counts as the worst it could have been, on both ends of the interval.",
        f"Among the candidates that clear everything, {first} of these decides, then the next: {aims}.",
    ]
    limits = [
        "It speaks of the cases that were asked. What the suites do not ask, it does not know.",
        "The ledger shows that nothing recorded was altered. It cannot show that everything was recorded.",
        "A changed model, prompt, setting or policy makes the decision void.",
        *report.spec.limitations,
    ]
    return element(
        "section",
        element("h2", "Methods and limits", id="methods"),
        element("h3", "Intended use"),
        element("p", report.spec.intended_use),
        element("h3", "How it was decided"),
        element("ul", *[element("li", line) for line in methods]),
        element("h3", "What it does not show"),
        element("ul", *[element("li", line) for line in limits]),
        aria_labelledby="methods",
    )


def words_section() -> Markup:
    """The words of the page, explained."""
    rows = [element("div", element("dt", word), element("dd", meaning)) for word, meaning in sorted(GLOSSARY.items())]
    return element(
        "section", element("h2", "Words", id="words"), element("dl", *rows, class_="glossary"), aria_labelledby="words"
    )


def _digest(text: str) -> Markup:
    """A digest in full, which may break anywhere: it is compared by machines, found by people."""
    return element("code", visible(text, limit=200), class_="digest")


def _spaced(parts: Sequence[Markup]) -> Markup:
    return join(piece for part in parts for piece in (part, " "))
