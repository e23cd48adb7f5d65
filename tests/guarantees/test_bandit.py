"""Spending cases where a system breaks costs no truth: seeded simulation with a binomial bound."""

import pytest
from tests.workspace.test_bandit import RATES, better, played, suites_of
from tests.workspace.test_course import course_of

from trimtab.kinds import Missing, Shape
from trimtab.stats import estimate
from trimtab.workspace.bandit import Bandit


@pytest.mark.slow
def test_intervals_hold_however_the_cases_were_spent(never_above):
    """Each arm's interval misses its rate at most as often as it says, though a lucky arm is asked more."""
    suites, runs, alpha = suites_of(60), 500, 0.1
    rates = dict.fromkeys(RATES, 0.3)
    missed = dict.fromkeys(RATES, 0)
    for seed in range(runs):
        course = course_of(suites, {}, bandit=Bandit(better=better(), seed=seed))
        played(course, suites, calls=120, seed=seed, rates=rates)
        for name in RATES:
            outcomes = [(t.cluster, t.outcome) for t in course.trials[f"{name}-metric"]]
            seen = estimate(Shape.RATE, outcomes, level=1.0 - alpha, anytime=True)
            missed[name] += not (isinstance(seen, Missing) or seen.interval.low <= 0.3 <= seen.interval.high)
    for number in missed.values():
        never_above(number, runs, alpha)
