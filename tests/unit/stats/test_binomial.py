"""Rates: exact, and worst-case where outcomes are missing. `test_peers.py` compares with statsmodels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from trimtab.errors import InsufficientEvidenceError
from trimtab.stats import clopper_pearson, rate, trials_needed, trials_to_prove

counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.floats(0.5, 0.999)


@given(counts, levels)
def test_holds_the_observed_rate_and_mirrors(counted, level):
    hits, trials = counted
    ours, mirror = clopper_pearson(hits, trials, level=level), clopper_pearson(trials - hits, trials, level=level)
    assert 0.0 <= ours.low <= hits / trials <= ours.high <= 1.0
    assert ours.low == pytest.approx(1.0 - mirror.high, abs=1e-12)


@given(counts, st.integers(0, 30), levels, st.data())
def test_missing_trials_cover_whatever_they_were(counted, missing, level, data):
    hits, trials = counted
    truth = data.draw(st.integers(0, missing))
    worst, known = rate(hits, trials, missing, level=level), rate(hits + truth, trials + missing, 0, level=level)
    assert worst.low <= known.low <= known.high <= worst.high


def test_all_missing_says_nothing():
    interval = rate(0, 0, 7)
    assert (interval.low, interval.high) == (0.0, 1.0)


def test_no_trials_is_an_error_not_a_zero():
    with pytest.raises(InsufficientEvidenceError):
        clopper_pearson(0, 0)


@pytest.mark.parametrize("bad", [(-1, 3, 0, 0.9), (4, 3, 0, 0.9), (1, 3, -1, 0.9), (1, 3, 0, 1.0), (1, 3, 0, 0.0)])
def test_nonsense_is_refused(bad):
    hits, trials, missing, level = bad
    with pytest.raises(ValueError):
        rate(hits, trials, missing, level=level)


@pytest.mark.parametrize(("bound", "price"), [(0.05, 59), (0.02, 149), (0.01, 299), (0.001, 2995)])
def test_price_of_a_floor(bound, price):
    assert trials_to_prove(bound, side="at_most", alpha=0.05) == price
    assert trials_to_prove(1 - bound, side="at_least", alpha=0.05) == price
    assert clopper_pearson(0, price, level=0.9).high <= bound
    assert clopper_pearson(0, price - 1, level=0.9).high > bound


def test_what_no_number_of_trials_can_prove():
    assert trials_to_prove(0.0, side="at_most", alpha=0.05) is None
    assert trials_to_prove(1.0, side="at_least", alpha=0.05) is None
    assert trials_to_prove(1.0, side="at_most", alpha=0.05) == 1


def test_needed_has_the_power_it_promises():
    hits, trials, bound, alpha = 1, 120, 0.02, 0.05
    extra = trials_needed(hits, trials, bound, side="at_most", alpha=alpha)
    assert extra is not None
    decided = sum(
        binom.pmf(more, extra, hits / trials)
        for more in range(extra + 1)
        if clopper_pearson(hits + more, trials + extra, level=1 - 2 * alpha).high <= bound
    )
    assert decided >= 0.79  # 80 %, up to the saw-tooth of whole numbers


def test_needed_knows_the_three_answers():
    assert trials_needed(0, 400, 0.02, side="at_most", alpha=0.05) == 0  # proved already
    assert trials_needed(2, 100, 0.02, side="at_most", alpha=0.05) is None  # at the floor for ever
    assert trials_needed(1, 100, 0.02, side="at_most", alpha=0.05, missing=5) is None  # breaking at this rate
    assert trials_needed(3, 100, 0.02, side="at_most", alpha=0.05)  # towards refuting
    assert trials_needed(0, 0, 0.02, side="at_most", alpha=0.05) == 149
