"""What somebody sees who may see some systems only.

Pages of one system are shown of theirs, lists are cut, and whatever is of the whole organisation is closed: so is each
page of which nothing is said here. Figures that stand beside a list (how complete the registry is) are of all systems.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from trimtab.errors import UsageError
from trimtab.policy.kpi_catalogue import kpi_catalogue
from trimtab.serve.pages.access.person import Person
from trimtab.serve.pages.access.refused import RefusedError
from trimtab.serve.pages.decide.gates import ConsentPage, Gates
from trimtab.serve.pages.declared import Page
from trimtab.serve.pages.measure.kpis import Kpis
from trimtab.serve.pages.measure.metric import Metric
from trimtab.serve.pages.measure.systems import Systems
from trimtab.serve.pages.own.queue import Queue

Cut = Callable[[Any, Person], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """How a page is made for some systems: by what it asks (`by` names it), and by leaving out of its data.

    `cut` gives None for what is of another system.
    """

    by: str = ""
    cut: Cut = lambda data, _: data


def allowed(page: Page, asked: Mapping[str, str], person: Person) -> None:
    """Let somebody ask this of a page, or not.

    Raises:
        RefusedError: It is of other systems, or of all.
    """
    if person.systems is None:
        return
    rule = SCOPES.get(page.name)
    if rule is None:
        theirs = ", ".join(sorted(person.systems)) or "none"
        raise RefusedError(403, "This page is about the whole organisation", f"The systems that you may see: {theirs}.")
    if not rule.by:
        return
    system = asked.get(rule.by, "")
    if asked.get("team"):
        raise RefusedError(403, "Figures of a team are of all its systems", "Ask for one of your systems.")
    if not system:
        theirs = ", ".join(sorted(person.systems)) or "none"
        raise RefusedError(403, "Ask for one of your systems", f"With `{rule.by}`: {theirs}.")
    if not person.within(system):
        raise _not_there()


def file_allowed(page: Page, person: Person) -> None:
    """Let somebody have a file that goes with a page, or not: files are not cut.

    Raises:
        RefusedError: It is of all systems.
    """
    if person.systems is not None and not SCOPES[page.name].by:
        raise RefusedError(403, "This file is about the whole organisation")


def is_open(page: Page, person: Person) -> bool:
    """Whether anything of a page is for somebody."""
    return person.may_open(page.roles) and (person.systems is None or page.name in SCOPES)


def first(page: Page, asked: Mapping[str, str], person: Person) -> str:
    """Which system to show where none was asked for; empty where that is no question."""
    rule = SCOPES.get(page.name)
    if not person.systems or rule is None or not rule.by or asked.get(rule.by) or asked.get("team"):
        return ""
    return min(person.systems)


def cut(page: Page, data: Any, person: Person) -> Any:
    """The data of a page without what somebody may not see.

    Raises:
        RefusedError: All of it is of another system.
    """
    if person.systems is None:
        return data
    left = SCOPES[page.name].cut(data, person)
    if left is None:
        raise _not_there()
    return left


def _not_there() -> RefusedError:
    """As for what is not there: who may not see a system is not told of it either."""
    return RefusedError(404, "There is no such thing")


def _kpis(data: Kpis, person: Person) -> Kpis:
    return replace(data, systems=tuple(filter(person.within, data.systems)), teams=())


def _metric(data: Metric, person: Person) -> Metric | None:
    if data.reading.scope != "system" or not person.within(data.reading.name):
        return None
    counted = kpi_catalogue().get(data.counter.id)
    whole = counted is not None and "system" not in counted.scopes
    return replace(
        data,
        others=tuple(one for one in data.others if one.scope == "system" and person.within(one.name)),
        evidence=tuple(one for one in data.evidence if person.within(one.system)),
        counter=replace(data.counter, history=()) if whole else data.counter,
    )


def _systems(data: Systems, person: Person) -> Systems:
    return replace(data, systems=tuple(one for one in data.systems if person.within(one.system)), things=(), stray=())


def _queue(data: Queue, person: Person) -> Queue:
    return replace(data, systems=tuple(filter(person.within, data.systems)))


def _gates(data: Gates, person: Person) -> Gates:
    def mine(name: str) -> Any:
        return tuple(one for one in getattr(data, name) if person.within(one.system))

    return replace(data, waiting=mine("waiting"), holding=mine("holding"), past=mine("past"), gates=mine("gates"))


def _consent(data: ConsentPage, person: Person) -> ConsentPage:
    if person.within(data.consent.system):
        return data
    # In the words in which one that is not there is answered.
    raise UsageError(f"there is no consent {data.consent.id!r}.", "`trimtab consent list` lists them.")


SCOPES: Mapping[str, Scope] = {
    "scorecard": Scope(by="subject"),
    "kpis": Scope(by="system", cut=_kpis),
    "metric": Scope(by="system", cut=_metric),
    "systems": Scope(cut=_systems),
    "system": Scope(by="system"),
    "gates": Scope(cut=_gates),
    "consent": Scope(cut=_consent),
    "traffic": Scope(by="system"),
    "error-budget": Scope(by="system"),
    "incidents": Scope(by="system"),
    "queue": Scope(by="system", cut=_queue),
    "mine": Scope(),  # what the policy says is theirs, of whatever system
    "verify": Scope(),
}
