"""Systems: what the policy and the registry know of each, and every verdict there was."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trimtab.decision.headroom import Used, tightest
from trimtab.decision.model import Decision
from trimtab.decision.registry import Standing as Registry
from trimtab.decision.registry import completeness, lineage
from trimtab.decision.registry import standing as registry_standing
from trimtab.errors import UnreproducibleError, UsageError
from trimtab.evidence.entries.releases import Deployed
from trimtab.policy.keys import nearest
from trimtab.report import Report
from trimtab.report.view import seen as seen_in
from trimtab.report.words import tightest as tightest_of
from trimtab.serve.pages.measure.runs import report_at
from trimtab.serve.pages.measure.traffic import TrafficPage, traffic
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.serve.pages.values.consents import Consent, Requirement, consent_of, requirements_of
from trimtab.serve.pages.values.readings import Seen, seen_of
from trimtab.workspace.consent_facts import standings

_RUNS = 24
_DRAWN = 8  # runs in one picture, which a phone has room for


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One decision on a system; `at` in microseconds since the epoch, UTC."""

    run: str
    at: int
    verdict: str
    winner: str
    reason: str
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One system of the policy, or of the registry alone; the oldest decision first."""

    system: str
    in_policy: bool
    registered: bool
    tier: str
    owner: str
    use: str
    risk: str
    problems: tuple[str, ...]
    history: tuple[Judged, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A registered thing that is no system, or one that was found and is not registered."""

    id: str
    type: str
    owner: str
    version: str
    risk: str
    state: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Systems:
    """All of the page."""

    systems: tuple[Listed, ...]
    completeness: Seen
    lineage: Seen
    hidden: Seen
    things: tuple[Thing, ...]
    stray: tuple[Thing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One candidate of the last decision, with its verdict and requirements."""

    candidate: str
    verdict: str
    chosen: bool
    baseline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What one metric is held to; `side` says on which side of the floor is good."""

    metric: str
    question: str
    side: str
    floor: float | None
    target: float | None
    rows: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """The version that the delivery feed said last it put in front of people; `at` in microseconds since the epoch."""

    deployment: str
    candidate: str
    at: int
    row: int
    chosen: bool  # by the last decision


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedOf:
    """How much of its tightest floor a candidate used in a run: 0 none, 1 the floor itself, more is forbidden.

    It is the candidate that was chosen, else the one in production, else the first.
    """

    run: str
    at: int
    candidate: str
    verdict: str
    metric: str
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class OnFrontier:
    """One candidate of the last decision by performance and safety; `frontier` says that nobody is as good in both."""

    candidate: str
    verdict: str
    frontier: bool
    chosen: bool
    metric: str
    performance: Seen
    tightest: str
    used: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemPage:
    """One system. `problem` says why the frontier cannot be drawn."""

    system: Listed
    risk_owner: str
    limitations: tuple[str, ...]
    baseline: str
    maximise: tuple[str, ...]
    confidence: float
    candidates: tuple[Candidate, ...]
    metrics: tuple[Target, ...]
    others: tuple[Requirement, ...]
    out: Out | None
    consents: tuple[Consent, ...]
    used: tuple[UsedOf, ...]
    frontier: tuple[OnFrontier, ...]
    problem: str
    traffic: TrafficPage
    _report: Any = field(default=None, repr=False)  # a `Report`, for what draws it


def systems(now: Snapshot, _: Standing, __: Mapping[str, str]) -> Systems:
    """Every system, and what else is registered or was found."""
    end = now.moment + 1
    known = registry_standing(now.books, now.policy, end=end)
    registered = {name: one for name, one in known.registry.things.items() if one.entry.type == "system" and one.active}
    names = [*now.policy.systems, *[name for name in registered if name not in now.policy.systems]]
    hiding = known.hiding.interval
    return Systems(
        systems=tuple(_listed(now, known, name) for name in names),
        completeness=seen_of(completeness(now.books, now.policy, end=end)),
        lineage=seen_of(lineage(now.books, now.policy, end=end)),
        hidden=Seen(value=known.hiding.value, low=hiding.low, high=hiding.high, level=hiding.level)
        if hiding
        else Seen(missing="not-known", detail=known.hiding.why),
        things=tuple(
            Thing(
                id=one.entry.thing,
                type=one.entry.type,
                owner=one.entry.owner,
                version=one.entry.version,
                risk=one.risk,
                state=one.entry.status,
                problems=tuple(f"{name}: {why}" for name, why in one.problems.items()),
            )
            for one in sorted(known.registry.things.values(), key=lambda one: (one.entry.type, one.entry.thing))
            if one.entry.type != "system"
        ),
        stray=tuple(
            Thing(id=one.thing or one.name, type=one.type, owner="", version="", risk="", state=one.state, problems=())
            for one in known.found.seen
            if one.state != "registered"
        ),
    )


def system(now: Snapshot, standing: Standing, asked: Mapping[str, str]) -> SystemPage:
    """One system of the policy.

    Raises:
        UsageError: There is none of this name.
    """
    name = asked["system"]
    spec = now.policy.systems.get(name)
    if spec is None:
        step = nearest(name, now.policy.systems) or "The systems page lists all."
        raise UsageError(f"there is no system {name[:80]!r} in the policy.", step)
    own = _history(now, name)
    last = own[-1] if own else None
    report, problem = _report(now, last)
    return SystemPage(
        system=_listed(now, registry_standing(now.books, now.policy, end=now.moment + 1), name),
        risk_owner=spec.risk_owner or "",
        limitations=tuple(spec.limitations),
        baseline=last.baseline if last else spec.baseline or "",
        maximise=last.maximise if last else (),
        confidence=last.confidence if last else now.policy.tiers[spec.tier].confidence,
        candidates=tuple(_candidates(last)) if last else (),
        metrics=tuple(_targets(now, last)) if last else (),
        others=tuple(one for one in requirements_of(last) if one.asked != "floor") if last else (),
        out=_out(now, name, last),
        consents=tuple(_consents(now, name, last)),
        used=tuple(_used(now, own[-_DRAWN:])),
        frontier=tuple(_frontier(report)) if report else (),
        problem=problem,
        traffic=traffic(now, standing, asked),
        _report=report,
    )


# -- parts ---------------------------------------------------------------------------------


def _history(now: Snapshot, name: str) -> list[Decision]:
    mine = [one for one in now.evidence.decisions if one.system == name and one.time < now.moment]
    return sorted(mine, key=lambda one: one.time)[-_RUNS:]


def _report(now: Snapshot, last: Decision | None) -> tuple[Report | None, str]:
    if last is None:
        return None, ""
    try:
        return report_at(now, last.run), ""
    except UnreproducibleError:
        return None, "Today's code decides the last run differently than was recorded, so nothing of it is drawn."
    except UsageError:  # it was recorded somewhere else, or half of it
        return None, "The ledger does not hold what was observed in the last run, so nothing of it is drawn."


def _out(now: Snapshot, name: str, last: Decision | None) -> Out | None:
    sent = [one for one in now.books.all(Deployed) if one.entry.system == name and one.entry.at <= now.moment]
    if not sent:
        return None
    newest = max(sent, key=lambda one: (one.entry.at, one.seq))
    entry = newest.entry
    return Out(
        deployment=entry.deployment,
        candidate=entry.candidate,
        at=entry.at,
        row=newest.seq,
        chosen=last is not None and last.winner == entry.candidate,
    )


def _consents(now: Snapshot, name: str, last: Decision | None) -> Iterator[Consent]:
    """Those of the system, the newest first."""
    decided = {name: last} if last else {}
    for one in standings(now.ledger, now.policy, name, at=now.moment)[::-1]:
        yield consent_of(one, decided)


def _used(now: Snapshot, decided: Sequence[Decision]) -> Iterator[UsedOf]:
    for one in decided:
        policy = now.evidence.policies(one.policy) or now.policy
        floors = policy.tiers[one.tier].floors if one.tier in policy.tiers else {}
        units = {name: policy.metrics[name].unit for name in floors if name in policy.metrics}
        names = {candidate.candidate: candidate for candidate in one.candidates}
        whose = names.get(one.winner) or names.get(one.baseline) or one.candidates[0]
        found = tightest(whose.judgements, floors, units)
        yield UsedOf(
            run=one.run,
            at=one.time,
            candidate=whose.candidate,
            verdict=whose.verdict.value,
            metric=found.metric if found else "",
            seen=_share(found),
        )


def _frontier(report: Report) -> Iterator[OnFrontier]:
    """As the report's own picture has it."""
    aim = report.decision.maximise[0]
    edge = {one.candidate for one in report.tradeoff.standings if one.frontier} if report.tradeoff else set()
    for one in report.candidates:
        used = tightest_of(report, one)
        yield OnFrontier(
            candidate=one.candidate,
            verdict=one.verdict.value,
            frontier=one.candidate in edge,
            chosen=one.candidate == report.winner,
            metric=aim,
            performance=seen_of(seen_in(one, aim)),
            tightest=used.metric if used else "",
            used=_share(used),
        )


def _share(used: Used | None) -> Seen:
    if used is None or math.isnan(used.value):
        return Seen(missing="no-floor", detail="no floor has an estimate")
    return Seen(value=used.value, low=used.best, high=used.worst)


def _listed(now: Snapshot, known: Registry, name: str) -> Listed:
    spec, thing = now.policy.systems.get(name), known.registry.things.get(name)
    return Listed(
        system=name,
        in_policy=spec is not None,
        registered=thing is not None and thing.active,
        tier=spec.tier if spec else "",
        owner=spec.owner if spec else thing.entry.owner if thing else "",
        use=(spec.intended_use if spec else thing.entry.purpose if thing else "") or "",
        risk=thing.risk if thing else "",
        problems=tuple(f"{field}: {why}" for field, why in thing.problems.items()) if thing else (),
        history=tuple(
            Judged(
                run=one.run,
                at=one.time,
                verdict=one.verdict.value,
                winner=one.winner,
                reason=one.reason,
                candidates=tuple(candidate.candidate for candidate in one.candidates),
            )
            for one in _history(now, name)
        ),
    )


def _candidates(last: Decision) -> Iterator[Candidate]:
    for one in last.candidates:
        yield Candidate(
            candidate=one.candidate,
            verdict=one.verdict.value,
            chosen=one.candidate == last.winner,
            baseline=one.candidate == last.baseline,
        )


def _targets(now: Snapshot, last: Decision) -> Iterator[Target]:
    floors = now.policy.tiers[now.policy.systems[last.system].tier].floors
    judged: Sequence[Requirement] = [one for one in requirements_of(last) if one.asked == "floor"]
    for metric in dict.fromkeys(one.metric for one in judged):
        spec, floor = now.policy.metrics.get(metric), floors.get(metric)
        yield Target(
            metric=metric,
            question=spec.question if spec else "",
            side="at_most" if floor is not None and floor.at_most is not None else "at_least",
            floor=next(one.bound for one in judged if one.metric == metric),
            target=spec.target if spec else None,
            rows=tuple(one for one in judged if one.metric == metric),
        )
