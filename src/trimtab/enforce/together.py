"""Texts that a model may read as one are looked at as one, too, so that nothing hides in the cut between them.

Each text of a run has been looked at by itself before. What shows only in all of them together is written down at
the texts that it lies in, piece by piece, and so each piece is masked, or the request blocked. Where every detector
says how far it reaches, only what lies near a cut is looked at once more.
"""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from trimtab.detect.mask import PASSES, in_original, uncovered
from trimtab.enforce.checks import ENDLESS, Checks, Look
from trimtab.enforce.reading import BETWEEN
from trimtab.enforce.ruling import Action, Seen
from trimtab.kinds import Finding

Run = Sequence[Look]
"""What the texts of a run have come to, in their order."""

_NEAR = 4  # times the reach from a cut is near it, and as much again is shown
# What detectors see through and anybody could put between two letters: letters that are not seen, escapes, entities.
_FILLER = re.compile(r"[\u115f\u1160\u3164\uffa0]|\\{1,2}(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[nrtbf])|&#?\w{1,31};")
_ASKED = BETWEEN.index(" ")  # who must be waited for reads words well enough whatever stands between them


@dataclass(frozen=True, slots=True)
class _Slice:
    """A text of a run, or its beginning or end; `near` is where what is near the cut ends there, or begins."""

    one: Look
    start: int = 0
    end: int | None = None
    near: int = 0

    @property
    def text(self) -> str:
        return self.one.text[self.start : self.end]

    def decided(self, finding: Finding) -> bool:
        """Whether what was found here is too far from the cut to depend on it, or only where the text is cut off."""
        late = self.end is not None and finding.end > self.near
        return late or (self.start > 0 and finding.start < self.near)


def look_together(checks: Checks, run: Run, budget: float) -> None:
    """Let every detector look that need not be waited for, within so many seconds for all of it."""
    deadline = time.perf_counter() + budget
    near = _NEAR * max(checks.reach, checks.behind) if checks.reach is not None else None
    for slices in _near_cuts(run, near):
        for between in BETWEEN:
            if not _over(run):
                whole = _joined(slices, between, deadline)
                checks.run(whole)
                _spread(slices, whole, between)
    _settle(checks, run)


async def wait_together(checks: Checks, run: Run, budget: float) -> None:
    """Let every detector look; those to be waited for once."""
    if not checks.remote:
        look_together(checks, run, budget)
        return
    deadline = time.perf_counter() + budget
    slices = [_Slice(one) for one in run]
    for number, between in enumerate(BETWEEN):
        if not _over(run):
            whole = _joined(slices, between, deadline)
            if number == _ASKED:
                await checks.wait(whole)
            else:
                checks.run(whole)
            _spread(slices, whole, between)
    _settle(checks, run)


def _near_cuts(run: Run, near: int | None) -> Iterator[list[_Slice]]:
    """What lies near the cuts of a run; all of it where it is not known how far anything reaches."""
    slices: list[_Slice] = []
    for number, one in enumerate(run):
        size = len(one.text)
        if near is None or size <= 4 * near:
            slices.append(_Slice(one))
            continue
        (low, begin), (high, end) = _margins(one.text, near), _margins(one.text, near, back=True)
        if begin + end >= size:
            slices.append(_Slice(one))
            continue
        if number:
            yield [*slices, _Slice(one, 0, begin, low)]
        slices = [_Slice(one, size - end, None, size - high)]
    if len(slices) > 1:
        yield slices


def _margins(text: str, near: int, *, back: bool = False) -> tuple[int, int]:
    """How far what is near the beginning of a text reaches, or near its end; and as much again."""
    size, far = len(text), 0
    reaches: list[int] = []
    for _ in range(2):
        said = 0
        while 2 * said < near and far < size:
            upto = min(far + near, size)
            part = text[size - upto : size - far] if back else text[far:upto]
            said += sum(map(str.isalnum, _FILLER.sub("", part)))
            far = upto
        reaches.append(far)
    return reaches[0], reaches[1]


def _over(run: Run) -> bool:
    """Whether what else there is changes nothing."""
    return any(one.blocked for one in run)


def _joined(slices: Sequence[_Slice], between: str, deadline: float) -> Look:
    first = slices[0].one
    text = between.join(one.text for one in slices)
    return Look(text, first.context, deadline, first.message, first.part, vault=first.vault)


def _spread(slices: Sequence[_Slice], whole: Look, between: str) -> None:
    """Write what was seen of the whole down at the texts that it lies in, unless it is known there."""
    first = slices[0].one
    for name, took in whole.seconds.items():
        first.seconds[name] = first.seconds.get(name, 0.0) + took
    first.skipped += [skipped for skipped in whole.skipped if skipped.reason != "needless"]
    texts = [one.text for one in slices]
    for seen in whole.seen:
        pieces = list(_pieces(texts, between, seen.finding))
        for number, piece in pieces:
            place, one = slices[number], slices[number].one
            finding = replace(piece, start=piece.start + place.start, end=piece.end + place.start)
            new = replace(seen, finding=finding, message=one.message, part=one.part)
            if len(pieces) == 1 and place.decided(finding):
                continue
            if any(_tells(known, new) for known in one.seen):
                continue
            one.seen.append(new)
            if seen.action is Action.MASK:
                one.masked.append(finding)
            one.blocked = one.blocked or seen.action is Action.BLOCK


def _tells(known: Seen, new: Seen) -> bool:
    """Whether what is known says all of what is new."""
    old, found = known.finding, new.finding
    same = known.detector == new.detector and old.label == found.label and known.action is new.action
    return same and old.start <= found.start and found.end <= old.end


def _pieces(texts: Sequence[str], between: str, finding: Finding) -> Iterator[tuple[int, Finding]]:
    """What of a finding in all texts lies in each of them."""
    begin = 0
    for number, text in enumerate(texts):
        start, end = max(finding.start - begin, 0), min(finding.end - begin, len(text))
        if start < end:
            yield number, replace(finding, start=start, end=end)
        begin += len(text) + len(between)


def _settle(checks: Checks, run: Run) -> None:
    """Mask until nothing shows in what is left of all texts; a check that was not made if that does not end."""
    if _over(run) or not any(one.masked for one in run):
        return
    for _ in range(PASSES):
        covered = [checks.covered(one) for one in run]
        if any(each is None for each in covered):
            return  # that check was not made, and is written down
        texts = [uncovered(one.text, each or []) for one, each in zip(run, covered, strict=True)]
        left = [
            (number, in_original(covered[number] or [], [piece])[0])
            for between in BETWEEN
            for finding in checks.left(between.join(texts), run[0])
            for number, piece in _pieces(texts, between, finding)
        ]
        if not left:
            return
        for number, finding in left:
            run[number].masked.append(finding)
    run[0].skipped.append(ENDLESS)


__all__ = ["Run", "look_together", "wait_together"]
