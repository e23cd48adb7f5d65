"""What audits, hunts, tests and people find before harm is done."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.evidence.entries.entry import Entry, Form, said
from trimtab.evidence.entries.incidents import SEVERITIES


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingOpened(Entry):
    """Something is not as it should be, and somebody owes its fix by a day."""

    kind: ClassVar[str] = "finding"
    about: ClassVar[str] = "finding"
    opens: ClassVar[bool] = True

    finding: str = said("Its id; drawn if left out.", Form.NAME)
    severity: str = said("S1, the worst, to S4.", Form.CHOICE, choices=SEVERITIES)
    what: str = said("What was found, in a sentence or two, without personal data.", Form.WORDS)
    origin: str = said(
        "Where it was found.",
        Form.CHOICE,
        choices=("audit", "hunt", "test", "customer", "self"),
        default="audit",
    )
    owner: str = said("Who owes the fix: one of `people` or `teams`.", Form.NAME, default="")
    due: int = said("By when; what the tier's limits say if left out.", Form.MOMENT, default=0)
    control: str = said("The control that it is about, e.g. eu-ai-act:Art.12.", Form.LINK, default="")
    vendor: str = said("The vendor whose it is: one of `vendors`.", Form.NAME, default="")
    release: str = said("The version that it was found in.", Form.NAME, default="")
    phase: str = said(
        "Whether it was found before or after that version was released.",
        Form.CHOICE,
        choices=("before", "after"),
        default="after",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingMoved(Entry):
    """A finding came a step further, or was opened again."""

    kind: ClassVar[str] = "finding-step"
    about: ClassVar[str] = "finding"

    finding: str = said("Which finding.", Form.NAME)
    step: str = said("What was done.", Form.CHOICE, choices=("fix", "verify", "close", "reopen"))
    what: str = said("What was done, in a sentence.", Form.WORDS, default="")
    evidence: tuple[str, ...] = said("What shows it: runs, rows, links.", Form.NAMES, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss(Entry):
    """Harm was near and did not come. Reporting one is only ever to somebody's credit."""

    kind: ClassVar[str] = "near-miss"
    about: ClassVar[str] = "near_miss"
    opens: ClassVar[bool] = True

    near_miss: str = said("Its id; drawn if left out.", Form.NAME)
    severity: str = said("How bad it would have been: S1, the worst, to S4.", Form.CHOICE, choices=SEVERITIES)
    hazard: str = said("What kind of harm, e.g. AILUM.prv or a name of your own.", Form.NAME)
    what: str = said("What nearly happened, without personal data.", Form.WORDS)
    stopped_by: str = said("What stopped it.", Form.WORDS, default="")
    team: str = said("Whose system it was.", Form.NAME, default="")
