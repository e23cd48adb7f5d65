"""Every report of ours as a paper, from evidence that is well meant and from evidence that is not."""

from dataclasses import replace

from tests.unit.decision.test_cards import facts, note
from tests.unit.report import examples
from tests.unit.report.test_cards import BOARD, HOSTILE, hostile_facts

from trimtab.decision.agenda import Item, Review
from trimtab.decision.agenda import Section as Part
from trimtab.decision.cards.annex_iv import annex_iv
from trimtab.decision.cards.model_card import model_card, system_card
from trimtab.report.board_paper import board_paper
from trimtab.report.card_paper import card_paper
from trimtab.report.redteam_paper import redteam_paper
from trimtab.report.review import review_paper

REVIEW = Review(
    quarter="2026-Q3",
    asof=1_790_000_000_000_000,
    row=1_234,
    policy=HOSTILE,
    organisation=HOSTILE,
    sections=(
        Part(
            name="incidents",
            title="Incidents",
            nothing="None.",
            items=(Item(words=HOSTILE, system=HOSTILE, rows=(3,)),),
        ),
        Part(name="wins", title="Wins", nothing="No win was told.", items=()),
    ),
)


def full_board():
    """More of everything than fits on a page."""
    product = BOARD["tiers"][0]["products"][1]
    full = {**BOARD, "tiers": [{"tier": "t", "verdict": "pass", "band": "A", "products": [product] * 40}]}
    return full | {"asks": BOARD["asks"] * 30, "vetoes": BOARD["vetoes"] * 5, "wins": BOARD["wins"] * 3}


def attacked(report):
    """The baseline of the first metric that counts attacks."""
    return redteam_paper(report, next(iter(report.attacks)))


def papers():
    """By name."""
    told = facts(note("card:recommendations", "Ask a nurse."))
    return {
        "model": card_paper(model_card(told)),
        "system": card_paper(system_card(told)),
        "annex-iv": card_paper(annex_iv(told)),
        "hostile card": card_paper(model_card(hostile_facts())),
        "hostile annex": card_paper(annex_iv(hostile_facts())),
        "board": board_paper(BOARD),
        "full board": board_paper(full_board()),
        "review": review_paper(REVIEW),
        "attacked": attacked(examples.attacked_report()),
        "attacks unknown": attacked(examples.unknown_attacks_report()),
        "hostile attacks": attacked(replace(examples.hostile_report())),
    }
