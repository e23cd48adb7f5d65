"""Asks systems all their cases, as fast as they bear and without loss.

A case ends in an `Exchange` or in `Missing` with a reason; there is no third
way. A fixed number of workers takes cases from an iterator, so memory does not
grow with the number of cases, and a reply is committed to the cache before
anything counts it.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import Final, TypeAlias

from trimtab._canonical import digest
from trimtab.kinds import Case, Missing, Reply, Request
from trimtab.measure.cache import Cache
from trimtab.measure.job import Job, Result, Tally
from trimtab.measure.lane import Asking, Lane
from trimtab.measure.limits import Clock, Health, Pace, Patience, Sleep
from trimtab.measure.purse import Purse

__all__ = ["Job", "Order", "Patience", "Purse", "Result", "Tally", "ask_all", "asker"]

Order: TypeAlias = Callable[[Sequence[Job]], Iterator[tuple[Job, int, Case]]]
"""Which case is asked next: job, position in the job, case. Asked for one by one, when somebody is free to ask it."""

_BACKLOG = 256  # results that wait for the reader before the workers do
_PATIENCE: Final = Patience()


async def ask_all(
    jobs: Sequence[Job],
    *,
    cache: Cache | None = None,
    tally: Tally | None = None,
    purse: Purse | None = None,
    seed: int = 0,
    patience: Patience = _PATIENCE,
    sleep: Sleep = asyncio.sleep,
    clock: Clock | None = None,
    order: Order | None = None,
) -> AsyncGenerator[Result, None]:
    """Results of every case of every job, in the order in which they end.

    Endpoints are asked side by side, the jobs of one endpoint one after the
    other. Whatever is wrong with a call ends in a result, never in silence: a
    case that stays broken is `Missing`, and so is the rest of a candidate that
    cannot be reached (`Tally.unavailable` says why). Replies in the cache
    cost nothing and are used even then. Wrap it in `contextlib.aclosing` if
    you may leave early.

    Args:
        jobs: What to ask. Their systems must stay entered meanwhile.
        cache: Where replies are kept; None keeps them nowhere.
        tally: Counts that the caller can watch.
        purse: The budget. Cases beyond it are `Missing("budget")`.
        seed: Of the jitter between retries.
        patience: How failures are waited out.
        sleep: Waits that many seconds.
        clock: Seconds, monotonic; the event loop's when left out.
        order: Takes the jobs of an endpoint and says what is asked, in which order
            and until when; everything, one job after the other, when left out.

    Raises:
        CacheError: A reply could not be kept.
        UsageError: The budget cannot be kept.
    """
    tally = tally if tally is not None else Tally()
    purse = purse if purse is not None else Purse()
    for job in jobs:
        for asked in (job, *filter(None, [job.writer])):
            purse.check(asked.candidate, asked.price)
    asking = Asking(
        cache=cache,
        tally=tally,
        purse=purse,
        patience=patience,
        sleep=sleep,
        chance=random.Random(seed),
    )
    clock = clock or asyncio.get_running_loop().time
    results: asyncio.Queue[Result | Exception | None] = asyncio.Queue(_BACKLOG)
    workers: list[asyncio.Task[None]] = []
    try:
        for lane in _lanes(jobs, asking, clock, order or one_after_the_other):
            workers += [asyncio.create_task(_work(lane, results)) for _ in range(lane.concurrency)]
        ended = 0
        while ended < len(workers):
            result = await results.get()
            if result is None:
                ended += 1
            elif isinstance(result, Exception):
                raise result
            else:
                tally.done += 1
                tally.missing += isinstance(result.outcome, Missing)
                yield result
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


def asker(
    job: Job,
    *,
    tally: Tally,
    cache: Cache | None = None,
    purse: Purse | None = None,
    patience: Patience = _PATIENCE,
    sleep: Sleep = asyncio.sleep,
) -> Callable[[Request], Awaitable[Reply | Missing]]:
    """What asks one system whatever somebody else wants to know: within its limits, with retries, through its screen.

    Call it in a running event loop.

    Args:
        job: Whom to ask; its cases are not.
        tally: Counts, which the caller can watch.
        cache: Where replies are kept; None keeps them nowhere, so that whoever asks again hears another one.
        purse: The budget. Requests beyond it are `Missing("budget")`.
        patience: How failures are waited out.
        sleep: Waits that many seconds.

    Raises:
        UsageError: The budget cannot be kept.
    """
    purse = purse if purse is not None else Purse()
    purse.check(job.candidate, job.price)
    chance = random.Random(0)
    asking = Asking(cache=cache, tally=tally, purse=purse, patience=patience, sleep=sleep, chance=chance)
    lane = _lane([job], asking, _pace([job], asking, asyncio.get_running_loop().time), iter(()))
    lane = replace(lane, lent=asyncio.Semaphore(lane.concurrency))
    return partial(lane.ask, job)


async def _work(lane: Lane, results: asyncio.Queue[Result | Exception | None]) -> None:
    try:
        for job, order, case in lane.cases:
            await results.put(await lane.one(job, order, case))
    except Exception as error:  # noqa: BLE001  # raised again by whoever reads the results
        await results.put(error)
    else:
        await results.put(None)


def one_after_the_other(jobs: Sequence[Job]) -> Iterator[tuple[Job, int, Case]]:
    """All cases of every job."""
    return ((job, place, case) for job in jobs for place, case in enumerate(job.cases))


def _lanes(jobs: Sequence[Job], asking: Asking, clock: Clock, order: Order) -> Iterator[Lane]:
    shared: dict[str, list[Job]] = {}
    for job in jobs:
        shared.setdefault(job.shares, []).append(job)
    paces = {name: _pace(those, asking, clock) for name, those in shared.items()}
    lent: dict[str, Lane] = {}  # one for each endpoint that writes, whoever it writes for
    writers = {id(job.writer): job.writer for job in jobs if job.writer is not None}
    for shares in dict.fromkeys(writer.shares for writer in writers.values()):
        those = [writer for writer in writers.values() if writer.shares == shares]
        own = paces.get(shares)
        lane = _lane(those, asking, own or _pace(those, asking, clock), iter(()))
        # An endpoint that is attacked as well is asked by whoever would else attack it, so there are no more at once.
        lent[shares] = replace(lane, lent=nullcontext() if own else asyncio.Semaphore(lane.concurrency))
    for name, those in shared.items():
        lane = _lane(those, asking, paces[name], order(those))
        yield replace(lane, writers={id(job): lent[job.writer.shares] for job in those if job.writer is not None})


def _pace(jobs: Sequence[Job], asking: Asking, clock: Clock) -> Pace:
    rates = [job.limits.per_minute for job in jobs if job.limits.per_minute is not None]
    return Pace(min(rates, default=None), clock=clock, sleep=asking.sleep)


def _lane(jobs: Sequence[Job], asking: Asking, pace: Pace, cases: Iterator[tuple[Job, int, Case]]) -> Lane:
    concurrency = min(job.limits.concurrency for job in jobs)
    for job in jobs:
        if job.candidate not in asking.health:
            asking.health[job.candidate] = Health(
                job.candidate, asking.patience, concurrency=concurrency, sleep=asking.sleep
            )
    return Lane(
        asking=asking,
        concurrency=concurrency,
        pace=pace,
        cases=cases,
        identities={id(job): digest(dict(job.identity)).encode() for job in jobs},
        screened={
            id(job): digest({"system": dict(job.identity), "screen": dict(job.screen.identity())}).encode()
            for job in jobs
            if job.screen is not None
        },
    )
