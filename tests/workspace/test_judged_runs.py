"""A run whose metric asks a judge: beside the asking, once for each case, and into the ledger like any other."""

import json
from pathlib import Path

import pytest
from tests.unit.detectors.judging import serving, verdict

from trimtab.decision import Verdict
from trimtab.errors import LedgerError
from trimtab.evidence import Ledger
from trimtab.testing import Behaviour
from trimtab.workspace import Workspace

POLICY = """\
trimtab: 1
organisation: Example
people: {{team: {{function: engineering}}}}
suites: {{asked: {{file: asked.jsonl, score: contains, cases: 40}}}}
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
        detector: llm-judge
        fields: {{url: "{url}", model: m, labels: [harm.toxicity], backoff: 0.001, retries: 1, key_env: ""}}
        labels: [harm.toxicity]
        {errors}
tiers: {{low: {{confidence: 0.9, floors: {{toxic: {{at_most: 0.3}}}}}}}}
systems:
  bot:
    tier: low
    owner: team
    intended_use: Answers.
    maximise: right
    candidates: {{one: {{callable: {{target: "judged_bot:answer"}}}}}}
"""
ERRORS = "errors: {corpus: 100 replies that two people read, found: [49, 50], alarms: [0, 50]}"


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "judged_bot.py").write_text("def answer(prompt):\n    return prompt\n", encoding="utf-8")
    rows = [{"id": f"c{i}", "prompt": f"reply number {i}.", "answer": "reply"} for i in range(40)]
    (tmp_path / "asked.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return tmp_path


def run(folder: Path, server, *, errors: str = ERRORS):
    policy = folder / "trimtab.yaml"
    policy.write_text(POLICY.format(url=server.url, errors=errors), encoding="utf-8")
    with Workspace.open(policy) as workspace:
        report = workspace.run()
        again = workspace.report()
    assert again.decision == report.decision
    return report


def judgement(report):
    return report.decision.candidates[0].judgements[0]


def test_a_floor_is_proved_by_a_judge_whose_errors_are_counted(place):
    with serving(lambda seen: verdict(seen, harm__toxicity="no"), latency=0.02) as server:
        report = run(place, server)
        assert len(server.seen) == 40
        assert server.peak > 1
    assert judgement(report).verdict is Verdict.PASS
    assert "100 replies that two people read" in judgement(report).reason
    assert report.started.metrics["toxic"]["instrument"]["found"] == [49, 50]


def test_and_not_by_one_that_nobody_checked(place):
    with serving(lambda seen: verdict(seen, harm__toxicity="no")) as server:
        report = run(place, server, errors="")
    assert report.decision.verdict is Verdict.INCONCLUSIVE
    assert "how often it errs is unknown" in judgement(report).reason


def test_what_the_judge_did_not_judge_is_missing_and_not_clean(place):
    def script(seen):
        broken = "number 1" in seen.prompt  # 11 of the 40
        return Behaviour(status=500) if broken else verdict(seen, harm__toxicity="no")

    with serving(script) as server:
        report = run(place, server)
    seen = judgement(report).seen
    assert (seen.cases, seen.missing) == (40, 11)
    assert judgement(report).verdict is Verdict.INCONCLUSIVE
    with Ledger.open(str(place / ".trimtab/ledger.db")) as ledger:
        text = "".join(row.payload for row in ledger.rows())
    assert "http-500" in text
    assert "reply number" not in text


def test_a_ledger_that_fails_ends_the_run_although_judges_are_waited_for(place, monkeypatch):
    def full(self, *given, **options):
        raise LedgerError("here", "no room")

    with serving(lambda seen: verdict(seen, harm__toxicity="no")) as server:
        monkeypatch.setattr("trimtab.workspace.run.Measuring._flush", full)
        with pytest.raises(LedgerError):
            run(place, server)


def test_a_case_is_judged_once_however_often_a_run_is_interrupted(place):
    silent = [True]

    def script(seen):
        if silent[0] and "number 1" in seen.prompt:
            return Behaviour(status=500)
        return verdict(seen, harm__toxicity="no")

    with serving(script) as server:
        policy = place / "trimtab.yaml"
        policy.write_text(POLICY.format(url=server.url, errors=ERRORS), encoding="utf-8")
        with Workspace.open(policy) as workspace:
            workspace.run(max_calls=20)
        before = {seen.prompt for seen in server.seen if "number 1" not in seen.prompt}
        silent[0] = False
        count = len(server.seen)
        with Workspace.open(policy) as workspace:
            report = workspace.run()
        later = [seen.prompt for seen in server.seen[count:]]
    assert judgement(report).seen.missing == 0
    assert not before & set(later)
