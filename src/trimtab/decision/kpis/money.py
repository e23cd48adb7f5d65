"""F01 to F07: what failures cost, what putting them right cost, and what was avoided. Amounts in the policy's currency.

Losses are of a year, whatever the period: they are as of its end. Spending that they are held against is of the
year up to there as well.
"""

import hashlib
import math
from collections.abc import Callable, Mapping

import numpy as np
from scipy.special import stdtrit

from trimtab.decision.avoided import Change, as_scenarios, changes, downtime, total_draws
from trimtab.decision.cost_lines import of_system, standing_lines, total
from trimtab.decision.credit import claims
from trimtab.decision.incidents import incidents
from trimtab.decision.kpis.asked import Asked, Estimator
from trimtab.decision.loss_model import YEAR, Calibrated, loss_model
from trimtab.decision.loss_seen import Seen, seen_by
from trimtab.decision.one_currency import another_currency
from trimtab.decision.period import Period
from trimtab.evidence.entries.spending import CORRECTION, PREVENTION
from trimtab.kinds import Estimate, Interval, Missing
from trimtab.stats.clusters import Floats
from trimtab.stats.loss import simulate

_DRAWS = 20_000
_YEARS = 20_000  # of F06, twice: another seed moves it by a hundredth or two
_SEED = 0
_FEWEST_CLAIMS = 3


def expected_loss(asked: Asked) -> Estimate | Missing:
    """F01: expected annual loss. Exact; its interval is over what the rates of events may be."""
    found = _scenarios(asked)
    if isinstance(found, Missing):
        return found
    draws: Floats = np.zeros(_DRAWS)
    for one in found:
        key = hashlib.sha256(f"trimtab F01 1\n{one.name}".encode()).digest()
        generator = np.random.Generator(np.random.Philox(key=int.from_bytes(key[:16])))
        each = one.scenario.expected / one.rate.mean
        draws += generator.standard_gamma(one.rate.shape, _DRAWS) / one.rate.per * each
    value = math.fsum(one.scenario.expected for one in found)
    return _estimate(value, draws, asked, count=len(found), cases=sum(one.events for one in found))


def bad_years(asked: Asked) -> Estimate | Missing:
    """F02: mean loss of the worst twentieth of years (of `budget.level`); its interval is the noise of the seed."""
    found = _scenarios(asked)
    if isinstance(found, Missing):
        return found
    budget = asked.policy.budget
    years = simulate([one.scenario for one in found], seed=_SEED, shock=budget.shock if budget else 0.0)
    bad = years.cvar(budget.level if budget else 0.95)
    return Estimate(
        value=bad.value, interval=bad.noise, count=years.years, cases=max(sum(one.events for one in found), years.years)
    )


def cost_of_correction(asked: Asked) -> Estimate | Missing:
    """F03: what putting failures right cost in the period, from dated cost lines, each correction in place of its line.

    Incidents of the period that have no line yet will cost something: the high end takes the most that the policy
    says of such an incident, and has no bound where it says nothing.
    """
    lines = [
        line
        for _, line in standing_lines(asked.books, asked.period, asof=asked.asof)
        if line.category in CORRECTION and (not asked.system or of_system(asked.books, line) == asked.system)
    ]
    told = {line.incident for line in lines}
    ever = {line.incident for _, line in standing_lines(asked.books, asof=asked.asof)}
    untold = [
        one.opened
        for one in incidents(asked.books)
        if asked.period.holds(one.opened.at)
        and one.opened.at <= asked.asof
        and (not asked.system or one.opened.system == asked.system)
        and one.opened.incident not in ever
    ]
    if not lines and not untold:
        return Missing("no-cost-lines", "no cost of a correction was recorded in the period")
    costs = asked.policy.costs
    value, high = sum(line.amount for line in lines) / 100.0, 0.0
    for opened in untold:
        priced = costs is not None and opened.severity in costs.incident
        high += costs.of_one(opened.severity)[1] if costs is not None and priced else math.inf
    interval = Interval(value, value + high, asked.level, "census of cost lines")
    count = len(told - {""}) + sum(line.incident == "" for line in lines) + len(untold)
    return Estimate(value=value, interval=interval, count=count, cases=len(lines) + len(untold), missing=len(untold))


def loss_avoided(asked: Asked) -> Estimate | Missing:
    """F04: expected loss before less that after, told anew on evidence, times the credit of whoever claims it."""
    found = changes(asked.policy, asked.books, end=asked.end, system=asked.system, seen=_seen(asked))
    return found if isinstance(found, Missing) else _avoided(found, asked)


def return_on_spending(asked: Asked) -> Estimate | Missing:
    """F05: (F04 - cost) / cost, the cost being what prevention cost in the year up to the end of the period."""
    found, spent = loss_avoided(asked), _prevention(asked)
    if isinstance(found, Missing):
        return found
    if isinstance(spent, Missing):
        return spent
    return _scaled(found, lambda avoided: (avoided - spent) / spent)


def loss_per_spending(asked: Asked) -> Estimate | Missing:
    """F06: what a unit of spending took off the expected loss and, by `budget.theta`, off that of bad years."""
    found = changes(asked.policy, asked.books, end=asked.end, system=asked.system, seen=_seen(asked))
    if isinstance(found, Missing):
        return found
    spent = _prevention(asked)
    if isinstance(spent, Missing):
        return spent
    budget = asked.policy.budget
    theta = budget.theta if budget else 0.0
    plain = _avoided(found, asked, credited=False)
    if theta == 0.0:
        return _scaled(plain, lambda avoided: avoided / spent)
    shock, level = (budget.shock, budget.level) if budget else (0.0, 0.95)
    without, after = as_scenarios(asked.policy, asked.books, found, end=asked.end)
    bad = [simulate(one, seed=_SEED, years=_YEARS, shock=shock).cvar(level) for one in (without, after)]
    noise = math.hypot(*((one.noise.high - one.noise.low) / 2.0 for one in bad))
    moved = bad[0].value - bad[1].value
    ends = [
        ((1.0 - theta) * end + theta * (moved + way * noise)) / spent
        for end, way in ((plain.interval.low, -1.0), (plain.value, 0.0), (plain.interval.high, 1.0))
    ]
    interval = Interval(ends[0], ends[2], asked.level, "gamma-poisson and hong-liu")
    return Estimate(value=ends[1], interval=interval, count=plain.count, cases=plain.cases)


def downtime_avoided(asked: Asked) -> Estimate | Missing:
    """F07: hours of downtime avoided, against systems that nobody changed, or a trend of quarters before."""
    found = downtime(
        asked.policy,
        asked.books,
        period=asked.period,
        end=asked.asof,
        system=asked.system,
        level=asked.level,
    )
    if isinstance(found, Missing):
        return found
    value, interval, quarters = found
    return Estimate(value=value, interval=interval, count=quarters, cases=quarters)


def realised_share(asked: Asked) -> Estimate | Missing:
    """The counter of all: what claims came to, as a share of what they promised; by claims, t about the ratio."""
    told = [
        one
        for one in claims(asked.books, asof=asked.end - 1)
        if one.realised is not None and one.predicted > 0.0 and asked.team in ("", one.made.team)
    ]
    if len(told) < _FEWEST_CLAIMS:
        return Missing("too-little", f"{len(told)} claims came out, and {_FEWEST_CLAIMS} are needed")
    predicted = math.fsum(one.predicted for one in told)
    ratio = math.fsum(one.realised or 0.0 for one in told) / predicted
    left = math.fsum(((one.realised or 0.0) - ratio * one.predicted) ** 2 for one in told)
    count = len(told)
    reach = float(stdtrit(count - 1, (1.0 + asked.level) / 2.0)) * math.sqrt(left * count / (count - 1)) / predicted
    return Estimate(
        value=ratio, interval=Interval(ratio - reach, ratio + reach, asked.level, "t, ratio"), count=count, cases=count
    )


def _counted_alike(estimator: Estimator) -> Estimator:
    """What an estimator gives, as long as all amounts are in one currency."""

    def estimate(asked: Asked) -> Estimate | Missing:
        if other := another_currency(asked.books, asked.policy, asked.policies):
            return Missing("another-currency", f"{other}; nothing is converted")
        return estimator(asked)

    return estimate


ESTIMATORS: Mapping[str, Estimator] = {
    "F01": _counted_alike(expected_loss),
    "F02": _counted_alike(bad_years),
    "F03": _counted_alike(cost_of_correction),
    "F04": _counted_alike(loss_avoided),
    "F05": _counted_alike(return_on_spending),
    "F06": _counted_alike(loss_per_spending),
    "F07": downtime_avoided,
    "realised": realised_share,
}
"""By id; F08 is of vendors."""


# -- parts ---------------------------------------------------------------------------------


def _scenarios(asked: Asked) -> tuple[Calibrated, ...] | Missing:
    if not asked.policy.scenarios:
        return Missing("no-scenarios", "the policy names no scenarios")
    model = loss_model(asked.policy, asked.books, until=asked.end, seen=_seen(asked))
    own = tuple(one for one in model.scenarios if not asked.system or one.spec.system == asked.system)
    return own or Missing("no-scenarios", f"no scenario is of {asked.system}")


def _seen(asked: Asked) -> Seen:
    return asked.once("what the books saw of losses", lambda: seen_by(asked.policy, asked.books, asked.end))


def _avoided(found: tuple[Change, ...], asked: Asked, *, credited: bool = True) -> Estimate:
    weights = {one.name: one.credit if credited else 1.0 for one in found}
    value = math.fsum(weights[one.name] * one.reduction for one in found)
    events = sum(one.before.events + one.after.events for one in found)
    return _estimate(value, total_draws(found, weights), asked, count=len(found), cases=events)


def _estimate(value: float, draws: Floats, asked: Asked, *, count: int, cases: int) -> Estimate:
    tail = (1.0 - asked.level) / 2.0
    low, high = (float(one) for one in np.quantile(draws, [tail, 1.0 - tail]))
    interval = Interval(min(low, value), max(high, value), asked.level, "gamma-poisson")
    return Estimate(value=value, interval=interval, count=count, cases=max(cases, count))


def _prevention(asked: Asked) -> float | Missing:
    year = Period(asked.end - YEAR, asked.end)
    lines = [
        (at, line)
        for at, line in standing_lines(asked.books, year, asof=asked.asof)
        if line.category in PREVENTION and (not asked.system or of_system(asked.books, line) == asked.system)
    ]
    spent = total(lines) / 100.0
    return spent if spent > 0.0 else Missing("no-spending", "no spending on prevention was recorded in the year")


def _scaled(found: Estimate, by: Callable[[float], float]) -> Estimate:
    ends = Interval(by(found.interval.low), by(found.interval.high), found.interval.level, found.interval.method)
    return Estimate(value=by(found.value), interval=ends, count=found.count, cases=found.cases)
