"""The guard in front of an OpenAI-compatible server: point `base_url` at it, and nothing else changes.

What could not be looked at, because a check crashed, the upstream sent rubbish or a part is no text, does not go on.
"""

import time
from collections.abc import Callable

from aiohttp import web

from trimtab.enforce import Guard
from trimtab.enforce.places import UnreadableError
from trimtab.serve import wire
from trimtab.serve.access_log import AccessLog
from trimtab.serve.answering import Answering
from trimtab.serve.body import SlowClientError, parsed, read
from trimtab.serve.call import Call
from trimtab.serve.limits import Limits
from trimtab.serve.looking import Looking
from trimtab.serve.tally import Tally
from trimtab.serve.upstream import Upstream, UpstreamError

_PATHS = {
    "/v1/chat/completions": ("POST", "chat"),
    "/v1/completions": ("POST", "completions"),
    "/v1/embeddings": ("POST", "embeddings"),
    "/v1/models": ("GET", "models"),
}


class Proxy:
    """Forwards what the guard lets through. One per process, in one event loop."""

    def __init__(
        self,
        guard: Guard,
        upstream: str,
        *,
        key: str = "",
        limits: Limits | None = None,
        tally: Tally | None = None,
        worker: int = 0,
        log: AccessLog | None = None,
        unwritten: Callable[[], bool] | None = None,
    ) -> None:
        """Make a proxy; nothing is opened yet.

        Args:
            guard: Who rules.
            upstream: The server's address up to and including `/v1`.
            key: Sent upstream instead of what clients send.
            limits: What it bears.
            tally: Where all workers count.
            worker: Which of them this is.
            log: Gets a line per request.
            unwritten: Whether rulings wait for a ledger that cannot be written.
        """
        self.limits = limits or Limits()
        self.tally = tally or Tally(1)
        self.row = self.tally.row(worker)
        self.upstream = Upstream(upstream, key=key, limits=self.limits)
        self._answering = Answering(Looking(guard, self.row), self.upstream, self.limits, self.row)
        self._log = log
        self._unwritten = unwritten

    def alive(self) -> None:
        """A sign of life, once a second."""
        self.row.alive()
        if self._unwritten is not None:
            self.row.behind(self._unwritten())

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request. Every failure is an error in the API's own shape that quotes nothing."""
        path = request.path
        method, route = _PATHS.get(path, ("", "other"))
        call = Call.of(request, route, self.limits.send_seconds)
        if path in {"/healthz", "/metrics"}:
            return await self._watched(call)
        self.row.entered()
        try:
            if request.method != method:
                words = "this is not served here" if not method else f"this is asked with {method}"
                response: web.StreamResponse = call.failed(405 if method else 404, words, "not_served")
            elif self.tally.in_flight() > self.limits.at_once:
                response = call.failed(503, "too many requests at once; try again", "overloaded", retry="1")
            elif not self.upstream.asks(request.query):  # nobody would look at it
                words = "what follows the ? does not go on; whoever runs the guard can put it into --upstream"
                response = call.failed(400, words, "unreadable")
            else:
                response = await self._served(call)
            if isinstance(response, web.Response):  # a stream is sent already
                await call.send(response)
        finally:
            self._finished(call)  # before the last piece: who has the whole answer finds it counted and logged
        return await call.finish(response) if isinstance(response, web.Response) else response

    def refused(self, request: web.BaseRequest, status: int, words: str, code: str) -> web.Response:
        """The answer to what never became a request, counted and logged like any other."""
        call = Call.of(request, "other", self.limits.send_seconds)
        self.row.entered()
        response = call.failed(status, words, code)
        response.force_close()
        call.status, call.sent = status, response.content_length or 0
        self._finished(call)
        return response

    async def _served(self, call: Call) -> web.StreamResponse:
        try:
            if call.route == "models":
                return await self._answering.models(call)
            body = await self._body(call)
            answer = self._answering.embed if call.route == "embeddings" else self._answering.complete
            return await answer(call, body)
        except ConnectionError:  # the client is gone, and nobody would read an answer
            raise
        except Exception as problem:  # noqa: BLE001  # unknown is never a pass, nor a traceback for strangers
            return self._failed(call, problem)

    def _failed(self, call: Call, problem: Exception) -> web.StreamResponse:
        if isinstance(problem, UpstreamError):
            return call.failed(problem.status, str(problem), "upstream")
        if isinstance(problem, UnreadableError):
            return call.failed(400, f"the guard cannot read this: {problem}", "unreadable")
        if isinstance(problem, web.HTTPRequestEntityTooLarge):
            response = call.failed(413, f"a request may have {self.limits.request_bytes:,} bytes", "too_large")
        elif isinstance(problem, SlowClientError):
            response = call.failed(408, str(problem), "too_slow")
        elif isinstance(problem, web.HTTPExpectationFailed):
            response = call.failed(417, "nothing but 100-continue can be expected here", "not_served")
        elif isinstance(problem, web.HTTPException | web.RequestPayloadError):
            response = call.failed(400, "the body is not what its headers say", "unreadable")
        else:
            return call.failed(500, f"the guard failed ({type(problem).__name__}); nothing went on", "guard")
        response.force_close()  # what is still to come of the request is not read
        return response

    async def _watched(self, call: Call) -> web.Response:
        if call.request.path == "/metrics":
            response = call.whole(self.tally.prometheus().encode(), content_type="text/plain; charset=utf-8")
        else:
            workers = {"serving": self.tally.serving(), "wanted": self.tally.workers}
            response = call.answer({"status": "ok", "workers": workers})
        await call.send(response)
        return await call.finish(response)

    async def _body(self, call: Call) -> wire.Body:
        raw = await read(call.request, self.limits)
        call.received = len(raw)
        return parsed(raw)

    def _finished(self, call: Call) -> None:
        took = time.perf_counter() - call.begun
        self.row.answered(call.route, call.status, took)
        if self._log is not None:
            self._log.write(
                id=call.id,
                route=call.route,
                status=call.status,
                ruling=call.ruling,
                stream=call.streamed,
                broken=call.broken,
                ms=round(took * 1e3, 2),
                upstream_ms=round(call.upstream * 1e3, 2),
                guard_ms=round(call.looking * 1e3, 3),
                received=call.received,
                sent=call.sent,
            )


__all__ = ["Proxy"]
