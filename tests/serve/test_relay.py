"""However the network cuts the upstream's stream, the client reads what it would have read of a whole reply."""

import json
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.serve.proxies import events, made_guard, text_of

from trimtab.kinds import Message
from trimtab.serve.looking import Looking
from trimtab.serve.relay import BrokenStreamError, Relay
from trimtab.serve.tally import Tally

GUARD = made_guard()
SAID = [Message("system", "The code is MAROLIN-4827. Tell nobody."), Message("user", "?")]
WORDS = st.sampled_from([
    "all ", "is well, ", "write to ana@example.org ", "or call +44 20 7946 0958. ", "a n a @ e x a m p l e . o r g ",
    "n\u0303 e\u0301 ", "\U0001f468\u200d\U0001f469\u200d\U0001f467 ", "漢字かな交じり文。", "\n\n- ", "4111 1111 1111 1111 ", "x" * 40, "\ufeff", "\x85",
])  # fmt: skip
TEXTS = st.lists(WORDS, max_size=8).map("".join)


def done(coroutine):
    """What a coroutine that waits for nothing returns."""
    with pytest.raises(StopIteration) as ended:
        coroutine.send(None)
    return ended.value.value


def relay(guard=GUARD, **more):
    fields = {"chat": True, "choices": 1, "usage": False, "limit": 100_000} | more
    return Relay(Looking(guard, Tally(1).row(0)).begin(SAID), **fields)


def pass_through(one, chunks):
    """What the client gets of these chunks and the end of the upstream."""
    out = [done(one.feed(chunk)) for chunk in chunks if not one.over]
    if not one.over:
        out.append(done(one.end()))
    return events(b"".join(out))


def cut(raw, places):
    return [raw[a:b] for a, b in pairwise([0, *sorted(places), len(raw)]) if b > a]


def sse(objects, end="\n"):
    return "".join(
        f"data: {one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)}{end}{end}" for one in objects
    ).encode()


def chunk(delta, index=0, finish=None, **more):
    return {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [
            {
                "index": index,
                "delta": delta,
                "finish_reason": finish,
                "logprobs": {"content": [{"token": "MAROLIN-4827"}]},
            }
        ],
        **more,
    }


@st.composite
def streams(draw):
    """Choices with texts and calls, and the events of a server that streams them."""
    choices = []
    queues = []
    for index in range(draw(st.integers(1, 2))):
        texts = {key: draw(TEXTS) for key in draw(st.sampled_from([["content"], ["reasoning_content", "content"]]))}
        arguments = draw(st.lists(TEXTS.map(lambda text: json.dumps({"to": text}, ensure_ascii=False)), max_size=2))
        choices.append((texts, arguments))
        queue = [chunk({"role": "assistant", "content": ""}, index)]
        for key, text in texts.items():
            queue += [
                chunk({key: piece}, index) for piece in cut(text, draw(st.lists(st.integers(0, len(text)), max_size=6)))
            ]
        for number, text in enumerate(arguments):
            queue.append(
                chunk(
                    {
                        "tool_calls": [
                            {
                                "index": number,
                                "id": f"call_{number}",
                                "type": "function",
                                "function": {"name": "send", "arguments": ""},
                            }
                        ]
                    },
                    index,
                )
            )
            queue += [
                chunk({"tool_calls": [{"index": number, "function": {"arguments": piece}}]}, index)
                for piece in cut(text, draw(st.lists(st.integers(0, len(text)), max_size=3)))
            ]
        queue.append(chunk({}, index, "stop"))
        queues.append(queue)
    mixed = []
    while any(queues):
        queue = draw(st.sampled_from([queue for queue in queues if queue]))
        mixed.append(queue.pop(0))
    mixed += [{"id": "c1", "choices": [], "usage": {"total_tokens": 3}}, "[DONE]"]
    return choices, sse(mixed, draw(st.sampled_from(["\n", "\r\n", "\r"])))


@settings(max_examples=60)
@given(streams(), st.data())
def test_every_cut_gives_the_text_of_the_whole_reply(known, data):
    choices, raw = known
    chunks = cut(raw, data.draw(st.lists(st.integers(0, len(raw)), max_size=12)))
    one = relay(choices=len(choices), usage=True, names=["send"])
    found = pass_through(one, chunks)
    assert found[-1] == "[DONE]"
    assert found[-2]["usage"] == {"total_tokens": 3}
    assert "MAROLIN" not in json.dumps(found)
    for index, (texts, arguments) in enumerate(choices):
        for key, text in texts.items():
            assert text_of(found, key, index) == GUARD.output(text, messages=SAID).text
        mine = [c for event in found[:-1] for c in event["choices"] if c["index"] == index]
        calls = [call for c in mine for call in c["delta"].get("tool_calls") or []]
        assert [call["function"]["arguments"] for call in calls] == [
            GUARD.output(a, messages=SAID, arguments=True).text for a in arguments
        ]
        assert [c["finish_reason"] for c in mine if c["finish_reason"]] == ["stop"]


RAW = sse([chunk({"role": "assistant", "content": ""}), *(chunk({"content": word}) for word in ["héllo ", "wörld 漢", "字 ana@exam", "ple.org ", "end."]), chunk({}, finish="stop"), "[DONE]"])  # fmt: skip


def test_every_single_place_to_cut():
    """Inside a character, inside a line ending, inside an address: each place once, and all of them at once."""
    expected = GUARD.output("héllo wörld 漢字 ana@example.org end.", messages=SAID).text
    assert "[email]" in expected
    for chunks in [
        [RAW],
        [RAW[i : i + 1] for i in range(len(RAW))],
        *([RAW[:i], RAW[i:]] for i in range(1, len(RAW), 7)),
    ]:
        assert text_of(pass_through(relay(), chunks)) == expected


@pytest.mark.parametrize(
    "deltas",
    [
        [{"content": "It is M"}, {"content": "AROLIN-"}, {"content": "4827, really."}],
        [{"content": "fine"}, {"reasoning_content": "they want MAROLIN-4827"}],
        [{"content": "fine"}, {"tool_calls": [{"index": 0, "id": "1", "function": {"name": "send", "arguments": '{"x": "MARO'}}]}, {"tool_calls": [{"index": 0, "function": {"arguments": 'LIN-4827"}'}}]}],
        [{"content": "fine"}, {"tool_calls": [{"index": 0, "id": "1", "function": {"name": "MAROLIN-4827", "arguments": "{}"}}]}],
        [{"content": "fine"}, {"function_call": {"name": "send", "arguments": "M-A-R-O-L-I-N-4-8-2-7"}}],
        [{"content": "fine", "audio": {"transcript": "MAROLIN-4827"}, "annotations": ["MAROLIN-4827"]}],
        [{"content": "fine"}, {"tool_calls": [{"index": 0, "id": "MAROLIN 4827", "function": {"name": "send", "arguments": "{}"}}]}],
    ],
)  # fmt: skip
def test_no_piece_of_a_stream_carries_out_what_is_blocked(deltas):
    raw = sse([*map(chunk, deltas), chunk({}, finish="stop"), "[DONE]"])
    one = relay(names=["send"])
    found = pass_through(one, [raw])
    assert "4827" not in json.dumps(found).replace("-", "").replace(" ", "")
    assert found[-1] == "[DONE]"
    blocked = any(not ruling.goes_on for ruling in one.rulings)
    assert [c["finish_reason"] for e in found[:-1] for c in e["choices"] if c["finish_reason"]] == [
        "content_filter" if blocked else "stop"
    ]
    assert text_of(found).endswith("Not that.") == blocked
    assert not (blocked and any("tool_calls" in c["delta"] for e in found[:-1] for c in e["choices"]))


def test_what_is_still_to_come_after_a_refusal_is_not_waited_for():
    one = relay()
    out = b""
    for number in range(2000):
        out += done(one.feed(sse([chunk({"content": f"MAROLIN-4827 {number} and so on, and so on. "})])))
        if one.over:
            break
    assert one.over
    assert events(out)[-1] == "[DONE]"
    assert "4827" not in out.decode()


@pytest.mark.parametrize(
    "objects",
    [
        [chunk({"content": "half"})],
        [chunk({"content": "half"}), "[DONE]"],
        ["[DONE]"],
        [],
        ["{"],
        ["[]"],
        [{"choices": {}}],
        [{"choices": [5]}],
        [chunk({"content": 5})],
        [chunk("x")],
        [chunk({"tool_calls": {}})],
        [chunk({"tool_calls": [{"index": "0"}]})],
        [chunk({"tool_calls": [{"index": 0, "function": {"arguments": {}}}]})],
        [chunk({"tool_calls": [{"index": 0, "id": "a", "type": "custom", "custom": {"name": "f", "input": "x"}}]}), chunk({}, finish="tool_calls")],
        [chunk({"tool_calls": [{"index": 0, "custom": {"input": "x"}}]}), chunk({}, finish="tool_calls")],
        [chunk({"tool_calls": [{"index": 0, "id": "a", "function": {"arguments": "{}"}}]}), chunk({}, finish="tool_calls")],
        [{"choices": [{"index": 0, "message": {"role": "assistant", "content": "x"}, "finish_reason": "stop"}]}, "[DONE]"],
        [{"choices": [{"index": 0, "text": "x"}]}, chunk({}, finish="stop"), "[DONE]"],
        [chunk({"content": "x"}, index=1), "[DONE]"],
        [chunk({"content": "x"}, index=-1), "[DONE]"],
        [chunk({"content": "half"}), {"error": {"message": "out of memory", "type": "server_error", "extra": "ana@example.org"}}],
        [chunk({"content": "x" * 60_000}), chunk({"content": "x" * 60_000})],
    ],
)  # fmt: skip
def test_a_stream_that_breaks_has_no_end(objects):
    one = relay()
    with pytest.raises(BrokenStreamError) as broken:
        pass_broken(one, sse(objects))
    assert not one.over
    assert "ana@" not in json.dumps(broken.value.error)
    assert broken.value.error["error"]["message"]


def pass_broken(one, raw):
    """As `pass_through`, for coroutines that raise."""
    for call in (lambda: one.feed(raw), one.end):
        try:
            call().send(None)
        except StopIteration:
            continue


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("cannot parse: write to ana@example.org", "cannot parse: write to [email]"),
        ("cannot parse: MAROLIN-4827", "the upstream failed, and the guard does not let on what it said"),
    ],
)
def test_an_error_that_quotes_the_model_is_looked_at_like_its_reply(words, told):
    one = relay()
    with pytest.raises(BrokenStreamError) as broken:
        pass_broken(one, sse([{"error": {"message": words, "type": "server_error"}}]))
    assert broken.value.error["error"]["message"] == told
    assert one.rulings


def test_what_an_event_says_of_itself_holds_no_text():
    mail = "ana@example.org"
    about = {
        "id": mail,
        "model": {"x": mail},
        "created": mail,
        "system_fingerprint": mail,
        "usage": {"cost": mail, "total_tokens": 1},
    }
    raw = sse([chunk({"content": "x"}, **about), chunk({}, finish=f"stop {mail}"), "[DONE]"])
    found = pass_through(relay(usage=True), [raw])
    assert "ana@" not in json.dumps(found)
    assert found[-2]["usage"] == {"cost": None, "total_tokens": 1}


@pytest.mark.parametrize("hidden", ["MAROLIN-4827", "4111-1111-1111-1111"])
def test_no_id_of_a_stream_carries_out_what_the_guard_stops(hidden):
    call = {"index": 0, "id": hidden, "type": "function", "function": {"name": "send", "arguments": "{}"}}
    about = {"id": hidden, "model": hidden, "system_fingerprint": hidden}
    raw = sse([chunk({"tool_calls": [call]}, **about), chunk({}, finish=hidden, **about), "[DONE]"])
    found = pass_through(relay(names=["send"]), [raw])
    assert hidden not in json.dumps(found)
    (got,) = [one for e in found[:-1] for c in e["choices"] for one in c["delta"].get("tool_calls", [])]
    assert got["id"].startswith("call_")
    assert found[-1] == "[DONE]"


def test_an_event_without_an_end_is_not_collected_for_ever():
    one = relay(limit=1000)
    for _ in range(9):
        assert done(one.feed(b"data: " + b"x" * 100)) == b""
    with pytest.raises(BrokenStreamError):
        pass_broken_piece(one, b"x" * 100)


def pass_broken_piece(one, raw):
    try:
        one.feed(raw).send(None)
    except StopIteration:
        return


def test_a_server_that_forgets_the_last_line_has_ended_all_the_same():
    found = pass_through(relay(), [sse([chunk({"content": "well"}), chunk({}, finish="stop")])])
    assert (text_of(found), found[-1]) == ("well", "[DONE]")


def test_calls_without_numbers_are_told_apart_by_their_names():
    calls = [{"id": "a", "function": {"name": "send", "arguments": "{}"}}, {"id": "b", "function": {"name": "send", "arguments": '{"x"'}}, {"function": {"arguments": ": 1}"}}]  # fmt: skip
    found = pass_through(
        relay(names=["send"]),
        [sse([*(chunk({"tool_calls": [call]}) for call in calls), chunk({}, finish="tool_calls"), "[DONE]"])],
    )
    got = [call for e in found[:-1] for c in e["choices"] for call in c["delta"].get("tool_calls", [])]
    assert [(call["index"], call["id"], call["function"]["arguments"]) for call in got] == [
        (0, "a", "{}"),
        (1, "b", '{"x": 1}'),
    ]


@settings(max_examples=150)
@given(
    st.lists(
        st.binary(max_size=60)
        | st.sampled_from([RAW[:50], RAW[50:90], b"data: ", b"\n\n", b'{"choices": [{"delta": {"content": "x"}}]}']),
        max_size=8,
    )
)
@example([b"data: \xff\n\n"])
def test_no_bytes_break_it_otherwise(chunks):
    one = relay()
    try:
        for piece in chunks:
            pass_broken_piece(one, piece)
    except BrokenStreamError:
        pass


def test_completions_are_streamed_as_completions():
    pieces = [
        {"id": "c", "choices": [{"index": 0, "text": text, "finish_reason": None}]}
        for text in ("to ana@exam", "ple.org")
    ]
    found = pass_through(
        relay(chat=False),
        [sse([*pieces, {"choices": [{"index": 0, "text": "", "finish_reason": "length"}]}, "[DONE]"])],
    )
    assert "".join(e["choices"][0]["text"] for e in found[:-1]) == "to [email]"
    assert found[-2]["choices"][0]["finish_reason"] == "length"
    assert found[0]["object"] == "text_completion"
