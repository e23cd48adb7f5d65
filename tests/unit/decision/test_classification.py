"""Classes of risk: what is not answered is never a no, and every class names its articles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.decision.ai_act import DEROGATES, PROFILES, QUESTIONS
from trimtab.decision.classification import asked, classify, duties, kept_answers, read_answers
from trimtab.policy.controls import catalogue

NO = {one.id: False for one in QUESTIONS}
GRAVE = {"minimal": 0, "transparency": 1, "high-risk": 2, "prohibited": 3}
OWED = {*DEROGATES, PROFILES}
REASON = "it sorts mail, and a person reads all of it"


def test_every_question_is_about_an_article_that_the_catalogue_has():
    known = catalogue()
    assert all(known.find(one.link) for one in QUESTIONS)
    assert len({one.id for one in QUESTIONS}) == len(QUESTIONS)
    assert {f"eu-ai-act:AnnexIII.{n}" for n in range(1, 9)} <= {one.link for one in QUESTIONS}
    assert {f"eu-ai-act:Art.50({n})" for n in range(1, 5)} <= {one.link for one in QUESTIONS}


@pytest.mark.parametrize(
    ("yes", "reason", "risk", "articles"),
    [
        ((), "", "minimal", ()),
        (("talks-to-people",), "", "transparency", ("Art.50(1)",)),
        (("general-purpose-model", "systemic-risk"), "", "minimal", ("Art.53", "Art.55")),
        (("employment",), "", "high-risk", ("AnnexIII.4", "Art.6")),
        (("employment", "talks-to-people"), "", "high-risk", ("AnnexIII.4", "Art.6", "Art.50(1)")),
        (("regulated-product",), "", "high-risk", ("Art.6",)),
        (("employment", "prepares"), REASON, "minimal", ("AnnexIII.4", "Art.6")),
        (("employment", "prepares", "talks-to-people"), REASON, "transparency", ("Art.50(1)", "AnnexIII.4", "Art.6")),
        (("employment", "prepares"), " ", "high-risk", ("AnnexIII.4", "Art.6")),  # no reason is written
        (("employment", "prepares", "profiles-people"), REASON, "high-risk", ("AnnexIII.4", "Art.6")),
        (("regulated-product", "employment", "prepares"), REASON, "high-risk", ("Art.6",)),
        (("social-scoring", "employment"), "", "prohibited", ("Art.5",)),
    ],
)
def test_answers_lead_to_a_class_and_its_articles(yes, reason, risk, articles):
    found = classify({**NO, **dict.fromkeys(yes, True)}, reason=reason)
    assert (found.risk, found.articles) == (risk, tuple(f"eu-ai-act:{one}" for one in articles))
    assert found.complete
    assert found.reasons


def test_who_does_not_know_whether_people_are_profiled_has_no_derogation():
    answers = {**NO, "employment": True, "prepares": True}
    del answers[PROFILES]
    found = classify(answers, reason=REASON)
    assert (found.risk, found.open, found.complete) == ("high-risk", (PROFILES,), False)


ANSWERS = st.dictionaries(st.sampled_from([one.id for one in QUESTIONS]), st.booleans())


@given(
    answers=ANSWERS, rest=st.lists(st.booleans(), min_size=len(QUESTIONS), max_size=len(QUESTIONS)), said=st.booleans()
)
def test_what_is_not_answered_can_only_be_answered_within_the_class(answers, rest, said):
    """A class that stands with questions open is the class whatever they are answered; else it is undetermined."""
    reason = REASON if said else ""
    found = classify(answers, reason=reason)
    full = {**{one.id: value for one, value in zip(QUESTIONS, rest, strict=True) if one.id not in OWED}, **answers}
    whole = classify({**dict.fromkeys(OWED, False), **full}, reason=reason)
    if found.risk != "undetermined":
        # Of a derogation nothing is assumed: unless it is claimed, the area decides.
        claimed = {name: answers.get(name, name == PROFILES) for name in OWED}
        assert found.risk == classify({**full, **claimed}, reason=reason).risk
    else:
        assert found.open
    assert whole.risk != "undetermined"


@given(
    answers=st.fixed_dictionaries({name: st.booleans() for name in NO}),
    name=st.sampled_from(sorted(set(NO) - DEROGATES)),
)
def test_a_yes_never_makes_a_class_milder(answers, name):
    before = classify({**answers, name: False}, reason=REASON)
    after = classify({**answers, name: True}, reason=REASON)
    assert GRAVE[after.risk] >= GRAVE[before.risk]


def test_questions_that_follow_are_asked_only_then():
    def ids(answers):
        return {one.id for one in asked(answers)}

    assert not ids({}) & OWED
    assert ids({"migration": True}) >= OWED
    assert "systemic-risk" in ids({"general-purpose-model": True}) - ids({})


def test_what_is_owed_has_its_day_from_the_catalogue():
    owed = {one.id: one.applies for one in duties(("eu-ai-act:AnnexIII.4",), "high-risk")}
    assert {"Art.9", "Art.14", "Art.72", "AnnexIII.4"} <= owed.keys()
    assert owed["Art.14"].startswith("2027-12-02")
    assert [one.id for one in duties(("eu-ai-act:Art.50(1)",), "transparency")] == ["Art.50(1)"]


@given(answers=ANSWERS)
def test_answers_are_kept_as_they_were_given(answers):
    assert read_answers(kept_answers(answers)) == answers


@pytest.mark.parametrize("given_", ["social-scoring", "social-scoring:maybe", "colour:yes"])
def test_an_answer_that_is_none_is_refused(given_):
    with pytest.raises(ValueError, match=r"question|yes"):
        read_answers([given_])


def test_a_question_that_is_answered_twice_is_refused():
    with pytest.raises(ValueError, match="yes and no"):
        read_answers(["migration:yes", "migration:no"])
    with pytest.raises(ValueError, match="no question"):
        classify({"colour": True})
