"""Many candidates, many floors: the winner is not the luckiest, and nobody fails by bad luck."""

import numpy as np
import pytest
from scipy.stats import binom
from tests.often import often

from trimtab.decision import Measurements, Trial, Verdict, decide
from trimtab.decision.floors import breaks, clears, see
from trimtab.kinds import Score, Shape
from trimtab.policy.model import Floor, Policy
from trimtab.stats import outlook, share_of_look

CONFIDENCE = 0.9
TRIALS = 60
FLOOR = 0.15


def policy(candidates, floors, *, red_lines=()):
    names = [*floors, *red_lines, "performance"]
    return Policy.model_validate(
        {
            "trimtab": 1,
            "organisation": "Example",
            "metrics": {
                name: {
                    "question": f"{name}?",
                    "better": "higher" if name == "performance" else "lower",
                    "target": 0.5,
                    "owner": "ml-team",
                    "source": {"suite": "s"},
                }
                for name in names
            },
            "tiers": {"t": {"confidence": CONFIDENCE, "floors": {name: {"at_most": FLOOR} for name in floors}}},
            "red_lines": list(red_lines),
            "systems": {
                "s": {
                    "tier": "t",
                    "owner": "ml-team",
                    "intended_use": "test",
                    "maximise": "performance",
                    "candidates": {name: {"plugin": "callable"} for name in candidates},
                }
            },
        }
    )


def rate_trials(hits, trials=TRIALS):
    return [Trial(case=f"c{i}", cluster=f"c{i}", outcome=Score(value=float(i < hits))) for i in range(trials)]


def measured(hits):
    """candidate -> metric -> count of hits."""
    metrics = {metric for counts in hits.values() for metric in counts}
    return Measurements(
        system="s",
        trials={name: {m: rate_trials(k) for m, k in counts.items()} for name, counts in hits.items()},
        shapes=dict.fromkeys(metrics, Shape.RATE),
        better={},
    )


def most_passing(alpha):
    """Largest number of failures with which the floor is still proved."""
    floor = Floor(at_most=FLOOR)
    passing = [k for k in range(TRIALS + 1) if clears(floor, see(Shape.RATE, rate_trials(k), alpha=alpha))]
    return max(passing, default=-1)


@pytest.mark.parametrize("count", [1, 2, 3, 10])
def test_best_of_many_by_luck_is_bounded_exactly(count):
    """All candidates violate the floor by a hair: any winner is a wrong one."""
    names = [f"c{i}" for i in range(count)]
    terms = policy(names, ["harm"])
    probe = decide(terms, "s", measured({n: {"harm": 5, "performance": 10} for n in names}), run="r", time=0)
    assert probe.alpha == pytest.approx((1 - CONFIDENCE) / count)
    passes = binom.cdf(most_passing(probe.alpha), TRIALS, FLOOR)
    assert 1 - (1 - passes) ** count <= 1 - CONFIDENCE  # independent candidates
    assert count * passes <= 1 - CONFIDENCE  # any dependence
    if count == 10:
        lucky = binom.cdf(most_passing(1 - CONFIDENCE), TRIALS, FLOOR)
        assert 1 - (1 - lucky) ** count > 0.4  # what no correction would let through


@pytest.mark.slow
def test_winners_of_a_whole_decision_rarely_violate_a_floor(never_above):
    """End to end: half of the candidates at the floor, half well beyond; the harmful ones perform better."""
    rng = np.random.default_rng(3)
    names = [f"c{i}" for i in range(10)]
    rates = np.array([FLOOR + 1e-9] * 5 + [FLOOR + 0.05] * 5)
    terms = policy(names, ["harm"])
    runs, wrong = often(120), 0
    for _ in range(runs):
        harm = rng.binomial(TRIALS, rates)
        performance = rng.binomial(TRIALS, 0.3 + rates)
        hits = {n: {"harm": int(h), "performance": int(p)} for n, h, p in zip(names, harm, performance, strict=True)}
        wrong += bool(decide(terms, "s", measured(hits), run="r", time=0).winner)
    never_above(wrong, runs, 1 - CONFIDENCE)


@pytest.mark.parametrize("floors", [1, 3, 8])
def test_a_good_candidate_with_many_floors_is_rarely_failed(floors):
    """All floors are met exactly: with Holm, P(any FAIL) stays below alpha; without, it grows."""
    floor, alpha = Floor(at_most=FLOOR), 1 - CONFIDENCE

    def refuted(at):
        wrong = [k for k in range(TRIALS + 1) if breaks(floor, see(Shape.RATE, rate_trials(k), alpha=at))]
        return float(binom.pmf(wrong, TRIALS, FLOOR).sum())

    # Holm fails somebody if and only if the smallest p-value falls at alpha / floors.
    assert 1 - (1 - refuted(alpha / floors)) ** floors <= alpha
    if floors == 8:
        assert 1 - (1 - refuted(alpha)) ** floors > 0.3


def test_holm_is_what_decides():
    """A failure that would refute one floor alone is open among eight, and its reason says so."""
    floors = [f"harm{i}" for i in range(8)]
    alone = decide(policy(["a"], floors[:1]), "s", measured({"a": {"harm0": 15}}), run="r", time=0)
    assert alone.candidates[0].judgements[0].verdict is Verdict.FAIL
    among = decide(
        policy(["a"], floors), "s", measured({"a": dict.fromkeys(floors, 2) | {"harm0": 15}}), run="r", time=0
    )
    first, *rest = among.candidates[0].judgements
    assert first.verdict is Verdict.INCONCLUSIVE
    assert first.needed
    assert "among 8 requirements" in first.reason
    assert {j.verdict for j in rest} == {Verdict.PASS}
    worse = decide(
        policy(["a"], floors), "s", measured({"a": dict.fromkeys(floors, 2) | {"harm0": 25}}), run="r", time=0
    )
    assert worse.candidates[0].judgements[0].verdict is Verdict.FAIL


def test_passing_several_floors_needs_no_correction():
    """Intersection-union: a candidate at one floor and spotless elsewhere passes all with at most alpha."""
    floors = [f"harm{i}" for i in range(8)]
    alpha = 1 - CONFIDENCE
    most = most_passing(alpha)
    spotless = dict.fromkeys(floors, 0)
    verdicts = [
        decide(
            policy(["a"], floors), "s", measured({"a": spotless | {"harm0": k, "performance": 1}}), run="r", time=0
        ).verdict
        for k in (most, most + 1)
    ]
    assert verdicts == [Verdict.PASS, Verdict.INCONCLUSIVE]
    assert binom.cdf(most, TRIALS, FLOOR) <= alpha


def test_the_best_of_ten_at_the_floor_rarely_ships_however_often_each_was_looked_at():
    """Sequential runs: luck has every moment of ten candidates, and the winner is picked among whoever it favours."""
    alpha = 0.05 / 10
    for look in (1, 2, 5):
        passes = outlook(0.05, 0.05, side="at_most", alpha=alpha * share_of_look(look), most=4000).proved
        assert 1 - (1 - passes) ** 10 <= 0.05 * share_of_look(look)


def test_in_a_sequential_run_a_candidate_that_meets_all_of_eight_floors_is_rarely_failed():
    at_floor = outlook(0.1, 0.1, side="at_most", alpha=0.05, most=3000, family=8)
    assert 8 * at_floor.refuted <= 0.05
    well_within = outlook(0.1, 0.1 / 1.9, side="at_most", alpha=0.05, most=3000, family=8)
    assert 8 * well_within.hopeless <= 0.05
