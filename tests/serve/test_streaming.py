"""Streams through real sockets: they begin before their end, never pretend to have one, and fill nobody's memory."""

import asyncio
import http.client
import json
import socket
import threading
from contextlib import asynccontextmanager

import pytest
from tests.serve import proxies
from tests.serve.proxies import events, post, saying, text_of, until
from tests.serve.test_relay import chunk, sse

from trimtab.serve.limits import Limits
from trimtab.serve.supervisor import bind
from trimtab.testing import Behaviour


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    with (
        proxies.upstream() as server,
        proxies.proxy(
            tmp_path_factory.mktemp("streams"), f"{server.url}/v1", "--workers", "1", "--idle", "0.5"
        ) as running,
    ):
        yield server, running
        server.script = None
        assert running.end() == 0


def stream(running, text="all is well", **more):
    status, headers, raw = post(f"{running.url}/chat/completions", saying(text, stream=True, **more))
    return status, headers, events(raw) if headers["Content-Type"] == "text/event-stream" else json.loads(raw)


LONG = "The librarian wrote a short note about each of the books that had come back. " * 40


def test_a_stream_begins_before_its_end(both):
    server, running = both
    go_on = threading.Event()

    def slowly():
        yield sse([chunk({"role": "assistant", "content": ""})])
        for at in range(0, len(LONG), 60):
            yield sse([chunk({"content": LONG[at : at + 60]})])
        go_on.wait(90)
        yield sse([chunk({"content": "Write to ana@example.org."}), chunk({}, finish="stop"), "[DONE]"])

    server.script = lambda _: Behaviour(events=slowly())
    connection = http.client.HTTPConnection(running.base.removeprefix("http://"), timeout=90)
    connection.request(
        "POST", "/v1/chat/completions", json.dumps(saying("x", stream=True)), {"Content-Type": "application/json"}
    )
    got = connection.getresponse()
    raw = b""
    while len(text_of(events(raw))) < 500:
        more = got.readline() + got.readline()
        assert more, "the stream ended"
        raw += more
    assert not go_on.is_set()
    go_on.set()
    raw += got.read()
    connection.close()
    assert text_of(events(raw)) == LONG + "Write to [email]."
    assert events(raw)[-1] == "[DONE]"


@pytest.mark.parametrize("fault", ["stall", "truncate", "no-end"])
def test_an_upstream_that_falls_silent_or_dies_is_an_error_and_no_end(both, fault):
    server, running = both
    broken = running.metric("trimtab_guard_streams_broken_total")
    server.script = lambda _: Behaviour(fault=fault)
    status, _, found = stream(running, LONG)
    assert status == 200
    assert "[DONE]" not in found
    assert found[-1]["error"]["code"] == "upstream"
    assert not any(choice["finish_reason"] for event in found[:-1] for choice in event["choices"])
    assert LONG.startswith(text_of(found[:-1]))
    assert running.metric("trimtab_guard_streams_broken_total") == broken + 1
    until(lambda: server.in_flight == 0)


def test_an_error_before_the_first_word_is_an_ordinary_error(both):
    server, running = both
    server.script = lambda _: Behaviour(status=429, headers={"Retry-After": "7"})
    status, headers, found = stream(running)
    assert (status, headers["Retry-After"], found["error"]["code"]) == (429, "7", "made_to_fail")
    server.script = lambda _: Behaviour(fault="disconnect")
    status, _, found = stream(running)
    assert (status, found["error"]["code"]) == (502, "upstream")
    server.script = lambda _: Behaviour(events=[sse([{"error": {"message": "out of memory"}}])])
    status, _, found = stream(running)
    assert (status, found["error"]["message"]) == (502, "out of memory")


def test_an_upstream_that_does_not_stream_is_streamed_all_the_same(both):
    server, running = both
    body = {"object": "chat.completion", "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "to ana@example.org"}}]}  # fmt: skip
    server.script = lambda _: Behaviour(body=json.dumps(body).encode())
    _, _, found = stream(running)
    assert (text_of(found), found[-1]) == ("to [email]", "[DONE]")


def test_what_was_used_comes_when_it_is_asked_for(both):
    server, running = both
    server.script = None
    _, _, found = stream(running, stream_options={"include_usage": True})
    assert found[-2]["usage"]["total_tokens"] > 0
    _, _, found = stream(running)
    assert not any(event.get("usage") for event in found[:-1])


def test_a_request_that_is_blocked_is_refused_as_a_stream(both):
    _, running = both
    _, headers, found = stream(running, "password = 'hG7!kq2pZ'")
    assert (headers["X-Trimtab-Ruling"], text_of(found), found[-1]) == ("block", "Not that.", "[DONE]")


def test_a_client_that_hangs_up_is_not_worked_for_any_longer(both):
    server, running = both

    def without_end():
        while True:
            yield sse([chunk({"content": "and so on, and so on, "})])

    server.script = lambda _: Behaviour(events=without_end(), pause=0.002)
    for streamed in (True, False):
        if not streamed:
            server.script = lambda _: Behaviour(fault="hang")
        connection = http.client.HTTPConnection(running.base.removeprefix("http://"), timeout=90)
        connection.request(
            "POST",
            "/v1/chat/completions",
            json.dumps(saying("x", stream=streamed)),
            {"Content-Type": "application/json"},
        )
        if streamed:
            connection.getresponse().read(2000)
        until(lambda: server.in_flight == 1)
        connection.sock.close() if connection.sock else connection.close()
        connection.close()
        until(lambda: server.in_flight == 0)
    until(lambda: running.metric('trimtab_guard_requests_total{route="chat",status="499"}') == 2)
    until(lambda: running.metric("trimtab_guard_requests_in_flight") == 0)


# -- clients that do not read, in this process so that the kernel's buffers can be made small ----------


@asynccontextmanager
async def endless(wrote):
    """An upstream that writes as fast as it is read; `wrote` counts its events."""

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        try:
            while True:
                writer.write(sse([chunk({"content": "one word after the other, "})]))
                wrote.append(1)
                await writer.drain()
        except ConnectionError:
            wrote.append(None)

    sock = bind("127.0.0.1", 0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)
    async with await asyncio.start_server(serve, sock=sock):
        yield f"http://127.0.0.1:{sock.getsockname()[1]}/v1"


async def silent_client(address):
    """Asks, and does not read."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.setblocking(False)
    host, _, port = address.removeprefix("http://").partition(":")
    loop = asyncio.get_running_loop()
    await loop.sock_connect(client, (host, int(port)))
    body = json.dumps(saying("x", stream=True)).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    await loop.sock_sendall(client, head.encode() + body)
    return client


async def settled(wrote):
    """Wait until the upstream is not read any more."""
    before = -1
    while len(wrote) != before or not wrote:
        before = len(wrote)
        await asyncio.sleep(0.3)
    return before


async def gone(wrote):
    """Wait until nobody listens to the upstream any more."""
    async with asyncio.timeout(50):  # less than the minute that a client has where nothing is said
        while not wrote or wrote[-1] is not None:  # noqa: ASYNC110  # it is a list of the upstream's
            await asyncio.sleep(0.05)


async def test_a_client_that_is_slow_slows_the_upstream_down():
    wrote: list[int | None] = []
    async with (
        endless(wrote) as upstream,
        proxies.serving(upstream, limits=Limits(drain_seconds=0.2), kernel=16_384) as (address, _),
    ):
        client = await silent_client(address)
        assert await settled(wrote) * 200 < 3e6  # bytes: what lies in buffers on the way
        client.close()
        await gone(wrote)


async def test_a_client_that_takes_nothing_is_given_up():
    wrote: list[int | None] = []
    limits = Limits(send_seconds=0.5, drain_seconds=0.2)
    async with endless(wrote) as upstream, proxies.serving(upstream, limits=limits, kernel=16_384) as (address, proxy):
        client = await silent_client(address)
        await gone(wrote)
        client.close()
        async with asyncio.timeout(50):
            while proxy.row.in_flight:  # noqa: ASYNC110  # it is a number in shared memory; what went on is ruled on first
                await asyncio.sleep(0.02)
        assert 'trimtab_guard_requests_total{route="chat",status="499"} 1' in proxy.tally.prometheus()
