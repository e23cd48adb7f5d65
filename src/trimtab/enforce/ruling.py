"""What a guard says of a text, and why."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from trimtab.kinds import Finding, Message


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
    message: int = 0  # which message of a request


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A check that was not made, and why. Only `needless` is harmless: the text was blocked already."""

    detector: str
    reason: Literal["crashed", "timeout", "budget", "needless"]
    detail: str = ""  # never text that was looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What is to be done with a text, or with the messages of a request.

    `text` is what may go on: the text itself, the masked text, or the guard's
    refusal when it may not. For a request, `messages` are those that may go
    on, none when it may not; findings count the code points of the message
    at `Seen.message`. `seconds` holds what each detector took.
    """

    action: Action
    text: str = ""
    messages: tuple[Message, ...] = ()
    seen: tuple[Seen, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    total: float = 0.0

    @property
    def goes_on(self) -> bool:
        """Whether the text, or what is left of it, may go on."""
        return self.action in {Action.ALLOW, Action.MASK}

    @property
    def reason(self) -> str:
        """In a few words, without the text."""
        said = dict.fromkeys(f"{one.finding.label} by {one.detector}" for one in self.seen if one.action == self.action)
        said.update(dict.fromkeys(f"{one.detector} {one.reason}" for one in self.skipped if one.reason != "needless"))
        return ", ".join(said)
