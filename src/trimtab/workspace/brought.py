"""What a run judges of other tools' results: the latest import for each candidate, as each metric chooses from it."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trimtab.decision import Trial
from trimtab.evidence import Ledger
from trimtab.evidence.records import Import, Observation
from trimtab.kinds import NOT_IMPORTED, Better, Missing, Score, Shape
from trimtab.measure.imports.found import AVERAGE_ONLY
from trimtab.policy import Policy
from trimtab.workspace.imports import Known, imports_of, measure_column, spec_of
from trimtab.workspace.looks import Sketch
from trimtab.workspace.plan import Plan, Scored

_NAMED = 4  # measures of a file that a message lists
_BOUNDED = frozenset({Shape.RATE, Shape.GAP, Shape.MEAN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """Of one suite and candidate: the import, None if there is none to go on, and what each metric takes from it."""

    record: Import | None
    observations: Mapping[str, Sequence[Observation]]
    sketch: Sketch = ()

    @property
    def trials(self) -> dict[str, list[Trial]]:
        """As decisions want them."""
        return {
            name: [Trial(case=row.case, cluster=row.cluster, outcome=row.outcome) for row in rows]
            for name, rows in self.observations.items()
        }


Baggage = Mapping[str, Mapping[str, Brought]]
"""Candidate -> suite -> what was brought."""


def bring(ledger: Ledger, policy: Policy, plan: Plan) -> dict[str, dict[str, Brought]]:
    """What there is for each candidate and imported suite of a plan; where there is nothing, why, and what to type."""
    if not plan.brought:
        return {}
    latest: dict[tuple[str, str], Known] = {}
    for known in imports_of(ledger, plan.system):
        said = policy.suites.get(known.record.suite)
        if said is None or said.imported != known.record.tool:
            continue  # the policy meant another tool by that name then
        if said.run is not None and known.record.asked != said.asked_of_tool:
            continue  # it was told to ask something else, or by somebody else
        latest[known.candidate, known.record.suite] = known
    return {
        candidate: {
            suite: _of(ledger, policy, plan.system, candidate, suite, group, latest.get((candidate, suite)))
            for suite, group in plan.brought.items()
        }
        for candidate in plan.candidates
    }


def _of(  # noqa: PLR0917  # all of one suite
    ledger: Ledger,
    policy: Policy,
    system: str,
    candidate: str,
    suite: str,
    group: Sequence[Scored],
    known: Known | None,
) -> Brought:
    tool = policy.suites[suite].imported
    command = f"`trimtab import {tool} FILE --system {system} --candidate {candidate} --suite {suite}`"
    if policy.suites[suite].run is not None:
        command = f"`trimtab import --run {suite} --system {system} --candidate {candidate}`"
        if known is None or known.record.spec != spec_of(policy, system, candidate):
            return _nothing(suite, group, f"{tool} was not run against {candidate} as it is now: {command} does it")
    if known is None:
        return _nothing(suite, group, f"no results of {tool} were imported: {command} reads them")
    if known.record.spec != spec_of(policy, system, candidate):
        why = f"{candidate} has changed since the results of {tool} were imported: run it again, then {command}"
        return _nothing(suite, group, why)
    rows = [row for _, row in ledger.records(run=known.held.run) if isinstance(row, Observation)]
    by: dict[str, list[Observation]] = {}
    for row in rows:
        by.setdefault(row.metric.removeprefix(measure_column(suite, "")), []).append(row)
    chosen = {one.name: _chosen(one, by, known.record.better) for one in group}
    return Brought(
        record=replace(known.record, source=known.held.run),
        observations={
            name: _why(name, suite, found) if isinstance(found, str) else _numbered(name, suite, found)
            for name, found in chosen.items()
        },
        sketch=tuple(known.record.sketch),
    )


def _nothing(suite: str, group: Iterable[Scored], why: str) -> Brought:
    return Brought(record=None, observations={one.name: _why(one.name, suite, why) for one in group})


def _why(metric: str, suite: str, why: str) -> list[Observation]:
    lost = Missing(NOT_IMPORTED, why)
    return [Observation(metric=metric, suite=suite, case="none", cluster="none", order=0, outcome=lost)]


def _chosen(one: Scored, by: Mapping[str, Sequence[Observation]], good: Mapping[str, str]) -> list[Observation] | str:
    """The results that a metric means, one for each case; or why it has none, in words."""
    plugin: Any = one.plugin
    meant, shape, turned = plugin.measure, one.plugin.shape, plugin.turned
    listed = ", ".join(sorted(by)[:_NAMED]) + (" and others" if len(by) > _NAMED else "")
    if not meant and len(by) > 1:
        return f"the file has several measures, {listed}: say which one as `measure`"
    pattern = re.compile(".*".join(map(re.escape, meant.split("*"))) if meant else ".*")
    names = [name for name in by if pattern.fullmatch(name)]
    if not names:
        return f"the file has no measure like {meant!r}; it has {listed}"
    better = one.plugin.better
    for name in names:
        told = good.get(name, "")
        if told and (told == better) is turned:
            return (
                f"the file says that {name} is good when {told}: say `better: {told}`, or turn it with `turned: true`"
            )
        if any(_reason(row) == AVERAGE_ONLY for row in by[name]):
            return f"the file gives an average of {name} without its counts"
        if not all(_fits(row.outcome, shape) for row in by[name]):
            return f"{name} has scores that a {shape} cannot have: say another `form`"
    cases: dict[str, list[Observation]] = {}
    for name in names:
        for row in by[name]:
            cases.setdefault(row.case, []).append(row)
    return [_worst(rows, better, turned=turned) for rows in cases.values()]


def _reason(row: Observation) -> str:
    return row.outcome.reason if isinstance(row.outcome, Missing) else ""


def _fits(outcome: Score | Missing, shape: Shape) -> bool:
    if isinstance(outcome, Missing) or shape not in _BOUNDED:
        return True
    return 0.0 <= outcome.value <= 1.0 if shape is Shape.MEAN else outcome.value in (0.0, 1.0)


def _worst(rows: Sequence[Observation], better: Better, *, turned: bool) -> Observation:
    """One result for a case: what is surely bad stays so, and what nobody knows is not good."""
    if turned:
        rows = [
            replace(row, outcome=replace(row.outcome, value=1.0 - row.outcome.value))
            if isinstance(row.outcome, Score)
            else row
            for row in rows
        ]
    scored = [row for row in rows if isinstance(row.outcome, Score)]
    lost = [row for row in rows if isinstance(row.outcome, Missing)]
    if not scored:
        return lost[0]

    def value(row: Observation) -> float:
        return row.outcome.value if isinstance(row.outcome, Score) else 0.0

    worst = max(scored, key=value) if better == "lower" else min(scored, key=value)
    return worst if not lost or value(worst) == (1.0 if better == "lower" else 0.0) else lost[0]


def _numbered(metric: str, suite: str, rows: Iterable[Observation]) -> list[Observation]:
    """In the order of a hash, whole clusters one after the other: whoever wrote the file chose its order."""
    ordered = sorted(rows, key=lambda row: (_hex(row.cluster), row.cluster, _hex(row.case)))
    return [replace(row, metric=metric, suite=suite, order=place) for place, row in enumerate(ordered)]


def _hex(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
