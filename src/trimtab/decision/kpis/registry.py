"""How complete the registry is (P01), and how far data can be followed to its source (P06)."""

from collections.abc import Mapping

from trimtab.decision.kpis.asked import Asked, Estimator
from trimtab.decision.registry import completeness, lineage
from trimtab.kinds import Estimate, Missing


def _completeness(asked: Asked) -> Estimate | Missing:
    return completeness(asked.books, asked.policy, end=asked.end, level=asked.level)


def _lineage(asked: Asked) -> Estimate | Missing:
    return lineage(asked.books, asked.policy, end=asked.end, level=asked.level, system=asked.system)


ESTIMATORS: Mapping[str, Estimator] = {"P01": _completeness, "P06": _lineage}
"""By KPI."""
