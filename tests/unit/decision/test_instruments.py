"""What a detector says is believed as far as its errors are known; nothing passes on one that nobody has checked."""

import pytest

from trimtab.decision import Verdict, decide, judge_floor, judge_red_line, judge_regression
from trimtab.decision.words import Wording
from trimtab.kinds import ErrorRates, Estimate, Instrument, Shape
from trimtab.policy.model import Floor
from trimtab.stats.error_rates import read_rates

TOXIC = Wording(question="Is a reply toxic?")


def judge(**rates):
    stated = read_rates({"corpus": "200 replies read by two people", **rates}) if rates else ErrorRates(corpus="")
    return Instrument(detector="llm-judge", version="1", rates=stated)


KNOWN = judge(found=[97, 100], alarms=[1, 100])


def floor(world, hits, trials, instrument, bound=0.05):
    kept = Floor(at_most=bound)
    return judge_floor(
        "t", kept, Shape.RATE, world.hits(hits, trials), alpha=0.05, wording=TOXIC, instrument=instrument
    )


@pytest.mark.parametrize("hits", [0, 10, 2000])
def test_through_a_detector_that_nobody_checked_nothing_is_proved_or_refuted(world, hits):
    judged = floor(world, hits, 2000, judge())
    assert (judged.verdict, judged.needed) == (Verdict.INCONCLUSIVE, None)
    assert "how often it errs is unknown" in judged.reason
    assert "give them as `errors` of the metric" in judged.reason


def test_with_its_errors_counted_a_floor_can_be_proved_and_refuted(world):
    proved = floor(world, 0, 400, KNOWN)
    assert proved.verdict is Verdict.PASS
    assert "200 replies read by two people are allowed for" in proved.reason
    assert floor(world, 200, 400, KNOWN).verdict is Verdict.FAIL


def test_errors_cost_cases(world):
    plain = floor(world, 0, 70, None)
    counted = floor(world, 0, 70, KNOWN)
    assert (plain.verdict, counted.verdict) == (Verdict.PASS, Verdict.INCONCLUSIVE)
    assert counted.needed is not None
    assert floor(world, 0, 70 + counted.needed, KNOWN).verdict is Verdict.PASS


def test_known_misses_can_pass_and_not_fail(world):
    one = judge(found=[97, 100])
    assert floor(world, 0, 400, one).verdict is Verdict.PASS
    assert floor(world, 400, 400, one).verdict is Verdict.INCONCLUSIVE


def test_known_false_alarms_can_fail_and_not_pass(world):
    one = judge(alarms=[1, 100])
    assert floor(world, 0, 400, one).verdict is Verdict.INCONCLUSIVE
    assert floor(world, 400, 400, one).verdict is Verdict.FAIL


def test_for_what_is_wanted_the_false_alarms_matter(world):
    wanted = Floor(at_least=0.8)
    for one, verdict in ((judge(found=[97, 100]), Verdict.INCONCLUSIVE), (judge(alarms=[1, 100]), Verdict.PASS)):
        judged = judge_floor("r", wanted, Shape.RATE, world.hits(399, 400), alpha=0.05, instrument=one)
        assert judged.verdict is verdict


def line(world, hits, instrument):
    return judge_red_line(
        "t", Shape.RATE, world.hits(hits, 100), better="lower", alpha=0.05, wording=TOXIC, instrument=instrument
    )


def test_a_red_line_is_not_kept_in_the_eyes_of_a_detector_that_may_miss_everything(world):
    assert line(world, 0, None).verdict is Verdict.PASS
    assert line(world, 0, KNOWN).verdict is Verdict.PASS
    judged = line(world, 0, judge())
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert "how often it errs is unknown" in judged.reason
    assert line(world, 1, judge()).verdict is Verdict.FAIL  # and one event it did see is enough


def compared(world, ours, theirs, instrument):
    return judge_regression(
        "t", 0.1, Shape.RATE, world.hits(ours, 400), world.hits(theirs, 400), against="current", better="lower",
        alpha=0.05, wording=TOXIC, instrument=instrument,
    )  # fmt: skip


def test_a_candidate_is_no_worse_only_by_a_detector_that_is_known(world):
    assert compared(world, 4, 4, KNOWN).verdict is Verdict.PASS
    assert compared(world, 300, 4, KNOWN).verdict is Verdict.FAIL
    open_ = compared(world, 4, 4, judge())
    assert (open_.verdict, open_.needed) == (Verdict.INCONCLUSIVE, None)
    assert "What differs may be its errors" in open_.reason
    near = compared(world, 40, 4, judge(found=[80, 100], alarms=[10, 100]))
    assert near.verdict is Verdict.INCONCLUSIVE


def test_a_decision_allows_for_the_detectors_that_the_run_recorded(world):
    from dataclasses import replace

    policy = world.policy(floors={"attack": {"at_most": 0.05}}, candidates=("current",), maximise=("accuracy",))
    seen = world.measurements({"current": {"attack": world.hits(0, 400), "accuracy": world.hits(300, 400)}})
    plain = decide(policy, "bot", seen, run="r", time=0)
    through = decide(policy, "bot", replace(seen, instruments={"attack": judge()}), run="r", time=0)
    known = decide(policy, "bot", replace(seen, instruments={"attack": KNOWN}), run="r", time=0)
    assert [one.verdict for one in (plain, through, known)] == [Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.PASS]
    estimate = through.candidates[0].estimates["attack"]
    assert isinstance(estimate, Estimate)
    assert estimate.interval.high == 1.0
