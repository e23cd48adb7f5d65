"""P09: in role, in date, and passed a quiz a month after the course; each edge, and any order of rows."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.decision.governed import DAY, START, books, policy, trained

from trimtab.decision.kpis.asked import Asked
from trimtab.decision.kpis.table import estimate_kpi
from trimtab.decision.learning import holdings, in_role
from trimtab.decision.period import Period
from trimtab.kinds import Missing

POLICY = policy()
ALL = "ai-literacy"
STRANGER = "person:" + "0" * 32


def p09(given_) -> Any:
    return estimate_kpi("P09", given_)


def state(entries, *, day, person="lead", extra=0):
    end = START + round(day * DAY) + extra
    found = {one.person: one.state for one in holdings(POLICY, books(entries), end=end) if one.course == ALL}
    return found.get(person)


DONE = trained("lead", "completed", day=0)


@pytest.mark.parametrize(
    ("entries", "day", "extra", "expected"),
    [
        ([], 1, 0, "not-taken"),
        ([DONE], 30, 0, "waits"),
        ([DONE], 30, 1, "due"),
        ([DONE, trained("lead", "quiz", day=29.999, score=1.0)], 40, 0, "due"),  # too early to show anything
        ([DONE, trained("lead", "quiz", day=30, score=1.0)], 40, 0, "held"),
        ([DONE, trained("lead", "retention", day=30, score=0.8)], 40, 0, "held"),
        ([DONE, trained("lead", "retention", day=30, score=0.79)], 40, 0, "forgotten"),
        ([DONE, trained("lead", "retention", day=30, score=0.8)], 30, 0, "waits"),  # at the end of the stretch
        ([DONE, trained("lead", "retention", day=31, score=1.0), trained("lead", "quiz", day=50, score=0.1)], 60, 0,
         "forgotten"),
        ([DONE, trained("lead", "retention", day=31, score=1.0), trained("lead", "quiz", day=31, score=0.1)], 60, 0,
         "forgotten"),  # trying again at once until it fits is no way
        ([DONE, trained("lead", "retention", day=31, score=1.0)], 365, 0, "held"),
        ([DONE, trained("lead", "retention", day=31, score=1.0)], 365, 1, "lapsed"),
        ([DONE, trained("lead", "retention", day=31, score=1.0), trained("lead", "completed", day=350)], 360, 0, "held"),
        ([DONE, trained("lead", "retention", day=31, score=1.0), trained("lead", "completed", day=350)], 366, 0, "waits"),
        ([trained("lead", "retention", day=31, score=1.0)], 40, 0, "not-taken"),
        ([trained("nurse", "completed", day=0), trained("nurse", "quiz", day=40, score=1.0)], 50, 0, "not-taken"),
    ],
)  # fmt: skip
def test_the_edges_of_a_course(entries, day, extra, expected):
    assert state(entries, day=day, extra=extra) == expected


def test_who_has_left_owes_nothing_from_that_day_on():
    left = (date(2026, 8, 1) - date(2026, 7, 1)).days
    assert "gone" in in_role(POLICY, books([]), end=START + left * DAY)
    assert "gone" not in in_role(POLICY, books([]), end=START + left * DAY + 1)
    entries = [trained(STRANGER, "enrolled", day=1, role="everyone"), trained(STRANGER, "left", day=9, role="everyone")]
    for day, there in ((1, False), (2, True), (9, True), (10, False)):
        assert (STRANGER in in_role(POLICY, books(entries), end=START + day * DAY)) is there
    both = [trained(STRANGER, "left", day=1, role="ward"), trained(STRANGER, "enrolled", day=1, role="ward")]
    assert STRANGER not in in_role(POLICY, books(both), end=END)


END = START + 400 * DAY
PEOPLE = ["lead", "nurse", STRANGER]


def events():
    done = st.builds(trained, st.sampled_from(PEOPLE), st.just("completed"), day=st.integers(0, 420))
    scores = st.sampled_from([0.0, 0.79, 0.8, 1.0])
    steps = st.sampled_from(["quiz", "retention"])
    tested = st.builds(trained, st.sampled_from(PEOPLE), steps, day=st.integers(0, 420), score=scores)
    return st.lists(done | tested, max_size=12)


def holds(person, entries, today):
    """By the definition, in days, without a line of ours."""
    mine = [(round((one.at - START) / DAY), one) for one in entries if one.person == person]
    dates = [day for day, one in mine if one.step == "completed" and day < today and today - day <= 365]
    shown = [(day, -one.score) for day, one in mine if one.step != "completed" and day < today]
    counting = [one for one in shown if dates and one[0] - min(dates) >= timedelta(days=30).days]
    return bool(counting) and -max(counting)[1] >= 0.8


@given(events(), st.randoms(), st.integers(1, 420))
def test_the_share_is_that_of_an_independent_count_in_any_order(given_, order, today):
    only = policy(learning={"courses": {ALL: {}}})
    enrolled = [trained(STRANGER, "enrolled", day=0, role="everyone")]
    mixed = [*given_, *enrolled]
    order.shuffle(mixed)
    period = Period(START, START + today * DAY, "")
    found = p09(Asked(books=books(mixed), policy=only, period=period, asof=END + 99 * DAY))
    people = [*PEOPLE, *(["gone"] if today <= 31 else [])]
    expected = sum(holds(person, given_, today) for person in people)
    assert (found.value, found.count) == (expected / len(people), len(people))
    assert found.interval.low <= found.value <= found.interval.high


def test_without_courses_or_people_it_is_missing():
    period = Period.quarter("2026-Q3")
    for own in (policy(learning=None), policy(learning={"courses": {"reading-an-interval": {"roles": ["pilot"]}}})):
        assert isinstance(p09(Asked(books=books([]), policy=own, period=period, asof=END)), Missing)
    everybody = Asked(books=books([]), policy=POLICY, period=period, asof=START + DAY)
    assert (p09(everybody).count, p09(everybody.of("team", "ml")).count) == (3, 1)
