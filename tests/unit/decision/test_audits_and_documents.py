"""Censuses of what was audited and written down: exact, never 1 for want of anything owed, and only lowered by time."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.decision.audits import ControlTest, audit_answer, audit_coverage
from trimtab.decision.documents import (
    ASSESSMENT,
    CARD,
    NOTICE,
    Document,
    assessments,
    card_completeness,
    document_answers,
    notices,
)
from trimtab.decision.model import Verdict
from trimtab.kinds import Estimate, Missing

SCOPE = {("eu:9", "bot"): 4.0, ("eu:9", "tool"): 1.0, ("eu:12", "bot"): 4.0, ("eu:12", "tool"): 1.0}


def known(found: Estimate | Missing) -> Estimate:
    assert isinstance(found, Estimate)
    return found


def checked(control="eu:9", system="bot", **more):
    given = {"result": "pass", "independence": "other-team", "by": "auditor", "at": 10, "valid_until": 20, "row": 1}
    return ControlTest(**{"control": control, "system": system, **given, **more})


def share(*tests, moment=10, scope=SCOPE):
    found = known(audit_coverage(scope, tests, moment=moment))
    return found.value, found.interval.low, found.interval.high


def test_audit_coverage_by_hand():
    assert share() == (0.0, 0.0, 0.0)
    assert share(checked()) == (0.4, 0.4, 0.4)
    assert share(checked(), checked(row=2), checked("eu:9", "tool", result="fail")) == (0.5, 0.5, 0.5)
    assert share(checked("eu:9", "nobody's")) == (0.0, 0.0, 0.0)
    assert isinstance(audit_coverage({}, [checked()], moment=10), Missing)


@pytest.mark.parametrize(("moment", "wanted"), [(9, 0.0), (10, 0.4), (19, 0.4), (20, 0.0)])
def test_a_test_counts_from_its_moment_until_just_before_its_end(moment, wanted):
    assert share(checked(), moment=moment)[0] == wanted


def test_a_team_may_find_that_it_fails_and_not_that_it_holds():
    assert share(checked(independence="self"))[0] == 0.0
    verdicts = [audit_answer(checked(independence="self", result=one)).verdict for one in ("pass", "fail")]
    assert verdicts == [Verdict.INCONCLUSIVE, Verdict.FAIL]
    assert audit_answer(checked()).verdict is Verdict.PASS


CELLS = st.sampled_from(sorted(SCOPE))
TESTS = st.builds(
    lambda cell, result, by, at, length, row: checked(
        *cell, result=result, independence=by, at=at, valid_until=at + length, row=row
    ),
    CELLS,
    st.sampled_from(["pass", "fail", "undecided"]),
    st.sampled_from(["self", "other-team", "outside"]),
    st.integers(0, 20),
    st.integers(0, 20),
    st.integers(1, 99),
)


@given(st.lists(TESTS, max_size=6), TESTS, st.randoms(use_true_random=False))
def test_more_tests_never_lower_audit_coverage_and_their_order_says_nothing(tests, more, chance):
    before, after = share(*tests), share(*tests, more)
    assert after >= before
    mixed = [*tests, more]
    chance.shuffle(mixed)
    assert share(*mixed, scope=dict(reversed(SCOPE.items()))) == after


def document(what=CARD, system="bot", **more):
    given = {"digest": "sha256:a", "at": 10, "reviewed": 10, "valid_until": 20, "filled": 4, "mandatory": 4, "row": 1}
    return Document(what=what, system=system, **{**given, **more})


def card(*documents, served=None, owed=("bot", "tool"), moment=10):
    served = {"bot": ["m1"], "tool": ["m2", "m3"]} if served is None else served
    found = known(card_completeness(owed, documents, served, moment=moment))
    return found.interval.low, found.interval.high


def test_card_completeness_by_hand():
    assert card() == (0.0, 0.0)
    assert card(document(model="m1")) == (0.5, 0.5)
    assert card(document(model="m1"), document(system="tool", model="m2", filled=2)) == (0.75, 0.75)
    assert card(document(model="other")) == (0.0, 0.0)
    assert card(document()) == (0.0, 0.0)  # it names no model, and one is served
    assert card(document(model="m1"), document(model="m1", filled=1, at=11), moment=11) == (0.125, 0.125)
    assert card(document(model="m1"), moment=20) == card(document(model="m1"), moment=9) == (0.0, 0.0)
    assert isinstance(card_completeness([], [document()], {}, moment=10), Missing)


def test_where_nobody_knows_what_is_served_a_card_is_not_taken_for_the_right_one():
    assert card(document(model="m1"), served={}) == (0.0, 0.5)
    found = known(card_completeness(["bot"], [document(model="m1")], {}, moment=10))
    assert (found.value, found.missing) == (0.0, 1)


def test_assessments_and_notices_by_hand():
    owed = ["bot", "tool"]
    for count, what in ((assessments, ASSESSMENT), (notices, NOTICE)):
        assert known(count(owed, [document(what)], moment=10)).value == 0.5
        assert known(count(owed, [document(what, filled=3)], moment=10)).value == 0.0
        assert known(count(owed, [document(what)], moment=20)).value == 0.0
        assert known(count(owed, [document(CARD)], moment=10)).value == 0.0
        assert isinstance(count([], [document(what)], moment=10), Missing)


def test_a_document_answers_the_controls_that_it_names_from_its_review_to_its_end():
    whole = document(controls=("eu:11", "eu:13"), reviewed=12)
    found = document_answers([whole, replace(whole, filled=3, row=2)])
    assert [(one.control, one.way, one.verdict) for one in found] == [
        ("eu:11", CARD, Verdict.PASS),
        ("eu:13", CARD, Verdict.PASS),
        ("eu:11", CARD, Verdict.INCONCLUSIVE),
        ("eu:13", CARD, Verdict.INCONCLUSIVE),
    ]
    assert {(one.at, one.valid_until) for one in found} == {(12, 20)}


@pytest.mark.parametrize("sections", [(5, 4), (-1, 4), (0, 0)])
def test_sections_that_cannot_be(sections):
    with pytest.raises(ValueError, match="sections"):
        document(filled=sections[0], mandatory=sections[1])
