"""What a form lets somebody choose is what they can do: no list offers a consent that the books would refuse."""

from types import SimpleNamespace
from typing import Any

from tests.unit.decision.consenting import DAY, policy
from tests.unit.decision.consenting import Desk as Consenting

from trimtab.serve.pages.access.person import Person
from trimtab.serve.pages.forms.choices import choices
from trimtab.serve.pages.forms.desk import Desk
from trimtab.serve.pages.forms.table import FORMS


def offered(made, form, speaker=""):
    """Ids in the list of a form, for somebody, or for one person alone on their machine."""
    nothing: Any = SimpleNamespace()  # of the ledger no list of consents asks
    person = Person(name=speaker or "risk-lead", roles=frozenset({"risk-owner"}))
    desk = Desk(ledger=nothing, policy=made.policy, books=made.books, now=made.at, person=person, alone=not speaker)
    (found,) = (one for one in FORMS if one.name == form)
    (said,) = (one for one in found.fields if one.name == "consent")
    return {value for value, _ in choices(found, said, desk)}


def test_only_requests_that_somebody_may_decide_on_are_offered():
    made = Consenting()
    assert made.request(by="ml") == []
    everybody = {name: offered(made, "consent-decision", name) for name in ("risk-lead", "team-lead", "engineer", "")}
    assert everybody == {"risk-lead": {"C-1"}, "team-lead": set(), "engineer": set(), "": {"C-1"}}
    spec = made.policy.systems["bot"]
    others = {name: one for name, one in spec.candidates.items() if name != "q4"}
    made.policy = made.policy.model_copy(update={"systems": {"bot": spec.model_copy(update={"candidates": others})}})
    assert offered(made, "consent-decision", "risk-lead") == set()


def test_only_what_a_second_person_can_sign_is_offered():
    made = Consenting(policy=policy(second=True))
    assert (made.request(by="ml"), made.decide()) == ([], [])
    assert offered(made, "consent-decision", "second-lead") == set()
    for name, expected in (("second-lead", {"C-1"}), ("risk-lead", set()), ("team-lead", set()), ("engineer", set())):
        assert offered(made, "consent-signature", name) == expected, name
    made.at += 40 * DAY  # it expires after 30
    assert offered(made, "consent-signature", "second-lead") == set()
    made.at -= 40 * DAY
    assert made.sign("second-lead") == []
    assert offered(made, "consent-signature") == set()
    refused = Consenting(policy=policy(second=True))
    assert (refused.request(), refused.decide(decision="refuse")) == ([], [])
    assert offered(refused, "consent-signature", "second-lead") == set()


def test_an_emergency_is_offered_to_anybody_else_for_as_long_as_it_lasts():
    made = Consenting()
    assert made.declare() == []
    assert [offered(made, "consent-signature", name) for name in ("team-lead", "engineer")] == [{"E-1"}, set()]
    made.at += 3 * DAY
    assert offered(made, "consent-signature", "team-lead") == set()
