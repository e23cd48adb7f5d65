"""A ledger that was altered, a monitor among guards that write, and a loop that goes on after trouble."""

import sqlite3
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress

import pytest
from tests.command import trimtab
from tests.workspace.test_monitor import GOOD, INCIDENT
from tests.workspace.watching import NOW, Site, kinds, rulings

from trimtab.cli.monitor import span
from trimtab.errors import LedgerAlteredError, LedgerError
from trimtab.evidence import Ledger, Subject
from trimtab.workspace.lock import alone


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    site = Site(tmp_path)
    site.write({"current": (60, 0)})
    return site


def alter(site, kind, old, new):
    with sqlite3.connect(site.ledger) as database:
        database.execute("DROP TRIGGER evidence_no_update")
        changed = database.execute(
            "UPDATE evidence SET payload = replace(payload, ?, ?) WHERE seq = (SELECT max(seq) FROM evidence "
            "JOIN context c ON c.id = evidence.context WHERE c.kind = ? AND payload LIKE ?)",
            (old, new, kind, f"%{old}%"),
        ).rowcount
    database.close()
    assert changed == 1


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("rulings", '"action":"mask"', '"action":"allow"'),
        ("monitored", '"bad":[0', '"bad":[1'),
        ("alarm", '"state":"raised"', '"state":"ended"'),
        ("budget", '"state":"', '"state":"_'),
    ],
)
def test_nothing_is_concluded_from_rows_that_were_altered(site, kind, old, new):
    site.rule([*GOOD, *INCIDENT])
    if kind != "rulings":
        site.look()
    alter(site, kind, old, new)
    with pytest.raises(LedgerAlteredError):
        site.look(after=1)


def test_guards_that_write_meanwhile_lose_nothing_and_disturb_nothing(site):
    site.rule(GOOD)
    stop = threading.Event()

    def write():
        with Ledger.open(site.ledger, clock=lambda: NOW) as ledger:
            while not stop.is_set():
                subject = Subject(system="bot")
                ledger.append([rulings(NOW, 10, 0)], subject=subject, run="", maker="guard/1", policy="sha256:1")

    thread = threading.Thread(target=write)
    thread.start()
    try:
        looks = [site.look(after=n) for n in range(6)]
    finally:
        stop.set()
        thread.join()
    last = site.look(after=7)
    written = sum(one.rulings[0]["count"] for one in kinds(site, "rulings"))
    assert last.budgets["leak"].valid == written
    assert [look.budgets["leak"].valid for look in looks] == sorted(look.budgets["leak"].valid for look in looks)


@pytest.mark.parametrize(("text", "seconds"), [("5m", 300.0), ("90s", 90.0), ("1.5h", 5400.0), ("7d", 604800.0)])
def test_a_length_of_time(text, seconds):
    assert span(None, None, text) == seconds  # type: ignore[arg-type]  # only errors name them


@pytest.mark.parametrize("text", ["5", "m", "-5m", "0s", "5 m", "5w", "5m5s"])
def test_what_is_no_length_of_time(site, text):
    done = trimtab("monitor", f"--every={text}", cwd=site.folder)
    assert done.returncode == 2
    assert "no length of time" in done.stderr


@contextmanager
def taken(site):
    """Hold what a monitor holds, as soon as it can be had."""
    while True:
        with suppress(LedgerError), Ledger.open(site.ledger) as ledger, alone(ledger, "monitor"):
            yield
            return


def test_a_loop_goes_on_after_trouble(site, start):
    """The ledger is held by another monitor at the second look, and free at a later one."""
    site.rule([(5, 10, 0)])
    process = start(
        [sys.executable, "-m", "trimtab", "monitor", "--no-suites", "--every", "0.2s"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline()
    with taken(site):
        assert "another monitor" in process.stderr.readline()
    while "bot" not in process.stdout.readline():
        pass
    process.kill()
    process.communicate()
