"""What follows from a policy and what was seen: pure rules, three verdicts.

The values load at once; the rules, which bring numpy and SciPy, on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from trimtab.decision.model import CandidateDecision, Decision, Judgement, Measurements, Trial, Verdict

if TYPE_CHECKING:
    from trimtab.decision.choice import ahead
    from trimtab.decision.costs import Forecast, SuiteSize, forecast
    from trimtab.decision.floors import judge_floor
    from trimtab.decision.groups import by_group
    from trimtab.decision.live import provisional, provisional_rate
    from trimtab.decision.payload import from_payload, to_payload
    from trimtab.decision.red_lines import judge_red_line
    from trimtab.decision.regression import judge_regression
    from trimtab.decision.rules import alpha_of, compared_metrics, decide, judge

_HOME = {
    "Forecast": "trimtab.decision.costs",
    "SuiteSize": "trimtab.decision.costs",
    "ahead": "trimtab.decision.choice",
    "alpha_of": "trimtab.decision.rules",
    "by_group": "trimtab.decision.groups",
    "compared_metrics": "trimtab.decision.rules",
    "decide": "trimtab.decision.rules",
    "forecast": "trimtab.decision.costs",
    "from_payload": "trimtab.decision.payload",
    "judge": "trimtab.decision.rules",
    "judge_floor": "trimtab.decision.floors",
    "judge_red_line": "trimtab.decision.red_lines",
    "judge_regression": "trimtab.decision.regression",
    "provisional": "trimtab.decision.live",
    "provisional_rate": "trimtab.decision.live",
    "to_payload": "trimtab.decision.payload",
}

__all__ = [
    "CandidateDecision",
    "Decision",
    "Forecast",
    "Judgement",
    "Measurements",
    "SuiteSize",
    "Trial",
    "Verdict",
    "ahead",
    "alpha_of",
    "by_group",
    "compared_metrics",
    "decide",
    "forecast",
    "from_payload",
    "judge",
    "judge_floor",
    "judge_red_line",
    "judge_regression",
    "provisional",
    "provisional_rate",
    "to_payload",
]


def __getattr__(name: str) -> Any:
    try:
        home = _HOME[name]
    except KeyError:
        raise AttributeError(f"module 'trimtab.decision' has no attribute {name!r}") from None
    return getattr(import_module(home), name)
