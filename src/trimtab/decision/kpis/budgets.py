"""How much is left of the safety error budget (R05)."""

from collections.abc import Callable, Mapping

import numpy as np

from trimtab.decision.kpis.asked import Asked, Budgeted, Estimator
from trimtab.decision.kpis.measured import worst
from trimtab.kinds import Estimate, Interval, Missing
from trimtab.stats.bounded import least_root


def remaining(asked: Asked) -> Estimate | Missing:
    """R05: what is left of the budget that is most spent, 1 - bad / tolerated, as last recorded.

    A budget is recorded when its state changes, so at a moment that what was seen decides: the share of bad events has
    an interval that holds at whatever moment one looks, by bets against it.
    """
    return worst(list(budget_details(asked).values()), better="higher")


def budget_details(asked: Asked) -> dict[str, Estimate | Missing]:
    """The budget of each metric of each system."""
    last: dict[tuple[str, str], Budgeted] = {}
    for one in asked.budgets:
        if one.time < asked.end and asked.system in ("", one.system):
            last[one.system, one.metric] = one
    level = 1.0 - (1.0 - asked.level) / max(len(last), 1)
    return {f"{system}: {metric}": left_of(one.budget, level) for (system, metric), one in sorted(last.items())}


def betting_rate(hits: int, trials: int, *, level: float) -> Interval:
    """Interval for a rate that holds at whatever moment one looks, from counts.

    Args:
        hits: 0 <= hits <= trials.
        trials: >= 1.
        level: Coverage probability, in (0, 1).
    """
    tail = (1.0 - level) / 2.0

    def least(ones: int) -> float:
        values, counts = np.array([0.0, 1.0]), np.array([trials - ones, ones], dtype=np.float64)
        return least_root(lambda mean: values / mean, counts, tail=tail)

    return Interval(least(hits), 1.0 - least(trials - hits), level, "betting")


def left_of(budget: Mapping[str, object], level: float) -> Estimate | Missing:
    """What is left of a budget, from its JSON form, at a coverage in (0, 1): a share, below 0 when overspent.

    What red-line events spent was spent; the share of bad events is what has an interval.
    """
    valid, bad = int(str(budget["valid"])), int(str(budget["bad"]))
    tolerated, spent = float(str(budget["tolerated"])), float(str(budget["spent"]))
    if not valid or not tolerated > 0.0:
        return Missing("no-events", "there were no events in the window of the budget")
    seen = betting_rate(bad, valid, level=level)
    at_once = max(spent - bad / (tolerated * valid), 0.0)  # what red-line events spent
    low, high = (1.0 - rate / tolerated - at_once for rate in (seen.high, seen.low))
    value = 1.0 - spent
    interval = Interval(min(low, value), max(high, value), level, seen.method)
    return Estimate(value=value, interval=interval, count=valid, cases=valid)


ESTIMATORS: Mapping[str, Estimator] = {"R05": remaining}
DETAILS: Mapping[str, Callable[[Asked], dict[str, Estimate | Missing]]] = {"R05": budget_details}
