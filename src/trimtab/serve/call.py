"""One request on its way through the proxy: what is known of it besides its texts, and how it is answered."""

import re
import secrets
import time
from dataclasses import dataclass, field

import orjson
from aiohttp import web

from trimtab.enforce import Action, Ruling
from trimtab.enforce.request_id import names_nobody
from trimtab.serve import wire
from trimtab.serve.patience import Patience

_FORWARDED = ("Authorization", "OpenAI-Organization", "OpenAI-Project", "OpenAI-Beta")
# What a detector says of a text that is too long for it. Whatever else went wrong is the operator's, not the client's.
_TOO_LONG = re.compile(r"[a-z0-9 ,;:]{0,80}\bcharacters\b[a-z0-9 ,;:]{0,80}")
# Seconds, which some servers give in parts, or a date; nothing else that an upstream might say there goes on.
_RETRY = re.compile(
    r"[0-9]{1,6}(\.[0-9]{1,6})?|"
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} "
    r"[0-9]{2}:[0-9]{2}:[0-9]{2} GMT"
)
_SLICE = 65_536  # bytes of an answer that are written at a time


@dataclass(slots=True, kw_only=True)
class Call:
    """A request. `route` is a name of ours, never the path that was asked for; times are of the monotonic clock."""

    request: web.BaseRequest
    route: str
    id: str
    begun: float = field(default_factory=time.perf_counter)
    ruling: Action | None = None  # the strictest so far
    unlooked: dict[str, None] = field(default_factory=dict)  # checks that were not made, in a few words each
    streamed: bool = False
    upstream: float = 0.0  # seconds spent waiting for it
    looking: float = 0.0  # seconds the guard took
    received: int = 0  # bytes of the body
    sent: int = 0  # bytes of the answer
    patience: float  # seconds that a client may take to read what was written to it
    started: web.StreamResponse | None = None  # the answer, once some of it is on its way
    broken: bool = False  # the answer ended with an error
    status: int = 499  # until an answer is written to its end, the client may be gone

    @classmethod
    def of(cls, request: web.BaseRequest, route: str, patience: float) -> "Call":
        """A request that has just come in; it keeps the id its client gave it, if that names nobody."""
        given = request.headers.get("X-Request-Id", "")
        name = given if names_nobody(given) else secrets.token_hex(12)
        return cls(request=request, route=route, id=name, patience=patience)

    def headers(self) -> dict[str, str]:
        """What goes to the upstream besides the body."""
        given = self.request.headers
        return {name: given[name] for name in _FORWARDED if name in given} | {"X-Request-Id": self.id}

    def ruled(self, ruling: Ruling) -> None:
        """The guard has spoken on one more text."""
        self.looking += ruling.total
        if self.ruling is None or ruling.action.strictness > self.ruling.strictness:
            self.ruling = ruling.action
        for skipped in ruling.skipped:
            if skipped.reason != "needless":
                told = skipped.detail if _TOO_LONG.fullmatch(skipped.detail) else skipped.reason
                self.unlooked[f"{skipped.detector}: {told}"] = None

    # -- answers -----------------------------------------------------------------

    def answer(self, body: wire.Body, *, status: int = 200, retry: str = "") -> web.Response:
        """A whole answer, to be sent."""
        return self.whole(orjson.dumps(body), status=status, retry=retry)

    def failed(self, status: int, words: str, code: str, *, retry: str = "") -> web.Response:
        """An error, in the API's shape."""
        kind = "invalid_request_error" if status < 500 else "server_error"
        return self.answer(wire.error(words, kind=kind, code=code), status=status, retry=retry)

    def whole(
        self, raw: bytes, *, status: int = 200, retry: str = "", content_type: str = "application/json"
    ) -> web.Response:
        """Bytes as a whole answer, to be sent."""
        headers = self._named()
        headers["Content-Type"] = content_type
        if _RETRY.fullmatch(retry):
            headers["Retry-After"] = retry
        return web.Response(body=raw, status=status, headers=headers)

    async def send(self, response: web.Response) -> None:
        """Write a whole answer at the client's own speed, up to its last piece, which `finish` writes.

        Raises:
            ConnectionError: The client is gone.
        """
        await response.prepare(self.request)
        body, last = self._parted(response)
        await self._write(response, memoryview(body)[:last])
        self.status = response.status
        self.sent += len(body) - last

    async def finish(self, response: web.Response) -> web.Response:
        """Write the last piece of a whole answer.

        Raises:
            ConnectionError: The client is gone.
        """
        body, last = self._parted(response)
        with Patience(self.request, self.patience):
            await web.StreamResponse.write_eof(response, body[last:])  # that of `Response` would write all of it
        return response

    def _parted(self, response: web.Response) -> tuple[bytes, int]:
        """What is to be written, and where its last piece begins."""
        body = b"" if self.request.method == "HEAD" else response.body
        assert isinstance(body, bytes)
        return body, max(0, len(body) - 1) // _SLICE * _SLICE

    async def write(self, raw: bytes) -> None:
        """A piece of a streamed answer. Waits for a client that is slower than the upstream, but not for ever.

        Raises:
            ConnectionError: The client is gone.
        """
        await self._write(self.started or await self._begun(), raw)

    async def end(self) -> web.StreamResponse:
        """The end of a streamed answer."""
        assert self.started is not None
        with Patience(self.request, self.patience):
            await self.started.write_eof()
        self.status = self.started.status
        return self.started

    async def _write(self, response: web.StreamResponse, raw: bytes | memoryview) -> None:
        """Little by little, or all of it would be held until the client has taken the last byte."""
        pieces = memoryview(raw)
        with Patience(self.request, self.patience):
            for at in range(0, len(raw), _SLICE):
                piece = pieces[at : at + _SLICE]
                await response.write(piece)
                self.sent += len(piece)

    async def _begun(self) -> web.StreamResponse:
        headers = {**self._named(), "Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        headers["X-Accel-Buffering"] = "no"  # nginx in front of us would hold the stream back
        self.started = response = web.StreamResponse(headers=headers)
        await response.prepare(self.request)
        return response

    def _named(self) -> dict[str, str]:
        names = {"X-Request-Id": self.id}
        if self.ruling is not None:
            names["X-Trimtab-Ruling"] = self.ruling.value
        if self.unlooked and all(map(str.isascii, self.unlooked)):
            names["X-Trimtab-Unlooked"] = "; ".join(self.unlooked)
        return names
