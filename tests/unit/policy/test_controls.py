"""The catalogue of controls: whole, honest about its sources, and a help with slips."""

import json
from pathlib import Path

import pytest
from tests import command

from trimtab.kinds import plugins
from trimtab.policy.controls import NEEDS, catalogue

KNOWN = catalogue()


def test_every_row_belongs_to_a_framework_and_says_what_would_be_evidence():
    assert {control.framework for control in KNOWN.controls.values()} == set(KNOWN.frameworks)
    for link, control in KNOWN.controls.items():
        assert link == control.link == f"{control.framework}:{control.id}"
        assert control.title, link
        assert control.evidence, link
        assert set(control.metrics) <= set(KNOWN.metrics), link
        assert control.needs in ("", *NEEDS), link


def test_every_framework_says_how_its_rows_were_checked():
    for framework in KNOWN.frameworks.values():
        assert framework.status.startswith("verified-"), framework.id
        assert framework.checked, framework.id
        assert framework.version, framework.id


def test_counts_are_those_of_the_publishers():
    counts = {name: len(KNOWN.of(name)) for name in KNOWN.frameworks}
    assert counts["owasp-llm-2026"] == counts["owasp-llm-2025"] == 10
    assert (counts["mlcommons-ailuminate-1.0"], counts["iso-42001-2023"], counts["nist-ai-rmf-1.0"]) == (12, 38, 72)
    kinds = [control.kind for control in KNOWN.of("mitre-atlas")]
    assert [kinds.count(kind) for kind in ("technique", "tactic", "mitigation")] == [101, 16, 35]


@pytest.mark.parametrize(
    ("link", "meant"),
    [
        ("owasp-llm-2026:LLM11", "owasp-llm-2026:LLM10"),
        ("owasp-llm-2027:LLM01", "owasp-llm-2026:LLM01"),
        ("mitre-atlas:T0051", "mitre-atlas:AML.T0051"),
        ("mitre-atlas:nothing-like-it", "`trimtab controls mitre-atlas` lists them."),
    ],
)
def test_a_slip_is_told_with_what_may_have_been_meant(link, meant):
    odd = KNOWN.doubt(link)
    assert odd is not None
    assert meant in odd[1]


@pytest.mark.parametrize(
    "link",
    [
        "owasp-llm-2026:LLM01",
        "mitre-atlas:AML.T0051.001",
        "eu-ai-act:Art.50",
        "iso-42001-2023:A.6",
        "house-rules:7",
        "LLM01",
    ],
)
def test_what_is_known_or_an_organisations_own_is_left_alone(link):
    assert KNOWN.doubt(link) is None


def test_a_policy_is_warned_of_a_mistyped_link_and_stays_valid(folder, changing):
    text = changing(
        (
            "    source: {suite: questions, score: contains}\n",
            "    source: {suite: questions, score: contains}\n    links: [owasp-llm-2026:LLM20]\n",
        )
    )
    checked = folder.check(text)
    assert checked.policy is not None
    (warning,) = [mistake for mistake in checked.warnings if "links" in mistake.where]
    assert "names nothing that owasp-llm-2026 has" in warning.message
    assert "Did you mean `owasp-llm-2026:LLM02`?" in warning.suggestion or "LLM10" in warning.suggestion


@pytest.mark.parametrize("name", plugins.names("suites"))
def test_every_case_that_ships_names_controls_that_there_are(name):
    cases = plugins.make("suites", name).cases(count=60, seed=0)
    named = {link for case in cases for link in case.expect.get("controls", ())}
    assert [link for link in sorted(named) if KNOWN.find(link) is None] == []


@pytest.mark.parametrize("name", plugins.names("strategies"))
def test_every_strategy_names_controls_that_there_are(name):
    assert all(KNOWN.find(link) for link in plugins.make("strategies", name).controls)


def trimtab(*arguments):
    return command.trimtab(*arguments, cwd=Path())


def test_the_command_lists_frameworks_controls_and_one_control():
    rows = json.loads(trimtab("controls", "--json").stdout)["frameworks"]
    assert {row["id"] for row in rows} == set(KNOWN.frameworks)
    techniques = json.loads(trimtab("controls", "mitre-atlas", "--kind", "techniques", "--json").stdout)["controls"]
    assert len(techniques) == 101
    one = json.loads(trimtab("controls", "mitre-atlas:AML.T0056", "--json").stdout)
    assert "repeat-above" in one["attacks"]
    wrong = trimtab("controls", "mitre-atlas:T0056")
    assert wrong.returncode == 2
    assert "Did you mean `mitre-atlas:AML.T0056`?" in wrong.stderr
    assert trimtab("controls", "eu-ai-act", "--kind", "techniques").returncode == 2
