"""A function that does not answer is told as one: what it raised or returned, and no word of a server or of its text."""

import json

import pytest
from tests.command import trimtab
from tests.workspace.test_redteam import POLICY

BOT = """
def answer(messages):
    raise KeyError("Jane Roe, " + messages[-1]["content"])


def silent(messages):
    return {"content": "Jane Roe"}


def answers_some(messages):
    return None if len(messages[-1]["content"]) % 2 else "no"
"""
SOME = '      some: {callable: {target: "bot:answers_some"}, limits: {retries: 0}}\n'


@pytest.fixture
def shell(tmp_path):
    (tmp_path / "bot.py").write_text(BOT)
    (tmp_path / "trimtab.yaml").write_text(POLICY + SOME)

    def run(*arguments):
        done = trimtab(*arguments, cwd=tmp_path)
        assert "Jane Roe" not in done.stdout + done.stderr
        return done.returncode, done.stdout, " ".join(done.stderr.split())

    return run


@pytest.mark.parametrize(
    ("candidate", "said"),
    [
        ("open", "it stopped answering (callable-raised: KeyError). Correct the function, then run the same command"),
        ("silent", "(malformed: bot:silent returned dict, not text). Look at what it answers, then run the same"),
    ],
)
def test_why_it_stopped_is_told_with_what_to_look_at(shell, candidate, said):
    code, _, told = shell("redteam", "--candidate", candidate, "--cases", "80", "--quiet")
    assert code == 4
    assert said in told
    assert "server" not in told


def test_a_writer_that_is_a_function_is_told_as_one(shell):
    code, _, told = shell("synth", "made.jsonl", "--cases", "0", "--writer", "open", "--requests", "80", "--quiet")
    assert code == 4
    assert "(callable-raised: KeyError). Correct the function" in told


def test_a_case_without_an_answer_says_what_was_returned(shell):
    code, said, told = shell("redteam", "--candidate", "some", "--cases", "40", "--json", "--quiet")
    assert code == 3, told
    assert json.loads(said)["candidates"]["some"]["got_through"] == []
    told = shell("report", "--json", "--quiet")[1]
    assert "no answer: malformed (bot:answers_some returned NoneType, not text)" in told
