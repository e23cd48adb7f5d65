"""How often each principle is broken, before and after revising, and how far the work is."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from trimtab.enforce.verdict import Kept, Verdict
from trimtab.kinds import Interval
from trimtab.measure.job import Tally
from trimtab.stats import clopper_pearson

LEVEL = 0.95
"""Coverage of the intervals."""


@dataclass(slots=True, kw_only=True)
class Rate:
    """How often a principle was broken, before and after; what could not be seen counts as broken."""

    trials: int = 0
    before: int = 0
    after: int = 0
    unseen: int = 0  # of those after

    def add(self, before: Verdict, after: Verdict) -> None:
        """Count one reply and the best that was made of it."""
        self.trials += 1
        self.before += before.broken
        self.after += after.broken
        self.unseen += after.kept is Kept.UNKNOWN

    def intervals(self) -> tuple[Interval, Interval]:
        """Exact, of both rates, if the rows are independent of each other; there must be some."""
        return tuple(clopper_pearson(hits, self.trials, level=LEVEL) for hits in (self.before, self.after))  # type: ignore[return-value]

    def as_json(self) -> dict[str, Any]:
        """Counts, rates and intervals; without a reply there is no rate."""
        if not self.trials:
            return {"replies": 0}
        told: dict[str, Any] = {"replies": self.trials, "unseen": self.unseen}
        for name, hits, interval in zip(("before", "after"), (self.before, self.after), self.intervals(), strict=True):
            told[name] = {"broken": hits, "rate": hits / self.trials, "low": interval.low, "high": interval.high}
        return {**told, "level": LEVEL}


@dataclass(slots=True, kw_only=True)
class Work:
    """How far it is; displays may read it at any moment."""

    rows: int
    done: int = 0
    kept: int = 0
    revised: int = 0  # rows for which a draft was written
    dropped: Counter[str] = field(default_factory=Counter)
    rates: dict[str, Rate] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
