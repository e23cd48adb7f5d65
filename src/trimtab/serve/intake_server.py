"""The intake: takes signed web hooks of other systems into the books.

It tells no text of a payload: not in logs, and in answers only what its sender has just said. Answered 200, a delivery
is on disk, or was before, or means nothing here. Whatever else is answered, nothing of it was recorded.
"""

import asyncio
import logging
import socket
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
from aiohttp import web

from trimtab.enforce.places import UnreadableError
from trimtab.errors import LedgerError, TrimtabError
from trimtab.serve import wire
from trimtab.serve.body import SlowClientError, parsed, read
from trimtab.serve.limits import Limits
from trimtab.serve.listener import serving
from trimtab.workspace.intake.hooks import Hook
from trimtab.workspace.intake.signatures import Signed
from trimtab.workspace.intake.taking import Outcome, Taken, Taker

_log = logging.getLogger("trimtab.intake")

_PREFIX = "/hooks/"
_AGAIN_SECONDS = 30
_STATUS = {
    Outcome.KEPT: 200,
    Outcome.KNOWN: 200,
    Outcome.NOTHING: 200,
    Outcome.CLASH: 409,  # Jira delivers again after it, until what the delivery rests on is there
    Outcome.REFUSED: 422,
}
_UNSIGNED = {
    Signed.MISSING: "the headers of the signature are missing",
    Signed.WRONG: "the signature is wrong",
    Signed.STALE: "the signature is of another time",
}
_METRICS = (
    ("trimtab_intake_deliveries_total", "counter", "Deliveries, by hook and what became of them."),
    ("trimtab_intake_entries_total", "counter", "Entries that were added to the books, by hook."),
    ("trimtab_intake_ledger_unavailable", "gauge", "1 while the ledger could not be written the last time."),
)


class _RefusedError(Exception):
    def __init__(self, status: int, words: str, code: str) -> None:
        super().__init__(status, words, code)
        self.status, self.words, self.code = status, words, code


class IntakeServer:
    """Answers senders. One event loop, and one thread that holds the ledger, so that deliveries are taken in turn."""

    def __init__(self, hooks: Mapping[str, Hook], taker: Taker, *, limits: Limits | None = None) -> None:
        """Prepare; nothing is opened yet.

        Args:
            hooks: By name, which is the end of their path.
            taker: Takes what is delivered.
            limits: What the server bears.
        """
        self.limits = limits or Limits(request_bytes=2**20, at_once=64)
        self._hooks, self._taker = dict(hooks), taker
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="trimtab-intake")
        self._requests = 0
        self._deliveries: Counter[tuple[str, str]] = Counter()
        self._entries: Counter[str] = Counter()
        self._unavailable = False

    async def run(self, sock: socket.socket, *, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Serve until `stop` is set, then finish what is being served, for at most `drain_seconds`."""
        try:
            async with serving(self.handle, sock, self.limits):
                ready()
                await stop.wait()
        finally:
            self._thread.shutdown(wait=True)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; every failure is an error that quotes nothing."""
        if request.method == "GET" and request.path == "/healthz":
            return _json(200, self._health())
        if request.method == "GET" and request.path == "/metrics":
            return web.Response(text=self._metrics(), content_type="text/plain")
        name = request.path.removeprefix(_PREFIX) if request.path.startswith(_PREFIX) else ""
        hook = self._hooks.get(name)
        self._requests += 1
        try:
            response, outcome = await self._answered(request, hook)
        except ConnectionError:  # the sender is gone, and nobody would read an answer
            raise
        except Exception as problem:  # noqa: BLE001  # unknown is never a 200, nor a traceback for strangers
            response, outcome = self._failed(problem)
        finally:
            self._requests -= 1
        self._deliveries[hook.name if hook else "", outcome] += 1
        return response

    async def _answered(self, request: web.BaseRequest, hook: Hook | None) -> tuple[web.StreamResponse, str]:
        if hook is None:
            raise _RefusedError(404, "there is no such hook", "not_served")
        if request.method != "POST":
            raise _RefusedError(405, f"this is not asked with {request.method}", "not_served")
        if self._requests > self.limits.at_once:
            raise _RefusedError(503, "too much at once; try again", "overloaded")
        body = await read(request, self.limits)
        signed = hook.scheme.signed(hook.secrets, _once(request, hook.scheme.headers), body, time.time())
        if signed is not Signed.GOOD:
            raise _RefusedError(401, _UNSIGNED[signed], "unsigned")
        if request.content_type == "application/x-www-form-urlencoded":
            raise _RefusedError(415, "this is a form; have the sender send application/json", "unreadable")
        payload = parsed(body)
        taken = await asyncio.get_running_loop().run_in_executor(self._thread, self._take, hook, payload)
        return self._told(hook, taken), taken.outcome

    def _take(self, hook: Hook, payload: Any) -> Taken:
        taken = self._taker.take(hook, payload)
        self._unavailable = False
        self._entries[hook.name] += len(taken.kept)
        return taken

    # -- what is said ----------------------------------------------------------------

    def _told(self, hook: Hook, taken: Taken) -> web.Response:
        if taken.mistakes:
            fields = ", ".join(dict.fromkeys(one.where or "entry" for one in taken.mistakes))
            _log.warning("hook %s: a delivery was refused (%s): %s", hook.name, taken.outcome, fields)
            return _json(_STATUS[taken.outcome], _refusal(taken))
        kept = [{"kind": one.entry.kind, "id": one.entry.id, "row": one.seq} for one in taken.kept]
        return _json(_STATUS[taken.outcome], {"outcome": str(taken.outcome), "entries": kept})

    def _failed(self, problem: Exception) -> tuple[web.StreamResponse, str]:
        if isinstance(problem, _RefusedError):
            return _error(problem.status, problem.words, problem.code), problem.code
        if isinstance(problem, UnreadableError):
            return _error(400, f"this cannot be read: {problem}", "unreadable"), "unreadable"
        if isinstance(problem, LedgerError):
            self._unavailable = True
            _log.error("%s", problem)
            return _error(
                503, f"{problem.code} the ledger cannot be written; nothing was recorded", "ledger"
            ), "unavailable"
        outcome = "unreadable"
        if isinstance(problem, web.HTTPRequestEntityTooLarge):
            response, outcome = (
                _error(413, f"a request may have {self.limits.request_bytes:,} bytes", "too_large"),
                "large",
            )
        elif isinstance(problem, SlowClientError):
            response = _error(408, str(problem), "too_slow")
        elif isinstance(problem, web.HTTPException | web.RequestPayloadError):
            response = _error(400, "the body is not what its headers say", "unreadable")
        else:
            code = problem.code if isinstance(problem, TrimtabError) else "TT000"
            _log.error("%s %s; nothing was recorded", code, type(problem).__name__)
            return _error(500, f"{code} the intake failed; nothing was recorded", "failed"), "failed"
        response.force_close()  # what is still to come of the request is not read
        return response, outcome

    def _health(self) -> dict[str, Any]:
        return {
            "status": "ok",
            "hooks": len(self._hooks),
            "deliveries": self._deliveries.total(),
            "ledger": "unavailable" if self._unavailable else "ok",
        }

    def _metrics(self) -> str:
        values = (
            [(f'{{hook="{hook}",outcome="{outcome}"}}', n) for (hook, outcome), n in sorted(self._deliveries.items())],
            [(f'{{hook="{hook}"}}', n) for hook, n in sorted(self._entries.items())],
            [("", int(self._unavailable))],
        )
        lines = []
        for (name, kind, about), found in zip(_METRICS, values, strict=True):
            lines += [
                f"# HELP {name} {about}",
                f"# TYPE {name} {kind}",
                *(f"{name}{labels} {n}" for labels, n in found),
            ]
        return "\n".join(lines) + "\n"


def _refusal(taken: Taken) -> dict[str, Any]:
    early = taken.outcome is Outcome.CLASH
    words = "it does not fit the books as they are now" if early else "it cannot stand in the books"
    mistakes = [{"field": one.where, "what": one.message, "next": one.suggestion} for one in taken.mistakes]
    told = wire.error(f"{words}; nothing was recorded", kind="invalid_request_error", code=str(taken.outcome))
    return {**told, "mistakes": mistakes}


def _once(request: web.BaseRequest, names: tuple[str, ...]) -> dict[str, str]:
    """Headers that come once; of one that comes twice nobody knows which was meant."""
    given = {name: request.headers.getall(name, []) for name in names}
    return {name: values[0] for name, values in given.items() if len(values) == 1}


def _json(status: int, body: dict[str, Any]) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


def _error(status: int, words: str, code: str) -> web.Response:
    kind = "invalid_request_error" if status < 500 else "server_error"
    response = _json(status, wire.error(words, kind=kind, code=code))
    if status == 503:
        response.headers["Retry-After"] = str(_AGAIN_SECONDS)
    return response
