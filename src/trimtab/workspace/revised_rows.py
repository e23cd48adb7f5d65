"""Puts into a ledger what a lineage file says of every reply that was revised."""

from pathlib import Path
from typing import Any

import orjson

from trimtab import __version__
from trimtab.evidence import Ledger, PolicyAdopted, Revised, Subject
from trimtab.policy import Policy

_AT_ONCE = 1000  # records in one transaction
_OTHERS = frozenset({"line", "outcome", "answered_by", "example"})


def record_revisions(lineage: Path, ledger: Ledger, *, policy: Policy, system: str) -> int:
    """Append a record for each reply, and the policy if it is not there yet; says how many.

    Raises:
        LedgerError: It cannot be written; what was written stays.
    """
    maker, digest = f"trimtab/{__version__}", policy.digest
    if not any(row.policy == digest for row in ledger.rows(kind=PolicyAdopted.kind)):
        adopted = PolicyAdopted(text=policy.model_dump_json(by_alias=True))
        ledger.append([adopted], subject=Subject(), run="", maker=maker, policy=digest)
    waiting: list[Revised] = []
    count = 0
    subject = Subject(system=system)

    def write() -> None:
        nonlocal count
        if waiting:
            ledger.append(waiting, subject=subject, run="", maker=maker, policy=digest)
            count += len(waiting)
            waiting.clear()

    with lineage.open("rb") as file:
        for line in file:
            row: dict[str, Any] = orjson.loads(line)
            if "drafts" in row:
                waiting.append(Revised(**{key: value for key, value in row.items() if key not in _OTHERS}))
            if len(waiting) == _AT_ONCE:
                write()
    write()
    return count
