"""A report as Markdown: nothing in it acts, whatever people wrote."""

from trimtab.report.coverage import instant
from trimtab.report.escaped import coded, line, named, plain
from trimtab.report.paper import (
    LONGEST,
    Block,
    Cell,
    Gap,
    Items,
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
from trimtab.report.words import WORD


def paper_markdown(paper: Paper) -> str:
    """The whole report."""
    lead = f"**{plain(paper.title)}.** " if paper.title not in paper.heading else ""
    said = f"{plain(paper.lede, limit=LONGEST)} " if paper.lede else ""
    lines = [
        f"# {plain(paper.heading)}",
        "",
        f"{lead}{said}{plain(paper.organisation)}. As of {instant(paper.asof)}. {_words(paper.origin)}",
    ]
    if paper.about:
        lines += ["", f"> {_words(paper.about)}"]
    for section in paper.sections:
        lines += ["", f"## {plain(section.title)}", "", *_section(section)]
    return "\n".join(lines) + "\n"


def _section(section: Section) -> list[str]:
    lines: list[str] = []
    for number, block in enumerate(section.blocks):
        both = (
            number
            and isinstance(block, Items | Statement)
            and isinstance(section.blocks[number - 1], Items | Statement)
        )
        lines += [*([] if not number or both else [""]), *_block(block)]
    return lines


def _block(block: Block) -> list[str]:
    match block:
        case Text():
            mark = "**" if block.tone in ("late", "big") else ""
            return [f"{mark}{_words(block.words)}{mark}{f' ({WORD[block.verdict]})' if block.verdict else ''}"]
        case Items():
            return [f"- {f'{WORD[one.verdict]}: ' if one.verdict else ''}{_words(one.words)}" for one in block.lines]
        case Statement():
            return [f"- **Statement:** {plain(block.text, limit=LONGEST)} *({plain(block.by)})*"]
        case Gap():
            fill = f" {coded(block.fill)}" if block.fill else ""
            return [f"**Gap:** {plain(block.why, limit=LONGEST)}{fill}"]
        case Table():
            return _table(block)
        case Pairs():
            return [f"- {plain(name)}: {plain(value)}" for name, value in block.rows]
        case Title():
            return [f"### {plain(block.text)}"]


def _table(table: Table) -> list[str]:
    kept = [place for place in range(len(table.heads)) if place not in table.plots]
    heads = [plain(table.heads[place].title) for place in kept]
    marks = ["---:" if table.heads[place].number else "---" for place in kept]
    rows = [line([_cell(row[place]) for place in kept]) for row in table.rows]
    return [*([plain(table.caption, limit=LONGEST), ""] if table.caption else []), line(heads), line(marks), *rows]


def _cell(cell: Cell) -> str:
    shown = _words(cell.words)
    if cell.verdict is not None:
        shown = f"{shown} {WORD[cell.verdict]}".strip()
    return f"{shown} ({plain(cell.beneath)})" if cell.beneath else shown


def _words(words: Words) -> str:
    """Between two runs stands what their texts say: whatever separates them is part of them."""
    return "".join(_word(one) for one in words)


def _word(one: Word) -> str:
    if one.look == "name":
        return named(one.text)
    if one.look == "code":
        return coded(one.text)
    if one.look == "rows":
        return f"[{one.text}]"
    before, after = " " * one.text.startswith(" "), " " * one.text.endswith(" ")
    text = plain(one.text, limit=LONGEST)
    if not text:
        return before
    return f"{before}{f'**{text}**' if one.look in ('strong', 'late', 'big') else text}{after}"
