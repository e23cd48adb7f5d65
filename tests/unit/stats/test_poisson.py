"""Rates that are uncertain, and that learn from counts and from each other."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from trimtab.errors import InsufficientEvidenceError
from trimtab.stats.counts import poisson_rate
from trimtab.stats.poisson import GammaRate, shrunk


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.01), (0.5, 2.0), (0.01, 10.0), (50.0, 5000.0), (1e-4, 1e3)])
def test_a_range_comes_back(low, high):
    found = GammaRate.from_range(low, high)
    peer = stats.gamma(found.shape, scale=1.0 / found.per)
    assert peer.ppf([0.05, 0.95]) == pytest.approx([low, high], rel=1e-9)
    assert (found.mean, found.variance) == pytest.approx((peer.mean(), peer.var()))
    interval = found.interval(level=0.9)
    assert (interval.low, interval.high) == pytest.approx((low, high), rel=1e-9)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (2.0, 1.0), (1.0, 1.0), (1.0, math.inf), (math.nan, 1.0)])
def test_no_range(low, high):
    with pytest.raises(ValueError, match="a range of rates"):
        GammaRate.from_range(low, high)


def test_too_narrow_or_too_wide_a_range_is_said_to_be():
    for low, high in ((1.0, 1.0 + 1e-9), (1e-300, 1.0)):
        with pytest.raises(ValueError, match="too narrow or too wide"):
            GammaRate.from_range(low, high)


def test_counting_updates_as_bayes_does():
    """Against the product of prior and likelihood, summed on a grid."""
    prior = GammaRate.from_range(0.5, 8.0)
    after = prior.updated(7, 2.5)
    grid = np.linspace(1e-4, 40.0, 400_001)
    dense = stats.gamma.pdf(grid, prior.shape, scale=1.0 / prior.per) * stats.poisson.pmf(7, grid * 2.5)
    dense /= dense.sum()
    assert after.mean == pytest.approx(float(dense @ grid), rel=1e-6)
    assert after.variance == pytest.approx(float(dense @ (grid - after.mean) ** 2), rel=1e-5)
    assert prior.updated(0, 0.0) == prior


@given(st.integers(0, 50), st.floats(0.1, 100.0), st.integers(1, 20))
def test_more_events_are_a_higher_rate_and_more_time_a_lower_one(events, time, more):
    prior = GammaRate(0.5, 0.1)
    assert prior.updated(events, time).mean < prior.updated(events + more, time).mean
    assert prior.updated(events, time).mean > prior.updated(events, time + more).mean


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 100), st.integers(1, 100))
def test_two_updates_are_one(first, second, early, late):
    step = GammaRate(2.0, 3.0).updated(first, early).updated(second, late)
    assert step == GammaRate(2.0, 3.0).updated(first + second, early + late)


@pytest.mark.parametrize(("events", "exposure"), [(-1, 1.0), (1, 0.0), (1, -1.0), (1, math.inf)])
def test_counts_out_of_range(events, exposure):
    with pytest.raises(ValueError, match="out of range"):
        GammaRate(1.0, 1.0).updated(events, exposure)


@pytest.mark.parametrize(("shape", "per"), [(0.0, 1.0), (1.0, 0.0), (math.inf, 1.0), (math.nan, 1.0)])
def test_a_rate_that_cannot_be(shape, per):
    with pytest.raises(ValueError, match="positive"):
        GammaRate(shape, per)


# -- many units ------------------------------------------------------------------------------------

counted = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 40)), min_size=3, max_size=8).filter(
    lambda rows: sum(k for k, _ in rows) > 0
)
quick = settings(max_examples=8)


@quick
@given(counted)
def test_of_two_with_the_same_count_the_one_with_more_time_has_the_lower_rate(rows):
    (events, exposures) = zip(*rows, (rows[0][0], rows[0][1] + 5), strict=True)
    found = shrunk(events, exposures)
    assert found.rates[-1] < found.rates[0]
    for rate, interval in zip(found.rates, found.intervals, strict=True):
        assert interval.low < rate < interval.high


@quick
@given(counted, st.randoms())
def test_order_does_not_matter(rows, random):
    mixed = random.sample(rows, len(rows))
    here, there = (dict(zip(r, shrunk(*zip(*r, strict=True)).rates, strict=True)) for r in (rows, mixed))
    for row in rows:
        assert here[row] == pytest.approx(there[row], rel=1e-9)


@quick
@given(counted)
def test_one_more_event_never_lowers_its_own_rate(rows):
    events, exposures = map(list, zip(*rows, strict=True))
    before = shrunk(events, exposures).rates[0]
    events[0] += 1
    assert shrunk(events, exposures).rates[0] > before


@quick
@given(counted, st.sampled_from([1e-3, 1e6]))
def test_the_unit_of_exposure_does_not_matter(rows, unit):
    events, exposures = zip(*rows, strict=True)
    here, there = shrunk(events, exposures), shrunk(events, [one * unit for one in exposures])
    assert np.array(there.rates) * unit == pytest.approx(np.array(here.rates), rel=1e-9)
    assert there.scatter == pytest.approx(here.scatter)


def test_a_small_lucky_team_is_not_the_best():
    """None in half a month against 2 in 100: the first is near the average, the second is far below it."""
    found = shrunk([0, 2, 50, 61, 45], [0.5, 100.0, 100.0, 100.0, 100.0])
    assert found.rates[1] < found.rates[0]
    raw = poisson_rate(2, 100.0)
    assert raw.low < found.rates[1] < raw.high


def test_much_counting_is_believed():
    found = shrunk([1000, 3000, 9000], [1000.0, 1000.0, 1000.0])
    assert found.rates == pytest.approx([1.0, 3.0, 9.0], rel=0.01)
    assert found.scatter_interval.low > 0.3


def test_units_that_are_alike_are_told_to_be():
    found = shrunk([100, 101, 99, 100, 102, 98], [1.0] * 6)
    assert found.scatter < 0.1
    assert shrunk([400] * 40, [1.0] * 40).scatter < 0.02  # finer than any grid drawn beforehand
    assert found.rates == pytest.approx([100.0] * 6, rel=0.02)


def test_the_mixture_is_what_a_grid_gives():
    """Three units, by brute force over scatter and mean: another grid, another sum, the same rates."""
    events, exposures = np.array([3, 0, 11]), np.array([2.0, 1.5, 3.0])
    scatter = np.linspace(0.002, 1.998, 500)[:, None]
    mean = np.exp(np.linspace(-4.0, 6.0, 1200))[None, :]
    shape = scatter**-2.0
    logs = sum(
        stats.nbinom.logpmf(k, shape, shape / (shape + mean * t)) for k, t in zip(events, exposures, strict=True)
    )
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    rates = [float((weight * (k + shape) / (t + shape / mean)).sum()) for k, t in zip(events, exposures, strict=True)]
    assert shrunk(events.tolist(), exposures.tolist()).rates == pytest.approx(rates, rel=0.01)


@pytest.mark.parametrize(("events", "exposures"), [
    ([1, 2], [1.0, 1.0, 1.0]), ([1, -2, 1], [1.0] * 3), ([1, 2, 1], [1.0, 0.0, 1.0]),
    ([1, 2, math.nan], [1.0] * 3), ([1, 2, 0.5], [1.0] * 3), ([1, 2, 3], [1.0, 1.0, math.inf]),
])  # fmt: skip
def test_counts_that_cannot_be(events, exposures):
    with pytest.raises(ValueError, match=r"count|exposure"):
        shrunk(events, exposures)


@pytest.mark.parametrize(("events", "what"), [([1, 2], "units"), ([0, 0, 0], "events")])
def test_too_little_to_compare(events, what):
    with pytest.raises(InsufficientEvidenceError, match=what):
        shrunk(events, [1.0] * len(events))
