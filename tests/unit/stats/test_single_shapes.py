"""What is particular to one shape."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab import stats
from trimtab.kinds import Estimate, Missing, Score, Shape
from trimtab.stats import RunningRate, clopper_pearson, holm, mcnemar
from trimtab.stats.paired import further_pairs


def estimate(*args, **kwargs):
    return stats.estimate(*args, **kwargs)  # untyped: a Missing where none is expected fails the test


def paired_difference(*args, **kwargs):
    return stats.paired_difference(*args, **kwargs)


def further_trials(*args, **kwargs):
    return stats.further_trials(*args, **kwargs)


def rows(values, *, cluster=1, **score):
    return [(f"c{i // cluster}", Score(value=float(v), **score)) for i, v in enumerate(values)]


# -- quantiles ---------------------------------------------------------------


@pytest.mark.parametrize(("count", "bounded"), [(58, False), (59, True)])
def test_p95_needs_59_cases_for_an_upper_end(count, bounded):
    seen = estimate(Shape.P95, rows(range(1, count + 1)), level=0.9)
    assert (seen.interval.high == count) is bounded
    assert seen.interval.high in (count, math.inf)


def test_a_timeout_is_not_quick():
    quick = [(f"c{i}", Score(value=0.5)) for i in range(90)]
    seen = estimate(Shape.P95, [*quick, *((f"t{i}", Missing("timeout")) for i in range(10))], level=0.9)
    assert seen.interval.high == math.inf


def test_quantiles_of_clusters_agree_with_the_plain_ones_where_clusters_say_nothing_new():
    values = np.random.default_rng(1).lognormal(size=100)
    plain = estimate(Shape.P50, rows(values), level=0.9)
    doubled = estimate(
        Shape.P50, [(f"c{i}", Score(value=float(v))) for i, v in enumerate(values) for _ in "ab"], level=0.9
    )
    assert doubled.value == plain.value
    assert doubled.count == 100
    assert doubled.interval.low <= plain.interval.low
    assert doubled.interval.high >= plain.interval.high


def test_a_clustered_quantile_of_equal_values_is_that_value():
    seen = estimate(Shape.P95, rows([1.0] * 160, cluster=2), level=0.9)
    assert (seen.interval.low, seen.interval.high) == (1.0, 1.0)


# -- confusion tables ----------------------------------------------------------


def table(tp=0, fp=0, fn=0, tn=0):
    cells = ["tp"] * tp + ["fp"] * fp + ["fn"] * fn + ["tn"] * tn
    return [(f"c{i}", Score(value=1.0, group=cell)) for i, cell in enumerate(cells)]


def test_precision_and_recall_are_conditional_rates():
    data = table(tp=30, fp=10, fn=20, tn=40)
    precision, recall = estimate(Shape.PRECISION, data), estimate(Shape.RECALL, data)
    assert (precision.value, recall.value) == (0.75, 0.6)
    assert precision.interval.high == pytest.approx(clopper_pearson(30, 40).high)
    assert recall.interval.low == pytest.approx(clopper_pearson(30, 50).low)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_f1_is_the_harmonic_mean_and_inside_its_interval(tp, fp, fn, tn):
    seen = estimate(Shape.F1, table(tp, fp, fn, tn)) if tp + fp + fn + tn else Missing("no-cases")
    if tp + fp + fn == 0:
        assert isinstance(seen, Missing)
        return
    assert isinstance(seen, Estimate)
    assert seen.value == pytest.approx(2 * tp / (2 * tp + fp + fn))
    assert seen.interval.low <= seen.value <= seen.interval.high


def test_precision_without_a_positive_prediction_is_not_one():
    assert estimate(Shape.PRECISION, table(fn=5, tn=5)) == Missing(
        "no-relevant-cases", "no case counts towards precision"
    )


def test_clustered_shares_hold_their_value():
    data = [(f"c{i // 4}", Score(value=1.0, group=cell)) for i, cell in enumerate(["tp", "tp", "fp", "tn"] * 50)]
    seen = estimate(Shape.PRECISION, data, level=0.9)
    assert seen.value == pytest.approx(2 / 3)
    assert seen.interval.method == "betting"
    assert 0.6 < seen.interval.low < 2 / 3 < seen.interval.high < 0.73


# -- gaps ------------------------------------------------------------------------


def sides(**rates):
    """Cases that stand alone, `count` of each side with `hits` hits."""
    return [
        (f"{side}{i}", Score(value=float(i < hits), group=side))
        for side, (hits, count) in rates.items()
        for i in range(count)
    ]


def test_a_group_of_three_cases_leaves_the_gap_open():
    seen = estimate(Shape.GAP, sides(a=(10, 200), b=(10, 200), c=(0, 3)), level=0.9)
    assert seen.value == pytest.approx(0.05)
    assert seen.interval.high > 0.7


def test_one_group_has_no_gap_to_speak_of():
    assert estimate(Shape.GAP, sides(a=(0, 50))).reason == "one-group"


def test_breaking_every_case_of_a_group_opens_the_gap():
    data = sides(a=(0, 200), b=(0, 200))
    named = [*data, *((f"x{i}", Missing("timeout", group="c")) for i in range(5))]
    assert estimate(Shape.GAP, named, level=0.9).interval.high == 1.0
    unnamed = [*sides(a=(0, 200), b=(0, 200)), *((f"x{i}", Missing("timeout")) for i in range(200))]
    assert estimate(Shape.GAP, unnamed, level=0.9).interval.high == 1.0


def test_pairing_within_questions_shows_smaller_gaps():
    rng = np.random.default_rng(4)
    hard = rng.random(300) < 0.4  # what varies between questions is the same for both names
    data = [(f"q{i}", Score(value=float(h), group=side)) for i, h in enumerate(hard) for side in "ab"]
    apart = [(f"{cluster}{score.group}", score) for cluster, score in data]
    paired, loose = estimate(Shape.GAP, data, level=0.9), estimate(Shape.GAP, apart, level=0.9)
    assert paired.interval.high < 0.04
    assert loose.interval.high > 0.1
    assert (paired.count, loose.count) == (300, 600)


@pytest.mark.parametrize(("groups", "each"), [("ab", 0.05 / 2), ("abc", 0.05 / 6)])
def test_every_ordered_pair_of_groups_pays_its_share_of_the_error(groups, each):
    """Only a differs from the rest, and only there are bounds above 0: its own, at its share."""
    hits = [(i, g) for i in range(120) for g in groups]
    data = [(f"q{i}", Score(value=float(g == "a" and i % 4 == 0), group=g)) for i, g in hits]
    pairs = [(f"q{i}", Score(value=float(i % 4 == 0)), Score(value=0.0)) for i in range(120)]
    gap, pair = estimate(Shape.GAP, data, level=0.9), paired_difference(pairs, level=1 - 2 * each)
    assert gap.interval.high == pytest.approx(pair.interval.high, abs=1e-9)
    assert gap.interval.low == pytest.approx(pair.interval.low, abs=1e-9)


# -- unbounded ---------------------------------------------------------------------


@pytest.mark.parametrize("shape", [Shape.AVERAGE, Shape.RATIO])
@pytest.mark.parametrize("values", [[3.0], [3.0] * 50])
def test_no_scatter_is_no_certainty(shape, values):
    seen = estimate(shape, rows(values), level=0.9)
    assert seen.value == 3.0
    assert (seen.interval.low, seen.interval.high) == (-math.inf, math.inf)


def test_an_average_resembles_its_textbook_interval():
    values = np.random.default_rng(6).normal(10, 2, size=200)
    seen = estimate(Shape.AVERAGE, rows(values), level=0.9)
    reach = 1.653 * values.std(ddof=1) / math.sqrt(200)
    assert seen.interval.low == pytest.approx(values.mean() - reach, abs=0.05)
    assert seen.interval.high == pytest.approx(values.mean() + reach, abs=0.05)


def test_a_ratio_divides_sums_not_cases():
    data = [("a", Score(value=10.0, per=1.0)), ("b", Score(value=0.0, per=9.0)), ("c", Score(value=5.0, per=5.0))]
    assert estimate(Shape.RATIO, data).value == 1.0


def test_a_ratio_over_nothing_is_unknown():
    seen = estimate(Shape.RATIO, [("a", Score(value=1.0, per=0.0)), ("b", Score(value=2.0, per=0.0))])
    assert not seen.known


def test_throughput_is_work_over_wall_time():
    rng = np.random.default_rng(3)
    at = 1e9 + np.cumsum(rng.exponential(0.1, size=400))
    seen = estimate(Shape.THROUGHPUT, [(f"c{i}", Score(value=30.0, at=float(t))) for i, t in enumerate(at)])
    assert seen.interval.low < 300 < seen.interval.high
    assert seen.value == pytest.approx(300, rel=0.15)
    assert seen.count == 20


def test_throughput_without_elapsed_time_is_unknown():
    seen = estimate(Shape.THROUGHPUT, [("a", Score(value=3.0, at=5.0)), ("b", Score(value=3.0, at=5.0))])
    assert not seen.known


# -- pairs -------------------------------------------------------------------------------


def test_mcnemar_looks_only_at_cases_that_differ():
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(0, 5) == pytest.approx(2 * 0.5**5)
    assert mcnemar(5, 0) == mcnemar(0, 5)
    with pytest.raises(ValueError):
        mcnemar(-1, 2)


def test_pairs_see_what_separate_rates_cannot():
    pairs = [(f"c{i}", Score(value=float(i % 2)), Score(value=float(i % 2))) for i in range(400)]
    seen = paired_difference(pairs, level=0.9)
    assert seen.value == 0.0
    assert -0.02 < seen.interval.low < 0.0 < seen.interval.high < 0.02


def test_a_pair_with_a_hole_counts_as_the_worst_on_either_end():
    whole = [(f"c{i}", Score(value=0.0), Score(value=0.0)) for i in range(100)]
    holed = [*whole[:-1], ("c99", Missing("timeout"), Score(value=0.0))]
    a, b = paired_difference(whole), paired_difference(holed)
    assert b.interval.high > a.interval.high
    assert b.interval.low <= a.interval.low
    assert b.missing == 1


def test_pairs_needed_runs_both_ways():
    level = [(f"c{i}", Score(value=0.0), Score(value=0.0)) for i in range(100)]
    assert further_pairs(level, 0.01, alpha=0.05) in range(1, 500)
    worse = [(f"c{i}", Score(value=float(i % 3 == 0)), Score(value=0.0)) for i in range(12)]
    assert further_pairs(worse, 0.05, alpha=0.001)
    assert further_pairs([("c", Missing("x"), Missing("x"))], 0.05, alpha=0.05) is None


# -- several at once -------------------------------------------------------------------------


def test_holm_steps_down():
    p = {"a": 0.012, "b": 0.016, "c": 0.04, "d": 0.9}
    rejected = holm(p, lambda name, level: p[name] <= level, alpha=0.05)
    assert rejected == {"a", "b"}  # 0.05 / 4, then 0.05 / 3, and 0.04 is above 0.05 / 2
    assert holm([], lambda name, level: True, alpha=0.05) == frozenset()


# -- planning and displays ----------------------------------------------------------------------


def test_planning_answers_for_every_shape():
    rng = np.random.default_rng(2)
    slow = rows(rng.lognormal(size=60))
    assert further_trials(Shape.P95, slow, 7.0, side="at_most", alpha=0.05) is not None
    assert further_trials(Shape.AVERAGE, slow, 2.2, side="at_most", alpha=0.05) > 0
    assert further_trials(Shape.AVERAGE, [("a", Missing("x"))], 2.2, side="at_most", alpha=0.05) is None
    assert further_trials(Shape.P95, [], 2.0, side="at_most", alpha=0.05) == 59
    assert further_trials(Shape.RATE, [], 0.02, side="at_most", alpha=0.05) == 149
    assert further_trials(Shape.RATE, [], 1.5, side="at_most", alpha=0.05) is None
    assert further_trials(Shape.GAP, sides(a=(5, 50), b=(6, 50)), 0.1, side="at_most", alpha=0.05) > 100


@given(st.lists(st.tuples(st.integers(0, 12), st.sampled_from([0.0, 1.0, None])), max_size=30))
def test_a_running_rate_is_the_estimate(seen):
    running, outcomes = RunningRate(), []
    for cluster, value in seen:
        outcome = Missing("timeout") if value is None else Score(value=value)
        running.add(f"c{cluster}", outcome)
        outcomes.append((f"c{cluster}", outcome))
    ours, whole = running.estimate(level=0.9), estimate(Shape.RATE, outcomes, level=0.9)
    if isinstance(whole, Missing) or isinstance(ours, Missing):
        assert ours == whole
        return
    assert ours.interval.low == pytest.approx(whole.interval.low, abs=1e-9)
    assert ours.interval.high == pytest.approx(whole.interval.high, abs=1e-9)
    assert (ours.count, ours.cases, ours.missing) == (whole.count, whole.cases, whole.missing)
