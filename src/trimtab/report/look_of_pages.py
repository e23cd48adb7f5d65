"""What templates of pages write and draw: figures with their intervals, verdicts, clocks. It computes no new numbers.

Everything here takes plain values, so that a template needs to know nothing but the data of its page.
"""

import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from trimtab.decision.model import Verdict
from trimtab.decision.moments import day as day_of
from trimtab.kinds import Interval
from trimtab.report import board_words, look_of_budgets, look_of_money, look_of_runs
from trimtab.report.charts import Axis, Bars, axis, axis_row, backdrop, definitions, interval_row, tick_places
from trimtab.report.curve import curve
from trimtab.report.figures import DASH
from trimtab.report.history import Stretch
from trimtab.report.history import history as drawn_history
from trimtab.report.look_of_shares import share_bar, share_of_people
from trimtab.report.markup import Markup, element
from trimtab.report.money_charts import exceedance_curve, money
from trimtab.report.parts import chip, key
from trimtab.report.words import moment

_STATES: Mapping[str, tuple[str, str]] = {
    "in time": ("pass", "✓"),
    "late": ("fail", "✕"),
    "overdue": ("fail", "✕"),
    "running": ("running", "…"),
    "unknown": ("inconclusive", "?"),
    "given": ("pass", "✓"),
    "conditional": ("pass", "✓"),
    "emergency": ("inconclusive", "!"),
    "asked": ("running", "…"),
    "waiting for the second": ("running", "…"),
    "lapsed": ("fail", "✕"),
    "refused": ("fail", "✕"),
    "none": ("inconclusive", "?"),
    "verified": ("pass", "✓"),
    "altered": ("fail", "✕"),
    "unreadable": ("fail", "✕"),
    "met": ("pass", "✓"),
    "missed": ("fail", "✕"),
    "met, expiring": ("inconclusive", "◷"),
    "met in part": ("inconclusive", "◐"),
    "undecided": ("inconclusive", "?"),
    "not met": ("fail", "✕"),
    "evidence expired": ("fail", "◷"),
    "no evidence": ("plain", "○"),
    "not applicable": ("plain", "—"),
    "not yet": ("plain", "…"),
    "in force": ("pass", "✓"),
    "to come": ("running", "…"),
    "held": ("pass", "✓"),
    "waits": ("running", "…"),
    "due": ("inconclusive", "!"),
    "forgotten": ("fail", "✕"),
    "not taken": ("plain", "○"),
    "granted": ("pass", "✓"),
    "planned": ("running", "…"),
    "upheld": ("pass", "✓"),
    "partly": ("inconclusive", "◐"),
    "rejected": ("fail", "✕"),
    **look_of_budgets.STATES,
    **look_of_money.STATES,
}
_MOST_PLACES = 6
_NO_DATA: Mapping[str, str] = {
    "nothing-recorded": "nothing recorded",
    "none-due": "nothing was due",
    "none-over": "no case is over yet",
}


class SeenLike(Protocol):
    """An estimate as pages have it."""

    value: float | None
    low: float | None
    high: float | None
    missing: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ends:
    """An interval of which no value in between is known."""

    low: float | None
    high: float | None
    value: float | None = None
    missing: str = ""
    detail: str = ""


def number(value: float | None, unit: str = "", floor: float | None = None) -> str:
    """A number in the unit of a KPI, a share as percent; what only nearly is its floor is not shown as the floor."""
    if value is None or math.isnan(value):
        return DASH
    if math.isinf(value):
        return "unbounded"
    share = unit == "ratio"
    factor, suffix, size = (100.0, " %", 1.0) if share else (1.0, "", abs(value))
    places = 1 if share else 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2 if size >= 0.1 else 4
    while floor is not None and value != floor and places < _MOST_PLACES:
        if f"{value * factor:.{places}f}" != f"{floor * factor:.{places}f}":
            break
        places += 1
    return f"{value * factor:,.{places}f}{suffix}".replace("-", "\N{MINUS SIGN}")


@functools.lru_cache(maxsize=512)
def bound(value: float | None, unit: str = "", side: str = "") -> str:
    """A floor or target, with its side as a sign where one is given."""
    if value is None:
        return DASH
    sign = {"at_least": "≥ ", "at_most": "≤ "}.get(side, "")
    return f"{sign}{value * 100:g} %" if unit == "ratio" else f"{sign}{value:,.12g}"


def ends(seen: SeenLike, unit: str = "", floor: float | None = None) -> str:
    """The interval in words; empty where it is a point or nothing is known."""
    if seen.low is None or seen.high is None or seen.low == seen.high:
        return ""
    low, high = number(seen.low, unit, floor), number(seen.high, unit, floor)
    return f"{low.removesuffix(' %')} to {high}"


def no_data(seen: SeenLike) -> str:
    """Why there is no estimate."""
    return _NO_DATA.get(seen.missing, seen.missing.replace("-", " "))


def day(at: int) -> Markup:
    """The day of a moment, which is not broken over lines."""
    return element("time", day_of(at))


def sentence(text: str) -> str:
    """With a capital letter, and the rest as it is."""
    return f"{text[:1].upper()}{text[1:]}"


@functools.lru_cache(maxsize=512)
def verdict(text: str, reason: str = "") -> Markup:
    """A verdict with its mark and word."""
    return chip(Verdict(text), reason=reason)


@functools.cache
def state(text: str, words: str = "") -> Markup:
    """A state with a mark, so that its colour says nothing on its own."""
    kind, symbol = _STATES.get(text, ("plain", "·"))
    return element(
        "span",
        element("span", symbol, aria_hidden="true", class_="symbol"),
        element("span", words or text),
        class_=f"chip {kind}",
    )


def scale_of(unit: str, seen: Iterable[SeenLike], bounds: Iterable[float | None] = ()) -> Axis:
    """A scale that holds all of these; that of a share never leaves [0, 1]."""
    numbers = [n for one in seen for n in (one.value, one.low, one.high) if n is not None and math.isfinite(n)]
    numbers += [n for n in bounds if n is not None]
    if unit == "ratio":
        return axis(numbers, lowest=0.0, highest=1.0)
    lowest = 0.0 if all(n >= 0 for n in numbers) else -math.inf
    return axis([*numbers, 0.0] if lowest == 0.0 else numbers, lowest=lowest)


def strip(  # noqa: PLR0917 - called from templates, in the order of what it draws
    seen: SeenLike,
    unit: str,
    floor: float | None,
    side: str,
    target: float | None,
    judged: str = "",
    name: str = "",
    scale: Axis | None = None,
) -> Markup:
    """An interval against its floor and target, as high as the row that it stands in."""
    held = scale or (Axis(0.0, 1.0, ()) if unit == "ratio" else scale_of(unit, [seen], [floor, target]))
    known = seen.low is not None and seen.high is not None
    interval = Interval(seen.low or 0.0, seen.high or 0.0, 0.95, "drawn") if known else None
    told = f"{name}: {number(seen.value, unit)}, {ends(seen, unit) or 'exact'}" if known else f"{name}: {no_data(seen)}"
    value = math.nan if seen.value is None else seen.value
    return interval_row(held, _behind(held, floor, side, target), interval, value, verdict=_verdict(judged), label=told)


@functools.lru_cache(maxsize=512)
def _behind(scale: Axis, floor: float | None, side: str, target: float | None) -> Markup:
    return backdrop(Bars(axis=scale, floor=floor, forbidden_above=side == "at_most", target=target))


def veto_strip(one: Any) -> Markup:
    """The interval of a veto against its floor; words where an end is not a number."""
    ends_ = (one.low, one.high)
    if not all(isinstance(end, int | float) for end in ends_):
        return element("span", "nothing was measured" if None in ends_ else f"{one.low} to {one.high}", class_="quiet")
    seen: Any = _Ends(low=one.low, high=one.high)
    unit = "ratio" if all(0.0 <= n <= 1.0 for n in (one.low, one.high, one.floor)) else ""
    side = "at_least" if one.better == "higher" else "at_most"
    return strip(seen, unit, one.floor, side, None, one.verdict, one.metric)


def ticks(scale: Axis, unit: str) -> Markup:
    """The numbers under a column of strips."""
    factor, suffix = (100.0, " %") if unit == "ratio" else (1.0, "")
    places = tick_places(scale.ticks, scale=factor)
    return axis_row(Bars(axis=scale), [f"{tick * factor:,.{places}f}{suffix}" for tick in scale.ticks])


def history(  # noqa: PLR0917 - as `strip`
    quarters: Sequence[Any],
    unit: str,
    floor: float | None,
    side: str,
    target: float | None,
    title: str,
    last: str = "",
) -> Markup:
    """Intervals of one figure, quarter by quarter; `last` is how the last one was judged."""
    scale = scale_of(unit, [one.seen for one in quarters], [floor, target])
    factor, suffix = (100.0, " %") if unit == "ratio" else (1.0, "")
    places = tick_places(scale.ticks, scale=factor)
    stretches = [
        Stretch(
            name=one.quarter,
            value=one.seen.value,
            low=one.seen.low or 0.0,
            high=one.seen.high or 0.0,
            verdict=_verdict(last) if place == len(quarters) - 1 else None,
            words=f"{one.quarter}: {number(one.seen.value, unit)}, {ends(one.seen, unit) or no_data(one.seen)}",
        )
        for place, one in enumerate(quarters)
    ]
    return drawn_history(
        scale,
        stretches,
        ticks=[f"{tick * factor:,.{places}f}{suffix}" for tick in scale.ticks],
        floor=floor,
        forbidden_above=side == "at_most",
        target=target,
        label=f"{title}, quarter by quarter, with intervals",
    )


def fill(hours: float, limit: float, kind: str) -> Markup:
    """How much of its limit a clock has used, up to twice; the limit is the line in the middle."""
    used = min(hours / limit, 2.0) / 2.0 * 100.0 if limit > 0 else 100.0
    parts = [
        element("rect", x=0, y=6, width="100%", height=8, rx=4, class_="track"),
        element("rect", x=0, y=6, width=f"{used:.1f}%", height=8, rx=4, class_=f"used {kind}"),
        element("line", x1="50%", x2="50%", y1=1, y2=19, class_="floor"),
    ]
    label = f"{hours / limit:.0%} of the limit" if limit > 0 else ""
    return element("svg", element("title", label), *parts, class_="clock", role="img", width="100%", height=20)


def score_bar(low: float | None, high: float | None) -> Markup:
    """A score from what is known to what it would be if all that is missing were perfect, on 0 to 100, with bands."""
    if low is None:
        return element("span", "nothing was measured", class_="quiet")
    top = low if high is None else high
    parts = [element("rect", x=0, y=9, width="100%", height=4, rx=2, class_="track")]
    parts += [element("line", x1=f"{at}%", x2=f"{at}%", y1=5, y2=17, class_="grid") for at in (50, 70, 85)]
    if top > low:
        parts.append(element("line", x1=f"{low:.1f}%", x2=f"{top:.1f}%", y1=11, y2=11, class_="whisker"))
    parts.append(element("circle", cx=f"{low:.1f}%", cy=11, r=5.5, class_="dot"))
    words = f"{low:.0f}" if top <= low else f"{low:.0f} to {top:.0f}"
    drawn = element("svg", element("title", f"{words} of 100"), *parts, class_="score", role="img", height=22)
    return element("span", drawn, " ", element("span", words, class_="value"), class_="score-of")


def loss_curve(data: Any) -> Markup | None:
    """The share of years that lose more than an amount; None where hardly any year loses anything."""
    drawn = exceedance_curve(
        {
            "exceedance": [{"loss": one.loss, "value": one.value} for one in data.exceedance],
            "appetite": [
                {"what": one.what, "loss": one.loss, "bound": one.bound, "verdict": one.verdict}
                for one in data.appetite
            ],
            "expected": data.expected,
            "currency": data.currency,
        }
    )
    return None if drawn is None else curve(drawn)


def small_share(seen: SeenLike) -> Markup:
    """A share of people with its interval; too few people are no share."""
    if seen.missing:
        return element("span", "not shown" if seen.missing == "too-few" else no_data(seen), class_="quiet")
    return share_of_people(
        seen.value or 0.0, seen.low or 0.0, seen.high or 0.0, f"{number(seen.value, 'ratio')}, {ends(seen, 'ratio')}"
    )


def hours(value: float | None) -> str:
    """Hours as people say them."""
    if value is None:
        return DASH
    if value < 1.0:
        return f"{value * 60:.0f} min"
    return f"{value:.0f} h" if value < 72.0 else f"{value / 24:.1f} days"


def dots(history_: Sequence[Any]) -> Markup:
    """Verdicts in a row, the oldest first, each with its mark."""
    parts = []
    for one in history_:
        kind, sign = {"pass": ("pass", "✓"), "fail": ("fail", "✕")}.get(one.verdict, ("inconclusive", "?"))
        words = f"{moment(one.at)}: {one.verdict}{f', {one.winner} chosen' if one.winner else ''}"
        parts.append(
            element(
                "span",
                element("span", sign, aria_hidden="true"),
                element("span", words, class_="unseen"),
                class_=f"dot-{kind}",
                title=words,
            )
        )
    return element("span", *parts, class_="dots")


def _verdict(text: str) -> Verdict | None:
    return Verdict(text) if text else None


WORDS: Mapping[str, Any] = {
    **look_of_runs.WORDS,
    "board_words": board_words,
    **look_of_budgets.WORDS,
    **look_of_money.WORDS,
    "bound": bound,
    "day": day,
    "definitions": definitions,
    "dots": dots,
    "ends": ends,
    "fill": fill,
    "history": history,
    "hours": hours,
    "key": key,
    "loss_curve": loss_curve,
    "money": money,
    "moment": moment,
    "no_data": no_data,
    "number": number,
    "plain": asdict,
    "scale_of": scale_of,
    "score_bar": score_bar,
    "sentence": sentence,
    "share_bar": share_bar,
    "small_share": small_share,
    "state": state,
    "strip": strip,
    "ticks": ticks,
    "verdict": verdict,
    "veto_strip": veto_strip,
}
"""By the names that templates use."""
