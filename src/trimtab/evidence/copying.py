"""Copies a ledger from one store to another, row by row as it was hashed: the same chain in another place."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson

from trimtab.errors import LedgerError
from trimtab.evidence.row import rollup_of
from trimtab.evidence.verify import Progress, verify_store
from trimtab.kinds import Row, Store

_BATCH = 1000  # rows in one transaction
_BATCH_CHARACTERS = 8_000_000  # of payloads, or a few long ones would take the memory of many


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What was copied: `before` rows were there already, `rows` are there now."""

    before: int
    rows: int
    checkpoints: int


def copy_store(source: Store, target: Store, *, progress: Progress | None = None) -> Copied:
    """Verify `source`, add to `target` what it has more, up to its present end, and verify `target`.

    What follows from the rows, latest entries and roll-ups, is made anew. A copy that was interrupted goes on where it
    was. What is added to the source meanwhile waits for the next copy.

    Raises:
        LedgerAlteredError: The source does not verify, and nothing was copied; or the target does not.
        LedgerError: The target is not a beginning of the source, or cannot be written.
    """
    last, end = target.head(), source.head()
    before, total = last.seq if last else 0, end.seq if end else 0
    if last is not None and next(source.read(after=before - 1, upto=before), None) != last:
        raise LedgerError(
            target.location,
            f"holds {before:,} rows, and they are not those that {source.location} begins with",
            "Copy to an empty ledger, or to an earlier copy of the same.",
        )
    verify_store(source, progress=progress).raise_if_bad()
    for rows in _batches(source.read(after=before, upto=total)):
        latest = {(row.system, row.candidate, row.metric, row.kind): row for row in rows}
        sums = [found for row in rows if (found := rollup_of(row, orjson.loads(row.payload))) is not None]
        target.append(rows, list(latest.values()), sums, durable=rows[-1].seq == total)
        if progress:
            progress(rows[-1].seq, total)
    points = [point for point in source.checkpoints() if point.size <= total]
    known = set(target.checkpoints())
    for point in points:
        if point not in known:
            target.add_checkpoint(point)
    if clash := next(iter(set(points).difference(target.checkpoints())), None):
        raise LedgerError(target.location, f"has another checkpoint of {clash.size:,} rows", "Copy to an empty ledger.")
    verify_store(target, progress=progress).raise_if_bad()
    return Copied(before=before, rows=total, checkpoints=len(points))


def _batches(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    batch: list[Row] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += len(row.payload)
        if len(batch) == _BATCH or size > _BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
