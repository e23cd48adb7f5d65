"""Servers that lie, break off, talk garbage or never end. No crash, no hang, and never an empty, safe answer."""

import asyncio
import gzip
from collections import Counter
from contextlib import asynccontextmanager

import pytest

from trimtab.builtin.systems.openai import OpenAISystem
from trimtab.errors import CallError
from trimtab.kinds import Case, Message, Missing, Request
from trimtab.measure.cache import Cache
from trimtab.measure.runner import Job, Patience, Tally, ask_all
from trimtab.policy.system_spec import Generation, Limits
from trimtab.testing import Behaviour, OpenAIServer

QUICK = Patience(base=0.001, cap=0.01, trip=10_000)
PROMPT = "What is 20 + 22? My name is Secret Person 4711."

SSE = b"Content-Type: text/event-stream\r\n"
JSON = b"Content-Type: application/json\r\n"
PIECE = b'data: {"choices":[{"index":0,"delta":{"content":"half "},"finish_reason":null}]}\n\n'


def reply(head, body, *, length=None):
    size = len(body) if length is None else length
    return b"HTTP/1.1 200 OK\r\n" + head + b"Content-Length: %d\r\n\r\n" % size + body


def chunked(head, *chunks, end=True):
    parts = [b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks]
    return b"HTTP/1.1 200 OK\r\n" + head + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(parts) + b"0\r\n\r\n" * end


RAW = {
    "closes at once": b"",
    "half a status line": b"HTTP/1.1 20",
    "garbage": b"\x16\x03\x01\x00\xff" * 50,
    "another protocol": b"220 mail.example ESMTP ready\r\n",
    "status that is no number": b"HTTP/1.1 OK 200\r\n\r\n",
    "status 99999": b"HTTP/1.1 99999 Odd\r\nContent-Length: 0\r\n\r\n",
    "endless header": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
    "many headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000 + b"\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\n{}",
    "negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}",
    "length longer than the body": reply(JSON, b'{"choices":[', length=500),
    "no body": reply(JSON, b""),
    "HTML": reply(b"Content-Type: text/html\r\n", b"<html>Welcome to the hotel network</html>"),
    "not UTF-8": reply(JSON, b'{"choices":[{"message":{"content":"\xff\xfe"},"finish_reason":"stop"}]}'),
    "an error with status 200": reply(JSON, b'{"error":{"message":"' + PROMPT.encode() + b'"}}'),
    "empty choices": reply(JSON, b'{"choices":[]}'),
    "null content": reply(JSON, b'{"choices":[{"message":{"content":null},"finish_reason":"stop"}]}'),
    "deeply nested": reply(JSON, b'{"choices":' + b"[" * 200_000),
    "length far too large": reply(JSON, b"{", length=10**15),
    "gzip that is none": reply(JSON + b"Content-Encoding: gzip\r\n", b"this is not gzip"),
    "gzip bomb": reply(JSON + b"Content-Encoding: gzip\r\n", gzip.compress(b" " * 100_000_000)),
    "stream that stops": chunked(SSE, PIECE),
    "stream that is cut": chunked(SSE, PIECE, end=False),
    "stream cut inside an event": chunked(SSE, PIECE, PIECE[:30]),
    "stream of nothing": chunked(SSE),
    "stream of heartbeats": chunked(SSE, b": still here\n\n" * 1000),
    "stream that is done at once": chunked(SSE, b"data: [DONE]\n\n"),
    "stream with an error inside": chunked(SSE, PIECE, b'data: {"error":{"message":"overloaded"}}\n\n'),
    "stream that is not UTF-8": chunked(SSE, PIECE, b'data: {"choices":[{"delta":{"content":"\xff"}}]}\n\n'),
    "stream of JSON that is none": chunked(SSE, b"data: {]\n\n", b"data: [DONE]\n\n"),
    "stream of an endless line": chunked(SSE, b"data: " + b"x" * 12_000_000),
    "chunk sizes that are none": b"HTTP/1.1 200 OK\r\n" + SSE + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
}


@asynccontextmanager
async def raw_server(answer):
    """Reads a request and writes these bytes."""

    async def serve(reader, writer):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
            )
            await reader.readexactly(length)
            writer.write(answer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("answer", RAW.values(), ids=RAW.keys())
async def test_nothing_that_a_server_can_send_is_taken_for_an_answer(answer, stream):
    async with raw_server(answer) as url, OpenAISystem(url=url, model="m") as system:
        with pytest.raises(CallError) as caught:
            async with asyncio.timeout(90):
                await system.ask(Request(messages=(Message("user", PROMPT),), stream=stream))
    assert caught.value.reason in {"malformed", "truncated", "disconnected", "too-large", "http-999", "http-99999"}
    assert "Secret" not in str(caught.value) + repr(caught.value)


async def test_an_answer_that_never_ends_is_cut_off():
    async def serve(reader, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n" + SSE + b"Transfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                writer.write(b"%x\r\n%s\r\n" % (len(PIECE), PIECE) * 100)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with OpenAISystem(url=url, model="m", max_bytes=1_000_000) as system:
            with pytest.raises(CallError, match="too-large"):
                await system.ask(Request(messages=(Message("user", "hi"),), stream=True))


def cases(count):
    return [Case(id=str(n), messages=(Message("user", f"What is {n} + 1?"),)) for n in range(count)]


async def measure(server, count=40, *, stream=True, cache=None, tally=None, **limits):
    limits = {"concurrency": 8, "timeout": 60.0, "retries": 2, **limits}
    async with OpenAISystem(url=server.url, model="m", key_env="") as system:
        job = Job(
            candidate="c",
            system=system,
            identity=system.identity(),
            suite="s",
            cases=cases(count),
            limits=Limits(**limits),
            generation=Generation(stream=stream),
        )
        return [result async for result in ask_all([job], cache=cache, tally=tally, patience=QUICK)]


FAULTS = {
    "http-429": Behaviour(status=429),
    "http-500": Behaviour(status=500),
    "disconnected": Behaviour(fault="disconnect"),
    "truncated": Behaviour(fault="truncate"),
    "timeout": Behaviour(fault="hang"),
    "malformed": Behaviour(body=b'{"choices":'),
}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("reason", "behaviour"), FAULTS.items())
async def test_a_fault_now_and_then_costs_a_retry_and_no_case(tmp_path, reason, behaviour, stream):
    def script(seen):
        return behaviour if seen.number % 5 == 0 else Behaviour()

    tally = Tally()
    timeout = 0.5 if reason == "timeout" else 60.0
    async with OpenAIServer(script=script) as server:
        with Cache(tmp_path / "c") as cache:
            results = await measure(server, cache=cache, tally=tally, stream=stream, timeout=timeout, retries=8)
            assert len(cache) == 40
        assert tally.calls == len(server.seen)
    texts = {result.case.id: result.outcome.text for result in results}
    assert texts == {str(n): f"The answer is {n + 1}." for n in range(40)}
    assert set(tally.errors) == {reason}
    assert tally.errors[reason] == tally.calls - 40 > 0


@pytest.mark.parametrize(("reason", "behaviour"), FAULTS.items())
async def test_a_fault_that_stays_is_missing_with_its_reason(tmp_path, reason, behaviour):
    def script(seen):
        return behaviour if seen.prompt == "What is 3 + 1?" else Behaviour()

    tally = Tally()
    async with OpenAIServer(script=script) as server:
        with Cache(tmp_path / "c") as cache:
            results = await measure(server, 10, cache=cache, tally=tally, timeout=0.5 if reason == "timeout" else 60.0)
            assert len(cache) == 9
    assert {r.case.id: r.outcome.reason for r in results if isinstance(r.outcome, Missing)} == {"3": reason}
    assert sum(seen.prompt == "What is 3 + 1?" for seen in server.seen) == 3
    assert tally.errors == {reason: len(server.seen) - 9}  # a busy machine may have taken its time elsewhere too


async def test_a_wrong_key_ends_the_candidate_after_a_handful_of_calls():
    tally = Tally()
    async with OpenAIServer(key="another") as server:
        results = await measure(server, 500, tally=tally)
        assert len(server.seen) <= 8
    assert Counter(r.outcome.reason for r in results) == {"http-401": 500}
    assert "key" in str(tally.unavailable["c"])


async def test_an_unknown_model_ends_the_candidate_with_a_next_step():
    tally = Tally()
    async with OpenAIServer(models=("other",)) as server:
        results = await measure(server, 100, tally=tally)
    assert Counter(r.outcome.reason for r in results) == {"http-404": 100}
    assert "model" in str(tally.unavailable["c"])


async def test_a_server_that_goes_away_midway_costs_few_calls():
    tally = Tally()
    server = OpenAIServer()
    await server.__aenter__()
    async with OpenAISystem(url=server.url, model="m", key_env="") as system:
        job = Job(
            candidate="c",
            system=system,
            identity=system.identity(),
            suite="s",
            cases=cases(1000),
            limits=Limits(concurrency=4, retries=3),
        )
        results = []
        async for result in ask_all([job], tally=tally, patience=Patience(base=0.001, cap=0.01, trip=8, probes=3)):
            results.append(result)
            if len(results) == 100:
                await server.__aexit__()
    answered = sum(not isinstance(r.outcome, Missing) for r in results)
    assert len(results) == 1000
    assert 100 <= answered < 1000
    assert tally.calls - answered < 30
    assert "stopped answering" in str(tally.unavailable["c"])
