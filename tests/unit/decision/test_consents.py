"""A consent opens the gate for what was signed, by whom it may be signed, for as long as nothing changes; and for nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.decision.consenting import DAY, START, Desk, person, policy
from tests.unit.evidence.signing import key

from trimtab._canonical import parse
from trimtab.decision.consent_lapses import day
from trimtab.decision.gate_integrity import gate_integrity
from trimtab.evidence.entries.consents import (
    ConditionMet,
    ConsentDecided,
    ConsentRequested,
    ConsentSigned,
    EmergencyDeclared,
)
from trimtab.evidence.entries.incidents import IncidentMoved, IncidentOpened
from trimtab.evidence.entries.releases import Deployed
from trimtab.evidence.ssh_signatures import sign


def given_one(**options):
    desk = Desk(**options)
    assert desk.request() == []
    desk.at += DAY
    assert desk.decide() == []
    return desk


def test_the_way_from_asking_to_consent():
    desk = Desk()
    assert desk.state() == "none"
    assert desk.request() == []
    assert desk.state() == "asked"
    assert desk.decide() == []
    standing = desk.standing()
    assert (standing.state, standing.opens, standing.signers) == ("given", True, ("risk-lead",))


def test_a_refusal_opens_nothing_and_a_new_request_may_be_accepted():
    desk = Desk()
    desk.request()
    assert desk.decide(decision="refuse", conditions={"mask": (START + 5 * DAY, "mask names")}) == []
    assert desk.state() == "refused"
    desk.at += DAY
    assert desk.decide(decision="accept") == ["consent: was decided in row 2"]
    assert desk.request(consent="C-2", nonce="n2") == []
    assert desk.state() == "asked"
    assert desk.decide(id_="C-2") == []
    assert desk.state() == "given"


# -- who may sign ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "says"),
    [
        ("engineer", "has not the role risk-owner"),
        ("former-lead", "left on 2026-03-02"),
        ("nobody", "not listed"),
        ("ml", "not listed under people"),
    ],
)
def test_who_may_not_accept(by, says):
    desk = Desk()
    desk.request()
    found = desk.decide(by=by, signer="risk-lead")
    assert any(says in one for one in found)


def test_whoever_asks_never_signs_nor_does_their_team():
    for requester, signer in (("risk-lead", "risk-lead"), ("ml", "team-lead")):
        desk = Desk()
        desk.request(by=requester)
        assert any("asks for it" in one for one in desk.decide(by=signer))
    desk = given_one(policy=policy(second=True))
    assert any("has signed it already" in one for one in desk.sign("risk-lead"))


def test_a_team_does_not_sign_what_it_asks_in_the_name_of_one_of_its_people():
    """In their own name somebody asks for their team, and whoever leads a team asks for it in theirs."""
    mate = {"mate": {"function": "f", "team": "ml"}}
    sister = {"sister": person("second-lead", "risk-owner", team="ml"), "team-lead": person("team-lead", "reviewer")}
    for requester, signer, people in (("mate", "team-lead", mate), ("team-lead", "sister", sister)):
        desk = Desk(policy=policy(people=people))
        desk.request(by=requester)
        assert any("belongs to the team" in one for one in desk.decide(by=signer, signer="second-lead"))
    # One that was recorded when nobody looked counts no more.
    desk = Desk(policy=policy(people={"mate": {"function": "f"}}))
    desk.request(by="mate")
    assert desk.decide(by="team-lead") == []
    assert desk.standing().opens
    desk.policy = policy(people=mate)
    assert "is of the team that did" in desk.standing().why


def test_an_unknown_role_of_a_tier_is_a_mistake_of_the_policy(load):
    bad = load("[no-such-role]")
    assert any("nobody under people has the role `no-such-role`" in one for one in bad)


@pytest.fixture
def load(tmp_path):
    from trimtab.policy import check_policy

    def checked(roles, people="lead: {function: f, roles: [risk-owner]}", second="false"):
        path = tmp_path / "p.yaml"
        path.write_text(
            "trimtab: 1\norganisation: o\n"
            f"people:\n  {people}\n"
            "suites: {s: {python: 'a:b', score: exact-match}}\n"
            "metrics: {m: {question: q, better: higher, target: 0.9, owner: lead, source: {suite: s}}}\n"
            f"tiers: {{t: {{confidence: 0.9, floors: {{m: {{at_least: 0.5}}}}, consent: {{roles: {roles}, valid_days: 30, second: {second}}}}}}}\n"
            "systems: {b: {tier: t, owner: lead, intended_use: u, maximise: m, candidates: {c: {callable: {target: 'a:b'}}}}}\n"
        )
        return [str(one) for one in check_policy(path).mistakes]

    return checked


def test_keys_that_cannot_tell_people_apart_are_mistakes(load):
    mine = str(key(1).public)
    for people, says in (
        (f"lead: {{function: f, roles: [risk-owner], key: '{mine}'}}\n  other: {{function: f, key: '{mine} x'}}", "key of `lead` as well"),
        ("lead: {function: f, roles: [risk-owner], key: 'ssh-ed25519 AAAA'}", "is no public SSH key"),
        (f"lead: {{function: f, roles: [risk-owner], key: '{mine}', revoked: [{{key: '{mine}', since: '2026-01-01'}}]}}", "is revoked, and still"),
        (f"lead: {{function: f, roles: [risk-owner], revoked: [{{key: '{mine}', since: '2026-13-01'}}]}}", "is no day"),
        ("lead: {function: f, roles: [risk-owner]}", "has no `key` to sign with"),
    ):  # fmt: skip
        assert any(says in one for one in load("[risk-owner]", people)), says
    one_alone = load("[risk-owner]", f"lead: {{function: f, roles: [risk-owner], key: '{mine}'}}", "true")
    assert any("only one has such a role" in one for one in one_alone)
    assert not load("[risk-owner]", f"lead: {{function: f, roles: [risk-owner], key: '{mine}'}}")


# -- what a signature is good for -----------------------------------------------------------------


def test_a_signature_for_another_request_is_none_here():
    desk = Desk()
    desk.request()
    first = desk.decided()
    desk.request(consent="C-2", nonce="n2")
    replayed = replace(first, consent="C-2")
    assert any("over something else" in one for one in desk.enter(replayed))
    elsewhere = Desk()  # the same id, in another ledger
    elsewhere.request(ledger="sha256:dd")
    assert any("over something else" in one for one in elsewhere.enter(first))
    again = Desk()  # the same ledger, and the same words asked once more
    again.request(nonce="n3")
    assert any("over something else" in one for one in again.enter(first))


def test_no_word_of_what_was_signed_may_change():
    desk = Desk()
    desk.request()
    entry = desk.decided(decision="conditions", conditions={"mask": (START + 5 * DAY, "mask names")})
    assert parse(entry.statement(desk.asked()).decode())["conditions"] == {
        "mask": {"by": START + 5 * DAY, "what": "mask names"}
    }
    for change in (
        {"risk": "none"}, {"loss": (0, 0)}, {"expires": entry.expires + 1}, {"conditions": {}, "decision": "accept"},
        {"conditions": {"mask": (START + 6 * DAY, "mask names")}}, {"at": entry.at - 1}, {"by": "second-lead"},
    ):  # fmt: skip
        assert desk.enter(replace(entry, **change)), change
    request = desk.books.all(ConsentRequested)[0].entry
    for signature in ("", "x", sign(entry.statement(request), key(1), namespace="file"), sign(b"", key(1))):
        assert any(one.startswith("signature:") for one in desk.enter(replace(entry, signature=signature)))
    assert desk.enter(entry) == []


def test_what_was_put_into_the_books_past_the_rules_counts_for_nothing():
    desk = Desk()
    desk.request()
    desk.add(replace(desk.decided(), signature=sign(b"else", key(1))))
    assert desk.state() == "lapsed"
    other = Desk()
    other.request(by="risk-lead")
    other.add(other.decided())
    assert other.state() == "lapsed"


def test_one_person_is_never_two_and_late_is_never_in_time_whatever_the_books_hold():
    desk = given_one(policy=policy(second=True))
    statement = desk.books.all(ConsentDecided)[0].entry.statement(desk.asked(at=START))
    desk.add(ConsentSigned(consent="C-1", system="bot", by="risk-lead", at=desk.at, signature=sign(statement, key(1))))
    assert desk.state() == "waiting for the second"
    urgent = Desk()
    urgent.declare()
    statement = urgent.books.all(EmergencyDeclared)[0].entry.statement()
    urgent.add(
        ConsentSigned(consent="E-1", system="bot", by="engineer", at=urgent.at, signature=sign(statement, key(3)))
    )
    assert urgent.state() == "waiting for the second"
    late = Desk()
    late.request()
    late.decide(decision="conditions", conditions={"mask": (START + DAY, "w")})
    late.at += DAY
    late.add(ConditionMet(consent="C-1", system="bot", condition="mask", by="risk-lead", at=START))
    assert late.state() == "lapsed"


# -- the second person ----------------------------------------------------------------------------


def test_the_top_tier_waits_for_a_second_person():
    desk = given_one(policy=policy(second=True))
    assert desk.state() == "waiting for the second"
    for by, signer in (
        ("engineer", ""),
        ("former-lead", ""),
        ("second-lead", "risk-lead"),
        ("team-lead", "second-lead"),
    ):
        assert desk.sign(by, signer=signer), by
        assert desk.state() == "waiting for the second"
    assert desk.sign("second-lead") == []
    assert desk.standing().signers == ("risk-lead", "second-lead")
    assert any("signed it already" in one for one in desk.sign("second-lead"))


def test_the_team_that_asks_is_no_second_either():
    desk = Desk(policy=policy(second=True))
    desk.request(by="ml")
    desk.decide()
    assert any("belongs to the team" in one for one in desk.sign("team-lead"))


# -- how it lapses --------------------------------------------------------------------------------


def incident(desk, severity="S1", system="bot", at=None):
    at = desk.at if at is None else at
    desk.add(
        IncidentOpened(incident="INC-1", severity=severity, hazard="h", what="w", by="engineer", at=at, system=system)
    )


def test_it_lapses_when_what_it_is_about_changes():
    desk = given_one()
    assert desk.state(artefact="sha256:other") == "lapsed"
    assert "is not what it was" in desk.standing(artefact="sha256:other").why
    assert desk.state(artefact="") == "lapsed"
    before = desk.policy
    desk.policy = policy(floor=0.01)
    standing = desk.standing(before={before.digest: before}.get)
    assert (standing.state, standing.why) == (
        "lapsed",
        "C-1 has lapsed: a floor was raised (leak: at most 0.02 becomes at most 0.01).",
    )
    desk.policy = policy(floor=0.03)
    assert desk.state() == "lapsed"
    desk.policy = policy(
        people={"risk-lead": person("risk-lead", "risk-owner"), "team-lead": person("team-lead", "auditor")}
    )
    assert desk.state() == "given"  # who else there is has nothing to do with it


def test_a_card_or_score_that_is_another_ends_it_and_one_that_nobody_knows_does_not():
    desk = Desk()
    desk.request(card="sha256:c1", score="sha256:s1")
    desk.decide()
    assert [desk.state(), desk.state(card="sha256:c1"), desk.state(card="sha256:c2"), desk.state(score="x")] == [
        "given", "given", "lapsed", "lapsed",
    ]  # fmt: skip


def test_it_lapses_by_what_happens_after_it():
    desk = given_one()
    signed = desk.at
    assert desk.state(spent=[(signed - 1, "leak")]) == "given"
    desk.at += DAY
    assert desk.state(spent=[(signed + 1, "leak")]) == "lapsed"
    for severity, system in (("S2", "bot"), ("S1", "other")):
        incident(desk, severity, system)
        assert desk.state() == "given"
    incident(desk, at=START)  # reported late, so whoever signed did not know of it
    assert f"incident INC-1 (S1) was opened on {day(START)}, and recorded on {day(desk.at)}" in desk.standing().why


def test_a_severe_incident_that_comes_back_ends_it_as_a_new_one_does():
    for severity, then in (("S1", "lapsed"), ("S2", "given")):
        desk = Desk()
        incident(desk, severity)
        steps = [IncidentMoved(at=START, by="lead", incident="INC-1", step=one) for one in ("fix", "verify")]
        for one in steps:
            desk.add(one)
        desk.at += DAY
        desk.request()
        desk.decide()
        assert desk.state() == "given"
        desk.at += DAY
        desk.add(IncidentMoved(at=START, by="lead", incident="INC-1", step="reopen"))
        assert desk.state() == then


def test_what_was_known_when_it_was_signed_does_not_end_it():
    desk = Desk()
    desk.request()
    incident(desk)
    desk.at += 1
    assert desk.decide() == []
    assert desk.state() == "given"


def test_it_lapses_at_its_expiry_and_never_holds_longer_than_the_tier_allows():
    desk = given_one()
    expires = desk.standing().expires
    desk.at = expires - 1
    assert desk.state() == "given"
    desk.at = expires
    assert desk.state() == "lapsed"
    desk = given_one()
    assert any("not within the 90 days" in one for one in desk_beside(desk).decide(expires=desk.at + 91 * DAY))
    desk.policy = policy(days=10)
    desk.at += 10 * DAY
    assert desk.state() == "lapsed"


def desk_beside(desk):
    """Another desk at the same moment, with a request that is open."""
    fresh = Desk(policy=desk.policy, at=desk.at)
    fresh.request()
    return fresh


def test_a_consent_that_has_run_out_by_the_time_it_comes_in_is_none():
    desk = Desk()
    desk.request()
    entry = desk.decided(expires=desk.at + DAY)
    desk.at += DAY
    assert any("has passed" in one for one in desk.enter(entry))


def test_conditions_are_met_by_their_day_or_it_lapses():
    desk = Desk()
    desk.request()
    due = START + 5 * DAY
    assert desk.decide(decision="conditions") == ["conditions: are missing"]
    assert desk.decide(decision="accept", conditions={"mask": (due, "w")}) == [
        "decision: is to accept, and there are conditions"
    ]
    assert desk.decide(decision="conditions", conditions={"mask": (due, "w"), "test": (due + DAY, "w")}) == []
    assert desk.state() == "conditional"
    assert any("no condition 'other'" in one for one in desk.met("other"))
    assert any("asks for it" in one for one in desk.met("mask", by="engineer"))
    assert desk.met("mask") == []
    desk.at = due
    assert desk.state() == "conditional"
    desk.at = due + DAY
    assert "condition test was not met" in desk.standing().why
    assert any("was due" in one for one in desk.met("test"))
    desk.at = due + DAY - 1
    assert desk.met("test") == []
    assert desk.state() == "given"


def test_whoever_had_a_hand_in_it_may_take_it_back():
    for by, allowed in (("risk-lead", True), ("engineer", True), ("second-lead", True), ("former-lead", False)):
        desk = given_one()
        assert (desk.withdraw(by) == []) is allowed
        assert desk.state() == ("lapsed" if allowed else "given")
    desk = Desk()
    desk.request()
    assert desk.withdraw("engineer") == []
    assert desk.decide()


def revoking(since, **more):
    revoked = {"key": str(key(1).public), "since": since}
    return policy(
        people={
            "risk-lead": person("risk-lead", "risk-owner", revoked=[revoked], **{"key": str(key(9).public), **more})
        }
    )


def test_a_revoked_key_signs_no_more_and_what_it_signed_since_falls():
    desk = given_one()  # on 3 March
    desk.policy = revoking("2026-03-10")
    assert desk.state() == "given"  # the key was good then, and is another now
    desk.policy = revoking("2026-03-03")
    assert "the key of risk-lead that signed is revoked" in desk.standing().why
    late = Desk(policy=revoking("2026-03-02"))
    late.request()
    assert any("is revoked" in one for one in late.decide())
    none = Desk(policy=revoking("2026-03-02", key=""))
    none.request()
    assert any("their key is revoked" in one for one in none.decide())


def test_who_signed_and_then_left_has_signed_and_who_is_not_known_any_more_has_not():
    desk = given_one()
    desk.at += 5 * DAY
    desk.policy = policy(people={"risk-lead": person("risk-lead", "risk-owner", left="2026-03-05")})
    assert desk.state() == "given"
    desk.policy = policy(people={"risk-lead": person("risk-lead", "auditor")})
    assert desk.state() == "lapsed"
    people = {name: one.model_dump() for name, one in policy().people.items() if name != "risk-lead"}
    desk.policy = Desk().policy.model_copy(
        update={
            "people": type(desk.policy).model_validate({**policy().model_dump(by_alias=True), "people": people}).people
        }
    )
    assert desk.state() == "lapsed"


# -- emergencies and deployments ------------------------------------------------------------------


def test_an_emergency_takes_two_people_and_lasts_72_hours():
    desk = Desk()
    assert desk.declare() == []
    assert desk.state() == "waiting for the second"
    assert any("signed it already" in one for one in desk.sign("engineer", id_="E-1"))
    assert any("has left" in one for one in desk.sign("former-lead", id_="E-1"))
    assert desk.sign("risk-lead", id_="E-1") == []
    assert desk.state() == "emergency"
    assert desk.state(artefact="sha256:other") == "lapsed"
    desk.at += 3 * DAY
    assert desk.state() == "lapsed"


def deploy(desk, id_, artefact="sha256:aa", at=None):
    at = desk.at if at is None else at
    assert (
        desk.enter(Deployed(deployment=id_, system="bot", candidate="q4", artefact=artefact, by="engineer", at=at))
        == []
    )


def test_the_gate_is_as_good_as_what_went_through_it():
    desk = Desk()
    deploy(desk, "D-1")  # nobody asked
    desk.at += 1
    desk.declare()
    desk.sign("risk-lead", id_="E-1")
    deploy(desk, "D-2")  # an emergency
    desk.at += 5 * DAY
    desk.request()
    early = desk.at
    desk.at += 1
    desk.decide()
    deploy(desk, "D-3")
    deploy(desk, "D-4", artefact="sha256:other")
    deploy(desk, "D-5", at=early)  # before it was given
    desk.at += 40 * DAY
    deploy(desk, "D-6")  # after it had run out
    found = gate_integrity(desk.books, {desk.policy.digest: desk.policy}.get, since=START, until=desk.at + 1)
    assert [one.valid for one in found.releases] == [False, False, True, False, False, False]
    assert (found.valid, found.emergencies, len(found.owed)) == (1, 1, 6)
    unknown = gate_integrity(desk.books, lambda _: None, since=START, until=desk.at + 1)
    assert (unknown.valid, len(unknown.owed)) == (0, 6)


@given(order=st.permutations(range(6)), upto=st.integers(0, 6))
def test_whatever_the_order_nothing_opens_without_a_request_and_two_signatures(order, upto):
    """Of six things that may happen, those that the rules let in: the gate is open exactly when all three needed are."""
    desk = Desk(policy=policy(second=True))
    acts = [
        desk.request,
        lambda: desk.decide() if desk.books.all(ConsentRequested) else None,
        lambda: desk.sign("second-lead") if desk.books.all(ConsentDecided) else None,
        lambda: desk.sign("engineer") if desk.books.all(ConsentDecided) else None,
        lambda: desk.decide(by="engineer") if desk.books.all(ConsentRequested) else None,
        lambda: desk.request(by="engineer"),
    ]
    for one in order[:upto]:
        desk.at += 1
        acts[one]()
    place = {act: order.index(act) for act in range(6)}
    asked = min(place[0], place[5])
    needed = asked < place[1] < place[2] < upto
    assert desk.standing().opens is needed
