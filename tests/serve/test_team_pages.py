"""The pages of a team: every route is for its roles, whoever only reads writes nothing, and nobody is taken for another."""

import asyncio
import importlib
import pkgutil
import re
import sqlite3
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient
from tests.serve.teams import NAMES, PASSWORD, TeamWorld
from tests.workspace.governing import DAY, NOW, POLICY, decide, policy_in

import trimtab.serve.pages
from trimtab.decision import Verdict
from trimtab.errors import AccessError
from trimtab.evidence import Ledger
from trimtab.evidence.entries.reading import Draft
from trimtab.serve.pages.access.alone import Alone
from trimtab.serve.pages.access.buckets import Buckets
from trimtab.serve.pages.access.doors import KEEPS_NOTHING
from trimtab.serve.pages.access.outside import Outside, networks
from trimtab.serve.pages.access.person import WRITERS
from trimtab.serve.pages.access.refused import RefusedError
from trimtab.serve.pages.app import application
from trimtab.serve.pages.declared import API, GROUPS, ROLES
from trimtab.serve.pages.forms.declared import FORMS_PATH
from trimtab.serve.pages.frame import scope
from trimtab.serve.pages.frame.live import Live
from trimtab.serve.pages.frame.menu import menu
from trimtab.serve.pages.frame.routes import PAGES
from trimtab.serve.pages.snapshot import Watched
from trimtab.serve.pages.team import journal, tokens, users
from trimtab.serve.pages.team.doors import WRONG, safe_next
from trimtab.workspace.keeping import keep

KPIS = """
kpis:
  R04: {target: 0.9, floor: {at_least: 0.6}, owner: care, source: {system: desk, custodian: internal-auditor, independence: self}}
  P10: {target: 0.9, floor: {at_least: 0.6}, owner: care, source: {system: desk, custodian: internal-auditor, independence: self}}
"""
EVERYBODY = {f"{API}/openapi.json", "/style/{name}", "/script/{name}", "/healthz"}
OF_FORMS = {FORMS_PATH, f"{API}{FORMS_PATH}", f"{FORMS_PATH}/entered/{{row:int}}"}
SECRET = "secretly-failing"


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    folder = tmp_path_factory.mktemp("team")
    policy = policy_in(folder, POLICY + KPIS)
    with Ledger.open(folder / "ledger.db", clock=lambda: NOW) as ledger:
        decide(ledger, policy, Verdict.PASS, time=NOW - 5 * DAY)
        at = NOW - 3 * DAY
        about = {"severity": "S2", "hazard": "x", "by": "internal-auditor", "at": at}
        drafts = [
            Draft(
                kind="incident", values={**about, "incident": f"I-{name}", "what": what, "system": name, "detected": at}
            )
            for name, what in (("bot", "Fine."), ("tool", f"It is {SECRET}."))
        ]
        keep(ledger, policy, drafts, now=NOW - DAY)
        made = Watched(ledger, policy)
        made.verify()
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    made = TeamWorld(tmp_path_factory.mktemp("shared"))
    yield made
    made.store.close()


@pytest.fixture
def world(tmp_path):
    made = TeamWorld(tmp_path)
    yield made
    made.store.close()


PLENTY = {"of_person": Buckets(a_second=1e6, at_once=10**6), "of_stranger": Buckets(a_second=1e6, at_once=10**6)}


@pytest.fixture(scope="module")
def site(shared, watched):
    return shared.site(watched, **PLENTY)


@pytest.fixture(scope="module")
def clients(shared, site):
    return {role: shared.client(site, role) for role in ROLES}


# -- role x route ----------------------------------------------------------------------------------


def forms():
    """Whatever table of forms there is beside the table of pages."""
    found = {}
    for module in pkgutil.walk_packages(trimtab.serve.pages.__path__, "trimtab.serve.pages."):
        for form in getattr(importlib.import_module(module.name), "FORMS", ()):
            found[form.path] = form
    return found


FORMS = forms()


def filled(page, path):
    examples = {one.name: one.example or "x" for one in page.asked if one.in_path}
    return path.format_map(examples)


def all_routes(site):
    shield: Any = application(site, hosts=frozenset({"testserver"}))
    return list(shield._app.routes)


@pytest.mark.parametrize("role", ROLES)
def test_a_page_is_for_its_roles_as_html_and_as_json(site, clients, role):
    for page in site.pages:
        for path in (
            filled(page, page.path),
            filled(page, page.api),
            *(filled(page, page.file(one)) for one in page.downloads),
        ):
            status = clients[role].get(path).status_code
            assert status != 401
            assert (status == 403) == (role not in page.roles), (role, path, status)
    assert clients[role].get(f"{API}/openapi.json").status_code == 200


def test_every_route_is_declared_somewhere(site):
    declared = {page.path for page in site.pages} | {page.api for page in site.pages} | EVERYBODY | KEEPS_NOTHING
    declared |= {way.path for way in site.doors.ways()}
    declared |= {page.file(one) for page in site.pages for one in page.downloads}
    declared |= {path for form in FORMS for path in (form, f"{API}{form}")} | OF_FORMS
    declared |= {f"{page.path}/events" for page in site.pages if page.live}
    assert {route.path for route in all_routes(site)} <= declared


def test_who_may_only_read_sends_nothing_that_is_kept(shared, site, clients):
    reading = TestClient(clients["admin"].app, headers={"authorization": f"Bearer {shared.token('engineer')}"})
    posted = [
        route for route in all_routes(site) if route.methods - {"GET", "HEAD"} and route.path not in KEEPS_NOTHING
    ]
    for route in posted:
        path = re.sub(r"\{.*?\}", "x", route.path)
        for method in route.methods - {"GET", "HEAD"}:
            for client in (clients["viewer"], clients["auditor"], reading):
                assert client.request(method, path).status_code == 403, (method, path)
    # And a route that nobody has thought of: the rule is of none in particular.
    for client in (clients["viewer"], clients["auditor"], reading):
        assert client.post("/kpis").status_code in (403, 405)


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("role", ROLES)
def test_a_form_is_for_its_roles(clients, role, path):
    form = FORMS[path]
    assert not form.roles & {"auditor", "viewer"}
    assert form.roles <= set(ROLES)
    if role not in form.roles:
        assert clients[role].post(re.sub(r"\{.*?\}", "x", path)).status_code == 403


def test_the_rule_for_all_routes_would_be_noticed(shared, watched):
    """A handler that asks nothing is guarded all the same."""

    class Careless:
        name, path, methods = "careless", "/careless", ("POST",)

        async def handler(self, _, site):
            return site.show("enter.html", door=site.doors.shown(_), left=False)

    made = shared.site(watched, **PLENTY)
    known = made.doors.ways
    made.doors.ways = lambda: (*known(), Careless())
    answers = {role: shared.client(made, role).post("/careless").status_code for role in ROLES}
    assert answers == {role: 200 if role in WRITERS else 403 for role in ROLES}
    assert shared.client(made).post("/careless").status_code == 401


def test_auditors_and_viewers_are_no_writers_and_every_page_says_for_whom_it_is():
    assert set(ROLES) - {"auditor", "viewer"} == WRITERS
    for page in PAGES:
        assert page.roles
        assert {"auditor", "admin", "risk-owner"} <= page.roles, page.name


def test_what_people_wrote_of_mistakes_and_what_was_agreed_with_others_is_not_for_everybody(site):
    closed = {role: {page.name for page in site.pages if role not in page.roles} for role in ROLES}
    assert {"incidents", "queue", "gates", "consent", "loss", "vendors", "review", "learning", "access"} <= closed[
        "viewer"
    ]
    assert {"gates", "consent", "loss", "budget", "request", "committee", "vendors", "review"} <= closed["reviewer"]
    assert closed["engineer"] == closed["risk-owner"] == closed["committee"] == {"access"}
    assert closed["auditor"] == closed["admin"] == set()


def test_menus_hold_what_one_may_open(site, clients):
    for role in ROLES:
        first: dict[str, Any] = {}  # of each group, the page that it leads to
        for page in site.pages:
            if page.menu and page.group and role in page.roles:
                first.setdefault(page.group, page)
        texts = {group: clients[role].get(page.path).text for group, page in first.items()}
        for page in site.pages:
            if page.menu:
                text = texts.get(page.group) or next(iter(texts.values()))
                found = re.findall(rf'<a href="{re.escape(page.path)}"( aria-current="page")?>{page.menu}</a>', text)
                assert bool(found) == (role in page.roles), (role, page.name)
        text = next(iter(texts.values()))
        for group in GROUPS:
            led = re.findall(rf'<a href="([^"]*)"(?: aria-current="true")?>{group}</a>', text)
            assert led == ([first[group].path] if group in first else []), (role, group)
        assert NAMES[role] in text


def test_one_sees_in_which_group_one_is_also_on_pages_that_no_menu_has():
    def at(name):
        return menu([one for one in PAGES if one.menu], next(one for one in PAGES if one.name == name))

    for name, group, word in (
        ("board", "Decide", "Board"),
        ("traffic", "Measure", "Systems"),
        ("consent", "Decide", "Gates"),
    ):
        found = at(name)
        assert found.opened == group
        assert [one.text for one in found.groups if one.here] == [group]
        assert [one.text for one in found.pages if one.here] == [word]
    assert [one.here for one in at("traffic").pages if one.here] == ["true"]
    assert [one.here for one in at("board").pages if one.here] == ["page"]
    assert [(one.text, one.here) for one in at("queue").own] == [("Queue", "page"), ("Mine", "")]
    assert at("queue").pages == ()
    assert {one.group for one in PAGES if one.menu} - {""} == set(GROUPS)


def test_somebody_alone_is_who_they_say_and_all_but_an_auditor():
    alone = Alone(name="safety-lead")
    person = alone.person(cookie="", bearer=alone.token)
    assert person is not None
    assert (person.name, person.roles) == ("safety-lead", frozenset(ROLES) - {"auditor"})
    assert person.may_act(frozenset({"risk-owner"}), "bot")


# -- coming in -------------------------------------------------------------------------------------


def form(name="ml-lead", password=PASSWORD, **more):
    return {"name": name, "password": password, **more}


def test_whoever_comes_in_goes_on_to_what_they_asked_for(world, watched):
    client = world.client(world.site(watched))
    asked = client.get("/kpis?quarter=2026-Q3")
    assert asked.status_code == 401
    assert 'value="/kpis?quarter=2026-Q3"' in asked.text
    answer = client.post("/enter", data=form(next="/kpis?quarter=2026-Q3"), follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/kpis?quarter=2026-Q3")
    kept = answer.headers["set-cookie"]
    assert "HttpOnly" in kept
    assert "SameSite=strict" in kept
    assert "Secure" not in kept
    assert client.get("/kpis").status_code == 200
    assert client.get("/enter").status_code == 200


def test_over_https_the_cookie_is_bound_to_this_host_and_browsers_are_told_to_stay(world, watched):
    outside = Outside(secure=True, proxies=networks(("10.0.0.0/24",)))
    client = world.client(
        world.site(watched, outside=outside),
        host="pages.example.org",
        base="https://pages.example.org",
        client=("10.0.0.7", 1),
    )
    answer = client.post("/enter", data=form(), headers={"origin": "https://pages.example.org"}, follow_redirects=False)
    kept = answer.headers["set-cookie"]
    assert kept.startswith("__Host-trimtab=")
    assert "Secure" in kept
    assert "Path=/;" in kept
    assert "domain" not in kept.lower()
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert client.get("/kpis").status_code == 200


@pytest.mark.parametrize("text", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "", "kpis",
                                  "/" + "a" * 600, "/a\nb", "javascript:alert(1)", "/ /evil", "/\u202e"])  # fmt: skip
def test_nobody_is_sent_to_another_site(world, watched, text):
    assert safe_next(text) == "/"
    answer = world.client(world.site(watched)).post("/enter", data=form(next=text), follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_a_session_is_always_a_new_one_and_the_old_one_of_the_browser_ends(world, watched):
    site = world.site(watched)
    client = world.client(site)
    planted = "planted-by-somebody-else"
    client.cookies.set("trimtab-1", planted)
    made = client.post("/enter", data=form(), follow_redirects=False).cookies["trimtab-1"]
    assert made != planted
    client.cookies.clear()
    client.cookies.set("trimtab-1", made)
    again = client.post("/enter", data=form(), follow_redirects=False).cookies["trimtab-1"]
    assert again != made
    assert world.team.person(cookie=made, bearer="") is None
    assert world.team.person(cookie=again, bearer="")
    assert world.team.person(cookie=planted, bearer="") is None


def test_of_two_cookies_of_the_name_none_counts(world, watched):
    client = world.client(world.site(watched))
    mine, other = world.team.begin("ml-lead", "password", ""), world.team.begin("ml-admin", "password", "")
    for cookies in (
        f"trimtab-1={mine}; trimtab-1={other}",
        f"trimtab-1={mine}; trimtab-1=",
        f"trimtab-1 = {other}; trimtab-1={mine}",
    ):
        assert client.get("/kpis", headers={"cookie": cookies}).status_code == 401
    assert client.get("/kpis", headers={"cookie": f"other=1; trimtab-1={mine}"}).status_code == 200


def test_a_program_s_token_counts_before_a_cookie(shared, site, clients):
    wrong = {"authorization": "Bearer wrong"}
    assert clients["admin"].get("/access", headers=wrong).status_code == 401
    for other in ("Basic eDp5", "Bearer", "", "x"):
        assert clients["admin"].get("/access", headers={"authorization": other}).status_code == 401
    engineer = {"authorization": f"Bearer {shared.token('engineer')}"}
    assert clients["admin"].get("/access", headers=engineer).status_code == 403
    assert clients["admin"].get(f"{API}/kpis", headers=engineer).status_code == 200


@pytest.mark.parametrize("how", ["left", "disabled", "other roles", "other systems", "unreadable"])
def test_whoever_listens_is_asked_again_who_they_are(world, watched, how):
    site = world.site(watched, **PLENTY)
    page = next(one for one in site.pages if one.name == "traffic")
    cookie = world.team.begin("ml-lead", "password", "10.1.1.1")
    heads = [(b"cookie", f"trimtab-1={cookie}".encode()), (b"host", b"testserver")]
    path = {"path": "/systems/bot/traffic/events", "path_params": {"system": "bot"}, "query_string": b""}
    request = Request({"type": "http", "method": "GET", "headers": heads, **path})
    admits: list[Any] = []

    async def answer(_, admit):
        admits.append(admit)

    site.live = SimpleNamespace(answer=answer)
    asyncio.run(site.events(request, page))
    admits[0]()
    admits[0]()
    if how == "left":
        world.team.leave(cookie)
    elif how == "disabled":
        users.change(world.store, "ml-lead", disabled=True)
    elif how == "unreadable":
        with closing(sqlite3.connect(world.path)) as other:
            other.execute("DROP TABLE session")
    else:
        users.change(world.store, "ml-lead", roles=["engineer"], systems=["tool"] if how == "other systems" else None)
    with pytest.raises((RefusedError, AccessError)):
        admits[0]()
    assert not asyncio.run(Live(watched)._still(admits[0]))


def test_a_form_of_another_site_lets_nobody_in_or_out(world, watched):
    client = world.client(world.site(watched), "engineer")
    for headers in ({"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
        assert client.post("/enter", data=form(), headers=headers).status_code == 403
        assert client.post("/leave", headers=headers).status_code == 403
    assert client.get("/kpis").status_code == 200


def test_leaving_ends_the_session_everywhere(world, watched):
    client = world.client(world.site(watched), "engineer")
    cookie = client.cookies["trimtab-1"]
    left = client.post("/leave")
    assert "You have left" in left.text
    assert left.history[0].headers["clear-site-data"] == '"cache"'
    assert client.get("/kpis", headers={"cookie": f"trimtab-1={cookie}"}).status_code == 401
    assert journal.lines(world.store)[-1].what == "left"


@pytest.mark.parametrize("data", [{}, {"name": "ml-lead"}, {"password": PASSWORD}, {"name": "\0", "password": "\0"},
                                  {"name": "ml-lead", "password": "wrong words"}, {"name": "nobody", "password": PASSWORD}])  # fmt: skip
def test_whatever_is_wrong_the_same_is_said(world, watched, data):
    answer = world.client(world.site(watched)).post("/enter", data=data)
    assert answer.status_code == 401
    assert WRONG in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
def test_what_is_no_form_lets_nobody_in(world, watched, kind):
    answer = world.client(world.site(watched)).post(
        "/enter", content=b'{"name": "ml-lead"}', headers={"content-type": kind}
    )
    assert answer.status_code in (400, 401)


def test_who_must_wait_is_told_how_long_and_nothing_else(world, watched):
    client = world.client(world.site(watched))
    known = [client.post("/enter", data=form(password="wrong words")).status_code for _ in range(6)]
    answer = client.post("/enter", data=form())
    assert known == [401] * 6
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    strange = [client.post("/enter", data=form(name="nobody", password="wrong words")).status_code for _ in range(6)]
    other = client.post("/enter", data=form(name="nobody"))
    assert strange == known
    assert other.status_code == 429
    # Apart from the style sheet's name and the like, the two pages are the same to the byte.
    assert answer.text == other.text


def test_somebody_asks_so_often_and_no_more(world, watched):
    ticks = [0.0]
    few = Buckets(a_second=1, at_once=3, clock=lambda: ticks[0])
    site = world.site(watched, of_person=few, of_stranger=Buckets(a_second=1, at_once=2, clock=lambda: ticks[0]))
    client, other = world.client(site, "engineer"), world.client(site, "viewer")
    assert [client.get("/kpis").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert other.get("/kpis").status_code == 200
    assert client.get("/kpis").headers["retry-after"] == "1"
    ticks[0] += 1
    assert client.get("/kpis").status_code == 200
    stranger = world.client(site)
    assert [stranger.get("/kpis").status_code for _ in range(3)] == [401, 401, 429]
    assert stranger.post("/enter", data=form()).status_code == 429


def test_who_asks_too_often_is_sent_away_from_forms_as_well(world, watched):
    def some(count):
        return Buckets(a_second=1, at_once=count, clock=lambda: 0.0)

    site = world.site(watched, of_person=some(2), of_stranger=some(2))
    told = {"what": "Words."}
    person, stranger = world.client(site, "engineer"), world.client(site)
    assert [person.post("/forms/note", data=told).status_code for _ in range(3)] == [403, 403, 429]
    sent = [stranger.post("/forms/note", data=told) for _ in range(3)]
    assert [one.status_code for one in sent] == [401, 401, 429]
    assert "what you typed is kept" in sent[1].text
    assert "what you typed is kept" not in sent[2].text


def test_buckets_are_bounded():
    buckets = Buckets(a_second=1, at_once=1, most=10)
    for n in range(100):
        buckets.take(str(n))
    assert len(buckets._left) == 10


def test_when_nobody_can_tell_nobody_is_let_in(world, watched):
    site = world.site(watched)
    client, stranger = world.client(site, "engineer"), world.client(site)
    token = {"authorization": f"Bearer {world.token('engineer')}"}
    with closing(sqlite3.connect(world.path)) as other:
        for table in ("session", "attempt", "token"):
            other.execute(f"DROP TABLE {table}")
    for answer in (
        client.get("/kpis"),
        client.get(f"{API}/kpis"),
        stranger.get("/kpis", headers=token),
        stranger.post("/enter", data=form()),
    ):
        assert answer.status_code == 503
        assert str(world.path) not in answer.text
        assert "sqlite" not in answer.text.lower()
    assert client.get("/healthz").status_code == 200


# -- from where ------------------------------------------------------------------------------------


def behind(world, watched, peer, **headers):
    site = world.site(watched, outside=Outside(secure=True, proxies=networks(("10.0.0.5",))))
    return world.client(
        site, host="pages.example.org", base="http://pages.example.org", client=(peer, 1), headers=headers
    )


def test_only_the_declared_proxy_is_answered_and_only_for_https(world, watched):
    assert behind(world, watched, "10.0.0.5").get("/healthz").status_code == 200
    assert behind(world, watched, "10.0.0.6").get("/healthz").status_code == 403
    assert behind(world, watched, "no address").get("/healthz").status_code == 403
    assert behind(world, watched, "10.0.0.5", **{"x-forwarded-proto": "http"}).get("/healthz").status_code == 403
    assert behind(world, watched, "10.0.0.5", **{"x-forwarded-proto": "https"}).get("/healthz").status_code == 200


def test_the_last_address_that_the_proxy_adds_counts_and_nobody_else_s_word():
    trusting, alone = Outside(secure=True, proxies=networks(("10.0.0.5",))), Outside()
    said = [(b"x-forwarded-for", b"1.1.1.1, 192.0.2.9")]
    assert trusting.address("10.0.0.5", said) == "192.0.2.9"
    assert trusting.address("10.0.0.6", said) == "10.0.0.6"
    assert alone.address("127.0.0.1", said) == "127.0.0.1"
    for wrong in (b"", b"x", b"1.1.1.1, ", b"\xff"):
        assert trusting.address("10.0.0.5", [(b"x-forwarded-for", wrong)]) == "10.0.0.5"


# -- some systems ----------------------------------------------------------------------------------


@pytest.fixture
def narrow(world, watched):
    users.change(world.store, "safety-lead", roles=["risk-owner"], systems=["bot"])
    return world.client(world.site(watched, **PLENTY), "risk-owner")


def test_who_sees_one_system_finds_nothing_of_another(narrow, world, watched):
    site = world.site(watched, **PLENTY)
    for page in site.pages:
        for path in (
            filled(page, page.path),
            filled(page, page.api),
            *(filled(page, page.file(one)) for one in page.downloads),
        ):
            for asked in ("", "?system=bot", "?system=tool"):
                if asked and not any(one.name == "system" and not one.in_path for one in page.asked):
                    continue
                answer = narrow.get(path + asked)
                assert SECRET not in answer.text, path
                assert "I-tool" not in answer.text, path
                if page.name not in scope.SCOPES:
                    assert answer.status_code == 403 or (page.name == "board" and answer.history), (
                        path,
                        answer.status_code,
                    )
    assert SECRET in world.client(site, "admin").get("/incidents").text


def test_what_no_page_shows_is_not_told_live_nor_as_a_receipt(narrow, clients, watched):
    assert narrow.get("/systems/tool/traffic/events").status_code == 404
    rows = {record.incident: row.seq for row, record in watched.ledger.records(kind="incident")}
    assert SECRET in clients["admin"].get(f"/forms/entered/{rows['I-tool']}").text
    assert narrow.get(f"/forms/entered/{rows['I-tool']}").status_code == 404
    assert narrow.get(f"/forms/entered/{rows['I-bot']}").status_code == 200


def test_pages_of_one_system_are_shown_of_theirs(narrow):
    assert narrow.get("/").url.path == "/kpis"
    assert "Fine." in narrow.get("/incidents").text
    assert narrow.get("/incidents").url.query == b"system=bot"
    assert narrow.get("/systems/bot").status_code == 200
    for path in ("/systems/tool", "/systems/no-such"):
        assert narrow.get(path).status_code == 404
    assert narrow.get("/systems/tool").text == narrow.get("/systems/no-such").text
    assert narrow.get("/kpis?team=care").status_code == 403
    assert narrow.get(f"{API}/kpis").status_code == 403
    assert narrow.get(f"{API}/kpis?system=bot").json()["data"]["systems"] == ["bot"]
    listed = narrow.get(f"{API}/systems").json()["data"]
    assert [one["system"] for one in listed["systems"]] == ["bot"]
    assert {one["system"] for one in narrow.get(f"{API}/gates").json()["data"]["gates"]} == {"bot"}
    metric = narrow.get(f"{API}/kpis/R04?system=bot").json()["data"]
    assert {one["system"] for one in metric["evidence"]} <= {"bot"}
    assert narrow.get("/board").status_code == 404
    assert 'href="/loss"' not in narrow.get("/systems").text


def test_who_sees_no_system_is_shown_none(world, watched):
    users.change(world.store, "safety-lead", roles=["risk-owner"], systems=[])
    client = world.client(world.site(watched, **PLENTY), "risk-owner")
    assert client.get(f"{API}/systems").json()["data"]["systems"] == []
    assert client.get("/incidents").status_code == 403


def test_an_answer_is_known_by_whom_it_was_for(shared, site, clients):
    tag = {"if-none-match": clients["admin"].get("/kpis").headers["etag"]}
    assert clients["admin"].get("/kpis", headers=tag).status_code == 304
    assert clients["engineer"].get("/kpis", headers=tag).status_code == 200


# -- the page on access ----------------------------------------------------------------------------


def test_the_page_on_access_tells_who_may_and_who_did_and_no_secret(world, watched):
    site = world.site(watched)
    token = tokens.create(world.store, "ml-lead", about="<b>nightly</b>")[1]
    client = world.client(site)
    client.post("/enter", data=form(name="internal-auditor"))
    client.post("/enter", data=form(password="wrong words"))
    answer = client.get("/access")
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "the log verifies" in answer.text
    assert "&lt;b&gt;nightly&lt;/b&gt;" in answer.text
    data = client.get(f"{API}/access").json()["data"]
    assert {one["name"] for one in data["users"]} == set(NAMES.values())
    assert data["log"][0]["what"] == "refused"
    whole = answer.text + client.get(f"{API}/access").text
    for secret in (token.split("_", 2)[2], PASSWORD, world.kept, client.cookies["trimtab-1"]):
        assert secret not in whole
    assert "AccessPage" in client.get(f"{API}/openapi.json").text
