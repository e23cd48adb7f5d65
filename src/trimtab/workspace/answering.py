"""Answers for a process that stays, as a server of pages: what was asked before is not worked out again.

An answer holds for the rows on which it can depend and for a stretch of time, since clocks run and things lapse. Once
either has moved on, whoever asks chooses: wait for the answer as of now, or take the one before at once, which says as
of which row and moment it is, while the next is worked out in the background.

There is no lock over all questions: each is worked out by one thread at a time, and nobody waits for another's.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from trimtab.evidence.living import LivingLedger

EVERY = 60_000_000  # microseconds for which an answer holds while nothing is added
_MOST = 256  # answers that are held, if each counts as one
_MOST_QUESTIONS = 1024  # whatever their sizes: also those to which there was no answer
_REST = 1.0  # times as long as the background worked it rests, so that half of a core is left to who asks


class Dated(Protocol):
    """As of when something is asked; microseconds since the epoch, UTC."""

    @property
    def row(self) -> int:
        """The last row."""
        ...

    @property
    def moved(self) -> int:
        """The last row on which an answer can depend."""
        ...

    @property
    def moment(self) -> int:
        """What happens from then on does not count. The same for all that is asked within one stretch of time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """As of when a ledger is asked now: the last row, the last on which an answer can depend, and the moment."""

    row: int
    moved: int
    moment: int

    @classmethod
    def of(cls, ledger: LivingLedger, *, every: int = EVERY) -> Self:
        """As of when a ledger is asked now.

        The moment is the beginning of its stretch of time, so that questions of one stretch share what is worked out
        on the way; but never before the last row on which a page can depend, whose entries would not count then.

        Raises:
            LedgerAlteredError: A row is not what was hashed, or has gone.
        """
        row, moved, recorded = ledger.standing()
        return cls(row=row, moved=moved, moment=max(ledger.now() // every * every, recorded + 1))


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was worked out from the first `row` rows, as of the moment `asof` (microseconds, UTC).

    `current` says that nothing was added since on which it can depend. Whoever is given it must not change it, since
    others are given it too.
    """

    result: Any
    row: int
    asof: int
    current: bool = True


class _Question:
    """One question: at most one thread works it out at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting = False  # for the background
        self.held: tuple[int, Answer] | None = None  # with the last row on which it can depend
        self.size = 0


class Answering(Generic[D]):
    """Answers by what was asked, whoever works them out; threads may share it.

    Memory: answers whose sizes come to `most` at most, and one more.
    """

    def __init__(
        self,
        now: Callable[[], D],
        *,
        most: int = _MOST,
        size: Callable[[Any], int] = lambda _: 1,
        rest: float = _REST,
    ) -> None:
        """Nothing is asked yet.

        Args:
            now: As of when things are now. It raises where nothing may be answered at all.
            most: To how much the sizes of held answers may come.
            size: Of a result.
            rest: How many times as long as it worked the background rests after each answer.
        """
        self._now, self._most, self._size, self._rest = now, most, size, rest
        self._questions: OrderedDict[Hashable, _Question] = OrderedDict()
        self._whole = 0
        self._lock = threading.Lock()
        self._background: ThreadPoolExecutor | None = None
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop working in the background, after what is being worked out there."""
        with self._lock:
            self._closed.set()
            background = self._background
        if background is not None:
            background.shutdown(cancel_futures=True)

    def ask(
        self,
        what: Hashable,
        make: Callable[[D], Any],
        *,
        wait: bool = True,
        least: int = 0,
        oldest: int | None = None,
    ) -> Answer:
        """The answer to a question.

        Args:
            what: Tells the question from others.
            make: Works it out, as of when it is given.
            wait: For the answer as of now. Otherwise one from before is given at once, if there is one.
            least: The row that must count: of answers from before it none is given.
            oldest: Likewise the moment that an answer must be of at least, in microseconds before now.

        Raises:
            Exception: As `now` and `make` raise it: no answer of before is given then.
        """
        question = self._question(what)
        now = self._now()
        held = question.held
        if held is not None and _same(held, now):
            return held[1]
        if (
            held is not None
            and not wait
            and (held[1].row >= least or held[0] == now.moved)
            and (oldest is None or now.moment - held[1].asof <= oldest)
        ):
            self.later(what, make)
            return replace(held[1], current=held[0] == now.moved)
        with question.lock:
            held = question.held
            if held is None or not _same(held, now):  # nobody was quicker
                answer = Answer(result=make(now), row=now.row, asof=now.moment)
                self._keep(what, question, (now.moved, answer))
                return answer
        return held[1]

    def later(self, what: Hashable, make: Callable[[D], Any]) -> Future[None] | None:
        """Work an answer out in the background, unless it is waited for there already or this is closed."""
        question = self._question(what)
        with self._lock:
            if self._closed.is_set() or question.waiting:
                return None
            if self._background is None:
                self._background = ThreadPoolExecutor(1, "trimtab-living")
            question.waiting = True
            return self._background.submit(self._again, what, make, question)

    # -- parts ---------------------------------------------------------------------

    def _again(self, what: Hashable, make: Callable[[D], Any], question: _Question) -> None:
        begun = time.thread_time()
        question.waiting = False
        try:
            self.ask(what, make)
        except BaseException:
            question.held = None  # the next who asks waits, and is told what is wrong
            raise
        self._closed.wait(self._rest * (time.thread_time() - begun))

    def _question(self, what: Hashable) -> _Question:
        with self._lock:
            found = self._questions.setdefault(what, _Question())
            self._questions.move_to_end(what)
            self._let_go()
            return found

    def _keep(self, what: Hashable, question: _Question, held: tuple[int, Answer]) -> None:
        size = self._size(held[1].result)
        with self._lock:
            question.held = held
            if self._questions.get(what) is not question:  # let go of meanwhile
                return
            self._whole += size - question.size
            question.size = size
            self._let_go()

    def _let_go(self) -> None:
        """Of what was asked longest ago, until the rest is few enough; never of the last."""
        while (self._whole > self._most or len(self._questions) > _MOST_QUESTIONS) and len(self._questions) > 1:
            _, gone = self._questions.popitem(last=False)
            self._whole -= gone.size


def _same(held: tuple[int, Answer], now: Dated) -> bool:
    return held[0] == now.moved and held[1].asof == now.moment
