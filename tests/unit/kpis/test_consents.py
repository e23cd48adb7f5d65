"""Approvals in time, and nothing out without one: requests that wait are not forgotten, and an emergency is no consent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.decision.consenting import DAY, START, Desk, policy

from trimtab.decision.kpis.asked import Asked, Budgeted
from trimtab.decision.kpis.table import details_of, estimate_kpi
from trimtab.decision.period import Period
from trimtab.evidence.entries.consents import ConsentRequested
from trimtab.evidence.entries.incidents import IncidentOpened
from trimtab.evidence.entries.releases import Deployed
from trimtab.kinds import Estimate, Missing

QUARTER = Period.quarter("2026-Q1")


def desk(**options):
    made = policy(**options)
    tier = made.tiers["high"]
    assert tier.consent is not None
    spec = tier.consent.model_copy(update={"decide_within": "2d"})
    return Desk(policy=made.model_copy(update={"tiers": {"high": tier.model_copy(update={"consent": spec})}}))


def read(desk, kpi, **more):
    asked = Asked(books=desk.books, policy=desk.policy, period=QUARTER, asof=QUARTER.end, **more)
    return estimate_kpi(kpi, asked)


def ask(desk, number, waits):
    """A request that is decided after so many days; None if never."""
    start = desk.at
    assert desk.request(consent=f"C-{number}", nonce=str(number)) == []
    if waits is not None:
        desk.at += waits * DAY
        assert desk.decide(id_=f"C-{number}", decision="refuse") == []
        desk.at = start


def test_nothing_asked_is_no_figure():
    assert isinstance(read(desk(), "P02"), Missing)
    assert isinstance(read(desk(), "P04"), Missing)
    without = Desk()
    ask(without, 1, 1)
    seen = read(without, "P02")
    assert isinstance(seen, Missing)
    assert seen.reason == "no-limits"


@given(waits=st.lists(st.integers(0, 5), min_size=2, max_size=8))
def test_without_open_requests_it_is_the_share_decided_in_time(waits):
    made = desk()
    for number, wait in enumerate(waits):
        ask(made, number, wait)
    seen = read(made, "P02")
    assert isinstance(seen, Estimate)
    assert seen.value == pytest.approx(sum(wait <= 2 for wait in waits) / len(waits))
    assert seen.interval.low <= seen.value <= seen.interval.high


def test_leaving_the_hard_ones_undecided_makes_it_no_better():
    made = desk()
    for number, wait in enumerate([1, 1, 1, 1]):
        ask(made, number, wait)
    whole = read(made, "P02")
    ask(made, 9, None)
    left = read(made, "P02")
    assert isinstance(whole, Estimate)
    assert isinstance(left, Estimate)
    assert left.value < whole.value
    asked = Asked(books=made.books, policy=made.policy, period=QUARTER, asof=QUARTER.end)
    median = details_of("P02", asked)["median hours"]
    assert isinstance(median, Estimate)
    assert median.value == pytest.approx(24.0)


def deploy(desk, number, artefact="sha256:aa"):
    entry = Deployed(
        deployment=f"D-{number}", system="bot", candidate="q4", artefact=artefact, by="engineer", at=desk.at
    )
    assert desk.enter(entry) == []


def test_the_gate_by_hand():
    """One of four had a valid consent, one was an emergency, one had none, and one was another artefact."""
    made = desk()
    deploy(made, 1)
    made.at += 1
    made.declare()
    made.sign("risk-lead", id_="E-1")
    deploy(made, 2)
    made.at += 4 * DAY
    made.request()
    made.decide()
    made.at += 1
    deploy(made, 3)
    deploy(made, 4, artefact="sha256:other")
    seen, urgent = read(made, "P04"), read(made, "emergency-share")
    assert isinstance(seen, Estimate)
    assert isinstance(urgent, Estimate)
    assert (seen.value, seen.count, urgent.value) == (0.25, 4, 0.25)
    assert isinstance(read(made, "P04", system="other"), Missing)
    spent = Budgeted("bot", "leak", 1, made.at - 1 + 0, {"state": "stopped"})
    later = read(made, "P04", budgets=[replace_time(spent, made.at)])
    assert isinstance(later, Estimate)
    assert later.value == 0.0  # the budget was spent after it was signed, and before it went out


def replace_time(one, time):
    return one._replace(time=time)


def test_a_deployment_under_a_policy_that_nobody_knows_is_not_valid():
    made = desk()
    made.request()
    made.decide()
    made.at += 1
    deploy(made, 1)
    assert read(made, "P04").value == 1.0
    then = made.policy
    made.policy = policy(floor=0.01)
    assert read(made, "P04").value == 0.0
    assert read(made, "P04", policies={then.digest: then}.get).value == 1.0


def test_what_went_wrong_after_it_was_approved():
    made = desk()
    for number in (1, 2):
        made.request(consent=f"C-{number}", nonce=str(number))
        made.decide(id_=f"C-{number}")
        if number == 1:
            made.at += DAY
            made.add(
                IncidentOpened(incident="I", severity="S3", hazard="h", what="w", by="ml", at=made.at, system="bot")
            )
            made.at += DAY
    assert read(made, "after-approval").value == 0.5
    assert made.books.all(ConsentRequested)[0].entry.at == START
