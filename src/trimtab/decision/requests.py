"""What is asked of a risk budget and under which rules, and what a choice of it does: exactly, without a solver."""

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from trimtab.stats.clusters import Floats

_SLACK = 1e-9  # of the budget, of a loss: sums of money in another order


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Somebody asks for money.

    Args:
        name: Unique.
        cost: Money, >= 0; all of it or nothing.
        category: E.g. audit, red-team, privacy, tooling.
        team: Whose it is.
        removes: By scenario, the share of its loss that this removes, in [0, 1): the lower end of what is
            claimed, after the credit of whoever claims it. What two requests remove of one scenario multiplies.
        needs: Other requests without which this one does nothing.
    """

    name: str
    cost: float
    category: str
    team: str
    removes: Mapping[str, float]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TailYears:
    """Simulated years by which bad ones are judged.

    Args:
        years: Money, a row for each scenario in the order of `losses`, a column for each year; 1,000 are usual.
        level: The worst 1 - `level` of years count, in (0, 1).
        weight: How much their mean weighs against that of all years, in [0, 1].
        at_most: Their mean may not exceed it; VaR at this level does not then either.
    """

    years: Floats
    level: float = 0.95
    weight: float = 0.5
    at_most: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Requests, what the scenarios cost a year, and rules.

    Args:
        requests: Any number.
        losses: By scenario, expected money a year, >= 0.
        budget: Money, >= 0.
        category_shares: By category, the least share of what is spent.
        team_floors: By team, the least money that its requests get.
        most_left: By scenario, the largest share of its loss that may be left, in (0, 1].
        appetite: The expected loss that may be left in all.
        tail: Bad years, if they are to count by themselves.

    Raises:
        ValueError: With every mistake at once.
    """

    requests: tuple[Request, ...]
    losses: Mapping[str, float]
    budget: float
    category_shares: Mapping[str, float] = field(default_factory=dict)
    team_floors: Mapping[str, float] = field(default_factory=dict)
    most_left: Mapping[str, float] = field(default_factory=dict)
    appetite: float | None = None
    tail: TailYears | None = None

    def __post_init__(self) -> None:
        if found := list(_mistakes(self)):
            raise ValueError("; ".join(found))

    @property
    def costs(self) -> Floats:
        """By request, in order."""
        return np.array([one.cost for one in self.requests], dtype=np.float64)

    @property
    def steps(self) -> Floats:
        """a_ji = -ln(1 - e): by scenario and request, what it takes off the logarithm of what is left."""
        rows = [[one.removes.get(name, 0.0) for one in self.requests] for name in self.losses]
        return -np.log1p(-np.array(rows, dtype=np.float64).reshape(len(self.losses), len(self.requests)))

    def left(self, chosen: Collection[str]) -> Floats:
        """By scenario, the share of its loss that is left."""
        taken = np.array([one.name in chosen for one in self.requests], dtype=np.float64)
        found: Floats = np.exp(-(self.steps @ taken))
        return found

    def spent(self, chosen: Collection[str]) -> float:
        """Money."""
        return math.fsum(one.cost for one in self.requests if one.name in chosen)

    def expected(self, chosen: Collection[str]) -> float:
        """Expected loss that is left, money a year."""
        return float(np.fromiter(self.losses.values(), float, len(self.losses)) @ self.left(chosen))

    def bad_years(self, chosen: Collection[str]) -> float | None:
        """Mean loss of the worst years; None if none were given."""
        if self.tail is None:
            return None
        ordered = np.sort(self.left(chosen) @ self.tail.years)
        share = (1.0 - self.tail.level) * len(ordered)
        place = len(ordered) - 1 - math.floor(share + 1e-9)  # the year at VaR, counted for what is missing to a share
        worst = ordered[place + 1 :]
        return float((worst.sum() + (share - len(worst)) * ordered[max(place, 0)]) / share)

    def aim(self, chosen: Collection[str]) -> float:
        """What is made small: expected loss, and bad years by their weight."""
        expected, bad = self.expected(chosen), self.bad_years(chosen)
        weight = self.tail.weight if self.tail else 0.0
        return expected if bad is None else (1.0 - weight) * expected + weight * bad

    def with_needs(self, name: str) -> frozenset[str]:
        """A request with all that it needs, at any remove."""
        by_name = {one.name: one for one in self.requests}
        found: set[str] = set()
        waiting = [name]
        while waiting:
            if (one := waiting.pop()) not in found:
                found.add(one)
                waiting += by_name[one].needs
        return frozenset(found)

    def breaches(self, chosen: Collection[str]) -> list[str]:
        """What a choice breaks, in words; none for one that keeps every rule."""
        found = []
        spent = self.spent(chosen)
        if spent > self.budget * (1.0 + _SLACK):
            found.append(f"{spent:,.2f} is spent of {self.budget:,.2f}")
        found += [
            f"{one.name} needs {', '.join(sorted(set(one.needs) - set(chosen)))}"
            for one in self.requests
            if one.name in chosen and not set(one.needs) <= set(chosen)
        ]
        for category, share in self.category_shares.items():
            got = math.fsum(one.cost for one in self.requests if one.name in chosen and one.category == category)
            if got < share * spent - _SLACK * spent:
                found.append(f"{category} gets {got:,.2f} of {spent:,.2f}, less than a share of {share:g}")
        for team, floor in self.team_floors.items():
            got = math.fsum(one.cost for one in self.requests if one.name in chosen and one.team == team)
            if got < floor * (1.0 - _SLACK):
                found.append(f"{team} gets {got:,.2f}, less than {floor:,.2f}")
        left = dict(zip(self.losses, self.left(chosen).tolist(), strict=True))
        found += [
            f"{left[name]:.4g} of {name} is left, more than {most:g}"
            for name, most in self.most_left.items()
            if left[name] > most * (1.0 + _SLACK)
        ]
        if self.appetite is not None and self.expected(chosen) > self.appetite * (1.0 + _SLACK):
            found.append(f"an expected loss of {self.expected(chosen):,.2f} is left, more than {self.appetite:,.2f}")
        bad = self.bad_years(chosen)
        if bad is not None and self.tail and self.tail.at_most is not None and bad > self.tail.at_most * (1.0 + _SLACK):
            found.append(f"bad years cost {bad:,.2f}, more than {self.tail.at_most:,.2f}")
        return found


def _mistakes(problem: Problem) -> Iterator[str]:
    if not problem.losses:
        yield "there is no scenario"
    yield from (_amount(f"the loss of {name}", value) for name, value in problem.losses.items() if not _money(value))
    if not _money(problem.budget):
        yield _amount("the budget", problem.budget)
    yield from _mistakes_of_requests(problem)
    yield from _mistakes_of_rules(problem)
    if problem.tail is not None:
        yield from _mistakes_of_tail(problem.tail, len(problem.losses))


def _mistakes_of_requests(problem: Problem) -> Iterator[str]:
    names = [one.name for one in problem.requests]
    yield from (f"two requests are named {name!r}" for name in sorted({n for n in names if names.count(n) > 1}))
    for one in problem.requests:
        if not _money(one.cost):
            yield _amount(f"the cost of {one.name}", one.cost)
        for name, share in one.removes.items():
            if name not in problem.losses:
                yield f"{one.name} is to remove something of {name!r}, which is no scenario"
            if not 0.0 <= share < 1.0:
                yield f"{one.name} is to remove {share:g} of {name}: a share lies in [0, 1), nothing removes all of it"
        yield from (f"{one.name} needs {other!r}, which nobody asks for" for other in one.needs if other not in names)


def _mistakes_of_rules(problem: Problem) -> Iterator[str]:
    categories, teams = {one.category for one in problem.requests}, {one.team for one in problem.requests}
    for name, share in problem.category_shares.items():
        if name not in categories:
            yield f"a share is kept for {name!r}, and no request is of it"
        if not 0.0 <= share <= 1.0:
            yield f"the share of {name} is {share:g}: it lies in [0, 1]"
    if math.fsum(problem.category_shares.values()) > 1.0 + _SLACK:
        yield "the shares of categories come to more than 1"
    for name, floor in problem.team_floors.items():
        if name not in teams:
            yield f"money is kept for {name!r}, who ask for nothing"
        if not _money(floor):
            yield _amount(f"what {name} get at least", floor)
    yield from (
        f"at most {most:g} of {name!r} may be left: a share in (0, 1] of a scenario"
        for name, most in problem.most_left.items()
        if name not in problem.losses or not 0.0 < most <= 1.0
    )
    if problem.appetite is not None and not _money(problem.appetite):
        yield _amount("the appetite", problem.appetite)


def _mistakes_of_tail(tail: TailYears, scenarios: int) -> Iterator[str]:
    if tail.years.ndim != 2 or tail.years.shape[0] != scenarios or tail.years.shape[1] == 0:
        yield f"bad years need a row for each of {scenarios} scenarios, not the shape {tail.years.shape}"
    elif not (np.all(np.isfinite(tail.years)) and np.all(tail.years >= 0.0)):
        yield "losses of years are finite and not negative"
    if not 0.0 < tail.level < 1.0 or not 0.0 <= tail.weight <= 1.0:
        yield f"bad years need a level in (0, 1) and a weight in [0, 1]: {tail.level:g}, {tail.weight:g}"
    if tail.at_most is not None and not _money(tail.at_most):
        yield _amount("what bad years may cost", tail.at_most)


def _money(value: float) -> bool:
    return 0.0 <= value < math.inf


def _amount(what: str, value: float) -> str:
    return f"{what} is {value:g}: money is finite and not negative"
