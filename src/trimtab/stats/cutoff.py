"""From which confidence on a finding counts, so that few bad texts are missed, or few clean ones flagged."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trimtab.stats.binomial_law import at_most

GRID = tuple(step / 100 for step in range(1, 101))
"""Thresholds that are tried. They must not be chosen by looking at the scores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoff:
    """A threshold at which what was promised is shown, and what was seen at it."""

    threshold: float
    missed: int  # bad texts below it
    bad: int
    flagged: int  # clean texts from it on
    clean: int


def cutoff(
    scores: Sequence[float],
    bad: Sequence[bool],
    *,
    misses: float | None = None,
    false_alarms: float | None = None,
    level: float = 0.95,
    grid: Sequence[float] = GRID,
) -> Cutoff | None:
    """The threshold at which the share of bad texts that are missed, of clean ones that are flagged, or both, is shown.

    "More than `misses` of bad texts score below t" is a hypothesis for each t; of n bad texts those below are binomial,
    and P(Bin(n, misses) <= missed) is its p-value. Since the share missed rises in t, the hypotheses are tested from
    the least t on until the first that is not rejected, each at the full error (fixed sequence); likewise from the
    greatest t down for false alarms. Where both are asked, each gets half of the error.

    Args:
        scores: Highest confidence of what the detector finds in each text, 0 if nothing; independent texts that
            nothing was tuned on.
        bad: Whether it should be found.
        misses: Tolerated share of bad texts that are missed, in (0, 1).
        false_alarms: Tolerated share of clean texts that are flagged, in (0, 1).
        level: Probability that all that is asked holds, in (0, 1).
        grid: Thresholds, chosen without the scores.

    Returns:
        With a bound on misses alone, the greatest threshold that keeps it; otherwise the least that keeps the bound on
        false alarms, if it keeps that on misses too. None where none is shown to.

    Raises:
        ValueError: An argument is outside its range, or nothing is asked.

    Source:
        Angelopoulos, Bates, Candès, Jordan & Lei (2021), Learn then Test, arXiv:2110.01052; for losses that rise in the
        threshold, Bates et al. (2021), Distribution-Free, Risk-Controlling Prediction Sets, JACM 68(6).
    """
    asked = [share for share in (misses, false_alarms) if share is not None]
    if not asked or not all(0.0 < share < 1.0 for share in asked) or not 0.0 < level < 1.0:
        raise ValueError(f"out of range: {misses=}, {false_alarms=}, {level=}")
    rising = np.array(sorted(set(grid)))
    score, is_bad = np.asarray(scores, dtype=np.float64), np.asarray(bad, dtype=bool)
    wrong = np.sort(score[is_bad])
    clean = np.sort(score[~is_bad])
    missed = np.searchsorted(wrong, rising, side="left")
    flagged = len(clean) - np.searchsorted(clean, rising, side="left")
    alpha = (1.0 - level) / len(asked)
    keeps_misses = _shown(missed, len(wrong), misses, alpha) if misses is not None else np.ones(len(rising), bool)
    if false_alarms is not None:
        keeps_alarms = _shown(flagged[::-1], len(clean), false_alarms, alpha)[::-1]
        fits = np.flatnonzero(keeps_alarms & keeps_misses)
        at = int(fits[0]) if len(fits) else None
    else:
        fits = np.flatnonzero(keeps_misses)
        at = int(fits[-1]) if len(fits) else None
    if at is None:
        return None
    return Cutoff(
        threshold=float(rising[at]),
        missed=int(missed[at]),
        bad=len(wrong),
        flagged=int(flagged[at]),
        clean=len(clean),
    )


def _shown(
    events: "np.ndarray[tuple[int], np.dtype[np.int64]]", texts: int, share: float, alpha: float
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Which hypotheses are rejected. Events rise in the order given, so these are a beginning of it, as must be."""
    return (at_most(events, texts, share) <= alpha) & (texts > 0)
