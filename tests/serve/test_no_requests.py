"""What never becomes a request, or asks before it does: an answer with an id, a count, and a line in the log."""

import asyncio
import json
import os
from contextlib import asynccontextmanager

import pytest
from tests.serve import proxies
from tests.serve.proxies import saying

from trimtab.serve.access_log import AccessLog
from trimtab.serve.limits import Limits
from trimtab.serve.tally import Tally

HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@asynccontextmanager
async def connected(to="http://127.0.0.1:9/v1", **more):
    """A connection to a proxy."""
    async with proxies.serving(to, **more) as (address, _):
        host, _, port = address.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            yield reader, writer
        finally:
            writer.close()


async def answered(reader):
    """Status, headers and body of one answer."""
    async with asyncio.timeout(60):
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:] if line)
        return int(lines[0].split()[1]), headers, json.loads(await reader.readexactly(int(headers["Content-Length"])))


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"\x16\x03\x01\x02\x00\x01ana@example.org\r\n\r\n", 400, "unreadable"),
        (HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "unreadable"),
        (HEAD + b"X-Long: " + b"ana@example.org" * 2000 + b"\r\n\r\n", 431, "too_large"),
        (HEAD + b"X-Half: ana@exam", 408, "too_slow"),
        (b"P", 408, "too_slow"),
    ],
)
async def test_what_is_no_request_has_an_id_and_is_counted_and_logged(tmp_path, data, status, code):
    path, tally = tmp_path / "access.jsonl", Tally(1)
    target = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    log = AccessLog(target, tally.row(0))
    limits = Limits(arrive_seconds=0.2, drain_seconds=0.5)
    async with connected(tally=tally, log=log, limits=limits) as (reader, writer):
        writer.write(data)
        got, headers, body = await answered(reader)
        assert (got, body["error"]["code"]) == (status, code)
        assert await reader.read() == b""
    os.close(target)
    (line,) = map(json.loads, path.read_text().splitlines())
    assert (line["id"], line["route"], line["status"]) == (headers["X-Request-Id"], "other", status)
    assert line["sent"] == int(headers["Content-Length"])
    assert f'trimtab_guard_requests_total{{route="other",status="{status}"}} 1' in tally.prometheus()
    assert tally.in_flight() == 0
    assert "ana@" not in path.read_text() + json.dumps(body) + str(headers)


async def test_headers_that_drip_are_no_way_round():
    limits = Limits(arrive_seconds=0.3, drain_seconds=0.5)
    async with connected(limits=limits) as (reader, writer):

        async def drip():
            for byte in HEAD * 100:
                writer.write(bytes([byte]))
                await asyncio.sleep(0.02)

        dripping = asyncio.ensure_future(drip())
        assert (await answered(reader))[0] == 408
        dripping.cancel()


async def test_who_asks_in_time_is_timed_anew_and_empty_lines_begin_nothing():
    limits = Limits(arrive_seconds=0.3, drain_seconds=0.5)
    async with connected(limits=limits) as (reader, writer):
        for _ in range(3):
            writer.write(HEALTH[:10])
            await asyncio.sleep(0.15)
            writer.write(HEALTH[10:] + b"\r\n")
            status, headers, _ = await answered(reader)
            assert (status, len(headers["X-Request-Id"])) == (200, 24)
        await asyncio.sleep(0.5)
        writer.write(HEALTH)
        assert (await answered(reader))[0] == 200


async def test_probes_bear_an_id_too():
    async with connected() as (reader, writer):
        writer.write(HEALTH.replace(b"\r\n\r\n", b"\r\nX-Request-Id: req-1\r\n\r\n"))
        assert (await answered(reader))[1]["X-Request-Id"] == "req-1"
        writer.write(HEALTH.replace(b"healthz", b"metrics"))
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"X-Request-Id: " in head
        assert b"Content-Type: text/plain; charset=utf-8\r\n" in head


# -- whoever asks first whether a body is wanted -------------------------------------------------------


async def test_who_asks_whether_to_go_on_is_told_so_and_sends_the_body_then():
    body = json.dumps(saying("all is well")).encode()
    with proxies.upstream() as server:
        async with connected(f"{server.url}/v1") as (reader, writer):
            for _ in range(2):
                writer.write(HEAD + b"Expect: 100-Continue\r\nContent-Length: %d\r\n\r\n" % len(body))
                async with asyncio.timeout(60):
                    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
                writer.write(body)
                status, _, reply = await answered(reader)
                assert (status, reply["choices"][0]["message"]["content"]) == (200, "all is well")


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        (b"Expect: 100-continue\r\nContent-Length: 900\r\n\r\n", 413, "too_large"),
        (b"Expect: a-miracle\r\nContent-Length: 9\r\n\r\n", 417, "not_served"),
    ],
)
async def test_a_body_that_is_not_wanted_is_not_asked_for(more, status, code):
    async with connected(limits=Limits(request_bytes=100, drain_seconds=0.5)) as (reader, writer):
        writer.write(HEAD + more)
        got, headers, body = await answered(reader)
        assert (got, body["error"]["code"], headers["Connection"]) == (status, code, "close")
        assert "X-Request-Id" in headers


async def test_old_clients_expect_nothing():
    body = b"no json"
    async with connected() as (reader, writer):
        head = HEAD.replace(b"HTTP/1.1", b"HTTP/1.0")
        writer.write(head + b"Expect: a-miracle\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        assert (await answered(reader))[0] == 400
