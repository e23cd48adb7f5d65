"""One run at a time on one ledger, and as many as one likes on several."""

import pytest

from trimtab.errors import LedgerError
from trimtab.evidence import Ledger
from trimtab.workspace.lock import alone, measuring_alone


def test_ledgers_of_one_folder_are_measured_with_side_by_side(tmp_path):
    one, other = Ledger.open(tmp_path / "A.db"), Ledger.open(tmp_path / "B.db")
    with one, other, measuring_alone(one), measuring_alone(other):
        pass


def test_a_ledger_that_is_in_use_is_named(tmp_path):
    refused = pytest.raises(LedgerError, match=r"A\.db: is in use by another run.*name another file with --ledger")
    with Ledger.open(tmp_path / "A.db") as ledger, measuring_alone(ledger), refused, measuring_alone(ledger):
        pass


def test_a_link_to_a_ledger_is_the_same_ledger(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    refused = pytest.raises(LedgerError, match="in use")
    with Ledger.open(tmp_path / "A.db") as ledger:
        (tmp_path / "elsewhere/link.db").symlink_to(tmp_path / "A.db")
        link = Ledger.open(tmp_path / "elsewhere/link.db")
        with link, measuring_alone(ledger), refused, measuring_alone(link):
            pass


def test_a_monitor_and_a_run_do_not_wait_for_each_other(tmp_path):
    with Ledger.open(tmp_path / "A.db") as ledger, measuring_alone(ledger), alone(ledger, "monitor"):
        pass


class Elsewhere:
    """A store that is no file here, and cannot hold itself."""

    location = "elsewhere://me:hunter2@db/ledger"

    def close(self):
        """Nothing to do."""


def test_a_store_that_cannot_hold_itself_is_held_by_this_folder_and_its_password_is_not_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ledger = Ledger(Elsewhere())  # type: ignore[arg-type]  # nothing is read
    with measuring_alone(ledger), pytest.raises(LedgerError) as refused, measuring_alone(ledger):
        pass
    assert "hunter2" not in str(refused.value)
    assert "elsewhere://" in str(refused.value)
