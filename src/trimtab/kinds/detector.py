"""What a detector is, and what it returns."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a detector saw.

    `start` and `end` count Unicode code points of the text as given, half
    open. `confidence` is in [0, 1] and says how sure, not how severe.
    """

    label: str
    start: int
    end: int
    confidence: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"span [{self.start}, {self.end}) is empty or negative")
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence {self.confidence} is outside [0, 1]")


class Detector(Protocol):
    """Looks for one family of problems. Pure and picklable.

    An empty list means "looked, found nothing". Raise `DetectorError` when
    you could not look; the policy decides what that costs.
    """

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    def find(self, text: str) -> list[Finding]: ...
