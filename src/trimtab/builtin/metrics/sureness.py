"""How sure a model is of its answer."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.kinds import Better, Case, Exchange, Missing, Score, Shape


@dataclass(frozen=True, slots=True)
class Confidence:
    """The geometric mean of the probabilities of the last reply's tokens, from 0 to 1.

    No probability of being right: `trimtab calibrate` finds out what it is
    worth. Missing where the system gives no log-probabilities.
    """

    name: ClassVar[str] = "confidence"
    version: ClassVar[str] = "1"
    shape: ClassVar[Shape] = Shape.MEAN
    unit: ClassVar[str] = "ratio"
    better: ClassVar[Better] = "higher"
    logprobs: ClassVar[bool] = True

    def score(self, case: Case, exchange: Exchange) -> Score | Missing:
        from trimtab.stats import of_logprobs

        sure = of_logprobs(exchange.replies[-1].logprobs or ())
        return Missing("no-logprobs", "the system gives none") if sure is None else Score(value=sure)
