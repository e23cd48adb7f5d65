"""Our binomial law against SciPy's, which is too slow to import for every command."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binom

from trimtab.stats.binomial_law import at_most, beta_quantile, likely_most, more_than

rates = st.floats(1e-6, 1 - 1e-6) | st.sampled_from([0.001, 0.02, 0.5, 0.999])


@given(trials=st.integers(1, 20_000), share=st.floats(-0.1, 1.1), rate=rates)
def test_tails_agree(trials, share, rate):
    hits = round(share * trials)
    # SciPy's tails lose digits where they are vanishing (8 of them are left at 1e-270), and ours must not follow.
    assert float(at_most(hits, trials, rate)) == pytest.approx(binom.cdf(hits, trials, rate), rel=1e-8, abs=1e-200)
    assert float(more_than(hits, trials, rate)) == pytest.approx(binom.sf(hits, trials, rate), rel=1e-8, abs=1e-200)


@given(trials=st.integers(1, 5_000), share=st.floats(0.001, 0.999), rate=rates)
def test_quantiles_are_the_smallest_that_do(trials, share, rate):
    k = likely_most(share, trials, rate)
    assert 0 <= k <= trials
    assert binom.cdf(k, trials, rate) >= share - 1e-9
    assert k == 0 or binom.cdf(k - 1, trials, rate) < share + 1e-9


@given(share=st.floats(1e-6, 1 - 1e-6), a=st.integers(1, 5_000), b=st.integers(1, 5_000))
def test_beta_quantiles_agree(share, a, b):
    assert beta_quantile(share, a, b) == pytest.approx(beta.ppf(share, a, b), rel=1e-8)


@pytest.mark.parametrize(("rate", "most"), [(0.0, 0), (1.0, 10)])
def test_certain_events(rate, most):
    assert likely_most(0.8, 10, rate) == most
