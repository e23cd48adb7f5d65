"""Modules for learning by hand, made from what happened here: incidents and findings, with tasks and their answers.

Words are those of the books, from which personal data was taken before they were kept. Every answer is a fact of the
books or the policy; where they do not say, the answer says that.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from trimtab.decision.incidents import Finding, Incident, findings, incidents
from trimtab.decision.kpis.cases import limit_of
from trimtab.decision.kpis.practice import STATUTORY_DAYS
from trimtab.decision.moments import day, span
from trimtab.evidence.books import Books
from trimtab.policy.model import Policy

_DAY = 86_400_000_000
_FOUND_BY = {"monitoring": "monitoring", "staff": "somebody here", "customer": "a customer", "outside": "an outsider"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to work out, and what the evidence says."""

    asks: str
    answer: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One incident or finding to work on."""

    id: str
    severity: str
    system: str
    what: str
    when: str  # the day that it was opened
    tasks: tuple[Task, ...]
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """All that happened of one kind of harm, the worst first."""

    hazard: str
    cases: tuple[Case, ...]

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "hazard": self.hazard,
            "cases": [
                {
                    "id": one.id,
                    "severity": one.severity,
                    "system": one.system,
                    "what": one.what,
                    "when": one.when,
                    "row": one.row,
                    "tasks": [
                        {"asks": task.asks, "answer": task.answer, "sources": list(task.sources)} for task in one.tasks
                    ],
                }
                for one in self.cases
            ],
        }


def modules(policy: Policy, books: Books, *, end: int) -> list[Module]:
    """One for each hazard of incidents, then one for each control of findings, by what was opened before `end`."""
    grouped: dict[str, list[Case]] = {}
    for incident in incidents(books, before=end):
        grouped.setdefault(incident.opened.hazard, []).append(_incident(policy, incident, end))
    for finding in findings(books, before=end):
        kind = finding.opened.control or f"found by {finding.opened.origin}"
        grouped.setdefault(kind, []).append(_finding(finding, end))
    return [
        Module(hazard=name, cases=tuple(sorted(cases, key=lambda one: (one.severity, one.id))))
        for name, cases in grouped.items()
    ]


# -- parts ---------------------------------------------------------------------------------


def _incident(policy: Policy, one: Incident, end: int) -> Case:
    opened, row = one.opened, f"row:{one.seq}"
    tasks = [
        Task(asks="What would have detected it, or detected it sooner?", answer=_seen(policy, one), sources=(row,))
    ]
    limits = tuple(_limits(policy, one, end))
    said = " ".join(limits) or "The policy sets no limits for this, so none could be missed."
    tasks.append(Task(asks="Which limit was missed, and by how much?", answer=said, sources=(row,)))
    if opened.duty != "none" and one.detected:
        tasks.append(
            Task(
                asks="By which day did the authority have to know, and did it?",
                answer=_reported(one, end),
                sources=(row, "eu-ai-act:Art.73"),
            )
        )
    return _case(opened.incident, one, tasks)


def _seen(policy: Policy, one: Incident) -> str:
    opened = one.opened
    said = [f"It was first seen by {_FOUND_BY[opened.found_by]}."]
    if one.started and one.detected:
        said.append(f"That was {span(one.detected - one.started)} after the harm began.")
    elif opened.clean and one.detected:
        said.append(f"The last look at which it was not there was {span(one.detected - opened.clean)} before.")
    elif not one.detected:
        said.append("Nobody has entered when it was detected.")
    else:
        said.append("Nobody knows when the harm began.")
    link = f"mlcommons-ailuminate-1.0:{opened.hazard}"
    looking = [name for name, metric in policy.metrics.items() if {link, opened.hazard} & set(metric.links)]
    if looking:
        said.append(f"These metrics look for this kind of harm: {', '.join(looking)}.")
    else:
        said.append(
            "No metric of the policy names this kind of harm in its links, so nothing here is known to look for it."
        )
    return " ".join(said)


def _limits(policy: Policy, one: Incident, end: int) -> Iterator[str]:
    """What each clock says against the limit of the system's tier."""
    opened = one.opened
    for kpi, name, begins, ends in (
        ("R01", "detect", one.started, one.detected),
        ("R02", "contain", one.detected, one.contained),
        ("R04", "fix", one.detected, one.verified),
    ):
        limit = limit_of(policy, kpi, name, system=opened.system, severity=opened.severity)
        if limit is None or not begins:
            continue
        took = (ends or end) - begins
        done = {"detect": "Detection", "contain": "Containment", "fix": "A verified fix"}[name]
        reached = f"took {span(took)}" if ends else f"has not come for {span(took)}"
        if took > limit:
            yield f"{done} {reached}, {span(took - limit)} more than the limit of {span(limit)}."
        else:
            yield f"{done} {reached}, within the limit of {span(limit)}."


def _reported(one: Incident, end: int) -> str:
    by = one.detected + STATUTORY_DAYS[one.opened.duty] * _DAY
    if one.reported:
        word = "in time" if one.reported <= by else "late"
        return f"By {day(by)}; it was reported on {day(one.reported)}, {word}."
    return f"By {day(by)}; it was not reported{', and that day is past' if end > by else ' yet'}."


def _finding(one: Finding, end: int) -> Case:
    opened, row = one.opened, f"row:{one.seq}"
    where = f"It was found {opened.phase} release, by {opened.origin}."
    tasks = [Task(asks="Where was it found, and where should it have been?", answer=where, sources=(row,))]
    if opened.due:
        late = (one.verified or end) - opened.due
        state = "was verified" if one.verified else "is not verified"
        word = f"{span(late)} after it was due" if late > 0 else f"{span(-late)} before it was due"
        answer = f"It was due on {day(opened.due)}; the fix {state}, {word}."
    else:
        answer = "No day was set by which it was due."
    tasks.append(Task(asks="Was the fix verified in time?", answer=answer, sources=(row,)))
    return _case(opened.finding, one, tasks)


def _case(name: str, one: Incident | Finding, tasks: Iterable[Task]) -> Case:
    opened = one.opened
    return Case(
        id=name,
        severity=opened.severity,
        system=opened.system,
        what=opened.what,
        when=day(opened.at),
        tasks=tuple(tasks),
        row=one.seq,
    )
