"""Choosing among many: the order, the split, the sequence, and what is said when nobody is certified."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from trimtab.kinds import Estimate, Score, Shape
from trimtab.stats import estimate
from trimtab.stats.loss_table import in_ordering_part, p_value
from trimtab.stats.selection import fixed_sequence, pareto_order, select

FLOORS = {"leak": 0.1}


def ones(*counts, cases=200):
    """A 0/1 column for each count of losses, spread evenly so that both parts of a split see their share."""
    rows = np.zeros((cases, len(counts)))
    for place, count in enumerate(counts):
        rows[np.linspace(0, cases - 1, count).astype(int), place] = 1.0
    return rows


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-1, 1)), min_size=1, max_size=12))
def test_the_order_is_the_pareto_front_from_safe_to_bold(points):
    p, merit = zip(*points, strict=True)
    order = pareto_order(p, merit)
    beaten = {
        one
        for one in range(len(points))
        for other in range(len(points))
        if (p[other] <= p[one] and merit[other] >= merit[one])
        and ((p[other], -merit[other], other) < (p[one], -merit[one], one))
    }
    assert set(order) == set(range(len(points))) - beaten
    assert [p[n] for n in order] == sorted(p[n] for n in order)
    assert [merit[n] for n in order] == sorted(merit[n] for n in order)


def test_unknown_p_and_merit_are_worse_than_all():
    assert pareto_order([math.nan, 0.5], [9.0, 1.0]) == [1, 0]
    assert pareto_order([0.1, 0.5], [math.nan, 1.0]) == [0, 1]
    assert pareto_order([0.1, 0.1], [math.nan, math.nan]) == [0]


def test_the_sequence_stops_at_the_first_that_is_not_certified():
    asked = []

    def certified(place):
        asked.append(place)
        return place != 7

    assert fixed_sequence([3, 1, 7, 2], certified) == [3, 1]
    assert asked == [3, 1, 7]


def test_where_a_unit_falls_depends_on_its_name_alone():
    parts = [in_ordering_part(f"case-{n}") for n in range(20_000)]
    assert parts == [in_ordering_part(f"case-{n}") for n in range(20_000)]
    assert sum(parts) / len(parts) == pytest.approx(0.25, abs=0.01)
    assert not any(in_ordering_part(f"{n}", share=0.0) for n in range(100))
    assert in_ordering_part("\ud800") in (True, False)  # a name that has no UTF-8 form is no crash


@pytest.mark.parametrize(("values", "binary"), [([0.0] * 95 + [1.0] * 3, True), ([0.0] * 90 + [0.25, 0.5] * 4, False)])
@pytest.mark.parametrize("floor", [0.03, 0.06, 0.1])
def test_p_is_the_smallest_alpha_at_which_the_floor_would_be_proved(values, binary, floor):
    p = p_value(np.array(values), floor, binary=binary)
    shape = Shape.RATE if binary else Shape.MEAN
    for alpha, proved in ((p * 1.001, True), (p * 0.999, False)):
        if 1e-9 < alpha < 0.5:
            seen = estimate(shape, [(f"{n}", Score(value=v)) for n, v in enumerate(values)], level=1 - 2 * alpha)
            assert isinstance(seen, Estimate)
            assert (seen.interval.high <= floor) is proved


def hoeffding_bentkus(values, floor):
    """Another valid p-value of a bounded mean: Bates et al. (2021), Journal of the ACM 68(6), section 3.1."""
    mean, count = min(float(values.mean()), floor), len(values)
    divergence = (1 - mean) * math.log((1 - mean) / (1 - floor)) + (mean * math.log(mean / floor) if mean else 0.0)
    tail = float(binom.cdf(math.ceil(count * values.mean()), count, floor))
    return min(1.0, math.exp(-count * divergence), math.e * tail)


@pytest.mark.parametrize("seed", range(5))
def test_betting_agrees_with_another_bound_on_what_is_clear_either_way(seed):
    rng = np.random.default_rng(seed)
    for mean, floor in ((0.02, 0.1), (0.05, 0.1), (0.09, 0.1), (0.2, 0.4), (0.12, 0.1)):
        values = rng.beta(2 * mean, 2 * (1 - mean), 500)
        ours, theirs = p_value(values, floor, binary=False), hoeffding_bentkus(values, floor)
        assert not (theirs < 1e-4 and ours > 0.05)
        assert not (values.mean() > floor and ours < 0.5)


def test_nothing_seen_proves_nothing():
    assert p_value(np.array([]), 0.5, binary=True) == 1.0
    assert p_value(np.zeros(1000), 0.0, binary=True) == 1.0
    assert p_value(np.zeros(1000), 0.0, binary=False) == 1.0


def test_scores_that_happen_to_be_whole_are_still_bet_on():
    """Which test is used may not depend on luck: clusters whose variants all agree are no coins."""
    rows = np.repeat(ones(0, 4, cases=100), 2, axis=0)
    of_row = [f"u{n // 2}" for n in range(200)]
    alone = select({"leak": ones(0, 4, cases=100)}, FLOORS, [1.0, 2.0], 0.1, method="holm")
    paired = select({"leak": rows}, FLOORS, [1.0, 2.0], 0.1, method="holm", units={"leak": of_row})
    assert paired.p[1] > 1.2 * alone.p[1]


def test_the_best_of_those_certified_is_taken():
    found = select({"leak": ones(0, 8, 40)}, FLOORS, [0.5, 0.7, 0.9], 0.1)
    assert found.config == 1
    assert found.certified == (0, 1)
    assert found.order == (0, 1, 2)
    assert found.needed is None
    assert found.p[0] <= found.p[1] <= 0.1 < found.p[2]


def test_cases_of_one_unit_stay_on_one_side():
    """With a single unit in each part, what is certified shows which rows were looked at."""
    names = [f"u{n}" for n in range(40)]
    rows = np.zeros((400, 2))
    rows[:, 0] = [float(in_ordering_part(names[n // 10])) for n in range(400)]
    units = {"leak": [names[n // 10] for n in range(400)]}
    tested_clean = select({"leak": rows}, {"leak": 0.2}, [2.0, 1.0], 0.1, units=units)
    assert tested_clean.order == (1, 0)  # the first lost everything where the order was made
    assert tested_clean.config == 0  # and nothing where it was tested


def test_losses_of_different_suites_may_differ_in_length():
    losses = {"leak": ones(0, 0, cases=300), "refusal": ones(0, 60, cases=120)}
    found = select(losses, {"leak": 0.1, "refusal": 0.1}, ones(100, 200, cases=400), 0.1)
    assert found.config == 0


def test_with_nobody_it_says_how_many_cases_would_have_done():
    losses = ones(2, 3, cases=50)
    none = select({"leak": losses}, FLOORS, [1.0, 2.0], 0.1)
    assert none.config is None
    assert none.needed is not None
    assert none.needed > 50
    assert f"about {none.needed:,} units" in none.reason
    enough = select({"leak": np.tile(losses, (math.ceil(none.needed / 50) + 1, 1))}, FLOORS, [1.0, 2.0], 0.1)
    assert enough.config is not None
    hopeless = select({"leak": ones(10, 20, cases=50)}, FLOORS, [1.0, 2.0], 0.1)
    assert (hopeless.config, hopeless.needed) == (None, None)
    assert "leak" in hopeless.reason


def test_a_given_order_is_tested_on_all_rows():
    losses = {"leak": ones(0, 1, 30, 2, cases=60)}
    found = select(losses, FLOORS, [1.0, 2.0, 3.0, 4.0], 0.1, method="fixed-sequence", order=[0, 1, 2, 3])
    assert found.certified == (0, 1)
    assert found.config == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"floors": {"other": 0.1}}, "same names"),
        ({"floors": {"leak": 1.0}}, "every floor"),
        ({"delta": 0.0}, "delta"),
        ({"losses": {"leak": np.full((4, 2), 1.5)}}, "lie in"),
        ({"losses": {"leak": np.zeros((4, 3))}}, "column"),
        ({"losses": {"leak": np.zeros((0, 2))}}, "row"),
        ({"units": {"leak": ["a"]}}, "1 units for 4"),
        ({"groups": {"leak": ["a"]}}, "1 groups for 4"),
        ({"order_share": 1.0}, "order_share"),
        ({"method": "fixed-sequence"}, "order"),
        ({"method": "fixed-sequence", "order": [0, 0]}, "order"),
    ],
)
def test_what_does_not_fit_is_refused(change, words):
    given = {"losses": {"leak": np.zeros((4, 2))}, "floors": FLOORS, "utility": [1.0, 2.0], "delta": 0.1, **change}
    with pytest.raises(ValueError, match=words):
        select(**given)
