"""The pages on money, the committee and error budgets: they show what commands say, and no word of the books acts."""

import hashlib
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.serve.money_world import POLICY, SEED, World
from tests.serve.test_pages import Tags
from tests.workspace.governing import decide

from trimtab.decision import Verdict
from trimtab.decision.committee_figures import committee_figures
from trimtab.decision.committee_gaps import committee_gaps
from trimtab.decision.frontier import frontier_points
from trimtab.decision.funding import fundings
from trimtab.decision.lottery import commitment
from trimtab.decision.settlement import settlement
from trimtab.errors import UsageError
from trimtab.evidence import Subject
from trimtab.evidence.books import Books
from trimtab.evidence.entries.committee import Seated
from trimtab.evidence.entries.funding import MoneyReturned
from trimtab.evidence.entries.reading import moment
from trimtab.evidence.published import Published
from trimtab.policy import load_policy
from trimtab.report.plan_words import left_out, votes_words
from trimtab.report.weight_words import weight_of, written
from trimtab.serve.pages.access.alone import Alone
from trimtab.serve.pages.app import Site, application
from trimtab.serve.pages.decide import budget, committee, recalibration, request
from trimtab.serve.pages.decide.funding_values import request_shown
from trimtab.serve.pages.measure import error_budgets
from trimtab.serve.pages.snapshot import Standing, Watched
from trimtab.workspace.granting import release
from trimtab.workspace.production import production
from trimtab.workspace.recalibrating import run_shadow
from trimtab.workspace.seating import draw_of, seat

SAID = Standing(proof="unknown")


def some(value: Any) -> Any:
    """What is there."""
    assert value is not None
    return value


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("money")).money()
    decide(made.ledger, made.policy, Verdict.FAIL, metric="leaks", time=made.now)
    made.on("2026-08-02").weights()
    made.on("2026-08-03").rules(2_000, 5)
    made.on("2026-08-10").rules(2_000, 200)
    yield made
    made.ledger.close()


@pytest.fixture(scope="module")
def client(world):
    access = Alone()
    site = Site(Watched(world.ledger, world.policy), access, cookie="trimtab-1")
    opened = TestClient(application(site, hosts=frozenset({"testserver"})))
    opened.get("/enter", params={"token": access.token})
    return opened


@pytest.fixture
def fresh(tmp_path):
    made = World(tmp_path)
    yield made
    made.ledger.close()


PATHS = ["/budget", "/budget/REQ-1", "/budget/REQ-2", "/budget/REQ-3", "/committee", "/committee/RC-1",
         "/error-budgets", "/error-budgets/bot", "/error-budgets/tool"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_what_people_wrote_is_shown_and_does_nothing(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    seen = Tags(answer.text)
    assert not {"script", "img", "iframe", "style", "object"} & set(seen.tags)
    assert not [one for one in seen.attributes if one[1].startswith("on") or one[1] == "style"]
    assert "\u202e" not in answer.text
    if path not in ("/error-budgets", "/error-budgets/tool"):
        assert "<script>alert(1)</script>" in "".join(seen.text)
    assert client.get(f"/api/v1{path}").status_code == 200


@pytest.mark.parametrize("path", ["/budget/NO", "/committee/NO", "/error-budgets/NO", "/budget/REQ-1?quarter=2026-Q3"])
def test_what_is_not_there_is_not_shown(client, path):
    assert client.get(path).status_code in (400, 404)


# -- money -----------------------------------------------------------------------------------------


def test_requests_stand_where_the_command_says(world):
    shown = {one.request: one for one in budget.risk_budget(world.snapshot(), SAID, {}).requests}
    assert {name: one.state for name, one in shown.items()} == {
        "REQ-1": "granted", "REQ-2": "planned", "REQ-3": "asked",
    }  # fmt: skip
    first, pilot = shown["REQ-1"].tranches
    assert (first.amount, bool(first.at), first.verdict) == (24_000.0, True, "pass")
    [step] = release(world.ledger, world.policy, "REQ-1", by="finance-lead")
    assert (pilot.at, pilot.verdict, pilot.why) == (0, step.found.verdict.value, step.found.why)
    assert pilot.verdict == "fail" or "inconclusive" in pilot.verdict
    assert "nobody is left who could grant it" in shown["REQ-2"].why
    assert {one.choice for one in shown["REQ-2"].ballots} == {"against", "recused", ""}
    assert "are missing" in shown["REQ-3"].why


def test_what_was_never_released_of_a_settled_request_is_still_shown(world):
    one = next(one for one in fundings(Books.of(world.ledger)) if one.asked.request == "REQ-1")
    back = MoneyReturned(at=world.now, by="x", source="trimtab", request="REQ-1", quarter="2026-Q3", amount=1)
    shown = request_shown(world.snapshot(), replace(one, returned=back), {})
    assert [(part.milestone, bool(part.at)) for part in shown.tranches] == [("", True), ("pilot", False)]
    assert sum(part.amount for part in shown.tranches) == shown.amount
    assert "settled before" in shown.tranches[1].why


def test_a_plan_is_shown_as_it_was_published(world):
    plan = some(budget.risk_budget(world.snapshot(), SAID, {}).plan)
    _, made = next(iter(world.ledger.records(after=plan.row - 1, upto=plan.row)))
    assert isinstance(made, Published)
    assert [one.left for one in plan.frontier] == [one["left"] for one in made.result["frontier"]]
    assert plan.shadow_price == made.result["why"]["shadow_price"]
    assert {one.rule: one.price for one in plan.prices} == made.result["why"]["rules"]
    refused = {one.request: one for one in plan.options if not one.chosen}
    for one in made.result["why"]["refused"]:
        assert refused[one["request"]].worth == one["worth"]
        assert refused[one["request"]].per_unit == pytest.approx(one["worth"] / one["cost"])


def test_what_the_next_unit_buys_adds_up_to_what_is_gone():
    frontier = [{"budget": 0, "spent": 0, "left": 100.0}, {"budget": 40, "spent": 30, "left": 60.0},
                {"budget": 10, "spent": 0, "left": 100.0}]  # fmt: skip
    points = list(frontier_points(frontier))
    assert [one.buys for one in points] == [None, 0.0, pytest.approx(40 / 30)]
    gone = sum(some(one.buys) * (one.budget - before.budget) for before, one in pairwise(points))
    assert gone == pytest.approx(40.0)


def test_promises_come_to_what_the_settlement_says(world):
    page = budget.risk_budget(world.snapshot(), SAID, {})
    books = Books.of(world.ledger)
    asof = moment("2026-10-01")
    over = settlement(world.policy, books, quarter="2026-Q3", asof=asof)
    later = budget.risk_budget(replace(world.snapshot(), moment=asof), SAID, {"quarter": "2026-Q3"})
    assert (later.promised, later.realised) == (over["promised"], over["realised"])
    [kept] = page.promises
    assert kept.promised.low < kept.promised.value < kept.promised.high
    came = some(kept.realised)
    assert came.low < came.value < came.high
    assert kept.verdict == "fail"  # three tenths came of at least four
    kappa = next(one for one in page.owners if one.team == "ml-team")
    assert (kappa.claims, kappa.basis) == (1, "team")
    assert kappa.least == kappa.most == pytest.approx(0.6)
    assert kappa.factor == pytest.approx((0.5 * 4 * 0.5 + 0.3) / (4 * 0.5 + 0.5))


def test_a_request_tells_its_life(world):
    page = request.request(world.snapshot(), SAID, {"request": "REQ-1"})
    assert [one.words.split()[0] for one in page.history] == ["asked", "planned", "granted", "the", "ml-lead"]
    assert (page.claims[0].realised, page.claims[0].told_by) == (0.3, "auditor")
    assert [one.amount for one in page.costs] == [20_000.0]
    assert some(page.option).chosen
    left = request.request(world.snapshot(), SAID, {"request": "REQ-3"})
    assert (left.promise, left.one.votes_needed) == (None, 0)
    assert some(left.option).why


@pytest.mark.parametrize(
    ("cost", "worth", "free", "said"),
    [(10.0, 0.5, 50.0, "hardly"), (90.0, 40.0, 50.0, "40 EUR are missing"), (10.0, 40.0, 50.0, "a rule of the policy")],
)
def test_why_a_request_was_left_out(cost, worth, free, said):
    assert said in left_out(cost=cost, worth=worth, free=free, noise=1.0, currency="EUR")


def test_how_a_vote_stands():
    assert "nobody is left" in votes_words(ours=1, against=1, needed=3, entitled=3, cast=2)
    assert "1 still may vote" in votes_words(ours=1, against=1, needed=2, entitled=3, cast=2)


def test_without_a_budget_it_is_said_what_begins_one(fresh):
    text = POLICY.partition("budget:")[0]
    (fresh.folder / "trimtab.yaml").write_text(text)
    fresh.policy = load_policy(fresh.folder / "trimtab.yaml")
    fresh.enter(
        "near-miss", near_miss="N-1", severity="S3", hazard="x", what="w", stopped_by="g", system="bot", by="ml-lead"
    )
    access = Alone()
    site = Site(Watched(fresh.ledger, fresh.policy), access, cookie="trimtab-1")
    opened = TestClient(application(site, hosts=frozenset({"testserver"})))
    opened.get("/enter", params={"token": access.token})
    assert "trimtab request open" in opened.get("/budget").text
    assert (
        "no `committee`" in "".join(Tags(opened.get("/committee").text).text)
        or "no <code>committee" in opened.get("/committee").text
    )
    assert "trimtab monitor" in opened.get("/error-budgets/bot").text


# -- the committee ---------------------------------------------------------------------------------


def test_members_are_those_of_the_command(world):
    page = committee.committee(world.snapshot(), SAID, {})
    seen = committee_figures(world.policy, Books.of(world.ledger), quarter="2026-Q3", asof=world.now)
    assert {one.member: (one.votes, one.approved, one.severity) for one in page.members} == {
        one["member"]: (one["votes"], one["approved"], one["severity"]) for one in seen["members"]
    }
    draw = some(page.draw)
    assert draw.same
    assert draw.matches
    assert {one.became for one in draw.lots} == {"seated"}
    for one in draw.lots:  # by hand, as the page says it
        text = f"trimtab committee 1\n{draw.seed}\n{draw.number}\n{one.name}"
        assert hashlib.sha256(text.encode()).hexdigest()[:16] == one.lot


def test_gaps_are_named(world):
    gaps = committee_gaps(world.policy, Books.of(world.ledger), quarter="2026-Q3", asof=world.now)
    kinds = {one.kind for one in gaps}
    assert {"quorum", "recused", "absent"} <= kinds
    assert not {"seat", "function", "outside", "seed", "left"} & kinds
    [quorum] = [one for one in gaps if one.kind == "quorum"]
    assert "REQ-2" in quorum.what
    soon = committee_gaps(world.policy, Books.of(world.ledger), quarter="2026-Q3", asof=moment("2026-09-30"))
    assert "seed" in {one.kind for one in soon}
    empty = committee_gaps(world.policy, Books.of(world.ledger), quarter="2028-Q1", asof=world.now)
    assert [one.kind for one in empty] == ["seat"]
    left = world.policy.people["nurse-lead"].model_copy(update={"left": "2026-08-01"})
    policy = world.policy.model_copy(update={"people": {**world.policy.people, "nurse-lead": left}})
    gone = committee_gaps(policy, Books.of(world.ledger), quarter="2026-Q3", asof=world.now)
    assert "left" in {one.kind for one in gone}


def test_a_draw_that_somebody_steered_is_shown_as_such(fresh):
    fresh.enter("seed-committed", quarter="2026-Q3", digest=commitment(SEED), by="auditor")
    fresh.on("2026-07-04")
    made, seats = seat(fresh.ledger, fresh.policy, quarter="2026-Q3", seed=SEED, by="auditor")
    good = some(draw_of(fresh.ledger, Books.of(fresh.ledger), "2026-Q3"))
    assert good.matches
    assert good.again.same
    steered = Published(
        what="committee", row=made.row, asof=made.asof, by="auditor", asked={**made.asked, "seed": "mine"},
        result={**made.result, "seed": "mine"}, trimtab=made.trimtab,
    )  # fmt: skip
    about = {"subject": Subject(), "run": "", "maker": "m", "policy": fresh.policy.digest}
    row = fresh.ledger.append([steered], **about)
    entry = Seated(
        at=fresh.now, by="auditor", source="trimtab", quarter="2026-Q4", until="2027-Q1", member=seats[0].member,
        published=row.seq,
    )  # fmt: skip
    fresh.ledger.append([entry], **about)
    bad = some(draw_of(fresh.ledger, Books.of(fresh.ledger), "2026-Q4"))
    assert not bad.matches
    assert not bad.again.same


def test_a_proposal_shows_weights_before_and_after(world):
    page = recalibration.recalibration(world.snapshot(), SAID, {"recalibration": "RC-1"})
    weights = {one.name: (one.before, one.after) for one in page.one.weights}
    assert weights["pillar:high/safety"] == ("60.0 %", "65.0 %")
    assert page.one.state == "proposed"
    assert (page.ballots, page.shadow) == ((), ())
    assert weight_of("weight:high/safety/R04") == ("R04", "high", "share of its pillar, safety")
    assert (written("veto:high/leaks", 1.0), written("floor:high/leaks", None)) == ("on", "none")


def test_a_proposal_that_ran_in_the_shadow_shows_what_it_moved(fresh):
    decide(fresh.ledger, fresh.policy, Verdict.PASS, metric="leaks", time=fresh.now)
    fresh.on("2026-08-02").weights()
    fresh.on("2026-10-02")
    ran = run_shadow(fresh.ledger, fresh.policy, "RC-1", by="auditor")
    fresh.enter("recalibration-vote", recalibration="RC-1", choice="against", what="No.", by="nurse-lead")
    page = recalibration.recalibration(fresh.snapshot(), SAID, {"recalibration": "RC-1"})
    assert [one.quarter for one in page.shadow] == [one["quarter"] for one in ran.report["quarters"]]
    assert page.shadow_row
    assert {one.member: one.choice for one in page.ballots if one.choice != "recused"}["nurse-lead"] == "against"


# -- error budgets ---------------------------------------------------------------------------------


def test_budgets_are_those_that_the_monitor_sees(world):
    now = world.snapshot()
    page = error_budgets.error_budgets(now, SAID, {})
    seen = production(world.ledger, world.policy, "bot", at=now.moment).budgets
    assert {one.metric: (one.state, one.spent) for one in page.budgets} == {
        name: (budget_.state.value, budget_.spent) for name, budget_ in seen.items()
    }
    worst = page.budgets[0]
    assert (worst.metric, worst.state, worst.verdict) == ("leaks", "stopped", "fail")
    assert some(worst.left.low) < some(worst.left.value) < some(worst.left.high)
    assert worst.left.value == pytest.approx(1.0 - worst.spent)
    assert worst.line[-1].left == pytest.approx(worst.left.value)
    assert [one.system for one in page.without] == ["tool"]
    assert {one.by for one in page.alarms} >= {"all of it spent", "a rise that luck does not explain"}


def test_what_an_alarm_led_to_is_told(world):
    page = error_budgets.error_budget(world.snapshot(), SAID, {"system": "bot"})
    spent = next(one for one in page.alarms if one.by == "all of it spent")
    assert [one.words for one in spent.led_to] == ["stopped: work on safety only, until it is restored"]
    assert [one.state for one in page.states if one.metric == "leaks"] == ["open", "stopped"]


def test_looking_back_shows_nothing_of_what_came_later(world):
    page = error_budgets.error_budget(world.snapshot(asof=moment("2026-08-09")), SAID, {"system": "bot"})
    leaks = next(one for one in page.budgets if one.metric == "leaks")
    assert (leaks.state, leaks.valid, leaks.bad) == ("open", 2_000, 5)
    assert page.alarms == ()
    assert [one.state for one in page.states if one.metric == "leaks"] == ["open"]


def test_looking_far_back_counts_what_the_monitor_has_forgotten_since(fresh):
    fresh.on("2026-08-03").rules(2_000, 5)
    fresh.on("2026-10-15").rules(1_000, 2)
    page = error_budgets.error_budget(fresh.snapshot(asof=moment("2026-08-09")), SAID, {"system": "bot"})
    assert {(one.valid, one.bad) for one in page.budgets} == {(2_000, 5)}


def test_a_system_that_is_not_there_has_no_budget(world):
    with pytest.raises(UsageError, match="no system"):
        error_budgets.error_budget(world.snapshot(), SAID, {"system": "nobody"})


def test_what_is_expected_to_be_lost_stands_with_the_interval_of_its_kpi(client):
    answer = client.get("/api/v1/loss").json()["data"]
    reading = client.get("/api/v1/kpis/F01").json()["data"]["reading"]["seen"]
    assert answer["likely"] == reading
    assert reading["low"] < answer["expected"] < reading["high"]
    page = client.get("/loss").text
    assert f"{reading['low']:,.0f} to {reading['high']:,.0f}</a>" in page
