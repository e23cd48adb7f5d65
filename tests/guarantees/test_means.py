"""Bets on means: exact where outcomes can be enumerated, simulated with a bound where not."""

import math

import numpy as np
import pytest
from scipy.stats import binom, multinomial
from tests.often import often

from trimtab import stats
from trimtab.kinds import Score, Shape
from trimtab.stats import clopper_pearson
from trimtab.stats.bounded import least_mean, log_evidence

ALPHA = 0.05
TARGET = math.log(1 / ALPHA)


@pytest.mark.parametrize("mean", [0.01, 0.1, 0.1000001, 0.5, 0.9, 0.95, 0.99])
@pytest.mark.parametrize("count", [10, 60, pytest.param(300, marks=pytest.mark.slow)])
def test_false_proof_of_a_mean_exactly(mean, count):
    """P(the lower end exceeds the true mean) over all outcomes of 0/1 scores."""
    hits = np.arange(count + 1)
    wrong = [k for k in hits if least_mean((hits[1:] <= k).astype(float), tail=ALPHA) > mean]
    assert binom.pmf(wrong, count, mean).sum() <= ALPHA


def estimate(*args, **kwargs):
    return stats.estimate(*args, **kwargs)  # untyped: a Missing where none is expected fails the test


def draws(rng, kind, size):
    """Independent scores in [0, 1], and their true mean."""
    if kind == "uniform":
        return rng.random(size), 0.5
    if kind == "skewed":
        return rng.beta(0.3, 5.0, size), 0.3 / 5.3
    if kind == "rare-and-large":
        return np.where(rng.random(size) < 0.02, 1.0, 0.0) * rng.choice([0.5, 1.0], size), 0.015
    if kind == "two-points":
        return rng.choice([0.2, 0.9], size, p=[0.8, 0.2]), 0.34
    shares = rng.beta(2.0, 8.0, size)  # "clusters": 7 cases each around a share of their own
    return rng.binomial(7, shares) / 7, 0.2


@pytest.mark.parametrize("kind", ["uniform", "skewed", "rare-and-large", "two-points", "clusters"])
@pytest.mark.parametrize("count", [8, 60, pytest.param(400, marks=pytest.mark.slow)])
def test_coverage_of_means(kind, count, never_above):
    rng = np.random.default_rng(count)
    runs = often(1000)
    below = above = 0
    for _ in range(runs):
        values, mean = draws(rng, kind, count)
        above += log_evidence(values, mean) >= TARGET  # the lower end lies above the truth
        below += log_evidence(1 - values, 1 - mean) >= TARGET
    never_above(above, runs, ALPHA)
    never_above(below, runs, ALPHA)


def test_evidence_is_what_the_interval_is_made_of():
    """The short cut of these tests: the end lies above m only if the evidence against m suffices."""
    rng = np.random.default_rng(0)
    for _ in range(200):
        values, mean = draws(rng, "skewed", 50)
        if least_mean(values, tail=ALPHA) > mean:
            assert log_evidence(values, mean) >= TARGET - 1e-9


def clustered(rng, seeds, variants, rate, icc):
    """Failures per seed: the seeds differ in how easily they break."""
    a = rate * (1 - icc) / icc
    return rng.binomial(variants, rng.beta(a, a * (1 - rate) / rate, seeds))


@pytest.mark.parametrize(("seeds", "variants", "icc"), [(100, 20, 0.3), (100, 20, 0.5), (300, 20, 0.5), (20, 100, 0.5)])
def test_mutations_of_a_seed_prove_nothing(seeds, variants, icc, never_above):
    """A model exactly at a 2 % floor: counting variants as trials passes it in a quarter of runs and more."""
    rng = np.random.default_rng(1)
    runs, floor = often(600), 0.02
    naive = ours = 0
    for _ in range(runs):
        failures = clustered(rng, seeds, variants, floor, icc)
        naive += clopper_pearson(int(failures.sum()), seeds * variants, level=1 - 2 * ALPHA).high <= floor
        ours += log_evidence(1 - failures / variants, 1 - floor) >= TARGET
    never_above(ours, runs, ALPHA)
    assert naive / runs > 0.2


def test_enough_seeds_do_prove_it():
    rng = np.random.default_rng(2)
    passed = 0
    for _ in range(60):
        failures = clustered(rng, 400, 5, 0.003, 0.1)
        outcomes = [(f"s{s}", Score(value=float(v < k))) for s, k in enumerate(failures) for v in range(5)]
        passed += estimate(Shape.RATE, outcomes, level=1 - 2 * ALPHA).interval.high <= 0.02
    assert passed > 50


def trinomial(pairs, worse, better):
    """Every outcome of paired 0/1 scores (cases that got worse, that got better), with its probability."""
    grid = [(w, b) for w in range(pairs + 1) for b in range(pairs + 1 - w)]
    cells = np.array([(w, b, pairs - w - b) for w, b in grid])
    return grid, multinomial.pmf(cells, pairs, [worse, better, 1 - worse - better])


@pytest.mark.parametrize(("margin", "agreeing"), [(0.05, 1.0), (0.05, 0.9), (0.1, 0.7), (0.02, 0.95)])
def test_false_pass_of_non_inferiority_exactly_at_the_margin(margin, agreeing):
    """Worse by exactly the margin, with little and much disagreement otherwise: summed over all outcomes."""
    pairs = 80
    better = (1 - agreeing) / 2
    grid, chances = trinomial(pairs, margin + better, better)
    likely = chances > 1e-9
    wrong = 1e-9 * (~likely).sum()
    for (w, b), chance in zip(np.array(grid)[likely], chances[likely], strict=True):
        values = np.concatenate([np.zeros(w), np.ones(b), np.full(pairs - w - b, 0.5)])  # (1 - difference) / 2
        wrong += chance * (log_evidence(values, (1 - margin) / 2) >= TARGET)
    assert wrong <= ALPHA


@pytest.mark.slow
@pytest.mark.parametrize("order", [0.5, 0.95])
def test_coverage_of_clustered_quantiles(order, never_above):
    """Latency with a slow day per cluster; the truth by a large sample of the same process."""
    from trimtab.stats.quantile import quantile

    rng = np.random.default_rng(7)
    truth = float(np.quantile(np.exp(rng.normal(0, 0.8, 2_000_000) + rng.normal(0, 0.6, 2_000_000)), order))
    runs, low, high = often(400), 0, 0
    for _ in range(runs):
        values = np.exp(rng.normal(0, 0.8, (80, 1)) + rng.normal(0, 0.6, (80, 5)))
        rows = [(f"c{i}", Score(value=float(v))) for i, row in enumerate(values) for v in row]
        seen = quantile(rows, order, level=1 - 2 * ALPHA).interval
        low += seen.low > truth
        high += seen.high < truth
    never_above(low, runs, ALPHA)
    never_above(high, runs, ALPHA)


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("groups", [2, pytest.param(4, marks=pytest.mark.slow)])
def test_coverage_of_the_largest_gap(paired, groups, never_above):
    """All groups equal, where picking the largest difference misleads most, and one group truly worse."""
    rng = np.random.default_rng(9)
    runs = often(80)
    for extra in (0.0, 0.1):
        false_floor = missed = 0
        for _ in range(runs):
            hard = rng.beta(1, 4, (60, 1)) * np.ones((1, groups))
            hard[:, 0] = hard[:, 0] * (1 - extra) + extra
            hits = rng.random((60, groups)) < hard
            rows = [
                (f"q{q}" if paired else f"q{q}{g}", Score(value=float(hits[q, g]), group=f"g{g}"))
                for q in range(60)
                for g in range(groups)
            ]
            seen = estimate(Shape.GAP, rows, level=1 - 2 * ALPHA).interval
            truth = extra * 0.8  # mean of 1 - beta(1, 4) is 0.8
            false_floor += seen.high < truth
            missed += seen.low > truth
        never_above(false_floor, runs, ALPHA)
        never_above(missed, runs, ALPHA)


@pytest.mark.slow
@pytest.mark.parametrize("shape", [Shape.PRECISION, Shape.F1])
def test_coverage_of_clustered_confusion_tables(shape, never_above):
    rng = np.random.default_rng(11)
    runs, low, high = often(250), 0, 0
    cells = np.array(["tp", "fp", "fn", "tn"])
    truth = {Shape.PRECISION: 0.4 / 0.5, Shape.F1: 0.8 / (0.8 + 0.1 + 0.2)}[shape]
    for _ in range(runs):
        shares = rng.dirichlet(np.array([0.4, 0.1, 0.2, 0.3]) * 3, size=50)
        rows = [
            (f"c{i}", Score(value=1.0, group=str(cell)))
            for i, share in enumerate(shares)
            for cell in rng.choice(cells, 4, p=share)
        ]
        seen = estimate(shape, rows, level=1 - 2 * ALPHA).interval
        low += seen.low > truth
        high += seen.high < truth
    never_above(low, runs, ALPHA)
    never_above(high, runs, ALPHA)


@pytest.mark.slow
@pytest.mark.parametrize("shape", [Shape.AVERAGE, Shape.RATIO])
@pytest.mark.parametrize("clusters", [30, 150])
def test_approximate_intervals_are_nearly_right(shape, clusters):
    """These are named approximate: on skewed costs each end errs in 2.5 to 9 % of runs where 5 % are meant."""
    rng = np.random.default_rng(13)
    runs, low, high = 600, 0, 0
    for _ in range(runs):
        size = rng.integers(1, 4, clusters)
        level = np.exp(rng.normal(0, 0.5, clusters))
        rows = []
        for c in range(clusters):
            values = level[c] * np.exp(rng.normal(0, 0.5, size[c]))
            rows += [(f"c{c}", Score(value=float(value), per=2.0)) for value in values]
        seen = estimate(shape, rows, level=1 - 2 * ALPHA).interval
        truth = math.exp(0.25) / (2.0 if shape is Shape.RATIO else 1.0)
        low += seen.low > truth
        high += seen.high < truth
    assert max(low, high) / runs < 0.09
    assert min(low, high) / runs > 0.015
