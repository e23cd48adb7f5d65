"""Reports on paper: an archive takes them, the same evidence gives the same bytes, the board has one page."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.axe import COLOURS, source
from tests.integration.test_report_browser import OVERFLOWING, PHONE, WIDE, Visit, browser  # noqa: F401 - a fixture
from tests.serve.test_pages import World
from tests.unit.report.papers import papers
from tests.workspace.governing import command as run

from trimtab.report import paper_pdf as printing
from trimtab.report.paper import Paper, Section, Text, words
from trimtab.report.paper_page import paper_page
from trimtab.report.paper_pdf import paper_pdf, paper_pictures

pytestmark = pytest.mark.integration

PAPERS = papers()
MAKE = """
import sys
from tests.unit.report.papers import papers
from trimtab.report.paper_pdf import paper_pdf
sys.stdout.buffer.write(paper_pdf(papers()[sys.argv[1]]))
"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("papers")
    for name, paper in PAPERS.items():
        (made / f"{name}.html").write_text(paper_page(paper), encoding="utf-8")
    return made


@pytest.mark.parametrize("name", PAPERS)
def test_an_archive_takes_it_and_it_is_tagged(name):
    made = paper_pdf(PAPERS[name])
    told = made.decode("latin-1")
    assert made.startswith(b"%PDF-1.7")
    assert re.search(r"<pdfaid:part>2</pdfaid:part>\s*<pdfaid:conformance>A</pdfaid:conformance>", told)
    assert "<pdfuaid:part>1</pdfuaid:part>" in told
    assert "/StructTreeRoot" in told
    assert "/FontFile" in told  # embedded
    for acts in ("/JavaScript", "/Launch", "/URI", "/EmbeddedFile", "/OpenAction"):
        assert acts not in told


def test_the_same_report_has_the_same_bytes_in_another_process_and_a_later_one_has_others():
    first = paper_pdf(PAPERS["attacked"])
    again = subprocess.run([sys.executable, "-c", MAKE, "attacked"], capture_output=True, check=True,
                           cwd=Path(__file__).parents[2])  # fmt: skip
    assert first == again.stdout
    assert paper_pdf(replace(PAPERS["attacked"], asof=PAPERS["attacked"].asof + 1_000_000)) != first


def test_the_board_is_one_page_however_much_there_is_and_a_card_is_not():
    assert len(paper_pictures(PAPERS["full board"], ppi=20)) == 1
    long = "A very long sentence of a board that goes on and on. " * 40
    most = tuple(replace(one, blocks=(*one.blocks, Text(words=words(long)))) for one in PAPERS["full board"].sections)
    assert len(paper_pictures(replace(PAPERS["full board"], sections=most), ppi=20)) == 1
    assert 2 <= len(paper_pictures(PAPERS["model"], ppi=20)) <= 6


def test_letters_that_no_font_has_are_written_as_what_they_are(monkeypatch):
    given, real = [], printing._shown

    def noted(value, strange):
        given.append(real(value, strange))
        return given[-1]

    monkeypatch.setattr(printing, "_shown", noted)
    section = Section(name="a", title="病院 😀", blocks=(Text(words=words("Ответ 答え äöü ≥ 3 e\u20dd\U0001d167")),))
    paper = Paper(heading="H", organisation="O", kind="K", asof=1, origin=words("From 1 row."), sections=(section,))
    assert paper_pdf(paper).startswith(b"%PDF")
    shown = given[-1]["sections"][0]
    assert paper_pdf(replace(paper, sections=())).startswith(b"%PDF")  # another report is not changed by it
    assert shown["title"] == "⟨U+75C5⟩⟨U+9662⟩ ⟨U+1F600⟩"
    assert shown["blocks"][0]["words"][0][1] == "Ответ ⟨U+7B54⟩⟨U+3048⟩ äöü ≥ 3 e⟨U+20DD⟩⟨U+1D167⟩"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("world"))
    made.watched.verify()
    yield made
    made.ledger.close()


@pytest.mark.parametrize(
    "command",
    [
        ("board", "--out", "a.pdf"),
        ("review", "--quarter", "2026-Q3", "--out", "a.pdf"),
        ("card", "system", "--system", "tool", "--out", "a.pdf"),
        ("card", "annex-iv", "--system", "tool", "--out", ".", "--format", "pdf"),
    ],
)
def test_commands_write_the_same_pdf_twice(world, command):
    folder, made = world.path.parent, []
    for _ in range(2):
        code, _ = run(folder, *command, "--as-of", "2026-11-20")
        assert code in {0, 3}
        (found,) = folder.glob("*.pdf")
        made.append(found.read_bytes())
        found.unlink()
    assert made[0] == made[1]
    assert made[0].startswith(b"%PDF")


@pytest.mark.parametrize("path", ["/files/board.pdf", "/files/review/review.pdf", "/files/systems/tool/annex-iv.pdf"])
def test_pages_give_pdf_along(world, path):
    answer = world.client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == f'attachment; filename="{path.rpartition("/")[2]}"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content.startswith(b"%PDF-1.7")
    assert world.client.get(path, headers={"if-none-match": answer.headers["etag"]}).status_code == 304
    assert world.client.get(path).content == answer.content


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible(browser, folder, scheme):  # noqa: F811
    for name in ("model", "annex-iv", "board", "review", "attacked"):
        with Visit(browser, folder / f"{name}.html", scheme=scheme) as visit:
            visit.page.evaluate(source())
            found = visit.ask(f"axe.run(document, {{runOnly: {RULES if scheme == 'light' else COLOURS}}})")
            assert not [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]], name
            assert visit.requests == [visit.url]


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
def test_pages_fit(browser, folder, size):  # noqa: F811
    for name in ("model", "board", "review", "attacked"):
        with Visit(browser, folder / f"{name}.html", size=size) as visit:
            assert visit.ask(OVERFLOWING) == [], name
