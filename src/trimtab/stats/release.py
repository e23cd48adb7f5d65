"""From which confidence on answers may be given, so that few of those given are wrong."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from trimtab.stats.binomial_law import at_most

GRID = tuple(step / 100 for step in range(99, -1, -1))
"""Thresholds that are tried, falling. They must not be chosen by looking at the answers."""

STARTS = (0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.0)
"""Where the search begins; each gets an equal part of the error probability, since at the first too few are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A threshold, and what was seen at it. Of answers at least so sure, at most `error` are wrong.

    That holds with probability `level` over the answers that it was calibrated on, if they were independent
    and like those to come.
    """

    threshold: float
    error: float
    level: float
    given: int  # of the answers it was calibrated on, those at least so sure
    wrong: int  # of these
    answers: int
    method: str = "fixed sequence of exact binomial tests"


def release_threshold(
    answers: Iterable[tuple[float | None, bool]],
    *,
    error: float,
    level: float = 0.95,
    grid: Sequence[float] = GRID,
    starts: Sequence[float] = STARTS,
) -> Release | None:
    """The least threshold at which the share of wrong answers among those given is shown to be at most `error`.

    Each threshold t is a hypothesis: "of answers with a confidence of at least t, more than `error` are wrong". Of the
    answers given at t, the wrong ones are binomial, so P(Bin(given, error) <= wrong) is a p-value. From each start the
    thresholds are tested in falling order, each at (1 - level) / starts, until the first that cannot be rejected.
    The order is fixed beforehand, so the probability that any of those rejected is true is at most 1 - level, and any
    of them may be taken.

    Args:
        answers: Confidence and whether the answer was right; independent, not those that anything was tuned on. A
            missing confidence, or NaN, is below every threshold.
        error: The tolerated share of wrong answers among those given, in (0, 1).
        level: Probability that the claim holds, in (0, 1).
        grid: Thresholds, chosen without the answers.
        starts: Those of them at which the search begins, chosen without the answers.

    Returns:
        The threshold; None where none can be shown to do, for want of answers or of rightness. Then none may be
        given without a person.

    Raises:
        ValueError: An argument is outside its range.

    Source:
        Angelopoulos, Bates, Candès, Jordan & Lei (2021), Learn then Test, arXiv:2110.01052: fixed sequence testing
        with several starts; the p-value is exact for 0/1 losses.
    """
    if not (0.0 < error < 1.0 and 0.0 < level < 1.0):
        raise ValueError(f"out of range: {error=}, {level=}")
    falling = sorted(set(grid), reverse=True)
    begins = sorted(set(starts))
    if not begins or not set(begins) <= set(falling):
        raise ValueError("every start must be a threshold of the grid, and there must be one")
    seen = [(-math.inf if one is None or math.isnan(one) else float(one), bool(right)) for one, right in answers]
    sure = np.array([one for one, _ in seen])
    bad = np.array([not right for _, right in seen], dtype=bool)
    given = np.array([np.count_nonzero(sure >= threshold) for threshold in falling])
    wrong = np.array([np.count_nonzero(bad & (sure >= threshold)) for threshold in falling])
    rejected = at_most(wrong, given, error) <= (1.0 - level) / len(begins)
    rejected &= given > 0
    best = None
    for start in begins:
        at = falling.index(start)
        while at < len(falling) and rejected[at]:
            best = at if best is None else max(best, at)
            at += 1
    if best is None:
        return None
    return Release(
        threshold=falling[best],
        error=error,
        level=level,
        given=int(given[best]),
        wrong=int(wrong[best]),
        answers=len(seen),
    )
