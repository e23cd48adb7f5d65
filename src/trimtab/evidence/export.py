"""The ledger as files: JSONL that can be verified without the ledger, Parquet for analysts.

JSONL, one object a line, in this order:

    {"type":"ledger","format":1,"rows":N}
    {"type":"checkpoint","size":...,"time":...,"root":hex,"peaks":hex}     time: not in an export of one run
    {"type":"row","seq":...,...,"payload":{...},"prev":hex,"hash":hex}
    {"type":"omitted","hashes":[hex,...]}
    {"type":"end","rows":N,"root":hex}

An export of one run keeps only the hashes of the rows between: they show that
the run is part of the ledger, and nothing else.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import IO, Any, Protocol

import orjson

from trimtab._canonical import canonical, read_whole
from trimtab._optional import need
from trimtab.errors import LedgerAlteredError, LedgerError
from trimtab.evidence.checkpoint import Head
from trimtab.evidence.merkle import HASH_SIZE
from trimtab.evidence.records import Observation
from trimtab.evidence.verify import Progress, Verification, compare_checkpoints, compare_heads, conclude
from trimtab.evidence.walk import UNKNOWN_TIME, Cache, Walk, examine
from trimtab.kinds import Checkpoint, Row, Stretch

FORMAT = 1

_CHUNK = 1000
_PARQUET_ROWS = 20_000  # in one row group


class Readable(Protocol):
    """What is needed of a ledger."""

    def head(self) -> Row | None: ...
    def checkpoints(self) -> list[Checkpoint]: ...
    def rows(self, *, after: int = 0, upto: int | None = None, run: str = "") -> Iterator[Row]: ...


def write_jsonl(ledger: Readable, out: IO[bytes], *, run: str = "", progress: Progress | None = None) -> int:
    """Write all rows, or those of one run with the hashes of the others.

    Returns:
        How many rows were written in full.
    """
    head = ledger.head()
    total = head.seq if head else 0
    _line(out, {"type": "ledger", "format": FORMAT, "rows": total})
    walk, written = Walk(), 0
    for point in ledger.checkpoints():
        if point.size <= total:
            # Its time is that of a row, which may be left out; then nobody could check it.
            when = {} if run else {"time": point.time}
            hexes = {"root": point.root.hex(), "peaks": point.peaks.hex()}
            _line(out, {"type": "checkpoint", "size": point.size, **when, **hexes})
    omitted: list[str] = []
    rows = ledger.rows(upto=total)
    while chunk := list(islice(rows, _CHUNK)):
        for row in chunk:
            if run and row.run != run:
                omitted.append(row.hash.hex())
                continue
            omitted = _omit(out, omitted)
            hexes = {"prev": row.prev.hex(), "hash": row.hash.hex()}
            _line(out, {"type": "row", **row._asdict(), "payload": orjson.Fragment(row.payload), **hexes})
            written += 1
        omitted = _omit(out, omitted)
        walk.skip([row.hash for row in chunk])
        if progress:
            progress(walk.size, total)
    _line(out, {"type": "end", "rows": total, "root": walk.tree.root().hex()})
    return written


def _omit(out: IO[bytes], hashes: list[str]) -> list[str]:
    if hashes:
        _line(out, {"type": "omitted", "hashes": hashes})
    return []


def _line(out: IO[bytes], value: dict[str, Any]) -> None:
    out.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))


def verify_jsonl(
    lines: Iterable[bytes], location: str, *, expect: Sequence[Head] = (), progress: Progress | None = None
) -> Verification:
    """Verify an export by itself, as a ledger is verified. Roll-ups and latest rows are not part of it.

    Args:
        lines: Of the file.
        location: What to call it.
        expect: Heads kept elsewhere.
        progress: Called now and then with rows done and rows in all.

    Raises:
        LedgerError: It is no export.
    """
    reader = _Reader(location, iter(lines), expect)
    try:
        reader.read(progress)
    except LedgerAlteredError as error:
        reader.walk.report("row" if error.seq else "file", error.seq, error.detail)
    return conclude(reader.walk, location, len(reader.checkpoints))


class _Reader:
    """Reads an export line by line; whatever does not belong there is an alteration."""

    def __init__(self, location: str, lines: Iterator[bytes], expect: Sequence[Head]) -> None:
        self._location = location
        self._lines = lines
        self._expect = expect
        self._known: Cache = {}
        self.checkpoints: list[Checkpoint] = []
        self.walk = Walk()

    def read(self, progress: Progress | None) -> None:
        total = self._header()
        waiting: list[Row] = []
        kind, value = self._opening()
        while kind in {"row", "omitted"}:
            if kind == "row":
                waiting.append(self._made(kind, _row, value))
            if kind == "omitted" or len(waiting) == _CHUNK:
                waiting = self._take(waiting, progress, total)
            if kind == "omitted":
                self.walk.skip(self._made(kind, _hashes, value))
            kind, value = self._next()
        self._take(waiting, progress, total)
        if kind == "end":
            self._finish(value, total)
        elif kind:
            self._foreign()
        else:
            self.walk.report("file", 0, "it breaks off before its end")

    def _header(self) -> int:
        try:
            first = orjson.loads(next(self._lines, b""))
            kind, version, total = first["type"], first["format"], first["rows"]
        except (ValueError, TypeError, KeyError):
            first, kind, version, total = {}, "", 0, 0
        if kind != "ledger" or type(total) is not int or len(first) != 3:
            raise LedgerError(self._location, "is not an export of a ledger", "`trimtab ledger export` writes them.")
        if version != FORMAT:
            raise LedgerError(self._location, f"has the format {version!r}", "Upgrade trimtab to read it.")
        return total

    def _opening(self) -> tuple[str, dict[str, Any]]:
        """Past the checkpoints: they say at which sizes the tree head is wanted."""
        kind, value = self._next()
        while kind == "checkpoint":
            self.checkpoints.append(self._made(kind, _checkpoint, value))
            kind, value = self._next()
        self.walk = Walk([*(point.size for point in self.checkpoints), *(head.size for head in self._expect)])
        return kind, value

    def _next(self) -> tuple[str, dict[str, Any]]:
        """Type and fields of the next line; no type after the last."""
        line = next(self._lines, b"")
        return self._parse(line) if line else ("", {})

    def _parse(self, line: bytes) -> tuple[str, dict[str, Any]]:
        value = self._made("line", read_whole, line)
        if not isinstance(value, dict):
            self._foreign()
        return str(value.pop("type", "")) or "?", value

    def _made(self, kind: str, make: Callable[[Any], Any], value: Any) -> Any:
        try:
            return make(value)
        except (ValueError, TypeError, KeyError) as error:
            detail = f"is no {kind} as an export holds it"
            raise LedgerAlteredError(self._location, self.walk.size + 1, detail) from error

    def _foreign(self) -> None:
        raise LedgerAlteredError(self._location, self.walk.size + 1, "is no line of an export")

    def _take(self, rows: list[Row], progress: Progress | None, total: int) -> list[Row]:
        if rows:
            self.walk.take(examine(Stretch.of(rows), self._known))
            if progress:
                progress(self.walk.size, total)
        return []

    def _finish(self, end: dict[str, Any], total: int) -> None:
        if next(self._lines, b""):
            self.walk.report("file", 0, "it goes on after its end")
        if end.keys() != {"rows", "root"}:
            self._foreign()
        if not end.get("rows") == total == self.walk.tree.size:
            self.walk.report("file", 0, f"it speaks of {total} rows and holds {self.walk.tree.size}")
        elif end.get("root") != self.walk.tree.root().hex():
            self.walk.report("file", 0, "the root at its end is not that of its rows")
        compare_checkpoints(self.walk, self.checkpoints)
        compare_heads(self.walk, "head", self._expect)


def _row(value: dict[str, Any]) -> Row:
    payload = canonical(value["payload"]).decode()
    row = Row(**{**value, "payload": payload, "prev": _hash(value["prev"]), "hash": _hash(value["hash"])})
    whole = (row.seq, row.time, row.seed)
    if not all(type(number) is int for number in whole) or not all(type(text) is str for text in row[2:10]):
        raise ValueError("a field of another type")
    return row


def _checkpoint(value: dict[str, Any]) -> Checkpoint:
    hashes = {"root": _hash(value["root"]), "peaks": _bytes(value["peaks"])}
    point = Checkpoint(**{"time": UNKNOWN_TIME, **value, **hashes})
    if type(point.size) is not int or type(point.time) is not int:
        raise ValueError("a field of another type")
    return point


def _hashes(value: dict[str, Any]) -> list[bytes]:
    found = [_hash(text) for text in value.pop("hashes")]
    if value or not found:
        raise ValueError("nothing omitted, or more than that")
    return found


def _hash(text: str) -> bytes:
    raw = _bytes(text)
    if len(raw) != HASH_SIZE:
        raise ValueError("no hash")
    return raw


def _bytes(text: str) -> bytes:
    raw = bytes.fromhex(text)
    if raw.hex() != text:  # one way to write each
        raise ValueError("not as we write it")
    return raw


def write_parquet(ledger: Readable, out: IO[bytes], *, run: str = "", progress: Progress | None = None) -> int:
    """Write rows as a table, a group at a time. An observation's case, score and reason are columns too.

    Returns:
        How many rows were written.

    Raises:
        MissingPackageError: pyarrow is not installed.
    """
    arrow, parquet = need("pyarrow", extra="parquet"), need("pyarrow.parquet", extra="parquet")
    kinds = {
        "seq": arrow.int64(),
        "time": arrow.timestamp("us", tz="UTC"),
        "seed": arrow.int64(),
        "prev": arrow.binary(32),
        "hash": arrow.binary(32),
    }
    schema = arrow.schema(
        [(name, kinds.get(name, arrow.string())) for name in Row._fields]
        + [("case", arrow.string()), ("value", arrow.float64()), ("missing", arrow.string())]
    )
    head = ledger.head()
    total = head.seq if head else 0
    rows, written = ledger.rows(upto=total, run=run), 0
    with parquet.ParquetWriter(out, schema) as writer:
        while chunk := list(islice(rows, _PARQUET_ROWS)):
            scores = [orjson.loads(row.payload) if row.kind == Observation.kind else {} for row in chunk]
            columns = [*map(list, zip(*chunk, strict=True))]
            columns += [[score.get(name) for score in scores] for name in ("case", "value", "missing")]
            writer.write_table(arrow.table(columns, schema=schema))
            written += len(chunk)
            if progress:
                progress(chunk[-1].seq, total)
    return written
