"""No text of a request or a reply passes unseen, wherever it stands, and what cannot be looked at is refused."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.serve.proxies import made_guard

from trimtab.enforce.places import UnreadableError, other_texts
from trimtab.enforce.reading import Reading
from trimtab.kinds import Message
from trimtab.serve import wire
from trimtab.serve.looking import Looking
from trimtab.serve.tally import Tally
from trimtab.serve.vectors import embedded

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
        {"choices": [{"index": MAIL, "finish_reason": "stop", "message": {"content": "x"}}]},
        {"choices": [{"finish_reason": "ana-example-4827", "index": 4111111111111111, "message": {"content": MAIL[:1]}}], "x": MAIL},
        {"choices": [{"finish_reason": MAIL, "message": {"content": "x"}}]},
        {"choices": [{"finish_reason": "stop", "message": {"role": MAIL, "content": "x"}}]},
        {"choices": [{"finish_reason": "stop", "message": {"content": "x", "tool_calls": [{"id": MAIL, "type": MAIL, "function": {"name": "f", "arguments": "{}", "x": MAIL}}]}}]},
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
    used = {"total_tokens": 3, "prompt_tokens_details": {"cached_tokens": 1, "audio_tokens": None}}
    body = {"choices": [{"text": "x", "finish_reason": "stop"}], "usage": used}
    wire.answered(body)
    assert body["usage"] == used


def test_a_choice_with_both_forms_of_a_text_has_both_looked_at_and_refused():
    body: dict[str, Any] = {"choices": [{"text": "a", "message": {"content": "b"}, "finish_reason": "stop"}]}
    assert [place.message.content for place in wire.answered(body)[0]] == ["a", "b"]
    wire.refuse(body["choices"][0], "no")
    assert body["choices"][0]["text"] == body["choices"][0]["message"]["content"] == "no"
    for text in ([MAIL], {"x": MAIL}, 5):
        with pytest.raises(UnreadableError):
            wire.answered({"choices": [{"text": text, "message": {"content": "b"}, "finish_reason": "stop"}]})


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


CODE = "MAROLIN-4827"
CARD = "4111-1111-1111-1111"


@pytest.mark.parametrize("hidden", [CODE, CARD, "x_MAROLIN_4827", "call_4111111111111111"])
async def test_an_id_or_a_name_carries_out_nothing_that_the_guard_stops(hidden):
    said = [Message("system", f"The code is {CODE}."), Message("user", "?")]
    lets = Looking(made_guard(), Tally(1).row(0)).begin(said).lets
    call = {"id": hidden, "type": "function", "function": {"name": "f", "arguments": "{}"}}
    more = {"id": hidden, "model": hidden, "system_fingerprint": hidden, "service_tier": hidden, "object": hidden}
    message = {"tool_calls": [call, dict(call)]}
    body: wire.Body = {"choices": [{"index": 0, "message": message, "finish_reason": hidden}], **more}
    body |= {"usage": {hidden: 1, "total_tokens": 4111111111111111}, "created": 4111111111111111}
    wire.answered(body, frozenset("f"), lets)
    assert hidden not in (raw := orjson.dumps(body).decode())
    assert "4111" not in raw
    first, second = [one["id"] for one in message["tool_calls"]]
    assert first == second
    assert first.startswith("call_")


async def test_ordinary_ids_and_names_stay():
    lets = Looking(made_guard(), Tally(1).row(0)).begin([Message("user", "?")]).lets
    about = {
        "id": "chatcmpl-Ab12Cd34",
        "model": "a/model-3.1:8b",
        "system_fingerprint": "fp_44709d6fcb",
        "created": 1_700_000_000,
    }
    call = {"id": "call_Ab12Cd34Ef56", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    choice = {"index": 0, "message": {"tool_calls": [call]}, "finish_reason": "tool_calls"}
    body: wire.Body = {**about, "choices": [choice]}
    wire.answered(body, frozenset("f"), lets)
    assert {key: body[key] for key in about} == about
    assert (call["id"], choice["finish_reason"]) == ("call_Ab12Cd34Ef56", "tool_calls")


async def test_parts_of_a_request_are_looked_at_as_one_and_other_texts_are_not():
    async def asked(body):
        found = [Reading.of(place) for place in wire.asked(body)]
        ruling = await Looking(made_guard(), Tally(1).row(0)).begin(found).asked()
        return [message.content for message in ruling.messages]

    parts = [{"type": "text", "text": "to ana@"}, {"type": "text", "text": "example.org"}]
    assert await asked({"messages": [{"role": "user", "content": parts}]}) == ["to [email]", "[email]"]
    assert await asked({"messages": [{"role": "tool", "content": parts}]}) == ["to [email]", "[email]"]
    two = [{"role": "user", "content": one["text"]} for one in parts]
    assert await asked({"messages": two}) == ["to [email]", "[email]"]
    assert await asked({"input": ["to ana@", "example.org"]}) == ["to ana@", "example.org"]


# -- vectors -----------------------------------------------------------------------------------------


def test_of_embeddings_only_vectors_go_on():
    body = {
        "object": MAIL, "model": "m", "foo": MAIL, "usage": {"prompt_tokens": 3, "x": MAIL},
        "data": [{"object": "embedding", "index": 0, "embedding": [0.5, -1], "text": MAIL}, {"embedding": "AAAAPw=="}],
    }  # fmt: skip
    assert embedded(body) == {
        "object": "list", "model": "m", "usage": {"prompt_tokens": 3},
        "data": [
            {"object": "embedding", "index": 0, "embedding": [0.5, -1]},
            {"object": "embedding", "index": 1, "embedding": "AAAAPw=="},
        ],
    }  # fmt: skip
    assert embedded({"data": [{"embedding": [1.0]}], "model": CODE}, lambda _: False)["model"] == ""


@pytest.mark.parametrize(
    "data",
    [
        MAIL, [], {}, None, [MAIL], [{}], [{"embedding": MAIL}], [{"embedding": "writetoanaatexampleorg=="}], [{"embedding": ""}],
        [{"embedding": []}], [{"embedding": [MAIL]}], [{"embedding": [[1.0]]}], [{"embedding": [True]}], [{"embedding": [4111111111111111]}],
    ],
)  # fmt: skip
def test_an_embedding_that_is_no_vector_does_not_go_on(data):
    with pytest.raises(UnreadableError):
        embedded({"data": data})
