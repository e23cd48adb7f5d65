"""Whatever the task pays, whoever weighs and normalises it: unsafe never outranks safe."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.stats.tiers import group_advantages, rloo_advantages, tiered

TINY, ALMOST = 5e-324, math.nextafter(1.0, 0.0)
unit = st.sampled_from([0.0, TINY, 2.3e-308, 0.5, ALMOST, 1.0]) | st.floats(0.0, 1.0)
weight = st.sampled_from([0.0, TINY, 1 / 3, 10.0, 1e300]) | st.floats(0.0, 1e300) | st.floats(0.0, 20.0)
margins = st.sampled_from([TINY, 0.1, ALMOST]) | st.floats(0.0, 1.0, exclude_min=True, exclude_max=True)
NORMALISED = {
    "group": lambda r, g: group_advantages(r, g, scale="group"),
    "batch": lambda r, g: group_advantages(r, g, scale="batch"),
    "none": lambda r, g: group_advantages(r, g, scale="none"),
    "rloo": rloo_advantages,
}


@st.composite
def batches(draw, *, least=1, most=8):
    """Arguments of `tiered`: any batch of so many, any multipliers, caps or none."""
    n, k = draw(st.integers(least, most)), draw(st.integers(0, 4))
    many = lambda one, count: draw(st.lists(one, min_size=count, max_size=count))  # noqa: E731
    weights = many(weight, k)
    room = many(weight, k)
    return {
        "task": np.array(many(unit, n)),
        "unsafe": np.array(many(st.booleans(), n)),
        "severity": np.array(many(unit, n)),
        "costs": np.array(many(unit, n * k)).reshape(n, k),
        "multipliers": np.array(weights),
        "caps": draw(st.sampled_from([None, [max(pair) for pair in zip(weights, room, strict=True)]])),
    }


# -- pointwise -------------------------------------------------------------------------------------


@given(batch=batches(), other=batches(), margin=margins)
def test_every_reward_lies_in_its_tier_to_the_last_bit_whatever_the_multipliers(batch, other, margin):
    """Both batches have their own multipliers, as workers out of step would."""
    for one in (batch, other):
        rewards = tiered(**one, margin=margin)
        safe, unsafe = rewards[~one["unsafe"]], rewards[one["unsafe"]]
        assert np.all((safe >= margin) & (safe <= 1.0))
        assert np.all((unsafe >= -1.0) & (unsafe <= -margin))


@given(weights=st.lists(weight, max_size=4), margin=margins, severity=unit)
def test_the_ends_of_both_tiers_are_reached_exactly(weights, margin, severity):
    costs = np.array([[0.0] * len(weights), [1.0] * len(weights)] * 2)
    rewards = tiered([1, 0, 1, 0], [False, False, True, True], [severity, 0, 0, 1], costs, weights, margin=margin)
    assert rewards.tolist() == [1.0, margin, -margin, -1.0]


@given(batch=batches(), better=unit, cheaper=unit)
def test_a_safe_reward_does_not_fall_with_the_task_nor_rise_with_a_cost(batch, better, cheaper):
    before = tiered(**batch)
    more = tiered(**{**batch, "task": np.maximum(batch["task"], better)})
    less = tiered(**{**batch, "costs": np.minimum(batch["costs"], cheaper)})
    assert np.all(more >= before)
    assert np.all(less >= before)


def test_the_reward_is_the_equation():
    """By hand: u = 0.6 - 2 * 0.25 - 1 * 0.5 = -0.4, L = 3 and T = 0.65; with caps L = 7 and T = 0.825."""
    arguments = ([0.6, 0.6], [False, True], [0.0, 0.5], [[0.25, 0.5]] * 2, [2.0, 1.0])
    assert tiered(*arguments) == pytest.approx([0.1 + 0.9 * 0.65, -0.1 - 0.9 * 0.5])
    assert tiered(*arguments, caps=[4.0, 3.0])[0] == pytest.approx(0.1 + 0.9 * 0.825)


# -- no reward for leaking better -------------------------------------------------------------------


@given(batch=batches(), noise=st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 7.0]))
def test_what_the_task_and_the_costs_say_of_an_unsafe_completion_does_not_matter(batch, noise):
    before = tiered(**batch)
    bad = batch["unsafe"]
    batch["task"][bad] = noise
    batch["costs"][bad] = noise
    assert np.array_equal(tiered(**batch), before)
    assert np.array_equal(before[bad], -(0.1 + (1.0 - 0.1) * batch["severity"][bad]))


@given(severities=st.lists(st.integers(0, 20), min_size=2, max_size=8), scheme=st.sampled_from(sorted(NORMALISED)))
def test_a_group_that_is_unsafe_throughout_pulls_to_milder_violations_or_nowhere(severities, scheme):
    n = len(severities)
    task = np.linspace(0.0, 1.0, n)  # the better, the later
    rewards = tiered(task, [True] * n, np.array(severities) / 20, np.zeros((n, 0)), [])
    advantages = NORMALISED[scheme](rewards, [0] * n)
    order = np.argsort(severities, kind="stable")
    steps, rises = np.diff(advantages[order]), np.diff(np.array(severities)[order])
    assert np.all(steps[rises > 0] < 0.0)
    assert np.all(np.abs(steps[rises == 0]) < 1e-9)
    assert len(set(severities)) > 1 or np.all(np.abs(advantages) < 1e-9)


# -- after normalisation ---------------------------------------------------------------------------


@given(batch=batches(least=2, most=12), scheme=st.sampled_from(sorted(NORMALISED)), split=st.booleans())
def test_no_normalisation_of_one_number_turns_the_order_round(batch, scheme, split):
    bad = batch["unsafe"]
    group = np.arange(len(bad)) % 2 if split else np.zeros(len(bad), dtype=int)
    advantages = NORMALISED[scheme](tiered(**batch), group)
    for one in set(group.tolist()):
        here = group == one
        safe, unsafe = advantages[here & ~bad], advantages[here & bad]
        assert not (safe.size and unsafe.size) or safe.min() > unsafe.max()


@given(batch=batches())
def test_a_trainer_that_keeps_single_precision_sees_the_same_verdicts(batch):
    assert np.array_equal(np.float32(tiered(**batch)) < 0.0, batch["unsafe"])


# -- an adversary ------------------------------------------------------------------------------------


def worst(advantages, unsafe, group, coordinates, *, seed, starts=3, sweeps=3):
    """By how much an unsafe completion ranks above a safe one of its group, at the worst that local moves find.

    Args:
        advantages: Of all completions, from numbers in [0, 1].
        coordinates: How many numbers.
    """
    generator = np.random.default_rng(seed)
    pairs = [(one, other) for one in np.flatnonzero(unsafe) for other in np.flatnonzero(~unsafe)]
    above, below = np.array([(a, b) for a, b in pairs if group[a] == group[b]]).T

    def inversion(point):
        found = advantages(point)
        return float((found[above] - found[below]).max())

    best = -math.inf
    for _ in range(starts):
        point = generator.random(coordinates)
        here = inversion(point)
        for at in np.tile(np.arange(coordinates), sweeps):
            for move in (0.0, 1.0, point.mean(), generator.random()):
                before, point[at] = point[at], move
                there = inversion(point)
                if there >= here:
                    here = there
                else:
                    point[at] = before
        best = max(best, here)
    return best


def alternating(size):
    return np.arange(size) % 2 == 0


@pytest.mark.parametrize("scheme", sorted(NORMALISED))
def test_an_adversary_finds_no_inversion_of_tiers(scheme):
    """It chooses task, severity and costs of two groups of four, and other multipliers for each of two workers."""
    n, k, group = 8, 2, np.repeat([0, 1], 4)
    unsafe = np.array([True, True, False, False, True, False, False, False])

    def advantages(point):
        task, severity, costs, weights = np.split(point, np.cumsum([n, n, n * k]))
        rows = [slice(0, None, 2), slice(1, None, 2)]
        rewards = np.empty(n)
        for row, own in zip(rows, 10.0 * weights.reshape(2, k), strict=True):
            rewards[row] = tiered(task[row], unsafe[row], severity[row], costs.reshape(n, k)[row], own)
        return NORMALISED[scheme](rewards, group)

    found = worst(advantages, unsafe, group, n * (2 + k) + 2 * k, seed=5, starts=1, sweeps=2)
    assert found < 0.0
    if scheme == "none":  # it comes as near as the tiers are to each other, and no nearer
        assert found == pytest.approx(-0.2)


@pytest.mark.parametrize("scheme", sorted(NORMALISED))
@pytest.mark.parametrize(("weight", "inverts"), [(0.9, True), (1.1, False)])
def test_the_same_adversary_inverts_a_weighted_sum_unless_its_weight_exceeds_the_range(scheme, weight, inverts):
    unsafe, group = alternating(6), np.zeros(6, dtype=int)
    found = worst(lambda task: NORMALISED[scheme](task - weight * unsafe, group), unsafe, group, 6, seed=2, starts=1)
    assert (found > 0.0) is inverts


def test_no_fixed_weight_is_large_enough_for_penalties_by_severity():
    unsafe, group = alternating(6), np.zeros(6, dtype=int)

    def advantages(point):
        return group_advantages(point[:6] - 10.0 * unsafe * np.maximum(point[6:], 0.05), group, scale="group")

    assert worst(advantages, unsafe, group, 12, seed=2, starts=1) > 0.0


@pytest.mark.parametrize("size", [8, 16, 64])
@pytest.mark.parametrize(("share", "inverts"), [(0.97, True), (1.0, False)])
def test_rewards_normalised_apart_are_inverted_just_below_the_root_of_half_the_group(size, share, inverts):
    """A penalty of sqrt(size / 2) on a binary cost is needed there, and enough; equal weights are far from it."""
    unsafe, group = alternating(size), np.zeros(size, dtype=int)
    cost = group_advantages(unsafe.astype(float), group, scale="group", eps=0.0)

    def advantages(task):
        added = group_advantages(task, group, scale="group") - share * math.sqrt(size / 2) * cost
        return group_advantages(added, group, scale="batch")

    assert (worst(advantages, unsafe, group, size, seed=1, starts=1) > 0.0) is inverts
