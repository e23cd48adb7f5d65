"""Who learned what, and whether it was still known later."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.evidence.entries.entry import Entry, Form, said


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained(Entry):
    """A person came a step further in a course; or began or ceased to play a role.

    Whoever is not in the policy is named by a salted commitment, which `trimtab person` makes. What roles such a person
    has is entered as `enrolled` and `left`; the roles of others stand in the policy.
    """

    kind: ClassVar[str] = "training"

    person: str = said("One of `people`, or what `trimtab person` prints of somebody else.", Form.NAME)
    step: str = said(
        "completed a course; took a quiz; took one later to see what is left (retention); enrolled in or left a role.",
        Form.CHOICE,
        choices=("completed", "quiz", "retention", "enrolled", "left"),
    )
    course: str = said("Which course of the policy; none for enrolled and left.", Form.NAME, default="")
    score: float | None = said("Of quiz and retention: the share of right answers.", Form.SHARE, default=None)
    role: str = said("Of enrolled and left: the role.", Form.NAME, default="")
    quiz: str = said("Which quiz: what `trimtab learn quiz` prints.", Form.NAME, default="")
