"""What the failures of a year may cost: every figure of the loss page, from policy and books, with its origin."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from trimtab.decision.appetite import Appetite, appetite_of
from trimtab.decision.cost_lines import standing_lines
from trimtab.decision.loss_model import YEAR, Calibrated, LossModel, loss_model
from trimtab.decision.loss_scenarios import incident_scenario
from trimtab.decision.model import Verdict
from trimtab.decision.period import Period
from trimtab.evidence.books import Books
from trimtab.evidence.entries.spending import CORRECTION
from trimtab.policy.model import Policy
from trimtab.stats.loss import YEARS, Losses, Reading, simulate
from trimtab.stats.severity import Lognormal, Spliced

_STEPS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)  # amounts of the curve, in each power of ten
_MOST_AMOUNTS = 40
_RATE_LEVEL = 0.9  # as stated ranges are


def loss_figures(
    policy: Policy, books: Books, *, asof: int, seed: int = 0, years: int = YEARS, level: float | None = None
) -> dict[str, Any]:
    """All figures as JSON. Amounts are in the policy's currency.

    Args:
        policy: Its `scenarios`, one at least; `costs`, `budget` and `red_lines` as far as there are any.
        books: What was recorded.
        asof: Microseconds since the epoch, UTC; what happened later does not count.
        seed: Of the simulated years, >= 0.
        years: How many.
        level: Bad years are beyond it; that of the budget, or 0.95, if left out.

    Raises:
        ValueError: An argument is outside its range, or there are too few years for the level.
    """
    budget = policy.budget
    level = level if level is not None else budget.level if budget else 0.95
    model = loss_model(policy, books, until=asof)
    losses = simulate(model.drawn, seed=seed, years=years, shock=budget.shock if budget else 0.0)
    appetite = appetite_of(budget, books, asof=asof)
    amounts = _amounts(losses, appetite)
    curve = losses.exceedance(amounts)
    bad = losses.cvar(level)
    against = list(_against(appetite, losses.expected, bad, dict(zip(amounts, curve, strict=True))))
    return {
        "currency": policy.currency,
        "years": years,
        "seed": seed,
        "level": level,
        "shock": losses.shock,
        "expected": losses.expected,
        "var": _reading(losses.var(level)),
        "cvar": _reading(bad),
        "exceedance": [{"loss": one, **_reading(seen)} for one, seen in zip(amounts, curve, strict=True)],
        "appetite": against,
        "verdict": _overall([one["verdict"] for one in against]),
        "scenarios": [_scenario(one) for one in model.scenarios],
        "experts": _experts(model),
        "uncounted": model.uncounted,
        "red_lines": list(_red_lines(policy)),
        "correction": correction(books, Period(asof - YEAR, asof, "the last year"), asof),
        "gordon_loeb": losses.expected / math.e,
    }


def correction(books: Books, period: Period, asof: int) -> dict[str, Any]:
    """What putting things right cost in a period, by category, from dated cost lines."""
    by: dict[str, int] = defaultdict(int)
    lines = [one for _, one in standing_lines(books, period, asof=asof) if one.category in CORRECTION]
    for one in lines:
        by[one.category] += one.amount
    return {
        "since": period.start,
        "until": period.end,
        "lines": len(lines),
        "total": sum(by.values()) / 100.0,
        "by": {category: by[category] / 100.0 for category in CORRECTION if category in by},
    }


# -- parts ---------------------------------------------------------------------------------


def _amounts(losses: Losses, appetite: Appetite) -> list[float]:
    """Round amounts from what is lost in most years to what is lost in hardly any, and those of the appetite."""
    hit = losses.total[losses.total > 0.0]
    if len(hit):
        low, high = (float(one) for one in np.quantile(hit, [0.02, 0.9995]))
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        found = [step * 10.0**power for power in powers for step in _STEPS]
        found = [one for one in found if low <= one <= high * 1.5][-_MOST_AMOUNTS:]
    else:
        found = [1.0]
    return sorted({*found, *appetite.points})


def _against(
    appetite: Appetite, expected: float, bad: Reading, curve: Mapping[float, Reading]
) -> Iterator[dict[str, Any]]:
    """Each figure that the appetite bounds, and whether it keeps to it whatever the seed."""
    if appetite.expected is not None:
        verdict = Verdict.PASS if expected <= appetite.expected else Verdict.FAIL
        yield {"what": "expected", "bound": appetite.expected, "seen": expected, "verdict": verdict.value}
    if appetite.bad_years is not None:
        verdict = _verdict(bad, appetite.bad_years)
        yield {"what": "bad-years", "bound": appetite.bad_years, "seen": bad.value, "verdict": verdict.value}
    for loss, chance in appetite.points.items():
        verdict = _verdict(curve[loss], chance)
        seen = curve[loss].value
        yield {"what": "point", "loss": loss, "bound": chance, "seen": seen, "verdict": verdict.value}


def _verdict(seen: Reading, bound: float) -> Verdict:
    if seen.noise.high <= bound:
        return Verdict.PASS
    return Verdict.FAIL if seen.noise.low > bound else Verdict.INCONCLUSIVE


def _overall(verdicts: Sequence[str]) -> str:
    """The worst; empty where nothing is asked."""
    order = (Verdict.FAIL.value, Verdict.INCONCLUSIVE.value, Verdict.PASS.value)
    return next((one for one in order if one in verdicts), "")


def _scenario(one: Calibrated) -> dict[str, Any]:
    rate, made = one.rate.interval(level=_RATE_LEVEL), one.scenario
    body = made.loss
    plain = body.body if isinstance(body, Spliced) else body
    ends = plain.range if isinstance(plain, Lognormal) else one.loss_stated
    second = made.secondary
    return {
        "name": one.name,
        "about": one.spec.about,
        "system": one.spec.system or "",
        "expected": made.expected,
        "rate": {
            "mean": one.rate.mean,
            "low": rate.low,
            "high": rate.high,
            "stated": list(one.rate_stated),
            "events": one.events,
            "years": one.years,
        },
        "loss": {
            "mean": body.mean,
            "low": ends[0],
            "high": ends[1],
            "stated": list(one.loss_stated),
            "from": one.loss_from,
            "losses": one.losses,
            "pull": one.pull,
        },
        "secondary": {"mean": second.mean, "chance": made.secondary_chance} if second else None,
        "stated_by": one.spec.stated_by or "",
        "widened": one.factor,
        "shocked": made.shocked,
    }


def _experts(model: LossModel) -> list[dict[str, Any]]:
    return [
        {
            "by": by,
            "hits": one.hits,
            "ranges": one.ranges,
            "low": one.interval.low,
            "high": one.interval.high,
            "factor": one.factor,
        }
        for by, one in sorted(model.records.items())
    ]


def _red_lines(policy: Policy) -> Iterator[dict[str, Any]]:
    """What one event of each red line costs; of one of which the policy says no severity, as the worst it knows."""
    costs = policy.costs
    for metric in policy.red_lines if costs else ():
        assert costs is not None
        said = costs.severity(metric)
        severity = said or min(costs.incident)
        low, high = costs.of_one(severity)
        one = incident_scenario(costs, severity, 1.0, name=metric)
        yield {
            "metric": metric,
            "severity": severity,
            "assumed": said is None,
            "low": low,
            "high": high,
            "mean": one.expected,
        }


def _reading(one: Reading) -> dict[str, float]:
    return {"value": one.value, "low": one.noise.low, "high": one.noise.high}
