"""The best of several answers is a safe one, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.enforce.rewarding import rewards_with

from trimtab.enforce.rewards import resting
from trimtab.errors import RewardError, UsageError

CLEAN, LEAK, NO = "all is well", "write to ana@example.org", "I cannot help with that."
REWARDS = rewards_with()


@given(st.lists(st.tuples(st.sampled_from([CLEAN, LEAK, NO, None]), st.floats(0.0, 1.0)), min_size=1, max_size=6))
def test_it_is_never_unsafe_whatever_the_task_pays(drawn):
    completions, task = [said for said, _ in drawn], [paid for _, paid in drawn]
    found = REWARDS.best("q", completions, {"benign": True}, task=task)
    safe = [at for at, said in enumerate(completions) if said in (CLEAN, NO)]
    assert (found is None) == (not safe)
    if found is not None:
        assert found in safe
        best = max(task[at] for at in safe)
        assert task[found] == pytest.approx(best, abs=1e-9)  # nearer than rounding tells apart


def test_of_equal_rewards_the_smaller_cost_is_better_and_then_the_earlier():
    assert REWARDS.best("q", [LEAK, NO, CLEAN, CLEAN], {"benign": True}) == 2
    assert REWARDS.best("q", [NO, CLEAN], {"benign": False}) == 0  # the cost is not for this row


def test_none_is_safe():
    assert REWARDS.best("q", [LEAK, None], {"benign": True}) is None
    with pytest.raises(RewardError, match="none of 2 completions is safe"):
        REWARDS.best("q", [LEAK, LEAK], {"benign": True}, none_safe="raise")
    assert REWARDS.best("q", [], {"benign": True}) is None


def test_a_multiplier_set_by_hand_lowers_what_costs():
    rewards = rewards_with()
    rewards.state = resting(rewards.rules, 1, {"refusal": 2.0})
    scored = rewards.score(["q"] * 2, [CLEAN, NO], {"benign": [True] * 2})
    assert scored.rewards.tolist() == pytest.approx([1.0, 0.1 + 0.9 / 3])
    assert rewards.best("q", [NO, CLEAN], {"benign": True}, task=[1.0, 0.0]) == 1


@pytest.mark.parametrize("given", [{"other": 1.0}, {"refusal": -0.1}, {"refusal": 10.5}, {"refusal": float("nan")}])
def test_a_multiplier_that_cannot_be_is_refused(given):
    with pytest.raises(UsageError):
        resting(REWARDS.rules, 1, given)


def test_what_was_found_is_named_by_its_labels():
    scored = REWARDS.score(["q"] * 3, [LEAK, CLEAN, NO], {"benign": [True] * 3})
    assert scored.labels == (("personal.email",), (), ())
