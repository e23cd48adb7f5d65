"""Tells a page that is open what guards rule, by server-sent events: one as a row is recorded, a sign of life between.

A listener is let in as whoever may open the page, and asked again now and then, so that it ends with the session. There
are so many at once and no more; each ends after a while, and a browser then comes back by itself and says with
Last-Event-ID what it has heard.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import orjson

from trimtab._optional import need
from trimtab.errors import AccessError, LedgerError, UsageError
from trimtab.serve.pages.access.refused import RefusedError
from trimtab.serve.pages.measure.traffic import traffic
from trimtab.serve.pages.snapshot import Watched
from trimtab.workspace.traffic import last_ruling

MOST = 32
"""Listeners at once."""

_ROW = re.compile(r"\d{1,18}")
_BACK = b"retry: 3000\n\n"  # milliseconds after which a browser comes back


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds: between looks at the ledger, between signs of life, between looks at who listens, of one connection."""

    look: float = 1.0
    beat: float = 15.0
    admit: float = 5.0
    whole: float = 1800.0


class Live:
    """Streams of events, of one ledger."""

    def __init__(self, watched: Watched, *, most: int = MOST, pace: Pace | None = None) -> None:
        """Nobody listens yet."""
        self._watched, self._most, self._pace = watched, most, pace or Pace()
        self._responses = need("starlette.responses", extra="serve")
        self._run = need("starlette.concurrency", extra="serve").run_in_threadpool
        self.listening = 0

    async def answer(self, request: Any, admit: Callable[[], Any]) -> Any:
        """A stream for whoever asks; 204 where the moment is fixed, which tells a browser not to come back.

        Args:
            request: Names a system in its path.
            admit: Raises where whoever asks may not listen, or no longer.

        Raises:
            RefusedError: So many listen already, or they may not.
            UsageError: There is no such system.
        """
        await self._run(admit)
        system = request.path_params["system"]
        now = await self._run(self._watched.snapshot)
        if system not in now.policy.systems:
            raise UsageError(f"there is no system {system[:80]!r} in the policy.", "The systems page lists all.")
        if now.fixed:
            return self._responses.Response(status_code=204, headers={"cache-control": "no-store"})
        if self.listening >= self._most:
            raise RefusedError(503, "So many watch this that no more can", "Look again by hand.", wait=30)
        heard = request.headers.get("last-event-id", "")
        events = self._events(system, admit, heard=int(heard) if _ROW.fullmatch(heard) else -1)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return self._responses.StreamingResponse(events, headers=headers, media_type="text/event-stream")

    async def _events(self, system: str, admit: Callable[[], Any], *, heard: int) -> AsyncIterator[bytes]:
        if self.listening >= self._most:  # others came meanwhile
            return
        self.listening += 1
        pace, begun = self._pace, time.monotonic()
        told = asked = begun
        try:
            yield _BACK
            while (now := time.monotonic()) - begun < pace.whole:
                if now - asked >= pace.admit:
                    asked = now
                    if not await self._still(admit):
                        yield b"event: ended\ndata: {}\n\n"
                        return
                try:
                    news = await self._run(self._news, system, heard)
                except LedgerError:
                    yield b"event: ended\ndata: {}\n\n"  # the page itself says what is wrong with the ledger
                    return
                if news is not None:
                    heard, body = news
                    yield b"id: %d\nevent: traffic\ndata: %s\n\n" % (heard, body)
                    told = now
                elif now - told >= pace.beat:
                    yield b": still here\n\n"
                    told = now
                await asyncio.sleep(pace.look)
        finally:
            self.listening -= 1

    async def _still(self, admit: Callable[[], Any]) -> bool:
        try:
            await self._run(admit)
        except (AccessError, RefusedError):
            return False
        return True

    def _news(self, system: str, heard: int) -> tuple[int, bytes] | None:
        """What to tell whoever has heard of a row, if there is a later one; the state at first."""
        newest = last_ruling(self._watched.ledger, system)
        row = newest.seq if newest is not None else 0
        if row <= heard:
            return None
        now = self._watched.snapshot()
        found = traffic(now, self._watched.standing, {"system": system})
        return max(row, found.row), orjson.dumps(found)
