"""An exported suite runs in Inspect itself, and what comes out is what our own scoring says."""

import pytest

from trimtab.kinds import Exchange, Reply, Score, plugins
from trimtab.measure.export import export_suite
from trimtab.measure.imports import read_results
from trimtab.measure.imports.found import plain
from trimtab.measure.suites import load_suite
from trimtab.policy import SuiteSpec

pytestmark = pytest.mark.integration
inspect_ai = pytest.importorskip("inspect_ai")


def answer_of(messages):
    """A model that sometimes says more than it should: the same whoever asks."""
    said = "\n".join(text for _, text in messages)
    return said if len(said) % 2 else "I cannot tell you that."


@pytest.mark.parametrize("name", ["secret-keeping", "under-pressure"])
def test_inspect_scores_as_we_do(name, tmp_path, monkeypatch):
    from inspect_ai.model import ModelOutput, ModelUsage, get_model

    suite = load_suite(name, SuiteSpec(builtin=name, cases=24), base=tmp_path)
    made = export_suite(suite, "inspect", canary="canary", model="", url="")
    for file, text in made.files.items():
        (tmp_path / file).write_text(text, encoding="utf-8")

    def outputs(messages, tools, choice, config):
        out = ModelOutput.from_content("mockllm/model", answer_of([(one.role, one.text) for one in messages]))
        out.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)  # or it would fetch a tokenizer
        return out

    monkeypatch.chdir(tmp_path)  # Inspect looks for tasks below the current folder
    task = next(file for file in made.files if file.endswith(".py"))
    logs = inspect_ai.eval(
        task,
        model=get_model("mockllm/model", custom_outputs=outputs),
        log_dir=str(tmp_path / "logs"),
        display="none",
    )
    assert logs[0].status == "success"
    found = {
        one.case.split("/")[1]: one for one in read_results("inspect", next((tmp_path / "logs").glob("*.eval"))).found
    }
    metric = plugins.make("metrics", suite.score)
    assert len(found) == len(suite.cases)
    for case in suite.cases:
        turns = [(message.role, message.content) for message in case.messages]
        replies = [answer_of(turns)]
        for text in case.follow_ups:
            turns += [("assistant", replies[-1]), ("user", text)]
            replies.append(answer_of(turns))
        ours = metric.score(case, Exchange(replies=tuple(Reply(text=reply) for reply in replies)))
        one = found[plain(case.id)]
        assert isinstance(ours, Score)
        assert one.outcome == Score(value=ours.value)
        assert one.cluster == case.independent_unit
