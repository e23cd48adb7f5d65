"""Incidents and their clocks: opened once, then moved from step to step."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.evidence.entries.entry import Entry, Form, said

SEVERITIES = ("S1", "S2", "S3", "S4")
"""S1 the worst."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentOpened(Entry):
    """Harm was done, or would have been had nobody seen it in time.

    Where nobody knows when it began (`started` 0), it began after the last moment at which it was seen not to be there
    (`clean`), and before it was detected.
    """

    kind: ClassVar[str] = "incident"
    about: ClassVar[str] = "incident"
    opens: ClassVar[bool] = True

    incident: str = said("Its id, e.g. INC-204; drawn if left out.", Form.NAME)
    severity: str = said("S1, the worst, to S4.", Form.CHOICE, choices=SEVERITIES)
    hazard: str = said("What kind of harm, e.g. AILUM.prv or a name of your own.", Form.NAME)
    what: str = said("What happened, in a sentence or two, without personal data.", Form.WORDS)
    started: int = said("When the harm began; leave it out if nobody knows.", Form.MOMENT, default=0)
    clean: int = said("The last time somebody looked and it was not there.", Form.MOMENT, default=0)
    detected: int = said("When it was seen; leave it out if that is reported later.", Form.MOMENT, default=0)
    found_by: str = said(
        "Who saw it first.",
        Form.CHOICE,
        choices=("monitoring", "staff", "customer", "outside"),
        default="staff",
    )
    team: str = said("Whose system failed.", Form.NAME, default="")
    release: str = said("The version that was affected.", Form.NAME, default="")
    duty: str = said(
        "Whether the law asks for a report: serious (15 days), death (10 days), widespread (2 days).",
        Form.CHOICE,
        choices=("none", "serious", "death", "widespread"),
        default="none",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentMoved(Entry):
    """An incident came a step further, or was opened again."""

    kind: ClassVar[str] = "incident-step"
    about: ClassVar[str] = "incident"

    incident: str = said("Which incident.", Form.NAME)
    step: str = said(
        "What was done.",
        Form.CHOICE,
        choices=("detect", "contain", "fix", "verify", "close", "reopen", "report"),
    )
    what: str = said("What was done, in a sentence.", Form.WORDS, default="")
    evidence: tuple[str, ...] = said("What shows it: runs, rows, links.", Form.NAMES, default=())
