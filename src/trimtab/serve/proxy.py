"""The guard in front of an OpenAI-compatible server: point `base_url` at it, and nothing else changes.

A reply is looked at whole before any of it is passed on. A client that asks for a stream gets one, which begins when
the reply has been looked at. What could not be looked at, because a check crashed, the upstream sent rubbish or a
part is no text, does not go on.
"""

import asyncio
import re
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
from aiohttp import web

from trimtab.enforce import Guard, Ruling
from trimtab.serve import wire

_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
_FORWARDED = ("Authorization", "OpenAI-Organization", "OpenAI-Project", "OpenAI-Beta")
_ERROR_BYTES = 65_536
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the proxy bears: bytes of a body, seconds of the upstream, requests at once."""

    request_bytes: int = 8 * 2**20
    reply_bytes: int = 32 * 2**20
    upstream_seconds: float = 600.0
    at_once: int = 256


@dataclass(slots=True, kw_only=True)
class Proxy:
    """Forwards what the guard lets through. One event loop."""

    guard: Guard
    upstream: str  # up to and including /v1
    limits: Limits = Limits()
    key: str = ""  # sent upstream instead of what clients send
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)  # (side, what happened)
    _busy: int = 0
    _session: aiohttp.ClientSession | None = None

    def app(self) -> web.Application:
        """The application, for `aiohttp.web.run_app` or a runner."""
        app = web.Application(client_max_size=self.limits.request_bytes, middlewares=[self._civil])
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_post("/v1/completions", self._complete)
        app.router.add_post("/v1/embeddings", self._embed)
        app.router.add_get("/v1/models", self._models)
        app.router.add_get("/healthz", self._healthy)
        app.router.add_get("/metrics", self._metrics)
        app.cleanup_ctx.append(self._connected)
        return app

    async def _connected(self, _: web.Application) -> Any:
        async with aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self.limits.upstream_seconds, sock_connect=10),
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
        ) as self._session:
            yield

    # -- routes ------------------------------------------------------------------

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body = await _json(request)
        asked = wire.asked(body)
        before = await self.guard.ainput([place.message for place in asked])
        self._count("input", before)
        said = [place.message for place in asked]
        if not before.goes_on:
            return await self._reply(request, body, wire.refusal(body, before.text, request_id=_id(request)), before)
        for place, message in zip(asked, before.messages, strict=True):
            place.put(message.content)
        status, reply = await self._ask(request, body)
        if status != web.HTTPOk.status_code:
            return _answer(request, reply, status=status)
        worst = before
        try:
            answered = wire.answered(reply)
        except wire.UnreadableError as problem:
            raise _UpstreamError(502, str(problem)) from None
        for choice, places in zip(reply["choices"], answered, strict=True):
            for place in places:
                ruling = await self.guard.aoutput(place.message.content, messages=said)
                self._count("output", ruling)
                worst = max(worst, ruling, key=lambda one: one.action.strictness)
                if ruling.goes_on:
                    place.put(ruling.text)
                    continue
                # Nothing of the choice goes on, its tool calls included.
                if "message" in choice:
                    choice["message"] = {"role": "assistant", "content": ruling.text}
                else:
                    choice["text"] = ruling.text
                choice["finish_reason"] = "content_filter"
                break
        return await self._reply(request, body, reply, worst)

    async def _embed(self, request: web.Request) -> web.StreamResponse:
        body = await _json(request)
        asked = wire.asked(body)
        before = await self.guard.ainput([place.message for place in asked])
        self._count("input", before)
        if not before.goes_on:
            return _refused(request, before, "the guard does not let this text go on")
        for place, message in zip(asked, before.messages, strict=True):
            place.put(message.content)
        status, reply = await self._ask(request, body)
        return _answer(request, reply, status=status, ruling=before)

    async def _models(self, request: web.Request) -> web.StreamResponse:
        status, reply = await self._ask(request, None)
        return _answer(request, reply, status=status)

    async def _healthy(self, _: web.Request) -> web.StreamResponse:
        return web.Response(text="ok\n")

    async def _metrics(self, _: web.Request) -> web.StreamResponse:
        """Prometheus text format, version 0.0.4."""
        lines = [
            "# HELP trimtab_guard_rulings_total Texts ruled on, by side and what happened.",
            "# TYPE trimtab_guard_rulings_total counter",
            *(
                f'trimtab_guard_rulings_total{{side="{side}",ruling="{ruling}"}} {count}'
                for (side, ruling), count in sorted(self.counts.items())
            ),
            "# HELP trimtab_guard_requests_in_flight Requests being served.",
            "# TYPE trimtab_guard_requests_in_flight gauge",
            f"trimtab_guard_requests_in_flight {self._busy}",
        ]
        return web.Response(text="\n".join(lines) + "\n", content_type="text/plain", charset="utf-8")

    # -- how ---------------------------------------------------------------------

    @web.middleware
    async def _civil(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Back-pressure, and every failure as an error in the API's own shape that quotes nothing."""
        if request.path in {"/healthz", "/metrics"}:
            return await handler(request)
        if self._busy >= self.limits.at_once:
            busy = _failed(request, 503, "too many requests at once; try again", "overloaded")
            busy.headers["Retry-After"] = "1"
            return busy
        self._busy += 1
        _current.set("")  # a connection that is kept has the context of the request before
        try:
            return await handler(request)
        except wire.UnreadableError as problem:
            return _failed(request, 400, f"the guard cannot read this: {problem}", "unreadable")
        except web.HTTPRequestEntityTooLarge:
            return _failed(request, 413, f"a request may have {self.limits.request_bytes:,} bytes", "too_large")
        except web.HTTPException as problem:
            return _failed(request, problem.status, problem.reason, "not_served")
        except _UpstreamError as problem:
            return _failed(request, problem.status, str(problem), "upstream")
        except Exception as problem:  # noqa: BLE001  # unknown is never a pass, nor a traceback for strangers
            self.counts["proxy", "failed"] += 1
            return _failed(request, 500, f"the guard failed ({type(problem).__name__}); nothing went on", "guard")
        finally:
            self._busy -= 1

    async def _ask(self, request: web.Request, body: wire.Body | None) -> tuple[int, wire.Body]:
        """What the upstream says; not as a stream, since it is looked at whole."""
        assert self._session is not None
        headers = {name: request.headers[name] for name in _FORWARDED if name in request.headers}
        headers |= {"X-Request-Id": _id(request)} | ({"Authorization": f"Bearer {self.key}"} if self.key else {})
        url = self.upstream.removesuffix("/v1") + request.path
        data = None
        if body is not None:
            sent = {key: value for key, value in body.items() if key not in {"stream", "stream_options"}}
            data = orjson.dumps(sent)
            headers["Content-Type"] = "application/json"
        try:
            async with self._session.request(
                request.method, url, data=data, headers=headers, allow_redirects=False
            ) as got:
                raw = bytearray()
                while chunk := await got.content.read(65_536):
                    raw += chunk
                    if len(raw) > (self.limits.reply_bytes if got.ok else _ERROR_BYTES):
                        raise _UpstreamError(502, "the upstream sent more than the guard reads")
                status = got.status
        except TimeoutError:
            raise _UpstreamError(504, "the upstream took too long") from None
        except (aiohttp.ClientError, OSError) as problem:
            raise _UpstreamError(502, f"the upstream cannot be reached ({type(problem).__name__})") from None
        try:
            reply = orjson.loads(raw)
        except ValueError:
            raise _UpstreamError(502, f"the upstream answered {status}, and no JSON") from None
        if (
            not isinstance(reply, dict)
            or 300 <= status < 400
            or (status == 200 and "error" in reply and len(reply) == 1)
        ):
            raise _UpstreamError(502, f"the upstream answered {status}, and nothing that could be understood")
        return status, reply

    async def _reply(
        self, request: web.Request, body: wire.Body, reply: wire.Body, ruling: Ruling
    ) -> web.StreamResponse:
        if not body.get("stream"):
            return _answer(request, reply, ruling=ruling)
        response = web.StreamResponse(headers={**_named(request, ruling), "Content-Type": "text/event-stream"})
        await response.prepare(request)
        options = body.get("stream_options")
        usage = isinstance(options, dict) and options.get("include_usage") is True
        for chunk in wire.as_chunks(reply, usage=usage):
            await response.write(b"data: " + orjson.dumps(chunk) + b"\n\n")
        await response.write(b"data: [DONE]\n\n")
        await response.write_eof()
        return response

    def _count(self, side: str, ruling: Ruling) -> None:
        self.counts[side, str(ruling.action)] += 1
        for skipped in ruling.skipped:
            if skipped.reason != "needless":
                self.counts[side, skipped.reason] += 1


class _UpstreamError(Exception):
    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


async def _json(request: web.Request) -> wire.Body:
    raw = await request.read()
    try:
        body = orjson.loads(raw)
    except ValueError:
        raise wire.UnreadableError("the body is not JSON") from None
    if not isinstance(body, dict):
        raise wire.UnreadableError("the body is not a JSON object")
    return body


_current: ContextVar[str] = ContextVar("request id")  # every request is served by a task of its own


def _id(request: web.Request) -> str:
    """The client's id of the request, or one of ours."""
    found = _current.get("")
    if not found:
        given = request.headers.get("X-Request-Id", "")
        found = given if _ID.fullmatch(given) else secrets.token_hex(12)
        _current.set(found)
    return found


def _named(request: web.Request, ruling: Ruling | None = None) -> dict[str, str]:
    names = {"X-Request-Id": _id(request)}
    return names | {"X-Trimtab-Ruling": str(ruling.action)} if ruling else names


def _answer(
    request: web.Request, body: wire.Body, *, status: int = 200, ruling: Ruling | None = None
) -> web.StreamResponse:
    return web.Response(
        body=orjson.dumps(body), status=status, content_type="application/json", headers=_named(request, ruling)
    )


def _failed(request: web.Request, status: int, words: str, code: str) -> web.StreamResponse:
    kind = "invalid_request_error" if status < 500 else "server_error"
    return _answer(request, wire.error(words, kind=kind, code=code), status=status)


def _refused(request: web.Request, ruling: Ruling, words: str) -> web.StreamResponse:
    body = wire.error(words, kind="invalid_request_error", code="content_filter")
    return _answer(request, body, status=400, ruling=ruling)


async def serve(proxy: Proxy, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Listen until cancelled; then finish what is being served, for at most thirty seconds.

    Raises:
        OSError: The address cannot be listened at.
    """
    runner = web.AppRunner(proxy.app(), access_log=None, handler_cancellation=True, shutdown_timeout=30.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        name, taken = runner.addresses[0][:2]
        ready(f"http://{name}:{taken}")
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()  # lets what is being served end first


__all__ = ["Limits", "Proxy", "serve"]
