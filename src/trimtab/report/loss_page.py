"""The loss model as one self-contained page: the curve against the appetite, its table, scenarios, assumptions."""

from collections.abc import Mapping, Sequence
from typing import Any

from trimtab.decision.model import Verdict
from trimtab.report.charts import definitions
from trimtab.report.curve import curve, curve_alone
from trimtab.report.html import head
from trimtab.report.loss_terminal import loss_notes, loss_origin, rate_origin
from trimtab.report.markup import Markup, document, element, visible
from trimtab.report.money_charts import exceedance_curve, money
from trimtab.report.parts import chip, column_heads, key, label
from trimtab.report.words import moment

_NOTHING = "Hardly any year loses anything, so there is no curve to draw."


def loss_page(figures: Mapping[str, Any], *, organisation: str, at: int) -> str:
    """The whole page as HTML; `at` is when it was made, microseconds since the epoch, UTC."""
    said = f"{money(figures['expected'], figures['currency'])} a year is lost on average"
    kicker = element(
        "p",
        element("span", "trimtab", class_="brand"),
        element("span", visible(organisation, limit=120)),
        element("span", "losses"),
        element("span", moment(at)),
        class_="kicker",
    )
    verdict = figures["verdict"]
    badge = element("p", chip(Verdict(verdict), reason="against the appetite"), class_="badge") if verdict else None
    bad = f"{100.0 * (1.0 - figures['level']):.3g} %"
    lede = f"The worst {bad} of years lose {money(figures['cvar']['value'], figures['currency'])} on average."
    mast = element("header", kicker, badge, element("h1", said), element("p", lede, class_="lede"), class_="mast")
    body = element(
        "body", definitions(), element("main", mast, _curve(figures), _scenarios(figures), _notes(figures), id="top")
    )
    return document(head(visible(f"Losses: {said}", limit=120)), body)


def loss_svg(figures: Mapping[str, Any]) -> str:
    """The curve alone, as a file.

    Raises:
        ValueError: There is none to draw.
    """
    drawn = exceedance_curve(figures)
    if drawn is None:
        raise ValueError(_NOTHING)
    return curve_alone(drawn)


def _curve(figures: Mapping[str, Any]) -> Markup:
    title = element("h2", "How much a year may lose", id="curve")
    drawn = exceedance_curve(figures)
    asked = {one["loss"]: one for one in figures["appetite"] if one["what"] == "point"}
    rows = [
        [
            money(one["loss"]),
            f"{one['value']:.4f}",
            f"{one['low']:.4f} to {one['high']:.4f}",
            f"at most {asked[one['loss']]['bound']:.3g}, {asked[one['loss']]['verdict']}"
            if one["loss"] in asked
            else "",
        ]
        for one in figures["exceedance"]
    ]
    about = element("p", "The share of years that lose more than an amount, both on scales of powers.", class_="about")
    legend = element(
        "p", key("dot", "appetite kept"), key("hollow", "not sure"), key("cross", "appetite exceeded"), class_="key"
    )
    plane = element("figure", element("div", curve(drawn), class_="plane"), legend) if drawn else element("p", _NOTHING)
    titles = ("A year loses more than", "Share of years", "With other seeds", "Appetite")
    return element("section", title, about, plane, table("The same in numbers.", titles, rows), aria_labelledby="curve")


def _scenarios(figures: Mapping[str, Any]) -> Markup:
    titles = ("Scenario", "A year", "Events a year", "From", "One costs", "From")
    rows = [
        [
            visible(one["name"], limit=80),
            money(one["expected"]),
            f"{one['rate']['low']:.3g} to {one['rate']['high']:.3g}",
            rate_origin(one),
            f"{money(one['loss']['low'])} to {money(one['loss']['high'])}",
            loss_origin(one),
        ]
        for one in figures["scenarios"]
    ]
    title = element("h2", "Scenarios, and where their numbers come from", id="scenarios")
    return element("section", title, table("Ranges are P5 to P95.", titles, rows), aria_labelledby="scenarios")


def _notes(figures: Mapping[str, Any]) -> Markup:
    title = element("h2", "What else is known", id="notes")
    said = [element("li", visible(one, limit=400)) for one in loss_notes(figures)]
    return element("section", title, element("ul", *said), aria_labelledby="notes")


def table(caption: str, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    """A plain table; the first cell of a row is its heading."""
    found = []
    for first, *cells in rows:
        filled = [element("td", label(title), cell, role="cell") for title, cell in zip(titles[1:], cells, strict=True)]
        found.append(element("tr", element("th", first, scope="row", role="rowheader"), *filled, role="row"))
    whole = element(
        "table",
        element("caption", caption),
        element("thead", column_heads(*titles), role="rowgroup"),
        element("tbody", *found, role="rowgroup"),
        class_="plain",
        role="table",
    )
    return element("div", whole, class_="scroll")
