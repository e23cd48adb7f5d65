"""Reads what guards ruled in production, from where it was last read, and keeps what budgets and alarms need.

Only rows that came since the last record of a monitor are read, and where there is none, those of the window. What is
kept can be counted again from the ledger at any time; the e-detector then begins where the window does.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from trimtab._canonical import digest
from trimtab.decision import from_payload
from trimtab.decision.error_budget import DAY_MINUTES, MINUTE, Budget, Counts, Terms, assess
from trimtab.decision.production import events
from trimtab.evidence import Decided, Ledger, Monitored, Rulings
from trimtab.kinds import Row
from trimtab.policy import Policy, SloSpec, tolerated
from trimtab.stats.e_detector import EDetector
from trimtab.workspace.redteam import baseline_of

_DAY = DAY_MINUTES * MINUTE  # microseconds
_YEAR_DAYS = 365.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """The e-detector of a metric gave an alarm at a row."""

    row: int
    time: int
    evidence: float  # times what an alarm takes


@dataclass(slots=True, kw_only=True)
class Stream:
    """The events of one metric: what is kept of those that were read, and what follows."""

    slo: SloSpec
    terms: Terms
    detector: EDetector
    counts: Counts = field(default_factory=Counts)
    severe: list[int] = field(default_factory=list)  # by findings; red lines come from decisions
    since: int = 0  # the end of the last batch
    crossed: int = 0  # when the detector last gave an alarm
    crossings: list[Crossing] = field(default_factory=list)  # since it was last recorded
    after: int = 0  # rows up to this one are counted
    _new: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def identity(self) -> str:
        """What the figures are of: with another one, they say nothing."""
        asked = self.slo.model_dump(
            mode="json", include={"side", "labels", "actions", "severe", "days", "false_alarms"}
        )
        return digest({**asked, "tolerated": self.terms.tolerated})

    def take(self, row: Row, record: Rulings) -> None:
        """Count a record of rulings."""
        seen = events(self.slo, record)
        self._new.append((record.ended // MINUTE, seen.valid, seen.bad))
        self.severe += [record.ended] * seen.severe
        if seen.valid:
            elapsed = max(0, record.ended - (self.since or record.begun)) / _DAY
            self.since = max(self.since, record.ended)
            self.detector = self.detector.after(seen.bad, seen.valid, elapsed=elapsed)
            if self.detector.alarm:
                self.crossed = record.ended
                self.crossings.append(Crossing(row=row.seq, time=record.ended, evidence=self.detector.evidence))
                self.detector = self.detector.anew()

    def settle(self, *, upto: int, at: int) -> None:
        """Everything up to a row is counted; forget what no window needs any more."""
        self.counts = self.counts.with_more(self._new).gathered(now=at // MINUTE, days=self.terms.days)
        self.severe = [one for one in self.severe if one > at - (self.terms.days + 1) * _DAY]
        self._new, self.after = [], upto

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "terms": self.identity,
            "minutes": self.counts.minutes.tolist(),
            "valid": self.counts.valid.tolist(),
            "bad": self.counts.bad.tolist(),
            "severe": self.severe,
            "logs": list(self.detector.logs),
            "since": self.since,
            "crossed": self.crossed,
        }

    def restore(self, kept: Mapping[str, Any], *, upto: int) -> bool:
        """Go on from what was kept, if it is of the same events; whether it is."""
        if kept.get("terms") != self.identity:
            return False
        self.counts = Counts.of(zip(kept["minutes"], kept["valid"], kept["bad"], strict=True))
        self.severe, self.since, self.crossed = list(kept["severe"]), kept["since"], kept["crossed"]
        self.detector = EDetector(at_most=self.detector.at_most, days=self.detector.days, logs=tuple(kept["logs"]))
        self.after = upto
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """A system in production at a moment, as far as the ledger shows it."""

    system: str
    at: int
    upto: int  # last row of the ledger that was looked at
    read: int  # records of rulings that were read for it
    streams: Mapping[str, Stream]
    budgets: Mapping[str, Budget]
    severe: Mapping[str, Sequence[int]] = field(default_factory=dict)  # when red-line events happened, by budget
    worse: frozenset[str] = frozenset()  # candidates with a worse verdict in the last decision than in the one before


def production(ledger: Ledger, policy: Policy, system: str, *, at: int) -> Production:
    """What the ledger shows of a system in production at a moment. Writes nothing.

    Raises:
        LedgerAlteredError: A row is not what was hashed.
    """
    spec = policy.systems[system]
    streams = {name: _stream(policy, system, name) for name in spec.slo}
    head = ledger.head()
    upto, read = head.seq if head else 0, 0
    kept = _kept(ledger, system)
    window = max((stream.terms.days for stream in streams.values()), default=30) + 1
    horizon = ledger.before(at - window * _DAY)
    for name, stream in streams.items():
        if kept is None or not stream.restore(kept.metrics.get(name, {}), upto=kept.row):
            stream.after = horizon
    first = min((stream.after for stream in streams.values()), default=upto)
    for row, record in ledger.records(after=first, kind=Rulings.kind):
        if row.system == system and row.seq <= upto and isinstance(record, Rulings):
            read += 1
            for stream in streams.values():
                if row.seq > stream.after:
                    stream.take(row, record)
    decided = _Decided.since(ledger, policy, system, horizon)
    budgets, severe = {}, {}
    for name, stream in streams.items():
        stream.settle(upto=upto, at=at)
        severe[name] = [*stream.severe, *decided.crossed(name, streams)]
        budgets[name] = assess(stream.terms, stream.counts, severe=severe[name], at=at)
    return Production(
        system=system,
        at=at,
        upto=upto,
        read=read,
        streams=streams,
        budgets=budgets,
        severe=severe,
        worse=decided.worse,
    )


def _stream(policy: Policy, system: str, metric: str) -> Stream:
    spec = policy.systems[system]
    slo = spec.slo[metric]
    share = tolerated(slo, policy.tiers[spec.tier], metric)
    assert share is not None  # the policy was checked
    terms = Terms(metric=metric, tolerated=share, days=slo.days, severe_share=slo.severe_share)
    return Stream(slo=slo, terms=terms, detector=EDetector(at_most=share, days=_YEAR_DAYS / slo.false_alarms))


def _kept(ledger: Ledger, system: str) -> Monitored | None:
    """The last record of a monitor of this system, its hash checked."""
    row = next((row for row in reversed(ledger.latest(system=system)) if row.kind == Monitored.kind), None)
    if row is None:
        return None
    _, record = next(ledger.records(after=row.seq - 1, kind=Monitored.kind))
    assert isinstance(record, Monitored)
    return record


@dataclass(frozen=True, slots=True)
class _Decided:
    """What decisions on a system say of its production."""

    red_lines: tuple[tuple[str, int], ...]  # metric and moment of each time that the baseline crossed one
    worse: frozenset[str]

    @classmethod
    def since(cls, ledger: Ledger, policy: Policy, system: str, after: int) -> Self:
        baseline = policy.systems[system].baseline
        red_lines: list[tuple[str, int]] = []
        crossed: set[str] = set()
        before: dict[str, str] = {}
        verdicts: dict[str, str] = {}
        for row, record in ledger.records(after=after, kind=Decided.kind):
            if row.system != system or not isinstance(record, Decided) or baseline_of(from_payload(record.decision)):
                continue
            candidates = {one["candidate"]: one for one in record.decision["candidates"] if _measured(one)}
            before = {**before, **verdicts}  # a run may have been of some candidates only
            verdicts = {name: one["verdict"] for name, one in candidates.items()}
            now = {
                judged["metric"]
                for judged in candidates.get(baseline or "", {}).get("judgements", ())
                if judged["asked"] == "red-line" and judged["verdict"] == "fail"
            }
            red_lines += [(metric, row.time) for metric in sorted(now - crossed)]
            crossed = now
        worse = {
            name
            for name, verdict in verdicts.items()
            if before
            and (verdict == "fail" or before.get(name) == "pass")
            and verdict not in {before.get(name), "pass"}
        }
        return cls(tuple(red_lines), frozenset(worse))

    def crossed(self, metric: str, budgets: Container[str]) -> list[int]:
        """Red-line events that count against a budget: its own metric's, and those of metrics without a budget."""
        return [time for name, time in self.red_lines if name == metric or name not in budgets]


def _measured(candidate: Mapping[str, Any]) -> bool:
    """Whether a run asked a candidate anything at all."""
    return any(seen.get("missing") != "not-measured" for seen in candidate["estimates"].values())


def rulings_since(ledger: Ledger, system: str, *, since: int) -> list[Rulings]:
    """The records of rulings on a system that were added since a moment."""
    after = ledger.before(since)
    return [
        record
        for row, record in ledger.records(after=after, kind=Rulings.kind)
        if row.system == system and isinstance(record, Rulings)
    ]


def snapshot(seen: Production) -> Monitored:
    """What to record, so that the next look goes on from here."""
    return Monitored(row=seen.upto, metrics={name: stream.payload() for name, stream in seen.streams.items()})


__all__ = ["Crossing", "Production", "Stream", "production", "rulings_since", "snapshot"]
