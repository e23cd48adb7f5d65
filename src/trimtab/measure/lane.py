"""One endpoint being asked: from a case to an exchange, or to the reason why there is none."""

import asyncio
import random
from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any

from trimtab.errors import CacheError, CallError, SystemUnavailableError
from trimtab.kinds import Case, Exchange, Message, Missing, Reply, Request, Screen
from trimtab.measure.cache import Cache, request_key
from trimtab.measure.held import CRASHED, Held
from trimtab.measure.job import Job, Result, Tally
from trimtab.measure.limits import Health, Pace, Patience, Sleep
from trimtab.measure.purse import Charge, Purse, actual, after_failure, worst_case


@dataclass(slots=True, kw_only=True)
class Asking:
    """What all workers of one run share."""

    cache: Cache | None
    tally: Tally
    purse: Purse
    patience: Patience
    sleep: Sleep
    chance: random.Random
    health: dict[str, Health] = field(default_factory=dict)
    # Questions that are being asked, by candidate: whoever has the same one waits for the answer.
    asked: dict[tuple[str, bytes], asyncio.Future[Reply | Missing]] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Lane:
    """One endpoint: its cases, and what it may be asked to bear."""

    asking: Asking
    concurrency: int
    pace: Pace
    cases: Iterator[tuple[Job, int, Case]]
    identities: Mapping[int, bytes]
    screened: Mapping[int, bytes]
    writers: Mapping[int, "Lane"] = field(default_factory=dict)  # by the job that they write for
    lent: AbstractAsyncContextManager[Any] = field(default_factory=nullcontext)

    async def one(self, job: Job, order: int, case: Case) -> Result:
        """Hold the conversation of one case."""
        outcome, cached = await (self._converse(job, case) if job.pursuer is None else self._pursue(job, case))
        return Result(candidate=job.candidate, suite=job.suite, order=order, case=case, outcome=outcome, cached=cached)

    async def _converse(self, job: Job, case: Case) -> tuple[Exchange | Missing, bool]:
        messages = case.messages
        replies: list[Reply] = []
        all_cached = True
        for turn in range(1 + len(case.follow_ups)):
            if turn:
                said = Message("assistant", replies[-1].text)
                messages = (*messages, said, Message("user", case.follow_ups[turn - 1]))
            reply, cached = await self._answer(job, _request(job, case, messages))
            if isinstance(reply, Missing):
                return reply, False
            replies.append(reply)
            all_cached = all_cached and cached
        return Exchange(replies=tuple(replies), price=job.price), all_cached

    async def _pursue(self, job: Job, case: Case) -> tuple[Exchange | Missing, bool]:
        """Let the suite hold the conversation; whatever a call comes to, it cannot make more of it than it is."""

        async def answer(messages: tuple[Message, ...]) -> tuple[Reply | Missing, bool]:
            return await self._answer(job, _request(job, case, messages))

        async def lend(request: Request) -> tuple[Reply | Missing, bool]:
            assert job.writer is not None
            return await self.writers[id(job)].lend(job.writer, request)

        assert job.pursuer is not None
        held = Held(answer=answer, lend=lend if job.writer is not None else None)
        outcome = await held.pursue(job.pursuer, case)
        if isinstance(outcome, Missing):
            self.asking.tally.errors[outcome.reason] += outcome.reason == CRASHED
            return outcome, False
        return Exchange(replies=tuple(held.replies), price=job.price, pursuit=outcome), held.all_cached

    async def lend(self, job: Job, request: Request) -> tuple[Reply | Missing, bool]:
        """A reply for whoever works in another lane, when one more call may be under way here."""
        async with self.lent:
            return await self._reply(job, request)

    async def ask(self, job: Job, request: Request) -> Reply | Missing:
        """An answer of its own for somebody who asks from outside, through the screen, when one more call may be made.

        The same question under way twice is asked twice: whoever repeats one wants to see how answers vary.
        """
        alone = replace(self, asking=replace(self.asking, asked={}))
        async with self.lent:
            reply, _ = await alone._answer(job, request)  # noqa: SLF001  # our own
        return reply

    async def _answer(self, job: Job, request: Request) -> tuple[Reply | Missing, bool]:
        """What somebody who asks gets: through the screen, if there is one."""
        if job.screen is None:
            return await self._reply(job, request)
        key = self._key(job, request, self.screened)
        if isinstance(key, Missing):
            return key, False
        cache = self.asking.cache
        kept = cache.get(key) if cache is not None else None
        if kept is not None:
            self.asking.tally.cached += 1
            return kept, True
        reply, cached = await self._screen(job, job.screen, request)
        if cache is not None and isinstance(reply, Reply):
            await cache.put(key, reply)
        return reply, cached

    async def _screen(self, job: Job, screen: Screen, request: Request) -> tuple[Reply | Missing, bool]:
        made = False  # whether a call was

        async def ask(what: Request) -> Reply:
            nonlocal made
            reply, cached = await self._reply(job, what)
            made = made or not cached
            if isinstance(reply, Missing):
                raise _NoReplyError(reply)
            return reply

        try:
            return await screen.through(request, ask), not made
        except _NoReplyError as none:
            return none.why, False
        except CacheError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001  # a guard that could not look; its text may quote data
            self.asking.tally.errors["guard-crashed"] += 1
            return Missing("guard-crashed", type(error).__name__), False

    def _key(self, job: Job, request: Request, identities: Mapping[int, bytes]) -> bytes | Missing:
        try:
            return request_key(identities[id(job)], request, repeat=job.repeat)
        except ValueError:
            self.asking.tally.errors["unsendable"] += 1
            return Missing("unsendable", "a text of the case has no UTF-8 form")

    async def _reply(self, job: Job, request: Request) -> tuple[Reply | Missing, bool]:
        """From the cache, from whoever asks the same just now, or from the system."""
        asking = self.asking
        key = self._key(job, request, self.identities)
        if isinstance(key, Missing):
            return key, False
        kept = asking.cache.get(key) if asking.cache is not None else None
        if kept is not None:
            asking.tally.cached += 1
            return kept, True
        if (same := asking.asked.get((job.candidate, key))) is not None:
            reply = await asyncio.shield(same)
            asking.tally.cached += isinstance(reply, Reply)
            return reply, True
        answer: asyncio.Future[Reply | Missing] = asyncio.get_running_loop().create_future()
        asking.asked[job.candidate, key] = answer
        try:
            reply = await self._call(job, request, key)
            answer.set_result(reply)
        finally:
            del asking.asked[job.candidate, key]
            answer.cancel()  # if it has no result, for whoever waits; else this does nothing
        return reply, False

    async def _call(self, job: Job, request: Request, key: bytes) -> Reply | Missing:
        """Try until there is a reply, or a reason to stop."""
        asking, health = self.asking, self.asking.health[job.candidate]
        worst = worst_case(request, job.price)
        attempt = 0
        wasted: list[float] = []  # seconds of failed tries: whoever asked waited for them too
        while True:
            probe = False
            if health.doubtful:
                async with _Wait(health):
                    probe = await health.enter()
            try:
                reply = await self._once(job, request, health, worst, wasted)
            except CallError as error:
                failure = error
                asking.tally.errors[error.reason] += 1
                health.failed(error, probe=probe)
            else:
                if isinstance(reply, Reply):
                    health.answered()
                    reply = _delayed(reply, sum(wasted))
                    if asking.cache is not None:
                        await asking.cache.put(key, reply)
                return reply
            finally:
                health.leave(probe=probe)
            if health.is_dead():
                return self._dead(job.candidate, health)
            wait = self._patient(failure, attempt, job.limits.retries)
            if wait is None:
                return Missing(failure.reason, failure.detail)
            attempt += 1
            await self._pause(wait, health)

    async def _once(
        self, job: Job, request: Request, health: Health, worst: Charge, wasted: list[float]
    ) -> Reply | Missing:
        """One try when pace and purse let it, or why there is none."""
        purse = self.asking.purse
        if health.is_dead():
            return self._dead(job.candidate, health)
        if not await purse.reserve(worst):
            return Missing("budget", "the budget was used up before this case")
        spent: Charge | None = None  # nothing was sent
        clock = asyncio.get_running_loop().time
        begun = clock()
        try:
            if not self.pace.free:
                async with _Wait(health):
                    await self.pace.turn()
            if health.is_dead():
                return self._dead(job.candidate, health)
            spent = worst
            begun = clock()
            reply = await self._try(job, request, health)
            spent = actual(reply, worst, job.price)
        except CallError as error:
            spent = after_failure(error, worst)
            wasted.append(clock() - begun)
            raise
        finally:
            purse.settle(worst, spent)
        self.asking.tally.tokens += (reply.prompt_tokens or 0) + (reply.completion_tokens or 0)
        return reply

    def _patient(self, failure: CallError, attempt: int, retries: int) -> float | None:
        """How long to wait before the next try, or None if there should be none."""
        patience, asked = self.asking.patience, failure.retry_after
        if asked is not None and asked <= patience.longest:
            self.pace.hold(asked)  # the server means everybody
        if not failure.retryable or attempt >= retries:
            return None
        wait = max(patience.before_retry(attempt, self.asking.chance), asked or 0.0)
        return wait if wait <= patience.longest else None

    async def _pause(self, seconds: float, health: Health) -> None:
        if health.doubtful:
            return  # probes have waits of their own
        self.asking.tally.retrying += 1
        try:
            async with _Wait(health):
                await self.asking.sleep(seconds)
        finally:
            self.asking.tally.retrying -= 1

    async def _try(self, job: Job, request: Request, health: Health) -> Reply:
        """One try; whatever goes wrong is a CallError."""
        tally = self.asking.tally
        tally.calls += 1
        tally.in_flight += 1
        scope = asyncio.timeout(job.limits.timeout)
        try:
            async with scope:
                health.watch(scope)
                try:
                    reply: object = await job.system.ask(request)
                finally:
                    health.forget(scope)
        except CallError:
            raise
        except SystemUnavailableError as error:
            health.end(SystemUnavailableError(job.candidate, error.detail, error.next_step), "unavailable")
            raise CallError("unavailable") from None
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            raise CallError("crashed", "CancelledError", retryable=True) from None  # inside the system, not ours
        except TimeoutError:
            if health.is_dead():
                raise CallError("abandoned", "the system became unavailable meanwhile") from None
            raise CallError("timeout", f"no answer in {job.limits.timeout:g} s", retryable=True) from None
        except Exception as error:  # noqa: BLE001  # somebody else's code; its text may quote data
            raise CallError("crashed", type(error).__name__) from None
        finally:
            tally.in_flight -= 1
        if not isinstance(reply, Reply) or not _encodable(reply.text):
            raise CallError("malformed", "the system returned no text", retryable=True)
        return reply

    def _dead(self, candidate: str, health: Health) -> Missing:
        if health.dead is not None:
            self.asking.tally.unavailable.setdefault(candidate, health.dead)
        return Missing(health.reason, "the candidate became unavailable")


class _NoReplyError(Exception):
    """A screen asked and there was no reply; nobody but us sees it."""

    def __init__(self, why: Missing) -> None:
        super().__init__(why.reason)
        self.why = why


class _Wait:
    """A wait that ends, quietly, when the system dies meanwhile."""

    __slots__ = ("_health", "_scope")

    def __init__(self, health: Health) -> None:
        self._health = health
        self._scope = asyncio.timeout(None)

    async def __aenter__(self) -> None:
        await self._scope.__aenter__()
        self._health.watch(self._scope)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._health.forget(self._scope)
        try:
            await self._scope.__aexit__(kind, error, trace)
        except TimeoutError:
            return True
        return False


def _request(job: Job, case: Case, messages: tuple[Message, ...]) -> Request:
    generation = job.generation
    return Request(
        messages=messages,
        max_tokens=case.max_tokens if case.max_tokens is not None else generation.max_tokens,
        temperature=generation.temperature,
        top_p=generation.top_p,
        seed=generation.seed,
        stream=generation.stream,
        logprobs=int(job.logprobs),
    )


def _delayed(reply: Reply, seconds: float) -> Reply:
    """The reply as it was felt: later by what its failed tries took."""
    if not seconds:
        return reply
    first = None if reply.first_token is None else reply.first_token + seconds
    return replace(reply, latency=reply.latency + seconds, first_token=first)


def _encodable(text: object) -> bool:
    """Whether it is a text that the cache can keep; somebody else's system may return anything."""
    try:
        return isinstance(text, str) and text.encode() is not None
    except UnicodeEncodeError:
        return False
