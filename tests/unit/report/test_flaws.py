"""What did not pass, as SARIF and for GitLab: all of it, at the line that it breaks, and nothing when all is well."""

import json
from dataclasses import replace

import pytest
from tests.unit.report import examples

from trimtab.decision.incidents import Finding
from trimtab.decision.model import Verdict
from trimtab.evidence.entries.findings import FindingOpened
from trimtab.policy.document import Place
from trimtab.policy.places import places_in
from trimtab.report.code_quality import code_quality
from trimtab.report.flaws import flaws
from trimtab.report.markdown import LIMIT, markdown
from trimtab.report.sarif import sarif

OPEN = Finding(
    opened=FindingOpened(finding="f-1", severity="S2", what="No log of who asked.", owner="team", at=1, by="auditor"),
    seq=7,
)


def locate(*where):
    return Place("rules/a policy.yaml", len(where), 3)


def test_whatever_did_not_pass_is_a_flaw_and_what_passed_is_none():
    for make in examples.ALL.values():
        report = make()
        found = flaws(report, [], locate)
        asked = [j for c in report.shown for j in c.judgements]
        told = [flaw for flaw in found if "/" in flaw.rule and not flaw.rule.startswith(("breach", "finding"))]
        assert len(told) == sum(j.verdict is not Verdict.PASS for j in asked)
        assert sum(one.level == "error" for one in told) == sum(j.verdict is Verdict.FAIL for j in asked)
        assert ("decision" in {flaw.rule for flaw in found}) == (report.verdict is not Verdict.PASS)
    altered = examples.winner_report()
    altered = replace(altered, ledger=replace(altered.ledger, verified=False))
    assert flaws(altered, [], locate)[0].level == "warning"  # never an empty, and so a green, list


def test_attacks_that_got_through_are_told_by_digest_and_findings_by_severity():
    report = examples.attacked_report()
    found = flaws(report, [OPEN], locate)
    breaches = [flaw for flaw in found if flaw.rule.startswith("breach/")]
    baseline = report.attacks[next(iter(report.attacks))]
    successes = [one for rows in baseline.successes.values() for one in rows]
    assert len(breaches) == len(successes) > 0
    quoted = [text for one in successes for _, text in one.turns] + [one.reply for one in successes]
    assert not [text for text in quoted if text and any(text in flaw.message for flaw in breaches)]
    assert found[-1].level == "error"
    assert "No log of who asked" in found[-1].message
    assert len({flaw.fingerprint for flaw in found}) == len(found)


# What the schema of SARIF 2.1.0 requires of each object that is written, and what it allows there.
REQUIRED = {
    "log": ({"version", "runs"}, {"$schema"}),
    "run": ({"tool"}, {"automationDetails", "invocations", "columnKind", "results", "properties"}),
    "driver": ({"name"}, {"version", "rules"}),
    "rule": ({"id"}, {"shortDescription", "defaultConfiguration", "properties"}),
    "result": ({"message"}, {"ruleId", "ruleIndex", "kind", "level", "locations", "partialFingerprints"}),
    "invocation": ({"executionSuccessful"}, set()),
    "region": (set(), {"startLine", "startColumn"}),
}


def fits(what, given):
    needed, allowed = REQUIRED[what]
    assert needed <= set(given) <= needed | allowed, what
    return given


@pytest.mark.parametrize("make", examples.ALL.values(), ids=examples.ALL)
def test_sarif_has_the_members_that_its_schema_asks_for(make):
    report = make()
    found = flaws(report, [OPEN], locate)
    log = fits("log", json.loads(sarif(report, found)))
    assert log["version"] == "2.1.0"
    run = fits("run", log["runs"][0])
    assert run["columnKind"] == "unicodeCodePoints"
    fits("invocation", run["invocations"][0])
    rules = [fits("rule", rule)["id"] for rule in fits("driver", run["tool"]["driver"])["rules"]]
    assert len(rules) == len(set(rules))
    assert len(run["results"]) == len(found)
    for result in run["results"]:
        fits("result", result)
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert (result["kind"], result["level"] in {"error", "warning", "note"}) == ("fail", True)
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "rules/a%20policy.yaml"
        assert all(number >= 1 for number in fits("region", place["region"]).values())
    rows = json.loads(code_quality(found))
    assert [set(row) for row in rows] == [
        {"description", "check_name", "fingerprint", "severity", "location"} for _ in found
    ]


def test_a_floor_is_found_in_the_file_that_it_stands_in(tmp_path):
    main, part = tmp_path / "trimtab.yaml", tmp_path / "tiers.yaml"
    main.write_text("trimtab: 1\ninclude: [tiers.yaml]\nred_lines: [leak]\n")
    part.write_text("tiers:\n  high:\n    confidence: 0.9\n    floors:\n      leak: {at_most: 0.1}\n")
    places = places_in(main)
    found = {"floor": places.of("tiers", "high", "floors", "leak"), "red": places.of("red_lines")}
    assert {key: (place.path, place.line) for key, place in found.items()} == {
        "floor": (str(part), 5), "red": (str(main), 3),
    }  # fmt: skip
    assert places.of("tiers", "high", "regression").line == 2  # not there: what it would stand in
    assert places_in(tmp_path / "nowhere.yaml").of("tiers").line == 0


def test_the_summary_tells_what_is_otherwise_than_before():
    report, before = examples.failing_report(), examples.winner_report()
    same = markdown(report, against=report)
    assert "No requirement of any candidate is judged otherwise" in same
    told = markdown(report, against=before)
    assert "Chosen: `q8_0` before, nobody now" in told
    assert "| pass" in told
    hostile = markdown(examples.hostile_report(), against=examples.hostile_report())
    assert "<script" not in hostile
    assert len(hostile) <= LIMIT
