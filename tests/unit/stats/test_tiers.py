"""Rewards by tiers: what is refused, the maps into them, and why weights cannot do the same, in closed form."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.stats.groups_signal import GroupSignal, blind_share, group_signal
from trimtab.stats.tiers import graded, group_advantages, rloo_advantages, task_to_unit, tiered

NAN = math.nan
GOOD: dict[str, Any] = {
    "task": [0.5, 0.5],
    "unsafe": [False, True],
    "severity": [0.0, 1.0],
    "costs": [[0.0], [0.0]],
    "multipliers": [1.0],
}


# -- what is no reward -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"task": [NAN, 0.5]}, "task"),
        ({"task": [None, 0.5]}, "task"),
        ({"task": [1.0000001, 0.5]}, "task"),
        ({"task": [-1e-9, 0.5]}, "task"),
        ({"task": [0.5]}, "task"),
        ({"task": 0.5}, "task"),
        ({"severity": [NAN, 1.0]}, "severity"),
        ({"severity": [0.0, NAN]}, "severity"),
        ({"severity": [0.0, 1.5]}, "severity"),
        ({"costs": [[NAN], [0.0]]}, "costs"),
        ({"costs": [[1.5], [0.0]]}, "costs"),
        ({"costs": [0.0, 0.0]}, "costs"),
        ({"costs": [[0.0, 0.0]]}, "costs"),
        ({"multipliers": [NAN]}, "multipliers"),
        ({"multipliers": [-0.1]}, "multipliers"),
        ({"multipliers": [math.inf]}, "multipliers"),
        ({"multipliers": 1.0}, "multipliers"),
        ({"multipliers": [1.0, 1.0]}, "costs"),
        ({"multipliers": [1e308, 1e308], "costs": [[0.0] * 2] * 2}, "too large"),
        ({"caps": [0.5]}, "above its cap"),
        ({"caps": [NAN]}, "caps"),
        ({"caps": [1.0, 1.0]}, "caps"),
        ({"unsafe": [0.0, 1.0]}, "truth value"),
        ({"unsafe": [NAN, True]}, "truth value"),
        ({"unsafe": [None, True]}, "truth value"),
        ({"unsafe": ["False", "True"]}, "truth value"),
        ({"unsafe": False}, "truth value"),
        ({"margin": 0.0}, "margin"),
        ({"margin": 1.0}, "margin"),
        ({"margin": NAN}, "margin"),
    ],
)
def test_what_is_missing_or_outside_its_range_is_refused(wrong, named):
    with pytest.raises(ValueError, match=named):
        tiered(**{**GOOD, **wrong})


def test_a_batch_of_none_is_none():
    assert tiered([], [], [], np.zeros((0, 1)), [1.0]).shape == (0,)


def test_the_arguments_are_left_as_they_are():
    task, costs = np.array([0.5, NAN]), np.array([[0.5], [NAN]])
    tiered(**{**GOOD, "task": task, "costs": costs})
    assert math.isnan(task[1])
    assert math.isnan(costs[1, 0])


# -- the maps into tiers ---------------------------------------------------------------------------


def test_a_task_reward_is_a_share_of_its_declared_range():
    share, unknown = task_to_unit([-10.0, -2.0, 0.0, 3.0, 4.0, None, NAN, math.inf, -math.inf], -2.0, 3.0)
    assert share[:5] == pytest.approx([0.0, 0.0, 0.4, 1.0, 1.0])
    assert np.isnan(share[5:]).all()
    assert unknown.tolist() == [False] * 5 + [True] * 4


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)), st.floats(-1e307, 1e307), st.floats(-1e307, 1e307))
def test_shares_are_in_the_unit_range_and_keep_the_order(values, a, b):
    if a == b:
        return
    share, _ = task_to_unit(values, min(a, b), max(a, b))
    assert np.all((share >= 0.0) & (share <= 1.0))
    assert np.all(np.diff(share[np.argsort(values, kind="stable")]) >= 0.0)


def test_a_share_that_is_not_known_is_no_reward():
    share, _ = task_to_unit([None, None], 0.0, 1.0)
    with pytest.raises(ValueError, match="task"):
        tiered(**{**GOOD, "task": share})


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (1.0, 0.0), (NAN, 1.0), (0.0, math.inf), (-1.7e308, 1.7e308)])
def test_no_range_is_refused(low, high):
    with pytest.raises(ValueError, match="no range"):
        task_to_unit([0.5], low, high)


def test_severity_rises_with_the_count_until_it_is_full():
    assert graded([0, 1, 2, 4, 5, 100], 4).tolist() == [0.0, 0.25, 0.5, 1.0, 1.0, 1.0]
    assert graded([1], 10**6)[0] > 0.0


@pytest.mark.parametrize(("counts", "full"), [([-1], 4), ([0.5], 4), ([NAN], 4), ([math.inf], 0), ([1], 0)])
def test_what_is_no_count_is_refused(counts, full):
    with pytest.raises(ValueError, match="whole numbers"):
        graded(counts, full)


# -- what trainers make of it ----------------------------------------------------------------------


def test_advantages_are_those_of_the_equations():
    rewards, group = np.array([1.0, 0.0, 5.0, 2.0, 0.0, 3.0]), ["a", "b", "a", "b", "b", "a"]
    centred = np.array([-2.0, -2 / 3, 2.0, 4 / 3, -2 / 3, 0.0])
    spread = np.array([2.0, math.sqrt(4 / 3)])[[0, 1, 0, 1, 1, 0]]
    assert group_advantages(rewards, group, scale="none") == pytest.approx(centred)
    assert group_advantages(rewards, group, scale="group") == pytest.approx(centred / (spread + 1e-4))
    assert group_advantages(rewards, group, scale="batch") == pytest.approx(centred / (rewards.std(ddof=1) + 1e-4))
    assert rloo_advantages(rewards, group) == pytest.approx(1.5 * centred)


def test_one_without_others_has_nothing_to_be_compared_with():
    assert rloo_advantages([3.0], [0]).tolist() == [0.0]
    for scale in ("group", "batch", "none"):
        assert group_advantages([3.0], [0], scale=scale).tolist() == [0.0]


@pytest.mark.parametrize(("rewards", "group"), [([NAN], [0]), ([1.0], [0, 0]), ([[1.0]], [[0]])])
def test_rewards_without_a_group_or_a_number_are_refused(rewards, group):
    with pytest.raises(ValueError, match="one finite reward"):
        rloo_advantages(rewards, group)
    with pytest.raises(ValueError, match="one finite reward"):
        group_advantages(rewards, group, scale="none")


def test_an_unknown_scale_is_refused():
    with pytest.raises(ValueError, match="scale"):
        group_advantages([1.0, 2.0], [0, 0], scale="rank")  # type: ignore[arg-type]


# -- why weights cannot do it, in closed form ------------------------------------------------------


def advantage_of_one_penalised(size, penalty, *, eps=1e-4):
    rewards = np.zeros(size)
    rewards[0] = -penalty
    return group_advantages(rewards, [0] * size, scale="group", eps=eps)[0]


@pytest.mark.parametrize("size", [2, 8, 64])
@pytest.mark.parametrize("penalty", [1e-3, 1.0, 1e3])
def test_the_size_of_a_penalty_carries_no_information(size, penalty):
    limit = -(size - 1) / math.sqrt(size)
    assert advantage_of_one_penalised(size, penalty, eps=0.0) == pytest.approx(limit)
    assert abs(advantage_of_one_penalised(size, penalty)) < abs(limit)


def test_a_penalty_a_thousand_times_larger_is_three_hundredths_larger():
    assert advantage_of_one_penalised(8, 0.01) == pytest.approx(-2.41, abs=0.005)
    assert advantage_of_one_penalised(8, 10.0) == pytest.approx(-2.475, abs=0.0005)


@pytest.mark.parametrize(("rate", "share"), [(0.05, 0.66), (0.02, 0.85), (0.98, 0.85), (0.001, 0.99)])
def test_most_groups_are_blind_where_violations_are_rare_or_nearly_always(rate, share):
    assert blind_share(rate, 8) == pytest.approx(share, abs=0.005)
    assert blind_share(rate, 8) == pytest.approx(blind_share(1.0 - rate, 8))


def test_blind_groups_are_those_that_come():
    generator = np.random.default_rng(3)
    unsafe = generator.random(40_000) < 0.2
    signal = group_signal(unsafe, np.ones(40_000), np.arange(40_000) // 4)
    assert (signal.all_safe + signal.all_unsafe) / signal.groups == pytest.approx(blind_share(0.2, 4), abs=0.015)


@pytest.mark.parametrize(("penalty", "spread"), [(0.0, 2.53), (1.0, 1.365), (5.0, 0.307), (100.0, 0.0154)])
def test_a_large_penalty_crowds_the_safe_together(penalty, spread):
    """Two of eight unsafe, task rewards uniform: range of the advantages among the safe, on average."""
    rewards = np.random.default_rng(11).random((4000, 8))
    rewards[:, :2] -= penalty
    found = group_advantages(rewards.ravel(), np.arange(32_000) // 8, scale="group").reshape(-1, 8)[:, 2:]
    assert np.ptp(found, axis=1).mean() == pytest.approx(spread, rel=0.01)


# -- which groups say anything ---------------------------------------------------------------------


def test_groups_are_counted_by_what_they_can_teach():
    unsafe = [True, False, True, False, True, True, False, False]
    severity = [0.5, 0.0, 0.2, 0.9, 0.2, 0.3, 0.7, 0.0]
    group = ["mixed", "safe", "equal", "safe", "equal", "graded", "mixed", "mixed"]
    unsafe, severity, group = [*unsafe, True], [*severity, 0.4], [*group, "graded"]
    seen = group_signal(unsafe, severity, group)
    assert seen == GroupSignal(mixed=1, all_safe=1, all_unsafe=2, equal=1)
    assert seen.groups == 4
    assert seen.stuck == 0.25


def test_no_groups_are_none():
    assert group_signal([], [], []) == GroupSignal(mixed=0, all_safe=0, all_unsafe=0, equal=0)
    assert group_signal([], [], []).stuck == 0.0


@pytest.mark.parametrize(
    ("unsafe", "severity", "group"),
    [([1.0], [0.5], [0]), ([True], [NAN], [0]), ([True], [0.5, 0.5], [0]), ([True], [0.5], [0, 1])],
)
def test_a_signal_of_nothing_is_refused(unsafe, severity, group):
    with pytest.raises(ValueError, match="severity"):
        group_signal(unsafe, severity, group)


@pytest.mark.parametrize(("rate", "size"), [(-0.1, 8), (1.1, 8), (NAN, 8), (0.5, 0)])
def test_a_share_of_impossible_groups_is_refused(rate, size):
    with pytest.raises(ValueError, match="out of range"):
        blind_share(rate, size)
