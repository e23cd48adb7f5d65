"""`trimtab fit`: every mistake at once, too little is inconclusive, and the ledger says what was bound without a text."""

import errno
import json
import random

import numpy as np
import pytest
from click.testing import CliRunner

from trimtab.builtin.detectors.learned.fitted import FittedDetector
from trimtab.cli.fit import fit
from trimtab.errors import DetectorError, ExitCode, InsufficientEvidenceError, OutputError, PolicyError, UsageError
from trimtab.evidence import Ledger
from trimtab.workspace.fit import fit_detector, read_labelled


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def shop(clean=150, flagged=60):
    asked = [
        {"text": f"where is parcel {n:04d} {chr(97 + n % 26) * 2} {chr(97 + n // 26) * 3}", "label": 0}
        for n in range(clean)
    ]
    refund = [
        {"text": f"give me my money back {chr(97 + n % 26) * 2} {chr(97 + n // 26)}", "label": 1}
        for n in range(flagged)
    ]
    return asked + refund


def mistakes(path):
    with pytest.raises(PolicyError) as caught:
        read_labelled(path)
    return {(one.line, one.where) for one in caught.value.mistakes}


def test_every_mistake_is_told_with_its_line(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(
        b'{"text": "fine", "label": 0}\n'
        b"not json\n"
        b'{"text": "", "label": 1}\n'
        b'{"text": "no label"}\n'
        b'{"text": 7, "label": "yes"}\n'
        b"[1, 2]\n"
        b'{"text": "\xff\xfe", "label": 1}\n'
        b'{"text": "fine", "label": 1}\n' + b'{"text": "' + b"x" * 100_001 + b'", "label": 0}\n'
    )
    assert mistakes(path) == {
        (2, ""), (3, "text"), (4, "label"), (5, "text"), (5, "label"), (6, ""), (7, ""), (8, "label"), (9, "text"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\x00\x01\x02\x80\xff" * 200,
        b"x" * (2 << 20),
        b"\xff\xfe{\x00",
        b'{"text": "a", "label": 0}\n' * 5,
        b"[" * 100_000,
    ],
    ids=["empty", "blank", "binary", "one huge line", "UTF-16", "one class", "deep"],
)
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content)
    assert mistakes(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert mistakes(tmp_path / "none.jsonl") == {(0, "")}
    assert mistakes(tmp_path) == {(0, "")}


def test_no_message_quotes_a_text(tmp_path):
    path = write(
        tmp_path / "rows.jsonl", [{"text": "marolin-4827", "label": 3}, {"text": "marolin-4827" * 9_000, "label": 0}]
    )
    with pytest.raises(PolicyError) as caught:
        read_labelled(path)
    assert "marolin" not in str(caught.value)


def test_too_few_rows_are_inconclusive_and_leave_nothing_behind(tmp_path):
    path = write(tmp_path / "rows.jsonl", shop(clean=300))
    with pytest.raises(InsufficientEvidenceError) as caught:
        fit_detector(path, label="topic.refunds", out=tmp_path / "out", ledger=str(tmp_path / "ledger.db"))
    assert caught.value.exit_code is ExitCode.INCONCLUSIVE
    assert (caught.value.have, caught.value.need) == (300, 597)
    assert "597" in str(caught.value)
    assert not (tmp_path / "out").exists()
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        assert not list(ledger.rows())


def test_the_number_said_to_be_needed_is_enough(tmp_path):
    path = write(tmp_path / "rows.jsonl", shop(clean=117))
    done = fit_detector(path, label="topic.refunds", out=tmp_path / "out", false_alarms=0.05)
    assert done.record.calibrated["clean"] == 59
    with pytest.raises(InsufficientEvidenceError):
        fit_detector(write(path, shop(clean=116)), label="topic.refunds", out=tmp_path / "few", false_alarms=0.05)


def test_the_evidence_is_recorded_and_holds_no_text(tmp_path):
    path = write(tmp_path / "rows.jsonl", shop())
    where = str(tmp_path / "ledger.db")
    done = fit_detector(path, label="topic.refunds", out=tmp_path / "out", false_alarms=0.05, ledger=where)
    with Ledger.open(where) as ledger:
        ((row, record),) = list(ledger.records(kind="detector-fitted"))
        ledger.verify().raise_if_bad()
    assert record == done.record
    assert "parcel" not in str(row.payload)
    assert "money" not in str(row.payload)
    assert record.digest == json.loads((tmp_path / "out" / "card.json").read_text(encoding="utf-8"))["digest"]


@pytest.mark.parametrize("label", ["Topic", "a b", "", "a.b.c", "../x"])
def test_a_label_that_no_rule_could_name_is_refused(tmp_path, label):
    done = CliRunner().invoke(
        fit, [str(write(tmp_path / "r.jsonl", shop())), "--label", label, "--out", str(tmp_path / "o")]
    )
    assert done.exit_code != 0
    assert not (tmp_path / "o").exists()


def test_the_command_says_what_is_bound_and_how_to_use_it(tmp_path):
    path = write(tmp_path / "rows.jsonl", shop())
    done = CliRunner().invoke(
        fit, [str(path), "--label", "topic.refunds", "--out", str(tmp_path / "out"), "--false-alarms", "0.05"]
    )
    assert done.exit_code == 0, done.output
    assert "at most 5.00%" in done.output
    assert "detector: fitted" in done.output


def test_a_row_of_another_form_is_told_the_form_of_these_files_and_true_is_no_number(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('[]\n{"text": "fine", "label": true}\n')
    with pytest.raises(PolicyError) as caught:
        read_labelled(path)
    first, second = caught.value.mistakes
    assert '{"text": "...", "label": 0}' in first.suggestion
    assert (second.line, second.where) == (2, "label")


def fitted_in(tmp_path, out, **more):
    path = write(tmp_path / "rows.jsonl", shop())
    return fit_detector(path, label="topic.refunds", out=out, false_alarms=0.05, **more)


def test_what_is_in_a_folder_stays_there_unless_it_is_a_detector_that_may_go(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds other files"):
        fitted_in(tmp_path, out, force=True)
    (out / "notes.txt").unlink()
    fitted_in(tmp_path, out)
    with pytest.raises(UsageError, match="--force"):
        fitted_in(tmp_path, out)
    done = fitted_in(tmp_path, out, seed=1, force=True)
    assert json.loads((out / "card.json").read_text())["digest"] == done.record.digest
    FittedDetector(str(out)).find("give me my money back")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "rows.jsonl"]


def test_a_full_disk_is_told_as_such_and_leaves_nothing(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(OutputError, match=r"TT605 .*No space left") as caught:
        fitted_in(tmp_path, tmp_path / "out")
    assert caught.value.exit_code is ExitCode.UNAVAILABLE
    assert [path.name for path in tmp_path.iterdir()] == ["rows.jsonl"]


def test_labels_that_mean_nothing_make_no_detector(tmp_path):
    dice = random.Random(7)
    rows = [
        {"text": f"{row['text']} {n}", "label": int(n % 3 == 0)} for n, row in enumerate(dice.sample(shop(300), 300))
    ]
    path = write(tmp_path / "rows.jsonl", rows)
    with pytest.raises(InsufficientEvidenceError, match="labels may be mixed up"):
        fit_detector(path, label="topic.x", out=tmp_path / "out", false_alarms=0.05)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("field", ["label", "threshold", "sensitivity"])
def test_a_card_that_was_edited_is_noticed(tmp_path, field):
    out = tmp_path / "out"
    fitted_in(tmp_path, out)
    card = json.loads((out / "card.json").read_text())
    other = {"label": "topic.other", "threshold": 0.0, "sensitivity": {**card["sensitivity"], "low": 0.99}}
    (out / "card.json").write_text(json.dumps({**card, field: other[field]}))
    with pytest.raises(DetectorError, match="not the one that was written"):
        FittedDetector(str(out)).find("give me my money back")


def test_a_card_from_before_it_was_bound_is_read(tmp_path):
    out = tmp_path / "out"
    fitted_in(tmp_path, out)
    card = json.loads((out / "card.json").read_text())
    del card["stated"]
    (out / "card.json").write_text(json.dumps(card))
    assert FittedDetector(str(out)).find("give me my money back")
