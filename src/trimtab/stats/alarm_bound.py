"""A threshold whose false-alarm rate is bounded, from the scores of clean texts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trimtab.errors import InsufficientEvidenceError
from trimtab.stats.binomial import trials_to_prove
from trimtab.stats.binomial_law import at_most


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmBound:
    """What is flagged is what scores above `cut`.

    With probability at least `confidence` over the draw of the `clean` texts, at most a share `rate` of further
    clean texts from the same source is flagged. `allowed` of the texts at hand are.
    """

    cut: float
    rate: float
    confidence: float
    clean: int
    allowed: int


def alarm_bound(scores: Sequence[float], *, rate: float, confidence: float = 0.95) -> AlarmBound:
    """The lowest order statistic of the scores that bounds the rate.

    Of n exchangeable texts and a cut at the (k + 1)-th largest score, the share of further texts above the cut is
    stochastically at most Beta(k + 1, n - k), whatever the scores are like, ties included. So it exceeds `rate` with
    probability at most P(Binomial(n, rate) <= k), and the largest k that keeps this within 1 - confidence is taken.

    Args:
        scores: Of clean texts that the scorer was not fitted on, drawn independently from the traffic it will see.
        rate: Largest share of clean texts that may be flagged, in (0, 1).
        confidence: Probability with which that holds, in (0, 1).

    Raises:
        InsufficientEvidenceError: Too few texts for any cut; it says how many are needed.
        ValueError: An argument is outside its range, or a score is not a number.

    Source:
        Vovk (2012), Conditional validity of inductive conformal predictors, proposition 2a; the same bound as
        Clopper & Pearson (1934) at an order statistic.
    """
    if not (0.0 < rate < 1.0 and 0.0 < confidence < 1.0):
        raise ValueError(f"out of range: {rate=}, {confidence=}")
    ranked = np.sort(np.asarray(scores, np.float64))[::-1]
    if np.isnan(ranked).any():
        raise ValueError("a score is not a number")
    need = trials_to_prove(rate, side="at_most", alpha=1.0 - confidence)
    assert need is not None  # only a rate of 0 cannot be proved
    if len(ranked) < need:
        raise InsufficientEvidenceError("false alarms", have=len(ranked), need=need)
    # The chance of at most k grows with k: the last k within the bound, by halving. None is allowed for certain.
    allowed, beyond = 0, len(ranked)
    while beyond - allowed > 1:
        middle = (allowed + beyond) // 2
        if float(at_most(middle, len(ranked), rate)) <= 1.0 - confidence:
            allowed = middle
        else:
            beyond = middle
    return AlarmBound(cut=float(ranked[allowed]), rate=rate, confidence=confidence, clean=len(ranked), allowed=allowed)
