"""Whoever sees some systems is told by no form of people, teams, vendors and scenarios of others."""

import re

import pytest
from tests.serve.filling import marks, rows
from tests.serve.test_forms import Known, World
from tests.workspace.governing import POLICY, policy_in

from trimtab.serve.pages.access.person import Person
from trimtab.serve.pages.forms import FORMS
from trimtab.serve.pages.forms.known import known_to

ROLES = frozenset({"engineer", "reviewer", "risk-owner", "committee"})
FAR = """
  far:
    tier: low
    owner: far-team
    risk_owner: far-lead
    vendors: [far-works]
    intended_use: is elsewhere
    maximise: accuracy
    candidates: {far-a: {openai: {url: "http://localhost:1", model: m}}}
vendors:
  far-works: {services: [a far model], owner: far-team, tier: low}
  near-works: {services: [a near model], owner: ml-team, tier: low, system: tool}
  all-works: {services: [machines], owner: far-team, tier: low}
scenarios:
  far-loss: {system: far, rate: [0.1, 0.5], loss: [50000, 900000]}
  near-loss: {system: tool, rate: [0.1, 0.5], loss: [50000, 900000]}
  all-loss: {rate: [0.1, 0.5], loss: [50000, 900000]}
budget: {amount: 100000, upfront: 1.0}
"""
POLICY_OF_TWO = POLICY.replace("teams: {", "teams: {far-team: {lead: far-lead}, ").replace(
    "people:\n",
    "people:\n  far-lead: {function: far, team: far-team, roles: [risk-owner]}\n"
    "  far-hand: {function: far, team: far-team}\n  ml-hand: {function: ml, team: ml-team}\n"
    "  ml-left: {function: ml, team: ml-team, left: '2026-01-01'}\n",
) + FAR.lstrip("\n")  # fmt: skip
OTHERS = re.compile(r"\bfar-[a-z]+|\ball-[a-z]+|internal-auditor|ml-left", re.IGNORECASE)


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path, access=Known(roles=ROLES, systems=frozenset({"tool"})))
    made.browser.cookies.set("trimtab-1", "a session")
    made.policy = made.watched.policy = policy_in(tmp_path, POLICY_OF_TWO)
    told = {"severity": "S2", "hazard": "x", "what": "Words of far-hand.", "detected": "2026-11-01", "system": "far"}
    made.enter("incident", incident="FAR-1", by="far-lead", **told)
    made.enter("finding", finding="FAR-2", severity="S2", what="x", system="far", vendor="far-works", by="far-lead")
    ask = {"amount": "5", "category": "audit", "team": "far-team", "owner": "far-lead", "effects": "far-loss=0.1..0.2"}
    made.enter(
        "request",
        request="FAR-3",
        what="x",
        system="far",
        by="far-lead",
        milestones="far-pilot=0.5",
        proofs="far-pilot:metric/far/accuracy",
        **ask,
    )
    claim = {"scenario": "far-loss", "removes": "0.1..0.2", "team": "far-team", "what": "x", "system": "far"}
    made.enter("claim", claim="FAR-4", by="far-lead", method="far-method", **claim)
    yield made
    made.site.close()
    made.ledger.close()


def test_what_has_to_do_with_a_system_is_known_and_everything_to_whoever_sees_all(world):
    found = known_to(world.access.who, world.policy, now=world.clock())
    assert found.people == ("ml-hand", "safety-lead", "ml-lead")
    assert (found.teams, found.vendors, found.scenarios) == (("care", "ml-team"), ("near-works",), ("near-loss",))
    whole = known_to(Person(name="ml-lead", roles=ROLES), world.policy, now=world.clock())
    assert set(whole.people) == set(world.policy.people) - {"ml-left"}
    assert (whole.teams, whole.vendors) == (tuple(world.policy.teams), tuple(world.policy.vendors))
    assert whole.scenarios == tuple(world.policy.scenarios)
    elsewhere = known_to(Person(name="far-hand", roles=ROLES, systems=frozenset({"far"})), world.policy, now=0)
    assert elsewhere.people == ("far-lead", "far-hand")
    assert (elsewhere.vendors, elsewhere.scenarios) == (("far-works",), ("far-loss",))


def test_no_form_names_what_is_of_other_systems_before_or_after_it_is_sent(world):
    before, open_ = rows(world.ledger), [form for form in FORMS if not form.whole]
    for form in open_:
        page = world.browser.get(form.path)
        assert page.status_code == 200, form.name
        sent = world.browser.post(form.path, data=marks(page.text))
        called = world.call(form.api, {})
        for text in (page.text, sent.text, called.text):
            assert OTHERS.findall(text) == [], form.name
    assert "near-works" in world.browser.get("/forms/finding").text
    assert "near-loss" in world.browser.get("/forms/claim").text
    assert (len(open_), rows(world.ledger)) == (19, before)


NAMED = {
    "team": ("incident", "near-miss", "request", "claim", "spend"),
    "owner": ("finding", "request"),
    "vendor": ("finding",),
    "scenario": ("claim",),
    "liaison": ("request",),
    "effects": ("request",),
}
OF_OTHERS = {
    "team": "far-team",
    "owner": "far-hand",
    "vendor": "far-works",
    "scenario": "far-loss",
    "liaison": "far-lead",
    "effects": "far-loss=0.1..0.2",
}


def test_what_is_of_another_system_and_what_is_not_there_are_answered_alike(world):
    """A test of all forms: each field by which something of the policy is named is in the table above."""
    asked = {(one.name, form.name) for form in FORMS if not form.whole for one in form.fields if one.name in OF_OTHERS}
    assert asked == {(field, form) for field, forms in NAMED.items() for form in forms}
    before = rows(world.ledger)
    for field, form in sorted(asked):
        there = OF_OTHERS[field]
        gone = there.replace("far", "nor")
        answers = [world.fill(f"/forms/{form}", **{field: value, "system": "tool"}) for value in (there, gone)]
        told = [re.search(rf'id="{field}-error">(.*?)</p>', one.text) for one in answers]
        assert told[0] is not None, (field, form)
        assert told[1] is not None, (field, form)
        assert told[0][1] == told[1][1], (field, form)
        assert "not of a system of yours" in told[0][1]
        assert not OTHERS.search(told[0][1])
    called = world.call("/api/v1/forms/request", {"effects": {"far-loss": [0.1, 0.2]}, "system": "tool"})
    assert [one["field"] for one in called.json()["errors"]] == ["effects"]
    assert rows(world.ledger) == before


def test_what_is_of_ones_own_systems_can_be_named(world):
    told = {"system": "tool", "severity": "S3", "what": "x", "origin": "test", "phase": "before"}
    assert world.fill("/forms/finding", **told, vendor="near-works", owner="ml-hand").is_redirect
    ask = {"amount": "5", "category": "audit", "team": "ml-team", "owner": "ml-lead", "what": "x", "system": "tool"}
    assert world.fill("/forms/request", **ask, effects="near-loss=0.1..0.2").is_redirect
