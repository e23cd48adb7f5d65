"""Loss and downtime that were avoided: told from what was seen before and after, never from what was claimed.

A claim says only where to look, and from when on. What changed there is estimated again on evidence; the credit of
whoever claims it scales it. However many claim one scenario, it counts once, with the lowest credit among them.
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from trimtab.decision.credit import claims, credit
from trimtab.decision.kpis.asked import last_moment
from trimtab.decision.loss_model import YEAR, Calibrated, loss_model
from trimtab.decision.loss_seen import Seen, seen_by
from trimtab.decision.period import Period
from trimtab.evidence.books import Books
from trimtab.evidence.entries.counts import Exposure
from trimtab.kinds import Interval, Missing
from trimtab.policy.model import Policy
from trimtab.stats.clusters import Floats
from trimtab.stats.loss import Scenario

_DRAWS = 20_000  # of rates: the ends of intervals are then sure to a hundredth of their width
_FEWEST_QUARTERS = 3
_MOST_QUARTERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One scenario before and after the first claim on it. Money a year; `credit` in [0, 1]."""

    name: str
    before: Calibrated
    after: Calibrated
    credit: float
    claims: int

    @property
    def reduction(self) -> float:
        """Expected loss before less that after; below 0 if it grew."""
        return self.before.scenario.expected - self.after.scenario.expected

    def draws(self) -> Floats:
        """The reduction, over what the two rates may be; the same numbers every time."""
        key = hashlib.sha256(f"trimtab avoided 1\n{self.name}".encode()).digest()
        generator = np.random.Generator(np.random.Philox(key=int.from_bytes(key[:16])))
        ends = []
        for one in (self.before, self.after):
            each = one.scenario.expected / one.rate.mean  # what an event costs on average
            ends.append(generator.standard_gamma(one.rate.shape, _DRAWS) / one.rate.per * each)
        found: Floats = ends[0] - ends[1]
        return found


def changes(
    policy: Policy, books: Books, *, end: int, system: str = "", seen: Seen | None = None
) -> tuple[Change, ...] | Missing:
    """Every scenario that somebody claimed to have made smaller in the year before `end`, in the policy's order.

    Before is the year up to the first of those claims, after is what followed. A scenario that was not exposed in
    both tells nothing.

    Args:
        policy: Its scenarios, and the credit of a team without a past.
        books: What was recorded.
        end: Microseconds since the epoch, UTC; what happened later does not count.
        system: Only scenarios of this system.
        seen: What the books saw up to `end`, if that is known.
    """
    made = claims(books, asof=end - 1)
    start = policy.budget.credit if policy.budget else 0.5
    by: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(made):
        spec = policy.scenarios.get(one.made.scenario)
        if spec and one.made.at >= end - YEAR and (not system or spec.system == system):
            by[one.made.scenario].append(number)
    if not by:
        return Missing("no-claims", "nobody claims to have avoided a loss in the year")
    seen = seen or seen_by(policy, books, end)
    found = []
    for name in policy.scenarios:
        if name not in by:
            continue
        own = [made[number] for number in by[name]]
        split = min(one.made.at for one in own)
        # What an event costs is as known at the end for both, so that they differ by their rates and nothing else.
        before, after = (
            next(
                one
                for one in loss_model(policy, books, since=since, until=until, seen=seen).scenarios
                if one.name == name
            )
            for since, until in ((split - YEAR, split), (split, end))
        )
        if before.years > 0.0 and after.years > 0.0:
            kappas = [credit(made, team=one.made.team, method=one.made.method, start=start).factor for one in own]
            found.append(Change(name=name, before=before, after=after, credit=min(kappas), claims=len(own)))
    if not found:
        return Missing("no-exposure", "no claimed scenario has exposure recorded both before and after")
    return tuple(found)


def as_scenarios(policy: Policy, books: Books, found: Sequence[Change], *, end: int) -> tuple[list[Scenario], ...]:
    """All scenarios as they would be without the changes, and as they are."""
    now = {one.name: one.scenario for one in loss_model(policy, books, until=end).scenarios}
    then = {**now, **{one.name: one.before.scenario for one in found}}
    after = {**now, **{one.name: one.after.scenario for one in found}}
    return list(then.values()), list(after.values())


def downtime(
    policy: Policy, books: Books, *, period: Period, end: int, system: str = "", level: float = 0.95
) -> tuple[float, Interval, int] | Missing:
    """Hours of downtime avoided in a period: what was to be expected, less what was seen; and by how many quarters.

    What was to be expected is told against systems of the same tier that nobody claims to have changed: by how much
    they usually differ, in the quarters before the change. Without such systems it is told from the trend of those
    quarters.
    """
    since: dict[str, int] = {}  # by system, when somebody first claims to have changed it
    for one in claims(books, asof=end - 1):
        if spec := policy.scenarios.get(one.made.scenario):
            name = spec.system or ""
            since[name] = min(one.made.at, since.get(name, one.made.at))
    touched = set(since)
    ours = {system} if system else set(policy.systems) & touched or {*policy.systems, ""}
    tiers = {policy.systems[name].tier for name in ours if name in policy.systems}
    others = {name for name, spec in policy.systems.items() if spec.tier in tiers} - ours - touched
    quarters = [period]
    # Quarters since the change are none to compare with.
    first = min([period.start, *(at for name, at in since.items() if name in ours)])
    before = period.before()
    while before.end > first:
        before = before.before()
    for _ in range(_MOST_QUARTERS):
        quarters.append(before)
        before = before.before()
    seen = [_down(books, ours, one, end) for one in quarters]
    beside = [_down(books, others, one, end) for one in quarters]
    if seen[0] is None:
        return Missing("no-exposure", f"no exposure of {period.name or 'the period'} was recorded")
    now, hours = seen[0]
    matched = [
        (number, one[0] - two[0])
        for number, (one, two) in enumerate(zip(seen, beside, strict=True))
        if number and one is not None and two is not None
    ]
    if beside[0] is not None and len(matched) >= _FEWEST_QUARTERS:
        differences = np.array([value for _, value in matched])
        expected, error, free = beside[0][0] + float(differences.mean()), *_spread(differences)
        count, how = len(matched), "matched systems"
    else:
        past = [(_ago(period, quarters[n]), one[0]) for n, one in enumerate(seen) if n and one is not None]
        if len(past) < _FEWEST_QUARTERS:
            detail = f"{len(past)} quarters before have exposure, and {_FEWEST_QUARTERS} are needed"
            return Missing("no-baseline", detail)
        expected, error, free = _trend(past)
        count, how = len(past), "trend of quarters before"
    reach = float(stdtrit(free, (1.0 + level) / 2.0)) * error
    low, high, value = ((max(rate, 0.0) - now) * hours for rate in (expected - reach, expected + reach, expected))
    return value, Interval(low, high, level, f"t, {how}"), count


# -- parts ---------------------------------------------------------------------------------


def _down(books: Books, systems: set[str], period: Period, end: int) -> tuple[float, float] | None:
    """Hours down for each hour, and hours; None where none were recorded. A stretch belongs to where its end lies.

    One that ends with the period lies in it.
    """
    stretches = sorted(
        (one.entry.down, one.entry.at - one.entry.since)
        for one in books.all(Exposure)
        if one.entry.system in systems and period.holds(last_moment(one.entry)) and one.entry.at <= end
    )
    hours = math.fsum(length for _, length in stretches) / 3_600_000_000
    return (math.fsum(down for down, _ in stretches) / hours, hours) if hours > 0.0 else None


def _ago(period: Period, quarter: Period) -> int:
    """How many quarters lie between, as a number below 0."""
    return round((quarter.start - period.start) / (YEAR / 4))


def _spread(values: Floats) -> tuple[float, int]:
    """Standard error of the next value about the mean, and its degrees of freedom."""
    count = len(values)
    return float(values.std(ddof=1)) * math.sqrt(1.0 + 1.0 / count), count - 1


def _trend(past: Sequence[tuple[int, float]]) -> tuple[float, float, int]:
    """A straight line through quarters at -n .. -1, carried on to 0: the value, its standard error, the freedom."""
    at, rates = np.array([one for one, _ in past], float), np.array([rate for _, rate in past])
    centre = float(at.mean())
    width = float(((at - centre) ** 2).sum())
    slope = float(((at - centre) * rates).sum()) / width
    expected = float(rates.mean()) - slope * centre
    left = rates - (rates.mean() + slope * (at - centre))
    free = len(past) - 2
    scatter = float((left**2).sum()) / free
    return expected, math.sqrt(scatter * (1.0 + 1.0 / len(past) + centre**2 / width)), free


def total_draws(found: Sequence[Change], weights: Mapping[str, float]) -> Floats:
    """The weighted sum of the reductions over what the rates may be."""
    total: Floats = np.zeros(_DRAWS)
    for one in found:
        total += weights[one.name] * one.draws()
    return total
