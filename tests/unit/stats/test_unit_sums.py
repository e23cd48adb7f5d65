"""Rates in bounded memory: exact where rows stand alone, by unit where they do not, at their worst where missing."""

import numpy as np
import pytest

from trimtab.stats.binomial import clopper_pearson, rate
from trimtab.stats.bounded import mean_interval
from trimtab.stats.unit_sums import UnitSums


def sums_of(units, values, missing=None):
    sums = UnitSums()
    known = np.zeros(len(units), dtype=bool) if missing is None else np.array(missing)
    for start in range(0, len(units), 7):  # in stretches, as they come
        part = slice(start, start + 7)
        sums.add(np.array(units[part]), np.array(values[part], dtype=float), known[part])
    return sums


def test_rows_that_stand_alone_have_the_exact_interval():
    seen = sums_of(range(100), [1.0] * 3 + [0.0] * 97).estimate(level=0.9)
    assert seen.interval == clopper_pearson(3, 100, level=0.9)
    assert (seen.value, seen.count, seen.cases, seen.missing) == (0.03, 100, 100, 0)


def test_rows_of_one_prompt_are_one_trial():
    """A thousand copies of ten answers prove no more than the ten."""
    seen = sums_of([one % 10 for one in range(1000)], [0.0] * 1000).estimate(level=0.9)
    alone = np.zeros(10)
    assert seen.count == 10
    assert seen.interval == mean_interval(alone, alone, level=0.9)
    assert seen.interval.high > 0.2


def test_what_is_missing_may_be_anything():
    seen = sums_of(range(50), [0.0] * 50, [True] * 5 + [False] * 45).estimate(level=0.9)
    assert seen.interval == rate(0, 45, 5, level=0.9)
    assert seen.missing == 5


def test_parts_of_one_are_no_counts():
    seen = sums_of(range(40), [0.5] * 40).estimate(level=0.9)
    assert seen.value == pytest.approx(0.5)
    assert seen.interval.method == "betting"


def test_without_rows_there_is_no_rate():
    assert UnitSums().estimate(level=0.9) is None
    assert not sums_of([1], [0.0], [True]).estimate(level=0.9).known
