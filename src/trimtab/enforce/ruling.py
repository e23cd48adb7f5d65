"""What a guard says of a text, and why."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from trimtab.kinds import Finding, Message

if TYPE_CHECKING:
    from trimtab.enforce.revise import Revision


class Action(StrEnum):
    """What happens to a text, from the mildest to the strictest."""

    ALLOW = "allow"
    MASK = "mask"  # what was found is replaced, the rest goes on
    REVISE = "revise"  # a model writes the reply anew; only what every check lets on takes its place
    ESCALATE = "escalate"  # held for a person
    BLOCK = "block"

    @property
    def strictness(self) -> int:
        """0 for allow, 4 for block."""
        return _STRICTNESS[self]

    @property
    def goes_on(self) -> bool:
        """Whether the text, or what is left of it, may go on; what is to be revised may not as it is."""
        return self is Action.ALLOW or self is Action.MASK


_STRICTNESS = {action: number for number, action in enumerate(Action)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A finding that a rule acted on, and by whom it was found."""

    finding: Finding
    detector: str
    action: Action
    message: int = 0  # which message of a request
    part: int = 0  # which text of that message: the parts of its content, then the arguments of its tool calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A check that was not made, and why. Only `needless` is harmless: the text was blocked already.

    `late` is for streams alone: what was seen at the end contradicts what had been let through.
    """

    detector: str
    reason: Literal["crashed", "timeout", "budget", "needless", "late"]
    detail: str = ""  # never text that was looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """An answer that was not sure enough, and what becomes of it. `confidence` is None when it was missing."""

    confidence: float | None
    at_least: float
    action: Action

    def __str__(self) -> str:
        if self.confidence is None:
            return f"no confidence where {self.at_least:g} is asked"
        return f"confidence {self.confidence:.3g} below {self.at_least:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What is to be done with a text, or with the messages of a request.

    `text` is what may go on: the text itself, the masked text, or what the
    guard says instead when it may not (`refusal`, or `held` of its policy).
    For a request, `messages` are those that may go on, none when it may not,
    and `wire` are the same as on the OpenAI wire, with their tool calls and
    whatever else they were given with; findings count the code points of the
    text at `Seen.message` and `Seen.part`.
    `unlooked` says of which texts, by message and part, no rule looks at who wrote them.
    `seconds` holds what each detector took. `revision` is what was made of a
    reply that was to be revised; with the action `revise`, `text` is its best draft.
    """

    action: Action
    text: str = ""
    messages: tuple[Message, ...] = ()
    wire: tuple[dict[str, Any], ...] = ()
    seen: tuple[Seen, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    unlooked: tuple[tuple[int, int], ...] = ()
    doubt: Doubt | None = None
    revision: "Revision | None" = None
    seconds: dict[str, float] = field(default_factory=dict)
    total: float = 0.0

    @property
    def goes_on(self) -> bool:
        """Whether the text, what is left of it, or what was made of it, may go on."""
        return self.action.goes_on or (self.action is Action.REVISE and self.revision is not None)

    @property
    def reason(self) -> str:
        """In a few words, without the text."""
        said = dict.fromkeys(f"{one.finding.label} by {one.detector}" for one in self.seen if one.action == self.action)
        said.update(dict.fromkeys(f"{one.detector} {one.reason}" for one in self.skipped if one.reason != "needless"))
        if self.doubt:
            said[str(self.doubt)] = None
        return ", ".join(said)
