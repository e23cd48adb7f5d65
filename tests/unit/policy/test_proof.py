"""The fewest cases that could prove a floor, against the interval that will judge it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from trimtab.kinds import Shape
from trimtab.policy import Floor, cases_to_prove


@given(bound=st.floats(0.0005, 0.9), alpha=st.floats(0.0005, 0.49))
def test_one_case_fewer_proves_nothing(bound, alpha):
    needed = cases_to_prove(Floor(at_most=bound), alpha)
    assert needed is not None
    upper = [beta.ppf(1.0 - alpha, 1, n) for n in (needed, max(1, needed - 1))]  # Clopper-Pearson, no failure
    assert upper[0] <= bound * (1 + 1e-6)
    assert needed == 1 or upper[1] > bound * (1 - 1e-6)
    assert cases_to_prove(Floor(at_least=1.0 - bound), alpha) == pytest.approx(needed, abs=1)


@pytest.mark.parametrize(
    ("floor", "alpha", "needed"),
    [
        (Floor(at_most=0.02), 0.05, 149),
        (Floor(at_most=0.001), 0.05, 2995),
        (Floor(at_least=0.98), 0.05, 149),
        (Floor(at_most=0.5), 0.25, 2),  # an exact power is not rounded up
        (Floor(at_most=1.0), 0.05, 0),
        (Floor(at_least=0.0), 0.05, 0),
    ],
)
def test_known_numbers(floor, alpha, needed):
    assert cases_to_prove(floor, alpha) == needed


def test_a_tail_needs_as_many_values_as_its_order_statistics():
    assert cases_to_prove(Floor(at_most=2.0), 0.05, Shape.P95) == 59
    assert cases_to_prove(Floor(at_most=2.0), 0.05, Shape.P50) == 5
    assert cases_to_prove(Floor(at_most=0.1), 0.05, Shape.GAP) is None


@pytest.mark.parametrize("floor", [Floor(at_most=0.0), Floor(at_least=1.0)])
def test_certainty_has_no_number(floor):
    with pytest.raises(ValueError, match="no number of cases"):
        cases_to_prove(floor, 0.05)


@pytest.mark.parametrize("alpha", [0.0, 1.0, -1.0])
def test_alpha_is_a_probability(alpha):
    with pytest.raises(ValueError, match="alpha"):
        cases_to_prove(Floor(at_most=0.1), alpha)
