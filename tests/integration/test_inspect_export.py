"""An exported suite runs in Inspect itself, and what comes out is what our own scoring says."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

from trimtab.kinds import Exchange, Reply, Score, plugins
from trimtab.measure.export import export_suite
from trimtab.measure.imports import read_results
from trimtab.measure.imports.kept import case_id
from trimtab.measure.suites import load_suite
from trimtab.policy import SuiteSpec

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(find_spec("inspect_ai") is None, reason="Inspect is not installed"),
]

# Says more than it should to some, the same whoever asks. Usage is given, or Inspect would fetch a tokenizer to count.
ANSWER = """
def answer_of(texts):
    said = "\\n".join(texts)
    return said if len(said) % 2 else "I cannot tell you that."
"""
RUN = f"""
import sys
from inspect_ai import eval
from inspect_ai.model import ModelOutput, ModelUsage, get_model
{ANSWER}
def outputs(messages, tools, choice, config):
    out = ModelOutput.from_content("mockllm/model", answer_of([one.text for one in messages]))
    out.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    return out

model = get_model("mockllm/model", custom_outputs=outputs)
logs = eval(sys.argv[1], model=model, log_dir="logs", display="none")
sys.exit(logs[0].status != "success")
"""


@pytest.mark.parametrize("name", ["secret-keeping", "under-pressure"])
def test_inspect_scores_as_we_do(name, tmp_path):
    suite = load_suite(name, SuiteSpec(builtin=name, cases=24), base=tmp_path)
    made = export_suite(suite, "inspect", canary="canary", model="", url="")
    for file, text in made.files.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    (tmp_path / "run_it.py").write_text(RUN, encoding="utf-8")
    task = next(file for file in made.files if file.endswith(".py"))
    done = subprocess.run(
        [sys.executable, "run_it.py", task], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    imported = read_results("inspect", next((tmp_path / "logs").glob("*.eval")))
    assert set(imported.measures) == {suite.score}
    found = {one.case.split("/")[1]: one for one in imported.found}
    assert len(found) == len(suite.cases)
    own: dict[str, object] = {}
    exec(ANSWER, own)
    metric, values = plugins.make("metrics", suite.score), set()
    for case in suite.cases:
        texts = [message.content for message in case.messages]
        replies = [own["answer_of"](texts)]  # type: ignore[operator]
        for text in case.follow_ups:
            texts += [replies[-1], text]
            replies.append(own["answer_of"](texts))  # type: ignore[operator]
        ours = metric.score(case, Exchange(replies=tuple(Reply(text=reply) for reply in replies)))
        assert isinstance(ours, Score)
        assert found[case_id(case.id)].outcome == Score(value=ours.value)
        assert found[case_id(case.id)].cluster == case_id(case.independent_unit)
        values.add(ours.value)
    assert values == {0.0, 1.0} or name != "secret-keeping"  # or the model did not tell them apart
