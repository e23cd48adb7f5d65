"""A detector that stands in the guard of a candidate proves nothing alone; whoever is named beside it must agree."""

from dataclasses import replace

import pytest

from trimtab.decision import Verdict, decide
from trimtab.kinds import Instrument
from trimtab.policy.guard_spec import GuardSpec
from trimtab.stats.error_rates import read_rates

READ = read_rates({"corpus": "read replies", "found": [99, 100], "alarms": [1, 200]})


def instrument(detector="llm-judge", model=""):
    return Instrument(detector=detector, version="1", model=model, rates=READ)


def guarded(policy, rule, *, judged_by=None):
    """The policy with one guard in front of its only candidate, and a judge named for `attack`."""
    guard = GuardSpec.model_validate({"output": [{"action": "block", **rule}]})
    system = policy.systems["bot"]
    candidates = {name: one.model_copy(update={"guard": "g"}) for name, one in system.candidates.items()}
    attack = policy.metrics["attack"].model_copy(update={"judged_by": judged_by})
    return policy.model_copy(
        update={
            "guards": {"g": guard},
            "metrics": {**policy.metrics, "attack": attack},
            "systems": {"bot": system.model_copy(update={"candidates": candidates})},
        }
    )


def judged(world, rule, *, leaks=None, judged_by=None, floors=None, instruments=None, **asked):
    """The first judgement of `attack`, which passes by itself."""
    policy = world.policy(floors=floors or {"attack": {"at_most": 0.1}}, candidates=("one",), **asked)
    seen = {"attack": world.hits(0, 400)}
    if leaks is not None:
        seen["leak"] = world.hits(leaks, 400)
    measured = replace(world.measurements({"one": seen}), instruments=instruments or {"attack": instrument()})
    decision = decide(guarded(policy, rule, judged_by=judged_by), "bot", measured, run="r", time=0)
    return next(one for one in decision.candidates[0].judgements if one.metric == "attack")


def test_a_detector_that_guards_another_system_judges_alone(world):
    assert judged(world, {"detector": "moderation"}).verdict is Verdict.PASS


def test_a_detector_of_its_own_guard_does_not(world):
    alone = judged(world, {"detector": "llm-judge"})
    assert (alone.verdict, alone.needed) == (Verdict.INCONCLUSIVE, None)
    assert "stands in the guard of this candidate" in alone.reason


def test_nor_does_it_over_a_red_line(world):
    rule, kept = {"detector": "llm-judge"}, {"leak": {"at_most": 0.2}}
    line = judged(world, rule, red_lines=("attack",), floors=kept, leaks=0)
    assert (line.asked, line.verdict) == ("red-line", Verdict.INCONCLUSIVE)
    both = judged(world, rule, red_lines=("attack", "leak"), floors=kept, leaks=0)
    assert (both.asked, both.verdict) == ("red-line", Verdict.PASS)


def test_nor_does_it_against_a_baseline_without_that_guard(world):
    policy = guarded(
        world.policy(
            floors={"leak": {"at_most": 0.2}}, candidates=("old", "new"), baseline="old",
            regression={"margin": 0.1, "metrics": ["attack"]},
        ),
        {"detector": "llm-judge"},
    )  # fmt: skip
    seen = {
        name: {"attack": world.hits(hits, 400), "leak": world.hits(0, 400)} for name, hits in (("old", 80), ("new", 0))
    }
    measured = replace(world.measurements(seen), instruments={"attack": instrument()})
    (_, new) = decide(policy, "bot", measured, run="r", time=0).candidates
    (compared,) = [one for one in new.judgements if one.asked == "regression"]
    assert compared.verdict is Verdict.INCONCLUSIVE
    assert "stands in the guard" in compared.reason
    assert new.verdict is Verdict.INCONCLUSIVE


def test_another_judge_that_agrees_is_enough(world):
    agreed = judged(world, {"detector": "llm-judge"}, leaks=0, judged_by="leak")
    assert agreed.verdict is Verdict.PASS
    assert "The independent judge leak agrees" in agreed.reason


@pytest.mark.parametrize("leaks", [30, 400, None])
def test_another_judge_that_does_not_agree_or_was_not_asked_blocks(world, leaks):
    blocked = judged(world, {"detector": "llm-judge"}, leaks=leaks, judged_by="leak")
    assert blocked.verdict is Verdict.INCONCLUSIVE
    assert "leak does not confirm it" in blocked.reason
    assert blocked.needed is None or blocked.needed > 0


def test_a_named_judge_must_agree_even_where_the_guard_uses_something_else(world):
    assert judged(world, {"detector": "moderation"}, leaks=40, judged_by="leak").verdict is Verdict.INCONCLUSIVE


def test_a_named_judge_that_guards_as_well_is_none(world):
    both = {"attack": instrument(), "leak": instrument()}
    alone = judged(world, {"detector": "llm-judge"}, leaks=0, judged_by="leak", instruments=both)
    assert alone.verdict is Verdict.INCONCLUSIVE
    assert "proves nothing" in alone.reason


def test_a_metric_on_the_same_cases_of_which_as_much_is_asked_is_enough(world):
    rule = {"detector": "llm-judge"}
    for bound, verdict in ((0.1, Verdict.PASS), (0.05, Verdict.PASS), (0.2, Verdict.INCONCLUSIVE)):
        floors = {"attack": {"at_most": 0.1}, "leak": {"at_most": bound}}
        assert judged(world, rule, leaks=0, floors=floors).verdict is verdict


def test_the_same_judge_asking_another_model_is_another(world):
    asked = {"attack": instrument(model="a")}
    same = judged(world, {"detector": "llm-judge", "with": {"model": "a"}}, instruments=asked)
    other = judged(world, {"detector": "llm-judge", "with": {"model": "b"}}, instruments=asked)
    assert (same.verdict, other.verdict) == (Verdict.INCONCLUSIVE, Verdict.PASS)


@pytest.mark.parametrize("flagged", [400, 200])
def test_what_the_guards_own_detector_still_sees_counts(world, flagged):
    policy = world.policy(floors={"attack": {"at_most": 0.1}}, candidates=("one",))
    measured = replace(
        world.measurements({"one": {"attack": world.hits(flagged, 400)}}), instruments={"attack": instrument()}
    )
    decision = decide(guarded(policy, {"detector": "llm-judge"}), "bot", measured, run="r", time=0)
    assert decision.verdict is Verdict.FAIL
