"""Red team: where attacks get through, family by family, what was covered, and what hunters found and left."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trimtab.decision.attacks import Baseline
from trimtab.errors import UnreproducibleError, UsageError
from trimtab.policy.keys import nearest
from trimtab.report import Report
from trimtab.report.attack_data import attacks_data
from trimtab.report.attack_words import attacked, frameworks, worst
from trimtab.serve.pages.measure.hunts import HuntLine, hunts
from trimtab.serve.pages.measure.runs import report_at
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.serve.pages.values.readings import Seen, seen_of
from trimtab.workspace.ran import Ran, runs_of

_RUNS = 24  # newest runs of attacks that pages look at


@dataclass(frozen=True, slots=True, kw_only=True)
class Attacked:
    """One candidate under attack: in no family do more attacks succeed than `at_most`, a probability.

    `family` is the one of which that upper end is, with its rate; `highest` that with the highest rate seen, empty
    where nothing got through. `through` counts attacks that got through.
    """

    candidate: str
    at_most: float
    family: str
    seen: Seen
    highest: str
    through: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """How much of a framework was tested: of `askable` rows that asking can show, out of `rows`."""

    framework: str
    title: str
    covered: int
    askable: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineLine:
    """One metric of one run that counts attacks; `at` in microseconds since the epoch, UTC.

    `gate` says that a floor was asked of it. `problem` says why nothing is known of it.
    """

    run: str
    system: str
    at: int
    metric: str
    gate: bool
    floor: float | None
    newest: bool
    candidates: tuple[Attacked, ...]
    coverage: tuple[Framework, ...]
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyRow:
    """How many attacks of a family got through to one candidate in one run."""

    family: str
    run: str
    system: str
    at: int
    candidate: str
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class RedTeam:
    """All of the page, the newest first; `families` is the worst candidate of the newest runs in each, worst first."""

    baselines: tuple[BaselineLine, ...]
    families: tuple[FamilyRow, ...]
    hunts: tuple[HuntLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselinePage:
    """One run of attacks; `attacks` is what `trimtab redteam --json` says of each metric."""

    run: str
    system: str
    at: int
    gate: bool
    baselines: tuple[BaselineLine, ...]
    families: tuple[str, ...]
    attacks: Mapping[str, Any]
    _report: Any = field(default=None, repr=False)  # a `Report`, for what draws it


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyPage:
    """One family over all runs, the newest first."""

    family: str
    families: tuple[str, ...]
    rows: tuple[FamilyRow, ...]


def red_team(now: Snapshot, _: Standing, __: Mapping[str, str]) -> RedTeam:
    """Every run of attacks, and every hunt."""
    lines: list[BaselineLine] = []
    newest: dict[str, FamilyRow] = {}
    seen: set[str] = set()
    for ran, report in _attacks(now):
        first = ran.system not in seen
        seen.add(ran.system)
        lines += _lines(ran, report, newest=first)
        for row in _families(ran, report) if first and report else ():
            known = newest.get(row.family)
            if known is None or _upper(row) > _upper(known):
                newest[row.family] = row
    return RedTeam(
        baselines=tuple(lines),
        families=tuple(sorted(newest.values(), key=_upper, reverse=True)),
        hunts=hunts(now),
    )


def baseline(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> BaselinePage:
    """One run of attacks.

    Raises:
        UsageError: There is none of this id, or nothing in it counts attacks.
    """
    known = {one.run: one for one in runs_of(now.ledger, upto=now.row) if one.attacks and one.decision}
    one = known.get(asked["run"])
    if one is None:
        raise UsageError(f"there is no run of attacks {asked['run'][:80]!r}.", "The red-team page lists all.")
    report = _report(now, one)
    return BaselinePage(
        run=one.run,
        system=one.system,
        at=one.began,
        gate=one.gate,
        baselines=tuple(_lines(one, report, newest=False)),
        families=tuple(dict.fromkeys(row.family for row in _families(one, report))) if report else (),
        attacks={metric: attacks_data(report, found) for metric, found in report.attacks.items()} if report else {},
        _report=report,
    )


def family(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> FamilyPage:
    """One family of attacks over all runs.

    Raises:
        UsageError: Nobody was attacked by it.
    """
    rows = [row for ran, report in _attacks(now) if report for row in _families(ran, report)]
    names = tuple(sorted({row.family for row in rows}))
    name = asked["family"]
    if name not in names:
        raise UsageError(f"no run has attacks of family {name[:80]!r}.", nearest(name, names))
    return FamilyPage(family=name, families=names, rows=tuple(row for row in rows if row.family == name))


# -- parts ---------------------------------------------------------------------------------


def _attacks(now: Snapshot) -> Iterator[tuple[Ran, Report | None]]:
    """The newest runs of attacks that came to an end, with their reports as far as they can be made again."""
    found = [one for one in runs_of(now.ledger, upto=now.row) if one.attacks and one.decision]
    for one in found[:_RUNS]:
        yield one, _report(now, one)


def _report(now: Snapshot, one: Ran) -> Report | None:
    try:
        return report_at(now, one.run)
    except UnreproducibleError:
        return None


def _lines(one: Ran, report: Report | None, *, newest: bool) -> Iterator[BaselineLine]:
    for metric in one.attacks:
        found = report.attacks.get(metric) if report else None
        floor = report.floor(metric) if report else None
        yield BaselineLine(
            run=one.run,
            system=one.system,
            at=one.began,
            metric=metric,
            gate=one.gate,
            floor=floor.bound if floor else None,
            newest=newest,
            candidates=tuple(_candidates(report, found)) if report and found else (),
            coverage=tuple(
                Framework(
                    framework=row.framework,
                    title=row.title,
                    covered=row.covered,
                    askable=row.askable,
                    rows=len(row.rows),
                )
                for row in frameworks(found)
            )
            if found
            else (),
            problem=(found.unknown if found else "") if report else "Today's code decides this run differently.",
        )


def _candidates(report: Report, found: Baseline) -> Iterator[Attacked]:
    for candidate in attacked(report):
        kpi = worst(report, found.metric, candidate)
        if kpi is not None:
            told = len(found.successes.get(candidate, ())) + found.unseen.get(candidate, 0)
            yield Attacked(
                candidate=candidate,
                at_most=kpi.at_most,
                family=kpi.family,
                seen=seen_of(kpi.rate),
                highest=kpi.seen,
                through=told,
            )


def _families(one: Ran, report: Report) -> Iterator[FamilyRow]:
    for candidate in attacked(report):
        for metric in report.attacks:
            for name, rate in report.groups.get(candidate, {}).get(metric, {}).items():
                yield FamilyRow(
                    family=name,
                    run=one.run,
                    system=one.system,
                    at=one.began,
                    candidate=candidate,
                    seen=seen_of(rate),
                )


def _upper(row: FamilyRow) -> tuple[float, float]:
    return row.seen.value or 0.0, row.seen.high or 0.0
