"""False alarms of a monitor come no oftener than is stated, however often one looks."""

import math

import numpy as np
import pytest
from scipy.stats import binom, poisson

from trimtab.stats.e_detector import ALTERNATIVES, EDetector, step, tail


def one_step(at_most, rate, events, before, days):
    """Expected capital, by alternative, after a batch: a sum over what may be in it."""
    bad = np.arange(events + 1)
    logs = step(np.tile(before, (events + 1, 1)), bad, np.full(events + 1, events), days, at_most=at_most)
    return binom.pmf(bad, events, rate) @ np.exp(logs)


@pytest.mark.parametrize("at_most", [0.001, 0.02, 0.3])
@pytest.mark.parametrize("events", [1, 7, 60])
def test_a_fair_game_gains_what_the_days_put_in_and_no_more(at_most, events):
    """What the rate of false alarms follows from: M minus the days gone by is a martingale at the bound, exactly."""
    before = np.log(np.linspace(0.2, 3.0, ALTERNATIVES))
    fair = np.exp(before) + 0.5 / ALTERNATIVES
    assert one_step(at_most, at_most, events, before, 0.5) == pytest.approx(fair, rel=1e-9)
    assert (one_step(at_most, 0.7 * at_most, events, before, 0.5) <= fair).all()
    assert one_step(at_most, 1.3 * at_most, events, before, 0.5).sum() > fair.sum()


def watched(generator, *, rate, at_most, a_day, batches, every, years, runs, onset=0, after=0.0):
    """Batch numbers of the alarms in each run; the rate becomes `after` from batch `onset` on."""
    logs = np.full((runs, ALTERNATIVES), -np.inf)
    alarms: list[list[int]] = [[] for _ in range(runs)]
    for batch in range(batches):
        valid = generator.poisson(a_day * every, runs)
        bad = generator.binomial(valid, after if onset and batch >= onset else rate)
        logs = step(logs, bad, valid, every, at_most=at_most)
        for run in np.flatnonzero(np.exp(logs).sum(axis=1) >= 365.0 * years):
            alarms[run].append(batch)
            logs[run] = -np.inf
    return alarms


def test_no_more_false_alarms_than_stated_while_a_naive_test_gives_many(never_above):
    """Looked at every hour for a month: at most 30 / 600 of all products may be alarmed, though all are at the bound."""
    generator, runs, at_most, looks = np.random.default_rng(5), 400, 0.01, 720
    alarms = watched(
        generator, rate=at_most, at_most=at_most, a_day=720, batches=looks, every=1 / 24, years=600 / 365, runs=runs
    )
    never_above(sum(map(bool, alarms)), runs, 30 / 600)
    valid = generator.poisson(30, (runs, looks))
    bad = generator.binomial(valid, at_most)
    naive = (binom.sf(bad - 1, valid, at_most) < 0.01).any(axis=1)  # "significant at 1 %", every hour
    with pytest.raises(AssertionError):
        never_above(int(naive.sum()), runs, 30 / 600)


def test_alarms_over_and_over_come_no_oftener_than_stated():
    """It begins anew after each alarm; of 100 products over 100 days the stated rate allows 2,000 alarms at most."""
    alarms = watched(
        np.random.default_rng(6), rate=0.02, at_most=0.02, a_day=2000, batches=800, every=0.125, years=5 / 365, runs=100
    )
    assert 0 < sum(map(len, alarms)) <= 100 * 100 / 5


def test_what_begins_after_a_long_good_time_is_found_as_quickly_as_at_once():
    """A test that must hold from the first day on would first have to win back what it lost in the good time."""
    found = {}
    for onset in (1, 1000):
        alarms = watched(
            np.random.default_rng(7),
            rate=0.0005, after=0.05, at_most=0.001, onset=onset,
            a_day=720, batches=onset + 24, every=1 / 24, years=1, runs=60,
        )  # fmt: skip
        delays = [next((batch - onset for batch in run if batch >= onset), math.inf) for run in alarms]
        found[onset] = float(np.median(delays))
    assert found[1000] <= found[1] + 1 <= 6


def test_one_batch_at_a_time_is_the_same():
    generator = np.random.default_rng(8)
    valid = generator.poisson(50, 30)
    bad = generator.binomial(valid, 0.03)
    one, many = EDetector(at_most=0.01, days=365.0), np.full(ALTERNATIVES, -np.inf)
    for k, n in zip(bad, valid, strict=True):
        one = one.after(int(k), int(n), elapsed=0.25)
        many = step(many, k, n, 0.25, at_most=0.01)
    assert one.logs == tuple(many)
    assert one.evidence == pytest.approx(np.exp(many).sum() / 365.0)
    assert one.alarm is bool(np.exp(many).sum() >= 365.0)
    assert one.anew().evidence == 0.0


def test_nothing_overflows_and_nonsense_is_refused():
    loud = EDetector(at_most=0.001, days=365.0)
    for _ in range(50):
        loud = loud.after(10**6, 10**6, elapsed=0.0)
    assert loud.alarm
    assert math.isfinite(loud.evidence)
    for bad, valid, elapsed in ((2, 1, 0.1), (-1, 1, 0.1), (0, 1, -0.1), (0, 1, math.nan)):
        with pytest.raises(ValueError):
            loud.after(bad, valid, elapsed=elapsed)
    for at_most in (0.0, 1.0):
        with pytest.raises(ValueError):
            EDetector(at_most=at_most, days=1.0)


def test_the_tail_is_that_of_the_poisson_distribution():
    bad, expected = np.meshgrid([0, 1, 3, 40], [0.001, 0.7, 25.0])
    assert tail(bad, expected) == pytest.approx(poisson.sf(bad - 1, expected), rel=1e-9)
