"""The ledger of the year of the example organisation: told once for all tests, by whichever process comes first."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "examples" / "organisation"


def told_once(factory: pytest.TempPathFactory) -> Path:
    """Where it is. Nobody writes in it."""
    own = factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "year-of-the-organisation"
    folder.mkdir(exist_ok=True)
    ledger = folder / "ledger.db"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "told").exists():
            subprocess.run([sys.executable, str(FOLDER / "year.py"), "--ledger", str(ledger)], check=True, timeout=600)
            (folder / "told").touch()
    return ledger
