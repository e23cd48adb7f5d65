"""How far raters agree, as values, in a terminal and as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from trimtab.kinds import Estimate, Missing
from trimtab.report.figures import DASH, MINUS
from trimtab.report.markup import visible
from trimtab.report.words import name

_TITLES = {"kappa": "Cohen's kappa", "alpha": "Krippendorff's alpha", "ac1": "Gwet's AC1"}
_RARE = (
    "Coefficients count 1 as all and 0 as chance, and part ways where one answer is rare. Their intervals are "
    "approximate; that of the plain share is exact."
)
_CHOSEN = (
    "What people marked is not the beginning of the drawn order: this is of these cases, which are no sample of all."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rater:
    """What one metric said of the cases that it was asked about.

    `bad` counts those it finds bad. `missing` counts what it did not say, by reason; of
    detectors by what they failed of. `turned` is the share of cases, of those asked both ways, on which the order
    decided, None where it was not asked both ways; `leans` says where to.
    """

    metric: str
    scored: int
    bad: int
    missing: Mapping[str, int]
    disputed: int
    turned: Estimate | None
    leans: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far raters agree on the cases of one suite that at least two of them have rated.

    `table` is there of two raters: cases that both, only the first, only the second, and neither find bad. `in_order`
    says whether those that people marked are the beginning of the drawn order, and so a sample of all.
    """

    run: str
    raters: tuple[Rater, ...]
    share: Estimate
    coefficients: Mapping[str, Estimate | Missing]
    table: tuple[int, int, int, int] | None
    in_order: bool


def agreement_view(found: Agreement) -> RenderableType:
    """What each rater said, and how far they agree."""
    lines = [Text(_rater(one)) for one in found.raters]
    lines.append(
        Text.assemble(
            (f"They say the same of {_percent(found.share.value)}", "bold"),
            f" ({_percent(found.share.interval.low)}{DASH}{_percent(found.share.interval.high)}) of "
            f"{found.share.cases:,} cases that two have rated, in {found.share.count:,} clusters.",
        )
    )
    if found.table:
        both, first, second, neither = found.table
        one, other = (name(rater.metric) for rater in found.raters)
        alone = f"{first:,} for {one} only, {second:,} for {other} only"
        lines.append(Text(f"{both:,} are bad for both, {alone}, {neither:,} for neither."))
    for key, seen in found.coefficients.items():
        if isinstance(seen, Missing):
            lines.append(Text(f"{_TITLES[key]}: INSUFFICIENT, {seen.detail}"))
        else:
            span = f"{_number(seen.interval.low)} to {_number(seen.interval.high)}"
            lines.append(Text(f"{_TITLES[key]}: {_number(seen.value)} ({span})"))
    lines.append(Text(_RARE, style="dim"))
    if not found.in_order:
        lines.append(Text(_CHOSEN, style="yellow"))
    return Group(*lines)


def agreement_data(found: Agreement) -> dict[str, Any]:
    """The same as JSON values."""
    return {
        "run": found.run,
        "raters": [
            {
                "metric": one.metric,
                "scored": one.scored,
                "bad": one.bad,
                "missing": dict(one.missing),
                "disputed": one.disputed,
                "turned": None if one.turned is None else _values(one.turned),
                "leans": dict(one.leans),
            }
            for one in found.raters
        ],
        "share": _values(found.share),
        "coefficients": {
            key: {"missing": seen.reason, "detail": seen.detail} if isinstance(seen, Missing) else _values(seen)
            for key, seen in found.coefficients.items()
        },
        "table": None if found.table is None else list(found.table),
        "in_order": found.in_order,
    }


def _rater(one: Rater) -> str:
    text = f"{name(one.metric)}: {one.bad:,} of {one.scored:,} bad"
    if one.missing:
        why = ", ".join(f"{count:,} {visible(reason, limit=60)}" for reason, count in sorted(one.missing.items()))
        text += f"; nothing said of {sum(one.missing.values()):,} ({why})"
    if one.turned is not None:
        low, high = one.turned.interval.low, one.turned.interval.high
        text += (
            f"; asked both ways, the order decided {_percent(one.turned.value)} ({_percent(low)}{DASH}{_percent(high)})"
        )
        if one.leans:
            text += " by taking what stands " + ", ".join(
                f"{visible(where, limit=20)} ({count:,})" for where, count in sorted(one.leans.items())
            )
    return f"{text}."


def _values(seen: Estimate) -> dict[str, Any]:
    interval = seen.interval
    return {
        "value": seen.value,
        "low": interval.low,
        "high": interval.high,
        "level": interval.level,
        "method": interval.method,
        "cases": seen.cases,
        "clusters": seen.count,
    }


def _percent(share: float) -> str:
    return f"{share:.1%}"


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", MINUS)
