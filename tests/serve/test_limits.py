"""What is too large, too slow, too much or no HTTP at all gets an error in the API's shape that quotes nothing."""

import asyncio
import gzip
import json
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import pytest
from tests.serve import proxies
from tests.serve.proxies import get, post, saying, until

from trimtab.serve.access_log import AccessLog
from trimtab.serve.limits import Limits
from trimtab.serve.tally import Tally
from trimtab.testing import Behaviour

SECRET = "ana@example.org"


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folder = tmp_path_factory.mktemp("limits")
    limits = ["--workers", "1", "--max-body", "0.01", "--at-once", "2", "--timeout", "1", "--access-log", "-"]
    with proxies.upstream() as server, proxies.proxy(folder, f"{server.url}/v1", *limits) as running:
        yield server, running
        server.script = None
        assert post(f"{running.url}/chat/completions", saying("still well"))[0] == 200
        assert running.end() == 0
        said = running.complaints()
        assert SECRET not in said
        assert "Traceback" not in said


def raw(running, data, *, whole=True):
    """What is answered to these bytes: status, headers and body."""
    host, _, port = running.base.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=90) as client:
        client.sendall(data)
        if whole:
            client.shutdown(socket.SHUT_WR)
        got = b""
        while piece := client.recv(65_536):
            got += piece
            head, _, body = got.partition(b"\r\n\r\n")
            if body.endswith(b"}"):
                break
    return int(head.split()[1]), head.decode(), json.loads(body)


HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (HEAD + b"Content-Length: 900000\r\n\r\n", 413, "too_large"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"4000\r\n" + b"x" * 0x4000 + b"\r\n", 413, "too_large"),
        (HEAD + b"X-Long: " + SECRET.encode() * 2000 + b"\r\n\r\n", 431, "too_large"),
        (b"POST /v1/" + SECRET.encode() * 2000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 431, "too_large"),
        (HEAD + b"Content-Length: ana@example.org\r\n\r\n", 400, "unreadable"),
        (HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "unreadable"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nana@example.org\r\n", 400, "unreadable"),
        (b"\x16\x03\x01\x02\x00\x01ana@example.org\r\n\r\n", 400, "unreadable"),
        (b"GET /" + SECRET.encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n", 404, "not_served"),
        (b"GET /v1/chat/completions HTTP/1.1\r\nHost: x\r\n\r\n", 405, "not_served"),
        (b"DELETE /v1/models HTTP/1.1\r\nHost: x\r\n\r\n", 405, "not_served"),
    ],
)
def test_what_is_too_large_or_no_http(both, data, status, code):
    _, running = both
    got, head, body = raw(running, data, whole=False)
    assert (got, body["error"]["code"]) == (status, code)
    assert SECRET not in head + json.dumps(body)


def test_a_body_that_unpacks_into_more_than_the_limit(both):
    _, running = both
    packed = gzip.compress(b'{"messages": "' + b"x" * 10_000_000 + b'"}')
    assert len(packed) < 10_485
    status, _, body = post(f"{running.url}/chat/completions", packed, **{"Content-Encoding": "gzip"})
    assert (status, json.loads(body)["error"]["code"]) == (413, "too_large")
    packed = gzip.compress(json.dumps(saying("packed")).encode())
    assert post(f"{running.url}/chat/completions", packed, **{"Content-Encoding": "gzip"})[0] == 200
    status, _, body = post(f"{running.url}/chat/completions", b"ana@example.org", **{"Content-Encoding": "gzip"})
    assert (status, json.loads(body)["error"]["code"]) == (400, "unreadable")


def test_one_request_too_many_is_told_to_come_again(both):
    server, running = both
    server.script = lambda _: Behaviour(latency=0.7)
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(post, f"{running.url}/chat/completions", saying("x")) for _ in range(2)]
        until(lambda: server.in_flight == 2)
        status, headers, body = post(f"{running.url}/chat/completions", saying("x"), **{"X-Request-Id": "req-3"})
        assert (status, headers["Retry-After"], headers["X-Request-Id"]) == (503, "1", "req-3")
        assert json.loads(body)["error"]["code"] == "overloaded"
        assert get(f"{running.base}/healthz")[0] == 200  # probes are answered all the same
        assert [one.result()[0] for one in waiting] == [200, 200]


def test_an_upstream_that_takes_too_long_or_is_not_there(both):
    server, running = both
    server.script = lambda _: Behaviour(fault="hang")
    status, _, body = post(f"{running.url}/chat/completions", saying("x"))
    assert (status, json.loads(body)["error"]["code"]) == (504, "upstream")
    until(lambda: server.in_flight == 0)
    for fault in ("disconnect", "garbage", "truncate"):
        server.script = lambda _, fault=fault: Behaviour(fault=fault)
        status, _, body = post(f"{running.url}/chat/completions", saying("x" * 100))
        assert (status, json.loads(body)["error"]["code"]) == (502, "upstream")


def test_requests_that_are_sent_before_the_first_is_answered(both):
    server, running = both
    server.script = None
    body = json.dumps(saying("one after the other")).encode()
    one = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    host, _, port = running.base.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=90) as client:
        client.sendall(one * 5)
        got = b""
        while got.count(b"HTTP/1.1 200 OK") < 5:
            got += client.recv(65_536)


def test_models_and_vectors(both):
    _, running = both
    assert json.loads(get(f"{running.url}/models")[1])["object"] == "list"
    status, headers, body = post(f"{running.url}/embeddings", {"model": "m", "input": ["to ana@example.org"]})
    assert (status, headers["X-Trimtab-Ruling"]) == (200, "mask")
    assert json.loads(body)["data"][0]["embedding"] == [len("to [email]")]


async def test_a_request_that_does_not_arrive_is_not_waited_for_for_ever():
    async with proxies.serving("http://127.0.0.1:9/v1", limits=Limits(arrive_seconds=0.2)) as (address, proxy):
        host, _, port = address.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(HEAD + b"Content-Length: 100\r\n\r\n{")
        got = await asyncio.wait_for(reader.read(), 60)
        writer.close()
        assert b" 408 " in got.partition(b"\r\n")[0]
        assert json.loads(got.partition(b"\r\n\r\n")[2])["error"]["code"] == "too_slow"
        assert proxy.row.in_flight == 0


async def test_a_kept_connection_that_the_upstream_has_closed_is_not_an_error():
    """It answers one request on each connection, and then closes it without saying so."""
    served = []

    async def serve(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
        served.append(1)
        body = (
            b'{"choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "well"}}]}'
        )
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        )
        await reader.read(1)  # the next request begins: too late
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as upstream:
        to = f"http://127.0.0.1:{upstream.sockets[0].getsockname()[1]}/v1"
        async with proxies.serving(to) as (address, _), aiohttp.ClientSession() as session:
            for _ in range(3):
                async with session.post(f"{address}/v1/chat/completions", json=saying("x")) as got:
                    assert got.status == 200
    assert len(served) == 3


def test_limits_that_make_no_sense():
    for wrong in ({"request_bytes": 0}, {"idle_seconds": 0.0}, {"drain_seconds": float("nan")}, {"at_once": -1}):
        with pytest.raises(ValueError):
            Limits(**wrong)


def test_a_log_that_nobody_reads_stops_nobody():
    reader, writer = os.pipe()
    tally = Tally(1)
    log = AccessLog(writer, tally.row(0))

    def write():
        for _ in range(500):
            log.write(id="x" * 1000)

    thread = threading.Thread(target=write)
    thread.start()
    thread.join(90)
    assert not thread.is_alive()
    assert "trimtab_guard_log_lines_dropped_total 0" not in tally.prometheus()
    os.close(reader)
    log.write(id="nobody is there")
    os.close(writer)


def test_a_full_disk_leaves_no_torn_line(tmp_path, monkeypatch):
    tally, write, path = Tally(1), os.write, tmp_path / "access.jsonl"
    target = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    log = AccessLog(target, tally.row(0))
    log.write(id="1")
    with monkeypatch.context() as disk:
        disk.setattr(os, "write", lambda to, line: write(to, line[:1]))
        log.write(id="2")
    log.write(id="3")
    os.close(target)
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == ["1", "3"]
    assert "trimtab_guard_log_lines_dropped_total 1" in tally.prometheus()
