"""What the file of another tool says: single results, each with the unit that is independent of others."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from trimtab.kinds import Better, Missing, Score
from trimtab.measure.imports.kept import short_digest
from trimtab.measure.notes import Notes

AVERAGE_ONLY = "average-only"
"""Reason of a result that is an average without its counts: nobody can say how sure it is."""

MOST = 200_000
"""Results of one file at most."""

LIMIT = 1e140
"""Numbers beyond it are none that sums of squares can hold."""

_WHOLE = 1e-6  # what a count may miss a whole number by, since averages were rounded on their way


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One result: of a measure of the tool, on a case.

    Results of one `cluster` are not independent: repeated tries at one prompt share it. `asked` stands for what was
    asked, 16 hexadecimal digits, so that other files with the same questions are recognised; empty when unknown.
    """

    measure: str
    case: str
    cluster: str
    outcome: Score | Missing
    asked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """All that a file says, and where it comes from.

    `better` tells for each measure which way is good, if the file does. `ran` is when the tool ran, as the file
    says it (ISO 8601), `model` what it names as asked. Both are hearsay.
    """

    tool: str
    version: str
    digest: str
    found: tuple[Found, ...]
    model: str = ""
    ran: str = ""
    better: Mapping[str, Better] = field(default_factory=dict)

    @property
    def measures(self) -> dict[str, list[Found]]:
        """The results by measure, in the order of the file."""
        by: dict[str, list[Found]] = {}
        for one in self.found:
            by.setdefault(one.measure, []).append(one)
        return by


def number(value: object) -> float | None:
    """A finite number that statistics can hold; a truth value is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) and abs(found) <= LIMIT else None


def average(measure: str) -> Found:
    """What stands for an average whose counts nobody gave."""
    return Found(
        measure=measure,
        case="all",
        cluster="all",
        outcome=Missing(AVERAGE_ONLY, "an average without its counts"),
    )


def counted(measure: str, value: float, trials: int, *, file: str, about: str) -> list[Found]:
    """The single results behind a rate whose number of trials is given, if they come to whole numbers.

    Which case was which is not known, so their names hold the digest of the `file` and pair with no other. What was
    asked is not known either, but another file with a rate `about` the same is about the same questions until the
    contrary is shown: otherwise whoever measures until it passes would pay for one look.
    """
    hits = round(value * trials)
    if not (0.0 <= value <= 1.0 and 1 <= trials <= MOST and abs(value * trials - hits) <= _WHOLE * trials):
        return [average(measure)]
    unique = short_digest(file, measure)
    return [
        Found(
            measure=measure,
            case=f"{unique}/{place}",
            cluster=f"{unique}/{place}",
            outcome=Score(value=float(place < hits)),
            asked=short_digest(about, str(place)),
        )
        for place in range(trials)
    ]


def settled(found: Sequence[Found], notes: Notes) -> tuple[Found, ...]:
    """The results, if they are some, not too many, and each is there once; what is wrong goes into the notes."""
    if not found and not notes.mistakes:
        notes.add(0, "", "holds no results", "An empty file proves nothing: name one of a run that has ended.")
    if len(found) > MOST:
        notes.add(0, "", f"holds more than {MOST:,} results", "Import a part of the run at a time, as suites.")
        return ()
    seen: set[tuple[str, str]] = set()
    for one in found:
        key = (one.measure, one.case)
        if key in seen:
            what = f"gives {one.measure} of case {one.case} twice"
            notes.add(0, "", what, "Each case counts once: remove what was added.")
        seen.add(key)
    return tuple(found)


def numbered(names: Iterable[str]) -> list[str]:
    """The names, those that come again with a number: `x`, `x#2`."""
    seen: dict[str, int] = {}
    made = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        made.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return made
