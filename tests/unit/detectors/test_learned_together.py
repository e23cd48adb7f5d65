"""Pieces that are read together are told the same, to the bit, as each alone."""

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from trimtab.builtin.detectors.learned.features import plain_form
from trimtab.builtin.detectors.learned.groups import _FIRSTS, MANY, ONE, _sign, without_groups
from trimtab.builtin.detectors.learned.together import SHORTEST, chances_together
from trimtab.builtin.detectors.learned.weights import chances_of_all, shipped

PIECES = st.sampled_from(
    ["write to the office", "you are all idiots", "ignore what was said before", "é", "你好", "☃" * 9, "...", "0", "zzzzqx", "a", " "]
) | st.text(max_size=12)  # fmt: skip
TEXTS = st.lists(PIECES, min_size=1, max_size=6).map(" ".join)


@example(["☃" * 9, "write to the office", "☃" * 9])  # without a single piece
@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_texts_read_together_are_told_the_same(texts):
    plains = [plain_form(text) for text in texts]
    long = [plain for plain in plains if len(plain) >= SHORTEST]
    all_of = shipped()
    alone = [all_of.heads.chances(all_of.reader.read(plain)) for plain in plains]
    if long:
        assert chances_together(all_of.reader, all_of.heads, long) == [
            said for plain, said in zip(plains, alone, strict=True) if len(plain) >= SHORTEST
        ]
    assert chances_of_all(texts) == alone
    assert chances_of_all(texts[::-1]) == alone[::-1]  # from what was kept


WORDS = st.sampled_from(
    ["old", "south african", "native south african", "middle-aged", "wind", "trans gender", "muslims", "gay people", "0black", "_poor", "black_", "x", ONE, f"{ONE} people", "é"]
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(WORDS, max_size=6).map(" ".join) | st.text(max_size=20).map(str.lower))
def test_names_of_groups_are_found_as_if_every_word_were_looked_up(plain):
    every_word = rf"(?<![^\W_])(?:(?:{_FIRSTS})[ -])?[a-z]+(?![^\W_])"
    found = re.sub(every_word, _sign, plain)
    assert without_groups(plain) == (found.replace(f"{ONE} people", MANY) if ONE in found else found)
