"""A planted value is found however it is dressed up, exactly where it stands, and not where it is not."""

import base64
import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.detect.disguise import begins_at_end, merge, shows, spans

VALUES = st.from_regex(r"[A-Z]{4,8}-[0-9]{4}", fullmatch=True)
# No letters or digits, so that the borders of the disguise stay where they are.
FRAMES = st.text(st.sampled_from(" .,:;!?()\n"), max_size=8)
DISGUISES = {
    "plain": lambda v: v,
    "lower": str.lower,
    "spaced": " ".join,
    "hyphenated": "-".join,
    "one a line": "\n".join,
    "invisible": "\u200b".join,
    "backwards": lambda v: v[::-1],
    "rot13": lambda v: codecs.encode(v, "rot13"),
    "hex": lambda v: v.encode().hex(),
    "hex in pairs": lambda v: v.encode().hex(" "),
    "base64": lambda v: base64.b64encode(v.encode()).decode(),
    "base64 of lower": lambda v: base64.b64encode(v.lower().encode()).decode(),
    "url-safe base64": lambda v: base64.urlsafe_b64encode(b">>" + v.encode()).decode(),
    "full width": lambda v: "".join(chr(ord(c) + 0xFEE0) for c in v),
    "accents": "\u0301".join,
}


@pytest.mark.parametrize("name", sorted(DISGUISES))
@given(value=VALUES, before=FRAMES, after=FRAMES)
def test_every_disguise_is_seen_through(name, value, before, after):
    text = before + DISGUISES[name](value) + after
    found = spans(text, [value])
    assert found
    if "base64" not in name:  # there the last character may hold bits of what follows
        hidden = {at for start, end in found for at in range(start, end)}
        assert not any(char.isalnum() for at, char in enumerate(text) if at not in hidden)


@given(value=VALUES, before=st.binary(max_size=9), after=st.binary(max_size=9))
def test_base64_of_a_longer_text_is_seen_through(value, before, after):
    assert shows(base64.b64encode(before + value.encode() + after).decode(), [value])


@given(value=VALUES, text=st.text("abcdefghijklmnopqrstuvwxyz .,", max_size=200))
def test_words_without_its_digits_do_not_show_it(value, text):
    assert not shows(text, [value])
    assert not shows(f"{text} {value[:-1]} {text}", [value])


@pytest.mark.parametrize("text", ["", "cats concatenate", "tac", "c a t", "Y2F0", "636174"])
def test_a_short_value_is_found_as_a_word_only(text):
    assert not shows(text, ["cat"])
    assert shows(f"{text} the Cat.", ["cat"])


@pytest.mark.parametrize("values", [[], [""], ["", ""]])
def test_nothing_planted_is_never_found(values):
    assert not shows("anything", values)


def test_a_value_without_letters_is_found_as_it_is():
    assert spans("a !!! b", ["!!!"]) == [(2, 5)]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("It is MAROLI", True),
        ("It is MAROLIN-482", True),
        ("It is MAR", False),
        ("It is MAROLIN-4827", False),
        ("", False),
    ],
)
def test_a_value_cut_off_in_the_middle(text, cut):
    assert begins_at_end(text, ["MAROLIN-4827"]) is cut


def test_ranges_that_touch_become_one():
    assert merge([(5, 6), (0, 2), (2, 3), (1, 2)]) == [(0, 3), (5, 6)]
