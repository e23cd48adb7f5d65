"""Coverage of controls from a ledger, and its export for tools of auditors."""

import csv
import io
import json
import re

import orjson
import pytest
from tests.workspace.governing import DAY, NOW, command, decide, enter, policy_in

from trimtab.decision import Verdict
from trimtab.decision.control_state import State
from trimtab.decision.scope import audit_scope, audited_share
from trimtab.errors import EntryError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.entries.reading import moment
from trimtab.kinds import Estimate
from trimtab.policy.controls import catalogue
from trimtab.report.coverage import coverage_csv, coverage_data
from trimtab.report.oscal import assessment_results, objective
from trimtab.workspace.coverage import cover

ART50 = "eu-ai-act:Art.50(1)"


@pytest.fixture
def policy(tmp_path):
    return policy_in(tmp_path)


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "ledger.db", clock=lambda: NOW - 10 * DAY) as opened:
        yield opened


def states(ledger, policy, control, **more):
    found = cover(ledger, policy, **{"moment": NOW, **more}).coverage
    return [one.state for one in (*found.whole, *found.cells) if one.control == control]


def share(ledger, policy):
    found = audited_share(policy, Books.of(ledger), moment=NOW)
    assert isinstance(found, Estimate)
    return found.value


def audit(ledger, policy, **values):
    given = {"control": ART50, "result": "pass", "what": "every screen", "system": "bot", **values}
    return enter(ledger, policy, "audited", **given)


def test_what_a_ledger_says_of_controls(ledger, policy):
    llm01 = "owasp-llm-2026:LLM01"
    assert states(ledger, policy, llm01) == [State.NO_EVIDENCE] * 3
    decide(ledger, policy, Verdict.PASS)
    # The policy asks the metric of `bot` alone, and R08 says nothing.
    assert states(ledger, policy, llm01) == [State.PARTLY, State.PARTLY, State.NO_EVIDENCE]
    audit(ledger, policy, control=llm01)
    audit(ledger, policy, control=llm01, system="tool", valid_days=30)
    assert states(ledger, policy, llm01) == [State.EXPIRING, State.MET, State.EXPIRING]
    assert states(ledger, policy, llm01, moment=moment("2026-12-01")) == [State.PARTLY, State.MET, State.EXPIRED]
    decide(ledger, policy, Verdict.FAIL, run="r2")
    assert states(ledger, policy, llm01) == [State.NOT_MET, State.NOT_MET, State.EXPIRING]
    assert states(ledger, policy, llm01, upto=2) == [State.PARTLY, State.PARTLY, State.NO_EVIDENCE]


def test_a_link_that_names_no_single_control_is_said(ledger, policy):
    assert cover(ledger, policy, moment=NOW).unmatched == ("eu-ai-act:Art.50",)


def test_documents_and_exemptions(ledger, policy):
    given = {"type": "model-card", "document": "card", "digest": "sha256:a", "valid_until": "2027-01-01"}
    enter(ledger, policy, "document", **given, filled=9, mandatory=9, controls="eu-ai-act:Art.11", system="bot")
    assert states(ledger, policy, "eu-ai-act:Art.11", system="bot") == [State.UNDECIDED] * 2  # never reviewed
    enter(ledger, policy, "document", **given, filled=9, mandatory=9, controls="eu-ai-act:Art.11", system="bot",
          reviewed="2026-10-01")  # fmt: skip
    assert states(ledger, policy, "eu-ai-act:Art.11", system="bot") == [State.PARTLY] * 2  # P07 and P05 say nothing
    enter(ledger, policy, "not-applicable", control="eu-ai-act:Art.53", reason="No such model.", until="2026-12-01")
    assert states(ledger, policy, "eu-ai-act:Art.53") == [State.NOT_APPLICABLE] * 3
    assert states(ledger, policy, "eu-ai-act:Art.53", moment=moment("2026-12-01")) == [State.NO_EVIDENCE] * 3


@pytest.mark.parametrize(
    ("kind", "values", "wrong"),
    [
        ("audited", {"by": "safety-lead"}, ["by"]),
        ("audited", {"by": "ml-team"}, ["by"]),
        ("audited", {"by": "ml-lead"}, ["independence"]),
        ("audited", {"control": "eu-ai-act:Art.50"}, ["control"]),
        ("audited", {"control": "eu-ai-act:Art.51", "valid_days": 0}, ["control", "valid_days"]),
        ("audited", {"control": "no link"}, ["control"]),
        ("not-applicable", {"reason": "", "until": "2026-12-01"}, ["reason"]),
        ("not-applicable", {"reason": "r", "until": "2026-10-01"}, ["until"]),
        ("not-applicable", {"reason": "r"}, ["until"]),
        ("document", {"filled": 3, "mandatory": 2}, ["filled"]),
        ("document", {"filled": 0, "mandatory": 0, "reviewed": "2026-11-02"}, ["mandatory", "reviewed"]),
    ],
)
def test_what_cannot_be_entered(ledger, policy, kind, values, wrong):
    base = {
        "audited": {"control": ART50, "result": "pass", "what": "w", "system": "bot"},
        "not-applicable": {"control": ART50},
        "document": {"document": "c", "type": "record", "digest": "sha256:a", "valid_until": "2027-01-01"},
    }[kind]
    with pytest.raises(EntryError) as error:
        enter(ledger, policy, kind, **{**base, **values})
    assert [one.where for one in error.value.mistakes] == wrong
    assert ledger.head() is None


def test_a_team_that_tests_itself_shows_a_failure_and_no_success(ledger, policy):
    audit(ledger, policy, by="ml-lead", independence="self")
    assert states(ledger, policy, ART50, system="bot") == [State.UNDECIDED] * 2
    assert share(ledger, policy) == 0.0
    audit(ledger, policy, by="ml-lead", independence="self", result="fail", what="another look")
    assert states(ledger, policy, ART50, system="bot") == [State.NOT_MET] * 2


def test_the_scope_of_audits_is_what_is_in_force_in_the_frameworks_in_use(ledger, policy):
    scope = audit_scope(policy, Books.of(ledger), moment=NOW)
    frameworks = {control.partition(":")[0] for control, _ in scope}
    assert frameworks == {"owasp-llm-2026", "nist-ai-rmf-1.0", "eu-ai-act"}
    assert len(scope) == 2 * (10 + 72 + 12)  # 36 of the Act are to come
    audit(ledger, policy)
    assert share(ledger, policy) == pytest.approx(1 / len(scope))
    enter(ledger, policy, "not-applicable", control=ART50, reason="r", until="2026-12-01", system="tool")
    assert share(ledger, policy) == pytest.approx(1 / (len(scope) - 1))


KPIS = """
kpis:
  R03:
    target: 0.95
    floor: {at_least: 0.5}
    owner: ml-team
    source: {system: probes, custodian: safety-lead, independence: other-team}
    links: ["iso-42001-2023:A.2.2"]
"""


def test_a_kpi_answers_for_the_systems_that_it_was_read_of(ledger, policy, tmp_path):
    steered = policy_in(tmp_path, (tmp_path / "trimtab.yaml").read_text() + KPIS)

    def cell(system, **more):
        found = cover(ledger, steered, **{"moment": NOW, **more}).coverage
        return next(one for one in found.cells if (one.control, one.system) == ("iso-42001-2023:A.2.2", system))

    enter(ledger, steered, "counted", kpi="R03", hits=40, of=40, system="bot", independence="other-team")
    assert (cell("bot").passed, cell("tool").passed) == (("R03",), ())
    assert "R03" in cell("tool").silent
    assert cell("bot", moment=moment("2027-03-31")).passed == ("R03",)  # the quarter after it
    assert cell("bot", moment=moment("2027-04-01")).passed == ()
    enter(ledger, steered, "counted", kpi="R03", hits=1, of=400, system="bot", independence="outside")
    assert cell("bot").state is State.NOT_MET
    enter(ledger, steered, "counted", kpi="R03", hits=400, of=400, system="bot", at="2026-08-02")
    assert cell("bot").state is State.NOT_MET  # of the quarter before


# -- exports ---------------------------------------------------------------------------------------


@pytest.fixture
def covered(ledger, policy):
    decide(ledger, policy, Verdict.PASS)
    audit(ledger, policy)
    audit(ledger, policy, control="eu-ai-act:Art.5", result="fail", system="", what="=no screening")
    enter(ledger, policy, "not-applicable", control="eu-ai-act:Art.53", reason="No such model.", until="2026-12-01")
    return cover(ledger, policy, moment=NOW)


def test_every_control_has_a_token_of_its_own():
    tokens = [objective(link) for link in catalogue().controls]
    assert len(set(tokens)) == len(tokens)
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", one) for one in tokens)


def test_the_oscal_export_has_the_shape_that_nist_gives(covered):
    whole = orjson.loads(orjson.dumps(assessment_results(covered)))["assessment-results"]
    assert set(whole) == {"uuid", "metadata", "import-ap", "results", "back-matter"}
    assert {"title", "last-modified", "version", "oscal-version"} <= set(whole["metadata"])
    resources = {f"#{one['uuid']}" for one in whole["back-matter"]["resources"]}
    assert whole["import-ap"]["href"] in resources
    seen = [whole["uuid"]]
    for result in whole["results"]:
        assert {"uuid", "title", "description", "start", "reviewed-controls", "findings"} <= set(result)
        ids = [one["control-id"] for one in result["reviewed-controls"]["control-selections"][0]["include-controls"]]
        assert [one["target"]["target-id"] for one in result["findings"]] == ids
        components = {one["uuid"] for one in result["local-definitions"]["components"]}
        observations = {one["uuid"]: one for one in result.get("observations", ())}
        for one in observations.values():
            assert set(one["methods"]) <= {"EXAMINE", "INTERVIEW", "TEST"}
            assert one["relevant-evidence"][0]["href"] in resources
            assert {subject["subject-uuid"] for subject in one["subjects"]} <= components
        for one in result["findings"]:
            assert one["target"]["status"]["state"] in {"satisfied", "not-satisfied"}
            assert {link["observation-uuid"] for link in one.get("related-observations", ())} <= set(observations)
        seen += [result["uuid"], *components, *observations, *[one["uuid"] for one in result["findings"]]]
    assert len(set(seen)) == len(seen)
    assert all(
        re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", one) for one in seen
    )
    assert assessment_results(covered) == assessment_results(covered)


@pytest.mark.parametrize(
    ("control", "said"),
    [
        (ART50, ("satisfied", "pass", 1)),
        ("eu-ai-act:Art.5", ("not-satisfied", "fail", 1)),
        ("eu-ai-act:Art.53", ("not-satisfied", "other", 0)),
        ("owasp-llm-2026:LLM01", ("not-satisfied", "other", 1)),
    ],
)
def test_what_is_not_shown_is_not_satisfied(covered, control, said):
    result = assessment_results(covered)["assessment-results"]["results"][0]
    finding = next(one for one in result["findings"] if one["target"]["target-id"] == objective(control))
    status = finding["target"]["status"]
    assert (status["state"], status["reason"], len(finding.get("related-observations", ()))) == said
    exempt = finding["target"].get("implementation-status", {}).get("state")
    assert exempt == ("not-applicable" if control.endswith("Art.53") else None)


def test_the_oscal_export_is_read_by_a_tool_for_it(covered):
    results = pytest.importorskip("trestle.oscal.assessment_results")
    read = results.Model(**json.loads(orjson.dumps(assessment_results(covered))))
    assert len(read.assessment_results.results) == 2


def test_the_csv_has_a_line_for_each_control_and_system(covered):
    lines = list(csv.DictReader(io.StringIO(coverage_csv(covered))))
    assert len(lines) == 3 * len(catalogue().controls)
    assert {one["system"] for one in lines} == {"", "bot", "tool"}
    assert not any(cell.startswith("=") for one in lines for cell in one.values())
    assert coverage_data(covered)["frameworks"][0]["systems"]["bot"]["states"]["not-met"] == 1


def test_the_command_ends_as_controls_stand(ledger, policy, tmp_path):
    def ends(*more):
        return command(tmp_path, "frameworks", *more, "--as-of", "2026-11-20")

    assert ends("owasp-llm-2026")[0] == 3
    for number in range(1, 11):
        audit(ledger, policy, control=f"owasp-llm-2026:LLM{number:02}", system="", result="pass", what=f"look {number}")
    code, said = ends("owasp-llm-2026")
    assert (code, "10 of 10 in force are covered (100%)" in said) == (0, True)
    assert "LLM01" not in ends("owasp-llm-2026", "--expiring", "30")[1]
    assert "LLM01" in ends("owasp-llm-2026", "--expiring", "400")[1]
    assert ends("iso-42001-2023")[0] == 3
    audit(ledger, policy, control="owasp-llm-2026:LLM02", result="fail", what="a leak")
    assert ends("owasp-llm-2026", "--system", "bot")[0] == 1
    assert ends("owasp-llm-2026", "--system", "tool")[0] == 0
    assert ends("owasp")[0] == 2
