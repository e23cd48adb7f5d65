"""Scorecards: which band, why it is what it is, how sure that is, and the cheapest honest way up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trimtab.errors import UsageError
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.serve.pages.values.readings import Seen
from trimtab.workspace.scorecards import figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One metric of a scorecard: what is known of it, what it is held to, and what it is worth, in [0, 1]."""

    metric: str
    pillar: str
    verdict: str
    seen: Seen
    better: str
    floor: float
    target: float
    share: bool
    utility: float
    weight: float
    veto: bool
    fresh: float
    source: str
    independence: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way up; `loss_reduced` is money a year, None where that is not known."""

    metric: str
    what: str
    gain: float | None
    band: str
    needed: int | None
    loss_reduced: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """How often a subject is of a band when weights are drawn around those in force."""

    band: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pillar:
    """One pillar and what it comes to, in [0, 1]."""

    name: str
    value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One subject. `low` and `high` are its score as known, and if all that is missing were perfect."""

    subject: str
    kind: str
    tier: str
    owner: str
    verdict: str
    band: str
    low: float | None
    high: float | None
    rank: str
    odds: tuple[Odd, ...]
    pillars: tuple[Pillar, ...]
    capped_by: tuple[str, ...]
    missing: tuple[str, ...]
    why: tuple[str, ...]
    ways: tuple[Way, ...]
    parts: tuple[Part, ...]
    systems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """By which weights."""

    since: str
    formula: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecards:
    """All of the page; in the order of verdict, band and business value."""

    quarter: str
    weights: Weights | None
    products: tuple[Card, ...]
    teams: tuple[Card, ...]
    vendors: tuple[Card, ...]
    unscored: tuple[str, ...]
    nothing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePage:
    """One subject."""

    quarter: str
    currency: str
    weights: Weights
    card: Card


def scorecards(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> Scorecards:
    """Everybody's scorecard of a quarter; says why where there is none."""
    period = now.period(asked.get("quarter", ""))
    try:
        found = figures(now.ledger, now.policy, {"quarter": period.name}, now.row, now.moment)
    except UsageError as error:
        nothing = f"{error.message[:1].upper()}{error.message[1:]} {error.next_step}"
        return Scorecards(
            quarter=period.name, weights=None, products=(), teams=(), vendors=(), unscored=(), nothing=nothing
        )
    return Scorecards(
        quarter=period.name,
        weights=_weights(found),
        products=tuple(_card(one, "product") for one in found["products"]),
        teams=tuple(_card(one, "team") for one in found["teams"]),
        vendors=tuple(_card(one, "vendor") for one in found["vendors"]),
        unscored=tuple(found["unscored"]),
        nothing="",
    )


def scorecard(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> ScorePage:
    """One subject's.

    Raises:
        UsageError: There is none, or no weights for the quarter.
    """
    period = now.period(asked.get("quarter", ""))
    what = {"quarter": period.name, "subject": asked["subject"]}
    found = figures(now.ledger, now.policy, what, now.row, now.moment)
    kinds = (("products", "product"), ("teams", "team"), ("vendors", "vendor"))
    card = next(_card(one, kind) for name, kind in kinds for one in found[name])
    return ScorePage(quarter=period.name, currency=now.policy.currency, weights=_weights(found), card=card)


# -- parts ---------------------------------------------------------------------------------


def _weights(found: Mapping[str, Any]) -> Weights:
    said = found["weights"]
    return Weights(since=str(said["from"]), formula=int(said["formula"]), digest=said["digest"])


def _card(one: Mapping[str, Any], kind: str) -> Card:
    rank = one.get("rank")
    spread = "" if not rank else f"{rank['low']}" if rank["low"] == rank["high"] else f"{rank['low']} to {rank['high']}"
    return Card(
        subject=one["subject"],
        kind=kind,
        tier=one.get("tier", ""),
        owner=one.get("owner", ""),
        verdict=one["verdict"],
        band=one["band"] or "",
        low=one["score"],
        high=one.get("if_all_were_known", one["score"]),
        rank=f"{spread} of {rank['of']}" if rank else "",
        odds=tuple(Odd(band=band, share=share) for band, share in (one.get("bands") or {}).items() if share >= 0.005),
        pillars=tuple(Pillar(name=name, value=value) for name, value in one.get("pillars", {}).items()),
        capped_by=tuple(one.get("capped_by", ())),
        missing=tuple(one.get("missing", ())),
        why=tuple(one.get("why", ())),
        ways=tuple(_ways(one)),
        parts=tuple(_part(metric) for metric in one.get("metrics", ())),
        systems=tuple(one.get("systems", one.get("caps", ()))),
    )


def _ways(one: Mapping[str, Any]) -> Iterator[Way]:
    for way in one.get("ways_up", ()):
        yield Way(
            metric=way["metric"],
            what=way["what"],
            gain=way["gain"],
            band=way["band"] or "",
            needed=way["needed"],
            loss_reduced=way["loss_reduced"],
        )


def _part(metric: Mapping[str, Any]) -> Part:
    low, high = _finite(metric["low"]), _finite(metric["high"])
    known = low is not None and high is not None
    return Part(
        metric=metric["metric"],
        pillar=metric["pillar"],
        verdict=metric["verdict"],
        seen=Seen(low=low, high=high) if known else Seen(missing="nothing-recorded"),
        better=metric["better"],
        floor=metric["floor"],
        target=metric["target"],
        share=all(number is None or 0.0 <= number <= 1.0 for number in (low, high, metric["floor"], metric["target"])),
        utility=metric["utility"],
        weight=metric["weight"],
        veto=metric["veto"],
        fresh=metric.get("fresh", 1.0),
        source=str(metric.get("source", "")),
        independence=metric.get("independence", ""),
        why=metric["why"],
    )


def _finite(number: float | str | None) -> float | None:
    """A number of a published table, in which what is unbounded stands in words."""
    return None if number is None else float(number)
