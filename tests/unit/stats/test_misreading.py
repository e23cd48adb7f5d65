"""A rate seen through a detector that errs: the claim holds with the errors counted in, and is none without them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from trimtab.kinds import ErrorRates, Estimate, Instrument, Interval, Missing, Score, Shape
from trimtab.stats import estimate, further_through, through
from trimtab.stats.binomial import least_rate, most_rate
from trimtab.stats.clusters import Outcome
from trimtab.stats.error_rates import read_rates
from trimtab.stats.misreading import difference_through, further_pairs_through, least_sensitivity, most_alarms

ALPHA = 0.05


def seen(hits, trials, rates, alpha=ALPHA, missing=0):
    outcomes: list[Outcome] = [(str(i), Score(value=float(i < hits))) for i in range(trials)]
    outcomes += [(f"m{i}", Missing("timeout")) for i in range(missing)]
    found = through(Shape.RATE, outcomes, rates, level=1.0 - 2.0 * alpha)
    assert isinstance(found, Estimate)
    return found


def counted(found=None, alarms=None):
    return read_rates({"corpus": "read by two people", "found": found, "alarms": alarms})


# The quickest sums over all outcomes: of the count that found the errors, and of what was then flagged.
@pytest.mark.parametrize(("true", "sensitivity", "alarm"), [(0.1, 0.8, 0.05), (0.05, 0.5, 0.0), (0.3, 0.95, 0.1)])
def test_no_end_errs_more_often_than_it_says(true, sensitivity, alarm):
    trials, read = 60, 40
    flagged = true * sensitivity + (1 - true) * alarm
    hits = binom.pmf(np.arange(trials + 1), trials, flagged)
    high = np.array([most_rate(k, trials, tail=ALPHA / 2) for k in range(trials + 1)])
    low = np.array([least_rate(k, trials, tail=ALPHA / 2) for k in range(trials + 1)])
    found = binom.pmf(np.arange(read + 1), read, sensitivity)
    least = np.array([least_rate(k, read, tail=ALPHA / 2) for k in range(read + 1)])
    alarms = binom.pmf(np.arange(read + 1), read, alarm)
    most = np.array([most_rate(k, read, tail=ALPHA / 2) for k in range(read + 1)])
    with np.errstate(divide="ignore", invalid="ignore"):
        too_low = np.where(least[:, None] > 0, high[None, :] / least[:, None], 1.0) < true
        too_high = np.where(most[:, None] < 1, (low[None, :] - most[:, None]) / (1 - most[:, None]), 0.0) > true
    assert float(found @ too_low @ hits) <= ALPHA
    assert float(alarms @ too_high @ hits) <= ALPHA


@given(hits=st.integers(0, 30), found=st.integers(0, 40), alarms=st.integers(0, 40), missing=st.integers(0, 5))
@settings(max_examples=40)
def test_the_ends_are_those_of_the_equation_and_never_narrower_than_plain(hits, found, alarms, missing):
    rates = counted([found, 40], [alarms, 40])
    interval = seen(hits, 30, rates, missing=missing).interval
    tried = 30 + missing
    least, most = least_rate(found, 40, tail=ALPHA / 2), most_rate(alarms, 40, tail=ALPHA / 2)
    high, low = most_rate(hits + missing, tried, tail=ALPHA / 2), least_rate(hits, tried, tail=ALPHA / 2)
    assert interval.high == pytest.approx(min(1.0, high / least) if least else 1.0, rel=1e-9)
    assert interval.low == pytest.approx(max(0.0, (low - most) / (1 - most)) if most < 1 else 0.0, abs=1e-9)
    outcomes: list[Outcome] = [(str(i), Score(value=float(i < hits))) for i in range(30)]
    outcomes += [(f"m{i}", Missing("timeout")) for i in range(missing)]
    plain = estimate(Shape.RATE, outcomes, level=1.0 - 2.0 * ALPHA)
    assert isinstance(plain, Estimate)
    assert interval.low <= plain.interval.low <= plain.interval.high <= interval.high


def test_what_nobody_knows_may_be_anything():
    nothing = seen(0, 10_000, ErrorRates(corpus=""))
    assert (nothing.interval.low, nothing.interval.high) == (0.0, 1.0)
    assert "unknown" in nothing.interval.method
    assert nothing.value == 0.0
    misses_known = seen(5000, 10_000, counted(found=[100, 100]))
    assert misses_known.interval.low == 0.0
    assert misses_known.interval.high < 0.6
    alarms_known = seen(5000, 10_000, counted(alarms=[0, 100]))
    assert alarms_known.interval.high == 1.0
    assert alarms_known.interval.low > 0.4


def test_a_detector_that_finds_nothing_proves_nothing():
    assert seen(0, 1000, counted(found=[0, 100], alarms=[0, 100])).interval.high == 1.0


def test_an_interval_without_counts_serves_claims_that_ask_for_no_more_than_it_says():
    card = ErrorRates(
        corpus="c", sensitivity=Interval(0.9, 0.99, 0.95, "x"), false_alarm=Interval(0.0, 0.02, 0.95, "x")
    )
    assert (least_sensitivity(card, 0.025), most_alarms(card, 0.025)) == (0.9, 0.02)
    assert (least_sensitivity(card, 0.02), most_alarms(card, 0.02)) == (0.0, 1.0)
    assert seen(0, 1000, card, alpha=0.05).interval.high < 0.01
    assert seen(0, 1000, card, alpha=0.01).interval.high == 1.0


def test_of_other_shapes_nothing_is_known_through_a_detector():
    found = through(Shape.MEAN, [(str(i), Score(value=0.5)) for i in range(9)], counted([9, 9], [0, 9]), level=0.9)
    assert isinstance(found, Estimate)
    assert math.isinf(found.interval.high)
    assert through(Shape.RATE, [], counted([9, 9]), level=0.9) == Missing("no-cases")


def test_a_difference_is_that_of_the_flags_over_how_sharp_the_detector_is():
    pairs = [(str(i), Score(value=float(i < 20)), Score(value=0.0)) for i in range(200)]
    plain = difference_through(pairs, counted([10_000, 10_000], [0, 10_000]), level=0.9)
    blunt = difference_through(pairs, counted([80, 100], [10, 100]), level=0.9)
    unknown = difference_through(pairs, counted([80, 100]), level=0.9)
    assert isinstance(plain, Estimate)
    assert isinstance(blunt, Estimate)
    assert isinstance(unknown, Estimate)
    sharp = least_rate(80, 100, tail=0.0125) - most_rate(10, 100, tail=0.0125)
    assert blunt.interval.high == pytest.approx(plain.interval.high / sharp, rel=2e-3)
    assert (unknown.interval.low, unknown.interval.high) == (-math.inf, math.inf)
    assert difference_through([], counted([1, 1]), level=0.9) == Missing("no-cases")


def test_what_would_decide_is_more_through_a_detector_and_none_when_it_is_blunt():
    outcomes: list[Outcome] = [(str(i), Score(value=0.0)) for i in range(40)]
    rates = counted([95, 100], [0, 100])
    needed = further_through(Shape.RATE, outcomes, 0.05, rates, side="at_most", alpha=ALPHA)
    assert needed is not None
    assert seen(0, 40 + needed, rates).interval.high <= 0.05
    assert seen(0, 40 + needed - 5, rates).interval.high > 0.05
    assert further_through(Shape.RATE, outcomes, 0.05, ErrorRates(corpus=""), side="at_most", alpha=ALPHA) is None
    assert further_through(Shape.MEAN, outcomes, 0.05, rates, side="at_most", alpha=ALPHA) is None
    assert further_through(Shape.RATE, outcomes, 0.9, counted([9, 9]), side="at_least", alpha=ALPHA) is None
    pairs = [(str(i), Score(value=0.0), Score(value=0.0)) for i in range(40)]
    assert further_pairs_through(pairs, 0.1, rates, alpha=ALPHA) is not None
    assert further_pairs_through(pairs, 0.1, ErrorRates(corpus=""), alpha=ALPHA) is None


def test_what_the_documentation_says_that_errors_cost():
    rates = counted([97, 100])
    assert seen(0, 79, rates).interval.high <= 0.05 < seen(0, 78, rates).interval.high


@pytest.mark.parametrize(
    "rates",
    [ErrorRates(corpus=""), counted([3, 4]), counted([3, 4], [0, 5]),
     ErrorRates(corpus="c", sensitivity=Interval(0.1, 0.9, 0.95, "x"))],
)  # fmt: skip
def test_what_the_ledger_holds_of_a_detector_is_the_same_again(rates):
    import json

    one = Instrument(detector="d", version="1", model="m", rates=rates)
    assert Instrument.from_payload(json.loads(json.dumps(one.payload()))) == one
