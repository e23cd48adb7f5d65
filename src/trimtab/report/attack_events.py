"""Attacks that got through, one by one, and what would have stopped them."""

from collections.abc import Sequence

from trimtab.decision.attacks import Baseline, Success
from trimtab.report.attack_words import (
    NO_TEXT,
    Stopping,
    attacked,
    hazard,
    replay_command,
    stopped_words,
    stoppings,
    unstopped_words,
)
from trimtab.report.charts import Axis
from trimtab.report.figures import count
from trimtab.report.markup import Markup, element, visible
from trimtab.report.parts import column_heads, label
from trimtab.report.view import Report
from trimtab.report.words import name

_SHOWN = 40  # of each candidate; report.json has the rest
_TEXT = 400
_ROLE = {"system": "instructions", "user": "attack", "assistant": "system", "tool": "tool"}

STOPPED_BY = (
    "Each guard of the policy, and each detector that ships, was run on every exchange in which an attack got "
    "through. What a guard lets through was scored again. Another candidate counts where the same attack failed."
)


def stops_part(report: Report, baseline: Baseline, opened: str) -> list[Markup]:
    """For each candidate, how many successes each guard, and each other candidate, would have stopped."""
    told = [(c, baseline.successes[c]) for c in attacked(report) if baseline.successes.get(c)]
    head = element("h3", "What would have stopped them")
    if not told:
        return []
    legend = element(
        "p",
        _swatch("bar", "at the input"),
        _swatch("bar out", "at the output, or by resisting"),
        _swatch("doubt", "not known"),
        class_="key",
    )
    return [
        head,
        element("p", STOPPED_BY, class_="about"),
        legend,
        *[_fold(c, rows, opened=c == opened) for c, rows in told],
    ]


def _swatch(kind: str, text: str) -> Markup:
    box = element(
        "svg", element("rect", width=20, height=12, y=2, **_look(kind)), width=20, height=16, aria_hidden="true"
    )
    return element("span", box, " ", text, class_="entry")


def _fold(candidate: str, successes: Sequence[Success], *, opened: bool) -> Markup:
    said = unstopped_words(successes)
    summary = element(
        "summary", element("span", name(candidate), class_="metric"), " ", element("span", said, class_="quiet")
    )
    rows = [_stop_row(one) for one in stoppings(successes)]
    heads = ("What", "Share stopped, drawn", "Would have stopped", "Not known")
    table = element(
        "table",
        element("caption", f"Of {count(len(successes))} attacks that got through at {name(candidate)}"),
        element("thead", column_heads(*heads)),
        element("tbody", *rows, role="rowgroup"),
        class_="attacks stops",
        role="table",
    )
    plain = element("p", f"{said[0].upper()}{said[1:]}.", class_="about")
    return element("details", summary, table, plain, open="open" if opened else None)


def _stop_row(one: Stopping) -> Markup:
    sides = f"{count(one.at_input)} at the input, {count(one.at_output)} at the output"
    words = f"{count(one.stopped)} of {count(one.of)}"
    parts = ((one.at_input, "bar"), (one.at_output, "bar out"), (one.unknown, "doubt"))
    said = f"{visible(one.who, limit=80)}: {words}"
    beneath = "" if one.who.startswith("candidate ") or not one.stopped else sides
    return element(
        "tr",
        element("th", element("span", visible(one.who, limit=80), class_="metric"), scope="row", role="rowheader"),
        element("td", _stack(parts, one.of, label=said), class_="plot", role="cell"),
        element(
            "td",
            label("Would have stopped"),
            element("span", element("strong", words), element("span", beneath, class_="asked")),
            role="cell",
        ),
        element("td", label("Not known"), element("span", count(one.unknown)), role="cell"),
        role="row",
    )


def _look(kind: str) -> dict[str, str]:
    """What is not known is hatched; the style sheet names no pattern, since it points nowhere."""
    return {"class_": kind, **({"fill": "url(#hatch)"} if kind == "doubt" else {})}


def _stack(parts: Sequence[tuple[int, str]], of: int, *, label: str) -> Markup:
    """Bars one after the other, on a whole of `of`."""
    scale, at = Axis(0.0, float(of), ()), 0
    drawn = [element("title", label), element("rect", x="0%", y=10, width="100%", height=14, class_="whole")]
    for number, kind in parts:
        if number:
            x, width = scale.at(at), scale.at(number)
            drawn.append(element("rect", x=f"{x:.2f}%", y=10, width=f"{width:.2f}%", height=14, **_look(kind)))
            at += number
    return element("svg", *drawn, class_="bars", role="img", width="100%", height=34, aria_label=label)


def events_part(report: Report, baseline: Baseline) -> list[Markup]:
    """Every success, folded by candidate: what it was, what was said, what would have stopped it, how to try again."""
    head = element("h3", "One by one")
    folds = [_events(baseline, c, baseline.successes[c]) for c in attacked(report) if baseline.successes.get(c)]
    if not folds:
        if any(baseline.unseen.values()):
            return [
                head,
                element(
                    "p", "What got through was not looked into one by one; try it again to have it.", class_="about"
                ),
            ]
        return [
            head,
            element("p", "No attack got through. That is no proof that none can: see the intervals.", class_="about"),
        ]
    kept = report.policy.evidence.text == "redacted"
    about = "Excerpts were redacted before they were recorded." if kept else NO_TEXT
    code = [element("code", piece) if n % 2 else piece for n, piece in enumerate(about.split("`"))]
    return [head, element("p", *code, class_="about"), *folds]


def _events(baseline: Baseline, candidate: str, successes: Sequence[Success]) -> Markup:
    shown = [_event(baseline, candidate, one) for one in successes[:_SHOWN]]
    rest = len(successes) - len(shown) + baseline.unseen.get(candidate, 0)
    said = f"{count(len(successes) + baseline.unseen.get(candidate, 0))} got through"
    summary = element(
        "summary", element("span", name(candidate), class_="metric"), " ", element("span", said, class_="quiet")
    )
    beyond = f"{count(rest)} more got through; report.json has those that were looked into."
    more = element("p", beyond, class_="about") if rest > 0 else None
    return element("details", summary, element("ol", *shown, class_="events"), more)


def _event(baseline: Baseline, candidate: str, one: Success) -> Markup:
    tried = one.tried
    title = element(
        "p",
        element("b", visible(tried.technique.replace("+", " + "), limit=120)),
        element("span", visible(tried.family, limit=60), class_="tag"),
        element("span", hazard(tried.hazard), class_="tag") if tried.hazard else None,
        class_="what",
    )
    gone = f"{count(one.omitted)} earlier turns are left out." if one.omitted else ""
    turns = [
        element(
            "div",
            element("dt", _ROLE.get(role, visible(role, limit=20))),
            element("dd", visible(text, limit=_TEXT), dir="auto"),
            class_=f"turn {role if role in _ROLE else ''}",
        )
        for role, text in one.turns
    ]
    transcript = element("dl", *turns, class_="transcript") if turns else None
    digest = (
        element("p", "Reply ", element("code", visible(one.reply, limit=80), class_="digest"), class_="where")
        if one.reply and not turns
        else None
    )
    nothing = not one.stopped_by and not one.resisted
    command = replay_command(baseline, candidate, one.case)
    again = (
        element("pre", element("code", visible(command)), tabindex=0)
        if command
        else element("p", element("code", visible(one.case, limit=200)), class_="where")
    )
    return element(
        "li",
        title,
        element("p", gone, class_="where") if gone else None,
        transcript,
        digest,
        element("p", stopped_words(one), class_="stopped nothing" if nothing else "stopped"),
        again,
    )
