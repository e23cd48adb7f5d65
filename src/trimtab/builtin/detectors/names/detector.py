"""The plugin: names of people, places and organisations, postal addresses, ages and titles."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.builtin.detectors.names.card import LABELS, Card
from trimtab.builtin.detectors.names.decoding import findings
from trimtab.builtin.detectors.names.features import tokens
from trimtab.builtin.detectors.names.network import network
from trimtab.kinds import Finding


@dataclass(frozen=True, slots=True)
class NameDetector:
    """Finds what has no shape: `personal.name`, `.location`, `.organisation`, `.address`, `.age`, `.title`.

    `confidence`, in (0, 1), is how probable it must be that a word belongs to any of them: lower finds more and errs
    more. A finding's own confidence is the mean probability of its label over its words. `labels` names the labels to
    report; all when empty.
    """

    confidence: float = 0.5
    labels: tuple[str, ...] = ()

    name: ClassVar[str] = "names"
    version: ClassVar[str] = "1"
    card: ClassVar[Card] = Card()  # what the weights declare: cost, and error rates on corpora they never saw

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.labels))
        if not 0.0 < self.confidence < 1.0:
            raise ValueError(f"confidence {self.confidence} is outside (0, 1)")
        for label in self.labels:
            if label not in LABELS and label != "personal":
                raise ValueError(f"no label {label!r}; there are {', '.join(LABELS)}")

    def find(self, text: str) -> list[Finding]:
        words = tokens(text)
        if not words:
            return []
        found = findings(words, network().tag(words), self.confidence)
        return [finding for finding in found if not self.labels or any(map(finding.is_a, self.labels))]
