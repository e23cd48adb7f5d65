"""What safety work is worth over quarters: incidents, downtime and what putting things right cost, before and after.

Sums are of what was booked, so they have no error of sampling. Incidents come by chance: how many a quarter has an
exact interval. Whether a change is due to the work, these figures do not show.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trimtab.decision.incidents import incidents
from trimtab.decision.period import Period
from trimtab.evidence.books import Books
from trimtab.evidence.entries.counts import Exposure
from trimtab.evidence.entries.spending import CORRECTION, Spent
from trimtab.stats.counts import poisson_rate

_SEVERE = ("S1", "S2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """What was booked of one quarter; `down` in hours, None where no use was reported, `correction` in hundredths.

    `severe` are incidents S1 and S2 of all `incidents` that were opened. `passed` is how much of the quarter is over,
    in (0, 1].
    """

    name: str
    incidents: int
    severe: int
    down: float | None
    correction: int
    passed: float = 1.0


def quarters(books: Books, names: Sequence[str], *, asof: int, system: str = "") -> tuple[Quarter, ...]:
    """What the books have of each quarter, from the first of which anything was booked to the one that goes on.

    Of earlier ones nothing is known, which is not that nothing happened.

    Args:
        books: Up to the row that is asked for.
        names: Quarters, as `2026-Q3`.
        asof: Entries of later moments do not count, microseconds UTC.
        system: Whose; of all if empty. Spending is a system's if it names it, or an incident of it.

    Raises:
        ValueError: A name is no quarter.
    """
    opened = [one.opened for one in incidents(books)]
    of_system = {one.incident for one in opened if not system or one.system == system}
    spent = [one.entry for one in books.all(Spent)]
    replaced = {one.instead_of for one in spent if one.instead_of}
    uses = [one.entry for one in books.all(Exposure) if not system or one.entry.system == system]
    begun = [one.at for one in (*opened, *spent)] + [one.since for one in uses]
    found = []
    for name in names:
        period = Period.quarter(name)
        if period.start >= asof or not begun or period.end <= min(begun):
            continue

        def within(at: int, period: Period = period) -> bool:
            return period.holds(at) and at <= asof

        mine = [one for one in opened if one.incident in of_system and within(one.at)]
        down = [_part(one, period) for one in uses if one.at <= asof and _part(one, period) is not None]
        found.append(
            Quarter(
                name=name,
                incidents=len(mine),
                severe=sum(one.severity in _SEVERE for one in mine),
                down=sum(one for one in down if one is not None) if down else None,
                correction=sum(
                    one.amount
                    for one in spent
                    if one.category in CORRECTION
                    and one.spend not in replaced
                    and within(one.at)
                    and (not system or one.system == system or one.incident in of_system)
                ),
                passed=min(1.0, (asof - period.start) / (period.end - period.start)),
            )
        )
    return tuple(found)


def before_and_after(found: Sequence[Quarter], *, since: str, level: float = 0.95) -> dict[str, Any]:
    """Means for a quarter before `since`, and from then on; as JSON. One that goes on counts as far as it is over.

    Args:
        found: Quarters in the order of time.
        since: The first quarter of "after".
        level: Coverage of the intervals.

    Raises:
        ValueError: There is none before, or none after.
    """
    sides = {
        "before": [one for one in found if one.name < since],
        "after": [one for one in found if one.name >= since],
    }
    if not all(sides.values()):
        raise ValueError(f"of {len(found)} quarters none lies {'before' if sides['after'] else 'from'} {since}")
    return {side: _side(many, level) for side, many in sides.items()}


def _side(many: Sequence[Quarter], level: float) -> dict[str, Any]:
    passed = sum(one.passed for one in many)
    reported = [one for one in many if one.down is not None]
    return {
        "quarters": [one.name for one in many],
        "passed": passed,
        "incidents": _rate(sum(one.incidents for one in many), passed, level),
        "severe": _rate(sum(one.severe for one in many), passed, level),
        "down_hours": sum(one.down or 0.0 for one in reported) / sum(one.passed for one in reported)
        if reported
        else None,
        "correction": sum(one.correction for one in many) / passed,
    }


def _rate(events: int, count: float, level: float) -> dict[str, Any]:
    interval = poisson_rate(events, count, level=level)
    return {
        "value": events / count,
        "low": interval.low,
        "high": interval.high,
        "level": level,
        "method": interval.method,
        "count": events,
    }


def _part(one: Exposure, period: Period) -> float | None:
    """Hours down of a stretch that fall in a period, taken to be spread evenly over it; None where they do not meet."""
    shared = min(one.at, period.end) - max(one.since, period.start)
    return one.down * shared / (one.at - one.since) if shared > 0 else None
