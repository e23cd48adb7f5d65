"""Verify: whether the ledger is what was written, and whether somebody's export is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trimtab.errors import LedgerError
from trimtab.evidence.checkpoint import Head, parse_head
from trimtab.evidence.export import verify_jsonl
from trimtab.evidence.verify import Verification
from trimtab.serve.pages.snapshot import Snapshot, Standing

_LAST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that does not follow from the rows."""

    part: str
    row: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The tree head over the first rows; `at` in microseconds since the epoch, UTC."""

    rows: int
    at: int
    root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What verifying an export found; `matches` says whether it is a beginning of ours, None where nobody knows."""

    ok: bool
    rows: int
    root: str
    checkpoints: int
    problems: tuple[Trouble, ...]
    found: int
    why: str
    matches: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """All of the page; `checked` is when the ledger was verified last, microseconds since the epoch, UTC."""

    proof: str
    why: str
    checked: int
    rows: int
    head: int
    root: str
    checkpoints: tuple[Checkpoint, ...]
    checkpoint_count: int
    problems: tuple[Trouble, ...]
    found: int


def verify(now: Snapshot, standing: Standing, _: Mapping[str, str]) -> Proof:
    """The state of the ledger, as it was verified last."""
    seen = standing.found
    points = [one for one in now.ledger.checkpoints() if one.size <= now.row]
    return Proof(
        proof=standing.proof,
        why=standing.why,
        checked=standing.at,
        rows=standing.rows,
        head=now.row,
        root=f"sha256:{seen.head.root.hex()}" if seen else "",
        checkpoints=tuple(
            Checkpoint(rows=one.size, at=one.time, root=f"sha256:{one.root.hex()}") for one in points[: -_LAST - 1 : -1]
        ),
        checkpoint_count=len(points),
        problems=tuple(troubles(seen)) if seen else (),
        found=seen.found if seen else 0,
    )


def check_export(lines: Iterable[bytes], now: Snapshot, *, heads: Sequence[str] = ()) -> Export:
    """Verify somebody's export by itself, and look whether it is a beginning of this ledger."""
    try:
        kept: list[Head] = [parse_head(one) for one in heads]
        found = verify_jsonl(lines, "the export", expect=kept)
    except (LedgerError, ValueError) as error:
        why = "This is no export of a ledger." if isinstance(error, LedgerError) else "A checkpoint cannot be read."
        return Export(ok=False, rows=0, root="", checkpoints=0, problems=(), found=1, why=why, matches=None)
    return Export(
        ok=found.ok,
        rows=found.rows,
        root=f"sha256:{found.head.root.hex()}",
        checkpoints=found.checkpoints,
        problems=tuple(troubles(found)),
        found=found.found,
        why="",
        matches=_matches(found, now),
    )


def troubles(found: Verification) -> list[Trouble]:
    """What is wrong, without anything that the rows say."""
    return [Trouble(part=one.part, row=one.seq, what=one.what) for one in found.problems]


def _matches(found: Verification, now: Snapshot) -> bool | None:
    if not found.rows or found.rows > now.row:
        return None
    last = next((one for one in now.ledger.checkpoints() if one.size == found.rows), None)
    return None if last is None else last.root == found.head.root
