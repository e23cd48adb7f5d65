"""The life of money: asked for, planned, voted on, released by verdicts, spent, settled; and what cannot be is refused."""

import sqlite3
from dataclasses import replace

import pytest
from tests.command import trimtab

from trimtab.decision.committee_figures import draw_figures
from trimtab.decision.funding import funding_of, pool
from trimtab.decision.proofs import proven, read_proof
from trimtab.errors import EntryError, LedgerAlteredError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.entries.funding import Allocated, MoneyReturned
from trimtab.evidence.entries.reading import Draft, moment
from trimtab.evidence.published import Published
from trimtab.evidence.records import Subject
from trimtab.policy import load_policy
from trimtab.workspace.granting import allocate, last_plan, publish_losses, release, settle
from trimtab.workspace.keeping import adopt, keep
from trimtab.workspace.kpis import gather_evidence
from trimtab.workspace.publishing import publish, replay, row_of
from trimtab.workspace.seating import seat
from trimtab.workspace.workspace import Workspace

POLICY = """
trimtab: 1
organisation: Example Health
people:
  safety-lead: {function: safety, roles: [risk-owner, committee], team: care}
  privacy-lead: {function: legal, roles: [committee]}
  finance-lead: {function: finance, roles: [committee]}
  auditor: {function: internal-audit, roles: [committee]}
  ml-lead: {function: engineering, roles: [committee], team: ml-team}
  nurse-lead: {function: nursing, roles: [committee]}
  former-lead: {function: engineering, left: '2026-06-01'}
teams: {care: {lead: safety-lead}, ml-team: {lead: ml-lead}}
suites: {q: {file: q.jsonl, cases: 60}}
metrics:
  right: {question: "Right?", better: higher, target: 0.9, owner: ml-team, source: {suite: q, score: exact-match}}
tiers: {high: {confidence: 0.95, floors: {right: {at_least: 0.5}}}}
systems:
  bot:
    tier: high
    owner: ml-team
    intended_use: answers
    maximise: right
    candidates: {a: {callable: {target: "bot_of_money:answer"}}}
kpis:
  R03: {target: 0.9, floor: {at_least: 0.5}, owner: care, n_min: 1,
    source: {system: ledger, custodian: care, independence: outside}}
scenarios:
  harm: {system: bot, rate: [0.5, 3], loss: [20000, 300000], severity: S1}
  leak: {rate: [0.1, 0.5], loss: [50000, 900000]}
costs: {incident: {S1: [1, 2]}}
budget: {amount: 100000, upfront: 0.5, appetite: {expected: 900000, points: [{loss: 2000000, chance: 0.1}]}}
committee: {size: 6}
"""
CLOCK = [0]
SEED = "b1946ac92492d2347c6235b4d2611184"
MEMBERS = ("auditor", "finance-lead", "ml-lead", "nurse-lead", "privacy-lead", "safety-lead")


@pytest.fixture
def policy(tmp_path, monkeypatch):
    rows = "".join(f'{{"prompt": "question {n}", "answer": "yes"}}\n' for n in range(60))
    (tmp_path / "q.jsonl").write_text(rows)
    (tmp_path / "bot_of_money.py").write_text("def answer(*_):\n    return 'yes'\n")
    (tmp_path / "trimtab.yaml").write_text(POLICY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return load_policy(tmp_path / "trimtab.yaml")


@pytest.fixture
def ledger(tmp_path):
    CLOCK[0] = moment("2026-07-02")
    with Ledger.open(tmp_path / "ledger.db", clock=lambda: CLOCK[0]) as opened:
        yield opened


def request(name="REQ-1", **given):
    values = {
        "request": name, "amount": "60000", "category": "red-team", "team": "ml-team", "owner": "ml-lead",
        "effects": "harm=0.4..0.6", "milestones": "pilot=0.6", "proofs": "pilot:metric/bot/right", "by": "ml-lead",
    }  # fmt: skip
    return Draft(kind="request", values={**values, **given})


def vote(by, *requests, choice="for", allocation="2026-Q3-1"):
    values = {"allocation": allocation, "requests": ",".join(requests), "choice": choice, "by": by}
    return Draft(kind="vote", values=values)


def spend(amount, **given):
    return Draft(kind="spend", values={"amount": amount, "category": "red-team", "by": "ml-lead", **given})


def on(day):
    CLOCK[0] = moment(day)


def seated(ledger, policy):
    from trimtab.decision.lottery import commitment

    values = {"quarter": "2026-Q3", "digest": commitment(SEED), "by": "auditor"}
    keep(ledger, policy, [Draft(kind="seed-committed", values=values)])
    on("2026-07-04")
    return seat(ledger, policy, quarter="2026-Q3", seed=SEED, by="auditor")


def granted(ledger, policy, *drafts):
    seated(ledger, policy)
    keep(ledger, policy, drafts or [request()])
    _, plan = allocate(ledger, policy, quarter="2026-Q3", by="finance-lead")
    keep(ledger, policy, [vote(member, "REQ-1") for member in MEMBERS[:4] if member != "ml-lead"])
    return plan


def state(ledger, name="REQ-1"):
    return funding_of(Books.of(ledger), name)


def test_a_request_from_asking_to_settling(ledger, policy, tmp_path):
    plan = granted(ledger, policy)
    assert plan.voters == MEMBERS
    assert plan.recused == ("REQ-1:ml-lead",)
    assert state(ledger).granted
    first, pilot = release(ledger, policy, "REQ-1", by="finance-lead")
    assert (first.amount, first.released, pilot.released) == (24_000_00, True, False)
    assert "nothing was decided on bot" in pilot.found.why
    with pytest.raises(EntryError, match="left of what was released"):
        keep(ledger, policy, [spend("24000.01", request="REQ-1")])
    keep(ledger, policy, [spend("24000", request="REQ-1", spend="INV-1")])
    with pytest.raises(EntryError, match=r"more than the 0\.00 that is left"):
        keep(ledger, policy, [spend("1", request="REQ-1")])
    on("2026-08-01")
    with Workspace(policy=policy, base=tmp_path, ledger=ledger, replies=tmp_path / "replies.db") as workspace:
        run = workspace.run("bot")
        assert run.decision.verdict.value == "pass"
        values = {"request": "REQ-1", "milestone": "pilot", "by": "ml-lead"}
        keep(ledger, policy, [Draft(kind="milestone", values=values)])
        (pilot,) = release(ledger, policy, "REQ-1", by="finance-lead")
        assert (pilot.amount, pilot.released, pilot.found.run) == (36_000_00, True, run.decision.run)
        assert release(ledger, policy, "REQ-1", by="finance-lead") == []
        keep(ledger, policy, [spend("1000", request="REQ-1"), spend("500", request="REQ-1", instead_of="INV-1")])
        claim = {"claim": "C-1", "scenario": "harm", "removes": "0.4..0.6", "team": "ml-team", "request": "REQ-1"}
        keep(ledger, policy, [Draft(kind="claim", values={**claim, "by": "ml-lead"})])
        on("2027-01-02")
        keep(ledger, policy, [Draft(kind="realised", values={"claim": "C-1", "removed": "0.25", "by": "auditor"})])
        made, back = settle(ledger, policy, quarter="2026-Q4", by="finance-lead")
        (row,) = made.result["requests"]
        assert (row["spent"], row["returns"], back[0].amount) == (1_500.0, 58_500.0, 58_500_00)
        assert row["promised"] == pytest.approx(2 * row["realised"])
        assert row["credit"]["factor"] == pytest.approx(0.5)
        assert pool(Books.of(ledger), policy.budget, CLOCK[0]) == (100_000_00, 58_500_00, 0)
        with pytest.raises(EntryError, match="is settled"):
            keep(ledger, policy, [spend("1", request="REQ-1")])
        publish_losses(ledger, policy, years=2_000, by="auditor", record=True)
        shown = last_plan(ledger)
        assert shown
        assert shown.result["plan"]["chosen"] == ["REQ-1"]
        found = list(replay(ledger))
        assert [one.what.split(" ")[0] for one in found] == [
            "committee",
            "allocation",
            "decision",
            "settlement",
            "loss",
        ]
        assert [one.why for one in found if not one.same] == []
        ledger.verify().raise_if_bad()


def test_no_money_leaves_on_a_ledger_of_which_any_row_was_altered(ledger, policy, tmp_path):
    granted(ledger, policy)
    with Workspace(policy=policy, base=tmp_path, ledger=ledger, replies=tmp_path / "replies.db") as workspace:
        workspace.run("bot")
        seq = next(row.seq for row in ledger.rows(kind="observation"))  # which no release reads
        with sqlite3.connect(tmp_path / "ledger.db") as store:
            store.execute("DROP TRIGGER evidence_no_update")
            store.execute("UPDATE evidence SET payload = '{}' WHERE seq = ?", (seq,))
        store.close()
        with pytest.raises(LedgerAlteredError, match=f"row {seq}"):
            release(ledger, policy, "REQ-1", by="finance-lead")


def test_a_failing_verdict_releases_nothing_and_what_passed_before_the_grant_does_not_count(ledger, policy, tmp_path):
    with Workspace(policy=policy, base=tmp_path, ledger=ledger, replies=tmp_path / "replies.db") as workspace:
        assert workspace.run("bot").decision.verdict.value == "pass"
        granted(ledger, policy, request(proofs="pilot:kpi/R03"))
        old = proven(read_proof("metric/bot/right"), gather_evidence(ledger).decisions, after=state(ledger).granted)
        assert (old.verdict.value, old.run) == ("inconclusive", "")
        assert [one.released for one in release(ledger, policy, "REQ-1", by="auditor")] == [True, False]
        counted = {"kpi": "R03", "of": "50", "by": "auditor", "independence": "outside"}
        keep(ledger, policy, [Draft(kind="counted", values={**counted, "hits": "49", "at": "2026-07-03"})])
        (pilot,) = release(ledger, policy, "REQ-1", by="auditor")
        assert (pilot.released, pilot.found.verdict.value) == (False, "inconclusive")
        keep(ledger, policy, [Draft(kind="counted", values={**counted, "hits": "1", "at": "2026-07-04"})])
        on("2026-07-10")
        (pilot,) = release(ledger, policy, "REQ-1", by="auditor")
        assert (pilot.released, pilot.found.verdict.value) == (False, "fail")
        for day in ("2026-07-05", "2026-07-06", "2026-07-07"):
            keep(ledger, policy, [Draft(kind="counted", values={**counted, "hits": "50", "at": day})])
        (pilot,) = release(ledger, policy, "REQ-1", by="auditor")
        assert pilot.released


@pytest.mark.parametrize(
    ("draft", "wrong"),
    [
        (request(currency="USD"), "currency"),
        (request(amount="0"), "amount"),
        (request(amount="-5"), "amount"),
        (request(owner="former-lead"), "owner"),
        (request(owner="care"), "owner"),
        (request(liaison="nobody"), "liaison"),
        (request(team="nobody"), "team"),
        (request(effects="flood=0.1..0.2"), "effects"),
        (request(effects="harm=0.1..1"), "effects"),
        (request(milestones="pilot=0.6 more=0.5"), "milestones"),
        (request(milestones="pilot=0.4"), "milestones"),  # too much waits for nothing
        (request(proofs=""), "proofs"),
        (request(proofs="pilot:metric/bot/wrong"), "proofs"),
        (request(proofs="pilot:metric/robot/right"), "proofs"),
        (request(proofs="pilot:kpi/R01"), "proofs"),
        (request(proofs="pilot:my-word"), "proofs"),
        (request(needs="REQ-9"), "needs"),
        (request(due="2026-07-01"), "due"),
        (request("REQ-0"), "request"),  # taken
        (vote("finance-lead", "REQ-0"), "allocation"),
        (Draft(kind="milestone", values={"request": "REQ-0", "milestone": "pilot", "by": "ml-lead"}), "request"),
        (spend("5", request="REQ-0"), "request"),  # not granted
        (spend("5", request="REQ-9"), "request"),
        (Draft(kind="tranche", values={"request": "REQ-0", "amount": "5", "by": "ml-lead"}), "kind"),
        (Draft(kind="seated", values={"member": "ml-lead", "by": "ml-lead"}), "kind"),
        (Draft(kind="appetite", values={"expected": "5", "by": "ml-lead"}), "by"),
        (Draft(kind="appetite", values={"expected": "900001", "by": "safety-lead"}), "expected"),
        (Draft(kind="appetite", values={"points": "2000000=0.2", "by": "safety-lead"}), "points"),
        (Draft(kind="appetite", values={"by": "safety-lead"}), ""),
        (Draft(kind="appetite", values={"points": "inf=0.1", "by": "safety-lead"}), "points"),
        (Draft(kind="claim", values={"scenario": "flood", "removes": "0.1..0.2", "team": "care", "by": "auditor"}), "scenario"),
        (Draft(kind="claim", values={"scenario": "harm", "removes": "0.1..1", "team": "care", "by": "auditor"}), "removes"),
        (Draft(kind="realised", values={"claim": "C-9", "removed": "0.1", "by": "auditor"}), "claim"),
        (Draft(kind="recused", values={"member": "ml-lead", "request": "REQ-0", "by": "ml-lead"}), "member"),
        (Draft(kind="absent", values={"member": "ml-lead", "by": "auditor"}), "member"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_kept(ledger, policy, draft, wrong):
    keep(ledger, policy, [request("REQ-0")])
    before = ledger.head()
    with pytest.raises(EntryError) as error:
        keep(ledger, policy, [spend("1"), draft])
    assert [one.where for one in error.value.mistakes] == [wrong]
    assert ledger.head() == before


def test_nobody_votes_on_their_own_and_half_is_not_enough(ledger, policy):
    seated(ledger, policy)
    keep(
        ledger,
        policy,
        [request(), request("REQ-2", team="care", owner="safety-lead", by="safety-lead", amount="20000")],
    )
    allocate(ledger, policy, quarter="2026-Q3", by="finance-lead")
    for draft, said in (
        (vote("ml-lead", "REQ-1"), "of those who ask"),
        (vote("safety-lead", "REQ-2"), "of those who ask"),
        (vote("former-lead", "REQ-1"), "left on"),
        (vote("auditor", "REQ-3"), "is not to fund"),
    ):
        with pytest.raises(EntryError, match=said):
            keep(ledger, policy, [draft])
    values = {"member": "nurse-lead", "request": "REQ-1", "by": "nurse-lead"}
    keep(ledger, policy, [Draft(kind="recused", values=values)])
    with pytest.raises(EntryError, match="is recused"):
        keep(ledger, policy, [vote("nurse-lead", "REQ-1")])
    keep(ledger, policy, [vote("auditor", "REQ-1", "REQ-2"), vote("safety-lead", "REQ-1")])
    with pytest.raises(EntryError, match="before"):
        keep(ledger, policy, [vote("auditor", "REQ-1", choice="against")])
    assert (state(ledger).entitled, state(ledger).granted) == (
        ("auditor", "finance-lead", "privacy-lead", "safety-lead"),
        0,
    )
    keep(ledger, policy, [vote("finance-lead", "REQ-1", choice="against")])
    assert not state(ledger).granted  # two of four
    keep(ledger, policy, [vote("privacy-lead", "REQ-1")])
    assert state(ledger).granted
    _, again = allocate(ledger, policy, quarter="2026-Q3", by="finance-lead")
    assert again
    assert (again.chosen, again.pool) == (("REQ-2",), 40_000_00)
    with pytest.raises(EntryError, match="replaced by 2026-Q3-2"):
        keep(ledger, policy, [vote("privacy-lead", "REQ-2")])


def test_unspent_money_returns_only_when_it_is_due_or_withdrawn(ledger, policy):
    granted(ledger, policy)
    release(ledger, policy, "REQ-1", by="auditor")
    with pytest.raises(UsageError, match="is not over"):
        settle(ledger, policy, quarter="2026-Q3", by="auditor")
    on("2026-10-02")
    assert settle(ledger, policy, quarter="2026-Q3", by="auditor")[1] == []
    keep(ledger, policy, [Draft(kind="request-withdrawn", values={"request": "REQ-1", "by": "ml-lead"})])
    with pytest.raises(UsageError, match="is withdrawn"):
        release(ledger, policy, "REQ-1", by="auditor")
    assert [one.amount for one in settle(ledger, policy, quarter="2026-Q3", by="auditor")[1]] == [60_000_00]
    assert settle(ledger, policy, quarter="2026-Q3", by="auditor")[1] == []
    assert len(Books.of(ledger).all(MoneyReturned)) == 1


def test_a_committee_is_drawn_by_the_seed_that_was_committed_to_and_no_other(ledger, policy):
    for seed, said in ((SEED, "nobody committed"), ("other", "nobody committed")):
        with pytest.raises(UsageError, match=said):
            seat(ledger, policy, quarter="2026-Q3", seed=seed, by="auditor")
    made, seats = seated(ledger, policy)
    assert sorted(one.member for one in seats) == sorted(MEMBERS)
    assert sorted(one.until for one in seats) == ["2026-Q4"] * 2 + ["2027-Q1"] * 2 + ["2027-Q2"] * 2
    assert made.result["seed"] == SEED
    with pytest.raises(UsageError, match="was drawn"):
        seat(ledger, policy, quarter="2026-Q3", seed=SEED, by="auditor")
    digest = {"quarter": "2026-Q4", "digest": "0" * 64, "by": "auditor"}
    keep(ledger, policy, [Draft(kind="seed-committed", values=digest)])
    with pytest.raises(UsageError, match="not the one that was committed to"):
        seat(ledger, policy, quarter="2026-Q4", seed=SEED, by="auditor")
    with pytest.raises(EntryError, match="before"):
        keep(ledger, policy, [Draft(kind="seed-committed", values={**digest, "digest": "1" * 64})])


def test_a_committee_that_cannot_be_formed_names_the_rule(ledger, policy, tmp_path):
    from trimtab.decision.lottery import commitment

    text = POLICY.replace(
        "auditor: {function: internal-audit, roles: [committee]}", "auditor: {function: internal-audit}"
    )
    (tmp_path / "trimtab.yaml").write_text(text)
    other = load_policy(tmp_path / "trimtab.yaml")
    values = {"quarter": "2026-Q3", "digest": commitment(SEED), "by": "auditor"}
    keep(ledger, other, [Draft(kind="seed-committed", values=values)])
    with pytest.raises(UsageError, match="less than 1 days ago"):
        seat(ledger, other, quarter="2026-Q3", seed=SEED, by="auditor")
    on("2026-07-04")
    made, seats = seat(ledger, other, quarter="2026-Q3", seed=SEED, by="auditor")
    assert seats == []
    assert any("outside" in one for one in made.result["why"])
    assert all(one.same for one in replay(ledger))


def test_what_nobody_answers_for_any_more_gets_nothing(ledger, policy, tmp_path):
    granted(ledger, policy, request(), request("REQ-2", amount="20000"))
    (tmp_path / "trimtab.yaml").write_text(
        POLICY.replace("roles: [committee], team: ml-team}", "roles: [committee], team: ml-team, left: '2026-07-05'}")
    )
    later = load_policy(tmp_path / "trimtab.yaml")
    on("2026-07-06")
    with pytest.raises(UsageError, match="nobody does now"):
        release(ledger, later, "REQ-1", by="auditor")
    made, plan = allocate(ledger, later, quarter="2026-Q3", by="auditor")
    assert plan
    assert plan.chosen == ()
    assert "ml-lead" not in plan.voters
    assert made.result["notes"] == ["REQ-2 is left out: ml-lead, who answers for it, has left"]


def test_a_public_part_of_the_seed_draws_otherwise_and_cannot_be_left_out(ledger, policy, tmp_path):
    from trimtab.decision.lottery import commitment

    (tmp_path / "trimtab.yaml").write_text(POLICY.replace("{size: 6}", "{size: 6, notice: 0, beacon: the lottery}"))
    other = load_policy(tmp_path / "trimtab.yaml")
    values = {"quarter": "2026-Q3", "digest": commitment(SEED), "by": "auditor"}
    keep(ledger, other, [Draft(kind="seed-committed", values=values)])
    with pytest.raises(UsageError, match="from the lottery"):
        seat(ledger, other, quarter="2026-Q3", seed=SEED, by="auditor")
    made, _ = seat(ledger, other, quarter="2026-Q3", seed=SEED, beacon="4 8 15 16 23 42", by="auditor")
    books = Books.of(ledger, upto=made.row)
    plain, again = (draw_figures(other, books, quarter="2026-Q3", seed=SEED, beacon=b) for b in ("", "4 8 15 16 23 42"))
    assert again["lots"] == made.result["lots"] != plain["lots"]


def test_a_plan_that_nobody_may_vote_on_grants_nothing(ledger, policy):
    keep(ledger, policy, [request()])
    _, plan = allocate(ledger, policy, quarter="2026-Q3", by="auditor")
    assert plan
    assert plan.voters == ()
    with pytest.raises(EntryError, match="has no vote"):
        keep(ledger, policy, [vote("auditor", "REQ-1")])
    with pytest.raises(UsageError, match="nobody is named"):
        allocate(ledger, policy, quarter="2026-Q3", by="")
    with pytest.raises(UsageError, match="left on"):
        allocate(ledger, policy, quarter="2026-Q3", by="former-lead")
    assert len(Books.of(ledger).all(Allocated)) == 1


def test_commands_say_where_things_stand(policy, tmp_path):
    def run(*words):
        return trimtab(*words, cwd=tmp_path, environment={"NO_COLOR": "1", "COLUMNS": "120"})

    (tmp_path / "trimtab.yaml").write_text(POLICY.replace("expected: 900000", "expected: 9"))
    loss = run("loss", "--years", "2000", "--out", "loss.html")
    assert loss.returncode == 1
    assert "is lost on average" in loss.stdout
    assert "How much a year may lose" in (tmp_path / "loss.html").read_text()


def test_a_vote_of_yesterday_proves_nothing_of_the_week_before(ledger, policy, tmp_path):
    seated(ledger, policy)
    keep(ledger, policy, [request()])
    with Workspace(policy=policy, base=tmp_path, ledger=ledger, replies=tmp_path / "replies.db") as workspace:
        on("2026-07-05")
        workspace.run("bot")  # passes before anybody has voted
        on("2026-07-06")
        allocate(ledger, policy, quarter="2026-Q3", by="finance-lead")
        with pytest.raises(EntryError, match="before 2026-Q3-1 was published"):
            keep(ledger, policy, [_dated(vote("auditor", "REQ-1"), "2026-07-01")])
        on("2026-07-07")
        workspace.run("bot")  # before the votes are in
        on("2026-07-08")
        keep(ledger, policy, [_dated(vote(one, "REQ-1"), "2026-07-06") for one in MEMBERS if one != "ml-lead"])
        assert (state(ledger).granted, state(ledger).recorded) == (moment("2026-07-06"), moment("2026-07-08"))
        assert [one.released for one in release(ledger, policy, "REQ-1", by="finance-lead")] == [True, False]


def _dated(draft, at):
    return Draft(kind=draft.kind, values={**draft.values, "at": at})


def test_what_a_request_has_spent_is_not_taken_off_it_to_be_spent_again(ledger, policy):
    granted(ledger, policy)
    release(ledger, policy, "REQ-1", by="finance-lead")
    keep(ledger, policy, [spend("24000", request="REQ-1", spend="INV-1")])
    for other in ("", "REQ-2"):
        with pytest.raises(EntryError, match=r"INV-1 was paid from REQ-1|there is no request"):
            keep(ledger, policy, [spend("24000", request=other, instead_of="INV-1")])
    keep(
        ledger,
        policy,
        [spend("20000", request="REQ-1", spend="INV-2", instead_of="INV-1"), spend("4000", request="REQ-1")],
    )
    assert state(ledger).spent == 24_000_00


def test_nobody_recuses_those_who_are_against_them(ledger, policy):
    seated(ledger, policy)
    keep(ledger, policy, [request()])
    allocate(ledger, policy, quarter="2026-Q3", by="finance-lead")
    values = {"member": "nurse-lead", "request": "REQ-1", "by": "ml-lead"}
    with pytest.raises(EntryError, match="say so themselves"):
        keep(ledger, policy, [Draft(kind="recused", values=values)])


def test_whoever_publishes_at_the_same_moment_is_not_mistaken_for_another(ledger, policy):
    others = publish_losses(ledger, policy, by="auditor", record=True)
    assert others
    first = publish(ledger, policy, "loss", by="auditor", asked={"seed": 1, "years": 1000})
    stale = replace(first, row=first.row - 1, by="finance-lead")  # made from the same rows, and recorded after it
    ledger.append([stale], subject=Subject(), run="", maker="m", policy=policy.digest, durable=True)
    assert row_of(ledger, stale) == row_of(ledger, first) + 1


@pytest.mark.parametrize("asked", [{}, {"quarter": "never"}, {"seed": "x", "years": 0}])
@pytest.mark.parametrize(
    "what", ["allocation", "committee", "loss", "settlement", "kpi", "review", "benefits", "vendors"]
)
def test_a_figure_that_cannot_be_had_again_is_not_the_same(ledger, policy, what, asked):
    adopt(ledger, policy)
    for row in (0, 99):
        made = Published(what=what, row=row, asof=0, by="auditor", asked=asked, result={}, trimtab="1")
        ledger.append([made], subject=Subject(), run="", maker="m", policy=policy.digest, durable=True)
    assert [one.same for one in replay(ledger)] == [False, False]
