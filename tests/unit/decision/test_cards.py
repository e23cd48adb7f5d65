"""Cards: a figure only from evidence, a statement only with its author, and a gap is never filled."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.report import examples

from trimtab.decision.cards.annex_iv import annex_iv
from trimtab.decision.cards.card import Part, Said, stated
from trimtab.decision.cards.dataset_card import dataset_card
from trimtab.decision.cards.facts import Facts
from trimtab.decision.cards.model_card import model_card, system_card
from trimtab.decision.placeholders import says
from trimtab.decision.registered import registry_of
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.notes import Note
from trimtab.evidence.entries.registry import Registered

NOW = 1_790_000_000_000_000
EMPTY = ("", " - ", "TODO", "todo: write this", "TBD.", "[describe it here]", "<who uses it>", "N/A", "…", "**tbd**")


def note(on, what, *, by="ml-team", system="", at=1):
    return Note(at=at, by=by, system=system, note=f"n{at}", on=on, what=what)


def facts(*entries, report=None, measured=True, **more):
    """Facts of the example's system; bare of any run unless `measured`."""
    report = report or examples.winner_report()
    books = Books([Kept(one, seq, one.at) for seq, one in enumerate(entries, 1)], upto=len(entries))
    seen = {"decision": report.decision, "decided": 90, "started": report.started, "begun": 80, "adopted": 70}
    return Facts(
        policy=report.policy,
        system=report.decision.system,
        candidate=report.winner or "current",
        asof=NOW,
        row=100,
        books=books,
        registry=registry_of(books, report.policy, end=NOW),
        **(seen if measured else {}),
        **more,
    )


@pytest.mark.parametrize("make", [model_card, system_card, annex_iv])
def test_every_sentence_rests_on_rows_or_has_an_author_and_every_figure_rests_on_rows(make):
    made = make(facts(note("card:guards", "A nurse reads every answer."), note("card:annex-iv-8", "See the file.")))
    for part in made.parts:
        assert all(one.rows or one.by for one in part.said)
        assert all(one.rows and min(one.rows) > 0 for one in part.measured)
    payload = made.payload()
    kinds = [one["kind"] for part in payload["sections"] for one in part["sentences"]]
    assert kinds.count("statement") == made.statements == payload["statements"] > 0
    assert all(one["by"] for part in payload["sections"] for one in part["sentences"] if one["kind"] == "statement")
    assert all(
        (part["gap"] is None) == made_.filled for part, made_ in zip(payload["sections"], made.parts, strict=True)
    )


@pytest.mark.parametrize("make", [model_card, system_card, annex_iv])
def test_without_a_run_no_figure_stands_anywhere(make):
    made = make(facts(measured=False))
    assert not any(part.measured for part in made.parts)
    evidence = [one for part in made.parts for one in part.said if not one.statement]
    assert evidence == []
    assert {"thresholds", "results"} <= {one.name for one in made.gaps} or made.kind == "annex-iv"


def test_a_card_has_the_numbers_of_the_decision():
    given = facts()
    made = {one.name: one for one in model_card(given).parts}
    assert {one.metric: one.seen for one in made["results"].measured if not one.group} == dict(given.own.estimates)
    judged = [(one.metric, one.verdict, one.seen) for one in made["thresholds"].measured]
    assert judged == [(one.metric, str(one.verdict), one.seen) for one in given.own.judgements]


@pytest.mark.parametrize("text", EMPTY)
def test_a_placeholder_fills_nothing(text):
    assert not says(text)
    assert stated(text, "ml-team") == []
    made = model_card(facts(note("card:ethical-considerations", text)))
    assert "ethical-considerations" in [one.name for one in made.gaps]


@given(st.text(max_size=40))
def test_a_sentence_of_words_says_something(text):
    assert says(f"It helps {text}")


def test_what_only_people_can_say_is_filled_by_no_evidence():
    report = examples.failing_report()
    given = replace(facts(report=report), candidate=report.decision.candidates[0].candidate)
    policy = report.policy.model_copy(deep=True)
    system = policy.systems[given.system].model_copy(update={"limitations": ()})
    policy = policy.model_copy(update={"systems": {given.system: system}})
    limits = next(one for one in model_card(replace(given, policy=policy)).parts if one.name == "limitations")
    assert limits.said  # measuring shows what it does not do
    assert not limits.filled


def test_the_last_word_of_an_author_counts_and_a_dash_takes_it_back():
    system = facts().system
    told = [
        note("card:recommendations", "Ask a nurse.", at=1),
        note("card:recommendations", "Ask a doctor.", at=2),
        note("card:recommendations", "Read the leaflet.", by="clinical-safety-lead", at=3),
        note("card:recommendations", "Of another system.", system="other", by="somebody", at=4),
        note("card:recommendations", "Of this one.", system=system, by="privacy-officer", at=5),
        note("card:recommendations", "Not yet.", by="later", at=NOW + 1),
    ]
    by_name = lambda made: {one.name: one for one in made.parts}  # noqa: E731
    part = by_name(model_card(facts(*told)))["recommendations"]
    assert [one.text for one in part.said] == ["Ask a doctor.", "Read the leaflet.", "Of this one."]
    part = by_name(model_card(facts(*told, note("card:recommendations", "-", at=6))))["recommendations"]
    assert [one.by for one in part.said] == ["clinical-safety-lead", "privacy-officer"]


def test_a_data_set_has_its_own_notes_and_what_is_registered_is_a_statement():
    entry = Registered(at=1, by="ml-team", thing="calls", type="dataset", owner="ml-team", sources=("desk",))
    made = dataset_card(facts(entry, note("card:calls:collection", "By phone.", at=2)), "calls")
    parts = {one.name: one for one in made.parts}
    assert parts["collection"].filled
    assert {"personal-data", "limitations", "ethical-considerations", "purpose"} <= {one.name for one in made.gaps}
    assert all(one.by for one in parts["composition"].said)
    assert parts["registration"].said[0].rows == (1,)
    assert "is missing" in " ".join(one.text for one in parts["registration"].said)


def test_a_sentence_without_rows_and_author_is_none():
    with pytest.raises(ValueError, match="rests on rows"):
        Said(text="It is 99 % right.")
    assert not Part(name="a", title="A", asked="?", people=True, said=(Said(text="x", rows=(1,)),)).filled


REGISTERED = (
    Registered(at=1, by="ml-team", thing="calls", type="dataset", owner="ml-team", names=("example/calls",)),
    Registered(at=2, by="ml-team", thing="net", type="model", license="Apache-2.0", languages=("en",),
               location="https://hf.co/example/net-7b", made_from=("calls",)),
    Registered(at=3, by="ml-team", thing="old", type="model", license="LLAMA3", languages=("fi", "Finnish")),
)  # fmt: skip


def system(*made_from, at=4, **more):
    return Registered(at=at, by="ml-team", thing=facts().system, type="system", made_from=made_from, **more)


def test_metadata_is_what_was_registered_and_the_rest_is_a_gap():
    made = model_card(facts(*REGISTERED, system("net")))
    assert {name: value for name, value in made.metadata.items() if value} == {
        "license": ("apache-2.0",),
        "language": ("en",),
        "base_model": ("example/net-7b",),
        "datasets": ("example/calls",),
    }
    parts = {one.name: one for one in made.parts}
    assert all(parts[name].filled for name in ("license", "language", "base-model"))
    assert all(one.by == "ml-team" and one.rows for one in parts["license"].said)
    bare = model_card(facts())
    assert not any(bare.metadata.values())
    assert {"license", "language", "base-model"} <= {one.name for one in bare.gaps}
    assert all(one.owner == facts().spec.owner for one in bare.parts)


def test_several_licenses_are_other_and_named_and_what_is_no_language_is_left_out():
    made = model_card(facts(*REGISTERED, system("net", "old")))
    assert (made.metadata["license"], made.metadata["license_name"]) == (("other",), ("Apache-2.0, LLAMA3",))
    assert made.metadata["language"] == ("en", "fi")
    assert "old: fi, Finnish." in [one.text for part in made.parts if part.name == "language" for one in part.said]


@pytest.mark.parametrize(
    ("what", "told"), [("MIT.", ("mit",)), ("house-1", ("other",)), ("You may use it, if you ask.", None)]
)
def test_a_note_that_is_an_identifier_is_metadata_and_a_sentence_is_a_statement(what, told):
    made = model_card(facts(note("card:license", what)))
    assert made.metadata.get("license") == told
    assert next(one for one in made.parts if one.name == "license").filled


def test_the_technical_file_names_who_owes_what_is_missing_and_claims_nothing():
    given = facts(*REGISTERED, system("net", version="1"), system("net", at=5, version="2"))
    made = annex_iv(given)
    points = {one.name: one for one in made.parts}
    assert "claims no conformity" in made.caution
    assert all(one.owner for one in made.gaps)
    assert points["annex-iv-5"].owner == (given.spec.risk_owner or given.spec.owner)
    assert points["annex-iv-4"].said  # which say what is measured, and not why that
    assert {"annex-iv-4", "annex-iv-7", "annex-iv-8", "annex-iv-5", "annex-iv-9"} <= {one.name for one in made.gaps}
    assert [one.text.split(" since")[0] for one in points["annex-iv-6"].said] == ["Version 1", "Version 2"]
    judged = [one.metric for one in points["annex-iv-2g"].measured if one.requirement]
    assert judged == [one.metric for one in given.own.judgements]
    attacks = {one.metric for one in points["annex-iv-2h"].measured}
    assert attacks <= {name for name, one in given.policy.metrics.items() if "owasp" in " ".join(one.links)}
