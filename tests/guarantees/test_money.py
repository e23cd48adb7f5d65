"""The loss model against mathematics it does not use, and ranges against what they promise to hold."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import gammaln
from tests.often import often

from trimtab.stats.expert_ranges import record
from trimtab.stats.loss import Scenario, simulate
from trimtab.stats.poisson import GammaRate, shrunk
from trimtab.stats.pooling import pooled
from trimtab.stats.severity import Lognormal, Pert, Point, Spliced

# -- a numeric peer: the law of a year's losses on a grid, without a random number ---------------------


def on_a_grid(scenario, step, size, *, shock=0.0):
    """P(loss of a year is i * step), by the transform of the compound law: the generating function of the count at
    the transform of one loss. Panjer's recursion gives the same numbers, one after the other."""
    edges = (np.arange(size + 1) - 0.5) * step
    above = np.array([scenario.loss.above(max(edge, 0.0)) for edge in edges])
    above[0] = 1.0
    one = np.fft.rfft(above[:-1] - above[1:])
    if scenario.secondary is not None:
        second = np.array([scenario.secondary.above(max(edge, 0.0)) for edge in edges])
        second[0] = 1.0
        chance = scenario.secondary_chance
        one = one * (1.0 - chance + chance * np.fft.rfft(second[:-1] - second[1:]))
    if isinstance(scenario.rate, GammaRate):  # a mixed Poisson count is negative binomial
        law = (1.0 - (one - 1.0) / scenario.rate.per) ** -scenario.rate.shape
    elif shock > 0.0 and scenario.shocked:
        law = (1.0 - shock * scenario.rate * (one - 1.0)) ** (-1.0 / shock)
    else:
        law = np.exp(scenario.rate * (one - 1.0))
    return np.fft.irfft(law, size)


BODY = Lognormal.from_range(10.0, 120.0)
WORLDS = {
    "fixed rate": Scenario(name="a", rate=1.7, loss=BODY),
    "rare": Scenario(name="a", rate=0.05, loss=BODY),
    "uncertain rate": Scenario(name="a", rate=GammaRate.from_range(0.5, 4.0), loss=BODY),
    "pert": Scenario(name="a", rate=3.0, loss=Pert(0.0, 30.0, 200.0)),
    "pareto tail": Scenario(name="a", rate=1.0, loss=Spliced(BODY, 120.0, 3.5)),
    "secondary": Scenario(name="a", rate=1.2, loss=BODY, secondary=Pert(50.0, 100.0, 300.0), secondary_chance=0.3),
    "shocked": Scenario(name="a", rate=2.0, loss=BODY, shocked=True),
}


@pytest.mark.parametrize("world", WORLDS)
def test_simulated_years_are_those_of_the_law(world):
    """The whole curve: at 200 amounts the share of years beyond is within five standard errors, VaR and CVaR are."""
    one, step, size, years = WORLDS[world], 0.5, 1 << 14, 200_000
    law = on_a_grid(one, step, size, shock=0.8)
    found = simulate([one], seed=5, years=years, shock=0.8)
    amounts = np.linspace(0.0, 1500.0, 200) + step / 2
    beyond = 1.0 - np.cumsum(law)
    exact = beyond[np.floor(amounts / step).astype(int)]
    seen = np.array([reading.value for reading in found.exceedance(amounts.tolist())])
    error = np.sqrt(np.maximum(exact * (1.0 - exact), 1.0 / years) / years)
    assert np.all(np.abs(seen - exact) < 5.0 * error + 2e-4)
    var, cvar = found.var(), found.cvar()
    place = int(np.searchsorted(np.cumsum(law), 0.95))
    assert var.noise.low - step <= place * step <= var.noise.high + step
    values = np.arange(size) * step
    worst = float(law[place + 1 :] @ values[place + 1 :])
    share = float(law[place + 1 :].sum())
    tail = (worst + (0.05 - share) * values[place]) / 0.05
    assert cvar.value == pytest.approx(tail, abs=2.0 * (cvar.noise.high - cvar.noise.low) + step)


@pytest.mark.parametrize("world", WORLDS)
def test_the_grid_itself_has_the_moments_that_are_claimed(world):
    one = WORLDS[world]
    law, values = on_a_grid(one, 0.5, 1 << 16, shock=0.8), np.arange(1 << 16) * 0.5
    mean = float(law @ values)
    assert one.expected == pytest.approx(mean, rel=2e-3)
    assert one.variance(0.8) == pytest.approx(float(law @ (values - mean) ** 2), rel=0.03)


def test_panjer_gives_the_grid():
    """The recursion of 1981 itself, on a small grid: the peer above is no other law."""
    one, step, size = WORLDS["fixed rate"], 4.0, 256
    edges = np.maximum((np.arange(size + 1) - 0.5) * step, 0.0)
    above = np.array([one.loss.above(edge) for edge in edges])
    single = above[:-1] - above[1:]
    assert isinstance(one.rate, float)
    law = np.zeros(size)
    law[0] = math.exp(one.rate * (single[0] - 1.0))
    for place in range(1, size):
        j = np.arange(1, place + 1)
        law[place] = one.rate / place * float((j * single[1 : place + 1]) @ law[place - 1 :: -1])
    assert law == pytest.approx(on_a_grid(one, step, size), abs=2e-5)


def test_one_event_at_most_is_its_severity():
    """In the limit of a rare scenario a bad year is one event: P(loss > x) = rate P(X > x)."""
    found = simulate([Scenario(name="rare", rate=1e-3, loss=BODY)], seed=1, years=2_000_000)
    for amount, reading in zip((5.0, 40.0, 100.0), found.exceedance([5.0, 40.0, 100.0]), strict=True):
        exact = -math.expm1(-1e-3 * BODY.above(amount))
        assert reading.noise.low * 0.97 <= exact <= reading.noise.high * 1.03


def test_the_noise_that_is_shown_is_the_noise(never_above):
    """Over 200 seeds: VaR and CVaR of 4,000 years lie outside of what they say as rarely as they say."""
    one = WORLDS["fixed rate"]
    law = on_a_grid(one, 0.5, 1 << 14)
    place = int(np.searchsorted(np.cumsum(law), 0.95))
    values = np.arange(1 << 14) * 0.5
    share = float(law[place + 1 :].sum())
    tail = (float(law[place + 1 :] @ values[place + 1 :]) + (0.05 - share) * values[place]) / 0.05
    wrong = [0, 0]
    for seed in range(200):
        found = simulate([one], seed=seed, years=4_000)
        var, cvar = found.var(), found.cvar()
        wrong[0] += not var.noise.low - 0.5 <= values[place] <= var.noise.high + 0.5
        wrong[1] += not cvar.noise.low <= tail <= cvar.noise.high
    never_above(wrong[0], 200, 0.05)
    never_above(wrong[1], 200, 0.065)  # normal, of skewed losses
    assert sum(wrong) > 2


def test_a_shock_makes_bad_years_come_together():
    """Covariance rate_i rate_j v E X_i E X_j, exactly; without a shock there is none."""
    pair = [Scenario(name=name, rate=2.0, loss=Point(10.0), shocked=True) for name in "ab"]
    together = np.cov(simulate(pair, seed=2, shock=0.5).by_scenario)
    apart = np.cov(simulate(pair, seed=2).by_scenario)
    assert together[0, 1] == pytest.approx(2.0 * 2.0 * 0.5 * 10.0 * 10.0, rel=0.05)
    assert together[0, 0] == pytest.approx(pair[0].variance(0.5), rel=0.05)
    assert abs(apart[0, 1]) < 4.0 * 200.0 / math.sqrt(100_000)


# -- calibration -----------------------------------------------------------------------------------


def test_ranges_of_rates_hold_as_often_as_they_say(never_above):
    """Simulated coverage of each unit's rate, with three, six and thirty units; raw rates err by more."""
    rng = np.random.default_rng(4)
    for units, runs in ((3, 30), (6, 20), (30, 4)):
        missed, ours, raw = 0, 0.0, 0.0
        for _ in range(runs):
            true, time = rng.gamma(4.0, 0.25, units), rng.uniform(0.5, 20.0, units)
            counts = rng.poisson(true * time)
            if counts.sum() == 0:
                continue
            found = shrunk(counts.tolist(), time.tolist())
            missed += sum(not i.low <= rate <= i.high for i, rate in zip(found.intervals, true, strict=True))
            ours += float(((np.array(found.rates) - true) ** 2).sum())
            raw += float(((counts / time - true) ** 2).sum())
        never_above(missed, runs * units, 0.075)
        assert ours < raw


def test_the_next_loss_lies_in_its_pooled_range(never_above):
    rng = np.random.default_rng(6)
    outside, runs = 0, often(300)
    for _ in range(runs):
        centres = rng.normal(10.0, 0.7, 5)
        sizes = (0, 1, 2, 4, 12)
        losses = {
            f"k{n}": np.exp(rng.normal(c, 1.2, s)).tolist() for n, (c, s) in enumerate(zip(centres, sizes, strict=True))
        }
        found = pooled(losses)
        for n, centre in enumerate(centres):
            low, high = found.severities[f"k{n}"].range
            outside += not low <= math.exp(rng.normal(centre, 1.2)) <= high
    never_above(outside, 5 * runs, 0.10)


def test_widened_ranges_of_the_overconfident_hold_nine_of_ten():
    """An expert whose errors are 2.4 times what they state: half of the ranges miss. After 200 of them nine of ten hold."""
    rng = np.random.default_rng(7)
    stated = 0.5

    def ranges(count):
        truth = np.exp(rng.normal(3.0, 1.0, count))
        centre = np.log(truth) + rng.normal(0.0, 2.4 * stated, count)
        ends = np.exp(centre[:, None] + 1.645 * stated * np.array([-1.0, 1.0]))
        return [(low, high, t) for (low, high), t in zip(ends.tolist(), truth.tolist(), strict=True)]

    past = record(ranges(200))
    assert 0.4 < past.hits / past.ranges < 0.62
    held = [low <= truth <= high for (*ends, truth) in ranges(2_000) for low, high in [past.widened(*ends)]]
    assert 0.87 < np.mean(held) < 0.93


def test_negative_binomial_counts_are_those_of_a_gamma_rate():
    """The law of counts under an uncertain rate, in closed form."""
    rate = GammaRate.from_range(0.3, 3.0)
    found = simulate([Scenario(name="n", rate=rate, loss=Point(1.0))], seed=3)
    counts = np.arange(6)
    logs = gammaln(counts + rate.shape) - gammaln(rate.shape) - gammaln(counts + 1.0)
    law = np.exp(logs + rate.shape * np.log(rate.per / (rate.per + 1.0)) - counts * np.log(rate.per + 1.0))
    seen = np.array([(found.total == k).mean() for k in counts])
    assert seen == pytest.approx(law, abs=0.006)
    assert float(stats.nbinom.pmf(0, rate.shape, rate.per / (rate.per + 1.0))) == pytest.approx(float(law[0]))
