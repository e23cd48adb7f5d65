"""KPIs of practice: intervals cover, rows may come in any order, edges of dates fall on one side, silence never helps."""

import math
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson
from tests.unit.decision.test_hunting import HOUR, closed, filed, hunt

from trimtab.decision.kpis.asked import Asked
from trimtab.decision.kpis.practice import DETAILS, ESTIMATORS, STATUTORY_DAYS, clocks
from trimtab.decision.period import Period
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.counts import Counted
from trimtab.evidence.entries.findings import NearMiss
from trimtab.evidence.entries.incidents import IncidentMoved, IncidentOpened
from trimtab.evidence.hunting import HuntTriaged
from trimtab.kinds import Estimate, Missing
from trimtab.policy.spans import DAY
from trimtab.stats.counts import poisson_rate, poisson_ratio, weighted_poisson_rate

Q3 = Period.quarter("2026-Q3")
POLICY: Any = SimpleNamespace(  # as much of one as is asked here
    systems={"bot": SimpleNamespace(owner="team")}, teams={"team": None, "other": None}, people={}
)


def asked(entries=(), *, asof=Q3.end, **more):
    books = Books(Kept(one, seq, one.at) for seq, one in enumerate(entries, 1))
    return Asked(books=books, policy=POLICY, period=Q3, asof=asof, **more)


def read(kpi, entries=(), **more):
    return ESTIMATORS[kpi](asked(entries, **more))


def valued(seen):
    assert isinstance(seen, Estimate)
    return seen.value


def counted(kpi, hits, of, *, at=Q3.start, stratum="", system=""):
    return Counted(kpi=kpi, hits=hits, of=of, at=at, by="team", stratum=stratum, system=system)


def incident(name, *, at, severity="S1", duty="none", detected=0, system=""):
    told = {"hazard": "h", "what": "w", "by": "team", "duty": duty, "system": system}
    return IncidentOpened(incident=name, severity=severity, at=at, detected=detected, **told)


def report(name, at):
    return IncidentMoved(incident=name, step="report", at=at, by="team")


def near(name, *, at=Q3.start, system=""):
    return NearMiss(near_miss=name, severity="S1", hazard="h", what="w", at=at, by="team", system=system)


# -- intervals -------------------------------------------------------------------------


@cache
def weighted(level, first, second):
    return weighted_poisson_rate((first, second), (8.0, 1.0), 2.0, level=level)


@pytest.mark.parametrize("rates", [(0.05, 0.5), (0.5, 3.0), (2.0, 0.2), (3.0, 6.0), (0.0, 2.0)])
def test_a_weighted_rate_is_covered_on_either_side(rates):
    """A sum over outcomes, so no seed. `rates` are events over the whole exposure of 2."""
    truth, level, below, above = (8.0 * rates[0] + rates[1]) / 2.0, 0.9, 0.0, 0.0
    for first in range(18):
        for second in range(26):
            chance = poisson.pmf(first, rates[0]) * poisson.pmf(second, rates[1])
            found = weighted(level, first, second)
            below += chance * (truth < found.low)
            above += chance * (truth > found.high)
    assert below <= 0.05
    assert above <= 0.05 + 1e-6  # what lies beyond the outcomes that were summed


@given(events=st.integers(0, 60), weight=st.floats(0.1, 20.0), exposure=st.floats(0.1, 50.0))
def test_of_one_kind_it_is_the_exact_interval(events, weight, exposure):
    found, exact = weighted_poisson_rate((events,), (weight,), exposure), poisson_rate(events, exposure)
    assert (found.low, found.high) == pytest.approx((exact.low * weight, exact.high * weight))


@pytest.mark.parametrize("rates", [(0.5, 4.0), (3.0, 3.0), (6.0, 1.0), (2.0, 0.1)])
def test_a_ratio_is_covered_on_either_side(rates):
    truth, below, above = rates[0] / rates[1], 0.0, 0.0
    for first in range(25):
        for second in range(25):
            if first + second:
                chance = poisson.pmf(first, rates[0]) * poisson.pmf(second, rates[1])
                found = poisson_ratio(first, second, level=0.9)
                below += chance * (truth < found.low)
                above += chance * (truth > found.high)
    assert max(below, above) <= 0.05


# -- what others count -----------------------------------------------------------------

PASSED = counted("P12", 3, 3, stratum="retention")


@pytest.mark.parametrize(("kpi", "more"), [("P08", ()), ("P12", (PASSED,)), ("P15", ())])
@settings(max_examples=30)
@given(
    parts=st.lists(
        st.integers(0, 9).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))), min_size=1, max_size=5
    )
)
def test_counts_are_pooled_exactly(kpi, more, parts):
    found = read(kpi, [*(counted(kpi, hits, of) if of else counted(kpi, 5, 0) for hits, of in parts), *more])
    hits, of = (sum(numbers) for numbers in zip(*parts, strict=True))
    if not of:
        assert isinstance(found, Missing)  # events without trials are no share
    else:
        assert (found.value, found.count) == (hits / of, of)
        assert found.interval.low <= found.value <= found.interval.high


@pytest.mark.parametrize("kpi", ["P08", "P15"])
def test_only_what_was_counted_in_the_period_and_of_the_system_counts(kpi):
    inside, outside = [(1, 1, Q3.start), (1, 1, Q3.end - 1)], [(0, 9, Q3.start - 1), (0, 9, Q3.end)]
    rows = [counted(kpi, hits, of, at=at, system="bot") for hits, of, at in [*inside, *outside]]
    other = counted(kpi, 0, 9, system="other")
    assert read(kpi, [*rows, other], system="bot").count == 2
    assert read(kpi, rows, asof=Q3.end - 1).count == 1
    assert read(kpi, [other], system="bot") == Missing("nothing-recorded")


def test_a_log_that_was_not_brought_back_does_not_count():
    sampled = counted("P12", 98, 100)

    def tested(hits, of, at=Q3.start):
        return read("P12", [sampled, counted("P12", hits, of, at=at, stratum="retention")])

    assert read("P12", [sampled]).reason == "no-retention-test"
    assert [tested(*one).value for one in ((1, 1), (99, 100), (9, 10), (0, 1))] == [0.98, 0.98, 0.9, 0.0]
    assert tested(1, 1, Q3.end - 366 * DAY).value == 0.98
    assert tested(1, 1, Q3.end - 366 * DAY - 1).reason == "no-retention-test"
    assert tested(1, 1, Q3.end).reason == "no-retention-test"
    again = [sampled, counted("P12", 0, 1, stratum="retention"), PASSED]  # at one moment, the worst counts
    assert read("P12", again).value == 0.0


def test_what_overseers_do_is_told_part_by_part():
    rows = [
        counted("P15", 27, 30),
        counted("P15", 8, 10, stratum="overrides"),
        counted("P15", 1, 1, stratum="stop-drill", at=Q3.start - DAY),
    ]
    details = DETAILS["P15"](asked(rows))
    assert read("P15", rows).value == 0.9
    assert [valued(one) for one in details.values()] == [0.8, 1.0]
    assert all(isinstance(one, Missing) for one in DETAILS["P15"](asked(rows[:1])).values())


# -- hunts -----------------------------------------------------------------------------


def a_hunt(*findings, ended=9.0, at=Q3.start, spent=None):
    """Of two hunters and eight hours each; `findings` are (name, severity, ruling or "")."""
    events = [(1.0, filed(name, "ann", severity=severity)) for name, severity, _ in findings]
    ruled = [
        (2.0, HuntTriaged(finding=name, by="eve", ruling=ruling)) for name, _, ruling in findings if ruling
    ]  # fmt: skip
    end = [] if ended is None else [(ended, closed(spent))]
    found = hunt(*events, *ruled, *end, hunters={"ann": "person", "ben": "person"})
    return replace(found, began=at, closed_at=at + round((ended or 0) * HOUR))


def test_only_valid_findings_are_a_yield_and_what_waits_widens_it():
    some = [("a", "S1", "valid"), ("b", "S3", "valid"), ("c", "S4", "invalid")]
    known = read("P13", hunts=[a_hunt(*some)])
    assert known.value == pytest.approx((8.0 + 2.0) * 100.0 / 16.0)
    waiting = read("P13", hunts=[a_hunt(*some, ("d", "S2", ""))])
    assert (waiting.value, waiting.interval.low, waiting.missing) == (known.value, known.interval.low, 1)
    assert waiting.interval.high > known.interval.high
    less = read("P13", hunts=[a_hunt(*some, spent={"ben": 0.0})])
    assert less.value == pytest.approx(2 * known.value)


def test_a_hunt_counts_in_the_period_in_which_it_was_closed():
    nothing = read("P13", hunts=[a_hunt(ended=None), a_hunt(at=Q3.end - HOUR), a_hunt(at=Q3.start - 10 * HOUR)])
    assert nothing.reason == "no-hunts"
    found = read("P13", hunts=[a_hunt(at=Q3.start - 9 * HOUR), a_hunt(at=Q3.end - 9 * HOUR - 1)])
    assert (found.value, found.interval.low, found.count) == (0.0, 0.0, 32)  # found nothing, and looked


@given(severities=st.lists(st.sampled_from(["S1", "S2", "S3", "S4"]), max_size=6))
def test_a_further_or_worse_finding_never_lowers_a_yield(severities):
    names = [(f"f{n}", severity, "valid") for n, severity in enumerate(severities)]
    before = read("P13", hunts=[a_hunt(*names)])
    more = read("P13", hunts=[a_hunt(*names, ("new", "S4", "valid"))])
    worse = read("P13", hunts=[a_hunt(*((name, "S1", ruling) for name, _, ruling in names))])
    for after in (more, worse):
        assert after.value >= before.value
        assert after.interval.low >= before.interval.low - 1e-9


# -- near misses -----------------------------------------------------------------------


@given(few=st.integers(0, 30), severe=st.integers(0, 20))
def test_reporting_is_only_ever_rewarded(few, severe):
    """One more near miss never lowers it, and one severe incident fewer does not, either."""

    def told(misses, incidents):
        rows = [near(f"n{n}") for n in range(misses)]
        return read("P14", [*rows, *(incident(f"i{n}", at=Q3.start) for n in range(incidents))])

    if not few + severe:
        assert told(0, 0).reason == "nothing-recorded"
        return
    before = told(few, severe)
    for after in (told(few + 1, severe), *([told(few, severe - 1)] if severe and few + severe > 1 else [])):
        assert after.value >= before.value
        assert after.interval.low >= before.interval.low
        assert after.interval.high >= before.interval.high
    assert before.interval.low <= before.value <= before.interval.high
    assert math.isinf(before.interval.high) == (severe == 0)


def test_what_is_near_and_what_is_severe():
    rows = [
        near("first"), near("last", at=Q3.end - 1), near("before", at=Q3.start - 1), near("after", at=Q3.end),
        incident("severe", at=Q3.start + 5, severity="S2", detected=Q3.start),
        incident("mild", at=Q3.start, severity="S3"),
        incident("seen-before", at=Q3.start, detected=Q3.start - 1),
    ]  # fmt: skip
    assert read("P14", rows).value == 2.0
    of_team = [near("named", system="elsewhere"), near("owned", system="bot"), incident("i", at=Q3.start, system="bot")]
    named = replace(of_team[0], team="team")
    assert read("P14", [named, *of_team[1:], near("neither")], team="team").value == 2.0
    heads = counted("P14", 400, 0, stratum="heads", at=Q3.start - DAY)
    (per_head,) = DETAILS["P14"](asked([*rows, heads])).values()
    assert isinstance(per_head, Estimate)
    assert per_head.value == 0.5
    (unknown,) = DETAILS["P14"](asked(rows)).values()
    assert unknown == Missing("no-heads", "enter how many there are as P14 with the stratum heads")


# -- the law's clocks ------------------------------------------------------------------


@pytest.mark.parametrize(("duty", "days"), sorted(STATUTORY_DAYS.items()))
def test_the_clock_of_the_law_is_stopped_at_its_last_moment_and_not_after(duty, days):
    began = Q3.start
    due = began + days * DAY
    opened = incident("i", at=began + 3, duty=duty, detected=began)

    def share(*steps, asof):
        return read("P16", [opened, *steps], asof=asof)

    assert share(report("i", due), asof=due + 1).value == 1.0
    assert share(report("i", due + 1), asof=due + 2).value == 0.0
    assert share(asof=due) == share(report("i", due), asof=due)  # it runs, and a report to come is not known
    assert share(asof=due).reason == "none-due"
    assert share(asof=due + 1).value == 0.0  # nobody reported it
    margins = DETAILS["P16"](asked([opened, report("i", due - DAY)], asof=due))
    assert valued(margins["smallest margin, days"]) == 1.0
    late = DETAILS["P16"](asked([opened], asof=due + 2 * DAY))
    assert valued(late["smallest margin, days"]) == -2.0


def test_nobody_hides_from_the_clock_behind_a_late_detection():
    opened = incident("i", at=Q3.start, duty="serious")
    later = IncidentMoved(incident="i", step="detect", at=Q3.start + 9 * DAY, by="team")
    assert clocks(asked([opened, later]))[0].began == Q3.start


DUTIES = st.sampled_from(["none", *STATUTORY_DAYS])
CASES = st.lists(st.tuples(DUTIES, st.integers(-40, 100), st.none() | st.integers(0, 30)), max_size=6)


@settings(max_examples=40)
@given(cases=CASES, order=st.randoms(use_true_random=False), asof=st.integers(1, 120))
def test_every_clock_is_counted_once_whatever_the_order_of_rows(cases, order, asof):
    """Over two quarters and what still runs, each incident that owes a report appears once."""
    opened = [incident(f"i{n}", at=Q3.start + day * DAY, duty=duty) for n, (duty, day, _) in enumerate(cases)]
    steps = [
        report(f"i{n}", Q3.start + (day + after) * DAY) for n, (_, day, after) in enumerate(cases) if after is not None
    ]
    moment = Q3.start + asof * DAY
    shuffled = [*opened, *steps]
    order.shuffle(shuffled)
    one, other = asked([*opened, *steps], asof=moment), asked(shuffled, asof=moment)
    assert ESTIMATORS["P16"](one) == ESTIMATORS["P16"](other)
    assert DETAILS["P16"](one) == DETAILS["P16"](other)
    periods = [Period(0, Q3.start), Q3, Period(Q3.end, 2 * Q3.end)]
    settled = [ESTIMATORS["P16"](replace(one, period=period)) for period in periods]
    known = sum(duty != "none" and Q3.start + day * DAY < moment for duty, day, _ in cases)
    running = sum(clock.settled is None for clock in clocks(replace(one, period=periods[2])))
    assert sum(found.count for found in settled if isinstance(found, Estimate)) + running == known


@pytest.mark.parametrize("kpi", sorted(ESTIMATORS))
def test_an_empty_installation_scores_nothing(kpi):
    assert isinstance(read(kpi), Missing)
    assert all(isinstance(one, Missing) for one in DETAILS.get(kpi, lambda _: {})(asked()).values())
