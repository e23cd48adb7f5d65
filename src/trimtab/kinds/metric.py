"""What a metric is: it scores one case; `trimtab.stats` makes estimates of the scores."""

from dataclasses import dataclass
from typing import Literal, Protocol

from trimtab.kinds.case import Case, Exchange, Score
from trimtab.kinds.detector import AnyDetector, Finding
from trimtab.kinds.estimate import Missing, Shape

Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What a metric looks for in the last reply: what a detector finds of some labels, all if none are named.

    Two watches with the same `key` have detectors that find the same, so one look serves both.
    """

    key: str
    detector: AnyDetector
    labels: tuple[str, ...] = ()
    threshold: float = 0.5

    def counts(self, finding: Finding) -> bool:
        """Whether a finding of the detector is one that is looked for."""
        return finding.confidence >= self.threshold and (not self.labels or any(map(finding.is_a, self.labels)))


class Metric(Protocol):
    """Scores one case from its finished exchange. Pure and picklable.

    Return `Missing` when the exchange does not hold what the metric needs (no
    token counts, say); never a neutral value. Since the score and the shape
    go into the ledger, a decision can be recomputed without the plugin.

    Five things are optional. `async ascore(case, exchange)` is awaited instead
    of `score`, for a metric that waits for somebody else's answer. A property
    `instrument: Instrument` says that a detector does the scoring, and how
    often that errs; decisions allow for it. A property `watch: Watch | None`
    says what that detector looks for, if the score is whether it finds that in
    the last reply; training rewards count the findings. A class attribute
    `logprobs = True` has systems asked for log-probabilities. A class attribute
    `group_key` names the key of `expect` that holds the group of a case, so
    that a case without a score is missing in its own group.
    """

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def shape(self) -> Shape: ...
    @property
    def unit(self) -> str: ...
    @property
    def better(self) -> Better: ...
    def score(self, case: Case, exchange: Exchange) -> Score | Missing: ...
