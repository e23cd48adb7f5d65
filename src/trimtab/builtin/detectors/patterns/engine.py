"""One pass over a text for all patterns.

What decides the time is not the patterns but what is looked at before any of them: literals that every match must
contain, found in one pass by `detect.signs`. Only the patterns whose anchors are there are then tried, at the
places where they are.
"""

import re
from collections.abc import Iterable, Sequence

from trimtab.builtin.detectors.patterns.numbers import numbers
from trimtab.builtin.detectors.patterns.spec import Pattern
from trimtab.detect.signs import Signs
from trimtab.kinds import Finding

_DIGIT = re.compile(r"\d")


class Engine:
    """Finds patterns in plain text; knows nothing of views. Made once for a set of patterns."""

    def __init__(self, patterns: Sequence[Pattern], *, with_numbers: bool, hyperscan: bool = True) -> None:
        self._with_numbers = with_numbers
        self._patterns = [(p, re.compile(p.shape, re.IGNORECASE if p.ignore_case else 0)) for p in patterns]
        by_anchor: dict[str, list[int]] = {}
        self._mixed: list[int] = []
        for number, pattern in enumerate(patterns):
            for anchor in pattern.anchors:
                by_anchor.setdefault(anchor, []).append(number)
            if not pattern.anchors:
                self._mixed.append(number)
        self._anchors = list(by_anchor.items())
        self._signs = Signs([anchor for anchor, _ in self._anchors], hyperscan=hyperscan)

    def find(self, text: str) -> list[Finding]:
        """What is there, in no order."""
        found: list[Finding] = []
        digit = _DIGIT.search(text) is not None
        if digit and self._with_numbers:
            found.extend(numbers(text))
        low = text.lower()
        aligned = len(low) == len(text)  # a few letters have a longer lower form
        for number, anchors in self._present(text, low).items():
            pattern, shape = self._patterns[number]
            if pattern.needs_digit and not digit:
                continue
            places = _places(low, anchors) if pattern.begins and aligned else None
            self._collect(found, pattern, shape, text, places)
        if digit and self._mixed:
            starts = list(_mixed_words(text))
            for number in self._mixed if starts else ():
                self._collect(found, *self._patterns[number], text, starts)
        return found

    @staticmethod
    def _collect(
        found: list[Finding], pattern: Pattern, shape: re.Pattern[str], text: str, places: Iterable[int] | None
    ) -> None:
        matches: Iterable[re.Match[str] | None]
        matches = shape.finditer(text) if places is None else (shape.match(text, place) for place in places)
        for match in matches:
            judged = match and pattern.judge(text, match.start(), match.end())
            if judged and judged[2] > 0:
                found.append(Finding(label=pattern.label, start=judged[0], end=judged[1], confidence=judged[2]))

    def _present(self, text: str, low: str) -> dict[int, list[str]]:
        """Which patterns may match, each with the anchors of it that are there."""
        present: dict[int, list[str]] = {}
        for hit in self._signs.of(text, low):
            anchor, patterns = self._anchors[hit]
            for number in patterns:
                present.setdefault(number, []).append(anchor)
        return present


def _places(low: str, anchors: Iterable[str]) -> list[int]:
    """Where any of the anchors begins."""
    places: set[int] = set()
    for anchor in anchors:
        at = low.find(anchor)
        while at >= 0:
            places.add(at)
            at = low.find(anchor, at + 1)
    return sorted(places)


_DIGITS = re.compile(r"\d+")


def _mixed_words(text: str) -> Iterable[int]:
    """Where words begin that hold digits and letters, or digits and colons; and pairs of letters before digits."""
    last = -1
    for match in _DIGITS.finditer(text):
        start, end = match.span()
        if start < last:
            continue
        low = start
        while low > 0 and start - low < _LONGEST_WORD and (text[low - 1].isalnum() or text[low - 1] == ":"):
            low -= 1
        high = end
        while high < len(text) and high - end < _LONGEST_WORD and (text[high].isalnum() or text[high] in ":-+"):
            high += 1
        last = high
        if low < start or high > end:
            yield low
        elif start > 2 and text[start - 1] == " " and text[start - 3 : start - 1].isalpha():
            yield start - 3
        elif high < len(text) and text[high] == " ":
            yield low


_LONGEST_WORD = 64
