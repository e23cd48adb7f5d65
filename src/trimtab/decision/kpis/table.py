"""Which function computes which KPI: modules are loaded when one of theirs is asked for."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from trimtab.decision.kpis.asked import Asked, Estimator
from trimtab.decision.kpis.counts import pooled
from trimtab.errors import InsufficientEvidenceError
from trimtab.kinds import Estimate, Missing
from trimtab.policy.kpi_catalogue import counters

_HERE = "trimtab.decision.kpis"
MODULES: Mapping[str, str] = {
    **dict.fromkeys(("R01", "R02", "R04", "P10", "reopened", "reopened-findings"), "clocks"),
    "R03": "counts",
    "R05": "budgets",
    **dict.fromkeys(("R06", "R07", "customers-first"), "rates"),
    **dict.fromkeys(("R08", "R09", "R10", "R11", "R12", "R13", "R14"), "measured"),
    "P05": "freshness",
    **dict.fromkeys(("P08", "P12", "P13", "P14", "P15", "P16"), "practice"),
    **dict.fromkeys(("P01", "P06"), "registry"),
    **dict.fromkeys(("P02", "P04", "after-approval", "emergency-share"), "consent"),
    **dict.fromkeys(("P03", "P07", "P17", "P18"), "assurance"),
    "P09": "learning",
    **dict.fromkeys(("P11", "F08"), "vendors"),
    **dict.fromkeys(("F01", "F02", "F03", "F04", "F05", "F06", "F07", "realised"), "money"),
}
"""By KPI or counter, the module here whose `ESTIMATORS` hold it (and `DETAILS`, where there is more to tell)."""

NOT_COMPUTED = Missing("not-computed", "this version does not compute it")


def estimate_kpi(kpi: str, asked: Asked) -> Estimate | Missing:
    """A KPI, or a counter that stands beside one; never a guess, and no number where too little is known."""
    module = _module(kpi)
    if module is None:
        # A counter without a way of its own is a count that somebody keeps.
        return pooled(kpi)(asked) if kpi in counters() else NOT_COMPUTED
    estimator: Estimator | None = module.ESTIMATORS.get(kpi)
    if estimator is None:
        return NOT_COMPUTED
    try:
        return estimator(asked)
    except InsufficientEvidenceError as error:
        return Missing("too-little", str(error))


def details_of(kpi: str, asked: Asked) -> Mapping[str, Estimate | Missing]:
    """What more there is to tell of a KPI, by name."""
    module = _module(kpi)
    tell = getattr(module, "DETAILS", {}).get(kpi)
    return tell(asked) if tell else {}


@cache
def _module(kpi: str) -> ModuleType | None:
    name = MODULES.get(kpi)
    if name is None or find_spec(f"{_HERE}.{name}") is None:
        return None
    return import_module(f"{_HERE}.{name}")
