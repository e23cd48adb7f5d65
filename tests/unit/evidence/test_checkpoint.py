"""Notes say what a checkpoint says, and nothing else is read as one."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.errors import UsageError
from trimtab.evidence import Head, checkpoint_note, parse_head, parse_note
from trimtab.kinds import Checkpoint

ROOT = bytes(range(32))
NOTE = "example.org/assistant\n1000\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"


def test_a_note_is_origin_size_and_root():
    assert checkpoint_note(Checkpoint(1000, 5, ROOT), "example.org/assistant") == NOTE


@given(st.integers(1, 10**18 - 1), st.binary(min_size=32, max_size=32))
def test_notes_and_heads_are_read_back(size, root):
    assert parse_note(checkpoint_note(Checkpoint(size, 0, root), "o")) == Head(size, root)
    assert parse_head(f"{size}:{root.hex()}") == Head(size, root)
    assert parse_head(f"{size}:{base64.b64encode(root).decode()}") == Head(size, root)


def test_a_signed_note_is_read_up_to_its_signatures():
    assert parse_note(NOTE + "\n\u2014 example.org/assistant AAAAAQ==\n") == Head(1000, ROOT)


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\nb", "a\tb", "\u2003"])
def test_origins_that_would_break_a_note_are_refused(origin):
    with pytest.raises(UsageError):
        checkpoint_note(Checkpoint(1, 0, ROOT), origin)


@pytest.mark.parametrize(
    "text",
    ["", "1", ":", "0:" + "00" * 32, "-1:" + "00" * 32, "01:" + "00" * 32, "1:" + "00" * 31, "1:zz" + "00" * 31,
     "\u0661:" + "00" * 32, "1:AAAA", "1:" + "A" * 43 + "*", "1 :" + "00" * 32],
)  # fmt: skip
def test_heads_that_are_none_are_refused(text):
    with pytest.raises(UsageError):
        parse_head(text)
    with pytest.raises(UsageError):
        parse_note("origin\n" + text.replace(":", "\n") + "\n")


def test_something_else_is_no_note():
    for text in ("", "\n\n\n", "hello", NOTE.rstrip("\n").replace("\n", " "), "\n1000\n" + NOTE.split("\n")[2] + "\n"):
        with pytest.raises(UsageError):
            parse_note(text)
