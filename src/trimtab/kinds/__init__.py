"""Protocols for plugins, and the values they exchange.

Names load on first use: a process that only reads a ledger needs few of them.
"""

from typing import TYPE_CHECKING

from trimtab._lazy import lazily

if TYPE_CHECKING:
    from trimtab.kinds.attack import Attack, Attempt
    from trimtab.kinds.case import Case, Exchange, Message, Price, Pursuit, Reply, Request, Role, Score, Step
    from trimtab.kinds.detector import (
        AnyDetector,
        Context,
        ContextualDetector,
        Detector,
        DetectorCard,
        ErrorRates,
        Finding,
        Origin,
        RemoteDetector,
    )
    from trimtab.kinds.estimate import DISPUTED, NOT_IMPORTED, NOT_MARKED, Estimate, Interval, Missing, Shape
    from trimtab.kinds.grammar import Goal, Grammar, Tongue
    from trimtab.kinds.instrument import Instrument
    from trimtab.kinds.metric import Better, Metric, Watch
    from trimtab.kinds.store import Checkpoint, Columnar, Rollup, Row, Shared, Store, Stretch
    from trimtab.kinds.strategy import Aim, Answer, Attacked, Pursuer, Say, Strategy
    from trimtab.kinds.suite import Suite
    from trimtab.kinds.system import Ask, Screen, System

_HOME = {
    "Aim": "trimtab.kinds.strategy",
    "Answer": "trimtab.kinds.strategy",
    "AnyDetector": "trimtab.kinds.detector",
    "Ask": "trimtab.kinds.system",
    "Attack": "trimtab.kinds.attack",
    "Attacked": "trimtab.kinds.strategy",
    "Attempt": "trimtab.kinds.attack",
    "Better": "trimtab.kinds.metric",
    "Case": "trimtab.kinds.case",
    "Checkpoint": "trimtab.kinds.store",
    "Columnar": "trimtab.kinds.store",
    "Context": "trimtab.kinds.detector",
    "DISPUTED": "trimtab.kinds.estimate",
    "ContextualDetector": "trimtab.kinds.detector",
    "Detector": "trimtab.kinds.detector",
    "DetectorCard": "trimtab.kinds.detector",
    "ErrorRates": "trimtab.kinds.detector",
    "Estimate": "trimtab.kinds.estimate",
    "Exchange": "trimtab.kinds.case",
    "Finding": "trimtab.kinds.detector",
    "Goal": "trimtab.kinds.grammar",
    "Grammar": "trimtab.kinds.grammar",
    "Instrument": "trimtab.kinds.instrument",
    "Interval": "trimtab.kinds.estimate",
    "Message": "trimtab.kinds.case",
    "Metric": "trimtab.kinds.metric",
    "Missing": "trimtab.kinds.estimate",
    "NOT_IMPORTED": "trimtab.kinds.estimate",
    "NOT_MARKED": "trimtab.kinds.estimate",
    "Origin": "trimtab.kinds.detector",
    "Price": "trimtab.kinds.case",
    "Pursuer": "trimtab.kinds.strategy",
    "Pursuit": "trimtab.kinds.case",
    "RemoteDetector": "trimtab.kinds.detector",
    "Reply": "trimtab.kinds.case",
    "Request": "trimtab.kinds.case",
    "Role": "trimtab.kinds.case",
    "Rollup": "trimtab.kinds.store",
    "Row": "trimtab.kinds.store",
    "Say": "trimtab.kinds.strategy",
    "Score": "trimtab.kinds.case",
    "Screen": "trimtab.kinds.system",
    "Shape": "trimtab.kinds.estimate",
    "Shared": "trimtab.kinds.store",
    "Step": "trimtab.kinds.case",
    "Store": "trimtab.kinds.store",
    "Strategy": "trimtab.kinds.strategy",
    "Stretch": "trimtab.kinds.store",
    "Suite": "trimtab.kinds.suite",
    "System": "trimtab.kinds.system",
    "Tongue": "trimtab.kinds.grammar",
    "Watch": "trimtab.kinds.metric",
}

__all__ = [
    "DISPUTED",
    "NOT_IMPORTED",
    "NOT_MARKED",
    "Aim",
    "Answer",
    "AnyDetector",
    "Ask",
    "Attack",
    "Attacked",
    "Attempt",
    "Better",
    "Case",
    "Checkpoint",
    "Columnar",
    "Context",
    "ContextualDetector",
    "Detector",
    "DetectorCard",
    "ErrorRates",
    "Estimate",
    "Exchange",
    "Finding",
    "Goal",
    "Grammar",
    "Instrument",
    "Interval",
    "Message",
    "Metric",
    "Missing",
    "Origin",
    "Price",
    "Pursuer",
    "Pursuit",
    "RemoteDetector",
    "Reply",
    "Request",
    "Role",
    "Rollup",
    "Row",
    "Say",
    "Score",
    "Screen",
    "Shape",
    "Shared",
    "Step",
    "Store",
    "Strategy",
    "Stretch",
    "Suite",
    "System",
    "Tongue",
    "Watch",
]


__getattr__ = lazily(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted(__all__)
