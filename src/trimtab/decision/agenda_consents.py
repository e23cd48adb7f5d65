"""Consents at a quarterly review: which end soon, which wait for somebody, and which have lapsed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from trimtab.decision.agenda import EXPIRING_DAYS, Item, Section
from trimtab.decision.consent_standing import ConsentState, Standing
from trimtab.decision.control_state import DAY
from trimtab.decision.period import Period

_WAITING = (ConsentState.ASKED, ConsentState.WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consented:
    """Where one consent stands, whose it is, when it was asked for and in which row."""

    system: str
    candidate: str
    standing: Standing
    at: int
    row: int


def consents(found: Iterable[Consented], period: Period, *, asof: int, days: int = EXPIRING_DAYS) -> Section:
    """Consents that end or owe something soon, wait for a signature, or were asked for in the period and lapsed."""
    return Section(
        name="consents",
        title=f"Consents that expire within {days} days, wait or have lapsed",
        nothing="None does.",
        items=tuple(item for one in found for item in _items(one, period, asof, asof + days * DAY)),
    )


def _items(one: Consented, period: Period, asof: int, end: int) -> Iterator[Item]:
    stands = one.standing

    def item(words: str, at: int) -> Item:
        return Item(words=f"{one.candidate}: {words}", system=one.system, at=at, rows=(one.row,))

    if stands.state in _WAITING or (stands.state is ConsentState.LAPSED and period.holds(one.at)):
        yield item(stands.why, one.at)
    if not stands.opens:
        return
    if asof < stands.expires <= end:
        yield item(f"{stands.id} expires on {_day(stands.expires)}.", stands.expires)
    for name, by in stands.due:
        if asof <= by <= end:
            yield item(f"condition {name} of {stands.id} is due on {_day(by)}.", by)


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1e6, UTC).date().isoformat()
