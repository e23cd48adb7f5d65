"""Cards and the board's page as people see them: valid metadata, three looks, and no text that acts."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
import yaml
from tests.unit.decision.test_cards import facts, note
from tests.unit.report import examples

from trimtab.decision.cards.annex_iv import annex_iv
from trimtab.decision.cards.bom import bill_of_materials
from trimtab.decision.cards.model_card import model_card, system_card
from trimtab.kinds import Estimate
from trimtab.report.board_paper import board_paper
from trimtab.report.board_text import board_markdown
from trimtab.report.card_metadata import card_markdown
from trimtab.report.card_paper import card_paper
from trimtab.report.paper_page import paper_page

HOSTILE = examples.HOSTILE
BOARD: dict[str, Any] = {
    "organisation": HOSTILE,
    "currency": "EUR",
    "quarter": "2026-Q3",
    "asof": 1_790_000_000_000_000,
    "row": 7,
    "policy": HOSTILE,
    "tiers": [
        {"tier": HOSTILE, "verdict": "fail", "band": None,
         "products": [{"system": HOSTILE, "owner": HOSTILE, "verdict": "fail", "band": None, "low": None, "high": None},
                      {"system": "b", "owner": "b", "verdict": "pass", "band": "A", "low": 90.0, "high": 95.2}]}],
    "vetoes": [{"system": HOSTILE, "metric": HOSTILE, "verdict": "fail", "low": 0.1, "high": 0.2, "floor": 0.03,
                "better": "lower", "why": HOSTILE}] * 8,
    "loss": {"currency": "EUR", "expected": 1.0, "cvar": {"value": 2.0, "low": 1.5, "high": 2.5}, "level": 0.95,
             "appetite": [{"what": "expected", "bound": 1.0, "seen": 1.0, "verdict": "pass"}], "verdict": "pass"},
    "money": {"missing": HOSTILE},
    "findings": {"open": 1, "overdue": 1, "oldest_days": 4, "rows": [1],
                 "ages": [{"age": "under 30 days", "S1": 1, "S2": 0, "S3": 0, "S4": 0}]},
    "regulation": {"reports": [{"incident": HOSTILE, "system": HOSTILE, "duty": HOSTILE, "by": 1, "late": True}],
                   "dates": [{"at": 1, "what": HOSTILE}], "catalogue": HOSTILE},
    "wins": [{"win": "w", "title": HOSTILE, "by": HOSTILE, "at": 1, "stale": True, "numbers": HOSTILE, "money": "",
              "limits": "", "ask": HOSTILE, "rows": [3], "system": ""}],
    "asks": [{"kind": "win", "what": HOSTILE, "by": HOSTILE, "row": 3, "statement": True}],
    "not_asked": [HOSTILE],
}  # fmt: skip


class Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes = set(), set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def hostile_facts():
    report = examples.hostile_report()
    entries = [note(f"card:{name}", HOSTILE, by=HOSTILE, at=at) for at, name in enumerate(
        ("intended-use", "limitations", "annex-iv-8", "guards", "ethical-considerations"), 1)]  # fmt: skip
    return replace(
        facts(*entries, report=report), candidate=HOSTILE, groups=report.groups[HOSTILE], artefact=HOSTILE, system=report.decision.system
    )  # fmt: skip


@pytest.mark.parametrize("make", [model_card, system_card, annex_iv])
def test_nothing_that_people_or_ledgers_say_acts(make):
    made = make(hostile_facts())
    for page in (paper_page(card_paper(made)), paper_page(board_paper(BOARD))):
        seen = Tags(page)
        assert "script" not in seen.tags
        assert not any(name.startswith("on") or name in ("src", "style") for name in seen.attributes)
        assert "\u202e" not in page
        assert "\x1b" not in page
        page.encode()
    for text in (card_markdown(made), board_markdown(BOARD)):
        body = text.split("\n---\n")[-1]
        assert not re.search(r"<(?!/?code>)[a-z/!]", body)
        assert "](y)" not in body
        assert "\n# h" not in body
        assert not re.search(r"(?<!&)[|](?=.*alert)", "".join(x for x in body.splitlines() if not x.startswith("| ")))
        assert "\u202e" not in text
        text.encode()


def test_the_metadata_is_what_hugging_face_reads():
    made = model_card(hostile_facts())
    front = yaml.safe_load(card_markdown(made).split("---\n")[1])
    assert set(front) == {"tags", "pipeline_tag", "model_name", "model-index"}  # nobody registered more
    (model,) = front["model-index"]
    assert model["name"]
    numbers = [one for part in made.parts if part.name == "results" for one in part.measured]
    assert len(model["results"]) == len(numbers) > 0
    for result, one in zip(model["results"], numbers, strict=True):
        (metric,) = result["metrics"]
        assert result["task"]["type"]
        assert result["dataset"]["type"]
        assert result["dataset"]["name"]
        assert isinstance(one.seen, Estimate)
        assert metric["value"] == one.seen.value
        assert (metric["args"]["low"], metric["args"]["high"]) == (one.seen.interval.low, one.seen.interval.high)


def test_evidence_statements_and_gaps_look_different():
    made = model_card(facts(note("card:recommendations", "Ask a nurse.", by="ml-team")))
    page, text = paper_page(card_paper(made)), card_markdown(made)
    statements = sum(one.statement for part in made.parts for one in part.said)
    assert page.count('class="statement"') == text.count("**Statement:**") == statements > 0
    assert page.count('class="gap"') == text.count("**Gap:**") == len(made.gaps) > 0
    assert "stated by ml-team" in page
    assert "stated by ml-team" in text


def test_a_bill_says_whose_a_statement_is_and_makes_no_field_up():
    given = facts()
    made = bill_of_materials(
        given.registry, {given.system: model_card(given)}, organisation="X", asof=given.asof, version="0"
    )
    again = bill_of_materials(
        given.registry, {given.system: model_card(given)}, organisation="X", asof=given.asof, version="0"
    )
    assert made == again
    (model,) = made["components"]
    assert made["specVersion"] == "1.6"
    assert "hashes" not in model  # nobody knows what answered
    assert all("(Statement of " in text for text in model["modelCard"]["considerations"]["useCases"])
    shown = {one["type"]: one for one in model["modelCard"]["quantitativeAnalysis"]["performanceMetrics"]}
    for metric, seen in given.own.estimates.items():
        assert float(shown[metric]["value"]) == pytest.approx(seen.value)
        assert float(shown[metric]["confidenceInterval"]["upperBound"]) == pytest.approx(seen.interval.high)


def test_what_is_not_known_is_named_on_the_board():
    gone = {**BOARD, "tiers": {"missing": "no score"}, "vetoes": {"missing": "no score"}, "loss": {"missing": "none"}}
    for shown in (paper_page(board_paper(gone)), board_markdown(gone)):
        assert shown.count("Not known: no score.") == 2
        assert "Not known: none." in shown
        assert "products pass" not in shown
        assert "No veto" not in shown
