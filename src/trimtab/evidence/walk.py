"""What rows say by themselves, and what they say together.

`examine` looks at a stretch of consecutive rows and needs nothing else, so
several processes can do it at once. `Walk` puts the stretches together in
order: links between them, tree heads, sums and latest rows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import chain, groupby
from operator import add, mul
from typing import Any, NamedTuple, Self

from trimtab._canonical import parse_objects
from trimtab.evidence.merkle import Tree
from trimtab.evidence.row import (
    GENESIS,
    KINDS,
    OBSERVATION,
    Context,
    context_bytes,
    day_of,
    hashes_of,
    score_in,
)
from trimtab.evidence.usual import usual_scores
from trimtab.kinds import Checkpoint, Rollup, Stretch

Cache = dict[tuple[Any, ...], "_Known"]  # what `examine` remembers from one stretch to the next

_LINK = "its link to the row before does not match: rows were changed or exchanged"
UNKNOWN_TIME = -(2**63)  # of a row of which only the hash is known

_LISTED = 50  # problems kept in full; the others are only counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that does not follow from the rows. `seq` is 0 when it is about no single row."""

    part: str  # "row", "checkpoint", "latest", "roll-up", "head", "file"
    seq: int
    what: str

    def __str__(self) -> str:
        return f"{self.part} {self.seq}: {self.what}" if self.seq else f"{self.part}: {self.what}"


class Key(NamedTuple):
    """Of a latest entry."""

    system: str
    candidate: str
    metric: str
    kind: str


class _Known(NamedTuple):
    """What is derived once for all rows of a context."""

    text: str  # its part of what is hashed
    key: Key


@dataclass(slots=True, kw_only=True)
class Examined:
    """What can be said of consecutive rows by themselves. Plain values, so that other processes can say it."""

    prev: bytes  # the link of the first
    seqs: tuple[int, int]  # the first and the last
    hashes: Sequence[bytes]
    times: Sequence[int]
    problems: list[Problem] = field(default_factory=list)
    latest: dict[Key, bytes] = field(default_factory=dict)
    scores: list[tuple[Key, int, list[float], int]] = field(default_factory=list)  # with day and count of missing

    def report(self, seq: int, what: str) -> None:
        """Note a problem, one for each row."""
        if not self.problems or self.problems[-1].seq != seq:
            self.problems.append(Problem(part="row", seq=seq, what=what))


def examine(rows: Stretch, known: Cache) -> Examined:
    """Look at consecutive rows; `known` is a cache that the caller keeps.

    Whole columns are compared at once. Only where they differ is it looked
    for row by row which row it is.
    """
    seqs, times, contexts, payloads, prevs, hashes = rows
    size = len(seqs)
    seen = Examined(prev=prevs[0], seqs=(seqs[0], seqs[-1]), hashes=hashes, times=times)
    scores = usual_scores(payloads)
    contents = _contents(payloads) if scores is None else ()
    whose = [*map(id, contexts)]  # rows that share a context should share the tuple, so that there are few
    learnt = {number: _learn(fields, known) for number, fields in dict(zip(whose, contexts, strict=True)).items()}
    texts = {number: one.text if one else "" for number, one in learnt.items()}
    derived: list[bytes | None] = [*hashes_of(prevs, seqs, times, [texts[number] for number in whose], payloads)]
    if None in learnt.values():
        derived = [digest if learnt[number] else None for number, digest in zip(whose, derived, strict=True)]
    if (
        derived != list(hashes)
        or list(prevs[1:]) != list(hashes[:-1])
        or list(seqs) != list(range(seqs[0], seqs[0] + size))
        or None in contents
        or not all(one and one.key.kind in KINDS for one in learnt.values())
    ):
        _complain(seen, rows, derived, contents or _contents(payloads))
    places = _places(whose, learnt)
    if scores is None:
        scored = sorted(chain.from_iterable(found for key, found in places.items() if key.kind == OBSERVATION))
        scores = _scores(seen, seqs, contents, scored)
    for key, found in places.items():
        seen.latest[key] = hashes[found[-1]]
        if key.kind == OBSERVATION:
            _gather(seen, key, _at(times, found), _at(scores, found))
    return seen


def _contents(payloads: Sequence[str]) -> Sequence[dict[str, Any] | None]:
    try:
        return parse_objects(payloads)
    except ValueError:
        return [_content(payload) for payload in payloads]


def _content(payload: str) -> dict[str, Any] | None:
    try:
        return parse_objects([payload])[0]
    except ValueError:
        return None


def _learn(fields: tuple[Any, ...], known: Cache) -> _Known | None:
    """What is known of a context; None if it has no form that can be hashed."""
    found = known.get(fields)
    if found:
        return found
    try:
        text = context_bytes(fields).decode()
    except ValueError:
        return None
    context = Context(*fields)
    known[fields] = learnt = _Known(text, Key(context.system, context.candidate, context.metric, context.kind))
    return learnt


def _places(whose: Sequence[int], learnt: Mapping[int, _Known | None]) -> dict[Key, Sequence[int]]:
    """Which rows are of which subject, each in order."""
    if len(learnt) == 1:
        return {one.key: range(len(whose)) for one in learnt.values() if one}
    # By subject, not by context: its scores are summed in the order of the rows, whatever run they are of.
    places: dict[Key, list[int]] = {}
    for place, number in enumerate(whose):
        if one := learnt[number]:
            places.setdefault(one.key, []).append(place)
    return dict(places)


def _at(column: Sequence[Any], places: Sequence[int]) -> Sequence[Any]:
    """Some values of a column."""
    return column if len(places) == len(column) else [column[place] for place in places]


def _complain(
    seen: Examined, rows: Stretch, derived: Sequence[bytes | None], contents: Sequence[dict[str, Any] | None]
) -> None:
    """Say which rows are wrong, and in what."""
    expected, link = rows.seqs[0], rows.prevs[0]
    for seq, fields, prev, stored, ought, content in zip(
        rows.seqs, rows.contexts, rows.prevs, rows.hashes, derived, contents, strict=True
    ):
        if seq != expected:
            seen.report(seq, _order(seq, expected))
        if prev != link:
            seen.report(seq, _LINK)
        if ought != stored:
            seen.report(seq, "its hash is not that of its contents")
        if content is None:
            seen.report(seq, "its payload is not an object in canonical JSON")
        elif fields[0] not in KINDS:
            seen.report(seq, f"its kind {fields[0]!r} is unknown to this version of trimtab")
        expected, link = seq + 1, stored


def _scores(
    seen: Examined, seqs: Sequence[int], contents: Sequence[dict[str, Any] | None], places: Sequence[int]
) -> list[float | None]:
    """The scores at some places, those of observations; one that cannot be read is a problem, and counts as missing."""
    scores: list[float | None] = [None] * len(seqs)
    for place in places:
        content = contents[place]
        if content is not None:
            try:
                scores[place] = score_in(content)
            except ValueError as error:
                seen.report(seqs[place], f"is {error}")
    return scores


def _gather(seen: Examined, key: Key, times: Sequence[int], scores: Sequence[float | None]) -> None:
    """Collect the scores of one subject, by day."""
    if day_of(min(times)) != day_of(max(times)):
        start = 0
        for _, day in groupby(times, day_of):
            end = start + sum(1 for _ in day)
            _gather(seen, key, times[start:end], scores[start:end])
            start = end
        return
    values = [score for score in scores if score is not None]
    seen.scores.append((key, day_of(times[0]), values, len(scores) - len(values)))


class Walk:
    """Puts together what was seen of stretches of rows. `marks` are sizes at which the tree head is wanted."""

    def __init__(self, marks: Iterable[int] = ()) -> None:
        self.size = 0
        self.time = 0
        self.tree = Tree()
        self.heads: dict[int, Checkpoint] = {}
        self.problems: list[Problem] = []
        self.found = 0
        self.latest: dict[Key, bytes] = {}
        self._prev = GENESIS
        self._marks = sorted({mark for mark in marks if mark > 0}, reverse=True)
        self._sums: dict[tuple[str, str, str, int], list[Any]] = {}

    @classmethod
    def resumed(cls, head: Checkpoint, last: bytes, marks: Iterable[int] = ()) -> Self:
        """Go on after rows that were walked before, of which the head and the hash of the last row are known."""
        made = cls(marks)
        made.size, made.time, made.tree = head.size, head.time, Tree(head.size, head.peaks)
        made._prev = last if head.size else GENESIS
        return made

    @property
    def last(self) -> bytes:
        """The hash of the last row."""
        return self._prev

    def report(self, part: str, seq: int, what: str) -> None:
        """Note a problem."""
        self._note(Problem(part=part, seq=seq, what=what))

    def _note(self, problem: Problem) -> None:
        self.found += 1
        if len(self.problems) < _LISTED:
            self.problems.append(problem)

    def take(self, seen: Examined) -> None:
        """Go on with the next rows."""
        first, last = seen.seqs
        between = ""
        if first != self.size + 1:
            between = _order(first, self.size + 1)
        elif seen.prev != self._prev:
            between = _LINK
        if between:
            self.report("row", first, between)
        for problem in seen.problems:
            if not (between and problem.seq == first):  # one for each row
                self._note(problem)
        self.latest.update(seen.latest)
        for (system, candidate, metric, _), day, values, missing in seen.scores:
            sums = self._sums.setdefault((system, candidate, metric, day), [0, 0.0, 0.0, 0])
            sums[0] += len(values)
            # One by one and in order, as they were added; `sum` compensates on some versions of Python.
            sums[1] = reduce(add, values, sums[1])
            sums[2] = reduce(add, map(mul, values, values), sums[2])
            sums[3] += missing
        self._grow(seen.hashes, seen.times)
        self.size, self._prev = last, seen.hashes[-1]

    def skip(self, hashes: Sequence[bytes]) -> None:
        """Go past rows of which only the hashes are known."""
        self._grow(hashes, [])
        self.size += len(hashes)
        self._prev = hashes[-1]

    def rollups(self) -> Iterator[Rollup]:
        """The sums over the rows so far."""
        for key, sums in self._sums.items():
            yield Rollup(*key, *sums)

    def _grow(self, hashes: Sequence[bytes], times: Sequence[int]) -> None:
        start = self.tree.size
        done = 0
        while self._marks and self._marks[-1] <= start + len(hashes):
            mark = self._marks.pop() - start
            self.tree.extend(hashes[done:mark])
            done = mark
            time = times[mark - 1] if times else UNKNOWN_TIME
            self.heads[start + mark] = Checkpoint(start + mark, time, self.tree.root(), self.tree.peaks)
        self.tree.extend(hashes[done:])
        self.time = times[-1] if times else self.time


def _order(seq: int, expected: int) -> str:
    if seq < expected:
        return f"stands where row {expected} belongs"
    if seq == expected + 1:
        return f"row {expected} before it is missing"
    return f"rows {expected} to {seq - 1} before it are missing"
