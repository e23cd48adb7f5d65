"""Measuring until it is decided: where the boundaries of a floor lie, and what reaching one costs.

A floor "at most p0" is **proved** by the mixture of bets of `bounded`, at
whatever moment one looks, and **refuted** by the mirror image of it. A model
that is neither would be asked for ever, so measuring also stops when proving
is **hopeless**: Wald's likelihood ratio of p0 against half its odds has
reached 1/beta. A model that is that good, or better, is so stopped with
probability at most beta. Hopeless is a reason to stop and no verdict: a model
between the two may well be good enough, at a price.

Sources:
    Wald (1945), Annals of Mathematical Statistics 16(2), 117-186;
    Waudby-Smith & Ramdas (2024), JRSS-B 86(1), 1-27; Ville (1939).
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from trimtab.stats.binomial import Side
from trimtab.stats.bounded import log_evidence, log_evidence_of_counts
from trimtab.stats.clusters import Floats

HOPELESS = 0.05
"""How likely a model of half the odds tolerated is stopped as hopeless, all its requirements taken together."""

_CHEAP = 100  # units that are worth a clear answer, however few there were before
_LONGEST = 10**7  # units; a boundary beyond is none
_CELLS = 20_000  # numbers of units times counts of failures that are worked out together


def half_odds(rate: float) -> float:
    """The rate with half the odds: 1.01 % for 2 %, 25 % for 40 %; what futility is tested against."""
    return rate / (2.0 - rate)


def hopeless(failures: Floats, bound: float, *, beta: float, alpha: float) -> bool:
    """Whether to stop trying to prove "failures at most `bound`".

    Not while it is nearly refuted: a clear FAIL is worth some more calls.

    Args:
        failures: The failures of each independent unit, in [0, 1].
        bound: Tolerated share of failures, in [0, 1].
        beta: How often a model whose failures have half the odds may be stopped in vain, in (0, 1).
        alpha: Error probability of the refutation, in (0, 1).
    """
    if not 0.0 < bound < 1.0 or len(failures) == 0:
        return False
    more, less = _steps(bound)
    # Linear in the failures, so that graded ones count: the mean payoff is 1 at half the odds, and less below.
    payoffs = math.exp(less) + failures * (math.exp(more) - math.exp(less))
    return float(np.log(payoffs).sum()) >= -math.log(beta) and not nearly_refuted(failures, bound, alpha=alpha)


def nearly_refuted(failures: Floats, bound: float, *, alpha: float) -> bool:
    """Whether as many units again, like these, or a hundred, would refute "failures at most `bound`"."""
    if not 0.0 < bound < 1.0 or len(failures) == 0:
        return False
    return log_evidence(np.tile(failures, _times(len(failures))), bound) >= -math.log(alpha)


def _times(units: int) -> int:
    """How many times what was seen is worth seeing for a clear answer: twice, and a hundred units cost little."""
    return max(2, 1 + math.ceil(_CHEAP / units))


def hopeless_pairs(worse: Floats, margin: float, *, beta: float, alpha: float) -> bool:
    """The same of "worse by at most `margin`": that it is worse by more than half of it is all but certain.

    Args:
        worse: Mean difference of each independent unit, in [-1, 1], positive where the candidate is worse.
        margin: In (0, 1).
        beta: How often a candidate that is worse by half the margin may be stopped in vain.
        alpha: Error probability of the refutation.
    """
    if len(worse) == 0:
        return False
    unit = (1.0 + worse) / 2.0
    given_up = log_evidence(unit, (1.0 + margin / 2.0) / 2.0) >= -math.log(beta)
    return given_up and not nearly_refuted(unit, (1.0 + margin) / 2.0, alpha=alpha)


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """What so many failures decide, for units that either fail or do not.

    `proved_after` is the fewest units among which they prove the floor, None if none do.
    Among up to `refuted_until` units they refute it. Among up to `hopeless_until` proving it is hopeless, and
    measuring stops unless as many again, or a hundred, would refute it. 0 if never.
    """

    failures: int
    proved_after: int | None
    hopeless_until: int
    refuted_until: int


def boundaries(
    bound: float,
    *,
    side: Side,
    alpha: float,
    beta: float = HOPELESS,
    family: int = 1,
    most_failures: int = 20,
) -> list[Boundary]:
    """The table that a verdict can be read off by hand, from no failure to `most_failures`.

    Args:
        bound: The floor, a rate in (0, 1).
        side: Whether the rate must be at least or at most `bound`; what is counted are failures either way.
        alpha: Error probability of PASS, in (0, 1).
        beta: See `hopeless`.
        family: Requirements that are judged together; FAIL and futility share their error among them.
        most_failures: The last row.
    """
    tolerated = bound if side == "at_most" else 1.0 - bound
    counts = np.arange(most_failures + 1, dtype=np.float64)
    proved = _proved_after(tolerated, alpha, most_failures)
    refuted = _refuted_until(tolerated, alpha / family, most_failures)
    stuck = _hopeless_until(counts, tolerated, beta / family)
    return [
        Boundary(
            failures=k,
            proved_after=int(proved[k]) if proved[k] <= _LONGEST else None,
            hopeless_until=int(stuck[k]),
            refuted_until=int(refuted[k]),
        )
        for k in range(most_failures + 1)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """How measuring one floor will go at some true rate: units until it stops, and why it stops.

    `likely` is the median and `often` the 90th percentile. The four probabilities add up to 1;
    `undecided` is that of reaching the end of the suite.
    """

    mean: float
    likely: int
    often: int
    proved: float
    refuted: float
    hopeless: float
    undecided: float


def outlook(
    bound: float, rate: float, *, side: Side, alpha: float, most: int, beta: float = HOPELESS, family: int = 1
) -> Outlook:
    """Exact, by going through every count of failures at every number of units; no simulation.

    Args:
        bound: The floor, a rate in (0, 1).
        rate: The true rate to look ahead from, in [0, 1].
        side: As everywhere.
        alpha: Error probability of PASS, in (0, 1).
        most: Units that there are, at least 1.
        beta: Of futility, before it is shared among the family.
        family: Requirements that are judged together; FAIL and futility share their error among them.

    Returns:
        Of independent units looked at one by one.
    """
    tolerated, failing = (bound, rate) if side == "at_most" else (1.0 - bound, 1.0 - rate)
    if not 0.0 < tolerated < 1.0:
        raise ValueError(f"nothing to look ahead to at a floor of {bound}")
    stopped, why = _stops(tolerated, failing, alpha, family=family, beta=beta / family, most=most)
    reached = np.cumsum(stopped)
    steps = np.arange(1, most + 1)
    return Outlook(
        mean=float(stopped @ steps),
        likely=min(int(np.searchsorted(reached, 0.5 - 1e-12)), most - 1) + 1,
        often=min(int(np.searchsorted(reached, 0.9 - 1e-12)), most - 1) + 1,
        proved=why[0],
        refuted=why[1],
        hopeless=why[2],
        undecided=why[3],
    )


def _stops(
    tolerated: float, failing: float, alpha: float, *, family: int, beta: float, most: int
) -> tuple[Floats, tuple[float, float, float, float]]:
    """Probability of stopping after each number of units, the last one including what is undecided; and of why."""
    alpha_fail = alpha / family
    highest = _most_alive(tolerated, beta, alpha_fail, most)
    counts = np.arange(highest + 1, dtype=np.float64)
    proved = _proved_after(tolerated, alpha, highest)
    refuted = _refuted_until(tolerated, alpha_fail, highest)
    stuck = np.minimum(_hopeless_until(counts, tolerated, beta), most)
    soon = np.floor(_refuted_until(tolerated, alpha_fail, 2 * highest)[::2] / 2.0)
    alive = np.zeros(highest + 1)
    alive[0] = 1.0
    stopped = np.zeros(most)
    total = np.zeros(3)
    block = max(1, _CELLS // (highest + 1))
    for start in range(1, most + 1, block):
        units = np.arange(start, min(start + block, most + 1))[:, None]
        clear, beyond, near = proved <= units, refuted >= units, soon >= units
        idle = (stuck >= units) & ~beyond & (counts <= units)
        row, count = np.nonzero(idle & (units < _CHEAP))  # what came in is seen more than twice
        if len(row):
            unit = units[row, 0]
            times = np.array([_times(number) for number in unit.tolist()], dtype=np.float64)
            won = log_evidence_of_counts(times * count, times * unit, tolerated)
            near[row, count] = won >= -math.log(alpha_fail)
        idle &= ~near
        reasons = np.stack([clear, beyond, idle], axis=1).astype(np.float64)
        for place, ends in enumerate(clear | beyond | idle):
            moved = alive * (1.0 - failing)
            moved[1:] += alive[:-1] * failing
            if (stop := moved[ends]).any():
                total += reasons[place] @ moved
                stopped[start + place - 1] = stop.sum()
                moved[ends] = 0.0
            alive = moved
    left = float(alive.sum())
    stopped[-1] += left
    return stopped, (float(total[0]), float(total[1]), float(total[2]), left)


def _most_alive(tolerated: float, beta: float, alpha_fail: float, most: int) -> int:
    """More failures than any path has that is still undecided after `most` units."""
    more, less = _steps(tolerated)
    stuck = (-math.log(beta) - most * less) / (more - less)
    low, high = 0, most  # the fewest failures among all units that refute it: one more is never reached undecided
    while low < high:
        middle = (low + high) // 2
        beyond = log_evidence_of_counts(np.array([float(middle)]), np.array([float(most)]), tolerated)[0]
        low, high = (low, middle) if beyond >= -math.log(alpha_fail) else (middle + 1, high)
    return min(most, max(math.floor(stuck), low) + 2)


def _steps(bound: float) -> tuple[float, float]:
    """What a failure, and what a success, adds to the log likelihood ratio of `bound` against half its odds."""
    better = half_odds(bound)
    return math.log(bound / better), math.log((1.0 - bound) / (1.0 - better))


def _hopeless_until(failures: Floats, bound: float, beta: float) -> Floats:
    more, less = _steps(bound)
    units: Floats = np.floor(failures + (failures * more + math.log(beta)) / -less + 1e-9)
    return np.where(units >= np.maximum(failures, 1.0), units, 0.0)


@lru_cache(maxsize=64)
def _proved_after(bound: float, alpha: float, most_failures: int) -> Floats:
    """Per count of failures the fewest units that prove the floor; beyond `_LONGEST` when none do."""
    failures = np.arange(most_failures + 1, dtype=np.float64)
    low, high = failures, np.full(most_failures + 1, float(2 * _LONGEST))  # not proved; proved or given up
    while np.any(high - low > 1.0):
        middle = np.floor((low + high) / 2.0)
        proved = log_evidence_of_counts(middle - failures, middle, 1.0 - bound) >= -math.log(alpha)
        low, high = np.where(proved, low, middle), np.where(proved, middle, high)
    return high


@lru_cache(maxsize=64)
def _refuted_until(bound: float, alpha: float, most_failures: int) -> Floats:
    """Per count of failures the most units that refute the floor; 0 when not even nothing but failures does."""
    failures = np.arange(most_failures + 1, dtype=np.float64)
    low, high = np.maximum(failures - 1.0, 0.0), np.full(most_failures + 1, float(2 * _LONGEST))
    while np.any(high - low > 1.0):
        middle = np.floor((low + high) / 2.0)
        refuted = log_evidence_of_counts(failures, middle, bound) >= -math.log(alpha)
        low, high = np.where(refuted, middle, low), np.where(refuted, high, middle)
    return np.where(low >= np.maximum(failures, 1.0), low, 0.0)


__all__ = [
    "HOPELESS",
    "Boundary",
    "Outlook",
    "boundaries",
    "half_odds",
    "hopeless",
    "hopeless_pairs",
    "nearly_refuted",
    "outlook",
]
