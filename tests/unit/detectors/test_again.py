"""What a view is looked at for again is all that can be new in it, and no more of it than lies near what was replaced."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.unit.detectors.test_patterns import PATTERNS
from tests.unit.detectors.test_reach import HITS, PROSE

from trimtab.builtin.detectors.patterns import detector, numbers, secret_near
from trimtab.builtin.detectors.patterns.detector import PatternDetector, _is_new
from trimtab.builtin.detectors.patterns.engine import Engine
from trimtab.detect import reading
from trimtab.detect.reading import APART_FROM_IT, BEFORE, BEYOND, CLOSE, beside, changed, ends_alike, marks, replaced
from trimtab.detect.signs import digit_groups
from trimtab.detect.view import View, views

ENGINE = Engine(PATTERNS, with_numbers=True)
NAMES = [
    "password: ",
    "token=",
    '<input value="hG7!kq2pZ" name="password">',
    'key: "',
    "%41na@example.org",
    "&#97;na@example.org",
    "c o m e",
    "%20",
]
PIECES = st.lists(st.tuples(st.sampled_from([*HITS, *NAMES]), st.integers(0, 900)), min_size=2, max_size=9)


@settings(max_examples=150)
@given(PIECES)
def test_nothing_new_is_left_out_where_nothing_is_marked(pieces):
    text = "".join(f"{hit} {(PROSE * 12)[:prose]}" for hit, prose in pieces)
    for view in views(text):
        near = changed(view)
        marked = marks(view, near) if view.of else None
        again = [one for one in ENGINE.find(near, marked) if _is_new(view, near, *one[:2])]
        assert sorted(again) == sorted(one for one in ENGINE.find(near) if _is_new(view, near, *one[:2]))


def test_far_from_what_was_replaced_nothing_is_judged_again():
    told = "and password: hG7!kq2pZ it is "
    text = f"{told * 80} a%40example.org {told * 120}"
    view = list(views(text))[1]
    near = changed(view)
    marked = marks(view, near)
    assert len(near.text) < len(text) / 2
    assert marked is not None
    assert len(marked) == len(near.text) + 1
    assert 0 < marked.count(CLOSE) < len(marked)
    assert len(ENGINE.find(near, marked)) < len(ENGINE.find(near)) < len(ENGINE.find(view))


@given(
    st.text("ab%", min_size=50, max_size=60),
    st.sets(st.integers(0, 59), min_size=2, max_size=8),
    st.integers(0, 9),
    st.integers(0, 9),
)
def test_what_lies_around_what_was_replaced_is_known_without_a_look_at_every_part(text, places, before, beyond):
    parts = [(at, at + 1, "xy" * (at % 3)) for at in sorted(places) if at < len(text)]
    view = replaced(View("", text), "some", parts)
    if view is None:
        return
    wanted: set[int] = set()
    for piece, (cut, to) in enumerate(zip(view.cuts, view.tos, strict=True)):
        upto = cut if to < 0 else [*view.cuts, len(view.text)][piece + 1]
        if to >= 0 or piece or view.froms[0]:
            wanted.update(range(max(0, cut - before), min(len(view.text), upto + beyond)))
    spans = reading._around(view, before, beyond)
    assert {at for low, high in spans for at in range(low, high)} == wanted
    assert all(one[1] < other[0] for one, other in pairwise(spans))


def test_a_value_long_before_its_name_is_new_where_something_before_it_is():
    told = "and so it is told " * 150
    text = f'{told}%41{"." * 200} <input value="hG7!kq2pZ" alt="{"x" * 70}" title="{"y" * 70}" name="password"> {told}'
    view = list(views(text))[1]
    near = changed(view)
    marked = marks(view, near)
    name = near.text.index("password")
    assert marked is not None
    assert (marked[name], marked[name + 300]) == (APART_FROM_IT, 0)
    assert ENGINE.find(near, marked) == ENGINE.find(near) != []


NUMBERED = [
    "415 555 0123", "tel 1234567 ", "12345678Z", "AB 12 34 56 C", "40.4168, -3.7038", "00:1A:2b:3C:4d:5E", "2001:db8::8a2e:370:7334", "1-2-3 4", "DE89 3704 0044 0532 0130 00",
    "123e4567-e89b-12d3-a456-426614174000", "a1" * 40, "aa:1b:" * 30, "12 " * 50, " office", "password ", "pat", "\u00e9", "Z", "-", ":", " ", "\n",
]  # fmt: skip
REPLACED = ["%41", "&#49;", "%20", "\u200b", "\uff11", "l2 34 5O", "<b></b>", " [at] ", "\u0430"]
DIGITS_ABOUT = st.lists(
    st.tuples(
        st.sampled_from([*NUMBERED, *REPLACED, *HITS]), st.sampled_from(["", "", " ", "x", PROSE[:40], PROSE * 3])
    ),
    min_size=2,
    max_size=14,
).map(lambda pieces: "".join(map("".join, pieces)))


@settings(max_examples=300)
@given(DIGITS_ABOUT)
@example(
    f"{' '.join(f'U+{ord(sign):04X}' for sign in '+44 20 7946 0018')}{'aa:1b:' * 30}"
)  # a word with many beginnings
def test_digits_far_from_what_was_replaced_are_what_they_were(text):
    quick = PatternDetector().find(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(detector, "ends_alike", lambda _: False)  # so that they are all judged again
        assert quick == PatternDetector().find(text)


SO_FAR = "and tell her that it all went as it was meant to go and so on,"


@pytest.mark.parametrize(
    "text",
    [
        "%74el of the old house by sea 1234567",
        f"%20{SO_FAR} 1234567 %6Fffice",
        f"write to ana [at] example.org {SO_FAR} 1234567 %6Fffice",  # what is no news in one reading is some in the next
    ],
)
def test_digits_are_judged_again_where_what_says_what_they_are_is_new(text):
    at = text.index("1234567")
    assert [(one.label, one.start) for one in PatternDetector().find(text)][-1] == ("personal.phone", at)


def test_what_looks_far_from_digits_is_told_of_no_disguise():
    assert secret_near.UNSURE < detector._LEAST_DISGUISED


def test_few_digits_are_judged_again():
    text = "call 415 555 0123 or x9y8z7w6v5 " * 200 + "%41" + "call 415 555 0123 or x9y8z7w6v5 " * 20
    view = list(views(text))[1]
    near = changed(view)
    parts = beside(view, near, numbers.BEFORE, numbers.BEYOND)
    again = numbers.rows_near(near.groups, parts)
    assert 0 < len(again) < len(near.groups) / 10


@given(
    st.text("1 .x", max_size=60),
    st.lists(st.integers(0, 60), min_size=2, max_size=6, unique=True).map(sorted).map(lambda at: list(zip(at[::2], at[1::2], strict=False))),
)  # fmt: skip
@example("1 1 1 1 1 1 1 1", [(6, 8)])
@example("1 1 1 1 1 1x1 1 1 1", [(1, 2), (6, 9)])
def test_a_row_of_digits_is_taken_whole(text, parts):
    groups = digit_groups(View("", text).raw)
    taken = numbers.rows_near(groups, parts)
    assert taken == sorted(set(taken))
    assert set(taken) <= set(groups)
    for run in numbers._runs(text, groups):
        if any(low < run.end() and run.start() < high for low, high in parts):
            assert run.span() in [one.span() for one in numbers._runs(text, taken)]


@pytest.mark.parametrize(
    ("parts", "alike"), [([(0, 1, "")], True), ([(1, 3, "")], False), ([(1, 3, "x")], True), ([(0, 3, "")], False)]
)
def test_what_was_taken_from_the_end_is_seen(parts, alike):
    view = replaced(View("", "abc"), "some", parts)
    assert view is not None
    assert ends_alike(view) is alike


def test_the_constants_allow_for_each_other():
    assert reading._FOUND + reading.AHEAD >= BEFORE
    assert reading._FOLLOWS + reading._BEHIND <= BEYOND
