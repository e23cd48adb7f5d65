"""Everything that a report shows, as values. Nothing here is measured or judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trimtab.decision.attacks import Baseline
from trimtab.decision.model import Asked, CandidateDecision, Decision, Judgement, Verdict
from trimtab.decision.tradeoff import Tradeoff
from trimtab.evidence.records import Import, RunFinished, RunStarted
from trimtab.kinds import Better, Estimate, Missing
from trimtab.policy.metric_spec import MetricSpec
from trimtab.policy.model import Floor, Policy, Tier
from trimtab.policy.system_spec import SystemSpec

if TYPE_CHECKING:
    from trimtab.decision.hold import Hold  # loads what production needs, and most reports do not

DIFFERENCES: tuple[Asked, ...] = ("regression", "gap")
"""Requirements whose number is a difference: of a candidate and the baseline, of a metric and who marks it."""
BESIDE: tuple[Asked, ...] = (*DIFFERENCES, "mitigation")
"""Requirements whose number is not the metric's own: a difference, or a share of the baseline's gap."""
_ROOM = 12  # candidates that fit into tables all the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One case that counted against a candidate: digests, and an excerpt if the policy keeps any.

    `excerpt` has been redacted before it reached the ledger; `why` is a short
    sentence or reason word.
    """

    case: str
    cluster: str = ""
    reply: str = ""  # digest of the reply's text
    excerpt: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A case that a candidate answers otherwise than the baseline: for the worse, or for the better."""

    case: str
    group: str = ""  # the case's group, else its cluster
    worse: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFacts:
    """Where the evidence lies and how to recognise it.

    `location` is a name to type after `--ledger`, not a path that tells of a
    machine. `head` and `checkpoint` are hexadecimal. `verified` is None when
    nobody looked.
    """

    location: str
    size: int
    head: str
    checkpoint: str = ""
    verified: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One row of the verdict table: what is asked, of which metric."""

    asked: Asked
    metric: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A decision with all that a reader needs to understand and recompute it.

    `finished` is None when the run was killed. `examples` are by candidate,
    then metric, and so are `changes` from the baseline and the rates by
    `groups`, worst first, the differences of every two groups (`between`) and the
    share of the baseline's gap that is gone (`removed`). `imports` are the files of
    other tools that it rests on, by candidate. `tradeoff` is what stands around the
    decision; it is no part of it. `attacks` are by metric, of red-team suites. `held` is what
    keeps its winner back all the same: a low error budget, or a consent that is missing.

    Raises:
        ValueError: The decision was not made under this policy, so its floors
            would be shown beside verdicts that they did not cause.
    """

    policy: Policy
    decision: Decision
    started: RunStarted
    finished: RunFinished | None
    ledger: LedgerFacts
    examples: Mapping[str, Mapping[str, Sequence[Example]]] = field(default_factory=dict)
    tradeoff: Tradeoff | None = None
    changes: Mapping[str, Mapping[str, Sequence[Changed]]] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, Mapping[str, Estimate]]] = field(default_factory=dict)
    imports: Mapping[str, Sequence[Import]] = field(default_factory=dict)
    between: Mapping[str, Mapping[str, Mapping[tuple[str, str], Estimate]]] = field(default_factory=dict)
    removed: Mapping[str, Mapping[str, Estimate | Missing]] = field(default_factory=dict)
    attacks: Mapping[str, Baseline] = field(default_factory=dict)
    held: "Hold | None" = None

    def __post_init__(self) -> None:
        if self.decision.policy != self.policy.digest:
            raise ValueError(f"the decision was made under policy {self.decision.policy}, not {self.policy.digest}")
        if self.decision.system not in self.policy.systems:
            raise ValueError(f"the policy has no system {self.decision.system!r}")

    @property
    def spec(self) -> SystemSpec:
        """The system that was judged."""
        return self.policy.systems[self.decision.system]

    @property
    def tier(self) -> Tier:
        """The risk class whose floors were applied."""
        return self.policy.tiers[self.decision.tier]

    @property
    def winner(self) -> str:
        """The candidate to ship, or empty text; nobody wins on a ledger that does not verify."""
        return "" if self.ledger.verified is False else self.decision.winner

    @property
    def verdict(self) -> Verdict:
        """The decision's, unless the evidence under it was altered, so that nothing is known, or its winner is held."""
        if self.ledger.verified is False:
            return Verdict.INCONCLUSIVE
        return self.held.verdict if self.held is not None and self.holds else self.decision.verdict

    def verdict_of(self, candidate: str = "") -> Verdict:
        """What a pipeline goes by: the verdict on one candidate, or the choice's where none is named.

        A candidate that passes is held back all the same where something holds it.

        Raises:
            KeyError: The decision does not speak of it.
        """
        if self.ledger.verified is False:
            return Verdict.INCONCLUSIVE
        if not candidate:
            found = self.decision.verdict
        else:
            known = {one.candidate: one.verdict for one in self.candidates}
            found = known[candidate]
        held = self.held
        if held is not None and found is Verdict.PASS and candidate in ("", held.candidate):
            return held.verdict
        return found

    @property
    def holds(self) -> bool:
        """Whether the winner is held back."""
        return self.held is not None and self.held.candidate == self.decision.winner

    @property
    def candidates(self) -> tuple[CandidateDecision, ...]:
        """In the order of the decision."""
        return self.decision.candidates

    @property
    def shown(self) -> tuple[CandidateDecision, ...]:
        """Those that tables have room for: all, unless many points of a grid were not tested."""
        if self.decision.rule == "each" or len(self.candidates) <= _ROOM:
            return self.candidates
        kept = {*self.decision.tested, self.decision.baseline, self.decision.winner}
        return tuple(c for c in self.candidates if c.candidate in kept) or self.candidates[:_ROOM]

    @property
    def untold(self) -> str:
        """How many are not among those shown, and why; empty when all are."""
        rest = len(self.candidates) - len(self.shown)
        if not rest:
            return ""
        return (
            f"{rest:,} more candidates are in report.json: they failed, or were not tested, since where the order was "
            "fixed others were both safer and better, or came before them."
        )

    def requirements(self) -> list[Requirement]:
        """Every requirement judged of any candidate, floors first, in the order of the policy."""
        seen = dict.fromkeys((j.asked, j.metric) for c in self.candidates for j in c.judgements)
        order = {"floor": 0, "red-line": 1, "regression": 2, "mitigation": 3, "gap": 4}
        place = {name: number for number, name in enumerate(self.policy.metrics)}
        ranked = sorted(seen, key=lambda row: (order[row[0]], place.get(row[1], len(place))))
        return [Requirement(asked=asked, metric=metric) for asked, metric in ranked]

    def metrics(self) -> list[str]:
        """Every metric with an estimate or a judgement, in the order of the policy."""
        seen = {name for c in self.candidates for name in (*c.estimates, *(j.metric for j in c.judgements))}
        known = [name for name in self.policy.metrics if name in seen]
        return known + sorted(seen - set(known))

    def unfloored(self) -> list[str]:
        """Metrics that no floor or red line puts among the requirements: those maximised first, in their order."""
        judged = {row.metric for row in self.requirements() if row.asked not in BESIDE}
        ordered = dict.fromkeys([*self.decision.maximise, *self.metrics()])
        return [metric for metric in ordered if metric not in judged]

    def metric(self, name: str) -> MetricSpec | None:
        """What the policy says of a metric, if it says anything."""
        return self.policy.metrics.get(name)

    def floor(self, metric: str) -> Floor | None:
        """The floor of the tier under this metric, if there is one."""
        return self.tier.floors.get(metric)

    def unit(self, metric: str) -> str:
        """Unit of the metric's numbers; the policy's word wins over the plugin's."""
        spec = self.metric(metric)
        return spec.unit if spec else str(self.started.metrics.get(metric, {}).get("unit", ""))

    def better(self, metric: str) -> Better:
        """Which way is good."""
        spec = self.metric(metric)
        if spec:
            return spec.better
        return "higher" if self.started.metrics.get(metric, {}).get("better") == "higher" else "lower"


def judgement(candidate: CandidateDecision, row: Requirement) -> Judgement | None:
    """What was decided of one candidate about one requirement; None when it was not asked."""
    return next((j for j in candidate.judgements if j.asked == row.asked and j.metric == row.metric), None)


def seen(candidate: CandidateDecision, metric: str) -> Estimate | Missing:
    """What is known of a metric: the estimate a floor's verdict rests on, else the plain one."""
    found = judgement(candidate, Requirement(asked="floor", metric=metric))
    if found is not None:
        return found.seen
    return candidate.estimates.get(metric, Missing("not-measured"))
