"""What is hashed of a row, and what is summed of it.

A row's hash is the RFC 9162 leaf hash of

    prev || [seq,time,kind,run,system,candidate,artefact,metric,maker,policy,seed,payload]

where `prev` is the 32 bytes of the row before (zeros for the first) and the
rest is RFC 8785 JSON in UTF-8 with the payload as a value. The length of the
first part is fixed and each later field is written as JSON, so no two
different rows have the same bytes, whatever a payload holds.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from trimtab._canonical import canonical
from trimtab.kinds import Rollup, Row

GENESIS = bytes(32)
OBSERVATION = "observation"
# Of all records of `trimtab.evidence.records`, which takes longer to load than a thousand rows to verify.
KINDS = frozenset(
    {
        "absent",
        "alarm",
        "audited",
        "allocation",
        "appetite",
        "appeal",
        "appeal-answer",
        "budget",
        "business",
        "calibrated",
        "claim",
        "classified",
        "consent-decided",
        "consent-emergency",
        "consent-met",
        "consent-requested",
        "consent-signed",
        "consent-withdrawn",
        "counted",
        "deployed",
        "detector-fitted",
        "document",
        "look",
        "decision",
        "escalated",
        "exposure",
        "finding",
        "finding-step",
        "got-through",
        "hold-lifted",
        "hunt-closed",
        "hunt-filed",
        "hunt-opened",
        "hunt-triaged",
        "import",
        "incident",
        "incident-step",
        "milestone",
        "monitored",
        "near-miss",
        "not-applicable",
        "note",
        "notified",
        OBSERVATION,
        "points-given",
        "policy",
        "policy-agreed",
        "policy-proposed",
        "probe",
        "published",
        "pursued",
        "realised",
        "recused",
        "registered",
        "request",
        "request-withdrawn",
        "returned",
        "rated",
        "recalibration-proposed",
        "recalibration-shadow",
        "recalibration-vote",
        "revised",
        "rulings",
        "run-finished",
        "run-started",
        "scanned",
        "seated",
        "seed-committed",
        "spend",
        "training",
        "tranche",
        "vendor",
        "vendor-count",
        "win",
        "vote",
    }
)
MICROSECONDS_PER_DAY = 86_400_000_000

_sha256 = hashlib.sha256


class Context(NamedTuple):
    """What many rows share: the fields of a row between its time and its payload."""

    kind: str
    run: str
    system: str
    candidate: str
    artefact: str
    metric: str
    maker: str
    policy: str
    seed: int


def context_bytes(context: tuple[Any, ...]) -> bytes:
    """The part of the hashed bytes that stands for the fields of a `Context`.

    Raises:
        ValueError: A text without UTF-8 form or with a NUL (which not every store can keep),
            or a seed beyond ±(2**53 - 1).
    """
    if any("\0" in field for field in context if isinstance(field, str)):
        raise ValueError("a NUL in a field of a row")
    return b"," + canonical(context)[1:-1] + b","


def hash_of(prev: bytes, seq: int, time: int, context: bytes, payload: bytes) -> bytes:
    """A row's hash; `context` as `context_bytes` gives it."""
    return _sha256(b"\x00%b[%d,%d%b%b]" % (prev, seq, time, context, payload)).digest()


def hashes_of(
    prevs: Sequence[bytes], seqs: Sequence[int], times: Sequence[int], contexts: Sequence[str], payloads: Sequence[str]
) -> list[bytes]:
    """`hash_of` of many rows, without a call for each; `contexts` as `context_bytes` gives them, as text."""
    alike = len(seqs)
    if times.count(times[0]) == alike == contexts.count(contexts[0]):  # appended together
        shared = f",{times[0]}{contexts[0]}"
        return [
            _sha256(b"\x00" + prev + f"[{seq}{shared}{payload}]".encode()).digest()
            for prev, seq, payload in zip(prevs, seqs, payloads, strict=True)
        ]
    return [
        _sha256(b"\x00" + prev + f"[{seq},{time}{context}{payload}]".encode()).digest()
        for prev, seq, time, context, payload in zip(prevs, seqs, times, contexts, payloads, strict=True)
    ]


def row_hash(row: Row) -> bytes:
    """The hash that a row ought to have.

    Raises:
        ValueError: As `context_bytes`.
    """
    return hash_of(row.prev, row.seq, row.time, context_bytes(row[2:11]), row.payload.encode())


def day_of(time: int) -> int:
    """Days since the Unix epoch, UTC, of a time in microseconds."""
    return time // MICROSECONDS_PER_DAY


def rollup_of(row: Row, payload: Mapping[str, Any]) -> Rollup | None:
    """What a row adds to its roll-up; None for kinds that are not summed.

    Raises:
        ValueError: An observation with neither a score nor a reason.
    """
    if row.kind != OBSERVATION:
        return None
    value = score_in(payload)
    subject = (row.system, row.candidate, row.metric, day_of(row.time))
    if value is None:
        return Rollup(*subject, scores=0, total=0.0, squares=0.0, missing=1)
    return Rollup(*subject, scores=1, total=value, squares=value * value, missing=0)


def score_in(payload: Mapping[str, Any]) -> float | None:
    """The score in an observation's payload, None when it is missing.

    Raises:
        ValueError: There is neither a score nor a reason why not.
    """
    value = payload.get("value")
    if value is None and "missing" in payload:
        return None
    if type(value) is not int and not isinstance(value, float):
        raise ValueError("an observation with neither a score nor a reason why there is none")
    return float(value)
