"""A server for judges to ask, in a thread of its own: it answers as a test says, and remembers."""

import asyncio
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from trimtab.builtin.detectors.judges import line
from trimtab.testing import Behaviour, OpenAIServer


@dataclass(slots=True, kw_only=True, eq=False)
class JudgeServer(OpenAIServer):
    """As `OpenAIServer`, with an address for moderation; `connections` holds each one that was opened."""

    connections: set[int] = field(default_factory=set)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def _treat(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        self.connections.add(request.transport.get_extra_info("peername")[1])
        self.headers.append(dict(request.headers))
        if request.path.endswith("/moderations"):
            body = orjson.loads(await request.read())
            request._read_bytes = orjson.dumps({**body, "prompt": body["input"]})
        return await OpenAIServer._treat(self, request)


@contextmanager
def serving(script, **settings):
    """The server, running. `script` takes a request and gives a text to answer, or a Behaviour."""

    def behave(seen):
        answer = script(seen)
        return answer if isinstance(answer, Behaviour) else said(answer)

    server = JudgeServer(script=behave, **settings)
    started, ended = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def run():
        async with server:
            started.set()
            await ended.wait()
        for _ in range(3):  # a connection that is being closed is closed in a later round of the loop
            await asyncio.sleep(0)

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()), daemon=True)
    thread.start()
    assert started.wait(90)
    try:
        yield server
    finally:
        line.close()  # or the server waits for its idle connections
        loop.call_soon_threadsafe(ended.set)
        thread.join(90)
        loop.close()


def said(text: object, finish: str = "stop", **message: Any) -> Behaviour:
    """A chat answer with this text."""
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **message}}
    return Behaviour(body=orjson.dumps({"model": "m", "choices": [choice]}))


def ticket_of(seen) -> str:
    found = re.search(r"<<<text ([0-9a-f]+)>>>", seen.body["messages"][0]["content"])
    assert found is not None
    return found[1]


def verdict(seen, **verdicts: str) -> str:
    """What a judge answers that keeps to the form; labels with `__` for the dot."""
    named = {label.replace("__", "."): given for label, given in verdicts.items()}
    return orjson.dumps({"ticket": ticket_of(seen), "verdicts": named}).decode()
