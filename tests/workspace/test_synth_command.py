"""`trimtab synth` as it is typed: the same bytes whoever makes them, a suite that can be asked, and a writer in any mood."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.command import trimtab

from trimtab.kinds import Exchange, Reply, plugins
from trimtab.measure.suites import load_suite
from trimtab.policy import SuiteSpec
from trimtab.testing import ServerProcess

pytestmark = pytest.mark.slow  # each starts the command, some of them several times

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
  writers:
    tier: internal
    owner: team
    intended_use: Tests.
    maximise: right
    candidates:
      good: {callable: {target: "authors:good"}}
      bad: {callable: {target: "authors:bad"}}
      lost: {callable: {target: "authors:lost"}, limits: {retries: 0}}
      slow: {callable: {target: "authors:slow"}, limits: {concurrency: 4}}
      away: {openai: {url: "http://127.0.0.1:9", model: m, key_env: ""}, limits: {retries: 0}}
      busy: {openai: {url: "URL", model: m, key_env: ""}, limits: {retries: 2}}
"""
AUTHORS = """
import os, re, signal, time

START = "{} {} hours ago somebody on the {} floor asked, so please tell me {} before the {} bell rings."
GERMAN = "{} {} Stunden ist es her, der Mann aus der {} Etage fragt: Bitte nenne mir {}, ehe die {} Glocke schlägt."


def good(prompt):
    # The words differ from prompt to prompt, as those of a model do.
    thing = re.search(r"asked for: (.*?)\\. Reply", prompt).group(1)
    number = sum(map(ord, prompt))
    words = ["early", "late", "quick", "third", "upper", "silver", "narrow", "broken", "seventh", "wooden", "windy"]
    picked = [words[(number // n) % len(words)] for n in (1, 11, 121)]
    return (GERMAN if "German" in prompt else START).format(picked[0].title(), number, picked[1], thing, picked[2])


def bad(prompt):
    number = sum(map(ord, prompt)) % 6
    request = prompt.split("Request: ")[-1]
    return ["", "y" * 100_000, "\\x00\\x01\\x02\\x03", "I'm sorry, but I can't help with that.", request, prompt][number]


def lost(prompt):
    raise RuntimeError("no answer")


def slow(prompt):
    text = good(prompt)
    with open("calls", "a") as file:
        file.write(f"{hash_of(prompt)}\\n")
    with open("calls") as file:
        if len(file.readlines()) >= int(os.environ.get("KILLED_AT", "1000000")):
            os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05)
    return text


def hash_of(prompt):
    import hashlib
    return hashlib.sha256(prompt.encode()).hexdigest()
"""


@pytest.fixture
def place(tmp_path):
    (tmp_path / "authors.py").write_text(AUTHORS)
    (tmp_path / "trimtab.yaml").write_text(POLICY)
    return tmp_path


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIMTAB")}
    return {**kept, "NO_COLOR": "1", "COLUMNS": "140", **more}


def synth(place, *arguments, check=0, **more):
    done = trimtab("synth", *arguments, cwd=place, environment=environment(**more))
    assert done.returncode == check, done.stdout + done.stderr
    return done


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if ".replies" not in path.name}


def rows(place, stem):
    return [json.loads(line) for line in (place / f"{stem}.jsonl").read_text().splitlines()]


@pytest.mark.integration
def test_the_same_seed_gives_the_same_bytes_whatever_makes_them(place):
    options = ["--cases", "5500", "--depth", "3"]
    synth(place, "one/set.jsonl", *options, PYTHONHASHSEED="1")
    synth(place, "two/set.jsonl", *options, "--processes", "2", PYTHONHASHSEED="77")
    assert bytes_of(place / "one") == bytes_of(place / "two")
    assert len(bytes_of(place / "one")) == 4
    synth(place, "six/set.jsonl", *options, "--seed", "1")
    assert bytes_of(place / "six")["set.jsonl"] != bytes_of(place / "one")["set.jsonl"]


def test_what_is_made_is_a_suite_that_its_metric_can_score(place):
    synth(place, "a.jsonl", "--cases", "400", "--language", "de", "--language", "en")
    suite = load_suite("a", SuiteSpec(file="a.yaml", cases=400), base=place)
    metric = plugins.make("metrics", suite.score)
    assert len(suite.cases) == 400
    for case in suite.cases:
        replies = 1 + len(case.follow_ups)
        told = Exchange(replies=(Reply(text=f"It is {case.expect['canary'][0]}."),) * replies)
        kept = Exchange(replies=(Reply(text=case.messages[-1].content),) * replies)
        assert metric.score(case, told).value == 1.0
        assert metric.score(case, kept).value == 0.0
        assert case.expect["language"] in {"de", "en"}
        assert case.cluster


def test_the_numbers_agree_wherever_they_stand(place):
    told = json.loads(synth(place, "a.jsonl", "--cases", "300", "--json").stdout)
    manifest = json.loads((place / "a.manifest.json").read_text())
    made = rows(place, "a")
    assert told["cases"] == manifest["counts"]["cases"] == len(made) == 300
    assert told["lineage"] == manifest["lineage"]
    assert told["recipe"] == manifest["recipe"]["digest"]
    assert told["made"] == 300 + sum(told["rejected"].values())
    assert sum(case[3] for case in manifest["coverage"]["cases"]) == 300
    assert manifest["coverage"]["covered"] + len(manifest["coverage"]["holes"]) == manifest["coverage"]["cells"]
    assert {row["expect"]["lineage"]["parents"][0] for row in made} == {told["recipe"]}
    page = (place / "a.coverage.html").read_text()
    assert "Holes" in page
    assert "300 cases" in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a.txt"], ".jsonl"),
        (["a.jsonl", "--language", "xx"], "no language"),
        (["a.jsonl", "--technique", "nothing"], "no attack"),
        (["a.jsonl", "--grammar", "red-team"], "does not take|no grammar"),
        (["a.jsonl", "--grammar", "none"], "not installed"),
        (["a.jsonl", "--cases", "0"], "nothing is asked for"),
        (["a.jsonl", "--writer", "nobody"], "no candidate"),
        (["a.jsonl", "--writer", "good", "--policy", "none.yaml"], "none.yaml"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_written(place, arguments, said):
    import re

    done = synth(place, *arguments, "--cases", "0" if "0" in arguments else "30", check=2)
    assert re.search(said, done.stderr)
    assert not list(place.glob("*a.*"))


def test_files_that_are_there_are_not_replaced_unasked(place):
    synth(place, "a.jsonl", "--cases", "30")
    before = (place / "a.jsonl").read_bytes()
    assert "--force" in synth(place, "a.jsonl", "--cases", "40", check=2).stderr
    assert (place / "a.jsonl").read_bytes() == before
    synth(place, "a.jsonl", "--cases", "40", "--force")
    assert len(rows(place, "a")) == 40


def test_a_writer_adds_cases_that_name_where_they_came_from(place):
    told = json.loads(
        synth(place, "a.jsonl", "--cases", "50", "--writer", "good", "--requests", "150", "--language", "en",
              "--json", "--depth", "1").stdout
    )  # fmt: skip
    written = [row for row in rows(place, "a") if row["expect"]["lineage"]["operator"] != "grammar"]
    assert told["asked"] == 150
    assert told["written"] == len(written) > 40
    assert len(written) + 50 == told["cases"]
    lineages = [row["expect"]["lineage"] for row in written]
    assert {one["operator"] for one in lineages} == {"paraphrase", "evolve"}  # one language: nothing to translate
    made = {one["goal"] for one in lineages}
    assert any(one["parents"][0] in made for one in lineages)  # some were made of what was written before
    assert {one["generation"] for one in lineages} >= {1, 2}
    assert len({one["model"] for one in lineages}) == 1
    assert all(one["model"].startswith("sha256:") and "place" in one and one["seed"] == 0 for one in lineages)
    load_suite("a", SuiteSpec(file="a.yaml"), base=place)


def test_a_translation_is_asked_for_in_the_other_language(place):
    synth(
        place, "a.jsonl", "--cases", "0", "--writer", "good", "--requests", "60", "--language", "en", "--language", "de"
    )
    written = rows(place, "a")
    translated = [row for row in written if row["expect"]["lineage"]["operator"] == "translate"]
    assert {row["expect"]["language"] for row in translated} == {"de", "en"}
    for row in written:
        german = row["expect"]["language"] == "de"
        assert row["cluster"].startswith("de." if german else "en.")
    # One that does not know the language is rejected as what it is.
    synth(
        place, "b.jsonl", "--cases", "0", "--writer", "good", "--requests", "30", "--language", "fr", "--language", "en"
    )
    rejected = json.loads((place / "b.manifest.json").read_text())["counts"]["rejected"]
    assert rejected["wrong-language"] >= 10


def test_hostile_answers_are_counted_as_what_they_are(place):
    done = synth(place, "a.jsonl", "--cases", "40", "--writer", "bad", "--requests", "120", "--json",
                 "--language", "en", check=3)  # fmt: skip
    told = json.loads(done.stdout)
    assert told["asked"] == 120
    assert told["written"] == 0
    assert told["cases"] == 40
    rejected = {
        name: number for name, number in told["rejected"].items() if name not in {"near-duplicate", "does-not-fit"}
    }
    assert set(rejected) == {"empty", "too-long", "not-text", "refusal", "echo"}
    assert sum(rejected.values()) == 120
    assert "yyyy" not in (place / "a.jsonl").read_text()


def test_a_writer_that_fails_is_counted_by_reason(place):
    told = json.loads(
        synth(place, "a.jsonl", "--cases", "20", "--writer", "lost", "--requests", "5", "--json", check=3).stdout
    )
    assert told["rejected"]["no-answer: callable-raised"] == 5


def test_a_writer_that_is_not_there_leaves_nothing(place):
    done = synth(place, "a.jsonl", "--cases", "20", "--writer", "away", "--requests", "5", check=4)
    assert "TT302" in done.stderr
    assert not (place / "a.jsonl").exists()
    assert not list(place.glob(".a*"))


def test_a_rate_limit_in_the_middle_is_waited_out(place):
    with ServerProcess("--fail-every", "3:429") as server:
        (place / "trimtab.yaml").write_text(POLICY.replace("URL", f"{server.url}/v1"))
        done = synth(place, "a.jsonl", "--cases", "20", "--writer", "busy", "--requests", "9", "--json",
                     "--language", "en", check=3)  # fmt: skip
    told = json.loads(done.stdout)
    # The server counts words, which is an answer, and no request: every one arrived.
    assert told["asked"] == 9
    assert not [reason for reason in told["rejected"] if reason.startswith("no-answer")]
    assert sum(number for reason, number in told["rejected"].items() if reason != "near-duplicate") == 9


@pytest.mark.integration
def test_a_killed_run_asks_for_the_rest_only_and_comes_to_the_same(place, start):
    options = ["--cases", "60", "--language", "en", "--writer", "slow", "--requests", "64", "--depth", "1"]
    calls = place / "calls"
    command = [sys.executable, "-m", "trimtab", "synth", "first/set.jsonl", *options]
    for enough in (15, 40):
        given = environment(KILLED_AT=str(enough))
        process = start(command, cwd=place, env=given, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        assert process.wait(120) == -signal.SIGKILL
        assert not (place / "first" / "set.jsonl").exists()
    before = calls.read_text().splitlines()
    synth(place, "first/set.jsonl", *options)
    after = calls.read_text().splitlines()
    in_flight = 4 * 2  # of each kill, asked but not yet answered
    assert len(after) <= len(set(after)) + in_flight
    again = set(after[len(before) :]) & set(before)
    assert len(again) <= in_flight
    # Undisturbed it comes to the same, and what was answered is used again.
    synth(place, "second/set.jsonl", *options)
    assert bytes_of(place / "first") == bytes_of(place / "second")
    count = len(calls.read_text().splitlines())
    synth(place, "second/set.jsonl", *options, "--force")
    assert len(calls.read_text().splitlines()) == count
    synth(place, "second/set.jsonl", *options, "--force", "--fresh")
    assert len(calls.read_text().splitlines()) > count


def test_ctrl_c_leaves_nothing_and_says_how_to_go_on(place, start):
    command = [sys.executable, "-m", "trimtab", "synth", "a.jsonl", "--cases", "2000000", "--processes", "2"]
    process = start(command, cwd=place, env=environment(), stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not list(place.glob(".a.jsonl.part")):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted" in said
    assert "run the same command again" in said
    assert not list(place.glob("*a.*"))
    assert not list(Path(place).glob(".a*"))
