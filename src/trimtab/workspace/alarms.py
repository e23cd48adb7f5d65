"""Records what follows from a look at production, and tells people of it.

The order makes it safe to be killed at any moment. What is found is recorded in one step, together with how far was
read; only then are people told, and that they were is recorded one by one. After a restart whatever is open is sent: an
alarm is never lost, and sent twice only if the process died between the receiver's answer and our writing that down.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trimtab import __version__
from trimtab.decision import Decision, Verdict
from trimtab.evidence import Alarm, BudgetChanged, Ledger, Monitored, Notified, Record, Subject
from trimtab.kinds import Row
from trimtab.policy import Policy
from trimtab.report.look import BY_VERDICT, OpenAlarm
from trimtab.workspace.changes import Changes
from trimtab.workspace.notify import Due, Sent, send
from trimtab.workspace.production import Production, snapshot

_MAKER = f"trimtab/{__version__}"
_DAY = 86_400_000_000  # microseconds
_OFTEN = 200  # records of rulings that are read again before it is recorded how far one came

Key = tuple[str, str, str]  # candidate, metric, by


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is recorded of a look at production, and what is still to be told."""

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

    def _raised(self, open_: Mapping[Key, OpenAlarm]) -> Iterator[tuple[str, Alarm]]:
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
            failed, before = self._failed(candidate), open_.get((candidate, "", BY_VERDICT))
            if before is None or (failed.level, before.alarm.level) == ("page", "ticket"):
                yield candidate, failed

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
        wrong = [one for one in decided.judgements if one.verdict is decided.verdict]
        said = ", ".join(f"{one.metric} ({one.asked})" for one in wrong)
        produced = candidate == self.decision.baseline
        who = f"{candidate}{', the baseline,' if produced else ''}"
        if decided.verdict is Verdict.FAIL:
            why = f"{who} fails {said} in run {self.decision.run}."
        else:
            why = f"{who} passed before, and run {self.decision.run} does not decide {said}."
        level = "page" if produced and decided.verdict is Verdict.FAIL else "ticket"
        return Alarm(metric="", by=BY_VERDICT, level=level, state="raised", why=why, row=self.seen.upto)

    def _failing(self) -> list[str]:
        """Candidates that somebody should hear of: a baseline that fails, and what changed and passes no more."""
        if self.decision is None:
            return []
        changed = self.changes.candidates if self.changes and not self.changes.first else ()
        return [
            one.candidate
            for one in self.decision.candidates
            if one.candidate in self.seen.worse
            or (one.verdict is Verdict.FAIL and (one.candidate == self.decision.baseline or one.candidate in changed))
        ]

    def _ended(self, open_: Mapping[Key, OpenAlarm]) -> Iterator[tuple[str, Alarm]]:
        going_on = {("", metric, by) for metric, budget in self.seen.budgets.items() for by, _, _ in budget.alarms()}
        for metric, stream in self.seen.streams.items():
            # Without events since, nothing shows that it is over.
            if stream.crossed and stream.since - stream.crossed < _DAY:
                going_on.add(("", metric, "e-detector"))
            burns = self.seen.budgets[metric].burns
            going_on |= {("", metric, burn.pair.name) for burn in burns if not burn.known}
        for candidate in self.decision.candidates if self.decision else ():
            if (
                candidate.verdict is not Verdict.PASS
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

    def open(self) -> dict[Key, OpenAlarm]:
        """Alarms that were raised and have not ended."""
        found: dict[Key, OpenAlarm] = {}
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
        spec = self.policy.systems[self.seen.system]
        owners = {"owner": spec.owner, "risk_owner": spec.risk_owner or ""}
        due = [
            Due(to=name, row=row, alarm=alarm, owners=owners)
            for row, alarm in self.alarms()
            if row.seq in open_rows or self.seen.at - row.time < _DAY
            for name, hook in self.policy.notify.items()
            if alarm.level in hook.alarms and (row.seq, name) not in told
        ]
        return tuple(send(self.policy.notify, due, done=self._done))

    def _done(self, sent: Sent) -> None:
        self._append([Notified(alarm=sent.row, to=sent.to, tries=sent.tries)], "")
