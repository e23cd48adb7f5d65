"""The quarterly review pack: as a report, which becomes HTML, Markdown and PDF, and in a terminal."""

from rich.console import Group, RenderableType
from rich.text import Text as Line

from trimtab.decision.agenda import Item, Review
from trimtab.decision.agenda import Section as Part
from trimtab.report.card_words import rows_words
from trimtab.report.coverage import instant
from trimtab.report.markup import visible
from trimtab.report.paper import Items, Paper, Section, Text, Word, Words, words
from trimtab.report.paper import Line as Told
from trimtab.report.paper_markdown import paper_markdown

_MOST = 40  # lines of a section in a terminal


def review_paper(review: Review) -> Paper:
    """The whole pack. A line with rows rests on them; a part without lines says what was looked for."""
    lines, empty = sum(len(one.items) for one in review.sections), sum(not one.items for one in review.sections)
    return Paper(
        heading=f"Review of {review.quarter}, {review.organisation}",
        title=f"Review of {review.quarter}",
        kind="Quarterly review",
        organisation=review.organisation,
        asof=review.asof,
        origin=words(
            f"From the first {review.row:,} rows of the ledger, under policy ", Word(review.policy, "code"),
            ". Made by ", Word(f"trimtab review --quarter {review.quarter}", "code"), ".",
        ),
        facts=(
            ("Parts", str(len(review.sections))),
            ("Lines", f"{lines:,}"),
            ("Parts of which nothing was recorded", str(empty)),
            ("Rows of the ledger", f"{review.row:,}"),
        ),
        sections=tuple(_section(one) for one in review.sections),
    )  # fmt: skip


def review_markdown(review: Review) -> str:
    """The whole pack, as a page that a reader of Markdown shows and nothing in it acts."""
    return paper_markdown(review_paper(review))


def review_view(review: Review) -> RenderableType:
    """The same for a terminal, long sections cut."""
    parts: list[RenderableType] = [
        Line(f"Review of {review.quarter}, {visible(review.organisation)}", style="bold"),
        Line(f"As of {instant(review.asof)}, row {review.row:,}", style="dim"),
    ]
    for one in review.sections:
        parts += [Line(), Line(one.title, style="bold"), *_shown(one)]
    return Group(*parts)


def _section(part: Part) -> Section:
    if not part.items:
        return Section(name=part.name, title=part.title, blocks=(Text(words=words(part.nothing), tone="about"),))
    lines = tuple(Told(words=_said(one)) for one in part.items)
    return Section(name=part.name, title=part.title, blocks=(Items(lines=lines),))


def _shown(part: Part) -> list[RenderableType]:
    if not part.items:
        return [Line(part.nothing, style="dim")]
    lines: list[RenderableType] = [
        Line(f"- {''.join(f'[{one.text}]' if one.look == 'rows' else visible(one.text) for one in _said(item))}")
        for item in part.items[:_MOST]
    ]
    if len(part.items) > _MOST:
        lines.append(Line(f"{len(part.items) - _MOST} more are in the Markdown.", style="dim"))
    return lines


def _said(item: Item) -> Words:
    """Of which system, what, and on which rows it rests."""
    rows = rows_words(item.rows)
    of = Word(f"{item.system}: " if item.system else "", "strong")
    return words(of, f"{item.words} " if rows else item.words, Word(rows, "rows"))
