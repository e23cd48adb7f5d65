"""What a detector is, and what it returns.

A detector is asked in one of three ways, and has the method that fits it:

- `find(text)` for what a text shows by itself (an address, a key, an insult);
- `find_in(text, context)` for what depends on where the text came from or on what must not come out
  (an instruction in a mail, a canary);
- `await look(text, context)` for what takes a call to somebody else (a judge, a moderation service).

`trimtab.detect` knows which to call; nobody else needs to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from trimtab.kinds.estimate import Interval

Origin = Literal["system", "user", "assistant", "tool", "document"]
"""Who wrote a text. `tool` and `document` are data: whoever wrote them has no business giving orders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a detector saw.

    `label` is `family.kind` (`personal.email`, `secret.jwt`, `attack.injection`, `harm.toxicity`,
    `refusal`), lower case; rules name either a label or a whole family. `start` and `end` count
    Unicode code points of the text as given, half open. `confidence` is in [0, 1] and says how sure,
    not how severe. `disguise` names what had to be seen through ("base64", "spaced"), if anything.
    """

    label: str
    start: int
    end: int
    confidence: float = 1.0
    disguise: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"span [{self.start}, {self.end}) is empty or negative")
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence {self.confidence} is outside [0, 1]")

    @property
    def family(self) -> str:
        """The label up to its first dot."""
        return self.label.partition(".")[0]

    @property
    def noun(self) -> str:
        """The label after its first dot: what a mask says instead of the text."""
        return self.label.partition(".")[2] or self.label

    def is_a(self, name: str) -> bool:
        """Whether `name` is this label or its family."""
        return self.label == name or self.label.startswith(f"{name}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where a text came from, and what it must not give away.

    `instructions` are the operator's own (system and developer messages); `kept` are values that must
    never come out, in any disguise (canaries, keys).
    """

    origin: Origin = "user"
    instructions: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRates:
    """How often a detector errs on a named corpus that none of its weights saw; probabilities with intervals.

    None means unknown, which is not the same as perfect: claims built on the detector widen accordingly.
    With the counts behind an interval, claims at any confidence can be built on it.
    """

    corpus: str
    sensitivity: Interval | None = None  # found, of what was there
    false_alarm: Interval | None = None  # flagged, of what was clean
    found: tuple[int, int] | None = None  # how many, of how many
    alarms: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorCard:
    """What a detector declares of itself. `seconds` is a typical time for 1,000 characters; None if unknown.

    `reach` and `behind` say how far apart things may stand that depend on each other, so that a reply can be let
    through piece by piece. Whatever a text goes on with, it changes nothing of what is found more than `reach`
    characters before its end, and of what begins there the beginning is found already; padding does not count. What
    stands more than `behind` characters before a place does not matter for what is found there. Words are never cut.
    Without a `reach` the whole text must be seen first, and a reply is held back to its end.
    """

    labels: tuple[str, ...]
    seconds: float | None = None
    reach: int | None = None  # characters
    behind: int | None = None  # characters; as many as the reach if left out
    remote: bool = False  # sends the text to somebody else
    replies_only: bool = False  # finds something in what a model says, and nothing in what goes into it
    errors: Mapping[str, ErrorRates] = field(default_factory=dict)  # by label


class Detector(Protocol):
    """Looks for one family of problems in a text by itself. Pure and picklable.

    An empty list means "looked, found nothing". Raise `DetectorError` when
    you could not look; the policy decides what that costs. A property
    `card: DetectorCard` is optional; without it cost and error rates are
    unknown.
    """

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    def find(self, text: str) -> list[Finding]: ...


class ContextualDetector(Protocol):
    """As `Detector`, for problems that depend on where the text came from."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    def find_in(self, text: str, context: Context) -> list[Finding]: ...


class RemoteDetector(Protocol):
    """As `ContextualDetector`, for those that must wait for somebody else's answer."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    async def look(self, text: str, context: Context) -> list[Finding]: ...


AnyDetector = Detector | ContextualDetector | RemoteDetector
