"""What follows from a policy and what was seen: pure rules, three verdicts.

The values load at once; the rules, which bring numpy and SciPy, on first use.
"""

from typing import TYPE_CHECKING

from trimtab._lazy import lazily
from trimtab.decision.model import CandidateDecision, Decision, Judgement, Measurements, Trial, Verdict

if TYPE_CHECKING:
    from trimtab.decision.bench import alpha_of
    from trimtab.decision.between import between_groups
    from trimtab.decision.choice import ahead
    from trimtab.decision.costs import Forecast, SuiteSize, forecast
    from trimtab.decision.floors import judge_floor
    from trimtab.decision.groups import by_group
    from trimtab.decision.live import provisional, provisional_rate
    from trimtab.decision.mitigation import removed
    from trimtab.decision.payload import from_payload, to_payload
    from trimtab.decision.red_lines import judge_red_line
    from trimtab.decision.regression import judge_regression
    from trimtab.decision.rules import compared_metrics, decide, explore, judge, next_to_test, seen_early
    from trimtab.decision.tradeoff import Tradeoff

_HOME = {
    "Forecast": "trimtab.decision.costs",
    "SuiteSize": "trimtab.decision.costs",
    "Tradeoff": "trimtab.decision.tradeoff",
    "ahead": "trimtab.decision.choice",
    "alpha_of": "trimtab.decision.bench",
    "between_groups": "trimtab.decision.between",
    "by_group": "trimtab.decision.groups",
    "compared_metrics": "trimtab.decision.rules",
    "decide": "trimtab.decision.rules",
    "explore": "trimtab.decision.rules",
    "forecast": "trimtab.decision.costs",
    "from_payload": "trimtab.decision.payload",
    "judge": "trimtab.decision.rules",
    "judge_floor": "trimtab.decision.floors",
    "judge_red_line": "trimtab.decision.red_lines",
    "judge_regression": "trimtab.decision.regression",
    "next_to_test": "trimtab.decision.rules",
    "provisional": "trimtab.decision.live",
    "provisional_rate": "trimtab.decision.live",
    "removed": "trimtab.decision.mitigation",
    "seen_early": "trimtab.decision.rules",
    "to_payload": "trimtab.decision.payload",
}

__all__ = [
    "CandidateDecision",
    "Decision",
    "Forecast",
    "Judgement",
    "Measurements",
    "SuiteSize",
    "Tradeoff",
    "Trial",
    "Verdict",
    "ahead",
    "alpha_of",
    "between_groups",
    "by_group",
    "compared_metrics",
    "decide",
    "explore",
    "forecast",
    "from_payload",
    "judge",
    "judge_floor",
    "judge_red_line",
    "judge_regression",
    "next_to_test",
    "provisional",
    "provisional_rate",
    "removed",
    "seen_early",
    "to_payload",
]


__getattr__ = lazily(__name__, _HOME)
