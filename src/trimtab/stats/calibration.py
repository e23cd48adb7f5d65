"""Whether an answer given with confidence c is right as often as c says, and how to say it better.

For display and cost only. What may be answered without a person rests on the order of confidences alone
(`trimtab.stats.release`), which none of these maps changes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from scipy.optimize import isotonic_regression, minimize, minimize_scalar
from scipy.special import expit

from trimtab.errors import InsufficientEvidenceError
from trimtab.kinds import Interval
from trimtab.stats.binomial import clopper_pearson
from trimtab.stats.clusters import Floats

Method = Literal["temperature", "sigmoid", "isotonic"]
METHODS: tuple[Method, ...] = ("temperature", "sigmoid", "isotonic")
_MOST_BINS = 10
_IN_A_BIN = 20  # answers, fewer than which say nothing of a bin
_EDGE = 1e-6  # confidences nearer to 0 or 1 have no usable logit
_FEWEST = 40  # answers, half of which are fitted on


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Answers of similar confidence. The intervals of all bins hold together."""

    least: float
    most: float
    count: int
    right: int
    confidence: float  # mean
    interval: Interval  # of the share that is right


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """Confidence against the share that is right, and the mean distance of the two, weighted by answers."""

    bins: tuple[Bin, ...]
    ece: float
    interval: Interval  # of the expected calibration error


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalibration:
    """A rising map from confidence to chance of being right.

    `numbers` are T of temperature, a and b of sigmoid, and of isotonic the
    confidences and the chances at the corners of the steps, one after the other.
    """

    method: Method
    numbers: tuple[float, ...]

    def __call__(self, confidence: Floats) -> Floats:
        """Chances for confidences, all in [0, 1]."""
        if self.method == "isotonic":
            half = len(self.numbers) // 2
            found: Floats = np.interp(confidence, self.numbers[:half], self.numbers[half:])
            return found
        slope, offset = (1.0 / self.numbers[0], 0.0) if self.method == "temperature" else self.numbers
        return _chance(slope * _logit(confidence) + offset)


def reliability(confidence: Floats, right: Floats, *, level: float = 0.95) -> Reliability:
    """How far confidences are from the share that is right.

    Bins hold equally many answers (equal confidences stay together), at most ten of them and at least twenty answers
    each; they are made without looking at what is right. Within a bin the right answers are binomial; the ends of
    all bins hold together with probability `level` (Bonferroni), and the error's ends follow from them:

        ECE = sum over bins of n_b/n |mean confidence_b - P(right)_b|

    The plug-in value is biased upwards by noise; the lower end is not.

    Args:
        confidence: Of each answer, in [0, 1].
        right: Whether it was, 0 or 1; answers are independent.
        level: Coverage probability, in (0, 1).

    Raises:
        InsufficientEvidenceError: There are no answers.

    Source:
        Naeini, Cooper & Hauskrecht (2015), AAAI, for the error; Nixon et al. (2019), CVPR workshops, for bins of
        equal size; the interval is a union bound over exact ones.
    """
    total = len(confidence)
    if total == 0:
        raise InsufficientEvidenceError("confidence", have=0, need=1, next_step="Give answers that have a confidence.")
    order = np.argsort(confidence, kind="stable")
    sure, good = confidence[order], right[order]
    edges = _edges(sure)
    one = 1.0 - (1.0 - level) / (len(edges) - 1)
    bins = tuple(_bin(sure[start:end], good[start:end], one) for start, end in pairwise(edges))
    ece = sum(one.count * abs(one.confidence - one.right / one.count) for one in bins) / total
    low = sum(one.count * _distance(one.confidence, one.interval)[0] for one in bins) / total
    high = sum(one.count * _distance(one.confidence, one.interval)[1] for one in bins) / total
    return Reliability(bins=bins, ece=ece, interval=Interval(low, high, level, "Bonferroni over clopper-pearson bins"))


def _edges(sure: Floats) -> list[int]:
    """Where bins begin, and the end; a bin never parts answers of one confidence."""
    total = len(sure)
    wanted = max(1, min(_MOST_BINS, total // _IN_A_BIN))
    edges = [0]
    for number in range(1, wanted):
        at = int(np.searchsorted(sure, sure[number * total // wanted], side="left"))
        if at - edges[-1] >= _IN_A_BIN and total - at >= _IN_A_BIN:
            edges.append(at)
    return [*edges, total]


def _bin(sure: Floats, good: Floats, level: float) -> Bin:
    right = int(good.sum())
    return Bin(
        least=float(sure[0]),
        most=float(sure[-1]),
        count=len(sure),
        right=right,
        confidence=float(sure.mean()),
        interval=clopper_pearson(right, len(sure), level=level),
    )


def _distance(point: float, interval: Interval) -> tuple[float, float]:
    """The least and the most that a point may be away from something in the interval."""
    nearest = max(0.0, interval.low - point, point - interval.high)
    return nearest, max(abs(point - interval.low), abs(point - interval.high))


def recalibrate(method: Method, confidence: Floats, right: Floats) -> Recalibration:
    """The map of its kind under which the answers are likeliest.

    Args:
        method: "temperature" divides the logit by T; "sigmoid" maps it by a line; "isotonic" takes the closest
            rising step function.
        confidence: Of each answer, in [0, 1].
        right: Whether it was, 0 or 1; with some of each.

    Raises:
        InsufficientEvidenceError: Fewer than forty answers, or none of one kind.

    Source:
        Guo et al. (2017), ICML (temperature); Platt (1999), with his targets in place of 0 and 1 (sigmoid);
        Zadrozny & Elkan (2002), KDD, by SciPy's pool of adjacent violators (isotonic).
    """
    good = int(right.sum())
    if len(right) < _FEWEST or good in (0, len(right)):
        raise InsufficientEvidenceError(
            "recalibration", have=min(good, len(right) - good), need=1, next_step="Give right and wrong answers."
        )
    if method == "isotonic":
        return Recalibration(method=method, numbers=_steps(confidence, right))
    logit = _logit(confidence)
    if method == "temperature":
        best = minimize_scalar(lambda log: _loss(logit / np.exp(log), right), bounds=(-4.0, 4.0), method="bounded")
        return Recalibration(method=method, numbers=(float(np.exp(best.x)),))
    bad = len(right) - good
    targets = np.where(right > 0.5, (good + 1.0) / (good + 2.0), 1.0 / (bad + 2.0))
    found = minimize(lambda ab: _loss(ab[0] * logit + ab[1], targets), x0=(1.0, 0.0), bounds=((1e-3, 50.0), (-50, 50)))
    return Recalibration(method=method, numbers=(float(found.x[0]), float(found.x[1])))


def _steps(confidence: Floats, right: Floats) -> tuple[float, ...]:
    distinct, place, counts = np.unique(confidence, return_inverse=True, return_counts=True)
    means = np.bincount(place, weights=right) / counts
    fitted = isotonic_regression(means, weights=counts.astype(np.float64)).x
    inner = np.zeros(len(fitted), dtype=bool)
    inner[1:-1] = (fitted[1:-1] == fitted[:-2]) & (fitted[1:-1] == fitted[2:])  # no corner
    return (*map(float, distinct[~inner]), *map(float, fitted[~inner]))


def held_out(
    confidence: Floats, right: Floats, *, level: float = 0.95, seed: int = 0
) -> dict[str, tuple[Recalibration | None, Reliability]]:
    """Each map fitted on one half of the answers, and how reliable it is on the other; "as given" for none.

    Args:
        confidence: Of each answer.
        right: Whether it was.
        level: Of the intervals.
        seed: Of the draw of the halves.

    Returns:
        By method; empty when there are too few answers to fit anything on.
    """
    order = np.random.default_rng(seed).permutation(len(confidence))
    first, second = order[: len(order) // 2], order[len(order) // 2 :]
    maps: dict[str, Recalibration | None] = {"as given": None}
    try:
        maps |= {method: recalibrate(method, confidence[first], right[first]) for method in METHODS}
    except InsufficientEvidenceError:
        return {}
    given: Callable[[Floats], Floats] = np.asarray
    return {
        name: (found, reliability((found or given)(confidence[second]), right[second], level=level))
        for name, found in maps.items()
    }


def _loss(logit: Floats, target: Floats) -> float:
    """Mean logarithmic loss, without overflow."""
    return float(np.mean(np.logaddexp(0.0, logit) - target * logit))


def _logit(confidence: Floats) -> Floats:
    held = np.clip(np.asarray(confidence, dtype=np.float64), _EDGE, 1.0 - _EDGE)
    found: Floats = np.log(held) - np.log1p(-held)
    return found


def _chance(logit: Floats) -> Floats:
    found: Floats = expit(logit)
    return found


def arrays(answers: Sequence[tuple[float | None, bool]]) -> tuple[Floats, Floats]:
    """Confidences and whether each answer was right, of those that have a confidence."""
    known = [(sure, right) for sure, right in answers if sure is not None]
    sure = np.array([one for one, _ in known], dtype=np.float64)
    return sure, np.array([right for _, right in known], dtype=np.float64)
