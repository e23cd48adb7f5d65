"""Audits: who tested which control of which system, what that says, and how much of the risk was looked at (P03).

Nobody audits what they own. A team that tests itself may find that a control fails; it does not show that it holds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from trimtab.decision.census import Counted, census
from trimtab.decision.control_state import AUDIT, DAY, Answer
from trimtab.decision.model import Verdict
from trimtab.evidence.books import Kept
from trimtab.evidence.entries.controls import Audited
from trimtab.kinds import Estimate, Missing

Result = Literal["pass", "fail", "undecided"]
Independence = Literal["self", "other-team", "outside"]
_VERDICTS: Mapping[Result, Verdict] = {
    "pass": Verdict.PASS,
    "fail": Verdict.FAIL,
    "undecided": Verdict.INCONCLUSIVE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlTest:
    """Somebody tested a control of a system: when (microseconds UTC), until when it counts, and what came out."""

    control: str
    system: str
    result: Result
    independence: Independence
    by: str
    at: int
    valid_until: int
    row: int
    words: str = ""


def control_test(kept: Kept[Audited]) -> ControlTest:
    """A test as the books have it."""
    entry = kept.entry
    return ControlTest(
        control=entry.control,
        system=entry.system,
        result=cast("Result", entry.result),
        independence=cast("Independence", entry.independence),
        by=entry.by,
        at=entry.at,
        valid_until=entry.at + entry.valid_days * DAY,
        row=kept.seq,
        words=entry.what,
    )


def audit_coverage(
    scope: Mapping[tuple[str, str], float], tests: Iterable[ControlTest], *, moment: int
) -> Estimate | Missing:
    """P03: risk of the cells that were tested and are in date, of the risk of all cells in scope.

    Args:
        scope: Risk of each cell, a control and a system, in any unit, > 0.
        tests: In any order. Whatever came out, a cell was tested; a test of the whole organisation is one of every
            system, and a team's own tests do not count.
        moment: Microseconds UTC.

    Returns:
        A share in [0, 1], exact: all cells are counted. Missing where nothing is in scope.

    Source:
        `shared/reference/governance.md`, section 3, P03.
    """
    tested = {
        (one.control, one.system) for one in tests if one.independence != "self" and one.at <= moment < one.valid_until
    }
    units = [
        Counted(weight=risk, there=float((control, system) in tested or (control, "") in tested))
        for (control, system), risk in scope.items()
    ]
    return census(units, nothing="no control of a framework is in scope")


def audit_answer(test: ControlTest) -> Answer:
    """What a test says to its control."""
    verdict = _VERDICTS[test.result]
    if test.independence == "self" and verdict is Verdict.PASS:
        verdict = Verdict.INCONCLUSIVE
    return Answer(
        control=test.control,
        way=AUDIT,
        subject=test.system,
        verdict=verdict,
        at=test.at,
        valid_until=test.valid_until,
        row=test.row,
        words=test.words or f"tested by {test.by}: {test.result}",
    )
