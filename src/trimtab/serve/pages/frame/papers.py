"""Reports to take along: the files that commands write of the board, a review, a system, a vendor."""

from collections.abc import Callable, Mapping

from trimtab.decision.cards.card import Card, CardKind
from trimtab.decision.period import Period
from trimtab.report.board_paper import board_paper
from trimtab.report.card_metadata import card_markdown
from trimtab.report.card_paper import card_paper
from trimtab.report.paper import Paper
from trimtab.report.paper_files import drawn
from trimtab.report.paper_pdf import can_print
from trimtab.report.review import review_paper
from trimtab.report.vendor_letter import letter_paper
from trimtab.serve.pages.decide.review import pack
from trimtab.serve.pages.declared import Download
from trimtab.serve.pages.snapshot import Snapshot
from trimtab.workspace.board import figures
from trimtab.workspace.cards import make_card
from trimtab.workspace.standings import Seen

_Made = Callable[[Snapshot, Mapping[str, str]], Paper]
_HTML, _MARKDOWN, _PDF = "text/html; charset=utf-8", "text/markdown; charset=utf-8", "application/pdf"


def _files(name: str, made: _Made, *, markdown: bool = True) -> tuple[Download, ...]:
    """A report in each of its forms; the PDF is offered where what prints it is installed."""

    def form(of: str) -> Callable[[Snapshot, Mapping[str, str]], bytes]:
        return lambda now, asked: drawn(made(now, asked), of)

    marked = (Download(name=f"{name}.md", kind=_MARKDOWN, make=form("md")),) if markdown else ()
    return (
        Download(name=f"{name}.pdf", kind=_PDF, make=form("pdf"), there=can_print),
        Download(name=f"{name}.html", kind=_HTML, make=form("html")),
        *marked,
    )


def _board(now: Snapshot, asked: Mapping[str, str]) -> Paper:
    return board_paper(figures(now.ledger, now.policy, asked, now.row, now.moment))


def _review(now: Snapshot, asked: Mapping[str, str]) -> Paper:
    return review_paper(pack(now, asked))


def _letter(now: Snapshot, asked: Mapping[str, str]) -> Paper:
    """Of a subject that is no vendor there is none, which `standing` says."""
    seen = Seen(policy=now.policy, evidence=now.evidence, now=now.moment)
    period = Period.quarter(asked.get("quarter", "") or Period.quarter_at(now.moment).name)
    stands, credit = seen.standing(asked["subject"]), seen.credit(asked["subject"], period)
    return letter_paper(now.policy, stands, credit, period=period.name, asof=now.moment)


def _card(kind: CardKind) -> Callable[[Snapshot, Mapping[str, str]], Card]:
    def made(now: Snapshot, asked: Mapping[str, str]) -> Card:
        which = {"system": asked["system"], "candidate": asked.get("candidate", "")}
        return make_card(now.ledger, now.policy, kind, **which, moment=now.moment)

    return made


def _cards(name: str, kind: CardKind) -> tuple[Download, ...]:
    made = _card(kind)
    # The Markdown of a model's card has the metadata that programs read before it.
    written = Download(
        name=f"{name}.md", kind=_MARKDOWN, make=lambda now, asked: card_markdown(made(now, asked)).encode()
    )
    return (*_files(name, lambda now, asked: card_paper(made(now, asked)), markdown=False), written)


BOARD = _files("board", _board, markdown=False)
REVIEW = _files("review", _review, markdown=False)
LETTER = _files("letter", _letter)
SYSTEM = (*_cards("model-card", "model"), *_cards("system-card", "system"), *_cards("annex-iv", "annex-iv"))
