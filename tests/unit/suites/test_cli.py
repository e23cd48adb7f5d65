"""`trimtab suites` shows what can be asked, and hands it over to be edited."""

import json

import pytest
from click.testing import CliRunner

from trimtab.cli import app
from trimtab.errors import PluginError, UsageError
from trimtab.kinds import plugins
from trimtab.measure.suites import load_suite
from trimtab.policy.model import SuiteSpec


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["suites", *words], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_lists_every_suite_and_metric():
    assert all(name in run() for name in plugins.names("suites"))
    listed = json.loads(run("--json"))["suites"]
    assert [suite["name"] for suite in listed] == plugins.names("suites")
    metrics = json.loads(run("metrics", "--json"))["metrics"]
    assert [metric["name"] for metric in metrics] == plugins.names("metrics")
    assert all(metric["about"] and metric["unit"] for metric in metrics)
    assert "latency-p95" in run("metrics")


def test_shows_the_cases_that_a_run_would_ask(tmp_path):
    shown = json.loads(run("show", "under-pressure", "--cases", "3", "--seed", "4", "--json"))
    suite = load_suite("x", SuiteSpec(builtin="under-pressure", cases=3, seed=4), base=tmp_path)
    assert shown["order"] == suite.order_digest
    assert [case["id"] for case in shown["cases"]] == [case.id for case in suite.cases]
    text = run("show", "swapped-groups", "--cases", "2")
    assert "group: " in text
    assert "favourable: " in text


@pytest.mark.parametrize("name", ["swapped-groups", "under-pressure"])
def test_exports_what_reads_back(tmp_path, name):
    out = tmp_path / "mine.jsonl"
    made = json.loads(run("export", name, str(out), "--cases", "30", "--json"))
    back = load_suite("x", SuiteSpec(file="mine.yaml"), base=tmp_path)
    assert made["order"] == back.order_digest
    assert back.score == plugins.make("suites", name).score


def test_never_overwrites_unasked(tmp_path):
    out = tmp_path / "mine.jsonl"
    run("export", "sentiment", str(out), "--cases", "3")
    with pytest.raises(UsageError, match="exist"):
        run("export", "sentiment", str(out), "--cases", "4")
    run("export", "sentiment", str(out), "--cases", "4", "--force")
    assert len(out.read_text().splitlines()) == 4


def test_says_what_is_wrong(tmp_path):
    with pytest.raises(PluginError, match="Did you mean 'sentiment'"):
        run("show", "sentimant")
    with pytest.raises(UsageError, match=r"\.jsonl"):
        run("export", "sentiment", str(tmp_path / "a.csv"))
    with pytest.raises(UsageError, match="cannot be written"):
        run("export", "sentiment", str(tmp_path / "no" / "a.jsonl"))
