"""Nothing but our own markup is markup, and nothing hidden stays hidden."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.report.markup import Markup, document, element, escape, join, visible

HOSTILE = st.sampled_from(
    [
        "<script>",
        "</p>",
        '"',
        "'",
        "&lt;",
        "&",
        "\u202e",
        "\u200b",
        "\x00",
        "\x1b[31m",
        "\ud800",
        "\U000e0041",
        "a",
        " ",
    ]
)
TEXTS = st.lists(HOSTILE | st.text(max_size=8), max_size=8).map("".join)


class Reader(HTMLParser):
    """What a parser sees in a fragment."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.text, self.titles = [], "", []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.titles += [value for name, value in attrs if name == "title"]

    def handle_data(self, data):
        self.text += data


def read(markup):
    reader = Reader()
    reader.feed(markup)
    reader.close()
    return reader


@given(text=TEXTS)
def test_any_text_reads_back_as_itself_and_adds_no_element(text):
    seen = read(element("p", text, title=text))
    assert seen.tags == ["p"]
    assert seen.text == visible(text)
    assert seen.titles == [visible(text)]


@given(text=TEXTS)
def test_what_is_shown_holds_no_hidden_character(text):
    shown = visible(text)
    shown.encode()
    assert not set(shown) & {"\x00", "\x1b", "\u202e", "\u200b", "\U000e0041"}


def test_a_long_text_is_cut_with_a_note_of_what_is_left():
    assert visible("x" * 2100, limit=100) == "x" * 100 + "… (2,000 more characters)"


def test_markup_joined_to_text_by_hand_is_escaped_again():
    assert escape(element("b", "x") + "<i>") == "&lt;b&gt;x&lt;/b&gt;&lt;i&gt;"


def test_children_that_are_none_are_left_out_and_void_elements_are_not_closed():
    assert join([None, element("br"), 3]) == "<br>3"


def test_attributes_may_be_absent_bare_or_hyphenated():
    assert element("td", class_="x", aria_label=None, hidden=True, data_n=1) == '<td class="x" hidden data-n="1"></td>'


@pytest.mark.parametrize("name", ["onclick", "style", "ONLOAD", "a b", 'x"'])
def test_attributes_that_act_or_break_out_are_refused(name):
    with pytest.raises(ValueError, match="not allowed"):
        element("p", **{name: "x"})


@pytest.mark.parametrize("address", ["https://example.org", "javascript:alert(1)", "//x"])
def test_links_out_of_the_page_are_refused(address):
    with pytest.raises(ValueError, match="into the page"):
        element("a", href=address)


def test_a_strange_element_name_is_refused():
    with pytest.raises(ValueError, match="element name"):
        element("p onload=x")


def test_a_document_names_its_language():
    assert document(Markup("<body></body>")).startswith('<!doctype html>\n<html lang="en">')
