"""The pages: shown to nobody without the token, telling nothing they should not, escaped whatever the books say."""

import re
import sqlite3
from html.parser import HTMLParser

import orjson
import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient
from tests.workspace.governing import DAY, NOW, POLICY, decide, policy_in

from trimtab.decision import Verdict
from trimtab.evidence import Ledger
from trimtab.evidence.entries.reading import Draft
from trimtab.evidence.export import write_jsonl
from trimtab.report.board_words import board_lines
from trimtab.serve.pages.access.alone import SESSION_SECONDS, Alone
from trimtab.serve.pages.access.person import Person
from trimtab.serve.pages.access.shield import BODY_BYTES
from trimtab.serve.pages.app import Site, application
from trimtab.serve.pages.declared import API, ROLES
from trimtab.serve.pages.frame import rendering, routes
from trimtab.serve.pages.snapshot import Watched
from trimtab.workspace.board import figures
from trimtab.workspace.keeping import keep

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> **b** [x](javascript:alert(3)) {{ 7*7 }} \u202egnp"
HOSTILE_POLICY = (
    POLICY.replace("intended_use: answers", f"intended_use: {orjson.dumps(HOSTILE).decode()}")
    .replace("organisation: Example Health", f"organisation: {orjson.dumps(HOSTILE[:60]).decode()}")
    .replace('"Does an attack get through?"', orjson.dumps(HOSTILE).decode())
    + """
kpis:
  R04: {target: 0.9, floor: {at_least: 0.6}, owner: care, source: {system: desk, custodian: internal-auditor, independence: self}}
  P10: {target: 0.9, floor: {at_least: 0.6}, owner: care, source: {system: desk, custodian: internal-auditor, independence: self}}
  R06: {target: 1, floor: {at_most: 30}, owner: care, source: {system: desk, custodian: internal-auditor, independence: self}}
"""
)
EXAMPLES = {
    "metric": "/kpis/R04",
    "system": "/systems/bot",
    "framework": "/frameworks/eu-ai-act",
    "error-budget": "/error-budgets/bot",
    "traffic": "/systems/bot/traffic",
}


class Clock:
    moment = NOW

    def __call__(self):
        return self.moment


class World:
    """A server of hostile books, and somebody who may look."""

    def __init__(self, folder):
        self.clock = Clock()
        self.path = folder / "ledger.db"
        self.policy = policy_in(folder, HOSTILE_POLICY)
        self.ledger = Ledger.open(self.path, clock=self.clock)
        self.write()
        self.watched = Watched(self.ledger, self.policy)
        self.access = Alone(clock=lambda: self.clock.moment / 1e6)
        self.site = Site(self.watched, self.access, cookie="trimtab-1")
        self.app = application(self.site, hosts=frozenset({"testserver"}))
        self.stranger = TestClient(self.app)
        self.client = TestClient(self.app)
        self.client.get("/enter", params={"token": self.access.token})

    def write(self):
        decide(self.ledger, self.policy, Verdict.PASS, time=NOW - 5 * DAY)
        at, about = NOW - 3 * DAY, {"system": "bot", "by": "internal-auditor"}
        values = {"severity": "S2", "hazard": "x", "what": HOSTILE, "at": at, **about}
        drafts = [
            Draft(kind="incident", values={**values, "incident": "I-1", "detected": at, "started": at - DAY}),
            Draft(kind="near-miss", values={**values, "near_miss": "N-1", "stopped_by": HOSTILE}),
            Draft(
                kind="finding",
                values={"finding": "F-1", "severity": "S3", "what": HOSTILE, "owner": "care", "at": at, **about},
            ),
        ]
        keep(self.ledger, self.policy, drafts, now=NOW - DAY)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("pages"))
    made.watched.verify()
    yield made
    made.ledger.close()


@pytest.fixture
def fresh(tmp_path):
    made = World(tmp_path)
    yield made
    made.ledger.close()


def address(page):
    return EXAMPLES.get(page.name, page.path)


SHOWN = [page for page in routes.PAGES if "{" not in address(page)]


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.each, self.text = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.each.append((tag, dict(attrs)))
        self.attributes += [(tag, *one) for one in attrs]

    def handle_data(self, data):
        self.text.append(data)


# -- days ------------------------------------------------------------------------------------------

DAYS = (
    ("<p>It lapsed on 2026-07-24.</p>", "<p>It lapsed on <time>2026-07-24</time>.</p>"),
    ("<p>(2026-07-24, 2026-07-25)<b>x</b></p>", "<p>(<time>2026-07-24</time>, <time>2026-07-25</time>)<b>x</b></p>"),
    ("<p>At 2026-07-24T10:00Z it</p>", "<p>At <time>2026-07-24T10:00Z</time> it</p>"),
    ('<a href="/kpis?to=2026-07-24">x</a>', None),
    ('<input value="2026-07-24"><p title="on 2026-07-24">x</p>', None),
    ("<time datetime=2026-07-24>2026-07-24</time><option>2026-07-24</option><title>2026-07-24 x</title>", None),
    ("<textarea>\nfrom: 2026-07-24\n&lt;b&gt; 2026-07-24</textarea><svg><text>2026-07-24</text></svg>", None),
    ("<svg><text>2026-07-24<tspan>2026-07-24</tspan></text><desc>2026-07-24</desc></svg>", None),
    ("<p>run-2026-07-24 2026-07-24-1 x/2026-07-24/y 12026-07-24 2026-7-24</p>", None),
)


@pytest.mark.parametrize(("told", "shown"), DAYS)
def test_a_day_in_a_sentence_is_kept_together_and_nothing_else_is_touched(told, shown):
    text = f"<!doctype html><html>{told}</html>"
    assert rendering.days_kept_together(text) == (text if shown is None else text.replace(told, shown))


class Loose(HTMLParser):
    """Days in texts that a browser may break."""

    def __init__(self, text):
        super().__init__()
        self.within, self.found, self.kept = "", [], 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.within = tag

    def handle_endtag(self, tag):
        self.within = ""

    def handle_data(self, data):
        days = re.findall(r"(?<![\w/-])\d{4}-\d{2}-\d{2}(?![\w/-])", data)
        if self.within in ("time", "text", "tspan", "title", "desc", "option", "textarea"):
            self.kept += len(days)
        else:
            self.found += days


def test_no_sentence_of_a_page_has_a_day_that_breaks(world):
    seen = {page.name: Loose(world.client.get(address(page)).text) for page in SHOWN}
    assert {name: one.found for name, one in seen.items() if one.found} == {}
    assert sum(one.kept for one in seen.values()) > 0


# -- escaping --------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.name)
def test_nothing_that_the_books_say_acts_on_a_page(world, page):
    answer = world.client.get(address(page))
    assert answer.status_code == 200, answer.text
    seen = Tags(answer.text)
    assert not {"img", "iframe", "style", "object", "embed", "base"} & set(seen.tags)
    ours = [("script", "src", f"/script/{world.site._script_name}"), ("script", "defer", None)] if page.live else []
    assert [one for one in seen.attributes if one[0] == "script"] == ours
    assert seen.tags.count("script") == len(ours) // 2
    for tag, name, value in seen.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name != "style", (tag, value)
        if name in ("href", "action", "src"):
            assert re.match(r"/(?!/)|#|data:,\Z", value), value
    assert "\u202e" not in answer.text
    assert "49" not in "".join(one for one in seen.text if "{{" in one or "7*7" in one)


def test_hostile_words_are_shown_as_words(world):
    text = "".join(Tags(world.client.get("/incidents").text).text)
    assert "<script>alert(1)</script>" in text
    assert "⟨U+202E⟩" in "".join(Tags(world.client.get("/systems").text).text)


# -- who may look ----------------------------------------------------------------------------------

CLOSED = [*(address(page) for page in SHOWN), *(f"{API}{address(p)}" if p.path != "/" else p.api for p in SHOWN)]


@pytest.mark.parametrize("path", [*CLOSED, f"{API}/openapi.json", f"{API}/no-such", "/no-such"])
def test_a_stranger_sees_nothing(world, path):
    answer = world.stranger.get(path)
    assert answer.status_code in (401, 404)
    assert "Health" not in answer.text
    assert "I-1" not in answer.text
    assert world.stranger.post("/verify", files={"export": b"x"}).status_code == 401


def test_the_token_becomes_a_cookie_that_scripts_and_other_sites_do_not_get(fresh):
    answer = fresh.stranger.get("/enter", params={"token": fresh.access.token}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    kept = answer.headers["set-cookie"]
    assert "HttpOnly" in kept
    assert "SameSite=strict" in kept
    assert fresh.access.token not in kept
    assert fresh.access.token not in repr(fresh.access)
    fresh.clock.moment += (SESSION_SECONDS - 1) * 1_000_000
    assert fresh.client.get("/verify").status_code == 200
    fresh.clock.moment += 1_000_000
    assert fresh.client.get("/verify").status_code == 401


@pytest.mark.parametrize("token", ["", "x", "\udc80", "a" * 1000])
def test_a_wrong_token_lets_nobody_in(world, token):
    assert world.access.enter(token) is None
    assert world.access.enter(world.access.token[:-1]) is None
    assert world.access.person(cookie=world.access.token, bearer="") is None


def test_programs_bring_the_token_in_a_header(world):
    headers = {"authorization": f"Bearer {world.access.token}"}
    assert world.stranger.get(f"{API}/kpis", headers=headers).status_code == 200
    assert world.stranger.get(f"{API}/kpis", headers={"authorization": "Bearer x"}).status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver:1", "", "127.0.0.1"])
def test_another_name_for_this_machine_is_refused(world, host):
    assert world.client.get("/", headers={"host": host}).status_code == 421


def test_a_form_of_another_site_is_refused(world):
    for headers in ({"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
        assert world.client.post("/verify", files={"export": b"x"}, headers=headers).status_code == 403


def test_a_page_is_for_its_roles(fresh, monkeypatch):
    nobody = Person(name="x", roles=frozenset())
    monkeypatch.setattr(Alone, "person", lambda *_, **__: nobody)
    assert all(page.roles <= set(ROLES) for page in routes.PAGES)
    assert {fresh.client.get(address(page)).status_code for page in SHOWN} == {403}


# -- bad input -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/%2e%2e/etc/passwd", "/style/..%2f..%2fpages.css", "/style/%00", "http://testserver//evil.example", "/kpis/R04%2f..", "/kpis\\R04",
        "/style/page.css", "/kpis/<script>", "/kpis/NO-SUCH", "/systems/no-such", "/gates/no-such", "/KPIS", "/kpis/",
        "/" + "a" * 600, "/?" + "a" * 3000, "/kpis?quarter=2026-Q9", "/kpis?quarter=9999-Q1", "/kpis?qaurter=2026-Q3",
        "/kpis?quarter=2026-Q3&quarter=2026-Q2", "/kpis?system=no-such", "/kpis?system=bot&team=care", "/systems?system=bot",
        "/kpis/R04?kpi=R06",
    ],
)  # fmt: skip
def test_what_is_not_asked_right_is_refused_without_a_word_of_the_inside(world, path):
    answer = world.client.get(path)
    assert 400 <= answer.status_code < 500, answer.status_code
    assert "Traceback" not in answer.text
    assert "site-packages" not in answer.text
    assert "<script>" not in answer.text


def test_bodies_have_a_bound(world):
    answer = world.client.post("/enter", content=b"token=" + b"x" * BODY_BYTES, headers={"content-type": FORM})
    assert answer.status_code == 413
    assert world.client.post("/kpis").status_code == 405
    assert world.client.post("/verify", content=b"no form", headers={"content-type": "text/plain"}).status_code == 400


FORM = "application/x-www-form-urlencoded"


def test_a_page_that_fails_tells_nothing(fresh, monkeypatch):
    def fails(*_):
        raise RuntimeError("secret of row 7")

    monkeypatch.setattr(fresh.site._answers, "of", fails)
    for path in ("/kpis", f"{API}/kpis"):
        answer = fresh.client.get(path)
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert "TT000" in answer.text


def test_every_answer_is_dressed(world):
    for path in ("/", "/no-such", f"{API}/kpis", "/healthz", "//x", f"/style/{world.site._style_name}"):
        headers = world.client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "server" not in headers


# -- the same as JSON ------------------------------------------------------------------------------


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.name)
def test_json_is_what_the_description_says(world, page):
    path = page.api if page.path == "/" else f"{API}{address(page)}"
    answer = world.client.get(path)
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"row", "as_of", "current", "policy", "ledger", "data"}
    TypeAdapter(page.shape).validate_python(body["data"])
    described = world.client.get(f"{API}/openapi.json").json()
    assert described["paths"][page.api]["get"]["operationId"] == page.name
    assert f'href="{path}"' in world.client.get(address(page)).text


def test_the_board_is_what_is_published_of_its_row_and_moment(world):
    body = world.client.get(f"{API}/board").json()
    period = {"quarter": body["data"]["quarter"]}
    again = figures(world.ledger, world.policy, period, body["row"], body["as_of"])
    assert body["data"] == orjson.loads(orjson.dumps(again))
    assert body["data"]["findings"]["open"] == 1
    shown = " ".join("".join(Tags(world.client.get("/").text).text).split())
    for _, lines in board_lines(again):
        for line in lines:
            if line.startswith("Not known"):
                assert line in shown


def test_errors_of_the_api_are_problem_documents(world):
    answer = world.client.get(f"{API}/kpis/NO-SUCH")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


# -- what is new -----------------------------------------------------------------------------------


def test_an_answer_is_known_by_its_row(fresh):
    first = fresh.client.get("/incidents")
    tag = {"if-none-match": first.headers["etag"]}
    assert fresh.client.get("/incidents", headers=tag).status_code == 304
    assert fresh.client.get("/kpis", headers=tag).status_code == 200
    enter(fresh, "I-2")
    fresh.site._answers.entered("you")
    again = fresh.client.get("/incidents", headers=tag)
    assert again.status_code == 200
    assert "I-2" in again.text


def enter(fresh, incident):
    values = {"severity": "S1", "hazard": "new", "what": "Another.", "system": "tool", "by": "internal-auditor"}
    keep(fresh.ledger, fresh.policy, [Draft(kind="incident", values={**values, "incident": incident})])


def test_a_ledger_that_does_not_verify_says_so_on_every_page(fresh):
    assert "Not verified yet" in fresh.client.get("/kpis").text
    fresh.watched.verify()
    assert "not verif" not in fresh.client.get("/kpis").text.lower()
    with sqlite3.connect(fresh.path) as other:
        for (name,) in other.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            other.execute(f'drop trigger "{name}"')
        done = other.execute("update evidence set payload = replace(payload, 'S2', 'S4') where payload like '%I-1%'")
        assert done.rowcount == 1
    fresh.watched.verify()
    for page in SHOWN:
        assert "This ledger does not verify" in fresh.client.get(address(page)).text, page.name
        body = fresh.client.get(page.api if page.path == "/" else f"{API}{address(page)}").json()
        assert body.get("ledger") == "altered" or body["status"] == 503, page.name
    # Whoever opens it now is told, and shown nothing that rests on such a row.
    site = Site(Watched(fresh.ledger, fresh.policy), fresh.access, cookie="trimtab-1")
    opened = TestClient(application(site, hosts=frozenset({"testserver"})), cookies=fresh.client.cookies)
    answer = opened.get("/kpis")
    assert answer.status_code == 503
    assert "This ledger does not verify" in answer.text


def test_an_export_can_be_dropped(world, tmp_path):
    with (tmp_path / "export.jsonl").open("wb") as out:
        write_jsonl(world.ledger, out)
    content = (tmp_path / "export.jsonl").read_bytes()
    good = world.client.post("/verify", files={"export": ("x.jsonl", content)})
    assert "the export verifies" in good.text
    assert world.client.post(f"{API}/verify", content=content).json()["ok"]
    bad = world.client.post("/verify", files={"export": ("x.jsonl", content.replace(b"S2", b"S4"))})
    assert "the export does not verify" in bad.text
    assert "<script>" not in bad.text
    nonsense = world.client.post(f"{API}/verify", content=b"\x00<script>").json()
    assert not nonsense["ok"]
