"""How severe raters are, and how good what they rated is once that is taken out.

    y_ij = theta_i + beta_j + e        beta_j ~ N(0, sb^2), e ~ N(0, s^2), theta_i fixed

Raters are drawn from many, so their severity is a random effect, drawn to 0 where little was rated; what is rated is
judged for itself, so it is fixed. Which of two raters is the severer one can be told only as far as some rated the
same things: the design must be connected.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trimtab.errors import InsufficientEvidenceError
from trimtab.stats.clusters import Floats

_ROUNDS = 2_000
_CLOSE = 1e-10
ANCHORS = 0.2
"""So large a share of what is rated should be rated by everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One rater's number for one thing."""

    rater: str
    of: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """Who rated what with whom: whether all raters can be compared, and how much the comparison rests on.

    `anchors` is the share of things that every rater rated, `twice` that of things with two raters or more.
    `parts` are groups of raters between whom nothing was rated in common; one when connected.
    """

    parts: tuple[tuple[str, ...], ...]
    anchors: float
    twice: float

    @property
    def connected(self) -> bool:
        """Whether every rater can be compared with every other."""
        return len(self.parts) == 1

    @property
    def sound(self) -> bool:
        """Whether it is connected, everything has two raters, and a fifth is common to all."""
        return self.connected and self.twice == 1.0 and self.anchors >= ANCHORS


@dataclass(frozen=True, slots=True, kw_only=True)
class Severity:
    """How much above (kinder) or below (severer) the others a rater rates, with its standard error."""

    rater: str
    shift: float
    error: float
    ratings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """What is rated, without the severity of who rated it; `raw` is the plain mean."""

    of: str
    points: float
    raw: float
    ratings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Raters:
    """Severities and adjusted ratings, by name; `between` and `within` are standard deviations."""

    severities: tuple[Severity, ...]
    adjusted: tuple[Adjusted, ...]
    between: float
    within: float
    design: Design


def design_of(ratings: Sequence[Rating]) -> Design:
    """Who can be compared with whom."""
    raters = sorted({one.rater for one in ratings})
    by_thing: dict[str, set[str]] = {}
    for one in ratings:
        by_thing.setdefault(one.of, set()).add(one.rater)
    part = {name: {name} for name in raters}
    for group in by_thing.values():
        joined = set().union(*(part[name] for name in group))
        for name in joined:
            part[name] = joined
    parts = {tuple(sorted(group)) for group in part.values()}
    things = len(by_thing) or 1
    return Design(
        parts=tuple(sorted(parts)),
        anchors=sum(len(group) == len(raters) for group in by_thing.values()) / things,
        twice=sum(len(group) > 1 for group in by_thing.values()) / things,
    )


def raters(ratings: Sequence[Rating]) -> Raters:
    """Severities by restricted maximum likelihood.

    Args:
        ratings: At most one for each rater and thing, all finite.

    Raises:
        InsufficientEvidenceError: There are fewer than two raters, the design is not connected, or every thing was
            rated once.
        ValueError: A rating is double or not finite.

    Source:
        Searle, Casella & McCulloch (1992), Variance Components, chapter 8, for EM with Henderson's equations.
    """
    if len({(one.rater, one.of) for one in ratings}) < len(ratings):
        raise ValueError("one rating for each rater and thing")
    if not all(math.isfinite(one.points) for one in ratings):
        raise ValueError("ratings are finite")
    who, things = sorted({one.rater for one in ratings}), sorted({one.of for one in ratings})
    design = design_of(ratings)
    if len(who) < 2:
        raise InsufficientEvidenceError("raters", len(who), 2, "One alone has nobody to be severer than.")
    if not design.connected:
        next_step = "Let some of each group rate the same things."
        raise InsufficientEvidenceError("things that groups of raters share", 0, 1, next_step)
    if len(ratings) - len(things) < 1:
        raise InsufficientEvidenceError("things with two raters", 0, 1, "Have each rated twice.")
    place_who, place_thing = ({name: at for at, name in enumerate(names)} for names in (who, things))
    at_who = np.array([place_who[one.rater] for one in ratings])
    at_thing = np.array([place_thing[one.of] for one in ratings])
    points = np.array([one.points for one in ratings], dtype=np.float64)
    each = np.bincount(at_thing).astype(np.float64)
    table = np.zeros((len(things), len(who)))
    table[at_thing, at_who] = 1.0
    # Things are fixed, so they are swept out: what is left compares raters on what they rated in common.
    swept = np.diag(table.sum(axis=0)) - table.T @ (table / each[:, None])
    means = np.bincount(at_thing, weights=points) / each
    rest = points - means[at_thing]
    right: Floats = np.bincount(at_who, weights=rest, minlength=len(who)).astype(np.float64)
    shifts, spread, between, within = _solved(swept, right, float(rest @ rest), len(ratings) - len(things))
    adjusted = np.bincount(at_thing, weights=points - shifts[at_who]) / each
    counts = table.sum(axis=0)
    return Raters(
        severities=tuple(
            Severity(
                rater=name, shift=float(shifts[at]), error=math.sqrt(max(spread[at], 0.0)), ratings=int(counts[at])
            )
            for at, name in enumerate(who)
        ),
        adjusted=tuple(
            Adjusted(of=name, points=float(adjusted[at]), raw=float(means[at]), ratings=int(each[at]))
            for at, name in enumerate(things)
        ),
        between=math.sqrt(between),
        within=math.sqrt(within),
        design=design,
    )


def _solved(swept: Floats, right: Floats, total: float, free: int) -> tuple[Floats, Floats, float, float]:
    """Shifts, their variances, and the two variances, by EM; nothing between raters where nothing shows it."""
    many = len(right)
    within = between = max(total / free / 2.0, 1e-300)
    if total <= 0.0:
        return np.zeros(many), np.zeros(many), 0.0, 0.0
    for _ in range(_ROUNDS):
        inverse = np.linalg.inv(swept + np.eye(many) * (within / between))
        shifts = inverse @ right
        new_within = max(float(total - shifts @ right) / free, 1e-12 * total / free)
        new_between = max(float(shifts @ shifts + within * np.trace(inverse)) / many, 1e-9 * new_within)
        done = abs(new_between - between) + abs(new_within - within) < _CLOSE * (between + within)
        within, between = new_within, new_between
        if done:
            break
    inverse = np.linalg.inv(swept + np.eye(many) * (within / between))
    return inverse @ right, within * np.diag(inverse), between, within
