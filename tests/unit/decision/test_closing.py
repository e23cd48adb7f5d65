"""What would close a gap: every source that does not pass is named with what to do, and nothing is asked where all is shown."""

from typing import Any

import pytest
from tests.workspace.governing import NOW, policy_in

from trimtab.decision import Verdict
from trimtab.decision.closing import closing
from trimtab.decision.control_state import AUDIT, DAY, Answer, Exemption
from trimtab.decision.frameworks import coverage
from trimtab.policy.controls import Control

SYSTEMS = ("bot", "tool")
OF: dict[str, Any] = {"subject": "bot", "at": NOW - DAY, "valid_until": NOW + 365 * DAY, "row": 3, "words": "seen"}


@pytest.fixture
def policy(tmp_path):
    return policy_in(tmp_path)


def steps(policy, answers=(), *, metrics=("R12",), linked=(), exemptions=()):
    control = Control(
        framework="eu-ai-act", id="Art.15", title="", evidence="", metrics=metrics, status="verified-primary"
    )
    found = coverage(
        [control],
        SYSTEMS,
        answers,
        moment=NOW,
        linked={"bot": {control.link: linked}} if linked else None,
        exemptions=exemptions,
    )
    return closing(control.link, found.cells, policy)


def test_a_kpi_that_the_policy_has_not_is_to_be_put_into_it(policy):
    first, last = steps(policy)
    assert (first.source, first.trouble, first.systems) == ("R12", "silent", SYSTEMS)
    assert "put it under `kpis`" in first.words
    assert (last.source, last.command.startswith('trimtab audited --control "eu-ai-act:Art.15" --system bot')) == (
        AUDIT,
        True,
    )


def test_what_fails_comes_before_what_is_silent_and_is_told_of_its_systems_alone(policy):
    failed = Answer(metric="attacks", verdict=Verdict.FAIL, **OF)
    found = steps(policy, [failed], linked=("attacks",))
    assert [(one.source, one.trouble, one.systems) for one in found[:2]] == [
        ("attacks", "failed", ("bot",)),
        ("R12", "silent", SYSTEMS),
    ]
    assert found[0].command == "trimtab run --system bot"


def test_what_was_tested_and_failed_is_not_offered_as_another_way(policy):
    failed = Answer(control="eu-ai-act:Art.15", way=AUDIT, verdict=Verdict.FAIL, **OF)
    audits = [one for one in steps(policy, [failed]) if one.source == AUDIT]
    assert [(one.trouble, one.systems) for one in audits] == [("failed", ("bot",))]
    assert "somebody else" in audits[0].words


@pytest.mark.parametrize(
    ("way", "verdict", "words"),
    [("model-card", Verdict.INCONCLUSIVE, "A section is empty"), ("policy", Verdict.INCONCLUSIVE, "A section")],
)
def test_a_document_with_gaps_is_to_be_filled(policy, way, verdict, words):
    found = steps(policy, [Answer(control="eu-ai-act:Art.15", way=way, verdict=verdict, **OF)])
    one = next(one for one in found if one.source == way)
    assert words in one.words
    assert f"--type {way} --system bot" in one.command


def test_evidence_that_ran_out_is_named_as_such(policy):
    old = {**OF, "valid_until": NOW - 1}
    found = steps(policy, [Answer(metric="attacks", verdict=Verdict.PASS, **old)], linked=("attacks",))
    assert [one.trouble for one in found if one.source == "attacks"] == ["expired"]


def test_nothing_is_to_be_done_where_everything_is_shown_or_does_not_apply(policy):
    passed = [Answer(kpi="R12", verdict=Verdict.PASS, **{**OF, "subject": one}) for one in SYSTEMS]
    assert steps(policy, passed) == ()
    apart = Exemption(control="eu-ai-act:Art.15", system="tool", reason="x", by="y", at=0, until=NOW + DAY, row=1)
    assert {one.systems for one in steps(policy, exemptions=[apart])} == {("bot",)}
