"""What was seen: typed records in an append-only, hash-chained ledger.

Names load on first use: a process that only helps to verify needs few of them.
"""

from typing import TYPE_CHECKING

from trimtab._lazy import lazily

if TYPE_CHECKING:
    from trimtab.evidence.checkpoint import Head, checkpoint_note, parse_head, parse_note
    from trimtab.evidence.ledger import Ledger, RunSummary
    from trimtab.evidence.records import (
        RECORDS,
        Alarm,
        BudgetChanged,
        Decided,
        DetectorFitted,
        Escalated,
        GotThrough,
        HoldLifted,
        HuntClosed,
        HuntFiled,
        HuntOpened,
        HuntTriaged,
        Monitored,
        Notified,
        Observation,
        PolicyAdopted,
        Record,
        Revised,
        Rulings,
        RunFinished,
        RunStarted,
        Subject,
    )
    from trimtab.evidence.verify import Verification
    from trimtab.evidence.walk import Problem

_HOME = {
    "Alarm": "trimtab.evidence.watching",
    "BudgetChanged": "trimtab.evidence.watching",
    "Decided": "trimtab.evidence.records",
    "DetectorFitted": "trimtab.evidence.records",
    "Escalated": "trimtab.evidence.records",
    "GotThrough": "trimtab.evidence.attacks",
    "Head": "trimtab.evidence.checkpoint",
    "HoldLifted": "trimtab.evidence.watching",
    "HuntClosed": "trimtab.evidence.hunting",
    "HuntFiled": "trimtab.evidence.hunting",
    "HuntOpened": "trimtab.evidence.hunting",
    "HuntTriaged": "trimtab.evidence.hunting",
    "Ledger": "trimtab.evidence.ledger",
    "Monitored": "trimtab.evidence.watching",
    "Notified": "trimtab.evidence.watching",
    "Observation": "trimtab.evidence.records",
    "PolicyAdopted": "trimtab.evidence.records",
    "Problem": "trimtab.evidence.walk",
    "RECORDS": "trimtab.evidence.records",
    "Record": "trimtab.evidence.records",
    "Revised": "trimtab.evidence.records",
    "Rulings": "trimtab.evidence.records",
    "RunFinished": "trimtab.evidence.records",
    "RunStarted": "trimtab.evidence.records",
    "RunSummary": "trimtab.evidence.ledger",
    "Subject": "trimtab.evidence.records",
    "Verification": "trimtab.evidence.verify",
    "checkpoint_note": "trimtab.evidence.checkpoint",
    "parse_head": "trimtab.evidence.checkpoint",
    "parse_note": "trimtab.evidence.checkpoint",
}

__all__ = [
    "RECORDS",
    "Alarm",
    "BudgetChanged",
    "Decided",
    "DetectorFitted",
    "Escalated",
    "GotThrough",
    "Head",
    "HoldLifted",
    "HuntClosed",
    "HuntFiled",
    "HuntOpened",
    "HuntTriaged",
    "Ledger",
    "Monitored",
    "Notified",
    "Observation",
    "PolicyAdopted",
    "Problem",
    "Record",
    "Revised",
    "Rulings",
    "RunFinished",
    "RunStarted",
    "RunSummary",
    "Subject",
    "Verification",
    "checkpoint_note",
    "parse_head",
    "parse_note",
]


__getattr__ = lazily(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted(__all__)
