"""However the network cuts a stream, the same events come out."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trimtab._sse import EventSplitter

ENDS = ["\n", "\r\n", "\r"]


@st.composite
def streams(draw):
    """Bytes of a stream and the events in it, known by construction and not by another parser."""
    end = draw(st.sampled_from(ENDS))
    texts = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=12)
    events, lines = [], []
    for _ in range(draw(st.integers(0, 4))):
        data = draw(st.lists(texts, min_size=1, max_size=3))
        for line in data:
            if draw(st.booleans()):
                lines.append(": heartbeat")
            if draw(st.booleans()):
                lines.append("event: delta")
            lines.append(f"data: {line}")
        lines.append("")
        if any(data) or len(data) > 1:
            events.append("\n".join(data).encode())
    mark = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    return mark + "".join(line + end for line in lines).encode(), events


def cut(stream, places):
    edges = [0, *sorted(places), len(stream)]
    return [stream[a:b] for a, b in pairwise(edges)]


@settings(deadline=None)
@given(streams(), st.data())
@example((b"data: a\r\n\r\ndata: b\r\n\r\n", [b"a", b"b"]), None)
def test_every_cut_gives_the_same_events(known, data):
    stream, events = known
    chunkings = [[stream], [stream[i : i + 1] for i in range(len(stream))]]
    if data is not None:
        chunkings.append(cut(stream, data.draw(st.lists(st.integers(0, len(stream)), max_size=8))))
    chunkings += [[stream[:i], stream[i:]] for i in range(len(stream))]
    for chunks in chunkings:
        splitter = EventSplitter()
        assert [event for chunk in chunks for event in splitter.feed(chunk)] == events
        assert splitter.rest() == []


@settings(deadline=None)
@given(st.lists(st.binary(max_size=20)))
def test_no_bytes_break_it(chunks):
    splitter = EventSplitter()
    for chunk in chunks:
        splitter.feed(chunk)
    splitter.rest()


@pytest.mark.parametrize("tail", [b"data: late", b"data: late\n"])
def test_an_event_without_its_blank_line_is_handed_over_at_the_end(tail):
    splitter = EventSplitter()
    assert splitter.feed(b"data: one\n\n" + tail) == [b"one"]
    assert splitter.rest() == [b"late"]


def test_one_space_after_the_colon_is_not_part_of_the_data():
    assert EventSplitter().feed(b"data:a\ndata:  b\ndata\n\n") == [b"a\n b\n"]


def test_a_long_line_in_small_pieces_takes_linear_time():
    splitter = EventSplitter()
    splitter.feed(b"data: ")
    for _ in range(200_000):  # quadratic copying would take minutes
        assert splitter.feed(b"x" * 40) == []
    (event,) = splitter.feed(b"\n\n")
    assert len(event) == 8_000_000
