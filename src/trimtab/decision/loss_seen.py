"""What the books saw of the scenarios of a policy: when their events were, what they cost, when systems were used."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from trimtab.decision.cost_lines import standing_lines
from trimtab.decision.incidents import Incident, incidents
from trimtab.decision.kpis.asked import last_moment
from trimtab.evidence.books import Books
from trimtab.evidence.entries.counts import Exposure
from trimtab.policy.model import Policy
from trimtab.policy.money_spec import ScenarioSpec


class Event(NamedTuple):
    """An incident that is an event of a scenario, and when it was opened."""

    at: int
    incident: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """By scenario, up to a moment: its events, what its losses are stated to be, and what they were.

    `losses` are of incidents whose fix is verified, smallest first; `covered` are by system, and under "" for any of
    them, the stretches of time with recorded exposure. Moments are microseconds since the epoch, UTC.
    """

    events: Mapping[str, Sequence[Event]]
    stated: Mapping[str, tuple[float, float]]
    losses: Mapping[str, Sequence[float]]
    covered: Mapping[str, Sequence[tuple[int, int]]]

    def window(self, scenario: str, system: str, since: int, until: int) -> tuple[frozenset[str], int]:
        """Incidents of a scenario in the exposed time of [since, until), and how long that is, in microseconds."""
        events, inside, length = self.events[scenario], set[str](), 0
        for start, end in self.covered.get(system, ()):
            low, high = max(start, since), min(end, until)
            if low < high:
                length += high - low
                first, last = (bisect_left(events, at, key=lambda one: one.at) for at in (low, high))
                inside |= {one.incident for one in events[first:last]}
        return frozenset(inside), length


def seen_by(policy: Policy, books: Books, known: int) -> Seen:
    """What the books saw before a moment."""
    cases = [one for one in incidents(books) if one.opened.at < known]
    own = {name: [one for one in cases if _is_event(spec, one)] for name, spec in policy.scenarios.items()}
    costs = _costs(books, cases, known)
    return Seen(
        events={name: sorted(Event(one.opened.at, one.opened.incident) for one in of) for name, of in own.items()},
        stated={name: stated_loss(policy, spec) for name, spec in policy.scenarios.items()},
        losses={
            name: sorted(costs[one.opened.incident] for one in of if one.opened.incident in costs)
            for name, of in own.items()
        },
        covered=_covered(books, known),
    )


def stated_loss(policy: Policy, spec: ScenarioSpec) -> tuple[float, float]:
    """What one event is stated to cost, without what comes on top."""
    if spec.loss is not None:
        return spec.loss
    assert policy.costs is not None  # the rules of the policy saw to it
    return policy.costs.incident[spec.severity or ""].money(policy.costs.hour or 0.0)


# -- parts ---------------------------------------------------------------------------------


def _is_event(spec: ScenarioSpec, one: Incident) -> bool:
    if spec.severity is None and not spec.hazard:
        return False
    opened = one.opened
    return (
        (spec.severity is None or opened.severity == spec.severity)
        and (not spec.hazard or opened.hazard == spec.hazard)
        and (spec.system is None or opened.system == spec.system)
    )


def _covered(books: Books, known: int) -> dict[str, tuple[tuple[int, int], ...]]:
    raw: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for kept in books.all(Exposure):
        start, end = kept.entry.since, kept.entry.at
        if start < end and last_moment(kept.entry) < known:  # of a stretch that goes on nobody knew then
            for system in {kept.entry.system, ""}:
                raw[system].append((start, end))
    return {system: tuple(_merged(stretches)) for system, stretches in raw.items()}


def _merged(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _costs(books: Books, seen: Sequence[Incident], until: int) -> dict[str, float]:
    """What each incident cost whose fix is verified: of one that is open more may come. Currency, above 0."""
    done = {one.opened.incident for one in seen if 0 < one.verified < until}
    found: dict[str, int] = defaultdict(int)
    for _, line in standing_lines(books, asof=until - 1):
        if line.incident in done:
            found[line.incident] += line.amount
    return {incident: amount / 100.0 for incident, amount in found.items() if amount > 0}
