"""How often a KPI says what is not so: exact sums over outcomes, and seeded simulation of incidents over time."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom, poisson
from tests.unit.kpis.world import (
    DAY,
    END,
    HOUR,
    QUARTER,
    START,
    asked,
    counted,
    details_of,
    estimate_kpi,
    exposure,
    incident,
    policy,
)

from trimtab.decision.kpis.asked import Budgeted
from trimtab.decision.kpis.budgets import betting_rate
from trimtab.decision.kpis.reading import judge
from trimtab.decision.model import Verdict
from trimtab.kinds import Estimate, Interval
from trimtab.policy.floor import Floor

TAIL = 0.025


def parts(kpi, hits, sizes):
    """One estimate from parts with so many hits."""
    weights = (1.0, 3.0, 1.0)
    entries = [
        counted(kpi, hit, of, stratum=f"part-{index}", weight=weights[index])
        for index, (hit, of) in enumerate(zip(hits, sizes, strict=True))
    ]
    return estimate_kpi(kpi, asked(entries))


def wrong(kpi, rates, sizes, truth):
    """Exact chances that the true value lies above, and below, the interval."""
    above = below = 0.0
    for hits in itertools.product(*(range(of + 1) for of in sizes)):
        chance = np.prod([binom.pmf(hit, of, rate) for hit, of, rate in zip(hits, sizes, rates, strict=True)])
        if chance > 1e-7:
            interval = parts(kpi, hits, sizes).interval
            above += chance * (truth > interval.high + 1e-12)
            below += chance * (truth < interval.low - 1e-12)
    return above, below


@pytest.mark.parametrize("rates", [(0.9, 0.6), (0.5, 0.99)])
def test_canaries_of_several_hazards_cover(rates):
    truth = (rates[0] * 1.0 + rates[1] * 3.0) / 4.0
    above, below = wrong("R03", rates, (12, 8), truth)
    assert above <= TAIL
    assert below <= TAIL


@pytest.mark.parametrize("kpi", ["R09", "R13", "R14"])
def test_shares_cover(kpi):
    above, below = wrong(kpi, (0.8,), (25,), 0.8)
    assert above <= TAIL
    assert below <= TAIL


@pytest.mark.parametrize("rates", [(0.1, 0.3), (0.2, 0.2)])
def test_the_worst_family_is_rarely_shown_better_than_it_is(rates):
    above, _ = wrong("R08", rates, (15, 10), max(rates))
    assert above <= TAIL


@pytest.mark.parametrize("rates", [(0.5, 0.9), (0.7, 0.7)])
def test_differences_between_groups_cover(rates):
    above, below = wrong("R11", rates, (12, 9), abs(rates[0] - rates[1]))
    assert above + below <= 2 * TAIL


@pytest.mark.parametrize("rate", [0.5, 4.0])
def test_rates_of_severe_incidents_cover(rate):
    above = below = 0.0
    for events in range(30):
        entries = [incident(f"I{index}", START + DAY) for index in range(events)]
        interval = estimate_kpi("R06", asked([*entries, exposure(2_000_000)])).interval
        chance = poisson.pmf(events, 2.0 * rate)
        above += chance * (rate > interval.high)
        below += chance * (rate < interval.low)
    assert above <= TAIL
    assert below <= TAIL


def test_a_floor_that_is_broken_in_truth_is_rarely_passed():
    floor, sizes = Floor(at_least=0.8), (30,)
    verdicts = {Verdict.PASS: 0.0, Verdict.FAIL: 0.0}
    for hits in range(31):
        verdict, _ = judge(parts("R13", (hits,), sizes), floor, n_min=20, veto=False, independence="self")
        for true, counts in ((0.799999, Verdict.PASS), (0.8, Verdict.FAIL)):
            if verdict is counts:
                verdicts[counts] += binom.pmf(hits, 30, true)
    assert max(verdicts.values()) <= TAIL


def test_a_budget_covers_at_whatever_moment_it_is_looked_at():
    # Somebody looks after each event and stops at the first interval that does not hold the truth.
    rate, wrong_ones, rng = 0.1, 0, np.random.default_rng(7)
    ends = {}
    for bad in rng.random((200, 120)) < rate:
        upto = np.cumsum(bad)
        for trials in range(5, 121, 5):
            key = (int(upto[trials - 1]), trials)
            if key not in ends:
                interval = betting_rate(*key, level=0.95)
                ends[key] = interval.low <= rate <= interval.high
            if not ends[key]:
                wrong_ones += 1
                break
    assert wrong_ones / 200 <= 0.05


def test_what_is_left_of_a_budget_is_what_was_recorded_and_of_several_the_worst():
    def budget(bad, spent, *, metric, time=START):
        facts = {"valid": 1000, "bad": bad, "tolerated": 0.02, "spent": spent}
        return Budgeted("bot", metric, 1, time, facts)

    whole = asked([], budgets=(budget(5, 0.25, metric="a"), budget(8, 0.4, metric="b"), budget(19, 0.95, metric="a")))
    seen = estimate_kpi("R05", whole)
    assert seen.value == pytest.approx(0.05)
    assert seen.interval.low < 0.05 < seen.interval.high
    severe = replace(whole, budgets=(budget(5, 0.25 + 0.5, metric="a"),))
    assert estimate_kpi("R05", severe).value == pytest.approx(0.25)
    assert estimate_kpi("R05", severe).interval.high < 0.75
    later = replace(whole, budgets=(*whole.budgets, budget(0, 0.0, metric="a", time=END)))
    assert estimate_kpi("R05", later) == seen


def test_detection_within_the_limit_is_rarely_shown_better_than_it_is():
    """Incidents begin evenly over half a year; some are not detected yet. The truth is the share of all of them."""
    rng, passed, tried = np.random.default_rng(11), 0, 150
    truth = 1.0 - np.exp(-1.0)  # limits of S1 are one hour, and detection takes one on average
    for _ in range(tried):
        begun = START - 90 * DAY + (rng.random(60) * 180 * DAY).astype(int)
        took = (rng.exponential(1.0, 60) * HOUR).astype(int)
        whole = asked(
            [
                incident(
                    f"I{index}",
                    min(start + length, END - 1),
                    started=start,
                    detected=start + length if start + length < END else 0,
                )
                for index, (start, length) in enumerate(zip(begun.tolist(), took.tolist(), strict=True))
                if start < END
            ]
        )
        passed += estimate_kpi("R01", whole).interval.low > truth
    assert passed / tried <= 0.05


def test_two_channels_that_find_the_same_leave_little_and_bound_what_each_finds():
    def found(first, second, both):
        return [
            counted("R03", hits, 0, stratum=f"channel:{name}")
            for name, hits in (("hotline", first), ("scan", second), ("both", both))
        ]

    near = details_of("R03", asked([*found(40, 45, 38), counted("R03", 9, 10, stratum="privacy")]))
    far = details_of("R03", asked(found(40, 45, 10)))
    assert near["recall of hotline"].value > 0.8
    assert far["recall of hotline"].value < 0.3
    assert near["recall of hotline"].interval.low > far["recall of hotline"].interval.high
    assert near["hazard privacy"].value == 0.9
    assert far["recall of scan"].value == pytest.approx(45 / (41 * 46 / 11 - 1))


def test_a_verdict_needs_cases_a_floor_and_for_a_veto_the_word_of_others():
    seen = Estimate(value=1.0, interval=Interval(0.9, 1.0, 0.95, "x"), count=30, cases=30)
    floor = Floor(at_least=0.8)

    def verdict(**given):
        return judge(seen, **{"floor": floor, "n_min": 30, "veto": True, "independence": "outside", **given})[0]

    assert verdict() is Verdict.PASS
    assert verdict(independence="self") is Verdict.INCONCLUSIVE
    assert verdict(independence="self", veto=False) is Verdict.PASS
    assert verdict(n_min=31) is Verdict.INCONCLUSIVE
    assert verdict(floor=None) is Verdict.INCONCLUSIVE
    assert verdict(floor=Floor(at_least=0.95)) is Verdict.INCONCLUSIVE
    assert verdict(floor=Floor(at_most=0.8), independence="self") is Verdict.FAIL
    assert policy().kpis["R06"].tiers["high"].floor.bound == 10
    assert QUARTER.start == START
