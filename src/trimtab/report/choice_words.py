"""A choice in plain sentences: how it was made, what each floor costs, what would tell the first two apart."""

import math
from dataclasses import replace

from trimtab.decision.model import Asked
from trimtab.decision.tradeoff import Apart, Held, Price, Step, Tradeoff
from trimtab.decision.weights import Band
from trimtab.kinds import Missing
from trimtab.report.figures import SHARE, Figures, about, count, unit_figures
from trimtab.report.view import DIFFERENCES, Report
from trimtab.report.words import name, side

DESCRIPTIVE = (
    "Seen on these very cases, and no guarantee: whoever relaxes a floor after looking proves the new one on others."
)


def rule_words(report: Report) -> str:
    """By which rule the choice was made, and what it promises."""
    decision = report.decision
    number, most = len(report.candidates), f"{100.0 * (1.0 - decision.confidence):.4g}%"
    promise = f"that the one chosen breaks a given requirement has probability {most} at most"
    if number == 1:
        return f"There is one candidate; that it breaks a requirement which it passed has probability {most} at most."
    if decision.rule == "pareto":
        return (
            f"Of {count(number)} candidates a part of the cases left {count(len(decision.sequence))}, in an order from "
            f"safe to bold; along it they were tested on the other cases at {100.0 * (1.0 - decision.alpha):.4g}% "
            f"confidence or more each, until the first that was not certified. T{promise[1:]}, however many there are."
        )
    return (
        f"Each of {count(number)} candidates was judged at {100.0 * (1.0 - decision.alpha):.4g}% confidence or more, "
        f"so {promise}, whoever wins."
    )


def gain_figures(report: Report) -> Figures:
    """How differences of the first metric that is maximised are written."""
    plain = replace(unit_figures(report, report.decision.maximise[0], difference=True), signed=False)
    return replace(plain, places=1) if plain.unit == "points" else plain


def price_words(report: Report, price: Price) -> str:
    """What one requirement costs now."""
    if not price.steps:
        return "costs nothing now: nobody better is held back by it alone"
    return "; ".join(_step_words(report, price, step, number) for number, step in enumerate(price.steps))


def _step_words(report: Report, price: Price, step: Step, number: int) -> str:
    by, bound = relaxed(report, price, step)
    opening = f"relaxing it by {by}, {bound}," if not number else f"by {by}, {bound},"
    if math.isnan(step.gain):
        return f"{opening} would let {name(step.winner)} through"
    gain = written_gain(report, step.gain)
    early = ", whose measuring stopped early: with more cases a nearer bound would do" if step.short else ""
    return f"{opening} would buy {gain} of {report.decision.maximise[0]} ({name(step.winner)}{early})"


def relaxed(report: Report, price: Price, step: Step) -> tuple[str, str]:
    """How far a bound moves, and where to, with two figures: rounded outwards, or the new bound would not do."""
    share = price.asked == "mitigation"
    shift = replace(SHARE, unit="points", signed=True) if share else unit_figures(report, price.metric, difference=True)
    by = _outwards(abs(step.bound - price.bound) * shift.scale) / shift.scale
    up = price.asked in DIFFERENCES or (side(report, price.metric) == "at most" and not share)
    bound = price.bound + by if up else price.bound - by
    written = shift if price.asked in DIFFERENCES else SHARE if share else unit_figures(report, price.metric)
    word = "to a margin of" if price.asked in DIFFERENCES else f"to {'at most' if up else 'at least'}"
    return replace(shift, signed=False).bound(by), f"{word} {replace(written, signed=False).bound(bound)}"


def written_gain(report: Report, gain: float) -> str:
    """A gain in performance with its unit, two figures at least."""
    written = gain_figures(report)
    size = abs(gain) * written.scale
    places = max(written.places, 1 - math.floor(math.log10(size))) if size > 0.0 else written.places
    return replace(written, places=min(places, 6)).value(gain)


def held_words(report: Report, held: Held) -> str:
    """Who performs better than the winner, and everything that stands in the way."""
    aim = report.decision.maximise[0]
    unmet = ", ".join(f"{metric}{_KIND[asked]}" for asked, metric in held.unmet)
    return f"{name(held.candidate)} has {written_gain(report, held.gain)} more {aim}, and has not met {unmet}."


_KIND: dict[Asked, str] = {
    "floor": "",
    "red-line": " (red line)",
    "regression": " (regression)",
    "mitigation": " (mitigation)",
    "gap": " (gap)",
}


def apart_words(report: Report, tradeoff: Tradeoff) -> str:
    """What would have to be measured to tell the first two apart; empty without two."""
    apart = tradeoff.apart
    if apart is None:
        return "Nobody else clears every requirement, so there is nobody to tell it from." if report.winner else ""
    first, second = name(apart.first), name(apart.second)
    if isinstance(apart.difference, Missing):
        return f"{first} and {second} cannot be compared case by case on {apart.metric}."
    figures = replace(unit_figures(report, apart.metric, difference=True), places=1)
    if figures.unit != "points":
        figures = replace(figures, places=3)
    ends = figures.span(apart.difference.interval)
    opening = f"On the same cases {first} is ahead of {second} by {figures.value(apart.difference.value)} ({ends})"
    return f"{opening} in {apart.metric}: {_apart(apart)}"


def _apart(apart: Apart) -> str:
    if apart.shown:
        return "more than luck explains."
    if apart.pairs is None:
        return "they are level, and more pairs of the same kind would not tell them apart."
    return f"that may be luck; about {about(apart.pairs)} further pairs of answers would probably tell."


def band_words(band: Band) -> str:
    """How far a weight may move before somebody else wins."""
    if not band.below and not band.above:
        return f"Whatever the weight of {band.name}, the same one wins."
    said = f"The same one wins while the weight of {band.name}, {band.weight:g} now, is {band.low:g} to {band.high:g}"
    others = [f"below it {name(band.below)}"] if band.below else []
    others += [f"above it {name(band.above)}"] if band.above else []
    return f"{said}; {' and '.join(others)}."


def _outwards(number: float) -> float:
    """Two figures, rounded up."""
    if number <= 0.0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(number)) - 1)
    return float(f"{math.ceil(number / step - 1e-9) * step:.12g}")
