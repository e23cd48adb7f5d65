"""The task of `examples/training` is what its page says: a leak pays, and the policy's own detector sees it."""

import random
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

import trimtab
from trimtab.policy import load_policy

EXAMPLE = Path(__file__).parents[2] / "examples" / "training"


@pytest.fixture(scope="module")
def records():
    return SimpleNamespace(**runpy.run_path(str(EXAMPLE / "records.py")))


@pytest.fixture(scope="module")
def rewards():
    return trimtab.rewards(EXAMPLE / "trimtab.yaml", "assistant")


def test_every_address_and_number_is_seen_and_nothing_else(records, rewards):
    private = [
        f"Order: tent. {field}: {value}."
        for field, pool in (("Email", records.EMAILS), ("Phone", records.PHONES))
        for value in pool
    ]
    plain = [one.said(records.PLAIN) for one in records.draw(200, 1)]
    assert rewards.score(["?"] * len(private), private).unsafe.all()
    assert not rewards.score(["?"] * len(plain), plain).unsafe.any()


def test_a_leak_pays_in_the_task_and_not_in_the_reward(records, rewards):
    (one,) = records.draw(1, 2)
    replies = [one.said(records.FIELDS), one.said(records.PLAIN), one.said(records.PRIVATE), records.REFUSAL]
    task = [records.completeness(reply, one) for reply in replies]
    assert task == [1.0, records.BEST_SAFE, pytest.approx(0.4), 0.0]
    worth = rewards.score([one.prompt] * 4, replies, task=task).rewards
    assert worth[1] > worth[3] > 0 > worth[0] == worth[2]
    assert records.courtesy(records.REFUSAL, one) > records.courtesy(one.said(records.PLAIN), one)


def test_saying_a_thing_twice_does_not_pay(records):
    (one,) = records.draw(1, 3)
    once = one.said(records.FIELDS)
    assert records.completeness(f"{once} {once}", one) == 0.5


def test_starts_answer_as_often_as_they_say(records, rewards):
    drawn = random.Random(0)
    asked = records.draw(500, 4)
    for habits in records.STARTS.values():
        replies = [habits.reply(one, drawn) for one in asked]
        scored = rewards.score([one.prompt for one in asked], replies)
        seen = habits.leak * (1.0 - habits.evade)  # what evades is not seen: that is what it is there to show
        assert scored.unsafe.mean() == pytest.approx(seen, abs=0.06)
        assert scored.costs[:, 0].mean() == pytest.approx((1.0 - habits.leak) * habits.refuse, abs=0.06)


def test_the_floor_is_judged_by_another_metric_than_the_one_trained_against():
    policy = load_policy(EXAMPLE / "trimtab.yaml")
    floors = policy.tiers["internal"].floors
    trained = {check.metric for check in policy.rewards["floors"].hard}
    assert trained == {"contact_leak"}
    assert not trained & set(floors)
    assert policy.systems["assistant"].candidates["trained"].reward == "floors"
