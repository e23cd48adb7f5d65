"""One look at a system: what production shows, what has changed, what somebody should hear of.

Production comes first, since measuring may take hours and a page must not wait for it.
"""

import time
from dataclasses import dataclass, field

from trimtab import __version__
from trimtab.decision import Decision, from_payload
from trimtab.decision.error_budget import burn_down
from trimtab.decision.hold import Lift
from trimtab.decision.production import shares
from trimtab.errors import SystemUnavailableError, UsageError
from trimtab.evidence import Alarm, Decided, Ledger, PolicyAdopted, Subject
from trimtab.policy import Policy
from trimtab.report import Report
from trimtab.report.look import Look
from trimtab.workspace.alarms import Watch
from trimtab.workspace.changes import Changes, changes, last_decision
from trimtab.workspace.holding import held, lifted
from trimtab.workspace.lock import alone
from trimtab.workspace.notify import Sent
from trimtab.workspace.plan import make_plan
from trimtab.workspace.production import Production, production, rulings_since
from trimtab.workspace.progress import Board
from trimtab.workspace.workspace import Workspace

_MAKER = f"trimtab/{__version__}"
_DAY = 86_400_000_000  # microseconds


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
    with alone(workspace.ledger, "monitor"):
        _adopt(workspace.ledger, policy)
        looking = _Looking(ledger=workspace.ledger, policy=policy, system=name)
        looking.round(_moment(at))
        if suites and looking.measure(workspace, board, older_than=older_than, at=_moment(at)):
            looking.round(_moment(at))
        return looking.seen(lift=lift, require=require)


@dataclass(slots=True, kw_only=True)
class _Looking:
    """A look in the making."""

    ledger: Ledger
    policy: Policy
    system: str
    changes: Changes | None = None
    report: Report | None = None
    unknown: dict[str, str] = field(default_factory=dict)
    raised: list[Alarm] = field(default_factory=list)
    ended: list[Alarm] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    _last: tuple[Production, Decision | None, Watch] | None = None

    def round(self, at: int) -> None:
        """Read, decide, record, tell."""
        seen = production(self.ledger, self.policy, self.system, at=at)
        decision = _decision(self.ledger, self.system)
        watch = Watch(ledger=self.ledger, policy=self.policy, seen=seen, decision=decision, changes=self.changes)
        raised, ended = watch.record()
        self.raised += raised
        self.ended += ended
        # What could not be sent a moment ago is tried again now, and counted once.
        self.sent = [*(one for one in self.sent if not one.trouble), *watch.tell()]
        self._last = (seen, decision, watch)

    def measure(self, workspace: Workspace, board: Board | None, *, older_than: float | None, at: int) -> bool:
        """Measure if anything has changed; whether there is something new to look at."""
        found = changes(self.ledger, self.policy, make_plan(self.policy, workspace.base, system=self.system))
        self.changes, self.unknown = found, dict(found.unknown)
        if not (found.reasons or _is_old(self.ledger, self.system, older_than, at)):
            return False
        try:
            self.report = workspace.run(self.system, board=board)
        except SystemUnavailableError as error:
            self.unknown[error.candidate] = error.detail
            return False
        return True

    def seen(self, *, lift: Lift | None, require: str) -> Look:
        """What was found, as values."""
        assert self._last is not None
        seen, decision, watch = self._last
        stopped = (
            held(self.ledger, self.policy, decision, seen.budgets, lift=lift, candidate=require) if decision else None
        )
        return Look(
            policy=self.policy,
            system=self.system,
            at=seen.at,
            changes=self.changes.reasons if self.changes else None,
            unknown=self.unknown,
            report=self.report,
            decision=decision,
            budgets=seen.budgets,
            lines={
                metric: burn_down(stream.terms, stream.counts, severe=seen.severe[metric], at=seen.at)
                for metric, stream in seen.streams.items()
            },
            shares=tuple(shares(rulings_since(self.ledger, self.system, since=seen.at - _DAY))),
            raised=tuple(self.raised),
            ended=tuple(self.ended),
            open=tuple(watch.open().values()),
            sent=sum(not one.trouble for one in self.sent),
            unsent=tuple(f"{one.to}: {one.trouble}" for one in self.sent if one.trouble),
            hold=stopped,
            lifted=stopped is None and decision is not None and lifted(self.ledger, decision),
            require=require,
            evidence={metric: float(f"{one.detector.evidence:.4g}") for metric, one in seen.streams.items()},
        )


def _moment(at: int | None) -> int:
    return time.time_ns() // 1000 if at is None else at


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
