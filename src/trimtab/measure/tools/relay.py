"""Where another tool asks a candidate: an OpenAI-compatible address of ours on this machine.

Behind it the candidate is asked as in any run: with its plugin and its settings, within its limits, through its guard.
So a tool cannot reach it in any other way, gets no key, and measures what would be shipped.
"""

import asyncio
import hmac
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from trimtab.kinds import Message, Missing, Reply, Request
from trimtab.policy.system_spec import Generation

_MAX_BYTES = 8 * 2**20
_MOST_CHOICES = 128
_ROLES: Mapping[str, Any] = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
# They change what may come back, and a candidate is asked for text alone.
_NOT_ASKED = ("tools", "functions", "audio", "stream")


# What aiohttp would log of a malformed request quotes it.
_SILENT = logging.getLogger("trimtab.measure.silent")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


class UnaskableError(Exception):
    """A request that cannot be put to a candidate as it is. Its text quotes nothing of it."""


@dataclass(slots=True)
class Counts:
    """What came of the requests so far; read it at any moment."""

    answered: int = 0
    lost: Counter[str] = field(default_factory=Counter)  # by reason
    refused: int = 0  # that no candidate could be asked


class Relay:
    """Used as an asynchronous context manager. `listen` is called after every request."""

    def __init__(
        self,
        ask: Callable[[Request], Awaitable[Reply | Missing]],
        generation: Generation,
        *,
        max_tokens: int | None = None,
        listen: Callable[[], None] = lambda: None,
    ) -> None:
        self.token = secrets.token_urlsafe(24)
        # A name that nobody has used before: a log that names it is of this run.
        self.model = f"trimtab-{secrets.token_hex(6)}"
        self.url = ""
        self.counts = Counts()
        self._ask, self._listen = ask, listen
        self._generation, self._max_tokens = generation, max_tokens
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(logger=_SILENT, client_max_size=_MAX_BYTES)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}/v1"
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {self.token}".encode()):
            return _error(401, "this address is for the tool that was started with it")
        if request.path == "/v1/models":
            return web.json_response({"object": "list", "data": [{"id": self.model, "object": "model"}]})
        if (request.method, request.path) != ("POST", "/v1/chat/completions"):
            return _error(404, "only /v1/chat/completions is served here")
        try:
            return await self._answered(await request.json())
        except Exception as problem:  # noqa: BLE001  # whatever it is: its text may quote what was asked
            self.counts.refused += 1
            # 422, which no client tries again, and which means a refusal of the model to none.
            return _error(422, str(problem) if isinstance(problem, UnaskableError) else "this cannot be answered")
        finally:
            self._listen()

    async def _answered(self, body: Any) -> web.StreamResponse:
        if not isinstance(body, dict):
            raise UnaskableError("the body is not a JSON object")
        wanted, choices = self._request(body), _choices(body)
        replies = await asyncio.gather(*(self._ask(wanted) for _ in range(choices)))
        for reply in replies:
            if isinstance(reply, Missing):
                self.counts.lost[reply.reason] += 1
        good = [reply for reply in replies if isinstance(reply, Reply)]
        self.counts.answered += len(good)
        if len(good) < choices:
            return _error(422, "the candidate gave no reply")
        return web.json_response(_written(good, self.model))

    def _request(self, body: Mapping[str, Any]) -> Request:
        """What the candidate is asked: the tool's conversation, with the candidate's own settings."""
        if body.get("model") != self.model:
            raise UnaskableError("another model is named than the one that is here")
        wanted = [key for key in _NOT_ASKED if body.get(key)]
        if wanted:
            raise UnaskableError(f"candidates are asked without {wanted[0]}")
        messages = body.get("messages")
        if not isinstance(messages, list) or not messages:
            raise UnaskableError("there are no messages")
        own = self._generation
        return Request(
            messages=tuple(map(_message, messages)),
            max_tokens=self._max_tokens or own.max_tokens,
            temperature=own.temperature,
            top_p=own.top_p,
            seed=own.seed,
            stream=own.stream,
        )


def _message(said: Any) -> Message:
    role = _ROLES.get(str(said.get("role"))) if isinstance(said, dict) else None
    if role is None:
        raise UnaskableError("a message is of nobody whom candidates hear")
    content = said.get("content")
    if isinstance(content, list):
        parts = [
            part.get("text") if isinstance(part, dict) and part.get("type") == "text" else None for part in content
        ]
        content = "\n".join(parts) if all(isinstance(part, str) for part in parts) else None  # type: ignore[arg-type]
    if not isinstance(content, str):
        raise UnaskableError("a message is no text")
    return Message(role, content)


def _choices(body: Mapping[str, Any]) -> int:
    choices = body.get("n")
    if choices is None:
        return 1
    if isinstance(choices, bool) or not isinstance(choices, int) or not 1 <= choices <= _MOST_CHOICES:
        raise UnaskableError(f"n is not from 1 to {_MOST_CHOICES}")
    return choices


def _written(replies: list[Reply], model: str) -> dict[str, Any]:
    asked = sum(reply.prompt_tokens or 0 for reply in replies)
    said = sum(reply.completion_tokens or 0 for reply in replies)
    return {
        "id": f"chatcmpl-{secrets.token_hex(8)}",
        "object": "chat.completion",
        "created": int(replies[0].finished_at),
        "model": model,
        "choices": [
            {
                "index": place,
                "finish_reason": "length" if reply.finish == "length" else "stop",
                "message": {"role": "assistant", "content": reply.text},
            }
            for place, reply in enumerate(replies)
        ],
        "usage": {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said},
    }


def _error(status: int, words: str) -> web.Response:
    return web.json_response({"error": {"message": words, "type": "trimtab", "code": None}}, status=status)
