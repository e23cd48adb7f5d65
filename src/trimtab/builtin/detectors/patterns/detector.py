"""The plugin: everything that has a shape, through every disguise that a view sees through."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from trimtab.builtin.detectors.patterns.engine import Engine
from trimtab.builtin.detectors.patterns.personal import PERSONAL
from trimtab.builtin.detectors.patterns.secrets import SECRETS
from trimtab.detect.view import View, views
from trimtab.errors import DetectorError
from trimtab.kinds import DetectorCard, Finding

_NUMBERS = (
    "personal.phone", "personal.card", "personal.ssn", "personal.national-id", "personal.ip", "personal.birth-date",
    "personal.account", "personal.medical-record", "personal.geo",
)  # fmt: skip
LABELS = tuple(sorted({*_NUMBERS, *(pattern.label for pattern in (*PERSONAL, *SECRETS))}))
_LEAST = 0.5
LONGEST = 1_000_000
"""Characters of a text that is looked at; with work in proportion to its length, that bounds the time of a call."""


@lru_cache(maxsize=32)
def _engine(labels: tuple[str, ...]) -> Engine:
    def wanted(label: str) -> bool:
        return not labels or any(label == name or label.startswith(f"{name}.") for name in labels)

    return Engine(
        [pattern for pattern in (*PERSONAL, *SECRETS) if wanted(pattern.label)],
        with_numbers=any(map(wanted, _NUMBERS)),
    )


@dataclass(frozen=True, slots=True)
class PatternDetector:
    """Finds personal data and secrets that have a shape: labels `personal.*` and `secret.*`.

    `labels` names the labels or families to report; all when empty.
    """

    labels: tuple[str, ...] = ()

    name: ClassVar[str] = "patterns"
    version: ClassVar[str] = "1"
    card: ClassVar[DetectorCard] = DetectorCard(labels=LABELS, seconds=0.00005, reach=640, behind=4_096)

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.labels))
        families = {label.partition(".")[0] for label in LABELS}
        for label in self.labels:
            if label not in LABELS and label not in families:
                raise ValueError(f"no pattern has the label {label!r}")

    def find(self, text: str) -> list[Finding]:
        """What is there, by place; what two views show at one place is reported once, the plainest first.

        Raises:
            DetectorError: The text is longer than `LONGEST`.
        """
        if len(text) > LONGEST:
            raise DetectorError(self.name, f"the text has {len(text):,} characters; cut it into at most {LONGEST:,}")
        engine = _engine(self.labels)
        found: list[Finding] = []
        for view in views(text):
            here = engine.find(view)
            if not view.name:
                found = here
            elif here:
                found += _new(found, here, view)
        return _tidy([f for f in found if not self.labels or any(map(f.is_a, self.labels))])


def _new(found: Sequence[Finding], here: Iterable[Finding], view: View) -> list[Finding]:
    """What a view shows beyond what was found before it, at its places in the original."""
    reach: dict[str, tuple[list[int], list[int]]] = {}
    for one in sorted(found, key=lambda one: one.start):
        starts, ends = reach.setdefault(one.family, ([], []))
        starts.append(one.start)
        ends.append(max(one.end, ends[-1] if ends else 0))
    new = []
    for one in here:
        start, end = view.span(one.start, one.end)
        starts, ends = reach.get(one.family, ([], []))
        before = bisect_right(starts, start)
        if not before or ends[before - 1] < end:
            new.append(Finding(label=one.label, start=start, end=end, confidence=one.confidence, disguise=view.name))
    return new


def _tidy(found: list[Finding]) -> list[Finding]:
    """Sorted; of two findings of one family one within the other, the wider, and of the same place the surer."""
    if len(found) < 2:
        return [finding for finding in found if finding.confidence >= _LEAST]
    found = [finding for finding in found if finding.confidence >= _LEAST]
    found.sort(key=lambda f: (f.start, -f.end, -f.confidence))
    kept: list[Finding] = []
    reach: dict[str, int] = {}
    for finding in found:
        if finding.end <= reach.get(finding.family, -1):
            continue
        reach[finding.family] = finding.end
        kept.append(finding)
    return kept
