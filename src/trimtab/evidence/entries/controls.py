"""What people say of controls: that they tested one, that a document is evidence for it, that it does not apply."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.evidence.entries.counts import INDEPENDENCE
from trimtab.evidence.entries.entry import Entry, Form, said

RESULTS = ("pass", "fail", "undecided")
DOCUMENTS = (
    "model-card",
    "impact-assessment",
    "transparency-notice",
    "instructions",
    "technical-file",
    "monitoring-plan",
    "policy",
    "record",
)
"""Kinds of documents; the first three feed P07, P17 and P18."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited(Entry):
    """Somebody who does not own a system tested whether it meets a control."""

    kind: ClassVar[str] = "audited"

    control: str = said("The control, e.g. eu-ai-act:Art.12.", Form.LINK)
    result: str = said("What came out.", Form.CHOICE, choices=RESULTS)
    what: str = said("What was looked at, and what was seen, without personal data.", Form.WORDS)
    valid_days: int = said("For how many days it counts.", Form.COUNT, default=365)
    independence: str = said(
        "How far the auditor is from whoever owns the system.",
        Form.CHOICE,
        choices=INDEPENDENCE,
        default="other-team",
    )
    evidence: tuple[str, ...] = said("What shows it: runs, rows, links.", Form.NAMES, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKept(Entry):
    """A version of a document was written or reviewed; the document itself stays where it is."""

    kind: ClassVar[str] = "document"
    about: ClassVar[str] = "document"

    document: str = said("Its id, the same for all its versions.", Form.NAME)
    type: str = said("What it is.", Form.CHOICE, choices=DOCUMENTS)
    digest: str = said("Of its file, as sha256:...", Form.NAME)
    valid_until: int = said("When it must have been reviewed again.", Form.MOMENT)
    filled: int = said("How many of its mandatory sections say something; a placeholder says nothing.", Form.COUNT)
    mandatory: int = said("How many sections are mandatory.", Form.COUNT)
    reviewed: int = said("When it was last reviewed; leave it out if it was not.", Form.MOMENT, default=0)
    model: str = said("Digest of the artefact that it describes, as `trimtab report` shows it.", Form.NAME, default="")
    controls: tuple[str, ...] = said("Controls that it is evidence for.", Form.LINKS, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplicable(Entry):
    """A control does not apply to a system, or to none of them: who says so, why, and until when."""

    kind: ClassVar[str] = "not-applicable"

    control: str = said("The control, e.g. eu-ai-act:Art.53.", Form.LINK)
    reason: str = said("Why it does not apply.", Form.WORDS)
    until: int = said("When somebody must have looked again.", Form.MOMENT)
