"""Coverage of controls: nothing but a failure lowers it, time never raises it, and no order of rows matters."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.decision.applicable import applies
from trimtab.decision.control_state import DAY, RANK, Answer, Exemption, State, tally
from trimtab.decision.decided import decided_answers
from trimtab.decision.frameworks import coverage
from trimtab.decision.model import CandidateDecision, Decision, Judgement, Verdict
from trimtab.kinds import Missing
from trimtab.policy.controls import Control, catalogue

NOW = 1_790_000_000_000_000  # in September 2026
LATER = 400 * DAY
PASS, FAIL, UNDECIDED = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE


def control(metrics=("R08", "P03"), **more):
    given = {"framework": "list", "id": "C1", "title": "t", "evidence": "e", "status": "verified-primary", **more}
    return Control(metrics=tuple(metrics), **given)


def answer(kpi="R08", verdict=PASS, *, at=-10, until=10, subject="bot", row=1, **more):
    to = more if set(more) & {"control", "metric"} else {"kpi": kpi, **more}
    end = None if until is None else NOW + until * DAY
    return Answer(subject=subject, verdict=verdict, at=NOW + at * DAY, valid_until=end, row=row, words="said", **to)


def state(*answers, moment=NOW, of=None, systems=("bot",), days=0, **more):
    found = coverage([of or control()], systems, answers, moment=moment, expiring_days=days, **more)
    return found.cells[0].state


BOTH = (answer("R08", row=1), answer("P03", row=2))


def test_what_a_control_may_come_to():
    assert state() is State.NO_EVIDENCE
    assert state(*BOTH) is State.MET
    assert state(*BOTH, days=10) is State.EXPIRING
    assert state(*BOTH, days=9) is State.MET
    assert state(BOTH[0]) is State.PARTLY
    assert state(answer(verdict=UNDECIDED)) is State.UNDECIDED
    assert state(*BOTH, answer("P03", FAIL, at=-1, row=3)) is State.NOT_MET
    assert state(answer(until=-1)) is State.EXPIRED
    assert state(of=control(applies="2027-12-02")) is State.NOT_YET
    assert state(answer(verdict=FAIL), of=control(applies="2027-12-02")) is State.NOT_MET
    assert state(of=control(applies="check")) is State.NO_EVIDENCE  # a date that nobody can read postpones nothing


def test_an_audit_answers_for_all_that_is_asked_and_a_document_for_itself():
    audit = answer(control="list:C1", way="audit")
    assert state(audit) is State.MET
    assert state(replace(audit, way="model-card")) is State.PARTLY
    assert state(audit, answer("P03", FAIL)) is State.NOT_MET


def test_a_metric_counts_where_the_policy_asks_it():
    said = answer(metric="attack_success")
    asked = {"bot": {"list:C1": ["attack_success"]}}
    assert state(said, of=control(())) is State.NO_EVIDENCE
    assert state(said, of=control(()), linked=asked) is State.MET
    assert state(*BOTH, linked=asked) is State.PARTLY


def test_a_failure_ends_by_a_later_proof_of_the_same_source_and_by_nothing_else():
    bad = answer(verdict=FAIL, at=-5, until=-4, row=5)
    assert state(bad) is State.NOT_MET  # it does not lapse
    assert state(bad, answer(at=-6, row=9)) is State.NOT_MET
    assert state(bad, answer(verdict=UNDECIDED, at=-3, row=9)) is State.NOT_MET
    assert state(bad, answer(at=-3, row=9, subject="")) is State.NOT_MET  # of the organisation, not of the system
    assert state(bad, answer(at=-3, row=9)) is State.PARTLY
    assert state(bad, answer(at=-5, row=6)) is State.PARTLY  # on the same day, recorded later
    assert state(bad, answer(at=-5, row=4)) is State.NOT_MET


@pytest.mark.parametrize(("moment", "wanted"), [(-1, State.MET), (0, State.PARTLY), (1, State.PARTLY)])
def test_evidence_counts_until_just_before_its_end(moment, wanted):
    end = NOW + 10 * DAY
    two = (answer("R08", until=20), answer("P03", until=10))
    assert state(*two, moment=end + moment) is wanted
    assert coverage([control()], ["bot"], two, moment=NOW).cells[0].until == end


@pytest.mark.parametrize(("moment", "wanted"), [(-1, State.NO_EVIDENCE), (0, State.MET)])
def test_evidence_counts_from_its_moment(moment, wanted):
    at = NOW - 10 * DAY
    assert state(*BOTH, moment=at + moment) is wanted


def exemption(**more):
    given = {"control": "list:C1", "system": "bot", "reason": "no children among users", "by": "dpo", "row": 9}
    return Exemption(**{**given, "at": NOW - DAY, "until": NOW + DAY, **more})


def test_not_applicable_only_with_a_reason_an_owner_and_an_end():
    assert state(exemptions=[exemption()]) is State.NOT_APPLICABLE
    assert state(exemptions=[exemption(system="")]) is State.NOT_APPLICABLE
    for lacking in ({"reason": " "}, {"by": ""}, {"until": NOW}, {"at": NOW + 1}, {"system": "other"}):
        assert state(exemptions=[exemption(**lacking)]) is State.NO_EVIDENCE
    assert state(answer(verdict=FAIL), exemptions=[exemption()]) is State.NOT_MET


def test_saying_that_controls_do_not_apply_brings_nobody_nearer():
    controls = [control(id=f"C{number}") for number in range(4)]
    said = [answer("R08"), answer("P03"), answer(control="list:C1", way="audit", verdict=FAIL)]
    before = coverage(controls, ["bot"], said, moment=NOW)
    after = coverage(controls, ["bot"], said, moment=NOW, exemptions=[exemption(control="list:C2")])
    assert tally(before.cells, NOW).share == 0.75
    assert tally(after.cells, NOW).share == 0.5


def test_the_organisation_stands_no_better_than_its_worst_system():
    def whole(*answers, **more):
        return coverage([control()], ["bot", "tool"], answers, moment=NOW, **more).whole[0]

    everywhere = [replace(one, subject="") for one in BOTH]
    assert whole(*everywhere).state is State.EXPIRING
    assert whole(*BOTH).state is State.PARTLY
    assert "1 of 2 systems" in whole(*BOTH).words
    assert whole(*everywhere, answer(verdict=FAIL, subject="tool")).state is State.NOT_MET
    assert whole(*BOTH, exemptions=[exemption(system="tool")]).state is State.EXPIRING
    assert whole(exemptions=[exemption(system="")]).state is State.NOT_APPLICABLE


# -- laws ------------------------------------------------------------------------------------------

SOURCES = [
    {"kpi": "R08"},
    {"kpi": "P03"},
    {"control": "list:C1", "way": "audit"},
    {"control": "list:C1", "way": "card"},
]
ANSWERS = st.builds(
    lambda to, verdict, at, length, subject, row: Answer(
        **to,
        subject=subject,
        verdict=verdict,
        at=NOW + at * DAY,
        valid_until=None if length is None else NOW + (at + length) * DAY,
        row=row,
        words="said",
    ),
    st.sampled_from(SOURCES),
    st.sampled_from(Verdict),
    st.integers(-20, 5),
    st.none() | st.integers(0, 25),
    st.sampled_from(["bot", "", "tool"]),
    st.integers(1, 10**6),
)
MANY = st.lists(ANSWERS, max_size=8, unique_by=lambda one: one.row)


def test_what_lapsed_takes_nothing_from_what_is_undecided_now():
    undecided = answer(control="list:C1", way="audit", verdict=Verdict.INCONCLUSIVE, row=2)
    lapsed = replace(answer(control="list:C1", way="audit", row=1), valid_until=NOW)
    assert state(undecided) is State.UNDECIDED
    assert state(lapsed) is State.EXPIRED
    assert state(undecided, lapsed) is State.UNDECIDED
    assert state(answer(control="list:C1", way="audit", verdict=FAIL, row=3), undecided, lapsed) is State.NOT_MET


@given(MANY, ANSWERS)
def test_more_evidence_lowers_nothing_unless_it_fails(answers, more):
    if more.verdict is not FAIL and more.row not in {one.row for one in answers}:
        assert RANK[state(*answers, more)] >= RANK[state(*answers)]
    if more.verdict is FAIL:
        assert RANK[state(*answers, more)] <= RANK[state(*answers)]


@given(MANY, st.integers(0, 30 * DAY))
def test_time_alone_only_lowers(answers, passing):
    known = [one for one in answers if one.at <= NOW]
    before, after = (coverage([control()], ["bot"], known, moment=NOW + ahead).cells[0] for ahead in (0, passing))
    assert RANK[after.state] <= RANK[before.state]
    if before.until is None or NOW + passing < before.until:
        assert RANK[after.state] == RANK[before.state]
    elif before.until == NOW + passing:
        assert RANK[after.state] < RANK[before.state]


@given(MANY, st.randoms(use_true_random=False))
def test_the_order_of_rows_says_nothing(answers, chance):
    shuffled = answers[:]
    chance.shuffle(shuffled)
    found = [coverage([control()], ["bot", "tool"], many, moment=NOW) for many in (answers, shuffled)]
    assert found[0] == found[1]


# -- decisions -------------------------------------------------------------------------------------


def decided(judged, *, baseline="", winner=""):
    """A decision with (metric, verdict) of each candidate, and what it says of metrics."""

    def judgement(metric, verdict):
        return Judgement(
            asked="floor", metric=metric, requirement="at most 1", bound=1.0, verdict=verdict, seen=Missing("none"),
            needed=None, reason="seen",
        )  # fmt: skip

    candidates = tuple(
        CandidateDecision(candidate=name, verdict=PASS, judgements=tuple(judgement(*one) for one in many), estimates={})
        for name, many in judged.items()
    )
    decision = Decision(
        system="bot", tier="t", policy="p", run="r", time=NOW, confidence=0.9, alpha=0.1, baseline=baseline,
        maximise=(), candidates=candidates, winner=winner, verdict=PASS, reason="r",
    )  # fmt: skip
    return {one.metric: one.verdict for one in decided_answers(decision, row=1, at=NOW)}


def test_a_decision_speaks_of_what_is_in_production_by_the_worst_of_what_was_asked():
    two = {"old": [("leak", FAIL)], "new": [("leak", PASS), ("leak", UNDECIDED)]}
    assert decided(two, baseline="old", winner="new") == {"leak": FAIL}
    assert decided(two, winner="new") == {"leak": UNDECIDED}
    assert decided(two) == {}
    assert decided({"new": [("leak", PASS), ("leak", FAIL), ("toxic", PASS)]}) == {"leak": FAIL, "toxic": PASS}
    assert decided({"new": [("leak", PASS)]}, baseline="gone", winner="new") == {}


# -- dates -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "dates", "unread"),
    [
        ("", [], ()),
        ("2027-12-02", [("2027-12-02", "")], ()),
        (
            "2027-12-02 (Annex III) / 2028-08-02 (Annex I)",
            [("2027-12-02", "Annex III"), ("2028-08-02", "Annex I")],
            (),
        ),
        ("2025-02-02; additions 2026-12-02", [("2025-02-02", ""), ("2026-12-02", "additions")], ()),
        (
            "2026-08-02; systems placed before that date by 2026-12-02",
            [("2026-08-02", ""), ("2026-12-02", "systems placed before that date")],
            (),
        ),
        ("check", [], ("check",)),
        ("with the high-risk regime in practice", [], ("with the high-risk regime in practice",)),
        ("2026-02-30", [], ("2026-02-30",)),
        ("2026-01-01 to 2026-02-01; 2027-01-01", [("2027-01-01", "")], ("2026-01-01 to 2026-02-01",)),
    ],
)
def test_dates_are_read_and_what_is_no_date_is_said(text, dates, unread):
    found = applies(text)
    assert [(one.day, one.of) for one in found.dates] == dates
    assert found.unread == unread
    assert (found.begins is None) == (not dates or bool(unread))


def test_of_the_catalogue_only_two_rows_have_no_date_that_can_be_read():
    unread = [one.id for one in catalogue().controls.values() if applies(one.applies).unread]
    assert unread == ["Art.4a", "Art.73"]


@pytest.mark.parametrize(("before", "wanted"), [(1, State.NOT_YET), (0, State.NO_EVIDENCE)])
def test_a_control_applies_from_the_beginning_of_its_day(before, wanted):
    begins = applies("2027-12-02").begins
    assert state(moment=begins - before, of=control(applies="2027-12-02 (Annex III) / 2028-08-02 (Annex I)")) is wanted
