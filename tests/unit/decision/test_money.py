"""Losses, plans and credit from the books: what was seen counts once, in whatever order it was written down."""

import math
import random

import numpy as np
import pytest
from tests.unit.decision.money_books import (
    DAY,
    END,
    START,
    books,
    claimed,
    exposure,
    incident,
    policy,
    realised,
    requested,
    spent,
)  # fmt: skip

from trimtab._canonical import canonical
from trimtab.decision.credit import claims, credit
from trimtab.decision.kpis.asked import Asked
from trimtab.decision.kpis.money import ESTIMATORS
from trimtab.decision.loss_figures import loss_figures
from trimtab.decision.loss_model import LEAST_FREE, YEAR, loss_model
from trimtab.decision.period import Period
from trimtab.decision.plan_of_money import plan_figures
from trimtab.kinds import Estimate, Missing
from trimtab.stats.severity import Lognormal

QUARTERS = [f"{year}-Q{q}" for year in (2025, 2026) for q in (1, 2, 3, 4)]
LAST = Period.quarter("2026-Q4")


def a_life():
    """Two years: harm halves after a claim, invoices are corrected, two systems are down now and then."""
    entries = []
    for number, name in enumerate(QUARTERS):
        quarter = Period.quarter(name)
        for system, down in (("bot", 20.0 if number < 5 else 4.0), ("twin", 19.0), ("third", 21.0 + number % 2)):
            entries.append(exposure(quarter.start, quarter.end - 1, system=system, down=down + number % 3))
        for n in range(3 if number < 5 else 1):
            cost = 9_000.0 * (1.7 ** ((number + n) % 4))
            entries += incident(f"h{number}.{n}", quarter.start + (5 + 20 * n) * DAY, cost=cost)
        entries += incident(f"q{number}", quarter.start + 50 * DAY, "S2", 800.0 + 100.0 * number)
    split = Period.quarter("2026-Q2").start
    entries += [claimed("c1", split), claimed("c2", split + DAY, team="other"), realised("c1", split + 40 * DAY, 0.3)]
    entries += [spent("prevent", split, 20_000.0, category="audit")]
    entries += [spent("wrong", LAST.start + DAY, 900.0, category="legal")]
    entries += [spent("right", LAST.start + 9 * DAY, 700.0, category="legal", instead_of="wrong")]
    entries += [
        requested("r1", 40_000.0, {"harm": (0.3, 0.5)}),
        requested("r2", 30_000.0, {"queue": (0.4, 0.6), "flood": (0.1, 0.2)}, team="other"),
        requested("r3", 60_000.0, {"harm": (0.2, 0.5)}, category="tooling", needs=("r1",)),
    ]
    return entries


def figures(entries):
    kept = books(entries)
    asked = Asked(books=kept, policy=policy(), period=LAST, asof=END)
    return {
        "loss": loss_figures(policy(), kept, asof=END, years=2_000),
        "plan": plan_figures(policy(), kept, quarter="2027-Q1", asof=END),
        **{name: repr(estimator(asked)) for name, estimator in ESTIMATORS.items()},
    }


def test_the_order_in_which_rows_were_written_decides_nothing():
    entries = a_life()
    first = canonical(figures(entries))
    steps = [one for one in entries if one.kind not in {"incident-step", "realised"}]
    later = [one for one in entries if one.kind in {"incident-step", "realised"}]
    for seed in range(2):
        random.Random(seed).shuffle(steps)
        assert canonical(figures([*steps, *later])) == first


def body(one):
    """The log-normal that a scenario's losses are drawn from."""
    assert isinstance(one.scenario.loss, Lognormal)
    return one.scenario.loss


def test_an_empty_installation_has_no_figures_that_need_evidence_and_states_those_that_do_not():
    asked = Asked(books=books([]), policy=policy(), period=LAST, asof=END)
    found = {name: estimator(asked) for name, estimator in ESTIMATORS.items()}
    assert {name for name, one in found.items() if isinstance(one, Estimate)} == {"F01", "F02"}  # from stated ranges
    bare = Asked(books=books([]), policy=policy(scenarios={}, budget=None), period=LAST, asof=END)
    assert all(isinstance(estimator(bare), Missing) for estimator in ESTIMATORS.values())


def test_the_expected_loss_is_that_of_pencil_and_paper():
    model = loss_model(policy(), books([]), until=END)
    asked = Asked(books=books([]), policy=policy(), period=LAST, asof=END)
    found = ESTIMATORS["F01"](asked)
    assert isinstance(found, Estimate)
    # The mean of a log-normal with P5 and P95 at the ends, times the mean of the gamma rate.
    by_hand = 0.0
    for one in model.scenarios:
        low, high = one.loss_stated
        sigma = math.log(high / low) / (2 * 1.6448536269514722)
        by_hand += one.rate.mean * math.sqrt(low * high) * math.exp(sigma**2 / 2)
    assert found.value == pytest.approx(by_hand, rel=1e-12)
    assert found.interval.low < found.value < found.interval.high


def test_rates_are_sharpened_by_exposed_time_alone():
    quiet = books([exposure(START, START + YEAR)])
    busy = books([exposure(START, START + YEAR), *(e for n in range(9) for e in incident(f"i{n}", START + n * DAY))])
    outside = books([e for n in range(9) for e in incident(f"i{n}", START + n * DAY)])
    prior, fewer, more, unknown = (loss_model(policy(), kept, until=END) for kept in (books([]), quiet, busy, outside))
    rates = [model.scenarios[0].rate.mean for model in (prior, fewer, more, unknown)]
    assert rates[1] < rates[0] < rates[2]
    assert rates[3] == rates[0]
    assert (unknown.uncounted, more.uncounted) == (9, 0)
    first, after = prior.scenarios[0].rate, more.scenarios[0].rate
    assert (after.shape, after.per) == pytest.approx((first.shape + 9, first.per + 1.0))
    assert loss_model(policy(), busy, until=END).scenarios[2].rate == prior.scenarios[2].rate  # flood counts nothing


def test_who_stated_ranges_too_narrow_is_widened_and_enough_losses_take_their_place():
    few = [e for n in range(5) for e in incident(f"i{n}", START + n * DAY, cost=3e6)]
    model = loss_model(policy(), books([exposure(START, END), *few]), until=END)
    assert (model.records["lead"].hits, model.records["lead"].ranges) == (0, 5)
    harm, flood = model.scenarios[0], model.scenarios[2]
    assert harm.factor > 1.5
    assert body(harm).range[1] > 200_000.0 * 1.5
    assert flood.factor == 1.0  # nobody stated it by name
    assert harm.loss_from == "stated"
    more = [e for n in range(LEAST_FREE + 2) for e in incident(f"j{n}", START + n * DAY, "S2", 50_000.0 + 9_000.0 * n)]
    pooled = loss_model(policy(), books([*few, *more]), until=END).scenarios
    assert [one.loss_from for one in pooled] == ["pooled", "pooled", "pooled"]
    assert 25_000.0 < math.exp(body(pooled[1]).mu) < 150_000.0
    # A scenario without a loss of its own moves as the others were off.
    assert math.exp(body(pooled[2]).mu) > math.sqrt(1e5 * 1e6) * 2


def test_the_next_loss_lies_in_the_calibrated_range_nine_times_of_ten():
    """Ranges that are off by a factor and too narrow, and true losses that scatter: 120 organisations."""
    generator = np.random.default_rng(7)
    hits = 0
    for _ in range(120):
        off, scatter = generator.normal(0.7, 0.5, 2), 0.9
        entries = []
        for (severity, middle), shift in zip((("S1", 44_721.0), ("S2", 2_121.0)), off, strict=True):
            for n in range(7):
                cost = middle * math.exp(shift + scatter * generator.standard_normal())
                entries += incident(f"{severity}{n}", START + n * DAY, severity, cost)
        low, high = body(loss_model(policy(), books(entries), until=END).scenarios[0]).range
        hits += low <= 44_721.0 * math.exp(off[0] + scatter * generator.standard_normal()) <= high
    assert 0.83 <= hits / 120 <= 0.97


def test_a_cost_of_an_open_incident_is_not_its_whole_cost():
    open_ = incident("i", START, cost=50_000.0)
    never = [one for one in open_ if getattr(one, "step", "") != "verify"]
    assert loss_model(policy(), books(open_), until=END).scenarios[0].losses == 1
    assert loss_model(policy(), books(never), until=END).scenarios[0].losses == 0


def test_a_red_line_costs_what_an_incident_of_its_severity_does_and_the_worst_where_none_is_said():
    costs = {"incident": {"S1": (100.0, 900.0), "S2": (10.0, 90.0)}, "reputation": {"S1": (50.0, 60.0)}}
    for hazards, expected in (({}, ("S1", True, 150.0, 960.0)), ({"m": "S2"}, ("S2", False, 10.0, 90.0))):
        spec = policy(costs={**costs, "hazards": hazards}, red_lines=("m",))
        (found,) = loss_figures(spec, books([]), asof=END, years=500)["red_lines"]
        assert (found["severity"], found["assumed"], found["low"], found["high"]) == expected
        assert found["low"] < found["mean"] < found["high"]


# -- KPIs ------------------------------------------------------------------------------------


def kpi(name, entries, *, period=LAST, asof=END, **keys):
    return ESTIMATORS[name](Asked(books=books(entries), policy=policy(), period=period, asof=asof, **keys))


def test_a_corrected_line_counts_once_and_in_the_quarter_of_its_cost():
    lines = [
        spent("a", LAST.start, 100.0), spent("b", LAST.start + DAY, 250.0, category="remedy"),
        spent("c", LAST.end + DAY, 90.0, instead_of="a"), spent("d", LAST.end + 2 * DAY, 80.0, instead_of="c"),
        spent("e", LAST.start, 7_000.0, category="audit"),
    ]  # fmt: skip
    later = LAST.end + 9 * DAY
    assert kpi("F03", lines, asof=later).value == 330.0
    assert kpi("F03", lines, asof=LAST.end + DAY).value == 340.0  # as it was known then
    assert isinstance(kpi("F03", lines, period=Period.quarter("2027-Q1"), asof=later), Missing)
    assert kpi("F03", lines, asof=later).interval.high == 330.0


def test_an_incident_whose_cost_nobody_told_leaves_the_high_end_open():
    found = kpi("F03", [*incident("i", LAST.start), spent("a", LAST.start, 10.0)])
    assert (found.value, found.interval.low, found.interval.high, found.missing) == (10.0, 10.0, math.inf, 1)


def test_claims_on_one_scenario_are_not_added_and_the_lowest_credit_counts():
    entries = a_life()
    alone = [one for one in entries if not (one.kind == "claim" and one.claim == "c2")]
    both, one = kpi("F04", entries), kpi("F04", alone)
    assert 0.0 < both.value <= one.value
    assert both.value == pytest.approx(one.value * 0.5 / credit_of(entries, "core"), rel=1e-9)
    assert both.interval.low < both.value < both.interval.high
    grown = kpi("F04", [e for n in range(40) for e in incident(f"x{n}", LAST.start + n * DAY)] + alone)
    assert grown.value < 0.0  # what grew is told as such, not as nothing


def credit_of(entries, team, method=""):
    return credit(claims(books(entries)), team=team, method=method, start=0.5).factor


def test_credit_is_shrunk_and_never_above_one():
    at = START
    told = [claimed("a", at, method="m"), realised("a", at + DAY, 0.15)]
    assert credit_of(told, "core") == pytest.approx((4 * 0.5 * 0.3 + 0.15) / (5 * 0.3))
    assert credit_of(told, "other", "m") == credit_of(told, "core")
    assert credit_of(told, "other") == credit_of([], "core") == 0.5
    great = [x for n in range(20) for x in (claimed(f"a{n}", at), realised(f"a{n}", at + DAY, 0.9))]
    assert credit_of(great, "core") == 1.0
    bad = [x for n in range(20) for x in (claimed(f"a{n}", at), realised(f"a{n}", at + DAY, -0.9))]
    assert credit_of(bad, "core") == 0.0
    assert credit_of([*told, realised("a", at + 2 * DAY, 0.3)], "core") > credit_of(told, "core")  # the last word


def test_return_on_spending_follows_from_what_was_avoided():
    entries = a_life()
    avoided, back = kpi("F04", entries), kpi("F05", entries)
    assert back.value == pytest.approx((avoided.value - 20_000.0) / 20_000.0)
    assert kpi("F06", entries).value > 0.0
    assert isinstance(kpi("F05", [one for one in entries if getattr(one, "spend", "") != "prevent"]), Missing)


def test_downtime_is_held_against_systems_that_nobody_changed():
    found = kpi("F07", a_life())
    assert "matched" in found.interval.method
    assert found.value == pytest.approx(16.0, abs=1.5)
    assert found.interval.low > 0.0
    alone = [one for one in a_life() if one.kind != "exposure" or one.system == "bot"]
    assert "trend" in kpi("F07", alone).interval.method
    assert isinstance(kpi("F07", alone, period=Period.quarter("2025-Q2")), Missing)  # one quarter is no baseline


# -- the plan --------------------------------------------------------------------------------


def test_a_plan_says_what_it_left_out_and_counts_what_was_credited():
    found = plan_figures(policy(), books(a_life()), quarter="2027-Q1", asof=END)
    r1 = next(one for one in found["requests"] if one["request"] == "r1")
    assert r1["removes"]["harm"] == pytest.approx(0.3 * r1["credit"]["factor"])
    assert found["plan"]["chosen"] == ["r1", "r3"]
    assert found["plan"]["spent"] <= found["pool"]["left"] == 100_000.0
    lefts = [point["left"] for point in found["frontier"]]
    assert lefts == sorted(lefts, reverse=True)
    assert lefts[0] == pytest.approx(found["before"])


def test_an_appetite_that_no_plan_keeps_does_not_stop_the_money():
    keys = {"budget": {"amount": 100_000.0, "every": "quarter", "appetite": {"expected": 1.0}}}
    found = plan_figures(policy(**keys), books(a_life()), quarter="2027-Q1", asof=END)
    assert found["appetite"] == {"bound": 1.0, "kept": False}
    assert found["plan"]["chosen"]
    assert any("no plan keeps the appetite" in one for one in found["notes"])


def test_a_share_for_which_nobody_asks_and_a_floor_above_what_is_asked_are_told():
    keys = {"budget": {"amount": 100_000.0, "categories": {"privacy": 0.5}, "teams": {"other": 90_000.0}}}
    found = plan_figures(policy(**keys), books(a_life()), quarter="2027-Q1", asof=END)
    assert len(found["notes"]) == 2
    assert "r2" in found["plan"]["chosen"]
    assert found["why"]["rules"]


def test_bad_years_count_when_the_policy_says_so():
    keys = {"budget": {"amount": 100_000.0, "theta": 0.5}}
    found = plan_figures(policy(**keys), books(a_life()), quarter="2027-Q1", asof=END)
    assert found["plan"]["bad_years"] > found["plan"]["expected"]
