"""The engineer's pages: what they show is what the commands show, and a listener hears of each record and no more."""

import asyncio
import re
import sqlite3
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.serve.engineering_world import FOLDER, SYSTEM, ruled, tell
from tests.serve.test_pages import HOSTILE, Tags

from trimtab.decision import from_payload
from trimtab.errors import UnreproducibleError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.records import RunStarted, Subject
from trimtab.policy import SuiteSpec, load_policy
from trimtab.report import as_json
from trimtab.report.attack_data import attacks_data
from trimtab.report.html import sections
from trimtab.serve.pages.access.alone import Alone
from trimtab.serve.pages.access.refused import RefusedError
from trimtab.serve.pages.app import Site, application
from trimtab.serve.pages.frame.live import Live, Pace
from trimtab.serve.pages.measure import runs as runs_page
from trimtab.serve.pages.snapshot import Watched
from trimtab.workspace.baseline import baselines
from trimtab.workspace.holding import consent_hold
from trimtab.workspace.recall import recall_policy, recall_run
from trimtab.workspace.traffic import DAY, HOUR
from trimtab.workspace.workspace import Workspace

START = 1_790_000_000_000_000


class Clock:
    """A second a question."""

    moment = START

    def __call__(self):
        self.moment += 1_000_000
        return self.moment


class World:
    def __init__(self, path, *, asof=None):
        self.path = path
        self.policy = load_policy(FOLDER / "trimtab.yaml")
        self.clock = Clock()
        self.ledger = Ledger.open(path, clock=self.clock)
        self.watched = Watched(self.ledger, self.policy, asof=asof)
        self.access = Alone()
        self.site = Site(self.watched, self.access, cookie="trimtab-1")
        self.client = TestClient(application(self.site, hosts=frozenset({"testserver"})))
        self.client.get("/enter", params={"token": self.access.token})

    def data(self, path):
        answer = self.client.get(f"/api/v1{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def report(self, run):
        with Workspace(policy=None, base=FOLDER, ledger=Ledger.open(self.path), replies=self.path) as workspace:
            made = workspace.recomputed(run)
            return replace(made, held=consent_hold(workspace.ledger, made.policy, made.decision))


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("engineering")
    with pytest.MonkeyPatch.context() as patch, Ledger.open(folder / "ledger.db", clock=Clock()) as ledger:
        patch.syspath_prepend(FOLDER)
        tell(ledger, folder / "replies.db")
    return folder / "ledger.db"


@pytest.fixture(scope="module")
def world(told):
    made = World(told)
    yield made
    made.ledger.close()


@pytest.fixture
def fresh(told, tmp_path):
    """The same, for a test that adds to it."""
    with sqlite3.connect(told) as one, sqlite3.connect(tmp_path / "ledger.db") as other:
        one.backup(other)
    made = World(tmp_path / "ledger.db")
    made.clock.moment = START + DAY
    yield made
    made.ledger.close()


# -- runs ------------------------------------------------------------------------------------------


def test_a_run_says_what_its_report_says(world):
    baseline, second, first = world.data("/runs")["runs"]
    assert (baseline["gate"], second["gate"], first["gate"]) == (False, True, True)
    for line in (baseline, second, first):
        report = world.report(line["run"])
        shown = world.data(f"/runs/{line['run']}")
        kept, own = shown["report"], as_json(report)
        for one in (kept, own):
            one["provenance"].pop("ledger")  # as of when somebody looks
        assert kept == own
        page = world.client.get(f"/runs/{line['run']}").text
        drawn = [str(one) for one in sections(report) if one is not None and "provenance" not in str(one)[:80]]
        assert len(drawn) > 5
        assert all(one in page for one in drawn)
    assert shown["before"] is None
    assert world.data(f"/runs/{second['run']}")["before"]["run"] == first["run"]


def test_a_run_is_held_back_as_its_report_is(world):
    run = world.data("/runs")["runs"][1]
    shown = world.data(f"/runs/{run['run']}")
    assert run["verdict"] == "pass"  # by what was measured
    assert (shown["verdict"], "consent" in shown["held"]) == (shown["report"]["verdict"], True)
    assert shown["verdict"] != "pass"


def test_what_is_otherwise_since_the_run_before_is_told(world):
    second = world.data("/runs")["runs"][1]
    told = world.data(f"/runs/{second['run']}")["before"]
    # The same replies, but a second look at the same cases: intervals are wider, and no verdict is another by luck.
    assert told["differences"]
    assert all(one["before"][1] != one["now"][1] for one in told["differences"])
    assert told["policy"] == []


def test_a_run_that_was_cut_off_says_so(fresh):
    started = next(one for _, one in fresh.ledger.records(kind=RunStarted.kind))
    fresh.ledger.append([started], subject=Subject(system=SYSTEM), run="cut", maker="x", policy="")
    shown = fresh.data("/runs/cut")
    assert (shown["report"], shown["verdict"]) == ({}, "")
    assert "has not ended" in shown["problem"]
    assert "has not ended" in fresh.client.get("/runs/cut").text
    assert fresh.data("/runs")["runs"][0]["outcome"] == "not ended"


def test_a_run_that_comes_out_otherwise_is_not_shown(world, monkeypatch):
    def fails(*_, **__):
        raise UnreproducibleError("r", "0")

    monkeypatch.setattr(runs_page, "decided_again", fails)
    monkeypatch.setattr("trimtab.evidence.books.Books.once", lambda _, __, make: make())
    run = world.data("/runs")["runs"][2]["run"]
    shown = runs_page.run(world.watched.snapshot(), world.watched.standing, {"run": run})
    assert "differently" in shown.problem
    assert (shown.verdict, shown.report, shown.before) == ("", {}, None)


@pytest.mark.parametrize(
    "path", ["/runs/no-such", "/red-team/no-such", "/red-team/families/no-such", "/systems/x/traffic"]
)
def test_what_is_not_there_is_not_shown(world, path):
    assert world.client.get(path).status_code == 404


def test_a_page_runs_no_code_that_a_ledger_names(world, monkeypatch):
    loaded = []

    def load(name, spec, **_):
        loaded.append(spec)
        raise UsageError("not here")

    monkeypatch.setattr("trimtab.workspace.baseline.load_suite", load)
    recalled = recall_run(world.ledger, world.data("/runs")["runs"][0]["run"])
    policy = recall_policy(world.ledger, recalled.policy_digest)
    other = policy.model_copy(update={"suites": {"attacks": SuiteSpec(python="evil:cases")}})
    assert recalled.decided is not None
    asked = (other, from_payload(recalled.decided.decision), recalled)
    told = baselines(*asked, base=FOLDER, file="", suites={}, built_in=True)["attack_success"]
    assert loaded == []
    assert "trimtab report" in told.unknown
    baselines(*asked, base=FOLDER, file="", suites={})
    assert [one.python for one in loaded] == ["evil:cases"]


# -- red team --------------------------------------------------------------------------------------


def test_the_red_team_says_what_its_report_says(world):
    line = next(one for one in world.data("/runs")["runs"] if not one["gate"])
    report = world.report(line["run"])
    [shown] = world.data("/red-team")["baselines"]
    own = attacks_data(report, report.attacks["attack_success"])
    for one in shown["candidates"]:
        theirs = own["candidates"][one["candidate"]]
        assert (one["at_most"], one["highest"]) == (theirs["no_family_above"], theirs["worst_family"] or "")
        assert one["through"] == len(theirs["got_through"]) + theirs["got_through_beyond"]
    page = world.data(f"/red-team/{line['run']}")
    families = {name for one in own["candidates"].values() for name in one["families"]}
    assert set(page["families"]) == families
    for name in families:
        rows = world.data(f"/red-team/families/{name}")["rows"]
        for row in rows:
            rate = report.groups[row["candidate"]]["attack_success"][name]
            assert (row["seen"]["value"], row["seen"]["low"], row["seen"]["high"]) == (rate.value, *_ends(rate))


def _ends(rate):
    return rate.interval.low, rate.interval.high


def test_hunts_are_told_with_what_they_left(world):
    [hunt] = world.data("/red-team")["hunts"]
    assert (hunt["state"], hunt["findings"], hunt["flaws"]) == ("closed", 3, 3)
    assert hunt["hidden"]["missing"]  # nobody found what another had found
    assert len(hunt["listed"]) == 3
    assert "not known" in world.client.get("/red-team").text


def test_a_red_team_is_no_verdict_on_a_system(world):
    shown = world.data(f"/systems/{SYSTEM}")
    assert [one["verdict"] for one in shown["system"]["history"]] == ["pass", "pass"]
    assert {one["candidate"] for one in shown["frontier"]} == {"v3", "v4"}
    assert any(one["frontier"] for one in shown["frontier"])
    assert [one["verdict"] for one in shown["used"]] == ["pass", "pass"]


# -- data ------------------------------------------------------------------------------------------


def test_cases_are_told_by_what_was_asked(world):
    shown = {one["suite"]: one for one in world.data("/datasets")["cases"]}
    asked = [one for _, one in world.ledger.records(kind=RunStarted.kind)]
    for name in ("questions", "secrets", "look-alikes"):
        assert shown[name]["order"] == asked[0].suites[name]["order"]
        assert shown[name]["times"] == 2
        assert shown[name]["looks"] == [{"system": SYSTEM, "times": 2}]
    assert shown["attacks"]["times"] == 1
    assert shown["questions"]["source"] == "code of the policy"
    assert world.data("/datasets")["registered"] == []


# -- guard traffic ---------------------------------------------------------------------------------


def test_traffic_is_what_guards_recorded(fresh):
    ruled(fresh.ledger, 1_000, 10, ago=2 * DAY)
    ruled(fresh.ledger, 90, 10, ago=3 * HOUR)
    ruled(fresh.ledger, 5, 2, ago=HOUR // 2)
    ruled(fresh.ledger, 500, 0, ago=HOUR // 2, system="claims")
    shown = fresh.data(f"/systems/{SYSTEM}/traffic")
    assert (shown["hour"], shown["day"]) == (7, 107)
    counts = {(one["what"], one["action"]): (one["hour"], one["day"]) for one in shown["actions"] + shown["labels"]}
    assert counts == {("", "allow"): (5, 95), ("", "mask"): (2, 12), ("personal.email", "mask"): (2, 12)}
    [masked] = [one for one in shown["rates"] if one["what"] == "masked"]
    assert (masked["texts"], masked["of"]) == (12, 107)
    assert masked["seen"]["low"] < 12 / 107 < masked["seen"]["high"]
    assert shown["last"]["texts"] == 7


def test_no_traffic_is_said(world):
    shown = world.data("/systems/claims/traffic")
    assert (shown["row"], shown["day"], shown["last"]) == (0, 0, None)
    assert "No guard has recorded anything yet" in world.client.get("/systems/claims").text


def test_a_label_acts_on_no_page(fresh):
    ruled(fresh.ledger, 1, 1, ago=0, label=HOSTILE)
    for path in (f"/systems/{SYSTEM}/traffic", f"/systems/{SYSTEM}"):
        seen = Tags(fresh.client.get(path).text)
        assert seen.tags.count("script") == 1
        assert "img" not in seen.tags
        assert HOSTILE[:24] in "".join(seen.text)


def test_only_pages_that_need_it_may_run_a_script(world):
    for path, allowed in ((f"/systems/{SYSTEM}", True), (f"/systems/{SYSTEM}/traffic", True), ("/runs", False)):
        answer = world.client.get(path)
        again = world.client.get(path, headers={"if-none-match": answer.headers["etag"]})
        for one in (answer, again):
            policy = one.headers["content-security-policy"]
            assert ("script-src 'self'" in policy) is allowed
            assert "unsafe" not in policy
    [name] = re.findall(r'src="(/script/[^"]+)"', world.client.get(f"/systems/{SYSTEM}").text)
    script = world.client.get(name)
    assert script.headers["content-type"].startswith("text/javascript")
    assert "innerHTML" not in script.text
    assert world.client.get("/script/other.js").status_code == 404


# -- events ----------------------------------------------------------------------------------------

QUICK = Pace(look=0.0, beat=0.0, admit=0.0, whole=1e9)


class Listener:
    """Somebody who listens, one event at a time, with no clock but their own."""

    def __init__(self, live, *, heard="", admit=lambda: None, system=SYSTEM):
        headers = {"last-event-id": heard} if heard else {}
        self.request = SimpleNamespace(path_params={"system": system}, headers=headers)
        self.live, self.admit = live, admit

    async def __aenter__(self):
        self.answer = await self.live.answer(self.request, self.admit)
        self.parts: Any = getattr(self.answer, "body_iterator", None)
        return self

    async def __aexit__(self, *_):
        if self.parts is not None:
            await self.parts.aclose()

    async def next(self):
        return (await anext(self.parts)).decode()


def test_a_listener_hears_the_state_then_each_record(fresh):
    async def listen():
        ruled(fresh.ledger, 5, 2, ago=0)
        async with Listener(Live(fresh.watched, pace=QUICK)) as one:
            assert one.answer.media_type == "text/event-stream"
            assert (await one.next()).startswith("retry:")
            first = await one.next()
            row = fresh.ledger.head().seq
            assert first.startswith(f"id: {row}\nevent: traffic\n")
            assert '"day":7' in first
            assert (await one.next()).startswith(":")  # nothing new: a sign of life
            ruled(fresh.ledger, 1, 0, ago=0, system="claims")
            assert (await one.next()).startswith(":")  # nothing new of this one
            ruled(fresh.ledger, 1, 0, ago=0)
            assert '"day":8' in await one.next()
        async with Listener(Live(fresh.watched, pace=QUICK), heard=str(row)) as again:
            await again.next()
            assert '"day":8' in await again.next()  # it had heard of the row before
        async with Listener(Live(fresh.watched, pace=QUICK), heard=str(row + 2)) as again:
            await again.next()
            assert (await again.next()).startswith(":")

    asyncio.run(listen())


def test_listening_ends_with_the_session(fresh):
    inside = [True]

    def admit():
        if not inside:
            raise RefusedError(401, "Enter the token")

    async def listen():
        live = Live(fresh.watched, pace=QUICK)
        async with Listener(live, admit=admit) as one:
            await one.next()
            assert "traffic" in await one.next()
            inside.clear()
            assert "event: ended" in await one.next()
            with pytest.raises(StopAsyncIteration):
                await one.next()
        assert live.listening == 0
        with pytest.raises(RefusedError):
            await live.answer(SimpleNamespace(path_params={"system": SYSTEM}, headers={}), admit)

    asyncio.run(listen())


def test_so_many_may_listen_and_no_more(fresh):
    async def listen():
        live = Live(fresh.watched, most=2, pace=QUICK)
        async with Listener(live) as one, Listener(live) as two, Listener(live) as late:
            await one.next()
            await two.next()
            with pytest.raises(StopAsyncIteration):  # was let in before the others began to listen
                await late.next()
            with pytest.raises(RefusedError) as refused:
                await live.answer(one.request, one.admit)
            assert (refused.value.status, refused.value.wait > 0) == (503, True)
        assert live.listening == 0
        async with Listener(live) as next_one:
            await next_one.next()

    asyncio.run(listen())


def test_nobody_listens_to_a_moment_that_is_past(told):
    made = World(told, asof=START + DAY)

    async def listen():
        async with Listener(Live(made.watched, pace=QUICK)) as one:
            assert one.answer.status_code == 204

    asyncio.run(listen())
    page = made.client.get(f"/systems/{SYSTEM}")
    assert "data-live=" not in page.text
    assert "script" not in Tags(page.text).tags
    made.ledger.close()


def test_a_stranger_hears_nothing(world):
    stranger = TestClient(world.client.app)
    assert stranger.get(f"/systems/{SYSTEM}/traffic/events").status_code == 401
    assert world.client.get("/systems/no-such/traffic/events").status_code == 404
    assert world.client.get(f"/systems/{SYSTEM}/traffic/events?x=1").status_code == 400
