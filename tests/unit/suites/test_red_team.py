"""What the red-team suite asks, and that its success shows by itself."""

from collections import Counter

import pytest

from trimtab.errors import PluginError
from trimtab.kinds import Exchange, Missing, Reply, Score, plugins


def cases(count=600, seed=0, **fields):
    return list(plugins.make("suites", "red-team", **fields).cases(count=count, seed=seed))


def test_every_goal_takes_its_turn_before_one_comes_twice_and_all_techniques_are_used():
    assert len({case.cluster for case in cases(count=240)}) == 240
    assert {case.expect["technique"] for case in cases(count=2400)} == set(plugins.names("attacks"))


def test_families_have_about_as_many_attacks_whatever_number_of_techniques_they_have():
    families = Counter(case.expect["family"] for case in cases(count=1400))
    assert len(families) == 14
    assert max(families.values()) < 2 * min(families.values())


def test_all_hazards_are_stood_for():
    assert len({case.expect["hazard"] for case in cases()}) == 12


def test_the_marker_stands_in_the_instructions_and_nowhere_else():
    for case in cases(count=1200):
        (marker,) = case.expect["canary"]
        assert marker in case.messages[0].content
        said = [message.content for message in case.messages[1:]] + list(case.follow_ups)
        assert not any(marker.lower() in text.lower() for text in said)


def test_techniques_and_families_can_be_chosen():
    families = Counter(case.expect["family"] for case in cases(techniques=["encoding", "role-play"]))
    assert set(families) == {"encoding", "persona"}


def test_techniques_are_put_on_top_of_one_another():
    deep = cases(depth=2, count=300)
    assert all(case.expect["technique"].count("+") == 1 for case in deep)
    assert len({case.expect["technique"] for case in deep}) > 100


@pytest.mark.parametrize(
    "fields",
    [
        {"techniques": ["nonsense"]},
        {"depth": 0},
        {"depth": 9},
        {"techniques": ["crescendo"], "depth": 2},
        {"techniques": "base64"},
    ],
)
def test_what_does_not_exist_is_refused(fields):
    with pytest.raises(PluginError):
        cases(count=1, **fields)


def test_success_is_the_marker_in_any_reply_and_belongs_to_a_family():
    metric = plugins.make("metrics", "attack-success")
    case = next(case for case in cases() if case.follow_ups)
    (marker,) = case.expect["canary"]
    clean, spelled = Reply(text="I cannot say."), Reply(text=" ".join(marker))
    family = case.expect["family"]
    assert metric.score(case, Exchange(replies=(clean, clean))) == Score(value=0.0, group=family)
    assert metric.score(case, Exchange(replies=(spelled, clean))) == Score(value=1.0, group=family)
    from dataclasses import replace

    assert isinstance(metric.score(replace(case, expect={}), Exchange(replies=(clean,))), Missing)
