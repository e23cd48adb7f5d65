"""`trimtab ledger`: what it prints, and what it returns."""

import re
import shutil
import sqlite3

import orjson
import pytest
from click.testing import CliRunner
from tests.unit.evidence.ledgers import small_ledger

from trimtab.cli.ledger import ledger
from trimtab.errors import LedgerAlteredError, LedgerError, UsageError
from trimtab.evidence import parse_note


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return small_ledger(tmp_path_factory.mktemp("original") / "ledger.db")


@pytest.fixture
def call(original, tmp_path, monkeypatch):
    """Calls the command on a ledger in the usual place below the current folder."""
    (tmp_path / ".trimtab").mkdir()
    shutil.copy(original, tmp_path / ".trimtab" / "ledger.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRIMTAB_LEDGER", raising=False)

    def run(*arguments, ends=0):
        done = CliRunner().invoke(ledger, list(arguments), standalone_mode=False)
        if done.exception is not None:
            raise done.exception
        assert (done.return_value or 0) == ends
        return done

    return run


def alter():
    database = sqlite3.connect(".trimtab/ledger.db", isolation_level=None)
    database.execute("DROP TRIGGER evidence_no_update")
    database.execute("UPDATE evidence SET payload = '{}' WHERE seq = 5")
    database.close()


def test_an_intact_ledger(call):
    done = call("verify")
    assert "intact" in done.stdout
    assert "9 rows" in done.stdout
    found = orjson.loads(call("verify", "--json").stdout)
    assert (found["ok"], found["rows"], found["problems"]) == (True, 9, [])
    assert call("verify", "--quiet").output == ""


def test_an_altered_ledger_names_the_row_and_fails(call):
    alter()
    assert "TT402" in call("verify", "--quiet", ends=1).stderr
    assert "row 5" in call("verify", ends=1).stderr
    done = CliRunner().invoke(ledger, ["verify"], standalone_mode=False)
    assert "altered" in done.stdout
    assert "row 5: its hash" in done.stdout
    found = orjson.loads(CliRunner().invoke(ledger, ["verify", "--json"], standalone_mode=False).stdout)
    assert found["problems"][0] == {"part": "row", "seq": 5, "what": "its hash is not that of its contents"}


def test_the_place_comes_from_the_option_the_environment_or_the_folder(call, tmp_path, monkeypatch):
    (tmp_path / ".trimtab" / "ledger.db").rename("elsewhere.db")
    with pytest.raises(LedgerError, match=r"\.trimtab/ledger\.db: does not exist"):
        call("verify")
    assert "intact" in call("verify", "--ledger", "elsewhere.db").stdout
    monkeypatch.setenv("TRIMTAB_LEDGER", "elsewhere.db")
    assert "intact" in call("verify").stdout


def test_a_checkpoint_is_a_note_that_is_verified_later(call, tmp_path):
    note = call("checkpoint", "--origin", "example.org/assistant").stdout
    assert note.startswith("example.org/assistant\n9\n")
    (tmp_path / "note.txt").write_text(note)
    head = parse_note(note)
    assert "1 heads kept" not in call("verify").stdout
    for kept in ("note.txt", f"9:{head.root.hex()}", ":".join(note.split("\n")[1:3])):
        assert "intact" in call("verify", "--expect", kept).stdout
    assert "head" in call("verify", "--expect", "9:" + "00" * 32, ends=1).stderr
    longer = f"10:{head.root.hex()}"
    assert "removed at the end" in call("verify", "--expect", "note.txt", "--expect", longer, ends=1).stderr
    for wrong in ("nonsense", "9", ".trimtab/ledger.db"):
        with pytest.raises(UsageError):
            call("verify", "--expect", wrong)
    data = orjson.loads(call("checkpoint", "--json").stdout)
    assert data["size"] == 9
    assert data["origin"].startswith("trimtab-ledger/")


def test_no_note_vouches_for_a_ledger_that_does_not_verify(call):
    alter()
    with pytest.raises(LedgerAlteredError, match="row 5"):
        call("checkpoint")


def test_runs_and_rows_are_shown(call):
    done = call("show").stdout
    assert done.index("run-2") < done.index("run-1")
    assert "inconclusive" in done
    assert "unfinished" in done
    shown = call("show", "--run", "run-1", "--limit", "3").stdout
    assert "case-0:" in shown
    assert "0.25" in shown
    rows = orjson.loads(call("show", "--kind", "observation", "--json").stdout)
    assert [row["seq"] for row in rows] == [2, 3, 4, 5, 6]
    assert rows[0]["payload"]["value"] == 0.25
    first = call("show", "--run", "run-1", "--limit", "2")
    assert "--after 2" in first.stderr
    assert [row["seq"] for row in orjson.loads(call("show", "--after", "7", "--json").stdout)] == [8, 9]
    assert "No such rows" in call("show", "--run", "none").stdout
    assert [run["run"] for run in orjson.loads(call("show", "--json").stdout)] == ["run-2", "run-1"]


def test_rows_stand_under_their_run_and_say_what_they_hold_in_words(call, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    shown = call("show", "--after", "1", "--limit", "50").stdout
    headings = [line for line in shown.splitlines() if ", run run-" in line]
    assert {line.partition(" run ")[2] for line in headings} == {"run-1", "run-2"}
    assert all(re.match(r"\d{4}-\d\d-\d\d, ", line) for line in headings)
    assert len(set(headings)) == len(headings)
    assert "ship none" in shown
    assert "calls" in shown
    assert max(map(len, shown.splitlines())) <= 80
    words = call("show").stdout
    assert "inconclusive" in words
    assert "…" not in words


def test_an_altered_ledger_is_still_shown_with_a_warning(call, monkeypatch):
    assert call("show").stderr == ""
    alter()
    assert "altered?" in call("show", "--kind", "observation").stdout.replace("\n", " ")
    for arguments in ([], ["--kind", "observation"], ["--run", "run-1"], ["--json"]):
        said = " ".join(call("show", *arguments).stderr.split())
        assert "TT402 this ledger does not verify (row 5" in said
    monkeypatch.setattr("trimtab.cli.ledger._QUICK", 8)
    assert "9 rows were not verified" in call("show").stderr


def test_a_file_that_cannot_be_read_is_neither_intact_nor_altered(call, tmp_path):
    path = tmp_path / ".trimtab" / "ledger.db"
    data = path.read_bytes()
    for damaged in (data[:4096] + b"\xff" * (len(data) - 4096), data[:5000], b"hello hello", b"\xff" * 5000):
        path.write_bytes(damaged)
        for command in ("verify", "show"):
            with pytest.raises(LedgerError) as caught:
                call(command)
            assert caught.value.exit_code == 4
            assert "0 rows" not in str(caught.value)


def test_nothing_is_decided_on_an_altered_ledger_so_it_is_unavailable_and_no_failed_model():
    assert LedgerAlteredError("ledger.db", 5, "is not what it was").exit_code == 4


def test_an_empty_ledger_has_no_runs(call, tmp_path):
    from trimtab.evidence import Ledger

    Ledger.open("empty.db").close()
    assert "No runs yet" in call("show", "--ledger", "empty.db").stdout
    assert "intact" in call("verify", "--ledger", "empty.db").stdout
    with pytest.raises(LedgerError, match="empty"):
        call("checkpoint", "--ledger", "empty.db")


@pytest.mark.parametrize("more", [[], ["--run", "run-1"]])
def test_an_export_is_verified_without_the_ledger(call, tmp_path, more):
    done = call("export", "out.jsonl", *more)
    assert "rows in out.jsonl" in done.stderr
    assert (tmp_path / "out.jsonl").stat().st_mode & 0o777 == 0o600
    (tmp_path / ".trimtab" / "ledger.db").unlink()
    assert "intact" in call("verify", "--export", "out.jsonl").stdout
    text = (tmp_path / "out.jsonl").read_text()
    (tmp_path / "out.jsonl").write_text(text.replace("0.25", "0.26"))
    assert "row 2" in call("verify", "--export", "out.jsonl", ends=1).stderr
    with pytest.raises(LedgerError, match="No such file"):
        call("verify", "--export", "none.jsonl")
    with pytest.raises(LedgerError):
        call("verify", "--export", ".")


def test_the_latest_run_is_exported_by_that_name_and_an_unknown_one_is_told(call):
    newest, first = (call("export", "-", "--run", run).stdout for run in ("run-2", "run-1"))
    assert newest != first
    assert call("export", "-", "--run", "latest").stdout == newest
    with pytest.raises(UsageError, match=r"holds no run 'run-9'\. `trimtab ledger show`"):
        call("export", "-", "--run", "run-9")


def test_exports_to_standard_output_and_to_parquet(call, tmp_path):
    assert call("export", "-").stdout.splitlines()[-1].startswith('{"type":"end","rows":9')
    assert orjson.loads(call("export", "out.parquet", "--json").stdout) == {
        "file": "out.parquet",
        "format": "parquet",
        "rows": 9,
    }
    assert (tmp_path / "out.parquet").read_bytes()[:4] == b"PAR1"
    assert call("export", "table", "--format", "parquet").exit_code == 0


def test_an_export_replaces_nothing_unasked_and_leaves_no_half_file(call, tmp_path):
    (tmp_path / "out.jsonl").write_text("mine")
    with pytest.raises(UsageError, match="--force"):
        call("export", "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text() == "mine"
    call("export", "out.jsonl", "--force")
    assert (tmp_path / "out.jsonl").read_text().startswith('{"type":"ledger"')
    with pytest.raises(UsageError, match="no run"):
        call("export", "other.jsonl", "--run", "none")
    with pytest.raises(UsageError, match="cannot write"):
        call("export", "none/other.jsonl")
    with pytest.raises(UsageError, match="standard output"):
        call("export", "-", "--json")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".trimtab", "out.jsonl"]


def test_progress_is_shown_only_when_it_takes_long(call, monkeypatch):
    import trimtab.cli.ledger as command

    assert "Verifying" not in call("verify").stderr
    monkeypatch.setattr(command, "_PATIENCE", -1.0)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "intact" in call("verify").stdout
