"""The section on what the floors cost: a bar for each step of relaxing one, and the table that it is drawn from."""

import math

from trimtab.decision.tradeoff import Price, Tradeoff
from trimtab.report.charts import Axis, axis, bar_row, tick_places, ticks_row
from trimtab.report.choice_words import (
    DESCRIPTIVE,
    apart_words,
    band_words,
    gain_figures,
    held_words,
    price_words,
    relaxed,
    rule_words,
    written_gain,
)
from trimtab.report.figures import DASH
from trimtab.report.markup import Markup, element
from trimtab.report.parts import column_heads
from trimtab.report.view import Report, Requirement
from trimtab.report.words import KIND, name, requirement

_HELD = 5  # better performers that are named one by one


def choice_section(report: Report) -> Markup | None:
    """How the choice was made, what each requirement costs in performance, and what would tell the first two apart."""
    found = report.tradeoff
    if found is None or not found.prices or report.ledger.verified is False:
        return None
    apart = apart_words(report, found)
    return element(
        "section",
        element("h2", "The choice, and what the floors cost", id="choice"),
        element("p", rule_words(report)),
        element("p", apart) if apart else None,
        _weights(found),
        _prices(report, found),
        _held(report, found),
        aria_labelledby="choice",
    )


def _weights(found: Tradeoff) -> Markup | None:
    if not found.scores:
        return None
    ranked = sorted(found.scores.items(), key=lambda pair: -pair[1])
    said = ", ".join(f"{name(candidate)} {score:.3f}" for candidate, score in ranked)
    words = [f"Weighed scores of those that clear everything: {said}.", *map(band_words, found.bands)]
    return element("p", " ".join(words))


def _prices(report: Report, found: Tradeoff) -> Markup:
    gains = [step.gain for price in found.prices for step in price.steps if not math.isnan(step.gain)]
    scale = axis([0.0, *gains], lowest=0.0) if gains else None
    aim = report.decision.maximise[0]
    rows = [_price_row(report, price, scale) for price in found.prices]
    heads = ("Requirement", f"{aim} that relaxing it would buy", "In words")
    foot = _foot(report, scale) if scale else None
    return element(
        "table",
        element("caption", "What each requirement costs in performance. ", DESCRIPTIVE),
        element("thead", column_heads(*heads)),
        element("tbody", *rows, role="rowgroup"),
        foot,
        class_="prices",
        role="table",
    )


def _price_row(report: Report, price: Price, scale: Axis | None) -> Markup:
    row = Requirement(asked=price.asked, metric=price.metric)
    kind = KIND[price.asked]
    head = element(
        "th",
        element("span", price.metric, class_="metric"),
        element("span", kind, requirement(report, row), class_="asked"),
        scope="row",
        role="rowheader",
    )
    drawn: object = element("span", DASH, class_="quiet")
    bars = [(step.gain, _bar_label(report, price, number)) for number, step in enumerate(price.steps)]
    known = [(gain, label) for gain, label in bars if not math.isnan(gain)]
    if scale is not None and known:
        drawn = bar_row(scale, known, label=f"{price.metric}: {price_words(report, price)}")
    words = price_words(report, price)
    return element(
        "tr",
        head,
        element("td", drawn, class_="plot", role="cell"),
        element("td", f"{words[0].upper()}{words[1:]}.", role="cell"),
        role="row",
    )


def _bar_label(report: Report, price: Price, number: int) -> str:
    step = price.steps[number]
    by, _ = relaxed(report, price, step)
    return f"{written_gain(report, step.gain)} for {by}"


def _foot(report: Report, scale: Axis) -> Markup:
    written = gain_figures(report)
    places = tick_places(scale.ticks, scale=written.scale)
    ticks = [f"{tick * written.scale:.{places}f}{written.suffix}" for tick in scale.ticks]
    cells = (element("td", role="cell"), element("td", ticks_row(scale, ticks), class_="plot", role="cell"))
    return element("tfoot", element("tr", *cells, element("td", role="cell"), role="row", aria_hidden="true"))


def _held(report: Report, found: Tradeoff) -> Markup | None:
    if not found.held:
        return None
    said = [held_words(report, held) for held in found.held[:_HELD]]
    rest = len(found.held) - len(said)
    if rest > 0:
        said.append(f"{rest} more perform better than the one chosen, and have not met everything.")
    title = element("h3", "Better performers that were not chosen")
    return element("div", title, element("ul", *[element("li", line) for line in said]))
