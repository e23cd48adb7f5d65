"""Derives everything again from what reading returns, and says where it differs.

Shown: no row was changed, removed between others, put in or reordered since
it was hashed; checkpoints, latest entries and roll-ups follow from the rows.
Not shown: that everything was recorded, that what was recorded is true, and
that nothing is missing after the last row that is known from elsewhere
(`expect`). Somebody who can write the file can hash all of it anew; only a
head kept elsewhere finds that.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from trimtab.errors import LedgerAlteredError, LedgerError
from trimtab.evidence.alone import Alone
from trimtab.evidence.checkpoint import Head
from trimtab.evidence.row import row_hash
from trimtab.evidence.sharing import Reopen, Together
from trimtab.evidence.walk import UNKNOWN_TIME, Key, Problem, Walk
from trimtab.kinds import Checkpoint, Rollup, Row, Store

Progress = Callable[[int, int], None]  # rows done, rows in all

_WORTH_SHARING = 50_000  # below this, starting processes takes longer than it saves
_MOST = 8  # processes, unless more are asked for
_QUIET_MOMENTS = 200
_NO_END = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What verifying found. `head` is the tree head over the rows as read."""

    location: str
    rows: int
    head: Checkpoint
    checkpoints: int  # that were compared
    problems: tuple[Problem, ...]  # the first few, in the order of the ledger
    found: int  # how many there were in all
    last: bytes = b""  # hash of the last row

    @property
    def ok(self) -> bool:
        """Whether everything agrees."""
        return not self.found

    def raise_if_bad(self) -> None:
        """Raise the first problem.

        Raises:
            LedgerAlteredError: There is one.
        """
        if self.found:
            first = self.problems[0]
            where = "" if first.part == "row" else f"{first.part}: "
            raise LedgerAlteredError(self.location, first.seq, f"{where}{first.what}")


def verify_store(
    store: Store,
    *,
    expect: Sequence[Head] = (),
    progress: Progress | None = None,
    reopen: Reopen | None = None,
    jobs: int | None = None,
) -> Verification:
    """Verify a ledger, also while somebody appends to it.

    Args:
        store: Where it is.
        expect: Heads kept elsewhere, which must be among its own.
        progress: Called now and then with rows done and rows in all.
        reopen: Opens the store again, in another process.
        jobs: How many processes share the work when there is much of it, if `reopen` is given;
            left out, as many as there are cores, up to eight.

    Raises:
        LedgerError: It cannot be read; nothing is known about it.
    """
    checkpoints: list[Checkpoint] = []
    walk = Walk()
    try:
        # Checkpoints before rows: none of them can then speak of rows that came later.
        checkpoints = store.checkpoints()
        walk = Walk([*(point.size for point in checkpoints), *(head.size for head in expect)])
        total = _end(store, walk)
        with _examiner(store, reopen, jobs, total) as examiner:
            checked = examiner.check()
            _follow(store, walk, examiner, progress)
            for what in checked():
                walk.report("file", 0, what)
        compare_checkpoints(walk, checkpoints)
        compare_heads(walk, "head", expect)
    except LedgerAlteredError as error:
        walk.report("row" if error.seq else "file", error.seq, error.detail)
    return conclude(walk, store.location, len(checkpoints))


def conclude(walk: Walk, location: str, checkpoints: int) -> Verification:
    """What a walk found."""
    return Verification(
        location=location,
        rows=walk.tree.size,
        head=Checkpoint(walk.tree.size, walk.time, walk.tree.root(), walk.tree.peaks),
        checkpoints=checkpoints,
        problems=tuple(walk.problems),
        found=walk.found,
        last=walk.last,
    )


def verify_on(store: Store, before: Verification) -> Verification:
    """Verify what was added since a verification that found nothing wrong: rows, their links, checkpoints of them.

    Rows before, latest entries and roll-ups are left to `verify_store`, which costs what there is and not what is new.

    Raises:
        LedgerError: It cannot be read; nothing is known about it.
    """
    points: list[Checkpoint] = []
    walk = Walk.resumed(before.head, before.last)
    try:
        head = store.head()
        upto = head.seq if head else 0
        if upto < before.rows:
            walk.report("row", before.rows, "was there, and has been removed")
        points = [one for one in store.checkpoints(last=max(upto - before.rows, 1)) if before.rows < one.size <= upto]
        walk = Walk.resumed(before.head, before.last, [one.size for one in points]) if not walk.found else walk
        for seen in Alone(store).stretches(before.rows, upto):
            walk.take(seen)
        if walk.size < upto:
            walk.report("row", upto, "could not be read, though it is the last")
        compare_checkpoints(walk, points)
    except LedgerAlteredError as error:
        walk.report("row" if error.seq else "file", error.seq, error.detail)
    return conclude(walk, store.location, before.checkpoints + len(points))


def compare_heads(walk: Walk, part: str, expected: Iterable[Head]) -> None:
    """Report heads that the rows do not have."""
    for size, root in expected:
        if size < 1:
            walk.report(part, 0, f"speaks of {size} rows")
        elif size > walk.tree.size:
            walk.report(
                part, size, f"speaks of {size} rows, but there are {walk.tree.size}: rows were removed at the end"
            )
        elif walk.heads[size].root != root:
            walk.report(part, size, f"the first {size} rows are not those that it was made of")


def compare_checkpoints(walk: Walk, checkpoints: Sequence[Checkpoint]) -> None:
    """Report checkpoints that do not follow from the rows. A time is known only of rows that were read in full."""
    compare_heads(walk, "checkpoint", (Head(point.size, point.root) for point in checkpoints))
    for point in checkpoints:
        own = walk.heads.get(point.size)
        if own is None or own.root != point.root:
            continue
        if own.peaks != point.peaks or (UNKNOWN_TIME not in (own.time, point.time) and own.time != point.time):
            walk.report("checkpoint", point.size, "its time or its peaks are not those of its rows")


def _follow(store: Store, walk: Walk, examiner: Alone | Together, progress: Progress | None) -> None:
    """Read to the end, then compare `latest` and roll-ups at a moment when nothing was appended."""
    for _ in range(_QUIET_MOMENTS):
        total = _end(store, walk)
        for seen in examiner.stretches(walk.size, total):
            walk.take(seen)
            if progress:
                progress(walk.size, total)
        if walk.size < total:
            walk.report("row", total, "could not be read, though it is the last")
        latest, rollups = store.latest(), store.rollups()
        if _end(store, walk) == total:
            _compare_latest(walk, latest)
            _compare_rollups(walk, rollups)
            return
    raise LedgerError(store.location, "is written to without a pause", "Verify when it is quieter, or verify a copy.")


def _end(store: Store, walk: Walk) -> int:
    """How many rows there are, by the last one's number. If that cannot be read, neither may be one before it."""
    try:
        head = store.head()
    except LedgerAlteredError:
        for seen in Alone(store).stretches(walk.size, _NO_END):
            walk.take(seen)
        raise
    return head.seq if head else 0


def _compare_latest(walk: Walk, found: Sequence[Row]) -> None:
    left = dict(walk.latest)
    for row in found:
        expected = left.pop(Key(row.system, row.candidate, row.metric, row.kind), None)
        if expected != row.hash or row_hash(row) != row.hash:
            walk.report("latest", row.seq, f"is not the latest {row.kind} of its subject")
    for system, candidate, metric, kind in left:
        walk.report("latest", 0, f"the {kind} of {'/'.join(filter(None, (system, candidate, metric)))} is missing")


def _compare_rollups(walk: Walk, found: Sequence[Rollup]) -> None:
    left = {rollup[:4]: rollup for rollup in walk.rollups()}
    for rollup in found:
        expected = left.pop(rollup[:4], None)
        # As text, since 0.0 == -0.0.
        if repr(expected) != repr(rollup):
            walk.report("roll-up", 0, f"{_named(rollup)} is not the sum of its rows")
    for rollup in left.values():
        walk.report("roll-up", 0, f"{_named(rollup)} is missing")


def _named(rollup: Rollup) -> str:
    return f"{rollup.system}/{rollup.candidate}/{rollup.metric} on day {rollup.day}"


def _cores() -> int:
    """How many we may use, which in a container can be fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _examiner(
    store: Store, reopen: Reopen | None, jobs: int | None, total: int
) -> "AbstractContextManager[Alone | Together]":
    if reopen is None or total < _WORTH_SHARING:
        return nullcontext(Alone(store))
    helpers = (min(_cores(), _MOST) if jobs is None else jobs) - 1
    return Together(store, reopen, helpers) if helpers > 0 else nullcontext(Alone(store))
