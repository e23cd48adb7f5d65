"""Nothing but a clear answer is taken for one."""

import contextlib

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.builtin.systems.openai_wire import StreamedAnswer, decode, encode, error_word
from trimtab.errors import CallError
from trimtab.kinds import Message, Request

HELLO = Request(messages=(Message("user", "hello"),))
SECRET = "the prompt with a secret 4711"


def chat(message, finish="stop", **rest):
    return orjson.dumps({"choices": [{"index": 0, "message": message, "finish_reason": finish}], **rest})


def delta(content, finish=None, **rest):
    return orjson.dumps({"choices": [{"index": 0, "delta": {"content": content}, "finish_reason": finish}], **rest})


def streamed(*events, api="chat"):
    answer = StreamedAnswer(api)
    for event in events:
        answer.add(event)
    return answer.result()


def test_an_answer_with_everything():
    logprobs = {"content": [{"token": "h", "logprob": -0.5}, {"token": "i", "logprob": 0}]}
    choice = {"index": 0, "message": {"content": "hi"}, "finish_reason": "length", "logprobs": logprobs}
    usage = {"prompt_tokens": 3, "completion_tokens": 2}
    answer = decode(orjson.dumps({"choices": [choice], "usage": usage, "model": "m-1"}), "chat")
    assert (answer.text, answer.finish, answer.model) == ("hi", "length", "m-1")
    assert (answer.prompt_tokens, answer.completion_tokens) == (3, 2)
    assert answer.logprobs == (-0.5, 0.0)


@pytest.mark.parametrize("tokens", [[], ["h"], [None, "i"], ["h", 1]])
def test_probabilities_of_some_of_the_tokens_are_none(tokens):
    logprobs = {"content": [{"token": token, "logprob": -0.5} for token in tokens]}
    choice = {"message": {"content": "hi"}, "finish_reason": "stop", "logprobs": logprobs}
    assert decode(orjson.dumps({"choices": [choice]}), "chat").logprobs is None
    plain = {"tokens": tokens, "token_logprobs": [-0.5] * max(1, len(tokens))}
    choice = {"text": "hi", "finish_reason": "stop", "logprobs": plain}
    assert decode(orjson.dumps({"choices": [choice]}), "completions").logprobs is None
    assert streamed(piece("h", logprobs), piece("i", None, "stop")).logprobs is None
    whole = {"content": [{"token": letter, "logprob": -0.5} for letter in "hi"]}
    assert streamed(piece("h", whole), piece("i", None, "stop")).logprobs == (-0.5, -0.5)


def piece(content, logprobs, finish=None):
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish, "logprobs": logprobs}
    return orjson.dumps({"choices": [choice]})


BROKEN = {
    "empty body": b"",
    "not JSON": b"<html>502</html>",
    "half of it": chat({"content": "hi"})[:-9],
    "not UTF-8": b'{"choices":[{"message":{"content":"\xff\xfe"},"finish_reason":"stop"}]}',
    "lone surrogate": b'{"choices":[{"message":{"content":"\\ud800"},"finish_reason":"stop"}]}',
    "a list": b"[]",
    "null": b"null",
    "too deep": b"[" * 100_000,
    "an error": orjson.dumps({"error": {"message": SECRET, "code": "server_error"}}),
    "an error beside an answer": chat({"content": "hi"}, error={"message": SECRET}),
    "an error as text": orjson.dumps({"error": SECRET}),
    "no choices": b"{}",
    "empty choices": b'{"choices":[]}',
    "choices null": b'{"choices":null}',
    "choices a text": orjson.dumps({"choices": SECRET}),
    "choices of texts": orjson.dumps({"choices": [SECRET]}),
    "no message": b'{"choices":[{"finish_reason":"stop"}]}',
    "message a text": chat(SECRET),
    "no content": chat({"role": "assistant"}),
    "content null": chat({"content": None}),
    "content a number": chat({"content": 0}),
    "content false": chat({"content": False}),
    "content a list": chat({"content": []}),
    "content null for tools": chat({"content": None, "tool_calls": [{"function": {"name": SECRET}}]}, "tool_calls"),
    "empty without an end": chat({"content": ""}, None),
    "finish a number": chat({"content": "hi"}, 1),
    "log probabilities that are text": orjson.dumps(
        {"choices": [{"message": {"content": "hi"}, "logprobs": {"content": [{"logprob": SECRET}]}}]}
    ),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_answer_is_malformed_and_quoted_nowhere(body):
    with pytest.raises(CallError) as caught:
        decode(body, "chat")
    assert caught.value.reason == "malformed"
    assert caught.value.retryable
    assert SECRET not in repr(caught.value) + str(caught.value)


def test_an_empty_text_is_an_answer_when_the_server_says_that_it_is_over():
    assert decode(chat({"content": ""}), "chat").text == ""


def test_a_refusal_beside_null_content_is_the_answer():
    assert decode(chat({"content": None, "refusal": "I will not."}), "chat").text == "I will not."


def test_a_withheld_answer_is_not_an_empty_one():
    for answer in (lambda: decode(chat({"content": None}, "content_filter"), "chat"),):
        with pytest.raises(CallError, match="filtered"):
            answer()
    with pytest.raises(CallError, match="filtered"):
        streamed(delta(None, "content_filter"), b"[DONE]")


@pytest.mark.parametrize("count", ["3", -1, 2.5, True, None, [], 2**60])
def test_counts_that_make_no_sense_are_unknown(count):
    usage = {"prompt_tokens": count, "completion_tokens": 1}
    answer = decode(chat({"content": "hi"}, usage=usage), "chat")
    assert (answer.prompt_tokens, answer.completion_tokens) == (None, 1)


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3), st.lists), st.data())
def test_any_json_in_any_place_is_an_answer_or_a_call_error(junk, data):
    whole = orjson.loads(chat({"content": "hi"}, usage={"prompt_tokens": 1, "completion_tokens": 1}, model="m"))
    at = whole
    while True:  # walk to a random place and put junk there
        key = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        if not isinstance(at[key], dict | list) or not at[key] or data.draw(st.booleans()):
            at[key] = junk
            break
        at = at[key]
    body = orjson.dumps(whole)
    for read in (lambda: decode(body, "chat"), lambda: decode(body, "completions"), lambda: streamed(body, b"[DONE]")):
        with contextlib.suppress(CallError):
            assert isinstance(read().text, str)


def test_a_stream_with_everything():
    answer = StreamedAnswer("chat")
    first = orjson.dumps({"model": "m", "choices": [{"delta": {"role": "assistant", "content": ""}}]})
    assert not answer.add(first)  # no content yet, so the first token is still to come
    assert answer.add(delta("he"))
    assert answer.add(delta("llo"))
    answer.add(delta(None, "stop"))
    answer.add(orjson.dumps({"choices": [], "usage": {"prompt_tokens": 4, "completion_tokens": 2}}))
    answer.add(b"[DONE]")
    assert answer.done
    result = answer.result()
    assert (result.text, result.finish, result.prompt_tokens, result.completion_tokens) == ("hello", "stop", 4, 2)


CUT_OFF = {
    "nothing at all": [],
    "no end": [delta("half an ans")],
    "only empty pieces": [delta("")],
}


@pytest.mark.parametrize("events", CUT_OFF.values(), ids=CUT_OFF.keys())
def test_a_stream_without_an_end_is_truncated(events):
    with pytest.raises(CallError, match="truncated"):
        streamed(*events)


EMPTY = {
    "done at once": [b"[DONE]"],
    "only null": [delta(None, "stop"), b"[DONE]"],
    "stopped for length without text": [delta(None, "length")],
    "no finish": [delta(""), b"[DONE]"],
    "no choices ever": [b'{"choices":[]}', b"[DONE]"],
}


@pytest.mark.parametrize("events", EMPTY.values(), ids=EMPTY.keys())
def test_a_stream_without_text_is_not_an_empty_answer(events):
    with pytest.raises(CallError, match="malformed"):
        streamed(*events)


def test_a_stream_that_ends_at_the_first_token_is_an_empty_answer_if_the_counts_say_so():
    usage = orjson.dumps({"choices": [], "usage": {"prompt_tokens": 4, "completion_tokens": 1}})
    assert streamed(delta(None, "stop"), usage, b"[DONE]").text == ""


def test_an_error_in_the_middle_of_a_stream_spoils_it():
    with pytest.raises(CallError, match="overloaded") as caught:
        streamed(delta("so far "), orjson.dumps({"error": {"message": SECRET, "type": "overloaded"}}))
    assert SECRET not in str(caught.value)


def test_other_choices_are_left_alone():
    other = orjson.dumps({"choices": [{"index": 1, "delta": {"content": "not this"}, "finish_reason": "stop"}]})
    assert streamed(delta("this"), other, delta(None, "stop")).text == "this"


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b'{"error":{"code":"insufficient_quota","message":"..."}}', "insufficient_quota"),
        (b'{"error":{"code":null,"type":"server_error"}}', "server_error"),
        (b'{"code":"model_not_found"}', "model_not_found"),
        (b'{"error":{"code":"sk-4711-key"}}', ""),
        (b'{"error":{"code":"Your prompt was: hello"}}', ""),
        (b'{"error":{"code":429}}', ""),
        (b"<html>", ""),
        (b"[]", ""),
    ],
)
def test_only_single_words_of_an_error_are_passed_on(body, word):
    assert error_word(body) == word


def test_what_is_sent():
    request = Request(
        messages=(Message("system", "s"), Message("user", "u")), seed=3, stop=("x",), logprobs=2, stream=True
    )
    sent = orjson.loads(encode(request, model="m", api="chat", usage=True, overrides={}))
    assert sent == {
        "model": "m",
        "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}],
        "max_tokens": 256,
        "temperature": 0.0,
        "top_p": 1.0,
        "seed": 3,
        "stop": ["x"],
        "logprobs": True,
        "top_logprobs": 2,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    plain = orjson.loads(encode(request, model="m", api="completions", usage=False, overrides={}))
    assert plain["prompt"] == "System: s\n\nUser: u\n\nAssistant:"
    assert plain["logprobs"] == 2
    assert "messages" not in plain
    assert "stream_options" not in plain


def test_overrides_replace_and_null_removes():
    overrides = {"max_tokens": None, "max_completion_tokens": 9, "temperature": None}
    sent = orjson.loads(encode(HELLO, model="m", api="chat", usage=False, overrides=overrides))
    assert sent["max_completion_tokens"] == 9
    assert not {"max_tokens", "temperature"} & sent.keys()


def test_text_that_has_no_utf8_form_is_not_sent():
    with pytest.raises(CallError, match="unsendable"):
        encode(Request(messages=(Message("user", "\ud800"),)), model="m", api="chat", usage=False, overrides={})
