"""The intake: only what is signed comes in, each answer says what was recorded, and no kill leaves half of anything."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from click.testing import CliRunner
from tests.serve.proxies import get, post
from tests.workspace.hooked import COUNTS, HOOKS, SECRET, body_of, github, jira, pagerduty, signed
from tests.workspace.test_keeping import POLICY

from trimtab.cli.intake import intake as intake_command
from trimtab.errors import LedgerError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.entries.incidents import IncidentMoved, IncidentOpened
from trimtab.policy import load_policy
from trimtab.serve.intake_server import IntakeServer
from trimtab.serve.limits import Limits
from trimtab.serve.supervisor import bind
from trimtab.workspace.intake.hooks import read_hooks
from trimtab.workspace.intake.taking import Taker

ENVIRONMENT = {"HOOK_SECRET": SECRET, "OLD_SECRET": "what-it-was-until-lately"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("intake")
    (made / "q.jsonl").write_text('{"prompt": "a", "answer": "b"}\n')
    (made / "trimtab.yaml").write_text(POLICY)
    (made / "hooks.yaml").write_text(HOOKS)
    (made / "counts.yaml").write_text(COUNTS)
    return made


@contextmanager
def intake(folder, taker, **limits):
    """The address of a server in a thread."""
    given = {"request_bytes": 20_000, "at_once": 8, **limits}
    server = IntakeServer(read_hooks(folder / "hooks.yaml", ENVIRONMENT), taker, limits=Limits(**given))
    sock = bind("127.0.0.1", 0)
    began = threading.Event()
    ending: dict[str, Any] = {}

    async def serve():
        ending["loop"], ending["stop"] = asyncio.get_running_loop(), asyncio.Event()
        await server.run(sock, stop=ending["stop"], ready=began.set)

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert began.wait(60)
    try:
        yield "http://{}:{}".format(*sock.getsockname())
    finally:
        ending["loop"].call_soon_threadsafe(ending["stop"].set)
        thread.join(60)
        sock.close()


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "ledger.db") as opened:
        yield opened


@pytest.fixture
def url(folder, ledger):
    with intake(folder, Taker(ledger, load_policy(folder / "trimtab.yaml"), mask=str)) as found:
        yield found


def deliver(url, hook, kind, payload, **more):
    body = payload if isinstance(payload, bytes) else body_of(payload)
    status, headers, raw = post(f"{url}/hooks/{hook}", body, **{**signed(kind, body, now=int(time.time())), **more})
    return status, headers, json.loads(raw)


def test_each_sender_is_understood_and_heard_once(url, ledger):
    night = {"type": "nightly", "kpi": "R03", "seen": {"good": 9, "all": 10}, "until": 1793700000}
    sent = [
        ("pager", "pagerduty", pagerduty()),
        ("issues", "github", github()),
        ("tickets", "jira", jira()),
        ("counts", "standard", night),
    ]
    assert [deliver(url, *one)[2]["outcome"] for one in sent] == ["kept"] * 4
    assert [(status, told["outcome"]) for status, _, told in (deliver(url, *one) for one in sent)] == [
        (200, "known")
    ] * 4
    assert len(Books.of(ledger)) == 4
    status, told = get(f"{url}/metrics")
    assert status == 200
    assert 'trimtab_intake_deliveries_total{hook="pager",outcome="known"} 1\n' in told
    assert 'trimtab_intake_entries_total{hook="counts"} 1\n' in told
    assert json.loads(get(f"{url}/healthz")[1]) == {"status": "ok", "hooks": 4, "deliveries": 8, "ledger": "ok"}


def test_what_is_not_signed_or_not_read_is_not_recorded(url, ledger):
    body = body_of(github())
    good = signed("github", body)
    old = signed("standard", body, now=int(time.time()) - 1000)
    large = body_of(github(body="x" * 30_000))
    asked = [
        post(f"{url}/hooks/issues", body),
        post(f"{url}/hooks/issues", body, **signed("github", body, "some-other-secret-")),
        post(f"{url}/hooks/issues", body + b" ", **good),
        post(f"{url}/hooks/pager", body, **good),
        post(f"{url}/hooks/counts", body, **old),
        post(f"{url}/hooks/nothing", body, **good),
        post(f"{url}/hooks/issues", large, **signed("github", large)),
        post(f"{url}/hooks/issues", b"{", **signed("github", b"{")),
        post(f"{url}/hooks/issues", b"[]", **signed("github", b"[]")),
        post(f"{url}/hooks/issues", body, **{**good, "Content-Type": "application/x-www-form-urlencoded"}),
    ]
    assert [status for status, _, _ in asked] == [401, 401, 401, 401, 401, 404, 413, 400, 400, 415]
    assert get(f"{url}/hooks/issues")[0] == 405
    assert ledger.head() is None
    assert all(b"leaked" not in raw and SECRET.encode() not in raw for _, _, raw in asked)


def test_the_old_secret_holds_until_it_is_taken_out(url):
    body = body_of(github())
    headers = signed("github", body, ENVIRONMENT["OLD_SECRET"])
    assert post(f"{url}/hooks/issues", body, **headers)[0] == 200


def test_out_of_order_and_impossible_are_told_apart(url, ledger):
    early = pagerduty("incident.resolved", "2026-11-02T12:00:00Z")
    status, _, told = deliver(url, "pager", "pagerduty", early)
    assert (status, told["mistakes"][0]["field"]) == (409, "incident")
    unknown = pagerduty(priority={"summary": "P9"}, title="")
    status, _, told = deliver(url, "pager", "pagerduty", unknown)
    assert (status, {one["field"] for one in told["mistakes"]}) == (422, {"severity", "what"})
    status, _, told = deliver(url, "pager", "pagerduty", pagerduty(at="2190-01-01T00:00:00Z"))
    assert (status, {one["field"] for one in told["mistakes"]}) == (422, {"at"})
    assert ledger.head() is None
    assert deliver(url, "pager", "pagerduty", pagerduty())[0] == 200
    assert deliver(url, "pager", "pagerduty", early)[0] == 200


class _Broken:
    """A ledger that is full for a while."""

    def __init__(self, taker):
        self._taker, self.full = taker, True

    def take(self, *arguments, **more):
        if self.full:
            raise LedgerError("/somewhere/ledger.db", "cannot be written: the disk is full")
        return self._taker.take(*arguments, **more)


def test_a_full_ledger_asks_the_sender_to_come_again(folder, ledger):
    taker = _Broken(Taker(ledger, load_policy(folder / "trimtab.yaml"), mask=str))
    with intake(folder, taker) as url:
        status, headers, told = deliver(url, "pager", "pagerduty", pagerduty())
        assert (status, headers["Retry-After"]) == (503, "30")
        assert "/somewhere" not in json.dumps(told)
        assert json.loads(get(f"{url}/healthz")[1])["ledger"] == "unavailable"
        taker.full = False
        assert deliver(url, "pager", "pagerduty", pagerduty())[0] == 200
        assert json.loads(get(f"{url}/healthz")[1])["ledger"] == "ok"


TWO = """
template: 1
entries:
  - kind: incident
    fields: {incident: {path: id}, severity: S3, hazard: outage, what: down, detected: {path: at}, at: {path: at}}
  - kind: incident-step
    fields: {incident: {path: id}, step: contain, at: {path: at}}
"""


def test_killed_in_the_middle_nothing_is_lost_or_half_there(folder, tmp_path):
    (folder / "two.yaml").write_text(TWO)
    (tmp_path / "hooks.yaml").write_text(
        f"intake: 1\nhooks: {{two: {{template: {folder}/two.yaml, signature: github, secret_env: HOOK_SECRET}}}}\n"
    )
    line = [sys.executable, "-m", "trimtab", "intake", "serve", "--policy", str(folder / "trimtab.yaml"),
            "--ledger", "ledger.db", "--port", "0", "--json"]  # fmt: skip
    sent = [{"id": f"I-{n}", "at": "2026-11-02T10:00:00Z"} for n in range(40)]
    acknowledged: list[str] = []
    with subprocess.Popen(
        line, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, **ENVIRONMENT},
    ) as process:  # fmt: skip
        assert process.stdout
        said = ""
        for read in iter(process.stdout.readline, ""):
            said += read
            if read == "}\n":
                break
        url = json.loads(said)["listening"]

        def send(payload):
            try:
                status, _, told = deliver(url, "two", "github", payload)
            except OSError:
                return
            if status == 200 and told["outcome"] == "kept":
                acknowledged.append(payload["id"])
                if len(acknowledged) >= 8:
                    process.send_signal(signal.SIGKILL)

        with ThreadPoolExecutor(6) as threads:
            list(threads.map(send, sent))
        assert process.wait(60) == -signal.SIGKILL
    hook = read_hooks(tmp_path / "hooks.yaml", ENVIRONMENT)["two"]
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        ledger.verify().raise_if_bad()
        books = Books.of(ledger)
        opened = {one.entry.incident for one in books.all(IncidentOpened)}
        assert opened == {one.entry.incident for one in books.all(IncidentMoved)}
        assert set(acknowledged) <= opened
        assert 8 <= len(opened) < len(sent)
        taker = Taker(ledger, load_policy(folder / "trimtab.yaml"), mask=str)
        now = time.time_ns() // 1000
        again = {one["id"]: str(taker.take(hook, one, now=now).outcome) for one in sent}
        assert again == {one["id"]: "known" if one["id"] in opened else "kept" for one in sent}


def test_without_a_secret_it_does_not_start(folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.delenv("HOOK_SECRET", raising=False)
    done = CliRunner().invoke(intake_command, ["serve", "--port", "0"])
    assert "HOOK_SECRET is not set" in str(done.exception)
    assert not (folder / ".trimtab").exists()
