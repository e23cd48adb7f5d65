"""A local server that speaks the OpenAI wire format, and misbehaves when told to.

In a test: `async with OpenAIServer(latency=0.05) as server: ... server.url`.
As a process: `python -m trimtab.testing.openai_server --port 8080`, or
`ServerProcess` from Python. Real sockets on loopback, answers computed from
the prompt (`trimtab.testing.answers`), no model.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal, Self

import orjson
from aiohttp import web

from trimtab.testing.answers import answer, logprob, pieces

Fault = Literal["", "hang", "disconnect", "truncate", "garbage", "no-end", "stall"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How one request is treated; the default is a proper answer.

    `status` other than 200 gives an error body with `code`. `body` is sent as
    it stands, with `content_type`. `fault`: "hang" never answers, "disconnect"
    closes before answering, "truncate" closes half-way, "garbage" sends bytes
    that are not HTTP, "no-end" ends a stream properly but without a
    finish_reason or [DONE], "stall" falls silent in the middle of a stream.
    `events` are sent as a stream as they stand, each written by itself, with
    `pause` seconds between them. `latency` in seconds replaces the server's.
    """

    status: int = 200
    code: str = "made_to_fail"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = "application/json"
    fault: Fault = ""
    latency: float | None = None
    events: Iterable[bytes] | None = None
    pause: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One request as it arrived. `number` counts from 0, `at` is monotonic seconds."""

    number: int
    at: float
    path: str
    prompt: str
    body: Mapping[str, Any]
    authorised: bool


Script = Callable[[Seen], Behaviour]


@dataclass(slots=True, kw_only=True, eq=False)
class OpenAIServer:
    """The server. `seen` and the counters may be read at any moment.

    `script` decides on each request; `key` refuses requests without it;
    `token_delay` is the time between streamed pieces; `usage` and `logprobs`
    say what is offered; `stream_options=False` refuses that field as some
    servers do; `log` is a file that gets a JSON line per request, written
    before it is answered.
    """

    latency: float = 0.0
    token_delay: float = 0.0
    script: Script | None = None
    key: str = ""
    models: tuple[str, ...] = ()
    usage: bool = True
    logprobs: bool = True
    stream_options: bool = True
    port: int = 0
    log: Path | None = None
    seen: list[Seen] = field(default_factory=list)
    in_flight: int = 0
    peak: int = 0
    _runner: web.AppRunner | None = field(default=None, repr=False)
    _log_file: IO[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Base URL, without `/v1`."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/v1/models", self._list)
        app.router.add_post("/{path:.*}", self._post)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        if self.log is not None:
            self._log_file = self.log.open("ab", buffering=0)
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, backlog=4096)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._log_file is not None:
            self._log_file.close()
            self._log_file = None

    async def _list(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]})

    async def _post(self, request: web.Request) -> web.StreamResponse:
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        try:
            return await self._treat(request)
        except ConnectionResetError:  # the caller went away, which callers may
            return _hang_up(request, web.Response())
        finally:
            self.in_flight -= 1

    async def _treat(self, request: web.Request) -> web.StreamResponse:
        body = orjson.loads(await request.read())
        chat = request.path.endswith("/chat/completions")
        prompt = body["messages"][-1]["content"] if chat else body.get("prompt", "")
        authorised = not self.key or request.headers.get("Authorization") == f"Bearer {self.key}"
        seen = Seen(
            number=len(self.seen),
            at=time.monotonic(),
            path=request.path,
            prompt=prompt,
            body=body,
            authorised=authorised,
        )
        self.seen.append(seen)
        if self._log_file is not None:
            entry = {"number": seen.number, "model": body.get("model", ""), "prompt": prompt, "ok": authorised}
            self._log_file.write(orjson.dumps(entry) + b"\n")
        behaviour = self.script(seen) if self.script is not None else _PROPER
        await asyncio.sleep(self.latency if behaviour.latency is None else behaviour.latency)
        if not authorised:
            return _error(401, "invalid_api_key")
        if self.models and body.get("model") not in self.models:
            return _error(404, "model_not_found")
        if not self.stream_options and "stream_options" in body:
            return _error(400, "unknown_parameter")
        if behaviour.status != 200:
            return _error(behaviour.status, behaviour.code, behaviour.headers)
        return await self._behave(request, seen, behaviour)

    async def _behave(self, request: web.Request, seen: Seen, behaviour: Behaviour) -> web.StreamResponse:
        body, chat = seen.body, seen.path.endswith("/chat/completions")
        if behaviour.body is not None:
            return web.Response(body=behaviour.body, content_type=behaviour.content_type, headers=behaviour.headers)
        if behaviour.fault in ("hang", "disconnect", "garbage"):
            return await _break(request, behaviour.fault)
        if behaviour.events is not None:
            return await _written(request, behaviour)
        if request.path.endswith("/embeddings"):
            return _embedded(body)
        text = answer(seen.prompt)
        if body.get("stream"):
            return await self._stream(request, body, text, chat=chat, fault=behaviour.fault)
        return await self._whole(request, body, text, chat=chat, fault=behaviour.fault)

    async def _whole(
        self, request: web.Request, body: Mapping[str, Any], text: str, *, chat: bool, fault: Fault
    ) -> web.StreamResponse:
        said, finish = _cut(text, body)
        choice: dict[str, Any] = {"index": 0, "finish_reason": finish}
        choice |= {"message": {"role": "assistant", "content": "".join(said)}} if chat else {"text": "".join(said)}
        if body.get("logprobs") and self.logprobs:
            choice["logprobs"] = _logprobs(said, chat=chat)
        data = {"object": "chat.completion" if chat else "text_completion", "model": body["model"], "choices": [choice]}
        if self.usage:
            data["usage"] = _usage(body, said, chat=chat)
        payload = orjson.dumps(data)
        if fault != "truncate":
            return web.Response(body=payload, content_type="application/json")
        response = web.StreamResponse(headers={"Content-Length": str(len(payload)), "Content-Type": "application/json"})
        await response.prepare(request)
        await response.write(payload[: len(payload) // 2])
        return _hang_up(request, response)

    async def _stream(
        self, request: web.Request, body: Mapping[str, Any], text: str, *, chat: bool, fault: Fault
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        await response.prepare(request)
        said, finish = _cut(text, body)
        for number, piece in enumerate(said):
            if fault == "stall" and number >= len(said) / 2:
                await asyncio.Event().wait()
            if fault in ("truncate", "no-end") and number >= len(said) / 2:
                return _hang_up(request, response) if fault == "truncate" else response
            choice: dict[str, Any] = {"index": 0, "finish_reason": None}
            choice |= {"delta": {"content": piece}} if chat else {"text": piece}
            if body.get("logprobs") and self.logprobs:
                choice["logprobs"] = _logprobs([piece], chat=chat)
            await response.write(_event({"model": body["model"], "choices": [choice]}))
            if self.token_delay:
                await asyncio.sleep(self.token_delay)
        end: dict[str, Any] = {"index": 0, "finish_reason": finish}
        if chat:
            end["delta"] = {}
        else:
            end["text"] = ""
        tail = _event({"model": body["model"], "choices": [end]})
        if self.usage and (body.get("stream_options") or {}).get("include_usage"):
            tail += _event({"model": body["model"], "choices": [], "usage": _usage(body, said, chat=chat)})
        await response.write(tail + b"data: [DONE]\n\n")
        return response


_PROPER = Behaviour()


async def _written(request: web.Request, behaviour: Behaviour) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    for piece in behaviour.events or ():
        await response.write(piece)
        await asyncio.sleep(behaviour.pause)
    return _hang_up(request, response) if behaviour.fault == "truncate" else response


def _embedded(body: Mapping[str, Any]) -> web.Response:
    """A vector of one number per text: how long it is."""
    texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
    data = [{"object": "embedding", "index": at, "embedding": [float(len(one))]} for at, one in enumerate(texts)]
    return web.json_response({"object": "list", "model": body.get("model", ""), "data": data})


async def _break(request: web.Request, fault: Fault) -> web.StreamResponse:
    if fault == "hang":
        await asyncio.Event().wait()
    if fault == "garbage" and request.transport is not None:
        request.transport.write(b"\x00\xff\xfe not http at all \r\n\r\n")
    return _hang_up(request, web.Response())


def _hang_up(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.close()
    return response


def _error(status: int, code: str, headers: Mapping[str, str] | None = None) -> web.Response:
    body = {"error": {"message": "This request was refused.", "type": "refused", "code": code}}
    return web.Response(
        status=status, body=orjson.dumps(body), content_type="application/json", headers=dict(headers or {})
    )


def _event(data: Mapping[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(data) + b"\n\n"


def _cut(text: str, body: Mapping[str, Any]) -> tuple[list[str], str]:
    """The answer's pieces, at most `max_tokens` of them, and why it ended."""
    said = pieces(text)
    most = body.get("max_tokens") or len(said)
    return said[:most], "stop" if len(said) <= most else "length"


def _usage(body: Mapping[str, Any], said: list[str], *, chat: bool) -> dict[str, int]:
    asked = [m["content"] for m in body["messages"]] if chat else [body["prompt"]]
    prompt = sum(len(text.split()) for text in asked)
    return {"prompt_tokens": prompt, "completion_tokens": len(said), "total_tokens": prompt + len(said)}


def _logprobs(said: list[str], *, chat: bool) -> dict[str, Any]:
    if chat:
        return {"content": [{"token": piece, "logprob": logprob(piece), "top_logprobs": []} for piece in said]}
    return {"tokens": said, "token_logprobs": [logprob(piece) for piece in said]}


def _failing(specification: str) -> Script:
    """`7:500`: every seventh request gets a 500."""
    every, _, status = specification.partition(":")
    return lambda seen: Behaviour(status=int(status or 500)) if seen.number % int(every) == int(every) - 1 else _PROPER


def main(arguments: list[str] | None = None) -> None:
    """Run the server until a signal ends it."""
    import argparse  # noqa: PLC0415  # only a process needs it

    parser = argparse.ArgumentParser(prog="python -m trimtab.testing.openai_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before an answer")
    parser.add_argument("--token-delay", type=float, default=0.0, help="seconds between streamed pieces")
    parser.add_argument("--key-env", default="", help="variable that holds the key that callers must send")
    parser.add_argument("--log", type=Path, help="file that gets a JSON line per request")
    parser.add_argument("--fail-every", default="", metavar="N:STATUS", help="every N-th request gets STATUS")
    options = parser.parse_args(arguments)
    server = OpenAIServer(
        port=options.port,
        latency=options.latency,
        token_delay=options.token_delay,
        key=os.environ.get(options.key_env, "") if options.key_env else "",
        log=options.log,
        script=_failing(options.fail_every) if options.fail_every else None,
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(server))


async def _serve(server: OpenAIServer) -> None:
    stop = asyncio.Event()
    for number in _ending_signals():
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with server:
        print(f"listening on {server.url}", flush=True)  # noqa: T201  # whoever started the process waits for it
        await stop.wait()


def _ending_signals() -> Iterator[signal.Signals]:
    yield signal.SIGTERM
    yield signal.SIGINT


if __name__ == "__main__":
    main()
