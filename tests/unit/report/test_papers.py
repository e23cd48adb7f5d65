"""Reports as papers: HTML, Markdown and PDF say the same, nothing that people wrote acts in any of them."""

import html
import re
import sys

import pytest
from tests.unit.report.papers import papers
from tests.unit.report.test_cards import Tags

from trimtab.errors import MissingPackageError
from trimtab.report.escaped import plain
from trimtab.report.markup import visible
from trimtab.report.paper import Cell, Gap, Head, Items, Line, Paper, Section, Statement, Table, Text, Word, words
from trimtab.report.paper_files import drawn, form_of
from trimtab.report.paper_markdown import paper_markdown
from trimtab.report.paper_page import paper_page
from trimtab.report.paper_pdf import _data, paper_pdf

PAPERS = papers()
TAGS = re.compile(r"<[^>]*>")


def texts(value):
    """Every text in a value, whatever it is made of."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)


def said(paper):
    """Every sentence of a paper: words of its blocks, without drawings."""
    for section in paper.sections:
        yield section.title
        for block in section.blocks:
            match block:
                case Text():
                    yield from (one.text for one in block.words)
                case Items():
                    yield from (one.text for line in block.lines for one in line.words)
                case Statement():
                    yield from (block.text, block.by)
                case Gap():
                    yield from (block.why, block.fill)
                case Table():
                    yield from (one.text for row in block.rows for cell in row for one in cell.words)


@pytest.mark.parametrize("name", PAPERS)
def test_every_sentence_is_in_all_three(name):
    paper = PAPERS[name]
    flat = lambda text: " ".join(text.split())  # noqa: E731
    page = flat(html.unescape(TAGS.sub("", paper_page(paper))))
    given = flat(" ".join(texts(_data(paper))).replace("\u200b", ""))
    shown = flat(paper_markdown(paper))
    found = [visible(text)[:60].strip() for text in said(paper)]
    assert len(found) > 5
    for text in filter(None, map(flat, found)):
        assert text in page, text
        assert text in given, text
        assert plain(text)[:40].split("&")[0].strip() in shown, text


@pytest.mark.parametrize("name", PAPERS)
def test_nothing_that_people_wrote_acts(name):
    page, text = paper_page(PAPERS[name]), paper_markdown(PAPERS[name])
    seen = Tags(page)
    assert "script" not in seen.tags
    assert "img" not in seen.tags
    assert not any(one.startswith("on") or one in ("src", "style") for one in seen.attributes)
    assert not re.search(r"<(?!/?code>)[a-z/!]", text)
    assert "](" not in text
    for shown in (page, text, "".join(texts(_data(PAPERS[name])))):
        assert "\u202e" not in shown
        assert "\x1b" not in shown
        shown.encode()


def test_backticks_of_people_are_no_code():
    paper = _paper(Text(words=words("It says `rm -rf`, *now* ", Word("row 3", "rows"))))
    assert "<code>" not in paper_page(paper)
    assert "`" not in paper_markdown(paper).split("## ")[1]
    assert ["", "It says `rm -rf`, *now* "] in _data(paper)["sections"][0]["blocks"][0]["words"]


def test_evidence_statement_and_gap_are_told_apart_in_all_three():
    paper = _paper(
        Items(lines=(Line(words=words("Seen. ", Word("row 3", "rows"))),), evidence=True),
        Statement(text="It is good.", by="stated by care"),
        Gap(why="Who pays.", fill="trimtab note"),
    )
    page, text, blocks = paper_page(paper), paper_markdown(paper), _data(paper)["sections"][0]["blocks"]
    assert (page.count('class="shown"'), page.count('class="statement"'), page.count('class="gap"')) == (1, 1, 1)
    assert "- Seen. [row 3]\n- **Statement:** It is good. *(stated by care)*\n\n**Gap:** Who pays." in text
    assert [(one["is"], one.get("evidence")) for one in blocks] == [("items", True), ("statement", None), ("gap", None)]


def test_a_table_has_its_drawings_as_words_in_markdown_and_as_pictures_that_stand_alone_on_paper():
    paper = PAPERS["model"]
    table = next(one for section in paper.sections for one in section.blocks if isinstance(one, Table))
    (place,) = table.plots
    assert table.heads[place].title not in paper_markdown(paper)
    told = next(
        one for part in _data(paper)["sections"] for one in part["blocks"] if one["is"] == "table"
    )  # fmt: skip
    for row, cells in zip(table.rows, told["rows"], strict=True):
        assert cells[place]["said"] == row[place].said
        picture = cells[place]["drawn"]
        assert picture.startswith('<svg xmlns="http://www.w3.org/2000/svg" width=')
        assert picture.count("<svg") == picture.count("</svg>")


def test_what_is_too_long_for_its_line_may_be_broken_and_a_digest_may_not():
    digest, long = "sha256:" + "0" * 64, "W" * 100
    row = (Cell(words=words(long)),)
    blocks = _data(_paper(Text(words=words(f"{digest} {long}")), Table(heads=(Head(title="A"),), rows=(row,))))
    (text, table) = blocks["sections"][0]["blocks"]
    assert text["words"][0][1].startswith(f"{digest} WWWWWWWW\u200b")
    assert table["rows"][0][0]["words"][0][1].replace("\u200b", "") == long


def test_the_widest_column_takes_what_is_left():
    rows = ((Cell(words=words("a")), Cell(words=words("something long"))),)
    paper = _paper(Table(heads=(Head(title="A"), Head(title="B")), rows=rows))
    assert [one["share"] for one in _data(paper)["sections"][0]["blocks"][0]["heads"]] == [0, 1]


def test_without_typst_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingPackageError, match=re.escape("pip install 'trimtab[pdf]'")):
        paper_pdf(PAPERS["review"])


@pytest.mark.parametrize(("name", "form"), [("a.md", "md"), ("a.HTML", "html"), ("b.c.pdf", "pdf")])
def test_the_end_of_a_name_is_the_form(name, form, tmp_path):
    assert form_of(tmp_path / name) == form


def test_the_forms_are_drawn():
    assert drawn(PAPERS["review"], "html").startswith(b"<!doctype html>")
    assert drawn(PAPERS["review"], "md").startswith(b"# Review of 2026-Q3")


def _paper(*blocks):
    section = Section(name="one", title="One", blocks=blocks)
    return Paper(heading="H", organisation="O", kind="K", asof=1, origin=words("From nothing."), sections=(section,))
