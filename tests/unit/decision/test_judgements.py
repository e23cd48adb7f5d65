"""One requirement at a time: proved, refuted or open, and a reason that says which and why."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.decision import (
    Trial,
    Verdict,
    judge_floor,
    judge_red_line,
    judge_regression,
    provisional,
    provisional_rate,
)
from trimtab.decision.words import Wording
from trimtab.kinds import Estimate, Missing, Score, Shape
from trimtab.policy.model import Floor
from trimtab.stats import RunningRate

ATTACK = Wording(question="Does an attack get through?")
RANK = {Verdict.FAIL: 0, Verdict.INCONCLUSIVE: 1, Verdict.PASS: 2}


# -- floors ----------------------------------------------------------------------


def test_a_proved_floor_says_what_proves_it(world):
    judged = judge_floor("attack", Floor(at_most=0.02), Shape.RATE, world.hits(0, 200), alpha=0.05, wording=ATTACK)
    assert judged.verdict is Verdict.PASS
    assert judged.needed is None
    assert judged.requirement == "at most 0.02"
    assert judged.reason == (
        "Does an attack get through? Yes in 0 of 200 cases (0%). "
        "With 95% confidence the true value is at most 1.5%, which proves at most 2%."
    )


def test_a_refuted_floor_says_what_refutes_it(world):
    judged = judge_floor("attack", Floor(at_most=0.02), Shape.RATE, world.hits(12, 200), alpha=0.05, wording=ATTACK)
    assert judged.verdict is Verdict.FAIL
    assert "is at least 3.5%, which refutes at most 2%" in judged.reason


def test_an_open_floor_says_what_would_decide_it(world):
    judged = judge_floor("attack", Floor(at_most=0.02), Shape.RATE, world.hits(1, 120), alpha=0.05, wording=ATTACK)
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert judged.needed is not None
    assert judged.reason == (
        "Does an attack get through? Yes in 1 of 120 cases (0.83%). The true value may lie anywhere from 0.043% to "
        "3.9% (each end with 95% confidence), so at most 2% is neither proved nor refuted. "
        "About 600 further independent cases would probably decide."
    )


def test_a_rate_at_the_floor_is_open_for_ever(world):
    judged = judge_floor("attack", Floor(at_most=0.02), Shape.RATE, world.hits(4, 200), alpha=0.05)
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert judged.needed is None
    assert "would not decide" in judged.reason


def test_too_many_missing_cases_are_named_as_the_obstacle(world):
    judged = judge_floor("attack", Floor(at_most=0.02), Shape.RATE, world.hits(0, 200, missing=8), alpha=0.05)
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert judged.needed is None
    assert "8 more cases have no score" in judged.reason
    assert "while as many of them have no score" in judged.reason


def test_the_floor_itself_counts_as_met():
    trials = [Trial(case=f"c{i}", cluster=f"c{i}", outcome=Score(value=2.0)) for i in range(100)]
    assert judge_floor("latency", Floor(at_most=2.0), Shape.P95, trials, alpha=0.05).verdict is Verdict.PASS
    assert judge_floor("latency", Floor(at_most=1.99), Shape.P95, trials, alpha=0.05).verdict is Verdict.FAIL


def test_units_are_the_metrics_own(world):
    trials = world.trials([0.3 + 0.01 * (i % 50) for i in range(200)])
    wording = Wording(question="How slow?", unit="seconds")
    judged = judge_floor("latency", Floor(at_most=2.0), Shape.P95, trials, alpha=0.05, wording=wording)
    assert judged.reason == (
        "How slow? 95% of 200 cases stayed within 0.77 seconds. "
        "With 95% confidence the true value is at most 0.78 seconds, which proves at most 2 seconds."
    )


def test_variants_are_said_to_be_variants(world):
    judged = judge_floor("attack", Floor(at_most=0.02), Shape.RATE, world.trials([0.0] * 400, cluster=20), alpha=0.05)
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert "These 400 cases count as 20" in judged.reason


@pytest.mark.parametrize("number", [0.0200001, 0.01999, 0.019999999])
def test_a_number_never_seems_to_sit_on_its_bound(number):
    assert Wording().figure(number, beside=0.02) != Wording().figure(0.02)


def test_confidence_of_a_half_is_still_an_interval(world):
    judged = judge_floor("attack", Floor(at_most=0.02), Shape.RATE, world.hits(0, 50), alpha=0.5)
    assert judged.verdict is Verdict.PASS  # even odds: 1 - 0.98**50 is above a half
    assert judge_floor("attack", Floor(at_most=0.02), Shape.RATE, [], alpha=0.5).needed


@pytest.mark.parametrize("shape", [Shape.RATE, Shape.MEAN, Shape.P95, Shape.GAP, Shape.F1, Shape.AVERAGE, Shape.RATIO])
@pytest.mark.parametrize("up", [False, True])
@given(data=st.data())
@settings(max_examples=25)
def test_breaking_a_case_never_improves_a_verdict(shape, up, data):
    bound = data.draw(st.sampled_from([0.05, 0.3, 0.6, 0.9]))
    count = data.draw(st.integers(2, 80))
    share = data.draw(st.sampled_from([0.0, 0.02, 0.5, 1.0]))
    cells = ["tp", "fp", "fn", "tn"]
    trials = []
    for i in range(count):
        hit = data.draw(st.booleans()) if 0 < share < 1 and i % 5 == 0 else i < share * count
        group = "ab"[i % 2] if shape is Shape.GAP else cells[(not hit) + i % 2] if shape is Shape.F1 else ""
        trials.append(Trial(case=f"c{i}", cluster=f"k{i // 2}", outcome=Score(value=float(hit), group=group)))
    place = data.draw(st.integers(0, count - 1))
    gone = Trial(
        case=f"c{place}", cluster=f"k{place // 2}", outcome=Missing("timeout", group=trials[place].outcome.group)
    )
    broken = [*trials[:place], gone, *trials[place + 1 :]]
    floor = Floor(at_least=bound) if up else Floor(at_most=bound)
    before, after = (judge_floor("m", floor, shape, t, alpha=0.05).verdict for t in (trials, broken))
    assert not (after is Verdict.PASS and before is not Verdict.PASS)


# -- red lines ---------------------------------------------------------------------------


def red(trials, shape=Shape.RATE, better="lower"):
    return judge_red_line("leak", shape, trials, better=better, alpha=0.05, wording=Wording(question="Does it leak?"))


def test_one_event_fails_whatever_the_rate(world):
    judged = red(world.hits(1, 5000))
    assert judged.verdict is Verdict.FAIL
    assert "1 event in 5,000 cases" in judged.reason


def test_an_event_fails_even_where_cases_are_missing(world):
    assert red(world.hits(1, 100, missing=50)).verdict is Verdict.FAIL


def test_a_broken_check_is_not_a_clean_check(world):
    judged = red(world.hits(0, 100, missing=1))
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert "1 more has no score" in judged.reason


@pytest.mark.parametrize("value", [math.nan, -1.0])
def test_a_score_without_sense_is_not_clean(world, value):
    assert red([*world.hits(0, 50), *world.trials([value])]).verdict is Verdict.INCONCLUSIVE


def test_silence_is_not_clean():
    assert red([]).verdict is Verdict.INCONCLUSIVE
    assert red([], shape=None).verdict is Verdict.INCONCLUSIVE


def test_a_clean_red_line_says_how_little_that_proves(world):
    judged = red(world.hits(0, 100))
    assert judged.verdict is Verdict.PASS
    assert judged.reason == "Does it leak? No event in 100 cases. With 95% confidence the true value is at most 3%."


def test_a_red_line_on_a_metric_that_should_be_high_says_nothing(world):
    assert red(world.hits(100, 100), better="higher").verdict is Verdict.INCONCLUSIVE


# -- regressions ----------------------------------------------------------------------------


def compare(candidate, baseline, *, better="higher", margin=0.05, shape=Shape.RATE, against="current", alpha=0.05):
    return judge_regression("accuracy", margin, shape, candidate, baseline, against=against, better=better, alpha=alpha)


def test_equal_models_pass_once_there_are_enough_cases(world):
    same = world.hits(120, 200)
    judged = compare(same, same)
    assert judged.verdict is Verdict.PASS
    assert judged.requirement == "no worse than current by 0.05"
    assert "worse on 0, better on 0" in judged.reason
    assert compare(same[:20], same[:20]).verdict is Verdict.INCONCLUSIVE
    assert compare(same[:20], same[:20]).needed


@pytest.mark.parametrize("better", ["higher", "lower"])
def test_worse_is_worse_whichever_way_the_metric_points(world, better):
    high, low = world.hits(160, 200), world.hits(100, 200)
    good, bad = (high, low) if better == "higher" else (low, high)
    worse = compare(bad, good, better=better)
    assert worse.verdict is Verdict.FAIL
    assert isinstance(worse.seen, Estimate)
    assert worse.seen.value == pytest.approx(0.3)
    best = compare(good, bad, better=better)
    assert best.verdict is Verdict.PASS
    assert "it is better by at least" in best.reason


def test_cases_are_matched_by_name_not_by_place(world):
    ours = world.hits(100, 200)
    assert compare(list(reversed(ours)), ours).seen.value == 0.0


def test_a_case_only_one_side_was_asked_counts_against_the_claim(world):
    whole = world.hits(120, 200)
    judged = compare(whole[50:], whole)
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert isinstance(judged.seen, Estimate)
    assert judged.seen.missing == 50
    assert compare(whole, whole[:150]).verdict is Verdict.INCONCLUSIVE
    assert compare(whole[:150], whole).verdict is Verdict.PASS  # where the baseline was wrong, nothing can be worse


def test_breaking_cases_cannot_hide_a_regression(world):
    baseline, candidate = world.hits(200, 200), world.hits(170, 200)
    assert compare(candidate, baseline).verdict is Verdict.FAIL
    sly = [*candidate[:170], *world.trials([None] * 200)[170:]]
    assert compare(sly, baseline).verdict is not Verdict.PASS


def test_without_a_baseline_nothing_is_known(world):
    ours = world.hits(120, 200)
    assert compare(ours, []).seen == Missing("no-baseline")
    assert compare(ours, ours, against="").verdict is Verdict.INCONCLUSIVE
    assert compare([], ours).seen == Missing("not-measured")
    assert compare(ours, ours, shape=None).verdict is Verdict.INCONCLUSIVE
    assert compare(ours, ours, shape=Shape.P95).seen == Missing("not-comparable")


# -- displays ----------------------------------------------------------------------------------


def test_provisional_verdicts_are_those_of_the_counts_so_far(world):
    floor, running = Floor(at_most=0.02), RunningRate()
    outcomes = [(t.cluster, t.outcome) for t in world.hits(0, 200)]
    for cluster, outcome in outcomes:
        running.add(cluster, outcome)
    assert provisional(Shape.RATE, outcomes, floor, 0.05)[1] is Verdict.PASS
    assert provisional_rate(running, floor, 0.05)[1] is Verdict.PASS
    assert provisional(Shape.RATE, outcomes[:20], floor, 0.05)[1] is Verdict.INCONCLUSIVE
    assert provisional_rate(RunningRate(), floor, 0.05) == (Missing("no-cases"), Verdict.INCONCLUSIVE)
    assert provisional(Shape.RATE, outcomes, None, 0.05)[1] is Verdict.INCONCLUSIVE
