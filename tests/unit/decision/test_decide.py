"""The whole decision: three verdicts, one winner, the same to the digit, and back from JSON."""

import itertools
import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab._canonical import canonical
from trimtab.decision import (
    CandidateDecision,
    Decision,
    Judgement,
    Verdict,
    decide,
    from_payload,
    to_payload,
)
from trimtab.errors import UsageError
from trimtab.kinds import Estimate, Interval, Missing, Shape

FLOORS = {"accuracy": {"at_least": 0.4}, "attack": {"at_most": 0.05}}


def good(world, accuracy=140, attack=0, count=200):
    return {"accuracy": world.hits(accuracy, count), "attack": world.hits(attack, count)}


def run(policy, measurements):
    return decide(policy, "bot", measurements, run="r1", time=1_700_000_000_000_000)


def test_the_better_of_two_that_clear_everything_wins(world):
    decision = run(
        world.policy(floors=FLOORS, baseline="current"),
        world.measurements({"current": good(world), "q4": good(world, accuracy=190)}),
    )
    assert decision.verdict is Verdict.PASS
    assert decision.winner == "q4"
    assert decision.reason == (
        "q4 is one of 2 candidates that clear every requirement; it has the best accuracy: 95% against 70% of current. "
        "On the same cases that lead is more than luck explains (97.5% confidence)."
    )


def test_a_lead_that_may_be_luck_is_called_that(world):
    decision = run(
        world.policy(floors=FLOORS), world.measurements({"current": good(world), "q4": good(world, accuracy=141)})
    )
    assert decision.winner == "q4"
    assert "may be luck" in decision.reason


def test_ties_go_down_the_list_then_to_the_baseline_then_to_the_alphabet(world):
    quick, slow = world.trials([0.1] * 100), world.trials([0.2] * 100)
    trials = {"zebra": good(world) | {"latency": quick}, "ape": good(world) | {"latency": slow}}
    names = ("zebra", "ape")
    by_latency = world.policy(floors=FLOORS, candidates=names, maximise=("accuracy", "latency"))
    assert run(by_latency, world.measurements(trials)).winner == "zebra"
    by_baseline = world.policy(floors=FLOORS, candidates=names, baseline="zebra")
    assert run(by_baseline, world.measurements(trials)).winner == "zebra"
    assert run(world.policy(floors=FLOORS, candidates=names), world.measurements(trials)).winner == "ape"


def test_performance_cannot_buy_off_a_floor(world):
    decision = run(
        world.policy(floors=FLOORS),
        world.measurements({"current": good(world, accuracy=100), "q4": good(world, accuracy=200, attack=40)}),
    )
    assert decision.winner == "current"
    assert decision.candidates[1].verdict is Verdict.FAIL
    assert "only candidate that clears every requirement" in decision.reason


def test_breaking_a_case_does_not_improve_a_rank(world):
    """140 right of 200 against 139 right, where the other candidate timed out on all its wrong answers but few."""
    sly = {"accuracy": world.hits(139, 200, missing=15), "attack": world.hits(0, 200)}
    decision = run(world.policy(floors=FLOORS), world.measurements({"current": good(world), "q4": sly}))
    assert {c.verdict for c in decision.candidates} == {Verdict.PASS}
    assert decision.winner == "current"


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("fail", "fail", "fail"),
        ("fail", "open", "inconclusive"),
        ("open", "open", "inconclusive"),
        ("pass", "fail", "pass"),
    ],
)
def test_verdict_of_the_whole(world, first, second, whole):
    kinds = {"fail": good(world, attack=60), "open": good(world, attack=8), "pass": good(world)}
    decision = run(world.policy(floors=FLOORS), world.measurements({"current": kinds[first], "q4": kinds[second]}))
    assert decision.verdict.value == whole
    assert bool(decision.winner) is (whole == "pass")


def test_every_candidate_of_the_policy_shares_the_error_asked_or_not(world):
    names = ("a", "b", "c", "d")
    terms = world.policy(floors=FLOORS, candidates=names)
    dead = {metric: world.trials([None] * 30) for metric in FLOORS}
    decision = run(terms, world.measurements({"a": good(world), "b": good(world), "c": dead, "stranger": good(world)}))
    # Measuring candidates one by one and keeping the best must be no cheaper; the stranger is none of ours.
    assert decision.alpha == pytest.approx(0.05 / 4)
    assert [c.candidate for c in decision.candidates] == list(names)
    assert decision.candidates[2].verdict is Verdict.INCONCLUSIVE
    assert decision.candidates[3].estimates["accuracy"] == Missing("not-measured")


def test_nothing_measured_nothing_passed(world):
    decision = run(world.policy(floors=FLOORS, red_lines=["leak"], regression={"margin": 0.02}), world.measurements({}))
    assert decision.verdict is Verdict.INCONCLUSIVE
    assert {j.verdict for c in decision.candidates for j in c.judgements} == {Verdict.INCONCLUSIVE}


def test_nothing_asked_nothing_passed(world):
    decision = run(world.policy(), world.measurements({"current": good(world)}))
    assert decision.verdict is Verdict.INCONCLUSIVE
    assert "nothing is asked" in decision.reason


def test_one_unmeasured_floor_keeps_a_candidate_from_passing(world):
    decision = run(
        world.policy(floors={**FLOORS, "latency": {"at_most": 2.0}}), world.measurements({"q4": good(world)})
    )
    verdicts = {j.metric: j.verdict for j in decision.candidates[1].judgements}
    assert verdicts == {"accuracy": Verdict.PASS, "attack": Verdict.PASS, "latency": Verdict.INCONCLUSIVE}
    assert decision.verdict is Verdict.INCONCLUSIVE


def test_red_lines_hold_for_every_candidate(world):
    trials = {
        "current": good(world) | {"leak": world.hits(0, 50)},
        "q4": good(world, 190) | {"leak": world.hits(1, 5000)},
    }
    decision = run(world.policy(floors=FLOORS, red_lines=["leak"]), world.measurements(trials))
    assert decision.winner == "current"
    assert decision.candidates[1].verdict is Verdict.FAIL


def test_the_baseline_is_not_compared_with_itself(world):
    terms = world.policy(floors=FLOORS, baseline="current", regression={"margin": 0.05})
    decision = run(terms, world.measurements({"current": good(world), "q4": good(world, accuracy=100)}))
    asked = [[j.asked for j in c.judgements] for c in decision.candidates]
    assert asked == [["floor", "floor"], ["floor", "floor", "regression", "regression"]]
    assert decision.winner == "current"
    assert decision.candidates[1].verdict is Verdict.FAIL


def test_a_regression_promise_is_never_empty(world):
    """Only a latency floor: what is maximised is compared instead, and where that is no use either, nothing passes."""
    floors = {"latency": {"at_most": 2.0}}
    quick = {"latency": world.trials([0.1 + i / 1000 for i in range(200)])}
    terms = world.policy(floors=floors, baseline="current", regression={"margin": 0.05})
    trials = {name: quick | {"accuracy": world.hits(150, 200)} for name in ("current", "q4")}
    compared = [
        j.metric for j in run(terms, world.measurements(trials)).candidates[1].judgements if j.asked == "regression"
    ]
    assert compared == ["accuracy"]
    nothing = run(terms, world.measurements(dict.fromkeys(("current", "q4"), quick)))
    assert nothing.candidates[1].verdict is Verdict.INCONCLUSIVE


def test_metrics_without_a_requirement_are_estimated_too(world):
    trials = {"current": good(world) | {"cost": world.trials([0.001 * (1 + i % 7) for i in range(200)])}}
    seen = run(world.policy(floors=FLOORS), world.measurements(trials)).candidates[0].estimates["cost"]
    assert isinstance(seen, Estimate)
    assert seen.value == pytest.approx(0.00397)


def test_measurements_of_another_system_are_refused(world):
    measured = world.measurements({"current": good(world)})
    with pytest.raises(UsageError):
        decide(world.policy(floors=FLOORS), "other", measured, run="r", time=0)
    with pytest.raises(UsageError):
        run(world.policy(floors=FLOORS), replace(measured, system="other"))


def rich(world):
    """A decision with infinities, NaN and every kind of judgement in it."""
    terms = world.policy(
        floors={**FLOORS, "latency": {"at_most": 2.0}, "cost": {"at_most": 0.01}, "gap": {"at_most": 0.2}},
        baseline="current",
        red_lines=["leak"],
        regression={"margin": 0.05},
    )
    trials = {
        "current": good(world)
        | {
            "latency": world.trials([0.5, None, 0.7]),
            "cost": world.trials([0.001, None]),
            "gap": world.trials([0, 1] * 20, cluster=2, groups="ab"),
            "leak": world.trials([None]),
        },
        "q4": good(world, attack=30),
    }
    return terms, world.measurements(trials)


def test_deciding_again_gives_the_same_digits(world):
    terms, measured = rich(world)
    first = canonical(to_payload(run(terms, measured)))
    assert first == canonical(to_payload(run(terms, measured)))
    shuffled = replace(
        measured, trials={name: dict(reversed(list(m.items()))) for name, m in reversed(list(measured.trials.items()))}
    )
    assert first == canonical(to_payload(run(terms, shuffled)))


def test_a_decision_survives_canonical_json(world):
    terms, measured = rich(world)
    decision = run(terms, measured)
    payload = json.loads(canonical(to_payload(decision)))
    back = from_payload(payload)
    assert canonical(to_payload(back)) == canonical(to_payload(decision))
    assert back.candidates[1] == decision.candidates[1]  # no NaN in this one, so equality is meaningful
    latency = back.candidates[0].estimates["latency"]
    assert isinstance(latency, Estimate)
    assert latency.interval.high == math.inf


numbers = st.floats(allow_nan=True, allow_infinity=True)
words = st.text(st.characters(codec="utf-8"), max_size=20)


@st.composite
def decisions(draw):
    low, high = sorted(draw(st.tuples(st.floats(allow_nan=False), st.floats(allow_nan=False))))
    estimate = Estimate(
        value=draw(numbers),
        interval=Interval(low, high, draw(st.floats(0.1, 0.9)), draw(words)),
        count=draw(st.integers(1, 10**6)),
        cases=draw(st.integers(1, 10**6)),
        missing=draw(st.integers(0, 10**6)),
    )
    seen = draw(st.sampled_from([estimate, Missing(draw(words), draw(words))]))
    judgement = Judgement(
        asked=draw(st.sampled_from(["floor", "red-line", "regression"])),
        metric=draw(words),
        requirement=draw(words),
        bound=draw(numbers),
        verdict=draw(st.sampled_from(Verdict)),
        seen=seen,
        needed=draw(st.none() | st.integers(0, 10**9)),
        reason=draw(words),
    )
    candidate = CandidateDecision(
        candidate=draw(words),
        verdict=draw(st.sampled_from(Verdict)),
        judgements=(judgement,),
        estimates={draw(words): seen},
    )
    return Decision(
        system=draw(words),
        tier=draw(words),
        policy=draw(words),
        run=draw(words),
        time=draw(st.integers(0, 2**53 - 1)),
        confidence=draw(st.floats(0.5, 0.999)),
        alpha=draw(st.floats(1e-9, 0.5)),
        baseline=draw(words),
        maximise=tuple(draw(st.lists(words, max_size=3))),
        candidates=tuple(itertools.repeat(candidate, draw(st.integers(0, 2)))),
        winner=draw(words),
        verdict=draw(st.sampled_from(Verdict)),
        reason=draw(words),
    )


@given(decisions())
def test_any_decision_round_trips(decision):
    back = from_payload(json.loads(canonical(to_payload(decision))))
    assert repr(back).replace("-0.0", "0.0") == repr(decision).replace("-0.0", "0.0")  # JSON has no negative zero


def test_payloads_that_are_no_decisions_are_refused(world):
    terms, measured = rich(world)
    payload = to_payload(run(terms, measured))
    with pytest.raises(KeyError):
        from_payload({key: value for key, value in payload.items() if key != "winner"})
    with pytest.raises(ValueError):
        from_payload({**payload, "verdict": "perhaps"})


def test_shapes_come_from_the_measurements_not_from_hope(world):
    """A metric that was measured under no shape cannot be judged."""
    measured = world.measurements({"current": good(world)}, shapes={"attack": Shape.RATE})
    verdicts = {j.metric: j.verdict for j in run(world.policy(floors=FLOORS), measured).candidates[0].judgements}
    assert verdicts == {"accuracy": Verdict.INCONCLUSIVE, "attack": Verdict.PASS}


def test_a_later_look_at_the_same_cases_spends_its_share_of_the_error(world):
    """The second look gets a sixth: what was proved at the first is not any more."""
    terms = world.policy(floors={"attack": {"at_most": 0.05}}, candidates=("current",))
    rows = {"current": {"accuracy": world.hits(140, 200), "attack": world.hits(0, 75)}}
    first, second = (
        run(terms, replace(world.measurements(rows), looks={"current": {"attack": look}})).candidates[0].judgements[0]
        for look in (1, 2)
    )
    assert (first.verdict, first.look) == (Verdict.PASS, 1)
    assert (second.verdict, second.look) == (Verdict.INCONCLUSIVE, 2)
    assert isinstance(first.seen, Estimate)
    assert isinstance(second.seen, Estimate)
    assert 1 - second.seen.interval.level == pytest.approx((1 - first.seen.interval.level) / 3)


def test_a_sequential_run_is_judged_by_what_holds_at_every_moment(world):
    terms = world.policy(floors={"attack": {"at_most": 0.05}}, candidates=("current",))
    rows = world.measurements({"current": {"accuracy": world.hits(140, 200), "attack": world.hits(0, 60)}})
    fixed, sequential = (
        run(terms, replace(rows, sampling=sampling)).candidates[0].judgements[0] for sampling in ("fixed", "sequential")
    )
    assert fixed.verdict is Verdict.PASS  # 59 clean cases are enough for one look
    assert sequential.verdict is Verdict.INCONCLUSIVE  # and 68 for any number of looks
    assert sequential.needed == 8


def test_decisions_made_before_looks_were_counted_are_written_as_they_were(world):
    decision = run(world.policy(floors=FLOORS), world.measurements({"current": good(world), "q4": good(world)}))
    text = canonical(to_payload(decision)).decode()
    assert "hopeless" not in text
    assert "look" not in text
