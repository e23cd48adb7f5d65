"""The plugin: everything that has a shape, through every disguise that a view sees through."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import itemgetter
from typing import ClassVar

from trimtab.builtin.detectors.patterns.engine import Engine
from trimtab.builtin.detectors.patterns.kept import checked, without_kept
from trimtab.builtin.detectors.patterns.personal import PERSONAL
from trimtab.builtin.detectors.patterns.secrets import SECRETS
from trimtab.builtin.detectors.patterns.spec import Seen
from trimtab.detect.reading import APART, beside, changed, ends_alike, is_new, marks
from trimtab.detect.view import View, views
from trimtab.errors import DetectorError
from trimtab.kinds import DetectorCard, Finding

_NUMBERS = (
    "personal.phone", "personal.card", "personal.ssn", "personal.national-id", "personal.ip", "personal.birth-date",
    "personal.account", "personal.medical-record", "personal.geo", "personal.address",
)  # fmt: skip
LABELS = tuple(sorted({*_NUMBERS, *(pattern.label for pattern in (*PERSONAL, *SECRETS))}))
_LEAST = 0.5
_LEAST_DISGUISED = 0.7  # what was never meant as a disguise is easily read as something
LONGEST = 1_000_000
"""Characters of a text that is looked at; with work in proportion to its length, that bounds the time of a call."""

AHEAD = 640
"""Characters after a place beyond which nothing can change what is found before it.

Whatever a text goes on with, of what begins more than so many characters before its end the beginning is known, and
the end of all that is over by then. Long things (keys, tokens) are known by their beginning and go on as long as they
go on. The exception are values stretched over more than so many characters by a disguise."""
REACH = 4_096
"""Characters before a place on which what is found there may depend: the words before a number, the head of a document.

A text may be cut anywhere behind white space that no finding holds; what begins so far behind the cut stays as it is."""


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

    `labels` names the labels or families to report; all when empty. `keep` lists personal values that are not
    reported where they are written plainly: see `without_kept`.
    """

    labels: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()

    name: ClassVar[str] = "patterns"
    version: ClassVar[str] = "1"
    card: ClassVar[DetectorCard] = DetectorCard(labels=LABELS, seconds=0.00005, reach=AHEAD, behind=REACH)

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.labels))
        object.__setattr__(self, "keep", checked(self.keep))
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
        found: list[_Found] = []
        settled = True
        for view in views(text):
            if not view.name:
                found = [(*one, "") for one in engine.find(view)]
                continue
            near = changed(view)
            settled = settled and ends_alike(view)
            here = engine.find(near, marks(view, near), partial(beside, view, near) if settled else None)
            if here:
                new, passed = _new(found, here, view, near)
                found += new
                # What is left out as not new may be new in the next reading, although nothing beside it is.
                settled = settled and not passed
        if self.labels:
            found = [one for one in found if any(_is_a(one[3], label) for label in self.labels)]
        findings = list(map(_finding, _tidy(found)))
        return without_kept(text, findings, self.keep) if self.keep else findings


_Found = tuple[int, int, float, str, str]
"""What was seen, at its place in the original, and the name of the view that shows it: most of what a hostile text shows
is shown by others as well, and becomes no `Finding`."""


_START_OF, _END_OF, _SURENESS_OF, _LABEL_OF, _DISGUISE_OF = (
    getattr(Finding, field).__set__ for field in ("start", "end", "confidence", "label", "disguise")
)
_BLANK = Finding.__new__


def _finding(one: _Found) -> Finding:
    """A `Finding` as its constructor makes and checks it, in half the time: a hostile text may show thousands."""
    start, end, sure, label, disguise = one
    if not (0 <= start < end and 0.0 <= sure <= 1.0):
        raise ValueError("a pattern saw something that is nowhere")
    finding = _BLANK(Finding)
    _START_OF(finding, start)
    _END_OF(finding, end)
    _SURENESS_OF(finding, sure)
    _LABEL_OF(finding, label)
    _DISGUISE_OF(finding, disguise)
    return finding


def _is_a(label: str, name: str) -> bool:
    return label == name or label.startswith(f"{name}.")


def _is_new(view: View, near: View, start: int, end: int) -> bool:
    """Whether what was found in a part of a view, near something replaced, has to do with it, and did not just end there."""
    if near is view:
        return is_new(view, start, end)
    first = bisect_right(near.cuts, start) - 1
    upto = near.cuts[first + 1] if first + 1 < len(near.cuts) else len(near.text)
    shift = near.froms[first] - near.cuts[first]
    start, end = start + shift, min(end, upto - len(APART)) + shift
    return start < end and is_new(view, start, end)


def _new(found: Sequence[_Found], here: Iterable[Seen], view: View, near: View) -> tuple[list[_Found], bool]:
    """What a view shows beyond what was found before it, at its places in the original.

    And whether it shows anything else there that was not found before it, but has to do with nothing that is new.
    """
    reach: dict[str, tuple[list[int], list[int]]] = {"p": ([], []), "s": ([], [])}
    for start, end, _, label, _ in sorted(found, key=_START):
        starts, ends = reach[label[0]]
        starts.append(start)
        ends.append(end if not ends or end > ends[-1] else ends[-1])
    new: list[_Found] = []
    passed = False
    for low, high, sure, label in here:
        if sure < _LEAST_DISGUISED:
            continue
        start, end = near.span(low, high)
        starts, ends = reach[label[0]]
        before = bisect_right(starts, start)
        if not before or ends[before - 1] < end:
            if is_new(view, low, high) if near is view else _is_new(view, near, low, high):
                new.append((start, end, sure, label, view.name))
            else:
                passed = True
    return new, passed


_START = itemgetter(0)


def _tidy(found: list[_Found]) -> list[_Found]:
    """Sorted; of two findings of one family one within the other, the wider, and of the same place the surer."""
    found = [one for one in found if one[2] >= _LEAST]
    if len(found) < 2:
        return found
    found.sort(key=_order)
    kept: list[_Found] = []
    reach = {"p": -1, "s": -1}  # personal and secret
    for one in found:
        family = one[3][0]
        if one[1] > reach[family]:
            reach[family] = one[1]
            kept.append(one)
    return kept


def _order(one: _Found) -> tuple[int, int, float, str]:
    # With the label, or of two at one place what else a text shows, far away, would say which is first.
    return one[0], -one[1], -one[2], one[3]
