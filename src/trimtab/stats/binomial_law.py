"""The binomial distribution, from special functions alone.

`scipy.stats` has all of this, but importing it takes most of a second on a
small machine, and every command would pay. The tests hold these against it.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtrik, betainc, betaincc, betaincinv

Floats = NDArray[np.float64]


def at_most(hits: ArrayLike, trials: ArrayLike, rate: ArrayLike) -> Floats:
    """P(X <= hits) for X binomial; 0 below 0 hits, 1 from `trials` on. Arrays are broadcast."""
    k, n, p = np.broadcast_arrays(
        np.asarray(hits, dtype=np.float64), np.asarray(trials, dtype=np.float64), np.asarray(rate, dtype=np.float64)
    )
    inside = (k >= 0) & (k < n)
    found = np.where(k < 0, 0.0, 1.0)
    found[inside] = betaincc(k[inside] + 1.0, n[inside] - k[inside], p[inside])
    return found


def more_than(hits: ArrayLike, trials: ArrayLike, rate: ArrayLike) -> Floats:
    """P(X > hits), precise where it is tiny."""
    k, n, p = np.broadcast_arrays(
        np.asarray(hits, dtype=np.float64), np.asarray(trials, dtype=np.float64), np.asarray(rate, dtype=np.float64)
    )
    inside = (k >= 0) & (k < n)
    found = np.where(k < 0, 1.0, 0.0)
    found[inside] = betainc(k[inside] + 1.0, n[inside] - k[inside], p[inside])
    return found


def likely_most(share: float, trials: int, rate: float) -> int:
    """The smallest k with P(X <= k) >= `share`, in (0, 1)."""
    if rate <= 0.0:
        return 0
    if rate >= 1.0:
        return trials
    k = int(np.ceil(bdtrik(share, trials, rate)))
    below = max(k - 1, 0)
    return below if float(at_most(below, trials, rate)) >= share else k


def beta_quantile(share: float, a: float, b: float) -> float:
    """The `share` quantile of the Beta(a, b) distribution."""
    return float(betaincinv(a, b, share))
