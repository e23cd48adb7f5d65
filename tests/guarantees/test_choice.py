"""Of many configurations the one chosen rarely breaks a floor, however many there are and however they hang together."""

import numpy as np
import pytest
from scipy.stats import binom
from tests.often import often

from trimtab.decision import Measurements, Trial, decide
from trimtab.kinds import Score, Shape
from trimtab.policy.model import Policy
from trimtab.stats.selection import fixed_sequence, pareto_order, select

DELTA = 0.1
FLOOR = 0.1
WIDTH = 40
CASES = 240
RUNS = often(250)


def binary(rates, cases, rng, *, shared):
    """0/1 losses; `shared` is the part of the luck that all configurations have in common."""
    common, own = rng.random((cases, 1)), rng.random((cases, len(rates)))
    return (np.where(rng.random((cases, 1)) < shared, common, own) < rates).astype(float)


def naive(losses, utility):
    """What a table of averages shows: the best of those seen within every floor."""
    within = np.all([rows.mean(axis=0) <= FLOOR for rows in losses.values()], axis=0)
    return int(np.where(within, utility, -np.inf).argmax()) if within.any() else None


def boldest_breaks(rng):
    """True rates and merits: the better half of the configurations is over a floor, by a hair or by much."""
    over = np.arange(WIDTH) >= WIDTH // 2
    first = np.where(over, FLOOR + rng.choice([1e-9, 0.01, 0.05], WIDTH), 0.03)
    second = np.where(over & (rng.random(WIDTH) < 0.5), FLOOR + 1e-9, 0.05)
    return first, second, np.arange(WIDTH) / WIDTH


@pytest.mark.parametrize("method", ["pareto", "holm"])
@pytest.mark.parametrize("shared", [0.0, 0.8])
def test_the_chosen_one_rarely_breaks_a_floor(never_above, method, shared):
    rng = np.random.default_rng(5)
    broken = fooled = none = 0
    for _ in range(RUNS):
        first, second, merit = boldest_breaks(rng)
        unsafe = (first > FLOOR) | (second > FLOOR)
        losses = {"a": binary(first, CASES, rng, shared=shared), "b": binary(second, CASES, rng, shared=shared)}
        taken = select(losses, {"a": FLOOR, "b": FLOOR}, merit, DELTA, method=method).config
        broken += taken is not None and bool(unsafe[taken])
        none += taken is None
        lucky = naive(losses, merit)
        fooled += lucky is not None and bool(unsafe[lucky])
    never_above(broken, RUNS, DELTA)
    assert fooled > 0.5 * RUNS  # what no correction lets through
    assert none < 0.8 * RUNS  # and the rule does choose


def test_nobody_is_certified_when_all_are_a_hair_over_it(never_above):
    """All certificates are wrong here, so that the share of runs with any is the family-wise error itself."""
    rng = np.random.default_rng(6)
    wrong = unsplit = 0
    for _ in range(RUNS):
        rows = binary(np.full(WIDTH, FLOOR + 1e-9), CASES, rng, shared=0.0)
        merit = rng.random(WIDTH).tolist()
        wrong += bool(select({"a": rows}, {"a": FLOOR}, merit, DELTA).certified)
        p = binom.cdf(rows.sum(axis=0), CASES, FLOOR).tolist()
        unsplit += bool(fixed_sequence(pareto_order(p, merit), lambda place, p=p: p[place] <= DELTA))  # type: ignore[misc]
    never_above(wrong, RUNS, DELTA)
    assert unsplit > 0.9 * RUNS  # an order that was made of the very rows that are tested


def test_graded_losses_in_clusters_and_groups(never_above):
    """Scores in steps, five variants to a unit, two groups of which only one is over the floor."""
    rng = np.random.default_rng(7)
    units, variants, width, runs = 120, 5, 8, often(150)
    of_row = [f"u{n}" for n in range(units) for _ in range(variants)]
    group_of = ["ab"[n % 2] for n in range(units) for _ in range(variants)]
    wrong = overlooked = 0
    for _ in range(runs):
        hard = np.repeat(rng.random((units, width)) < 0.5, variants, axis=0)  # a unit is hard, or none of it is
        mean = np.where(np.array(group_of)[:, None] == "a", FLOOR + 1e-9, 0.01)
        seen = hard & (rng.random(hard.shape) < 2.0 * mean / 0.75)
        rows = seen * rng.choice([0.5, 1.0], seen.shape)
        asked = {"a": rows}, {"a": FLOOR}, rng.random(width), DELTA
        wrong += bool(select(*asked, units={"a": of_row}, groups={"a": group_of}).certified)
        overlooked += bool(select(*asked, units={"a": of_row}).certified)
    never_above(wrong, runs, DELTA)
    assert overlooked > 0.5 * runs  # the average over both groups is well within it


def test_what_is_missing_cannot_get_anybody_certified(never_above):
    """A configuration that fails to answer where it would have lost gains nothing by it."""
    rng = np.random.default_rng(8)
    wrong = dropped = 0
    for _ in range(RUNS):
        rows = binary(np.full(5, FLOOR + 1e-9), CASES, rng, shared=0.0)
        hidden = np.where((rows == 1.0) & (rng.random(rows.shape) < 0.5), np.nan, rows)
        wrong += bool(select({"a": hidden}, {"a": FLOOR}, np.arange(5.0), DELTA).certified)
        dropped += bool((np.nanmean(hidden, axis=0) < 0.07).any())
    never_above(wrong, RUNS, DELTA)
    assert dropped > 0.5 * RUNS


@pytest.mark.slow
def test_a_whole_decision_from_a_grid_rarely_chooses_one_that_breaks_a_floor(never_above):
    """End to end: all are a hair over the floor, so that any winner is a wrong one; bolder ones answer better."""
    from tests.guarantees.test_families import policy as terms

    rng = np.random.default_rng(9)
    width, cases, runs, floor = 12, 160, often(100), 0.15  # as `terms` has it
    data = terms(["tuned"], ["harm"]).model_dump(mode="json", by_alias=True)
    data["systems"]["s"]["candidates"]["tuned"]["grid"] = {"generation.seed": list(range(width))}
    policy = Policy.model_validate(data)
    names = list(policy.systems["s"].all_candidates)
    wrong = lucky = 0
    for _ in range(runs):
        harm = rng.random((width, cases)) < floor + 1e-9
        right = rng.random((width, cases)) < np.linspace(0.3, 0.9, width)[:, None]
        trials = {name: {"harm": rows_of(harm[n]), "performance": rows_of(right[n])} for n, name in enumerate(names)}
        measured = Measurements(
            system="s", trials=trials, shapes=dict.fromkeys(("harm", "performance"), Shape.RATE), better={}
        )
        wrong += bool(decide(policy, "s", measured, run="r", time=0).winner)
        lucky += bool((binom.cdf(harm.sum(axis=1), cases, floor) <= 0.1).any())
    never_above(wrong, runs, 0.1)
    assert lucky > 0.5 * runs  # one test for each at the whole error probability


def rows_of(values):
    return [Trial(case=f"c{n}", cluster=f"c{n}", outcome=Score(value=float(v))) for n, v in enumerate(values)]
