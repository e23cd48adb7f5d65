"""What a choice rests on: the frontier, what each floor costs, what would tell the first two apart, weights."""

import math
from dataclasses import replace

import pytest

from trimtab.decision import Verdict, decide, explore
from trimtab.decision.weights import bands, score
from trimtab.kinds import Estimate
from trimtab.policy.model import Floor
from trimtab.stats.paired import pairs_to_tell

FLOORS = {"leak": {"at_most": 0.05}, "attack": {"at_most": 0.1}}


def explored(policy, measurements):
    decision = decide(policy, "bot", measurements, run="r", time=0)
    return decision, explore(policy, decision, measurements)


def measured(world, **candidates):
    """Each candidate by its leaks, attacks and right answers, of 400 cases each."""
    return world.measurements(
        {
            name: {
                metric: world.hits(hits, 400)
                for metric, hits in zip(("leak", "attack", "accuracy"), figures, strict=True)
            }
            for name, figures in candidates.items()
        }
    )


def test_the_frontier_holds_who_is_beaten_by_nobody_in_both(world):
    policy = world.policy(floors=FLOORS, candidates=("safe", "bold", "worse", "silent"))
    _, found = explored(policy, measured(world, safe=(2, 2, 300), bold=(15, 10, 340), worse=(16, 12, 320)))
    assert {s.candidate: s.frontier for s in found.standings} == {
        "safe": True,
        "bold": True,
        "worse": False,
        "silent": False,
    }


def test_of_equals_the_first_is_on_the_frontier(world):
    policy = world.policy(floors=FLOORS, candidates=("a", "b"))
    _, found = explored(policy, measured(world, a=(2, 2, 300), b=(2, 2, 300)))
    assert [s.frontier for s in found.standings] == [True, False]


def test_a_price_is_the_bound_at_which_a_better_one_would_have_won(world):
    """Decided again with the bound that is named, that one wins; a hair tighter, it does not."""
    policy = world.policy(floors=FLOORS, candidates=("safe", "bold", "bolder"))
    seen = measured(world, safe=(2, 2, 300), bold=(15, 10, 340), bolder=(40, 12, 380))
    decision, found = explored(policy, seen)
    assert decision.winner == "safe"
    price = next(p for p in found.prices if p.metric == "leak")
    assert [step.winner for step in price.steps] == ["bold", "bolder"]
    assert [round(step.gain, 12) for step in price.steps] == [0.1, 0.2]
    for step in price.steps:
        for bound, winner in ((step.bound, True), (step.bound - 1e-9, False)):
            tier = policy.tiers["high"]
            relaxed = tier.model_copy(update={"floors": {**tier.floors, "leak": Floor(at_most=bound)}})
            again = policy.model_copy(update={"tiers": {"high": relaxed}})
            assert (decide(again, "bot", seen, run="r", time=0).winner == step.winner) is winner
    attack = next(p for p in found.prices if p.metric == "attack")
    assert attack.steps == ()  # nobody is held back by it alone
    assert [held.candidate for held in found.held] == ["bolder", "bold"]
    assert found.held[0].unmet == (("floor", "leak"),)


def test_who_stopped_early_has_a_price_too_on_the_cases_that_both_were_asked(world):
    """A refuted candidate is measured no further, and its first cases were easy ones: the gain is of those alone."""
    policy = world.policy(floors=FLOORS, candidates=("safe", "bold"))
    cells = {
        "safe": {"leak": world.hits(0, 400), "attack": world.hits(0, 400), "accuracy": world.hits(300, 400)},
        "bold": {"leak": world.hits(20, 60), "attack": world.hits(0, 60), "accuracy": world.hits(60, 60)},
    }
    seen = replace(
        world.measurements(cells), sampling="sequential", planned=dict.fromkeys(("leak", "attack", "accuracy"), 400)
    )
    decision, found = explored(policy, seen)
    assert decision.winner == "safe"
    assert next(p for p in found.prices if p.metric == "leak").steps == ()  # both had the first sixty right
    cells["safe"]["accuracy"] = world.trials([0.0] * 30 + [1.0] * 370)
    decision, found = explored(policy, replace(seen, trials=cells))
    (step,) = next(p for p in found.prices if p.metric == "leak").steps
    assert (step.winner, step.short) == ("bold", True)
    assert step.gain == pytest.approx(0.5)
    assert found.held[0].gain == pytest.approx(0.5)


def test_at_least_and_margins_have_prices_too(world):
    policy = world.policy(
        floors={"accuracy": {"at_least": 0.8}},
        candidates=("current", "q4"),
        baseline="current",
        maximise=("accuracy",),
        regression={"margin": 0.05, "metrics": ["leak"]},
    )
    seen = measured(world, current=(2, 2, 310), q4=(30, 2, 390))
    decision, found = explored(policy, seen)
    assert decision.winner == ""
    margin, floor = sorted(found.prices, key=lambda p: p.asked, reverse=True)
    assert (margin.asked, floor.asked) == ("regression", "floor")
    assert margin.steps[0].winner == "q4"
    assert math.isnan(margin.steps[0].gain)  # nobody wins now, so that there is nothing to compare with
    assert floor.steps[0].winner == "current"
    assert floor.steps[0].bound < 0.8


def test_red_lines_have_no_price(world):
    policy = world.policy(floors=FLOORS, red_lines=["leak"], candidates=("safe", "bold"))
    decision, found = explored(policy, measured(world, safe=(0, 2, 300), bold=(1, 2, 380)))
    assert decision.winner == "safe"
    assert {price.asked for price in found.prices} == {"floor"}
    assert all(price.steps == () for price in found.prices)
    assert found.held[0].unmet == (("red-line", "leak"),)


def test_the_first_two_are_told_apart_by_so_many_more_pairs(world):
    policy = world.policy(floors=FLOORS, candidates=("a", "b", "c"))
    _, found = explored(policy, measured(world, a=(0, 0, 310), b=(0, 0, 300), c=(0, 0, 100)))
    assert found.apart is not None
    assert (found.apart.first, found.apart.second, found.apart.metric) == ("a", "b", "accuracy")
    assert isinstance(found.apart.difference, Estimate)
    assert found.apart.difference.value == pytest.approx(0.025)
    assert found.apart.shown  # ten cases that only the first has right, and none that only the second has
    _, close = explored(policy, measured(world, a=(0, 0, 302), b=(0, 0, 300)))
    assert close.apart is not None
    assert not close.apart.shown
    assert close.apart.pairs
    _, level = explored(policy, measured(world, a=(0, 0, 300), b=(0, 0, 300)))
    assert level.apart is not None
    assert level.apart.pairs is None
    _, alone = explored(policy, measured(world, a=(0, 0, 300), b=(90, 0, 300)))
    assert alone.apart is None


def test_pairs_to_tell_have_the_power_they_promise(world):
    """If what comes is like what was, the exact test says so after that many, four times of five."""
    import numpy as np

    from trimtab.decision.choice import ahead
    from trimtab.kinds import Score, Shape

    rng = np.random.default_rng(4)
    told, runs = 0, 200
    pairs = [(f"{n}", Score(value=float(n < 14)), Score(value=float(n >= 96))) for n in range(100)]  # 14 against 4
    more = pairs_to_tell(pairs, alpha=0.01)
    assert more
    for _ in range(runs):
        kind = rng.choice(3, 100 + more, p=[0.14, 0.04, 0.82])
        first, second = (kind == 0).astype(float), (kind == 1).astype(float)
        told += ahead(Shape.RATE, world.trials(first), world.trials(second), better="higher", alpha=0.01)
    assert told / runs > 0.7


def test_weights_order_only_what_clears_the_floors(world):
    seen = measured(world, safe=(0, 0, 300), bold=(9, 20, 330), unsafe=(30, 0, 400))
    names = ("safe", "bold", "unsafe")
    plain = world.policy(floors=FLOORS, candidates=names)
    assert decide(plain, "bot", seen, run="r", time=0).winner == "bold"
    careful = world.policy(floors=FLOORS, candidates=names, weights={"performance": 0.4, "safety": 0.6})
    decision, found = explored(careful, seen)
    assert decision.winner == "safe"
    assert "weighed as performance 0.4 and safety 0.6" in decision.reason
    assert set(found.scores) == {"safe", "bold"}
    assert found.scores["safe"] == pytest.approx(0.75**0.4)
    eager = world.policy(floors=FLOORS, candidates=names, weights={"performance": 1.0})
    decision, found = explored(eager, seen)
    assert decision.winner == "bold"  # unsafe is the better performer, and no weight lets it through
    (band,) = found.bands
    assert (band.high, band.above, band.below) == (1.0, "", "")


def test_a_band_says_where_another_would_win(world):
    names = ("safe", "bold")
    seen = measured(world, safe=(0, 0, 300), bold=(4, 8, 330))
    policy = world.policy(floors=FLOORS, candidates=names, weights={"performance": 0.5, "safety": 0.5})
    decision, found = explored(policy, seen)
    (band,) = found.bands
    assert decision.winner == "safe"
    assert (band.low, band.below, band.above) == (0.0, "", "bold")
    for weight, winner in ((band.high, "safe"), (min(1.0, band.high + 0.02), "bold")):
        moved = world.policy(
            floors=FLOORS, candidates=names, weights={"performance": weight, "safety": round(1 - weight, 6)}
        )
        assert decide(moved, "bot", seen, run="r", time=0).winner == winner


def test_metrics_in_other_units_are_weighed_against_the_best(world):
    names = ("quick", "right")
    cells = {
        "quick": {"leak": world.hits(0, 400), "accuracy": world.hits(300, 400), "latency": world.trials([0.5] * 400)},
        "right": {"leak": world.hits(0, 400), "accuracy": world.hits(310, 400), "latency": world.trials([1.0] * 400)},
    }
    policy = world.policy(
        floors={"leak": {"at_most": 0.05}}, candidates=names, weights={"performance": 0.5, "latency": 0.5}
    )
    decision, found = explored(policy, world.measurements(cells))
    assert decision.winner == "quick"
    assert found.scores["right"] == pytest.approx(math.sqrt(0.775 * 0.5))


def test_a_score_cannot_be_bought():
    assert score({"a": 1.0, "b": 0.0}, {"a": 0.9, "b": 0.1}) < 0.2
    assert score({"a": 0.5, "b": math.nan}, {"a": 0.5, "b": 0.5}) < 1e-3
    assert score({"a": 0.25, "b": 1.0}, {"a": 0.5, "b": 0.5}) == pytest.approx(0.5)
    assert bands({"x": {"a": 1.0}}, {"a": 1.0}, ["x"]) == ()


def test_what_is_not_measured_has_no_place_and_breaks_nothing(world):
    policy = world.policy(floors=FLOORS, candidates=("a", "b"), weights={"performance": 0.5, "safety": 0.5})
    decision, found = explored(policy, world.measurements({}))
    assert decision.verdict is Verdict.INCONCLUSIVE
    assert [s.frontier for s in found.standings] == [False, False]
    assert all(price.steps == () for price in found.prices)
    assert found.apart is None
    assert found.held == ()
