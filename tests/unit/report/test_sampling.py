"""What a report says of cases that were not asked, of repeated looks, and of what changed."""

import pytest
from rich.console import Console
from tests.unit.report.examples import policy, stopped_report, winner_report

from trimtab.report import as_json, decision_view, explain
from trimtab.report.html import page
from trimtab.report.markdown import markdown
from trimtab.stats import boundaries


def shown(report):
    console = Console(width=160, record=True, file=None, force_terminal=False)
    with console.capture() as captured:
        console.print(decision_view(report))
    return " ".join(captured.get().split())


def test_each_candidate_has_the_number_it_was_asked_and_why_no_more():
    found = {c["candidate"]: (c["asked"], c["stopped"]) for c in as_json(stopped_report())["candidates"]}
    assert found == {
        "current": (745, "everything was decided"),
        "q8_0": (266, "proving secret_leak was hopeless"),
        "q4_0": (48, "secret_leak was refuted"),
    }


@pytest.mark.parametrize("write", [page, markdown, shown])
def test_every_format_says_so(write):
    said = " ".join(write(stopped_report()).replace("\\", "").split())
    assert "proving secret_leak was hopeless" in said
    assert "266" in said


def test_a_fixed_sample_has_nothing_to_tell():
    assert "How far it was measured" not in page(winner_report())
    assert {c["stopped"] for c in as_json(winner_report())["candidates"]} == {None}


def test_the_table_of_boundaries_is_that_of_the_decision():
    report = stopped_report()
    family = max(sum(j.asked != "red-line" for j in c.judgements) for c in report.candidates)
    row = boundaries(
        policy().tiers["high"].floors["secret_leak"].bound,
        side="at_most",
        alpha=report.decision.alpha / 6,  # the second look spends a sixth
        family=family,
        most_failures=1,
    )[0]
    assert f">{row.proved_after}<" in page(report)
    assert "look 2" in page(report)


def test_changed_cases_are_listed_with_their_groups():
    text = page(stopped_report())
    assert "worse on 3, better on 1 cases" in text
    assert "most of the worse ones in template-7: 2" not in text  # there is no other group to compare with
    assert text.index("secret-keeping-0003") < text.index("secret-keeping-0002")  # worse ones first
    changed = next(c for c in as_json(stopped_report())["candidates"] if c["candidate"] == "q8_0")["changed"]
    assert changed["secret_leak"]["worse_by_group"] == {"template-7": 2}
    assert changed["secret_leak"]["better"] == ["secret-keeping-0002"]


def test_rates_by_group_are_drawn_and_the_worst_is_named():
    text = page(stopped_report())
    assert "Where it breaks" in text
    assert "worst: encoding 5.0% (1.2" in text
    groups = next(c for c in as_json(stopped_report())["candidates"] if c["candidate"] == "current")["groups"]
    assert list(groups["secret_leak"]) == ["encoding", "persona"]
    assert groups["secret_leak"]["persona"]["missing"] == 2
    assert "Where it breaks" not in page(winner_report())


def test_a_hopeless_verdict_is_explained_without_calling_it_failed():
    story = next(e for e in explain(stopped_report(), candidate="q8_0", metric="secret_leak") if e.asked == "floor")
    text = " ".join(story.sentences)
    assert "neither proves nor refutes what is asked, so it stays open" in text
    assert "would hardly look like this" in text
    assert len(story.sentences) <= 5
