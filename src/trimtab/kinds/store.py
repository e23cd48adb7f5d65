"""What a ledger store is: rows in, rows out. It judges and hashes nothing."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol, Self, runtime_checkable


class Row(NamedTuple):
    """One row of the ledger as stored. Every field but `hash` is under the hash.

    `seq` counts from 1 without gaps. `time` is integer microseconds since the
    Unix epoch, UTC. `payload` is canonical JSON text. `prev` and `hash` are
    32 raw bytes. Empty text means "does not apply".
    """

    seq: int
    time: int
    kind: str
    run: str
    system: str
    candidate: str
    artefact: str
    metric: str
    maker: str
    policy: str
    seed: int
    payload: str
    prev: bytes
    hash: bytes


class Stretch(NamedTuple):
    """Rows in order, at least one, column by column: the fields of `Row`, without an object for each.

    `contexts` holds the nine fields between time and payload; rows that share
    them should share the tuple. All columns are equally long.
    """

    seqs: Sequence[int]
    times: Sequence[int]
    contexts: Sequence[tuple[Any, ...]]
    payloads: Sequence[str]
    prevs: Sequence[bytes]
    hashes: Sequence[bytes]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Self:
        """The same rows by columns."""
        seqs, times, *_, payloads, prevs, hashes = zip(*rows, strict=True)
        return cls(seqs, times, [row[2:11] for row in rows], payloads, prevs, hashes)


class Rollup(NamedTuple):
    """Sums over one day (UTC, days since the epoch) of one metric of one candidate.

    `scores` counts them, `total` and `squares` are the sums of their values
    and of the squares; `missing` counts cases without a score.
    """

    system: str
    candidate: str
    metric: str
    day: int
    scores: int
    total: float
    squares: float
    missing: int


class Checkpoint(NamedTuple):
    """Merkle tree head (RFC 9162) over the first `size` rows, whose leaf hashes are the rows' hashes.

    `time` is that of row `size`. `peaks` are the heads of the perfect subtrees
    that the tree falls into, largest first, 32 bytes each: what is needed to
    go on from here without reading the rows before.
    """

    size: int
    time: int
    root: bytes
    peaks: bytes = b""


class Store(Protocol):
    """Append-only. One writer at a time; `append` is one transaction or nothing."""

    @property
    def location(self) -> str:
        """Where it is, to be shown: without a password, whatever it was opened with."""
        ...

    def head(self) -> Row | None: ...
    def append(self, rows: Sequence[Row], latest: Sequence[Row], rollups: Iterable[Rollup], *, durable: bool) -> None:
        """Add rows, replace the `latest` entries of their subjects, and add to the roll-ups.

        `latest` is kept by system, candidate, metric and kind. `rollups` are
        added one by one in the order given, so that adding again from the
        rows gives the same floats. `durable` waits until the operating system
        says that it is on disk.

        Raises:
            LedgerError: Locked, full, or `rows` do not continue the head.
        """
        ...

    def turn(self) -> AbstractContextManager[None]:
        """Wait until nobody else appends, and keep them waiting until we have, or until this ends.

        For whoever hashed rows in vain, since somebody was quicker: without it, that could happen every time.

        Raises:
            LedgerError: Locked for longer than the store waits, or it cannot be written.
        """
        ...

    def read(self, *, after: int = 0, upto: int | None = None, kind: str = "", run: str = "") -> Iterator[Row]:
        """Rows with `after` < seq <= `upto` in order, a few at a time; what is appended meanwhile may follow.

        Raises:
            LedgerAlteredError: What is stored cannot be a row.
        """
        ...

    def latest(self, *, system: str = "", candidate: str = "", metric: str = "") -> list[Row]: ...
    def rollups(self, *, system: str = "", candidate: str = "", metric: str = "") -> list[Rollup]: ...
    def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint; one that is there already with the same size stays as it is."""
        ...

    def checkpoints(self, *, last: int | None = None) -> list[Checkpoint]:
        """All, or the `last` so many, by size."""
        ...

    def counted(self) -> tuple[int, int]:
        """How many rows there are, and the number of the last, as of one moment; they differ where some were removed.

        Costs a look at an index, and no row is read.
        """
        ...

    def check(self) -> list[str]:
        """What is wrong with the store's own structure (indexes, tables), in words; empty when nothing is."""
        ...

    def close(self) -> None: ...


@runtime_checkable
class Columnar(Protocol):
    """A store that gives rows by columns as well, from the same reading as `read`: verifying is quicker with it."""

    def stretches(self, *, after: int = 0, upto: int | None = None) -> Iterator[Stretch]:
        """Rows with `after` < seq <= `upto` in order; what is appended meanwhile may follow.

        Raises:
            LedgerAlteredError: What is stored cannot be a row.
        """
        ...


@runtime_checkable
class Shared(Protocol):
    """A store that several machines work on, where a lock beside it on one of them would not do."""

    def hold(self, what: str) -> AbstractContextManager[None]:
        """Keep everybody else, wherever they are, from holding this ledger for the same; ends with the process.

        Whoever loses the hold before its end, since the connection broke, gets no more out of this store.

        Raises:
            LedgerError: Somebody else holds it.
        """
        ...
