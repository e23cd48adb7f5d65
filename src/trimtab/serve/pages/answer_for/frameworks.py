"""Frameworks: which controls evidence in date answers, what lapses, what is open and what would close it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trimtab.decision.agenda import lapsing
from trimtab.decision.applicable import applies
from trimtab.decision.closing import closing
from trimtab.decision.control_state import COVERED, Cell, State, tally
from trimtab.errors import UsageError
from trimtab.policy.controls import Framework
from trimtab.policy.keys import nearest
from trimtab.report.coverage import STATE_WORDS, Covered, coverage_csv
from trimtab.report.oscal import results_text
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.serve.pages.values.coverage import covered_of

_GRAVEST = (
    State.NOT_MET,
    State.EXPIRED,
    State.NO_EVIDENCE,
    State.UNDECIDED,
    State.PARTLY,
    State.NOT_YET,
    State.EXPIRING,
    State.MET,
    State.NOT_APPLICABLE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many controls stand somewhere; `state` in words."""

    state: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """What applies from a day on: its beginning in microseconds since the epoch, UTC, and whether that has come."""

    at: int
    what: str
    begun: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One framework: `covered` of `in_force` controls, and where all of them stand, the gravest first."""

    framework: str
    name: str
    in_force: int
    covered: int
    share: float | None
    counts: tuple[Count, ...]
    lapsing: int
    next: Date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frameworks:
    """All frameworks of the catalogue; `unmatched` are links of the policy that name no single control."""

    as_of: str
    frameworks: tuple[Line, ...]
    unmatched: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One control of one system: `until` is when it will stand lower if nothing is added, 0 for never."""

    system: str
    state: str
    why: str
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRow:
    """One control: over all systems, and of each; the ledger's rows that this rests on."""

    control: str
    id: str
    title: str
    asks: str
    state: str
    why: str
    until: int
    passed: tuple[str, ...]
    rows: tuple[int, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What one source says, and what to do; `systems` for which."""

    source: str
    trouble: str
    systems: tuple[str, ...]
    words: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A control in force that is not covered, and what would close it."""

    id: str
    title: str
    state: str
    steps: tuple[NextStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """Evidence that is out of date (`at` 0) or lapses at a moment, of a system."""

    system: str
    words: str
    at: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """What somebody says does not apply: why, and until when."""

    id: str
    system: str
    reason: str
    by: str
    at: int
    until: int
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkPage:
    """All of the page of one framework."""

    line: Line
    status: str
    not_checked: str
    systems: tuple[str, ...]
    controls: tuple[ControlRow, ...]
    gaps: tuple[Gap, ...]
    lapsing: tuple[Lapse, ...]
    apart: tuple[Apart, ...]
    dates: tuple[Date, ...]
    unread: tuple[str, ...]


def frameworks(now: Snapshot, _: Standing, __: Mapping[str, str]) -> Frameworks:
    """Every framework of the catalogue against the evidence in date."""
    whole = covered_of(now)
    lines = tuple(_line(now, whole, whole.catalogue.frameworks[name]) for name in whole.frameworks)
    return Frameworks(as_of=whole.catalogue.as_of, frameworks=lines, unmatched=whole.unmatched)


def framework(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> FrameworkPage:
    """One framework, control by control.

    Raises:
        UsageError: The catalogue has no such framework.
    """
    whole = _named(now, asked)
    (name,) = whole.frameworks
    spec = whole.catalogue.frameworks[name]
    by_control: dict[str, list[Cell]] = {}
    for cell in whole.coverage.cells:
        by_control.setdefault(cell.control, []).append(cell)
    rows = tuple(_row(whole, one, by_control[one.control]) for one in whole.coverage.whole)
    dates = dict.fromkeys((*_of_law(now, spec), *_of_controls(now, whole)))
    return FrameworkPage(
        line=_line(now, whole, spec),
        status=spec.status,
        not_checked=spec.not_checked,
        systems=whole.coverage.systems,
        controls=rows,
        gaps=tuple(_gaps(now, whole, by_control)),
        lapsing=tuple(_lapses(now, whole)),
        apart=tuple(_apart(now, whole)),
        dates=tuple(sorted(dates, key=lambda one: (one.at, one.what))),
        unread=tuple(dict.fromkeys(text for one in whole.coverage.whole for text in one.applies.unread)),
    )


def oscal(now: Snapshot, asked: Mapping[str, str]) -> bytes:
    """OSCAL assessment results, as `trimtab frameworks --oscal` writes them."""
    return results_text(_named(now, asked)).encode()


def table(now: Snapshot, asked: Mapping[str, str]) -> bytes:
    """A line for each control and system, as `trimtab frameworks --csv` writes them."""
    return coverage_csv(_named(now, asked)).encode()


# -- parts ---------------------------------------------------------------------------------


def _named(now: Snapshot, asked: Mapping[str, str]) -> Covered:
    whole, name = covered_of(now), asked.get("framework", "")
    if not name:
        return whole
    if name not in whole.frameworks:
        raise UsageError(f"there is no framework {name[:60]!r}.", nearest(name, whole.frameworks))
    return whole.only(name)


def _line(now: Snapshot, whole: Covered, spec: Framework) -> Line:
    cells = whole.cells(spec.id)
    counted = tally(cells, now.moment)
    coming = [one for one in _of_law(now, spec) if not one.begun]
    return Line(
        framework=spec.id,
        name=spec.name,
        in_force=counted.in_force,
        covered=counted.covered,
        share=counted.share,
        counts=tuple(
            Count(state=STATE_WORDS[state], count=counted.counts[state]) for state in _GRAVEST if counted.counts[state]
        ),
        lapsing=sum(one.state in (State.EXPIRING, State.EXPIRED) for one in cells),
        next=min(coming, key=lambda one: one.at, default=None),
    )


def _row(whole: Covered, cell: Cell, own: list[Cell]) -> ControlRow:
    control = whole.catalogue.controls[cell.control]
    return ControlRow(
        control=cell.control,
        id=control.id,
        title=control.title,
        asks=control.evidence,
        state=STATE_WORDS[cell.state],
        why=cell.words,
        until=cell.until or 0,
        passed=cell.passed,
        rows=cell.rows,
        marks=tuple(
            Mark(system=one.system, state=STATE_WORDS[one.state], why=one.words, until=one.until or 0) for one in own
        ),
    )


def _gaps(now: Snapshot, whole: Covered, by_control: Mapping[str, list[Cell]]) -> Iterator[Gap]:
    """Controls in force that are not covered, the gravest first; what nobody can be held to yet is none."""
    open_ = [one for one in whole.coverage.whole if one.state not in (*COVERED, State.NOT_APPLICABLE, State.NOT_YET)]
    for one in sorted(open_, key=lambda one: _GRAVEST.index(one.state)):
        control = whole.catalogue.controls[one.control]
        steps = closing(one.control, by_control[one.control], now.policy)
        yield Gap(
            id=control.id,
            title=control.title,
            state=STATE_WORDS[one.state],
            steps=tuple(
                NextStep(source=s.source, trouble=s.trouble, systems=s.systems, words=s.words, command=s.command)
                for s in steps
            ),
        )


def _lapses(now: Snapshot, whole: Covered) -> Iterator[Lapse]:
    (name,) = whole.frameworks
    own = [one for one in whole.exemptions if one.control.startswith(f"{name}:")]
    for item in lapsing(whole.coverage.cells, own, now.moment).items:
        yield Lapse(system=item.system, words=item.words.removeprefix(f"{name}: "), at=item.at, rows=item.rows)


def _apart(now: Snapshot, whole: Covered) -> Iterator[Apart]:
    (name,) = whole.frameworks
    for one in whole.exemptions:
        framework_, _, id_ = one.control.partition(":")
        if framework_ == name and one.at <= now.moment < one.until:
            yield Apart(
                id=id_, system=one.system, reason=one.reason, by=one.by, at=one.at, until=one.until, row=one.row
            )


def _of_law(now: Snapshot, spec: Framework) -> Iterator[Date]:
    for day, what in spec.timeline.items():
        for one in applies(day).dates:
            yield Date(at=one.at, what=what, begun=one.at <= now.moment)


def _of_controls(now: Snapshot, whole: Covered) -> Iterator[Date]:
    by: dict[tuple[int, str], list[str]] = {}
    for cell in whole.coverage.whole:
        for one in cell.applies.dates:
            by.setdefault((one.at, one.of), []).append(cell.control.partition(":")[2])
    for (at, of), ids in by.items():
        named = ", ".join(ids)
        yield Date(at=at, what=f"{of}: {named}" if of else named, begun=at <= now.moment)
