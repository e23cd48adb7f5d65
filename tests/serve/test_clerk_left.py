"""No ruling is lost without a word: not when processes are killed, and not when the ledger's file goes away."""

import os
import signal
import tempfile
import threading
from pathlib import Path

import pytest
from tests.serve import proxies
from tests.serve.proxies import alive, until
from tests.serve.test_ledger import ask, ruled

from trimtab.errors import LedgerError
from trimtab.evidence import Subject
from trimtab.serve import clerk
from trimtab.testing import Behaviour


@pytest.mark.slow
@pytest.mark.parametrize("way", ["supervisor", "everybody"])
def test_what_was_ruled_is_written_whoever_is_killed_or_told_to_end(tmp_path, monkeypatch, way):
    """One request is served for longer than the clerk would wait for somebody to come."""
    arguments = ["--workers", "1", "--ledger", "rulings.db"]
    with tempfile.TemporaryDirectory() as short, proxies.upstream() as server:
        monkeypatch.setenv("TMPDIR", short)
        with proxies.proxy(tmp_path, f"{server.url}/v1", *arguments) as running:
            processes = running.workers()
            for _ in range(3):
                assert ask(running)[0] == 200
            server.script = lambda _: Behaviour(latency=2.5)
            answers: list[int] = []
            thread = threading.Thread(target=lambda: answers.append(ask(running)[0]))
            thread.start()
            until(lambda: server.in_flight)
            if way == "supervisor":
                running.process.kill()
            else:  # as whoever stops a service does
                os.killpg(running.process.pid, signal.SIGTERM)
            thread.join(90)
            running.process.wait(90)
            until(lambda: not any(map(_runs, processes)))
        assert answers == [200]
        assert list(Path(short).iterdir()) == []
    assert ruled(tmp_path) == {("input", "mask"): 4, ("output", "allow"): 4}


def _runs(pid):
    """Whether a process runs; one that nobody has asked after does not."""
    try:
        return alive(pid) and Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.slow
def test_a_ledger_that_is_moved_away_is_caught_up_with_and_one_that_is_removed_is_told(tmp_path):
    folder = tmp_path / "ledgers"
    folder.mkdir()
    arguments = ["--workers", "1", "--ledger", "ledgers/rulings.db", "--every", "0.2"]
    with proxies.upstream() as server, proxies.proxy(tmp_path, f"{server.url}/v1", *arguments) as running:
        ask(running)
        until(lambda: ruled(folder).get(("input", "mask")) == 1)
        away = folder.rename(tmp_path / "away")
        ask(running)
        until(lambda: running.metric("trimtab_guard_ledger_unwritten"))
        folder = away.rename(folder)
        until(lambda: ruled(folder).get(("input", "mask")) == 2)
        until(lambda: not running.metric("trimtab_guard_ledger_unwritten"))
        for file in folder.iterdir():
            file.unlink()
        ask(running)
        until(lambda: running.metric("trimtab_guard_ledger_unwritten"))
        assert running.end() == 4
        assert "TT401 ledger ledgers/rulings.db: 2 rulings are lost" in running.complaints()
        assert "was removed or replaced" in running.complaints()


def test_a_ledger_is_written_only_where_it_stands(tmp_path):
    place = tmp_path / "rulings.db"
    book, other = clerk._Book(f"sqlite://{place}"), clerk._Book(str(tmp_path / "other.db"))
    about = {"subject": Subject(), "run": "", "maker": "guard/1", "policy": ""}
    away = place.rename(tmp_path / "away.db")
    with pytest.raises(LedgerError, match="removed or replaced"):
        book.append([], **about)
    other.ledger.close()
    (tmp_path / "other.db").rename(place)
    with pytest.raises(LedgerError, match="removed or replaced"):
        book.append([], **about)
    away.rename(place)
    with pytest.raises(ValueError, match="nothing to append"):  # the ledger's own word
        book.append([], **about)
    book.ledger.close()
