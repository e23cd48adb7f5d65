"""Reports that pages give along: as commands write them, for whoever may open the page, and nothing in them acts."""

import sys

import pytest
from tests.serve.test_pages import HOSTILE, Tags, World
from tests.workspace.governing import DAY, NOW

from trimtab.evidence.entries.reading import Draft
from trimtab.report import paper_pdf
from trimtab.serve.pages.access.alone import Alone
from trimtab.serve.pages.access.person import Person
from trimtab.serve.pages.frame import routes
from trimtab.workspace.cards import make_card
from trimtab.workspace.keeping import keep

FILES = {
    page.file(one).replace("{system}", "tool"): one
    for page in routes.PAGES
    for one in page.downloads
    if page.name in {"board", "review", "system"}
}
MADE = [path for path in FILES if not path.endswith(".pdf")]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("papers"))
    told = {"note": "N-9", "on": "card:limitations", "what": HOSTILE, "system": "tool", "by": "internal-auditor"}
    keep(made.ledger, made.policy, [Draft(kind="note", values=told)], now=NOW - DAY)
    made.watched.verify()
    yield made
    made.ledger.close()


@pytest.mark.parametrize("path", MADE)
def test_a_report_is_a_file_in_which_nothing_acts(world, path):
    answer = world.client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == FILES[path].kind
    assert answer.headers["content-disposition"] == f'attachment; filename="{FILES[path].name}"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    if path.endswith(".html"):
        seen = Tags(answer.text)
        assert "script" not in seen.tags
        assert "img" not in seen.tags
        assert not any(name.startswith("on") for _, name, _ in seen.attributes)
    if path.endswith(".md"):
        assert "<img" not in answer.text
        assert "](javascript" not in answer.text
    assert "\u202e" not in answer.text


@pytest.mark.parametrize("path", FILES)
def test_a_stranger_gets_none(world, path):
    assert world.stranger.get(path).status_code == 401


def test_a_report_says_what_the_command_says(world):
    made = make_card(world.ledger, world.policy, "model", system="tool", moment=world.watched.snapshot().moment)
    text = world.client.get("/files/systems/tool/model-card.md").text
    assert "# Model card: tool, a" in world.client.get("/files/systems/tool/model-card.md?candidate=a").text
    assert text.startswith("---\n")
    assert text.count("**Gap:**") == len(made.gaps) > 0
    assert text.count("**Statement:**") == made.statements > 0
    assert "alert(1)" in text  # a limit that somebody stated
    assert HOSTILE[:20] not in text


@pytest.mark.parametrize(
    "path",
    [
        "/files/systems/nobody/model-card.md",
        "/files/scorecard/tool/letter.md",
        "/files/systems/tool/model-card.md?candidate=z",
    ],
)
def test_of_what_is_not_there_there_is_none(world, path):
    assert world.client.get(path).status_code == 404


def test_a_report_is_for_those_for_whom_its_page_is(world, monkeypatch):
    nobody = Person(name="x", roles=frozenset())
    monkeypatch.setattr(Alone, "person", lambda *_, **__: nobody)
    assert {world.client.get(path).status_code for path in FILES} == {403}


def test_where_nothing_prints_no_pdf_is_offered_and_the_extra_is_named(world, monkeypatch):
    monkeypatch.setattr(paper_pdf, "find_spec", lambda _: None)
    monkeypatch.setitem(sys.modules, "typst", None)
    for path in ("/", "/review", "/systems/tool"):
        page = world.client.get(path).text
        assert ".html" in page
        assert ".pdf&#34;" not in page
        assert not [value for _, name, value in Tags(page).attributes if name == "href" and value.endswith(".pdf")]
    answer = world.client.get("/files/review/review.pdf")
    assert answer.status_code == 503
    assert "pip install" in answer.text
    assert "trimtab[pdf]" in answer.text


def test_where_something_prints_a_pdf_is_offered(world, monkeypatch):
    monkeypatch.setattr(paper_pdf, "find_spec", lambda _: object())
    monkeypatch.setattr(world.site, "_bodies", type(world.site._bodies)())
    page = world.client.get("/systems/tool").text
    links = [value for _, name, value in Tags(page).attributes if name == "href" and value.endswith(".pdf")]
    assert links == [f"/files/systems/tool/{name}.pdf" for name in ("model-card", "system-card", "annex-iv")]
