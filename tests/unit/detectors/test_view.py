"""A view shows what is disguised, and everything found in one maps back to a place in the original."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.detect.signs import Signs, as_bytes
from trimtab.detect.view import views

DISGUISES = {
    "spaced": "a n a @ e x a m p l e . o r g",
    "brackets": "ana [at] example [dot] org",
    "words": "ana at example dot org",
    "spanish": "ana arroba example punto org",
    "full width": "ａｎａ＠ｅｘａｍｐｌｅ．ｏｒｇ",
    "zero width": "a\u200bna@exa\u200dmple.o\u2060rg",
    "look-alike": "аnа@ехаmрlе.оrg",
    "percent": "ana%40example%2Eorg",
    "entity": "ana&#64;example&#x2e;org",
    "named entity": "ana&commat;example&period;org",
    "escape": "ana\\u0040example\\x2eorg",
    "base64": "YW5hQGV4YW1wbGUub3Jn",
    "hexadecimal": "616e61406578616d706c652e6f7267",
    "mathematical": "𝐚𝐧𝐚@𝐞𝐱𝐚𝐦𝐩𝐥𝐞.𝐨𝐫𝐠",
    "bidi": "\u202aana@example.org\u202c",
}


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES)
def test_a_disguised_address_stands_plainly_in_one_view(disguise):
    text = f"Write to {disguise} today."
    shown = [(view, at) for view in views(text) if (at := view.text.find("ana@example.org")) >= 0]
    assert shown
    view, at = shown[-1]
    start, end = view.span(at, at + len("ana@example.org"))
    assert text[start:end].strip("\u202a\u202c") == disguise.strip("\u202a\u202c")


@pytest.mark.parametrize("text", ["", "Nothing to see here.", "I was at home at 10 o'clock, and so on.", "a = b"])
def test_a_plain_text_is_shown_as_it_is(text):
    assert next(iter(views(text))).text == text
    assert all(view.of is not None for view in list(views(text))[1:])


@given(
    st.lists(
        st.sampled_from([*DISGUISES.values(), "\ud800", "İ", "e\u0301" * 3, "%zz", "&#9999999;", "====", "4l5 O2"])
        | st.text(max_size=20),
        max_size=6,
    ).map(" ".join)
)
def test_every_character_of_every_view_has_a_place(text):
    for view in views(text):
        for at in range(len(view.text)):
            start, end = view.span(at, at + 1)
            assert 0 <= start < end <= len(text)


@pytest.mark.parametrize("size", range(40, 52))
@pytest.mark.parametrize("sign", ["u", "A", "Y"])
def test_a_word_that_breaks_off_is_not_read_beyond_its_end(sign, size):
    text = f"YW5hQGV4YW1wbGUub3Jn{sign * size}"
    for view in views(text):
        assert view.span(len(view.text) - 1, len(view.text))[1] <= len(text)


LITERALS, EXACT = ("ab", " at ", "(.)", "%", "AB", "@"), (False, False, False, False, True, False)


@given(st.lists(st.sampled_from([*LITERALS, "Ab", "AT", "é", "\u212a"]) | st.text(max_size=6), max_size=8).map("".join))
def test_hyperscan_and_python_see_the_same_signs(text):
    quick, plain = Signs(LITERALS, exact=EXACT), Signs(LITERALS, exact=EXACT, hyperscan=False)
    raw = as_bytes(text)
    assert len(raw) == len(text)
    shown = quick.of(raw, raw.lower())
    assert shown == plain.of(raw, raw.lower())
    assert quick.places(raw, raw.lower(), shown) == plain.places(raw, raw.lower(), shown)


@given(st.sampled_from([b"a", b"ab", b"aa", b"aba", b"abab"]), st.binary(max_size=8), st.integers(1, 60))
def test_every_place_of_a_sign_is_seen_however_many_there_are(sign, text, times):
    text = bytes(b"abc"[code % 3] for code in text) * times
    wanted = [at for at in range(len(text)) if text.startswith(sign, at)]
    assert Signs([sign.decode()], hyperscan=False).places(text, text, [0]) == {0: wanted}


@given(st.lists(st.sampled_from(["ab", "aB", "bc", "AB", "é"]) | st.text(max_size=3), max_size=60).map("".join))
def test_where_many_signs_stand_is_seen_in_one_pass_as_by_a_search_for_each(text):
    pairs = [first + second for first in "abcdefghij" for second in "abcdefghij"]
    quick, plain = (
        Signs(pairs, exact=[pair < "e" for pair in pairs]),
        Signs(pairs, exact=[pair < "e" for pair in pairs], hyperscan=False),
    )
    raw = as_bytes(" ".join(pairs) + text)
    shown = quick.of(raw, raw.lower())
    assert len(shown) == len(pairs)
    assert quick.places(raw, raw.lower(), shown) == plain.places(raw, raw.lower(), shown)
