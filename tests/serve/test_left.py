"""What went on of an answer is ruled on, counted and recorded, also where the answer never comes to its end."""

import asyncio
import time
from contextlib import asynccontextmanager

import aiohttp
import pytest
from tests.serve import proxies
from tests.serve.proxies import made_guard, saying
from tests.serve.test_checks import Remote, guarded, installed  # noqa: F401  # a fixture
from tests.serve.test_relay import chunk, relay, sse

from trimtab.serve import answering

TEXT = ["please write to ana@example.org. ", *["then we walk on for a while. "] * 60]


@asynccontextmanager
async def upstream(*, stays):
    """It breaks off in the middle of an answer, or stays silent there."""

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        writer.write(sse([chunk({"content": text}) for text in TEXT]))
        await writer.drain()
        if stays:
            await reader.read()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


class Log:
    """Takes the lines of the access log."""

    def __init__(self):
        self.lines = []

    def write(self, **fields):
        self.lines.append(fields)


async def left(guard, *, stays):
    """The metrics and the line of the log after an answer that has no end."""
    log = Log()
    async with (
        upstream(stays=stays) as to,
        proxies.serving(to, guard=guard, log=log) as (address, proxy),
        aiohttp.ClientSession() as session,
    ):
        async with session.post(f"{address}/v1/chat/completions", json=saying("x", stream=True)) as got:
            raw = b""
            while b"walk" not in raw:
                raw += await got.content.readany()
            if not stays:
                await got.read()
        if stays:
            await session.close()  # the client hangs up
        async with asyncio.timeout(50):
            while not log.lines:  # noqa: ASYNC110  # it is a list of the proxy's
                await asyncio.sleep(0.02)
        return proxy.tally.prometheus(), log.lines[0]


@pytest.mark.parametrize("stays", [False, True], ids=["upstream breaks off", "client hangs up"])
async def test_what_went_on_is_ruled_on(stays):
    metrics, line = await left(made_guard(), stays=stays)
    assert 'rulings_total{side="output",ruling="mask"} 1' in metrics
    assert line["ruling"] == "mask"
    assert line["status"] == (499 if stays else 200)


@pytest.mark.parametrize("stays", [False, True], ids=["upstream breaks off", "client hangs up"])
async def test_also_by_those_who_must_be_waited_for(installed, stays):  # noqa: F811  # the fixture
    rules = {"output": [{"detector": "patterns", "action": "mask"}]}
    patient = guarded(Remote(), installed, input=[{"detector": "word", "action": "block"}], **rules)
    metrics, line = await left(patient, stays=stays)
    assert 'rulings_total{side="output",ruling="mask"} 1' in metrics
    assert line["ruling"] == "mask"


async def test_a_check_that_cannot_be_made_any_more_is_not_waited_for(installed, monkeypatch):  # noqa: F811
    monkeypatch.setattr(answering, "_LAST_SECONDS", 0.05)
    rules = {"output": [{"detector": "patterns", "action": "mask"}]}
    slow = guarded(Remote(), installed, input=[{"detector": "word", "action": "block"}], **rules)

    async def never(*_, **__):
        await asyncio.sleep(3600)

    monkeypatch.setattr(slow, "_areply", never)
    begun = time.monotonic()
    metrics, _ = await left(slow, stays=False)
    assert time.monotonic() - begun < 600
    assert 'checks_missing_total{side="output",reason="timeout"} 1' in metrics
    assert "requests_in_flight 0" in metrics


async def test_what_went_on_beside_a_text_that_was_refused_is_left_as_well():
    one = relay()
    await one.feed(sse([chunk({"content": "It is MAROLIN-4827."}), chunk({"reasoning_content": TEXT[0]})]))
    await one.feed(sse([chunk({}, finish="stop"), "[DONE]"]))
    (reasoning,) = one.left()
    _, ruling = await reasoning.close()
    assert ruling.action == "mask"
    assert not one.left()


async def test_a_text_whose_last_check_is_interrupted_is_left():
    one = relay()
    await one.feed(sse([chunk({"content": TEXT[0]})]))

    async def interrupted():
        raise asyncio.CancelledError

    one._choices[0].texts["content"] = type("Interrupted", (), {"close": staticmethod(interrupted)})()
    with pytest.raises(asyncio.CancelledError):
        await one.feed(sse([chunk({}, finish="stop")]))
    assert len(one.left()) == 1
