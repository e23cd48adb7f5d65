"""Rules of incidents, findings and near misses: steps come in an order that time allows."""

from collections.abc import Iterator, Mapping, Sequence

from trimtab.decision.entry_rules.doubt import Doubt, Held, Rule, known_actor, known_team, there_is
from trimtab.decision.entry_rules.sides import sides_of
from trimtab.decision.entry_rules.vendors import known_vendor
from trimtab.decision.incidents import finding_of, incident_of
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.findings import FindingMoved, FindingOpened, NearMiss
from trimtab.evidence.entries.incidents import IncidentMoved, IncidentOpened

_OPENED = "It is opened now, unless you say when it happened (`at`)."


def _incident(entry: IncidentOpened, held: Held) -> Iterator[Doubt]:
    yield from known_team(entry, held)
    for field in ("started", "clean", "detected"):
        if getattr(entry, field) > entry.at:
            yield Doubt(field, "lies after the incident was opened", _OPENED)
    if entry.started and entry.detected and entry.detected < entry.started:
        yield Doubt("detected", "lies before the harm began", "Correct one of the two.")
    if entry.started and entry.clean > entry.started:
        yield Doubt("clean", "lies after the harm began", "It is the last look at which it was not there.")
    if entry.clean and entry.detected and entry.clean > entry.detected:
        yield Doubt("clean", "lies after it was detected", "It is the last look at which it was not there.")


def _incident_step(entry: IncidentMoved, held: Held) -> Iterator[Doubt]:
    if missing := list(there_is(IncidentOpened, entry.incident, held, "incident")):
        yield from missing
        return
    incident = incident_of(held.books, entry.incident)
    if entry.system and entry.system != incident.opened.system:
        yield Doubt("system", f"{entry.incident} is of {incident.opened.system or 'no one system'}", "Leave it out.")
    if against := incident.forbids(entry.step, entry.at):
        yield Doubt("step", *against)
    yield from _looked_at(entry, [one.entry for one in held.books.about(IncidentMoved, entry.incident)], held)


def _finding(entry: FindingOpened, held: Held) -> Iterator[Doubt]:
    yield from known_actor(entry.owner, held, "owner", at=entry.at)
    yield from known_vendor(entry.vendor, held)
    if entry.due and entry.due < entry.at:
        yield Doubt("due", "lies before it was found", "Say by when it is to be fixed.")


def _finding_step(entry: FindingMoved, held: Held) -> Iterator[Doubt]:
    if missing := list(there_is(FindingOpened, entry.finding, held, "finding")):
        yield from missing
        return
    finding = finding_of(held.books, entry.finding)
    if against := finding.forbids(entry.step, entry.at):
        yield Doubt("step", *against)
    if entry.step == "verify" and _same(entry.by, finding.opened.owner, held):
        yield Doubt("by", f"{entry.by} owes the fix, and does not verify it", "Let somebody else look.")
    else:
        yield from _looked_at(entry, [one.entry for one in held.books.about(FindingMoved, entry.finding)], held)


def _looked_at(
    entry: IncidentMoved | FindingMoved, before: Sequence[IncidentMoved | FindingMoved], held: Held
) -> Iterator[Doubt]:
    """A fix holds when somebody else has seen that it does. A feed names nobody, and is taken as it comes."""
    fixed = next((one.by for one in reversed(before) if one.step == "fix"), "")
    if entry.step == "verify" and _same(entry.by, fixed, held) and not entry.by.startswith("hook:"):
        whose = "" if entry.by == fixed else f" by the hand of {fixed}"
        yield Doubt("by", f"{entry.by} fixed it{whose}, and does not verify it", "Let somebody else look.")


def _same(name: str, other: str, held: Held) -> bool:
    """Whether somebody is somebody, by their own name or that of their team."""
    return bool(other) and (name == other or (name in held.policy.teams and name in sides_of(other, held.policy)))


RULES: Mapping[type[Entry], Rule] = {
    IncidentOpened: _incident,
    IncidentMoved: _incident_step,
    FindingOpened: _finding,
    FindingMoved: _finding_step,
    NearMiss: known_team,
}
