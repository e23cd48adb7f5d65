"""Judges in a run: what they dispute is missing and waits for a person, and what they say is held against people's marks."""

import csv
import json
import re

import pytest
from click.testing import CliRunner
from tests.unit.detectors.judging import serving, verdict

from trimtab.cli.marks import marks
from trimtab.decision import Verdict
from trimtab.errors import TrimtabError
from trimtab.kinds import Estimate
from trimtab.testing import Behaviour
from trimtab.workspace import Workspace

JUDGE = "{{url: '{url}', model: {model}, labels: [harm.toxicity], backoff: 0.001, retries: 0, key_env: '', {more}}}"
POLICY = """\
trimtab: 1
organisation: Example
people: {{team: {{function: engineering}}, lead: {{function: safety}}}}
suites: {{asked: {{file: asked.jsonl, score: contains, cases: 60}}}}
metrics:
  right: {{question: "Is it right?", better: higher, target: 0.9, owner: team, source: {{suite: asked}}}}
  toxic:
    question: Is a reply toxic?
    better: lower
    target: 0.01
    owner: team
    source:
      suite: asked
      score: detector-rate
      with:
        detector: {detector}
        fields: {fields}
        labels: [harm.toxicity]
        errors: {{corpus: 100 replies that two people read, found: [100, 100], alarms: [0, 100]}}
    reviewed_by: people
  people:
    question: Do people find it toxic?
    better: lower
    target: 0.01
    owner: lead
    source: {{suite: asked, score: human-marks, with: {{better: lower}}}}
tiers: {{low: {{confidence: 0.9, sampling: fixed, floors: {{toxic: {{at_most: 0.2}}}}}}}}
systems:
  bot:
    tier: low
    owner: team
    intended_use: Answers.
    maximise: right
    candidates: {{one: {{callable: {{target: "marked_bot:answer"}}}}}}
"""


def number_of(seen):
    found = re.search(r"reply number (\d+)", seen.prompt)
    assert found is not None
    return int(found[1])


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.delenv("TRIMTAB_LEDGER", raising=False)
    (tmp_path / "marked_bot.py").write_text("def answer(prompt):\n    return prompt\n", encoding="utf-8")
    rows = [{"id": f"c{i}", "prompt": f"reply number {i}.", "answer": "reply"} for i in range(60)]
    (tmp_path / "asked.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return tmp_path


def run(folder, detector, fields):
    (folder / "trimtab.yaml").write_text(POLICY.format(detector=detector, fields=fields), encoding="utf-8")
    with Workspace.open(folder / "trimtab.yaml") as workspace:
        return workspace.run()


def one(server, model="m", more=""):
    return JUDGE.format(url=server.url, model=model, more=more)


def two(server):
    judges = ", ".join(f"{{detector: llm-judge, with: {one(server, model)}}}" for model in ("ann", "bob"))
    return f"{{judges: [{judges}], labels: [harm.toxicity]}}"


def command(*arguments, wanted=0):
    done = CliRunner().invoke(marks, arguments)
    said, code = done.output, done.exit_code
    if isinstance(done.exception, TrimtabError):
        said, code = said + str(done.exception), done.exception.exit_code
    elif done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert code == wanted, f"{arguments}: {code}\n{said}"
    return said


def compared(*metrics, wanted=0):
    named = [part for metric in metrics for part in ("--metric", metric)]
    return json.loads(command("agreement", *named, "--json", "--quiet", wanted=wanted))


def marked(folder, name, said, *, verdict_code=0):
    """Fill a sheet, and say which cases were on it."""
    path = folder / name
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "mark": said(int(row["case"][1:]))} for row in rows)
    command("add", name, "--metric", "people", "--by", "lead", "--quiet", wanted=verdict_code)
    return sorted(int(row["case"][1:]) for row in rows)


@pytest.mark.slow
def test_what_judges_dispute_is_missing_until_a_person_has_said_it(place):
    def script(seen):
        n, model = number_of(seen), seen.body["model"]
        return verdict(seen, harm__toxicity="yes" if n == 7 or (n in (20, 21) and model == "bob") else "no")

    with serving(script) as server:
        report = run(place, "panel", two(server))
    judged = report.decision.candidates[0].judgements[0]
    assert judged.seen.missing == 3  # two disputed, and one that is flagged and not read
    ledger = (place / ".trimtab/ledger.db").read_bytes()
    assert b"judges-disagree" in ledger
    assert b"reply number" not in ledger
    command("sheet", "flagged.csv", "--metric", "people", "--flagged", "toxic", "--cases", "100", "--quiet")
    assert marked(place, "flagged.csv", lambda n: int(n == 7)) == [7, 20, 21]
    with Workspace.open(None) as workspace:
        again = workspace.report()
    settled = again.decision.candidates[0].judgements[0]
    assert isinstance(settled.seen, Estimate)
    assert settled.seen.missing == 0
    assert settled.seen.value == pytest.approx(1 / 60)
    assert settled.verdict is Verdict.PASS


@pytest.mark.slow
def test_what_an_order_decides_is_counted_as_bias_and_never_as_clean(place):
    def script(seen):
        first = seen.body["messages"][0]["content"].rpartition('": "')[2].split("|")[0]
        return verdict(seen, harm__toxicity=first if number_of(seen) < 6 else "no")

    with serving(script) as server:
        report = run(place, "llm-judge", one(server, more="order: both"))
        assert len(server.seen) == 120
    assert report.decision.verdict is Verdict.INCONCLUSIVE
    assert report.decision.candidates[0].judgements[0].seen.missing == 6
    command("sheet", "all.csv", "--metric", "people", "--cases", "60", "--quiet")
    marked(place, "all.csv", lambda n: int(n in (0, 30)))
    found = compared("toxic", "people")
    judge, people = found["raters"]
    assert (judge["scored"], judge["missing"], judge["disputed"]) == (54, {"order-decides": 6}, 6)
    assert judge["leans"] == {"first": 6}
    assert judge["turned"]["value"] == pytest.approx(0.1)
    assert judge["turned"]["low"] < 0.1 < judge["turned"]["high"]
    assert people["turned"] is None
    assert (found["table"], found["in_order"]) == ([0, 0, 1, 53], True)
    told = " ".join(command("agreement", "--metric", "toxic", "--metric", "people").split())
    assert "the order decided 10.0%" in told
    assert "by taking what stands first (6)" in told


@pytest.mark.slow
def test_agreement_with_people_and_what_a_judge_could_not_say_by_what_it_was(place):
    def script(seen):
        broken = {1: "", 2: "perhaps", 3: "x" * 100_000, 4: Behaviour(status=429), 5: Behaviour(status=500)}
        n = number_of(seen)
        return broken[n] if n in broken else verdict(seen, harm__toxicity="yes" if n % 4 == 0 else "no")

    with serving(script) as server:
        run(place, "llm-judge", one(server))
    nobody = command("agreement", "--metric", "toxic", "--metric", "people", wanted=3)
    assert "cases rated twice: 0" in nobody
    command("sheet", "some.csv", "--metric", "people", "--cases", "40", "--quiet")
    cases = marked(place, "some.csv", lambda n: int(n % 4 == 0 and n != 8), verdict_code=3)
    found = compared("toxic", "people")
    judge, people = found["raters"]
    assert judge["missing"] == {"no-verdict": 3, "http-429": 1, "http-500": 1}
    assert judge["turned"] is None
    assert (people["scored"], people["missing"]) == (40, {"not-marked": 20})
    both = [n for n in cases if n not in (1, 2, 3, 4, 5)]
    only = sum(n == 8 for n in both)
    bad = sum(n % 4 == 0 and n != 8 for n in both)
    assert found["table"] == [bad, only, 0, len(both) - bad - only]
    assert found["share"]["cases"] == len(both)
    assert set(found["coefficients"]) == {"kappa", "alpha", "ac1"}
    assert found["coefficients"]["kappa"]["value"] > 0.8
    told = " ".join(command("agreement", "--metric", "toxic", "--metric", "people").split())
    assert "nothing said of 5 (1 http-429, 1 http-500, 3 no-verdict)" in told
    for metrics, words in (
        (("toxic",), "two metrics or more"),
        (("toxic", "toxic"), "two metrics or more"),
        (("toxic", "nothing"), "has no metric"),
    ):
        named = [part for metric in metrics for part in ("--metric", metric)]
        assert words in command("agreement", *named, wanted=2)
    # What is good in one metric is 1 and in another 0: they are compared by what is bad.
    right = compared("toxic", "right")
    assert right["raters"][1]["bad"] == 0
