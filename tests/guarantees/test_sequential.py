"""Stopping when one knows enough costs no truth: exact sums over outcomes, or seeded simulation with a binomial bound."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from tests.often import often

from trimtab.decision import Trial, Verdict, judge_floor
from trimtab.decision.regression import judge_regression
from trimtab.kinds import Estimate, Missing, Score, Shape
from trimtab.policy.model import Floor
from trimtab.stats import boundaries, estimate, hopeless, outlook, paired_difference, share_of_look, units_to_prove
from trimtab.stats.bounded import first_proof
from trimtab.stats.sequential import half_odds

FLOORS = [0.005, 0.02, 0.1, 0.4]
ALPHAS = [0.1, 0.05, 0.05 / 6]


def at_most_by_luck(errors, runs, allowed):
    """Whether so many errors are compatible with a probability of `allowed`, one time in a million."""
    return binom.sf(errors - 1, runs, allowed) > 1e-6


def interval(seen):
    assert isinstance(seen, Estimate)
    return seen.interval


def cases(values):
    return [(f"c{i}", Score(value=float(v))) for i, v in enumerate(values)]


def trials(values):
    return [Trial(case=f"c{i}", cluster=f"c{i}", outcome=Score(value=float(v))) for i, v in enumerate(values)]


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("bound", FLOORS)
def test_a_model_at_the_floor_passes_at_most_as_often_as_allowed_however_long_one_looks(bound, alpha):
    """Looked at after every case, 4,000 times, and never stopped as hopeless: every chance is given to luck."""
    table = boundaries(bound, side="at_most", alpha=alpha, most_failures=2000)
    proved = np.array([row.proved_after or math.inf for row in table])
    alive = np.zeros(len(proved))
    alive[0], passed = 1.0, 0.0
    for unit in range(1, 4001):
        alive = alive * (1 - bound) + np.concatenate([[0.0], alive[:-1] * bound])
        done = proved <= unit
        passed += alive[done].sum()
        alive[done] = 0.0
    assert 0.3 * alpha < passed <= alpha  # and the guarantee is not bought with idleness


@pytest.mark.parametrize("side", ["at_most", "at_least"])
@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("bound", FLOORS)
def test_the_rule_as_a_whole_errs_no_more_than_it_says(bound, alpha, side):
    floor = bound if side == "at_most" else 1 - bound
    for family in (1, 5):
        at_floor = outlook(floor, floor, side=side, alpha=alpha, most=3000, family=family)
        assert at_floor.proved <= alpha
        assert at_floor.refuted <= alpha / family
        good = half_odds(bound) if side == "at_most" else 1 - half_odds(bound)
        well_within = outlook(floor, good, side=side, alpha=alpha, most=3000, family=family)
        assert well_within.hopeless + well_within.refuted <= 0.05 / family + alpha / family
        total = at_floor.proved + at_floor.refuted + at_floor.hopeless + at_floor.undecided
        assert total == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize(("bound", "rate"), [(0.1, 0.1), (0.4, 0.55), (0.05, 0.2)])
def test_the_outlook_is_what_comes_of_looking_after_every_unit(bound, rate):
    """Each count of failures is carried on by itself, and judged by the rules that a run is stopped by."""
    most, alpha, beta = 130, 0.05, 0.05
    table = boundaries(bound, side="at_most", alpha=alpha, most_failures=most)
    alive, mean = {0: 1.0}, 0.0
    ended = dict.fromkeys(("proved", "refuted", "hopeless"), 0.0)
    for unit in range(1, most + 1):
        moved: dict[int, float] = {}
        for failures, chance in alive.items():
            for more, share in ((0, 1 - rate), (1, rate)):
                moved[failures + more] = moved.get(failures + more, 0.0) + chance * share
        alive = {}
        for failures, chance in moved.items():
            seen = np.array([1.0] * failures + [0.0] * (unit - failures))
            if (table[failures].proved_after or math.inf) <= unit:
                why = "proved"
            elif table[failures].refuted_until >= unit:
                why = "refuted"
            elif hopeless(seen, bound, beta=beta, alpha=alpha):
                why = "hopeless"
            else:
                alive[failures] = chance
                continue
            ended[why] += chance
            mean += chance * unit
    found = outlook(bound, rate, side="at_most", alpha=alpha, beta=beta, most=most)
    for why, chance in ended.items():
        assert getattr(found, why) == pytest.approx(chance, abs=1e-12), why
    assert found.undecided == pytest.approx(sum(alive.values()), abs=1e-12)
    assert found.mean == pytest.approx(mean + most * sum(alive.values()), rel=1e-12)


def test_calls_saved_against_a_fixed_design():
    """n = 1,272 is what a fixed design needs for 90 % power at 1 %, floor 2 %."""
    mean = {rate: outlook(0.02, rate, side="at_most", alpha=0.05, most=20_000).mean for rate in (0.002, 0.03, 0.05)}
    saved = {rate: 1 - calls / 1272 for rate, calls in mean.items()}
    assert saved[0.002] >= 0.75
    assert saved[0.03] >= 0.75
    assert saved[0.05] >= 0.85


def test_the_price_of_a_floor_is_the_first_row_of_its_table():
    for bound, units in ((0.05, 68), (0.02, 172), (0.01, 345), (0.005, 691), (0.001, 3459)):
        assert units_to_prove(bound, side="at_most", alpha=0.05) == units
        assert boundaries(bound, side="at_most", alpha=0.05, most_failures=0)[0].proved_after == units


@given(st.lists(st.booleans(), min_size=1, max_size=400), st.sampled_from(FLOORS), st.sampled_from(ALPHAS))
def test_the_printed_table_and_the_bets_agree(failed, bound, alpha):
    values = np.array(failed, dtype=float)
    failures = np.cumsum(values).astype(int)
    table = boundaries(bound, side="at_most", alpha=alpha, most_failures=int(failures[-1]))
    by_table = next((n + 1 for n, k in enumerate(failures) if (table[k].proved_after or math.inf) <= n + 1), None)
    assert first_proof(1 - values, 1 - bound, alpha=alpha) == by_table
    refuted = next((n + 1 for n, k in enumerate(failures) if table[k].refuted_until >= n + 1), None)
    assert first_proof(values, bound, alpha=alpha) == refuted
    if hopeless(values, bound, beta=0.05, alpha=alpha):
        assert table[failures[-1]].hopeless_until >= len(values)


@pytest.mark.parametrize(
    ("shape", "draw", "truth"),
    [
        (Shape.RATE, lambda rng, n: (rng.random(n) < 0.1).astype(float), 0.1),
        (Shape.MEAN, lambda rng, n: rng.beta(0.3, 2.0, n), 0.3 / 2.3),
        (Shape.P50, lambda rng, n: rng.exponential(1.0, n), math.log(2)),
        (Shape.P95, lambda rng, n: rng.exponential(1.0, n), -math.log(0.05)),
    ],
)
def test_intervals_cover_even_if_measuring_stops_the_moment_they_do_not(shape, draw, truth):
    """The stopping rule is the worst there is: go on until the truth is left out."""
    rng = np.random.default_rng(20261129)
    runs, wrong, fixed_wrong = often(150), 0, 0
    for _ in range(runs):
        outcomes = cases(draw(rng, 240))
        ends = range(20, 241, 20)
        wrong += any(not _covers(estimate(shape, outcomes[:n], level=0.9, anytime=True), truth) for n in ends)
        fixed_wrong += any(not _covers(estimate(shape, outcomes[:n], level=0.9), truth) for n in ends)
    assert at_most_by_luck(wrong, runs, 0.1)
    if shape is not Shape.MEAN:  # whose interval holds at any moment as it is
        assert fixed_wrong > wrong


def _covers(seen, truth):
    return interval(seen).low <= truth <= interval(seen).high


def test_what_was_proved_once_stands_when_answers_that_were_under_way_come_in():
    values = [0.0] * 172 + [1.0] * 2
    seen = estimate(Shape.RATE, cases(values), level=0.9, anytime=True, bound=0.02)
    assert interval(seen).high == 0.02
    assert interval(estimate(Shape.RATE, cases(values), level=0.9, anytime=True)).high > 0.02
    floor = judge_floor("m", Floor(at_most=0.02), Shape.RATE, trials(values), alpha=0.05, anytime=True)
    assert floor.verdict is Verdict.PASS
    refuted = [1.0] * 12 + [0.0] * 400
    floor = judge_floor("m", Floor(at_most=0.02), Shape.RATE, trials(refuted), alpha=0.05, anytime=True)
    assert floor.verdict is Verdict.FAIL


def test_missing_answers_are_failures_to_the_proof_and_no_reason_to_give_up():
    rows = [*trials([0.0] * 171), Trial(case="last", cluster="last", outcome=Missing("timeout"))]
    assert judge_floor("m", Floor(at_most=0.02), Shape.RATE, rows, alpha=0.05, anytime=True).verdict is not Verdict.PASS
    gone = [Trial(case=f"c{i}", cluster=f"c{i}", outcome=Missing("timeout")) for i in range(300)]
    seen = judge_floor("m", Floor(at_most=0.02), Shape.RATE, gone, alpha=0.05, anytime=True)
    assert (seen.verdict, seen.hopeless) == (Verdict.INCONCLUSIVE, False)


def test_a_model_beyond_hope_is_told_so_and_one_that_is_refuted_is_failed():
    marginal = ([0.0] * 29 + [1.0]) * 12  # 3.3 % where 2 % are tolerated
    seen = judge_floor("m", Floor(at_most=0.02), Shape.RATE, trials(marginal), alpha=0.05, anytime=True)
    assert (seen.verdict, seen.hopeless) == (Verdict.INCONCLUSIVE, True)
    assert "measuring stopped" in seen.reason
    assert seen.needed
    bad = ([0.0] * 4 + [1.0]) * 6
    seen = judge_floor("m", Floor(at_most=0.02), Shape.RATE, trials(bad), alpha=0.05, anytime=True)
    assert (seen.verdict, seen.hopeless) == (Verdict.FAIL, False)


def test_approximate_intervals_say_nothing_of_a_run_that_stopped_early():
    rows = trials([1.0, 1.1, 0.9] * 30)
    early = judge_floor("m", Floor(at_most=2.0), Shape.AVERAGE, rows, alpha=0.05, anytime=True, whole=False)
    assert early.verdict is Verdict.INCONCLUSIVE
    assert judge_floor("m", Floor(at_most=2.0), Shape.AVERAGE, rows, alpha=0.05, anytime=True).verdict is Verdict.PASS


def test_a_candidate_worse_by_the_margin_rarely_passes_however_often_one_looks():
    rng = np.random.default_rng(7)
    runs, passed = often(200), 0
    for _ in range(runs):
        base = rng.random(1500) < 0.05
        worse = base | (rng.random(1500) < 0.02 / 0.95)
        pairs = [
            (f"c{i}", Score(value=float(a)), Score(value=float(b)))
            for i, (a, b) in enumerate(zip(worse, base, strict=True))
        ]
        seen = paired_difference(pairs, level=0.9, margin=0.02)  # looks at every beginning
        passed += interval(seen).high <= 0.02
    assert at_most_by_luck(passed, runs, 0.05)


def test_an_equal_candidate_is_proved_equal_early():
    rng = np.random.default_rng(8)
    base = rng.random(1500) < 0.02
    rows = trials(base)
    seen = judge_regression(
        "m", 0.01, Shape.RATE, rows[:800], rows, against="now", better="lower", alpha=0.05, anytime=True
    )
    assert seen.verdict is Verdict.PASS
    assert isinstance(seen.seen, Estimate)
    assert seen.seen.cases == 800  # cases that only the baseline was asked do not count
    whole = judge_regression("m", 0.01, Shape.RATE, rows[:800], rows, against="now", better="lower", alpha=0.05)
    assert whole.verdict is not Verdict.PASS  # in a fixed design they do, as the worst they could have been


def test_many_looks_share_one_error_budget():
    assert sum(share_of_look(look) for look in range(1, 100_000)) < 1.0
    assert share_of_look(0) == 1.0
    with pytest.raises(ValueError, match="negative"):
        share_of_look(-1)


def test_trying_until_it_passes_does_not_pay():
    """Twenty altered models, all of them at the floor, on cases of their own: luck gets twenty chances."""
    exact = [outlook(0.05, 0.05, side="at_most", alpha=0.05 * share_of_look(j), most=1500).proved for j in range(1, 21)]
    free = outlook(0.05, 0.05, side="at_most", alpha=0.05, most=1500).proved
    assert 1 - math.prod(1 - p for p in exact) <= 0.05
    assert 1 - (1 - free) ** 20 > 0.5
