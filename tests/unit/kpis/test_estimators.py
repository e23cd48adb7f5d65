"""Figures that can be worked out by hand."""

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.kpis.world import (
    DAY,
    END,
    HOUR,
    START,
    asked,
    counted,
    details_of,
    estimate_kpi,
    exposure,
    finding,
    incident,
    move,
    policy,
    step,
)

from trimtab.decision.kpis.asked import Budgeted
from trimtab.decision.kpis.page import page_of
from trimtab.decision.kpis.reading import read
from trimtab.decision.model import CandidateDecision, Decision, Verdict
from trimtab.decision.period import Period
from trimtab.kinds import Estimate, Interval, Missing


def decision(system, time, candidates, *, winner="", baseline="a"):
    def seen(value):
        interval = Interval(value / 2, value * 2, 0.95, "x")
        return Estimate(value=value, interval=interval, count=200, cases=200)

    made = tuple(
        CandidateDecision(
            candidate=name,
            verdict=Verdict.PASS,
            judgements=(),
            estimates={metric: seen(value) for metric, value in metrics.items()},
        )
        for name, metrics in candidates.items()
    )
    return Decision(
        system=system, tier="high", policy="", run=f"run-{time}", time=time, confidence=0.95, alpha=0.05,
        baseline=baseline, maximise=(), candidates=made, winner=winner, verdict=Verdict.PASS, reason="",
    )  # fmt: skip


def test_each_case_is_measured_in_limits_of_its_own_severity():
    cases = [
        incident("fast", START + DAY, started=START + DAY - HOUR // 2, detected=START + DAY),
        incident("slow", START + DAY, started=START + DAY - 2 * HOUR, detected=START + DAY),
        incident("mild", START + DAY, started=START + DAY - 2 * HOUR, detected=START + DAY, severity="S2"),
        incident("unasked", START + DAY, started=START, detected=START + DAY, severity="S4"),
    ]
    assert estimate_kpi("R01", asked(cases)).value == pytest.approx(2 / 3)
    assert estimate_kpi("R01", asked(cases)).count == 3
    assert estimate_kpi("R01", asked(cases[3:])).reason == "no-limits"
    # A beginning between a clean look and detection may have been early; without a look, at any time.
    for begun, value in (({"clean": START + DAY - HOUR // 2}, 1.0), ({"clean": START}, 0.0), ({}, 0.0)):
        seen = estimate_kpi("R01", asked([incident("unknown", START + DAY, detected=START + DAY, **begun)]))
        assert seen.value == value
        assert seen.interval.high == 1.0
    assert details_of("R01", asked(cases[:2]))["median hours"].value == 0.5


def test_what_is_not_fixed_when_it_is_due_counts_as_late_from_that_day_on():
    begun = [incident("A", START + DAY, detected=START + DAY), step("A", "fix", START + 3 * DAY)]
    verified, late = step("A", "verify", START + 4 * DAY), step("A", "verify", START + 9 * DAY)
    assert estimate_kpi("R04", asked([*begun, verified])).value == 1.0
    assert estimate_kpi("R04", asked([*begun, late])).value == 0.0
    assert estimate_kpi("R04", asked(begun)).value == 0.0
    assert estimate_kpi("R04", asked(begun, asof=START + 8 * DAY)).reason == "none-due"
    opened = [finding("F", START, due=START + 5 * DAY), move("F", "fix", START + DAY), move("F", "verify", START + DAY)]
    assert estimate_kpi("P10", asked(opened)).value == 1.0
    again = [*opened, move("F", "reopen", START + 2 * DAY)]
    assert estimate_kpi("P10", asked(again)).value == 0.0
    assert estimate_kpi("reopened-findings", asked(again)).value == 1.0
    put_off = [finding("F", START, due=END - DAY), finding("G", START)]  # limits give seven days to S1
    assert details_of("P10", asked(put_off))["due later than the limit"].value == 0.5
    debt = details_of("P10", asked([*again], asof=START + 10 * DAY))
    assert debt["debt"].value == pytest.approx(80.0)


def test_uses_before_the_period_are_left_out_and_the_rest_of_a_stretch_counts():
    entries = [
        exposure(3_000_000, since=START - 20 * DAY, at=START + 10 * DAY),
        incident("A", START + DAY, detected=START + DAY),
        incident("B", START + DAY, severity="S3"),
    ]
    assert estimate_kpi("R06", asked(entries)).value == pytest.approx(1.0)
    across = [exposure(2_000_000, since=END - 10 * DAY, at=END + 10 * DAY), *entries]
    assert estimate_kpi("R06", asked(across)).value == pytest.approx(0.5)
    assert estimate_kpi("R06", asked(across, asof=END)).value == pytest.approx(1.0)  # nobody knows it yet
    assert estimate_kpi("R06", asked(entries).of("team", "search")).reason == "no-exposure"
    more = [exposure(10**6, system="aid"), exposure(10**6, system="")]
    told = details_of("R06", asked([*entries, *more]))
    assert told["shrunk"].reason == "too-little"  # two systems are no crowd


def test_a_version_counts_when_its_ninety_days_are_over():
    release = START - 80 * DAY
    entries = [
        finding("F1", release, release="v1", phase="before"),
        finding("F2", release + DAY, release="v1", phase="before"),
        finding("F3", release + 20 * DAY, release="v1"),
        incident("I1", release + 89 * DAY, release="v1"),
        incident("I2", release + 91 * DAY, release="v1"),  # too late to tell of that version
        finding("F4", START + 10 * DAY, release="v2"),  # its ninety days are not over
    ]
    assert estimate_kpi("R07", asked(entries)).value == pytest.approx(0.5)
    assert estimate_kpi("R07", asked(entries)).count == 4


def test_of_metrics_parts_and_systems_the_worst_counts_and_who_is_in_production():
    runs = (
        decision("bot", START - 9 * DAY, {"a": {"attack": 0.2, "inject": 0.9}}),
        decision("bot", START + DAY, {"a": {"attack": 0.02, "inject": 0.04}, "b": {"attack": 0.0}}, winner="b"),
        decision("bot", END, {"a": {"attack": 0.9}}),
    )
    whole = asked([], decisions=runs)
    assert estimate_kpi("R08", whole.of("system", "bot")).value == 0.04
    assert estimate_kpi("R08", whole).value == 0.04
    assert isinstance(estimate_kpi("R08", whole.of("system", "aid")), Missing)
    chosen = replace(whole, decisions=(decision("bot", START, {"b": {"attack": 0.3}}, winner="b", baseline=""),))
    assert estimate_kpi("R08", chosen).value == 0.3
    counts = [counted("R08", 1, 100, system="aid", stratum="x"), counted("R08", 30, 100, system="aid", stratum="y")]
    both = asked(counts, decisions=runs)
    assert estimate_kpi("R08", both).value == 0.3
    assert details_of("R08", both)["aid: y"] == page_of("R08", both).details["aid: y"]


def test_what_stands_beside_a_count_is_no_part_of_it():
    entries = [
        counted("R10", 95, 100, stratum="names"),
        counted("R10", 3, 2000, stratum="leaks"),
        counted("R09", 9, 10),
        counted("R09", 2, 50, stratum="false-blocks"),
    ]
    whole = asked(entries)
    assert estimate_kpi("R10", whole).value == 0.95
    assert details_of("R10", whole)["leaks per 1,000 outputs"].value == pytest.approx(1.5)
    assert estimate_kpi("R09", whole).value == 0.9
    assert details_of("R09", whole)["false-blocks"].value == pytest.approx(0.04)


def test_what_is_kept_under_stress_stands_beside_accuracy():
    entries = [counted("R12", 90, 100, stratum="clean"), counted("R12", 72, 100, stratum="typos")]
    whole = asked(entries).of("system", "bot")
    assert estimate_kpi("R12", whole).value == 0.72
    kept = details_of("R12", whole)["kept of clean: typos"]
    assert kept.value == pytest.approx(0.8)
    assert kept.interval.low < 0.8 < kept.interval.high


def test_freshness_is_that_of_the_policy_weighed_and_what_was_never_measured_is_worth_nothing():
    # R01 and R06 rest on the incident; R06 weighs 3. R08 was never measured and weighs 1, as R01 does.
    moment = END - 90 * DAY
    seen = estimate_kpi("P05", asked([incident("A", moment)]))
    assert seen.value == pytest.approx((1 + 3) * 0.5 / 5)
    assert seen.interval.low == seen.interval.high
    reading = read("R06", asked([incident("A", moment), exposure(10**6, at=moment)]))
    assert reading.fresh == pytest.approx(0.5)
    assert reading.age == pytest.approx(90)
    assert reading.overdue
    assert not read("R06", asked([incident("A", END - DAY), exposure(10**6)])).overdue


def test_a_reading_says_who_counted_what_is_asked_of_whom_and_what_was_before():
    one = read(
        "R03", asked([counted("R03", 9, 10, independence="outside"), counted("R03", 9, 10, independence="self")])
    )
    assert one.independence == "self"
    assert read("R03", asked([counted("R03", 9, 10, independence="outside")])).independence == "outside"
    entries = [exposure(10**6), exposure(10**6, since=START - 90 * DAY, at=START - DAY), incident("A", START - 2 * DAY)]
    of_all: Any = read("R06", asked(entries))
    of_bot: Any = read("R06", asked(entries).of("system", "bot"))
    assert (of_all.floor.bound, of_bot.floor.bound) == (20, 10)
    assert (of_all.seen.value, of_all.before.value) == (0.0, 1.0)
    assert of_all.met
    assert of_all.counter == "P14"
    assert of_bot.payload()["floor"] == {"at_most": 10}
    assert policy().kpis["R06"].weight == of_bot.weight == 3


def test_an_open_case_counts_at_its_age_and_a_young_one_as_neither():
    quick = [
        incident("quick", START + DAY, started=START + DAY - HOUR // 2, detected=START + DAY),
        step("quick", "contain", START + DAY + HOUR),
    ]
    old = incident("old", START - DAY, detected=START - DAY)  # of the quarter before, and still not contained
    assert estimate_kpi("R02", asked(quick)).value == 1.0
    assert estimate_kpi("R02", asked([*quick, old])).value == 0.5
    assert estimate_kpi("R02", asked([*quick, old, step("old", "contain", START - HOUR)])).value == 1.0
    unseen = incident("unseen", START, started=START - DAY)
    assert estimate_kpi("R01", asked([*quick, unseen])).value == 0.5
    young = incident("young", END - HOUR, detected=END - HOUR)
    assert estimate_kpi("R02", asked([*quick, old, young])).value == pytest.approx(1 / 3)
    young = incident("young", END - 2 * HOUR, detected=END - 2 * HOUR)
    seen = estimate_kpi("R02", asked([quick[0], old, young]))
    assert seen.value == 0.0  # nobody was contained: how long the young one takes is not known
    assert seen.interval.low == 0.0


def test_the_worst_is_who_could_be_worst_and_joined_intervals_are_wider():
    few = asked([counted("R08", 3, 200, stratum="known"), counted("R08", 0, 5, stratum="hardly tried")])
    assert estimate_kpi("R08", few).interval.high > 0.5
    two = [counted("R11", 30, 60, stratum=name) for name in "ab"]
    three = [*two, counted("R11", 30, 60, stratum="c")]
    assert estimate_kpi("R11", asked(three)).interval.high > estimate_kpi("R11", asked(two)).interval.high
    facts = {"valid": 1000, "bad": 10, "tolerated": 0.02, "spent": 0.5}
    one = estimate_kpi("R05", asked([], budgets=(Budgeted("bot", "a", 1, START, facts),)))
    both = asked([], budgets=(Budgeted("bot", "a", 1, START, facts), Budgeted("aid", "a", 2, START, facts)))
    assert estimate_kpi("R05", both).interval.low < one.interval.low
    weights = [counted("R03", 9, 10, stratum="a", weight=2.0), counted("R03", 1, 10, stratum="b")]
    again = counted("R03", 5, 10, stratum="a", weight=4.0)
    assert estimate_kpi("R03", asked([again, *weights])) == estimate_kpi("R03", asked([*weights, again]))


def test_periods_that_end_together_do_not_share_what_was_worked_out():
    whole = asked([counted("R13", 1, 10, at=START + HOUR), counted("R13", 9, 10, at=START + 5 * DAY)])
    assert estimate_kpi("R13", whole).value == 0.5
    ends_with_it = asked(
        [counted("R13", 1, 10, at=START, since=START - DAY), counted("R13", 8, 10, at=END, since=START)]
    )
    assert estimate_kpi("R13", ends_with_it).value == 0.8
    assert estimate_kpi("R13", replace(whole, period=Period(START + DAY, END))).value == 0.9
