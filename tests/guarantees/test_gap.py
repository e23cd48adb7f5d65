"""An alarm about a growing gap is false as rarely as it says, however often anybody looks, and true ones come."""

import math

import numpy as np
import pytest
from tests.often import often

from trimtab.decision import Verdict
from trimtab.decision.gaps import judge_gap
from trimtab.kinds import Score
from trimtab.policy.metric_spec import Gold
from trimtab.stats.drift import growth, slope

BOUND, ALPHA = 0.05, 0.1


def step(generator, cases, gap, *, disagreement=0.2):
    """Differences of a measure and of people who mostly agree: kinder, harsher, or alike."""
    chances = [disagreement / 2 + gap / 2, disagreement / 2 - gap / 2, 1 - disagreement]
    return generator.choice([1.0, -1.0, 0.0], cases, p=chances)


@pytest.mark.parametrize("gap", [BOUND, -0.1])
@pytest.mark.parametrize("disagreement", [0.12, 0.9])
def test_whoever_looks_after_every_step_is_rarely_alarmed_for_nothing(never_above, gap, disagreement):
    generator = np.random.default_rng(17)
    runs, alarms = often(300), 0
    for _ in range(runs):
        steps = [step(generator, 30, gap, disagreement=max(disagreement, abs(gap))) for _ in range(40)]
        alarms += growth(steps, BOUND).first(ALPHA) is not None
    never_above(alarms, runs, ALPHA)


def test_gaps_that_differ_from_step_to_step_but_never_exceed_raise_no_more(never_above):
    generator = np.random.default_rng(3)
    runs, alarms = often(300), 0
    for _ in range(runs):
        steps = [step(generator, 25, gap) for gap in [0.0, BOUND, -0.1, BOUND] * 10]
        alarms += growth(steps, BOUND).first(ALPHA) is not None
    never_above(alarms, runs, ALPHA)


def test_the_same_cases_at_every_step_would_alarm_for_nothing():
    """Why only fresh cases are bet on: one sample's luck, bet on again and again, is taken for a gap."""
    generator = np.random.default_rng(3)
    alarms = sum(growth([step(generator, 30, BOUND)] * 40, BOUND).first(ALPHA) is not None for _ in range(200))
    assert alarms / 200 > 2 * ALPHA


def test_the_expected_capital_is_at_most_one_exactly():
    """Over all outcomes of two steps of two cases each, at the bound."""
    values, chances = (1.0, 0.0, -1.0), (0.15, 0.75, 0.10)  # mean 0.05
    total = 0.0
    for a, p in zip(values, chances, strict=True):
        for b, q in zip(values, chances, strict=True):
            for c, r in zip(values, chances, strict=True):
                total += p * q * r * math.exp(growth([[a, b], [c]], BOUND).evidence[-1])
    assert total == pytest.approx(1.0)


@pytest.mark.parametrize(("before", "most"), [(0, 12), (30, 14)])
def test_a_gap_that_opens_is_found_however_long_all_was_well(before, most):
    generator = np.random.default_rng(5)
    delays = []
    for _ in range(60):
        steps = [step(generator, 50, 0.0) for _ in range(before)] + [step(generator, 50, 0.15) for _ in range(40)]
        first = growth(steps, BOUND).first(ALPHA)
        delays.append(math.inf if first is None else first - before + 1)
    assert np.median(delays) <= most
    assert np.mean(np.isinf(delays)) < 0.1


def test_an_alarm_ends_when_the_gap_has_closed_for_long_enough():
    steps = [[0.5] * 20] * 3
    assert growth(steps, BOUND).shown(ALPHA)
    mended = growth([*steps, *([[0.0] * 200] * 20)], BOUND)
    assert not mended.shown(ALPHA)
    assert mended.first(ALPHA) is not None


def test_a_false_pass_is_rare_whenever_one_stops_marking(never_above):
    """A gap a little above the bound, looked at after each ten marks until it passes."""
    generator = np.random.default_rng(9)
    gold, runs, passed = Gold(metric="people", gap_at_most=BOUND), 120, 0
    for _ in range(runs):
        seen = step(generator, 200, BOUND + 0.001)
        pairs = [(str(n), Score(value=float(d > 0)), Score(value=float(d < 0))) for n, d in enumerate(seen)]
        looks = (judge_gap("m", gold, pairs[:n], [], alpha=ALPHA).verdict for n in range(10, 201, 19))
        passed += any(verdict is Verdict.PASS for verdict in looks)
    never_above(passed, runs, ALPHA)


def test_the_slope_is_that_of_the_last_steps():
    steps = [[9.0]] * 0 + [[0.4], [0.3], [], [0.1, 0.1], [0.2], [0.3], [0.4]]
    assert slope(steps, last=3) == pytest.approx(0.1)
    assert slope([[0.1]]) is None


@pytest.mark.parametrize("wrong", [[[1.5]], [[math.nan]]])
def test_what_is_no_difference_is_refused(wrong):
    with pytest.raises(ValueError):
        growth(wrong, BOUND)
    with pytest.raises(ValueError):
        growth([], 1.0)
