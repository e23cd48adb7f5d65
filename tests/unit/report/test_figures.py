"""Numbers are written so that rounding never moves one across, or onto, its floor."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.report import examples

from trimtab.kinds import Interval
from trimtab.report.figures import Figures, about, duration, figures
from trimtab.report.view import Requirement
from trimtab.report.words import requirement


def interval(low, high):
    return Interval(low, high, 0.95, "x")


@pytest.mark.parametrize(
    ("unit", "number", "text"),
    [
        ("ratio", 0.0137, "1.4%"),
        ("points", -0.0137, "−1.4 pts"),
        ("seconds", 0.94, "0.9 s"),
        ("money", 12.0, "€12.0"),
        ("tokens", 1234.5, "1,234.5 tokens"),
        ("", 3.25, "3.2"),
        ("ratio", -0.00001, "0.0%"),
        ("seconds", math.inf, "∞ s"),
        ("ratio", math.nan, "unknown"),
    ],
)
def test_a_number_carries_its_unit(unit, number, text):
    assert Figures(unit=unit, places=1, currency="EUR").value(number) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.003, 0.029, "0.3–2.9%"),
        (-0.01, 0.02, "−1.0 to 2.0%"),
        (0.1, math.inf, "≥ 10.0%"),
        (-math.inf, 0.1, "≤ 10.0%"),
        (-math.inf, math.inf, "unbounded"),
    ],
)
def test_an_interval_says_which_ends_are_open(low, high, text):
    assert Figures(unit="ratio", places=1).span(interval(low, high)) == text


def test_other_currencies_go_by_their_code():
    assert Figures(unit="money", places=2, currency="USD").value(1.0) == "USD 1.00"


@given(bound=st.integers(1, 99), offset=st.floats(1e-5, 0.004), below=st.booleans())
def test_no_measured_end_is_written_like_the_floor_unless_it_is_the_floor(bound, offset, below):
    floor = bound / 100
    near = floor - offset if below else floor + offset
    floors = {"secret_leak": {"at_most": floor}}
    rows = [examples.candidate("only", {"secret_leak": (near, near * 0.9, min(1.0, near * 1.1))}, floors=floors)]
    terms = examples.policy(metrics=["secret_leak"], floors=floors, candidates=("only",), baseline="")
    report = examples.report(rows, terms=terms, baseline="", maximise=("secret_leak",))
    written = figures(report, "secret_leak")
    shown = float(written.value(near).rstrip("%"))
    assert shown != pytest.approx(bound, abs=1e-9)
    assert (shown < bound) == (near < floor)


@given(number=st.integers(0, 10**9))
def test_a_rough_count_never_promises_that_fewer_would_do(number):
    rough = int(about(number).replace(",", ""))
    assert number <= rough <= max(number * 1.1, number + 1)


def test_durations_use_the_largest_fitting_unit():
    assert [duration(s) for s in (0.52, 1.5, 171.4, 7265.0)] == ["520 ms", "1.5 s", "2 min 51 s", "2 h 1 min"]


def latencies(*rows, floor=2.0):
    numbers = {f"c{n}": row for n, row in enumerate(rows)}
    floors = {"latency_p95": {"at_most": floor}}
    names = tuple(numbers)
    terms = examples.policy(metrics=["latency_p95"], floors=floors, candidates=names, baseline="")
    found = [examples.candidate(name, {"latency_p95": row}, floors=floors) for name, row in numbers.items()]
    report = examples.report(found, terms=terms, baseline="", maximise=("latency_p95",))
    return report, figures(report, "latency_p95")


def test_seconds_below_one_are_milliseconds_and_never_nothing():
    _, written = latencies((0.0123, 0.0104, 0.0181), (0.0412, 0.0395, 0.0431))
    assert written.value(0.0123) == "12.3 ms"
    assert written.span(interval(0.0104, 0.0181)) == "10.4–18.1 ms"
    assert written.bound(0.5) == "500 ms"
    assert written.bound(20.0) == "20 s"
    _, wide = latencies((0.0123, 0.0001, math.inf))
    assert wide.value(0.0123) == "12.3 ms"


def test_one_second_keeps_the_whole_row_in_seconds_with_digits_for_the_smallest():
    _, written = latencies((0.0123, 0.0101, 0.9), (1.6, 0.2, math.inf))
    assert written.value(0.0123) == "0.012 s"
    assert written.value(1.6) == "1.600 s"


@given(value=st.floats(1e-5, 1e4), other=st.floats(1e-5, 1e4))
def test_what_was_measured_is_never_written_as_zero(value, other):
    _, written = latencies((value, value / 2, math.inf), (other, 0.0, other * 100))
    assert float(written.value(value).split(" ")[0].replace(",", "")) > 0


def test_the_bound_is_in_the_unit_of_the_numbers_beside_it():
    report, _ = latencies((0.0123, 0.0104, 0.0181), floor=0.5)
    assert requirement(report, Requirement(asked="floor", metric="latency_p95")) == "at most 500 ms"
    assert report.tier.floors["latency_p95"].bound == 0.5
