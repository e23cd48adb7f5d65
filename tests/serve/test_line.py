"""The client for whole answers: however they are cut, the same; whatever is not clearly one answer, none."""

import asyncio
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.serve.line import GoneError, Lines, RubbishError, _Line

OK = b"HTTP/1.1 200 OK\r\n"


@asynccontextmanager
async def server(*answers, close=()):
    """Gives each request the pieces of the next answer; closes the connection after those in `close`."""
    asked, left = [], iter(enumerate(answers))
    tasks: set[asyncio.Task[None] | None] = set()

    async def serve(reader, writer):
        tasks.add(asyncio.current_task())
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
        lines = Lines(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/base", connect_seconds=5.0)
        try:
            yield lines, asked
        finally:
            lines.close()
            for task in filter(None, tasks):
                task.cancel()


async def ask(lines, *, body=b"{}", most=1000, **headers):
    async with asyncio.timeout(10):
        return await lines.ask("POST", "/v1/x", headers, body, most)


def cut(raw, places):
    return [raw[a:b] for a, b in pairwise([0, *sorted(places), len(raw)]) if b > a]


def chunked(*pieces, end=b"0\r\n\r\n"):
    return (
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(b"%X;x=1\r\n%s\r\n" % (len(p), p) for p in pieces) + end
    )


WHOLE = [
    (OK + b"Content-Length: 5\r\n\r\nhello", b"hello"),
    (OK + b"content-length:5\r\nX-Odd:  a b \r\n\r\nhello", b"hello"),
    (OK + b"Content-Length: 0\r\n\r\n", b""),
    (chunked(b"he", b"llo"), b"hello"),
    (chunked(b"hello", end=b"0\r\nTrailer: x\r\n\r\n"), b"hello"),
    (chunked(), b""),
    (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 5\r\n\r\nhello", b"hello"),
    (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
]


@pytest.mark.parametrize(("raw", "body"), WHOLE)
async def test_every_place_to_cut_gives_the_same_answer_on_one_connection(raw, body):
    ways = [[raw], [raw[i : i + 1] for i in range(len(raw))], *([raw[:i], raw[i:]] for i in range(1, len(raw), 5))]
    async with server(*ways) as (lines, asked):
        for _ in ways:
            answer = await ask(lines, Authorization="Bearer x")
            assert answer.body == body
        assert len(lines._idle) == 1
    assert asked[0].startswith(b"POST /base/v1/x HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nAuthorization: Bearer x\r\n" in asked[0]


@pytest.mark.parametrize("raw", [OK + b"Connection: close\r\nContent-Length: 5\r\n\r\nhello", b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", OK + b"\r\nhello", OK + b"Content-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK"])  # fmt: skip
async def test_a_connection_that_cannot_carry_another_request_is_not_kept(raw):
    async with server([raw], close=[0]) as (lines, _):
        assert (await ask(lines)).body == b"hello"
        assert lines._idle == []


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\xff\xfe not http\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 999 OK\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        OK + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        OK + b"Content-Length: -5\r\n\r\n",
        OK + b"Content-Length: 0x5\r\n\r\nhello",
        OK + b"Content-Length: 1001\r\n\r\n",
        OK + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        OK + b" folded: x\r\n\r\n",
        OK + b"Content-Length : 5\r\n\r\nhello",
        OK + b"A: b\nContent-Length: 5\r\n\r\nhello",
        OK + b"no colon\r\n\r\n",
        OK + b"X: " + b"x" * 70_000,
        OK + b"\r\n" + b"x" * 2000,
        chunked(b"x" * 600, b"x" * 600),
        OK + b"Transfer-Encoding: chunked\r\n\r\nhello\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFFFF\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * 70_000,
        OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"x" * 70_000,
    ],
)
async def test_what_is_not_clearly_one_answer_is_none(raw):
    async with server([raw]) as (lines, _):
        with pytest.raises(RubbishError):
            await ask(lines)
        assert lines._idle == []


@pytest.mark.parametrize("raw", [b"", OK, OK + b"Content-Length: 5\r\n\r\nhell", chunked(b"hello", end=b""), chunked(b"hello", end=b"0\r\n")])  # fmt: skip
async def test_an_answer_that_breaks_off_is_none(raw):
    async with server([raw], close=[0]) as (lines, _):
        with pytest.raises(GoneError):
            await ask(lines)


async def test_a_kept_connection_that_was_closed_is_replaced_and_a_new_one_is_not_tried_again():
    good = OK + b"Content-Length: 5\r\n\r\nhello"
    async with server([good], [b""], [good], [b""], close=[1, 3]) as (lines, asked):
        for _ in range(2):
            assert (await ask(lines)).body == b"hello"
        lines.close()
        with pytest.raises(GoneError):
            await ask(lines)
    assert len(asked) == 4


async def test_what_nobody_asked_for_ends_a_connection():
    good = OK + b"Content-Length: 5\r\n\r\nhello"
    async with server([good, b"HTTP/1.1 200 OK\r\n"], [good]) as (lines, _):
        assert (await ask(lines)).body == b"hello"
        await asyncio.sleep(0.1)
        assert (await ask(lines)).body == b"hello"


async def test_a_call_that_is_given_up_takes_its_connection_with_it():
    async with server([b""]) as (lines, _):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await ask(lines)
        assert lines._idle == []


async def test_headers_cannot_smuggle_a_second_request():
    lines = Lines("http://127.0.0.1:9", connect_seconds=1.0)
    with pytest.raises(ValueError):
        await lines.ask("POST", "/v1/x", {"X": "a\r\nContent-Length: 5"}, b"", 10)


FRAGMENTS = st.sampled_from([OK, b"HTTP/1.1 100 Go\r\n\r\n", b"\r\n\r\n", b"\r\n", b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n", b"3\r\nabc\r\n", b"0\r\n\r\n", b"abc", b"\x00"])  # fmt: skip


@settings(max_examples=150)
@given(st.lists(FRAGMENTS | st.binary(max_size=5), max_size=10), st.data())
def test_no_bytes_break_it_otherwise(parts, data):
    class Wire(asyncio.Transport):
        def write(self, raw):
            pass

        def abort(self):
            pass

    async def receive():
        line = _Line()
        line.connection_made(Wire())
        waiting = line.ask(b"", 100)
        for piece in cut(raw, data.draw(st.lists(st.integers(0, len(raw)), max_size=4))):
            line.data_received(piece)
        line.connection_lost(None)
        assert waiting.done()
        assert isinstance(waiting.exception(), GoneError | RubbishError | None)

    raw = b"".join(parts)
    asyncio.run(receive())
