"""Means by betting: short enough to be useful, and exactly monotone in what it is told."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trimtab.errors import InsufficientEvidenceError
from trimtab.stats.bounded import least_mean, log_evidence, mean_interval, trials_to_refute

scores = arrays(np.float64, st.integers(1, 60), elements=st.sampled_from([0.0, 1.0]) | st.floats(0, 1, width=32))


@pytest.mark.parametrize(("floor", "clean"), [(0.05, 68), (0.02, 173), (0.01, 347), (0.005, 695), (0.001, 3482)])
def test_rare_failures_are_proved_as_cheaply_as_the_reference_says(floor, clean):
    spotless = np.zeros(clean)
    assert mean_interval(spotless, spotless, level=0.9).high <= floor
    assert mean_interval(spotless[: clean * 9 // 10], spotless[: clean * 9 // 10], level=0.9).high > floor


@settings(max_examples=40)
@given(scores, st.floats(0.5, 0.999))
def test_holds_the_mean_and_mirrors(values, level):
    interval = mean_interval(values, values, level=level)
    mirror = mean_interval(1 - values, 1 - values, level=level)
    assert 0.0 <= interval.low <= values.mean() + 1e-9
    assert values.mean() - 1e-9 <= interval.high <= 1.0
    assert interval.low == pytest.approx(1 - mirror.high, abs=1e-9)


@settings(max_examples=40)
@given(scores, st.randoms(use_true_random=False))
def test_order_does_not_matter(values, random):
    shuffled = list(values)
    random.shuffle(shuffled)
    assert least_mean(np.array(shuffled), tail=0.05) == pytest.approx(least_mean(values, tail=0.05), abs=1e-12)


@settings(max_examples=40)
@given(scores, scores)
def test_better_scores_never_lower_the_bound(values, more):
    n = min(len(values), len(more))
    low, high = np.minimum(values[:n], more[:n]), np.maximum(values[:n], more[:n])
    assert least_mean(low, tail=0.05) <= least_mean(high, tail=0.05) + 1e-9


@settings(max_examples=40)
@given(scores, st.floats(0.001, 0.2), st.floats(0.001, 0.2))
def test_surer_is_wider(values, a, b):
    assert least_mean(values, tail=min(a, b)) <= least_mean(values, tail=max(a, b)) + 1e-9


@settings(max_examples=40)
@given(scores, st.floats(0.01, 0.99))
def test_the_bound_is_where_the_evidence_reaches_its_target(values, mean):
    refuted = log_evidence(values, mean) >= np.log(20.0)
    bound = least_mean(values, tail=0.05)
    if abs(bound - mean) > 1e-9 and mean > 0.1:
        # Zones make it conservative: below the bound all is refuted, above it some may be.
        assert refuted or mean > bound
    if refuted and mean <= 0.1:
        assert bound >= mean - 1e-9


@pytest.mark.parametrize("mean", [0.001, 0.1, 0.100001, 0.5, 0.9, 0.95, 1.0])
def test_bets_start_with_a_capital_of_one_and_are_fair(mean):
    """A score equal to the mean neither wins nor loses; 0/1 scores at odds of the mean average to no gain."""
    assert log_evidence(np.array([mean]), mean) == pytest.approx(0.0, abs=1e-12)
    won, lost = (np.exp(log_evidence(np.array([score]), mean)) for score in (1.0, 0.0))
    assert mean * won + (1 - mean) * lost == pytest.approx(1.0)


def test_many_distinct_values_take_the_quick_path_to_the_same_bound():
    values = np.random.default_rng(5).beta(2, 5, size=1000)
    few = least_mean(values, tail=0.05)
    many = least_mean(np.concatenate([values, values + 1e-13]), tail=0.05)  # 2,000 distinct: blocks of products
    twice = least_mean(np.concatenate([values, values]), tail=0.05)  # 1,000 distinct, counted twice
    assert many == pytest.approx(twice, abs=1e-9)
    assert few < many


def test_a_constant_is_pinned_down_but_never_a_point():
    values = np.full(200, 0.3)
    interval = mean_interval(values, values, level=0.9)
    assert 0.28 < interval.low < 0.3 < interval.high < 0.32


@pytest.mark.parametrize("values", [[1.1], [-0.1], [np.nan], [np.inf]])
def test_values_outside_the_unit_interval_are_refused(values):
    with pytest.raises(ValueError):
        least_mean(np.array(values), tail=0.05)


def test_nothing_is_not_zero():
    with pytest.raises(InsufficientEvidenceError):
        least_mean(np.array([]), tail=0.05)


def test_needed_counts_on_from_what_was_seen():
    assert trials_to_refute(np.ones(50), 0.98, alpha=0.05) in range(120, 124)  # 172 in all
    assert trials_to_refute(np.full(50, 0.5), 0.6, alpha=0.05) is None
    assert trials_to_refute(np.ones(500), 0.98, alpha=0.05) == 0
    rng = np.random.default_rng(2)
    seen = (rng.random(100) < 0.6).astype(float)
    extra = trials_to_refute(seen, 0.5, alpha=0.05)
    futures = [np.concatenate([seen, rng.choice(seen, extra)]) for _ in range(200)]
    assert 0.7 < np.mean([least_mean(future, tail=0.05) >= 0.5 for future in futures]) < 0.95
