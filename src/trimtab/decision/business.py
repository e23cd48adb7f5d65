"""What an incident did to business: before and after, for units that it met against units that it did not.

Before and after alone would take every other change of that time for the incident's, so without a comparison
nothing is said. That both groups would have changed alike is an assumption which whoever names the units makes.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from trimtab.decision.incidents import incident_of
from trimtab.errors import InsufficientEvidenceError
from trimtab.evidence.books import Books
from trimtab.evidence.entries.business import MEASURES, Business
from trimtab.kinds import Estimate, Missing
from trimtab.stats.differences import Cell, changes_apart, rates_apart

DAY = 86_400_000_000
UNITS: Mapping[str, str] = {
    "revenue": "money a day and unit",
    "churn": "share of customers",
    "trust": "points",
    "downtime": "hours a day and unit",
}
"""What a difference is in."""


def effects(books: Books, incident: str, *, end: int, level: float = 0.95) -> dict[str, Estimate | Missing]:
    """What an incident did, by measure: how much more it changed for exposed units than for the others.

    Args:
        books: With the incident, and business counted before and after it began.
        incident: Its id.
        end: What happened from here on does not count; microseconds since the epoch, UTC.
        level: Of the intervals.

    Raises:
        KeyError: There is no such incident.
    """
    case = incident_of(books, incident, before=end)
    moment = case.started or case.opened.clean or case.detected or case.opened.at
    found = [
        one.entry
        for one in books.all(Business)
        if one.entry.incident == incident and one.entry.at < end and not one.entry.since < moment < one.entry.at
    ]
    return {what: _effect(what, [one for one in found if one.what == what], moment, level=level) for what in MEASURES}


# -- parts ---------------------------------------------------------------------------------


def _effect(what: str, found: Sequence[Business], moment: int, *, level: float) -> Estimate | Missing:
    if not found:
        return Missing("nothing-recorded", f"no {what} was entered for it")
    units: dict[str, dict[str, dict[bool, list[Business]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for one in found:
        units[one.group][one.unit][one.since >= moment].append(one)
    # Only a unit that was counted before and after shows a change.
    whole = {
        group: {name: sides for name, sides in sorted(inside.items()) if len(sides) == 2}
        for group, inside in units.items()
    }
    exposed, others = whole.get("exposed", {}), whole.get("unexposed", {})
    if not exposed or not others:
        lacking = "exposed" if not exposed else "unexposed"
        why = f"no {lacking} unit with {what} before and after: what else changed meanwhile cannot be told apart"
        return Missing("no-comparison", why)
    try:
        if what == "churn":
            value, interval = rates_apart(_cells(exposed.values()), _cells(others.values()), level=level)
        else:
            changes = [[_change(what, sides) for sides in group.values()] for group in (exposed, others)]
            value, interval = changes_apart(*changes, level=level)
    except InsufficientEvidenceError as error:
        return Missing("too-little", str(error))
    count = len(exposed) + len(others)
    return Estimate(value=value, interval=interval, count=count, cases=count)


def _cells(units: Collection[Mapping[bool, list[Business]]]) -> tuple[Cell, Cell]:
    before, after = (
        Cell(
            round(sum(one.value for sides in units for one in sides[side])),
            sum(one.of for sides in units for one in sides[side]),
        )
        for side in (False, True)
    )
    return before, after


def _change(what: str, sides: Mapping[bool, Sequence[Business]]) -> float:
    return _level(what, sides[True]) - _level(what, sides[False])


def _level(what: str, ones: Sequence[Business]) -> float:
    """A score is averaged over time; money and hours are so much a day."""
    days = sum(one.at - one.since for one in ones) / DAY
    if what == "trust":
        return sum(one.value * (one.at - one.since) / DAY for one in ones) / days
    return sum(one.value for one in ones) / days
