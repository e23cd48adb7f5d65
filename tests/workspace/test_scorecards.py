"""Scorecards from the ledger: published, replayed to the digit, recalibrated by rule, and what bonuses make of them."""

import pytest
from tests.command import trimtab
from tests.workspace.scoring_house import FIRST_SET, House

from trimtab.decision.period import Period
from trimtab.decision.recalibration import agreed_points, owns
from trimtab.decision.weight_sets import digest_of, from_told, told
from trimtab.errors import EntryError, UsageError
from trimtab.evidence.books import Books
from trimtab.workspace.incentives import person_figures, severities
from trimtab.workspace.publishing import compute_now, publish, replay
from trimtab.workspace.recalibrating import proposals, propose, run_shadow

VENDORS = """
vendors:
  cloud: {services: [machines], owner: desk, tier: high, critical: true, asks: ["owasp-llm-2026:LLM02"]}
  paper: {services: [paper], owner: desk, tier: high, asks: ["owasp-llm-2026:LLM02"]}
"""
GOOD = {"leak": (0.0, 0.01), "masked": (0.98, 0.99), "right": (0.9, 0.95)}


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path)
    made.at("2026-02-01").decide("triage", **GOOD)
    made.decide("intake", leak=(0.01, 0.03), masked=(0.91, 0.99), right=(0.74, 0.9))
    made.decide("desk-bot", leak=(0.02, 0.04), masked=(0.97, 0.99), right=(0.7, 0.9))
    return made.at("2026-03-10")


def second(begins="2026-10-01", *changes):
    text = FIRST_SET.replace("2026-01-01", begins)
    for old, new in changes or (("safety: 0.4", "safety: 0.44"), ("performance: 0.4", "performance: 0.36")):
        assert old in text
        text = text.replace(old, new)
    return FIRST_SET + text


def suggest(house, text, **values):
    new = house.with_sets(text)
    given = {"recalibration": "r1", "reason": "law", "outside": "eu-ai-act:Art.9", "what": "a", "by": "counsel"}
    return propose(house.ledger, house.policy, new, {**given, **values}), new


def card(house, quarter="", subject=""):
    return compute_now(house.ledger, house.policy, "scorecard", {"quarter": quarter, "subject": subject})


def refused(call):
    with pytest.raises(EntryError) as error:
        call()
    return " ".join(f"{one.where} {one.message}" for one in error.value.mistakes)


def test_a_scorecard_is_sorted_by_verdict_and_band_and_only_then_by_value(house):
    house.decide("intake", leak=(0.06, 0.08), masked=(0.99, 1.0), right=(1.0, 1.0))
    found = card(house)
    assert [one["subject"] for one in found["products"]] == ["triage", "desk-bot", "intake"]
    last = found["products"][-1]
    assert (last["verdict"], last["score"], last["capped_by"]) == ("fail", 49.0, ["leak"])
    assert last["ways_up"][0]["metric"] == "leak"
    care = next(one for one in found["teams"] if one["subject"] == "care")
    assert (care["verdict"], care["band"]) == ("fail", "D")
    assert card(house, subject="desk-bot")["products"][0]["owner"] == "desk"
    with pytest.raises(UsageError, match="nobody is called"):
        card(house, subject="other")


def test_silence_lowers_and_old_evidence_stays_with_its_quarter(house):
    before = card(house, subject="triage")["products"][0]["score"]
    house.decide("triage", leak=GOOD["leak"], masked=GOOD["masked"])  # of `right` nothing is known any more
    after = card(house, subject="triage")["products"][0]
    assert after["score"] < before
    assert after["missing"] == ["right"]
    house.at("2026-05-01").decide("triage", **GOOD)
    assert (
        card(house, "2026-Q1", "triage")["products"][0]["score"]
        < card(house, "2026-Q2", "triage")["products"][0]["score"]
    )


def test_a_kpi_enters_with_its_interval_and_stays_a_veto(tmp_path):
    sets = FIRST_SET.replace(
        "{safety: 0.4, privacy: 0.2, performance: 0.4}",
        "{safety: 0.4, privacy: 0.1, governance: 0.1, performance: 0.4}",
    )
    kpis = "            R03: {pillar: governance, floor: 0.5, target: 0.95}\n            P04: {pillar: governance, floor: 0.9, target: 1}\n"
    house = House(tmp_path, sets=sets.replace("            leak", f"{kpis}            leak"))
    house.at("2026-02-01").decide("triage", **GOOD)
    before = card(house, subject="triage")["products"][0]
    assert before["missing"] == ["P04", "R03"]
    assert before["score"] == 49.0 or before["score"] < 49.0
    assert "P04" in before["capped_by"]  # whether deployments had consent is a veto, wherever it counts
    house.keep(
        "counted", kpi="R03", hits=95, of=100, system="triage", at="2026-01-31", by="auditor", independence="other-team"
    )
    after = card(house, subject="triage")["products"][0]
    seeded = next(one for one in after["metrics"] if one["metric"] == "R03")
    assert (seeded["verdict"], seeded["independence"]) == ("pass", "other-team")
    assert 0.85 < seeded["low"] < 0.95
    assert after["missing"] == ["P04"]
    assert after["score"] >= before["score"]
    other = card(house, subject="intake")["products"][0]
    assert "R03" in other["missing"]  # what was counted for one product says nothing of another


def test_a_critical_vendor_that_nobody_assessed_caps_the_product(tmp_path):
    house = House(tmp_path, systems="    vendors: [cloud, paper]\n", more=VENDORS)
    house.at("2026-02-01").decide("triage", **GOOD)
    found = card(house, subject="triage")["products"][0]
    assert (found["score"], found["band"], found["capped_by"]) == (49.0, "D", ["vendor cloud"])
    vendors = {one["subject"]: one for one in card(house)["vendors"]}
    assert (vendors["cloud"]["band"], vendors["cloud"]["caps"]) == (None, ["desk-bot", "intake", "triage"])
    assert vendors["paper"]["caps"] == []  # it is not critical
    # What the vendor says of itself lifts nothing above what is asked at least; somebody else's word does.
    house.keep("vendor", vendor="cloud", control="owasp-llm-2026:LLM02", answer="met", independence="outside", evidence="report-1", by="auditor",
               at="2026-01-31")  # fmt: skip
    lifted = card(house, subject="triage")["products"][0]
    assert lifted["score"] > 84.0
    assert lifted["verdict"] == "pass"


def test_what_is_published_is_replayed_to_the_digit_whatever_comes_after(house):
    made = publish(house.ledger, house.policy, "scorecard", by="auditor", asked={"quarter": "", "subject": ""})
    house.at("2026-06-01").decide("triage", leak=(0.2, 0.3))
    house.policy = house.with_sets(FIRST_SET.replace("half_life: 3650", "half_life: 10"))
    publish(house.ledger, house.policy, "scorecard", by="auditor", asked={"quarter": "2026-Q1", "subject": ""})
    again = [one for one in replay(house.ledger) if one.what == "scorecard"]
    assert [one.same for one in again] == [True, True]
    assert made.result["products"][0]["subject"] == "triage"
    # Whoever edits weights of an old quarter in place is told by what was published of it.
    assert card(house, "2026-Q1")["published_otherwise"] == [made.row + 2]
    house.policy = house.with_sets(FIRST_SET)
    assert card(house, "2026-Q1")["published_otherwise"] != [made.row + 2]


def test_a_set_is_told_in_numbers_and_back(house):
    sets = FIRST_SET.replace("performance: 0.4}", "governance: 0.1, performance: 0.3}").replace(
        "            leak",
        "            P08: {pillar: governance, of: organisation, floor: 0.5, target: 0.9}\n            leak",
    )
    weights = house.with_sets(sets).score.sets[0]
    again = from_told(told(weights), begins=weights.from_)
    assert again == weights
    assert digest_of(again) == digest_of(weights)
    with pytest.raises(ValueError, match="nothing that a set"):
        from_told({**told(weights), "colour:red": 1.0}, begins=weights.from_)


@pytest.mark.parametrize(
    ("text", "values", "said"),
    [
        (second("2026-10-01", ("safety: 0.4", "safety: 0.5"), ("performance: 0.4", "performance: 0.3")), {}, "25% of itself"),
        (second("2026-04-01"), {}, "is too soon"),
        (second("2026-10-01", ("floor: 0.6", "floor: 0.55")), {}, "until is needed"),
        (second("2026-10-01", ("veto: true, ", "")), {}, "until is needed"),
        (second("2026-10-01", ("floor: 0.6", "floor: 0.65")), {"until": "2026-12-31"}, "nothing does"),
        (second("2026-10-01", ("floor: 0.6", "floor: 0.55")), {"until": "2027-06-30"}, "within two quarters"),
        (second("2026-10-01", ("safety: 0.4", "safety: 0.4")), {}, "in force already"),
        (second("2026-10-01", ("            leak", "            extra: {pillar: safety, floor: 0.1, target: 0.2}\n            leak")),
         {}, "of the pillar would be new"),
        (second(), {"reason": "last-year"}, "is none of law"),
        (second(), {"outside": ""}, "outside is missing"),
    ],
)  # fmt: skip
def test_a_proposal_keeps_the_caps(house, text, values, said):
    house._text = house._text.replace(
        "suites: {q",
        "  extra: {question: Extra, better: higher, target: 0.2, owner: auditor, source: {suite: q}}\nsuites: {q",
    )
    house.policy = house.with_sets(FIRST_SET)
    assert said in refused(lambda: suggest(house, text, **values))


def test_a_proposal_runs_in_the_shadow_is_voted_on_and_old_quarters_keep_their_formula(house):
    house.at("2026-05-10")
    _, new = suggest(house, second())
    assert "has not run" in refused(
        lambda: house.keep("recalibration-vote", recalibration="r1", choice="for", by="auditor")
    )
    preview = run_shadow(house.ledger, house.policy, "r1", by="auditor")
    assert not preview.recorded
    assert len(preview.report["quarters"]) == 5
    forged = {"recalibration": "r1", "quarter": "2026-Q2", "published": 1, "by": "desk-lead"}
    assert "is computed" in refused(lambda: house.keep("recalibration-shadow", **forged))

    house.at("2026-07-02")
    ran = run_shadow(house.ledger, house.policy, "r1", by="auditor")
    assert ran.recorded
    assert ran.report["moves"] == ["intake"]  # C becomes B
    assert ran.report["quarters"][0]["kendall"] == pytest.approx(1.0)
    assert ran.report["quarters"][0]["losers"][0]["team"] == "desk"
    # care owns what is moved, so its lead does not vote, whichever way.
    for choice in ("for", "against"):
        vote = {"recalibration": "r1", "choice": choice, "by": "care-lead"}
        assert "changes the band of intake" in refused(lambda vote=vote: house.keep("recalibration-vote", **vote))
    for by in ("auditor", "counsel"):
        house.keep("recalibration-vote", recalibration="r1", choice="for", by=by)
    assert proposals(house.ledger)[0].state == "shadowed"
    assert "has voted" in refused(
        lambda: house.keep("recalibration-vote", recalibration="r1", choice="against", by="counsel")
    )
    house.policy, before = new, card(house, "2026-Q3")
    house.at("2026-10-02")
    assert card(house, "2026-Q4")["weights"]["from"] == "2026-01-01"  # two of three: no majority came in time
    assert "no vote" in card(house, "2026-Q4")["weights"]["passed_over"][0]
    assert proposals(house.ledger)[0].state == "too-late"
    assert before["weights"]["digest"] == card(house, "2026-Q3")["weights"]["digest"]


def test_weights_that_are_edited_after_a_quarter_began_do_not_judge_it(house):
    """The first set needs no vote, and is still none that somebody makes up when the figures are known."""
    weaker = FIRST_SET.replace("safety: 0.4, privacy: 0.2", "safety: 0.1, privacy: 0.5")
    house.at("2026-03-20").keep("note", what="x", on="triage", system="triage", by="auditor")
    house.at("2026-05-10")
    house.decide("triage", leak=(0.0, 0.045), masked=(0.97, 0.99), right=(0.9, 0.95))
    kept = card(house, "2026-Q2")
    house.policy = house.with_sets(weaker)
    edited = card(house, "2026-Q2")
    assert edited["weights"]["digest"] == kept["weights"]["digest"]
    assert [one["score"] for one in edited["products"]] == [one["score"] for one in kept["products"]]
    assert "no vote before that day adopted" in edited["weights"]["passed_over"][0]
    # Before its first quarter anything may be written, and from the next one on it was known.
    assert card(house, "2026-Q1")["weights"]["digest"] != kept["weights"]["digest"]
    house.keep("note", what="y", on="triage", system="triage", by="auditor")
    house.at("2026-07-02")
    later = card(house, "2026-Q3")["weights"]
    assert (later["digest"] != kept["weights"]["digest"], later["passed_over"]) == (True, [])
    house.policy = house.with_sets(FIRST_SET)  # which was the policy's before the quarter began as well
    assert card(house, "2026-Q2")["weights"]["passed_over"] == []


def test_a_majority_carries_it_from_its_day_on_and_not_before(house):
    house.at("2026-05-10")
    _, new = suggest(house, second())
    old = card(house, "2026-Q1")
    house.at("2026-07-02")
    run_shadow(house.ledger, house.policy, "r1", by="auditor")
    for by in ("auditor", "counsel", "risk-lead"):
        house.keep("recalibration-vote", recalibration="r1", choice="for", by=by)
    assert proposals(house.ledger)[0].state == "adopted"
    pack = compute_now(house.ledger, house.policy, "review", {"quarter": "2026-Q3"})
    assert "adopted, 3 for, 0 against" in str(pack)
    assert "begins then" in refused(lambda: suggest(house, second(), recalibration="r2"))
    house.policy = new
    house.at("2026-10-02")
    assert card(house, "2026-Q3")["weights"]["from"] == "2026-01-01"
    assert card(house, "2026-Q4")["weights"]["from"] == "2026-10-01"
    same = {one["subject"]: one["score"] for one in card(house, "2026-Q1")["products"]}
    # What the quarter is judged by is the same; only the evidence has aged from March to its end.
    assert {one["subject"] for one in old["products"]} == set(same)
    assert card(house, "2026-Q1")["weights"]["digest"] == old["weights"]["digest"]
    # Who leaves or joins the committee later changes nothing of it.
    house._text = house._text.replace("[care-lead, desk-lead, auditor, counsel, risk-lead]", "[desk-lead]")
    house.policy = house.with_sets(second())
    assert card(house, "2026-Q4")["weights"]["from"] == "2026-10-01"


def test_what_asks_for_less_is_signed_by_a_risk_owner_and_ends(house):
    house.at("2026-05-10")
    _, new = suggest(house, second("2026-10-01", ("floor: 0.6", "floor: 0.55")), until="2026-12-31")
    house.at("2026-07-02")
    run_shadow(house.ledger, house.policy, "r1", by="auditor")
    may = proposals(house.ledger)[0].may
    for by in may:
        house.keep("recalibration-vote", recalibration="r1", choice="for", by=by)
    assert proposals(house.ledger)[0].state == "shadowed"
    sign = {"recalibration": "r1", "choice": "sign"}
    assert "no risk owner" in refused(lambda: house.keep("recalibration-vote", **sign, by="auditor"))
    house.keep("recalibration-vote", **sign, by="risk-lead")
    assert proposals(house.ledger)[0].state == "adopted"
    house.policy = new
    house.at("2027-01-05")
    assert card(house, "2026-Q4")["weights"]["from"] == "2026-10-01"
    later = card(house, "2027-Q1")["weights"]
    assert (later["from"], "that time is over" in later["passed_over"][0]) == ("2026-01-01", True)


def test_points_come_to_the_median_of_the_members(house):
    for by, safety in (("auditor", 60), ("counsel", 50), ("risk-lead", 10)):
        house.keep("points-given", tier="high", points=f"safety={safety} performance={100 - safety}", by=by)
    assert "do not share out" in refused(
        lambda: house.keep("points-given", tier="high", points="safety=50", by="care-lead")
    )
    quarter = Period.quarter_at(house.now)
    found = agreed_points(Books.of(house.ledger), house.policy, "high", quarter)
    assert found == {"performance": 0.5, "safety": 0.5}
    assert owns(house.policy, "care-lead") == {"triage", "intake"}


@pytest.mark.parametrize(
    "change",
    [
        {"pillar:high/safety": None},
        {"pillar:high/safety": -0.4},
        {"pillar:high/safety": 0.9},
        {"pillar:high/luck": 0.1},
        {"weight:high/safety/leak": 0.0},
        {"weight:high/safety/leak": None},
        {"weight:high/leak": 1.0},
        {"weight:other/safety/leak": 1.0},
        {"floor:high/leak": 0.0},
        {"floor:high/leak": None},
        {"target:high/leak": 0.9},
        {"half-life:high/leak": -1.0},
        {"veto:high/nothing": 1.0},
        {"formula": 2.0},
        {"formula": None},
        {"what:high": 1.0},
    ],
)
def test_a_proposal_from_a_file_of_entries_is_a_set_of_weights_or_refused(house, change):
    numbers = told(house.with_sets(second()).score.sets[-1])
    odd = {**numbers, **{key: value for key, value in change.items() if value is not None}}
    odd = {key: value for key, value in odd.items() if change.get(key, 0) is not None}
    values = {"effective": "2026-10-01", "reason": "law", "outside": "x", "what": "x", "digest": "x", "by": "counsel"}
    assert "numbers" in refused(lambda: house.keep("recalibration-proposed", **values, numbers=odd))


# -- bonuses and persons ---------------------------------------------------------------------------


def bonus(house, quarter):
    found = compute_now(house.ledger, house.policy, "incentives", {"quarter": quarter})
    return found, {one["team"]: one["multiplier"] for one in found["teams"]}


def test_a_bonus_rule_counts_only_if_it_was_published_before_and_a_late_veto_is_worth_nothing(house):
    assert not bonus(house, "2026-Q1")[0]["counts"]
    with pytest.raises(UsageError, match="has begun"):
        publish(house.ledger, house.policy, "incentive-rule", by="auditor", asked={"quarter": "2026-Q1"})
    publish(house.ledger, house.policy, "incentive-rule", by="auditor", asked={"quarter": ""})
    house.at("2026-04-20").decide("desk-bot", leak=(0.06, 0.08), masked=(0.97, 0.99), right=(0.7, 0.9))
    house.at("2026-05-01")
    found, teams = bonus(house, "2026-Q2")
    assert found["counts"]
    assert teams["desk"] == pytest.approx(0.8)  # the veto stands, its deadline has not passed
    house.at("2026-07-05")
    found, teams = bonus(house, "2026-Q2")
    assert (teams["desk"], found["final"]) == (0.0, True)
    assert "leak" in next(one["why"] for one in found["teams"] if one["team"] == "desk")
    score = next(one["score"] for one in found["teams"] if one["team"] == "care")
    assert teams["care"] == pytest.approx(0.8 + 0.4 * (score - 50) / 35)
    # The rule as published counts, not as the policy has it since.
    house._text = house._text.replace("incentives: {}", "incentives: {high: 2.0}")
    house.policy = house.with_sets(FIRST_SET)
    assert bonus(house, "2026-Q2")[1] == teams


def test_no_rule_gives_a_bonus_to_a_team_that_drops_or_hands_on_what_does_badly(house):
    house.at("2026-03-20").keep("note", what="x", on="triage", system="triage", by="auditor")
    house.at("2026-04-20")
    for name in ("triage", "intake", "desk-bot"):
        house.decide(name, leak=(0.0, 0.005), masked=(0.985, 0.99), right=(0.3 if name == "intake" else 0.9, 0.95))
    house.at("2026-07-05")
    with_it, whole = bonus(house, "2026-Q2")[1], house._text
    assert 0.8 < with_it["care"] < with_it["desk"] == pytest.approx(1.2)
    where = whole.index("\n  intake:")
    moved = whole[:where] + whole[where:].replace("owner: care", "owner: desk", 1)
    dropped = whole[:where] + whole[whole.index("\n  desk-bot:") :].replace("intake: 5", "desk-bot: 5")
    for text in (moved, dropped):
        house._text = text
        house.policy = house.with_sets(FIRST_SET)
        found, teams = bonus(house, "2026-Q2")
        assert teams["care"] is None
        why = {one["team"]: one["why"] for one in found["teams"]}
        assert "intake counted for it when the quarter began" in why["care"]
        assert teams["desk"] is not None  # whoever takes it over is judged by all they have
    house._text = whole
    house.policy = house.with_sets(FIRST_SET)
    assert bonus(house, "2026-Q2")[1] == with_it


def test_persons_are_not_shown_unless_the_policy_says_so_and_few_cases_are_no_rating(house):
    with pytest.raises(UsageError, match="are not shown"):
        person_figures(house.ledger, house.policy, "", name="auditor", by="auditor")
    house._text = house._text.replace(
        "  incentives: {}", "  incentives: {}\n  persons: {shown: true, may_see: [risk-owner]}"
    )
    house.policy = house.with_sets(FIRST_SET)
    owed = {"care-lead": 14, "desk-lead": 14, "auditor": 4}
    for owner, many in owed.items():
        for at in range(many):
            id_ = f"{owner}-{at}"
            house.keep("finding", finding=id_, severity="S3", what="x", owner=owner, due="2026-03-09", by="counsel",
                       at="2026-02-10")  # fmt: skip
            house.keep("finding-step", finding=id_, step="fix", at="2026-02-20", by=owner)
            if owner != "desk-lead" or at < 3:  # a fix that nobody verified is none
                house.keep("finding-step", finding=id_, step="verify", at="2026-02-21", by="risk-lead")
    found = {
        name: person_figures(house.ledger, house.policy, "2026-Q1", name=name, by="risk-lead")["fixes"] for name in owed
    }
    assert found["auditor"]["place"] == "not rated"
    assert found["auditor"]["share"] is None
    assert found["desk-lead"]["place"] in {"look: below", "far below"}
    assert 3 / 14 < found["desk-lead"]["share"] < 1 / 2  # drawn to the others
    assert person_figures(house.ledger, house.policy, "2026-Q1", name="counsel", by="counsel")["reports"] == sum(
        owed.values()
    )
    with pytest.raises(UsageError, match="may not see"):
        person_figures(house.ledger, house.policy, "", name="auditor", by="counsel")


def test_an_appeal_is_answered_by_somebody_else_once(house):
    house.keep("appeal", appeal="a1", figure="2026-Q1", what="fixes were verified late", by="desk-lead")
    answer = {"appeal": "a1", "answer": "upheld", "what": "true"}
    assert "made the appeal" in refused(lambda: house.keep("appeal-answer", **answer, by="desk-lead"))
    assert "a human decides" in refused(lambda: house.keep("appeal-answer", **answer, by="care"))
    house.keep("appeal-answer", **answer, by="auditor")
    assert "was answered" in refused(lambda: house.keep("appeal-answer", **{**answer, "what": "no"}, by="counsel"))


def test_raters_are_compared_only_where_they_are_connected(house):
    for by in ("auditor", "counsel"):
        for thing, points in (("q1", 4), ("q2", 6), ("q3", 5)):
            shifted = points + (1 if by == "counsel" else 0)
            house.keep("rated", of=thing, points=shifted, scale="round-1", by=by)
    found = severities(house.ledger, "round-1")
    shifts = {one.rater: one.shift for one in found.severities}
    assert shifts["counsel"] - shifts["auditor"] == pytest.approx(1.0, abs=0.05)
    assert "has rated" in refused(lambda: house.keep("rated", of="q1", points=1, scale="round-1", by="auditor"))
    house.keep("rated", of="q9", points=1, scale="round-2", by="auditor")
    house.keep("rated", of="q8", points=1, scale="round-2", by="counsel")
    with pytest.raises(UsageError, match="share"):
        severities(house.ledger, "round-2")


# -- the command line ----------------------------------------------------------------------------------


def test_commands(house):
    house.ledger.close()
    at = ["--policy", "trimtab.yaml", "--ledger", "ledger.db"]
    shown = trimtab("scorecard", "--quarter", "2026-Q1", "--why", "--publish", "--by", "auditor", *at, cwd=house.folder)
    assert shown.returncode == 0, shown.stderr
    for said in ("triage", "Why this band", "cheapest honest", "P(band)", "geometric"):
        assert said in shown.stdout
    assert trimtab("scorecard", "--publish", "--by", "nobody", *at, cwd=house.folder).returncode == 2
    assert "people decide" not in trimtab("incentives", "show", "--quarter", "2026-Q1", *at, cwd=house.folder).stdout
