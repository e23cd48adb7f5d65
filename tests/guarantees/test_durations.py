"""Intervals of durations hold as often as they say, with open cases and with starts that nobody saw."""

import math

import numpy as np
import pytest
from tests.often import often

from trimtab.kinds import Estimate
from trimtab.stats.durations import Duration, done_within, time_until

RUNS = often(400)
LIMIT, SCALE = 7.0, 5.0


def drawn(rng, size, *, shape, seen, blurred=0.0):
    """Weibull durations; a share is open when we look; of a share the start is known to some days."""
    true = SCALE * rng.weibull(shape, size)
    age = rng.uniform(0.0, seen, size)
    early = np.where(rng.random(size) < blurred, rng.uniform(0.0, 3.0, size), 0.0)
    late = np.where(early > 0.0, rng.uniform(0.0, 3.0, size), 0.0)
    time, is_open = np.minimum(true, age), age < true
    return [Duration(max(t - a, 0.0), t + b, bool(o)) for t, a, b, o in zip(time, early, late, is_open, strict=True)]


@pytest.mark.parametrize(("size", "shape", "seen"), [(20, 1.0, 30.0), (40, 0.6, 12.0), (100, 1.5, 20.0)])
def test_each_end_errs_as_rarely_as_it_says(never_above, size, shape, seen):
    """Greenwood on log(-log S) is approximate: at 95 % each end may err 2.5 % and is allowed 4.5 % with 20 cases."""
    rng = np.random.default_rng(size)
    truth = 1.0 - math.exp(-((LIMIT / SCALE) ** shape))
    median = SCALE * math.log(2.0) ** (1.0 / shape)
    wrong = {"low": 0, "high": 0, "early": 0, "late": 0}
    for _ in range(RUNS):
        cases = drawn(rng, size, shape=shape, seen=seen)
        share, half = done_within(cases, LIMIT), time_until(cases, 0.5)
        if isinstance(share, Estimate):
            wrong["low"] += share.interval.low > truth
            wrong["high"] += share.interval.high < truth
        if isinstance(half, Estimate):
            wrong["early"] += half.interval.high < median
            wrong["late"] += half.interval.low > median
    for events in wrong.values():
        never_above(events, RUNS, 0.045)
    assert sum(wrong.values()) > 0  # they are no wider than they must be


def test_starts_that_nobody_saw_do_not_flatter(never_above):
    """With the start of half of the cases known to some days only; taking the middle errs in most of the runs."""
    rng = np.random.default_rng(8)
    truth = 1.0 - math.exp(-((LIMIT / SCALE) ** 0.8))
    runs, wrong, naive = often(200), 0, 0
    for _ in range(runs):
        # All that was found was found late: the true duration is the longest possible one.
        true = SCALE * rng.weibull(0.8, 300)
        cases = [Duration.took(t * 0.4, t) if n % 2 else Duration.took(t) for n, t in enumerate(true.tolist())]
        middle = [Duration.took((one.least + one.most) / 2.0) for one in cases]
        found, taken = done_within(cases, LIMIT), done_within(middle, LIMIT)
        assert isinstance(found, Estimate)
        assert isinstance(taken, Estimate)
        wrong += found.interval.low > truth
        naive += taken.interval.low > truth
    never_above(wrong, runs, 0.03)
    assert naive > runs // 2


def test_the_mean_of_closed_cases_is_gamed_and_this_is_not():
    """Close the easy ones, leave the hard ones open: the mean of what is closed halves, p90 does not move."""
    rng = np.random.default_rng(3)
    true = np.sort(rng.lognormal(1.0, 1.0, 60))
    honest = [Duration.took(t) for t in true.tolist()]
    gamed = [Duration.took(t) if t <= np.median(true) else Duration.lasts(40.0) for t in true.tolist()]
    mean = [np.mean([one.least for one in cases if not one.open]) for cases in (honest, gamed)]
    assert mean[1] < mean[0] / 2
    first, second = (time_until(cases, 0.9) for cases in (honest, gamed))
    assert isinstance(first, Estimate)
    assert isinstance(second, Estimate)
    assert second.value >= first.value
