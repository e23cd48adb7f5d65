"""The ledger: what was seen, in order, each row hashed over the one before."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

from trimtab._canonical import canonical
from trimtab.errors import LedgerAlteredError
from trimtab.evidence.chain import Chain, New
from trimtab.evidence.checkpoint import Head
from trimtab.evidence.copying import Copied, copy_store
from trimtab.evidence.merkle import consistency_proof, inclusion_proof
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
from trimtab.evidence.row import Context, context_bytes, hash_of, score_in
from trimtab.evidence.sharing import Reopen
from trimtab.evidence.verify import Progress, Verification, verify_on, verify_store
from trimtab.kinds import Checkpoint, Rollup, Row, Shared, Store, plugins

SCORE_LIMIT = 1e140  # sums of squares stay finite below it, whatever the number of rows


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


class Ledger:
    """A store with hashing on top; open it with `Ledger.open` and close it, or use `with`.

    Threads may share one; processes open one each and may append at the same
    time: whoever comes second hashes anew on top of the first.
    """

    def __init__(self, store: Store, *, clock: Callable[[], int] = microseconds, reopen: Reopen | None = None) -> None:
        self._store = store
        self._reopen = reopen
        self._clock = clock
        self._chain = Chain(store, clock)
        self._prefixes: dict[Context, bytes] = {}

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

    def now(self) -> int:
        """The moment by this ledger's clock, microseconds since the Unix epoch, UTC: what its rows are stamped with."""
        return self._clock()

    def hold(self, what: str) -> AbstractContextManager[None] | None:
        """Keep everybody else from doing `what` on this ledger, if its store is shared by several machines; else None.

        Raises:
            LedgerError: On entering: somebody else holds it.
        """
        return self._store.hold(what) if isinstance(self._store, Shared) else None

    # -- writing ---------------------------------------------------------------

    def append(
        self,
        records: Sequence[Record],
        *,
        subject: Subject | Sequence[Subject],
        run: str,
        maker: str,
        policy: str,
        seed: int = 0,
        durable: bool = False,
        onto: int | None = None,
    ) -> Row:
        """Add records as one transaction: all of them, or none.

        Args:
            records: At least one.
            subject: Whom they are about; one for all, or one for each.
            run: Id of the run they belong to, or empty.
            maker: Plugin and version that made them, e.g. `exact-match/1`.
            policy: Digest of the policy in force.
            seed: Of the generator behind them; within ±(2**53 - 1).
            durable: Return only when they are on disk, and make a checkpoint. For decisions.
            onto: The row that they must follow, since they were judged by what stood up to there.

        Returns:
            The last of the new rows.

        Raises:
            ValueError: There are no records, or one has no canonical form.
            LedgerMovedError: Others have added rows after `onto`; nothing was added.
            LedgerError: Locked, full or read-only; nothing was added.
        """
        if not records:
            raise ValueError("nothing to append")
        subjects = [subject] * len(records) if isinstance(subject, Subject) else subject
        # What needs no place in the chain is done outside its lock.
        prepared = [
            self._prepare(record, one, (maker, policy, seed), run)
            for record, one in zip(records, subjects, strict=True)
        ]
        return self._chain.append(prepared, durable=durable, onto=onto)

    def checkpoint(self) -> Checkpoint:
        """Make a checkpoint over all rows now, unless there is one.

        Raises:
            LedgerError: The ledger is empty, or cannot be written.
        """
        return self._chain.checkpoint()

    def copy_into(self, target: "Ledger", progress: Progress | None = None) -> Copied:
        """Add to another ledger what this one has more, hashes and checkpoints as they are; verify both.

        Args:
            target: Empty, or an earlier copy of this one.
            progress: Called now and then with rows done and rows in all, of each of the three steps.

        Raises:
            LedgerAlteredError: This one, or the copy, does not verify.
            LedgerError: The target is not a beginning of this one, or cannot be written.
        """
        return copy_store(self._store, target._store, progress=progress)  # noqa: SLF001  # of our own class

    def _prepare(self, record: Record, subject: Subject, by: tuple[str, str, int], run: str) -> New:
        context = Context(record.kind, run, subject.system, subject.candidate, subject.artefact, metric_of(record), *by)
        payload = record.payload()
        if record.kind == Observation.kind:
            score = score_in(payload)
            if score is not None and not -SCORE_LIMIT <= score <= SCORE_LIMIT:
                raise ValueError(f"a score beyond ±{SCORE_LIMIT:g}")
        return New(context, self._prefix(context), payload, canonical(payload))

    def _prefix(self, context: Context) -> bytes:
        found = self._prefixes.get(context)
        if found is None:
            found = self._prefixes[context] = context_bytes(context)
        return found

    # -- reading ---------------------------------------------------------------

    def head(self) -> Row | None:
        """The last row."""
        return self._store.head()

    def rows(self, *, after: int = 0, upto: int | None = None, run: str = "", kind: str = "") -> Iterator[Row]:
        """Rows with `after` < seq <= `upto`, in order, streamed; those of a run or kind if one is given."""
        return self._store.read(after=after, upto=upto, run=run, kind=kind)

    def records(
        self, *, after: int = 0, upto: int | None = None, run: str = "", kind: str = ""
    ) -> Iterator[tuple[Row, Record]]:
        """Rows with `after` < seq <= `upto` with the records they hold. Each row's hash is checked as it is read.

        Raises:
            LedgerAlteredError: A row is not what was hashed, or holds no record.
        """
        for row in self._store.read(after=after, upto=upto, run=run, kind=kind):
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

    def last(self, kind: str, *, system: str) -> Row | None:
        """The last row of a kind about a system."""
        return next((row for row in reversed(self.latest(system=system)) if row.kind == kind), None)

    def measured(self, run: str, *, system: str, candidate: str) -> list[Row]:
        """What a run observed of a candidate: the last of each metric unless it was measured again since, or all."""
        latest = self.latest(system=system, candidate=candidate)
        found = [row for row in latest if row.kind == Observation.kind and row.run == run]
        return found or [row for row in self.rows(run=run, kind=Observation.kind) if row.candidate == candidate]

    def rollups(self, *, system: str = "", candidate: str = "", metric: str = "") -> list[Rollup]:
        """Sums by day."""
        return self._store.rollups(system=system, candidate=candidate, metric=metric)

    def checkpoints(self) -> list[Checkpoint]:
        """All checkpoints, by size."""
        return self._store.checkpoints()

    def runs(self) -> list[RunSummary]:
        """All runs, newest first. Observations are not read."""
        finished = {row.run: row for row in self.rows(kind=RunFinished.kind)}
        decided = {row.run: row for row in self.rows(kind=Decided.kind)}
        runs = [self._summary(row, finished.get(row.run), decided.get(row.run)) for row in self._started()]
        return runs[::-1]

    def _started(self) -> Iterator[Row]:
        seen: set[str] = set()  # a run that was resumed has begun more than once; the first counts
        for row in self.rows(kind=RunStarted.kind):
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

    def refuse_gaps(self) -> None:
        """Look that no row was removed: what is read by kind would not show it, and a figure without it looks better.

        Cheap enough for whoever reads. What took the place of another row only `verify` finds, and what was cut off
        at the end together with its checkpoints only a head that was kept elsewhere.

        Raises:
            LedgerAlteredError: Rows are gone.
        """
        checkpoints = self._store.checkpoints(last=1)  # before the rows, which others may be adding to
        rows, last = self._store.counted()
        if rows != last:
            raise LedgerAlteredError(self.location, last, f"{last - rows:,} of the rows before it are missing")
        if checkpoints and checkpoints[0].size > last:
            said = f"a checkpoint speaks of {checkpoints[0].size:,} rows, but this is the last"
            raise LedgerAlteredError(self.location, last, said)

    def verify(
        self,
        progress: Progress | None = None,
        *,
        expect: Sequence[Head] = (),
        jobs: int | None = None,
        apart: bool = False,
    ) -> Verification:
        """Derive everything again and compare.

        Args:
            progress: Called now and then with rows done and rows in all.
            expect: Heads kept elsewhere, which must be among its own.
            jobs: How many processes share the work of a large ledger; left out, as many as there
                are cores, up to eight.
            apart: Read through a connection of its own, so that nobody who reads meanwhile waits for it.

        Raises:
            LedgerError: It cannot be read; nothing is known about it.
        """
        store = self._reopen() if apart and self._reopen is not None else self._store
        try:
            return verify_store(store, expect=expect, progress=progress, reopen=self._reopen, jobs=jobs)
        finally:
            if store is not self._store:
                store.close()

    def verify_on(self, before: Verification) -> Verification:
        """Verify what was added since a verification that found nothing wrong; see `verify.verify_on`.

        Raises:
            LedgerError: It cannot be read; nothing is known about it.
        """
        return verify_on(self._store, before)

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
