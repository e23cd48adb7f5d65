"""Shares of many units from few cases: each drawn to all of them as far as its own is luck; and who stands out.

Raw shares put small units at both ends of a list. What is shown instead: the shrunk share with its interval, and
whether the raw one lies outside what luck alone would give a unit of that size (a funnel plot), which orders nobody.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv, betaln
from scipy.stats import binom

from trimtab.errors import InsufficientEvidenceError
from trimtab.kinds import Interval
from trimtab.stats.clusters import Floats

METHOD = "beta-binomial, scatter unknown"
_FEWEST_UNITS = 3
_STEPS = 40  # of the mean and of the scatter
_MOST_ALIKE = 0.6  # the largest correlation between cases of one unit that is thought of
_HALVINGS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ShrunkShares:
    """Shares of units in the order given, with intervals; `mean` is that of all, `alike` how alike cases of one are.

    `alike` is the correlation between two cases of the same unit, in [0, 1): 0 says that units do not differ.
    """

    mean: float
    alike: float
    shares: tuple[float, ...]
    intervals: tuple[Interval, ...]


def shrunk_shares(hits: Sequence[int], trials: Sequence[int], *, level: float = 0.95) -> ShrunkShares:
    """Shares of units that are alike until they are counted; a unit without a case gets what all others say.

    True shares are beta variables of one mean and one correlation, both unknown and flat, and averaged over, so that a
    unit's interval is not narrower for having guessed them.

    Args:
        hits: By unit, 0 <= hits <= trials.
        trials: By unit, >= 0.
        level: Of the intervals, in (0, 1).

    Raises:
        InsufficientEvidenceError: Fewer than three units with a case.
        ValueError: An argument is outside its range.

    Source:
        Efron & Morris (1975), JASA 70(350), 311-319, for shrinking; Gelman et al. (2013), Bayesian Data Analysis, 3rd
        ed., section 5.3, for the model.
    """
    k, n = np.asarray(hits, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    if k.shape != n.shape or k.ndim != 1 or not 0.0 < level < 1.0:
        raise ValueError("one number of trials for each of hits")
    if not (np.all(k >= 0) and np.all(k <= n) and np.all(np.isfinite(n)) and np.all(k == np.floor(k))):
        raise ValueError("hits are whole, and no more than trials")
    seen = int((n > 0).sum())
    if seen < _FEWEST_UNITS:
        raise InsufficientEvidenceError("units to compare", seen, _FEWEST_UNITS, "A unit alone is no comparison.")
    a, b, weight = _plausible(k, n)
    alike, mean = 1.0 / (a + b + 1.0), a / (a + b)
    post_a, post_b = k[:, None] + a, (n - k)[:, None] + b
    tail = (1.0 - level) / 2.0
    ends = [_mixture_quantile(post_a, post_b, weight, part) for part in (tail, 1.0 - tail)]
    return ShrunkShares(
        mean=float(mean @ weight),
        alike=float(alike @ weight),
        shares=tuple(((post_a / (post_a + post_b)) @ weight).tolist()),
        intervals=tuple(Interval(x, y, level, METHOD) for x, y in zip(*(end.tolist() for end in ends), strict=True)),
    )


def funnel(mean: float, trials: int, *, level: float) -> Interval:
    """Between which shares a unit of that size lies if it is like all others; beyond, luck alone is no explanation.

    Args:
        mean: Of all units, in [0, 1].
        trials: Of the unit, >= 1.
        level: 0.95 and 0.998 are usual.

    Source:
        Spiegelhalter (2005), Statistics in Medicine 24(8), 1185-1202; exact binomial limits.
    """
    if not (0.0 <= mean <= 1.0 and trials >= 1 and 0.0 < level < 1.0):
        raise ValueError(f"out of range: {mean=}, {trials=}, {level=}")
    tail = (1.0 - level) / 2.0
    low, high = (float(binom.ppf(part, trials, mean)) for part in (tail, 1.0 - tail))
    return Interval(max(low, 0.0) / trials, high / trials, level, "binomial control limits")


def _plausible(k: Floats, n: Floats) -> tuple[Floats, Floats, Floats]:
    """Parameters of the common beta distribution, and how probable each pair is; the improbable left out."""
    grid = (np.arange(_STEPS) + 0.5) / _STEPS
    whole = (k.sum() + 0.5) / (n.sum() + 1.0)
    wide = 6.0 * math.sqrt(whole * (1.0 - whole) * (1.0 / n.sum() + _MOST_ALIKE / len(n)))
    least, most = max(whole - wide, 1e-6), min(whole + wide, 1.0 - 1e-6)
    mean, alike = np.meshgrid(least + grid * (most - least), grid**2 * _MOST_ALIKE)
    size = 1.0 / alike - 1.0
    a, b = (mean * size).ravel(), ((1.0 - mean) * size).ravel()
    logs = np.zeros(len(a))
    for hit, of in zip(k.tolist(), n.tolist(), strict=True):
        logs += betaln(a + hit, b + of - hit) - betaln(a, b)
    logs += np.log(2.0 * np.sqrt(alike / _MOST_ALIKE)).ravel()  # the grid is finer near 0
    weight = np.exp(logs - logs.max())
    keep = weight > 1e-4 * weight.max()
    return a[keep], b[keep], weight[keep] / weight[keep].sum()


def _mixture_quantile(a: Floats, b: Floats, weight: Floats, part: float) -> Floats:
    """Of each row's mixture of beta distributions."""
    each = betaincinv(a, b, part)
    low, high = each.min(axis=1), each.max(axis=1)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        below = betainc(a, b, middle[:, None]) @ weight < part
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    found: Floats = 0.5 * (low + high)
    return found
