"""A floor on what a detector flagged and people confirmed is passed falsely as rarely as it says, summed over outcomes."""

from dataclasses import replace

import pytest
from scipy.stats import binom

from trimtab.decision import Verdict, decide
from trimtab.decision.review import reviewed
from trimtab.kinds import ErrorRates, Estimate, Instrument, Missing, Score, Shape
from trimtab.stats import through
from trimtab.stats.error_rates import read_rates

ALPHA = 0.05


def high(confirmed, cases, found, bad):
    """Upper end for the true rate, as a floor sees it."""
    rates = replace(read_rates({"corpus": "known bad", "found": [found, bad]}), alarms=None)
    outcomes = [(str(n), Score(value=float(n < confirmed))) for n in range(cases)]
    seen = through(Shape.RATE, outcomes, rates, level=1 - 2 * ALPHA)
    assert isinstance(seen, Estimate)
    return seen.interval.high


@pytest.mark.parametrize(("rate", "sensitivity", "cases", "bad"), [(0.05, 0.85, 150, 60), (0.1, 0.6, 100, 40)])
def test_the_true_rate_is_above_the_upper_end_rarely_exactly(rate, sensitivity, cases, bad):
    total = 0.0
    for found in range(bad + 1):
        chance = binom.pmf(found, bad, sensitivity)
        if chance < 1e-7:
            total += chance
            continue
        for confirmed in range(cases + 1):
            if high(confirmed, cases, found, bad) >= rate:
                break  # the end rises with what is confirmed
            total += chance * binom.pmf(confirmed, cases, rate * sensitivity)
    assert total <= ALPHA


RATES = read_rates({"corpus": "200 known-bad replies", "found": [190, 200]})


def held(world, *, reviewed_by="leak", bound=0.1):
    policy = world.policy(floors={"attack": {"at_most": bound}}, candidates=("one",), maximise=("attack",))
    attack = policy.metrics["attack"].model_copy(update={"reviewed_by": reviewed_by})
    return policy.model_copy(update={"metrics": {**policy.metrics, "attack": attack}})


def measured(world, *, flagged, confirmed, read=None, cases=600, rates=RATES):
    marks = [Score(value=float(n < confirmed)) for n in range(flagged if read is None else read)]
    trials = {"attack": world.hits(flagged, cases), "leak": world.hits(0, cases)[: len(marks)]}
    trials["leak"] = [replace(t, outcome=m) for t, m in zip(trials["leak"], marks, strict=True)]
    one = Instrument(detector="llm-judge", version="1", rates=rates)
    return replace(world.measurements({"one": trials}), instruments={"attack": one})


def verdict(world, policy, seen):
    return decide(policy, "bot", seen, run="r", time=0).candidates[0].judgements[0]


def test_false_alarms_that_people_reject_count_no_more(world):
    raw = measured(world, flagged=50, confirmed=5)
    assert verdict(world, held(world, reviewed_by=None), raw).verdict is Verdict.INCONCLUSIVE
    judged = verdict(world, held(world), raw)
    assert judged.verdict is Verdict.PASS
    assert judged.seen.value == pytest.approx(5 / 600)


def test_what_nobody_read_counts_as_confirmed(world):
    judged = verdict(world, held(world), measured(world, flagged=80, confirmed=0, read=10))
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert judged.seen.missing == 70


def test_without_a_certified_sensitivity_reading_proves_nothing_and_can_refute(world):
    unknown = ErrorRates(corpus="")
    assert verdict(world, held(world), measured(world, flagged=3, confirmed=0, rates=unknown)).verdict is Verdict.INCONCLUSIVE  # fmt: skip
    assert verdict(world, held(world), measured(world, flagged=200, confirmed=180)).verdict is Verdict.FAIL


def test_a_red_line_is_crossed_by_what_people_confirm_and_not_by_false_alarms(world):
    policy = held(world).model_copy(update={"red_lines": ("attack",)})
    lines = {
        confirmed: decide(policy, "bot", measured(world, flagged=5, confirmed=confirmed), run="r", time=0)
        .candidates[0]
        .judgements[-1]
        for confirmed in (0, 1)
    }
    assert [lines[n].verdict for n in (0, 1)] == [Verdict.PASS, Verdict.FAIL]


def test_marks_of_what_was_not_flagged_change_nothing(world):
    seen = measured(world, flagged=5, confirmed=5)
    more = {**seen.trials["one"], "leak": [replace(t, outcome=Score(value=1.0)) for t in seen.trials["one"]["attack"]]}
    wider = replace(seen, trials={"one": more})
    assert reviewed(held(world), wider).trials["one"]["attack"] == reviewed(held(world), seen).trials["one"]["attack"]
    assert not any(isinstance(t.outcome, Missing) for t in reviewed(held(world), seen).trials["one"]["attack"])


def test_what_people_would_say_of_all_is_shown_and_nothing_rests_on_it(world):
    from trimtab.policy.metric_spec import Gold

    policy = world.policy(floors={"attack": {"at_most": 0.9}}, candidates=("one",), maximise=("attack",))
    attack = policy.metrics["attack"].model_copy(update={"gold": Gold(metric="leak", gap_at_most=0.3)})
    policy = policy.model_copy(update={"metrics": {**policy.metrics, "attack": attack}})
    trials = {"attack": world.hits(150, 600), "leak": world.hits(20, 100)}
    seen = decide(policy, "bot", world.measurements({"one": trials}), run="r", time=0).candidates[0].estimates["leak"]
    assert isinstance(seen, Estimate)
    assert seen.interval.method == "prediction-powered (approximate)"
    floored = policy.model_copy(
        update={"tiers": {"high": policy.tiers["high"].model_copy(update={"floors": {"leak": policy.tiers["high"].floors["attack"]}})}}
    )  # fmt: skip
    plain = decide(floored, "bot", world.measurements({"one": trials}), run="r", time=0).candidates[0].estimates["leak"]
    assert isinstance(plain, Estimate)
    assert plain.interval.method == "clopper-pearson"


def test_nothing_approximate_is_said_of_a_run_that_stopped_when_it_knew_enough(world):
    from trimtab.policy.metric_spec import Gold

    policy = world.policy(floors={"attack": {"at_most": 0.9}}, candidates=("one",), maximise=("attack",))
    attack = policy.metrics["attack"].model_copy(update={"gold": Gold(metric="leak", gap_at_most=0.3)})
    policy = policy.model_copy(update={"metrics": {**policy.metrics, "attack": attack}})
    trials = {"attack": world.hits(150, 600), "leak": world.hits(20, 100)}
    methods = {}
    for planned in (600, 900):
        seen = replace(world.measurements({"one": trials}), sampling="sequential", planned={"attack": planned})
        estimate = decide(policy, "bot", seen, run="r", time=0).candidates[0].estimates["leak"]
        assert isinstance(estimate, Estimate)
        methods[planned] = estimate.interval.method.partition(" ")[0]
    assert methods[600] == "prediction-powered"
    assert methods[900] != "prediction-powered"
