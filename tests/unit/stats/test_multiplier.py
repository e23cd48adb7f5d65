"""A multiplier rises while a rate is above its bound, falls when it is below, and forgets what it cannot use."""

import math
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.stats.multiplier import Controller, Held, advance, capped

BOUND = 0.05
PLAIN = Controller(bound=BOUND)


def after(rates, controller=PLAIN, state=None, trials=64):
    state = state or Held()
    for rate in rates:
        state = advance(controller, state, rate * trials, trials)
    return state


def test_one_step_is_the_equation():
    """By hand: q = 0.25, standard error 0.0625 of 48, e = 0.2625; P = 0.02625, I = 0.02625, D = 0.02625."""
    state = advance(PLAIN, Held(), 12, 48)
    error = 0.25 + math.sqrt(0.25 * 0.75 / 48) - BOUND
    assert state.p == pytest.approx(0.1 * error)
    assert state.i == pytest.approx(0.1 * error)
    assert state.value == pytest.approx((2.0 + 1.0) * 0.1 * error + 0.1 * error)
    second = advance(PLAIN, state, 0, 48)
    assert second.p == pytest.approx(0.9 * state.p - 0.1 * BOUND)
    assert second.value == pytest.approx(2.0 * second.p + second.i)  # a falling error is not hurried
    assert (second.steps, second.unscored, second.at_cap) == (2, 0, 0)


@given(
    violations=st.lists(st.integers(0, 16), max_size=40),
    gains=st.tuples(*[st.floats(0.0, 50.0)] * 4),
    cap=st.floats(1e-3, 1e3),
)
def test_whatever_comes_the_multiplier_stays_between_zero_and_its_cap(violations, gains, cap):
    kp, ki, kd, z = gains
    controller, state = Controller(bound=BOUND, kp=kp, ki=ki, kd=kd, z=z, cap=cap), Held()
    for count in violations:
        state = advance(controller, state, count, 16)
        assert 0.0 <= state.value <= cap
        assert 0.0 <= state.i <= cap
        assert -BOUND <= state.p <= 1.0 - BOUND


@given(more=st.integers(0, 64), less=st.integers(0, 64), fewer=st.integers(1, 64))
def test_more_violations_or_more_noise_never_weigh_less(more, less, fewer):
    more, less = max(more, less), min(more, less)
    plain = Controller(bound=BOUND, z=0.0)
    assert advance(plain, Held(), more, 64).value >= advance(plain, Held(), less, 64).value
    assert advance(PLAIN, Held(), more, 64, n_eff=fewer).value >= advance(PLAIN, Held(), more, 64).value
    assert advance(PLAIN, Held(), more, 64).value >= advance(plain, Held(), more, 64).value


# -- through a detector that errs ------------------------------------------------------------------


@pytest.mark.parametrize("true", [0.0, 0.1, 0.8, 1.0])
def test_the_rate_is_read_through_the_errors_of_the_detector(true):
    seen = 0.7 * true + 0.2 * (1.0 - true)
    state = advance(Controller(bound=BOUND, z=0.0), Held(), 1000 * seen, 1000, sensitivity=0.7, false_alarm=0.2)
    assert state.p == pytest.approx(0.1 * (true - BOUND))


def test_fewer_flags_than_false_alarms_are_no_violations_and_their_noise_counts():
    state = advance(PLAIN, Held(), 10, 100, sensitivity=0.7, false_alarm=0.2)
    assert state.p == pytest.approx(0.1 * (math.sqrt(0.1 * 0.9 / 100) / 0.5 - BOUND))


def test_a_detector_that_misses_half_makes_the_multiplier_rise_where_it_would_fall():
    assert advance(PLAIN, Held(), 2, 64).p < 0.02 < advance(PLAIN, Held(), 2, 64, sensitivity=0.2, false_alarm=0.0).p


@pytest.mark.parametrize(
    ("sensitivity", "false_alarm"),
    [
        (0.2, 0.2),
        (0.1, 0.2),
        (0.0, 0.0),
        (math.nan, 0.1),
        (0.9, math.nan),
        (1.1, 0.0),
        (0.9, -0.1),
        (None, 0.1),
        (0.9, None),
    ],
)
@pytest.mark.parametrize("scored", [0, 10])
def test_error_rates_that_say_nothing_are_refused_also_when_nothing_was_scored(sensitivity, false_alarm, scored):
    with pytest.raises(ValueError, match=r"apart|both"):
        advance(PLAIN, Held(), 0, scored, sensitivity=sensitivity, false_alarm=false_alarm)


# -- silence, the cap, and what is refused ---------------------------------------------------------


def test_silence_is_no_success():
    high = after([0.5] * 20)
    silent = advance(PLAIN, advance(PLAIN, high, 0, 0), 0, 0)
    assert silent == replace(high, steps=22, unscored=2)
    assert after([0.0], state=high).value < high.value


def test_a_multiplier_that_can_do_no_more_says_so():
    tight = Controller(bound=BOUND, cap=0.5)
    state = after([1.0] * 30, tight)
    assert state.value == 0.5
    assert capped(state, 5)
    assert not capped(state, 30)  # not from the first step on
    assert capped(advance(tight, state, 0, 0), state.at_cap)  # silence does not end it
    assert not capped(after([0.0] * 50, tight, state), 1)
    with pytest.raises(ValueError, match="steps"):
        capped(state, 0)


@pytest.mark.parametrize(
    ("violations", "scored", "n_eff"),
    [
        *[(-1, 10, None), (11, 10, None), (1, 0, None), (math.nan, 10, None), (1, math.nan, None), (1, math.inf, None)],
        *[(1, 10, 0), (1, 10, 11), (1, 10, math.nan), (0, -1, None)],
    ],
)
def test_counts_that_cannot_be_are_refused(violations, scored, n_eff):
    with pytest.raises(ValueError, match="out of range"):
        advance(PLAIN, Held(), violations, scored, n_eff=n_eff)


@pytest.mark.parametrize(
    "wrong",
    [{"bound": 1.0}, {"bound": -0.1}, {"bound": math.nan}, {"cap": 0.0}, {"cap": math.inf}, {"smooth": 1.0}]
    + [{name: value} for name in ("kp", "ki", "kd", "z") for value in (-1.0, math.nan, math.inf)],
)
def test_a_controller_out_of_range_is_refused(wrong):
    with pytest.raises(ValueError, match=r"out of range|gains"):
        Controller(**{"bound": BOUND, **wrong})


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": math.nan},
        {"value": -1.0},
        {"p": math.inf},
        {"i": -1.0},
        {"i": math.nan},
        {"unscored": 1},
        {"at_cap": 1},
    ],
)
def test_a_checkpoint_that_was_spoilt_is_refused(wrong):
    state = after([0.3] * 5)
    assert Held(**asdict(state)) == state
    with pytest.raises(ValueError, match="state"):
        Held(**wrong)


# -- in a loop -------------------------------------------------------------------------------------


class Policy:
    """Violates the less the more that costs it, and learns that slowly; at a multiplier of 0 in 60 % of replies."""

    def __init__(self, generator, *, softness, slowness):
        self.generator, self.softness, self.slowness = generator, softness, slowness
        self.rate = 0.6

    def step(self, multiplier, trials):
        target = 0.6 * math.exp(-multiplier / self.softness)
        self.rate += (target - self.rate) / self.slowness
        return self.generator.binomial(trials, self.rate)


@pytest.mark.parametrize("softness", [0.2, 1.0, 2.5])
@pytest.mark.parametrize("slowness", [1.0, 10.0])
def test_in_a_loop_the_rate_settles_at_or_below_its_bound(softness, slowness):
    policy, state, rates = Policy(np.random.default_rng(7), softness=softness, slowness=slowness), Held(), []
    for _ in range(1500):
        rates.append(policy.rate)
        state = advance(PLAIN, state, policy.step(state.value, 64), 64)
    late = np.mean(rates[750:])
    assert late <= BOUND
    assert late > 0.1 * BOUND  # and not by giving up the task
    assert np.max(rates[750:]) <= 3 * BOUND
    assert state.at_cap == 0


def steps_until_released(controller, saturated):
    state = after([1.0] * saturated, controller)
    assert state.value == controller.cap
    for step in range(1, 1000):
        state = after([0.0], controller, state)
        if state.value < controller.cap:
            return step
    return math.inf


def test_it_lets_go_as_soon_after_a_long_time_at_its_cap_as_after_a_short_one():
    tight = Controller(bound=BOUND, cap=2.0)
    assert steps_until_released(tight, 50) == steps_until_released(tight, 3000) <= 40
