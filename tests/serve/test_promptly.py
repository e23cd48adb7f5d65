"""Whoever never ends a request loses the connection; whoever asks is answered as often as they like."""

import asyncio
from typing import Any

import uvicorn

from trimtab.serve.pages.access.promptly import protocol

ASKS = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Wire(asyncio.Transport):
    """One end of a connection."""

    def __init__(self):
        super().__init__()
        self.closed, self.sent = asyncio.Event(), b""

    def get_extra_info(self, name, default=None):
        return default

    def is_closing(self):
        return self.closed.is_set()

    def close(self):
        self.closed.set()

    def write(self, data):
        self.sent += bytes(data)

    def pause_reading(self):
        pass

    def resume_reading(self):
        pass


def connected(seconds):
    answered = asyncio.Event()

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})
        answered.set()

    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", http=protocol(seconds))
    config.load()
    server = uvicorn.Server(config)
    make: Any = config.http_protocol_class
    made, wire = make(config=config, server_state=server.server_state, app_state={}), Wire()
    made.connection_made(wire)
    return made, wire, answered


def test_a_connection_without_a_whole_request_is_ended():
    async def slowly():
        for first in (b"", ASKS[:-2]):
            made, wire, _ = connected(0.01)
            if first:
                made.data_received(first)
            await asyncio.wait_for(wire.closed.wait(), 60)
            assert wire.sent == b""
            made.connection_lost(None)

    asyncio.run(slowly())


def test_who_asks_is_answered_again_and_again_and_the_second_request_is_no_way_round():
    async def asked():
        made, wire, answered = connected(3600)
        for _ in range(3):
            answered.clear()
            made.data_received(ASKS)
            assert made.head_timer is None
            await asyncio.wait_for(answered.wait(), 60)
        assert wire.sent.count(b"200 OK") == 3
        made.data_received(ASKS[:-2])
        assert made.head_timer is not None
        made.data_received(b"\r\n")
        assert made.head_timer is None
        await asyncio.sleep(0)
        made.connection_lost(None)

    asyncio.run(asked())
