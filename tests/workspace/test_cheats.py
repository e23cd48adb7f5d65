"""Ways to look safer without being it: each is refused, or makes nothing better."""

from typing import Any

import pytest
from tests.workspace.governing import DAY, NOW, POLICY, enter, policy_in

from trimtab.decision.kpis.asked import Asked
from trimtab.decision.kpis.consent import _waits
from trimtab.decision.kpis.table import estimate_kpi
from trimtab.decision.period import Period
from trimtab.errors import EntryError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.consents import ConsentDecided, ConsentRequested
from trimtab.evidence.entries.reading import Draft, moment
from trimtab.kinds import Estimate
from trimtab.policy.diff import diff
from trimtab.workspace.keeping import keep
from trimtab.workspace.money import losses
from trimtab.workspace.publishing import check_actor


@pytest.fixture
def policy(tmp_path):
    return policy_in(tmp_path)


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "ledger.db", clock=lambda: NOW) as opened:
        yield opened


def refused(ledger, policy, kind, field, **values):
    """An entry is refused for this field."""
    before = ledger.head()
    with pytest.raises(EntryError) as error:
        enter(ledger, policy, kind, **values)
    assert field in [one.where for one in error.value.mistakes], error.value
    assert ledger.head() == before


def test_nobody_makes_their_own_count_independent(ledger, policy):
    count = {"kpi": "R03", "hits": "9", "of": "9", "since": "2026-10-01", "at": "2026-11-01"}
    for by in ("ml-lead", "ml-team"):
        for system in ("bot", ""):  # of all systems are theirs as well
            for word in ("other-team", "outside"):
                refused(ledger, policy, "counted", "independence", **count, by=by, system=system, independence=word)
    enter(ledger, policy, "counted", **count, by="ml-lead", system="bot")  # by their own word
    enter(ledger, policy, "counted", **count, by="safety-lead", system="bot", independence="other-team")


def test_nobody_counts_the_same_twice(ledger, policy):
    count = {"kpi": "R03", "hits": "20", "of": "20", "by": "safety-lead", "stratum": "leak"}
    enter(ledger, policy, "counted", **count, since="2026-10-01", at="2026-11-01")
    refused(ledger, policy, "counted", "since", **count, since="2026-10-01T00:00:01Z", at="2026-11-01")
    refused(ledger, policy, "counted", "since", **count, since="2026-10-31", at="2026-11-02")
    enter(ledger, policy, "counted", **count, since="2026-11-01", at="2026-11-02")
    enter(ledger, policy, "counted", **count | {"stratum": "bias"}, since="2026-10-01", at="2026-11-01")


def test_a_part_that_looks_good_is_not_made_to_weigh_more(ledger, policy):
    count = {"kpi": "R03", "hits": "1", "of": "1", "by": "safety-lead", "stratum": "leak", "weight": "1"}
    enter(ledger, policy, "counted", **count, since="2026-10-01", at="2026-10-02")
    refused(ledger, policy, "counted", "weight", **count | {"weight": "1000000"}, since="2026-10-02", at="2026-10-03")


def test_a_part_weighs_the_same_up_to_the_last_moment_of_its_quarter(ledger, policy):
    """A count that ends as the quarter does is one of that quarter, and gives no part another weight."""
    count = {"kpi": "R03", "by": "safety-lead", "system": "bot"}
    for stratum, hits, weight in (("leak", "0", "1"), ("bias", "40", "1")):
        given = {"stratum": stratum, "hits": hits, "of": "40", "weight": weight}
        enter(ledger, policy, "counted", **count, **given, since="2026-07-01", at="2026-08-01")
    last = {"stratum": "bias", "hits": "1", "of": "1", "since": "2026-08-01", "at": "2026-10-01"}
    refused(ledger, policy, "counted", "weight", **count, **last, weight="1000000")
    enter(ledger, policy, "counted", **count, **last | {"since": "2026-10-01", "at": "2026-10-02"}, weight="2")


def test_uses_of_all_systems_together_are_not_counted_beside_those_of_each(ledger, policy):
    """They would make the rate of severe incidents half of what it is."""
    use = {"uses": "1000000", "by": "safety-lead"}
    enter(ledger, policy, "exposure", **use, system="bot", since="2026-10-01", at="2026-10-20")
    refused(ledger, policy, "exposure", "since", **use, since="2026-10-01", at="2026-11-01")
    enter(ledger, policy, "exposure", **use, since="2026-10-20", at="2026-11-01")
    refused(ledger, policy, "exposure", "since", **use, system="tool", since="2026-10-25", at="2026-11-02")
    enter(ledger, policy, "exposure", **use, system="tool", since="2026-10-01", at="2026-10-20")


def test_whoever_fixed_it_does_not_say_that_it_holds(ledger, policy):
    enter(ledger, policy, "finding", finding="F-1", severity="S1", what="it leaks", owner="ml-lead")
    enter(
        ledger, policy, "incident", incident="I-1", severity="S1", hazard="h", what="it leaked", detected="2026-11-01"
    )
    for kind, about in (("finding-step", {"finding": "F-1"}), ("incident-step", {"incident": "I-1"})):
        enter(ledger, policy, kind, **about, step="fix", by="safety-lead", at="2026-11-02")
        for by in ("safety-lead", "care"):  # nor in the name of their team
            refused(ledger, policy, kind, "by", **about, step="verify", by=by, at="2026-11-03")
    # nor whoever owes it, under the name of their team
    for by in ("ml-lead", "ml-team"):
        refused(ledger, policy, "finding-step", "by", finding="F-1", step="verify", by=by, at="2026-11-03")
    enter(ledger, policy, "finding-step", finding="F-1", step="verify", at="2026-11-03")
    enter(ledger, policy, "incident-step", incident="I-1", step="verify", at="2026-11-03")


def test_an_exemption_ends_and_is_nothing_that_owners_give_themselves(ledger, policy):
    free = {"control": "eu-ai-act:Art.27", "reason": "It decides on nobody.", "system": "bot"}
    refused(ledger, policy, "not-applicable", "until", **free, until="2199-01-01")
    refused(ledger, policy, "not-applicable", "by", **free, until="2027-01-01", by="ml-lead")
    enter(ledger, policy, "not-applicable", **free, until="2027-01-01")


def test_an_audit_and_a_document_do_not_hold_for_ever(ledger, policy):
    audit = {"control": "eu-ai-act:Art.12", "system": "bot", "result": "pass", "what": "logs"}
    refused(ledger, policy, "audited", "valid_days", **audit, valid_days="100000")
    card = {"document": "d", "type": "model-card", "digest": "sha256:00", "filled": "9", "mandatory": "9"}
    refused(ledger, policy, "document", "valid_until", **card, reviewed="2026-11-01", valid_until="2199-01-01")
    enter(ledger, policy, "document", **card, reviewed="2026-11-01", valid_until="2027-11-01")


def test_nobody_speaks_in_the_name_of_a_web_hook(ledger, policy):
    refused(ledger, policy, "near-miss", "by", severity="S1", hazard="h", what="w", by="hook:jira")
    refused(ledger, policy, "near-miss", "by", severity="S1", hazard="h", what="w", by="hook:jira", source="command")
    refused(ledger, policy, "finding", "owner", severity="S1", what="w", owner="hook:jira")
    with pytest.raises(UsageError, match="hook:jira"):
        check_actor(ledger, policy, "hook:jira", NOW)
    enter(ledger, policy, "near-miss", severity="S1", hazard="h", what="w", by="hook:jira", source="hook:jira")


def test_a_file_full_of_mistakes_is_not_read_to_its_end(ledger, policy):
    drafts = [
        Draft(kind="near-miss", values={"severity": "S9", "by": "care", "near_miss": f"N-{n}"}) for n in range(5000)
    ]
    with pytest.raises(EntryError) as error:
        keep(ledger, policy, drafts, now=NOW, mask=str)
    assert len(error.value.mistakes) == 200
    rows = [{"severity": "S1", "hazard": "h", "what": "w", "by": "nobody", "near_miss": f"N-{n}"} for n in range(1000)]
    with pytest.raises(EntryError) as error:
        keep(ledger, policy, [Draft(kind="near-miss", values=one) for one in rows], now=NOW, mask=str)
    assert len(error.value.mistakes) == 200


def test_no_cost_becomes_small_in_another_currency(ledger, policy, tmp_path):
    """350,000 of one money are nothing in another: amounts are not converted, so nothing goes on counting."""
    cost = {"amount": "350000", "category": "legal"}
    enter(ledger, policy, "spend", **cost)
    cheap = policy_in(tmp_path, f"{POLICY}currency: JPY\nscenarios: {{leak: {{rate: [1, 2], loss: [1, 2]}}}}\n")
    policies = {one.digest: one for one in (policy, cheap)}
    for using, known in ((policy, True), (cheap, False)):
        period = Period.quarter("2026-Q4")
        asked = Asked(books=Books.of(ledger), policy=using, period=period, asof=NOW, policies=policies.get)
        seen = estimate_kpi("F03", asked)
        told = seen.value if isinstance(seen, Estimate) else seen.reason
        assert told == (350_000 if known else "another-currency")
    refused(ledger, cheap, "spend", "currency", **cost)
    with pytest.raises(UsageError, match=r"count in EUR \(row 2\) and the policy in JPY"):
        losses(ledger, cheap, {"years": 1000}, ledger.head().seq, NOW)
    assert [one.effect for one in diff(policy, cheap).changes if one.where == "currency"] == ["loosens"]
    assert enter(ledger, cheap, "note", what="x", on="bot", system="bot")  # what has no amount goes on
    assert enter(ledger, policy, "spend", **cost)


def test_an_incident_of_no_one_system_is_one_of_each(ledger, policy):
    """Leaving out whose it was makes nobody safer: no system, and no team."""
    enter(ledger, policy, "exposure", uses="1000000", system="bot", since="2026-10-01", at="2026-11-01")
    before = kpi(ledger, policy, "R06", "bot")
    enter(ledger, policy, "incident", severity="S1", hazard="h", what="w", detected="2026-11-01")
    assert (before.value, kpi(ledger, policy, "R06", "bot").value) == (0.0, 1.0)
    assert kpi(ledger, policy, "R06", team="ml-team").value == 1.0


def test_a_report_that_was_late_is_late_for_each_system_if_it_names_none(ledger, policy):
    """A veto that a late report of no one system would not touch could be cleared by leaving the name out."""
    owed = {
        "severity": "S2",
        "hazard": "h",
        "what": "w",
        "duty": "serious",
        "detected": "2026-10-05",
        "at": "2026-10-05",
    }
    enter(ledger, policy, "incident", incident="I-1", system="bot", **owed)
    enter(ledger, policy, "incident-step", incident="I-1", step="report", at="2026-10-06")
    assert kpi(ledger, policy, "P16", "bot").value == 1.0
    enter(ledger, policy, "incident", incident="I-2", **owed)
    assert [kpi(ledger, policy, "P16", one).value for one in ("bot", "tool")] == [0.5, 0.0]


def test_a_finding_of_no_one_system_is_owed_by_whoever_owes_it_and_by_each_system(ledger, policy):
    late = {"severity": "S2", "what": "w", "due": "2026-10-20", "at": "2026-10-02"}
    enter(ledger, policy, "finding", finding="F-1", system="bot", **late)
    assert kpi(ledger, policy, "P10", "bot").count == 1
    enter(ledger, policy, "finding", finding="F-2", owner="safety-lead", **late)
    assert [kpi(ledger, policy, "P10", one).count for one in ("bot", "tool")] == [2, 1]
    assert [kpi(ledger, policy, "P10", team=one).count for one in ("ml-team", "care")] == [1, 1]


def test_a_decision_is_as_late_as_it_was_handed_in(policy):
    books, asked = Books(), moment("2026-10-02")
    common: dict[str, Any] = {"by": "safety-lead", "system": "bot", "consent": "C"}
    books.add(
        Kept(
            ConsentRequested(
                **common,
                at=asked,
                candidate="a",
                artefact="",
                promise="",
                policy="",
                run="",
                row=1,
                row_hash="",
                ledger="",
                nonce="",
            ),
            1,
            asked,
        )
    )
    decided = ConsentDecided(**common, at=asked + DAY, decision="refuse", risk="r", loss=(0, 1), expires=NOW)
    books.add(Kept(decided, 2, asked + 20 * DAY))
    ((_, took, is_open),) = _waits(Asked(books=books, policy=policy, period=Period.quarter("2026-Q4"), asof=NOW))
    assert (took, is_open) == (20 * DAY, False)


def kpi(ledger, policy, name, system="", *, team=""):
    asked = Asked(
        books=Books.of(ledger), policy=policy, period=Period.quarter("2026-Q4"), asof=NOW, system=system, team=team
    )
    return estimate_kpi(name, asked)
