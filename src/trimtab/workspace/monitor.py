"""One look at a system: what has changed, what production shows, what somebody should hear of.

The order makes it safe to be killed at any moment. What is found is recorded in one step, together with how far was
read; only then are people told, and that they were is recorded one by one. After a restart whatever is open is sent: an
alarm is never lost, and sent twice only if the process died between the receiver's answer and our writing that down.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trimtab import __version__
from trimtab.decision import Decision, Verdict, from_payload
from trimtab.decision.error_budget import Budget, burn_down
from trimtab.decision.hold import Hold, Lift, hold
from trimtab.decision.production import shares
from trimtab.errors import UsageError
from trimtab.evidence import (
    Alarm,
    BudgetChanged,
    Decided,
    HoldLifted,
    Ledger,
    Monitored,
    Notified,
    PolicyAdopted,
    Record,
    Subject,
)
from trimtab.kinds import Row
from trimtab.policy import Policy
from trimtab.report.look import BY_VERDICT, Look, OpenAlarm
from trimtab.workspace.changes import Changes, changes, last_decision
from trimtab.workspace.lock import alone
from trimtab.workspace.notify import Sent, send
from trimtab.workspace.plan import make_plan
from trimtab.workspace.production import Production, production, rulings_since, snapshot
from trimtab.workspace.progress import Board
from trimtab.workspace.workspace import Workspace

_MAKER = f"trimtab/{__version__}"
_DAY = 86_400_000_000  # microseconds
_OFTEN = 200  # records of rulings that are read again before it is recorded how far one came


def look(
    workspace: Workspace,
    system: str = "",
    *,
    suites: bool = True,
    lift: Lift | None = None,
    older_than: float | None = None,
    require: str = "",
    board: Board | None = None,
    at: int | None = None,
) -> Look:
    """Look once, record what follows, and tell whoever should hear of it.

    Args:
        workspace: With a policy.
        system: Which of its systems; needed where there are several.
        suites: Whether to look for changes, and to measure where there are some.
        lift: Somebody's word that what changed is a fix.
        require: The candidate whose verdict is asked for, instead of the choice's.
        older_than: Seconds after which a decision is too old, and everything is measured again, changed or not.
        board: Shows progress.
        at: The moment, in microseconds since the epoch; now, if left out.

    Raises:
        UsageError: No such system.
        TrimtabError: As `Workspace.run`.
    """
    policy, name = _system(workspace, system)
    if require and require not in policy.systems[name].candidates:
        raise UsageError(
            f"{name} has no candidate {require!r}.", f"It has: {', '.join(policy.systems[name].candidates)}."
        )
    ledger, found, report = workspace.ledger, None, None
    with alone(workspace.replies.parent, "monitor.lock", "is in use by another monitor"):
        if suites:
            found = changes(ledger, policy, make_plan(policy, workspace.base, system=name))
            if found.reasons or _is_old(ledger, name, older_than, _moment(at)):
                report = workspace.run(name, board=board)
        _adopt(ledger, policy)
        moment = _moment(at)
        seen = production(ledger, policy, name, at=moment)
        decision = _decision(ledger, name)
        watch = _Watch(ledger=ledger, policy=policy, seen=seen, decision=decision, changes=found)
        raised, ended = watch.record()
        sent = watch.tell()
        stopped = held(ledger, policy, decision, seen.budgets, lift=lift) if decision else None
        return Look(
            policy=policy,
            system=name,
            at=moment,
            changes=found.reasons if found else None,
            unknown=found.unknown if found else {},
            report=report,
            decision=decision,
            budgets=seen.budgets,
            lines={
                metric: burn_down(stream.terms, stream.counts, severe=seen.severe[metric], at=moment)
                for metric, stream in seen.streams.items()
            },
            shares=tuple(shares(rulings_since(ledger, name, since=moment - _DAY))),
            raised=raised,
            ended=ended,
            open=tuple(watch.open().values()),
            sent=sum(not one.trouble for one in sent),
            unsent=tuple(f"{one.to}: {one.trouble}" for one in sent if one.trouble),
            hold=stopped,
            lifted=stopped is None and decision is not None and _lifted(ledger, decision),
            require=require,
            evidence={metric: float(f"{one.detector.evidence:.4g}") for metric, one in seen.streams.items()},
        )


def _moment(at: int | None) -> int:
    return time.time_ns() // 1000 if at is None else at


def held(
    ledger: Ledger, policy: Policy, decision: Decision, budgets: Mapping[str, Budget], *, lift: Lift | None = None
) -> Hold | None:
    """What holds a decision's winner back. A word that lifts it is recorded, and holds for that run."""
    better = {name: metric.better for name, metric in policy.metrics.items()}
    without = hold(decision, budgets, better=better)
    if without is None:
        return None
    known = next((one for _, one in ledger.records(run=decision.run, kind=HoldLifted.kind)), None)
    if isinstance(known, HoldLifted) and known.candidate == decision.winner:
        return hold(decision, budgets, better=better, lift=Lift(as_="safety-fix", why=known.why))
    if lift is None:
        return without
    found = hold(decision, budgets, better=better, lift=lift)
    if found is None:
        lifted = HoldLifted(candidate=decision.winner, as_=lift.as_, why=lift.why, metrics=without.metrics)
        subject = Subject(system=decision.system, candidate=decision.winner)
        ledger.append([lifted], subject=subject, run=decision.run, maker=_MAKER, policy=policy.digest, durable=True)
    return found


def _lifted(ledger: Ledger, decision: Decision) -> bool:
    rows = ledger.rows(run=decision.run, kind=HoldLifted.kind)
    return any(row.candidate == decision.winner != decision.baseline for row in rows)


def hold_of(workspace: Workspace, decision: Decision, *, lift: Lift | None = None) -> Hold | None:
    """What holds the winner of a decision back, by the budgets of its system as they are now."""
    policy, name = _system(workspace, decision.system)
    if not policy.systems[name].slo:
        return None
    seen = production(workspace.ledger, policy, name, at=time.time_ns() // 1000)
    return held(workspace.ledger, policy, decision, seen.budgets, lift=lift)


def _system(workspace: Workspace, system: str) -> tuple[Policy, str]:
    if workspace.policy is None:
        raise UsageError("monitoring needs a policy.", "Open the workspace with the path of one.")
    systems = workspace.policy.systems
    name = system or (next(iter(systems)) if len(systems) == 1 else "")
    if name not in systems:
        what = f"there is no system {name!r} in the policy." if name else "the policy has several systems."
        raise UsageError(what, f"Name one with --system: {', '.join(systems)}.")
    return workspace.policy, name


def _adopt(ledger: Ledger, policy: Policy) -> None:
    """What is recorded is of a policy; it has to be in the ledger, or nobody could read it later."""
    if not any(row.policy == policy.digest for row in ledger.rows(kind=PolicyAdopted.kind)):
        adopted = PolicyAdopted(text=policy.model_dump_json(by_alias=True))
        ledger.append([adopted], subject=Subject(), run="", maker=_MAKER, policy=policy.digest)


def _decision(ledger: Ledger, system: str) -> Decision | None:
    row = last_decision(ledger, system)
    if row is None:
        return None
    _, record = next(ledger.records(after=row.seq - 1, run=row.run, kind=Decided.kind))
    assert isinstance(record, Decided)
    return from_payload(record.decision)


def _is_old(ledger: Ledger, system: str, older_than: float | None, moment: int) -> bool:
    row = last_decision(ledger, system)
    return older_than is not None and row is not None and moment - row.time > older_than * 1e6


_Key = tuple[str, str, str]  # candidate, metric, by


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watch:
    """What is recorded of a look, and what is still to be told."""

    ledger: Ledger
    policy: Policy
    seen: Production
    decision: Decision | None
    changes: Changes | None

    # -- recording -----------------------------------------------------------------

    def record(self) -> tuple[tuple[Alarm, ...], tuple[Alarm, ...]]:
        """Write down what is new, all of it or nothing, and give the alarms among it: raised, ended."""
        before = self.open()
        raised = [*self._raised(before)]
        ended = [*self._ended(before)]
        budgets = [*self._budgets()]
        general: list[Record] = [alarm for candidate, alarm in [*raised, *ended] if not candidate]
        general += budgets
        if self.seen.streams and (general or self.seen.read >= _OFTEN or not self._ever()):
            general.append(snapshot(self.seen))
        # Those about a candidate first: the record of how far was read comes last, so that nothing is skipped.
        for candidate in dict.fromkeys(candidate for candidate, _ in [*raised, *ended] if candidate):
            self._append([alarm for one, alarm in [*raised, *ended] if one == candidate], candidate)
        if general:
            self._append(general, "")
        return tuple(alarm for _, alarm in raised), tuple(alarm for _, alarm in ended)

    def _append(self, records: Sequence[Record], candidate: str) -> None:
        subject = Subject(system=self.seen.system, candidate=candidate)
        self.ledger.append(records, subject=subject, run="", maker=_MAKER, policy=self.policy.digest, durable=True)

    def _raised(self, open_: Mapping[_Key, OpenAlarm]) -> Iterator[tuple[str, Alarm]]:
        for metric, budget in self.seen.budgets.items():
            for by, level, why in budget.alarms():
                if ("", metric, by) not in open_:
                    figures = {"spent": round(budget.spent, 6), "bad": budget.bad, "valid": budget.valid}
                    alarm = Alarm(
                        metric=metric, by=by, level=level, state="raised", why=why, row=self.seen.upto, figures=figures
                    )
                    yield "", alarm
            known = self._newest("", metric, "e-detector")
            crossings = [one for one in self.seen.streams[metric].crossings if one.row > known]
            if crossings and ("", metric, "e-detector") not in open_:
                yield "", self._crossed(metric, crossings[-1].row, crossings[-1].evidence)
        for candidate in self._failing():
            if (candidate, "", BY_VERDICT) not in open_:
                yield candidate, self._failed(candidate)

    def _crossed(self, metric: str, row: int, evidence: float) -> Alarm:
        stream = self.seen.streams[metric]
        often = stream.slo.false_alarms
        luck = "once" if often == 1.0 else f"{often:g} times"
        share = f"more than {stream.terms.tolerated:.4g} of the events are bad"
        why = f"{metric}: {share}. Luck alone would say so {luck} a year at most."
        return Alarm(
            metric=metric,
            by="e-detector",
            level="page",
            state="raised",
            why=why,
            row=row,
            figures={
                "evidence": float(f"{evidence:.4g}"),
                "tolerated": stream.terms.tolerated,
                "false_alarms_a_year": often,
            },
        )

    def _failed(self, candidate: str) -> Alarm:
        assert self.decision is not None
        decided = next(one for one in self.decision.candidates if one.candidate == candidate)
        failed = [f"{one.metric} ({one.asked})" for one in decided.judgements if one.verdict is Verdict.FAIL]
        produced = candidate == self.decision.baseline
        why = (
            f"{candidate}{', the baseline,' if produced else ''} fails {', '.join(failed)} in run {self.decision.run}."
        )
        level = "page" if produced else "ticket"
        return Alarm(metric="", by=BY_VERDICT, level=level, state="raised", why=why, row=self.seen.upto)

    def _failing(self) -> list[str]:
        """Candidates that somebody should hear of: a baseline that fails, and what changed and now fails."""
        if self.decision is None:
            return []
        changed = {*self.seen.newly_failing}
        if self.changes and not self.changes.first:
            changed |= {*self.changes.candidates}
        return [
            one.candidate
            for one in self.decision.candidates
            if one.verdict is Verdict.FAIL and (one.candidate == self.decision.baseline or one.candidate in changed)
        ]

    def _ended(self, open_: Mapping[_Key, OpenAlarm]) -> Iterator[tuple[str, Alarm]]:
        going_on = {("", metric, by) for metric, budget in self.seen.budgets.items() for by, _, _ in budget.alarms()}
        for metric, stream in self.seen.streams.items():
            if stream.crossed and self.seen.at - stream.crossed < _DAY:
                going_on.add(("", metric, "e-detector"))
        for candidate in self.decision.candidates if self.decision else ():
            if (
                candidate.verdict is Verdict.FAIL
                and candidate.candidate in self.policy.systems[self.seen.system].candidates
            ):
                going_on.add((candidate.candidate, "", BY_VERDICT))
        for key, one in open_.items():
            if key not in going_on:
                why = f"It is over: {one.alarm.why}"
                yield (
                    key[0],
                    Alarm(metric=key[1], by=key[2], level=one.alarm.level, state="ended", why=why, row=self.seen.upto),
                )

    def _budgets(self) -> Iterator[BudgetChanged]:
        for metric, budget in self.seen.budgets.items():
            last = next(
                (
                    row
                    for row in reversed(self.ledger.latest(system=self.seen.system, metric=metric))
                    if row.kind == BudgetChanged.kind
                ),
                None,
            )
            before = self._budget_in(last)
            if before != budget.state.value and not (last is None and budget.state.value == "unknown"):
                yield BudgetChanged(metric=metric, budget=budget.payload(), row=self.seen.upto)

    def _budget_in(self, row: Row | None) -> str:
        if row is None:
            return ""
        _, record = next(self.ledger.records(after=row.seq - 1, kind=BudgetChanged.kind))
        assert isinstance(record, BudgetChanged)
        return str(record.budget["state"])

    def _ever(self) -> bool:
        return any(row.kind == Monitored.kind for row in self.ledger.latest(system=self.seen.system))

    # -- what is open --------------------------------------------------------------

    def alarms(self) -> Iterator[tuple[Row, Alarm]]:
        """Every alarm of the system, in order. They are few, and read by seek."""
        for row, record in self.ledger.records(kind=Alarm.kind):
            if row.system == self.seen.system and isinstance(record, Alarm):
                yield row, record

    def open(self) -> dict[_Key, OpenAlarm]:
        """Alarms that were raised and have not ended."""
        found: dict[_Key, OpenAlarm] = {}
        for row, alarm in self.alarms():
            key = (row.candidate, alarm.metric, alarm.by)
            if alarm.state == "raised":
                found[key] = OpenAlarm(row=row.seq, time=row.time, candidate=row.candidate, alarm=alarm)
            else:
                found.pop(key, None)
        return found

    def _newest(self, *key: str) -> int:
        """The row that the last alarm of this kind rests on."""
        return max((a.row for row, a in self.alarms() if (row.candidate, a.metric, a.by) == key), default=0)

    # -- telling -------------------------------------------------------------------

    def tell(self) -> tuple[Sent, ...]:
        """Send what nobody has taken yet: what is open, and what came or ended within a day."""
        if not self.policy.notify:
            return ()
        told = {
            (record.alarm, record.to)
            for _, record in self.ledger.records(kind=Notified.kind)
            if isinstance(record, Notified)
        }
        open_rows = {one.row for one in self.open().values()}
        due = [
            (name, row, alarm)
            for row, alarm in self.alarms()
            if row.seq in open_rows or self.seen.at - row.time < _DAY
            for name, hook in self.policy.notify.items()
            if alarm.level in hook.alarms and (row.seq, name) not in told
        ]
        return tuple(send(self.policy.notify, due, done=self._done))

    def _done(self, sent: Sent) -> None:
        self._append([Notified(alarm=sent.row, to=sent.to, tries=sent.tries)], "")
