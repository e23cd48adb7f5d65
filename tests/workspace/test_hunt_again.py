"""A finding of a hunt is tried again by the command that `trimtab hunt` shows: the same attack, on the same system."""

import json
import shlex

import pytest
from tests.command import trimtab
from tests.workspace.test_hunt import POLICY
from tests.workspace.test_redteam import BOT


@pytest.fixture
def shell(tmp_path):
    (tmp_path / "bot.py").write_text(BOT)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/bots.yaml").write_text(POLICY)

    def run(*arguments, wanted=0):
        done = trimtab(*arguments, cwd=tmp_path)
        assert done.returncode == wanted, done.stdout + done.stderr
        return done.stdout

    return run


def test_what_is_shown_asks_the_very_attack_again(shell):
    made = ["--seed", "3", "--depth", "2", "--technique", "hierarchy"]
    shell("hunt", "open", "rules/bots.yaml", "--hours", "1", "--hunters", "ann")
    seen = json.loads(shell("redteam", "rules/bots.yaml", *made, "--cases", "40", "--json", "--quiet"))
    case = seen["candidates"]["open"]["got_through"][0]
    shell("hunt", "file", "--hunter", "ann", "--severity", "S2", "--hazard", "LLM01", "--case", case, "--id", "one")
    shell("hunt", "file", "--hunter", "ann", "--severity", "S2", "--hazard", "LLM01", "--command", "ls", "--id", "two")
    told = shell("hunt", "close", "--by", "eve", wanted=3)
    assert "trimtab redteam rules/bots.yaml --system bot --candidate open --case" in " ".join(told.split())
    listed = {one["finding"]: one for one in json.loads(shell("hunt", "show", "--json", "--quiet", wanted=3))["list"]}
    assert listed["two"]["replay"] is None
    command = shlex.split(listed["one"]["replay"])
    assert command[-6:] == made
    again = json.loads(shell(*command[1:], "--json", "--quiet"))
    assert again["candidates"]["open"]["got_through"] == [case]


def test_an_attacker_that_adapts_is_asked_again_with_its_calls_and_its_attacker(shell, tmp_path):
    (tmp_path / "bot.py").write_text("def answer(messages):\n    return messages[0]['content']\n")  # gives all away
    made = ["--adaptive", "--calls", "4", "--attacker", "none"]
    shell("hunt", "open", "rules/bots.yaml", "--hours", "1", "--hunters", "model:crow")
    asked = shell("redteam", "rules/bots.yaml", *made, "--cases", "40", "--json", "--quiet")
    assert json.loads(asked)["candidates"]["open"]["got_through"]
    shell("hunt", "file", "--hunter", "model:crow", "--severity", "S2", "--run", "latest")
    told = shell("hunt", "close", "--by", "eve", "--json", "--quiet", wanted=3)
    command = shlex.split(json.loads(told)["list"][0]["replay"])
    assert command[-5:] == made
    assert command[command.index("--seed") + 1] == "0"
