"""The liaison board: what the business wants beside what safety asks, what ties the two, and what nothing ties.

Pure, over the policy and the books. A gap is somebody's wish that nothing measures, or a measurement, a requirement or
an open finding that nobody's wish stands for.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from trimtab.decision.incidents import Finding, findings
from trimtab.evidence.books import Books
from trimtab.policy.controls import catalogue
from trimtab.policy.liaison_spec import LiaisonSpec
from trimtab.policy.model import Policy
from trimtab.policy.people import day_begins

What = Literal["priority", "requirement", "metric", "finding", "owner"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the board, with the findings that stand against it now, and those whose fix was verified."""

    priority: str
    safety: str
    owner: str
    requirements: tuple[tuple[str, str], ...]  # link, and its title in the catalogue or empty
    metrics: tuple[tuple[str, str, str], ...]  # name, what it asks, and its owner or empty
    findings: tuple[Finding, ...]  # open ones
    mended: tuple[Finding, ...]
    systems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that is tied to nothing, and what to do about it."""

    what: What
    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All lines in the order of the policy, and all gaps."""

    lines: tuple[Line, ...]
    gaps: tuple[Gap, ...]

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "lines": [
                {
                    "priority": one.priority,
                    "safety": one.safety,
                    "owner": one.owner,
                    "requirements": [{"link": link, "title": title} for link, title in one.requirements],
                    "metrics": [{"name": name, "asks": asks, "owner": owner} for name, asks, owner in one.metrics],
                    "findings": [finding.opened.finding for finding in one.findings],
                    "systems": list(one.systems),
                }
                for one in self.lines
            ],
            "gaps": [{"what": one.what, "name": one.name, "why": one.why} for one in self.gaps],
        }


def board(policy: Policy, books: Books, *, end: int) -> Board:
    """The board as of `end` (microseconds since the epoch, UTC)."""
    held = list(findings(books, before=end))
    lines = tuple(_line(policy, spec, held) for spec in policy.liaison)
    return Board(lines=lines, gaps=tuple(_gaps(policy, lines, held, end)))


# -- parts ---------------------------------------------------------------------------------


def _line(policy: Policy, spec: LiaisonSpec, held: Iterable[Finding]) -> Line:
    known = catalogue()
    metrics = []
    for name in spec.metrics:
        own = policy.metrics.get(name)
        metrics.append((name, own.question if own else known.metrics.get(name, ""), own.owner if own else ""))
    controls = [(link, known.find(link)) for link in spec.requirement]
    against = [one for one in held if _stands_against(one, spec)]
    return Line(
        priority=spec.priority,
        safety=spec.safety,
        owner=spec.owner,
        requirements=tuple((link, control.title if control else "") for link, control in controls),
        metrics=tuple(metrics),
        findings=tuple(one for one in against if one.open),
        mended=tuple(one for one in against if not one.open),
        systems=spec.systems,
    )


def _stands_against(one: Finding, spec: LiaisonSpec) -> bool:
    """By its id; by its control, if the line is about its system as well; or without a control by its system alone."""
    opened = one.opened
    if opened.finding in spec.findings:
        return True
    if not opened.control:
        return bool(opened.system) and opened.system in spec.systems
    about = not spec.systems or not opened.system or opened.system in spec.systems
    return about and opened.control in spec.requirement


def _gaps(policy: Policy, lines: tuple[Line, ...], held: Sequence[Finding], end: int) -> Iterator[Gap]:
    ids = {one.opened.finding for one in held}
    for line, spec in zip(lines, policy.liaison, strict=True):
        if not line.metrics:
            yield Gap(what="priority", name=line.priority, why="nothing measures it; name `metrics`")
        if not line.requirements:
            yield Gap(what="priority", name=line.priority, why="no safety requirement stands beside it")
        for name in spec.findings:
            if name not in ids:
                yield Gap(what="finding", name=name, why="the line names it, and the books do not hold it")
        yield from _owner(policy, line, end)
    yield from _untied(policy, lines, held)


def _untied(policy: Policy, lines: tuple[Line, ...], held: Sequence[Finding]) -> Iterator[Gap]:
    """What is measured, asked for or found, and that no line of the board stands for."""
    tied = {name for line in lines for name, _, _ in line.metrics}
    for name in policy.metrics:
        if name not in tied:
            yield Gap(what="metric", name=name, why="no priority stands for it")
    asked = {link for line in lines for link, _ in line.requirements}
    for link in dict.fromkeys(link for metric in policy.metrics.values() for link in metric.links):
        if link not in asked:
            yield Gap(what="requirement", name=link, why="metrics answer to it, and no priority stands for it")
    reached = {one.opened.finding for line in lines for one in line.findings}
    for one in held:
        if one.open and one.opened.finding not in reached:
            yield Gap(what="finding", name=one.opened.finding, why="no priority stands for it")


def _owner(policy: Policy, line: Line, end: int) -> Iterator[Gap]:
    person = policy.people.get(line.owner)
    if person is not None and person.left is not None and day_begins(person.left) <= end:
        yield Gap(what="owner", name=line.owner, why=f"left on {person.left}, and owns {line.priority!r}")
