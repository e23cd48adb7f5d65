"""Scores together what waits at the same time: trainers post one sample each, hundreds of them at once."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from trimtab.enforce.rewards import Rewards
from trimtab.enforce.rewards.columns import alike
from trimtab.enforce.rewards.pace import Pace, digest
from trimtab.serve.rewards_wire import Row, Worth

_TOGETHER = 512  # rows

Outcome = list[Worth] | Exception


@dataclass(slots=True)
class _Job:
    rows: list[Row]
    done: asyncio.Future[list[Worth]]


class Batcher:
    """A queue in an event loop in front of one thread that scores."""

    def __init__(
        self, score: Callable[[Sequence[Sequence[Row]]], list[Outcome]], room: Callable[[], int | None]
    ) -> None:
        """Prepare.

        Args:
            score: Scores several requests; gives rows or an error for each.
            room: How many rows may be scored before multipliers move.
        """
        self._score, self._room = score, room
        self._waiting: deque[_Job] = deque()
        self._some = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Rows that nobody has begun to score."""
        return sum(len(job.rows) for job in self._waiting if not job.done.done())

    async def worth(self, rows: list[Row]) -> list[Worth]:
        """What rows are worth, when their turn has come.

        Raises:
            TrimtabError: As `Rewards.worth`.
        """
        job = _Job(rows, asyncio.get_running_loop().create_future())
        self._waiting.append(job)
        self._some.set()
        return await job.done

    async def run(self, thread: Executor) -> None:
        """Score in this thread what comes, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await self._some.wait()
            jobs: list[_Job] = []
            try:
                room = await loop.run_in_executor(thread, self._room)
                jobs = self._next(_TOGETHER if room is None else min(room, _TOGETHER))
                outcomes = await loop.run_in_executor(thread, self._score, [job.rows for job in jobs])
            except Exception as error:  # noqa: BLE001  # the state is lost: who waits is told, and nothing was scored
                jobs = jobs or self._next(_TOGETHER)
                outcomes = [error] * len(jobs)
            for job, outcome in zip(jobs, outcomes, strict=True):
                if job.done.done():  # whoever asked is gone
                    continue
                if isinstance(outcome, Exception):
                    job.done.set_exception(outcome)
                else:
                    job.done.set_result(outcome)

    def _next(self, most: int) -> list[_Job]:
        """Requests in the order in which they came, with at most so many rows together; one at least."""
        jobs: list[_Job] = []
        rows = 0
        while self._waiting and (not jobs or rows + len(self._waiting[0].rows) <= most):
            job = self._waiting.popleft()
            if not job.done.done():
                jobs.append(job)
                rows += len(job.rows)
        if not self._waiting:
            self._some.clear()
        return jobs


class Scorer:
    """Scores and counts, in the one thread that touches the state."""

    def __init__(self, rewards: Rewards, pace: Pace) -> None:
        """Score with these."""
        self._rewards, self._pace = rewards, pace
        self.scored = 0  # rows, since the start
        self.errors = 0  # of these, rows that could not be looked at

    def score(self, jobs: Sequence[Sequence[Row]]) -> list[Outcome]:
        """What the rows of each request are worth, or why that cannot be said. No request fails for another's sake."""
        rows = [row for job in jobs for row in job]
        owners = [number for number, job in enumerate(jobs) for _ in job]
        worths: dict[int, Worth] = {}
        failed: dict[int, Exception] = {}
        for places, _, training in alike([row.columns for row in rows]):
            try:
                worths |= self._together(rows, places, training=training)
            except (Exception, SystemExit):  # noqa: BLE001  # of one of them, perhaps
                for owner, own in _apart(places, owners):
                    try:
                        worths |= self._together(rows, own, training=training)
                    except (Exception, SystemExit) as error:  # noqa: BLE001  # told to whoever asked
                        failed[owner] = error if isinstance(error, Exception) else RuntimeError("SystemExit")
        outcomes: list[Outcome] = []
        begin = 0
        for number, job in enumerate(jobs):
            end = begin + len(job)
            outcomes.append(failed[number] if number in failed else [worths[place] for place in range(begin, end)])
            begin = end
        return outcomes

    def _together(self, rows: Sequence[Row], places: Sequence[int], *, training: bool) -> dict[int, Worth]:
        some = [rows[place] for place in places]
        prompts = [row.prompt for row in some]
        columns = {name: [row.columns[name] for row in some] for name in some[0].columns}
        groups = np.unique(np.array([digest(prompt) for prompt in prompts]), return_inverse=True)[1]
        scored, counts = self._rewards.worth(prompts, [row.completion for row in some], columns, groups)
        if training:
            self._pace.count(prompts, scored, counts)
        self.scored += len(some)
        self.errors += sum(map(bool, scored.errors))
        verdicts = self._rewards.verdicts(scored)
        return {
            place: Worth(
                reward=float(scored.rewards[row]),
                unsafe=bool(scored.unsafe[row]),
                severity=float(scored.severity[row]),
                verdict=verdicts[row],
                error=bool(scored.errors[row]),
            )
            for row, place in enumerate(places)
        }


def _apart(places: Sequence[int], owners: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """The places of each request among these."""
    by_owner: dict[int, list[int]] = {}
    for place in places:
        by_owner.setdefault(owners[place], []).append(place)
    yield from by_owner.items()
