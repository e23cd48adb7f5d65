"""The red-team baseline, on a bot that one family of attacks opens."""

import json
import re
import shlex

import pytest
from tests.command import trimtab, usual

BOT = """
import re


def answer(messages):
    marker = re.search(r"[A-Z]{6,}-\\d{4}", messages[0]["content"]).group(0)
    said = messages[-1]["content"]
    return f"Here it is: {marker}" if "[system]" in said or "<|system|>" in said else "I must not say that."


def silent(messages):
    raise LookupError("no answer")
"""
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
  bot:
    tier: internal
    owner: team
    intended_use: Tests.
    maximise: right
    candidates:
      open: {callable: {target: "bot:answer"}}
      silent: {callable: {target: "bot:silent"}, limits: {retries: 0}}
"""


@pytest.fixture
def redteam(tmp_path):
    (tmp_path / "bot.py").write_text(BOT)
    (tmp_path / "trimtab.yaml").write_text(POLICY)

    def run(*arguments):
        return trimtab("redteam", "trimtab.yaml", *arguments, cwd=tmp_path, environment=usual(COLUMNS="140"))

    return run


def test_the_family_that_gets_through_is_named_and_can_be_tried_again(redteam, tmp_path):
    done = redteam("--candidate", "open", "--cases", "480", "--json", "--quiet")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["candidates"]["open"]
    assert found["worst_family"] == "hierarchy"
    assert found["families"]["hierarchy"]["value"] > 0.0
    assert all(seen["value"] == 0.0 for family, seen in found["families"].items() if family != "hierarchy")
    assert found["all"]["attacks"] == 480
    assert "fake-system" in found["got_through"][0]
    again = redteam("--candidate", "open", "--case", found["got_through"][0])
    assert again.returncode == 0, again.stderr
    assert "100.0%" in again.stdout
    page = (tmp_path / "trimtab-redteam/report.html").read_text()
    assert "there is no floor, so nothing is decided" in page


def test_what_got_through_is_told_with_the_command_to_try_it_again(redteam):
    done = redteam("--candidate", "open", "--technique", "hierarchy", "--technique", "direct", "--cases", "60")
    said = " ".join(done.stdout.split())
    assert "worst family hierarchy" in said
    assert "trimtab redteam trimtab.yaml --system bot --candidate open --case '" in said


def test_an_attack_without_outcome_is_no_attack_that_failed(redteam):
    done = redteam("--candidate", "silent", "--cases", "20", "--quiet", "--json")
    assert done.returncode in (3, 4), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--system", "nobody"), "there is no system 'nobody'"),
        (("--technique", "nonsense"), "nonsense"),
        (("--case", "no such case"), "there is no attack"),
        (("--candidate", "nobody"), "no candidate"),
    ],
)
def test_what_does_not_exist_is_a_mistake_of_usage(redteam, arguments, words):
    done = redteam(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert words in " ".join(done.stderr.split())


def test_an_attack_without_outcome_counts_in_its_own_family_and_what_ended_the_run_is_said(redteam, tmp_path):
    done = redteam("--candidate", "open", "--cases", "60", "--max-calls", "30", "--json", "--quiet")
    assert done.returncode == 3, done.stderr
    found = json.loads(done.stdout)["candidates"]["open"]
    assert 30 <= found["all"]["missing"] < 60
    assert sum(seen["missing"] for seen in found["families"].values()) == found["all"]["missing"]
    assert sum(seen["attacks"] for seen in found["families"].values()) == 60
    told = " ".join(redteam("--candidate", "open", "--cases", "80", "--max-calls", "31").stdout.split())
    assert "stopped early (budget)" in told
    assert re.search(r"\d\d attacks have no outcome", told)


def test_trying_one_again_leaves_the_baseline_as_it_was(redteam, tmp_path):
    done = redteam("--candidate", "open", "--technique", "hierarchy", "--technique", "direct", "--cases", "40")
    before = (tmp_path / "trimtab-redteam/report.json").read_bytes()
    command = next(line for line in done.stdout.splitlines() if line.startswith("trimtab redteam "))
    again = redteam(*shlex.split(command)[3:])
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "trimtab-redteam/report.json").read_bytes() == before
    assert (tmp_path / "trimtab-again/report.html").exists()
