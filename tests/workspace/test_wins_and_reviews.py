"""Wins and reviews from a ledger: figures of rows, stale when evidence has moved on, the same when computed again."""

import json
from dataclasses import replace

import pytest
from tests.workspace.governing import NOW, command, decide, enter, policy_in

from trimtab.decision import Verdict
from trimtab.decision.agenda import review_of
from trimtab.errors import EntryError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.records import Subject
from trimtab.evidence.watching import BudgetChanged
from trimtab.policy import load_policy
from trimtab.report.review import review_markdown
from trimtab.report.wins import win_markdown
from trimtab.workspace.publishing import publish, replay
from trimtab.workspace.reviewing import review
from trimtab.workspace.wins import looked_up, tell_win, told_wins

PATH = "candidates/a/estimates/attacks"


@pytest.fixture
def policy(tmp_path):
    return policy_in(tmp_path)


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "ledger.db", clock=lambda: NOW) as opened:
        yield opened


def page(folder, before, after, *, cost="", **more):
    parts = {
        "win": "fewer-attacks",
        "title": "Fewer attacks get through",
        "system": "bot",
        "risk": "An attack could have had the bot say what it must not.",
        "done": "A guard was put in front.",
        "numbers": "From {before:percent-interval} to {after:percent-interval}.",
        "money": "It cost {cost:money}. <script>What it saves</script> is not known." if cost else "Not known.",
        "limits": "No attack in Finnish was tried.",
        "ask": "Another 3 days.",
        **more,
    }
    figures = {"before": f"{before}:{PATH}#fixed", "after": f"{after}:{PATH}"} | ({"cost": cost} if cost else {})
    lines = [f"{name}: {json.dumps(value)}" for name, value in parts.items() if value is not None]
    lines += ["figures:", *[f"  {name}: {where}" for name, where in figures.items()]]
    path = folder / "win.yaml"
    path.write_text("\n".join(lines))
    return path


def told(ledger):
    (one,) = told_wins(ledger, Books.of(ledger), currency="EUR")
    return one


@pytest.fixture
def two(ledger, policy):
    """Two decisions, and what the second has become better by."""
    first = decide(ledger, policy, Verdict.FAIL, value=0.2, run="r1")
    return first, decide(ledger, policy, Verdict.PASS, value=0.01, run="r2")


def test_a_win_says_what_rows_say_until_newer_rows_say_something_else(ledger, policy, two, tmp_path):
    spent = enter(ledger, policy, "spend", by="care", amount="1200.50", category="tooling", spend="guard")
    tell_win(ledger, policy, page(tmp_path, *two, cost=f"{spent}:amount"), by="ml-lead", now=NOW)
    one = told(ledger)
    said = {sentence.part: sentence.text for sentence in one.sentences}
    assert said["numbers"] == "From 20 % (10 % to 40 %, 95 % interval) to 1 % (0.5 % to 2 %, 95 % interval)."
    assert next(s.text for s in one.sentences if s.part == "money") == "It cost 1,200.50 EUR."
    assert one.stale == ()
    assert "<script>" not in win_markdown(one)

    decide(ledger, policy, Verdict.PASS, value=0.01, run="r3")  # the same again
    decide(ledger, policy, Verdict.PASS, value=0.9, run="r4", system="tool")  # of another system
    assert told(ledger).stale == ()
    newest = decide(ledger, policy, Verdict.PASS, value=0.04, run="r5")
    (stale,) = told(ledger).stale
    assert stale.part == "numbers"
    assert f"is now 4 % (2 % to 8 %, 95 % interval) (row {newest})" in stale.stale[0]
    assert f"**Stale:** ~~{stale.text}~~" in win_markdown(told(ledger))

    corrected = enter(ledger, policy, "spend", by="care", amount="1300", category="tooling", spend="again",
                      instead_of="guard")  # fmt: skip
    assert [one.part for one in told(ledger).stale] == ["numbers", "money"]
    assert told(ledger).stale[1].stale == (f"1,200.50 EUR is now 1,300.00 EUR (row {corrected})",)


def test_a_figure_is_as_of_a_row(ledger, policy, two):
    binding = looked_up(ledger, {}, upto=0)
    assert binding == {}
    from trimtab.decision.wins import Binding

    after = {"after": Binding(row=two[1], path=f"{PATH}/value")}
    newest = decide(ledger, policy, Verdict.PASS, value=0.04, run="r5")
    seen = [looked_up(ledger, after, upto=row)["after"] for row in (two[0], two[1], newest)]
    assert [(one.value, one.now, one.stale) for one in seen] == [
        (None, None, False), (0.01, 0.01, False), (0.01, 0.04, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"risk": "It would have met 200 people."}, "the number 200 typed in"),
        ({"limits": ""}, "limits is empty"),
        ({"system": "nobody"}, "no system 'nobody'"),
        ({"numbers": "From {before:money} to {after:interval}, {third}."}, "{third} is bound to no evidence"),
        ({"moral": "Be good."}, "no field of this entry"),
    ],
)
def test_what_is_no_win_is_not_recorded(ledger, policy, two, tmp_path, *, more, said):
    head = ledger.head()
    with pytest.raises(EntryError, match=said):
        tell_win(ledger, policy, page(tmp_path, *two, **more), by="ml-lead", now=NOW)
    assert ledger.head() == head


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 10)}]" for n in range(12)
)


@pytest.mark.parametrize("text", ["", "[]", "a: [", "figures: 3", "win: x\nfigures:\n  a: nowhere", "\x00", BOMB])
def test_a_file_that_tells_no_win(ledger, policy, two, tmp_path, text):
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(EntryError):
        tell_win(ledger, policy, tmp_path / "bad.yaml", by="ml-lead", now=NOW)
    with pytest.raises(UsageError):
        tell_win(ledger, policy, tmp_path / "none.yaml", by="ml-lead", now=NOW)


def test_a_figure_that_leads_nowhere_is_no_number(ledger, policy, two, tmp_path):
    with pytest.raises(EntryError, match="leads nowhere"):
        tell_win(ledger, policy, page(tmp_path, two[0], 99), by="ml-lead", now=NOW)
    with pytest.raises(EntryError, match="leads nowhere"):
        tell_win(ledger, policy, page(tmp_path, *two, cost=f"{two[0]}:amount"), by="ml-lead", now=NOW)


def test_the_commands_tell_and_check_wins(ledger, policy, two, tmp_path):
    def run(*words):
        return command(tmp_path, "wins", *words)

    assert run("check")[0] == 3
    assert run("new", page(tmp_path, *two).name, "--by", "ml-lead")[0] == 0
    assert run("check")[0] == 0
    decide(ledger, policy, Verdict.PASS, value=0.04, run="r5")
    code, said = run("check", "fewer-attacks")
    assert (code, "Stale: 1 %" in said) == (1, True)
    assert "fewer-attacks" in run("list")[1]
    assert json.loads(run("show", "fewer-attacks", "--json")[1])["sentences"][2]["stale"]
    assert run("show", "other")[0] == 2


# -- reviews ---------------------------------------------------------------------------------------


@pytest.fixture
def year(ledger, policy, two):
    """Something of all that a review tells of."""
    enter(ledger, policy, "incident", by="ml-lead", incident="INC-1", severity="S1", hazard="privacy", what="it leaked",
          system="bot")  # fmt: skip
    enter(ledger, policy, "finding", finding="F-1", severity="S2", what="no logs", owner="ml-team", system="bot")
    enter(ledger, policy, "audited", control="eu-ai-act:Art.5", result="pass", what="looked", valid_days=60)
    enter(ledger, policy, "not-applicable", control="eu-ai-act:Art.53", reason="none", until="2026-12-24")
    budget = {"state": "frozen", "spent": 0.5, "reason": "It burns."}
    ledger.append([BudgetChanged(metric="attacks", budget=budget, row=1)], subject=Subject(system="bot"), run="",
                  maker="test", policy=policy.digest)  # fmt: skip
    return ledger


def sections(ledger, policy, quarter="2026-Q4", **more):
    head = ledger.head()
    found = review(ledger, policy, **{"quarter": quarter, "row": head.seq if head else 0, "moment": NOW, **more})
    return {one.name: [item.words for item in one.items] for one in found.sections}


def test_an_empty_ledger_has_an_empty_review(ledger, policy):
    found = sections(ledger, policy, "2026-Q3")
    assert {name for name, items in found.items() if items} == {"regulation"}


def test_what_a_review_tells(year, policy):
    found = sections(year, policy)
    assert "FAIL: because" in found["decisions"]
    assert found["incidents"] == ["INC-1, S1, privacy: opened 2026-11-01, open."]
    assert found["findings"][0] == "1 open: 1 for under 30 days."
    assert found["budgets"] == ["attacks: frozen, 50% spent; 1 changes in the quarter. It burns."]
    assert any("Art.53: that it does not apply" in one for one in found["lapsing"])
    assert found["consents"] == found["vendors"] == found["data"] == found["registered"] == found["recalibration"] == []
    assert found["products"][0] == "New in this quarter."
    assert found["benefits"] == [
        "2026-Q4: incidents 1, severe among them 1; downtime not reported; corrections cost 0.00 EUR."
    ]


def test_a_review_tells_the_wins_of_the_quarter_and_what_is_stale_in_them(year, policy, two, tmp_path):
    tell_win(year, policy, page(tmp_path, *two), by="ml-lead", now=NOW)
    decide(year, policy, Verdict.PASS, value=0.04, run="r5")
    told_in = sections(year, policy)["wins"]
    assert told_in[0] == "Fewer attacks get through (fewer-attacks)"
    assert "What it does not show: No attack in Finnish was tried." in told_in
    assert [one[:9] for one in told_in if one.startswith("Stale")] == ["Stale: 1 "]
    assert sections(year, policy, "2026-Q3")["wins"] == []


def test_a_review_tells_what_was_registered_and_where_data_leads_nowhere(year, policy):
    given = {"by": "ml-lead", "owner": "ml-team", "at": "2026-11-03"}
    enter(year, policy, "registered", thing="bot", type="system", purpose="Answers.", made_from="notes", **given)
    enter(year, policy, "registered", thing="notes", type="dataset", made_from="lost", **given)
    enter(year, policy, "registered", thing="leaflets", type="dataset", sources="print-room", **given)
    found = sections(year, policy)
    assert found["registered"][0] == "bot, system, not classified: ml-team answers for it."
    assert found["data"][0] == "1 of 2 data sets and features lead to a registered source."
    assert any(one.startswith("notes (ml-team): it leads to no registered source") for one in found["data"])
    assert sections(year, policy, "2026-Q3")["registered"] == sections(year, policy, "2026-Q3")["data"] == []


VENDORS = """
vendors:
  north:
    services: [a model]
    owner: ml-team
    tier: high
    critical: true
    asks: ["owasp-llm-2026:LLM01"]
    contract_ends: "2027-03-31"
"""


def test_a_review_tells_where_vendors_stand(year, policy, tmp_path):
    (tmp_path / "vendors.yaml").write_text((tmp_path / "trimtab.yaml").read_text() + VENDORS)
    found = sections(year, load_policy(tmp_path / "vendors.yaml"))["vendors"]
    assert len(found) == 1
    assert found[0].startswith("north (critical): ")
    assert "1 silent; never assessed in full; its contract ends on 2027-03-31." in found[0]


def test_a_loosened_policy_is_in_the_review(year, policy, tmp_path):
    text = (tmp_path / "trimtab.yaml").read_text()
    (tmp_path / "looser.yaml").write_text(text.replace("at_most: 0.1", "at_most: 0.3"))
    looser = load_policy(tmp_path / "looser.yaml")
    enter(year, looser, "note", note="n1", what="said")
    assert any(one.startswith("loosens tiers.high.floors.attacks") for one in sections(year, looser)["policy"])


def test_a_quarter_that_has_not_begun_and_one_that_is_none(year, policy):
    for quarter in ("2027-Q1", "2026-Q5", "last"):
        with pytest.raises(UsageError):
            sections(year, policy, quarter)


def test_a_review_is_the_same_whenever_it_is_made_from_the_same_rows(year, policy):
    row = year.head().seq
    before = sections(year, policy, row=row)
    enter(
        year,
        policy,
        "incident",
        by="ml-lead",
        incident="INC-2",
        severity="S1",
        hazard="h",
        what="late",
        at="2026-11-02",
    )
    decide(year, policy, Verdict.PASS, run="r9")
    assert sections(year, policy, row=row) == before
    assert sections(year, policy) != before


def test_what_is_published_is_computed_again_to_the_digit(year, policy):
    made = publish(year, policy, "review", by="ml-lead", asked={"quarter": "2026-Q4"}, now=NOW)
    enter(year, policy, "note", note="n1", what="later")
    again = [one for one in replay(year) if one.what == "review"]
    assert [one.same for one in again] == [True]
    pack = review_of(made.result)
    assert review_of(json.loads(json.dumps(pack.payload()))) == pack
    assert "## Findings by age" in review_markdown(pack)
    hostile = replace(pack, organisation="<img src=x> | `a` [b](http://c)")
    assert "<img" not in review_markdown(hostile)
    assert "](http" not in review_markdown(hostile)


def test_the_command_writes_the_pack(year, policy, tmp_path):
    code, _ = command(tmp_path, "review", "--quarter", "2026-Q4", "--as-of", "2026-11-20", "--out", "out")
    assert code == 0
    data = json.loads((tmp_path / "out/review-2026-Q4.json").read_text())
    assert data["sections"][2]["items"][0]["words"].startswith("INC-1")
    assert "INC-1" in (tmp_path / "out/review-2026-Q4.md").read_text()
    asked = ("review", "--quarter", "2026-Q4", "--as-of", "2026-11-20", "--out")
    assert [command(tmp_path, *asked, f"alone.{end}")[0] for end in ("html", "md", "json")] == [0, 0, 0]
    page, text = (tmp_path / "alone.html").read_text(), (tmp_path / "alone.md").read_text()
    assert text == (tmp_path / "out/review-2026-Q4.md").read_text()
    assert json.loads((tmp_path / "alone.json").read_text()) == data
    for section in data["sections"]:
        assert f">{section['title']}</h2>" in page
        assert section["items"] or section["nothing"] in page
    assert command(tmp_path, "review", "--publish", "--by", "nobody")[0] == 2
