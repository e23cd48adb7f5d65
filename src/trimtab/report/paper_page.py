"""A report as one self-contained page, in which evidence, statements and gaps are seen to differ."""

from trimtab.report.charts import definitions
from trimtab.report.html import head
from trimtab.report.markup import Markup, document, element, join, visible
from trimtab.report.paper import (
    LONGEST,
    Block,
    Cell,
    Gap,
    Items,
    Line,
    Pairs,
    Paper,
    Section,
    Statement,
    Table,
    Text,
    Title,
    Word,
    Words,
)
from trimtab.report.parts import chip, label
from trimtab.report.words import moment

_SOME = 7  # columns that are as wide as any table's
_TAGS = {"strong": "b", "code": "code", "name": "code"}
_CLASSES = {"soft": "quiet", "rows": "tag rows", "late": "late", "big": "big", "band": "band"}


def paper_page(paper: Paper) -> str:
    """The whole report as HTML."""
    inside = _panels(paper) if paper.panels else [_masthead(paper), *map(_section, paper.sections)]
    main = element("main", *inside, id="top", class_="board" if paper.panels else "card")
    return document(head(visible(paper.heading, limit=120)), element("body", definitions(), main))


def _panels(paper: Paper) -> list[Markup]:
    return [
        _kicker(paper),
        element("h1", visible(paper.title or paper.heading, limit=200)),
        element("p", visible(paper.lede, limit=LONGEST), class_="lede"),
        element("div", *[_section(one, class_=one.width) for one in paper.sections], class_="panels"),
        element("p", _words(paper.origin), class_="about origin"),
    ]


def _kicker(paper: Paper) -> Markup:
    return element(
        "p",
        element("span", "trimtab", class_="brand"),
        element("span", visible(paper.organisation, limit=120)),
        element("span", visible(paper.kind, limit=80)),
        element("span", moment(paper.asof)),
        class_="kicker",
    )


def _masthead(paper: Paper) -> Markup:
    shown = [
        element("div", element("dt", name), element("dd", visible(value, limit=120))) for name, value in paper.facts
    ]
    return element(
        "header",
        _kicker(paper),
        element("h1", visible(paper.title or paper.heading, limit=200)),
        element("p", visible(paper.lede, limit=LONGEST), class_="lede") if paper.lede else None,
        element("p", _words(paper.about), class_="about") if paper.about else None,
        element("p", _words(paper.origin), class_="about origin"),
        element("dl", *shown, class_="facts") if shown else None,
        class_="mast",
    )


def _section(section: Section, *, class_: str | None = None) -> Markup:
    return element(
        "section",
        element("h2", section.title, id=section.name),
        *[_block(one) for one in section.blocks],
        aria_labelledby=section.name,
        class_=class_,
    )


def _block(block: Block) -> Markup:
    match block:
        case Text():
            if block.tone == "big":
                shown = [element("span", _words(block.words[:1]), class_="big"), _words(block.words[1:])]
            else:
                shown = [_words(block.words)]
            verdict = [" ", chip(block.verdict)] if block.verdict else []
            return element("p", *shown, *verdict, class_=block.tone if block.tone in ("about", "late") else None)
        case Items():
            kind = "shown" if block.evidence else "asks" if block.columns > 1 else None
            return element("ul", *map(_line, block.lines), class_=kind)
        case Statement():
            return element(
                "figure",
                element("blockquote", visible(block.text, limit=LONGEST)),
                element("figcaption", element("b", "Statement"), ", ", visible(block.by, limit=200)),
                class_="statement",
            )
        case Gap():
            fill = element("p", element("code", visible(block.fill, limit=400))) if block.fill else None
            why = element("p", element("b", "Gap "), visible(block.why, limit=LONGEST))
            return element("div", why, fill, class_="gap", role="note")
        case Table():
            return _table(block)
        case Pairs():
            rows = [part for name, value in block.rows for part in (element("dt", name), element("dd", value))]
            return element("dl", *rows, class_="pairs")
        case Title():
            return element("h3", visible(block.text, limit=200))


def _line(line: Line) -> Markup:
    return element("li", *([chip(line.verdict), " "] if line.verdict else []), _words(line.words))


def _table(table: Table) -> Markup:
    heads = [
        element("th", one.title, scope="col", role="columnheader", class_="n" if one.number else None)
        for one in table.heads
    ]
    wide = bool(table.plots) or any(one.share for one in table.heads)
    body = [_row(table, row) for row in table.rows]
    told = " ".join(filter(None, (table.caption, table.key)))
    made = element(
        "table",
        element("caption", told) if told else None,
        element("thead", element("tr", *heads, role="row"), role="rowgroup"),
        element("tbody", *body, role="rowgroup"),
        class_=f"seen {'drawn' if table.plots else 'told'}{' wide' if len(heads) > _SOME else ''}" if wide else None,
        role="table",
    )
    if not wide:
        return made
    return element("div", made, class_="scroll", tabindex=0, role="region", aria_label=told or "Figures")


def _row(table: Table, row: tuple[Cell, ...]) -> Markup:
    cells = []
    for place, (one, heading) in enumerate(zip(row, table.heads, strict=True)):
        if place in table.plots:
            cells.append(element("td", one.drawn, class_="plot", role="cell"))
            continue
        shown: list[object] = [_words(one.words)]
        if one.verdict is not None:
            shown.append(chip(one.verdict, reason=one.reason))
        if not place:
            name = element("span", *shown, class_="metric")
            below = element("span", visible(one.beneath, limit=200), class_="asked") if one.beneath else None
            cells.append(element("th", name, below, scope="row", role="rowheader"))
            continue
        if one.beneath:
            shown.append(element("span", visible(one.beneath, limit=200), class_="asked"))
        named = label(heading.title) if any(head.share for head in table.heads) else None
        cells.append(element("td", named, *shown, class_="n" if heading.number else None, role="cell"))
    return element("tr", *cells, role="row")


def _words(words: Words) -> Markup:
    return join(_word(one) for one in words)


def _word(one: Word) -> object:
    text = visible(one.text, limit=LONGEST)
    if one.look in _TAGS:
        return element(_TAGS[one.look], text)
    return element("span", text, class_=_CLASSES[one.look]) if one.look else text
