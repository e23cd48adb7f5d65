"""How much of what a team claims is to be believed: the share that its past claims came to, shrunk."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.evidence.books import Books
from trimtab.evidence.entries.funding import ClaimRealised, LossClaimed

_WORTH = 4
"""Claims: how much the starting credit is worth against those that came out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """kappa: what a claimed reduction counts, in [0, 1]; from `claims` that came out, of a team, a method, or none."""

    factor: float
    claims: int
    basis: str  # "team", "method" or "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim, and what it came to; None while nobody said."""

    made: LossClaimed
    realised: float | None = None

    @property
    def predicted(self) -> float:
        """The middle of the claimed range, a share of a scenario's loss."""
        return (self.made.removes[0] + self.made.removes[1]) / 2.0


def claims(books: Books, *, asof: int | None = None) -> list[Claim]:
    """Every claim, in the order in which they were recorded; entries with `at` after `asof` do not count."""
    found = []
    for kept in books.all(LossClaimed):
        if asof is not None and kept.entry.at > asof:
            continue
        words = [one.entry for one in books.about(ClaimRealised, kept.entry.claim)]
        known = [one for one in words if asof is None or one.at <= asof]
        last = max(enumerate(known), key=lambda one: (one[1].at, one[0]))[1] if known else None
        found.append(Claim(made=kept.entry, realised=last.removed if last else None))
    return found


def credit(made: Sequence[Claim], *, team: str, method: str = "", start: float = 0.5) -> Credit:
    """What claims of a team count; of one without a past, those of the method; of neither, `start`.

    The sum of what was realised over that of what was predicted, with four claims beforehand that came to
    `start`: one lucky claim does not make a team believed. Never above 1: nobody is credited with more than
    they claimed.
    """
    done = [one for one in made if one.realised is not None and one.predicted > 0.0]
    for basis, own in (
        ("team", [one for one in done if one.made.team == team]),
        ("method", [one for one in done if method and one.made.method == method]),
    ):
        if own:
            predicted = math.fsum(one.predicted for one in own)
            realised = math.fsum(one.realised or 0.0 for one in own)
            before = _WORTH * predicted / len(own)
            factor = (start * before + realised) / (before + predicted)
            return Credit(factor=min(max(factor, 0.0), 1.0), claims=len(own), basis=basis)
    return Credit(factor=start, claims=0, basis="start")
