"""Answers that are read slowly, or not at all: as long as a client takes bytes it is waited for, and no longer."""

import asyncio
import json
import os
import socket
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from tests.serve import proxies
from tests.serve.proxies import saying

from trimtab.serve.access_log import AccessLog
from trimtab.serve.limits import Limits
from trimtab.serve.tally import Tally

LONG = "one word after the other, " * 35_000  # 910,000 letters
MODELS = b"GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n"


def asking(**more):
    body = json.dumps(saying("x", **more)).encode()
    return b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


@asynccontextmanager
async def before_long_answers(*, kernel, seconds, **more):
    """A proxy whose upstream has much to say; `kernel` bytes lie in the kernel, `seconds` is how long a client has."""

    async def answers(request):
        if request.method == "GET":
            return web.json_response({"object": "list", "data": [LONG]})
        return web.json_response(
            {"choices": [{"index": 0, "message": {"role": "assistant", "content": LONG}, "finish_reason": "stop"}]}
        )

    upstream = web.Application()
    upstream.router.add_route("*", "/{path:.*}", answers)
    limits = Limits(send_seconds=seconds, drain_seconds=0.2)
    async with (
        TestServer(upstream) as server,
        proxies.serving(
            str(server.make_url("/v1")),
            guard=proxies.made_guard(budget_ms=600_000),
            limits=limits,
            kernel=kernel,
            **more,
        ) as (address, proxy),
    ):
        yield address, proxy


async def client(address, data):
    """Asks, and does not read yet."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.setblocking(False)
    host, _, port = address.removeprefix("http://").partition(":")
    loop = asyncio.get_running_loop()
    await loop.sock_connect(sock, (host, int(port)))
    await loop.sock_sendall(sock, data)
    return sock


async def until(happened):
    async with asyncio.timeout(60):
        while not happened():  # noqa: ASYNC110  # it is a number of the proxy's
            await asyncio.sleep(0.01)


async def test_a_whole_answer_is_a_request_in_flight_until_it_is_read_and_given_up_when_nobody_reads(tmp_path):
    path, tally = tmp_path / "access.jsonl", Tally(1)
    target = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    log = AccessLog(target, tally.row(0))
    async with before_long_answers(kernel=16_384, seconds=1.0, tally=tally, log=log) as (address, proxy):
        silent = await client(address, MODELS)
        await until(lambda: proxy.row.in_flight == 1)
        await asyncio.sleep(0.5)
        assert proxy.row.in_flight == 1
        await until(lambda: proxy.row.in_flight == 0)
        assert 'trimtab_guard_requests_total{route="models",status="499"} 1' in tally.prometheus()
        silent.close()
    os.close(target)
    (line,) = map(json.loads, path.read_text().splitlines())
    assert line["status"] == 499
    assert line["sent"] < 300_000
    assert 900 <= line["ms"] < 1900  # not what it took in the beginning, and then as long again


@pytest.mark.parametrize("data", [MODELS, asking(stream=True), asking()], ids=["models", "stream", "whole"])
async def test_whoever_reads_slowly_is_waited_for(data):
    """What the kernel keeps, it hands out for longer than a client has that takes nothing."""
    loop = asyncio.get_running_loop()
    async with before_long_answers(kernel=300_000, seconds=0.4) as (address, proxy):
        slow = await client(address, data)
        got = await loop.sock_recv(slow, 4096)
        for _ in range(40):
            await asyncio.sleep(0.05)
            got += (piece := await loop.sock_recv(slow, 4096))
            assert piece
        while proxy.row.in_flight or len(got) < len(LONG):
            got += (piece := await loop.sock_recv(slow, 1 << 20))
            assert piece
        slow.close()
    head, _, body = got.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    if b"chunked" in head:
        assert body.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")
    elif data is MODELS:
        assert json.loads(body)["data"] == [LONG]
    else:
        assert json.loads(body)["choices"][0]["message"]["content"] == LONG


async def test_a_long_answer_is_whole_and_its_connection_is_kept():
    async with before_long_answers(kernel=0, seconds=30.0) as (address, _):
        host, _, port = address.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        for _ in range(2):
            writer.write(MODELS)
            head = await reader.readuntil(b"\r\n\r\n")
            assert b"X-Request-Id: " in head
            size = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
            assert json.loads(await reader.readexactly(size))["data"] == [LONG]
        writer.write(b"HEAD /v1/models HTTP/1.1\r\nHost: x\r\n\r\n" + MODELS)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 405 ")  # and no body after it
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        writer.close()
