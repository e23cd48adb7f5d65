"""What failures may cost in a year: the curve against the appetite, the scenarios, where their numbers come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trimtab.decision.loss_figures import loss_figures
from trimtab.report.loss_terminal import loss_notes, loss_origin, rate_origin
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.serve.pages.values.money import Amount
from trimtab.serve.pages.values.readings import Seen, seen_of
from trimtab.workspace.kpis import read_kpis


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One figure that the appetite bounds; `loss` is the amount that a chance is of."""

    what: str
    bound: float
    seen: float
    verdict: str
    loss: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """The share of years that lose more than an amount; `low` and `high` are how far another seed may move it."""

    loss: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One scenario; rates are events a year, losses those of one event, both from P5 to P95."""

    name: str
    about: str
    system: str
    expected: float
    rate_low: float
    rate_high: float
    rate_from: str
    loss_low: float
    loss_high: float
    loss_from: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """All of the page; amounts in the policy's currency. `nothing` says why there is none.

    `likely` is the KPI F01: what is expected, with the interval that unknown rates of events leave.
    """

    currency: str
    nothing: str
    years: int = 0
    seed: int = 0
    level: float = 0.0
    expected: float = 0.0
    likely: Seen | None = None
    var: Amount | None = None
    cvar: Amount | None = None
    verdict: str = ""
    appetite: tuple[Bound, ...] = ()
    exceedance: tuple[Chance, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    notes: tuple[str, ...] = ()


def loss(now: Snapshot, _: Standing, __: Mapping[str, str]) -> Losses:
    """The loss model as of the moment."""
    policy = now.policy
    if not policy.scenarios:
        return Losses(currency=policy.currency, nothing="The policy names no scenario, so no loss can be told.")
    seen = loss_figures(policy, now.books, asof=now.moment)
    return Losses(
        currency=policy.currency,
        nothing="",
        years=seen["years"],
        seed=seen["seed"],
        level=seen["level"],
        expected=seen["expected"],
        likely=_likely(now),
        var=_amount(seen["var"]),
        cvar=_amount(seen["cvar"]),
        verdict=seen["verdict"],
        appetite=tuple(Bound(**one) for one in seen["appetite"]),
        exceedance=tuple(Chance(**{k: one[k] for k in ("loss", "value", "low", "high")}) for one in seen["exceedance"]),
        scenarios=tuple(_scenario(one) for one in sorted(seen["scenarios"], key=lambda one: -one["expected"])),
        notes=tuple(loss_notes(seen)),
    )


def _likely(now: Snapshot) -> Seen:
    (reading, *_) = read_kpis(now.evidence, now.policy, now.period(""), asof=now.moment, ids=("F01",))
    return seen_of(reading.seen)


def _amount(seen: Mapping[str, float]) -> Amount:
    return Amount(value=seen["value"], low=seen["low"], high=seen["high"])


def _scenario(one: Mapping[str, Any]) -> Scenario:
    return Scenario(
        name=one["name"],
        about=one["about"] or "",
        system=one["system"],
        expected=one["expected"],
        rate_low=one["rate"]["low"],
        rate_high=one["rate"]["high"],
        rate_from=rate_origin(one),
        loss_low=one["loss"]["low"],
        loss_high=one["loss"]["high"],
        loss_from=loss_origin(one),
    )
