"""Replaces what was found by what it is, until nothing is left to find."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from trimtab.detect.json_mask import JsonPlaces
from trimtab.kinds import Finding

PASSES = 5
"""Times that a masked text is looked at again before it is withheld."""

Naming = Callable[[str, Finding], str]
"""What stands for a text, and for the finding that it was."""


@dataclass(frozen=True, slots=True)
class Cover:
    """A part of a text that must not be seen, what stands there instead, and the surest finding of it."""

    start: int
    end: int
    instead: str
    finding: Finding


def label(_: str, finding: Finding) -> str:
    """The noun of the finding in brackets: `[email]`."""
    return f"[{finding.noun}]"


def mask(
    text: str, found: Sequence[Finding], look_again: Callable[[str], Sequence[Finding]], naming: Naming = label
) -> str | None:
    """The text with every finding replaced: `ana@example.org` by `[email]`. None as for `covers`.

    Raises:
        DetectorError: From `look_again`.
    """
    if not found:
        return text
    covered = covers(text, found, look_again, naming)
    return None if covered is None else uncovered(text, covered)


def covers(
    text: str,
    found: Sequence[Finding],
    look_again: Callable[[str], Sequence[Finding]],
    naming: Naming = label,
    *,
    places: JsonPlaces | None = None,
) -> list[Cover] | None:
    """What must be covered of a text so that nothing is left to find; sorted, apart from each other.

    Findings that touch or overlap become one cover, named after the surest of
    them. Taking something out can bring what stood around it together, so
    the result is looked at again, and what is found there is covered in the
    text as given. None when something is found in every new version: such a
    text must be withheld.

    Args:
        text: The text as it was looked at.
        found: What was found in it.
        look_again: Finds what must be covered in another text.
        naming: What stands there instead.
        places: Where values stand, of a text that is JSON and must stay so.

    Raises:
        DetectorError: From `look_again`.
    """
    covered: list[Cover] = []
    for _ in range(PASSES):
        if not found:
            return covered
        wider = _merged(text, covered, found, naming, places)
        if wider == covered:
            return None  # what stands there instead is itself found
        covered = wider
        found = in_original(covered, look_again(uncovered(text, covered)))
    return None if found else covered


def uncovered(text: str, covered: Sequence[Cover], start: int = 0, end: int | None = None) -> str:
    """What may be seen of `text[start:end]`. No cover may stand across either border."""
    parts: list[str] = []
    at = start
    stop = len(text) if end is None else end
    for one in covered:
        if start <= one.start and one.end <= stop:
            parts += [text[at : one.start], one.instead]
            at = one.end
    return "".join([*parts, text[at:stop]])


def _merged(
    text: str, covered: Sequence[Cover], found: Sequence[Finding], naming: Naming, places: JsonPlaces | None
) -> list[Cover]:
    spans = [(one.start, one.end, one.finding) for one in covered]
    spans += [(start, end, one) for one in found for start, end in _spans(one, places)]
    spans.sort(key=lambda span: span[:2])
    merged: list[tuple[int, int, Finding]] = []
    for start, end, finding in spans:
        if merged and start <= merged[-1][1]:
            low, high, surest = merged[-1]
            merged[-1] = (low, max(high, end), finding if finding.confidence > surest.confidence else surest)
        else:
            merged.append((start, end, finding))
    if places is None:
        return [Cover(start, end, naming(text[start:end], finding), finding) for start, end, finding in merged]
    within = [
        Cover(part.start, part.end, part.instead(naming(part.value, finding)), finding)
        for start, end, finding in merged
        for part in places.within(start, end)
    ]
    return _told_apart(text, within, places)


def _told_apart(text: str, covered: list[Cover], places: JsonPlaces) -> list[Cover]:
    """With a number in the name of a field that another of its object has now, or one would be lost to who reads it."""
    starts = [one.start for one in covered]
    changed: list[tuple[int, int, int, str]] = []  # the object, the last cover in the name, the name as it will be
    taken: set[tuple[int, str]] = set()
    for start, end, within in places.names():
        first, upto = bisect_left(starts, start), bisect_left(starts, end)
        if first == upto:
            taken.add((within, text[start:end]))
        else:
            changed.append((within, upto - 1, end, uncovered(text, covered[first:upto], start, end)))
    counts: Counter[tuple[int, str]] = Counter()
    for within, last, end, name in changed:
        new, number = name, ""
        behind = end - covered[last].end
        while (within, new) in taken:
            counts[within, name] += 1
            number = f" {counts[within, name] + 1}"
            new = f"{name[: len(name) - behind]}{number}{name[len(name) - behind :]}"
        taken.add((within, new))
        covered[last] = replace(covered[last], instead=f"{covered[last].instead}{number}")
    return covered


def _spans(finding: Finding, places: JsonPlaces | None) -> list[tuple[int, int]]:
    if places is None:
        return [(finding.start, finding.end)]
    return [(part.start, part.end) for part in places.within(finding.start, finding.end)]


def in_original(covered: Sequence[Cover], found: Sequence[Finding]) -> list[Finding]:
    """Findings in a text with these covers, at their places in the text without; a cover is never divided."""
    if not found or not covered:
        return list(found)
    begins: list[int] = []  # of each cover in the new text
    shift = 0
    for one in covered:
        begins.append(one.start + shift)
        shift += len(one.instead) - (one.end - one.start)

    def original(place: int, *, high: bool) -> int:
        number = bisect_right(begins, place) - 1
        if number < 0:
            return place
        one = covered[number]
        within = place - begins[number] - len(one.instead)
        if within < 0:
            return one.end - 1 if high else one.start
        return one.end + within

    return [
        Finding(
            label=one.label,
            start=original(one.start, high=False),
            end=original(one.end - 1, high=True) + 1,
            confidence=one.confidence,
            disguise=one.disguise,
        )
        for one in found
    ]
