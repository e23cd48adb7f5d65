"""The agenda of a review: only what was recorded, each on its side of the edge of a quarter."""

import pytest

from trimtab.decision.agenda import (
    Adopted,
    BudgetState,
    budgets,
    incidents_of,
    lapsing,
    new_products,
    policy_changes,
    regulation,
)
from trimtab.decision.agenda_consents import Consented, consents
from trimtab.decision.benefits import before_and_after, quarters
from trimtab.decision.consent_standing import ConsentState, Standing
from trimtab.decision.control_state import DAY, Answer
from trimtab.decision.frameworks import coverage
from trimtab.decision.incidents import Incident
from trimtab.decision.model import Verdict
from trimtab.decision.period import Period
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.counts import Exposure
from trimtab.evidence.entries.incidents import IncidentOpened
from trimtab.evidence.entries.reading import moment
from trimtab.evidence.entries.spending import Spent
from trimtab.policy.change import Change
from trimtab.policy.controls import catalogue
from trimtab.policy.diff import PolicyDiff

Q3 = Period.quarter("2026-Q3")


def adopted(at, *systems, changes=None, row=1):
    found = None if changes is None else PolicyDiff(changes=tuple(changes))
    return Adopted(row=row, at=at, digest="sha256:" + "a" * 64, systems=systems, diff=found)


@pytest.mark.parametrize(("at", "listed"), [(Q3.start - 1, 0), (Q3.start, 1), (Q3.end - 1, 1), (Q3.end, 0)])
def test_a_policy_belongs_to_the_quarter_that_it_was_adopted_in(at, listed):
    assert len(policy_changes([adopted(at, "bot")], Q3).items) == listed


def test_what_is_asked_no_more_is_read_first():
    changes = [
        Change(where="tiers.a", effect="tightens", text="x"),
        Change(where="tiers.b", effect="loosens", text="y"),
    ]
    items = policy_changes([adopted(Q3.start, changes=changes)], Q3).items
    assert "tightens and loosens" in items[0].words
    assert [one.words for one in items[1:]] == ["loosens tiers.b: y", "tightens tiers.a: x"]


def test_many_changes_are_counted():
    changes = [Change(where=f"w{n}", effect="adds", text="x") for n in range(20)]
    assert policy_changes([adopted(Q3.start, changes=changes)], Q3).items[-1].words.startswith("8 more changes")


def test_a_system_is_new_in_the_quarter_in_which_it_came():
    old, new = adopted(Q3.start - 1, "bot"), adopted(Q3.start + 1, "bot", "tool", row=2)

    def found(*policies, systems=("bot", "tool"), asof=Q3.end + DAY):
        return [one.system for one in new_products(systems, policies, [], Q3, asof).items]

    assert found(old, new) == ["tool"]
    assert found(new) == ["bot", "tool"]
    assert found(old, adopted(Q3.end, "bot", "tool")) == []
    assert found(old) == []
    assert found(old, asof=Q3.end - 1) == ["tool"]  # of the policy that is in force and not in the ledger yet


def incident(name, at, verified=0, **more):
    opened = IncidentOpened(at=at, by="lead", incident=name, severity="S1", hazard="h", what="w", **more)
    return Incident(opened=opened, seq=7, verified=verified)


def test_incidents_are_listed_while_they_are_open_and_in_the_quarter_in_which_they_end():
    cases = [
        incident("old", Q3.start - 2, Q3.start - 1),
        incident("ended", Q3.start - 2, Q3.start),
        incident("still", Q3.start - 2),
        incident("later", Q3.start, Q3.end),
        incident("next", Q3.end),
    ]
    items = incidents_of(cases, Q3, Q3.end + DAY).items
    assert [one.words.split(",")[0] for one in items] == ["ended", "still", "later"]
    assert ["open." in one.words for one in items] == [False, True, True]


def test_dates_of_the_law_within_a_year():
    asof = moment("2026-12-01")
    said = [one.words for one in regulation(catalogue(), asof).items]
    assert any(one.startswith("2026-12-02: eu-ai-act, additions: Art.5") for one in said)
    assert not any("2027-12-02" in one for one in said)
    # From a year before its beginning to just before it; on the day itself it applies and is no date to come.
    for at, listed in ((asof + DAY - 1, True), (asof + DAY, False)):
        found = regulation(catalogue(), at).items
        assert any(one.words.startswith("2026-12-02") for one in found) is listed
    assert sum("cannot be read" in one for one in said) == 2


def test_the_last_state_of_each_budget():
    def state(at, name, row, system="bot"):
        return BudgetState(system=system, metric="leak", state=name, spent=0.5, reason="why", at=at, row=row)

    many = [state(Q3.start, "frozen", 2), state(Q3.start - 1, "open", 1), state(Q3.end, "stopped", 3)]
    (item,) = budgets(many, Q3, Q3.end + DAY).items
    assert item.words.startswith("leak: frozen, 50% spent; 1 changes")
    assert item.rows == (1, 2)


def test_what_lapses_is_told_together_by_day_system_and_framework():
    controls = [one for one in catalogue().controls.values() if one.framework == "owasp-llm-2026"]
    audits = [
        Answer(control=one.link, way="audit", subject=system, verdict=Verdict.PASS, at=0, valid_until=until, row=row,
               words="w")
        for row, one in enumerate(controls, 1)
        for system, until in (("bot", Q3.end + (row % 2) * DAY), ("tool", Q3.start))
    ]  # fmt: skip
    cells = coverage(controls, ["bot", "tool"], audits, moment=Q3.start).cells
    items = lapsing(cells, [], Q3.start, days=92).items
    assert [(one.system, one.at) for one in items] == [("tool", 0), ("bot", Q3.end)]
    assert "and 4 more controls: the evidence is out of date" in items[0].words
    assert items[1].words.count("LLM") == 5
    assert [one.system for one in lapsing(cells, [], Q3.start, days=91).items] == ["tool"]


def test_consents_that_end_wait_or_have_lapsed():
    def one(state, at=Q3.start, **more):
        standing = Standing(state=state, id="c1", why=f"c1 is {state}.", **more)
        return Consented(system="bot", candidate="q4", standing=standing, at=at, row=5)

    def told(*many):
        return [item.words for item in consents(many, Q3, asof=Q3.end).items]

    soon, late = Q3.end + 90 * DAY, Q3.end + 90 * DAY + 1
    assert told(one(ConsentState.GIVEN, expires=soon)) == ["q4: c1 expires on 2026-12-30."]
    assert told(one(ConsentState.GIVEN, expires=late)) == told(one(ConsentState.LAPSED, expires=soon, at=Q3.end)) == []
    assert told(one(ConsentState.LAPSED), one(ConsentState.ASKED)) == ["q4: c1 is lapsed.", "q4: c1 is asked."]
    due = one(ConsentState.CONDITIONAL, expires=late, due=(("retest", Q3.end + DAY),))
    assert told(due) == ["q4: condition retest of c1 is due on 2026-10-02."]


# -- benefits --------------------------------------------------------------------------------------


def books(*entries):
    return Books([Kept(entry, seq, 0) for seq, entry in enumerate(entries, 1)])


def opened(name, day, severity="S1", system="bot"):
    return IncidentOpened(
        at=moment(day), by="lead", system=system, incident=name, severity=severity, hazard="h", what="w"
    )


def spent(name, day, amount, category="legal", **more):
    return Spent(at=moment(day), by="lead", spend=name, amount=amount, category=category, **more)


NAMES = ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]


def test_quarters_by_hand():
    many = books(
        opened("a", "2026-04-01"),
        opened("b", "2026-06-30", "S3", "tool"),
        spent("s1", "2026-05-01", 1_000, incident="a"),
        spent("s2", "2026-05-02", 500, "audit"),  # keeps things from going wrong, and corrects nothing
        spent("s3", "2026-05-02", 400, instead_of="s1", incident="a"),
        Exposure(at=moment("2026-07-02"), since=moment("2026-06-30"), by="lead", system="bot", uses=9, down=4.0),
    )
    found = quarters(many, NAMES, asof=moment("2026-08-16"))
    assert [(one.name, one.incidents, one.severe, one.down, one.correction) for one in found] == [
        ("2026-Q2", 2, 1, 2.0, 400),
        ("2026-Q3", 0, 0, 2.0, 0),
    ]
    assert [one.passed for one in found] == [1.0, 0.5]
    assert [one.correction for one in quarters(many, NAMES, asof=moment("2026-08-16"), system="tool")] == [0, 0]


def test_quarters_of_which_nothing_is_known_are_no_zeros():
    assert quarters(books(), NAMES, asof=moment("2026-12-01")) == ()
    with pytest.raises(ValueError, match="none lies"):
        before_and_after((), since="2026-Q2")


def test_before_and_after_with_the_part_of_a_quarter_that_is_over():
    many = books(*[opened(f"i{n}", "2026-05-01") for n in range(4)], opened("z", "2026-07-01"))
    found = before_and_after(quarters(many, NAMES, asof=moment("2026-08-16")), since="2026-Q3")
    assert found["before"]["incidents"]["value"] == 4.0
    assert found["after"]["incidents"]["value"] == 2.0  # one in half a quarter
    assert found["after"]["incidents"]["low"] == pytest.approx(0.0253 * 2, abs=1e-3)
    assert found["after"]["down_hours"] is None
