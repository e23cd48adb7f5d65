"""Marks lie where their numbers say, whatever the numbers."""

import math
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.decision.model import Verdict
from trimtab.kinds import Interval
from trimtab.report import look_of_budgets, look_of_money, look_of_pages, look_of_runs
from trimtab.report.charts import Bars, Plane, Point, axis, backdrop, interval_row, scatter, tick_places

NUMBERS = st.floats(-1e9, 1e9)
WILD = NUMBERS | st.sampled_from([math.inf, -math.inf, math.nan])


@given(numbers=st.lists(WILD, max_size=8))
def test_an_axis_holds_every_finite_number_and_has_few_round_ticks(numbers):
    scale = axis(numbers)
    assert scale.low < scale.high
    assert all(scale.low <= n <= scale.high for n in numbers if math.isfinite(n))
    assert len(scale.ticks) <= 6
    assert all(scale.low - 1e-6 * abs(scale.low) <= t <= scale.high + 1e-6 * abs(scale.high) for t in scale.ticks)


@given(low=NUMBERS, high=NUMBERS, number=NUMBERS)
def test_places_are_in_percent_and_in_order(low, high, number):
    scale = axis([low, high])
    assert 0.0 <= scale.at(number) <= 100.0
    assert (scale.at(min(low, high))) <= scale.at(max(low, high))


def test_an_axis_stays_inside_the_range_of_its_quantity():
    scale = axis([0.0, 0.3], lowest=0.0, highest=1.0)
    assert scale.low == 0.0
    assert axis([0.98, 1.0], lowest=0.0, highest=1.0).high == 1.0


def test_an_unknown_number_has_no_place():
    with pytest.raises(ValueError, match="unknown"):
        axis([0, 1]).at(math.nan)


def test_ticks_are_round_numbers():
    assert axis([0.0, 0.1], lowest=0.0).ticks == (0.0, 0.05, 0.1)
    assert tick_places((0.0, 0.025, 0.05), scale=100.0) == 1


@pytest.mark.parametrize(("above", "start", "width"), [(True, "50.00%", "50.00%"), (False, "0.00%", "50.00%")])
def test_the_forbidden_side_is_shaded_and_the_other_is_not(above, start, width):
    scale = axis([0.0, 1.0], room=0.0)
    drawn = backdrop(Bars(axis=scale, floor=0.5, forbidden_above=above))
    assert f'<rect x="{start}" y="0" width="{width}"' in drawn
    assert 'class="floor" x1="50.00%"' in drawn


def test_nothing_is_shaded_where_nothing_is_forbidden():
    assert backdrop(Bars(axis=axis([0, 1]), target=0.5)).count("<rect") == 0


@given(low=WILD, high=WILD, value=WILD, verdict=st.sampled_from([*Verdict, None]))
def test_any_interval_can_be_drawn(low, high, value, verdict):
    low, high = (0.0 if math.isnan(end) else end for end in (low, high))
    low, high = sorted((low, high))
    scale = axis([low, high, value])
    row = interval_row(
        scale, backdrop(Bars(axis=scale)), Interval(low, high, 0.9, "x"), value, verdict=verdict, label="x"
    )
    places = [float(n) for n in re.findall(r'(?:x|x1|x2|cx)="([-\d.]+)%"', row)]
    assert all(0.0 <= place <= 100.01 for place in places)
    assert ("arrow" in row) == (math.isinf(low) or math.isinf(high))


def test_an_absent_interval_leaves_the_backdrop_alone():
    row = interval_row(axis([0, 1]), backdrop(Bars(axis=axis([0, 1]))), None, math.nan, verdict=None, label="none")
    assert "whisker" not in row


def point(label, x, y, **more):
    return Point(label=label, x=x, x_ends=(x, x), y=y, y_ends=(y, y), verdict=Verdict.PASS, **more)


def plane(*, up=True):
    return Plane(x=axis([0, 1]), y=axis([0, 1]), up=up, x_ticks=["a"] * 5, y_ticks=["b"] * 5, limit=0.5)


@pytest.mark.parametrize("up", [True, False])
def test_better_is_up_whichever_way_the_metric_points(up):
    on = plane(up=up)
    assert (on.down(0.9) < on.down(0.1)) == up


def test_labels_of_points_in_one_place_do_not_overlap():
    on = plane()
    ticks = {"x_ticks": ["a"] * len(on.x.ticks), "y_ticks": ["b"] * len(on.y.ticks)}
    on = Plane(x=on.x, y=on.y, up=True, limit=0.5, **ticks)
    drawn = scatter(on, [point(f"p{n}", 0.4, 0.5) for n in range(10)], label="many")
    lines = sorted(float(y) for y in re.findall(r'<text x="[\d.]+%" y="([\d.]+)" dx', drawn))
    assert len(lines) == 10
    assert all(after - before >= 17 for before, after in pairwise(lines))


def test_only_the_winner_has_a_ring():
    on = plane()
    on = Plane(x=on.x, y=on.y, up=True, limit=0.5, x_ticks=["a"] * len(on.x.ticks), y_ticks=["b"] * len(on.y.ticks))
    drawn = scatter(on, [point("a", 0.2, 0.2, winner=True), point("b", 0.6, 0.7)], label="two")
    assert drawn.count('class="ring"') == 1


def test_no_two_words_of_templates_have_one_name():
    parts = [look_of_budgets.WORDS, look_of_money.WORDS, look_of_runs.WORDS]
    names = [name for part in parts for name in part]
    assert len(names) == len(set(names))
    assert all(look_of_pages.WORDS[name] is part[name] for part in parts for name in part)
