"""How long things take: open cases, unknown starts, ties, nothing known at all."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.kinds import Estimate, Missing
from trimtab.stats.durations import Duration, done_within, time_until

took, lasts = Duration.took, Duration.lasts


def known(found):
    assert isinstance(found, Estimate)
    return found


@st.composite
def one_case(draw, width=0):
    least = draw(st.integers(0, 8))
    return Duration(least, least + draw(st.integers(0, width)), draw(st.booleans()))


known_cases = st.lists(one_case(), min_size=1, max_size=12)
limits = st.integers(0, 9)
few = settings(max_examples=40, deadline=None)


# -- by hand ---------------------------------------------------------------------------------------


def test_the_curve_of_a_textbook():
    """Freireich's 6-MP arm, 21 patients: S(6) = 0.857 with 0.620 to 0.952, S(10) = 0.753, median 23 (13, none)."""
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    still = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    cases = [took(t) for t in ended] + [lasts(t) for t in still]
    six, ten = known(done_within(cases, 6)), known(done_within(cases, 10))
    assert six.value == pytest.approx(1 - 18 / 21)
    assert (1 - six.interval.high, 1 - six.interval.low) == pytest.approx((0.620, 0.952), abs=5e-4)
    assert ten.value == pytest.approx(1 - 0.753, abs=5e-4)
    median = known(time_until(cases, 0.5))
    assert (median.value, median.interval.low, median.interval.high) == (23, 13, math.inf)
    assert median.count == median.cases == 21


@pytest.mark.parametrize(("closed", "limit", "value", "low", "high"), [
    (True, 5, 1.0, 0.025, 1.0),  # it was over in time: one of one, exactly
    (True, 4, 0.0, 0.0, 0.975),  # it was not
    (False, 5, 0.0, 0.0, 0.975),  # open, and as old as the limit
])  # fmt: skip
def test_one_case(closed, limit, value, low, high):
    found = known(done_within([Duration(5, 5, not closed)], limit))
    assert found.value == value
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high))


def test_what_is_not_known_is_never_good():
    assert done_within([], 5) == Missing("no-cases")
    young = done_within([lasts(1), lasts(2)], 5)
    assert isinstance(young, Missing)
    assert young.reason == "none-over"
    assert isinstance(time_until([lasts(1), lasts(20)], 0.5), Missing)
    old = known(done_within([lasts(9)] * 20, 5))  # all open, and too old: known, and bad
    assert old.value == old.interval.low == 0.0
    assert old.interval.high == pytest.approx(1 - 0.025 ** (1 / 20))
    # Beyond the oldest open case nobody was followed: what is over by then is at least what was over before.
    cases = [took(1), took(2), lasts(3)]
    assert known(done_within(cases, 100)).value == pytest.approx(2 / 3)
    assert known(done_within(cases, 100)).interval.high == 1.0
    assert known(done_within(cases, 3)).interval.high < 1.0


def test_a_share_that_is_not_reached_takes_for_ever():
    found = known(time_until([took(1), took(2), *[lasts(9)] * 8], 0.9))
    assert found.value == found.interval.high == math.inf
    assert found.interval.low >= 9


def test_all_over_at_once():
    found = known(done_within([took(3)] * 40, 3))
    assert found.value == 1.0
    assert found.interval.low == pytest.approx(0.025 ** (1 / 40))
    p90 = known(time_until([took(3)] * 40, 0.9))
    assert (p90.value, p90.interval.high) == (3, 3)


@pytest.mark.parametrize("bad", [(-1, 2), (3, 2), (0, math.inf), (math.nan, 1), (0, math.nan)])
def test_a_duration_that_cannot_be(bad):
    with pytest.raises(ValueError, match="a duration lies between"):
        Duration(*bad)


@pytest.mark.parametrize(("limit", "level"), [(-1, 0.9), (math.nan, 0.9), (1, 0.0), (1, 1.0)])
def test_arguments_out_of_range(limit, level):
    with pytest.raises(ValueError, match="out of range"):
        done_within([took(1)], limit, level=level)
    with pytest.raises(ValueError, match="out of range"):
        time_until([took(1)], 1.0 if math.isnan(limit) else limit - 1, level=level)


# -- unknown starts --------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.lists(one_case(width=3), min_size=1, max_size=4), limits)
def test_the_bounds_are_the_extremes_of_all_that_may_have_been(cases, limit):
    """By going through every whole duration that each case may have had: the value is the least, no end is inside."""
    found = done_within(cases, limit)
    every = itertools.product(*(range(int(one.least), int(one.most) + 1) for one in cases))
    seen = [
        done_within([Duration(t, t, one.open) for t, one in zip(times, cases, strict=True)], limit) for times in every
    ]
    if isinstance(found, Missing):
        assert any(isinstance(one, Missing) for one in seen)
        return
    assert found.value == pytest.approx(min(one.value if isinstance(one, Estimate) else 0.0 for one in seen))
    assert found.interval.high >= max(one.interval.high if isinstance(one, Estimate) else 1.0 for one in seen) - 1e-12
    decided = [one for one in seen if isinstance(one, Estimate)]
    if all(one.value < 1.0 for one in decided):  # where all are over, its end is the safer one of another method
        assert found.interval.low <= min((one.interval.low for one in decided), default=1.0) + 1e-12


def test_an_unknown_start_costs():
    """Found on day 9, last seen well on day 0: at "within 5 days" it may have failed, and for the median it did."""
    sure, unsure = [took(2)] * 9, [*[took(2)] * 9, took(0, 9)]
    assert known(done_within(unsure, 5)).value == pytest.approx(0.9)
    assert known(done_within(unsure, 5)).interval.low < known(done_within([*sure, took(2)], 5)).interval.low
    late = [took(1)] * 4 + [took(0, 9)] * 6
    assert known(time_until(late, 0.5)).value == 9
    assert known(time_until(late, 0.5)).interval.low <= 1


def test_where_in_its_range_a_start_lies_weighs_even_if_it_is_over_in_time():
    """Over within 5 days whenever it began; but what it says of those that left on day 2 depends on when."""
    others = [lasts(2), lasts(2), lasts(9)]
    found = known(done_within([took(1, 4), *others], 5))
    early, late = (known(done_within([took(t), *others], 5)) for t in (1, 4))
    assert (early.value, late.value) == (0.25, 0.5)
    assert (found.value, found.interval.low) == (early.value, early.interval.low)
    assert found.interval.high == late.interval.high


def test_the_last_to_be_over_does_not_speak_for_those_who_left():
    """Half was over, all others but one left, and that one ended: S is 0, and nobody knows about the others."""
    found = known(done_within([took(1)] * 50 + [lasts(2)] * 49 + [took(3)], 3))
    assert found.value == 1.0
    assert found.interval.low < 0.5


@pytest.mark.parametrize("last", [1, 2, 6])
def test_ties_at_the_end_say_what_they_say_one_after_the_other(last):
    """Where the last few end at one moment, it is as if they had ended within it."""
    begun = [took(1)] * 20 + [lasts(2)] * 5
    tied = known(done_within([*begun, *[took(3)] * last], 3))
    apart = known(done_within([*begun, *[took(3 - n / 100) for n in range(last)]], 3))
    assert tied.value == apart.value == 1.0
    assert tied.interval.low == pytest.approx(apart.interval.low, rel=1e-12)
    assert 0.5 < tied.interval.low < 1.0


def test_a_time_that_is_refuted_and_then_is_not_counts_as_not_refuted():
    """With two left, a lower end that was above the share falls below it again: it is only then that it is known."""
    found = known(time_until([took(1)] * 62 + [lasts(2)] * 36 + [took(3), lasts(4)], 0.52))
    assert known(done_within([took(1)] * 62 + [lasts(2)] * 36 + [took(3), lasts(4)], 1)).interval.low > 0.52
    assert found.interval.high == math.inf


@few
@given(known_cases, limits)
def test_a_range_of_one_point_is_that_point(cases, limit):
    """The way for unknown starts and the quick way for known ones agree."""
    nearly = [*cases, Duration(3, 3), Duration(2, 3)]
    exact = [*cases, Duration(3, 3), Duration(3, 3)]
    moved = [Duration(c.least, c.most, c.open) for c in exact]
    assert done_within(moved, limit) == done_within(exact, limit)
    slow, quick = time_until(nearly, 0.5), time_until(exact, 0.5)
    assert known(slow).interval.high >= known(quick).interval.high


# -- what cannot be gained -------------------------------------------------------------------------


@few
@given(known_cases, limits, st.randoms())
def test_order_does_not_matter(cases, limit, random):
    mixed = random.sample(cases, len(cases))
    assert done_within(mixed, limit) == done_within(cases, limit)
    assert time_until(mixed, 0.5) == time_until(cases, 0.5)


@few
@given(known_cases, limits, st.integers(1, 5))
def test_an_open_case_that_ends_too_late_never_improves_what_is_claimed(cases, limit, later):
    before = done_within(cases, limit)
    for place, one in enumerate(cases):
        if not one.open:
            continue
        after = done_within([*cases[:place], took(max(one.most, limit) + later), *cases[place + 1 :]], limit)
        assert isinstance(after, Estimate)
        if isinstance(before, Missing):
            assert after.value == 0.0
            continue
        assert after.value <= before.value + 1e-12
        assert after.interval.high <= before.interval.high + 1e-12
        if before.value < 1.0:
            assert after.interval.low <= before.interval.low + 1e-12


@few
@given(known_cases, limits)
def test_leaving_a_late_case_open_earns_nothing(cases, limit):
    """Once it is as old as the limit it counts the same whether it is ever closed or not."""
    late = [*cases, took(limit + 1)]
    left = [*cases, lasts(limit + 1)]
    assert known(done_within(late, limit)).value == pytest.approx(known(done_within(left, limit)).value)


@few
@given(known_cases, limits)
def test_more_time_never_means_fewer_over(cases, limit):
    short, long = done_within(cases, limit), done_within(cases, limit + 1)
    if isinstance(short, Estimate) and isinstance(long, Estimate):
        assert short.value <= long.value
    median, p90 = time_until(cases, 0.5), time_until(cases, 0.9)
    if isinstance(median, Estimate):
        assert median.value <= known(p90).value
        assert median.interval.low <= median.value <= median.interval.high


@few
@given(known_cases, limits, st.sampled_from([0.25, 7.0, 1e6]))
def test_the_unit_of_time_does_not_matter(cases, limit, unit):
    scaled = [Duration(one.least * unit, one.most * unit, one.open) for one in cases]
    here, there = done_within(cases, limit), done_within(scaled, limit * unit)
    assert type(here) is type(there)
    if isinstance(here, Estimate):
        assert known(there).interval == here.interval
    median = time_until(cases, 0.5)
    if isinstance(median, Estimate):
        assert known(time_until(scaled, 0.5)).value == median.value * unit


@few
@given(known_cases)
def test_the_interval_of_a_time_is_where_the_share_may_lie(cases):
    """Both functions say the same: at the low end of the median's interval, half may be over; before it may not."""
    median = time_until(cases, 0.5)
    if isinstance(median, Estimate) and median.interval.low < median.value:
        seen = done_within(cases, median.interval.low)
        assert isinstance(seen, Missing) or seen.interval.high >= 0.5
