"""What a guard says of a text, and why."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from trimtab.kinds import Finding


class Action(StrEnum):
    """What happens to a text, from the mildest to the strictest."""

    ALLOW = "allow"
    MASK = "mask"  # what was found is replaced, the rest goes on
    ESCALATE = "escalate"  # held for a person
    BLOCK = "block"

    @property
    def strictness(self) -> int:
        """0 for allow, 3 for block."""
        return list(Action).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A finding that a rule acted on, and by whom it was found."""

    finding: Finding
    detector: str
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A check that was not made, and why: it counts as a check that crashed unless the plan left it out as needless."""

    detector: str
    reason: Literal["crashed", "timeout", "budget", "needless"]
    detail: str = ""  # never text that was looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What is to be done with one text.

    `text` is what may go on: the text itself, the masked text, or empty when it
    may not. Findings count code points of the text as it was given. `seconds`
    holds what each check took, by detector, and `total` all of it.
    """

    action: Action
    text: str
    seen: tuple[Seen, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    seconds: dict[str, float]
    total: float = 0.0
    reason: str = ""  # one sentence for people, without the text
