"""Rates by group hold all at once, and no group hides behind missing cases."""

import numpy as np
import pytest
from scipy.stats import binom

from trimtab.decision import Measurements, Trial, by_group
from trimtab.kinds import Missing, Score, Shape


def measured(outcomes, *, shape=Shape.RATE, better="lower", sampling="fixed"):
    rows = [Trial(case=f"c{n}", cluster=f"c{n}", outcome=outcome) for n, outcome in enumerate(outcomes)]
    return Measurements(
        system="s", trials={"a": {"m": rows}}, shapes={"m": shape}, better={"m": better}, sampling=sampling
    )


def rates(outcomes, **more):
    return by_group(measured(outcomes, **more), "a", "m", alpha=0.05)


def score(value, group):
    return Score(value=float(value), group=group)


def test_the_worst_group_comes_first_whichever_way_is_good():
    outcomes = [score(n % 10 == 0, "few") for n in range(100)] + [score(n % 2, "many") for n in range(100)]
    assert list(rates(outcomes)) == ["many", "few"]
    assert list(rates(outcomes, better="higher")) == ["few", "many"]
    assert rates(outcomes)["many"].value == 0.5


@pytest.mark.parametrize("sampling", ["fixed", "sequential"])
def test_all_intervals_hold_together(sampling):
    rng = np.random.default_rng(4)
    runs, wrong = 200, 0
    for _ in range(runs):
        outcomes = [score(rng.random() < 0.2, f"g{n % 6}") for n in range(240)]
        wrong += any(seen.interval.high < 0.2 for seen in rates(outcomes, sampling=sampling).values())
    assert binom.sf(wrong - 1, runs, 0.05) > 1e-6


def test_a_case_without_score_counts_in_its_group_or_in_all():
    outcomes = [score(0, "x") for _ in range(50)] + [score(0, "y") for _ in range(50)]
    named, loose = [*outcomes, Missing("timeout", "", "x")], [*outcomes, Missing("timeout")]
    assert (rates(named)["x"].missing, rates(named)["y"].missing) == (1, 0)
    assert (rates(loose)["x"].missing, rates(loose)["y"].missing) == (1, 1)
    assert rates(loose)["y"].interval.high > rates(outcomes)["y"].interval.high


def test_there_is_nothing_to_show_of_one_group_or_of_another_shape():
    assert rates([score(0, "x")] * 9) == {}
    assert rates([score(0, "")] * 9) == {}
    assert rates([score(0, "x"), score(0, "y")], shape=Shape.GAP) == {}
    assert by_group(measured([]), "nobody", "m", alpha=0.05) == {}


def test_a_balance_is_shown_by_group_as_well():
    leaning = [Score(value=1.0, group="age") for _ in range(60)] + [
        Score(value=(-1.0) ** n, group="religion") for n in range(60)
    ]
    found = rates(leaning, shape=Shape.BALANCE)
    assert list(found) == ["age", "religion"]
    assert (found["age"].value, found["religion"].value) == (1.0, 0.0)
    assert found["religion"].interval.low < 0.0


def test_a_group_of_which_nothing_is_known_does_not_hide():
    outcomes = [score(0.0, "a") for _ in range(30)] + [Missing("timeout", "", "b") for _ in range(3)]
    seen = rates(outcomes)
    assert list(seen) == ["b", "a"]
    assert seen["b"].interval.high == 1.0
    assert seen["b"].missing == 3
    assert seen["a"].missing == 0


def test_of_groups_that_look_alike_the_surest_comes_first():
    seen = rates([score(1.0, "few")] + [score(1.0, "many") for _ in range(30)] + [score(0.0, "none") for _ in range(9)])
    assert list(seen) == ["many", "few", "none"]
