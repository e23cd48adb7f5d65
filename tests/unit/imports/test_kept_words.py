"""What is kept of a file's own words: names in the shape of names, and no key, password, or person."""

import json

import pytest

from trimtab.measure.imports import read_results
from trimtab.measure.imports.kept import model_of, plain, version_of

KEPT = [
    "gpt-4o-2024-08-06", "openai/gpt-4o-mini", "openai:chat:q4", "anthropic/claude-3-5-sonnet-20241022", "test.Repeat", "practice-q4",
    "meta-llama/Llama-3.1-8B-Instruct", "mixtral-8x22b-instruct-v0.1-4bit-gguf-q4_k_m", "https://example.org/v1", "http://127.0.0.1/v1/chat",
]  # fmt: skip
SECRETS = ("S3cretPw", "sk-live-0123456789abcdef", "anna@example.org")
HIDDEN = [
    "https://user:S3cretPw@h/v1?key=sk-live-0123456789abcdef", "rest https://user:S3cretPw@h/v1", "://base_url=https://user:S3cretPw@h/v1",
    "https://h/v1/sk-live-0123456789abcdef", "https://sk-live-0123456789abcdef/v1", "sk-live-0123456789abcdef", "user:S3cretPw@h",
    "openai/anna@example.org", "exec: python3 own.py --token sk-live-0123456789abcdef", "model=m,api_key=sk-live-0123456789abcdef",
    "https://h/anna@example.org/v1", "x://S3cretPw h",
]  # fmt: skip


@pytest.mark.parametrize("said", KEPT)
def test_a_model_is_shown_as_it_is_called(said):
    assert model_of(said) == said


@pytest.mark.parametrize("said", HIDDEN)
def test_of_anything_else_a_digest_is_shown(said):
    shown = model_of("rest.Generator", said)
    assert shown.startswith("rest.Generator ")
    assert not any(secret in shown for secret in SECRETS)


@pytest.mark.parametrize("said", ["", None, 7, ["m"]])
def test_what_is_no_text_names_no_model(said):
    assert model_of(said) == ""


@pytest.mark.parametrize(
    "said", ["0.17.1", "0.3.285", "0.121.20", "0.4.9.dev0", "0.3.285.dev4+g1234abc", "0.121.20-beta.1"]
)
def test_a_version_is_a_version(said):
    assert version_of(said) == said


@pytest.mark.parametrize(
    "said", ["sk-live-0123456789abcdef", "anna", "7", 7, None, "1.2 anna", "0.1.anna.jansen.example"]
)
def test_and_nothing_else_is(said):
    assert version_of(said) == "unknown"


@pytest.mark.parametrize(
    "said",
    ["ContinueSlursReclaimedSlursMini", "encoding.InjectBase2048", "mmlu_high_school_us_history", "acc_norm,none"],
)
def test_names_of_what_is_measured_are_kept(said):
    assert plain(said) == said


def changed_file(tool, data, tmp_path, said):
    """A file of the tool that names its model so."""
    if tool == "garak":
        lines = [json.loads(line) for line in (data / "garak.report.jsonl").read_text(encoding="utf-8").splitlines()]
        lines[0].update({"plugins.target_type": "rest.RestGenerator", "plugins.target_name": said})
        text = "\n".join(map(json.dumps, lines))
    elif tool == "lm-eval":
        config = {
            "model": "local-completions",
            "model_args": f"pretrained={said},base_url={HIDDEN[0]},api_key={SECRETS[1]}",
        }
        value = {"results": {"t": {"acc,none": 0.5}}, "n-samples": {"t": {"effective": 10}}, "config": config}
        text = json.dumps(value)
    else:
        value = json.loads((data / f"{tool}.json").read_text(encoding="utf-8"))
        if tool == "inspect":
            value["eval"]["model"] = said
        elif tool == "mlflow":
            value["data"]["params"] = {"model": said}
        else:
            for row in value["results"]["results"]:
                row["provider"] = {"id": said}
        text = json.dumps(value)
    path = tmp_path / ("a.report.jsonl" if tool == "garak" else "results_1.json")
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("tool", ["garak", "inspect", "lm-eval", "mlflow", "promptfoo"])
@pytest.mark.parametrize("said", [HIDDEN[0], HIDDEN[6], HIDDEN[7], HIDDEN[8], "sk-live-0123456789abcdef"])
def test_no_reader_keeps_what_stands_beside_a_name(tool, said, data, tmp_path):
    found = read_results(tool, changed_file(tool, data, tmp_path, said))
    assert found.model
    assert not any(secret in repr(found) for secret in SECRETS)
