"""Shows what a calibration of answers found: a page, and the same in words for a terminal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trimtab.kinds import Interval
from trimtab.report.charts import definitions
from trimtab.report.html import head
from trimtab.report.markup import Markup, document, element
from trimtab.report.parts import column_heads
from trimtab.report.reliability import diagram
from trimtab.stats.calibration import Bin, Recalibration, Reliability
from trimtab.stats.load import Load


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferral:
    """What is shown of a calibration. `threshold` is None where no answer may be given without a person."""

    threshold: float | None
    error: float  # tolerated share of wrong answers among those given
    level: float
    given: Sequence[bool]  # whether each was right
    deferred: Sequence[bool]
    source: str  # what the confidence is made of
    load: Load
    minutes: float
    currency: str
    reliability: Reliability | None
    recalibrations: Mapping[str, tuple[Recalibration | None, Reliability]]

    @property
    def policy_line(self) -> str:
        """What to write into a guard of the policy; empty where there is nothing to write."""
        if self.threshold is None:
            return ""
        return f"confidence: {{at_least: {self.threshold:g}, from: {self.source}}}"


def sentences(seen: Deferral) -> list[str]:
    """The result in plain sentences."""
    answers = len(seen.given) + len(seen.deferred)
    most, sure = f"{100 * seen.error:.4g}%", f"{100 * seen.level:.4g}% confidence"
    if seen.threshold is None:
        first = (
            f"None of {answers:,} answers may be given without a person: at no threshold are at most {most} shown "
            f"to be wrong at {sure}. More marked answers may show one."
        )
    else:
        first = (
            f"Answers at least {seen.threshold:g} sure may be given: at most {most} of those are wrong, at {sure} "
            f"(seen: {_wrong(seen.given)})."
        )
    lines = [first]
    if seen.threshold is not None:
        lines.append(
            f"Coverage: {len(seen.given):,} of {answers:,} answers ({len(seen.given) / answers:.1%}) go on without a "
            f"person. Of the {len(seen.deferred):,} that a person sees first, {_wrong(seen.deferred)}."
        )
    lines.append(_load(seen))
    if seen.reliability is not None:
        ece = seen.reliability
        lines.append(
            f"Confidence differs from the share that is right by {ece.ece:.1%} on average "
            f"(expected calibration error, {_percent(ece.interval)} at {ece.interval.level:.0%} confidence)."
        )
    return lines


def _wrong(right: Sequence[bool]) -> str:
    return f"{len(right) - sum(right):,} of {len(right):,} wrong" if right else "none"


def _load(seen: Deferral) -> str:
    load = seen.load
    text = (
        f"Review: {load.share:.1%} of {load.volume:,} answers at {seen.minutes:g} minutes each is "
        f"{_number(load.hours)} hours ({_range(load.hours_interval)})"
    )
    if load.money is not None and load.money_interval is not None:
        text += f", {_number(load.money)} {seen.currency} ({_range(load.money_interval)})"
    return f"{text}."


def _number(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:,.1f}"


def _range(interval: Interval) -> str:
    return f"{_number(interval.low)} to {_number(interval.high)} at {interval.level:.0%} confidence"


def _percent(interval: Interval) -> str:
    return f"{interval.low:.1%} to {interval.high:.1%}"


def calibration_page(seen: Deferral) -> str:
    """The whole as one page that asks for nothing from anywhere."""
    title = "No answer without a person" if seen.threshold is None else f"Give answers from {seen.threshold:g} on"
    first, *more = sentences(seen)
    mast = element(
        "header",
        element("p", element("span", "trimtab", class_="brand"), element("span", "calibration"), class_="kicker"),
        element("h1", title),
        element("p", first, class_="lede"),
        *[element("p", line) for line in more],
        element("pre", seen.policy_line) if seen.policy_line else None,
        class_="mast",
    )
    main = element("main", mast, _reliable(seen.reliability), _maps(seen), id="top")
    return document(head(title), element("body", definitions(), main))


def _reliable(seen: Reliability | None) -> Markup | None:
    if seen is None:
        return None
    figure = element(
        "figure",
        element("p", "↑ share of answers that are right", class_="axis-name"),
        element("div", diagram(seen), class_="plane"),
        element("p", "confidence →", class_="axis-name"),
    )
    about = (
        "On the dashed line answers are right as often as they are sure; below it they are surer than they should be. "
        "Each dot is a tenth or more of the answers; the lines hold together, and their ends give those of the error."
    )
    rows = [_row(one) for one in seen.bins]
    heads = column_heads("confidence", "mean", "answers", "right", "interval")
    table = element("table", element("thead", heads), element("tbody", *rows), class_="plain")
    return element(
        "section",
        element("h2", "Is confidence what it says?", id="reliability"),
        element("p", about, class_="about"),
        figure,
        element("div", table, class_="scroll"),
        aria_labelledby="reliability",
    )


def _row(one: Bin) -> Markup:
    cells = (f"{one.confidence:.1%}", f"{one.count:,}", f"{one.right / one.count:.1%}", _percent(one.interval))
    name = element("th", f"{one.least:.3g} to {one.most:.3g}", scope="row")
    return element("tr", name, *[element("td", cell) for cell in cells])


def _maps(seen: Deferral) -> Markup | None:
    if not seen.recalibrations:
        return None
    rows = [
        element(
            "tr",
            element("th", name, scope="row"),
            element("td", f"{found.ece:.1%}"),
            element("td", _percent(found.interval)),
            element("td", numbers(fitted)),
        )
        for name, (fitted, found) in seen.recalibrations.items()
    ]
    heads = column_heads("confidence", "error", "interval", "parameters")
    about = (
        "Each map was fitted on one half of the answers and is judged on the other. They are for display and costs: "
        "the threshold rests on the order of confidences, which none of them changes."
    )
    return element(
        "section",
        element("h2", "Said better", id="maps"),
        element("p", about, class_="about"),
        element("table", element("thead", heads), element("tbody", *rows), class_="plain"),
        aria_labelledby="maps",
    )


def numbers(fitted: Recalibration | None) -> str:
    """The parameters of a map, in words."""
    if fitted is None:
        return "none"
    if fitted.method == "temperature":
        return f"T = {fitted.numbers[0]:.3g}"
    if fitted.method == "sigmoid":
        return f"a = {fitted.numbers[0]:.3g}, b = {fitted.numbers[1]:.3g}"
    return f"{len(fitted.numbers) // 2} corners"
