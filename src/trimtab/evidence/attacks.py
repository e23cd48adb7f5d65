"""An attack that got through, as a record: what was tried, and what would have stopped it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class GotThrough:
    """One success of an attack, one red-line event.

    `turns` are pairs of role and redacted text, only when the policy keeps any, the last of the conversation;
    `omitted` counts those before them. `stops` holds for each guard that was tried on the exchange `input`, `output`,
    `no` or `unknown`, and `unknown` why it could not be told.
    """

    kind: ClassVar[str] = "got-through"

    metric: str
    suite: str
    case: str
    family: str
    technique: str
    hazard: str = ""
    controls: Sequence[str] = ()
    reply: str = ""  # digest of the last reply's text
    turns: Sequence[Sequence[str]] = ()
    omitted: int = 0
    adapts: bool = False  # by an attacker that sees each answer before it goes on
    stops: Mapping[str, str] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "metric": self.metric,
            "suite": self.suite,
            "case": self.case,
            "family": self.family,
            "technique": self.technique,
            "hazard": self.hazard,
            "controls": list(self.controls),
            "reply": self.reply,
            "turns": [list(turn) for turn in self.turns],
            "omitted": self.omitted,
            "adapts": self.adapts,
            "stops": dict(self.stops),
            "unknown": dict(self.unknown),
        }

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """The record back from its JSON form."""
        return cls(**payload)
