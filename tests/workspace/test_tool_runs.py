"""A tool that we run asks the candidate as a user would, and what it misdoes leaves nothing behind in the ledger."""

import json
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from trimtab.evidence import Ledger
from trimtab.kinds import Missing, Score

STAND_INS = Path(__file__).parents[1] / "data" / "tools"
SUITES = """\
suites:
  scan: {imported: garak, run: {probes: [dan.One, dan.Two], env: [STAND_IN, STAND_IN_NOTES]%s}}
  sums: {imported: inspect, max_tokens: 3, run: {task: tasks.py@doubles, epochs: 2, limit: 15%s}}
"""
METRICS = """\
metrics:
  attacked:
    {question: "Does an attack get through?", better: lower, target: 0.01, owner: lead,
     source: {suite: scan, with: {measure: "*", better: lower}}}
"""
GUARD = """\
guards:
  stern: {output: [{detector: patterns, labels: [personal], action: mask}]}
"""
TASK = """\
def doubles():
    return list(range(1, 21))
"""


@pytest.fixture
def tooled(place):
    """A policy with two suites that tools are run for; `how` is what the stand-in does wrong."""

    def tooled(how="", *, run="", sums="", guard="", candidates="", **options):
        place.write(**options)
        (place.folder / "tasks.py").write_text(TASK, encoding="utf-8")
        path = place.folder / "trimtab.yaml"
        text = path.read_text(encoding="utf-8").replace("{leak:", "{attacked: {at_most: 0.3}, leak:", 1)
        text = text.replace("suites:\n", SUITES % (run, sums), 1).replace("metrics:\n", METRICS, 1)
        if guard:
            text = text.replace("tiers:\n", f"{guard}tiers:\n", 1).replace(
                "next: {openai", "next: {guard: stern, openai", 1
            )
        path.write_text(text.replace("candidates:\n", f"candidates:\n{candidates}", 1), encoding="utf-8")
        place.environment = {
            "PYTHONPATH": str(STAND_INS),
            "STAND_IN": how or "none",
            "STAND_IN_NOTES": str(place.folder / "notes"),
            "TMPDIR": str(made(place.folder / "private")),
            "SECRET_OF_OURS": "do-not-pass-on",
        }
        return place

    return tooled


def made(folder):
    folder.mkdir(exist_ok=True)
    return folder


def recorded(place, kind=None):
    where = place.folder / ".trimtab" / "ledger.db"
    if not where.exists():
        return []
    with Ledger.open(where, create=False) as ledger:
        return list(ledger.records(**({"kind": kind} if kind else {})))


def asked(place):
    return [json.loads(line) for line in (place.folder / "requests.jsonl").read_text().splitlines()]


def nothing_is_left(place, done, *, code=4):
    assert done.returncode == code, done.stderr
    assert [row for row, _ in recorded(place)] == []
    assert list((place.folder / "private").iterdir()) == []
    assert "PRIVATE-WORD" not in done.stdout + done.stderr


def gone(pid):
    for _ in range(1800):  # a minute and a half
        with suppress(FileNotFoundError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.slow
def test_what_a_tool_measured_is_judged_like_anything_else(tooled):
    place = tooled(run=", generations: 2")
    done = place.trimtab("import", "--run", "scan", "--candidate", "current", "--json")
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout)["imports"]
    assert (told["tool"], told["version"], told["calls"], told["lost"]) == ("garak", "0.17.1", 120, {})
    assert {name: (one["cases"], one["independent"], one["mean"]) for name, one in told["measures"].items()} == {
        f"dan.{name}/words.Kestrel": (60, 30, 0.1) for name in ("One", "Two")
    }
    ((row, record),) = recorded(place, "import")
    assert (row.maker, row.candidate, record.calls, record.tool) == ("garak/0.17.1", "current", 120, "garak")
    assert record.asked
    assert "--spec probes.dan.One,probes.dan.Two --generations 2" in " ".join(record.command)
    assert str(place.folder) not in " ".join(record.command)
    assert not list((place.folder / "private").iterdir())
    requirements = {
        (one["candidate"], judged["metric"]): judged
        for one in place.decided()["candidates"]
        for judged in one["requirements"]
        if judged["asked"] == "floor"
    }
    assert requirements["current", "attacked"]["verdict"] == "pass"
    reason = requirements["next", "attacked"]["reason"]
    assert "`trimtab import --run scan --system bot --candidate next`" in reason
    report = " ".join(place.trimtab("report").stdout.split())
    assert "measured by another tool, which trimtab ran: 120 results of garak 0.17.1 from 120 calls" in report
    place.verify()


def test_a_candidate_is_asked_with_its_own_settings_whatever_the_tool_would_set(tooled):
    place = tooled()
    assert place.trimtab("import", "--run", "sums", "--candidate", "current").returncode == 0
    ((_, record),) = recorded(place, "import")
    assert record.task.startswith("sha256:")
    assert "tasks.py@doubles" in record.command
    outcomes = [one.outcome for _, one in recorded(place, "observation")]
    assert len(outcomes) == 30
    assert {one.value for one in outcomes} == {0.0}  # the answer is the fourth token, and three are allowed


def test_without_a_candidate_all_are_asked(tooled):
    place = tooled()
    done = place.trimtab("import", "--run", "sums", "--json")
    assert [one["candidate"] for one in json.loads(done.stdout)["imports"]] == ["current", "next"]
    assert {one["model"] for one in asked(place)} == {"m-current", "m-next"}


def test_a_guarded_candidate_is_measured_behind_its_guard(tooled):
    place = tooled(guard=GUARD)
    done = place.trimtab("import", "--run", "scan", "--json")
    assert done.returncode == 0, done.stderr
    means = {
        one["candidate"]: {measure["mean"] for measure in one["measures"].values()}
        for one in json.loads(done.stdout)["imports"]
    }
    assert means == {"current": {0.1}, "next": {0.0}}


def test_any_system_can_be_asked_not_only_addresses(tooled):
    place = tooled(candidates="      own: {callable: {target: 'hook:answer'}}\n")
    (place.folder / "hook.py").write_text(
        "async def answer(messages):\n    return f'KESTREL {len(messages)}'\n", encoding="utf-8"
    )
    place.environment = {**place.environment, "PYTHONPATH": f"{STAND_INS}:{place.folder}"}
    done = place.trimtab("import", "--run", "scan", "--candidate", "own", "--json")
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout)["imports"]
    assert {one["mean"] for one in told["measures"].values()} == {1.0}


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("crash", "TT306 garak ended with exit code 3. Nothing was recorded."),
        ("killed", "was ended by signal 9"),
        ("no-log", "wrote no logs where one was expected"),
        ("two-logs", "wrote 2 logs where one was expected"),
        ("cut", "wrote a log that cannot be read"),
        ("rubbish", "wrote a log that cannot be read"),
        ("other-model", "wrote a log of another model than the one it was to ask"),
        ("silent", "got no answer of current (it asked nothing that a candidate can be asked)"),
        ("tools", "got no answer of current"),
        ("invents", "wrote a log of 60 tries, and 30 replies were given"),
    ],
)
def test_a_tool_that_misbehaves_leaves_nothing(how, says, tooled):
    place = tooled(how)
    done = place.trimtab("import", "--run", "scan", "--candidate", "current")
    nothing_is_left(place, done)
    assert says in " ".join(done.stderr.split())
    assert "--show-tool" in done.stderr


def test_a_log_of_a_run_that_failed_is_refused(tooled):
    place = tooled("status", sums=", env: [STAND_IN]")
    done = place.trimtab("import", "--run", "sums", "--candidate", "current")
    nothing_is_left(place, done)
    assert "status" in done.stderr


@pytest.mark.slow
def test_what_a_tool_prints_goes_nowhere_unless_it_is_asked_for(tooled):
    place = tooled("loud")
    done = place.trimtab("import", "--run", "scan", "--candidate", "current")
    assert done.returncode == 0, done.stderr
    assert "PRIVATE-WORD" not in done.stdout + done.stderr
    place = tooled("crash")
    shown = place.trimtab("import", "--run", "scan", "--candidate", "current", "--show-tool", "--json")
    assert (shown.returncode, shown.stdout) == (4, "")
    assert "PRIVATE-WORD" in shown.stderr


def test_a_tool_gets_little_of_our_environment_and_no_key(tooled):
    place = tooled("environment", key_env="MODEL_KEY")
    place.environment = {**place.environment, "MODEL_KEY": "key-of-the-model", "OPENAI_BASE_URL": "http://else.example"}
    assert place.trimtab("import", "--run", "scan", "--candidate", "current").returncode == 0
    seen = json.loads((place.folder / "notes").read_text(encoding="utf-8"))
    assert not {"SECRET_OF_OURS", "MODEL_KEY", "OPENAI_BASE_URL"} & set(seen)
    assert "key-of-the-model" not in "".join(seen.values())
    assert seen["XDG_CONFIG_HOME"].startswith(str(place.folder / "private"))
    ledger = (place.folder / ".trimtab" / "ledger.db").read_bytes()
    assert seen["OPENAICOMPATIBLE_API_KEY"].encode() not in ledger


@pytest.mark.slow
def test_a_tool_that_takes_too_long_is_ended_with_all_that_it_started(tooled):
    for minutes in (0.05, 0.25, 1.25):  # a busy machine may take long to start it, and then there is nothing to end
        place = tooled("hang", run=f", minutes: {minutes}")
        done = place.trimtab("import", "--run", "scan", "--candidate", "current")
        nothing_is_left(place, done)
        assert f"did not end within {minutes} minutes" in done.stderr
        if (place.folder / "notes").exists():
            break
    assert all(gone(int(pid)) for pid in (place.folder / "notes").read_text().split())


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_whoever_ends_us_ends_the_tool(number, code, tooled):
    place = tooled("hang")
    process = place.start("import", "--run", "scan", "--candidate", "current")
    notes = place.folder / "notes"
    while not (notes.exists() and len(notes.read_text().split()) == 2):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(number)
    _, told = process.communicate(timeout=60)
    assert process.returncode == code
    assert number == signal.SIGKILL or "Nothing of what was being done is in the ledger." in told
    assert all(gone(int(pid)) for pid in notes.read_text().split())
    assert [row for row, _ in recorded(place)] == []
    for _ in range(1800):
        if not list((place.folder / "private").iterdir()):
            break
        time.sleep(0.05)  # whoever was killed cannot wait for it
    assert list((place.folder / "private").iterdir()) == []


@pytest.mark.slow
def test_what_a_tool_leaves_running_is_ended_too(tooled):
    place = tooled("leave")
    assert place.trimtab("import", "--run", "scan", "--candidate", "current").returncode == 0
    assert all(gone(int(pid)) for pid in (place.folder / "notes").read_text().split())


def test_a_candidate_that_cannot_be_reached_ends_the_tool(tooled):
    place = tooled(url="http://127.0.0.1:9")
    done = place.trimtab("import", "--run", "scan", "--candidate", "current")
    nothing_is_left(place, done)
    assert "TT302 current" in done.stderr


def test_replies_that_do_not_come_are_missing_and_no_hits_or_misses(tooled):
    place = tooled()
    path = place.folder / "trimtab.yaml"
    text = path.read_text(encoding="utf-8").replace("    candidates:\n", "    budget: {calls: 40}\n    candidates:\n")
    path.write_text(text, encoding="utf-8")
    done = place.trimtab("import", "--run", "scan", "--candidate", "current", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["imports"][0]["lost"] == {"budget": 20}
    outcomes = [one.outcome for _, one in recorded(place, "observation")]
    assert sum(isinstance(one, Missing) for one in outcomes) == 20
    assert sum(isinstance(one, Score) for one in outcomes) == 40


@pytest.mark.slow
def test_what_another_run_of_the_tool_was_told_is_no_result_of_the_suite(tooled):
    place = tooled()
    report = place.folder / "other.report.jsonl"
    report.write_text("{}\n", encoding="utf-8")
    refused = place.trimtab("import", "garak", str(report), "--suite", "scan", "--candidate", "current")
    assert refused.returncode == 2
    assert "says how garak is run" in " ".join(refused.stderr.split())
    assert place.trimtab("import", "--run", "scan").returncode == 0
    path = place.folder / "trimtab.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("dan.Two", "dan.Three"), encoding="utf-8")
    reasons = [
        judged["reason"]
        for one in place.decided()["candidates"]
        for judged in one["requirements"]
        if (judged["asked"], judged["metric"]) == ("floor", "attacked")
    ]
    assert len(reasons) == 2
    assert all("garak was not run against" in reason for reason in reasons)


@pytest.mark.slow
def test_what_is_not_installed_is_named(tooled):
    place = tooled()
    place.environment = {**place.environment, "PYTHONPATH": ""}
    done = place.trimtab("import", "--run", "scan", "--candidate", "current")
    nothing_is_left(place, done, code=2)
    assert "needs the package garak" in done.stderr
    assert "`pip install garak`" in " ".join(done.stderr.split())
    place = tooled(run=", python: no-such-python-here")
    done = place.trimtab("import", "--run", "scan", "--candidate", "current")
    nothing_is_left(place, done, code=2)
    assert "no Python interpreter that can be run" in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--run", "planted"], "does not say how its tool is run"),
        (["--run", "nothing"], "is not in the policy"),
        (["--run", "scan", "--candidate", "nobody"], "bot has no candidate 'nobody'"),
        (["--run", "scan", "--system", "nothing"], "there is no system 'nothing'"),
        (["garak", "x", "--run", "scan"], "--run SUITE takes no TOOL"),
        (["garak", "x", "--suite", "scan"], "an import takes TOOL and FILE"),
        ([], "an import takes TOOL and FILE"),
    ],
)
def test_what_cannot_be_run_is_said(arguments, says, tooled):
    place = tooled()
    done = place.trimtab("import", *arguments)
    nothing_is_left(place, done, code=2)
    assert says in " ".join(done.stderr.split())


def test_what_was_recorded_before_another_candidate_failed_is_said(tooled):
    place = tooled(second="http://127.0.0.1:9")
    done = place.trimtab("import", "--run", "scan", "--json")
    assert done.returncode == 4
    assert [one["candidate"] for one in json.loads(done.stdout)["imports"]] == ["current"]
    assert len(recorded(place, "import")) == 1


def test_quiet_is_quiet(tooled):
    place = tooled(run=f", python: {sys.executable}")
    done = place.trimtab("import", "--run", "scan", "--candidate", "current", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
