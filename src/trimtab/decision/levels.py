"""How surely one requirement is met, as a p-value: what an order can be made of, and nothing is certified by.

The p-value is the smallest error probability at which the verdict would be
PASS, exactly for rates, means, quantiles and regressions; for the other
shapes, whose intervals have no such form, on a ladder of error probabilities.
"""

from collections.abc import Callable, Sequence

import numpy as np

from trimtab.decision.floors import clears, outcomes_of, see
from trimtab.decision.model import Trial
from trimtab.decision.regression import compare, pairs_of
from trimtab.kinds import Better, Estimate, Instrument, Missing, Score, Shape
from trimtab.policy.model import Floor
from trimtab.stats.clusters import Outcome, gather, usable
from trimtab.stats.loss_table import p_value
from trimtab.stats.paired import worst_differences
from trimtab.stats.shapes import QUANTILES

Level = Callable[[float], float]
"""From a bound to the p-value of "it is not met"."""

_LADDER = (1e-4, 1e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.45)


def floor_level(
    shape: Shape | None, trials: Sequence[Trial], *, up: bool, instrument: Instrument | None = None
) -> Level:
    """For a floor; `up` if it is a lower bound. Without trials nothing is known, and p is 1."""
    if shape is None or not trials:
        return lambda _: 1.0
    if instrument is None and shape in (Shape.RATE, Shape.MEAN):
        clusters = gather(usable(shape, outcomes_of(trials)))
        _, low, high = clusters.means()
        losses, binary = (1.0 - low if up else high), shape is Shape.RATE and clusters.alone
        return lambda bound: _of_losses(losses, 1.0 - bound if up else bound, binary=binary)
    if instrument is None and shape in QUANTILES:
        order, outcomes = QUANTILES[shape], usable(shape, outcomes_of(trials))
        return lambda bound: _of_quantile(outcomes, bound, order, up=up)
    seen = [(alpha, see(shape, trials, alpha=alpha, instrument=instrument)) for alpha in _LADDER]

    def on_the_ladder(bound: float) -> float:
        floor = Floor(at_least=bound) if up else Floor(at_most=bound)
        return next((alpha for alpha, estimate in seen if clears(floor, estimate)), 1.0)

    return on_the_ladder


def regression_level(
    shape: Shape, ours: Sequence[Trial], theirs: Sequence[Trial], *, better: Better, instrument: Instrument | None
) -> Level:
    """For "no worse than the baseline by more than a margin"."""
    if not ours or not theirs:
        return lambda _: 1.0
    pairs = pairs_of(shape, ours, theirs, better=better)
    if instrument is None:
        losses = (1.0 + worst_differences(pairs)) / 2.0
        return lambda margin: _of_losses(losses, (1.0 + margin) / 2.0, binary=False)
    seen = [(alpha, compare(pairs, alpha=alpha, instrument=instrument)) for alpha in _LADDER]
    return lambda margin: next((alpha for alpha, estimate in seen if _within(estimate, margin)), 1.0)


def _within(seen: Estimate | Missing, margin: float) -> bool:
    return isinstance(seen, Estimate) and seen.known and seen.interval.high <= margin


def _of_losses(losses: np.ndarray, floor: float, *, binary: bool) -> float:
    return 0.0 if floor >= 1.0 else p_value(losses, floor, binary=binary)


def _of_quantile(outcomes: Sequence[Outcome], bound: float, order: float, *, up: bool) -> float:
    """A quantile is at most `bound` exactly when at most 1 - `order` of the cases lie above it."""

    def beyond(outcome: Score | Missing) -> float:
        if isinstance(outcome, Missing):
            return 1.0
        return float(outcome.value < bound if up else outcome.value > bound)

    clusters = gather([(cluster, Score(value=beyond(outcome))) for cluster, outcome in outcomes])
    return _of_losses(clusters.total / clusters.tried, order if up else 1.0 - order, binary=clusters.alone)
