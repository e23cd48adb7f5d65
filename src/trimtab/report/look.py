"""Everything that is shown of one look at a system in production, as values. Nothing here is measured or judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trimtab.decision.error_budget import Budget, State
from trimtab.decision.hold import Hold
from trimtab.decision.model import Decision, Verdict
from trimtab.decision.production import Share
from trimtab.evidence.watching import Alarm
from trimtab.policy.model import Policy
from trimtab.report.view import Report

BY_VERDICT = "verdict"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlarm:
    """An alarm that has been raised and has not ended; `row` and `time` are those of its record."""

    row: int
    time: int
    candidate: str
    alarm: Alarm


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look found.

    `changes` are the reasons to measure again, None when nobody looked for any. `unknown` are candidates that could
    not be started, with the reason. `lines` are (minute, share left) of each budget. `lifted` says that somebody's
    word released what a budget held back. `require` names the candidate whose verdict is asked for.
    """

    policy: Policy
    system: str
    at: int
    changes: tuple[str, ...] | None
    unknown: Mapping[str, str]
    report: Report | None  # of the run that changes led to
    decision: Decision | None  # the last one, of this look or before
    budgets: Mapping[str, Budget]
    lines: Mapping[str, Sequence[tuple[int, float]]]
    shares: tuple[Share, ...]  # of the last day
    raised: tuple[Alarm, ...]
    ended: tuple[Alarm, ...]
    open: tuple[OpenAlarm, ...]
    sent: int
    unsent: tuple[str, ...]  # to whom, and what went wrong
    hold: Hold | None
    lifted: bool = False
    require: str = ""
    evidence: Mapping[str, float] = field(default_factory=dict)  # of the e-detectors; 1 is an alarm

    @property
    def verdict(self) -> Verdict:
        """FAIL where something is wrong, INCONCLUSIVE where something is not known, PASS where nothing is.

        A budget without events is not known, and neither is a system without any objective or decision.
        """
        decided = self._decided()
        if decided is Verdict.FAIL or any(self.counts(one) for one in self.open):
            return Verdict.FAIL
        if self.hold is not None and self.hold.verdict is Verdict.FAIL:
            return Verdict.FAIL
        silent = any(budget.state is State.UNKNOWN for budget in self.budgets.values())
        nothing = self.decision is None and not self.budgets
        if decided is Verdict.INCONCLUSIVE or self.hold is not None or silent or nothing:
            return Verdict.INCONCLUSIVE
        return Verdict.PASS

    def counts(self, one: OpenAlarm) -> bool:
        """Whether an open alarm fails the look: a change that fails, or a page, unless a fix for it was let go."""
        if one.alarm.by == BY_VERDICT:
            return not self.require or one.candidate == self.require
        return one.alarm.level == "page" and not self.lifted

    def _decided(self) -> Verdict | None:
        if self.decision is None:
            return None
        if not self.require:
            return self.decision.verdict
        named = (one.verdict for one in self.decision.candidates if one.candidate == self.require)
        return next(named, Verdict.INCONCLUSIVE)


def as_data(look: Look) -> dict[str, object]:
    """The look as JSON values."""
    return {
        "system": look.system,
        "time": look.at,
        "verdict": look.verdict.value,
        "changes": None if look.changes is None else list(look.changes),
        "unknown": dict(look.unknown),
        "run": look.decision.run if look.decision else None,
        "decided": look.decision.verdict.value if look.decision else None,
        "winner": (look.decision.winner or None) if look.decision else None,
        "budgets": {
            name: {**budget.payload(), "evidence": look.evidence.get(name, 0.0)}
            for name, budget in look.budgets.items()
        },
        "shares": [
            {
                "side": share.side,
                "what": share.what,
                "texts": share.texts,
                "of": share.of,
                "low": share.interval.low,
                "high": share.interval.high,
                "level": share.interval.level,
                "method": share.interval.method,
            }
            for share in look.shares
        ],
        "raised": [alarm.payload() for alarm in look.raised],
        "ended": [alarm.payload() for alarm in look.ended],
        "open": [
            {"row": one.row, "time": one.time, "candidate": one.candidate, **one.alarm.payload()} for one in look.open
        ],
        "sent": look.sent,
        "unsent": list(look.unsent),
        "held": None
        if look.hold is None
        else {
            "candidate": look.hold.candidate,
            "verdict": look.hold.verdict.value,
            "metrics": list(look.hold.metrics),
            "why": look.hold.why,
        },
        "lifted": look.lifted,
    }
