"""Runs: every time that candidates were measured, and one of them with all that its decision rests on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from trimtab.errors import UnreproducibleError, UsageError
from trimtab.evidence.entries.consents import ConsentRequested
from trimtab.policy.keys import nearest
from trimtab.report import Report, as_json
from trimtab.report.against import changed_policy, moved
from trimtab.report.words import headline, next_step
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.workspace.again import decided_again, facts_at
from trimtab.workspace.holding import consent_hold
from trimtab.workspace.ran import Ran, runs_of

_SHOWN = 200  # runs on one page, the newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """One run in short; times in microseconds since the epoch, UTC, 0 while it has not ended.

    `verdict` is empty where nothing was decided; `gate` is false of a red-team baseline, which decides nothing.
    `cases` is how many each candidate was to be asked at most, `seconds` how long measuring took.
    """

    run: str
    system: str
    began: int
    ended: int
    outcome: str
    verdict: str
    winner: str
    reason: str
    gate: bool
    attacks: tuple[str, ...]
    sampling: str
    candidates: tuple[str, ...]
    suites: tuple[str, ...]
    cases: int
    calls: int
    cached: int
    tokens: int
    seconds: float
    policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """All of the page, the newest run first; `of` is whose runs are shown, empty for everybody's."""

    of: str
    systems: tuple[str, ...]
    runs: tuple[RunLine, ...]
    left_out: int
    calls: int
    tokens: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One requirement that is judged otherwise than in the run before, or by other numbers, in words."""

    candidate: str
    metric: str
    asked: str
    before: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange:
    """One difference between the policies of two runs."""

    where: str
    effect: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The run before of the same system, and what is otherwise since."""

    run: str
    at: int
    verdict: str
    winner: str
    differences: tuple[Difference, ...]
    policy: tuple[PolicyChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """One run. `report` is what `trimtab report --json` says of it, empty where it was never decided.

    `problem` says why there is no report. `consents` are ids of consents that rest on it.
    """

    line: RunLine
    verdict: str
    title: str
    why: str
    held: str
    changes: tuple[str, ...]
    next_step: str
    problem: str
    consents: tuple[str, ...]
    before: Before | None
    report: Mapping[str, Any]
    _report: Any = field(default=None, repr=False)  # a `Report`, for what draws it


def runs(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> Runs:
    """Every run, or those of one system.

    Raises:
        UsageError: There is no such system.
    """
    every, of = runs_of(now.ledger, upto=now.row), asked.get("system", "")
    systems = tuple(dict.fromkeys([*now.policy.systems, *(one.system for one in every)]))
    if of and of not in systems:
        raise UsageError(f"there is no system {of[:80]!r}.", nearest(of, systems))
    lines = [_line(one) for one in every if of in ("", one.system)]
    return Runs(
        of=of,
        systems=systems,
        runs=tuple(lines[:_SHOWN]),
        left_out=max(0, len(lines) - _SHOWN),
        calls=sum(one.calls for one in lines),
        tokens=sum(one.tokens for one in lines),
        seconds=sum(one.seconds for one in lines),
    )


def run(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> RunPage:
    """One run, its decision made again from its observations.

    Raises:
        UsageError: There is none of this id.
    """
    every = runs_of(now.ledger, upto=now.row)
    one = next((one for one in every if one.run == asked["run"]), None)
    if one is None:
        raise UsageError(f"there is no run {asked['run'][:80]!r}.", "The runs page lists all.")
    problem, made = "", None
    if one.decision is None:
        problem = "It was never decided: it was cut off, or goes on." if one.ended else "It has not ended."
    else:
        try:
            made = report_at(now, one.run)
        except UnreproducibleError:
            problem = "Today's code decides this run differently than was recorded, so nothing is shown of it."
    said = headline(made) if made else None
    return RunPage(
        line=_line(one),
        verdict=str(said.verdict) if said else "",
        title=said.title if said else "Nothing is decided",
        why=said.why if said else problem,
        held=made.held.why if made and made.held and made.holds else "",
        changes=tuple(said.changes) if said else (),
        next_step=next_step(made) if made else "",
        problem=problem,
        consents=tuple(kept.entry.consent for kept in now.books.all(ConsentRequested) if kept.entry.run == one.run),
        before=_before(now, one, every, made) if made else None,
        report=as_json(made) if made else {},
        _report=made,
    )


def report_at(now: Snapshot, run: str) -> Report:
    """The report of a decided run, as of the snapshot's row: what `trimtab report` makes.

    Cases of suites that the policy names by code are not made again, since a page runs nothing that somebody wrote
    into a ledger.

    Raises:
        UnreproducibleError: Today's code decides it differently.
        UsageError: There is no such run, or it was never decided.
    """
    # What a run came to changes by no entry of another kind, so it is kept until something is decided again.
    made = now.books.once(
        ("run", run), lambda: decided_again(now.ledger, run, base=Path(), upto=now.row, built_in=True)
    )
    held = consent_hold(now.ledger, made.policy, made.decision, at=now.moment)
    return replace(made, ledger=facts_at(now.ledger, made.ledger, now.row), held=held)


# -- parts ---------------------------------------------------------------------------------


def _line(one: Ran) -> RunLine:
    ended, decision = one.finished, one.decision
    return RunLine(
        run=one.run,
        system=one.system,
        began=one.began,
        ended=one.ended,
        outcome=ended.outcome if ended else "not ended",
        verdict=decision.verdict.value if decision else "",
        winner=decision.winner if decision else "",
        reason=decision.reason if decision else "",
        gate=one.gate,
        attacks=one.attacks,
        sampling=one.started.sampling,
        candidates=tuple(one.started.candidates),
        suites=tuple(one.started.suites),
        cases=sum(int(suite["cases"]) for suite in one.started.suites.values()),
        calls=ended.calls if ended else 0,
        cached=ended.cached if ended else 0,
        tokens=ended.tokens if ended else 0,
        seconds=ended.seconds if ended else 0.0,
        policy=one.policy,
    )


def _before(now: Snapshot, one: Ran, every: list[Ran], made: Report) -> Before | None:
    """The decided run of the same system and of the same kind that ended before it."""
    earlier = next(_earlier(one, every), None)
    if earlier is None or earlier.decision is None:
        return None
    try:
        base = report_at(now, earlier.run)
    except UnreproducibleError:
        return None
    return Before(
        run=earlier.run,
        at=earlier.decision.time,
        verdict=earlier.decision.verdict.value,
        winner=earlier.decision.winner,
        differences=tuple(
            Difference(candidate=d.candidate, metric=d.metric, asked=d.asked, before=d.before, now=d.now)
            for d in moved(made, base)
        ),
        policy=tuple(PolicyChange(where=c.where, effect=c.effect, text=c.text) for c in changed_policy(made, base)),
    )


def _earlier(one: Ran, every: list[Ran]) -> Iterator[Ran]:
    here = every.index(one)
    return (
        other
        for other in every[here + 1 :]
        if other.system == one.system and other.gate == one.gate and other.decision is not None
    )
