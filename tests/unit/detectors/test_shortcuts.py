"""What is asked first because it is quick says what the whole question would have said."""

import dataclasses
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trimtab.builtin.detectors.patterns import number_kinds, secret_signs, secret_stand_ins
from trimtab.builtin.detectors.patterns.detector import PatternDetector
from trimtab.builtin.detectors.patterns.secret_drawn import DIGIT, random_part
from trimtab.builtin.detectors.patterns.secret_stand_ins import refers, stands_in
from trimtab.builtin.detectors.patterns.secret_values import hopeless
from trimtab.detect import words
from trimtab.detect.signs import digit_groups
from trimtab.detect.view import View
from trimtab.kinds import Finding

PIECES = (
    *"=:&\"'` []()|\n\t\\->*,_~#$@1é是：", "&#34;", "&quot;", "&#3", "&gt;", "&amp;", "\r\n", "<b>", "</td>", "str", "String", 'os.getenv("X", ', "bytes(",
    "abc", "x9Y", "o", "r ", "i", "st ", "__", "a", "9", "!!x ", "**", "<-", "?=", "or", "is", " = ", '="', "=>", "==", "ENV.fetch(", "new ", "value", "'abc ", "%3D", "{", "}",
)  # fmt: skip
AFTER_A_NAME = st.builds(
    lambda first, rest: first + "".join(rest),
    st.sampled_from("=:&\"'` oiag1@é是"),
    st.lists(st.sampled_from(PIECES), max_size=7),
)


@given(AFTER_A_NAME)
@example('or "x"')
@example("ist x9")
@example("'or 'x'")
@example("&#34;=x")
@example(":=x")
@example(": str = x")
def test_a_sign_is_the_same_by_what_it_begins_with(text):
    whole, quick = secret_signs.SIGN.match(text), secret_signs.sign_at(text, 0)
    assert (whole is None) == (quick is None)
    if whole and quick:
        assert (whole.span(), whole.groups(), whole.span("sign")) == (quick.span(), quick.groups(), quick.span("sign"))


VALUES = st.lists(
    st.sampled_from([*",;&|?:= \"'`<>(){}.-_@é密\n", "a1", "B2c3", "River8", "abcd", "pw=", "密码=", "x" * 30, "7" * 40, "amp;", "是"]), max_size=9
).map("".join)  # fmt: skip


@given(st.sampled_from(["=", ":", "= ", ": "]), VALUES)
def test_where_a_plain_value_ends_is_the_same(sign, value):
    text = f"pw{sign}{value}"
    low = 2 + len(sign)
    high = secret_signs.plain_value(text, 2, low, 4)
    if high:
        head = secret_signs.bare_head(text, low)
        assert secret_signs.is_glued(text, 2, low, head)
        assert secret_signs.bare_value(text, low, head, cell=False) == (low, high)
        assert not any(
            hopeless(head, key=key, licences=licences) for key in (False, True) for licences in (False, True)
        )


WORDS = st.lists(
    st.sampled_from(
        [*secret_stand_ins._CODE_WORDS, *secret_stand_ins._STAND_INS, *secret_stand_ins._WORDS_IN, "me", "this", "with", "pass", "user", "key", "aB3dE", "Q", "7", "x9", "AAAA"]
    ),
    min_size=1,
    max_size=4,
).map(lambda words: "".join(char for char in "".join(words) if char.isalnum() and char.isascii()))  # fmt: skip


@given(WORDS.filter(bool))
def test_what_stands_in_is_the_same_for_letters_and_digits(word):
    head = word[:64]
    low = head.lower()
    asked = (
        len(set(head)) < 3
        or secret_stand_ins._CODE.match(low) is not None
        or secret_stand_ins._placeholder(low) is not None
        or secret_stand_ins._VARIABLE_NAME.fullmatch(head) is not None
    )
    assert stands_in(word) == asked


@given(WORDS.filter(bool))
def test_what_refers_is_the_same_for_letters_and_digits(word):
    head = word[:64]
    asked = (
        secret_stand_ins.NAME.fullmatch(head) is not None
        and (not DIGIT.search(head) or secret_stand_ins.SAYS_ITSELF.search(head.lower()) is not None)
        and not random_part(head)
    )
    assert refers(word) == asked


@given(
    st.lists(
        st.sampled_from([*number_kinds._NEVER_ENDS, *" .:#$€\n\u00a0", "x", "the ", "no", "order no"]), max_size=6
    ).map("".join)
)
@pytest.mark.parametrize("reach", [0, 16])
def test_words_that_say_never_are_the_same(reach, before):
    place = max(0, len(before) - reach) if reach else 0
    assert number_kinds._never(before, place) == (number_kinds._NEVER.search(before, place) is not None)


def test_findings_are_as_their_constructor_makes_them():
    found = PatternDetector().find("ana@example.org, 4111 1111 1111 1111, pass\u200bword: hunter2River")
    assert len(found) > 2
    for one in found:
        again = Finding(**{field.name: getattr(one, field.name) for field in dataclasses.fields(Finding)})
        assert again == one
        assert hash(again) == hash(one)
        with pytest.raises(dataclasses.FrozenInstanceError):
            one.start = 0  # type: ignore[misc]


def test_what_was_judged_of_one_text_is_gone_with_it():
    assert View("", "a").known is not View("", "a").known


def test_of_two_labels_at_one_place_the_same_stays_whatever_the_text_goes_on_with():
    begun = "Set-Cookie: sessionid=ZxMR34x43NQMJmSiO282vg4F7a; Path=/"
    (alone,) = PatternDetector().find(begun)
    for rest in ("\n salt", "\n secret", "\n insert into", " 密码 token cookie: a=b"):
        assert PatternDetector().find(begun + rest)[0] == alone


@given(
    st.lists(st.sampled_from(["1", "23", "45678", " ", "a", "--"]), min_size=1, max_size=12).map("".join),
    st.integers(0, 1_200),
)
@example("1", 3_000)
@example(" 1", 2_000)
@example("1 ", 2_000)
def test_groups_of_digits_are_the_same_however_many_there_are(piece, times):
    raw = (piece * times).encode()
    assert digit_groups(raw) == [match.span() for match in re.finditer(rb"[0-9]+", raw)]


@given(
    st.lists(st.sampled_from([*"@.+-_ ,aZ9\n", "moc", "x" * 70]), max_size=12).map("".join),
    st.integers(0, 90),
    st.integers(0, 90),
)
@example("x" * 63 + " ", 0, 0)
@example("x" * 64 + "@" + "x" * 64, 64, 0)
def test_words_around_a_sign_are_the_same_in_ascii(text, before, least):
    text = f"{text[:before]}@{text[before:]}"
    place = text.index("@")
    signs = text.encode().translate(words._ADDRESS_SIGNS)
    least = min(least, place)
    assert words._word_around(text, signs, place, least) == words._any_word_around(text, signs, place, least)


@given(st.lists(st.sampled_from(["l", "O", "1", "23", " ", "-", "x", "5551234"]), max_size=14).map("".join))
@example("5O 5551234 x 1")
@example("l1x 5551234 l")
def test_letters_are_read_as_digits_near_every_number_that_touches_one(text):
    view = View("", text)
    plainer = words.unleet(view, words.mixed_groups(view))
    near = [
        (start, end)
        for start, end in view.groups
        if set(text[max(0, start - 1) : start] + text[end : end + 1]) & set("OoIlSBZ")
    ]
    if not near:
        assert plainer is None
    elif len(text) < 40:
        read = plainer.text if plainer else text
        at = 0
        for start, end in (match.span() for match in words._LEET_NUMBER.finditer(text)):
            assert read[at:start] == text[at:start]
            letters = sum(map(str.isalpha, text[start:end]))
            digits = text[start:end].translate(str.maketrans("OoIlSBZ", "0011582"))
            asked = 0 < letters <= sum(map(str.isdigit, text[start:end]))
            # What touches a number is read; whatever stands beside that may be, too.
            must = asked and any(start <= low and high <= end for low, high in near)
            assert read[start:end] in ({digits} if must else {digits, text[start:end]} if asked else {text[start:end]})
            at = end
        assert read[at:] == text[at:]
