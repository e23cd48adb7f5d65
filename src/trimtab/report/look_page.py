"""A look at a system in production as one self-contained page: budgets, alarms, what the guard did."""

from datetime import UTC, datetime

from trimtab.decision.error_budget import CONSENT_FROM, Budget, State
from trimtab.report.budget_words import MEANS, VERDICT_OF
from trimtab.report.burn_down import Course, burn_down, percent
from trimtab.report.charts import definitions
from trimtab.report.figures import count
from trimtab.report.html import head
from trimtab.report.look import Look
from trimtab.report.look_terminal import headline, shown
from trimtab.report.markup import Markup, document, element, visible
from trimtab.report.parts import chip, column_heads, key, label
from trimtab.report.words import moment, name

_SAID = 600


def look_page(look: Look) -> str:
    """The whole page as HTML."""
    title = f"{headline(look)}: {look.system}"
    main = [_masthead(look), _budgets(look), _alarms(look), _shares(look)]
    body = element("body", definitions(), element("main", *main, id="top"))
    return document(head(visible(title, limit=120)), body)


def _masthead(look: Look) -> Markup:
    kicker = element(
        "p",
        element("span", "trimtab", class_="brand"),
        element("span", look.policy.organisation),
        element("span", look.system),
        element("span", "production"),
        element("span", moment(look.at)),
        class_="kicker",
    )
    said = headline(look)
    why = look.hold.why if look.hold else next((one.alarm.why for one in look.open if look.counts(one)), "")
    changed = f"Measured again: {'; '.join(look.changes)}." if look.changes else ""
    troubles = [*look.unsent, *(f"{one} could not be started: {reason}" for one, reason in look.unknown.items())]
    return element(
        "header",
        kicker,
        *[
            element("p", element("b", "Note "), visible(one, limit=_SAID), class_="alarm", role="note")
            for one in troubles
        ],
        element("p", chip(look.verdict), class_="badge"),
        element("h1", f"{said[0].upper()}{said[1:]}"),
        element("p", visible(why, limit=_SAID), class_="lede") if why else None,
        element("p", visible(changed, limit=_SAID), class_="about") if changed else None,
        class_=f"mast {look.verdict}",
    )


def _budgets(look: Look) -> Markup:
    title = element("h2", "Error budgets", id="budgets")
    if not look.budgets:
        none = "The policy names no objective (`slo`) for this system, so nothing of production is counted."
        return element("section", title, element("p", none, class_="about"), aria_labelledby="budgets")
    about = element(
        "p",
        "How much of the bad events that are tolerated is left, through the window. The dotted line spends the budget "
        "evenly, the thin one is where releases need consent; on the hatched side the budget is overspent.",
        class_="about",
    )
    panels = [_panel(look, metric, budget) for metric, budget in look.budgets.items()]
    return element("section", title, about, *panels, _numbers(look), aria_labelledby="budgets")


def _panel(look: Look, metric: str, budget: Budget) -> Markup:
    spec = look.policy.metrics.get(metric)
    terms = budget.terms
    said = f" {budget.state.value}: {MEANS[budget.state]}"
    state = element("p", chip(VERDICT_OF[budget.state], reason=budget.reason), said)
    question = element("p", spec.question) if spec else None
    if budget.state is State.UNKNOWN:
        return element("div", element("h3", name(metric)), question, state)
    left = percent(budget.remaining)
    course = Course(
        points=look.lines[metric],
        consent=1.0 - CONSENT_FROM,
        label=f"{metric}: {left} of the budget of {terms.days} days is left",
    )
    caption = element(
        "figcaption",
        element("p", f"{left} left of {terms.days} days' budget", class_="axis-name"),
        key("target", "spent evenly"),
        key("floor", "all spent"),
        key("tint", "overspent"),
        class_="key",
    )
    drawn = element("figure", element("div", burn_down(course), class_="plane"), caption)
    return element("div", element("h3", name(metric)), question, state, drawn)


def _numbers(look: Look) -> Markup:
    titles = (
        "Budget",
        "Events",
        "Bad",
        "Allowed",
        "Red-line events",
        "Spent",
        "Burn rate 1 h",
        "6 h",
        "3 days",
        "State",
    )
    rows = []
    for metric, budget in look.budgets.items():
        burns = [f"{burn.long:.3g}{' (counts)' if burn.counts else ''}" for burn in budget.burns]
        cells = [
            count(budget.valid),
            count(budget.bad),
            f"{budget.allowed:,.4g}",
            count(budget.severe),
            percent(budget.spent),
            *burns,
            budget.state.value,
        ]
        rows.append(_row(name(metric), cells, titles[1:]))
    caption = element("caption", "The same in numbers. A burn rate of 1 spends the budget in exactly its window.")
    return _table("plain", caption, titles, rows)


def _alarms(look: Look) -> Markup:
    title = element("h2", "Open alarms", id="alarms")
    if not look.open:
        return element("section", title, element("p", "None.", class_="about"), aria_labelledby="alarms")
    titles = ("Level", "Since", "Found by", "Why", "Row")
    rows = [
        _row(
            one.alarm.level,
            [_when(one.time), one.alarm.by, visible(one.alarm.why, limit=_SAID), count(one.row)],
            titles[1:],
        )
        for one in look.open
    ]
    caption = element("caption", "Each was recorded in the ledger before anybody was told.")
    return element("section", title, _table("plain", caption, titles, rows), aria_labelledby="alarms")


def _shares(look: Look) -> Markup:
    title = element("h2", "What the guard did in the last day", id="shares")
    if not look.shares:
        none = "No rulings other than to let texts go on, or none at all."
        return element("section", title, element("p", none, class_="about"), aria_labelledby="shares")
    titles = ("What", "Texts", "Of", "Share", "95% interval")
    rows = [
        _row(
            f"{share.side}: {visible(share.what, limit=80)}",
            [count(share.texts), count(share.of), *shown(share)],
            titles[1:],
        )
        for share in look.shares
    ]
    caption = element("caption", "A text with findings of two families is in both rows.")
    return element("section", title, _table("plain", caption, titles, rows), aria_labelledby="shares")


def _row(first: str, cells: list[str], titles: tuple[str, ...]) -> Markup:
    filled = [element("td", label(title), cell, role="cell") for title, cell in zip(titles, cells, strict=True)]
    return element("tr", element("th", first, scope="row", role="rowheader"), *filled, role="row")


def _table(kind: str, caption: Markup, titles: tuple[str, ...], rows: list[Markup]) -> Markup:
    table = element(
        "table",
        caption,
        element("thead", column_heads(*titles), role="rowgroup"),
        element("tbody", *rows, role="rowgroup"),
        class_=kind,
        role="table",
    )
    return element("div", table, class_="scroll")


def _when(time: int) -> str:
    return datetime.fromtimestamp(time / 1e6, tz=UTC).strftime("%Y-%m-%d %H:%M UTC")
