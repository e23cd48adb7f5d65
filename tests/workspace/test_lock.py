"""One run at a time on one ledger, and as many as one likes on several."""

import pytest

from trimtab.errors import LedgerError
from trimtab.workspace.lock import alone, measuring_alone


def test_ledgers_of_one_folder_are_measured_with_side_by_side(tmp_path):
    with measuring_alone(str(tmp_path / "A.db")), measuring_alone(str(tmp_path / "B.db")):
        pass


def test_a_ledger_that_is_in_use_is_named(tmp_path):
    ledger = str(tmp_path / "A.db")
    refused = pytest.raises(LedgerError, match=r"A\.db: is in use by another run.*name another file with --ledger")
    with measuring_alone(ledger), refused, measuring_alone(ledger):
        pass


def test_a_link_to_a_ledger_is_the_same_ledger(tmp_path):
    (tmp_path / "A.db").touch()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/link.db").symlink_to(tmp_path / "A.db")
    refused = pytest.raises(LedgerError, match="in use")
    with measuring_alone(str(tmp_path / "A.db")), refused, measuring_alone(str(tmp_path / "elsewhere/link.db")):
        pass


def test_a_monitor_and_a_run_do_not_wait_for_each_other(tmp_path):
    with measuring_alone(str(tmp_path / "A.db")), alone(str(tmp_path / "A.db"), "monitor"):
        pass


def test_a_database_is_held_by_this_folder_and_its_password_is_not_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ledger = "postgresql://me:hunter2@db/ledger"
    with measuring_alone(ledger), pytest.raises(LedgerError) as refused, measuring_alone(ledger):
        pass
    assert "hunter2" not in str(refused.value)
    assert "postgresql://" in str(refused.value)
