"""One pass over a text for all patterns.

What decides the time is not the patterns but what is looked at before any of them: literals that every match must
contain, found in one pass by `detect.signs`. Only the patterns whose anchors are there are then tried, at the
places where they are.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from trimtab.builtin.detectors.patterns.mixed_words import mixed_words
from trimtab.builtin.detectors.patterns.numbers import BEFORE, BEYOND, numbers
from trimtab.builtin.detectors.patterns.spec import Judged, Pattern, Seen
from trimtab.detect.reading import CLOSE
from trimtab.detect.signs import Signs, later
from trimtab.detect.view import View

Beside = Callable[[int, int], Sequence[tuple[int, int]]]
"""The parts of a view within so many characters before and beyond anything that was replaced in it."""

_Present = tuple[int, list[int] | None, int | dict[int, int]]
"""The number of a pattern, where it may begin (None: anywhere), and how long the anchor there is."""

_ANY_DIGIT = re.compile(rb"[0-9]")
_LONGEST_NAME = 64
_MANY = 2_000  # characters from which on it is quicker to see which there are than to look for each word
_BEYOND = re.compile(r"[^\x00-\xff]{2}")  # two letters that `as_bytes` cannot tell


class Engine:
    """Finds patterns in plain text; knows nothing of views. Made once for a set of patterns."""

    def __init__(self, patterns: Sequence[Pattern], *, with_numbers: bool, hyperscan: bool = True) -> None:
        self._with_numbers = with_numbers
        self._patterns = [(one, later(one.shape, re.IGNORECASE if one.ignore_case else 0)) for one in patterns]
        by_anchor: dict[tuple[str, bool], list[int]] = {}
        self._wide: list[tuple[str, int]] = []
        self._mixed: list[int] = []
        for number, pattern in enumerate(patterns):
            for anchor in pattern.anchors:
                if not anchor.isascii():
                    self._wide.append((anchor, number))
                    continue
                written = _as_written(pattern, anchor)
                by_anchor.setdefault((written or anchor, written is not None), []).append(number)
            if not pattern.anchors:
                self._mixed.append(number)
        self._wide_signs = frozenset("".join(anchor for anchor, _ in self._wide))
        self._wide_near = [(anchor, number) for anchor, number in self._wide if not _BEYOND.search(anchor)]
        shapes = [f"((?{'i' * patterns[number].ignore_case}:{patterns[number].shape}))" for number in self._mixed]
        self._mixed_from = [later("|".join(shapes[first:])) for first in range(len(shapes))]
        self._plain_wide = frozenset(
            number for _, number in self._wide if patterns[number].ignore_case and _is_choice(patterns[number])
        )
        self._plain = frozenset(number for number, pattern in enumerate(patterns) if _spelled_out(pattern))
        anchors = list(by_anchor)
        self._sizes = [len(anchor) for anchor, _ in anchors]
        self._rows = frozenset(at for at, (one, _) in enumerate(anchors) if len(one) > 4 and one == one[0] * len(one))
        self._asked = [tuple(by_anchor[anchor]) for anchor in anchors]
        self._asked_without_digit = [
            tuple(number for number in asked if not patterns[number].needs_digit) for asked in self._asked
        ]
        self._signs = Signs(
            [anchor for anchor, _ in anchors], exact=[exact for _, exact in anchors], hyperscan=hyperscan
        )

    def find(self, view: View, marks: bytes | None = None, beside: Beside | None = None) -> list[Seen]:
        """What is there, in no order; places are those of the view.

        Where `marks` say that nothing is new may be left out, and what lies `beside` nothing that was replaced.
        """
        found: list[Seen] = []
        text, groups = view.text, view.groups
        if groups and self._with_numbers:
            found.extend(numbers(text, groups, marks, beside and beside(BEFORE, BEYOND)))
        if not text.isascii():
            low = text.lower()
            # Words of other scripts than ours show two question marks side by side.
            wide = self._wide if b"??" in view.raw else self._wide_near
            if len(low) > _MANY:
                # What signs there are says of most words that they are not there.
                signs = self._wide_signs.intersection(low)
                wide = [one for one in wide if signs.issuperset(one[0])]
            shown = [(anchor, number) for anchor, number in wide if anchor in low]
            for number in {number for _, number in shown}:
                if len(low) == len(text) and number in self._plain_wide:
                    anchors = [anchor for anchor, of in shown if of == number]
                    self._judge(found, number, view, _wide_spans(low, anchors))
                else:
                    self._collect(found, number, view, None)
        self._anchored(found, view, marks)
        if groups and self._mixed:
            may_begin = self._mixed_from[0].match
            for start in mixed_words(text, view.raw, groups):
                if (marks is None or marks[start] == CLOSE) and (match := may_begin(text, start)):
                    self._collect_mixed(found, text, match)
        return found

    def _anchored(self, found: list[Seen], view: View, marks: bytes | None) -> None:
        for number, begins, sizes in self._present(view.raw, view.low, digits=bool(view.groups)):
            if begins is not None and marks is not None:
                begins = self._marked(number, begins, view.raw, marks)  # noqa: PLW2901 - fewer of the same
            if begins is None or number not in self._plain:
                self._collect(found, number, view, begins)
            elif isinstance(sizes, int):
                self._judge(found, number, view, zip(begins, map(sizes.__add__, begins), strict=True))
            else:
                self._judge(found, number, view, [(place, place + sizes[place]) for place in begins])

    def _marked(self, number: int, places: list[int], raw: bytes, marks: bytes) -> list[int]:
        """Those of the places at which a pattern may find something new."""
        pattern = self._patterns[number][0]
        if pattern.close:
            return [at for at in places if marks[at] == CLOSE]
        if pattern.apart:
            return [at for at in places if (mark := marks[at]) == CLOSE or (mark and _in_quotes(raw, at))]
        return places

    def _collect(self, found: list[Seen], number: int, view: View, places: Iterable[int] | None) -> None:
        shape, text = self._patterns[number][1], view.text
        if places is None:
            self._judge(found, number, view, [match.span() for match in shape.finditer(text)])
        else:
            begins = shape.match
            self._judge(found, number, view, [match.span() for place in places if (match := begins(text, place))])

    def _judge(self, found: list[Seen], number: int, view: View, spans: Iterable[tuple[int, int]]) -> None:
        pattern, text = self._patterns[number][0], view.text
        label = pattern.label
        if pattern.reader is not None:
            seen = pattern.reader(text, spans, view.known)
            found += [(start, end, sure, label) for start, end, sure in seen if sure > 0]
            return
        judge = pattern.judge
        for start, end in spans:
            if judged := judge(text, start, end):
                if type(judged) is tuple and judged[2] > 0:
                    found.append((*judged, label))
                else:
                    _add(found, label, judged)

    def _collect_mixed(self, found: list[Seen], text: str, match: re.Match[str] | None) -> None:
        """As `_collect` for each of the patterns without anchors: one expression says which is the next to match."""
        first, start = 0, match.start() if match else 0
        while match:
            first += match.lastindex or 1
            pattern = self._patterns[self._mixed[first - 1]][0]
            judged = pattern.judge(text, *match.span())
            if judged:
                _add(found, pattern.label, judged)
            match = self._mixed_from[first].match(text, start) if first < len(self._mixed) else None

    def _present(self, raw: bytes, low: bytes, *, digits: bool) -> Iterator[_Present]:
        """Which patterns may match, where they then begin, rising, and with how long an anchor, at each place or at all."""
        asked = self._asked if digits else self._asked_without_digit
        shown = [hit for hit in self._signs.of(raw, low) if asked[hit]]
        if not shown:
            return
        present: dict[int, list[tuple[int, list[int]]]] = {}
        begins = self._signs.places(raw, low, shown)
        for hit in sorted(shown, key=self._sizes.__getitem__):
            at, size = begins[hit], self._sizes[hit]
            if hit in self._rows:
                # A row of one sign is one place, or every sign of it would be.
                at = [place for place in at if not place or raw[place - 1] != raw[place]]
            for number in asked[hit]:
                present.setdefault(number, []).append((size, at))
        for number, by_size in present.items():
            pattern = self._patterns[number][0]
            if not pattern.begins:
                yield number, None, 0
                continue
            if len(by_size) == 1 and not pattern.digit_near:
                size, at = by_size[0]
                yield number, at, size
                continue
            places: dict[int, int] = {}
            for size, at in by_size:
                places |= dict.fromkeys(at, size)  # the longest come last
            if pattern.digit_near:
                places = {at: size for at, size in places.items() if _digit_near(raw, at, pattern.digit_near)}
            yield number, sorted(places), places


def _wide_spans(low: str, anchors: Iterable[str]) -> list[tuple[int, int]]:
    """Where anchors beyond ASCII stand, the longest of those that begin at one place: quicker than one expression for all."""
    ends: dict[int, int] = {}
    for anchor in sorted(anchors, key=len):
        at = low.find(anchor)
        while at >= 0:
            ends[at] = at + len(anchor)
            at = low.find(anchor, at + len(anchor))
    return sorted(ends.items())


def _spelled_out(pattern: Pattern) -> bool:
    """Whether every match begins with its anchor, in any case, and is no longer than it."""
    caseless = pattern.ignore_case or pattern.shape.lower() == pattern.shape.upper()
    return pattern.begins and caseless and _is_choice(pattern)


def _is_choice(pattern: Pattern) -> bool:
    """Whether the shape is a choice among the anchors and nothing more."""
    plain = re.sub(r"\\(\W)", r"\1", pattern.shape)
    return set(plain.lower().split("|")) == set(pattern.anchors) and not re.search(
        r"[][(){}.*+?^$|]", re.sub(r"\\\W|\|", "", pattern.shape)
    )


def _add(found: list[Seen], label: str, judged: Judged | list[Judged]) -> None:
    if isinstance(judged, list):
        found += [(*one, label) for one in judged if one[2] > 0]
    elif judged[2] > 0:
        found.append((*judged, label))


def _as_written(pattern: Pattern, anchor: str) -> str | None:
    """The anchor in the only letters that the shape spells it with, where case matters; None for any."""
    if pattern.ignore_case or not pattern.begins:
        return None
    spelled = pattern.shape.replace("\\", "")
    low = spelled.lower()
    at = low.find(anchor)
    forms = set()
    while at >= 0:
        forms.add(spelled[at : at + len(anchor)])
        at = low.find(anchor, at + 1)
    return forms.pop() if len(forms) == 1 else None


def _in_quotes(raw: bytes, at: int) -> bool:
    """Whether a quote stands before a name of which a part is at a place."""
    low = max(0, at - _LONGEST_NAME)
    return raw.find(b'"', low, at) >= 0 or raw.find(b"'", low, at) >= 0


def _digit_near(raw: bytes, at: int, reach: int) -> bool:
    return _ANY_DIGIT.search(raw, max(0, at - reach), at + reach) is not None
