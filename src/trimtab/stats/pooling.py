"""Severities from few losses: each kind of loss learns from the others as far as they are alike."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from trimtab.errors import InsufficientEvidenceError
from trimtab.stats.clusters import Floats
from trimtab.stats.severity import Lognormal

_STEPS = 400
_WIDEST = 6.0  # of the scatter between kinds, in scatters within a kind: beyond, nothing is pooled anyway
_Z = 1.6448536269514722


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """Log-normal severities that foresee the next loss of each kind, what is not known of them included.

    `within` is the scatter of the logarithm inside a kind, `between` that of the kinds' centres, on average over what
    it may be; `pull` says for each kind how far it was drawn to the middle of all: 0 not at all, 1 all the way.
    """

    severities: Mapping[str, Lognormal]
    pull: Mapping[str, float]
    within: float
    between: float


def pooled(losses: Mapping[str, Sequence[float]]) -> Pooled:
    """Centres of kinds of losses by partial pooling, for one scatter within kinds.

    A kind with no loss yet gets what the others say of a new kind; one with
    many keeps its own centre. How much kinds differ is averaged over what the
    losses leave probable, with a flat prior on the scatter between them. The range P5 to P95 of the next loss is
    that of Student's t, with as many degrees of freedom as the scatter within was told from.

    Args:
        losses: By kind, money > 0; kinds without a loss are allowed.

    Raises:
        InsufficientEvidenceError: No kind has two losses, so nothing says how losses of a kind scatter; or fewer
            than two kinds have any.
        ValueError: A loss is not positive and finite.

    Source:
        Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., section 5.4, with sizes of groups that differ;
        Gelman (2006), Bayesian Analysis 1(3), 515-534, for the prior.
    """
    logs: dict[str, Floats] = {}
    for kind, amounts in losses.items():
        values = np.array(amounts, dtype=np.float64)
        if not (np.all(np.isfinite(values)) and np.all(values > 0.0)):
            raise ValueError(f"{kind}: losses are positive and finite")
        logs[kind] = np.log(values)
    seen = {kind: one for kind, one in logs.items() if len(one)}
    free = sum(len(one) - 1 for one in seen.values())
    if free < 1:
        raise InsufficientEvidenceError("losses of one kind", 1, 2, "Until then state a range.")
    if len(seen) < 2:
        raise InsufficientEvidenceError("kinds of losses", len(seen), 2, "With one kind there is nothing to pool.")
    squares = math.fsum(float(((one - one.mean()) ** 2).sum()) for one in seen.values())
    within = math.sqrt(squares / free)
    if within == 0.0:
        raise InsufficientEvidenceError(
            "different losses of one kind", 1, 2, "Losses that are all alike show no scatter."
        )
    centres = np.array([one.mean() for one in seen.values()])
    noise = np.array([within**2 / len(one) for one in seen.values()])
    between = (np.arange(_STEPS) + 0.5) / _STEPS * _WIDEST * max(within, float(np.ptp(centres)) / 2.0)
    variances = between[:, None] ** 2 + noise[None, :]
    of_middle = 1.0 / (1.0 / variances).sum(axis=1)
    middle = of_middle * (centres / variances).sum(axis=1)
    scores = 0.5 * np.log(of_middle) - 0.5 * (np.log(variances) + (centres - middle[:, None]) ** 2 / variances).sum(
        axis=1
    )
    weight = np.exp(scores - scores.max())
    weight /= weight.sum()
    stretch = float(stdtrit(free, 0.95)) / _Z
    severities, pull = {}, {}
    place = {kind: number for number, kind in enumerate(seen)}
    for kind in losses:
        known = place.get(kind)
        drawn = noise[known] / variances[:, known] if known is not None else np.ones(_STEPS)
        own = centres[known] if known is not None else 0.0
        mean = (1.0 - drawn) * own + drawn * middle
        left = between**2 * drawn if known is not None else between**2
        spread = left + drawn**2 * of_middle
        centre = float(weight @ mean)
        variance = float(weight @ (spread + (mean - centre) ** 2)) + within**2
        severities[kind] = Lognormal(centre, math.sqrt(variance) * stretch)
        pull[kind] = float(weight @ drawn)
    return Pooled(severities=severities, pull=pull, within=within, between=float(weight @ between))
