"""A mean that people measure on some cases, sharpened by a measure that scores all of them (approximate).

For scores that a candidate is compared by. Not for floors: the interval is a normal one, and on rare events it covers
77 to 82 % where it says 95. There, have every flagged answer read (`trimtab.decision.review`).
"""

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from trimtab.errors import InsufficientEvidenceError
from trimtab.kinds import Estimate, Interval

FEWEST = 30
"""Marked units below which no normal interval is to be believed."""


def prediction_powered(
    marked: Sequence[tuple[float, float]], unmarked: Sequence[float], *, level: float = 0.95
) -> Estimate:
    """The mean of what people would say of all units, from what they said of some and what a measure says of all.

    With f the measure, y the mark, n marked and N unmarked units,

        theta = mean_N(lambda f) + mean_n(y - lambda f)      lambda = cov(y, f) / ((1 + n/N) var(f)), within [0, 1]

    whose variance is var_n(y - lambda f)/n + lambda^2 var_N(f)/N. A measure that says nothing of the marks gets
    lambda 0, and the classical interval comes out; so it is never much wider than that.

    Args:
        marked: Measure and mark of independent units that were drawn at random, both in [0, 1].
        unmarked: Measure of the others.
        level: Coverage probability, in (0, 1); approximate, for means away from 0 and 1.

    Returns:
        `count` and `cases` are the marked units.

    Raises:
        InsufficientEvidenceError: Fewer than `FEWEST` units are marked.

    Source:
        Angelopoulos, Bates, Fannjiang, Jordan & Zrnic (2023), Science 382, 669-674; power tuning after Angelopoulos,
        Duchi & Zrnic (2023), PPI++, arXiv:2311.01453.
    """
    if len(marked) < FEWEST:
        raise InsufficientEvidenceError("marks", have=len(marked), need=FEWEST, next_step="Mark more replies.")
    f, y = np.array(marked, dtype=np.float64).T
    rest = np.array(unmarked, dtype=np.float64)
    n, others = len(f), len(rest)
    weight = 0.0
    if others:
        spread = float(np.concatenate([f, rest]).var(ddof=1))
        both = float(np.mean((f - f.mean()) * (y - y.mean())))
        weight = min(1.0, max(0.0, both / ((1.0 + n / others) * spread))) if spread > 0.0 else 0.0
    corrected = y - weight * f
    value = float(corrected.mean()) + (weight * float(rest.mean()) if others else 0.0)
    variance = float(corrected.var()) / n + (weight**2 * float(rest.var()) / others if others else 0.0)
    half = NormalDist().inv_cdf((1.0 + level) / 2.0) * math.sqrt(variance)
    low, high = max(0.0, value - half), min(1.0, value + half)
    value = min(max(value, low), high)
    method = "prediction-powered (approximate)"
    ends = (float(f"{low:.12g}"), float(f"{high:.12g}"))
    return Estimate(value=float(f"{value:.12g}"), interval=Interval(*ends, level, method), count=n, cases=n)
