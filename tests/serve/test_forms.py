"""Forms: what commands enter, entered in a browser once, under a name, by whoever may, and by nobody else."""

import re
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest
from starlette.testclient import TestClient
from tests.serve.filling import Served, entry, filled, marks, rows
from tests.serve.test_pages import HOSTILE, Clock, Tags
from tests.workspace.governing import DAY, NOW, POLICY, policy_in

from trimtab.errors import LedgerError
from trimtab.evidence.entries import ENTRIES, described
from trimtab.evidence.entries.entry import Form as Holds
from trimtab.evidence.entries.reading import Draft
from trimtab.evidence.living import LivingLedger
from trimtab.serve.pages.access import shield
from trimtab.serve.pages.access.alone import Alone
from trimtab.serve.pages.access.person import Person
from trimtab.serve.pages.access.shield import BODY_BYTES, POLICY_BYTES
from trimtab.serve.pages.declared import API, ROLES
from trimtab.serve.pages.forms import FORMS
from trimtab.serve.pages.forms.shapes import example_of, schema_of
from trimtab.serve.pages.forms.tokens import Tokens, use_of
from trimtab.serve.pages.openapi.description import description
from trimtab.workspace.keeping import keep

INCIDENT = {
    "system": "bot",
    "severity": "S2",
    "hazard": "leak",
    "what": "It told a secret.",
    "found_by": "staff",
    "duty": "none",
    "by": "ml-lead",
}
FORM = "application/x-www-form-urlencoded"


class World(Served):
    def __init__(self, folder, **more):
        self.clock, self.path = Clock(), folder / "ledger.db"
        super().__init__(LivingLedger.open(self.path, clock=self.clock), policy_in(folder, POLICY), **more)
        self.browser = self.client()

    def enter(self, kind, **values):
        return keep(self.ledger, self.policy, [Draft(kind=kind, values={"by": "ml-lead", **values})])

    def fill(self, path="/forms/incident", client=None, **values):
        """Open a form and send it."""
        client = client or self.browser
        page = client.get(path)
        assert page.status_code == 200, page.text
        return client.post(path.partition("?")[0], data={**marks(page.text), **(values or INCIDENT)})


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.site.close()
    made.ledger.close()


class Known:
    """Access for one person in a team."""

    def __init__(self, **person):
        self.who = Person(**{"name": "ml-lead", "roles": frozenset({"engineer"}), **person})
        self.token = "t"

    def person(self, *, cookie, bearer):
        return self.who if cookie or bearer else None

    def leave(self, cookie):
        pass


def somebody(tmp_path, **person):
    made = World(tmp_path, access=Known(**person))
    made.browser.cookies.set("trimtab-1", "a session")
    return made


# -- what is entered -------------------------------------------------------------------------------


def test_what_is_filled_in_stands_in_the_ledger_under_a_name_masked_and_is_shown_with_its_hash(world):
    told = {**INCIDENT, "what": "A mail went to jane.doe@example.org <b>now</b>."}
    sent = world.fill(**told)
    assert sent.status_code == 303
    kept = entry(world.ledger)
    assert (kept.kind, kept.by, kept.system, kept.severity) == ("incident", "ml-lead", "bot", "S2")
    assert kept.what == "A mail went to [email] <b>now</b>."
    assert re.fullmatch(r"form:[0-9a-f]{32}", kept.source)
    shown = world.browser.get(sent.headers["location"]).text
    row = next(iter(world.ledger.rows(after=rows(world.ledger) - 1)))
    assert f"sha256:{row.hash.hex()}" in shown
    assert f"Entered as row {row.seq}" in shown
    assert "were masked" in shown
    assert "&lt;b&gt;now&lt;/b&gt;" in shown
    assert "jane.doe" not in shown
    assert "<b>now" not in shown


def test_a_form_that_is_sent_twice_enters_once_and_says_so(world):
    page = world.browser.get("/forms/incident")
    told = {**marks(page.text), **INCIDENT}
    first, again = (world.browser.post("/forms/incident", data=told) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 303)
    row = rows(world.ledger)
    assert f"/entered/{row}?again=1" in again.headers["location"]
    assert "entered already" in world.browser.get(again.headers["location"]).text
    # A new process, with new keys and new sessions: the ledger knows it.
    other = Served(world.ledger, world.policy)
    assert "again=1" in other.client().post("/forms/incident", data=told).headers["location"]
    assert rows(world.ledger) == row


def test_two_clicks_at_the_same_moment_enter_once(world):
    told = {**marks(world.browser.get("/forms/incident").text), **INCIDENT}
    world.fill(**{**INCIDENT, "what": "The policy is in the ledger now."})
    before, together = rows(world.ledger), threading.Barrier(4)
    cookies = dict(world.browser.cookies)

    def click(_):
        client = TestClient(world.app, follow_redirects=False, cookies=cookies)
        together.wait()
        return client.post("/forms/incident", data=told).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(click, range(4))) == {303}
    assert rows(world.ledger) == before + 1


def test_going_back_and_sending_something_else_loses_nothing(world):
    told = {**marks(world.browser.get("/forms/incident").text), **INCIDENT}
    world.browser.post("/forms/incident", data=told)
    row = rows(world.ledger)
    other = world.browser.post("/forms/incident", data={**told, "what": "Another <thing>."})
    assert other.status_code == 409
    assert filled(other.text)["what"] == "Another <thing>."
    assert rows(world.ledger) == row
    assert world.browser.post("/forms/incident", data={**told, **marks(other.text), "what": "Another."}).is_redirect
    assert rows(world.ledger) == row + 1


def test_everything_wrong_is_told_at_once_beside_its_field_and_nothing_typed_is_lost(world):
    sent = world.fill(
        severity="S9", hazard="a b", what="Kept \x00\u202ewords", started="2026-11-02", detected="2026-11-01"
    )
    assert sent.status_code == 422
    assert 'role="alert"' in sent.text
    for field in ("severity", "hazard", "by"):
        assert f'href="#f-{field}"' in sent.text
        assert re.search(rf'aria-describedby="{field}-help {field}-error"', sent.text), field
        assert f'id="{field}-error"' in sent.text
    assert filled(sent.text)["what"] == "Kept words"
    assert 'value="a b"' in sent.text
    assert "S9 (cannot be chosen)" in sent.text
    assert "\u202e" not in sent.text
    assert sent.headers["cache-control"] == "private, no-cache"  # whoever goes back to it finds what they typed
    assert not rows(world.ledger)
    mended = world.browser.post("/forms/incident", data={**marks(sent.text), **INCIDENT})
    assert mended.is_redirect


def test_no_choice_is_made_for_anybody_in_any_form_and_each_is_asked_for(world):
    """Whatever is chosen is counted somewhere: who found it, whether the law asks, whose word it is."""
    seen = 0
    for form in FORMS:
        page = Tags(world.browser.get(form.path).text)
        chosen = [each for tag, each in page.each if tag == "option" and "selected" in each]
        assert all(each["value"] == "" for each in chosen), form.name
        assert not [each for tag, each in page.each if tag == "input" and "checked" in each], form.name
        typed = [
            each["value"]
            for tag, each in page.each
            if tag == "input" and each.get("type") != "hidden" and each.get("value")
        ]
        assert not typed, form.name
        choices = [one.name for one in form.fields if one.form is Holds.CHOICE]
        seen += len(choices)
        if form.way == "policy" or not choices:
            continue
        assert set(choices) <= set(form.first), form.name  # what must be said is not hidden under "More"
        sent = world.fill(form.path, by="ml-lead")
        called = world.call(form.api, {"by": "ml-lead"})
        missing = {one["field"] for one in called.json()["errors"]}
        for name in choices:
            assert f'id="{name}-error"' in sent.text, (form.name, name)
            assert name in missing, (form.name, name)
            assert form.way != "entry" or name in schema_of(form)["required"], (form.name, name)
    assert seen == 18
    assert not rows(world.ledger)


NOT_IN_ITS_FORM = (
    ("incident", {"severity": "s2"}, "severity"),
    ("incident", {**INCIDENT, "at": "2030-01-01T00:00"}, "at"),
    ("incident", {"detected": "31.12.2026"}, "detected"),
    ("incident", {"what": "x" * 2001}, "what"),
    ("incident", {"system": "../bot"}, "system"),
    ("spend", {"amount": "1e999", "category": "audit"}, "amount"),
    ("spend", {"amount": "NaN", "category": "audit"}, "amount"),
    ("spend", {"amount": "-1", "category": "audit"}, "amount"),
    ("claim", {"removes.low": "0.5", "removes.high": "0.2"}, "removes"),
    ("claim", {"removes.low": "nan", "removes.high": "inf"}, "removes"),
    ("realised", {"removed": "1e999"}, "removed"),
    ("appetite", {"points": "a=NaN"}, "points"),
)


def test_what_is_not_in_its_form_is_refused(world):
    for form, values, field in NOT_IN_ITS_FORM:
        sent = world.fill(f"/forms/{form}", **{"by": "ml-lead", **values})
        assert sent.status_code == 422, (form, values)
        assert f'id="{field}-error"' in sent.text, (form, values)
    assert not rows(world.ledger)


def test_a_link_fills_in_and_ranges_and_lists_are_put_together(world):
    page = world.browser.get("/forms/near-miss?system=tool&hazard=leak")
    assert '<option value="tool" selected>' in page.text
    assert 'value="leak"' in page.text
    world.enter("incident", incident="I-1", severity="S2", hazard="x", what="x", detected="2026-11-01", at="2026-11-01")
    moved = world.fill(
        "/forms/incident-step?incident=I-1", incident="I-1", step="contain", evidence="run-1, row-2", by="ml-lead"
    )
    assert moved.is_redirect, moved.text
    assert entry(world.ledger).evidence == ("run-1", "row-2")
    assert world.browser.get("/forms/near-miss?source=x").status_code == 400
    assert world.browser.get("/forms/near-miss?_token=x").status_code == 400


# -- two at once -----------------------------------------------------------------------------------


def test_whoever_comes_second_is_told_what_came_first_and_loses_nothing(world):
    world.enter("incident", incident="I-1", severity="S2", hazard="x", what="x", detected="2026-11-01", at="2026-11-01")
    tabs = [world.browser.get("/forms/incident-step?incident=I-1").text for _ in range(2)]
    told = {"incident": "I-1", "what": "Stopped & <checked>.", "by": "ml-lead"}
    first = world.browser.post("/forms/incident-step", data={**marks(tabs[0]), **told, "step": "contain"})
    assert first.is_redirect
    row = rows(world.ledger)
    second = world.browser.post("/forms/incident-step", data={**marks(tabs[1]), **told, "step": "fix"})
    assert second.status_code == 409
    assert f"row {row}" in second.text
    assert "incident step: contain" in second.text
    assert filled(second.text)["what"] == told["what"]
    assert rows(world.ledger) == row
    # Having read that, they may go on.
    assert world.browser.post("/forms/incident-step", data={**marks(second.text), **told, "step": "fix"}).is_redirect


# -- whose form it is ------------------------------------------------------------------------------


def test_a_form_without_its_token_enters_nothing_and_keeps_what_was_typed(world):
    page = world.browser.get("/forms/incident").text
    other = marks(world.browser.get("/forms/near-miss").text)["_token"]
    stranger = marks(world.client().get("/forms/incident").text)["_token"]
    for token in ("", "x", "\udc80", other, stranger, marks(page)["_token"][:-1]):
        told = {**marks(page), **INCIDENT, "_token": token.encode("utf-8", "replace")}
        sent = world.browser.post("/forms/incident", data=told)
        assert sent.status_code == 403, token
        assert filled(sent.text)["what"] == INCIDENT["what"]
    for use in ({"_use": "0" * 31}, {"_use": "../x"}, {"_seen": "-1"}, {"_seen": "9" * 40}):
        assert world.browser.post("/forms/incident", data={**marks(page), **INCIDENT, **use}).status_code == 403
    assert world.browser.post("/forms/incident", data=INCIDENT).status_code == 403
    for headers in ({"origin": "http://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
        sent = world.browser.post("/forms/incident", data={**marks(page), **INCIDENT}, headers=headers)
        assert (sent.status_code, "secret" in sent.text) == (403, False)
    assert not rows(world.ledger)


def test_a_seal_is_of_one_session_person_form_use_and_row():
    tokens = Tokens()
    use, whose = tokens.fresh(7), {"session": "s", "person": "p", "form": "f"}
    token = tokens.seal(use, **whose)
    assert tokens.good(token, use, **whose)
    for name in whose:
        assert not tokens.good(token, use, **{**whose, name: "other"})
    later = use_of(use.id, "8", row=9)
    assert later is not None
    assert not tokens.good(token, later, **whose)
    assert not Tokens().good(token, use, **whose)
    capped = use_of(use.id, "99", row=9)
    assert capped is not None
    assert capped.seen == 9
    assert "key" not in repr(tokens)


def test_when_a_session_has_ended_what_was_typed_goes_on(world):
    told = {**marks(world.browser.get("/forms/incident").text), **INCIDENT, "what": "Typed <long> and well."}
    world.browser.cookies.clear()
    lost = world.browser.post("/forms/incident", data=told)
    assert lost.status_code == 401
    assert "Example Health" not in lost.text  # a stranger is told nothing
    kept = {**marks(lost.text), **filled(lost.text)}
    assert kept["what"] == told["what"]
    assert "_token" not in kept
    back = world.client()
    again = back.post("/forms/incident", data=kept)
    assert again.status_code == 403
    assert back.post("/forms/incident", data={**kept, **marks(again.text)}).is_redirect
    assert entry(world.ledger).what == "Typed <long> and well."
    assert (
        world.client().post("/forms/incident", content=b"{}", headers={"content-type": "text/plain"}).status_code == 415
    )
    assert TestClient(world.app).post("/forms/incident", content=b"x").status_code == 401


def test_a_form_is_for_its_roles_and_for_no_auditor(tmp_path):
    world = somebody(tmp_path)
    bearer = {"authorization": "Bearer t", "idempotency-key": "12345678"}
    for role in ROLES:
        world.access.who = Person(name="ml-lead", roles=frozenset({role}))
        for form in FORMS:
            mine = role in form.roles
            sent = world.browser.post(form.path, data={"by": "ml-lead"})  # without a token: 403 as well, and a form
            assert ("This form was not made here" in sent.text) == mine, (role, form.name)
            called = world.browser.post(form.api, json={}, headers=bearer).status_code
            assert called == (422 if mine else 403), (role, form.name)
        opened = next((form for form in FORMS if role in form.roles), None)
        for form in FORMS[:1] + FORMS[-1:]:
            assert world.browser.get(form.path).status_code == (200 if role in form.roles else 403)
        assert (world.browser.get("/forms").status_code == 200) == (opened is not None)
        assert (opened is None) == (role in ("viewer", "auditor", "admin"))
    assert not rows(world.ledger)
    world.ledger.close()


def test_whoever_audits_enters_nothing_whatever_else_they_are(tmp_path):
    world = somebody(tmp_path, roles=frozenset({"auditor", "engineer", "risk-owner"}))
    assert world.browser.get("/forms/incident").status_code == 403
    assert world.browser.post("/forms/incident", data=INCIDENT).status_code == 403
    assert "/forms/incident" not in world.browser.get("/incidents").text
    world.ledger.close()


def test_in_a_team_everybody_speaks_under_their_own_name(tmp_path):
    world = somebody(tmp_path)
    page = world.browser.get("/forms/incident").text
    assert 'name="by"' not in page
    assert world.fill(**{**INCIDENT, "by": "safety-lead"}).status_code == 422
    assert world.fill(**{name: value for name, value in INCIDENT.items() if name != "by"}).is_redirect
    assert entry(world.ledger).by == "ml-lead"
    called = world.call(f"{API}/forms/incident", {**INCIDENT, "by": "safety-lead"})
    assert (called.status_code, called.json()["errors"][0]["field"]) == (422, "by")
    world.ledger.close()


@pytest.mark.parametrize("name", ["no-such-person", "ml-team"])
def test_under_a_name_that_is_no_person_of_the_policy_nothing_is_entered_by_any_form(tmp_path, name):
    world = somebody(tmp_path, name=name, roles=frozenset({"engineer", "reviewer", "risk-owner", "committee"}))
    listed = world.browser.get("/forms").text
    assert "list you under people" in listed
    for form in FORMS:
        page = world.browser.get(form.path).text
        assert "list you under people" in page, form.name
        told = {name: value for name, value in example_of(form).items() if isinstance(value, str) and name != "look"}
        sent = world.browser.post(form.path, data={**marks(page), **told, "by": ""})
        called = world.call(form.api, {**example_of(form), "by": name}, key=f"key-of-{form.name}")
        assert (sent.status_code, called.status_code) == (422, 422), (form.name, called.text)
        assert "list you under people" in sent.text, form.name
        assert 'id="by-error"' in sent.text, form.name
        wrong = called.json()["errors"]
        assert [one["field"] for one in wrong] == ["by"], form.name
        assert "safety-lead" not in called.text, form.name  # nor is anybody told who is there
    assert not rows(world.ledger)
    world.ledger.close()


def test_who_acts_of_some_systems_acts_of_no_other_and_sees_no_other(tmp_path):
    world = somebody(tmp_path, systems=frozenset({"tool"}))
    world.enter(
        "incident",
        incident="I-1",
        severity="S2",
        hazard="x",
        what="Of bot.",
        system="bot",
        detected="2026-11-01",
        at="2026-11-01",
        by="safety-lead",
    )
    row = rows(world.ledger)
    assert "Of bot." not in world.browser.get("/forms/incident-step").text
    assert world.browser.get(f"/forms/entered/{row}").status_code == 404
    assert world.fill(**INCIDENT).status_code == 403
    assert world.fill(**{**INCIDENT, "system": ""}).status_code == 422
    assert world.fill("/forms/incident-step", incident="I-1", step="contain").status_code == 403
    assert rows(world.ledger) == row
    assert world.fill(**{**INCIDENT, "system": "tool"}).is_redirect
    world.ledger.close()


@pytest.mark.parametrize("role", ROLES)
def test_a_receipt_is_for_who_makes_such_entries_or_reads_all(tmp_path, role):
    world = somebody(tmp_path, name="ml-reader", roles=frozenset({role}))
    told = {"severity": "S2", "hazard": "x", "what": "Words.", "detected": "2026-11-01"}
    world.enter("incident", system="bot", by="safety-lead", **told)
    incident = rows(world.ledger)
    world.enter("spend", amount="5", category="audit", what="Words.", system="bot", by="safety-lead")
    spend = rows(world.ledger)
    assert world.browser.get(f"/forms/entered/{incident}").status_code == (404 if role == "viewer" else 200)
    assert world.browser.get(f"/forms/entered/{spend}").status_code == (404 if role in ("viewer", "reviewer") else 200)
    world.access.who = Person(name="safety-lead", roles=frozenset({role}))
    assert world.browser.get(f"/forms/entered/{spend}").status_code == 200  # their own words, always
    world.ledger.close()


def test_who_sees_some_systems_is_offered_nothing_of_the_whole_organisation(tmp_path):
    world = somebody(tmp_path, roles=frozenset({"engineer", "risk-owner", "committee"}), systems=frozenset({"tool"}))
    whole = {form.name for form in FORMS if form.whole}
    asks = {form.kind.about for form in FORMS if form.kind.opens and any(one.name == "system" for one in form.fields)}
    for form in FORMS:  # what a form that asks for no system is about has one, or it is of the whole
        assert form.whole != (form.kind.about in asks or any(one.name == "system" for one in form.fields)), form.name
    listed = world.browser.get("/forms").text
    for form in FORMS:
        assert (f'href="{form.path}"' in listed) == (form.name not in whole), form.name
        if form.name in whole:
            assert world.browser.get(form.path).status_code == 403, form.name
            assert world.browser.post(form.path, data={"what": "x"}).status_code == 403, form.name
            assert world.call(form.api, {}).status_code == 403, form.name
    world.ledger.close()


def test_who_sees_some_systems_speaks_of_no_other_by_any_field(tmp_path):
    world = somebody(tmp_path, systems=frozenset({"tool"}))
    told = {"severity": "S2", "hazard": "x", "what": "Words.", "detected": "2026-11-01", "by": "safety-lead"}
    world.enter("incident", incident="I-1", system="bot", **told)
    other = rows(world.ledger)
    world.enter("incident", incident="I-2", system="tool", **told)
    mine, path = rows(world.ledger), f"{API}/forms/note"
    for on in (f"row:{other}", f"row:0{other}", "I-1"):
        refused = world.call(path, {"on": on, "what": "Handled.", "system": "tool"})
        assert (refused.status_code, "bot" in refused.text) == (403, False), on
    spent = {"amount": "1", "category": "audit", "what": "x", "system": "tool"}
    assert world.fill("/forms/spend", incident="I-1", **spent).status_code == 403
    # What is not there and what is another's are answered alike.
    steps = [world.fill("/forms/incident-step", incident=name, step="contained", what="x") for name in ("I-1", "I-9")]
    assert [one.status_code for one in steps] == [403, 403]
    assert steps[0].text == steps[1].text
    assert rows(world.ledger) == mine
    assert world.call(path, {"on": f"row:{mine}", "what": "Handled.", "system": "tool"}).status_code == 201
    world.access.who = Person(name="ml-lead", roles=frozenset({"engineer"}))
    assert world.call(path, {"on": f"row:{other}", "what": "Handled."}, key="another-key").status_code == 201
    world.ledger.close()


def test_a_private_key_that_was_pasted_is_in_no_page(world):
    page = world.browser.get("/forms/consent-signature").text
    told = {**marks(page), "signature": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blb\n-----END OPENSSH PRIVATE KEY-----"}
    for open_ in (True, False):
        if not open_:
            world.browser.cookies.clear()
        sent = world.browser.post("/forms/consent-signature", data={**told, "_do": "sign", "statement": "e30="})
        assert sent.status_code >= 400
        assert "b3Blb" not in sent.text


# -- what is sent ----------------------------------------------------------------------------------


def test_bad_bodies_are_refused_and_nothing_is_entered(world):
    sealed = marks(world.browser.get("/forms/incident").text)
    post = world.browser.post
    large = b"what=" + b"x" * 10_000_000
    assert post("/forms/incident", content=large, headers={"content-type": FORM}).status_code == 413
    assert (
        post("/forms/incident", content=b"what=" + b"x" * BODY_BYTES, headers={"content-type": FORM}).status_code == 413
    )
    too_much = b"policy=" + b"x" * POLICY_BYTES
    assert post("/forms/policy-proposal", content=too_much, headers={"content-type": FORM}).status_code == 413
    assert post("/forms/incident", json=INCIDENT).status_code == 415
    assert post("/forms/incident", content=b"x", headers={"content-type": "text/plain"}).status_code == 415
    assert post("/forms/incident", data={**sealed, **INCIDENT, "source": "hook:jira"}).status_code == 400
    assert post("/forms/incident", data={f"f{number}": "x" for number in range(3000)}).status_code == 400
    assert post("/forms/incident", data={**sealed, **INCIDENT, "severity": ["S1", "S4"]}).status_code == 400
    assert post("/forms/incident", data={**sealed, **INCIDENT, "row": "1"}).status_code == 400
    broken = {"content-type": "multipart/form-data; boundary=x"}
    assert post("/forms/incident", content=b"--x\r\nnonsense", headers=broken).status_code in (400, 403)
    for path in (
        "/forms/incident%2f",
        "/forms/no-such",
        "/forms/entered/0",
        "/forms/entered/99",
        "/forms/entered/9" + "9" * 30,
    ):
        assert world.browser.get(path).status_code in (400, 404), path
    assert not rows(world.ledger)


def test_a_body_that_does_not_come_is_not_waited_for(world, monkeypatch):
    sealed = marks(world.browser.get("/forms/incident").text)
    monkeypatch.setattr(shield, "BODY_SECONDS", 0.0)
    late = world.browser.post("/forms/incident", data={**sealed, **INCIDENT})
    assert (late.status_code, rows(world.ledger)) == (408, 0)
    assert world.browser.get("/incidents").status_code == 200  # what has no body is not late


def test_nothing_that_is_typed_or_in_the_books_acts_on_a_form(world):
    world.enter(
        "incident", incident="I-1", severity="S2", hazard="x", what=HOSTILE, detected="2026-11-01", at="2026-11-01"
    )
    for form in FORMS:
        page = world.browser.get(form.path)
        assert page.status_code == 200, form.name
        names = set(re.findall(r'name="([a-z][\w.]*)"', page.text.partition('class="entry"')[2]))
        typed = {name: HOSTILE for name in names if not name.endswith("file")}
        sent = world.browser.post(form.path, data={**marks(page.text), **typed})
        assert sent.status_code == 422, (form.name, sent.text)
        for text in (page.text, sent.text):
            seen = Tags(text)
            assert not {"script", "img", "iframe", "style"} & set(seen.tags), form.name
            assert not [name for _, name, _ in seen.attributes if name.startswith("on") or name == "style"]
            assert "\u202e" not in text
            ids = {value for _, name, value in seen.attributes if name == "id"}
            told = [
                part
                for _, name, value in seen.attributes
                if name in ("aria-describedby", "for", "list")
                for part in value.split()
            ]
            assert set(told) <= ids, form.name
    assert rows(world.ledger) == 2  # the policy, and what was entered by hand


# -- a ledger that cannot take it ------------------------------------------------------------------


def test_nothing_is_entered_into_a_ledger_that_does_not_verify(world):
    world.fill()
    page = world.browser.get("/forms/incident").text
    with sqlite3.connect(world.path) as other:
        for (name,) in other.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            other.execute(f'drop trigger "{name}"')
        other.execute("update evidence set payload = replace(payload, 'S2', 'S4') where payload like '%secret%'")
    world.watched.verify()
    before = rows(world.ledger)
    refused = world.browser.get("/forms/incident")
    assert refused.status_code == 503
    assert "does not verify" in refused.text
    sent = world.browser.post("/forms/incident", data={**marks(page), **INCIDENT, "what": "Kept."})
    assert sent.status_code == 503
    assert (filled(sent.text) or {"what": "Kept."})["what"] == "Kept."
    assert world.call(f"{API}/forms/incident", INCIDENT).status_code == 503
    assert rows(world.ledger) == before


def test_nothing_is_entered_before_the_ledger_is_verified_nor_into_the_past(tmp_path):
    world = World(tmp_path, verify=False)
    sent = world.fill(**{**INCIDENT, "what": "Kept."})
    assert sent.status_code == 503
    assert sent.headers["retry-after"]
    assert filled(sent.text)["what"] == "Kept."
    world.watched.verify()
    mended = {**marks(sent.text), **INCIDENT}
    assert world.browser.post("/forms/incident", data=mended).is_redirect
    past = Served(world.ledger, world.policy, asof=NOW - DAY)
    client = past.client()
    page = client.get("/forms/incident")
    assert "earlier moment" in page.text
    assert client.post("/forms/incident", data={**marks(page.text), **INCIDENT}).status_code == 409
    past.site.close()
    world.ledger.close()


def test_a_ledger_that_cannot_be_written_says_so_and_has_nothing_half_entered(world, monkeypatch):
    def full(*_, **__):
        raise LedgerError("/where/it/is", "cannot be written: the disk is full")

    page = marks(world.browser.get("/forms/incident").text)
    with monkeypatch.context() as patch:
        patch.setattr(world.ledger._store, "append", full)
        sent = world.browser.post("/forms/incident", data={**page, **INCIDENT})
        called = world.call(f"{API}/forms/incident", INCIDENT)
    assert (sent.status_code, called.status_code) == (503, 503)
    assert filled(sent.text)["what"] == INCIDENT["what"]
    assert "/where" not in sent.text + called.text
    assert not rows(world.ledger)
    assert world.browser.post("/forms/incident", data={**marks(sent.text), **INCIDENT}).is_redirect


# -- programs --------------------------------------------------------------------------------------


def test_programs_send_the_same_and_a_call_counts_once(world):
    path = f"{API}/forms/incident"
    first = world.call(path, INCIDENT)
    assert first.status_code == 201, first.text
    told = first.json()
    assert (told["row"], told["kind"], told["again"]) == (rows(world.ledger), "incident", False)
    assert told["hash"].startswith("sha256:")
    again = world.call(path, INCIDENT)
    assert (again.status_code, again.json()["row"], again.json()["again"]) == (200, told["row"], True)
    other = world.call(path, {**INCIDENT, "severity": "S1"})
    assert (other.status_code, other.headers["content-type"]) == (422, "application/problem+json")
    assert world.call(path, INCIDENT, key="another key of ours").status_code == 400  # a space is no sign
    assert world.call(path, INCIDENT, key="another-key").json()["row"] == told["row"] + 1
    clash = world.call(path, {**INCIDENT, "incident": told["id"]}, key="a-third-key")
    assert clash.status_code == 409
    wrong = world.call(
        path, {"severity": 1, "hazard": ["x"], "what": None, "by": {}, "nonsense": 1}, key="a-fourth-key"
    )
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] in ("", "nonsense")


PROGRAM_KEY = {"idempotency-key": "12345678"}


def test_calls_are_refused_without_a_token_a_key_or_json(world):
    path, bearer = f"{API}/forms/incident", {"authorization": f"Bearer {world.access.token}"}
    assert world.browser.post(path, json=INCIDENT, headers=PROGRAM_KEY).status_code == 401  # a cookie is not enough
    client = TestClient(world.app)
    assert client.post(path, json=INCIDENT, headers={"authorization": "Bearer x", **PROGRAM_KEY}).status_code == 401
    assert client.post(path, json=INCIDENT, headers=bearer).status_code == 400
    both = {**bearer, **PROGRAM_KEY}
    assert client.post(path, data=INCIDENT, headers=both).status_code == 415
    for body in (b"", b"[]", b"{", b'{"amount": NaN}', b'"x"', orjson.dumps({str(n): 1 for n in range(65)})):
        answer = client.post(path, content=body, headers={**both, "content-type": "application/json"})
        assert answer.status_code == 400, body
        assert answer.headers["content-type"] == "application/problem+json"
    large = client.post(path, content=b"{" + b" " * BODY_BYTES, headers={**both, "content-type": "application/json"})
    assert large.status_code == 413
    assert not rows(world.ledger)


def test_every_form_is_described_with_every_field_that_it_takes():
    paths = description()["paths"]
    for form in FORMS:
        told = paths[form.api]["post"]
        assert told["x-roles"] == sorted(form.roles)
        schema = schema_of(form)
        assert {one.name for one in form.fields} <= set(schema["properties"])
        assert schema["additionalProperties"] is False
        assert "source" not in schema["properties"]
    listed = {form.name for form in FORMS}
    assert len(listed) == len(FORMS)


def test_every_form_is_of_an_entry_and_its_roles_are_roles():
    for form in FORMS:
        assert ENTRIES[form.kind.kind] is form.kind
        assert form.roles <= set(ROLES)
        known = {one.name for one in described(form.kind)}
        assert {*form.first, *(form.more or ())} <= known, form.name
        needed = {one.name for one in described(form.kind) if form.needs(one) and one.name not in form.fixed}
        assert form.way != "entry" or needed <= {one.name for one in form.fields}, form.name


def test_the_page_of_forms_lists_what_somebody_may_enter_and_pages_lead_there(world):
    listed = world.browser.get("/forms").text
    assert all(f'href="{form.path}"' in listed for form in FORMS)
    assert {one["name"] for one in world.browser.get(f"{API}/forms").json()} == {form.name for form in FORMS}
    for page, form in (("/incidents", "incident"), ("/vendors", "vendor"), ("/gates", "consent-request")):
        assert f'href="/forms/{form}"' in world.browser.get(page).text
    assert isinstance(world.access, Alone)
