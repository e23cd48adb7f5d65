"""What one process does to a ledger must not take away what another appends to it."""

import subprocess
import sys
from pathlib import Path

from trimtab.builtin.stores import held
from trimtab.evidence import Decided, Ledger, Subject

COMES_AND_GOES = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
print(database.execute("SELECT max(seq) FROM evidence").fetchone()[0])
database.close()
"""


def test_rows_stay_when_another_process_comes_and_goes(tmp_path: Path) -> None:
    # A server looks at its ledger twice; then somebody runs a command beside it, which ends and takes the log away.
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as first, Ledger.open(path) as second:
        add(first)
        assert comes_and_goes(path) == 1
        add(first)
        add(second)
        assert comes_and_goes(path) == 3


def test_one_that_closed_leaves_the_others_their_locks(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as first:
        Ledger.open(path).close()
        add(first)
        assert comes_and_goes(path) == 1
        add(first)
        assert comes_and_goes(path) == 2


def test_a_file_is_let_go_when_it_is_closed_or_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    Ledger.open(path).close()
    status = path.stat()
    ledger = Ledger.open(path)
    with held.looking(status) as free:
        assert not free
    held.let_go(held.file_of(status))
    ledger.close()
    ledger.close()
    with held.looking(status) as free:
        assert free
    held.let_go(held.file_of(status))


def add(ledger: Ledger) -> None:
    decided = Decided(decision={"verdict": "pass"})
    ledger.append([decided], subject=Subject(), run="r", maker="m", policy="p", durable=True)


def comes_and_goes(path: Path) -> int:
    done = subprocess.run([sys.executable, "-c", COMES_AND_GOES, path], capture_output=True, text=True, check=True)
    return int(done.stdout)
