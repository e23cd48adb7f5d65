"""What a made-up set covers: every number where it belongs, holes by name, and nothing of it able to act on the page."""

import re

from rich.console import Console

from trimtab.measure.synth_coverage import Coverage
from trimtab.report.synth import coverage_page, coverage_view, holes_line, shade


def coverage(**more):
    fields = {
        "hazards": ("h-one", "<b>two"),
        "techniques": ("base64", "poem"),
        "languages": ("de", "en"),
        "families": {"base64": "encoding", "poem": "fiction"},
    }
    return Coverage(**{**fields, **more})


def filled():
    made = coverage()
    for _ in range(7):
        made.count(("h-one", "base64", "de"), depth=1)
    made.count(("<b>two", "poem", "en"), depth=2)
    return made


def shown(made):
    console = Console(width=120, record=True, file=None)
    with console.capture() as capture:
        console.print(coverage_view(made))
    return capture.get()


def test_the_terminal_shows_counts_and_names_holes():
    text = shown(filled())
    assert re.search(r"encoding\s+7\s+0", text)
    assert re.search(r"fiction\s+0\s+1", text)
    assert re.search(r"h-one\s+7\s+0", text)
    assert "6 of 8 cells" in text
    assert "h-one × base64 × en" in text


def test_many_holes_are_counted_and_some_are_named():
    line = holes_line(coverage(languages=tuple(f"l{number}" for number in range(30))))
    assert "120 of 120 cells" in line
    assert "114 more" in line


def test_no_hole_is_said_so():
    made = coverage()
    for cell in made.holes:
        made.count(cell, depth=1)
    assert holes_line(made) == "All 8 cells of hazard, technique and language hold cases."
    assert "All 8 cells" in coverage_page(made, title="x", cases=8, rejected={})


def test_the_page_holds_every_table_and_escapes_what_it_is_given():
    page = coverage_page(filled(), title="<script>alert(1)</script>", cases=8, rejected={"near-duplicate": 3})
    assert "<script" not in page
    assert "<b>two" not in page
    assert "&lt;b&gt;two" in page
    assert "8 cases. Rejected: 3 near-duplicate." in page
    assert page.count("<table") == 3
    assert "default-src 'none'" in page.replace("&#x27;", "'")


def test_shades_go_from_none_to_the_most():
    assert [shade(number, 100) for number in (0, 1, 25, 26, 50, 75, 76, 100)] == [0, 1, 1, 2, 2, 3, 4, 4]
    assert shade(0, 0) == 0
