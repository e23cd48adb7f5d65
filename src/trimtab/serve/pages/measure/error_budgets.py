"""Error budgets: what is left of what was tolerated, how quickly it goes, what follows now, and what alarms led to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trimtab.decision.error_budget import CONSENT_FROM, Budget, Burn, State
from trimtab.errors import UsageError
from trimtab.policy.keys import nearest
from trimtab.policy.system_spec import SloSpec
from trimtab.report.budget_words import MEANS, VERDICT_OF, counted_as_bad, found_by
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.serve.pages.values.readings import Seen, seen_of
from trimtab.workspace.error_budgets import Budgeted, Raised, budgets_of

_ORDER = list(State)[::-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The share of a budget that was left at the end of a minute since the epoch; below 0 when overspent."""

    minute: int
    left: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One burn rate over its two windows (hours): 1 spends the budget in exactly its own window.

    It `counts` if both are above `limit` and so many bad events would hardly come by chance; `known` says that there
    were events at all. `freezes` says what it leads to.
    """

    limit: float
    long_hours: float
    short_hours: float
    long: float
    short: float
    bad: int
    chance: float
    counts: bool
    known: bool
    freezes: bool
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBudget:
    """One budget. `left` is a share with its interval; `evidence` the e-detector's share of what an alarm takes."""

    system: str
    metric: str
    question: str
    counts_as_bad: str
    days: int
    tolerated: float
    valid: int
    bad: int
    allowed: float
    severe: int
    severe_share: float
    spent: float
    left: Seen
    state: str
    verdict: str
    means: str
    reason: str
    evidence: float
    false_alarms: float
    consent_below: float
    windows: tuple[Window, ...]
    line: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something that an alarm led to; `at` in microseconds since the epoch, UTC, 0 where it is not known."""

    words: str
    at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """An alarm. Moments are microseconds since the epoch, UTC; `ended` is 0 while it is open."""

    system: str
    metric: str
    candidate: str
    level: str
    by: str
    why: str
    row: int
    raised: int
    ended: int
    led_to: tuple[Told, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """A budget came into a state, as was recorded; `until` the next one, in microseconds since the epoch, UTC."""

    metric: str
    state: str
    verdict: str
    at: int
    until: int
    spent: float
    bad: int
    valid: int
    reason: str
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """A system that has no objective, so that nothing of its production is counted, and why that is."""

    system: str
    tier: str
    owner: str
    guarded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBudgets:
    """All of the page: the worst state first."""

    title: str
    budgets: tuple[ErrorBudget, ...]
    held: tuple[Told, ...]
    alarms: tuple[AlarmRow, ...]
    without: tuple[Without, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemBudgets:
    """One system: its budgets, what is held back by them now, every alarm and every state there was."""

    system: str
    tier: str
    owner: str
    risk_owner: str
    title: str
    verdict: str
    budgets: tuple[ErrorBudget, ...]
    held: str
    held_verdict: str
    alarms: tuple[AlarmRow, ...]
    states: tuple[StateChange, ...]
    guarded: bool


def error_budgets(now: Snapshot, _: Standing, __: Mapping[str, str]) -> ErrorBudgets:
    """Every budget of every product."""
    found = [_budgeted(now, name) for name, spec in now.policy.systems.items() if spec.slo]
    budgets = sorted(
        (one for seen in found for one in _budgets(now, seen)),
        key=lambda one: (_ORDER.index(State(one.state)), one.left.value if one.left.value is not None else 0.0),
    )
    return ErrorBudgets(
        title=_title(budgets),
        budgets=tuple(budgets),
        held=tuple(
            Told(words=f"{one.system}: {one.hold.why}") for one in found if one.hold is not None and one.hold.metrics
        ),
        alarms=tuple(_alarm(seen, one) for seen in found for one in seen.alarms if not one.ended),
        without=tuple(_without(now)),
    )


def error_budget(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> SystemBudgets:
    """The budgets of one system.

    Raises:
        UsageError: The policy has no such system.
    """
    name = asked["system"]
    spec = now.policy.systems.get(name)
    if spec is None:
        raise UsageError(f"there is no system {name[:60]!r} in the policy.", nearest(name, now.policy.systems))
    seen = _budgeted(now, name)
    budgets = sorted(_budgets(now, seen), key=lambda one: _ORDER.index(State(one.state)))
    held = seen.hold if seen.hold is not None and seen.hold.metrics else None
    return SystemBudgets(
        system=name,
        tier=spec.tier,
        owner=spec.owner,
        risk_owner=spec.risk_owner or "",
        title=f"{name}: {_title(budgets)}",
        verdict=budgets[0].verdict if budgets else "",
        budgets=tuple(budgets),
        held=held.why if held else "",
        held_verdict=held.verdict.value if held else "",
        alarms=tuple(_alarm(seen, one) for one in seen.alarms),
        states=tuple(_states(now, seen)),
        guarded=bool(spec.guard) or any(one.guard for one in spec.all_candidates.values()),
    )


# -- parts ---------------------------------------------------------------------------------


def _budgeted(now: Snapshot, system: str) -> Budgeted:
    return budgets_of(now.ledger, now.policy, system, decisions=now.evidence.decisions, at=now.moment)


def _budgets(now: Snapshot, seen: Budgeted) -> Iterator[ErrorBudget]:
    for metric, budget in seen.seen.budgets.items():
        stream, spec = seen.seen.streams[metric], now.policy.metrics.get(metric)
        yield _budget(
            seen,
            budget,
            stream.slo,
            question=spec.question if spec else "",
            evidence=float(f"{stream.detector.evidence:.4g}"),
        )


def _budget(seen: Budgeted, budget: Budget, slo: SloSpec, *, question: str, evidence: float) -> ErrorBudget:
    terms = budget.terms
    return ErrorBudget(
        system=seen.system,
        metric=terms.metric,
        question=question,
        counts_as_bad=counted_as_bad(slo),
        days=terms.days,
        tolerated=terms.tolerated,
        valid=budget.valid,
        bad=budget.bad,
        allowed=budget.allowed,
        severe=budget.severe,
        severe_share=terms.severe_share,
        spent=budget.spent,
        left=seen_of(seen.left[terms.metric]),
        state=budget.state.value,
        verdict=VERDICT_OF[budget.state].value,
        means=MEANS[budget.state],
        reason=budget.reason,
        evidence=evidence,
        false_alarms=slo.false_alarms,
        consent_below=1.0 - CONSENT_FROM,
        windows=tuple(_window(one) for one in budget.burns),
        line=tuple(Point(minute=minute, left=share) for minute, share in seen.lines[terms.metric]),
    )


def _window(burn: Burn) -> Window:
    return Window(
        limit=burn.pair.rate,
        long_hours=burn.pair.long / 60,
        short_hours=burn.pair.short / 60,
        long=burn.long,
        short=burn.short,
        bad=burn.bad,
        chance=burn.chance,
        counts=burn.counts,
        known=burn.known,
        freezes=burn.pair.freezes,
        level=burn.pair.level,
    )


def _alarm(seen: Budgeted, one: Raised) -> AlarmRow:
    return AlarmRow(
        system=seen.system,
        metric=one.alarm.metric,
        candidate=one.candidate,
        level=one.alarm.level,
        by=found_by(one.alarm.by),
        why=one.alarm.why,
        row=one.row,
        raised=one.time,
        ended=one.ended,
        led_to=tuple(sorted(_led_to(one), key=lambda told: told.at)),
    )


def _led_to(one: Raised) -> Iterator[Told]:
    for change in one.changed:
        state = State(str(change.record.budget["state"]))
        yield Told(words=f"{state.value}: {MEANS[state]}", at=change.time)
    if one.told:
        yield Told(words=f"told to {', '.join(one.told)}", at=one.time)
    for lift in one.lifted:
        yield Told(words=f"{lift.candidate} was let go as a fix: {lift.why}")
    for decision in one.decided:
        chosen = f", {decision.winner} chosen" if decision.winner else ", nobody chosen"
        yield Told(words=f"measured: {decision.verdict.value}{chosen}", at=decision.time)


def _states(now: Snapshot, seen: Budgeted) -> Iterator[StateChange]:
    """Every state that was recorded, the oldest first, by metric."""
    for metric in {one.record.metric: None for one in seen.changes}:
        own = [one for one in seen.changes if one.record.metric == metric]
        for number, one in enumerate(own):
            budget = one.record.budget
            state = State(str(budget["state"]))
            yield StateChange(
                metric=metric,
                state=state.value,
                verdict=VERDICT_OF[state].value,
                at=one.time,
                until=own[number + 1].time if number + 1 < len(own) else now.moment,
                spent=float(budget["spent"]),
                bad=int(budget["bad"]),
                valid=int(budget["valid"]),
                reason=str(budget["reason"]),
                row=one.row,
            )


def _without(now: Snapshot) -> Iterator[Without]:
    for name, spec in now.policy.systems.items():
        if not spec.slo:
            guarded = bool(spec.guard) or any(one.guard for one in spec.all_candidates.values())
            yield Without(system=name, tier=spec.tier, owner=spec.owner, guarded=guarded)


def _title(budgets: list[ErrorBudget]) -> str:
    if not budgets:
        return "no error budget is kept"
    worst = State(budgets[0].state)
    many = sum(one.state == worst.value for one in budgets)
    of = f"{many} of {len(budgets)} budgets" if len(budgets) > 1 else "the budget"
    does = "" if len(budgets) > 1 and many != 1 else "s"
    return {
        State.UNKNOWN: f"of {of} nothing is known",
        State.OPEN: "every budget is open" if len(budgets) > 1 else "the budget is open",
        State.CONSENT: f"{of} ask{does} for consent",
        State.FROZEN: f"{of} freeze{does} releases",
        State.STOPPED: f"{of} {'is' if does else 'are'} spent",
    }[worst]
