"""The ledger: what was seen, in order, each row hashed over the one before."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import orjson

from trimtab._canonical import canonical
from trimtab.errors import LedgerAlteredError, LedgerError
from trimtab.evidence.checkpoint import Head
from trimtab.evidence.merkle import Tree, consistency_proof, inclusion_proof
from trimtab.evidence.records import (
    Decided,
    Observation,
    Record,
    RunFinished,
    RunStarted,
    Subject,
    metric_of,
    record_from,
)
from trimtab.evidence.row import GENESIS, Context, context_bytes, hash_of, rollup_of, score_in
from trimtab.evidence.sharing import Reopen
from trimtab.evidence.verify import Progress, Verification, verify_store
from trimtab.kinds import Checkpoint, Rollup, Row, Store, plugins

CHECKPOINT_ROWS = 1000
CHECKPOINT_MICROSECONDS = 5 * 60 * 1_000_000
SCORE_LIMIT = 1e140  # sums of squares stay finite below it, whatever the number of rows

_CONTENDED = 1000  # appends in a row that others were quicker with


def microseconds() -> int:
    """The wall clock, in microseconds since the Unix epoch, UTC."""
    return time.time_ns() // 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One run at a glance. Empty text and 0 mean "not yet"."""

    run: str
    system: str
    policy: str  # digest
    started: int  # microseconds since the epoch, UTC
    finished: int
    outcome: str  # of its `RunFinished`
    verdict: str  # of its last decision


class _New(NamedTuple):
    """A record on its way into the ledger, before it has a place."""

    context: Context
    prefix: bytes
    payload: dict[str, Any]
    text: bytes


class Ledger:
    """A store with hashing on top; open it with `Ledger.open` and close it, or use `with`.

    Threads may share one; processes open one each and may append at the same
    time: whoever comes second hashes anew on top of the first.
    """

    def __init__(self, store: Store, *, clock: Callable[[], int] = microseconds, reopen: Reopen | None = None) -> None:
        self._store = store
        self._reopen = reopen
        self._clock = clock
        self._lock = threading.Lock()
        self._prefixes: dict[Context, bytes] = {}
        self._tree: Tree | None = None  # over the rows up to our last append; read when first needed
        self._checkpoint_time = 0
        self._checkpoint_size = 0
        self._prev = GENESIS

    @classmethod
    def open(cls, location: str | Path, *, create: bool = True, clock: Callable[[], int] = microseconds) -> Self:
        """Open a ledger: a path or `sqlite://` and a path; another scheme names another store plugin.

        Raises:
            LedgerError: It cannot be opened, or is not a ledger.
            PluginError: No store of that name is installed.
        """
        scheme, separator, _ = str(location).partition("://")
        name = scheme if separator else "sqlite"
        store = plugins.make("stores", name, location=str(location), create=create)
        # The class itself, so that another process need not look through all that is installed to find it.
        reopen = partial(plugins.find("stores", name), location=str(location), create=False)
        return cls(store, clock=clock, reopen=reopen)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store; safe to call twice."""
        self._store.close()

    @property
    def location(self) -> str:
        """Where it is."""
        return self._store.location

    # -- writing ---------------------------------------------------------------

    def append(
        self,
        records: Sequence[Record],
        *,
        subject: Subject,
        run: str,
        maker: str,
        policy: str,
        seed: int = 0,
        durable: bool = False,
    ) -> Row:
        """Add records as one transaction: all of them, or none.

        Args:
            records: At least one.
            subject: Whom they are about.
            run: Id of the run they belong to, or empty.
            maker: Plugin and version that made them, e.g. `exact-match/1`.
            policy: Digest of the policy in force.
            seed: Of the generator behind them; within ±(2**53 - 1).
            durable: Return only when they are on disk, and make a checkpoint. For decisions.

        Returns:
            The last of the new rows.

        Raises:
            ValueError: There are no records, or one has no canonical form.
            LedgerError: Locked, full or read-only; nothing was added.
        """
        if not records:
            raise ValueError("nothing to append")
        # What needs no place in the chain is done outside the lock.
        prepared = [self._prepare(record, subject, (maker, policy, seed), run) for record in records]
        with self._lock:
            for _ in range(_CONTENDED):
                tree = self._caught_up()
                rows = self._chain(prepared, tree.size)
                sums = [
                    rollup for row, new in zip(rows, prepared, strict=True) if (rollup := rollup_of(row, new.payload))
                ]
                latest = {(row.system, row.candidate, row.metric, row.kind): row for row in rows}
                try:
                    self._store.append(rows, list(latest.values()), sums, durable=durable)
                except LedgerError:
                    head = self._store.head()
                    if (head.seq if head else 0) == tree.size:
                        raise  # nobody was quicker: the error means what it says
                    continue
                try:
                    self._advance(tree, rows, durable=durable)
                except LedgerError:
                    # The rows are in, so this is no failure; the next append makes the checkpoint that is due.
                    self._tree = None
                return rows[-1]
        raise LedgerError(self.location, "others write so often that it cannot be appended to", "Try again later.")

    def checkpoint(self) -> Checkpoint:
        """Make a checkpoint over all rows now, unless there is one.

        Raises:
            LedgerError: The ledger is empty, or cannot be written.
        """
        with self._lock:
            tree = self._caught_up()
            head = self._store.head()
            if head is None:
                raise LedgerError(self.location, "is empty", "There is nothing yet to make a checkpoint of.")
            while head.seq != tree.size:
                tree = self._caught_up()
                head = self._store.head() or head
            if tree.size > self._checkpoint_size:
                self._add_checkpoint(tree, head.time)
            return Checkpoint(tree.size, head.time, tree.root(), tree.peaks)

    def _prepare(self, record: Record, subject: Subject, by: tuple[str, str, int], run: str) -> _New:
        context = Context(record.kind, run, subject.system, subject.candidate, subject.artefact, metric_of(record), *by)
        payload = record.payload()
        if record.kind == Observation.kind:
            score = score_in(payload)
            if score is not None and not -SCORE_LIMIT <= score <= SCORE_LIMIT:
                raise ValueError(f"a score beyond ±{SCORE_LIMIT:g}")
        return _New(context, self._prefix(context), payload, canonical(payload))

    def _prefix(self, context: Context) -> bytes:
        found = self._prefixes.get(context)
        if found is None:
            found = self._prefixes[context] = context_bytes(context)
        return found

    def _chain(self, prepared: Sequence[_New], size: int) -> list[Row]:
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
                raise LedgerAlteredError(self.location, last[0].size, "its checkpoint is damaged") from error
            self._prev = GENESIS
            for row in self._store.read(after=last[0].size - 1, upto=last[0].size) if last else ():
                self._prev = row.hash
                self._checkpoint_size, self._checkpoint_time = last[0].size, last[0].time
        tree = self._tree
        head = self._store.head()
        if (head.seq if head else 0) < tree.size:
            raise LedgerAlteredError(self.location, tree.size, "was there, and has been removed")
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

    # -- reading ---------------------------------------------------------------

    def head(self) -> Row | None:
        """The last row."""
        return self._store.head()

    def rows(self, *, after: int = 0, upto: int | None = None, run: str = "", kind: str = "") -> Iterator[Row]:
        """Rows with `after` < seq <= `upto`, in order, streamed; those of a run or kind if one is given."""
        return self._store.read(after=after, upto=upto, run=run, kind=kind)

    def records(self, *, after: int = 0, run: str = "", kind: str = "") -> Iterator[tuple[Row, Record]]:
        """Rows after `after` with the records they hold. Each row's hash is checked as it is read.

        Raises:
            LedgerAlteredError: A row is not what was hashed, or holds no record.
        """
        for row in self._store.read(after=after, run=run, kind=kind):
            yield row, self._checked(row)

    def before(self, time: int) -> int:
        """The number of the last row that was added before a time in microseconds; 0 for none. Found by seek.

        Rows are taken to be in the order of their times, which they are as far as no clock was put back.

        Raises:
            LedgerAlteredError: A row is missing.
        """
        head = self._store.head()
        low, high = 0, head.seq if head else 0
        while low < high:
            middle = (low + high + 1) // 2
            row = next(self._store.read(after=middle - 1, upto=middle), None)
            if row is None:
                raise LedgerAlteredError(self.location, middle, "is gone")
            low, high = (middle, high) if row.time < time else (low, middle - 1)
        return low

    def latest(self, *, system: str = "", candidate: str = "", metric: str = "") -> list[Row]:
        """The last row of each (system, candidate, metric, kind), oldest first."""
        return self._store.latest(system=system, candidate=candidate, metric=metric)

    def rollups(self, *, system: str = "", candidate: str = "", metric: str = "") -> list[Rollup]:
        """Sums by day."""
        return self._store.rollups(system=system, candidate=candidate, metric=metric)

    def checkpoints(self) -> list[Checkpoint]:
        """All checkpoints, by size."""
        return self._store.checkpoints()

    def runs(self) -> list[RunSummary]:
        """All runs, newest first. Observations are not read."""
        finished = {row.run: row for row in self._store.read(kind=RunFinished.kind)}
        decided = {row.run: row for row in self._store.read(kind=Decided.kind)}
        runs = [self._summary(row, finished.get(row.run), decided.get(row.run)) for row in self._started()]
        return runs[::-1]

    def _started(self) -> Iterator[Row]:
        seen: set[str] = set()  # a run that was resumed has begun more than once; the first counts
        for row in self._store.read(kind=RunStarted.kind):
            if row.run not in seen:
                seen.add(row.run)
                yield row

    def _summary(self, started: Row, finished: Row | None, decided: Row | None) -> RunSummary:
        return RunSummary(
            run=started.run,
            system=started.system,
            policy=started.policy,
            started=started.time,
            finished=finished.time if finished else 0,
            outcome=self._field(finished, "outcome"),
            verdict=self._field(decided, "verdict"),
        )

    def _field(self, row: Row | None, name: str) -> str:
        if row is None:
            return ""
        self._checked(row)
        return str(orjson.loads(row.payload).get(name, ""))

    def _checked(self, row: Row) -> Record:
        try:
            context = self._prefix(Context(*row[2:11]))
            good = hash_of(row.prev, row.seq, row.time, context, row.payload.encode()) == row.hash
            record = record_from(row)
        except ValueError as error:
            raise LedgerAlteredError(self.location, row.seq, str(error)) from error
        if not good:
            raise LedgerAlteredError(self.location, row.seq, "its hash is not that of its contents")
        return record

    # -- proof -----------------------------------------------------------------

    def verify(
        self, progress: Progress | None = None, *, expect: Sequence[Head] = (), jobs: int | None = None
    ) -> Verification:
        """Derive everything again and compare.

        Args:
            progress: Called now and then with rows done and rows in all.
            expect: Heads kept elsewhere, which must be among its own.
            jobs: How many processes share the work of a large ledger; left out, as many as there
                are cores, up to eight.

        Raises:
            LedgerError: It cannot be read; nothing is known about it.
        """
        return verify_store(self._store, expect=expect, progress=progress, reopen=self._reopen, jobs=jobs)

    def prove_inclusion(self, seq: int, size: int) -> list[bytes]:
        """That row `seq` is among the first `size`; `merkle.verify_inclusion(row.hash, seq - 1, size, ...)` checks it.

        Raises:
            ValueError: There is no such row, or not so many.
        """
        return inclusion_proof((row.hash for row in self._store.read(upto=size)), seq - 1, size)

    def prove_consistency(self, old: int, new: int) -> list[bytes]:
        """That the first `new` rows begin with what were the first `old`; `merkle.verify_consistency` checks it.

        Raises:
            ValueError: Not 0 < `old` <= `new`, or there are not so many rows.
        """
        return consistency_proof((row.hash for row in self._store.read(upto=new)), old, new)
