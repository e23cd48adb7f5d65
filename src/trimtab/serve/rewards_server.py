"""The reward server: scores for trainers whose workers share nothing, and the home of their multipliers.

It tells no text: not in answers, not in errors, not in logs. What it cannot score is unsafe or an error, never 0.
"""

import asyncio
import base64
import binascii
import hmac
import logging
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
from aiohttp import web

from trimtab.enforce.places import UnreadableError
from trimtab.enforce.rewards import Rewards, Standing
from trimtab.enforce.rewards.http_state import terms
from trimtab.enforce.rewards.pace import Pace
from trimtab.errors import RewardError, UsageError
from trimtab.serve import wire
from trimtab.serve.body import SlowClientError, parsed, read
from trimtab.serve.limits import Limits
from trimtab.serve.listener import serving
from trimtab.serve.rewards_batch import Batcher, Scorer
from trimtab.serve.rewards_wire import (
    openrlhf_answer,
    openrlhf_rows,
    score_answer,
    score_rows,
    told_counts,
    told_standing,
    told_step,
)

_log = logging.getLogger("trimtab.rewards")

_MOST_WAITING = 65536  # rows
_MOST_HELD = 512 * 2**20  # bytes of requests that are not answered yet

Body = dict[str, Any]
_Route = Callable[[Body], Awaitable[Body]]


class _RefusedError(Exception):
    """A request that is understood, and not done."""

    def __init__(self, status: int, words: str, code: str) -> None:
        super().__init__(status, words, code)
        self.status, self.words, self.code = status, words, code


class RewardServer:
    """Answers trainers. One event loop, and one thread that scores and keeps the state."""

    def __init__(
        self, rewards: Rewards, pace: Pace, *, limits: Limits | None = None, token: str = "", end: Sequence[str] = ()
    ) -> None:
        """Prepare; nothing is opened yet.

        Args:
            rewards: The reward, with its state.
            pace: When its multipliers move.
            limits: What the server bears.
            token: What clients must show; nothing if empty.
            end: As in `openrlhf.completion_of`.
        """
        self.limits = limits or Limits()
        self._rewards, self._pace, self._token, self._end = rewards, pace, token, tuple(end)
        self._scorer = Scorer(rewards, pace)
        self._batcher = Batcher(self._scorer.score, pace.room)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="trimtab-rewards")
        self._held = 0
        self._requests = 0
        self._said: set[str] = set()
        self._routes: dict[tuple[str, str], _Route] = {
            ("POST", "/get_reward"): self._get_reward,
            ("POST", "/score"): self._score,
            ("GET", "/state"): self._state,
            ("PUT", "/state"): self._restore,
            ("POST", "/counts"): self._add,
            ("DELETE", "/counts"): self._discard,
            ("POST", "/advance"): self._advance,
        }

    async def run(self, sock: socket.socket, *, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Serve until `stop` is set, then finish what is being served, for at most `drain_seconds`."""
        scoring = asyncio.ensure_future(self._batcher.run(self._thread))
        try:
            async with serving(self.handle, sock, self.limits):
                ready()
                await stop.wait()
        finally:
            scoring.cancel()
            self._thread.shutdown(wait=True)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; every failure is an error that quotes nothing."""
        if (request.method, request.path) == ("GET", "/healthz"):
            return _answer(self._health())
        self._requests += 1
        size = request.content_length or 0
        self._held += size
        try:
            return _answer(await self._served(request))
        except ConnectionError:  # the client is gone, and nobody would read an answer
            raise
        except Exception as problem:  # noqa: BLE001  # unknown is never a pass, nor a traceback for strangers
            return self._failed(problem)
        finally:
            self._requests -= 1
            self._held -= size

    async def _served(self, request: web.BaseRequest) -> Body:
        if self._token and not _shows(request.headers.get("Authorization", ""), self._token):
            raise _RefusedError(401, "the token is missing or wrong", "unauthorised")
        route = self._routes.get((request.method, request.path))
        if route is None:
            known = any(request.path == path for _, path in self._routes)
            words = f"this is not asked with {request.method}" if known else "this is not served here"
            raise _RefusedError(405 if known else 404, words, "not_served")
        if self._requests > self.limits.at_once or self._held > _MOST_HELD or self._batcher.waiting > _MOST_WAITING:
            raise _RefusedError(503, "too much at once; try again", "overloaded")
        raw = await read(request, self.limits)
        return await route(parsed(raw) if request.method in {"POST", "PUT"} else {})

    # -- scoring ---------------------------------------------------------------------

    async def _get_reward(self, body: Body) -> Body:
        return openrlhf_answer(await self._batcher.worth(openrlhf_rows(body, self._end)))

    async def _score(self, body: Body) -> Body:
        return score_answer(await self._batcher.worth(score_rows(body)))

    # -- the state -------------------------------------------------------------------

    async def _state(self, _: Body) -> Body:
        standing, pending = await self._apart(self._rewards.state.seen)
        agreed = terms(self._rewards.rules, len(self._rewards.hard))
        about = {"reward": self._rewards.name, "policy": self._rewards.policy, "every": self._pace.every}
        return {**about, "terms": agreed, "standing": standing.payload(), "pending": pending.payload()}

    async def _restore(self, body: Body) -> Body:
        standing = told_standing(body)
        await self._apart(lambda: self._rewards.state.restore(standing))
        return await self._state({})

    async def _add(self, body: Body) -> Body:
        self._check_told()
        counts = told_counts(body, len(self._rewards.hard), len(self._rewards.soft))
        await self._apart(lambda: self._rewards.state.add(counts))
        return {}

    async def _discard(self, _: Body) -> Body:
        self._check_told()
        await self._apart(self._rewards.state.discard)
        return {}

    async def _advance(self, body: Body) -> Body:
        self._check_told()
        step = told_step(body)

        def advance() -> Standing:
            return self._pace.advance(step)

        await self._apart(advance)
        return await self._state({})

    def _check_told(self) -> None:
        if self._pace.every:
            words = f"this server ends a step after every {self._pace.every} completions; start it with --every 0"
            raise _RefusedError(409, words, "paced")

    async def _apart(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    # -- what is said ----------------------------------------------------------------

    def _health(self) -> Body:
        return {
            "status": "ok",
            "reward": self._rewards.name,
            "scored": self._scorer.scored,
            "errors": self._scorer.errors,
            "waiting": self._batcher.waiting,
        }

    def _failed(self, problem: Exception) -> web.StreamResponse:
        if isinstance(problem, _RefusedError):
            return _error(problem.status, problem.words, problem.code)
        if isinstance(problem, UnreadableError):
            return _error(400, f"this cannot be read: {problem}", "unreadable")
        if isinstance(problem, UsageError):
            return self._logged(_error(400, str(problem), "usage"), str(problem))
        if isinstance(problem, RewardError):
            return self._logged(_error(500, str(problem), "reward"), str(problem))
        if isinstance(problem, web.HTTPRequestEntityTooLarge):
            response = _error(413, f"a request may have {self.limits.request_bytes:,} bytes", "too_large")
        elif isinstance(problem, SlowClientError):
            response = _error(408, str(problem), "too_slow")
        elif isinstance(problem, web.HTTPException | web.RequestPayloadError):
            response = _error(400, "the body is not what its headers say", "unreadable")
        else:
            words = f"scoring failed ({type(problem).__name__}); nothing was scored"
            return self._logged(_error(500, words, "failed"), words)
        response.force_close()  # what is still to come of the request is not read
        return response

    def _logged(self, response: web.StreamResponse, words: str) -> web.StreamResponse:
        """Say once in the log what trainers may keep to themselves."""
        if words not in self._said and len(self._said) < 100:
            self._said.add(words)
            _log.error("reward %s: %s", self._rewards.name, words)
        return response


def _answer(body: Body) -> web.Response:
    return web.Response(body=orjson.dumps(body), content_type="application/json")


def _error(status: int, words: str, code: str) -> web.Response:
    kind = "invalid_request_error" if status < 500 else "server_error"
    headers = {"Retry-After": "1"} if status == 503 else {}
    headers |= {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    body = orjson.dumps(wire.error(words, kind=kind, code=code))
    return web.Response(body=body, status=status, headers=headers, content_type="application/json")


def _shows(header: str, token: str) -> bool:
    """Whether a header shows the token: as a bearer, or as the password of an address, which OpenRLHF can send."""
    scheme, _, shown = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            shown = base64.b64decode(shown, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return False
    elif scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(shown.encode(), token.encode())
