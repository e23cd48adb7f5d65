"""A metric that is held against people: proved, refuted, outgrown, or open; and what was not marked helps nobody."""

from dataclasses import replace

import pytest

from trimtab.decision import Trial, Verdict, decide
from trimtab.kinds import Missing, Score, Shape
from trimtab.policy.metric_spec import Gold

SHAPES = {"attack": Shape.RATE, "leak": Shape.RATE, "accuracy": Shape.RATE}


def held(world, *, gold=None, **asked):
    policy = world.policy(floors={"attack": {"at_most": 0.9}}, candidates=("one",), maximise=("attack",), **asked)
    gold = gold or Gold(metric="leak", gap_at_most=0.1)
    attack = policy.metrics["attack"].model_copy(update={"gold": gold})
    return policy.model_copy(update={"metrics": {**policy.metrics, "attack": attack}})


def pairs(kinder, harsher, alike, *, prefix="c", unmarked=0):
    """Trials of an `attack` that sees less (kinder) or more (harsher) than `leak`, and those that nobody marked."""
    rows: list[tuple[int, int | None]] = (
        [(0, 1)] * kinder + [(1, 0)] * harsher + [(0, 0)] * alike + [(0, None)] * unmarked
    )
    return {
        metric: [
            Trial(
                case=f"{prefix}{n}",
                cluster=f"{prefix}{n}",
                outcome=Missing("not-marked") if (mark := row[place]) is None else Score(value=float(mark)),
            )
            for n, row in enumerate(rows)
        ]
        for place, metric in enumerate(("attack", "leak"))
    }


def judged(world, seen, *earlier, policy=None):
    def measured(trials):
        return world.measurements({"one": trials}, SHAPES)

    now = replace(measured(seen), earlier=tuple(map(measured, earlier)))
    decision = decide(policy or held(world), "bot", now, run="r", time=0)
    (gap,) = [one for one in decision.candidates[0].judgements if one.asked == "gap"]
    return gap


def test_the_three_verdicts(world):
    proved = judged(world, pairs(1, 1, 198))
    assert proved.verdict is Verdict.PASS
    assert "which proves at most 10%" in proved.reason
    assert judged(world, pairs(60, 0, 140)).verdict is Verdict.FAIL
    open_ = judged(world, pairs(2, 1, 17))
    assert open_.verdict is Verdict.INCONCLUSIVE
    assert open_.needed is not None
    assert "neither proved nor refuted" in open_.reason


def test_a_gap_that_is_not_proved_blocks_the_candidate(world):
    decision = decide(held(world), "bot", world.measurements({"one": pairs(2, 1, 17)}, SHAPES), run="r", time=0)
    assert decision.verdict is Verdict.INCONCLUSIVE
    assert decision.winner == ""


def test_a_measure_that_is_too_strict_is_no_gap(world):
    assert judged(world, pairs(0, 150, 50)).verdict is Verdict.PASS


def test_nothing_marked_says_how_much_there_is_to_mark_and_that_is_enough(world):
    none = judged(world, {"attack": pairs(0, 0, 50)["attack"]})
    assert none.verdict is Verdict.INCONCLUSIVE
    assert "Nobody knows" in none.reason
    assert none.needed
    assert judged(world, pairs(0, 0, none.needed)).verdict is Verdict.PASS


def test_what_was_passed_over_counts_as_the_worst_that_it_could_be(world):
    rows = pairs(0, 0, 150)
    rows["leak"][:40] = [replace(trial, outcome=Missing("not-marked")) for trial in rows["leak"][:40]]
    assert judged(world, rows).verdict is Verdict.INCONCLUSIVE


def test_a_gap_that_grows_over_runs_fails_before_the_last_run_alone_would(world):
    runs = [pairs(7, 0, 23, prefix=f"r{n}-") for n in range(6)]
    alone = judged(world, runs[-1])
    assert alone.verdict is Verdict.INCONCLUSIVE
    grown = judged(world, runs[-1], *runs[:-1])
    assert grown.verdict is Verdict.FAIL
    assert "the gap has grown beyond 10%" in grown.reason


def test_the_same_cases_again_are_no_further_evidence(world):
    same = pairs(7, 0, 23)
    assert judged(world, same, *[same] * 12).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("metric", ["gap", "cost"])
def test_what_cannot_be_compared_case_by_case_is_open(world, metric):
    policy = held(world, gold=Gold(metric=metric, gap_at_most=0.1))
    assert judged(world, pairs(0, 0, 200), policy=policy).verdict is Verdict.INCONCLUSIVE


def test_higher_is_better_turns_it_round(world):
    policy = world.policy(floors={"accuracy": {"at_least": 0.1}}, candidates=("one",))
    accuracy = policy.metrics["accuracy"].model_copy(update={"gold": Gold(metric="leak", gap_at_most=0.1)})
    policy = policy.model_copy(update={"metrics": {**policy.metrics, "accuracy": accuracy}})
    both = pairs(60, 0, 140)  # `attack` says 0 where `leak` says 1: of what is good, that is modest
    seen = {"accuracy": both["attack"], "leak": both["leak"]}
    assert judged(world, seen, policy=policy).verdict is Verdict.PASS
    assert judged(world, {"accuracy": both["leak"], "leak": both["attack"]}, policy=policy).verdict is Verdict.FAIL


def test_gold_that_guards_the_candidate_confirms_nothing(world):
    from trimtab.kinds import Instrument
    from trimtab.policy.guard_spec import GuardSpec

    guard = GuardSpec.model_validate({"output": [{"detector": "llm-judge", "action": "block"}]})
    policy = held(world)
    system = policy.systems["bot"]
    candidates = {name: one.model_copy(update={"guard": "g"}) for name, one in system.candidates.items()}
    guarded = policy.model_copy(
        update={"guards": {"g": guard}, "systems": {"bot": system.model_copy(update={"candidates": candidates})}}
    )
    for detector, verdict in (("moderation", Verdict.PASS), ("llm-judge", Verdict.INCONCLUSIVE)):
        seen = world.measurements({"one": pairs(0, 0, 200)}, SHAPES)
        seen = replace(seen, instruments={"leak": Instrument(detector=detector, version="1")})
        decision = decide(guarded, "bot", seen, run="r", time=0)
        (gap,) = [one for one in decision.candidates[0].judgements if one.asked == "gap"]
        assert (gap.verdict, gap.unconfirmed) == (verdict, verdict is Verdict.INCONCLUSIVE)
