"""What a decision says, and about what: values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from trimtab.kinds import Better, Estimate, Instrument, Missing, Score, Shape


class Verdict(StrEnum):
    """Silence is the third outcome, never the first."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One scored case, as the decision needs it. Trials of one cluster are not independent."""

    case: str
    cluster: str
    outcome: Score | Missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurements:
    """All that a run saw, read back from the ledger: the only input besides the policy.

    `trials[candidate][metric]` are in the drawn order. `shapes` says how each
    metric's scores become an estimate and `better` which way is good.
    `instruments` are the detectors that metrics were scored by, if they were.
    `earlier` are those of earlier runs, oldest first, as far as a metric is held against others' word.

    `sampling` is how the run was to be measured, said before it began: "fixed"
    asks every case, "sequential" stops when it knows enough. Of the latter `trials`
    holds the beginning of the drawn order that is finished, in whole clusters, and nothing
    behind it, or the speed of answers would choose. `planned[metric]` is how many
    cases there would have been. `looks[candidate][metric]` says which look at
    its cases this is, from 1; 0 or none where looks are not counted.
    """

    system: str
    trials: Mapping[str, Mapping[str, Sequence[Trial]]]
    shapes: Mapping[str, Shape]
    better: Mapping[str, Better]
    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    sampling: Literal["fixed", "sequential"] = "fixed"
    planned: Mapping[str, int] = field(default_factory=dict)
    looks: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    earlier: "tuple[Measurements, ...]" = ()

    def whole(self, candidate: str, metric: str) -> bool:
        """Whether a candidate was asked every case behind a metric."""
        return len(self.trials.get(candidate, {}).get(metric, ())) >= self.planned.get(metric, 0)


Asked = Literal["floor", "red-line", "regression", "gap", "mitigation"]


Rule = Literal["each", "pareto"]
"""Each candidate at 1/K of the error probability, or one after the other along a fixed sequence, from a grid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One requirement of the policy against what was seen of one candidate.

    `requirement` is in words ("at most 0.02", "no event", "no worse than
    current by 0.01"). `bound` is the number in it. `seen` is the estimate the
    verdict rests on: of the metric itself for floors and red lines, of the
    paired difference (candidate minus baseline, in the undesired direction
    positive) for regressions, of what the metric flatters by for gaps, of the share of the
    baseline's gap that is gone for mitigations. `needed` is how many further independent trials
    would probably decide an INCONCLUSIVE one, None when more of the same
    cannot. `hopeless` says that measuring an INCONCLUSIVE one stopped because
    proving it would probably take too long. `reason` is one sentence that a reader who is no statistician
    understands. `near` says of an INCONCLUSIVE one that as many cases again, like
    these, or a hundred, would refute it; it is for whoever decides whether to go on, and is
    not recorded. `look` is which look at these cases it was, from 1, 0 where looks are not counted.
    `unconfirmed` says that an INCONCLUSIVE one would pass on its own word, and that no independent judge agrees.
    """

    asked: Asked
    metric: str
    requirement: str
    bound: float
    verdict: Verdict
    seen: Estimate | Missing
    needed: int | None
    reason: str
    hopeless: bool = False
    look: int = 0
    unconfirmed: bool = False
    near: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateDecision:
    """One candidate: the verdict over all its requirements, and every metric's estimate."""

    candidate: str
    verdict: Verdict
    judgements: tuple[Judgement, ...]
    estimates: Mapping[str, Estimate | Missing]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What follows for one system.

    `verdict` is PASS when there is a winner, FAIL when every candidate fails,
    INCONCLUSIVE otherwise. `alpha` is the one-sided error probability at
    which each requirement was judged, after correction for choosing among
    several candidates; a look at cases that were looked at before spends only its share of it.
    `rule` is how candidates were judged beside each other: each for itself, or
    along `sequence`, which was fixed on a part of the cases.
    """

    system: str
    tier: str
    policy: str  # digest
    run: str
    time: int  # microseconds since the epoch, UTC
    confidence: float
    alpha: float
    baseline: str
    maximise: tuple[str, ...]
    candidates: tuple[CandidateDecision, ...]
    winner: str  # empty when none
    verdict: Verdict
    reason: str
    rule: Rule = "each"
    sequence: tuple[str, ...] = ()

    @property
    def tested(self) -> tuple[str, ...]:
        """Of `sequence` those that were tested: up to the first that did not pass, and that one."""
        passed = {one.candidate for one in self.candidates if one.verdict is Verdict.PASS}
        stop = next((place for place, name in enumerate(self.sequence) if name not in passed), len(self.sequence))
        return self.sequence[: stop + 1]
