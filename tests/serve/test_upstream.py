"""The upstream's side of the proxy: whatever is not clearly one answer is none, and no answer is anybody else's."""

import asyncio
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest

from trimtab.serve import upstream as upstream_module
from trimtab.serve.limits import Limits
from trimtab.serve.upstream import Upstream, UpstreamError

OK = b"HTTP/1.1 200 OK\r\n"
SECRET = b"ana@example.org"


@asynccontextmanager
async def server(*answers, close=(), **limits):
    """Gives each request the pieces of the next answer; closes the connection after those in `close`."""
    asked, connections, left = [], [], iter(enumerate(answers))
    tasks: set[asyncio.Task[None] | None] = set()

    async def serve(reader, writer):
        tasks.add(asyncio.current_task())
        connections.append(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if b"Content-Length: " in head:
                    head += await reader.readexactly(int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0]))
                asked.append(head)
                number, pieces = next(left)
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0)
                if number in close:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        base = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/base/v1"
        to = Upstream(base, key="x", limits=Limits(**{"reply_bytes": 1000, "upstream_seconds": 10.0, **limits}))
        await to.open()
        try:
            yield to, asked, connections
        finally:
            await to.close()
            for task in filter(None, tasks):
                task.cancel()


async def ask(to, *, path="/v1/x", **headers):
    return (await to.ask("POST", path, {"a": 1}, headers))[1]


def cut(raw, places):
    return [raw[a:b] for a, b in pairwise([0, *sorted(places), len(raw)]) if b > a]


def sized(body=b'{"a":1}', *more):
    return b"".join([OK, *(line + b"\r\n" for line in more), b"Content-Length: %d\r\n\r\n" % len(body), body])


def chunked(*pieces, end=b"0\r\n\r\n"):
    return OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(b"%X\r\n%s\r\n" % (len(p), p) for p in pieces) + end


@pytest.mark.parametrize("raw", [sized(), chunked(b'{"a"', b":1}"), b"HTTP/1.1 100 Continue\r\n\r\n" + sized()])
async def test_however_an_answer_is_cut_it_is_the_same_and_its_connection_is_kept(raw):
    ways = [[raw], [raw[i : i + 1] for i in range(len(raw))], *(cut(raw, [i]) for i in range(1, len(raw), 9))]
    async with server(*ways) as (to, asked, connections):
        for _ in ways:
            assert await ask(to, **{"X-Request-Id": "7"}) == {"a": 1}
        assert len(connections) == 1
    head, _, body = asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /base/v1/x HTTP/1.1\r\nHost: 127.0.0.1:")
    lines = set(head.split(b"\r\n")[2:])
    assert lines == {b"Authorization: Bearer x", b"X-Request-Id: 7", b"Accept: application/json",
                     b"Accept-Encoding: identity", b"Content-Type: application/json", b"Content-Length: 7"}  # fmt: skip
    assert body == b'{"a":1}'


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\xff " + SECRET + b" no http\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        OK + b"Content-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        OK + b"Content-Length: ana@example.org\r\n\r\n{}",
        OK + b"X: " + SECRET * 5000 + b"\r\n\r\n",
        sized(b'{"a":"' + b"x" * 1000 + b'"}'),
        chunked(b'{"a":"' + b"x" * 600, b"x" * 600 + b'"}'),
        OK + b"\r\n" + SECRET * 200,
        chunked(b"{}", end=SECRET + b"\r\n"),
        sized(b"{}", b"Content-Encoding: gzip"),
        sized(SECRET),
    ],
)
async def test_what_is_not_clearly_one_answer_is_none_and_is_not_quoted(raw):
    async with server([raw], upstream_seconds=0.5) as (to, asked, _):
        with pytest.raises(UpstreamError) as failed:
            await ask(to)
        assert failed.value.status in {502, 504}
        assert "ana@" not in str(failed.value)
        assert len(asked) == 1


@pytest.mark.parametrize("raw", [b"", OK, OK + b"Content-Length: 7\r\n\r\n{}", chunked(b"{}", end=b""), chunked(b"{}", end=b"0\r\n")])  # fmt: skip
async def test_an_answer_that_breaks_off_is_none(raw):
    async with server([raw], close=[0]) as (to, asked, _):
        with pytest.raises(UpstreamError) as failed:
            await ask(to)
        assert (failed.value.status, len(asked)) == (502, 1)


async def test_an_answer_may_end_where_its_connection_does():
    async with server([OK + b"\r\n{}"], close=[0]) as (to, _, _):
        assert await ask(to) == {}


async def test_a_kept_connection_that_was_closed_is_replaced_and_a_new_one_is_not_tried_again():
    async with server([sized()], [b""], [sized()], [sized()], [b""], [b""], close=[1, 4, 5]) as (to, asked, _):
        for _ in range(3):
            assert await ask(to) == {"a": 1}
        with pytest.raises(UpstreamError):
            await ask(to)
        assert len(asked) == 6


async def test_who_closes_late_or_in_the_middle_has_read_the_request(monkeypatch):
    async with server([sized()], [b"HTTP/1.1 200 OK\r\nX: y\r\n"], [sized()], [b""], close=[1, 3]) as (to, asked, _):
        assert await ask(to) == {"a": 1}
        with pytest.raises(UpstreamError):
            await ask(to)
        assert len(asked) == 2
        assert await ask(to) == {"a": 1}
        monkeypatch.setattr(upstream_module, "_STALE_SECONDS", 0.0)
        with pytest.raises(UpstreamError):
            await ask(to)
        assert len(asked) == 4


async def test_after_a_restart_of_the_upstream_a_second_old_connection_is_not_tried():
    """Both of two kept connections are reset when they are used: the request goes over a new one."""
    async with server([sized()], [sized()], [b""], [sized()], [b""], [sized()], close=[2, 4]) as (
        to,
        asked,
        connections,
    ):
        await asyncio.gather(ask(to), ask(to))
        assert await ask(to) == {"a": 1}
        assert await ask(to) == {"a": 1}
        assert (len(asked), len(connections)) == (6, 4)


@pytest.mark.parametrize("unasked", [sized(b'{"whose":"not mine"}'), b"HTTP/1.1 408 Slow\r\n\r\n", b"HTTP/1.1 200 OK\r\n", OK + b"\r\n{}"])  # fmt: skip
async def test_what_nobody_asked_for_is_nobody_elses_answer(unasked):
    async with server([sized()], [sized(b"{}")]) as (to, _, connections):
        assert await ask(to) == {"a": 1}
        connections[0].write(unasked)
        await asyncio.sleep(0.05)
        try:
            answer = await ask(to)
        except UpstreamError:  # half a head, which the next answer does not complete
            answer = {}
        assert answer == {}


async def test_two_answers_at_once_are_one_answer():
    async with server([sized() + sized(b'{"whose":"not mine"}')], [sized(b"{}")]) as (to, _, connections):
        assert await ask(to) == {"a": 1}
        assert await ask(to) == {}
        assert len(connections) == 2


async def test_a_call_that_is_given_up_takes_its_connection_with_it():
    async with server([b""], [sized()], upstream_seconds=0.2) as (to, _, connections):
        with pytest.raises(UpstreamError) as failed:
            await ask(to)
        assert failed.value.status == 504
        connections[0].write(sized(b"{}"))
        assert await ask(to) == {"a": 1}
        assert len(connections) == 2


async def test_a_stream_that_is_packed_is_none():
    raw = sized(b"data: [DONE]\n\n", b"Content-Type: text/event-stream", b"Content-Encoding: gzip")
    async with server([raw]) as (to, _, _):
        with pytest.raises(UpstreamError):
            async with to.streaming("/v1/x", {}, {}):
                pass


async def test_headers_cannot_smuggle_a_second_request():
    async with server([sized()]) as (to, asked, _):
        with pytest.raises(ValueError):
            await ask(to, X="a\r\nContent-Length: 5")
        assert asked == []
