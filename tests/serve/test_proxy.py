"""The proxy in front of a real server, started as the command: nothing passes that the guard stops, and nothing unread."""

import asyncio
import json

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.serve import proxies
from tests.serve.proxies import ASK, events, get, post, text_of

from trimtab.enforce.places import UnreadableError
from trimtab.serve import wire
from trimtab.serve.limits import Limits


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The command itself, in front of the practice server, which says what `say: ` tells it to."""
    with (
        proxies.upstream(models=("m",)) as server,
        proxies.proxy(tmp_path_factory.mktemp("proxy"), f"{server.url}/v1") as running,
    ):
        yield running.url
        assert running.end() == 0


def chat(address, *texts, **more):
    messages = [{"role": "user", "content": text} for text in texts]
    status, headers, raw = post(f"{address}/chat/completions", {"model": "m", "messages": messages, **more})
    return status, headers, json.loads(raw)


def test_what_is_clean_passes_unchanged(address):
    status, headers, reply = chat(address, "say: all is well")
    assert (status, reply["choices"][0]["message"]["content"]) == (200, "all is well")
    assert headers["X-Trimtab-Ruling"] == "allow"
    assert reply["usage"]["prompt_tokens"] > 0


def test_personal_data_is_masked_on_the_way_in_and_out(address):
    _, headers, reply = chat(address, "say: write to ana@example.org")
    assert reply["choices"][0]["message"]["content"] == "write to [email]"
    assert headers["X-Trimtab-Ruling"] == "mask"


def test_a_blocked_request_is_answered_by_a_refusal_in_the_api_s_shape(address):
    status, headers, reply = chat(address, "say: password = 'hG7!kq2pZ'")
    assert (status, headers["X-Trimtab-Ruling"]) == (200, "block")
    assert reply["choices"][0] == {
        "index": 0,
        "finish_reason": "content_filter",
        "logprobs": None,
        "message": {"role": "assistant", "content": "Not that."},
    }
    assert reply["object"] == "chat.completion"


def test_a_stream_holds_the_same_text(address):
    body = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "say: write to ana@example.org"}]}
    status, headers, raw = post(f"{address}/chat/completions", body)
    found = events(raw)
    assert (status, headers["Content-Type"], found[-1]) == (200, "text/event-stream", "[DONE]")
    assert text_of(found) == "write to [email]"
    assert found[-2]["choices"][0]["finish_reason"] == "stop"


def test_request_ids_and_counts(address):
    _, headers, _ = post(
        f"{address}/chat/completions",
        {"model": "m", "messages": [{"role": "user", "content": "hi"}]},
        **{"X-Request-Id": "req-1"},
    )
    assert headers["X-Request-Id"] == "req-1"
    _, headers, _ = post(f"{address}/chat/completions", {}, **{"X-Request-Id": "not an id!"})
    assert len(headers["X-Request-Id"]) == 24
    for telling in ("ana.solberg_example.org", "4111111111111111", "ana-1"):
        _, headers, _ = post(f"{address}/chat/completions", {}, **{"X-Request-Id": telling})
        assert len(headers["X-Request-Id"]) == 24
    assert (
        'trimtab_guard_rulings_total{side="input",ruling="allow"}' in get(address.removesuffix("/v1") + "/metrics")[1]
    )


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"\xff", {}, {"messages": []}, {"messages": [{"role": "user", "content": 5}]}, {"messages": [{"role": "wizard", "content": "x"}]},
     {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://127.0.0.1/x"}}]}]}, {"prompt": [1, 2]}, {"messages": "x"},
     {"messages": [{"role": "assistant", "content": None, "tool_calls": [{"function": {}}]}]}],
)  # fmt: skip
def test_what_cannot_be_read_does_not_go_on(address, body):
    status, _, raw = post(f"{address}/chat/completions", body)
    assert status == 400
    assert json.loads(raw)["error"]["code"] == "unreadable"


def test_a_path_that_is_not_guarded_is_not_served(address):
    status, _, raw = post(f"{address}/audio/speech", {})
    assert (status, json.loads(raw)["error"]["code"]) == (404, "not_served")


# -- an upstream that misbehaves, in this process -------------------------------------


async def through(handler, body, *, limits=None, guard=None, path="/v1/chat/completions", method="POST", headers=False):
    """What a client of the proxy gets when the upstream answers as `handler` does."""
    upstream = web.Application()
    upstream.router.add_route("*", "/{path:.*}", handler)
    async with (
        TestServer(upstream) as server,
        proxies.serving(str(server.make_url("/v1")), guard=guard, limits=limits) as (address, _),
        aiohttp.ClientSession() as session,
        session.request(method, address + path, json=body) as got,
    ):
        reply = json.loads(await got.read())
        return (got.status, reply, got.headers) if headers else (got.status, reply)


def says(message, **more):
    async def handler(request):
        return web.json_response(
            {
                "id": "1",
                "object": "chat.completion",
                "created": 1,
                "model": "m",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop", **more}],
                "extra": "MAROLIN-4827",
            }
        )

    return handler


@pytest.mark.parametrize(
    "message",
    [
        {"role": "assistant", "content": "It is MAROLIN-4827."},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {
                    "id": "1",
                    "type": "function",
                    "function": {"name": "f", "arguments": '{"code": "M-A-R-O-L-I-N-4827"}'},
                }
            ],
        },
        {"role": "assistant", "content": "fine", "reasoning_content": "they want 7284-NILORAM"},
        {"role": "assistant", "content": "fine", "audio": {"transcript": "MAROLIN-4827"}},
    ],
)
async def test_no_field_of_a_reply_carries_out_what_is_blocked(message):
    status, reply = await through(says(message, logprobs={"content": [{"token": "MAROLIN-4827"}]}), ASK)
    assert status == 200
    assert "4827" not in json.dumps(reply)
    assert "7284" not in json.dumps(reply)


async def text(request):
    return web.Response(text="<html>ana@example.org</html>")


async def huge(request):
    return web.Response(text='{"choices": "' + "x" * 5000 + '"}')


async def slow(request):
    await asyncio.sleep(5)
    return web.json_response({})


async def odd(request):
    return web.json_response({"choices": [{"message": {"content": ["ana@example.org"]}}]})


async def elsewhere(request):
    raise web.HTTPFound("http://127.0.0.1:9/")


@pytest.mark.parametrize(("handler", "status"), [(text, 502), (huge, 502), (slow, 504), (odd, 502), (elsewhere, 502)])
async def test_an_upstream_that_misbehaves_is_an_error_that_quotes_nothing(handler, status):
    limits = Limits(reply_bytes=2000, upstream_seconds=0.3)
    got, reply = await through(handler, ASK, limits=limits)
    assert (got, reply["error"]["code"]) == (status, "upstream")
    assert "ana@" not in json.dumps(reply)


async def test_an_error_of_the_upstream_comes_through_as_it_is():
    async def refuses(request):
        return web.json_response({"error": {"message": "no such model", "type": "invalid_request_error"}}, status=404)

    assert await through(refuses, ASK) == (
        404,
        {"error": {"message": "no such model", "type": "invalid_request_error"}},
    )


async def test_an_error_in_the_place_of_models_is_looked_at_too():
    async def fails(request):
        return web.json_response({"error": {"message": "no disk; write to ana@example.org"}}, status=500)

    status, reply = await through(fails, None, path="/v1/models", method="GET")
    assert (status, reply) == (500, {"error": {"message": "no disk; write to [email]"}})


@pytest.mark.parametrize("body", [[], {"data": "to ana@example.org"}, {"data": [{"embedding": "to ana@example.org"}]}])
async def test_embeddings_that_are_none_do_not_go_on(body):
    async def odd(request):
        return web.json_response(body)

    status, reply = await through(odd, {"input": "x"}, path="/v1/embeddings")
    assert (status, reply["error"]["code"]) == (502, "upstream")
    assert "ana@" not in json.dumps(reply)


async def test_a_text_that_is_too_long_is_refused_and_the_answer_says_so():
    long = {"messages": [{"role": "user", "content": "word " * 200_001}]}
    status, _, headers = await through(says({}), long, guard=proxies.made_guard(budget_ms=600_000), headers=True)
    assert (status, headers["X-Trimtab-Ruling"]) == (200, "block")
    assert headers["X-Trimtab-Unlooked"] == "patterns: the text has 1,000,005 characters; cut it into at most 1,000,000"


@pytest.mark.parametrize("stream", [False, True])
async def test_an_error_that_quotes_the_model_is_looked_at_like_its_reply(stream):
    def failing(words, status=500):
        async def handler(request):
            return web.json_response(
                {"error": {"message": words, "type": "server_error"}, "detail": [words]}, status=status
            )

        return handler

    ask = {**ASK, "stream": stream}
    status, reply = await through(failing("cannot parse: write to ana@example.org"), ask)
    assert (status, reply["error"]["message"]) == (500, "cannot parse: write to [email]")
    assert reply["detail"] == ["cannot parse: write to [email]"]
    status, reply = await through(failing("cannot parse: It is MAROLIN-4827."), ask)
    assert (status, reply["error"]["code"]) == (502, "upstream")
    assert "4827" not in json.dumps(reply)
    status, reply = await through(failing("It is MAROLIN-4827.", 201), ask)
    assert (status, reply["error"]["code"]) == (502, "upstream")
    assert "4827" not in json.dumps(reply)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'{"messages": [{"role": "user", "content": "hi", "content": "to ana@example.org"}]}', "to [email]"),
        (b'{"messages": [{"role": "user", "content": "to \\u0061na@example.org"}]}', "to [email]"),
        (b'{"messages": [{"role": "user", "content": "hi"}], "messages": [{"role": "user", "content": "to ana@example.org"}]}', "to [email]"),
        (b'{"messages": [{"role": "user", "content": "hi"}], "seed": 123456789012345678901234567890}', "hi"),
        (b'\xef\xbb\xbf{"messages": [{"role": "user", "content": "to ana@example.org"}]}', None),
        ('{"messages": [{"role": "user", "content": "to ana@example.org"}]}'.encode("utf-16"), None),
        (b'{"messages": [{"role": "user", "content": "\\ud800"}]}', None),
        (b'{"messages": [{"role": "user", "content": "hi"}], "seed": NaN}', None),
        (b'{"messages": [{"role": "user", "content": "hi"}], "seed": 1e999}', None),
        (b'{"messages": [{"role": "user", "content": "hi"}], "x": ' + b"[" * 300 + b"]" * 300 + b"}", None),
        (b'{"messages": [{"role": "user", "content": "hi"}], "x": ' + b"[" * 9000 + b"]" * 9000 + b"}", None),
    ],
    ids=range(11),
)  # fmt: skip
async def test_bytes_are_read_once_and_what_was_read_is_what_goes_on(raw, said):
    """Fields that come twice, escapes, numbers beyond all bounds, marks of byte order, and nesting."""
    seen = []

    async def keeps(request):
        seen.append(await request.json())
        return web.json_response({"choices": [{"message": {"role": "assistant", "content": "x"}}]})

    upstream = web.Application()
    upstream.router.add_route("*", "/{path:.*}", keeps)
    async with (
        TestServer(upstream) as server,
        proxies.serving(str(server.make_url("/v1"))) as (address, _),
        aiohttp.ClientSession() as session,
        session.post(f"{address}/v1/chat/completions", data=raw) as got,
    ):
        reply = await got.json()
    if said is None:
        assert (got.status, reply["error"]["code"], seen) == (400, "unreadable", [])
    else:
        assert [message["content"] for body in seen for message in body["messages"]] == [said]


async def test_a_completion_does_not_hide_behind_a_conversation():
    """An upstream reads the field that its path calls for, whatever else is there."""
    seen = []

    async def keeps(request):
        seen.append(await request.json())
        return web.json_response({"choices": [{"text": "x"}]})

    body = {"messages": [{"role": "user", "content": "hi"}], "prompt": "to ana@example.org", "input": "bo@example.org"}
    await through(keeps, body, path="/v1/completions")
    assert (seen[0]["prompt"], seen[0]["input"]) == ("to [email]", "[email]")
    status, reply = await through(keeps, {**body, "prompt": "password = 'hG7!kq2pZ'"}, path="/v1/completions")
    assert (len(seen), status, reply["choices"][0]["finish_reason"]) == (1, 200, "content_filter")


async def test_a_guard_that_breaks_lets_nothing_on():
    guard = proxies.made_guard()
    guard.input = None  # what no guard does by itself
    status, reply = await through(says({"role": "assistant", "content": "ana@example.org"}), ASK, guard=guard)
    assert (status, reply["error"]["code"]) == (500, "guard")
    assert "ana@" not in json.dumps(reply)


async def test_a_body_beyond_the_limit_and_one_request_too_many():
    status, reply = await through(text, ASK, limits=Limits(request_bytes=10))
    assert (status, reply["error"]["code"]) == (413, "too_large")
    status, reply = await through(text, ASK, limits=Limits(at_once=0))
    assert (status, reply["error"]["code"]) == (503, "overloaded")


async def test_unknown_fields_of_a_request_reach_the_upstream_untouched():
    seen = {}

    async def keeps(request):
        seen.update(await request.json())
        return web.json_response({"choices": [{"message": {"role": "assistant", "content": "x"}}]})

    await through(keeps, {**ASK, "temperature": 0.5, "x-new": {"a": [1]}, "stream": False})
    assert seen == {"model": "m", "messages": ASK["messages"], "temperature": 0.5, "x-new": {"a": [1]}}


async def test_embeddings_are_looked_at_too():
    seen = []

    async def embeds(request):
        seen.extend((await request.json())["input"])
        data = [{"index": 0, "embedding": [0.5], "text": "MAROLIN-4827"}]
        return web.json_response({"object": "list", "data": data, "foo": "MAROLIN-4827"})

    status, reply = await through(embeds, {"input": ["to ana@example.org", "b"]}, path="/v1/embeddings")
    assert (status, seen) == (200, ["to [email]", "b"])
    assert reply == {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}]}
    status, reply = await through(embeds, {"input": "password = 'hG7!kq2pZ'"}, path="/v1/embeddings")
    assert (status, reply["error"]["code"]) == (400, "content_filter")


JSON = st.recursive(st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["user", "x", "text", "ana@example.org"]),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["role", "content", "text", "messages", "type", "tool_calls", "function", "arguments", "prompt", "choices", "message"]), inner, max_size=4), max_leaves=12)  # fmt: skip


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(JSON.filter(lambda body: isinstance(body, dict)))
def test_any_json_is_read_or_refused(body):
    for read in (wire.asked, wire.answered):
        try:
            places = read(body)
        except UnreadableError:
            continue
        for place in places:
            for one in place if isinstance(place, list) else [place]:
                assert isinstance(one.message.content, str)
