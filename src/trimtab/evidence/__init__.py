"""What was seen: typed records in an append-only, hash-chained ledger."""

from trimtab.evidence.checkpoint import Head, checkpoint_note, parse_head, parse_note
from trimtab.evidence.ledger import Ledger, RunSummary
from trimtab.evidence.records import (
    RECORDS,
    Alarm,
    BudgetChanged,
    Decided,
    DetectorFitted,
    Escalated,
    HoldLifted,
    Monitored,
    Notified,
    Observation,
    PolicyAdopted,
    Record,
    Rulings,
    RunFinished,
    RunStarted,
    Subject,
)
from trimtab.evidence.verify import Verification
from trimtab.evidence.walk import Problem

__all__ = [
    "RECORDS",
    "Alarm",
    "BudgetChanged",
    "Decided",
    "DetectorFitted",
    "Escalated",
    "Head",
    "HoldLifted",
    "Ledger",
    "Monitored",
    "Notified",
    "Observation",
    "PolicyAdopted",
    "Problem",
    "Record",
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
