"""Where controls of frameworks stand, and what evidence says to them: values, and how many stand where."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from trimtab.decision.applicable import Applies
from trimtab.decision.model import Verdict

DAY = 86_400_000_000  # microseconds
AUDIT = "audit"
"""The way of an answer by somebody who tested the control itself, which needs no other source beside it."""


class State(StrEnum):
    """Where a control stands."""

    MET = "met"
    EXPIRING = "expiring"  # met, and not for long
    PARTLY = "partly"  # something in date answers it, and something that is asked for does not
    UNDECIDED = "undecided"  # there is evidence, and it decides nothing
    NOT_MET = "not-met"
    EXPIRED = "expired"
    NO_EVIDENCE = "no-evidence"
    NOT_APPLICABLE = "not-applicable"  # somebody says so, with a reason, until a day
    NOT_YET = "not-yet"  # its date is to come, and nothing answers it by now


COVERED = (State.MET, State.EXPIRING)
RANK: Mapping[State, int] = {
    State.MET: 3,
    State.EXPIRING: 3,
    State.PARTLY: 2,
    State.UNDECIDED: 1,
    State.EXPIRED: 0,
    State.NO_EVIDENCE: 0,
    State.NOT_YET: 0,
    State.NOT_MET: 0,
}
"""How much of a control is shown; what is not applicable has no place among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one piece of evidence says to a control, a KPI or a metric of the policy: exactly one of them.

    `subject` is the system, empty for all of the organisation. `at` and `valid_until` are microseconds UTC; it counts
    from `at` until just before `valid_until`, None where it does not lapse by itself. `way` tells apart what answers
    one control in several ways ("audit", "model-card"). `row` is where it stands in the ledger.
    """

    control: str = ""
    kpi: str = ""
    metric: str = ""
    way: str = ""
    subject: str
    verdict: Verdict
    at: int
    valid_until: int | None
    row: int
    words: str

    def __post_init__(self) -> None:
        if sum(map(bool, (self.control, self.kpi, self.metric))) != 1:
            raise ValueError("an answer is to exactly one of a control, a KPI and a metric")
        if self.control and not self.way:
            raise ValueError("an answer to a control says in which way")

    @property
    def source(self) -> str:
        """Whose word it is; a later word of the same source may end a failure."""
        return self.kpi or self.metric or self.way


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """Somebody says that a control does not apply to a system (to none of them if `system` is empty), and why."""

    control: str
    system: str
    reason: str
    by: str
    at: int
    until: int
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One control of one system; of the whole organisation if `system` is empty.

    `until` is when it will stand lower if nothing is added, None for never. `passed`, `failed`, `undecided`, `expired`
    and `silent` are its sources by what they say in date, `silent` those that are asked for and say nothing.
    """

    control: str
    framework: str
    system: str
    state: State
    words: str
    applies: Applies
    until: int | None = None
    rows: tuple[int, ...] = ()
    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Every control against the evidence, as of a moment: `cells` by system, `whole` over all systems."""

    moment: int
    systems: tuple[str, ...]
    cells: tuple[Cell, ...]
    whole: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many controls stand where.

    `share` is of those in force that are covered, in [0, 1]; None where none is in force. What is said not to apply
    stays among those in force, so that nobody comes nearer to 1 by saying so.
    """

    counts: Mapping[State, int]
    in_force: int
    covered: int

    @property
    def share(self) -> float | None:
        """Covered, of those in force."""
        return self.covered / self.in_force if self.in_force else None


def tally(cells: Iterable[Cell], moment: int) -> Tally:
    """How many of these cells stand where."""
    counts = dict.fromkeys(State, 0)
    in_force = covered = 0
    for cell in cells:
        counts[cell.state] += 1
        if cell.applies.begins is None or cell.applies.begins <= moment:
            in_force += 1
            covered += cell.state in COVERED
    return Tally(counts=counts, in_force=in_force, covered=covered)
