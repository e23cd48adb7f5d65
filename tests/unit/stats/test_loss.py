"""Severities say exactly what they draw; years are reproducible, bounded in memory, and free of each other."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from trimtab.errors import InsufficientEvidenceError
from trimtab.stats import loss as module
from trimtab.stats.expert_ranges import record
from trimtab.stats.loss import Losses, Scenario, simulate
from trimtab.stats.poisson import GammaRate
from trimtab.stats.pooling import pooled
from trimtab.stats.severity import Lognormal, Pert, Point, Severity, Spliced, from_range

BODY = Lognormal.from_range(1e3, 1e5)
SEVERITIES: dict[str, Severity] = {
    "point": Point(300.0),
    "log-normal": BODY,
    "pert": Pert(100.0, 400.0, 2000.0),
    "pert from its edge": Pert(0.0, 0.0, 50.0),
    "light tail": Spliced(BODY, 5e4, 4.5),
    "heavy tail": Spliced(BODY, 2e5, 2.2),
}
years = st.integers(1, 3000)


# -- severities ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SEVERITIES)
def test_moments_and_tail_are_those_of_the_distribution(name):
    """By integrating the tail: E X = integral of P(X > x), E X^2 = integral of 2 x P(X > x)."""
    one = SEVERITIES[name]

    def on_the_logarithm(u, power):
        x = math.exp(u)
        return power * x**power * one.above(x)

    for power, claimed in ((1, one.mean), (2, one.square)):
        cuts = [math.log(300.0), math.log(5e4), math.log(2e5), math.log(2000.0), math.log(100.0), math.log(50.0)]
        found, _ = integrate.quad(
            on_the_logarithm, -20.0, 120.0 if name == "heavy tail" else 40.0, args=(power,), limit=2000, points=cuts
        )
        assert claimed == pytest.approx(found, rel=1e-5)


@pytest.mark.parametrize("name", SEVERITIES)
def test_what_is_drawn_has_the_tail_that_is_said(name):
    one = SEVERITIES[name]
    drawn = one.draw(np.random.default_rng(1), 100_000)
    assert drawn.min() >= 0.0
    for part in (0.01, 0.3, 0.7, 0.95, 0.999):
        amount = float(np.quantile(drawn, part))
        seen, said = float((drawn > amount).mean()), one.above(amount)
        assert seen == pytest.approx(said, abs=5.0 * math.sqrt(said * (1.0 - said) / 100_000) + 2e-5)


def test_peers():
    low, high = stats.lognorm(BODY.sigma, scale=math.exp(BODY.mu)).ppf([0.05, 0.95])
    assert (low, high) == pytest.approx((1e3, 1e5))
    assert BODY.range == pytest.approx((1e3, 1e5))
    pert = Pert(100.0, 400.0, 2000.0)
    peer = stats.beta(*pert._shapes, loc=100.0, scale=1900.0)
    assert (pert.mean, pert.square) == pytest.approx((peer.mean(), peer.var() + peer.mean() ** 2))
    assert pert.above(700.0) == pytest.approx(float(peer.sf(700.0)))


def test_a_tail_too_heavy_for_a_scatter_says_so():
    assert Spliced(BODY, 1e5, 2.0).square == math.inf
    assert Scenario(name="a", rate=1.0, loss=Spliced(BODY, 1e5, 1.5)).variance() == math.inf
    assert Spliced(BODY, 1e5, 1.2).mean > Spliced(BODY, 1e5, 3.0).mean


def test_what_a_stated_range_stands_for():
    assert from_range(5.0, 5.0) == Point(5.0)
    assert from_range(0.0, 0.0) == Point(0.0)
    assert from_range(1e3, 1e5) == BODY
    assert from_range(0.0, 10.0) == Pert(0.0, 5.0, 10.0)
    with pytest.raises(ValueError, match="range of amounts"):
        from_range(10.0, 5.0)


@pytest.mark.parametrize("make", [
    lambda: Point(-1.0), lambda: Point(math.inf), lambda: Lognormal(0.0, 0.0), lambda: Lognormal(math.nan, 1.0),
    lambda: Lognormal.from_range(0.0, 1.0), lambda: Pert(1.0, 0.5, 2.0), lambda: Pert(1.0, 1.0, 1.0),
    lambda: Spliced(BODY, 0.0, 2.0), lambda: Spliced(BODY, 1.0, 1.0), lambda: from_range(-1.0, 1.0),
    lambda: Scenario(name="", rate=1.0, loss=BODY), lambda: Scenario(name="a", rate=-1.0, loss=BODY),
    lambda: Scenario(name="a", rate=math.nan, loss=BODY), lambda: Scenario(name="a\x00b", rate=1.0, loss=BODY),
    lambda: Scenario(name="a", rate=1.0, loss=BODY, secondary=BODY),
    lambda: Scenario(name="a", rate=1.0, loss=BODY, secondary_chance=0.5),
    lambda: Scenario(name="a", rate=1.0, loss=BODY, secondary=BODY, secondary_chance=1.5),
])  # fmt: skip
def test_what_cannot_be_is_refused(make):
    with pytest.raises(ValueError, match=r"\w"):
        make()


# -- years -----------------------------------------------------------------------------------------

A = Scenario(name="leak", rate=0.3, loss=BODY)
B = Scenario(name="outage", rate=4.0, loss=Pert(0.0, 10.0, 90.0), secondary=BODY, secondary_chance=0.2, shocked=True)
C = Scenario(name="fine", rate=GammaRate.from_range(0.1, 1.0), loss=Spliced(BODY, 1e5, 2.5), shocked=True)


@settings(max_examples=20)
@given(st.permutations([A, B, C]), st.integers(1, 3), st.integers(0, 2**64), years)
def test_another_scenario_and_another_order_change_nothing(order, kept, seed, count):
    whole = simulate(order, seed=seed, years=count, shock=0.5)
    part = simulate(order[:kept], seed=seed, years=count, shock=0.5)
    assert np.array_equal(whole.by_scenario[:kept], part.by_scenario)
    again = simulate([A, B, C], seed=seed, years=count, shock=0.5)
    for row, one in zip(whole.by_scenario, order, strict=True):
        assert np.array_equal(row, again.by_scenario[[A, B, C].index(one)])


def test_seeds_and_names_are_streams_of_their_own():
    first, second = simulate([A], seed=1), simulate([A], seed=2)
    assert not np.array_equal(first.total, second.total)
    twins = simulate([Scenario(name=n, rate=2.0, loss=BODY) for n in ("x", "y")], seed=1)
    assert abs(float(np.asarray(np.corrcoef(twins.by_scenario))[0, 1])) < 0.02


def test_the_same_seed_gives_the_same_years():
    """To the last digit, so that a published figure can be drawn again."""
    found = simulate([A, B, C], seed=7, shock=0.5)
    assert np.array_equal(found.total, simulate([A, B, C], seed=7, shock=0.5).total)
    assert found.total.mean() == pytest.approx(found.expected, rel=0.03)


@settings(max_examples=25)
@given(st.integers(1, 40), st.integers(0, 1000), st.sampled_from([1, 3, 7]))
def test_losses_are_added_to_the_years_that_they_belong_to(size, seed, block):
    """Whatever the blocks: with losses of 1 a year's loss is its count."""
    counts = np.random.default_rng(seed).poisson(1.5, size)
    losses = np.zeros(size)
    kept = module._BLOCK
    module._BLOCK = block
    try:
        module._add(losses, counts, Point(1.0), np.random.default_rng(0))
    finally:
        module._BLOCK = kept
    assert losses.tolist() == counts.tolist()


def test_memory_is_bounded():
    """A thousand times as many events in a year take no more memory."""
    peaks = []
    for rate in (2.0, 2_000.0):
        tracemalloc.start()
        simulate([Scenario(name="a", rate=rate, loss=BODY)], seed=1, years=5_000)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 12e6


def test_one_crowded_year_is_drawn_in_pieces():
    many = 3 * module._BLOCK
    found = simulate([Scenario(name="a", rate=float(many), loss=Point(1.0))], seed=1, years=2)
    assert found.total == pytest.approx([many] * 2, rel=0.01)


def test_nothing_ever_happens():
    found = simulate([Scenario(name="a", rate=0.0, loss=BODY, shocked=True)], seed=1, years=1000, shock=1.0)
    assert found.total.max() == found.expected == found.var().value == found.cvar().value == 0.0
    assert found.scenarios[0].variance(1.0) == 0.0
    assert found.exceedance([0.0])[0].value == 0.0


@pytest.mark.parametrize("bad", [
    {"scenarios": []}, {"scenarios": [A, A]}, {"seed": -1}, {"years": 0}, {"shock": -0.1}, {"shock": math.inf},
    {"scenarios": [Scenario(name="flood", rate=1e9, loss=Point(1.0))]},
])  # fmt: skip
def test_years_that_cannot_be_drawn(bad):
    with pytest.raises(ValueError, match=r"needs scenarios|out of range|flood: more than"):
        simulate(**{"scenarios": [A], "seed": 1, "years": 10_000} | bad)


def of(total):
    return Losses(scenarios=(A,), by_scenario=np.array([total]), total=np.array(total), seed=0, shock=0.0)


def test_var_and_cvar_by_hand():
    """1 to 1,000: five in a hundred exceed 950, and their mean is 975.5; at a level between two years by weights."""
    found = of(np.arange(1.0, 1001.0)[::-1].copy())
    assert found.var(0.95).value == 950.0
    assert found.cvar(0.95).value == pytest.approx(975.5)
    assert found.cvar(0.9505).value == pytest.approx((0.5 * 951.0 + sum(range(952, 1001))) / 49.5)
    assert found.exceedance([950.0, 999.5])[0].value == 0.05
    assert found.exceedance([1000.0])[0].value == 0.0


@settings(max_examples=30)
@given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=12), st.floats(0.05, 0.9))
def test_cvar_is_never_below_var_nor_above_the_worst(kinds, level):
    total = (kinds * 500)[:450]
    found = of(total)
    var, cvar = found.var(level), found.cvar(level)
    assert var.value <= cvar.value * (1.0 + 1e-12) + 1e-9
    assert cvar.value <= max(total) * (1.0 + 1e-12) + 1e-9
    assert var.noise.low <= var.value <= var.noise.high
    assert found.cvar(min(level + 0.04, 0.94)).value >= cvar.value * (1.0 - 1e-9) - 1e-9


@pytest.mark.parametrize("level", [0.0, 1.0, 0.999, -1.0, math.nan])
def test_too_few_years_beyond(level):
    for figure in ("var", "cvar"):
        with pytest.raises(ValueError, match="20 years beyond"):
            getattr(of(np.arange(1000.0)), figure)(level)


# -- calibration -----------------------------------------------------------------------------------


def test_pooling_by_hand():
    """With much to tell kinds apart each keeps its centre; with little they share one; an unseen kind is the widest."""
    rng = np.random.default_rng(3)
    far = pooled(
        {k: np.exp(rng.normal(c, 0.3, 200)).tolist() for k, c in (("a", 2.0), ("b", 9.0), ("c", 5.0))} | {"new": []}
    )
    assert far.severities["b"].mu == pytest.approx(9.0, abs=0.1)
    assert far.pull["b"] < 0.01
    assert far.pull["new"] == pytest.approx(1.0)
    assert far.severities["new"].sigma > 5 * far.severities["a"].sigma
    near = pooled({k: np.exp(rng.normal(4.0, 1.0, 4)).tolist() for k in "abcdef"})
    centres = [one.mu for one in near.severities.values()]
    raw = np.ptp(centres)
    assert raw < 0.6
    assert all(0.3 < pull < 1.0 for pull in near.pull.values())


def test_a_scatter_told_from_two_losses_is_hardly_known():
    """One degree of freedom: Student's 95th percentile is 6.31, the normal one 1.64."""
    found = pooled({"a": [1.0, 2.0], "b": [5.0]})
    assert found.within == pytest.approx(math.log(2.0) / math.sqrt(2.0))
    assert found.severities["a"].sigma > 6.313 / 1.645 * found.within


def test_more_losses_are_pulled_less():
    losses = {"few": [5.0, 9.0], "some": [5.0, 9.0] * 3, "many": [5.0, 9.0] * 20, "other": [100.0, 300.0]}
    pull = pooled(losses).pull
    assert pull["few"] > pull["some"] > pull["many"] > 0.0


@settings(max_examples=20)
@given(
    st.lists(st.lists(st.floats(0.5, 1e6), min_size=2, max_size=6, unique=True), min_size=2, max_size=4), st.randoms()
)
def test_pooling_knows_no_order_and_no_currency(kinds, random):
    losses = {str(number): one for number, one in enumerate(kinds)}
    found = pooled(losses)
    mixed = {key: random.sample(losses[key], len(losses[key])) for key in random.sample(list(losses), len(losses))}
    dear = pooled({key: [amount * 1000.0 for amount in one] for key, one in mixed.items()})
    for key, one in found.severities.items():
        assert dear.severities[key].mu == pytest.approx(one.mu + math.log(1000.0), rel=1e-6, abs=1e-6)
        assert dear.severities[key].sigma == pytest.approx(one.sigma, rel=1e-6)


@pytest.mark.parametrize(("losses", "what"), [
    ({"a": [1.0], "b": [2.0]}, "losses of one kind"), ({"a": [1.0, 2.0]}, "kinds of losses"), ({}, "losses of one kind"),
    ({"a": [2.0, 2.0], "b": [3.0]}, "different losses"),
])  # fmt: skip
def test_too_few_losses(losses, what):
    with pytest.raises(InsufficientEvidenceError, match=what):
        pooled(losses)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.inf, math.nan])
def test_losses_that_cannot_be(bad):
    with pytest.raises(ValueError, match="positive and finite"):
        pooled({"a": [1.0, bad], "b": [1.0, 2.0]})


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_miss_widens_and_a_hit_never_does(hits, misses):
    held, missed = (1.0, 3.0, 2.0), (1.0, 3.0, 9.0)
    found = record([held] * hits + [missed] * misses)
    assert found.factor >= 1.0
    assert found.factor <= record([held] * hits + [missed] * (misses + 1)).factor
    assert found.factor >= record([held] * (hits + 1) + [missed] * misses).factor
    assert (found.hits, found.ranges, found.tested) == (hits, hits + misses, hits + misses > 0)
    low, high = found.widened(2.0, 8.0)
    assert low <= 2.0
    assert high >= 8.0
    assert low * high == pytest.approx(16.0)


def test_nobody_is_widened_before_any_truth_came_out_and_it_is_said():
    found = record([])
    assert (found.factor, found.tested, found.interval.low, found.interval.high) == (1.0, False, 0.0, 1.0)
    assert found.widened(2.0, 8.0) == (2.0, 8.0)
    for ends in ((0.0, 1.0), (2.0, 1.0), (1.0, math.inf)):
        with pytest.raises(ValueError, match="a range goes"):
            found.widened(*ends)
    for outcome in ((2.0, 1.0, 1.0), (1.0, 2.0, math.nan)):
        with pytest.raises(ValueError, match="finite"):
            record([outcome])
