"""Rules of counts and exposure: no more hits than trials, nothing counted twice, and nobody vouches for their own."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace

from trimtab.decision.entry_rules.doubt import Doubt, Held, Rule
from trimtab.decision.entry_rules.sides import owns
from trimtab.decision.kpis.asked import last_moment
from trimtab.decision.period import Period
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.counts import Counted, Exposure


def _counted(entry: Counted, held: Held) -> Iterator[Doubt]:
    if entry.of and entry.hits > entry.of:
        yield Doubt("hits", f"{entry.hits:,} of {entry.of:,} is no share", "Correct one of the two.")
    if not entry.of and not entry.since:
        yield Doubt("of", "is missing, and `since` is too", "Say of how many, or since when events were counted.")
    if entry.since > entry.at:
        yield Doubt("since", "lies after the end of the count", "`at` is the end.")
    if not entry.weight > 0.0:
        yield Doubt("weight", "is not above 0", "Leave it out for 1.")
    if entry.independence != "self" and owns(entry.by, entry.system, held.policy):
        whose = entry.system or "systems that this counts"
        yield Doubt(
            "independence",
            f"{entry.by} is of those who own {whose}, so this is their own word",
            "Say `self`, or let those who counted enter it.",
        )
    yield from _again(entry, held)


def _again(entry: Counted, held: Held) -> Iterator[Doubt]:
    """What would make a part count for more than it is: a weight of the moment, or the same uses twice."""
    part = held.books.grouped(Counted, _of_part).get(_of_part(entry), ())
    if part and part[0].entry.weight != entry.weight:
        one = part[0]
        yield Doubt("weight", f"was {one.entry.weight:g} in row {one.seq}", "A part weighs the same for a quarter.")
    if entry.since and (other := held.books.overlapping(Counted, _of_count, entry)):
        yield Doubt("since", f"overlaps with row {other.seq}, so it would count twice", "Begin where it ended.")


def _of_part(entry: Counted) -> Hashable:
    return entry.kpi, entry.stratum, Period.quarter_at(last_moment(entry)).name


def _of_count(entry: Counted) -> Hashable:
    """What one way of counting counts. What has no beginning lies apart from what has."""
    return entry.kpi, entry.stratum, entry.system, entry.by, entry.origin, entry.since > 0


def _of_system(entry: Exposure) -> Hashable:
    return entry.system


def _exposure(entry: Exposure, held: Held) -> Iterator[Doubt]:
    if entry.since >= entry.at:
        yield Doubt("since", "is not before the end", "`at` is the end of the stretch.")
        return
    hours = (entry.at - entry.since) / 3_600_000_000
    if not 0.0 <= entry.down <= hours:
        yield Doubt("down", f"is not within the {hours:,.1f} hours of the stretch", "Give hours.")
    # What is of no one system is of all, so it lies apart from what each of them says.
    systems = [entry.system, ""] if entry.system else ["", *held.books.grouped(Exposure, _of_system)]
    for system in dict.fromkeys(systems):
        if other := held.books.overlapping(Exposure, _of_system, replace(entry, system=str(system))):
            step = (
                "Begin where it ended."
                if system == entry.system
                else "Enter the uses of each system, or of all together."
            )
            yield Doubt("since", f"overlaps with row {other.seq}, so uses would count twice", step)
            return


RULES: Mapping[type[Entry], Rule] = {Counted: _counted, Exposure: _exposure}
