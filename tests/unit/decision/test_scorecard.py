"""A score that cannot be bought: no performance lifts a veto, nothing missing lifts anything, and anybody can recompute it."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trimtab.decision.model import Verdict
from trimtab.decision.scorecard import Reading, band_of, compare, ordered, score
from trimtab.policy.score_spec import Pillar
from trimtab.stats.composite import composite, correlation_ratio, faded, robustness, utility

WEIGHTS: dict[Pillar, float] = {"safety": 0.4, "privacy": 0.2, "performance": 0.4}


def reading(metric="leak", pillar="safety", *, low=0.01, high=0.02, **more):
    given = {"weight": 1.0, "better": "lower", "target": 0.01, "floor": 0.05, **more}
    return Reading(metric=metric, pillar=pillar, low=low, high=high, **given)


def right(low=0.9, high=0.95, **more):
    return reading(
        "right", "performance", low=low, high=high, **{"better": "higher", "target": 0.9, "floor": 0.6, **more}
    )


def card(*readings, weights=WEIGHTS):
    return score("bot", [*readings], weights)


PRIVATE = reading("pii", "privacy", low=0.0, high=0.005)


def test_by_hand():
    found = card(reading(low=0.01, high=0.03), PRIVATE, right(low=0.75, high=0.8))
    # leak: 1 - 0.03 = 0.97 between 0.95 and 0.99; right: 0.75 between 0.6 and 0.9; pii is above its target.
    leak, value = 0.5 + 0.5 * 0.02 / 0.04, 0.5 + 0.5 * 0.15 / 0.3
    assert [worth.low for worth in found.worths] == pytest.approx([leak, 1.0, value])
    assert found.score == pytest.approx(100 * leak**0.4 * value**0.4)
    assert found.high == found.score
    assert found.band == "B"
    assert found.verdict is Verdict.PASS
    assert dict(found.pillars) == pytest.approx({"safety": leak, "privacy": 1.0, "performance": value})


@pytest.mark.parametrize(
    ("value", "worth"), [(0.0, 0.01), (0.005, 0.01), (0.3, 0.25), (0.6, 0.5), (0.75, 0.75), (0.9, 1.0), (7.0, 1.0)]
)
def test_utilities(value, worth):
    assert utility(value, 0.9, 0.6) == pytest.approx(worth)


def test_a_target_at_the_floor_has_no_slope():
    assert utility(0.6, 0.6, 0.6) == 1.0
    assert utility(math.nextafter(0.6, 0.0), 0.6, 0.6) == pytest.approx(0.5)


def test_what_should_be_small_and_has_no_upper_end_is_half_as_good_at_twice_the_floor():
    days = reading("days", "privacy", low=10.0, high=20.0, target=5.0, floor=10.0, share=False)
    assert card(reading(), days, right()).worths[1].low == pytest.approx(0.25)
    at = reading("days", "privacy", low=1.0, high=10.0, target=5.0, floor=10.0, share=False)
    assert card(reading(), at, right()).worths[1].low == pytest.approx(0.5)
    none = reading("days", "privacy", low=0.0, high=0.0, target=5.0, floor=10.0, share=False)
    assert card(reading(), none, right()).worths[1].low == 1.0


def test_evidence_fades_to_the_floor_and_never_below():
    assert faded(0.9, 0.6, age=0.0, half_life=30.0) == pytest.approx(0.9)
    assert faded(0.9, 0.6, age=30.0, half_life=30.0) == pytest.approx(0.75)
    assert faded(0.9, 0.6, age=1e9, half_life=30.0) == pytest.approx(0.6)
    assert faded(0.3, 0.6, age=1e9, half_life=30.0) == 0.3


def test_no_performance_lifts_a_veto():
    bad = card(reading(low=0.06, high=0.07, veto=True), PRIVATE, right(low=1.0, high=1.0))
    assert bad.verdict is Verdict.FAIL
    assert bad.score is not None
    assert bad.score <= 49.0
    assert bad.high <= 49.0
    assert bad.capped_by == ("leak",)
    torn = card(reading(low=0.04, high=0.06, veto=True), PRIVATE, right(low=1.0, high=1.0))
    assert torn.verdict is Verdict.INCONCLUSIVE
    assert torn.score == 69.0
    unseen = card(reading(low=None, high=None, veto=True), PRIVATE, right(low=1.0, high=1.0))
    assert unseen.score <= 49.0
    assert unseen.missing == ("leak",)


def test_ones_own_word_may_fail_a_veto_and_not_clear_it():
    assert card(reading(veto=True, independence="self"), PRIVATE, right()).score == 69.0
    assert card(reading(veto=True, independence="outside"), PRIVATE, right()).score > 69.0
    assert card(reading(low=0.06, high=0.07, veto=True, independence="self"), PRIVATE, right()).verdict is Verdict.FAIL


def test_nothing_measured_is_no_score():
    empty = card(*(reading(name, pillar, low=None, high=None) for name, pillar in zip("abc", WEIGHTS, strict=True)))
    assert (empty.score, empty.high, empty.band) == (None, None, None)
    assert empty.verdict is Verdict.INCONCLUSIVE
    assert empty.pillars == {}


@pytest.mark.parametrize(
    ("readings", "weights", "words"),
    [
        ([reading(), right()], WEIGHTS, "privacy has a weight and no metric"),
        ([reading(), right()], {"safety": 1.0}, "performance has metrics and no weight"),
        ([reading(), reading()], {"safety": 1.0}, "named twice"),
        ([reading(), right()], {"safety": 0.4, "performance": 0.6}, "at least 0.5"),
        ([reading(), right()], {"safety": 0.6, "performance": 0.5}, "add up to 1"),
        ([reading(), right()], {"safety": 1.2, "performance": -0.2}, "add up to 1"),
        ([reading(), right()], {"safety": math.nan, "performance": 0.5}, "add up to 1"),
    ],
)
def test_weights_that_would_say_something_else_are_refused(readings, weights, words):
    with pytest.raises(ValueError, match=words):
        score("bot", readings, weights)


@pytest.mark.parametrize(
    "more",
    [
        {"weight": 0.0},
        {"low": None},
        {"low": 0.03, "high": 0.02},
        {"target": 0.06},
        {"floor": 1.0, "target": 0.0},
        {"floor": 0.0, "target": 0.0, "share": False},
        {"floor": 0.0, "target": 0.5, "better": "higher"},
        {"floor": math.nan},
    ],
)
def test_readings_that_make_no_sense_are_refused(more):
    with pytest.raises(ValueError, match="leak"):
        reading(**more)


shares = st.floats(0.0, 1.0)
readings_ = st.lists(
    st.tuples(st.sampled_from([*WEIGHTS]), shares, shares, st.booleans(), st.sampled_from(["higher", "lower"]), shares),
    min_size=3,
    max_size=8,
)


def made(rows):
    """Readings of such rows, with floors that ask something."""
    found = []
    for number, (pillar, one, other, veto, better, spread) in enumerate(rows):
        low, high = sorted((one, other))
        bounds = (0.2, 0.2 + 0.7 * spread) if better == "higher" else (0.8, 0.8 - 0.7 * spread)
        found.append(
            Reading(
                metric=f"m{number}",
                pillar=pillar,
                weight=1.0 + number,
                better=better,
                floor=bounds[0],
                target=bounds[1],
                low=low,
                high=high,
                veto=veto,
            )
        )
    return found


@given(readings_, st.data())
def test_a_score_never_rises_by_worse_older_or_missing_evidence(rows, data):
    readings = made(rows)
    assume({one.pillar for one in readings} == set(WEIGHTS))
    before = card(*readings)
    place = data.draw(st.integers(0, len(readings) - 1))
    one = readings[place]
    assert one.low is not None
    assert one.high is not None
    down = data.draw(shares)
    worse = {
        "missing": {"low": None, "high": None},
        "older": {"age": 365.0 * down},
        "wider": {"low": one.low * down, "high": one.high + (1.0 - one.high) * down},
    }[data.draw(st.sampled_from(["missing", "older", "wider"]))]
    changed = [*readings]
    changed[place] = Reading(**{**{name: getattr(one, name) for name in one.__slots__}, **worse})
    after = card(*changed)
    undecided = before.capped_by and before.cap < after.cap  # a veto that was failed and is torn now: 49 may become 69
    if after.score is not None and not undecided:
        assert after.score <= before.score + 1e-9
    if "low" in worse and worse["low"] is None and after.score is not None:
        assert after.score <= before.score + 1e-9


@given(readings_, st.randoms())
def test_the_order_of_readings_says_nothing(rows, chance):
    readings = made(rows)
    assume({one.pillar for one in readings} == set(WEIGHTS))
    first = card(*readings)
    chance.shuffle(readings)
    assert card(*readings) == first


def test_order_is_by_verdict_then_band_then_value():
    good, fair = card(reading(), PRIVATE, right()), card(reading(low=0.03, high=0.05), PRIVATE, right(low=0.6))
    bad = card(reading(low=0.06, high=0.07), PRIVATE, right())
    named = [
        score(name, [worth.reading for worth in one.worths], WEIGHTS)
        for name, one in (("bad", bad), ("fair", fair), ("good", good), ("better", good))
    ]
    value = {"bad": 1e9, "fair": 100.0, "good": 1.0, "better": 2.0}
    assert [one.subject for one in ordered(named, value)] == ["better", "good", "fair", "bad"]


@pytest.mark.parametrize(
    ("number", "band"), [(100.0, "A"), (85.0, "A"), (84.999, "B"), (70.0, "B"), (50.0, "C"), (0.0, "D")]
)
def test_bands(number, band):
    assert band_of(number) == band


# -- what the form of the score is for ---------------------------------------------------------


def test_of_products_that_break_a_floor_none_passes_and_an_average_lets_most_through():
    """As governance.md section 2.2 reports: a quarter has one badly failing safety metric and inflated performance."""
    chance = np.random.default_rng(7)
    cards, broken = [], []
    for number in range(400):
        breaks = number % 4 == 0
        safe = chance.uniform(0.85, 1.0, size=3)
        if breaks:
            safe[0] = chance.uniform(0.2, 0.6)
        does = chance.uniform(0.9, 1.0) if breaks else chance.uniform(0.7, 1.0)
        readings = [
            Reading(
                metric=f"s{at}",
                pillar="safety",
                weight=1.0,
                better="higher",
                target=0.95,
                floor=0.8,
                veto=True,
                low=float(value),
                high=float(value),
            )
            for at, value in enumerate(safe)
        ]
        readings.append(right(low=float(does), high=float(does)))
        cards.append(score(f"p{number}", readings, {"safety": 0.6, "performance": 0.4}))
        broken.append(breaks)
    compared = compare(cards, seed=1, draws=200)
    passing = {
        "arithmetic": np.array(compared.arithmetic) >= 70.0,
        "score": np.array([one.score for one in cards]) >= 70.0,
    }
    of_broken = {name: passed[np.array(broken)].mean() for name, passed in passing.items()}
    assert of_broken["score"] == 0.0
    assert of_broken["arithmetic"] > 0.8
    assert passing["score"][~np.array(broken)].mean() > 0.9


# -- robustness ----------------------------------------------------------------------------------


def test_ranks_and_bands_over_weights():
    utilities = [[1.0, 1.0], [1.0, 0.5], [0.5, 1.0], [0.3, 0.3]]
    found = robustness(utilities, [0.5, 0.5], [100.0] * 3 + [49.0], [85.0, 70.0, 50.0, 0.0], seed=1, draws=4000)
    assert (found.rank_low[0], found.rank_high[0]) == (1, 1)
    assert (found.rank_low[3], found.rank_high[3]) == (4, 4)
    assert (found.rank_low[1], found.rank_high[1]) == (2, 3)  # which of the two is better is a matter of weights
    assert np.allclose(found.bands.sum(axis=1), 1.0)
    assert found.bands[0].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert found.bands[3].tolist() == [0.0, 0.0, 0.0, 1.0]
    assert np.allclose(found.shares[[0, 3]], 0.0)  # all equal: no weight matters
    assert found.shares[1].min() > 0.95  # of two weights either one says all


def test_a_cap_holds_whatever_the_weights():
    found = robustness([[1.0, 1.0]], [0.5, 0.5], [49.0], [85.0, 70.0, 50.0, 0.0], seed=1, draws=50)
    assert found.bands[0].tolist() == [0.0, 0.0, 0.0, 1.0]


def test_shares_of_variance_of_a_sum_of_independent_causes():
    chance = np.random.default_rng(3)
    one, other = chance.normal(size=(2, 40_000))
    outcome = (3.0 * one + 1.0 * other)[None, :]
    assert correlation_ratio(outcome, one)[0] == pytest.approx(0.9, abs=0.02)
    assert correlation_ratio(outcome, other)[0] == pytest.approx(0.1, abs=0.02)
    assert correlation_ratio(outcome, np.ones(40_000))[0] == 0.0


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ValueError, match="nobody"):
        compare([], seed=1)
    one, other = card(reading(), PRIVATE, right()), card(reading("other"), PRIVATE, right())
    with pytest.raises(ValueError, match="other metrics"):
        compare([one, other], seed=1)


@pytest.mark.parametrize("weights", [[0.5], [0.5, 0.4], [1.5, -0.5], [math.nan, 1.0]])
def test_weights_are_checked(weights):
    with pytest.raises(ValueError, match="weight"):
        composite([[1.0, 0.5]], weights)


@pytest.mark.parametrize("utilities", [[[0.0, 1.0]], [[1.1, 1.0]], [[math.nan, 1.0]]])
def test_utilities_are_checked(utilities):
    with pytest.raises(ValueError, match="utility"):
        composite(utilities, [0.5, 0.5])
