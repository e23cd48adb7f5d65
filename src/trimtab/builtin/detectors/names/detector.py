"""The plugin: names of people, places and organisations, postal addresses, ages and titles."""

from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import ClassVar

from trimtab.builtin.detectors.names.card import LABELS, Card
from trimtab.builtin.detectors.names.decoding import findings
from trimtab.builtin.detectors.names.features import tokens
from trimtab.builtin.detectors.names.network import network
from trimtab.detect.codes import json_unescaped
from trimtab.detect.reading import View
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
        """What is there as the text is written, and with the escapes of JSON undone."""
        found = self._tagged(text)
        view = json_unescaped(View("", text)) if "\\" in text else None
        if view is not None:
            found = _together(text, found, [_in_text(view, one) for one in self._tagged(view.text)])
        return [finding for finding in found if not self.labels or any(map(finding.is_a, self.labels))]

    def _tagged(self, text: str) -> list[Finding]:
        words = tokens(text)
        return findings(words, network().tag(words), self.confidence) if words else []


def _in_text(view: View, finding: Finding) -> Finding:
    start, end = view.span(finding.start, finding.end)
    return replace(finding, start=start, end=end, disguise=view.name)


def _together(text: str, plain: list[Finding], read: list[Finding]) -> list[Finding]:
    """What either reading shows; of two at one place the one that is not mistaken about an escape there."""
    kept = [one for one in plain if "\\" not in text[max(0, one.start - 6) : one.end] or not _meets(one, read)]
    return sorted([*kept, *(one for one in read if not _meets(one, kept))], key=lambda one: one.start)


def _meets(finding: Finding, others: list[Finding]) -> bool:
    """Whether any of the others, which rise and stand apart, stands partly at its place."""
    at = bisect_left(others, finding.end, key=lambda one: one.start)
    return at > 0 and others[at - 1].end > finding.start
