"""Numbers as people read them: units, decimal places, intervals.

Rounding must not change what a number says about its floor, so decimal places
are chosen per metric, from its intervals and its bound together.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from trimtab.decision.model import Asked
from trimtab.kinds import Estimate, Interval, Missing
from trimtab.report.view import BESIDE, DIFFERENCES, Report, Requirement, judgement, seen

DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
_MOST_PLACES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How the numbers of one metric are written.

    Ratios are shown as percentages, and differences of ratios as percentage
    points ("points"); seconds are shown as milliseconds where all of them are
    below one second ("milliseconds"); everything else in its own unit.
    `places` counts decimals after that scaling.
    """

    unit: str
    places: int
    currency: str = ""
    signed: bool = False

    @property
    def scale(self) -> float:
        """What a number is multiplied by before it is written."""
        return _SCALES.get(self.unit, 1.0)

    @property
    def suffix(self) -> str:
        """What follows the number."""
        return _SUFFIXES.get(self.unit, f" {self.unit}" if self.unit else "")

    @property
    def prefix(self) -> str:
        """What stands before it."""
        if self.unit != "money" or not self.currency:
            return ""
        return _CURRENCIES.get(self.currency, f"{self.currency} ")

    def value(self, number: float) -> str:
        """One measured number, with its unit."""
        if math.isnan(number):
            return "unknown"
        return f"{self.prefix}{self._digits(number, signed=self.signed)}{self.suffix}"

    def bound(self, number: float) -> str:
        """A number that people wrote in the policy: as short as it was written."""
        if self.unit == "milliseconds" and abs(number) >= 1.0:
            return replace(self, unit="seconds").bound(number)
        return f"{self.prefix}{_minus(f'{number * self.scale:.10g}')}{self.suffix}"

    def span(self, interval: Interval) -> str:
        """Both ends, with one unit between them."""
        low, high = interval.low, interval.high
        if math.isinf(low) and math.isinf(high):
            return "unbounded"
        if math.isinf(high):
            return f"≥ {self.value(low)}"
        if math.isinf(low):
            return f"≤ {self.value(high)}"
        joint = " to " if low < 0 or self.signed else DASH
        first = self._digits(low, signed=self.signed)
        return f"{self.prefix}{first}{joint}{self._digits(high, signed=self.signed)}{self.suffix}"

    def _digits(self, number: float, *, signed: bool = False) -> str:
        if math.isinf(number):
            return "∞" if number > 0 else f"{MINUS}∞"
        text = f"{number * self.scale:,.{self.places}f}"
        if text.strip("-0.") == "":  # no "-0.0", no "+0.0"
            return text.lstrip("-")
        return ("+" if signed and number > 0 else "") + _minus(text)


_CURRENCIES = {"EUR": "€", "GBP": "£"}  # other signs stand for several currencies
_SUFFIXES = {"ratio": "%", "points": " pts", "seconds": " s", "milliseconds": " ms", "money": "", "": ""}
_SCALES = {"ratio": 100.0, "points": 100.0, "milliseconds": 1000.0}


def _minus(text: str) -> str:
    return text.replace("-", MINUS, 1) if text.startswith("-") else text


SHARE = Figures(unit="ratio", places=0)
"""How shares are written, whatever they are of."""


def unit_figures(report: Report, metric: str, *, difference: bool = False, places: int = 0) -> Figures:
    """How to write numbers of a metric, or differences of them, with this many decimals."""
    unit = report.unit(metric)
    if difference and unit == "ratio":
        unit = "points"
    return Figures(unit=unit, places=places, currency=report.policy.currency, signed=difference)


def figures(report: Report, metric: str, *, asked: Asked = "floor") -> Figures:
    """How to write everything that a report shows of a metric, or of the differences that a requirement is about."""
    estimates: list[Estimate | Missing]
    if asked in BESIDE:
        row = Requirement(asked=asked, metric=metric)
        judged = [found for c in report.candidates if (found := judgement(c, row)) is not None]
        estimates, bounds = [j.seen for j in judged], [j.bound for j in judged]
    else:
        floor, spec = report.floor(metric), report.metric(metric)
        estimates = [seen(c, metric) for c in report.candidates]
        bounds = [*([floor.bound] if floor else []), *([spec.target] if spec else [])]
    plain = SHARE if asked == "mitigation" else unit_figures(report, metric, difference=asked in DIFFERENCES)
    return fitting(plain, estimates, bounds)


def fitting(plain: Figures, estimates: Iterable[Estimate | Missing], bounds: Iterable[float]) -> Figures:
    """The same figures, with the unit and the decimals that these numbers and bounds ask for together."""
    numbers = [(e.value, e.interval.low, e.interval.high) for e in estimates if isinstance(e, Estimate)]
    finite = [abs(n) for row in numbers for n in row if math.isfinite(n)]
    if plain.unit == "seconds" and finite and max(finite) < 1.0:
        plain = replace(plain, unit="milliseconds")
    places = _places(numbers, bounds, scale=plain.scale)
    if plain.unit not in {"ratio", "points"}:  # no bounds of their own, so nothing is too small to be told from zero
        sizes = [abs(value) * plain.scale for value, _, _ in numbers if math.isfinite(value) and value]
        places = min(max([places, *(1 - math.floor(math.log10(size)) for size in sizes)]), _MOST_PLACES)
    return replace(plain, places=places)


def _places(numbers: Iterable[tuple[float, float, float]], bounds: Iterable[float], *, scale: float) -> int:
    """Two figures of the narrowest interval's width, more where rounding would land a number on a bound.

    Percentages have at least one decimal, as they have in the reasons of a decision.
    """
    numbers = list(numbers)
    widths = [(high - low) * scale for _, low, high in numbers if math.isfinite(high - low) and high > low]
    fewest = 1 if scale > 1.0 or not widths else 0
    places = min(max([fewest, *(1 - math.floor(math.log10(width)) for width in widths)]), _MOST_PLACES)
    flat = [n * scale for row in numbers for n in row if math.isfinite(n)]
    marks = [bound * scale for bound in bounds]

    def collides(at: int) -> bool:
        return any(n != m and round(n, at) == round(m, at) and abs(n - m) > 1e-9 for n in flat for m in marks)

    while places < _MOST_PLACES and collides(places):
        places += 1
    return places


def count(number: int) -> str:
    """A whole number, grouped by thousands."""
    return f"{number:,}"


def about(number: int) -> str:
    """A whole number known only roughly: two figures."""
    if number < 10:
        return str(number)
    step = 10 ** (len(str(number)) - 2)
    return f"{-(-number // step) * step:,}"  # upwards: fewer would not do


def duration(seconds: float) -> str:
    """Wall time in the largest fitting unit."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
