"""What holds of every KPI whatever the books say: no order, no future, and no way to look better by leaving things."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
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

from trimtab.decision.kpis.reading import read, subjects
from trimtab.decision.kpis.table import MODULES
from trimtab.evidence.entries.findings import FindingMoved
from trimtab.evidence.entries.incidents import IncidentMoved
from trimtab.kinds import Estimate, Missing
from trimtab.policy.kpi_catalogue import SCOPES, counters, kpi_catalogue

OURS = sorted(MODULES)
COUNTED = ("R03", "R08", "R09", "R10", "R12", "R13", "R14")
TIMED = ("R01", "R02", "R04", "P10")
GRID = st.integers(-30 * 24, 120 * 24).map(lambda hours: START + hours * HOUR)  # from a month before to one after


@st.composite
def cases(draw, name):
    """An incident or a finding with steps in an order that time allows, some of them left out from the end."""
    at, severity = draw(GRID), draw(st.sampled_from(["S1", "S2"]))
    gaps = draw(st.lists(st.integers(0, 20 * 24), min_size=5, max_size=5))
    moments = [at + HOUR * sum(gaps[: index + 1]) for index in range(5)]
    taken = draw(st.integers(0, 5))
    if draw(st.booleans()):
        steps = ["fix", "verify", "reopen", "fix", "verify"][:taken]
        return [
            finding(name, at, severity=severity, origin=draw(st.sampled_from(["audit", "customer"]))),
            *(move(name, what, moments[index]) for index, what in enumerate(steps)),
        ]
    begun = draw(st.sampled_from([{"started": at - 5 * HOUR}, {"clean": at - 9 * HOUR}, {}]))
    steps = ["detect", "contain", "fix", "verify", "reopen"][:taken]
    system = draw(st.sampled_from(["bot", "aid"]))
    opened = incident(name, at, severity=severity, system=system, **begun)
    return [opened, *(step(name, what, moments[index]) for index, what in enumerate(steps))]


@st.composite
def counts(draw):
    kpi, of = draw(st.sampled_from([*COUNTED, "R11"])), draw(st.integers(1, 40))
    return [
        counted(
            kpi,
            draw(st.integers(0, of)),
            of,
            at=draw(GRID),
            stratum=draw(st.sampled_from(["a", "b"])),
            system=draw(st.sampled_from(["bot", "aid", ""])),
            weight=draw(st.sampled_from([1.0, 2.5])),
        )
    ]


@st.composite
def worlds(draw):
    """Lists of entries, one list for each thing; the order of lists says nothing."""
    things = [draw(cases(f"C{index}")) for index in range(draw(st.integers(0, 6)))]
    things += draw(st.lists(counts(), max_size=6))
    for system in ("bot", "aid"):
        if draw(st.booleans()):
            things.append([exposure(draw(st.integers(1, 10**6)), system=system)])
    return things


def flat(things):
    return [entry for thing in things for entry in thing]


def all_of(entries, kpis=OURS, **more):
    whole = asked(entries, **more)
    return {
        (kpi, scope, name): estimate_kpi(kpi, whole.of(scope, name))
        for kpi in kpis
        for scope, name in (("organisation", ""), ("system", "bot"), ("team", "search"), ("severity", "S1"))
    }


def worse_or_same(kpi, after, before):
    """Whether an estimate is no better than another, at its value and at the end that a verdict rests on."""
    if isinstance(after, Missing) or isinstance(before, Missing):
        return isinstance(after, Missing) or not isinstance(before, Estimate)
    facts = kpi_catalogue()[kpi] if kpi in kpi_catalogue() else counters()[kpi]
    if facts.better == "higher":
        return after.value <= before.value + 1e-9 and after.interval.low <= before.interval.low + 1e-9
    return after.value >= before.value - 1e-9 and after.interval.high >= before.interval.high - 1e-9


@settings(max_examples=30, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_order_of_rows_future_and_what_was_over_before_change_nothing(things, random):
    before = all_of(flat(things))
    shuffled = list(things)
    random.shuffle(shuffled)
    assert all_of(flat(shuffled)) == before
    later = [
        incident("later", END, started=END - DAY, severity="S1"),
        finding("later", END + DAY),
        exposure(10**9, since=END, at=END + 9 * DAY),
        *(counted(kpi, 1, 10**6, at=END + HOUR, since=START) for kpi in OURS),
        *(
            type(thing[-1]) is IncidentMoved and step(thing[0].id, "contain", END)
            for thing in things
            if len(thing) == 2
        ),
    ]
    later = [one for one in later if one]
    assert all_of([*flat(things), *later]) == before
    over = [
        incident("over", START - 90 * DAY, started=START - 91 * DAY, detected=START - 90 * DAY),
        *(step("over", what, START - 80 * DAY) for what in ("contain", "fix", "verify")),
        finding("over", START - 90 * DAY, due=START - 80 * DAY),
        *(move("over", what, START - 85 * DAY) for what in ("fix", "verify")),
        *(counted(kpi, 1, 10**6, at=START) for kpi in OURS),
    ]
    kept = [kpi for kpi in OURS if kpi != "P05"]  # evidence of any time is fresh or less fresh
    same = all_of([*flat(things), *over], kept)
    nothing = {"nothing-recorded", "none-due", "none-over", "no-limits"}

    def told(seen):
        return "nothing" if isinstance(seen, Missing) and seen.reason in nothing else seen

    assert {key: told(seen) for key, seen in same.items()} == {
        key: told(seen) for key, seen in before.items() if key[0] in kept
    }


@settings(max_examples=40, deadline=None)
@given(worlds(), st.data())
def test_leaving_a_case_open_never_helps(things, data):
    closing = [
        index
        for index, thing in enumerate(things)
        if len(thing) > 1 and type(thing[-1]) in (IncidentMoved, FindingMoved) and thing[-1].step != "reopen"
    ]
    if not closing:
        return
    index = data.draw(st.sampled_from(closing))
    left = [thing[:-1] if place == index else thing for place, thing in enumerate(things)]
    done, undone = all_of(flat(things), TIMED), all_of(flat(left), TIMED)
    detected = things[index][-1].step == "detect"  # before it was detected no other clock ran
    for key, before in done.items():
        if not (detected and key[0] in ("R02", "R04")):
            assert worse_or_same(key[0], undone[key], before), (key, before, undone[key])


@settings(max_examples=30, deadline=None)
@given(worlds(), st.sampled_from(COUNTED), st.integers(1, 20))
def test_more_that_goes_wrong_never_helps(things, kpi, more):
    base = [*flat(things), exposure(1000), exposure(1000, system="aid")]
    before = all_of(base, ["R06", kpi])
    again = all_of([*base, incident("more", START + DAY, severity="S2")], ["R06"])
    for key, seen in again.items():
        if key != ("R06", "team", "search"):
            assert worse_or_same("R06", seen, before[key])
            if key == ("R06", "organisation", ""):
                assert seen.value > before[key].value
    # So many cases of one part go wrong that went well.
    wrong = kpi_catalogue()[kpi].better == "lower"
    good = [counted(kpi, 0 if wrong else more, more, stratum="a")]
    bad = [counted(kpi, more if wrong else 0, more, stratum="a")]
    well, ill = all_of([*base, *good], [kpi]), all_of([*base, *bad], [kpi])
    for key in well:
        assert worse_or_same(kpi, ill[key], well[key])


@settings(max_examples=30, deadline=None)
@given(worlds())
def test_a_fix_that_did_not_hold_counts_as_none(things):
    verified = [
        thing for thing in things if thing[-1].payload().get("step") == "verify" and thing[-1].at < END - 2 * HOUR
    ]
    for thing in verified[:1]:
        last, name = thing[-1], thing[0].id
        again = (step if isinstance(last, IncidentMoved) else move)(name, "reopen", last.at + HOUR)
        before, after = all_of(flat(things), TIMED), all_of([*flat(things), again], TIMED)
        for key, seen in before.items():
            assert worse_or_same(key[0], after[key], seen)


@settings(max_examples=30, deadline=None)
@given(worlds())
def test_values_lie_within_their_intervals_and_shares_between_nothing_and_all(things):
    for (kpi, _, _), seen in all_of(flat(things)).items():
        if isinstance(seen, Estimate):
            assert seen.interval.low <= seen.value <= seen.interval.high
            if kpi in counters() or kpi_catalogue()[kpi].share:
                assert seen.interval.low >= 0.0
                assert seen.interval.high <= 1.0
            assert not math.isnan(seen.value)


@pytest.mark.parametrize("kpi", kpi_catalogue())
def test_an_empty_installation_has_no_figures(kpi):
    for scope, name in subjects(policy(), kpi, SCOPES):
        reading = read(kpi, asked([]).of(scope, name))
        assert isinstance(reading.seen, Missing)
        assert isinstance(reading.before, Missing)
        assert reading.verdict == "inconclusive"
        assert reading.met is None
        assert reading.fresh is None
    assert all(isinstance(one, Missing) for one in details_of(kpi, asked([])).values())


def test_who_asks_first_makes_no_difference():
    entries = [
        incident("A", START + DAY, started=START, detected=START + HOUR),
        incident("B", START + DAY, severity="S2", system="aid"),
        exposure(10**6),
    ]
    whole = asked(entries)
    forward = [estimate_kpi(kpi, whole.of(*who)) for kpi in OURS for who in subjects(policy(), "R01", SCOPES)]
    each = [estimate_kpi(kpi, asked(entries).of(*who)) for kpi in OURS for who in subjects(policy(), "R01", SCOPES)]
    assert forward == each
    assert estimate_kpi("R01", replace(whole, asof=START)) == Missing("nothing-recorded")
