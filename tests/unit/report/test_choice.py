"""The choice on one page: sentences with sound numbers, the same in the terminal, on the page and in JSON."""

import io
import math
from dataclasses import replace

import orjson
import pytest
from rich.console import Console
from tests.unit.report import examples

from trimtab.decision.model import Verdict
from trimtab.decision.tradeoff import Price, Step
from trimtab.decision.weights import Band
from trimtab.report import as_json, choice_json, choice_view, explain
from trimtab.report.choice_words import apart_words, band_words, price_words, relaxed
from trimtab.report.html import page


def shown(report, *, width=120, encoding="utf-8"):
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    Console(file=file, width=width, highlight=False).print(choice_view(report))
    file.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("name", examples.ALL)
def test_no_line_is_wider_than_the_terminal_and_nothing_acts(name, width):
    text = shown(examples.ALL[name](), width=width)
    assert max(map(len, text.splitlines())) <= width
    assert not {"\x1b", "\u202e", "\x00"} & set(text)
    assert shown(examples.ALL[name](), encoding="ascii").isascii()


def test_one_page_says_who_wins_what_floors_cost_and_what_would_tell():
    text = " ".join(shown(examples.winner_report()).split())
    for words in (
        "Ship q8_0",
        "Each of 3 candidates was judged at 98.33% confidence or more",
        "breaks a given requirement has probability 5% at most",
        "★ chosen, on the frontier",
        "would buy 1.2 pts of answer_accuracy (q4_0)",
        "costs nothing now",
        "no guarantee",
        "has not met hijack, secret_leak (red line)",
        "about 820 further pairs of answers would probably tell",
        "The same one wins while the weight of performance, 0.4 now, is 0.2 to 0.7; below it q4_0.",
        "Next Ship q8_0",
    ):
        assert words in text


def test_the_page_draws_a_bar_for_each_step_and_says_it_in_words():
    text = page(examples.winner_report())
    assert text.count('class="bar"') == 1
    assert "What each requirement costs in performance" in text
    assert 'class="frontier"' in text
    assert "would buy 1.2 pts" in text


def test_where_nobody_wins_a_price_says_who_would_come_through():
    text = page(examples.inconclusive_report())
    assert "would let" in text
    assert 'class="bar"' not in text  # nothing to compare a gain with


def test_an_altered_ledger_shows_no_prices():
    report = examples.winner_report()
    altered = replace(report, ledger=replace(report.ledger, verified=False))
    assert "costs" not in page(altered)
    assert "costs" not in shown(altered)


def test_json_holds_the_same_and_only_what_json_can_say():
    whole, alone = as_json(examples.winner_report()), choice_json(examples.winner_report())
    assert alone["schema"] == "trimtab-choice/1"
    assert alone["winner"] == "q8_0"
    assert {key: alone[key] for key in whole["choice"]} == whole["choice"]
    assert [one["candidate"] for one in alone["frontier"] if one["on_frontier"]] == ["current", "q8_0"]
    assert alone["prices"][0]["steps"][0]["winner"] == "q4_0"
    for make in examples.ALL.values():
        orjson.dumps(choice_json(make()))


@pytest.mark.parametrize(
    ("asked", "metric", "bound", "step", "words"),
    [
        ("floor", "hijack", 0.05, 0.05421, ("0.43 pts", "to at most 5.43%")),
        ("floor", "hijack", 0.05, 0.054, ("0.4 pts", "to at most 5.4%")),
        ("floor", "answer_accuracy", 0.6, 0.5617, ("3.9 pts", "to at least 56.1%")),
        ("floor", "latency_p95", 1.5, 1.8333, ("0.34 s", "to at most 1.84 s")),
        ("regression", "hijack", 0.03, 0.0412, ("1.2 pts", "to a margin of 4.2 pts")),
    ],
)
def test_a_bound_that_is_named_is_rounded_so_that_it_would_do(asked, metric, bound, step, words):
    price = Price(asked=asked, metric=metric, bound=bound, steps=(Step(bound=step, winner="q4_0", gain=0.01),))
    assert relaxed(examples.winner_report(), price, price.steps[0]) == words


def test_sentences_for_every_outcome():
    report = examples.winner_report()
    found = report.tradeoff
    assert found is not None
    assert found.apart is not None
    alone = replace(found, apart=None)
    assert "nobody to tell it from" in apart_words(report, alone)
    level = replace(found, apart=replace(found.apart, pairs=None))
    assert "they are level" in apart_words(report, level)
    sure = replace(found, apart=replace(found.apart, shown=True, pairs=0))
    assert "more than luck explains" in apart_words(report, sure)
    firm = Band(name="safety", weight=0.5, low=0.0, high=1.0, below="", above="")
    assert band_words(firm) == "Whatever the weight of safety, the same one wins."
    price = Price(asked="floor", metric="hijack", bound=0.05, steps=(Step(bound=0.06, winner="x", gain=math.nan),))
    early = replace(price, steps=(Step(bound=0.06, winner="x", gain=0.02, short=True),))
    assert "(x, whose measuring stopped early: with more cases a nearer bound would do)" in price_words(report, early)
    assert price_words(report, price) == "relaxing it by 1 pts, to at most 6%, would let x through"


def grid_report(points=40):
    """Many points, of which three were tested; the last of these stopped the test."""
    report = examples.winner_report()
    first = report.candidates[1]
    rows = [replace(first, candidate=f"tuned@{n}", verdict=Verdict.INCONCLUSIVE) for n in range(points)]
    rows[3] = replace(rows[3], verdict=Verdict.PASS)
    rows[7] = replace(rows[7], verdict=Verdict.PASS)
    decision = replace(
        report.decision,
        candidates=(report.candidates[0], *rows),
        winner="tuned@7",
        rule="pareto",
        sequence=("tuned@3", "tuned@7", "tuned@9", "tuned@11"),
    )
    return replace(report, decision=decision)


def test_of_many_points_tables_show_those_that_were_tested():
    report = grid_report()
    assert [c.candidate for c in report.shown] == ["current", "tuned@3", "tuned@7", "tuned@9"]
    assert report.untold.startswith("37 more candidates are in report.json")
    text = page(report)
    assert "37 more candidates" in text
    assert 'class="matrix few"' in text
    assert "37 more candidates were neither tested nor on the frontier" in text
    assert "Of 41 candidates a part of the cases left 4" in text
    assert len(as_json(report)["candidates"]) == 41
    assert max(map(len, shown(report, width=80).splitlines())) <= 80


def test_who_was_not_tested_is_not_said_to_lack_cases():
    report = grid_report()
    first, *rest = report.decision.candidates
    why = "It was not tested: where the order was fixed, another candidate was at least as safe and at least as good."
    left = replace(
        first,
        verdict=Verdict.INCONCLUSIVE,
        judgements=tuple(replace(j, verdict=Verdict.INCONCLUSIVE, needed=None, reason=why) for j in first.judgements),
    )
    told = replace(report, decision=replace(report.decision, candidates=(left, *rest)))
    for one in explain(told, candidate="current"):
        assert why in one.sentences
        assert not any("both sides" in sentence for sentence in one.sentences)
    said = page(told)
    assert f"current: {why}" in said
    assert "current: answer_accuracy" not in said


def test_few_points_are_all_shown():
    report = grid_report(11)
    assert len(report.shown) == 12
    assert report.untold == ""
