"""Looks at completions with the checks of a reward: every detector once, and nothing passes that was not looked at."""

import asyncio
import re
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from trimtab.detect import look, look_async
from trimtab.enforce.rewards.checks import Check
from trimtab.enforce.rewards.columns import fits, listed
from trimtab.enforce.rewards.texts import completion_texts, prompt_messages
from trimtab.errors import UsageError
from trimtab.kinds import AnyDetector, Case, Context, Exchange, Finding, Message, Missing, Reply, Score, Watch

_T = TypeVar("_T")
_NO_TEXT = "no text"
_TOGETHER = 8  # rows before the next check: so many texts detectors keep in mind, and a core the weights meanwhile
_WORD = re.compile(r"[\w-]{1,60}", re.ASCII)  # what a reason is by contract, and no text of a completion
_AT_ONCE = 32  # looks of judges under way at the same time


class Rows:
    """Prompts, completions and the columns of their data set, each read when it is needed."""

    def __init__(self, prompts: Sequence[object], completions: Sequence[object], columns: Mapping[str, Any]) -> None:
        """Take what a trainer gives.

        Raises:
            UsageError: There is not one prompt for each completion, or they are no lists.
        """
        asked, given = listed(prompts), listed(completions)
        if asked is None or given is None:
            raise UsageError("prompts and completions did not come as lists.", "Give a list of each.")
        if len(asked) != len(given):
            raise UsageError(f"{len(given)} completions came with {len(asked)} prompts.", "Give one for each.")
        self.prompts = asked
        self.texts = [completion_texts(completion) for completion in given]
        known = {name: listed(column) for name, column in columns.items()}
        self._columns = {
            name: column for name, column in known.items() if column is not None and len(column) == len(given)
        }
        if "canary" in columns and "canary" not in self._columns:
            raise UsageError("the column 'canary' does not come with one value for each completion.", "Give one each.")

    def __len__(self) -> int:
        return len(self.texts)

    def matching(self, where: Mapping[str, Any]) -> NDArray[np.bool_]:
        """Rows (n,) in which the named columns have these values; a row that says nothing has none.

        Raises:
            UsageError: There is no such column, or it holds values of another kind, of which none ever would fit.
        """
        fit = np.ones(len(self), dtype=bool)
        for name, value in where.items():
            if name not in self._columns:
                # Names of columns may be keys of a label, and so data: only one that is nearly the same is told.
                near = get_close_matches(name, self._columns, 1, 0.8)
                step = f"Did you mean {near[0]!r}?" if near else "Give it with one value for each completion."
                raise UsageError(f"a check asks for the column {name!r}, which did not come.", step)
            try:
                fit &= np.fromiter((fits(one, value) for one in self._columns[name]), dtype=bool, count=len(self))
            except ValueError:
                detail = f"the column {name!r} holds values of another kind than the `where` of a check."
                raise UsageError(detail, "Write both as text, both as numbers or both as true and false.") from None
        return fit

    def some(self, places: Sequence[int]) -> "Rows":
        """These rows alone."""
        columns = {name: [column[place] for place in places] for name, column in self._columns.items()}
        part = Rows([self.prompts[place] for place in places], [""] * len(places), columns)
        part.texts = [self.texts[place] for place in places]
        return part

    def messages(self, row: int) -> tuple[Message, ...]:
        """The prompt of a row."""
        return prompt_messages(self.prompts[row])

    def case(self, row: int) -> Case:
        """A row as a case of a suite: the columns are what is expected."""
        return Case(id=str(row), messages=self.messages(row), expect=self.values(row))

    def values(self, row: int) -> dict[str, Any]:
        """The columns of a row."""
        return {name: column[row] for name, column in self._columns.items()}

    def context(self, row: int) -> Context:
        """Where the completion of a row came from, and what it must not give away: the column `canary`.

        Raises:
            TypeError: That is no text, nor a list of texts: nobody could look for it.
        """
        instructions = tuple(one.content for one in self.messages(row) if one.role == "system")
        canary = self._columns["canary"][row] if "canary" in self._columns else None
        kept = [canary] if isinstance(canary, str) else [] if canary is None else listed(canary)
        if kept is None or not all(isinstance(one, str) for one in kept):
            raise TypeError("a canary is no text")
        return Context(origin="assistant", instructions=instructions, kept=tuple(filter(None, kept)))


@dataclass(slots=True)
class Seen:
    """What looking came to, by row and check.

    `bad` (n, checks) is in [0, 1], and 0 where a check is not for the row; `found` (n, checks) counts; `looked`
    (n, checks) is whether a check is for the row; `errors` (n,) says why a row could not be looked at, empty where
    it could. `labels` holds by row what hard checks found, and nothing of rows in which they found nothing.
    """

    bad: NDArray[np.float64]
    found: NDArray[np.int64]
    looked: NDArray[np.bool_]
    errors: list[str]
    labels: dict[int, set[str]] = field(default_factory=dict)

    def fail(self, row: int, name: str, why: str) -> None:
        """Note that a row could not be looked at; the first reason stays."""
        self.errors[row] = self.errors[row] or f"{name}: {why}"


@dataclass(frozen=True, slots=True)
class _Detection:
    """A detector that looks once for all checks that ask for it."""

    checks: tuple[tuple[int, Check, Watch], ...]  # with their places
    plain: Context = field(default_factory=lambda: Context(origin="assistant"))

    @property
    def name(self) -> str:
        return self.checks[0][1].name

    @property
    def places(self) -> list[int]:
        return [place for place, _, _ in self.checks]

    @property
    def detector(self) -> AnyDetector:
        return self.checks[0][2].detector

    @property
    def waits(self) -> bool:
        return hasattr(self.detector, "look")

    def look(self, rows: Rows, row: int, texts: Sequence[str]) -> list[list[Finding]]:
        context = rows.context(row) if hasattr(self.detector, "find_in") else self.plain
        return [look(self.detector, text, context) for text in texts]

    async def wait(self, rows: Rows, row: int, texts: Sequence[str]) -> list[list[Finding]]:
        return [await look_async(self.detector, text, rows.context(row)) for text in texts]

    def take(self, seen: Seen, row: int, found: Sequence[Sequence[Finding]]) -> None:
        said, whole = found[-1], [one for part in found for one in part]
        for place, check, watch in self.checks:
            # What is wanted must be said; to have thought of it tells nobody.
            count = sum(map(watch.counts, said if check.wanted else whole)) if seen.looked[row, place] else 0
            if count:
                seen.found[row, place] = count
                seen.bad[row, place] = 0.0 if check.wanted else 1.0
                if not (check.soft or check.wanted):
                    seen.labels.setdefault(row, set()).update(one.label for one in whole if watch.counts(one))


@dataclass(frozen=True, slots=True)
class _Scoring:
    """A metric that scores a completion as it scores a reply in a run.

    Where something was thought, it scores once more with that as a reply that came before.
    """

    place: int
    check: Check

    @property
    def name(self) -> str:
        return self.check.name

    @property
    def places(self) -> list[int]:
        return [self.place]

    @property
    def waits(self) -> bool:
        return hasattr(self.check.metric, "ascore")

    def look(self, rows: Rows, row: int, texts: Sequence[str]) -> list[object]:
        return [self.check.metric.score(rows.case(row), exchange) for exchange in _exchanges(texts)]

    async def wait(self, rows: Rows, row: int, texts: Sequence[str]) -> list[object]:
        return [await self.check.metric.ascore(rows.case(row), exchange) for exchange in _exchanges(texts)]

    def take(self, seen: Seen, row: int, scores: Sequence[object]) -> None:
        for score in scores:
            if isinstance(score, Missing):
                reason = str(score.reason)
                seen.fail(row, self.name, reason if _WORD.fullmatch(reason) else "missing")
            elif not isinstance(score, Score) or not 0.0 <= score.value <= 1.0:  # NaN is not, either
                seen.fail(row, self.name, "not a score in [0, 1]")
            else:
                bad = 1.0 - score.value if self.check.wanted else score.value
                seen.bad[row, self.place] = max(seen.bad[row, self.place], bad)  # the worse of them counts
                seen.found[row, self.place] = int(seen.bad[row, self.place] > 0.0)


class Looker:
    """All checks of a reward. Immutable after it is made; threads and tasks may share it."""

    def __init__(self, checks: Sequence[Check], *, timeout: float = 30.0) -> None:
        """Look with these, and wait so many seconds for one answer of somebody else."""
        self.checks = tuple(checks)
        self._timeout = timeout
        by_key: dict[str, list[tuple[int, Check, Watch]]] = {}
        self._probes: list[_Detection | _Scoring] = []
        for place, check in enumerate(self.checks):
            if check.watch is None:
                self._probes.append(_Scoring(place, check))
            else:
                by_key.setdefault(check.watch.key, []).append((place, check, check.watch))
        self._probes += [_Detection(tuple(asking)) for asking in by_key.values()]

    @property
    def waits(self) -> bool:
        """Whether some check waits for somebody else's answer."""
        return any(probe.waits for probe in self._probes)

    def run(self, rows: Rows) -> Seen:
        """Look at every row; judges are waited for in an event loop of their own, so not within one. There, `arun`.

        Raises:
            UsageError: It was called within an event loop though it must wait.
        """
        return waited(self.arun(rows)) if self.waits else self._here(rows)

    async def arun(self, rows: Rows) -> Seen:
        """As `run`, from within an event loop."""
        seen = self._here(rows)
        at_once = asyncio.Semaphore(_AT_ONCE)

        async def wait(probe: _Detection | _Scoring, row: int, texts: Sequence[str]) -> None:
            async with at_once:
                try:
                    async with asyncio.timeout(self._timeout) as limit:
                        answer: Any = await probe.wait(rows, row, texts)
                    if limit.expired():  # whoever waited took being cut off for an answer
                        raise TimeoutError  # noqa: TRY301
                except TimeoutError:
                    seen.fail(row, probe.name, "timeout")
                except asyncio.CancelledError as error:
                    # Perhaps only what the judge waits for was cancelled, of which a group of tasks says nothing.
                    seen.fail(row, probe.name, type(error).__name__)
                    raise
                except (Exception, SystemExit) as error:  # noqa: BLE001  # somebody else's; its text may quote data
                    seen.fail(row, probe.name, type(error).__name__)
                else:
                    probe.take(seen, row, answer)

        async with asyncio.TaskGroup() as group:
            for probe in self._probes:
                if probe.waits:
                    for row, texts in _asked(probe, rows, seen):
                        group.create_task(wait(probe, row, texts))
        return seen

    def _here(self, rows: Rows) -> Seen:
        """What those see that need not be waited for."""
        seen = self._begin(rows)
        probes = [(probe, _asks(probe, seen).tolist()) for probe in self._probes if not probe.waits]
        for start in range(0, len(rows), _TOGETHER):
            for probe, asked in probes:
                for row in range(start, min(start + _TOGETHER, len(rows))):
                    texts = rows.texts[row]
                    if texts is None or not asked[row]:
                        continue
                    try:
                        answer: Any = probe.look(rows, row, texts)
                    except (Exception, SystemExit) as error:  # noqa: BLE001  # as above
                        seen.fail(row, probe.name, type(error).__name__)
                    else:
                        probe.take(seen, row, answer)
        return seen

    def _begin(self, rows: Rows) -> Seen:
        shape = len(rows), len(self.checks)
        looked, bad = np.ones(shape, dtype=bool), np.zeros(shape)
        for place, check in enumerate(self.checks):
            if check.where:
                looked[:, place] = rows.matching(check.where)
            if check.watch is not None and check.wanted:  # bad unless it is found
                bad[:, place] = looked[:, place]
        errors = ["" if texts is not None else _NO_TEXT for texts in rows.texts]
        return Seen(bad=bad, found=np.zeros(shape, dtype=np.int64), looked=looked, errors=errors)


def _asks(probe: _Detection | _Scoring, seen: Seen) -> NDArray[np.bool_]:
    """Rows (n,) that a check of the probe is for."""
    return np.asarray(seen.looked[:, probe.places].any(axis=1))


def _asked(probe: _Detection | _Scoring, rows: Rows, seen: Seen) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Rows that a check of the probe is for, with their texts; those without a text have failed already."""
    for row in np.flatnonzero(_asks(probe, seen)).tolist():
        texts = rows.texts[row]
        if texts is not None:
            yield row, texts


def _exchanges(texts: Sequence[str]) -> Iterator[Exchange]:
    replies = tuple(Reply(text=text) for text in texts)
    yield Exchange(replies=replies[-1:])
    if len(replies) > 1:
        yield Exchange(replies=replies)


def waited(work: Coroutine[Any, Any, _T]) -> _T:
    """What comes of it, in an event loop of its own.

    Raises:
        UsageError: There is one already, as in a notebook.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    work.close()
    step = "Await `ascore`, `acall` or `aworth` there."
    raise UsageError("this must wait for an answer, and was called within an event loop.", step)
