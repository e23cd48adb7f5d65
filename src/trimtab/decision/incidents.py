"""Incidents and findings as the books have them: where they stand, and what their clocks say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from trimtab.evidence.books import Books
from trimtab.evidence.entries.findings import FindingMoved, FindingOpened
from trimtab.evidence.entries.incidents import IncidentMoved, IncidentOpened

Step = Literal["detect", "contain", "fix", "verify", "close", "reopen", "report"]

# What must have been done before, since the last time that it was opened again.
_NEEDS: Mapping[str, str] = {
    "contain": "detect",
    "fix": "detect",
    "verify": "fix",
    "close": "verify",
    "report": "detect",
}
_WORDS = {
    "detect": "detected",
    "contain": "contained",
    "fix": "fixed",
    "verify": "verified",
    "close": "closed",
    "reopen": "opened again",
    "report": "reported",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident. Moments are microseconds since the epoch, UTC; 0 for what has not happened or nobody knows.

    `since` is when it was last opened again, 0 if never; `reopened` how often. A fix that did not hold does not count:
    `fixed`, `verified` and `closed` are of the last time.
    """

    opened: IncidentOpened
    seq: int
    detected: int = 0
    contained: int = 0
    fixed: int = 0
    verified: int = 0
    closed: int = 0
    reported: int = 0
    since: int = 0
    reopened: int = 0

    @property
    def started(self) -> int:
        """When the harm began, 0 where nobody knows."""
        return self.opened.started

    @property
    def open(self) -> bool:
        """Whether its fix is not verified yet."""
        return not self.verified

    def done(self, step: str) -> int:
        """When a step was done, since it was last opened again."""
        return int(getattr(self, _WORDS[step])) if step != "reopen" else self.since

    def forbids(self, step: str, at: int) -> tuple[str, str, bool] | None:
        """Why a step cannot have been done at a moment, what to do, and whether it only clashes; None when it can."""
        return _forbids(self, self.opened.incident, step, at, _NEEDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding; as `Incident`, without detection and containment: it was detected when it was opened."""

    opened: FindingOpened
    seq: int
    fixed: int = 0
    verified: int = 0
    closed: int = 0
    since: int = 0
    reopened: int = 0

    @property
    def open(self) -> bool:
        """Whether its fix is not verified yet."""
        return not self.verified

    def done(self, step: str) -> int:
        """When a step was done, since it was last opened again."""
        return int(getattr(self, _WORDS[step])) if step != "reopen" else self.since

    def forbids(self, step: str, at: int) -> tuple[str, str, bool] | None:
        """Why a step cannot have been done at a moment, what to do, and whether it only clashes; None when it can."""
        return _forbids(self, self.opened.finding, step, at, {"verify": "fix", "close": "verify"})


def incidents(books: Books, *, before: int | None = None) -> Iterator[Incident]:
    """Every incident, in the order in which they were recorded; as it stood `before` a moment, if one is given."""
    moment = _counting(books, before)

    def made() -> tuple[Incident, ...]:
        opened = (one.entry for one in books.all(IncidentOpened) if moment is None or one.entry.at < moment)
        return tuple(incident_of(books, one.incident, before=moment) for one in opened)

    return iter(books.once(("incidents", moment), made))


def findings(books: Books, *, before: int | None = None) -> Iterator[Finding]:
    """Every finding, in the order in which they were recorded; as it stood `before` a moment, if one is given."""
    moment = _counting(books, before)

    def made() -> tuple[Finding, ...]:
        opened = (one.entry for one in books.all(FindingOpened) if moment is None or one.entry.at < moment)
        return tuple(finding_of(books, one.finding, before=moment) for one in opened)

    return iter(books.once(("findings", moment), made))


def incident_of(books: Books, id_: str, *, before: int | None = None) -> Incident:
    """One incident, by the steps that were done `before` a moment, if one is given.

    Raises:
        KeyError: There is none of this id.
    """
    kept = books.about(IncidentOpened, id_)
    if not kept:
        raise KeyError(id_)
    moves = [one.entry for one in books.about(IncidentMoved, id_) if before is None or one.entry.at < before]
    clocks = {"detected": kept[0].entry.detected, **_clocks(moves, keep=("detected", "contained", "reported"))}
    return Incident(opened=kept[0].entry, seq=kept[0].seq, **clocks)


def finding_of(books: Books, id_: str, *, before: int | None = None) -> Finding:
    """One finding, by the steps that were done `before` a moment, if one is given.

    Raises:
        KeyError: There is none of this id.
    """
    kept = books.about(FindingOpened, id_)
    if not kept:
        raise KeyError(id_)
    moves = [one.entry for one in books.about(FindingMoved, id_) if before is None or one.entry.at < before]
    return Finding(opened=kept[0].entry, seq=kept[0].seq, **_clocks(moves, keep=()))


# -- parts ---------------------------------------------------------------------------------


def _counting(books: Books, before: int | None) -> int | None:
    """The moment, or None where nothing lies after it: all such moments are alike."""
    kinds = (IncidentOpened, IncidentMoved, FindingOpened, FindingMoved)
    last = books.once(
        "last moment of a case", lambda: max((o.entry.at for k in kinds for o in books.all(k)), default=0)
    )
    return None if before is None or before > last else before


def _clocks(moves: Sequence[IncidentMoved | FindingMoved], *, keep: Sequence[str]) -> dict[str, int]:
    """When each step was first done; opened again, all but `keep` have not been done."""
    found: dict[str, int] = {}
    for move in moves:
        if move.step == "reopen":
            found = {name: at for name, at in found.items() if name in keep} | {
                "since": move.at,
                "reopened": found.get("reopened", 0) + 1,
            }
        else:
            found.setdefault(_WORDS[move.step], move.at)
    return found


def _forbids(
    case: Incident | Finding, id_: str, step: str, at: int, needs: Mapping[str, str]
) -> tuple[str, str, bool] | None:
    earliest = case.opened.started if isinstance(case, Incident) else case.opened.at
    if step == "reopen":
        if not case.fixed:
            return f"{id_} is open", "Nothing is needed.", True
        last = max(case.fixed, case.verified, case.closed)
        return (f"{id_} was fixed or closed after that moment", "Correct `at`.", False) if at < last else None
    if case.done(step):
        return f"{id_} was {_WORDS[step]} before", "If that did not hold, enter the step `reopen` first.", True
    if (need := needs.get(step)) and not case.done(need):
        return (
            f"{id_} was not {_WORDS[need]} yet, so it cannot be {_WORDS[step]}",
            f"Enter the step `{need}` first.",
            True,
        )
    before = max(case.done(need) if need else 0, earliest, case.since)
    if at < before:
        return f"{id_} cannot be {_WORDS[step]} before what came before it", "Correct `at`.", False
    return None
