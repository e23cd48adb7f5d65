"""How many are hidden: the estimator against its formulas, its interval against exact sums, and where neither holds."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import chi2, hypergeom

from trimtab.errors import InsufficientEvidenceError
from trimtab.stats.counts import poisson_rate
from trimtab.stats.recapture import LEAST_FOUND_AGAIN, _union, hidden, union_interval


def drawn(rng, chances):
    """What each hunter finds: `chances[flaw][hunter]`, each by itself."""
    hits = rng.random(chances.shape) < chances
    return [{str(flaw) for flaw in np.flatnonzero(column)} for column in hits.T]


# -- the estimate ------------------------------------------------------------------------------------


def test_of_two_hunters_it_is_chapmans():
    ann, ben = set("abcdefgh"), set("efghijklmn")
    n1, n2, m = len(ann), len(ben), len(ann & ben)
    chapman = (n1 + 1) * (n2 + 1) / (m + 1) - 1
    seen = hidden([ann, ben])
    assert seen.found + seen.hidden == pytest.approx(chapman, abs=1e-12)
    assert (seen.found, seen.again, seen.method) == (14, 4, "chapman")


def test_of_more_hunters_it_is_chaos_for_hunters_who_differ():
    lists = [set("abcdef"), set("cdefghi"), set("efgxyz")]
    alone = [2, 2, 3]  # ab, hi, xyz
    twice = 3  # c, d, g
    pairs = sum(a * b for a, b in itertools.combinations(alone, 2))
    seen = hidden(lists)
    assert seen.hidden == pytest.approx(pairs / (twice + 1), abs=1e-12)
    assert seen.method == "chao-mt"


def test_the_order_of_hunters_and_one_who_found_nothing_change_nothing():
    lists = [set("abcdef"), set("cdefghi"), set("efgxyz")]
    first = hidden(lists)
    assert all(hidden([*order, set()]) == first for order in itertools.permutations(lists))


@pytest.mark.parametrize("spread", [0.0, 0.5, 1.5])
def test_with_flaws_that_differ_the_estimate_tends_to_less_than_the_truth_never_to_more(spread):
    # Expectations exactly: flaw i is found by hunter j with odds a_i b_j. Cauchy-Schwarz says which way it errs.
    ease = np.exp(np.linspace(-spread, spread, 40))
    skill = np.array([0.2, 0.4, 0.9])
    odds = ease[:, None] * skill[None, :]
    missed = np.prod(1.0 / (1.0 + odds), axis=1)
    alone = missed @ odds
    twice = sum(missed @ (odds[:, j] * odds[:, k]) for j, k in itertools.combinations(range(3), 2))
    pairs = sum(alone[j] * alone[k] for j, k in itertools.combinations(range(3), 2))
    tends_to, truth = pairs / twice, missed.sum()
    if spread == 0.0:
        assert tends_to == pytest.approx(truth)
    else:
        assert tends_to < truth * 0.97


@pytest.mark.parametrize(
    ("lists", "have"),
    [
        ([set("abcdef")], 1),
        ([set("abc"), set()], 1),
        ([set("abc"), set("def")], 0),
        ([set("abc"), set("bcdefgh")], 2),
    ],
)
def test_too_little_found_twice_is_refused(lists, have):
    with pytest.raises(InsufficientEvidenceError) as refused:
        hidden(lists)
    assert refused.value.have == have


def test_a_hair_more_is_not_refused():
    lists = [set("abc"), set("abcdefgh")]
    assert hidden(lists).again == LEAST_FOUND_AGAIN
    # One hunter found nothing alone, so the estimate is nothing; the interval knows better.
    assert hidden(lists).hidden == 0.0
    assert hidden(lists).interval.high >= 3.0


# -- the law behind the interval -----------------------------------------------------------------------


def test_of_two_samples_the_law_is_hypergeometric():
    for number, (a, b) in itertools.product((9, 20, 400), ((3, 5), (9, 9), (1, 8))):
        law = _union([a, b], number)
        wanted = [hypergeom.pmf(a + b - u, number, a, b) for u in range(a + b + 1)]
        assert law == pytest.approx(wanted, abs=1e-12)


def test_of_three_samples_the_law_is_that_of_all_ways_to_draw_them():
    number, sizes = 5, (2, 3, 2)
    every = [list(itertools.combinations(range(number), size)) for size in sizes]
    unions = [len(set().union(*draws)) for draws in itertools.product(*every)]
    wanted = [unions.count(u) / len(unions) for u in range(sum(sizes) + 1)]
    assert _union(sizes, number) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("sizes", [(4, 9), (12, 15), (6, 7, 8), (3, 9, 5, 7)])
@pytest.mark.parametrize("number", [16, 40, 150])
def test_each_end_errs_no_more_often_than_it_says_exactly(number, sizes, level):
    tail = (1.0 - level) / 2.0
    too_high = too_low = 0.0
    law = _union(sizes, number)
    for found in range(max(sizes), min(sum(sizes), number) + 1):
        seen = union_interval(sizes, found, level=level)
        too_high += law[found] * (seen.low > number)
        too_low += law[found] * (seen.high < number)
    assert too_high <= tail
    assert too_low <= tail


def test_without_anything_found_twice_there_is_no_upper_end():
    assert union_interval([5, 6], 11, level=0.9).high == math.inf


def test_many_findings_are_no_trouble():
    seen = union_interval([800, 900, 700, 600], 2000, level=0.95)
    assert 2500 < seen.low < seen.high < 3200
    assert union_interval([5000, 5000], 9990, level=0.95).low > 1_000_000


@pytest.mark.parametrize(
    ("sizes", "found", "level"), [([], 0, 0.9), ([0, 3], 3, 0.9), ([3, 4], 8, 0.9), ([3, 4], 3, 0.9), ([3], 3, 1.0)]
)
def test_what_cannot_be_is_an_error(sizes, found, level):
    with pytest.raises(ValueError, match="out of range"):
        union_interval(sizes, found, level=level)


# -- what is promised of the whole, and what is not ----------------------------------------------------


def errors(chances, *, seed, runs=400):
    """How often the low end is too high and the high end too low, and how often there is an answer."""
    rng = np.random.default_rng(seed)
    truth, high, low, said = len(chances), 0, 0, 0
    for _ in range(runs):
        try:
            seen = hidden(drawn(rng, chances), level=0.95)
        except InsufficientEvidenceError:
            continue
        said += 1
        high += seen.found + seen.interval.low > truth
        low += seen.found + seen.interval.high < truth
    return high / runs, low / runs, said / runs


@pytest.mark.parametrize(("flaws", "hunters"), [(20, 2), (60, 2), (20, 4), (60, 4)])
def test_coverage_where_all_flaws_are_as_easy_to_find(flaws, hunters):
    skill = np.linspace(0.25, 0.55, hunters)  # hunters may differ
    too_high, too_low, _ = errors(np.tile(skill, (flaws, 1)), seed=3)
    # 0.025 each, and four standard errors of 400 runs.
    assert too_high <= 0.025 + 4 * math.sqrt(0.025 * 0.975 / 400)
    assert too_low <= 0.025 + 4 * math.sqrt(0.025 * 0.975 / 400)


def test_coverage_where_flaws_differ_is_kept_at_the_low_end_and_lost_at_the_high_one():
    rng = np.random.default_rng(4)
    ease = rng.beta(0.5, 1.0, size=60)  # some are found by all, some by nobody
    skill = np.array([0.7, 0.9, 1.0, 0.8])
    too_high, too_low, said = errors(ease[:, None] * skill[None, :], seed=5)
    assert said > 0.9
    assert too_high <= 0.025
    assert too_low > 0.3  # why reports say "at least"


def test_coverage_where_hunters_follow_one_another_is_kept_at_the_low_end_only():
    rng = np.random.default_rng(6)
    too_high = too_low = 0
    for _ in range(300):
        ann = {str(flaw) for flaw in np.flatnonzero(rng.random(60) < 0.4)}
        ben = {flaw for flaw in ann if rng.random() < 0.8}
        ben |= {str(flaw) for flaw in range(60) if str(flaw) not in ann and rng.random() < 0.15}
        seen = hidden([ann, ben], level=0.95)
        too_high += seen.found + seen.interval.low > 60
        too_low += seen.found + seen.interval.high < 60
    assert too_high / 300 <= 0.025
    assert too_low / 300 > 0.9


# -- events over time ----------------------------------------------------------------------------------


@pytest.mark.parametrize("events", [0, 1, 7, 400])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_rate_of_events_is_garwoods(events, level):
    tail = (1.0 - level) / 2.0
    seen = poisson_rate(events, 8.0, level=level)
    assert seen.low == pytest.approx(chi2.ppf(tail, 2 * events) / 16.0 if events else 0.0, rel=1e-9)
    assert seen.high == pytest.approx(chi2.ppf(1.0 - tail, 2 * events + 2) / 16.0, rel=1e-9)


@pytest.mark.parametrize("mean", [0.3, 2.0, 11.0])
def test_the_rate_of_events_is_left_out_no_more_often_than_it_says_exactly(mean):
    too_high = too_low = 0.0
    for events in range(80):
        chance = math.exp(events * math.log(mean) - mean - math.lgamma(events + 1))
        seen = poisson_rate(events, 2.0, level=0.9)
        too_high += chance * (seen.low > mean / 2.0)
        too_low += chance * (seen.high < mean / 2.0)
    assert too_high <= 0.05
    assert too_low <= 0.05


@pytest.mark.parametrize(
    ("events", "exposure", "level"), [(-1, 1.0, 0.9), (1, 0.0, 0.9), (1, math.nan, 0.9), (1, 1, 1)]
)
def test_no_rate_of_what_cannot_be(events, exposure, level):
    with pytest.raises(ValueError, match="out of range"):
        poisson_rate(events, exposure, level=level)
