"""KPIs of money, computed once more (F01 to F07); see `year_again`.

Losses are told by simulation, so ends of F01 and F04 to F06 agree to a hundredth or two, and F02 to its noise; all
else agrees to the digit.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import gamma, norm, t
from tests.workspace.year_raw import DAY, HOUR, Case, Figure, Year, cases

YEAR = round(365.25 * DAY)
MENDING = ("labour", "compute", "remedy", "legal", "downtime", "discount")
PREVENTION = ("audit", "red-team", "privacy", "tooling", "training", "prevention")
Z = float(norm.ppf(0.95))  # a stated range goes from P5 to P95


@dataclass(frozen=True)
class Loss:
    """A scenario: a gamma rate, and what one event costs: log-normal, from `start` on Pareto, and what comes on top."""

    shape: float
    per: float
    mu: float
    sigma: float
    tail: tuple[float, float] | None
    more: tuple[float, float, float] | None  # chance, mu, sigma
    shocked: bool

    @property
    def each(self) -> float:
        """Mean of one event."""
        mean = math.exp(self.mu + self.sigma**2 / 2.0)
        if self.tail:
            start, index = self.tail
            far = (math.log(start) - self.mu) / self.sigma
            mean = mean * norm.cdf(far - self.sigma) + norm.sf(far) * start * index / (index - 1.0)
        chance, mu, sigma = self.more or (0.0, 0.0, 0.0)
        return float(mean + chance * math.exp(mu + sigma**2 / 2.0))

    @property
    def expected(self) -> float:
        return self.shape / self.per * self.each


def losses(year: Year, since: int, until: int) -> dict[str, Loss]:
    """Every scenario: its rate by the incidents of a window, what one costs by all that is known at the end."""
    known = cases(year, "incident", "")
    stated: dict[str, tuple[float, float]] = {}
    costs: dict[str, list[float]] = {}
    scores: dict[str, list[int]] = {}
    for name, spec in year.policy["scenarios"].items():
        stated[name] = spec.get("loss") or _of_one(year, spec["severity"])
        costs[name] = [cost for one in known if _is_of(spec, one) and (cost := _cost(year, one))]
        who = scores.setdefault(spec["stated_by"], [0, 0])
        who[0] += sum(stated[name][0] <= cost <= stated[name][1] for cost in costs[name])
        who[1] += len(costs[name])
    pooled = _pooled({
        name: tuple(math.log(cost / math.sqrt(low * high)) for cost in costs[name]) for name, (low, high) in stated.items()
    }.items())  # fmt: skip
    found = {}
    for name, spec in year.policy["scenarios"].items():
        hits, of = scores[spec["stated_by"]]
        # Nine hits in ten ranges are given beforehand; whoever misses more has stated too narrow a range.
        share = (hits + 9.0) / (of + 10.0)
        wider = min(max(1.0, float(norm.ppf(0.95) / norm.ppf((1.0 + share) / 2.0))), 3.0)
        low, high = _widened(spec["rate"], wider)
        shape = brentq(
            lambda a, ends=(low, high): gamma.ppf(0.95, a) / gamma.ppf(0.05, a) - ends[1] / ends[0], 0.15, 1e4
        )
        per = float(gamma.ppf(0.95, shape)) / high
        counts = "severity" in spec or "hazard" in spec
        of_it = [one for one in known if _is_of(spec, one)]
        events, years = _in_window(year, of_it, spec.get("system", ""), since, until) if counts else (0, 0.0)
        centre, sigma = pooled[name]
        on_top = year.policy["costs"].get("reputation", {}).get(spec.get("severity", ""))
        more = (1.0, *_lognormal(on_top)) if on_top and "loss" not in spec else None
        if "secondary" in spec:
            more = (spec["secondary"]["chance"], *_lognormal(_widened(spec["secondary"]["loss"], wider)))
        tail = (spec["tail"]["start"], spec["tail"]["index"]) if "tail" in spec else None
        middle = math.log(math.sqrt(stated[name][0] * stated[name][1]))
        found[name] = Loss(shape + events, per + years, centre + middle, sigma, tail, more, spec.get("shocked", False))
    return found


def _of_one(year: Year, severity: str) -> tuple[float, float]:
    said = year.policy["costs"]["incident"][severity]
    if isinstance(said, list):
        return said[0], said[1]
    hour = year.policy["costs"]["hour"]
    low, high = (sum(said[part][end] * (hour if part == "hours" else 1) for part in said) for end in (0, 1))
    return low, high


def _is_of(spec: dict[str, Any], one: Case) -> bool:
    asked = [key for key in ("severity", "hazard", "system") if key in spec]
    return asked not in ([], ["system"]) and all(one.opened[key] == spec[key] for key in asked)


def _cost(year: Year, one: Case) -> float:
    """What an incident cost whose fix is verified: of one that is open more may come."""
    lines = [line["amount"] for line in year.of("spend") if line["incident"] == one.opened["incident"]]
    return sum(lines) / 100.0 if one.last("verify") else 0.0


def _widened(ends: Any, times: float) -> tuple[float, float]:
    centre, half = math.sqrt(ends[0] * ends[1]), math.log(ends[1] / ends[0]) / 2.0 * times
    return centre * math.exp(-half), centre * math.exp(half)


def _lognormal(ends: Any) -> tuple[float, float]:
    return math.log(ends[0] * ends[1]) / 2.0, math.log(ends[1] / ends[0]) / (2.0 * Z)


def _in_window(year: Year, events: list[Case], system: str, since: int, until: int) -> tuple[int, float]:
    """Incidents in exposed time, and years of it: stretches of use that touch or overlap are one."""
    stretches = sorted((one["since"], one["at"]) for one in year.of("exposure", system))
    joined: list[list[int]] = []
    for start, end in stretches:
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    inside = [(max(start, since), min(end, until)) for start, end in joined if min(end, until) > max(start, since)]
    hit = sum(any(start <= one.opened["at"] < end for start, end in inside) for one in events)
    return hit, sum(end - start for start, end in inside) / YEAR


def _pooled(logs: Any) -> dict[str, tuple[float, float]]:
    return _pooled_once(tuple(logs))


@cache
def _pooled_once(logs: tuple[tuple[str, tuple[float, ...]], ...]) -> dict[str, tuple[float, float]]:
    """Centre and scatter of the next loss of each kind, by partial pooling: Gelman et al. (2013), section 5.4.

    The scatter between kinds has a flat prior and is integrated out.
    """
    seen = {name: np.array(one) for name, one in logs if one}
    free = sum(len(one) - 1 for one in seen.values())
    assert free >= 8, "with fewer losses stated ranges stand"
    within = math.sqrt(sum(float(((one - one.mean()) ** 2).sum()) for one in seen.values()) / free)
    centres = np.array([one.mean() for one in seen.values()])
    noise = np.array([within**2 / len(one) for one in seen.values()])
    widest = 6.0 * max(within, float(np.ptp(centres)) / 2.0)

    def given(between: float) -> tuple[float, float, Any]:
        variances = between**2 + noise
        of_middle = 1.0 / float((1.0 / variances).sum())
        middle = of_middle * float((centres / variances).sum())
        log = 0.5 * math.log(of_middle) - 0.5 * float((np.log(variances) + (centres - middle) ** 2 / variances).sum())
        return log, middle, (variances, of_middle)

    best = max(given(one)[0] for one in np.linspace(1e-6, widest, 500))

    def average(what: Callable[[float, Any, float], float]) -> float:
        def part(between: float) -> float:
            log, middle, rest = given(between)
            return math.exp(log - best) * what(middle, rest, between)

        return float(quad(part, 0.0, widest, limit=200)[0])

    whole = average(lambda *_: 1.0)
    stretch = float(t.ppf(0.95, free)) / Z
    found = {}
    for name, _ in logs:
        place = list(seen).index(name) if name in seen else None

        def moments(middle: float, rest: Any, between: float, place: int | None = place) -> tuple[float, float]:
            pull = 1.0 if place is None else float(noise[place] / rest[0][place])
            own = 0.0 if place is None else float(centres[place])
            return (1.0 - pull) * own + pull * middle, between**2 * pull + pull**2 * rest[1]

        mean = average(lambda *given: moments(*given)[0]) / whole
        spread = average(lambda *given, mean=mean: moments(*given)[1] + (moments(*given)[0] - mean) ** 2) / whole
        found[name] = mean, math.sqrt(spread + within**2) * stretch
    return found


def expected_loss(year: Year, _: str) -> Figure:
    """F01: EAL = sum of rate x mean severity; ends over what the rates may be."""
    found = losses(year, 0, year.end)
    return _over_rates([(one, 1.0) for one in found.values()])


def bad_years(year: Year, _: str) -> Figure:
    """F02: CVaR = mean of the worst twentieth of years, of 100 000: S_j = sum over Poisson(lambda_j) of severities."""
    dice, many = np.random.default_rng(7), 100_000
    shock = year.policy["budget"]["shock"]
    common = dice.gamma(1.0 / shock, shock, many)
    total = np.zeros(many)
    for one in losses(year, 0, year.end).values():
        counts = dice.poisson(dice.gamma(one.shape, 1.0 / one.per, many) * (common if one.shocked else 1.0))
        amounts = np.exp(dice.normal(one.mu, one.sigma, counts.sum()))
        if one.tail:
            over = amounts > one.tail[0]
            amounts[over] = one.tail[0] * (1.0 + dice.pareto(one.tail[1], over.sum()))
        chance, mu, sigma = one.more or (0.0, 0.0, 0.0)
        amounts += np.where(dice.random(len(amounts)) < chance, np.exp(dice.normal(mu, sigma, len(amounts))), 0.0)
        total += np.bincount(np.repeat(np.arange(many), counts), weights=amounts, minlength=many)
    worst = np.sort(total)[-many // 20 :]
    # What exceeds the quantile varies, and so does the quantile (Hong and Liu).
    spread = math.sqrt((worst.var() + 0.95 * (worst.mean() - worst[0]) ** 2) / len(worst)) * float(norm.ppf(0.975))
    return float(worst.mean()), float(worst.mean() - spread), float(worst.mean() + spread)


def correction(year: Year, _: str) -> Figure:
    """F03: labour + compute + remedy + legal + downtime + discounts, from dated lines; above, incidents without one."""
    lines = [one for one in year.of("spend") if one["category"] in MENDING]
    assert not [one for one in lines if one["instead_of"]]
    value = sum(one["amount"] for one in lines if year.inside(one["at"])) / 100.0
    told = {one["incident"] for one in year.of("spend")}
    untold = [one for one in year.of("incident") if year.inside(one["at"]) and one["incident"] not in told]
    lost = year.policy["costs"].get("reputation", {})
    most = sum(_of_one(year, one["severity"])[1] + lost.get(one["severity"], [0, 0])[1] for one in untold)
    return value, value, value + most


def avoided(year: Year, _: str, *, credited: bool = True) -> Figure:
    """F04: (EAL(before) - EAL(after)) x credit, re-estimated on evidence; overlapping claims count once."""
    changes = []
    claimed = [one for one in year.of("claim") if one["at"] >= year.end - YEAR]
    for name in dict.fromkeys(one["scenario"] for one in claimed):
        own = [one for one in claimed if one["scenario"] == name]
        split = min(one["at"] for one in own)
        spec = year.policy["scenarios"][name]
        exposed = [
            _in_window(year, [], spec.get("system", ""), *w)[1] for w in ((split - YEAR, split), (split, year.end))
        ]
        if ("severity" in spec or "hazard" in spec) and min(exposed) > 0.0:
            credit = min(_credit(year, one["team"]) for one in own) if credited else 1.0
            changes.append((losses(year, split - YEAR, split)[name], credit))
            changes.append((losses(year, split, year.end)[name], -credit))
    return _over_rates(changes) if changes else None


def _credit(year: Year, team: str) -> float:
    """kappa: realised over predicted of a team's past claims, shrunk to 1/2 by as much as four claims weigh."""
    came = {one["claim"]: one["removed"] for one in year.of("realised")}
    past = [
        (sum(one["removes"]) / 2.0, came[one["claim"]])
        for one in year.of("claim")
        if one["team"] == team and one["claim"] in came
    ]
    if not past:
        return 0.5
    predicted, realised = (sum(column) for column in zip(*past, strict=True))
    before = 4.0 * predicted / len(past)
    return min(1.0, float((0.5 * before + realised) / (before + predicted)))


def _over_rates(parts: list[tuple[Loss, float]]) -> Figure:
    """A weighted sum of expected losses, and ends over what their gamma rates may be, by 200 000 draws."""
    dice = np.random.default_rng(11)
    drawn = sum(weight * one.each * dice.gamma(one.shape, 1.0 / one.per, 200_000) for one, weight in parts)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return math.fsum(weight * one.expected for one, weight in parts), float(low), float(high)


def _spent(year: Year) -> float:
    lines = [one for one in year.of("spend") if one["category"] in PREVENTION]
    cents: int = sum(one["amount"] for one in lines if year.end - YEAR <= one["at"] < year.end)
    return cents / 100.0


def return_on_it(year: Year, system: str) -> Figure:
    """F05: ROSI = (F04 - cost)/cost, the cost being prevention of the year."""
    found, spent = avoided(year, system), _spent(year)
    if found is None:
        return None
    value, low, high = ((one - spent) / spent for one in found)
    return value, low, high


def for_money(year: Year, system: str) -> Figure:
    """F06: (delta EAL (1 - theta) + delta CVaR theta) / spend; theta is 0 here."""
    assert "theta" not in year.policy["budget"]
    found, spent = avoided(year, system, credited=False), _spent(year)
    return (found[0] / spent, found[1] / spent, found[2] / spent) if found else None


def downtime(year: Year, _: str) -> Figure:
    """F07: (baseline rate - observed rate) x exposure, against matched units: of the tier, and claimed by nobody."""
    claimed: dict[str, int] = {}
    for one in year.of("claim"):
        name = year.policy["scenarios"][one["scenario"]].get("system", "")
        claimed[name] = min(one["at"], claimed.get(name, one["at"]))
    ours = claimed.keys() & year.policy["systems"].keys()
    if not ours:
        return None
    tiers = {year.policy["systems"][name]["tier"] for name in ours}
    others = {name for name, spec in year.policy["systems"].items() if spec["tier"] in tiers} - ours
    ends = sorted({row.data["at"] for row in year.rows["exposure"]})  # of twelve months

    def rate(systems: set[str], quarter: int) -> tuple[float, float]:
        months = ends[3 * quarter : 3 * quarter + 3]
        own = [row.data for row in year.rows["exposure"] if row.data["system"] in systems and row.data["at"] in months]
        hours = sum(one["at"] - one["since"] for one in own) / HOUR
        return sum(one["down"] for one in own) / hours, hours

    differ = [rate(ours, past)[0] - rate(others, past)[0] for past in range(3)]
    now, hours = rate(ours, 3)
    expected = rate(others, 3)[0] + float(np.mean(differ))
    reach = float(t.ppf(0.975, 2)) * float(np.std(differ, ddof=1)) * math.sqrt(1.0 + 1.0 / 3.0)
    low, value, high = ((max(one, 0.0) - now) * hours for one in (expected - reach, expected, expected + reach))
    return value, low, high


FIGURES: dict[str, Callable[[Year, str], Figure]] = {
    "F01": expected_loss,
    "F02": bad_years,
    "F03": correction,
    "F04": avoided,
    "F05": return_on_it,
    "F06": for_money,
    "F07": downtime,
}
