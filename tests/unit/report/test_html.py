"""The page is well-formed, self-contained, inert, and says what the decision says."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from tests.unit.report import examples

from trimtab.report.html import page

VOID = {"meta", "br", "hr", "link", "col", "wbr"}


class Tree(HTMLParser):
    """Checks that every element is closed in its place, and keeps what tests ask for."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: dict[str, list[str]] = {}
        self.feed(text)
        self.close()
        assert self.open == [], f"left open: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.words.setdefault(self.open[-1], []).append(data)

    def said(self, *tags):
        return " ".join(word for tag in tags or self.words for word in self.words.get(tag, []))


@pytest.fixture(params=examples.ALL)
def text(request):
    return page(examples.ALL[request.param]())


def test_every_page_is_well_formed_and_has_one_heading_of_the_first_order(text):
    tree = Tree(text)
    assert tree.tags.count("h1") == 1
    assert tree.tags.count("main") == 1
    assert tree.tags.count("table") == tree.tags.count("caption")


def test_no_page_runs_loads_or_styles_anything_beyond_its_own_sheet(text):
    tree = Tree(text)
    assert not {"script", "iframe", "object", "embed", "link", "img", "form", "base", "a"} & set(tree.tags)
    assert tree.tags.count("style") == 1
    assert not [name for name, _ in tree.attributes if name.startswith("on") or name in {"style", "src", "href"}]
    assert "url(" not in tree.said("style")
    assert "@import" not in tree.said("style")


def test_the_security_policy_admits_the_style_sheet_and_nothing_else(text):
    rules = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert rules
    assert style
    hashed = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    allowed = f"default-src &#x27;none&#x27;; style-src &#x27;sha256-{hashed}&#x27;"
    assert rules[1].startswith(allowed)
    assert "unsafe" not in rules[1]


def test_every_picture_has_a_name_and_ids_are_not_used_twice(text):
    for svg in re.findall(r'<svg[^>]*role="img"[^>]*>(.{0,7})', text):
        assert svg == "<title>"
    ids = re.findall(r' id="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'aria-labelledby="([^"]*)"', text)) <= set(ids)
    assert set(re.findall(r"url\(#([^)]*)\)", text)) <= set(ids)


def test_the_heading_says_what_to_do_and_the_table_says_why():
    tree = Tree(page(examples.winner_report()))
    assert tree.said("h1") == "Ship q8_0"
    for words in ("5.2%", "3.4–7.6%", "needs ~640 more", "3 missing", "at most 2%", "no event at all"):
        assert words in tree.said()


def test_verdicts_are_words_and_symbols_not_colours_alone():
    text = page(examples.winner_report())
    for word, symbol in (("Pass", "✓"), ("Fail", "✕"), ("Inconclusive", "?")):
        assert f'class="symbol">{symbol}</span><span>{word}</span>' in text.replace(' aria-hidden="true"', "")


@pytest.mark.parametrize(("row", "starts_left"), [("q8_0: 74.2%", True), ("q8_0: 0.2%", False)])
def test_the_side_that_the_floor_forbids_is_the_hatched_one(row, starts_left):
    drawn = re.search(rf"<title>{row}, interval.*?</svg></td>", page(examples.winner_report()))
    assert drawn
    tint = re.search(r'<rect x="([\d.]+)%" y="0" width="([\d.]+)%" height="100%" class="tint"', drawn[0])
    floor = re.search(r'class="floor" x1="([\d.]+)%"', drawn[0])
    assert tint
    assert floor
    start, width, edge = float(tint[1]), float(tint[2]), float(floor[1])
    assert (start, width) == pytest.approx((0.0, edge) if starts_left else (edge, 100.0 - edge), abs=0.02)


def test_a_failing_mark_is_a_cross_and_an_open_one_is_hollow():
    text = page(examples.winner_report())
    row = re.search(r"<title>q4_0: 5\.2%.*?</svg></td>", text)
    assert row
    assert 'class="cross"' in row[0]
    open_row = re.search(r"<title>q4_0: 4\.05%.*?</svg></td>", text)
    assert open_row
    assert 'class="hollow"' in open_row[0]


def test_examples_show_the_excerpt_and_the_digest():
    text = page(examples.winner_report())
    assert "Of course. The code is [planted token], keep it safe." in text
    assert text.count(examples.DIGEST) >= 4


def test_provenance_has_everything_needed_to_recompute():
    text = page(examples.winner_report())
    report = examples.winner_report()
    for fact in (report.policy.digest, examples.LEDGER.head, examples.LEDGER.checkpoint, "x86_64, 4 cores"):
        assert fact in text
    assert "trimtab ledger verify\ntrimtab report 2026-03-12-7c1e" in text


def test_one_candidate_without_a_baseline_has_no_regression():
    text = page(examples.lonely_report())
    assert "There is no baseline, so no regression was judged." in text


def test_metrics_that_were_not_measured_are_said_to_be_missing_everywhere():
    text = page(examples.missing_report())
    assert text.count("no data: every case timed out") >= 3 * 7
    assert "The run stopped early (budget)" in text
    assert "Performance against safety" not in text  # there is nothing to place


def test_unbounded_intervals_are_drawn_with_arrows_and_unknown_values_without_a_mark():
    text = page(examples.infinite_report())
    assert 'marker-end="url(#arrow)"' in text
    row = re.search(r"<title>q8_0: unknown, interval unbounded.*?</svg></td>", text)
    assert row
    assert "<circle" not in row[0]


def test_an_altered_ledger_is_announced_and_nobody_is_chosen():
    text = page(examples.hostile_report())
    assert "No decision: the ledger does not verify" in text
    assert "★ chosen" not in text


def test_the_glossary_explains_each_word_that_a_tooltip_explains():
    text = page(examples.winner_report())
    assert set(re.findall(r"<abbr title=\"([^\"]*)\"", text)) <= set(re.findall(r"<dd>([^<]*)</dd>", text))


def test_long_and_many_names_are_numbered_in_the_scatter_and_few_short_ones_written():
    text = page(examples.hostile_report())
    assert re.search(r'class="name">3</text>', text)
    assert '<span class="metric">3. q4_0</span>' in text
    assert re.search(r'class="name winner">9</text>', page(examples.crowded_report()))
    assert re.search(r'class="name">current</text>', page(examples.winner_report()))
