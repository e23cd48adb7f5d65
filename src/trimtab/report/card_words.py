"""How a card's figures and sentences are written, for Markdown and HTML alike."""

from trimtab.decision.cards.card import Card, Measured, Part, Said
from trimtab.kinds import Missing
from trimtab.report.figures import Figures, count, fitting
from trimtab.report.markup import visible
from trimtab.report.words import missing_words

KINDS = {
    "model": "Model card",
    "system": "System card",
    "dataset": "Data set card",
    "annex-iv": "EU AI Act, Annex IV",
}
LEGEND = (
    "A sentence with rows rests on those rows of the ledger. A statement is what somebody says, under their name, "
    "and nothing measured shows it. A gap is left open."
)
_MOST_ROWS = 4


def standing_words(card: Card) -> str:
    """How much of it is there."""
    filled, all_ = len(card.parts) - len(card.gaps), len(card.parts)
    statements = f"{count(card.statements)} statement{'' if card.statements == 1 else 's'}"
    gaps = f"{count(len(card.gaps))} gap{'' if len(card.gaps) == 1 else 's'}"
    return f"{filled} of {all_} sections filled, {gaps}, {statements} that no evidence shows."


def rows_words(rows: tuple[int, ...]) -> str:
    """Where it stands in the ledger."""
    if not rows:
        return ""
    shown = ", ".join(count(row) for row in rows[:_MOST_ROWS])
    more = f" and {len(rows) - _MOST_ROWS} more" if len(rows) > _MOST_ROWS else ""
    return f"row{'s' if len(rows) > 1 else ''} {shown}{more}"


def by_words(said: Said) -> str:
    """Whose statement it is, and where it is recorded."""
    where = rows_words(said.rows)
    return f"stated by {visible(said.by, limit=120)}{f', {where}' if where else ''}"


def gap_words(part: Part) -> str:
    """What is missing, who can fill it, and who owes it."""
    who = " Only people can say it." if part.people else ""
    owner = f" Owed by {visible(part.owner, limit=120)}." if part.owner else ""
    return f"{part.asked}{who}{owner}"


def fill_words(card: Card, part: Part) -> str:
    """The command that fills a gap with a statement."""
    if card.kind == "dataset":
        return f'trimtab note --on card:{card.subject}:{part.name} --what "..." --by NAME'
    return f'trimtab note --system {card.subject} --on card:{part.name} --what "..." --by NAME'


def written(card: Card, one: Measured) -> Figures:
    """How its numbers are written."""
    bounds = [one.bound] if one.bound is not None else []
    return fitting(Figures(unit=one.unit, places=0, currency=card.currency), [one.seen], bounds)


def value_words(card: Card, one: Measured) -> tuple[str, str]:
    """The number, and its interval with its level and cases."""
    if isinstance(one.seen, Missing):
        return "no data", missing_words(one.seen)
    figures, seen = written(card, one), one.seen
    gone = f", {count(seen.missing)} missing" if seen.missing else ""
    span = f"{figures.span(seen.interval)} at {seen.interval.level:.4g}, {count(seen.count)} units{gone}"
    return figures.value(seen.value), span
