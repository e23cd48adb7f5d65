"""What rows say by themselves, and what they say together.

`examine` looks at a stretch of consecutive rows and needs nothing else, so
several processes can do it at once. `Walk` puts the stretches together in
order: links between them, tree heads, sums and latest rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import groupby
from operator import add, mul
from typing import Any, NamedTuple

from trimtab._canonical import parse_objects
from trimtab.evidence.merkle import Tree
from trimtab.evidence.records import RECORDS, Observation
from trimtab.evidence.row import GENESIS, context_bytes, day_of, hash_of, score_in
from trimtab.kinds import Checkpoint, Rollup, Row

_Key = tuple[str, str, str, str]  # of a latest entry: system, candidate, metric, kind
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


class _Known(NamedTuple):
    """What is derived once for all rows of a context."""

    hashed: bytes
    scored: bool
    key: _Key


@dataclass(slots=True, kw_only=True)
class Examined:
    """What can be said of consecutive rows by themselves. Plain values, so that other processes can say it."""

    prev: bytes  # the link of the first
    seqs: tuple[int, int]  # the first and the last
    hashes: list[bytes]
    times: list[int]
    problems: list[Problem] = field(default_factory=list)
    latest: dict[_Key, bytes] = field(default_factory=dict)
    scores: list[tuple[_Key, int, list[float], int]] = field(default_factory=list)  # with day and count of missing

    def report(self, seq: int, what: str) -> None:
        """Note a problem, one for each row."""
        if not self.problems or self.problems[-1].seq != seq:
            self.problems.append(Problem(part="row", seq=seq, what=what))


def examine(rows: Sequence[Row], known: Cache) -> Examined:
    """Look at consecutive rows; `known` is a cache that the caller keeps."""
    first, last = rows[0], rows[-1]
    seen = Examined(
        prev=first.prev,
        seqs=(first.seq, last.seq),
        hashes=[row.hash for row in rows],
        times=[row.time for row in rows],
    )
    try:
        payloads: Sequence[dict[str, Any] | None] = parse_objects([row.payload for row in rows])
    except ValueError:
        payloads = [_payload(row) for row in rows]
    contexts: list[_Known | None] = []
    size, prev = first.seq - 1, first.prev
    for row, content in zip(rows, payloads, strict=True):
        seq, time, _, _, _, _, _, _, _, _, _, payload, before, stored = row
        context = known.get(row[2:11]) or _learn(row, known)
        contexts.append(context)
        size += 1
        if seq != size:
            seen.report(seq, _order(seq, size))
            size = seq
        if before != prev:
            seen.report(seq, _LINK)
        prev = stored
        if context is None or hash_of(before, seq, time, context.hashed, payload.encode()) != stored:
            seen.report(seq, "its hash is not that of its contents")
        if content is None:
            seen.report(seq, "its payload is not an object in canonical JSON")
        elif row.kind not in RECORDS:
            seen.report(seq, f"its kind {row.kind!r} is unknown to this version of trimtab")
    _gather(seen, rows, contexts, payloads)
    return seen


def _learn(row: Row, known: Cache) -> _Known | None:
    try:
        hashed = context_bytes(row[2:11])
    except ValueError:
        return None
    key = (row.system, row.candidate, row.metric, row.kind)
    context = known[row[2:11]] = _Known(hashed, row.kind == Observation.kind, key)
    return context


def _payload(row: Row) -> dict[str, Any] | None:
    try:
        return parse_objects([row.payload])[0]
    except ValueError:
        return None


def _gather(
    seen: Examined,
    rows: Sequence[Row],
    contexts: Sequence[_Known | None],
    payloads: Sequence[dict[str, Any] | None],
) -> None:
    """Collect scores and latest rows, a stretch of one context and one time after another."""
    times = seen.times
    start = 0
    for (context, time), stretch in groupby(zip(contexts, times, strict=True)):
        end = start + sum(1 for _ in stretch)
        if context is not None:
            seen.latest[context.key] = rows[end - 1].hash
        if context is not None and context.scored:
            found: list[float | None] = []
            for row, payload in zip(rows[start:end], payloads[start:end], strict=True):
                try:
                    found.append(None if payload is None else score_in(payload))
                except ValueError as error:
                    seen.report(row.seq, f"is {error}")
            values = [value for value in found if value is not None]
            seen.scores.append((context.key, day_of(time), values, len(found) - len(values)))
        start = end


class Walk:
    """Puts together what was seen of stretches of rows. `marks` are sizes at which the tree head is wanted."""

    def __init__(self, marks: Iterable[int] = ()) -> None:
        self.size = 0
        self.time = 0
        self.tree = Tree()
        self.heads: dict[int, Checkpoint] = {}
        self.problems: list[Problem] = []
        self.found = 0
        self.latest: dict[_Key, bytes] = {}
        self._prev = GENESIS
        self._marks = sorted({mark for mark in marks if mark > 0}, reverse=True)
        self._sums: dict[tuple[str, str, str, int], list[Any]] = {}

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
