"""What is gone of a gap, and the difference of every two groups, in every format; what cannot be said is said so."""

from dataclasses import replace
from io import StringIO

import pytest
from tests.unit.report import examples

from trimtab.decision.model import Judgement, Verdict
from trimtab.decision.tradeoff import Price, Step
from trimtab.kinds import Estimate, Interval, Missing
from trimtab.report import choice_view
from trimtab.report.explanation import explain
from trimtab.report.fairness import mitigation_lines
from trimtab.report.html import page
from trimtab.report.json import as_json
from trimtab.report.junit import junit
from trimtab.report.markdown import markdown
from trimtab.report.terminal import decision_view
from trimtab.report.words import headline

GONE = Estimate(value=0.62, interval=Interval(0.31, 0.84, 0.95, "betting on ratios, bonferroni"), count=120, cases=480)
GROWN = Estimate(value=-0.5, interval=Interval(-1.2, 0.1, 0.95, "betting on ratios, bonferroni"), count=120, cases=480)
NO_GAP = Missing("no-baseline-gap", "the baseline's gap is not clearly above zero, so no share of it can be said")


def difference(value, low, high):
    return Estimate(
        value=value, interval=Interval(low, high, 0.95, "betting on pairs, bonferroni"), count=120, cases=240
    )


PAIRS = {("men", "women"): difference(0.12, -0.01, 0.25), ("men", "<b>they</b>"): difference(0.02, -0.1, 0.14)}


def reported(known, verdict=Verdict.PASS):
    """A report in which the share of the gap that is gone was judged of every candidate but the baseline."""
    report = examples.winner_report()
    judged = Judgement(
        asked="mitigation", metric="group_gap", requirement="at least 0.3 of the gap of current gone", bound=0.3,
        verdict=verdict, seen=known, needed=None, reason="Of the gap of current.",
    )  # fmt: skip
    rest = [one for one in report.decision.candidates if one.candidate != report.decision.baseline]
    names = {one.candidate for one in rest}
    candidates = tuple(
        replace(one, judgements=(*one.judgements, judged)) if one.candidate in names else one
        for one in report.decision.candidates
    )
    return replace(
        report,
        decision=replace(report.decision, candidates=candidates),
        removed={name: {"group_gap": known} for name in names},
        between={name: {"group_gap": PAIRS} for name in names},
    )


def printed(view):
    from rich.console import Console

    console = Console(width=200, record=True, file=StringIO())
    console.print(view)
    return console.export_text()


def texts(report):
    return {
        "html": page(report),
        "markdown": markdown(report),
        "junit": junit(report).decode(),
        "terminal": printed(decision_view(report)),
    }


def test_every_format_says_what_is_asked_and_what_is_gone():
    for name, text in texts(reported(GONE)).items():
        plain = " ".join(text.replace("<br>", " ").split())
        asked = "mitigation: at least 30%" if name == "terminal" else "at least 30% of the gap of current gone"
        assert asked in plain, name  # a terminal wraps it
        assert "62.0%" in plain, name
        assert "31.0–84.0%" in plain, name


def test_what_it_costs_is_said_in_words():
    report = reported(GONE)
    price = Price(asked="mitigation", metric="group_gap", bound=0.3, steps=(Step(bound=0.1, winner="q4_0", gain=0.01),))
    report = replace(report, tradeoff=replace(report.tradeoff, prices=(price,)))
    text = " ".join(printed(choice_view(report)).split())
    assert "mitigation, at least 30% of the gap of current gone" in text
    assert "relaxing it by 20 pts, to at least 10%" in text
    assert "at least 30% of the gap of current gone" in page(report)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (GONE, "q8_0: group_gap, 62.0% of the gap of current is gone (31.0–84.0%)"),
        (GROWN, "q8_0: group_gap, −50.0% of the gap of current is gone (−120.0 to 10.0%)"),
        (NO_GAP, "no share of the gap of current can be said: the baseline's gap is not clearly above zero"),
    ],
)
def test_the_terminal_has_a_line_for_each_whether_it_was_asked_or_not(known, said):
    report = replace(reported(known), decision=examples.winner_report().decision)
    assert any(said in line for line in mitigation_lines(report))
    assert "Bias mitigation" in printed(decision_view(report))


def test_without_a_baseline_or_groups_nothing_is_said():
    report = examples.winner_report()
    assert list(mitigation_lines(report)) == []
    assert "Bias mitigation" not in printed(decision_view(report))
    assert 'id="between"' not in page(report)


def test_the_page_draws_every_pair_and_escapes_names():
    html = page(reported(GONE))
    section = html[html.index('id="between"') :]
    assert "men and women" in section
    assert "+12.0 pts" in section
    assert "<b>they</b>" not in html
    assert "group_gap: share of the gap of current that is gone" in section
    missing = page(reported(NO_GAP, Verdict.INCONCLUSIVE))
    assert "no data: the baseline&#x27;s gap is not clearly above zero" in missing.replace("&#39;", "&#x27;")


def test_the_json_has_both_in_full():
    found = {one["candidate"]: one for one in as_json(reported(GROWN))["candidates"]}
    assert found["current"]["mitigation"] == found["current"]["between"] == {}
    share = found["q8_0"]["mitigation"]["group_gap"]
    assert (share["value"], share["low"], share["high"]) == (-0.5, -1.2, 0.1)
    first = found["q8_0"]["between"]["group_gap"][0]
    assert (first["first"], first["second"], first["value"]) == ("men", "women", 0.12)
    nothing = as_json(reported(NO_GAP))["candidates"][1]["mitigation"]["group_gap"]
    assert nothing["missing_because"] == "no-baseline-gap"


@pytest.mark.parametrize(
    ("known", "verdict", "said"),
    [
        (GONE, Verdict.PASS, "62.0% of the gap of current is gone in q8_0"),
        (NO_GAP, Verdict.INCONCLUSIVE, "Silence proves nothing"),
    ],
)
def test_it_is_explained(known, verdict, said):
    (told,) = [one for one in explain(reported(known, verdict), candidate="q8_0") if one.asked == "mitigation"]
    assert said in " ".join(told.sentences)


@pytest.mark.parametrize(
    ("known", "verdict", "said"),
    [
        (GROWN, Verdict.FAIL, "−50.0% (−120.0 to 10.0%) of the gap of current in group_gap is gone, and at least 30%"),
        (NO_GAP, Verdict.INCONCLUSIVE, "What share of the gap of current in group_gap is gone cannot be said"),
    ],
)
def test_what_stands_in_the_way_is_named_in_words(known, verdict, said):
    report = reported(known, verdict)

    def alone(one):
        judged = tuple(j for j in one.judgements if j.asked == "mitigation")
        return replace(one, verdict=verdict, judgements=judged) if one.candidate == "q4_0" else one

    candidates = tuple(alone(one) for one in report.candidates)
    changes = headline(replace(report, decision=replace(report.decision, candidates=candidates))).changes
    assert any(said in change for change in changes)
