"""Protocols for plugins, and the values they exchange."""

from trimtab.kinds.case import Case, Exchange, Message, Price, Reply, Request, Role, Score
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
from trimtab.kinds.estimate import NOT_MARKED, Estimate, Interval, Missing, Shape
from trimtab.kinds.instrument import Instrument
from trimtab.kinds.metric import Better, Metric
from trimtab.kinds.store import Checkpoint, Columnar, Rollup, Row, Store, Stretch
from trimtab.kinds.suite import Suite
from trimtab.kinds.system import Ask, Screen, System

__all__ = [
    "NOT_MARKED",
    "AnyDetector",
    "Ask",
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
    "Instrument",
    "Interval",
    "Message",
    "Metric",
    "Missing",
    "Origin",
    "Price",
    "RemoteDetector",
    "Reply",
    "Request",
    "Role",
    "Rollup",
    "Row",
    "Score",
    "Screen",
    "Shape",
    "Store",
    "Stretch",
    "Suite",
    "System",
]
