"""How many are still hidden, told from how often several searchers found the same.

Whoever finds mostly what others have found as well has little left to find.
This holds where searchers do not help one another and everything is as easy to
find. Neither is quite so with flaws of a system: easy ones are found by all. Then the true
number is *above* what is estimated, so all of this is read as "at least".
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, ndtri

from trimtab.errors import InsufficientEvidenceError
from trimtab.kinds import Interval
from trimtab.stats.clusters import Floats

LEAST_FOUND_AGAIN = 3
"""With fewer found by more than one the estimate says next to nothing."""

METHOD = "exact law of the union, joined with Chao's"
_NEGLIGIBLE = 1e-15
_FAR = 2**40  # nobody looks for so many


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """What several searchers found, and what they probably left.

    `found` counts distinct things, `again` those that more than one searcher
    found, `hidden` what is estimated to be left (an expectation, no whole
    number); `interval` is of `hidden`. `method` says which estimator it is.
    """

    found: int
    again: int
    hidden: float
    interval: Interval
    method: str


def hidden(captures: Sequence[Collection[str]], *, level: float = 0.95) -> Hidden:
    """Estimate how many things no searcher has found.

    With Z_j things found by searcher j alone and f2 by exactly two, the estimate is

        sum over pairs j < k of Z_j Z_k  /  (f2 + 1)

    which of two searchers is Chapman's, and of more Chao's lower bound for
    searchers who differ in diligence (model Mt), corrected for bias. Where
    things differ in how easily they are found, it tends to less than the truth.

    The interval is the hull of two: one inverts the exact law of the union,
    given how many each found, and covers at any size if all things are
    equally easy to find; the other is Chao's, on the logarithm, and
    holds approximately. The hull covers at least where either does. If
    things are not equally easy to find, or searchers follow one another, only the low
    end can be relied on.

    Args:
        captures: What each searcher found; the same thing has the same name.
        level: Coverage probability, in (0, 1).

    Returns:
        Counts of things, >= 0.

    Raises:
        InsufficientEvidenceError: Fewer than two searchers found anything, or
            fewer than three things were found by more than one.
        ValueError: The level is outside its range.

    Source:
        Chapman (1951), Univ. California Publ. Statistics 1, 131-160; Chao
        (1987), Biometrics 43(4), 783-791, for the interval; Chao (1989),
        Biometrics 45(2), 427-438, for searchers who differ; Darroch (1958),
        Biometrika 45, 343-359, for the law given what each found.
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"out of range: {level=}")
    lists = [set(one) for one in captures if one]
    times = Counter(name for one in lists for name in one)
    found, again = len(times), sum(count > 1 for count in times.values())
    if len(lists) < 2:
        raise InsufficientEvidenceError("hunters with a finding", have=len(lists), need=2, next_step=_MORE)
    if again < LEAST_FOUND_AGAIN:
        raise InsufficientEvidenceError("findings made twice", have=again, need=LEAST_FOUND_AGAIN, next_step=_MORE)
    alone = np.array([sum(times[name] == 1 for name in one) for one in lists], dtype=np.float64)
    twice = sum(count == 2 for count in times.values())
    pairs = float(alone.sum() ** 2 - (alone**2).sum()) / 2.0
    value = pairs / (twice + 1)
    exact = union_interval([len(one) for one in lists], found, level=level)
    low, high = _on_the_logarithm(value, alone, twice, pairs, level)
    return Hidden(
        found=found,
        again=again,
        hidden=value,
        interval=Interval(min(low, exact.low - found), max(high, exact.high - found), level, METHOD),
        method="chapman" if len(lists) == 2 else "chao-mt",
    )


_MORE = "Name more hunters, or give them more time: `trimtab hunt open`."


def _on_the_logarithm(value: float, alone: Floats, twice: int, pairs: float, level: float) -> tuple[float, float]:
    """Chao's interval: the logarithm of what is hidden is nearly normal. Nothing where nothing seems hidden."""
    if value <= 0.0:
        return value, value
    # Delta method on multinomial counts: V = f0 + sum of (derivative by each count)^2 times the count.
    by_alone = (alone.sum() - alone) / (twice + 1)
    variance = value + float((by_alone**2) @ alone) + twice * (pairs / (twice + 1) ** 2) ** 2
    spread = math.exp(float(ndtri((1.0 + level) / 2.0)) * math.sqrt(math.log1p(variance / value**2)))
    return value / spread, value * spread


def union_interval(sizes: Sequence[int], found: int, *, level: float) -> Interval:
    """How many things there are in all, told from the size of the union of random samples of them.

    Given what each searcher found, the size of the union is sufficient for the
    number in all, and the more there are, the larger it is: each end is the
    farthest number under which so small (or so large) a union is not too rare.

    Args:
        sizes: How many each searcher found, >= 1 each.
        found: How many distinct ones, from max(sizes) to sum(sizes).
        level: Coverage probability, in (0, 1).

    Returns:
        Counts of things; infinite at the high end if no two found the same.

    Raises:
        ValueError: An argument is outside its range.

    Source:
        Darroch (1958), Biometrika 45, 343-359; inversion as by Clopper & Pearson (1934).
    """
    if not (sizes and min(sizes) >= 1 and max(sizes) <= found <= sum(sizes) and 0.0 < level < 1.0):
        raise ValueError(f"out of range: {sizes=}, {found=}, {level=}")
    tail = (1.0 - level) / 2.0
    low = _first(lambda number: bool(_union(sizes, number)[found:].sum() > tail), found)
    if found == sum(sizes):
        return Interval(low, math.inf, level, "union, exact")
    past = _first(lambda number: bool(_union(sizes, number)[: found + 1].sum() <= tail), found)
    return Interval(low, math.inf if past >= _FAR else max(low, past - 1), level, "union, exact")


def _first(holds: Callable[[int], bool], start: int) -> int:
    """The smallest number from `start` on of which a rule holds that goes on to hold; `_FAR` if it is that far."""
    if holds(start):
        return start
    below, above = start, 2 * start
    while above < _FAR and not holds(above):
        below, above = above, 2 * above
    if above >= _FAR:
        return _FAR
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (below, middle) if holds(middle) else (middle, above)
    return above


def _union(sizes: Sequence[int], number: int) -> Floats:
    """P(union has u things) for u from 0 to sum(sizes), of independent samples without replacement from `number`.

    One sample after the other: what a sample shares with the union before it is hypergeometric. Factorials are looked
    up, those of small numbers in one table and those near `number` in another.
    """
    most = sum(sizes)
    small: Floats = gammaln(np.arange(most + 1) + 1.0)
    near: Floats = gammaln(np.maximum(number - np.arange(most + 1), 0) + 1.0)  # of number - i
    law: Floats = np.zeros(most + 1)
    law[sizes[0]] = 1.0
    for size in sizes[1:]:
        states = np.flatnonzero(law > _NEGLIGIBLE)[:, None]
        new = np.arange(size + 1)[None, :]  # how many of the sample the union did not hold
        possible = (size - new <= states) & (states + new <= number)
        shared = np.where(possible, size - new, 0)
        gone = np.where(possible, states + new, 0)  # outside of the union and the sample are number - gone
        logs = (
            small[states] - small[shared] - small[states - shared]
            + near[states] - small[new] - near[gone]
            - (near[0] - small[size] - near[size])
        )  # fmt: skip
        chances = np.where(possible, np.exp(logs) * law[states], 0.0)
        grown = np.bincount((states + new).ravel(), weights=chances.ravel(), minlength=most + 1)
        law = grown[: most + 1].astype(np.float64)
    return law
