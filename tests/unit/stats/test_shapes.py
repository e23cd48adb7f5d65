"""One entry for every shape: nothing is estimated from nothing, and breaking a case never helps."""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.kinds import Estimate, Missing, Score, Shape
from trimtab.stats import estimate, point_range

UNIT = [Shape.RATE, Shape.MEAN, Shape.GAP, Shape.FLIPS, Shape.PRECISION, Shape.RECALL, Shape.F1]
GROUPED = (Shape.GAP, Shape.FLIPS)
ORDERLESS = [shape for shape in Shape if shape is not Shape.THROUGHPUT]


def score(shape, draw):
    number = draw(st.floats(0, 1, width=16))
    if shape in (Shape.RATE, *GROUPED):
        return Score(value=float(number < 0.3), group=draw(st.sampled_from("ab")) if shape in GROUPED else "")
    if shape is Shape.BALANCE:
        per = float(draw(st.booleans()))
        return Score(value=(2 * number - 1) * per, per=per)
    if shape in (Shape.PRECISION, Shape.RECALL, Shape.F1):
        return Score(value=1.0, group=draw(st.sampled_from(["tp", "fp", "fn", "tn"])))
    if shape is Shape.RATIO:
        return Score(value=number * 5, per=draw(st.integers(1, 20)))
    if shape is Shape.THROUGHPUT:
        return Score(value=number * 100, at=1e9 + draw(st.integers(0, 1000)))
    return Score(value=number if shape is Shape.MEAN else number * 10)


@st.composite
def outcomes(draw, shape, *, most=25, broken=True):
    clustered = draw(st.booleans())
    rows = []
    for number in range(draw(st.integers(1, most))):
        cluster = f"c{number // 3 if clustered else number}"
        if broken and draw(st.integers(0, 9)) == 0:
            rows.append((cluster, Missing("timeout", group=draw(st.sampled_from("ab")) if shape in GROUPED else "")))
        else:
            rows.append((cluster, score(shape, draw)))
    return rows


@pytest.mark.parametrize("shape", list(Shape))
@given(data=st.data())
@settings(max_examples=30)
def test_every_estimate_is_well_formed(shape, data):
    rows = data.draw(outcomes(shape))
    seen = estimate(shape, rows, level=0.9)
    if isinstance(seen, Missing):
        assert seen.reason in {"one-group", "no-relevant-cases", "no-sides"}
        return
    assert seen.missing == sum(isinstance(outcome, Missing) for _, outcome in rows)
    assert seen.cases == len(rows)
    assert seen.interval.level == 0.9
    if shape in UNIT:
        assert 0.0 <= seen.interval.low <= seen.interval.high <= 1.0
    if seen.known:
        assert seen.interval.low - 1e-9 <= seen.value <= seen.interval.high + 1e-9
        low, high = point_range(shape, rows)
        assert low - 1e-9 <= seen.value <= high + 1e-9
    if shape is not Shape.RATIO or seen.known:
        assert seen.interval.low < seen.interval.high or shape in (Shape.P50, Shape.P95)


@pytest.mark.parametrize("shape", ORDERLESS)
@given(data=st.data())
@settings(max_examples=20)
def test_the_order_of_rows_changes_nothing(shape, data):
    rows = data.draw(outcomes(shape))
    shuffled = data.draw(st.permutations(rows))
    one, two = estimate(shape, rows), estimate(shape, shuffled)
    if isinstance(one, Missing) or isinstance(two, Missing):
        assert one == two
    elif shape not in (Shape.AVERAGE, Shape.RATIO):  # resampling draws positions, so only nearly
        assert one.interval.low == pytest.approx(two.interval.low, abs=1e-9)
        assert one.interval.high == pytest.approx(two.interval.high, abs=1e-9)


@pytest.mark.parametrize("shape", list(Shape))
@given(data=st.data())
@settings(max_examples=30)
def test_a_case_that_breaks_never_narrows_either_end(shape, data):
    rows = data.draw(outcomes(shape))
    whole = estimate(shape, rows, level=0.9)
    place = data.draw(st.integers(0, len(rows) - 1))
    cluster, outcome = rows[place]
    group = outcome.group if shape in GROUPED else ""
    broken = estimate(shape, [*rows[:place], (cluster, Missing("timeout", group=group)), *rows[place + 1 :]], level=0.9)
    if isinstance(whole, Missing) or isinstance(broken, Missing):
        return
    assert broken.interval.low <= whole.interval.low + 1e-9
    assert broken.interval.high >= whole.interval.high - 1e-9
    before, after = (
        point_range(shape, rows),
        point_range(shape, [*rows[:place], (cluster, Missing("x", group=group)), *rows[place + 1 :]]),
    )
    if not any(map(math.isnan, before)):
        assert after[0] <= before[0] + 1e-9
        assert after[1] >= before[1] - 1e-9


@pytest.mark.parametrize("shape", list(Shape))
def test_nothing_measured_is_missing(shape):
    assert estimate(shape, []) == Missing("no-cases")
    assert all(map(math.isnan, point_range(shape, [])))


@pytest.mark.parametrize("shape", list(Shape))
def test_everything_broken_says_everything_is_possible(shape):
    seen = estimate(shape, [(f"c{i // 2}", Missing("http-500", group="ab"[i % 2])) for i in range(40)])
    assert isinstance(seen, Estimate)
    assert not seen.known
    assert (seen.cases, seen.missing) == (40, 40)
    low, high = seen.interval.low, seen.interval.high
    if shape in UNIT:
        assert (low, high) == (0.0, 1.0)
    elif shape is Shape.BALANCE:
        assert (low, high) == (-1.0, 1.0)
    else:
        assert low <= 0.0
        assert high == math.inf


@pytest.mark.parametrize(
    ("shape", "bad"),
    [
        (Shape.RATE, Score(value=0.5)),
        (Shape.RATE, Score(value=math.nan)),
        (Shape.MEAN, Score(value=1.2)),
        (Shape.AVERAGE, Score(value=math.inf)),
        (Shape.P95, Score(value=-1.0)),
        (Shape.F1, Score(value=1.0, group="positive")),
        (Shape.RATIO, Score(value=1.0, per=-2.0)),
        (Shape.THROUGHPUT, Score(value=1.0, at=math.nan)),
        (Shape.BALANCE, Score(value=-1.5)),
        (Shape.BALANCE, Score(value=0.5, per=0.0)),
    ],
)
def test_a_score_its_shape_cannot_hold_counts_as_missing(shape, bad):
    good = Score(value=1.0, group="tp", at=1e9)
    rows = [(f"c{i}", good) for i in range(20)]
    seen = estimate(shape, [*rows, ("bad", bad)])
    assert isinstance(seen, Estimate)
    assert seen.missing == 1


def test_variants_of_one_template_do_not_count_as_trials():
    rows = [(f"c{i // 20}", Score(value=0.0)) for i in range(400)]  # 20 templates, 20 variants each
    seen = estimate(Shape.RATE, rows, level=0.9)
    alone = estimate(Shape.RATE, [(f"c{i}", Score(value=0.0)) for i in range(20)], level=0.9)
    assert isinstance(seen, Estimate)
    assert isinstance(alone, Estimate)
    assert (seen.count, seen.cases) == (20, 400)
    assert seen.interval.high >= alone.interval.high


def test_a_single_spotless_case_is_no_proof():
    seen = estimate(Shape.RATE, [("c", Score(value=0.0))], level=0.9)
    assert isinstance(seen, Estimate)
    assert seen.interval.high == pytest.approx(0.95)


def test_the_same_scores_give_the_same_digits():
    rng = np.random.default_rng(8)
    rows = [(f"c{i}", Score(value=float(v), per=2.0)) for i, v in enumerate(rng.lognormal(size=700))]
    for shape in (Shape.AVERAGE, Shape.RATIO):
        assert estimate(shape, rows) == estimate(shape, list(rows))


def test_importing_the_package_loads_no_numpy():
    code = "import sys, trimtab.stats; sys.exit('numpy' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_level_outside_the_unit_interval_is_refused():
    with pytest.raises(ValueError):
        estimate(Shape.RATE, [("c", Score(value=0.0))], level=1.0)
