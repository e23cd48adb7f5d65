"""Files for machines and job pages: valid, escaped, never greener than the decision, whole or not there."""

import json
import math
import os
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.unit.report import examples

from trimtab.decision.model import Verdict
from trimtab.errors import OutputError, ReportError
from trimtab.report import write_reports
from trimtab.report.files import write_page
from trimtab.report.json import SCHEMA, as_json, json_bytes
from trimtab.report.junit import junit
from trimtab.report.markdown import LIMIT, markdown

NAMES = ["report.html", "report.json", "junit.xml", "summary.md"]


@pytest.fixture(params=examples.ALL)
def report(request):
    return examples.ALL[request.param]()


# -- JSON --------------------------------------------------------------------


def test_json_is_strict_and_carries_the_schema_and_every_judgement(report):
    def refuse(name):
        raise AssertionError(f"{name} is not JSON")

    data = json.loads(json_bytes(report), parse_constant=refuse)
    assert data["schema"] == SCHEMA
    assert [len(c["requirements"]) for c in data["candidates"]] == [len(c.judgements) for c in report.candidates]
    assert data == as_json(report)


def test_json_keeps_full_precision_and_units():
    data = as_json(examples.winner_report())
    seen = data["candidates"][1]["estimates"]["answer_accuracy"]
    assert (seen["value"], seen["low"], seen["high"]) == (0.7425, 0.696, 0.785)
    assert data["metrics"]["latency_p95"]["unit"] == "seconds"
    assert data["metrics"]["secret_leak"]["at_most"] == 0.02
    assert (data["verdict"], data["winner"]) == ("pass", "q8_0")


def test_json_says_null_for_open_ends_and_unknown_values():
    data = as_json(examples.infinite_report())
    assert data["candidates"][0]["estimates"]["latency_p95"]["high"] is None
    assert data["candidates"][1]["estimates"]["latency_p95"]["value"] is None


def test_json_tells_missing_from_zero():
    data = as_json(examples.missing_report())
    for candidate in data["candidates"]:
        assert all(seen == {"missing_because": "timeout", "detail": "60 s"} for seen in candidate["estimates"].values())


# -- JUnit -------------------------------------------------------------------


def number(element, key):
    return int(element.attrib[key])


def test_junit_has_a_suite_for_the_decision_and_one_for_each_candidate(report):
    root = ET.fromstring(junit(report))
    suites = root.findall("testsuite")
    assert len(suites) == 1 + len(report.candidates)
    for suite in suites:
        cases = suite.findall("testcase")
        assert number(suite, "tests") == len(cases) > 0
        assert number(suite, "failures") == len(suite.findall("testcase/failure"))
        assert number(suite, "errors") == len(suite.findall("testcase/error"))
        assert all(case.get("name") and case.get("classname") for case in cases)
    for key in ("tests", "failures", "errors"):
        assert number(root, key) == sum(number(suite, key) for suite in suites)


def test_junit_is_green_exactly_where_the_verdict_is_pass(report):
    suites = ET.fromstring(junit(report)).findall("testsuite")
    verdicts = [report.verdict, *(c.verdict for c in report.candidates)]
    for suite, verdict in zip(suites, verdicts, strict=True):
        green = suite.get("failures") == suite.get("errors") == "0"
        assert green == (verdict is Verdict.PASS)


def test_junit_shows_inconclusive_as_an_error_never_as_a_skip():
    root = ET.fromstring(junit(examples.inconclusive_report()))
    assert root.findall(".//error[@type='inconclusive']")
    assert not root.findall(".//skipped")


def test_a_candidate_of_which_nothing_was_asked_is_not_an_empty_green_suite():
    idle = replace(examples.candidate("idle", {}), verdict=Verdict.PASS)
    suite = ET.fromstring(junit(examples.report([idle])))[1]
    assert suite.get("errors") == "1"


def test_junit_survives_text_that_xml_cannot_hold():
    root = ET.fromstring(junit(examples.hostile_report()))
    assert "<script>alert(1)</script>" in root[1].attrib["name"]
    assert "⟨U+0000⟩" in root[1].attrib["name"]


# -- Markdown ----------------------------------------------------------------


def test_a_summary_fits_its_page_and_every_row_has_every_column(report):
    text = markdown(report)
    assert len(text) <= LIMIT
    tables = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    assert len(re.findall(r"(?<!\\)\|", tables[0][0])) == len(report.candidates) + 2
    for rows in tables:
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1


def test_a_summary_leads_with_the_decision_and_the_next_step():
    lines = markdown(examples.winner_report()).splitlines()
    assert lines[0] == "## ✓ Ship q8_0"
    assert any(line.startswith("**Next:** Ship q8_0") for line in lines)


def test_a_summary_shows_what_has_no_floor_and_what_failed():
    text = markdown(examples.winner_report())
    (cost,) = [line for line in text.splitlines() if line.startswith("| `cost`")]
    assert "no floor" in cost
    assert cost.count("€0.000") >= 3
    assert "5 timeout, 1 http-500" in text


def test_a_summary_of_hostile_text_is_only_text():
    text = markdown(examples.hostile_report())
    assert "<script" not in text
    assert set(re.findall(r"</?([a-z]+)", text)) <= {"br", "details", "summary", "code"}
    assert "](" not in text
    assert "\u202e" not in text
    assert not re.search(r"@\w", text)
    assert [line for line in text.splitlines() if line.startswith("#")] == [text.splitlines()[0]]


def test_names_in_a_reason_are_neither_emphasised_nor_disfigured():
    report = examples.winner_report()
    reason = "_all_ of answer_accuracy, *and* 1. more"
    lines = markdown(replace(report, decision=replace(report.decision, reason=reason))).splitlines()
    assert lines[2] == "&#95;all&#95; of answer_accuracy, &#42;and&#42; 1. more"


def test_a_summary_too_long_drops_the_reasons_and_keeps_the_verdict():
    report = examples.crowded_report()
    wordy = tuple(
        replace(c, judgements=tuple(replace(j, reason="very long " * 60) for j in c.judgements))
        for c in report.candidates
    )
    text = markdown(replace(report, decision=replace(report.decision, candidates=wordy)))
    assert len(text) <= LIMIT
    assert text.startswith("## ✓ Ship variant-08")
    assert "the rest is in report.html" in text


# -- on disk -----------------------------------------------------------------


def test_all_files_are_written_and_nothing_else(tmp_path, report):
    written = write_reports(report, tmp_path / "a" / "b")
    assert [path.name for path in written] == NAMES
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == sorted(NAMES)
    assert all(path.stat().st_size > 0 for path in written)


def test_whoever_reads_the_old_report_while_a_new_one_is_written_sees_it_whole(tmp_path):
    (path, *_) = write_reports(examples.failing_report(), tmp_path)
    before = path.read_bytes()
    with path.open("rb") as reader:
        first = reader.read(10)
        write_reports(examples.winner_report(), tmp_path)
        assert first + reader.read() == before
    assert path.read_bytes() != before


def test_a_report_can_be_read_by_others(tmp_path):
    before = os.umask(0o022)
    try:
        (path, *_) = write_reports(examples.winner_report(), tmp_path)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_folder_that_is_a_file_is_an_error_with_a_next_step(tmp_path):
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(ReportError, match=r"TT601 report .*out: .*--out FOLDER"):
        write_reports(examples.winner_report(), tmp_path / "out")


def test_a_file_that_cannot_be_replaced_leaves_no_half_file(tmp_path):
    (tmp_path / "report.html").mkdir()
    (tmp_path / "report.html" / "x").write_text("")
    with pytest.raises(ReportError, match=r"report\.html"):
        write_reports(examples.winner_report(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_keeps_the_old_report_and_says_so(tmp_path, monkeypatch):
    write_reports(examples.failing_report(), tmp_path)
    before = (tmp_path / "report.html").read_bytes()
    real = os.fdopen

    def full(handle, mode):
        os.close(handle)
        return real(os.open("/dev/full", os.O_WRONLY), mode)

    monkeypatch.setattr("trimtab.report.files.os.fdopen", full)
    with pytest.raises(ReportError, match="No space left"):
        write_reports(examples.winner_report(), tmp_path)
    assert (tmp_path / "report.html").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NAMES)


def test_a_page_by_itself_says_nothing_of_a_ledger(tmp_path):
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(OutputError, match=r"TT605 file .*\. Move it away, or name another place\.") as caught:
        write_page(tmp_path / "out" / "page.html", "hello")
    assert "ledger" not in str(caught.value)


def test_numbers_in_all_formats_agree():
    report = examples.winner_report()
    low = as_json(report)["candidates"][2]["estimates"]["secret_leak"]["low"]
    assert math.isclose(low, 0.0338)
    assert "3.4–7.6%" in markdown(report)
    assert b"3.4\xe2\x80\x937.6%" in junit(report)
