"""The end of a ledger, where rows are hashed on and checkpoints made, whoever else writes meanwhile."""

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, NamedTuple

from trimtab.errors import LedgerAlteredError, LedgerError, LedgerMovedError
from trimtab.evidence.merkle import Tree
from trimtab.evidence.row import GENESIS, Context, hash_of, rollup_of
from trimtab.kinds import Checkpoint, Row, Store

CHECKPOINT_ROWS = 1000
CHECKPOINT_MICROSECONDS = 5 * 60 * 1_000_000

_CONTENDED = 10  # appends in a row that failed since there were other rows; after the first we have our turn


class New(NamedTuple):
    """A record on its way into the ledger, before it has a place."""

    context: Context
    prefix: bytes
    payload: dict[str, Any]
    text: bytes


class Chain:
    """Adds to a store, each row hashed over the one before.

    Threads may share one; processes have one each and may append at the same time: whoever comes second hashes anew on
    top of the first.
    """

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._tree: Tree | None = None  # over the rows up to our last append; read when first needed
        self._checkpoint_time = 0
        self._checkpoint_size = 0
        self._prev = GENESIS

    def append(self, prepared: Sequence[New], *, durable: bool, onto: int | None) -> Row:
        """Add records as one transaction: all of them, or none.

        Args:
            prepared: At least one.
            durable: Return only when they are on disk, and make a checkpoint.
            onto: The row that they must follow, if any must be.

        Returns:
            The last of the new rows.

        Raises:
            LedgerMovedError: Others have added rows after `onto`; nothing was added.
            LedgerError: Locked, full or read-only; nothing was added.
        """
        with self._lock, ExitStack() as turn:
            for _ in range(_CONTENDED):
                tree = self._caught_up()
                if onto is not None and tree.size != onto:
                    raise LedgerMovedError(self._store.location, onto, tree.size)
                rows = self._hashed(prepared, tree.size)
                sums = [
                    rollup for row, new in zip(rows, prepared, strict=True) if (rollup := rollup_of(row, new.payload))
                ]
                latest = {(row.system, row.candidate, row.metric, row.kind): row for row in rows}
                try:
                    self._store.append(rows, list(latest.values()), sums, durable=durable)
                except LedgerError as error:
                    if self._size_after(error) == tree.size:
                        raise  # nobody was quicker: the error means what it says
                    if not self._has(rows[-1]):
                        turn.close()
                        turn.enter_context(self._store.turn())  # or somebody might be quicker every time
                        continue
                    # Ours: the connection broke after the commit, and before we heard of it.
                try:
                    self._advance(tree, rows, durable=durable)
                except LedgerError:
                    # The rows are in, so this is no failure; the next append makes the checkpoint that is due.
                    self._tree = None
                return rows[-1]
        raise LedgerError(
            self._store.location, "others write so often that it cannot be appended to", "Try again later."
        )

    def checkpoint(self) -> Checkpoint:
        """Make a checkpoint over all rows now, unless there is one.

        Raises:
            LedgerError: The ledger is empty, or cannot be written.
        """
        with self._lock:
            tree = self._caught_up()
            head = self._store.head()
            if head is None:
                raise LedgerError(self._store.location, "is empty", "There is nothing yet to make a checkpoint of.")
            while head.seq != tree.size:
                tree = self._caught_up()
                head = self._store.head() or head
            if tree.size > self._checkpoint_size:
                self._add_checkpoint(tree, head.time)
            return Checkpoint(tree.size, head.time, tree.root(), tree.peaks)

    def _size_after(self, error: LedgerError) -> int:
        """How many rows there are, after an error of appending, which is the one to tell if that cannot be read."""
        try:
            head = self._store.head()
        except LedgerAlteredError:
            raise
        except LedgerError:
            raise error from None
        return head.seq if head else 0

    def _has(self, row: Row) -> bool:
        return next(self._store.read(after=row.seq - 1, upto=row.seq), None) == row

    def _hashed(self, prepared: Sequence[New], size: int) -> list[Row]:
        now, prev, rows = self._clock(), self._prev, []
        for seq, (context, prefix, _, text) in enumerate(prepared, size + 1):
            digest = hash_of(prev, seq, now, prefix, text)
            rows.append(Row(seq, now, *context, text.decode(), prev, digest))
            prev = digest
        return rows

    def _caught_up(self) -> Tree:
        """The tree over everything in the store, from the last checkpoint on."""
        if self._tree is None:
            last = self._store.checkpoints(last=1)
            try:
                self._tree = Tree(last[0].size, last[0].peaks) if last else Tree()
            except (ValueError, TypeError) as error:
                raise LedgerAlteredError(self._store.location, last[0].size, "its checkpoint is damaged") from error
            self._prev = GENESIS
            for row in self._store.read(after=last[0].size - 1, upto=last[0].size) if last else ():
                self._prev = row.hash
                self._checkpoint_size, self._checkpoint_time = last[0].size, last[0].time
        tree = self._tree
        head = self._store.head()
        if (head.seq if head else 0) < tree.size:
            raise LedgerAlteredError(self._store.location, tree.size, "was there, and has been removed")
        if head is not None:
            for row in self._store.read(after=tree.size, upto=head.seq):
                tree.extend([row.hash])
                self._prev = row.hash
        return tree

    def _advance(self, tree: Tree, rows: Sequence[Row], *, durable: bool) -> None:
        """Grow the tree by what was appended, and checkpoint at every full thousand on the way."""
        done = 0
        while done < len(rows):
            step = min(len(rows) - done, CHECKPOINT_ROWS - tree.size % CHECKPOINT_ROWS)
            tree.extend([row.hash for row in rows[done : done + step]])
            done += step
            self._prev = rows[done - 1].hash
            if tree.size % CHECKPOINT_ROWS == 0:
                self._add_checkpoint(tree, rows[done - 1].time)
        now = rows[-1].time
        self._checkpoint_time = self._checkpoint_time or rows[0].time
        due = durable or now - self._checkpoint_time >= CHECKPOINT_MICROSECONDS
        if due and tree.size > self._checkpoint_size:
            self._add_checkpoint(tree, now)

    def _add_checkpoint(self, tree: Tree, at: int) -> None:
        self._store.add_checkpoint(Checkpoint(tree.size, at, tree.root(), tree.peaks))
        self._checkpoint_size, self._checkpoint_time = tree.size, at
