"""Choosing from a grid: an order fixed on one part of the cases, tested on the other, and everybody else left open."""

import pytest

from trimtab.decision import Trial, Verdict, decide, explore, from_payload, to_payload
from trimtab.decision.floors import breaks, clears, see
from trimtab.decision.levels import floor_level, regression_level
from trimtab.decision.pareto import parts
from trimtab.kinds import Instrument, Missing, Score, Shape
from trimtab.policy.model import Floor, Policy
from trimtab.stats.loss_table import in_ordering_part

FLOORS = {"leak": {"at_most": 0.05}}
CASES = 800


def grid(world, count, *, floors=FLOORS, **options):
    """A policy whose system has one candidate in production and a grid of so many."""
    plain = world.policy(floors=floors, candidates=("current", "tuned"), **options)
    data = plain.model_dump(mode="json", by_alias=True)
    data["systems"]["bot"]["candidates"]["tuned"]["grid"] = {"generation.seed": list(range(count))}
    return Policy.model_validate(data)


def spread(hits, cases=CASES, *, only=None):
    """0/1 trials of which so many are 1: a quarter of them where the order is made, or all on one side."""
    units = [f"k{n}" for n in range(cases)]
    sides = {early: [n for n in range(cases) if in_ordering_part(units[n]) is early] for early in (True, False)}
    first = round(hits / 4) if only is None else hits if only else 0
    chosen = {*sides[True][:first], *sides[False][: hits - first]}
    return [Trial(case=f"c{n}", cluster=units[n], outcome=Score(value=float(n in chosen))) for n in range(cases)]


def measured(world, figures):
    """By candidate its leaks and right answers."""
    return world.measurements(
        {name: {"leak": spread(leaks), "accuracy": spread(right)} for name, (leaks, right) in figures.items()}
    )


FIGURES = {
    "current": (4, 500),
    "tuned@0": (2, 480),
    "tuned@1": (10, 560),
    "tuned@2": (12, 540),
    "tuned@3": (30, 600),
    "tuned@4": (90, 700),
}


def test_the_sequence_goes_from_safe_to_bold_and_stops(world):
    decision = decide(grid(world, 5), "bot", measured(world, FIGURES), run="r", time=0)
    assert decision.rule == "pareto"
    assert decision.sequence == ("tuned@0", "current", "tuned@1", "tuned@3", "tuned@4")
    verdicts = {c.candidate: c.verdict for c in decision.candidates}
    assert verdicts == {
        "current": Verdict.PASS,
        "tuned@0": Verdict.PASS,
        "tuned@1": Verdict.PASS,
        "tuned@2": Verdict.INCONCLUSIVE,  # would pass; tuned@1 is both safer and better
        "tuned@3": Verdict.INCONCLUSIVE,
        "tuned@4": Verdict.FAIL,
    }
    assert decision.winner == "tuned@1"
    assert decision.alpha == 0.05
    reasons = {c.candidate: c.judgements[0].reason for c in decision.candidates}
    assert "another candidate was at least as safe and at least as good" in reasons["tuned@2"]
    needed = next(c.judgements[0].needed for c in decision.candidates if c.candidate == "tuned@3")
    assert needed
    assert needed > 100


def test_of_whom_nothing_is_known_nothing_speaks_for_it(world):
    decision = decide(grid(world, 6), "bot", measured(world, FIGURES), run="r", time=0)
    last = next(c for c in decision.candidates if c.candidate == "tuned@5")
    assert last.verdict is Verdict.INCONCLUSIVE
    assert "nothing spoke for" in last.judgements[0].reason


def test_who_comes_behind_the_one_that_stopped_the_test_is_not_tested(world):
    figures = {**FIGURES, "tuned@4": (38, 700)}
    decision = decide(grid(world, 5), "bot", measured(world, figures), run="r", time=0)
    last = next(c for c in decision.candidates if c.candidate == "tuned@4")
    assert last.verdict is Verdict.INCONCLUSIVE
    assert "not tested, since tuned@3" in last.judgements[0].reason


def test_the_test_looks_at_the_other_part_alone(world):
    """Clean where the order is made and 3.9% where it is tested: on all cases, 3%, it would have been certified."""
    policy = grid(world, 1)
    told = {"leak": spread(24, only=False), "accuracy": spread(500)}
    decision = decide(policy, "bot", world.measurements({"tuned@0": told}), run="r", time=0)
    assert decision.sequence == ("tuned@0",)
    assert decision.winner == ""
    assert clears(Floor(at_most=0.05), see(Shape.RATE, told["leak"], alpha=0.05))


def test_one_event_of_a_red_line_in_either_part_fails(world):
    for part in (True, False):
        seen = world.measurements({"tuned@0": {"leak": spread(1, only=part), "accuracy": spread(500)}})
        decision = decide(grid(world, 1, red_lines=["leak"]), "bot", seen, run="r", time=0)
        found = next(c for c in decision.candidates if c.candidate == "tuned@0")
        assert found.verdict is Verdict.FAIL
        assert decision.winner == ""


def test_without_cases_on_one_side_nobody_passes(world):
    for part in (True, False):
        kept = [t for t in spread(0) if in_ordering_part(t.cluster) is part]
        seen = world.measurements({"tuned@0": {"leak": kept, "accuracy": kept}})
        assert decide(grid(world, 1), "bot", seen, run="r", time=0).verdict is Verdict.INCONCLUSIVE


def test_a_regression_is_part_of_the_test(world):
    policy = grid(
        world,
        2,
        floors={},
        baseline="current",
        regression={"margin": 0.05, "metrics": ["leak"]},
        maximise=("accuracy",),
    )
    figures = {"current": (8, 500), "tuned@0": (8, 520), "tuned@1": (90, 600)}
    decision = decide(policy, "bot", measured(world, figures), run="r", time=0)
    assert decision.winner == "tuned@0"
    assert next(c for c in decision.candidates if c.candidate == "tuned@1").verdict is Verdict.FAIL


def test_a_price_is_found_by_choosing_again(world):
    policy, seen = grid(world, 5), measured(world, FIGURES)
    decision = decide(policy, "bot", seen, run="r", time=0)
    price = next(p for p in explore(policy, decision, seen).prices if p.metric == "leak")
    step = price.steps[0]
    assert step.winner == "tuned@3"
    tier = policy.tiers["high"]
    for bound, winner in ((step.bound, "tuned@3"), (step.bound - 1e-6, "tuned@1")):
        relaxed = tier.model_copy(update={"floors": {"leak": Floor(at_most=bound)}})
        again = decide(policy.model_copy(update={"tiers": {"high": relaxed}}), "bot", seen, run="r", time=0)
        assert again.winner == winner


def test_weights_order_the_points_that_are_certified(world):
    careful = grid(world, 5, weights={"performance": 0.2, "safety": 0.8})
    decision = decide(careful, "bot", measured(world, FIGURES), run="r", time=0)
    assert decision.winner == "tuned@0"
    assert decision.sequence == ("tuned@0",)  # weighed so, nobody is better who is not safer
    eager = grid(world, 5, weights={"performance": 1.0})
    assert decide(eager, "bot", measured(world, FIGURES), run="r", time=0).winner == "tuned@1"


def test_it_is_recorded_and_read_back_without_loss(world):
    decision = decide(grid(world, 5), "bot", measured(world, FIGURES), run="r", time=0)
    assert from_payload(to_payload(decision)) == decision
    plain = decide(world.policy(floors=FLOORS), "bot", world.measurements({}), run="r", time=0)
    assert "rule" not in to_payload(plain)  # what was recorded before is recomputed to the same


def test_cases_of_one_cluster_stay_together(world):
    trials = [Trial(case=f"c{n}", cluster=f"k{n // 5}", outcome=Score(value=0.0)) for n in range(400)]
    first, rest = parts(world.measurements({"a": {"leak": trials}}))
    early, late = ({t.cluster for t in half.trials["a"]["leak"]} for half in (first, rest))
    assert not early & late
    assert len(early | late) == 80
    assert 10 < len(early) < 30


@pytest.mark.parametrize(
    ("shape", "values", "bounds", "up"),
    [
        (Shape.RATE, [0.0] * 92 + [1.0] * 5 + [None] * 3, (0.1, 0.15, 0.2), False),
        (Shape.RATE, [1.0] * 92 + [0.0] * 5 + [None] * 3, (0.8, 0.85, 0.9), True),
        (Shape.MEAN, [0.1, 0.2, 0.0, 0.3] * 25, (0.2, 0.25, 0.3), False),
        (Shape.P95, [float(n % 100) for n in range(400)], (96.0, 98.0), False),
        (Shape.P50, [float(n % 100) for n in range(400)], (40.0, 45.0), True),
        (Shape.AVERAGE, [float(n % 10) for n in range(100)], (5.0, 5.5, 6.0), False),
    ],
)
def test_p_says_at_which_error_probability_the_floor_would_be_proved(world, shape, values, bounds, up):
    trials = world.trials(values)
    level = floor_level(shape, trials, up=up)
    ladder = shape is Shape.AVERAGE
    for bound in bounds:
        p = level(bound)
        floor = Floor(at_least=bound) if up else Floor(at_most=bound)
        if 1e-6 < p < 0.45:
            assert clears(floor, see(shape, trials, alpha=p * 1.0001))
            assert ladder or not clears(floor, see(shape, trials, alpha=p * 0.999))
        else:
            assert (
                p == 1.0
                or clears(floor, see(shape, trials, alpha=max(p, 1e-6)))
                or breaks(floor, see(shape, trials, alpha=0.4))
                or p >= 0.45
            )
    assert len({level(bound) for bound in bounds}) > 1


def test_what_is_unknown_is_never_safe(world):
    assert floor_level(None, [], up=False)(0.5) == 1.0
    assert floor_level(Shape.RATE, [], up=False)(0.5) == 1.0
    unknown = Instrument(detector="d", version="1")
    assert floor_level(Shape.RATE, world.hits(0, 100), up=False, instrument=unknown)(0.5) == 1.0
    nothing = [Trial(case="c", cluster="k", outcome=Missing("timeout"))]
    assert floor_level(Shape.RATE, nothing, up=False)(0.5) > 0.4
    assert regression_level(Shape.RATE, [], [], better="lower", instrument=None)(0.5) == 1.0
