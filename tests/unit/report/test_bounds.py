"""Floors and targets are written in digits, whatever their size."""

import pytest

from trimtab.report.look_of_pages import bound


@pytest.mark.parametrize(
    ("value", "unit", "side", "said"),
    [
        (2_500_000.0, "", "at_most", "≤ 2,500,000"),
        (0.5, "", "at_least", "≥ 0.5"),
        (0.1 + 0.2, "", "", "0.3"),
        (0.035, "ratio", "at_most", "≤ 3.5 %"),
        (0.07, "ratio", "", "7 %"),
        (None, "", "", "–"),
    ],
)
def test_a_bound_in_digits(value, unit, side, said):
    assert bound(value, unit, side) == said
