"""Reads a run back from the ledger: the only thing that decisions and reports are made from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from trimtab.decision.model import Measurements, Trial
from trimtab.errors import UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.attacks import GotThrough
from trimtab.evidence.records import (
    Decided,
    Import,
    Looked,
    Observation,
    PolicyAdopted,
    Pursued,
    Record,
    RunFinished,
    RunStarted,
)
from trimtab.kinds import NOT_IMPORTED, NOT_MARKED, Instrument, Missing, Row, Score, Shape
from trimtab.policy import Policy

_NO_ANSWER = (NOT_MARKED, NOT_IMPORTED)  # reasons of what nobody asked
_EARLIER = 200  # runs before one that are looked at for a gap that grows


@dataclass(slots=True, kw_only=True)
class Recalled:
    """One run as the ledger holds it."""

    run: str
    system: str
    policy_digest: str
    started: RunStarted
    finished: RunFinished | None = None
    decided: Decided | None = None
    decided_at: int = 0
    decided_seq: int = 0
    # candidate -> metric -> case: a case is one trial, however often it was recorded
    seen: dict[str, dict[str, dict[str, Observation]]] = field(default_factory=dict)
    artefacts: dict[str, str] = field(default_factory=dict)  # candidate -> digest
    looks: dict[str, dict[str, int]] = field(default_factory=dict)  # candidate -> suite -> which look
    imports: dict[str, dict[str, Import]] = field(default_factory=dict)  # candidate -> suite -> other tool's results
    # metric -> candidate -> case: attacks that got through; of a run that was gone on with, the last word
    through: dict[str, dict[str, dict[str, GotThrough]]] = field(default_factory=dict)
    pursued: dict[str, dict[str, dict[str, Pursued]]] = field(default_factory=dict)  # suite -> candidate -> case

    @property
    def observations(self) -> dict[str, dict[str, list[Observation]]]:
        """Candidate -> metric -> what counts of each case, as recorded."""
        return {
            candidate: {metric: list(cases.values()) for metric, cases in metrics.items()}
            for candidate, metrics in self.seen.items()
        }

    @property
    def answered(self) -> bool:
        """Whether anything at all was scored."""
        return bool(self.recorded())

    def take(self, candidate: str, observation: Observation) -> None:
        """Count an observation. The first score of a case stands; an answer replaces what was missing before."""
        cases = self.seen.setdefault(candidate, {}).setdefault(observation.metric, {})
        before = cases.get(observation.case)
        if before is None or isinstance(before.outcome, Missing):
            cases[observation.case] = observation

    def note(self, row: Row, record: Record) -> None:
        """Take in what the ledger says of this run after its beginning.

        Raises:
            UsageError: It mixes two versions of a candidate.
        """
        if isinstance(record, Observation):
            self.take(row.candidate, record)
            before = self.artefacts.setdefault(row.candidate, row.artefact) or row.artefact
            if row.artefact and row.artefact != before:
                raise UsageError(
                    f"run {self.run} mixes two versions of {row.candidate}.",
                    "Measure it anew with `trimtab run --fresh`.",
                )
            self.artefacts[row.candidate] = before
        elif isinstance(record, GotThrough):
            self.through.setdefault(record.metric, {}).setdefault(row.candidate, {})[record.case] = record
        elif isinstance(record, Pursued):
            self.pursued.setdefault(record.suite, {}).setdefault(row.candidate, {})[record.case] = record
        elif isinstance(record, Looked):
            self.looks.setdefault(row.candidate, {})[record.suite] = record.number
        elif isinstance(record, Import):
            self.imports.setdefault(row.candidate, {})[record.suite] = record
        elif isinstance(record, RunFinished):
            self.finished = record
        elif isinstance(record, Decided):
            self.decided, self.decided_at, self.decided_seq = record, row.time, row.seq

    def recorded(self) -> dict[tuple[str, str, str], Score]:
        """By candidate, metric and case, everything that was scored; what was missing may still be answered."""
        return {
            (candidate, metric, row.case): row.outcome
            for candidate, metrics in self.observations.items()
            for metric, rows in metrics.items()
            for row in rows
            if isinstance(row.outcome, Score)
        }

    def measurements(self) -> Measurements:
        """What decisions need, in the drawn order of cases."""
        metrics_of = {name: facts["suite"] for name, facts in self.started.metrics.items()}
        return Measurements(
            system=self.system,
            trials={
                candidate: {
                    metric: [Trial(case=row.case, cluster=row.cluster, outcome=row.outcome) for row in rows]
                    for metric, rows in metrics.items()
                }
                for candidate, metrics in self._counted().items()
            },
            sampling="sequential" if self._sequential else "fixed",
            planned={name: self.started.suites[suite]["cases"] for name, suite in metrics_of.items()},
            looks={
                candidate: {name: looks[suite] for name, suite in metrics_of.items() if suite in looks}
                for candidate, looks in self.looks.items()
            },
            shapes={name: Shape(facts["shape"]) for name, facts in self.started.metrics.items()},
            better={name: facts["better"] for name, facts in self.started.metrics.items()},
            instruments={
                name: Instrument.from_payload(facts["instrument"])
                for name, facts in self.started.metrics.items()
                if "instrument" in facts
            },
        )

    def changed(self, baseline: str) -> dict[str, dict[str, list[tuple[Observation, bool]]]]:
        """Per candidate and 0/1 metric the cases that it answers otherwise than the baseline; True is worse."""
        counted = self._counted()
        found: dict[str, dict[str, list[tuple[Observation, bool]]]] = {}
        for metric, facts in self.started.metrics.items():
            if facts["shape"] != Shape.RATE:
                continue
            before = {row.case: row.outcome for row in counted.get(baseline, {}).get(metric, ())}
            for candidate, metrics in counted.items():
                for row in metrics.get(metric, ()) if candidate != baseline else ():
                    old, new = before.get(row.case), row.outcome
                    if isinstance(old, Score) and isinstance(new, Score) and old.value != new.value:
                        worse = (new.value < old.value) == (facts["better"] == "higher")
                        found.setdefault(candidate, {}).setdefault(metric, []).append((row, worse))
        return found

    def _counted(self) -> dict[str, dict[str, list[Observation]]]:
        """What decisions look at, in the drawn order."""
        return {
            candidate: {metric: self._in_order(rows) for metric, rows in metrics.items()}
            for candidate, metrics in self.observations.items()
        }

    @property
    def _sequential(self) -> bool:
        return self.started.sampling in {"sequential", "bandit"}

    def _in_order(self, rows: Iterable[Observation]) -> list[Observation]:
        ordered = sorted(rows, key=lambda row: row.order)
        return _marked(_beginning(ordered) if self._sequential else ordered)

    def failures(self, limit: int = 5) -> dict[str, dict[str, list[Observation]]]:
        """Per candidate and 0/1 metric the first undesired observations, and the missing ones after them."""
        found: dict[str, dict[str, list[Observation]]] = {}
        for candidate, metrics in self.observations.items():
            for metric, rows in metrics.items():
                facts = self.started.metrics[metric]
                if facts["shape"] not in {Shape.RATE, Shape.GAP}:
                    continue
                undesired = 0.0 if facts["better"] == "higher" else 1.0
                bad = [row for row in rows if not isinstance(row.outcome, Missing) and row.outcome.value == undesired]
                broken = [r for r in rows if isinstance(r.outcome, Missing) and r.outcome.reason not in _NO_ANSWER]
                if worst := [*bad, *broken][:limit]:
                    found.setdefault(candidate, {})[metric] = worst
        return found


def _beginning(rows: list[Observation]) -> list[Observation]:
    """Whole clusters of the drawn order up to the first gap: nothing behind it may count, however it came out."""
    end = 0
    while end < len(rows) and rows[end].order == end and not _unpaid(rows[end]):
        end += 1
    behind = rows[end].cluster if end < len(rows) else None
    while end and rows[end - 1].cluster == behind:
        end -= 1
    return rows[:end]


def _unpaid(row: Observation) -> bool:
    return isinstance(row.outcome, Missing) and row.outcome.reason == "budget"


def _marked(rows: list[Observation]) -> list[Observation]:
    """Up to the last case that was scored, where people mark one case after the other.

    The beginning of a drawn order is a random sample of it. A case that was passed over is missing, and counts as the
    worst that it could have been: nobody gets a better result by choosing what to mark.
    """
    end = len(rows)
    while end and isinstance(seen := rows[end - 1].outcome, Missing) and seen.reason == NOT_MARKED:
        end -= 1
    return rows[:end]


def recall_earlier(ledger: Ledger, recalled: Recalled, policy: Policy, *, upto: int = 0) -> tuple[Measurements, ...]:
    """Earlier runs of the same system, oldest first, as far as the policy holds their metrics against others' word.

    Args:
        ledger: Where they are.
        recalled: The run before which they began.
        policy: Under which it is judged.
        upto: Rows after this one are left out, so that an old decision can be made again; 0 for none.
    """
    held = {name: metric.gold.metric for name, metric in policy.metrics.items() if metric.gold}
    if not held:
        return ()
    known = {summary.run: summary for summary in ledger.runs() if summary.system == recalled.system}
    here = known.get(recalled.run)
    before = [one for one in known.values() if here is None or (one.started, one.run) < (here.started, here.run)]
    latest = sorted(before, key=lambda one: (one.started, one.run))[-_EARLIER:]
    found = []
    for one in latest:
        try:
            measured = recall_run(ledger, one.run, upto=upto).measurements()
        except UsageError:  # a run of which nothing can be decided is none to compare with
            continue
        kept = {
            candidate: {name: trials[name] for name in {*held, *held.values()} if trials.get(name)}
            for candidate, trials in measured.trials.items()
        }
        found.append(replace(measured, trials=kept))
    return tuple(found)


def recall_run(ledger: Ledger, run: str, *, as_decided: bool = False, upto: int = 0) -> Recalled:
    """Everything the ledger holds about one run.

    `as_decided` leaves out what came after its last decision, `upto` what came after that row.

    Raises:
        UsageError: There is no such run, or it mixes two versions of a candidate.
    """
    recalled: Recalled | None = None
    last = max((row.seq for row in ledger.rows(run=run, kind=Decided.kind)), default=0) if as_decided else upto
    for row, record in ledger.records(run=run):
        if last and row.seq > last:
            break
        if isinstance(record, RunStarted):
            recalled = Recalled(run=run, system=row.system, policy_digest=row.policy, started=record)
        elif recalled is None:
            continue
        else:
            recalled.note(row, record)
    if recalled is None:
        raise UsageError(f"the ledger holds no run {run!r}.", "`trimtab ledger show` lists the runs.")
    return recalled


def recall_policy(ledger: Ledger, digest: str) -> Policy:
    """The policy with this digest, as it was when the run was made.

    Raises:
        UsageError: The ledger does not hold it, or it does not match its digest.
    """
    found = adopted_policies(ledger)(digest)
    if found is not None:
        return found
    raise UsageError(f"the ledger does not hold the policy {digest}.", "Was it written by another version?")


def adopted_policies(ledger: Ledger, *, upto: int | None = None) -> Callable[[str], Policy | None]:
    """Finds a policy by its digest, as far as the ledger holds it up to a row; also after it is closed."""
    texts: dict[str, list[str]] = {}
    for row, record in ledger.records(kind=PolicyAdopted.kind, upto=upto):
        if isinstance(record, PolicyAdopted):
            texts.setdefault(row.policy, []).append(record.text)

    def found(digest: str) -> Policy | None:
        read = (_policy(text) for text in texts.get(digest, ()))
        return next((policy for policy, own in read if own == digest), None)

    return found


@lru_cache(maxsize=32)
def _policy(text: str) -> tuple[Policy, str]:
    """A policy and its digest; reading one takes longer than most that is asked of it."""
    policy = Policy.model_validate_json(text)
    return policy, policy.digest
