"""Whatever a file is, it is read, or refused with every mistake; never half, never a crash."""

import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trimtab.errors import PolicyError
from trimtab.measure.imports import TOOLS, read_results

SUFFIX = {"inspect": ".json", "garak": ".jsonl", "csv": ".csv"}
NO_CSV = sorted(set(TOOLS) - {"csv"})


def written(tmp_path, tool, content, suffix=""):
    path = tmp_path / f"file{suffix or SUFFIX.get(tool, '.json')}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"\x00\x01\x02\xff" * 300, b"PK\x03\x04 and no archive", b"\xff\xfe{\x00}\x00", b"{}", b"[]", b"1", b'"text"', b"null",
     b'{"a": ' * 5000, b"[" * 100_000, b'{"a": 1, "a": 2}', b'{"version": 1e999}', b'{"x": ' + b"9" * 6000 + b"}",
     b'{"results": {"results": 3}}', b'{"evalId": null, "results": {"version": 3, "results": [1, "x", null, {}], "stats": {}}}',
     b'{"version": 2, "status": "success", "eval": {}, "samples": [1, null, "x", {}]}',
     b'{"results": {"t": 1}, "n-samples": {"t": 2}}', b'{"results": {"t": {"acc,none": "x"}}, "n-samples": {"t": {"effective": -1}}}',
     b'{"info": {"run_id": 1, "status": "FINISHED"}, "data": {"metrics": 7}}',
     b'{"entry_type": "attempt"}', b'{"entry_type": "init"}\n{"entry_type": "attempt", "status": 2, "detector_results": {"d": [2, "x", null]}}'],
    ids=lambda content: repr(content[:24]),
)  # fmt: skip
def test_what_is_no_file_of_the_tool_is_refused(tool, content, tmp_path, told):
    found = told(tool, written(tmp_path, tool, content))
    assert found
    assert all("error TT101" in line for line in found)


@pytest.mark.parametrize("tool", TOOLS)
def test_what_is_not_there_or_no_file_is_refused(tool, tmp_path, told):
    assert "does not exist" in " ".join(told(tool, tmp_path / "no.json")) or tool == "csv"
    told(tool, tmp_path)


@pytest.mark.parametrize("tool", NO_CSV)
def test_the_file_of_another_tool_is_refused(tool, data, told):
    names = {
        "garak": "garak.report.jsonl", "inspect": "inspect.json", "promptfoo": "promptfoo.json", "mlflow": "mlflow.json",
        "lm-eval": "lm-eval/results_2026-11-29T05-46-59.821383.json",
    }  # fmt: skip
    for other, name in names.items():
        if other != tool:
            assert told(tool, data / name), other


@pytest.mark.parametrize(("tool", "name"), [("inspect", "inspect.json"), ("promptfoo", "promptfoo.json"), ("mlflow", "mlflow.json"),
                                            ("garak", "garak.report.jsonl"), ("inspect", "inspect-deflate.eval")])  # fmt: skip
def test_a_file_that_was_cut_anywhere_is_refused(tool, name, data, tmp_path, told):
    whole = (data / name).read_bytes()
    for share in (0.05, 0.3, 0.5, 0.8, 0.97):
        path = tmp_path / name
        path.write_bytes(whole[: int(len(whole) * share)])
        assert told(tool, path), share


def test_no_message_quotes_what_a_file_says(tmp_path, told):
    said = "Anna Beispiel, 1 Example Street"
    for tool in NO_CSV:
        lines = [{said: said, "entry_type": "init", "garak_version": said}, {"entry_type": "attempt", "uuid": 3, "probe_classname": 1,
                  "status": 2, "detector_results": {said: [said]}, "prompt": said}]  # fmt: skip
        document = {"evalId": said, "version": said, "eval": {"task": said}, "results": {said: {said: said}, "version": said},
                    "n-samples": {said: {"effective": said}}, "info": {"run_id": said, "status": said}, "data": {said: said}}  # fmt: skip
        text = "\n".join(map(json.dumps, lines)) if tool == "garak" else json.dumps(document)
        assert said not in " ".join(told(tool, written(tmp_path, tool, text)))


PIECES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.sampled_from(["", "x", "C", "2026-11-29", "success", "FINISHED"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["evalId", "results", "version", "eval", "samples", "scores", "value", "id", "epoch", "stats", "n-samples", "t",
                         "effective", "acc,none", "info", "data", "metrics", "run_id", "status", "entry_type", "detector_results", "prompt",
                         "turns", "content", "provider", "vars", "namedScores", "gradingResult"]), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=PIECES, tool=st.sampled_from(sorted(TOOLS)))
def test_any_json_is_read_or_refused(value, tool, tmp_path):
    with suppress(PolicyError):
        read_results(tool, written(tmp_path, tool, json.dumps(value), ".jsonl" if tool == "csv" else ""))
