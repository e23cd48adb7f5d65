"""Killed, interrupted, starved: nothing lost, nothing asked twice, nothing passed."""

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter

import pytest
from tests.command import endpoint, trimtab
from tests.ended import ended_at
from tests.serve.proxies import upstream

from trimtab.builtin.stores.sqlite import SqliteStore
from trimtab.testing import ServerProcess

CONCURRENCY = 8


def requests(place) -> Counter[tuple[str, str]]:
    log = place.folder / "requests.jsonl"
    if not log.exists():
        return Counter()
    lines = log.read_text(encoding="utf-8").splitlines()
    seen = [json.loads(line) for line in lines if line.endswith("}")]
    return Counter((entry["model"], entry["prompt"]) for entry in seen)


@pytest.mark.slow
@pytest.mark.parametrize("sampling", ["fixed", "sequential"])
def test_killed_at_any_moment_it_repeats_no_finished_call_and_loses_none(place, sampling):
    chance = random.Random(20)
    kills = 0
    with upstream(log=place.folder / "requests.jsonl") as server:
        place.write(cases=60, url=server.url, second=server.url)
        policy = place.folder / "trimtab.yaml"
        policy.write_text(policy.read_text().replace("confidence: 0.9", f"confidence: 0.9\n    sampling: {sampling}"))
        for _ in range(4):
            code, _ = ended_at(server, chance.randint(1, 36), lambda: place.start("run", "--quiet"))
            kills += code == -signal.SIGKILL
        place.verify()
        assert kills == 4
        report = place.decided()
    asked = requests(place)
    if sampling == "fixed":
        assert len(asked) == 2 * 2 * 60  # every case of both suites went to both candidates
    assert asked.total() - len(asked) <= kills * CONCURRENCY  # only calls in flight at a kill are asked again
    assert all(estimate["missing"] == 0 for found in report["candidates"] for estimate in found["estimates"].values())
    rows = place.trimtab("ledger", "export", "all.jsonl")
    assert rows.returncode == 0, rows.stderr
    exported = [json.loads(line) for line in (place.folder / "all.jsonl").read_text(encoding="utf-8").splitlines()]
    observed = Counter(
        (row["candidate"], row["metric"], json.dumps(row["payload"]).split('"case": "')[1].split('"')[0])
        for row in exported
        if row.get("kind") == "observation"
    )
    assert set(observed.values()) == {1}
    if sampling == "fixed":
        assert len(observed) == 2 * 3 * 60
    place.verify()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_keeps_what_was_measured_and_it_goes_on_later(place, number, code):
    with upstream(log=place.folder / "requests.jsonl") as server:
        place.write(cases=160, url=server.url, second=server.url)
        ended, said = ended_at(server, 40, lambda: place.start("run"), number=number)
        assert ended == code, said
        assert "Traceback" not in said
        assert "go on" in said
        place.verify()
        before = requests(place)
        place.decided()
    assert requests(place).total() - len(requests(place)) <= CONCURRENCY
    assert len(requests(place)) > len(before)


def test_a_dead_endpoint_is_unavailable_and_says_what_next(place):
    place.write(url="http://127.0.0.1:9", second="http://127.0.0.1:9")
    done = place.trimtab("run")
    assert done.returncode == 4, done.stdout
    assert "TT302" in done.stderr
    place.verify()


def test_a_wrong_key_is_said_once_and_never_shown(place):
    place.environment = {"RIGHT": "right-key-123", "WRONG": "wrong-key-456"}
    import os

    os.environ["RIGHT"] = "right-key-123"
    try:
        with ServerProcess("--key-env", "RIGHT") as guarded:
            place.write(url=guarded.url, second=guarded.url, key_env="WRONG")
            done = place.trimtab("run")
    finally:
        del os.environ["RIGHT"]
    assert done.returncode == 4
    assert "wrong-key-456" not in done.stdout + done.stderr
    assert "key_env" in done.stderr
    place.verify()


def test_a_key_that_is_not_set_names_the_variable(place):
    place.write(key_env="NOT_SET_ANYWHERE")
    done = place.trimtab("run")
    assert done.returncode in (2, 4)
    assert "NOT_SET_ANYWHERE" in done.stderr


def test_an_altered_ledger_stops_everything_before_a_call_is_made(place):
    place.write()
    place.decided()
    with sqlite3.connect(place.folder / ".trimtab/ledger.db") as db:
        names = [name for (name,) in db.execute("select name from sqlite_master where type = 'trigger'")]
        for name in names:
            db.execute(f"drop trigger {name}")
        table = next(
            name
            for (name,) in db.execute("select name from sqlite_master where type = 'table'")
            if "payload" in [row[1] for row in db.execute(f"pragma table_info({name})")]
        )
        db.execute(f"update {table} set payload = replace(payload, '\"value\":1', '\"value\":0')")
    db.close()
    asked = requests(place).total()
    done = place.trimtab("run")
    assert done.returncode == 4
    assert "TT402" in done.stderr
    assert requests(place).total() == asked
    assert place.trimtab("report").returncode == 4


def test_a_key_that_is_not_set_is_missed_by_the_name_of_the_candidate(place):
    place.write(cases=4, key_env="TRIMTAB_TEST_UNSET_KEY")
    alone = place.trimtab("run", "--candidate", "current")
    assert alone.returncode == 4
    assert "TT302 current: the environment variable TRIMTAB_TEST_UNSET_KEY is not set" in " ".join(alone.stderr.split())
    policy = place.folder / "trimtab.yaml"
    text = policy.read_text()
    place_of_key = text.index("TRIMTAB_TEST_UNSET_KEY")
    policy.write_text(text[:place_of_key] + text[place_of_key + len("TRIMTAB_TEST_UNSET_KEY") :])
    half = place.trimtab("run", "--fresh")
    assert half.returncode in (1, 3)
    assert "warning TT302 next: the environment variable" in " ".join(half.stderr.split())


def impatient():
    """Have a store wait a little for whoever holds it, and not for ten seconds."""
    defaults = SqliteStore.__init__.__kwdefaults__
    assert defaults is not None
    defaults["timeout"] = 0.2


def test_a_locked_ledger_is_unavailable(place):
    place.write(cases=5)
    place.decided()
    holder = sqlite3.connect(place.folder / ".trimtab/ledger.db", isolation_level=None)
    try:
        holder.execute("begin exclusive")
        done = trimtab("run", cwd=place.folder, first=impatient)
    finally:
        holder.rollback()
        holder.close()
    assert done.returncode == 4
    assert "lock" in done.stderr
    place.verify()


def test_a_full_disk_is_said_and_the_ledger_verifies(place):
    place.write(cases=400)
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000));"
        "sys.argv = ['trimtab', 'run']; from trimtab.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", limited], cwd=place.folder, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 4, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "full" in done.stderr or "disk" in done.stderr
    place.verify()
    assert place.decided()["verdict"] == "pass"  # with room again, it goes on


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("candidates:\n      current", "candidates: {}\n    oops:\n      current"), "candidates"),
        (("organisation:", "organization:"), "organisation"),
        (("file: questions.jsonl", "file: nowhere.jsonl"), "nowhere.jsonl"),
    ],
)
def test_a_broken_policy_is_a_usage_error_with_its_place(place, change, said):
    place.write()
    path = place.folder / "trimtab.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    done = place.trimtab("run")
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr
    assert "trimtab.yaml:" in done.stderr


def test_a_missing_policy_says_how_to_write_one(place):
    done = place.trimtab("run")
    assert done.returncode == 2
    assert "trimtab init" in done.stderr


def test_an_empty_suite_is_a_usage_error(place):
    place.write()
    (place.folder / "planted.jsonl").write_text("", encoding="utf-8")
    done = place.trimtab("run")
    assert done.returncode == 2
    assert "planted.jsonl" in done.stderr


CALLABLE = """\
import os

def ask(prompt: str) -> str:
    if os.environ.get("ENDS"):
        raise SystemExit(0)
    return prompt.removeprefix("say: ") if os.environ.get("LEAKS") else "The answer is unknown."
"""


def with_callable(place, *, retries=4, **options):
    """The second candidate is a function in a file, which can be swapped behind its name."""
    place.write(**options)
    (place.folder / "answers.py").write_text(CALLABLE, encoding="utf-8")
    path = place.folder / "trimtab.yaml"
    text = path.read_text(encoding="utf-8")
    start = text.index("      next: {")
    end = text.index("\n", start)
    text = (
        f'{text[:start]}      next: {{callable: {{target: "answers:ask"}}, limits: {{retries: {retries}}}}}{text[end:]}'
    )
    path.write_text(text, encoding="utf-8")
    place.environment = {**place.environment, "PYTHONPATH": str(place.folder)}


def test_a_suite_or_system_that_ends_the_process_is_no_pass(place):
    with_callable(place, cases=3, retries=0)  # fewer than make it doubtful whether anybody is there
    place.environment = {**place.environment, "ENDS": "1"}
    done = place.trimtab("run", "--require", "next")
    assert done.returncode == 3, done.stdout + done.stderr
    (place.folder / "answers.py").write_text("import sys\nsys.exit(0)\n", encoding="utf-8")
    assert place.trimtab("run", "--fresh").returncode not in (0, 1)


def test_two_runs_on_one_ledger_are_refused_not_mixed(place):
    # The first run ends only once the second was refused, however slow the machine is.
    with endpoint("--latency", "120") as slow:
        place.write(cases=4, url=slow, second=slow, limits="{concurrency: 8, retries: 0, timeout: 110}")
        first = place.start("run", "--quiet")
        while not (place.folder / ".trimtab/replies.db").exists():
            assert first.poll() is None
            time.sleep(0.02)
        second = place.trimtab("run")
        assert first.poll() is None
        first.send_signal(signal.SIGINT)
        _, said = first.communicate(timeout=90)
    assert second.returncode == 4
    assert "another run" in second.stderr
    assert "Traceback" not in said
    place.write(cases=4)
    assert place.trimtab("run").returncode in {0, 3}


def test_a_run_ended_by_its_budget_goes_on_with_the_next(place):
    place.write()
    first = place.decided("--max-calls", "20")
    assert first["verdict"] == "inconclusive"
    second = place.decided()
    assert second["verdict"] == "pass"
    assert second["provenance"]["run"] == first["provenance"]["run"]
    asked = requests(place)
    assert asked.total() == len(asked) <= 160
    assert place.trimtab("report").returncode == 0


def test_a_case_that_was_missing_counts_as_answered_later(place):
    from trimtab.evidence.records import Observation, RunStarted
    from trimtab.kinds import Missing, Score
    from trimtab.workspace.recall import Recalled

    def saw(outcome):
        return Observation(metric="leak", suite="s", case="c", cluster="c", order=0, outcome=outcome)

    started = RunStarted(candidates={}, suites={}, metrics={}, trimtab="0", python="3", machine="m")
    recalled = Recalled(run="r", system="s", policy_digest="p", started=started)
    recalled.take("next", saw(Missing("timeout")))
    assert recalled.recorded() == {}
    recalled.take("next", saw(Score(value=1.0)))
    recalled.take("next", saw(Score(value=0.0)))  # the first score of a case stands
    assert [row.outcome for row in recalled.observations["next"]["leak"]] == [Score(value=1.0)]


def test_a_run_whose_candidate_changed_meanwhile_is_not_gone_on_with(place):
    from trimtab.errors import UsageError
    from trimtab.evidence import Ledger
    from trimtab.evidence.records import Observation, RunStarted, Subject
    from trimtab.kinds import Score
    from trimtab.workspace.recall import recall_run

    started = RunStarted(candidates={}, suites={}, metrics={}, trimtab="0", python="3", machine="m")
    seen = [Observation(metric="leak", suite="s", case=c, cluster=c, order=0, outcome=Score(value=0.0)) for c in "ab"]
    with Ledger.open(place.folder / "mixed.db") as ledger:
        ledger.append([started], subject=Subject(system="bot"), run="r", maker="t", policy="p")
        for artefact, row in zip(("one", "two"), seen, strict=True):
            subject = Subject(system="bot", candidate="next", artefact=artefact)
            ledger.append([row], subject=subject, run="r", maker="t", policy="p")
        with pytest.raises(UsageError, match="two versions"):
            recall_run(ledger, "r")
