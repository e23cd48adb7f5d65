"""What a hunt comes to: time boxes that no clock can stretch, flaws that are the same, and who was first."""

import pytest

from trimtab.decision.hunting import hunt_of, hunt_payload, judge_hunt
from trimtab.evidence.hunting import HuntClosed, HuntFiled, HuntOpened, HuntTriaged
from trimtab.kinds import Estimate, Missing, Row
from trimtab.stats.recapture import Hidden

HOUR = 3_600_000_000
HUNTERS = {"ann": "person", "ben": "person", "model:crow": "model"}


def row(seq, time):
    return Row(seq, round(time * HOUR), "", "hunt-1", "bot", "", "", "", "", "sha256:1", 0, "", b"", b"")


def filed(finding, hunter, **more):
    given = {"severity": "S2", "hazard": "LLM01", "way": "command", "after": 0, "found_by": "hunter", **more}
    return HuntFiled(finding=finding, hunter=hunter, **given)


def hunt(*events, hours=8.0, hunters=HUNTERS):
    """Events are (hour, record)."""
    opened = HuntOpened(hours=hours, hunters=hunters, level=0.9)
    rows = [(row(1, 0.0), opened), *((row(seq, time), record) for seq, (time, record) in enumerate(events, 2))]
    found = hunt_of(rows)
    assert found is not None
    return found


def closed(spent=None):
    return HuntClosed(by="eve", spent=spent or {}, trimtab="0", row=0, result={})


def shared(first, last, *, to="ben"):
    """ann finds some, and another one the same."""
    both = [(1.0, filed(f"a{i}", "ann")) for i in range(first)]
    return both + [(2.0, filed(f"{to[0]}{i}", to, same_as=f"a{i}")) for i in range(last)]


def test_rows_that_open_nothing_are_no_hunt():
    assert hunt_of([(row(1, 0.0), filed("f", "ann"))]) is None


def test_what_comes_after_the_end_is_recorded_and_does_not_count():
    found = hunt((8.0, filed("just", "ann")), (8.001, filed("late", "ann")))
    assert [one.late for one in found.findings] == [False, True]
    result = judge_hunt(found)
    assert (result.findings, result.late, result.by_hunter["ann"]) == (2, 1, 1)


def test_a_clock_that_is_put_back_makes_nothing_early():
    # By the row before it, and by what the ledger said when it was filed.
    found = hunt((9.0, filed("late", "ann")), (1.0, filed("after-it", "ann")))
    assert [one.late for one in found.findings] == [True, True]
    told = hunt((1.0, filed("told", "ann", after=9 * HOUR)))
    assert [one.late for one in told.findings] == [True]


def test_nothing_counts_after_the_closing_however_early_it_was():
    found = hunt((1.0, filed("in", "ann")), (2.0, closed()), (3.0, filed("out", "ann")), (4.0, closed({"ann": 1.0})))
    assert [one.late for one in found.findings] == [False, True]
    assert found.closed_at == 2 * HOUR
    assert judge_hunt(found).per_hour.hours == 24.0


def test_an_id_that_comes_twice_is_told_and_the_first_stands():
    found = hunt((1.0, filed("f", "ann")), (1.0, filed("f", "ben", severity="S1")))
    assert found.twice == ("f",)
    result = judge_hunt(found)
    assert (result.findings, result.by_hunter["ben"], result.by_severity["S1"]) == (1, 0, 0)


def test_the_same_place_and_the_same_name_make_one_flaw_through_others_as_well():
    found = hunt(
        (1.0, filed("a", "ann", place="goal-1")),
        (2.0, filed("b", "ben", place="goal-1")),
        (3.0, filed("c", "model:crow", same_as="b")),
        (4.0, filed("d", "ann", same_as="e")),  # named before it was there
        (5.0, filed("e", "ben", same_as="d")),  # in a circle
        (6.0, filed("g", "ann", same_as="nothing")),
    )
    assert [one.flaw for one in found.findings] == ["a", "a", "a", "d", "d", "g"]
    result = judge_hunt(found)
    assert result.found_by == {1: 1, 2: 1, 3: 1}
    assert result.per_hour.flaws == 3


def test_what_is_refused_counts_nowhere_and_joins_nothing():
    found = hunt(
        (1.0, filed("a", "ann")),
        (2.0, filed("b", "ben")),
        (3.0, filed("bridge", "ann", same_as="a")),
        (3.0, HuntTriaged(finding="bridge", by="eve", ruling="same", same_as="b")),
        (3.0, HuntTriaged(finding="bridge", by="eve", ruling="invalid")),
        (3.0, HuntTriaged(finding="a", by="eve", ruling="valid")),
        (3.0, HuntTriaged(finding="unheard-of", by="eve", ruling="invalid")),
    )
    assert [one.flaw for one in found.findings] == ["a", "b", "bridge"]
    result = judge_hunt(found)
    assert (result.invalid, result.untriaged, sum(result.by_severity.values())) == (1, 1, 2)


def test_the_last_ruling_counts_and_valid_makes_a_flaw_of_its_own():
    rulings = [("same", "b"), ("invalid", ""), ("valid", "")]
    found = hunt(
        (1.0, filed("a", "ann")),
        (1.0, filed("b", "ben")),
        (1.0, filed("c", "ann", same_as="a")),
        *((2.0, HuntTriaged(finding="c", by="eve", ruling=one, same_as=other)) for one, other in rulings),
    )
    assert found.findings[2].flaw == "c"
    assert judge_hunt(found).invalid == 0


def test_a_hunter_cannot_make_an_overlap_that_whoever_rules_refuses():
    # Three filings "the same as" ann's leave nothing hidden, until somebody else looks at them.
    ruled = [(9.0, HuntTriaged(finding=f"b{i}", by="eve", ruling="valid")) for i in range(3)]
    own = (3.0, filed("own", "ben"))
    claimed, looked_at = (judge_hunt(hunt(*shared(5, 3), own, *rulings)) for rulings in ([], ruled))
    assert claimed.found_by == {1: 3, 2: 3}
    assert looked_at.found_by == {1: 9}
    assert isinstance(looked_at.hidden, Missing)


def test_what_a_run_saw_was_found_by_whoever_filed_from_it_first():
    found = hunt(
        *((1.0, filed(f"m{i}", "model:crow", way="run", source="run-1", place=f"p{i}")) for i in range(9)),
        *((2.0, filed(f"a{i}", "ann", way="case", source="run-1", place=f"p{i}")) for i in range(5)),
        (3.0, filed("c", "ben", found_by="customer", source="run-1", place="p8")),
        (3.0, filed("own", "ann", source="run-2", place="p8")),
    )
    assert [one.borrowed for one in found.findings] == [False] * 9 + [True] * 5 + [False] * 2
    result = judge_hunt(found)
    assert (result.by_hunter["ann"], result.found_by) == (1, {1: 8, 2: 1})
    assert isinstance(result.hidden, Missing)


def test_the_worst_severity_that_a_hunter_gave_is_that_of_the_flaw():
    found = hunt((1.0, filed("a", "ann", severity="S3")), (2.0, filed("b", "ben", severity="S1", same_as="a")))
    assert judge_hunt(found).by_severity == {"S1": 1, "S2": 0, "S3": 0, "S4": 0}


def test_what_a_customer_found_first_is_the_customers():
    found = hunt(
        (1.0, filed("c1", "ben", found_by="customer")),
        (2.0, filed("a1", "ann", same_as="c1")),  # the customer was first
        (2.0, filed("a2", "ann")),
        (3.0, filed("c2", "ben", found_by="customer", same_as="a2")),  # the hunter was
        (99.0, filed("c3", "ben", found_by="customer")),  # after the hunt: it was missed
        (99.0, filed("late", "ben")),
    )
    result = judge_hunt(found)
    assert isinstance(result.customers, Estimate)
    assert result.customers.value == pytest.approx(2 / 3)
    assert result.customers.count == 3
    assert result.per_hour.flaws == 1  # only a2 is new
    assert result.by_hunter == {"ann": 2, "ben": 0, "model:crow": 0}


def test_the_yield_is_over_what_hunters_spent():
    events = [(1.0, filed(f"a{i}", "ann")) for i in range(6)]
    assert judge_hunt(hunt(*events)).per_hour.value == pytest.approx(6 / 24)
    ended = judge_hunt(hunt(*events, (7.0, closed({"ann": 4.0, "ben": 2.0})))).per_hour
    assert ended.hours == 14.0
    assert ended.value == pytest.approx(6 / 14)
    assert ended.interval.low < 6 / 14 < ended.interval.high


def test_nothing_found_is_no_share_no_estimate_and_a_yield_of_nothing():
    result = judge_hunt(hunt())
    assert isinstance(result.customers, Missing)
    assert isinstance(result.hidden, Missing)
    assert (result.per_hour.value, result.per_hour.interval.low) == (0.0, 0.0)
    assert result.per_hour.interval.high > 0.0


def test_too_few_found_twice_is_insufficient_and_one_more_is_not():
    two = judge_hunt(hunt(*shared(5, 2))).hidden
    assert isinstance(two, Missing)
    assert (two.reason, "2, and at least 3" in two.detail) == ("insufficient", True)
    three = judge_hunt(hunt(*shared(5, 3), (3.0, filed("own", "ben")))).hidden
    assert isinstance(three, Hidden)
    assert (three.found, three.again, three.method) == (6, 3, "chapman")
    assert three.hidden == pytest.approx(2 * 1 / 4)


def test_a_hunter_who_finds_the_same_twice_has_found_it_once():
    result = judge_hunt(hunt(*shared(5, 5, to="zoe"), hunters={"ann": "person", "zoe": "person"}))
    alone = judge_hunt(hunt(*[(1.0, filed(f"a{i}", "ann", place=f"p{i % 3}")) for i in range(9)]))
    assert result.found_by == {2: 5}
    assert alone.found_by == {1: 3}
    assert isinstance(alone.hidden, Missing)


def test_the_payload_holds_json_alone_and_says_what_is_missing():
    import orjson

    from trimtab._canonical import canonical

    empty, full = (hunt_payload(judge_hunt(one)) for one in (hunt(), hunt(*shared(6, 4))))
    assert empty["hidden"]["missing"] == "insufficient"
    assert full["hidden"]["estimator"] == "chapman"
    for one in (empty, full):
        assert orjson.loads(canonical(one)) == orjson.loads(orjson.dumps(one))
