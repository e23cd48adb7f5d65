"""How much of what was tolerated is spent, how quickly it goes, and what follows: a pure function of counts.

Of N events in the window, B = (1 - SLO) N may be bad. `spent` is bad / B, and each red-line event adds a fixed share.
The burn rate over a window w is (bad_w / N_w) / (1 - SLO): at 1 the budget lasts exactly as long as its window. A rate
counts while it is exceeded in a long window (it matters) and in a short one (it goes on). A short window without events
shows no end of it: who switches the guard off has not mended anything.

At thirty events an hour a healthy product exceeds 14.4 in about one minute of a hundred, by luck. So a burn rate counts
only where at least three events were bad and so many would come by chance, P(Poisson((1 - SLO) N_w) >= bad_w), less
often than once in ten thousand.

Source:
    Beyer et al. (2018), The Site Reliability Workbook, chapter 5, table 5-8, for rates, windows and actions.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from trimtab.stats.e_detector import tail

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Level = Literal["page", "ticket"]

MINUTE = 60_000_000  # microseconds
HOUR_MINUTES = 60
DAY_MINUTES = 1440

CONSENT_FROM = 0.75
FEWEST = 3  # bad events, below which nothing is concluded from a share of them
BY_CHANCE = 1e-4
_SILENT_DAYS = 3  # without any event; a long weekend is no reason to ask
_FINE_MINUTES = 6 * HOUR_MINUTES  # windows that are counted by the minute; longer ones begin with a full hour


class State(StrEnum):
    """What may be done while the budget is like this, from the least to the most severe."""

    UNKNOWN = "unknown"  # there were no events: nothing is known
    OPEN = "open"
    CONSENT = "consent"  # releases need somebody's consent
    FROZEN = "frozen"  # prompts, models and guards stay as they are, fixes aside
    STOPPED = "stopped"  # work on safety only, until restored


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A burn rate, the two windows in minutes over which it must be exceeded, and what it calls for."""

    name: str
    rate: float
    long: int
    short: int
    level: Level
    freezes: bool


PAIRS = (
    Pair(name="burn-14.4", rate=14.4, long=60, short=5, level="page", freezes=True),
    Pair(name="burn-6", rate=6.0, long=360, short=30, level="page", freezes=True),
    Pair(name="burn-1", rate=1.0, long=4320, short=360, level="ticket", freezes=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is tolerated of a metric's events: a share of them, over so many days."""

    metric: str
    tolerated: float  # 1 - SLO, in (0, 1)
    days: int
    severe_share: float = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Events by minute since the epoch, in order; a minute without events is left out.

    What lies further back than the finest windows may be gathered into the first minute of its hour.
    """

    minutes: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    valid: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    bad: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, int]]) -> Self:
        """From (minute, valid, bad) in any order; what is of one minute is added up."""
        given = np.array(list(rows), np.int64).reshape(-1, 3)
        minutes, at = np.unique(given[:, 0], return_inverse=True)
        valid, bad = np.zeros(len(minutes), np.int64), np.zeros(len(minutes), np.int64)
        np.add.at(valid, at.reshape(-1), given[:, 1])
        np.add.at(bad, at.reshape(-1), given[:, 2])
        return cls(minutes=minutes, valid=valid, bad=bad)

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        return zip(self.minutes.tolist(), self.valid.tolist(), self.bad.tolist(), strict=True)

    def with_more(self, rows: Iterable[tuple[int, int, int]]) -> Self:
        """With further events."""
        return self.of([*self, *rows])

    def total(self, since: int, upto: int) -> tuple[int, int]:
        """Valid and bad events in the minutes from `since` to `upto`, both included."""
        low, high = np.searchsorted(self.minutes, (since, upto + 1))
        return int(self.valid[low:high].sum()), int(self.bad[low:high].sum())

    def last(self, upto: int) -> int:
        """The last minute with an event, up to one; 0 for none."""
        seen = self.minutes[(self.minutes <= upto) & (self.valid > 0)]
        return int(seen[-1]) if len(seen) else 0

    def gathered(self, *, now: int, days: int) -> Self:
        """As much as windows that end at minute `now` or later need: the last hours by the minute, else by the hour."""
        first, fine = _begin(now, days * DAY_MINUTES), now - _FINE_MINUTES - HOUR_MINUTES
        return self.of(
            (minute if minute >= fine else minute - minute % HOUR_MINUTES, valid, bad)
            for minute, valid, bad in self
            if minute >= first
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Burn:
    """One burn rate over its two windows, and how likely so many bad events were by chance alone."""

    pair: Pair
    long: float
    short: float
    bad: int  # in the long window
    chance: float
    counts: bool
    known: bool  # whether there were events in the long window at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The budget of one metric at one moment."""

    terms: Terms
    at: int  # microseconds since the epoch, UTC
    valid: int
    bad: int
    severe: int
    spent: float  # share of the budget; above 1 more than all
    burns: tuple[Burn, ...]
    state: State
    reason: str
    last: int = 0  # minutes since the epoch of the last event in the window

    @property
    def allowed(self) -> float:
        """Bad events that are tolerated among so many."""
        return self.terms.tolerated * self.valid

    @property
    def remaining(self) -> float:
        """Share of the budget that is left; below 0 when overspent."""
        return 1.0 - self.spent

    def alarms(self) -> list[tuple[str, Level, str]]:
        """What somebody should hear of: a name, how urgent it is, and why."""
        metric = self.terms.metric
        found: list[tuple[str, Level, str]] = []
        for burn in self.burns:
            if burn.counts:
                fast = f"{burn.long:.3g} times as fast as it may over {_span(burn.pair.long)}"
                why = f"{metric} spends its budget {fast}: {burn.bad:,} bad events."
                found.append((burn.pair.name, burn.pair.level, why))
        if self.state is State.STOPPED:
            found.append(("spent-100", "page", self.reason))
        elif _weighty(self.bad, self.severe) and self.spent > CONSENT_FROM:
            found.append(("spent-75", "ticket", f"{metric} has spent {self.spent:.0%} of its budget."))
        days = (self.at // MINUTE - self.last) // DAY_MINUTES
        if self.valid and days >= _SILENT_DAYS:
            why = f"{metric}: no events for {days} days, and {self.valid:,} before. Does the guard still record?"
            found.append(("silent", "ticket", why))
        return found

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "metric": self.terms.metric,
            "state": self.state.value,
            "reason": self.reason,
            "tolerated": self.terms.tolerated,
            "days": self.terms.days,
            "valid": self.valid,
            "bad": self.bad,
            "severe": self.severe,
            "allowed": round(self.allowed, 6),
            "spent": round(self.spent, 6),
            "burns": [
                {
                    "rate": burn.pair.rate,
                    "long": round(burn.long, 6),
                    "short": round(burn.short, 6),
                    "bad": burn.bad,
                    "chance": float(f"{burn.chance:.3g}"),
                    "counts": burn.counts,
                }
                for burn in self.burns
            ],
        }


def assess(terms: Terms, counts: Counts, *, severe: Sequence[int] = (), at: int) -> Budget:
    """The budget of a metric at a moment; the same whenever it is asked again.

    Args:
        terms: What is tolerated.
        counts: Events, by minute.
        severe: When red-line events happened, in microseconds since the epoch.
        at: The moment, likewise.
    """
    now, window = at // MINUTE, terms.days * DAY_MINUTES
    valid, bad = counts.total(_begin(now, window), now)
    events = sum(_begin(now, window) <= one // MINUTE <= now for one in severe)
    spent = (bad / (terms.tolerated * valid) if valid else 0.0) + events * terms.severe_share
    burns = tuple(_burn(pair, terms, counts, now) for pair in PAIRS)
    state, reason = _state(terms, bad=bad, valid=valid, severe=events, spent=spent, burns=burns)
    return Budget(
        terms=terms,
        at=at,
        valid=valid,
        bad=bad,
        severe=events,
        spent=spent,
        burns=burns,
        state=state,
        reason=reason,
        last=counts.last(now),
    )


def _burn(pair: Pair, terms: Terms, counts: Counts, now: int) -> Burn:
    valid, bad = counts.total(_begin(now, pair.long), now)
    few, short = counts.total(_begin(now, pair.short), now)
    long_rate = bad / valid / terms.tolerated if valid else 0.0
    short_rate = short / few / terms.tolerated if few else 0.0
    chance = float(tail(bad, max(terms.tolerated * valid, 1e-300)))
    fast = long_rate > pair.rate and (short_rate > pair.rate or not few)
    return Burn(
        pair=pair,
        long=long_rate,
        short=short_rate,
        bad=bad,
        chance=chance,
        counts=fast and bad >= FEWEST and chance < BY_CHANCE,
        known=valid > 0,
    )


def _state(
    terms: Terms, *, bad: int, valid: int, severe: int, spent: float, burns: Sequence[Burn]
) -> tuple[State, str]:
    metric = terms.metric
    if not valid and not severe:
        return State.UNKNOWN, f"No events of {metric} in {terms.days} days: nothing is known."
    said = f"{metric} has spent {spent:.0%} of its budget of {terms.days} days"
    if severe:
        said += f", {severe * terms.severe_share:.0%} of it on {severe} red-line event{'s' if severe > 1 else ''}"
    fastest = next((burn for burn in burns if burn.counts and burn.pair.freezes), None)
    if _weighty(bad, severe) and spent >= 1.0:
        return State.STOPPED, f"{said}: performance work stops until it is restored."
    if fastest is not None:
        return (
            State.FROZEN,
            f"{said}, and spends it {fastest.long:.3g} times as fast as it may: only fixes are released.",
        )
    if _weighty(bad, severe) and spent > CONSENT_FROM:
        return State.CONSENT, f"{said}: releases need consent."
    if spent > CONSENT_FROM:
        said += f", on {bad} bad event{'s' if bad > 1 else ''} among {valid:,}, which is too few to conclude from"
    return State.OPEN, f"{said}."


def _weighty(bad: int, severe: int) -> bool:
    return bad >= FEWEST or severe > 0


def _begin(now: int, window: int) -> int:
    """The first minute of a window that ends with minute `now`; a long one begins with a full hour."""
    first = now - window + 1
    return first if window <= _FINE_MINUTES else first - first % HOUR_MINUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Every minute of a long time: which burn rates counted, by the order of `PAIRS`, and the share spent."""

    counts: NDArray[np.bool_]  # pairs x minutes
    spent: Floats


def history(terms: Terms, valid: Ints, bad: Ints, *, first: int = 0) -> History:
    """What `assess` says at the end of every minute, all at once.

    Args:
        terms: What is tolerated.
        valid: Events in each minute, from minute `first` on, none left out.
        bad: Those of them that were bad.
        first: Minutes since the epoch of the first; hours begin where it is a multiple of 60.
    """
    events, wrong = _Windows.of(valid, first), _Windows.of(bad, first)
    counts = np.zeros((len(PAIRS), len(valid)), np.bool_)
    for row, pair in enumerate(PAIRS):
        limit = pair.rate * terms.tolerated
        all_long, bad_long = events.over(pair.long), wrong.over(pair.long)
        fast = np.flatnonzero((bad_long > limit * all_long) & (bad_long >= FEWEST))
        few, short = events.over(pair.short)[fast], wrong.over(pair.short)[fast]
        fast = fast[(short > limit * few) | (few == 0)]
        counts[row, fast] = tail(bad_long[fast], terms.tolerated * all_long[fast]) < BY_CHANCE
    window = terms.days * DAY_MINUTES
    allowed = terms.tolerated * events.over(window)
    spent = np.divide(wrong.over(window), allowed, out=np.zeros(len(valid)), where=allowed > 0)
    return History(counts=counts, spent=spent)


@dataclass(frozen=True, slots=True)
class _Windows:
    """Sums over windows that end at every minute, by subtracting what was before each window begins."""

    upto: Floats  # sum of all minutes up to each, it included
    before: Floats  # sum of all minutes before each
    before_hour: Floats  # sum of all minutes before the hour of each

    @classmethod
    def of(cls, values: Ints, first: int) -> Self:
        upto = np.cumsum(values, dtype=np.float64)
        before = np.concatenate([[0.0], upto[:-1]])
        minutes = np.arange(len(values))
        return cls(upto, before, before[np.maximum(minutes - (minutes + first) % HOUR_MINUTES, 0)])

    def over(self, window: int) -> Floats:
        inside = self.upto.copy()
        if window <= len(inside):
            begins = self.before if window <= _FINE_MINUTES else self.before_hour
            inside[window - 1 :] -= begins[: len(inside) - window + 1]
        return inside


def burn_down(
    terms: Terms, counts: Counts, *, severe: Sequence[int] = (), at: int, steps: int = 240
) -> list[tuple[int, float]]:
    """What is left of the budget through its window: (minute, share), at the end of each step, from 1 downwards.

    The budget is that of all events of the window, as `assess` has it at the end.
    """
    now, window = at // MINUTE, terms.days * DAY_MINUTES
    begin = _begin(now, window)
    valid, _ = counts.total(begin, now)
    allowed = terms.tolerated * valid
    ends = np.unique(np.linspace(begin, now, steps).astype(np.int64))
    drops = [0.0] * len(ends)
    for place, end in enumerate(ends.tolist()):
        _, bad = counts.total(begin, end)
        events = sum(begin <= one // MINUTE <= end for one in severe)
        drops[place] = (bad / allowed if allowed else 0.0) + events * terms.severe_share
    return [(end, 1.0 - drop) for end, drop in zip(ends.tolist(), drops, strict=True)]


def worst(budgets: Mapping[str, Budget]) -> State:
    """The most severe state of all; unknown is what is known least of, and weighs nothing beside another."""
    order = list(State)
    return max((budget.state for budget in budgets.values()), key=order.index, default=State.UNKNOWN)


def _span(minutes: int) -> str:
    if minutes % DAY_MINUTES == 0:
        return f"{minutes // DAY_MINUTES} days"
    return f"{minutes // HOUR_MINUTES} h"
