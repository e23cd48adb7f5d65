"""`trimtab calibrate`: every mistake at once, none shown is inconclusive, and the ledger says what was promised."""

import json
import re
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from trimtab.cli.calibrate import calibrate
from trimtab.errors import ExitCode, PolicyError, UsageError
from trimtab.evidence import Ledger, Observation, RunStarted, Subject
from trimtab.evidence.records import Calibrated
from trimtab.kinds import Missing, Score
from trimtab.workspace.calibrate import answers_of_run, calibrate_answers, calibrate_detector, read_answers


def marked(path, count=1000, wrong=0.3):
    """Answers of which the unsure ones are often wrong and the sure ones are not."""
    generator = np.random.default_rng(7)
    sure = generator.random(count)
    right = generator.random(count) > wrong * (1.0 - sure) ** 2 * 3
    rows = [{"confidence": round(float(c), 3), "correct": int(r)} for c, r in zip(sure, right, strict=True)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def run(*given):
    return CliRunner().invoke(calibrate, [str(one) for one in given])


def test_every_mistake_is_told_with_its_line(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"confidence": 0.5, "correct": 1}\n{"confidence": 1.5, "correct": 1}\n{"confidence": "high", "correct": 0}\n'
        '{"confidence": 0.4}\n{"confidence": 0.4, "correct": "perhaps"}\nnot json\n{"correct": true}\n',
        encoding="utf-8",
    )
    with pytest.raises(PolicyError) as caught:
        read_answers(path)
    places = {(one.line, one.where) for one in caught.value.mistakes}
    assert places == {(2, "confidence"), (3, "confidence"), (4, "correct"), (5, "correct"), (6, "")}


@pytest.mark.parametrize("content", ["", "\n\n", "a;b\n1;2\n", "[1]"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.txt"])
def test_a_file_of_another_kind_is_refused(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(PolicyError):
        read_answers(path)


def test_csv_and_jsonl_say_the_same(tmp_path):
    rows = [(0.5, "yes"), ("", "0"), (1, "TRUE")]
    path = tmp_path / "a.csv"
    path.write_text("confidence,correct\n" + "".join(f"{c},{r}\n" for c, r in rows), encoding="utf-8")
    assert list(read_answers(path).answers) == [(0.5, True), (None, False), (1.0, True)]


def test_the_command_says_what_to_write_and_what_it_costs(tmp_path):
    path, ledger = marked(tmp_path / "a.jsonl"), tmp_path / "e.db"
    done = run("answers", path, "--error", 0.1, "--hourly", 60, "--minutes", 3, "--ledger", ledger)
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "at most 10% of those are wrong, at 95% confidence" in said
    line = re.search(r"confidence: \{at_least: ([\d.]+), from: logprobs\}", said)
    assert line
    with Ledger.open(ledger) as opened:
        ((_, record),) = list(opened.records(kind="calibrated"))
        opened.verify().raise_if_bad()
    assert isinstance(record, Calibrated)
    assert record.threshold is not None
    assert record.threshold == float(line[1])
    assert record.seen["given"] == sum((sure or 0.0) >= record.threshold for sure, _ in read_answers(path).answers)


def test_the_line_is_one_that_the_policy_takes(tmp_path):
    import yaml

    from trimtab.policy import GuardSpec

    done = json.loads(run("answers", marked(tmp_path / "a.jsonl"), "--error", 0.1, "--json").output)
    spec = GuardSpec.model_validate(yaml.safe_load(done["policy"]))
    assert spec.confidence is not None
    assert spec.confidence.at_least == done["threshold"]


def test_figures_add_up(tmp_path):
    done = json.loads(run("answers", marked(tmp_path / "a.jsonl"), "--error", 0.1, "--json").output)
    seen = done["seen"]
    assert done["coverage"] == pytest.approx(seen["given"] / 1000)
    assert done["load"]["share"] == pytest.approx(1.0 - done["coverage"])
    assert done["load"]["hours"] == pytest.approx(1000 * 2 / 60 * (1.0 - done["coverage"]))
    assert set(done["recalibrations"]) == {"as given", "temperature", "sigmoid", "isotonic"}


def test_nothing_shown_is_inconclusive_and_everything_goes_to_a_person(tmp_path):
    done = run("answers", marked(tmp_path / "a.jsonl", count=50), "--error", 0.01, "--json")
    assert done.exit_code == ExitCode.INCONCLUSIVE
    data = json.loads(done.output)
    assert (data["threshold"], data["policy"], data["coverage"]) == (None, "", 0.0)


def test_answers_without_a_confidence_are_never_given(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"correct": 1}\n' * 500, encoding="utf-8")
    done = calibrate_answers(read_answers(path), error=0.1)
    assert done.release is None
    assert done.reliability is None
    assert len(done.deferred) == 500


def test_a_page_is_written_that_asks_for_nothing(tmp_path):
    done = run("answers", marked(tmp_path / "a.jsonl"), "--error", 0.1, "--out", tmp_path / "sub" / "page.html")
    assert done.exit_code == 0
    page = (tmp_path / "sub" / "page.html").read_text(encoding="utf-8")
    assert page.count("<circle") == 10
    assert page.count('scope="row"') == 10 + 4
    assert not re.search(r"https?://|<script|src=", page)
    assert "at_least" in page


# -- from a run ------------------------------------------------------------------------------------


def recorded(ledger, *, sure=(0.9, 0.8, None, 0.7), cluster=1, planned=4, sampling="fixed"):
    facts = {"suite": "s", "plugin": "p", "version": "1", "unit": "ratio"}
    started = RunStarted(
        candidates={"c": "x"}, suites={"s": {"cases": planned}}, machine="", sampling=sampling, python="", trimtab="",
        metrics={"sure": {**facts, "shape": "mean", "better": "higher"}, "right": {**facts, "shape": "rate", "better": "higher"}},
    )  # fmt: skip
    rows = []
    for n, one in enumerate(sure):
        place: dict[str, Any] = {"suite": "s", "case": f"c{n}", "cluster": f"k{n // cluster}", "order": n}
        rows.append(Observation(metric="sure", outcome=Missing("x") if one is None else Score(value=one), **place))
        rows.append(Observation(metric="right", outcome=Score(value=float(n != 1)), **place))
    bot = Subject(system="bot", candidate="c", artefact="a")
    with Ledger.open(ledger) as opened:
        opened.append([started], subject=Subject(system="bot"), run="r", maker="t", policy="p")
        opened.append(rows, subject=bot, run="r", maker="t", policy="p", durable=True)


def test_answers_of_a_run_that_recorded_a_confidence(tmp_path):
    recorded(tmp_path / "e.db")
    with Ledger.open(tmp_path / "e.db") as ledger:
        found = answers_of_run(ledger, "r", candidate="c", confidence="sure", correct="right")
        assert list(found.answers) == [(0.9, True), (0.8, False), (None, True), (0.7, True)]
        with pytest.raises(UsageError, match="holds no 'tone'"):
            answers_of_run(ledger, "r", candidate="c", confidence="tone", correct="right")
    done = run("answers", "--run", "r", "--candidate", "c", "--sure", "sure", "--right", "right", "--error", 0.1, "--ledger", tmp_path / "e.db")  # fmt: skip
    assert done.exit_code == ExitCode.INCONCLUSIVE, done.output


def test_a_run_that_stopped_when_it_knew_enough_is_no_sample(tmp_path):
    """It stopped because of what it saw, so a threshold found on it would be bounded by luck."""
    recorded(tmp_path / "e.db", planned=9, sampling="sequential")
    with Ledger.open(tmp_path / "e.db") as ledger, pytest.raises(UsageError, match="stopped early"):
        answers_of_run(ledger, "r", candidate="c", confidence="sure", correct="right")
    recorded(tmp_path / "whole.db", planned=4, sampling="sequential")
    with Ledger.open(tmp_path / "whole.db") as ledger:
        assert len(answers_of_run(ledger, "r", candidate="c", confidence="sure", correct="right").answers) == 4


def test_variants_of_one_question_count_once(tmp_path):
    recorded(tmp_path / "e.db", cluster=2)
    with Ledger.open(tmp_path / "e.db") as ledger:
        found = answers_of_run(ledger, "r", candidate="c", confidence="sure", correct="right")
    assert list(found.answers) == [(0.9, True), (None, True)]


# -- detectors -------------------------------------------------------------------------------------


def test_a_threshold_for_scores(tmp_path):
    path = tmp_path / "s.csv"
    rows = [(0.9, 1)] * 200 + [(0.3, 0)] * 300 + [(0.8, 0)] * 2
    path.write_text("score,bad\n" + "".join(f"{s},{b}\n" for s, b in rows), encoding="utf-8")
    done = run("detector", path, "--misses", 0.05, "--false-alarms", 0.05, "--ledger", tmp_path / "e.db")
    assert done.exit_code == 0, done.output
    assert "threshold: 0.31" in done.output
    assert "2 of 302" in " ".join(done.output.split())
    assert run("detector", path, "--misses", 0.0001).exit_code == ExitCode.INCONCLUSIVE
    with pytest.raises(UsageError):
        calibrate_detector(path)


def test_a_detector_looks_at_the_texts_itself(tmp_path):
    path = tmp_path / "t.jsonl"
    texts = [{"text": f"write to a{n}@example.org", "bad": 1} for n in range(80)] + [{"text": f"number {n}", "bad": 0} for n in range(80)]  # fmt: skip
    path.write_text("".join(json.dumps(one) + "\n" for one in texts), encoding="utf-8")
    done = calibrate_detector(path, misses=0.05, detector="patterns", labels=("personal",))
    assert done.cutoff is not None
    assert (done.cutoff.missed, done.cutoff.bad, done.cutoff.flagged) == (0, 80, 0)
    assert done.record.detector.startswith("patterns/")


SURE = """
  sureness:
    {{question: "How sure is it?", better: higher, target: 0.9, owner: team, source: {{suite: questions, score: confidence}}}}"""


@pytest.mark.slow
def test_a_run_with_log_probabilities_is_calibrated_from_the_ledger(place, monkeypatch):
    from tests.workspace import conftest

    asked = "source: {{suite: questions}}}}"
    monkeypatch.setattr(conftest, "POLICY", conftest.POLICY.replace(asked, asked + SURE, 1))
    place.write(cases=150)
    assert place.decided()["candidates"][0]["estimates"]["sureness"]["cases"] == 150
    given = ("--candidate", "current", "--sure", "sureness", "--right", "accuracy", "--error", "0.1")
    done = place.trimtab("calibrate", "answers", "--run", "latest", *given)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "of 150 answers" in " ".join(done.stdout.split())
    place.verify()
