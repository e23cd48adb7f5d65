"""Several processes behind one address: what one of them suffers, the clients of the others do not notice."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.serve import proxies
from tests.serve.proxies import get, post, saying, until

from trimtab.errors import UsageError
from trimtab.policy import load_policy
from trimtab.serve.supervisor import Supervisor, bind
from trimtab.serve.tally import Tally
from trimtab.serve.worker import Plan
from trimtab.testing import Behaviour


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workers")
    with (
        proxies.upstream() as server,
        proxies.proxy(folder, f"{server.url}/v1", "--workers", "2", "--access-log", "access.jsonl") as started,
    ):
        yield started
        assert started.end() == 0
        assert "Traceback" not in started.complaints()


def ask(running, text="all is well", **headers):
    return post(f"{running.url}/chat/completions", saying(text), **headers)


def test_counts_are_those_of_all_workers_whichever_of_them_is_asked(running):
    before = running.metric('trimtab_guard_requests_total{route="chat",status="200"}')
    with ThreadPoolExecutor(8) as pool:
        assert {status for status, _, _ in pool.map(lambda _: ask(running), range(40))} == {200}
    found = {running.metric('trimtab_guard_requests_total{route="chat",status="200"}') for _ in range(8)}
    assert found == {before + 40}
    assert running.metric("trimtab_guard_request_seconds_count") >= 40
    assert json.loads(get(f"{running.base}/healthz")[1]) == {"status": "ok", "workers": {"serving": 2, "wanted": 2}}


def test_a_worker_that_is_killed_is_replaced_and_nothing_that_was_counted_is_lost(running):
    until(lambda: len(running.workers()) == 2)
    counted = running.metric("trimtab_guard_requests_total")
    victim = running.workers()[0]
    answers, over = [], threading.Event()

    def keep_asking():
        while not over.is_set():
            try:
                answers.append(ask(running)[0])
            except OSError:
                answers.append(0)

    threads = [threading.Thread(target=keep_asking) for _ in range(3)]
    for thread in threads:
        thread.start()
    until(lambda: len(answers) > 10)
    os.kill(victim, signal.SIGKILL)
    until(lambda: len(running.workers()) == 2 and victim not in running.workers())
    until(lambda: json.loads(get(f"{running.base}/healthz")[1])["workers"]["serving"] == 2)
    seen = len(answers)
    until(lambda: len(answers) > seen + 10)
    over.set()
    for thread in threads:
        thread.join()
    assert answers.count(0) <= 3  # at most what the killed one was serving
    assert set(answers) <= {0, 200}
    assert running.metric("trimtab_guard_worker_restarts_total") == 1
    assert running.metric("trimtab_guard_requests_in_flight") == 0
    assert running.metric("trimtab_guard_requests_total") >= counted + answers.count(200)


def test_every_request_is_a_line_without_a_word_of_what_was_said(running):
    status, headers, _ = ask(running, "write to ana@example.org", **{"X-Request-Id": "req-1"})
    assert (status, headers["X-Request-Id"]) == (200, "req-1")
    lines = (running.folder / "access.jsonl").read_text().splitlines()
    line = next(one for one in map(json.loads, lines) if one["id"] == "req-1")
    assert (line["route"], line["status"], line["ruling"], line["stream"]) == ("chat", 200, "mask", False)
    assert line["ms"] >= line["upstream_ms"] >= 0
    assert line["received"] > 0 < line["sent"]
    assert "ana" not in "".join(lines)
    assert "write" not in "".join(lines)
    get(f"{running.base}/v1/ana@example.org")
    assert "ana" not in (running.folder / "access.jsonl").read_text()


@pytest.mark.slow
def test_a_slow_answer_is_finished_before_the_end(tmp_path):
    with proxies.upstream() as server, proxies.proxy(tmp_path, f"{server.url}/v1", "--workers", "2") as running:
        server.script = lambda _: Behaviour(latency=1.0)
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(ask, running)
            until(lambda: server.in_flight)
            assert running.end(signal.SIGINT) == 0
            assert answer.result()[0] == 200


@pytest.mark.slow
def test_who_comes_after_it_was_told_to_end_is_turned_away_at_once(tmp_path):
    arguments = ["--workers", "2", "--ledger", "rulings.db"]
    with proxies.upstream() as server, proxies.proxy(tmp_path, f"{server.url}/v1", *arguments) as running:
        server.script = lambda _: Behaviour(latency=5.0)
        host, _, port = running.base.removeprefix("http://").partition(":")

        def turned_away():
            try:
                socket.create_connection((host, int(port)), timeout=5).close()
            except ConnectionError:
                return True
            return False

        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(ask, running)
            until(lambda: server.in_flight)
            running.process.send_signal(signal.SIGTERM)
            until(turned_away, 4)
            assert not answer.done()
            assert answer.result()[0] == 200
        assert running.process.wait(90) == 0


def ask_in_vain(running):
    with pytest.raises(OSError):
        ask(running)


@pytest.mark.slow
def test_told_twice_it_ends_at_once(tmp_path):
    with proxies.upstream() as server, proxies.proxy(tmp_path, f"{server.url}/v1", "--workers", "1") as running:
        server.script = lambda _: Behaviour(fault="hang")
        thread = threading.Thread(target=ask_in_vain, args=[running])
        thread.start()
        until(lambda: server.in_flight)
        running.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert running.process.poll() is None
        assert running.end(signal.SIGTERM) == 0
        thread.join()


@pytest.mark.slow
def test_workers_end_when_the_supervisor_is_killed(tmp_path):
    arguments = ["--workers", "2", "--ledger", "rulings.db"]
    with proxies.upstream() as server, proxies.proxy(tmp_path, f"{server.url}/v1", *arguments) as running:
        workers = running.workers()
        assert len(workers) == 3  # one of them writes the ledger
        running.process.kill()
        until(lambda: not any(_runs(pid) for pid in workers))


@pytest.mark.slow
def test_a_worker_that_shows_no_sign_of_life_is_replaced(tmp_path):
    code = "import trimtab.serve.supervisor as s; s._STUCK_SECONDS = 1.5; from trimtab.cli import main; main()"
    with (
        proxies.upstream() as server,
        proxies.proxy(tmp_path, f"{server.url}/v1", "--workers", "1", python=["-c", code]) as running,
    ):
        (worker,) = running.workers()
        os.kill(worker, signal.SIGSTOP)
        until(lambda: running.workers() not in ([], [worker]))
        until(lambda: ask(running)[0] == 200)
        assert not _runs(worker)


def _runs(pid):
    """Whether a process runs; one that has ended and that nobody has asked after does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_worker_that_cannot_start_says_why_and_nothing_listens(tmp_path):
    (tmp_path / "trimtab.yaml").write_text(proxies.POLICY)
    plan = Plan(policy=load_policy(tmp_path / "trimtab.yaml"), system="another", upstream="http://127.0.0.1:9/v1")
    with bind("127.0.0.1", 0) as sock, pytest.raises(UsageError, match="no system"):
        Supervisor(plan, sock=sock, workers=2, ready=lambda: pytest.fail("it is not ready")).run()


@pytest.mark.slow
def test_an_address_that_is_taken(tmp_path):
    (tmp_path / "trimtab.yaml").write_text(proxies.POLICY)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [
            sys.executable,
            "-m",
            "trimtab",
            "guard",
            str(tmp_path / "trimtab.yaml"),
            "--upstream",
            "http://127.0.0.1:9/v1",
        ]
        done = subprocess.run(
            [*command, "--port", str(taken.getsockname()[1])], capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 2
        assert "cannot listen" in done.stderr


def test_rows_add_up_and_a_row_that_is_begun_again_loses_only_what_was_in_flight():
    tally = Tally(2)
    one, other = tally.row(0), tally.row(1)
    for row in (one, other):
        row.begin()
        row.entered()
        row.ruled("output", "block")
        row.answered("chat", 418, 0.003)
        row.entered()
    one.dead()
    text = tally.prometheus()
    assert 'trimtab_guard_rulings_total{side="output",ruling="block"} 2' in text
    assert 'trimtab_guard_requests_total{route="chat",status="0"} 2' in text
    assert "trimtab_guard_requests_in_flight 1" in text
    assert 'trimtab_guard_request_seconds_bucket{le="0.002"} 0' in text
    assert 'trimtab_guard_request_seconds_bucket{le="0.005"} 2' in text
    assert "trimtab_guard_request_seconds_sum 0.006" in text
    assert (tally.serving(), tally.in_flight()) == (1, 1)
