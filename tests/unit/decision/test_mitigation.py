"""A share of the baseline's gap: proved, refuted, open, or not to be said, and never passed by silence."""

import pytest

from trimtab.decision import Measurements, Trial, Verdict, between_groups, decide, from_payload, removed, to_payload
from trimtab.decision.mitigation import judge_mitigation
from trimtab.kinds import Estimate, Missing, Score, Shape
from trimtab.stats import share_of_look


def trials(women, men, count, *, missing=0):
    """Questions about both; of `count` so many are favourable. Missing ones come last, of women."""
    rows = []
    for q in range(count):
        for group, favourable in (("women", women), ("men", men)):
            lost = group == "women" and q >= count - missing
            outcome = Missing("timeout", group=group) if lost else Score(value=float(q < favourable), group=group)
            rows.append(Trial(case=f"q{q}.{group}", cluster=f"q{q}", outcome=outcome))
    return rows


def judged(candidate, baseline, share=0.5, **more):
    given = {"shape": Shape.GAP, "against": "current", "alpha": 0.05, **more}
    shape = given.pop("shape")
    return judge_mitigation("gap", share, shape, candidate, baseline, **given)


def test_a_share_that_is_proved_refuted_and_open():
    before = trials(60, 160, 200)
    proved = judged(trials(150, 160, 200), before)
    assert proved.verdict is Verdict.PASS
    assert proved.seen.value == pytest.approx(0.9)
    assert proved.seen.interval.low >= 0.5
    assert "90% is gone" in proved.reason
    assert "proves at least 50%" in proved.reason
    refuted = judged(trials(62, 160, 200), before)
    assert refuted.verdict is Verdict.FAIL
    assert refuted.seen.interval.high < 0.5
    assert "refutes at least 50%" in refuted.reason
    grown = judged(trials(0, 190, 200), before)
    assert grown.verdict is Verdict.FAIL
    assert "minus" in grown.reason
    assert "the gap has grown" in grown.reason
    unsure = judged(trials(120, 160, 200), before)
    assert unsure.verdict is Verdict.INCONCLUSIVE
    assert unsure.needed is not None
    assert unsure.needed > 0
    assert "neither proved nor refuted" in unsure.reason


def test_more_cases_of_the_same_decide_what_was_open():
    once = judged(trials(120, 160, 200), trials(60, 160, 200))
    times = 1 + -(-once.needed // 200)
    again = judged(trials(120 * times, 160 * times, 200 * times), trials(60 * times, 160 * times, 200 * times))
    assert again.verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("candidate", "baseline", "more", "reason"),
    [
        (trials(9, 9, 20), trials(10, 10, 20), {}, "no-baseline-gap"),
        (trials(9, 9, 20), [], {}, "no-baseline"),
        ([], trials(3, 16, 20), {}, "not-measured"),
        (trials(9, 9, 20), trials(3, 16, 20), {"against": ""}, "no-baseline"),
        (trials(9, 9, 20), trials(3, 16, 20), {"shape": Shape.RATE}, "no-gap"),
        (trials(9, 9, 20), trials(3, 16, 20), {"shape": None}, "no-baseline"),
    ],
)
def test_where_nothing_can_be_said_nothing_passes(candidate, baseline, more, reason):
    found = judged(candidate, baseline, **more)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert isinstance(found.seen, Missing)
    assert found.seen.reason == reason
    assert found.reason


def test_cases_that_break_are_never_gone_from_the_gap():
    """Favourable answers about men vanish: what is seen is level, and what may be true is not."""
    before = trials(60, 160, 200)
    hiding = [
        trial if not (trial.outcome.group == "men" and trial.outcome.value) else
        Trial(case=trial.case, cluster=trial.cluster, outcome=Missing("timeout", group="men"))
        for trial in trials(60, 160, 200)
    ]  # fmt: skip
    assert judged(hiding, before).verdict is not Verdict.PASS
    lacking = [trial for trial in trials(60, 160, 200) if trial.outcome.group == "women"]
    assert judged(lacking, before).verdict is not Verdict.PASS


def test_a_candidate_that_stopped_early_is_compared_on_what_it_was_asked():
    before, part = trials(100, 400, 500), trials(195, 200, 200)
    assert judged(part, before, anytime=True).seen.count == 200
    assert judged(part, before).seen.missing == 600


def decided(world, current, q4, baseline="current"):
    asked = {"at_least": 0.5, "metrics": ["gap"]}
    floors = {"gap": {"at_most": 0.9}}
    policy = world.policy(floors=floors, baseline=baseline, maximise=("gap",), mitigation=asked)
    measured = world.measurements({"current": {"gap": current}, "q4": {"gap": q4}})
    return decide(policy, "bot", measured, run="r", time=0)


def test_a_decision_asks_it_of_candidates_and_not_of_the_baseline(world):
    found = decided(world, trials(60, 160, 200), trials(150, 160, 200))
    asked = {one.candidate: [j.asked for j in one.judgements] for one in found.candidates}
    assert asked == {"current": ["floor"], "q4": ["floor", "mitigation"]}
    assert found.winner == "q4"
    assert from_payload(to_payload(found)) == found
    worse = decided(world, trials(60, 160, 200), trials(61, 160, 200))
    assert {one.candidate: one.verdict for one in worse.candidates}["q4"] is Verdict.FAIL
    assert worse.winner == "current"


def test_without_a_baseline_it_is_never_passed(world):
    found = decided(world, trials(60, 160, 200), trials(150, 160, 200), baseline=None)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert not found.winner


# -- for showing -----------------------------------------------------------------------------------


def shown(current, q4, *, looks=None, shapes=None):
    return Measurements(
        system="bot",
        trials={"current": {"gap": current, "acc": current}, "q4": {"gap": q4, "acc": q4}},
        shapes=shapes or {"gap": Shape.GAP, "acc": Shape.RATE},
        better={},
        looks=looks or {},
    )


def test_only_metrics_that_compare_groups_have_a_share_and_the_baseline_has_none():
    seen = shown(trials(60, 160, 200), trials(150, 160, 200))
    found = removed(seen, "q4", baseline="current", alpha=0.05)
    assert list(found) == ["gap"]
    assert isinstance(found["gap"], Estimate)
    assert removed(seen, "current", baseline="current", alpha=0.05) == {}
    assert removed(seen, "q4", baseline="", alpha=0.05) == {}


def test_what_is_shown_of_runs_that_stopped_is_over_cases_that_both_were_asked():
    found = removed(shown(trials(60, 160, 160), trials(150, 160, 200)), "q4", baseline="current", alpha=0.05)["gap"]
    assert isinstance(found, Estimate)
    assert (found.count, found.missing) == (160, 0)


def test_a_second_look_is_shown_wider():
    ends = []
    for look in (0, 1, 2):
        seen = shown(trials(60, 160, 200), trials(150, 160, 200), looks={"q4": {"gap": look}})
        found = removed(seen, "q4", baseline="current", alpha=0.05)["gap"]
        assert isinstance(found, Estimate)
        assert found.interval.level == pytest.approx(1 - 0.1 * share_of_look(look))
        ends.append(found.interval.low)
    assert ends[0] > ends[1] > ends[2]


def test_every_two_groups_of_every_metric_are_one_family():
    rows = trials(60, 160, 200)
    one = shown(rows, rows, shapes={"gap": Shape.GAP, "acc": Shape.RATE})
    two = shown(rows, rows, shapes={"gap": Shape.GAP, "acc": Shape.GAP})
    alone, together = (between_groups(seen, "q4", alpha=0.05) for seen in (one, two))
    assert list(alone) == ["gap"]
    assert list(together) == ["gap", "acc"]
    (pair, narrow), (_, wide) = (next(iter(found["gap"].items())) for found in (alone, together))
    assert pair == ("men", "women")
    assert narrow.value == wide.value == pytest.approx(0.5)
    assert wide.interval.low < narrow.interval.low < 0.5 < narrow.interval.high < wide.interval.high


def test_nobody_measured_is_nothing_shown():
    empty = Measurements(system="bot", trials={}, shapes={"gap": Shape.GAP}, better={})
    assert between_groups(empty, "q4", alpha=0.05) == {}
    assert removed(empty, "q4", baseline="current", alpha=0.05) == {}
