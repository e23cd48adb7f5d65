"""Groups beside each other: every pair agrees with the largest gap, and what breaks never narrows what is said."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab import stats
from trimtab.kinds import Estimate, Missing, Score, Shape
from trimtab.stats import point_range
from trimtab.stats.clusters import Outcome
from trimtab.stats.gap import pairwise
from trimtab.stats.mitigation import further_to_show, removed_share


def estimate(*args, **kwargs):
    return stats.estimate(*args, **kwargs)  # untyped: a Missing where none is expected fails the test


def score(value, group):
    return Score(value=float(value), group=group)


@st.composite
def questions(draw, groups="abc", most=12):
    """Questions about every group, some of them without an outcome."""
    rows = []
    for q in range(draw(st.integers(1, most))):
        for group in groups:
            lost = draw(st.integers(0, 9)) == 0
            rows.append((f"q{q}", Missing("timeout", group=group) if lost else score(draw(st.booleans()), group)))
    return rows


# -- every two groups ------------------------------------------------------------------------------


@given(rows=questions())
@settings(max_examples=40)
def test_the_largest_pair_is_the_gap(rows):
    found, gap = pairwise(rows, level=0.9), estimate(Shape.GAP, rows, level=0.9)
    assert len(found) == 3
    if gap.known:
        first = next(iter(found.values()))
        assert first.value == pytest.approx(gap.value)
        assert max(seen.interval.high for seen in found.values()) <= gap.interval.high + 1e-9
    for seen in found.values():
        assert seen.interval.low <= seen.interval.high
        if seen.known:
            assert seen.value >= 0.0
            assert seen.interval.low - 1e-9 <= seen.value <= seen.interval.high + 1e-9


def test_there_is_no_pair_of_one_group_and_none_of_nothing():
    assert pairwise([], level=0.9) == {}
    assert pairwise([("q", score(1, "a"))], level=0.9) == {}


# -- flips -----------------------------------------------------------------------------------------


def test_flips_are_seen_where_the_gap_is_zero():
    rows = [(f"q{q}", score(q % 2 == (group == "a"), group)) for q in range(100) for group in "ab"]
    assert estimate(Shape.GAP, rows).value == 0.0
    assert estimate(Shape.FLIPS, rows).value == 1.0


@pytest.mark.parametrize(
    ("answers", "share"),
    [
        ({"a": 1, "b": 1, "c": 1}, 0),
        ({"a": 1, "b": 0, "c": 0}, 2 / 3),
        ({"a": 1, "b": 0}, 1),
        ({"a": 1, "b": None}, None),
    ],
)
def test_the_pairs_of_one_question(answers, share):
    rows = [("q", Missing("x", group=g) if value is None else score(value, g)) for g, value in answers.items()]
    seen = estimate(Shape.FLIPS, rows)
    assert math.isnan(seen.value) if share is None else seen.value == pytest.approx(share)
    assert point_range(Shape.FLIPS, rows) == pytest.approx((0, 1) if share is None else (share, share))


def test_cases_of_one_group_are_no_pair():
    seen = estimate(Shape.FLIPS, [("q", score(1, "a")), ("q", score(0, "a")), ("r", score(0, "b"))])
    assert seen == Missing("one-group", "a pair needs cases of two groups in one cluster")


# -- balance ---------------------------------------------------------------------------------------


def test_a_balance_is_over_those_that_take_a_side():
    rows = [(f"t{t}", [Score(value=1.0), Score(value=-1.0), Score(value=0.0, per=0.0)][t % 3]) for t in range(90)]
    seen = estimate(Shape.BALANCE, [*rows, *[(f"u{t}", Score(value=1.0)) for t in range(60)]])
    assert seen.value == pytest.approx((30 - 30 + 60) / 120)
    assert (seen.count, seen.cases) == (120, 150)


def test_a_missing_case_may_have_leant_either_way():
    rows: list[Outcome] = [(f"t{t}", Score(value=(-1.0) ** t)) for t in range(40)]
    broken = [*rows, *[(f"x{t}", Missing("timeout")) for t in range(10)]]
    assert point_range(Shape.BALANCE, broken) == pytest.approx((-0.2, 0.2))
    whole, wider = (estimate(Shape.BALANCE, one).interval for one in (rows, broken))
    assert wider.low < whole.low < whole.high < wider.high


# -- the share of a gap that is gone ---------------------------------------------------------------


@st.composite
def both_asked(draw):
    """A baseline that treats a badly, and any candidate."""
    rows = []
    for q in range(draw(st.integers(20, 40))):
        for group in "ab":
            old = score(group == "b" or draw(st.integers(0, 9)) == 0, group)
            rows.append((f"q{q}", old, score(draw(st.booleans()), group)))
    return rows


@given(rows=both_asked(), place=st.integers(0, 39), side=st.booleans(), named=st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_case_that_breaks_never_narrows_either_end(rows, place, side, named):
    whole = removed_share(Shape.GAP, rows, level=0.9)
    cluster, old, new = rows[place]
    lost = Missing("timeout", group=old.group if named else "")
    broken = removed_share(
        Shape.GAP,
        [*rows[:place], (cluster, lost, new) if side else (cluster, old, lost), *rows[place + 1 :]],
        level=0.9,
    )
    if isinstance(whole, Missing):  # the baseline has no gap that shows, and losing a case does not make it show
        assert isinstance(broken, Missing)
        return
    assert whole.interval.low <= whole.value <= whole.interval.high <= 1.0
    if isinstance(broken, Estimate):
        assert broken.interval.low <= whole.interval.low + 1e-6
        assert broken.interval.high >= whole.interval.high - 1e-6


def test_nothing_gone_and_everything_gone():
    rng = np.random.default_rng(1)
    rows = [
        (f"q{q}", group, float(rng.random() < (0.2 if group == "a" else 0.9))) for q in range(300) for group in "ab"
    ]
    same = [(cluster, score(value, group), score(value, group)) for cluster, group, value in rows]
    gone = [(cluster, score(value, group), score(1, group)) for cluster, group, value in rows]
    seen = removed_share(Shape.GAP, same, level=0.9)
    assert isinstance(seen, Estimate)
    assert seen.value == 0.0
    assert -0.1 < seen.interval.low < 0.0 < seen.interval.high < 0.1
    seen = removed_share(Shape.GAP, gone, level=0.9)
    assert isinstance(seen, Estimate)
    assert (seen.value, seen.interval.high) == (1.0, 1.0)
    assert seen.interval.low > 0.9


def test_groups_that_only_one_was_asked_about_cannot_be_compared():
    rows = [(f"q{q}", score(1, "a"), Missing("x", group="a")) for q in range(30)]
    assert isinstance(removed_share(Shape.GAP, rows, level=0.9), Missing)
    assert removed_share(Shape.GAP, [], level=0.9) == Missing("no-cases")


def test_a_balance_over_other_cases_has_no_share():
    rows = [(f"t{t}", Score(value=1.0), Score(value=0.0, per=0.0)) for t in range(50)]
    found = removed_share(Shape.BALANCE, rows, level=0.9)
    assert isinstance(found, Missing)
    assert found.reason == "takes-no-side"


@pytest.mark.parametrize(("shape", "level"), [(Shape.RATE, 0.9), (Shape.GAP, 1.0), (Shape.GAP, 0.0)])
def test_what_is_no_gap_or_no_level_is_refused(shape, level):
    with pytest.raises(ValueError, match="out of range"):
        removed_share(shape, [("q", score(1, "a"), score(0, "a"))], level=level)


def test_further_units_are_what_decides():
    """With as many as are named, and all like those before, it is decided; with a tenth of them it is not."""

    def rows(count):
        return [
            (f"q{q}", score(q % 10 < old, group), score(q % 10 < new, group))
            for q in range(count)
            for group, old, new in (("a", 3, 6), ("b", 8, 8))
        ]

    few = rows(40)
    seen = removed_share(Shape.GAP, few, level=0.9)
    further = further_to_show(Shape.GAP, few, 0.4, alpha=0.05)
    assert isinstance(seen, Estimate)
    assert seen.interval.low < 0.4
    assert further is not None
    decided = removed_share(Shape.GAP, rows(40 + further), level=0.9)
    early = removed_share(Shape.GAP, rows(40 + further // 10), level=0.9)
    assert isinstance(decided, Estimate)
    assert isinstance(early, Estimate)
    assert decided.interval.low >= 0.4 > early.interval.low


def test_all_pairs_of_groups_are_there():
    rows = [(f"q{q}", score(q % (2 + place) == 0, group)) for q in range(60) for place, group in enumerate("abcd")]
    found = pairwise(rows, level=0.9)
    assert {frozenset(pair) for pair in found} == {frozenset(pair) for pair in combinations("abcd", 2)}
    values = [seen.value for seen in found.values()]
    assert values == sorted(values, reverse=True)
