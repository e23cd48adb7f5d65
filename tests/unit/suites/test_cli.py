"""`trimtab suites` shows what can be asked, and hands it over to be edited."""

import json

import pytest
from click.testing import CliRunner

from trimtab.cli import app
from trimtab.errors import PluginError, UsageError
from trimtab.kinds import plugins
from trimtab.measure.suites import load_suite
from trimtab.policy.metric_spec import SuiteSpec

POLICY = """\
trimtab: 1
organisation: Example Works
people: {team: {function: engineering}}
suites:
  mine: {file: mine.jsonl, score: contains, cases: 20, seed: 3}
metrics:
  accuracy: {question: "Is it right?", better: higher, target: 0.9, owner: team, source: {suite: mine}}
tiers:
  low: {confidence: 0.9, floors: {accuracy: {at_least: 0.5}}}
systems:
  bot:
    tier: low
    owner: team
    intended_use: Sums.
    maximise: accuracy
    candidates:
      one: {openai: {url: "http://localhost:8000/v1", model: m, key_env: ""}}
"""


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


def test_says_how_many_cases_there_are(tmp_path):
    sizes = {}
    for name in ("harmless-look-alikes", "under-pressure"):
        sizes[name] = len(load_suite("x", SuiteSpec(builtin=name, cases=10_000), base=tmp_path).cases)
        more = " or more" if sizes[name] == 10_000 else ""
        assert f"5 of {sizes[name]:,}{more} cases" in run("show", name)
        assert json.loads(run("show", name, "--json"))["there_are"] == sizes[name]
    assert min(sizes.values()) < 10_000 == max(sizes.values())  # both ways of saying it


def test_the_suites_of_a_policy_are_listed_and_shown(tmp_path):
    assert run("--json", "--policy", str(tmp_path / "none.yaml")).count("of_policy") == 1
    assert "Suites of" not in run("--policy", str(tmp_path / "none.yaml"))
    rows = "".join(json.dumps({"prompt": f"p{n}", "answer": "a"}) + "\n" for n in range(7))
    (tmp_path / "mine.jsonl").write_text(rows)
    policy = tmp_path / "trimtab.yaml"
    policy.write_text(POLICY)
    listed = run("--policy", str(policy))
    assert "Suites of" in listed
    mine = next(line for line in listed.splitlines() if line.startswith("mine "))
    assert mine.split() == ["mine", "contains", "mine.jsonl", "7", "of", "20"]
    assert [one["name"] for one in json.loads(run("--policy", str(policy), "--json"))["of_policy"]] == ["mine"]
    assert "5 of 7 cases" in run("show", "mine", "--policy", str(policy))
    shown = json.loads(run("show", "mine", "--policy", str(policy), "--json"))
    asked = load_suite("mine", SuiteSpec(file="mine.jsonl", score="contains", cases=5, seed=3), base=tmp_path)
    assert (shown["seed"], shown["order"]) == (3, asked.order_digest)
    (tmp_path / "mine.jsonl").write_text("{}\n")
    assert "unreadable" in run("--policy", str(policy))
    policy.write_text("trimtab: [")
    assert "Suites of" not in run("--policy", str(policy))


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
