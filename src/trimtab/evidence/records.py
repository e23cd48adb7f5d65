"""Typed contents of ledger rows: what was seen, in words that survive the code.

A record knows its kind and turns into a JSON payload and back. Payloads hold
digests, spans and numbers; a text only as a redacted excerpt, and only when
the policy asks for it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Self, get_args

import orjson

from trimtab.evidence.attacks import GotThrough
from trimtab.evidence.entries import ENTRIES, Entry
from trimtab.evidence.fields import Fields
from trimtab.evidence.hunting import HuntClosed, HuntFiled, HuntOpened, HuntTriaged
from trimtab.evidence.imported import Import
from trimtab.evidence.published import Published
from trimtab.evidence.revising import Revised
from trimtab.evidence.rulings import Escalated, Rulings
from trimtab.evidence.watching import Alarm, BudgetChanged, HoldLifted, Monitored, Notified
from trimtab.kinds import Missing, Row, Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom a record is about; empty text means "does not apply"."""

    system: str = ""
    candidate: str = ""
    artefact: str = ""  # digest of the candidate's identity: weights, endpoint, settings


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAdopted:
    """The policy itself, once per digest, so that old decisions can be recomputed without its file.

    It is kept as JSON text, not as JSON: canonical JSON sorts keys, and the
    order in which people wrote their metrics is the order they want to read.
    """

    kind: ClassVar[str] = "policy"

    text: str

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {"text": self.text}

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """The record back from its JSON form."""
        return cls(text=payload["text"])


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(Fields):
    """A run begins: what will be asked, in which order, under which policy."""

    kind: ClassVar[str] = "run-started"

    candidates: Mapping[str, str]  # name -> digest of its specification in the policy
    suites: Mapping[str, Mapping[str, Any]]  # name -> {cases, order: digest of the drawn order, version, seed}
    metrics: Mapping[str, Mapping[str, Any]]  # name -> {suite, plugin, version, shape, unit, better, instrument if any}
    trimtab: str  # our version
    python: str
    machine: str  # processor kind and core count; nothing that names a host or person
    fresh: bool = False  # replies of earlier runs were not used
    # How it is measured, and so judged; said before anything was asked: "sequential" until it is decided, "bandit"
    # where most fails, "fixed" to the end.
    sampling: str = "fixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A candidate is about to be measured on a suite: which look of its system at these cases it is, from 1.

    The very same replies seen again are the same look. `sketch` stands for the cases, so that another run can tell
    how many of its own it has seen before: one case more, or another file name, does not begin a new count.
    """

    kind: ClassVar[str] = "look"

    suite: str
    sketch: tuple[str, ...]  # the smallest hashes of what the cases ask, 16 hexadecimal digits each
    number: int

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {"suite": self.suite, "sketch": list(self.sketch), "number": self.number}

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """The record back from its JSON form."""
        return cls(suite=payload["suite"], sketch=tuple(payload["sketch"]), number=payload["number"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One metric's score of one case, or why there is none."""

    kind: ClassVar[str] = "observation"

    metric: str
    suite: str
    case: str  # case id
    cluster: str  # independent unit
    order: int  # position in the drawn order, from 0
    outcome: Score | Missing
    reply: str = ""  # digest of the reply's text
    excerpt: str = ""  # redacted, only when the policy says so

    def payload(self) -> dict[str, Any]:
        """JSON form; fields at their defaults are left out, since there are many rows."""
        data: dict[str, Any] = {
            "suite": self.suite,
            "case": self.case,
            "cluster": self.cluster,
            "order": self.order,
        }
        if isinstance(self.outcome, Missing):
            data["missing"] = self.outcome.reason
            if self.outcome.detail:
                data["detail"] = self.outcome.detail
            if self.outcome.group:
                data["group"] = self.outcome.group
        else:
            score = self.outcome
            data["value"] = score.value
            if score.per != 1.0:
                data["per"] = score.per
            if score.group:
                data["group"] = score.group
            if score.at:
                data["at"] = score.at
        if self.reply:
            data["reply"] = self.reply
        if self.excerpt:
            data["excerpt"] = self.excerpt
        return data

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any], *, metric: str) -> Self:
        """The record back from its JSON form; the metric's name is a column of the row."""
        outcome: Score | Missing
        if "missing" in payload:
            outcome = Missing(payload["missing"], payload.get("detail", ""), payload.get("group", ""))
        else:
            outcome = Score(
                value=float(payload["value"]),
                per=float(payload.get("per", 1.0)),
                group=payload.get("group", ""),
                at=float(payload.get("at", 0.0)),
            )
        return cls(
            metric=metric,
            suite=payload["suite"],
            case=payload["case"],
            cluster=payload["cluster"],
            order=payload["order"],
            outcome=outcome,
            reply=payload.get("reply", ""),
            excerpt=payload.get("excerpt", ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pursued:
    """An attacker that adapts went through one case: every message it sent, and what came of each."""

    kind: ClassVar[str] = "pursued"

    suite: str
    case: str
    cluster: str
    steps: tuple[tuple[str, str, str, float, bool], ...]  # move, message, reply (16 digits each), near, won
    written: int = 0  # messages that the attacker's model wrote
    unwritten: int = 0  # what it wrote and was of no use

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {**asdict(self), "steps": [list(step) for step in self.steps]}

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """The record back from its JSON form."""
        return cls(**{**payload, "steps": tuple(tuple(step) for step in payload["steps"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished(Fields):
    """A run ended: what it used, and what went wrong on the way."""

    kind: ClassVar[str] = "run-finished"

    outcome: str  # "complete", "budget", "interrupted", "unavailable"
    calls: int  # sent to systems in this run, retries included
    cached: int  # answered from the cache
    tokens: int
    errors: Mapping[str, int] = field(default_factory=dict)  # reason -> count of failed tries
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision, whole, as `decision` returned it; recomputable from the rows of `run`."""

    kind: ClassVar[str] = "decision"

    decision: Mapping[str, Any]

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return dict(self.decision)

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """The record back from its JSON form."""
        return cls(decision=payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorFitted(Fields):
    """A head was fitted on somebody's labelled texts: what it is bound to, without a word of them."""

    kind: ClassVar[str] = "detector-fitted"

    label: str
    data: str  # digest of the file of labelled texts
    digest: str  # of the head's arrays
    reading: str  # of the arrays that read texts for it
    trained: Mapping[str, int]  # texts learned from: clean, label
    calibrated: Mapping[str, int]  # texts that were not: clean, how many of those are flagged, label
    threshold: float  # a chance; what scores above it is flagged
    false_alarms: Mapping[str, float]  # at_most, and the confidence of that
    sensitivity: Mapping[str, float]  # found of calibrated["label"], with low, high, level
    seed: int
    trimtab: str  # our version


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated(Fields):
    """A threshold was set on marked answers or texts: what is promised of it, and what was seen at it."""

    kind: ClassVar[str] = "calibrated"

    what: str  # "answers" or "detector"
    data: str  # digest of the file of marks, or "run" and metrics
    rows: int
    threshold: float | None  # None where none can be shown to do
    asked: Mapping[str, float]  # tolerated shares by name: error, or misses and false_alarms
    level: float  # probability that what is asked holds at the threshold
    seen: Mapping[str, int]  # counts at the threshold, and in all
    calibration: Mapping[str, float] = field(default_factory=dict)  # ece, with low, high, level
    detector: str = ""  # name and version, where one scored the texts
    trimtab: str = ""  # our version


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed(Fields):
    """Somebody looked whether a measure still measures: what was looked at, and what was found."""

    kind: ClassVar[str] = "probe"

    probe: str  # "gap", "contamination", "rewrites"
    data: str  # digest of what was looked at
    verdict: str
    facts: Mapping[str, Any]  # numbers by name; no text
    trimtab: str  # our version


Record = (
    PolicyAdopted
    | RunStarted
    | Looked
    | Observation
    | Pursued
    | RunFinished
    | Decided
    | Rulings
    | Escalated
    | Revised
    | DetectorFitted
    | Calibrated
    | Probed
    | Import
    | Alarm
    | BudgetChanged
    | Notified
    | Monitored
    | HoldLifted
    | HuntOpened
    | HuntFiled
    | HuntTriaged
    | HuntClosed
    | GotThrough
    | Published
    | Entry
)
RECORDS: Mapping[str, type[Record]] = {**{r.kind: r for r in get_args(Record) if r.kind}, **ENTRIES}


def metric_of(record: Record) -> str:
    """The metric a record is about (of what was published, the name of the computation), or empty text."""
    if isinstance(record, Published):
        return record.what
    return record.metric if isinstance(record, Observation | Alarm | BudgetChanged | GotThrough | Entry) else ""


def record_from(row: Row) -> Record:
    """The record that a row holds.

    Raises:
        ValueError: Its kind is unknown to this version, or its payload does not fit its kind.
    """
    try:
        kind, payload = RECORDS[row.kind], orjson.loads(row.payload)
        if issubclass(kind, Observation):
            return kind.from_payload(payload, metric=row.metric)
        return kind.from_payload(payload)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"row {row.seq} holds no {row.kind!r} that this version knows") from error


__all__ = [
    "RECORDS",
    "Alarm",
    "BudgetChanged",
    "Calibrated",
    "Decided",
    "DetectorFitted",
    "Escalated",
    "GotThrough",
    "HoldLifted",
    "HuntClosed",
    "HuntFiled",
    "HuntOpened",
    "HuntTriaged",
    "Import",
    "Looked",
    "Monitored",
    "Notified",
    "Observation",
    "PolicyAdopted",
    "Probed",
    "Published",
    "Pursued",
    "Record",
    "Revised",
    "Rulings",
    "RunFinished",
    "RunStarted",
    "Subject",
    "metric_of",
    "record_from",
]
