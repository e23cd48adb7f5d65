"""What the workers rule ends up in one ledger, in sums, whoever of them is killed."""

import json
import os
import signal
import tempfile
from pathlib import Path

import pytest
from tests.serve import proxies
from tests.serve.proxies import post, saying, until

from trimtab.errors import LedgerError
from trimtab.evidence import Ledger, PolicyAdopted, Rulings, Subject
from trimtab.serve.clerk import DistantLedger

pytestmark = pytest.mark.slow  # processes that start, end and are killed
ARGUMENTS = ["--workers", "2", "--ledger", "rulings.db"]


def ask(running, text="write to ana@example.org", **headers):
    return post(f"{running.url}/chat/completions", saying(text), **headers)


def ruled(folder):
    """Rulings by side and action, summed over all records, once the ledger has been verified."""
    found: dict[tuple[str, str], int] = {}
    with Ledger.open(folder / "rulings.db", create=False) as ledger:
        ledger.verify().raise_if_bad()
        for _, record in ledger.records(kind=Rulings.kind):
            assert isinstance(record, Rulings)
            for one in record.rulings:
                key = one["side"], one["action"]
                found[key] = found.get(key, 0) + one["count"]
    return found


def test_everything_that_was_ruled_is_there_after_the_end_and_no_text(tmp_path):
    with proxies.upstream() as server, proxies.proxy(tmp_path, f"{server.url}/v1", *ARGUMENTS) as running:
        for _ in range(6):
            assert ask(running)[0] == 200
        ask(running, "password = 'hG7!kq2pZ'")
        assert running.interrupt() == 0
        assert running.complaints().count("Guarding") == 1
        assert "Traceback" not in running.complaints()
    assert ruled(tmp_path) == {("input", "mask"): 6, ("output", "allow"): 6, ("input", "block"): 1}
    with Ledger.open(tmp_path / "rulings.db", create=False) as ledger:
        (adopted,) = ledger.rows(kind=PolicyAdopted.kind)
        assert {row.policy for row in ledger.rows()} == {adopted.policy}
        assert {row.system for row in ledger.rows(kind=Rulings.kind)} == {"bot"}
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("rulings.db*"))
    assert b"ana@example" not in raw
    assert b"hG7!kq2pZ" not in raw


def test_a_worker_that_is_killed_loses_one_interval_and_a_clerk_none(tmp_path):
    with (
        proxies.upstream() as server,
        proxies.proxy(tmp_path, f"{server.url}/v1", *ARGUMENTS, "--every", "0.2") as running,
    ):
        for _ in range(4):
            ask(running)
        until(lambda: ruled(tmp_path).get(("input", "mask")) == 4)
        clerk, worker, *_ = running.workers()
        os.kill(worker, signal.SIGKILL)
        until(lambda: len(running.workers()) == 3 and worker not in running.workers())
        os.kill(clerk, signal.SIGKILL)
        for _ in range(4):
            until(lambda: ask(running)[0] == 200)
        until(lambda: ruled(tmp_path).get(("input", "mask")) == 8)
        assert running.metric("trimtab_guard_worker_restarts_total") == 2
        assert running.end() == 0
    assert ruled(tmp_path)["input", "mask"] == 8


def test_a_ledger_that_cannot_be_written_keeps_nobody_waiting_and_is_caught_up_with(tmp_path, monkeypatch):
    """Nobody finds the clerk for a while, since its socket has moved away."""
    with (
        tempfile.TemporaryDirectory() as short,  # the address of a socket has at most a hundred letters
        proxies.upstream() as server,
    ):
        monkeypatch.setenv("TMPDIR", short)
        with proxies.proxy(tmp_path, f"{server.url}/v1", *ARGUMENTS, "--every", "0.2") as running:
            ask(running)
            until(lambda: ruled(tmp_path))
            (address,) = Path(short).glob("trimtab-guard-*/clerk")
            away = address.rename(address.with_name("away"))
            os.kill(running.workers()[0], signal.SIGKILL)
            assert [ask(running)[0] for _ in range(3)] == [200] * 3
            until(lambda: running.metric("trimtab_guard_ledger_unwritten"))
            assert ask(running)[0] == 200
            away.rename(address)
            until(lambda: ruled(tmp_path).get(("input", "mask")) == 5)
            until(lambda: not running.metric("trimtab_guard_ledger_unwritten"))
            assert running.end() == 0
        assert list(Path(short).iterdir()) == []


def test_rulings_that_are_lost_at_the_end_are_told(tmp_path, monkeypatch):
    with tempfile.TemporaryDirectory() as short, proxies.upstream() as server:
        monkeypatch.setenv("TMPDIR", short)
        with proxies.proxy(tmp_path, f"{server.url}/v1", *ARGUMENTS) as running:
            assert [ask(running)[0] for _ in range(3)] == [200] * 3
            (address,) = Path(short).glob("trimtab-guard-*/clerk")
            address.rename(address.with_name("away"))
            assert running.end() == 4
            assert "TT401 ledger rulings.db: 6 rulings are lost" in running.complaints()
            assert "Traceback" not in running.complaints()


def test_a_ledger_that_is_none_is_an_error_at_the_start(tmp_path):
    (tmp_path / "rulings.db").write_bytes(b"this is no ledger, " * 100)
    with pytest.raises(json.JSONDecodeError), proxies.proxy(tmp_path, "http://127.0.0.1:9/v1", *ARGUMENTS):
        pytest.fail("it started")
    assert "TT" in (tmp_path / "stderr").read_text()


def test_without_a_clerk_records_are_kept_by_whoever_has_them(tmp_path):
    distant = DistantLedger(str(tmp_path / "nobody"))
    with pytest.raises(LedgerError):
        distant.append([], subject=Subject(), run="", maker="guard/1", policy="")
    distant.close()
