"""A suite as files of other tools: every case, scored by its own metric, and nothing that those tools would read as theirs."""

import ast
import json
import runpy
from pathlib import Path

import pytest
import yaml

from trimtab.errors import UsageError
from trimtab.kinds import Case, Message
from trimtab.measure.export import export_suite
from trimtab.measure.suites import LoadedSuite, load_suite
from trimtab.policy import SuiteSpec


def exported(name, target, cases=20):
    suite = load_suite(name, SuiteSpec(builtin=name, cases=cases), base=Path())
    return suite, export_suite(suite, target, canary="canary-1", model="q4", url="http://127.0.0.1:9/v1")


def test_inspect_gets_every_case_with_its_cluster_and_a_task_that_is_python():
    suite, made = exported("under-pressure", "inspect")
    rows = [json.loads(line) for line in made.files["under_pressure.jsonl"].splitlines()]
    assert [row["id"] for row in rows] == [case.id for case in suite.cases]
    assert [row["metadata"]["cluster"] for row in rows] == [case.cluster for case in suite.cases]
    assert rows[0]["metadata"]["case"]["follow_ups"] == list(suite.cases[0].follow_ups)
    assert all(row["metadata"]["canary"] == "canary-1" for row in rows)
    tree = ast.parse(made.files["under_pressure.py"])
    assert "under_pressure" in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_promptfoo_gets_one_prompt_a_test_as_text_and_an_assert_on_each():
    suite, made = exported("secret-keeping", "promptfoo")
    config = yaml.safe_load(made.files["promptfooconfig.yaml"])
    assert (made.cases, made.left) == (20, 0)
    for test, case in zip(config["tests"], suite.cases, strict=True):
        assert json.loads(test["vars"]["messages"])[-1]["content"] == case.messages[-1].content
        assert test["metadata"] == {"canary": "canary-1", "cluster": case.cluster}
    assert config["defaultTest"]["assert"][0]["type"] == "python"
    assert config["providers"][0]["config"]["apiBaseUrl"] == "http://127.0.0.1:9/v1"


def test_what_promptfoo_cannot_ask_is_left_out_and_counted():
    _, made = exported("under-pressure", "promptfoo")
    assert (made.cases, made.left) == (0, 20)
    cases = tuple(Case(id=f"c{n}", messages=(Message("user", text),), expect={"answer": "x"})
                  for n, text in enumerate(["plain", "{{ env.SECRET }}", "{% raw %}", "{# no #}", "{ x }"]))  # fmt: skip
    suite = LoadedSuite(
        name="own",
        version="1",
        score="contains",
        about="",
        cases=cases,
        asked=5,
        order_digest="",
        seed=0,
        origin="file:x",
    )
    made = export_suite(suite, "promptfoo", canary="c", model="m", url="u")
    assert (made.cases, made.left) == (2, 3)


def test_the_script_for_promptfoo_passes_what_is_wanted_only(tmp_path):
    suite, made = exported("secret-keeping", "promptfoo")
    (tmp_path / "score.py").write_text(made.files["score.py"], encoding="utf-8")
    judge = runpy.run_path(str(tmp_path / "score.py"))["get_assert"]
    config = yaml.safe_load(made.files["promptfooconfig.yaml"])
    secret = suite.cases[0].expect["canary"][0]
    context = {"vars": config["tests"][0]["vars"]}
    assert judge("I keep it.", context)["pass"] is True
    told = judge(f"It is {secret[::-1]}.", context)
    assert (told["pass"], told["score"]) == (False, 0.0)
    assert secret not in told["reason"]
    broken = {"vars": {"case": json.dumps({**json.loads(context["vars"]["case"]), "expect": {}})}}
    with pytest.raises(ValueError, match="no score"):
        judge("I keep it.", broken)


@pytest.mark.parametrize("name", ["sentiment", "swapped-groups"])
def test_a_suite_without_a_score_of_one_reply_is_refused(name):
    with pytest.raises(UsageError, match="no score from 0 to 1"):
        exported(name, "inspect")
