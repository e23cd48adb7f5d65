"""No text of a request or a reply passes unseen, wherever it stands, and what cannot be looked at is refused."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.serve.proxies import made_guard

from trimtab.enforce.places import UnreadableError, other_texts
from trimtab.kinds import Message
from trimtab.serve import wire
from trimtab.serve.looking import Looking
from trimtab.serve.tally import Tally

MAIL = "ana@example.org"
HI = {"role": "user", "content": "hi"}
DEEP = orjson.loads("[" * 150 + "]" * 150)


def looked_at(body):
    """What the guard gets to see of a request; putting everything back changes nothing."""
    before = orjson.dumps(body)
    places = wire.asked(body)
    seen = [place.message.content for place in places]
    for place, text in zip(places, seen, strict=True):
        place.put(text)
    assert orjson.dumps(body) == before
    return seen


@pytest.mark.parametrize(
    "more",
    [
        {"tools": [{"type": "function", "function": {"name": "send", "description": MAIL}}]},
        {"tools": [{"type": "function", "function": {"name": MAIL, "parameters": {}}}]},
        {"tools": [{"type": "function", "function": {"name": "send", "parameters": {"properties": {"to": {"enum": [MAIL]}}}}}]},
        {"tools": [{"type": "function", "function": {"name": "send", "parameters": {"properties": {MAIL: {"type": "string"}}}}}]},
        {"functions": [{"name": "send", "description": MAIL}]},
        {"tool_choice": {"type": "function", "function": {"name": MAIL}}},
        {"function_call": MAIL},
        {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "description": MAIL, "schema": {}}}},
        {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"$defs": {"a": {"const": MAIL}}}}}},
        {"prediction": {"type": "content", "content": MAIL}},
        {"prediction": {"type": "content", "content": [{"type": "text", "text": MAIL}]}},
        {"metadata": {"who": MAIL}},
        {"metadata": {MAIL: "who"}},
        {"user": MAIL},
        {"stop": MAIL},
        {"stop": ["\n", MAIL]},
        {"logit_bias": {MAIL: 1}},
        {"stream_options": {"x": MAIL}},
        {"guided_choice": [MAIL]},
        {"documents": [{"title": "t", "text": MAIL}]},
        {"chat_template": MAIL},
        {"web_search_options": {"user_location": {"approximate": {"city": MAIL}}}},
        {"prompt": MAIL},
        {"prompt": ["x", MAIL]},
        {"input": MAIL},
        {"suffix": MAIL},
        {MAIL: 1},
        {"messages": [{**HI, "name": MAIL}]},
        {"messages": [{**HI, "x": {"y": [MAIL]}}]},
        {"messages": [HI, {"role": "assistant", "content": None, "refusal": MAIL}]},
        {"messages": [HI, {"role": "assistant", "content": "x", "reasoning_content": MAIL}]},
        {"messages": [HI, {"role": "assistant", "content": [{"type": "refusal", "refusal": MAIL}]}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "x", "annotations": [{"title": MAIL}]}]}]},
        {"messages": [HI, {"role": "assistant", "tool_calls": [{"id": "1", "type": "function", "function": {"name": MAIL, "arguments": "{}"}}]}]},
        {"messages": [HI, {"role": "assistant", "tool_calls": [{"id": MAIL, "type": "function", "function": {"name": "f", "arguments": "{}"}}]}]},
        {"messages": [HI, {"role": "assistant", "function_call": {"name": "f", "arguments": "{}", "note": MAIL}}]},
        {"messages": [HI, {"role": "tool", "tool_call_id": MAIL, "content": "x"}]},
    ],
    ids=str,
)  # fmt: skip
def test_every_text_of_a_request_is_looked_at_and_can_be_replaced(more):
    body = {"model": "m", "messages": [HI], **more}
    assert MAIL in looked_at(body)
    for place in wire.asked(body):
        place.put(place.message.content.replace(MAIL, "[email]"))
    assert MAIL not in orjson.dumps(body).decode()


def test_words_of_every_schema_and_ids_of_calls_cost_nothing():
    body = {
        "model": "m", "messages": [HI, {"role": "assistant", "tool_calls": [{"id": "call_Ab1", "type": "function", "function": {"name": "send", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "call_Ab1", "content": "ok"}],
        "tools": [{"type": "function", "function": {"name": "send", "parameters": {"type": "object", "properties": {"to": {"type": "string"}}, "required": ["to"]}}}],
        "logit_bias": {"50256": -100}, "n": 1, "temperature": 0.5, "stream": True,
    }  # fmt: skip
    assert looked_at(body) == ["hi", "{}", "ok"]


def test_definitions_are_the_application_s_and_no_part_of_the_conversation():
    body = {"messages": [HI], "tools": [{"function": {"description": "A long text."}}], "user": "Some Body"}
    assert [(place.message.content, place.role, place.beside) for place in wire.asked(body)] == [
        ("hi", "user", False),
        ("A long text.", "system", True),
        ("Some Body", "user", True),
    ]


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "text": "x", "image_url": {"url": "http://127.0.0.1/x"}},
        {"type": "text", "text": "x", "image_url": {"url": "http://127.0.0.1/x"}},
        {"text": "x", "input_audio": {"data": "eA=="}},
        {"type": "input_audio", "text": "x"},
        {"type": "refusal", "text": "x"},
        {"type": ["text"], "text": "x"},
        "x",
    ],
)
def test_a_text_does_not_carry_an_image_past_the_guard(part):
    with pytest.raises(UnreadableError):
        wire.asked({"messages": [{"role": "user", "content": [part]}]})


@pytest.mark.parametrize(
    "more",
    [
        {"prompt_embeds": "eA=="},
        {"prompt_token_ids": [1, 2]},
        {"prompt": [1, 2]},
        {"input": [[1, 2]]},
        {"user": DEEP},
    ],
    ids=str,
)
def test_what_nobody_can_look_at_is_refused(more):
    with pytest.raises(UnreadableError):
        wire.asked({"messages": [HI], **more})


# -- replies -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        {"id": MAIL},
        {"object": MAIL},
        {"model": {"x": MAIL}},
        {"created": MAIL},
        {"system_fingerprint": [MAIL]},
        {"service_tier": MAIL},
        {"usage": {"total_tokens": 3, MAIL: 4, "note": MAIL, "details": {"x": [MAIL], "y": 2}}},
        {"choices": [{"index": MAIL, "message": {"content": "x"}}]},
        {"choices": [{"finish_reason": MAIL, "message": {"content": "x"}}]},
        {"choices": [{"message": {"role": MAIL, "content": "x"}}]},
        {"choices": [{"message": {"content": "x", "tool_calls": [{"id": MAIL, "type": MAIL, "function": {"name": "f", "arguments": "{}", "x": MAIL}}]}}]},
        {"prompt_logprobs": [MAIL]},
    ],
    ids=str,
)  # fmt: skip
def test_what_a_reply_says_of_itself_holds_no_text(more):
    body = {"choices": [{"index": 0, "message": {"content": "x"}, "finish_reason": "stop"}], **more}
    for place in [place for choice in wire.answered(body, frozenset("f")) for place in choice]:
        assert MAIL not in place.message.content
    assert MAIL not in orjson.dumps(body).decode()
    assert MAIL not in orjson.dumps(list(wire.as_chunks(body, usage=True))).decode()


def test_what_was_used_still_says_so():
    body = {"choices": [{"text": "x"}], "usage": {"total_tokens": 3, "details": {"cached_tokens": 1, "x": None}}}
    wire.answered(body)
    assert body["usage"] == {"total_tokens": 3, "details": {"cached_tokens": 1, "x": None}}


def test_a_choice_with_both_forms_of_a_text_has_both_looked_at_and_refused():
    body: dict[str, Any] = {"choices": [{"text": "a", "message": {"content": "b"}}]}
    assert [place.message.content for place in wire.answered(body)[0]] == ["a", "b"]
    wire.refuse(body["choices"][0], "no")
    assert body["choices"][0]["text"] == body["choices"][0]["message"]["content"] == "no"
    for text in ([MAIL], {"x": MAIL}, 5):
        with pytest.raises(UnreadableError):
            wire.answered({"choices": [{"text": text, "message": {"content": "b"}}]})


def test_a_whole_reply_that_does_not_name_itself_can_be_streamed_all_the_same():
    (said, end) = wire.as_chunks({"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}]}, usage=False)
    assert (said["object"], said["choices"][0]["delta"]) == ("chat.completion.chunk", {"content": "x"})
    assert end["choices"][0]["finish_reason"] == "stop"


# -- what the guard makes of it ----------------------------------------------------------------------


async def test_an_argument_is_read_as_json_however_its_letters_are_written():
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in MAIL)
    body = {"messages": [HI, {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": f'{{"to": "{escaped}"}}'}}]}]}  # fmt: skip
    places = wire.asked(body)
    ruling = await Looking(made_guard(), Tally(1).row(0)).begin([place.message for place in places]).asked()
    assert escaped not in ruling.messages[-1].content


async def test_a_reply_is_not_compared_with_what_stands_beside_the_conversation():
    words = "Use this function for every question about the opening hours of the library in the old town."
    looking = Looking(made_guard(), Tally(1).row(0))
    beside = [Message("system", words)]
    assert (await looking.begin([Message("user", "?")], beside=beside).answered(words)).text == words
    assert (await looking.begin(beside).answered(words)).text == "Not that."


@given(st.recursive(st.text(max_size=3) | st.booleans(), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner), max_leaves=8))  # fmt: skip
def test_names_of_fields_are_put_back_where_they_stood(value):
    body = {"a": value}
    before = orjson.dumps(body)
    for place in other_texts(body, "user"):
        place.put(place.message.content)
    assert orjson.dumps(body) == before
