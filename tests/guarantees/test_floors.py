"""No floor is passed on too little evidence: exact sums over outcomes, so no seed, no flake."""

import math
from itertools import pairwise

import pytest
from scipy.stats import binom

from trimtab.decision import Trial, Verdict, judge_floor
from trimtab.kinds import Missing, Score, Shape
from trimtab.policy.model import Floor

BOUNDS = [0.005, 0.02, 0.1, 0.5, 0.9]
SIZES = [20, 150, pytest.param(600, marks=pytest.mark.slow)]
ALPHAS = [0.1, 0.05, 0.05 / 3, 0.05 / 10]  # confidence 0.9 and 0.95, the latter among 3 and 10 candidates


def verdict(failures, trials, bound, alpha, *, missing=0, mirrored=False):
    """Of `trials` cases, `failures` and `missing` (not among them) counted; the rest are good."""
    bad, good = (0.0, 1.0) if mirrored else (1.0, 0.0)
    outcomes = [Score(value=bad)] * failures + [Missing("timeout")] * missing
    outcomes += [Score(value=good)] * (trials - len(outcomes))
    floor = Floor(at_least=1 - bound) if mirrored else Floor(at_most=bound)
    rows = [Trial(case=f"c{i}", cluster=f"c{i}", outcome=outcome) for i, outcome in enumerate(outcomes)]
    return judge_floor("m", floor, Shape.RATE, rows, alpha=alpha).verdict


def last(trials, holds):
    """Largest count of failures, -1 if none, for which a condition holds that holds up to some count only."""
    low, high = -1, trials
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("trials", SIZES)
@pytest.mark.parametrize("bound", BOUNDS)
def test_false_pass_and_false_fail_are_rare_at_the_floor(bound, trials, alpha, mirrored):
    passes = last(trials, lambda k: verdict(k, trials, bound, alpha, mirrored=mirrored) is Verdict.PASS)
    spared = last(trials, lambda k: verdict(k, trials, bound, alpha, mirrored=mirrored) is not Verdict.FAIL)
    # At the floor itself: a rate just above it passes no more often, one just below fails no more often.
    assert binom.cdf(passes, trials, bound) <= alpha + 1e-12
    assert binom.sf(spared, trials, bound) <= alpha + 1e-12
    assert passes < spared or (passes, spared) == (-1, trials)


def test_the_test_is_not_vacuous():
    """A floor is proved at a realistic size, by what is well within it."""
    passes = last(600, lambda k: verdict(k, 600, 0.02, 0.05) is Verdict.PASS)
    assert binom.cdf(passes, 600, 0.02) > 0.02  # the guarantee is nearly used up
    assert binom.cdf(passes, 600, 0.005) > 0.95  # and a good model passes


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("failures", [0, 1, 3, 7])
def test_breaking_cases_never_helps_even_when_the_failures_are_chosen(failures, mirrored):
    """An adversary that turns its own failures into timeouts gains nothing."""
    honest = verdict(failures, 300, 0.02, 0.05, mirrored=mirrored)
    for broken in range(failures + 1):
        sly = verdict(failures - broken, 300, 0.02, 0.05, missing=broken, mirrored=mirrored)
        assert not (sly is Verdict.PASS and honest is not Verdict.PASS)
        assert not (sly is Verdict.FAIL and honest is not Verdict.FAIL)


def test_more_failures_only_ever_make_it_worse():
    order = {Verdict.PASS: 0, Verdict.INCONCLUSIVE: 1, Verdict.FAIL: 2}
    seen = [order[verdict(k, 250, 0.03, 0.05)] for k in range(30)]
    assert all(before <= after for before, after in pairwise(seen))
    assert set(seen) == {0, 1, 2}


def test_silence_is_never_a_pass():
    for bound in (0.0, 0.5, 1.0):
        for floor in (Floor(at_most=bound), Floor(at_least=bound)):
            for shape in [*Shape, None]:
                assert judge_floor("m", floor, shape, [], alpha=0.05).verdict is Verdict.INCONCLUSIVE
                gone = [Trial(case=f"c{i}", cluster=f"c{i}", outcome=Missing("http-500")) for i in range(50)]
                assert judge_floor("m", floor, shape, gone, alpha=0.05).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("order", [0.5, 0.95])
@pytest.mark.parametrize("alpha", [0.05, 0.005])
@pytest.mark.parametrize("trials", [5, 58, 59, 200, 501])
def test_latency_floors_are_exact_for_every_distribution(order, alpha, trials):
    """Scores are ranks, so the interval's ends say which order statistics it uses."""
    from trimtab.stats.quantile import quantile

    seen = quantile([(f"c{i}", Score(value=float(i + 1))) for i in range(trials)], order, level=1 - 2 * alpha)
    # A false PASS is an upper end below the true quantile: at least that many draws fell below it.
    if math.isfinite(seen.interval.high):
        assert binom.sf(int(seen.interval.high) - 1, trials, order) <= alpha
    if seen.interval.low > 0:
        assert binom.cdf(int(seen.interval.low) - 1, trials, order) <= alpha
