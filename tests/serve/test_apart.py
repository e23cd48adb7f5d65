"""Whoever asks never consents: what a page tells beforehand is what the books would say."""

from types import SimpleNamespace

import pytest
from tests.unit.decision.consenting import KEYS, Desk, policy

from trimtab.errors import UsageError
from trimtab.serve.pages.access.apart import why_not
from trimtab.serve.pages.access.person import Person
from trimtab.serve.pages.declared import ROLES

ALL = frozenset(ROLES) - {"auditor"}


def now(desk):
    return SimpleNamespace(books=desk.books, policy=desk.policy, moment=desk.at)


def told(desk, name, id_="C-1", roles=ALL, **more):
    return why_not(Person(name=name, roles=frozenset(roles), **more), now(desk), id_)


@pytest.mark.parametrize("requester", ["engineer", "risk-lead", "second-lead", "ml"])
@pytest.mark.parametrize("name", KEYS)
def test_who_may_decide_by_the_page_may_by_the_books_and_nobody_else(name, requester):
    desk = Desk(policy())
    assert desk.request(by=requester) == []
    may = told(desk, name) == ""
    assert may == (desk.decide(by=name) == [])
    if name == requester or (requester, name) == ("ml", "team-lead"):
        assert "never decides" in told(Desk(policy(), desk.books.copy()), name) or not may


@pytest.mark.parametrize("name", KEYS)
def test_who_may_sign_second_by_the_page_may_by_the_books(name):
    desk = Desk(policy(second=True))
    desk.request()
    desk.decide(by="risk-lead")
    may = told(desk, name) == ""
    assert may == (desk.sign(name) == [])
    assert may == (name in {"second-lead", "team-lead"})


def test_an_emergency_is_signed_by_another():
    desk = Desk(policy())
    assert desk.declare(by="engineer") == []
    assert "second person" in told(desk, "engineer", "E-1")
    assert told(desk, "risk-lead", "E-1") == ""
    assert "left" in told(desk, "former-lead", "E-1")
    assert desk.sign("risk-lead", id_="E-1") == []


def test_a_role_or_a_system_that_one_has_not_is_no_way_to_decide():
    desk = Desk(policy())
    desk.request()
    for role in sorted(ALL - {"risk-owner"}):
        assert "not decide" in told(desk, "risk-lead", roles=[role])
    assert "not decide" in told(desk, "risk-lead", roles=["risk-owner", "auditor"])
    assert "not decide" in told(desk, "risk-lead", systems=frozenset({"other"}))
    assert "not decide" in told(desk, "risk-lead", writes=False)
    assert told(desk, "risk-lead", roles=["risk-owner"], systems=frozenset({"bot"})) == ""
    with pytest.raises(UsageError):
        told(desk, "risk-lead", "C-9")
