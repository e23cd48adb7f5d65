"""Two candidates on the same cases."""

import math
from collections.abc import Sequence

import numpy as np

from trimtab.kinds import Estimate, Interval, Missing, Score
from trimtab.stats.binomial_law import at_most
from trimtab.stats.bounded import first_proof, mean_interval, trials_to_refute
from trimtab.stats.clusters import Floats

Pair = tuple[str, Score | Missing, Score | Missing]  # cluster, first, second


_BEYOND = 1e-9  # a refutation puts the difference beyond the margin, not on it


def mcnemar(only_first: int, only_second: int) -> float:
    """Exact two-sided p-value of "neither has more events than the other" on 0/1 pairs.

    Args:
        only_first: Independent cases with the event in the first only.
        only_second: Independent cases with it in the second only.

    Returns:
        In (0, 1]; 1 when no case tells the two apart.

    Raises:
        ValueError: A count is negative.

    Source:
        McNemar (1947), Psychometrika 12(2), 153-157; exact binomial form.
    """
    if only_first < 0 or only_second < 0:
        raise ValueError(f"out of range: {only_first=}, {only_second=}")
    pairs = only_first + only_second
    return 1.0 if pairs == 0 else min(1.0, 2.0 * float(at_most(min(only_first, pairs - only_first), pairs, 0.5)))


def paired_difference(pairs: Sequence[Pair], *, level: float = 0.95, margin: float | None = None) -> Estimate | Missing:
    """Mean of first minus second over the same cases, scores in [0, 1], valid at any n.

    What makes a case hard is hard for both and cancels, so far fewer cases
    show a change than two separate rates would need. For non-inferiority
    compare the high end with the margin.

    Args:
        pairs: Cluster and both outcomes of each case. Missing ones are taken
            for what pulls each end furthest.
        level: Coverage probability, in (0, 1).
        margin: A number of interest, in (-1, 1), for pairs in the drawn order. What a beginning of the pairs
            proved of it stands, as for `estimate`.

    Returns:
        In [-1, 1], every cluster weighing the same; Missing "no-cases"
        without pairs. The value is over cases scored in both, NaN without any.

    Raises:
        ValueError: A score lies outside [0, 1].

    Source:
        Waudby-Smith & Ramdas (2024) on cluster means of the differences,
        mapped from [-1, 1] to [0, 1].
    """
    if not pairs:
        return Missing("no-cases")
    value, low, high, missing = _by_cluster(pairs)
    unit = mean_interval((1.0 + low) / 2.0, (1.0 + high) / 2.0, level=level)
    least, most = 2.0 * unit.low - 1.0, 2.0 * unit.high - 1.0
    if margin is not None:
        tail, beyond = (1.0 - level) / 2.0, margin + _BEYOND
        proved = first_proof((1.0 - high) / 2.0, (1.0 - margin) / 2.0, alpha=tail) is not None
        refuted = first_proof((1.0 + low) / 2.0, (1.0 + beyond) / 2.0, alpha=tail) is not None
        most = min(most, margin) if proved and not refuted else most
        least = max(least, beyond) if refuted and not proved else least
    return Estimate(
        value=value,
        interval=Interval(min(least, most), max(least, most), level, "betting on pairs"),
        count=len(low),
        cases=len(pairs),
        missing=missing,
    )


def further_pairs(pairs: Sequence[Pair], margin: float, *, alpha: float) -> int | None:
    """Further independent pairs that would probably decide whether first - second is at most `margin`.

    Args:
        pairs: As for `paired_difference`.
        margin: In (-1, 1).
        alpha: One-sided error probability of the verdict.

    Returns:
        Pairs (80 % power); None when pairs like these never would.
    """
    _, low, high, _ = _by_cluster(pairs)
    if len(low) == 0 or high.mean() < margin:
        return trials_to_refute((1.0 - high) / 2.0, (1.0 - margin) / 2.0, alpha=alpha)
    if low.mean() > margin:
        return trials_to_refute((1.0 + low) / 2.0, (1.0 + margin) / 2.0, alpha=alpha)
    return None


def least_worse(pairs: Sequence[Pair]) -> Floats:
    """Mean difference of each cluster in [-1, 1], in the order of first cases, missing ones at their lowest."""
    return _by_cluster(pairs)[1]


def _by_cluster(pairs: Sequence[Pair]) -> tuple[float, Floats, Floats, int]:
    index: dict[str, int] = {}
    rows: list[list[float]] = []
    for cluster, first, second in pairs:
        place = index.setdefault(cluster, len(rows))
        if place == len(rows):
            rows.append([0.0, 0.0, 0.0, 0.0, 0.0])  # low, high, cases, both scored, their difference
        (a, b), (c, d) = _ends(first), _ends(second)
        row = rows[place]
        row[0] += a - d
        row[1] += b - c
        row[2] += 1.0
        if isinstance(first, Score) and isinstance(second, Score):
            row[3] += 1.0
            row[4] += first.value - second.value
    low, high, cases, both, differences = np.array(rows, dtype=np.float64).reshape(-1, 5).T
    seen = both > 0
    value = float(np.mean(differences[seen] / both[seen])) if seen.any() else math.nan
    return value, np.clip(low / cases, -1.0, 1.0), np.clip(high / cases, -1.0, 1.0), len(pairs) - int(both.sum())


def _ends(outcome: Score | Missing) -> tuple[float, float]:
    if isinstance(outcome, Missing):
        return 0.0, 1.0
    if not 0.0 <= outcome.value <= 1.0:
        raise ValueError("pairs need scores in [0, 1]")
    return outcome.value, outcome.value
