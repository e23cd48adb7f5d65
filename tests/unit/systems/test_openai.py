"""The client against a real server on real sockets: answers, headers, keys, connections."""

import asyncio
import email.utils
import logging
import time

import pytest

from trimtab.builtin.systems.openai import OpenAIClient, OpenAISystem, endpoint
from trimtab.builtin.systems.openai_http import retry_after
from trimtab.errors import CallError, SystemUnavailableError
from trimtab.kinds import Message, Request
from trimtab.testing import Behaviour, OpenAIServer
from trimtab.testing.answers import answer

KEY = "sk-very-secret-4711"


def ask(text="What is 20 + 22?", **settings):
    return Request(messages=(Message("user", text),), **settings)


@pytest.mark.parametrize(
    ("url", "api", "posted_to"),
    [
        ("http://h:8080", "chat", "http://h:8080/v1/chat/completions"),
        ("http://h:8080/", "chat", "http://h:8080/v1/chat/completions"),
        ("http://h:8080/v1", "chat", "http://h:8080/v1/chat/completions"),
        ("http://h:8080/v1/", "completions", "http://h:8080/v1/completions"),
        ("https://h/api/openai", "chat", "https://h/api/openai/chat/completions"),
        ("https://h/v1/chat/completions", "chat", "https://h/v1/chat/completions"),
        ("https://h/v1/chat/completions", "completions", "https://h/v1/completions"),
        ("https://h/d/x?api-version=3", "chat", "https://h/d/x/chat/completions?api-version=3"),
    ],
)
def test_where_a_base_url_leads(url, api, posted_to):
    assert str(endpoint(url, api)) == posted_to


@pytest.mark.parametrize("url", ["h:8080", "ftp://h", "", "/v1", "http://", "http://me:pw@h/v1", "http://me@h"])
def test_urls_that_are_none_or_hold_a_password(url):
    with pytest.raises(ValueError, match="url must"):
        OpenAISystem(url=url, model="m")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("api", ["chat", "completions"])
async def test_an_answer_with_all_that_is_offered(api, stream):
    async with OpenAIServer(latency=0.01) as server, OpenAISystem(url=server.url, model="m", api=api) as system:
        before, began = time.time(), time.perf_counter()
        reply = await system.ask(ask(stream=stream, logprobs=1))
        took = time.perf_counter() - began
    assert reply.text == answer("What is 20 + 22?") == "The answer is 42."
    assert (reply.finish, reply.model) == ("stop", "m")
    assert (reply.prompt_tokens, reply.completion_tokens) == (5, 4)
    assert reply.logprobs is not None
    assert len(reply.logprobs) == 4
    assert 0.01 <= reply.latency <= took
    assert before <= reply.finished_at <= time.time()
    if stream:
        assert reply.first_token is not None
        assert 0.01 <= reply.first_token <= reply.latency
    else:
        assert reply.first_token is None


async def test_the_first_token_is_timed_when_it_comes_and_not_at_the_end():
    async with OpenAIServer(token_delay=0.05) as server, OpenAISystem(url=server.url, model="m") as system:
        reply = await system.ask(ask(stream=True))
    assert reply.first_token is not None
    assert reply.latency - reply.first_token >= 0.15  # three pieces later


@pytest.mark.parametrize("stream", [False, True])
async def test_what_a_server_does_not_say_is_unknown(stream):
    async with OpenAIServer(usage=False, logprobs=False) as server, OpenAISystem(url=server.url, model="m") as system:
        reply = await system.ask(ask(stream=stream, logprobs=2))
    assert (reply.prompt_tokens, reply.completion_tokens, reply.logprobs) == (None, None, None)


async def test_a_server_that_refuses_stream_options_is_asked_without_from_then_on():
    async with OpenAIServer(stream_options=False) as server, OpenAISystem(url=server.url, model="m") as system:
        first = await system.ask(ask(stream=True))
        second = await system.ask(ask("What is 1 + 1?", stream=True))
        assert ["stream_options" in seen.body for seen in server.seen] == [True, False, False]
    assert (first.text, second.text) == ("The answer is 42.", "The answer is 2.")
    assert first.completion_tokens is None


async def test_a_bad_request_stays_one_and_is_not_repeated_for_ever():
    refuse = lambda _: Behaviour(status=400)  # noqa: E731
    async with OpenAIServer(script=refuse) as server, OpenAISystem(url=server.url, model="m") as system:
        for _ in range(3):
            with pytest.raises(CallError, match="http-400"):
                await system.ask(ask(stream=True))
        assert len(server.seen) <= 6
        server.script = None
        assert (await system.ask(ask(stream=True))).completion_tokens == 4  # it was not the fault of stream_options


async def test_a_server_that_does_not_stream_when_asked_to_is_understood():
    whole = b'{"choices":[{"index":0,"message":{"content":"hi"},"finish_reason":"stop"}]}'
    script = lambda _: Behaviour(body=whole)  # noqa: E731
    async with OpenAIServer(script=script) as server, OpenAISystem(url=server.url, model="m") as system:
        reply = await system.ask(ask(stream=True))
    assert (reply.text, reply.first_token) == ("hi", None)


# -- keys ---------------------------------------------------------------------


async def test_the_key_comes_from_the_environment_and_goes_nowhere_else(monkeypatch, caplog):
    monkeypatch.setenv("OPENAI_API_KEY", f" {KEY}\n")
    caplog.set_level(logging.DEBUG)
    traces = []
    async with OpenAIServer(key=KEY) as server, OpenAISystem(url=server.url, model="m") as system:
        await system.ask(ask())
        assert server.seen[0].authorised
        for fault in ("disconnect", "garbage", "truncate"):
            server.script = lambda _, fault=fault: Behaviour(fault=fault)
            with pytest.raises(CallError) as caught:
                await system.ask(ask("a private prompt"))
            assert caught.value.__cause__ is None
            assert caught.value.__suppress_context__
            traces.append(repr(caught.value) + str(caught.value))
        shown = [repr(system), repr(system._client), str(system.identity()), caplog.text, *traces]
    assert not [text for text in shown if KEY in text or "private prompt" in text]


async def test_a_wrong_key_is_http_401():
    async with OpenAIServer(key=KEY) as server, OpenAISystem(url=server.url, model="m", key_env="") as system:
        with pytest.raises(CallError, match="http-401") as caught:
            await system.ask(ask())
    assert not caught.value.retryable


@pytest.mark.parametrize("value", [None, "", "  ", "with\nnewline", "käy"])
async def test_a_key_that_is_named_must_be_there_and_whole(monkeypatch, value):
    if value is None:
        monkeypatch.delenv("MY_KEY", raising=False)
    else:
        monkeypatch.setenv("MY_KEY", value)
    with pytest.raises(SystemUnavailableError, match="MY_KEY") as caught:
        async with OpenAISystem(url="http://127.0.0.1:1", model="m", key_env="MY_KEY"):
            pass
    assert not value or not value.strip() or value.strip() not in str(caught.value)


async def test_secret_headers_come_from_the_environment_too(monkeypatch):
    with pytest.raises(ValueError, match="headers_env"):
        OpenAISystem(url="http://h", model="m", headers={"Api-Key": KEY})
    monkeypatch.setenv("AZURE_KEY", KEY)
    system = OpenAISystem(url="http://h", model="m", headers={"X-Team": "red"}, headers_env={"api-key": "AZURE_KEY"})
    async with system:
        assert system._client is not None
        assert system._client._headers["api-key"] == KEY
        assert KEY not in repr(system) + str(system.identity())
        assert "red" not in repr(system) + str(system.identity())


def test_what_changes_answers_changes_the_identity_and_secrets_are_not_in_it():
    plain = OpenAISystem(url="http://h", model="m")
    others = [
        OpenAISystem(url="http://h:1", model="m"),
        OpenAISystem(url="http://h", model="n"),
        OpenAISystem(url="http://h", model="m", api="completions"),
        OpenAISystem(url="http://h", model="m", body={"reasoning_effort": "low"}),
        OpenAISystem(url="http://h", model="m", headers={"x-mode": "a"}),
        OpenAISystem(url="http://h?sig=4711", model="m"),
    ]
    identities = [str(system.identity()) for system in (plain, *others)]
    assert len(set(identities)) == len(identities)
    assert "4711" not in "".join(identities)
    assert plain.identity() == OpenAISystem(url="http://h/v1/", model="m", key_env="OTHER").identity()


# -- Retry-After, connections, redirects -----------------------------------------


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7.0), ("0", 0.0), (" 1.5 ", 1.5), ("-3", None), ("nan", None), ("inf", None), ("soon", None), ("", None)],
)
def test_retry_after_as_a_number(value, seconds):
    assert retry_after(value, now=0.0) == seconds


def test_retry_after_as_a_date():
    assert retry_after(email.utils.formatdate(1_700_000_090, usegmt=True), now=1_700_000_000) == 90.0
    assert retry_after(email.utils.formatdate(1_700_000_000, usegmt=True), now=1_700_000_090) == 0.0
    assert retry_after("Wed, 99 Foo 2026 10:00:00 GMT", now=0.0) is None


@pytest.mark.parametrize(
    ("status", "retryable"),
    [
        (400, False),
        (401, False),
        (404, False),
        (408, True),
        (422, False),
        (429, True),
        (500, True),
        (501, False),
        (503, True),
        (529, True),
    ],
)
async def test_which_statuses_may_pass(status, retryable):
    script = lambda _: Behaviour(status=status, headers={"Retry-After": "3"})  # noqa: E731
    async with OpenAIServer(script=script) as server, OpenAISystem(url=server.url, model="m") as system:
        with pytest.raises(CallError) as caught:
            await system.ask(ask())
    assert (caught.value.reason, caught.value.retryable) == (f"http-{status}", retryable)
    assert caught.value.retry_after == 3.0


async def test_no_credit_is_not_waited_for():
    script = lambda _: Behaviour(status=429, code="insufficient_quota")  # noqa: E731
    async with OpenAIServer(script=script) as server, OpenAISystem(url=server.url, model="m") as system:
        with pytest.raises(CallError, match="quota") as caught:
            await system.ask(ask())
    assert not caught.value.retryable


async def test_a_redirect_is_not_followed_with_the_key():
    async with OpenAIServer() as elsewhere:
        to = {"Location": f"{elsewhere.url}/v1/chat/completions"}
        away = OpenAIServer(script=lambda _: Behaviour(status=307, headers=to))
        async with away as server, OpenAISystem(url=server.url, model="m") as system:
            with pytest.raises(CallError, match="http-307"):
                await system.ask(ask())
        assert elsewhere.seen == []


async def test_proxies_of_the_environment_are_not_asked_unless_told(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    async with OpenAIServer() as server:
        async with OpenAISystem(url=server.url, model="m") as system:
            assert (await system.ask(ask())).text
        async with OpenAISystem(url=server.url, model="m", trust_env=True) as system:
            with pytest.raises(CallError):
                await system.ask(ask())


async def test_connections_are_used_again():
    async with OpenAIServer() as server, OpenAIClient(server.url, "m") as client:
        for number in range(5):
            await client.ask(ask(f"What is {number} + 1?", stream=bool(number % 2)))
        assert client._session is not None
        assert client._session.connector is not None
        pools = client._session.connector._conns
        assert sum(map(len, pools.values())) == 1


async def test_nothing_listens_and_nobody_knows_the_name(unused_tcp_port):
    async with OpenAISystem(url=f"http://127.0.0.1:{unused_tcp_port}", model="m") as system:
        with pytest.raises(CallError, match="refused"):
            await system.ask(ask())
    async with OpenAISystem(url="http://name.invalid", model="m") as system:
        with pytest.raises(CallError, match=r"unresolved|unreachable"):
            await system.ask(ask())


async def test_tls_where_there_is_none():
    async with OpenAIServer() as server, OpenAISystem(url=f"https://127.0.0.1:{server.port}", model="m") as system:
        with pytest.raises(CallError, match="tls"):
            await system.ask(ask())


async def test_asking_before_entering_is_a_mistake_of_the_program():
    with pytest.raises(RuntimeError, match="enter"):
        await OpenAISystem(url="http://h", model="m").ask(ask())


async def test_being_cancelled_closes_the_connection():
    hanging = OpenAIServer(script=lambda _: Behaviour(fault="hang"))
    async with hanging as server, OpenAISystem(url=server.url, model="m") as system:
        asking = asyncio.create_task(system.ask(ask()))
        while not server.in_flight:  # noqa: ASYNC110  # the server tells nobody
            await asyncio.sleep(0.005)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        while server.in_flight:  # noqa: ASYNC110  # it notices when the connection closes
            await asyncio.sleep(0.005)


def completion(text):
    body = (
        b'{"model":"m","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"'
        + text.encode()
        + b'"}}]}'
    )
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    return head + body


@pytest.mark.parametrize("unasked", ["at-once", "later"])
async def test_an_answer_that_nobody_asked_for_is_not_the_next_ones(unasked):
    """Evidence would be of the wrong case: a server that answers twice over a kept connection is believed once."""
    connections, sent = [], asyncio.Event()

    async def serve(reader, writer):
        connections.append(writer)
        first = len(connections) == 1
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(completion("mine"))
            if first and unasked == "at-once":
                writer.write(completion("not mine"))
            await writer.drain()
            if first and unasked == "later":
                await asyncio.sleep(0.05)
                writer.write(completion("not mine"))
                await writer.drain()
            sent.set()

    async def guarded(reader, writer):
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(guarded, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with OpenAISystem(url=url, model="m") as system:
            replies = []
            for _ in range(3):
                replies.append((await system.ask(ask(stream=False))).text)
                await sent.wait()  # one that comes after the next question would be its answer for all one can tell
                await asyncio.sleep(0.1)
        for writer in connections:
            writer.close()
    assert replies == ["mine"] * 3
    assert len(connections) > 1
