"""What would close the gaps of a control: for each source that does not answer it with a pass, the next step.

Pure, over cells of the coverage and the policy. It promises no pass: it says what has to be looked at, by whom nobody
owns it, and with which command.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from trimtab.decision.control_state import AUDIT, COVERED, Cell, State
from trimtab.evidence.entries.controls import DOCUMENTS
from trimtab.policy.kpi_catalogue import kpi_catalogue
from trimtab.policy.model import Policy

Trouble = Literal["failed", "expired", "undecided", "silent"]
_TROUBLES: tuple[Trouble, ...] = ("failed", "expired", "undecided", "silent")  # the gravest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one source says of a control, for which systems (none where it is the organisation's), and what to do.

    `command` is what would be typed; empty where no command does it.
    """

    source: str
    trouble: Trouble
    systems: tuple[str, ...]
    words: str
    command: str = ""


def closing(control: str, cells: Sequence[Cell], policy: Policy) -> tuple[Step, ...]:
    """What stands between a control and being covered, the gravest first.

    Args:
        control: Its link.
        cells: Of this control, one for each system.
        policy: Says which KPIs and metrics there are.
    """
    gaps = [one for one in cells if one.state not in (*COVERED, State.NOT_APPLICABLE)]
    steps = [step for trouble in _TROUBLES for step in _of(trouble, control, gaps, policy)]
    open_ = tuple(one.system for one in gaps)
    if open_ and not any(one.source == AUDIT for one in steps):
        words = "Or somebody who does not own it tests the control itself: that needs no other source."
        steps.append(Step(source=AUDIT, trouble="silent", systems=open_, words=words, command=_audit(control, open_)))
    return tuple(steps)


def _of(trouble: Trouble, control: str, gaps: Sequence[Cell], policy: Policy) -> Iterator[Step]:
    by: dict[str, list[str]] = {}
    for cell in gaps:
        for source in getattr(cell, trouble):
            by.setdefault(source, []).append(cell.system)
    for source, systems in by.items():
        words, command = _next(trouble, source, control, tuple(systems), policy)
        yield Step(source=source, trouble=trouble, systems=tuple(systems), words=words, command=command)


def _next(trouble: Trouble, source: str, control: str, systems: Sequence[str], policy: Policy) -> tuple[str, str]:
    if source == AUDIT:
        tested = {
            "failed": "It was tested and does not hold. Mend it, and let somebody else test it again.",
            "expired": "The test is too old to count. Test it again.",
        }
        return tested.get(trouble, "The test decided nothing. Test it again."), _audit(control, systems)
    if source in DOCUMENTS:
        kept = {"expired": "It must be reviewed again.", "undecided": "A section is empty, or nobody reviewed it."}
        command = f'trimtab document --type {source} --system {systems[0]} --controls "{control}"'
        return kept.get(trouble, "It is missing."), command
    if source in policy.metrics:
        words = {
            "failed": "Its floor is not held. Ship a candidate that holds it.",
            "expired": "It was measured too long ago.",
            "undecided": "There were too few answers to decide. Measure more of them.",
        }
        return words.get(trouble, "It was never measured here."), f"trimtab run --system {systems[0]}"
    return _of_kpi(trouble, source, policy.kpis)


def _of_kpi(trouble: Trouble, source: str, held: Collection[str]) -> tuple[str, str]:
    facts = kpi_catalogue().get(source)
    if facts is None:
        return "It is asked for, and nothing here is called that.", ""
    title = facts.title.partition(" (")[0]
    if source not in held:
        return f"The policy holds itself to no {title}: put it under `kpis`, with a floor and an owner.", ""
    words = {
        "failed": f"{title} is below its floor.",
        "expired": f"{title} was last known in a quarter that is over.",
        "undecided": f"{title} is not proved: its interval has the floor within it, or too little was counted.",
    }
    return words.get(trouble, f"Nothing was recorded from which {title} could be read."), f"trimtab kpi {source}"


def _audit(control: str, systems: Sequence[str]) -> str:
    return f'trimtab audited --control "{control}" --system {systems[0]} --result pass|fail|undecided --what "..."'
