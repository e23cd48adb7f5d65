"""A conversation that a suite holds itself: its calls, and what came of them whatever it makes of that."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from trimtab.errors import CacheError
from trimtab.kinds import Case, Message, Missing, Pursuer, Pursuit, Reply, Request

CRASHED = "suite-crashed"
Came = tuple[Reply | Missing, bool]  # what came of a call, and whether it was kept from before


@dataclass(slots=True, kw_only=True)
class Held:
    """One case. `answer` asks the target, `lend` the attacker's model, if there is one.

    The first call that was lost, and a cache that failed, are remembered here: somebody else's code may swallow the
    error, and must not make a success of it.
    """

    answer: Callable[[tuple[Message, ...]], Awaitable[Came]]
    lend: Callable[[Request], Awaitable[Came]] | None
    replies: list[Reply] = field(default_factory=list)
    all_cached: bool = True
    _lost: Missing | None = None
    _broken: CacheError | None = None

    async def pursue(self, pursuer: Pursuer, case: Case) -> Pursuit | Missing:
        """What the suite says of it, or why there is no outcome.

        Raises:
            CacheError: A reply could not be kept.
        """
        pursuit: object = None
        try:
            pursuit = await pursuer.pursue(case, self._say, self._write if self.lend else None)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # somebody else's code; its text may quote data
            self._lost = self._lost or Missing(CRASHED, type(error).__name__)
        if self._broken is not None:
            raise self._broken
        if self._lost is not None:
            return self._lost
        if not (self.replies and isinstance(pursuit, Pursuit)):
            return Missing(CRASHED, "the attacker asked nothing")
        return pursuit

    async def _say(self, messages: tuple[Message, ...]) -> Reply:
        reply = await self._kept(self.answer(messages), "")
        self.replies.append(reply)
        return reply

    async def _write(self, request: Request) -> Reply:
        assert self.lend is not None
        return await self._kept(self.lend(request), "attacker-")

    async def _kept(self, call: Awaitable[Came], whose: str) -> Reply:
        try:
            reply, cached = await call
        except CacheError as error:
            self._broken = error
            raise
        if isinstance(reply, Missing):
            reason = reply.reason if reply.reason == "budget" else f"{whose}{reply.reason}"
            self._lost = self._lost or Missing(reason, reply.detail)
            raise _LostError(reason)
        self.all_cached = self.all_cached and cached
        return reply


class _LostError(Exception):
    """There was no reply."""
