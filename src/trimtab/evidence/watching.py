"""What a monitor saw and said, as records: alarms, states of budgets, what was sent, and how far it has come."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Self

from trimtab.evidence.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm(Fields):
    """An alarm is raised, or ends. It is recorded before anybody is told.

    `by` says what found it: `e-detector`, `burn-14.4`, `burn-6`, `burn-1`,
    `spent-75`, `spent-100`, `silent` where events stopped, or `verdict` for
    a candidate that a run has failed. `row` is the last row of the ledger that it rests on.
    """

    kind: ClassVar[str] = "alarm"

    metric: str
    by: str
    level: str  # "page" or "ticket"
    state: str  # "raised" or "ended"
    why: str
    row: int
    figures: Mapping[str, float] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {**asdict(self), "figures": dict(self.figures)}


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetChanged(Fields):
    """The error budget of a metric has come into another state, as `decision` returned it."""

    kind: ClassVar[str] = "budget"

    metric: str
    budget: Mapping[str, Any]
    row: int  # last row of the ledger that it rests on

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {"metric": self.metric, "budget": dict(self.budget), "row": self.row}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified(Fields):
    """An alarm was sent to somebody, who took it. `alarm` is its row."""

    kind: ClassVar[str] = "notified"

    alarm: int
    to: str  # the name in the policy
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitored(Fields):
    """How far a monitor has read, and what it needs to go on from there without reading it again.

    `metrics` hold, by name: `terms`, a digest of what was asked when this was
    counted; `minutes`, `valid` and `bad`, columns of events; `severe`, when
    there were red-line events; `logs` of the e-detector, `since` its last
    batch, and `crossed`, when it last gave an alarm. All of it can be
    counted again from the rows up to `row`.
    """

    kind: ClassVar[str] = "monitored"

    row: int
    metrics: Mapping[str, Mapping[str, Any]]

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {"row": self.row, "metrics": {name: dict(one) for name, one in self.metrics.items()}}


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLifted:
    """Somebody says that a change may be released although an error budget holds releases back, and why."""

    kind: ClassVar[str] = "hold-lifted"

    candidate: str
    as_: str  # "safety-fix"
    why: str
    metrics: Sequence[str]  # whose budgets hold it back

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {"candidate": self.candidate, "as": self.as_, "why": self.why, "metrics": list(self.metrics)}

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """The record back from its JSON form."""
        return cls(candidate=payload["candidate"], as_=payload["as"], why=payload["why"], metrics=payload["metrics"])
