"""What is known while a run goes on: read by displays at any moment, decided on by nobody."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from trimtab.decision import Verdict, provisional
from trimtab.kinds import Estimate, Instrument, Missing, Score, Shape
from trimtab.measure.runner import Tally
from trimtab.policy import Floor

_SHARE_OF_TIME = 20  # an estimate is made anew only after this many times what it took


@dataclass(slots=True)
class Watched:
    """One metric of a line: outcomes so far, and the estimate and verdict as they stand."""

    metric: str
    shape: Shape
    floor: Floor | None
    alpha: float
    unit: str = ""
    instrument: Instrument | None = None
    anytime: bool = False
    outcomes: list[tuple[str, Score | Missing]] = field(default_factory=list)
    _known: int = -1
    _due: float = 0.0
    _seen: tuple[Estimate | Missing, Verdict] = field(
        default_factory=lambda: (Missing("no-cases"), Verdict.INCONCLUSIVE)
    )

    def so_far(self) -> tuple[Estimate | Missing, Verdict]:
        """Estimate and verdict over the outcomes so far; made anew now and then, not on every call."""
        now = time.monotonic()
        if self._known != len(self.outcomes) and now >= self._due:
            self._known = len(self.outcomes)
            so_far = self.outcomes[: self._known]
            self._seen = provisional(
                self.shape, so_far, self.floor, self.alpha, instrument=self.instrument, anytime=self.anytime
            )
            self._due = time.monotonic() + _SHARE_OF_TIME * (time.monotonic() - now)
        return self._seen


@dataclass(slots=True)
class Line:
    """One suite asked of one candidate."""

    candidate: str
    suite: str
    total: int
    watched: tuple[Watched, ...]
    done: int = 0
    missing: int = 0
    started: float = 0.0
    finished: float = 0.0

    def begin(self) -> None:
        """The first case ended."""
        self.started = self.started or time.monotonic()

    def end(self) -> None:
        """Nothing more will come."""
        self.finished = self.finished or time.monotonic()

    @property
    def rate(self) -> float:
        """Cases per second since the first of them, 0 before."""
        if not self.started:
            return 0.0
        return self.done / max((self.finished or time.monotonic()) - self.started, 1e-6)


@dataclass(slots=True)
class Board:
    """Everything a display needs. `listen` is called after every finished case and phase."""

    lines: list[Line] = field(default_factory=list)
    phase: str = ""
    tally: Tally = field(default_factory=Tally)
    listen: Callable[["Board"], None] = lambda _: None

    def say(self, phase: str) -> None:
        """Name what is going on between measurements."""
        self.phase = phase
        self.listen(self)

    def line(self, candidate: str, suite: str) -> Line:
        """The line of a candidate and a suite."""
        return next(line for line in self.lines if (line.candidate, line.suite) == (candidate, suite))

    def of(self, candidate: str) -> list[Line]:
        """The lines of a candidate."""
        return [line for line in self.lines if line.candidate == candidate]
