"""What a view is looked at for again is all that can be new in it, and no more of it than lies near what was replaced."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.detectors.test_patterns import PATTERNS
from tests.unit.detectors.test_reach import HITS, PROSE

from trimtab.builtin.detectors.patterns.detector import _is_new
from trimtab.builtin.detectors.patterns.engine import Engine
from trimtab.detect import reading
from trimtab.detect.reading import APART_FROM_IT, BEFORE, BEYOND, CLOSE, changed, marks, replaced
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


def test_the_constants_allow_for_each_other():
    assert reading._FOUND + reading.AHEAD >= BEFORE
    assert reading._FOLLOWS + reading._BEHIND <= BEYOND
