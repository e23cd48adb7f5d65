"""What a mistake or an interruption is answered with: what was meant, what there is, and what to type next."""

import json
import subprocess
import sys

import pytest
from tests.command import trimtab, usual
from tests.workspace.test_hunt import POLICY

BOT = """
import itertools, os, pathlib, signal, threading

calls = itertools.count(1)


def answer(messages):
    with pathlib.Path("asked").open("a") as file:
        file.write("x")
    if next(calls) == int(os.environ.get("INTERRUPTED_AT", "0")):
        os.kill(os.getpid(), signal.SIGINT)
        threading.Event().wait()
    return "no"
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "bot.py").write_text(BOT)
    (tmp_path / "trimtab.yaml").write_text(POLICY)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["redteam", "--technique", "Encoding"], "no attack and no family is called 'Encoding' (did you mean 'encoding'?)"),
        (["redteam", "--technique", "zzz"], "is called 'zzz' (there are context, detour, direct, encoding,"),
        (["redteam", "--adaptive", "--technique", "PAIR"], "no strategy is called 'PAIR' (did you mean 'pair'?)"),
        (["synth", "a.jsonl", "--language", "xx"], "no language is called 'xx' (there are de, en, es, fr,"),
        (["synth", "a.jsonl", "--hazard", "AILUM.prw"], "(did you mean 'AILUM.prv'?)"),
        (["controls", "LLM01"], "lacks its framework. Did you mean `owasp-llm-2025:LLM01` or `owasp-llm-2026:LLM01`?"),
        (["controls", "mitre-atlas", "--kind", "tools"], "It has: tactics, techniques, mitigations."),
        (["suites", "show", "mine"], "trimtab.yaml has none of this name. For that of another policy, add --policy FILE."),
        (["suites", "show", "mine", "--policy", "no.yaml"], "is not installed, and there is no no.yaml that may have one."),
        (["suites", "show", "red-taem", "--policy", "no.yaml"], "Did you mean 'red-team'?"),
        (["suites", "show", "mine", "--policy", "bot.py"], "`trimtab check bot.py` says why."),
    ],
)  # fmt: skip
def test_a_name_that_is_not_known_is_answered_with_those_that_are(folder, arguments, said):
    done = trimtab(*arguments, cwd=folder)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("bot.py", "a file stands where a folder is needed. The decision is in the ledger; move it away or name another"),
        ("bot.py/x", "a file stands where a folder is needed."),
        ("/proc/x", "The decision is in the ledger; name another folder"),
    ],
)  # fmt: skip
def test_reports_that_cannot_be_written_ask_for_room_only_where_room_is_lacking(folder, out, said):
    done = trimtab("redteam", "--cases", "1", "--out", out, "--quiet", cwd=folder)
    assert done.returncode == 4
    assert said in " ".join(done.stderr.split())
    assert "space" not in done.stderr


def test_one_is_written_as_one(folder):
    done = trimtab("redteam", "--cases", "1", cwd=folder)
    assert "Work 1 call, 0 from the cache, 0 tokens" in " ".join(done.stdout.split())
    assert trimtab("suites", "export", "red-team", "x.jsonl", "--cases", "2", cwd=folder).returncode == 0
    again = trimtab("suites", "export", "red-team", "x.jsonl", "--cases", "2", cwd=folder)
    assert "x.jsonl and x.yaml exist already" in again.stderr
    (folder / "x.yaml").unlink()
    assert "x.jsonl exists already" in trimtab("suites", "export", "red-team", "x.jsonl", cwd=folder).stderr


def test_a_red_team_that_was_interrupted_says_what_is_kept_and_goes_on(folder, start):
    ask = ["redteam", "--cases", "200"]
    process = start(
        [sys.executable, "-m", "trimtab", *ask], cwd=folder, env=usual(INTERRUPTED_AT="20"), text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert 20 <= (folder / "asked").stat().st_size < 200
    assert "Interrupted. What was measured is kept; run the same command again to go on." in said
    done = trimtab(*ask, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert 200 <= (folder / "asked").stat().st_size < 240  # those on their way when it ended are asked again


@pytest.mark.parametrize(
    ("arguments", "code", "ends", "mistakes"),
    [
        (("run", "bad.yaml", "--json"), "TT101", 2, True),
        (("kpi", "--json", "--policy", "nowhere.yaml"), "TT101", 2, True),
        (("ledger", "show", "--json", "--ledger", "none.db"), "TT401", 4, False),
        (("kpi", "--jsn", "--json"), "TT102", 2, False),
    ],
)
def test_an_error_is_json_where_json_was_asked_for(tmp_path, arguments, code, ends, mistakes):
    (tmp_path / "bad.yaml").write_text("trimtab: 1\nsystem: {}\n")
    done = trimtab(*arguments, cwd=tmp_path)
    told = json.loads(done.stderr.splitlines()[-1])["error"]
    assert (told["code"], told["exit_code"], done.returncode) == (code, ends, ends)
    assert bool(told["mistakes"]) == mistakes
    assert told["message"]


@pytest.mark.parametrize("command", ["kpi", "scorecard", "board", "incentives show", "recalibrate show"])
def test_what_only_shows_makes_no_ledger(tmp_path, command):
    (tmp_path / "trimtab.yaml").write_text(POLICY)
    done = trimtab(*command.split(), cwd=tmp_path)
    assert done.returncode == 4, done.stderr
    assert "does not exist" in done.stderr
    assert not (tmp_path / ".trimtab").exists()
