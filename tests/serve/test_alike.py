"""An answer is taken or refused alike, whether it is streamed or comes as a whole; neither hides that it is not complete."""

import json

import orjson
import pytest
from aiohttp import web
from tests.serve.proxies import saying, text_of
from tests.serve.test_proxy import through
from tests.serve.test_relay import chunk, pass_broken, pass_through, relay, sse

from trimtab.enforce.places import UnreadableError
from trimtab.serve import about, wire
from trimtab.serve.relay import BrokenStreamError

CARD = 4111111111111111
PHONE = 442079460018


# -- the end of a choice -----------------------------------------------------------------------------


@pytest.mark.parametrize("goes_on", ["", "null", None, False])
def test_what_is_no_reason_to_end_ends_nothing(goes_on):
    words = [chunk({"content": word}, finish=goes_on) for word in ("hello ", "world ", "and more")]
    found = pass_through(relay(), [sse([*words, chunk({}, finish="stop"), "[DONE]"])])
    assert (text_of(found), found[-1]) == ("hello world and more", "[DONE]")
    with pytest.raises(BrokenStreamError):
        pass_broken(relay(), sse([*words, "[DONE]"]))


@pytest.mark.parametrize(
    "more",
    [
        {"content": " and more"},
        {"tool_calls": [{"index": 0, "function": {"name": "send", "arguments": "{}"}}]},
        {"function_call": {"name": "send"}},
    ],
    ids=str,
)
def test_what_comes_after_the_end_breaks_the_stream(more):
    one = relay(names=["send"])
    with pytest.raises(BrokenStreamError):
        pass_broken(one, sse([chunk({"content": "hi"}), chunk({}, finish="stop"), chunk(more), "[DONE]"]))
    assert not one.over


def test_an_end_that_is_said_twice_is_one():
    ends = [chunk({}, finish="stop"), chunk({"role": "assistant", "content": ""}, finish="stop")]
    found = pass_through(relay(), [sse([chunk({"content": "hi"}), *ends, "[DONE]"])])
    assert [c["finish_reason"] for e in found[:-1] for c in e["choices"] if c["finish_reason"]] == ["stop"]


@pytest.mark.parametrize(
    ("said", "told"),
    [("length", "length"), ("insufficient_system_resource", "insufficient_system_resource"), ("the_password_is_tangerine", "stop"), (5, "stop")],
)  # fmt: skip
def test_only_reasons_that_are_known_go_on(said, told):
    body = {"choices": [{"message": {"content": "x"}, "finish_reason": said}]}
    wire.answered(body)
    assert body["choices"][0]["finish_reason"] == told
    found = pass_through(relay(), [sse([chunk({"content": "x"}, finish=said), "[DONE]"])])
    assert found[-2]["choices"][0]["finish_reason"] == told


# -- alike -------------------------------------------------------------------------------------------


def whole(choice, n=1):
    """What becomes of a choice in a whole answer to `n` prompts; None where it is refused."""
    body = {"choices": [choice]}
    try:
        for place in wire.answered(body, frozenset(["now"]), asked_for=n)[0]:
            place.put(place.message.content)
    except UnreadableError:
        return None
    return body["choices"][0]


def streamed(choice, n=1):
    """The same of a stream."""
    piece = {key: value for key, value in choice.items() if key != "message"} | {"delta": choice["message"]}
    raw = sse([{"choices": [piece]}, "[DONE]"])
    try:
        pass_broken(relay(choices=n, names=["now"]), raw)
    except BrokenStreamError:
        return None
    found = pass_through(relay(choices=n, names=["now"]), [raw])
    calls = [call for e in found[:-1] for c in e["choices"] for call in c["delta"].get("tool_calls", [])]
    return {"content": text_of(found), "calls": [call["function"] for call in calls]}


def calling(function):
    return {"index": 0, "finish_reason": "tool_calls", "message": {"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": function}]}}  # fmt: skip


@pytest.mark.parametrize("arguments", [{}, {"arguments": None}, {"arguments": ""}, {"arguments": {}}], ids=str)
def test_a_call_without_arguments_has_empty_ones(arguments):
    choice = calling({"name": "now", **arguments})
    assert streamed(choice)["calls"] == [{"name": "now", "arguments": ""}]
    assert whole(choice)["message"]["tool_calls"][0]["function"] == {"name": "now", "arguments": ""}


HELLO = {"index": 0, "finish_reason": "stop", "message": {"content": "hello"}}


@pytest.mark.parametrize(
    ("choice", "n"),
    [
        (calling({"name": "now", "arguments": {"a": 1}}), 1),
        (calling({"name": "", "arguments": "{}"}), 1),
        ({**HELLO, "finish_reason": None}, 1),
        ({**HELLO, "finish_reason": ""}, 1),
        ({**HELLO, "finish_reason": "null"}, 1),
        ({"index": 0, "message": {"content": "hello"}}, 1),
        (HELLO, 2),
    ],
    ids=str,
)
def test_what_is_not_complete_is_refused_in_both(choice, n):
    assert streamed(choice, n) is None
    assert whole(choice, n) is None


@pytest.mark.parametrize("index", [None, 0])
def test_a_choice_that_does_not_number_itself_is_taken_in_both(index):
    choice = {**HELLO, "index": index}
    assert streamed(choice)["content"] == "hello"
    assert (whole(choice)["index"], choice["message"]["content"]) == (0, "hello")


def test_more_choices_than_were_asked_for_are_refused_in_both():
    with pytest.raises(BrokenStreamError):
        pass_broken(relay(choices=2), sse([*(chunk({"content": "x"}, index, "stop") for index in range(3)), "[DONE]"]))
    with pytest.raises(UnreadableError):
        wire.answered({"choices": [{**HELLO, "index": index} for index in range(3)]}, asked_for=2)


async def test_the_request_says_how_many_that_are():
    async def two(_):
        return web.json_response({"choices": [{**HELLO, "index": index} for index in range(2)]})

    assert (await through(two, saying("x", n=2)))[0] == 200
    for other in (1, 3):
        assert (await through(two, saying("x", n=other)))[0] == 502


def test_a_chat_has_no_choices_for_each_prompt():
    body = {"messages": [], "prompt": ["a", "b"], "n": 2}
    assert (wire.wanted(body, chat=True), wire.wanted(body)) == (2, 4)


# -- what is said beside the answer ------------------------------------------------------------------


async def test_long_numbers_of_an_error_are_looked_at():
    async def failed(_):
        error = {"message": "too large", "code": CARD, "more": [{"phone": PHONE}], "status": 413, "part": 0.5}
        return web.json_response({"error": error}, status=400)

    status, reply = await through(failed, saying("x"))
    assert status == 400
    assert str(CARD) not in json.dumps(reply)
    assert reply["error"] == {**reply["error"], "message": "too large", "status": 413, "part": 0.5}
    assert reply["error"]["more"] == [{"phone": str(PHONE)}]  # as a text, which no detector here takes for one


def test_also_in_a_stream():
    with pytest.raises(BrokenStreamError) as broken:
        pass_broken(relay(), sse([{"error": {"message": "too large", "code": CARD}}]))
    assert str(CARD) not in json.dumps(broken.value.error)


USED = {
    "prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3, "prompt_cache_hit_tokens": 1, "queue_time": 0.5,
    "prompt_tokens_details": {"cached_tokens": 1}, "completion_tokens_details": {"accepted_prediction_tokens": 1},
    "cache_creation_input_tokens": 1, "server_tool_use": {"web_search_requests": 1}, "cost": 0.01,
}  # fmt: skip


def test_what_was_used_is_named_as_such_things_are():
    told = {"ana_smith_lives_at_ten_downing_street": 1, "cost_details": {"tangerine": 1}}
    assert about.used({**USED, **told}) == {**USED, "cost_details": {}}
    found = pass_through(relay(usage=True), [sse([chunk({"content": "x"}, finish="stop", usage={**USED, **told}), "[DONE]"])])  # fmt: skip
    assert b"tangerine" not in orjson.dumps(found)
    assert b"ana_smith" not in orjson.dumps(found)


async def test_also_of_embeddings():
    async def embeds(_):
        return web.json_response({"data": [{"embedding": [0.5]}], "usage": {"total_tokens": 1, "tangerine": 1}})

    _, reply = await through(embeds, {"input": "x"}, path="/v1/embeddings")
    assert reply["usage"] == {"total_tokens": 1}
