"""What a KPI is computed from: the books and decisions as of a moment, for a system or all, over a period."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

from trimtab.decision.hunting import Hunt
from trimtab.decision.model import Decision
from trimtab.decision.period import Period
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries import Entry
from trimtab.kinds import Estimate, Missing
from trimtab.policy.kpi_catalogue import Scope
from trimtab.policy.model import Policy

E = TypeVar("E", bound=Entry)
T = TypeVar("T")


class Budgeted(NamedTuple):
    """The error budget of a metric of a system came into a state, as recorded: the row and when that was."""

    system: str
    metric: str
    seq: int
    time: int
    budget: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The whole input of an estimator.

    `books` hold what was recorded up to a row. Entries with `at` from `period.end` on, or after `asof`, do not count;
    a stretch of time that ends with the period lies in it. Moments are microseconds since the epoch, UTC. An empty
    `system` asks for the organisation; `team` and `severity` narrow that down for the KPIs that can be read so.
    """

    books: Books
    policy: Policy
    period: Period
    asof: int
    system: str = ""
    team: str = ""
    severity: str = ""
    level: float = 0.95  # coverage of two-sided intervals
    decisions: Sequence[Decision] = ()  # the last word on each run, oldest first
    budgets: Sequence[Budgeted] = ()  # oldest first
    hunts: Sequence[Hunt] = ()
    policies: Callable[[str], Policy | None] = field(default=lambda _: None, compare=False, repr=False)
    """An earlier policy by its digest, where it is known."""
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """What was worked out for all subjects of one reading, so that it is worked out once."""

    @property
    def end(self) -> int:
        """What happens from here on does not count."""
        return min(self.period.end, self.asof)

    def of(self, scope: Scope, name: str = "") -> "Asked":
        """The same, asked of one subject."""
        whose = {one: name if one == scope else "" for one in ("system", "team", "severity")}
        return replace(self, system=whose["system"], team=whose["team"], severity=whose["severity"])

    def seen(self, kind: type[E]) -> Iterator[Kept[E]]:
        """Entries of a type that had happened by the end, of the system if one is asked for."""
        end, system = self.end, self.system
        for one in self.books.all(kind):
            if last_moment(one.entry) < end and system in ("", one.entry.system):
                yield one

    def within(self, kind: type[E]) -> Iterator[Kept[E]]:
        """Those of them that happened in the period."""
        start = self.period.start
        return (one for one in self.seen(kind) if last_moment(one.entry) >= start)

    def once(self, what: str, make: Callable[[], T]) -> T:
        """What `make` gives, for this period and moment made once for all subjects: it must not look at the subject."""
        key = (what, self.period.start, self.period.end, self.asof)
        if key not in self.memo:
            self.memo[key] = make()
        found: T = self.memo[key]
        return found


def last_moment(entry: Entry) -> int:
    """When it happened; of what was counted over a stretch of time the last moment within, `at` being its end."""
    return entry.at - 1 if 0 < getattr(entry, "since", 0) < entry.at else entry.at


Estimator = Callable[[Asked], Estimate | Missing]
"""Pure. `Missing` where nothing was recorded, or too little; never a guess."""
