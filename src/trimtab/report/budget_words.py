"""What the states of an error budget are called, and what follows from each: the same words on every page."""

from collections.abc import Mapping
from types import MappingProxyType

from trimtab.decision.error_budget import State
from trimtab.decision.model import Verdict
from trimtab.policy.system_spec import SloSpec

MEANS: Mapping[State, str] = MappingProxyType(
    {
        State.UNKNOWN: "no events: nothing is known",
        State.OPEN: "the floors alone decide on releases",
        State.CONSENT: "releases need consent",
        State.FROZEN: "only fixes are released",
        State.STOPPED: "work on safety only, until it is restored",
    }
)
VERDICT_OF: Mapping[State, Verdict] = MappingProxyType(
    {
        State.UNKNOWN: Verdict.INCONCLUSIVE,
        State.OPEN: Verdict.PASS,
        State.CONSENT: Verdict.INCONCLUSIVE,
        State.FROZEN: Verdict.FAIL,
        State.STOPPED: Verdict.FAIL,
    }
)
_DONE = {"mask": "masks", "escalate": "escalates", "block": "blocks"}
_BY = {
    "e-detector": "a rise that luck does not explain",
    "burn-14.4": "burn rate above 14.4",
    "burn-6": "burn rate above 6",
    "burn-1": "burn rate above 1",
    "spent-75": "more than three quarters spent",
    "spent-100": "all of it spent",
    "silent": "no events any more",
    "verdict": "a run that failed",
}


def counted_as_bad(slo: SloSpec) -> str:
    """Which events are bad, in words."""
    done = [_DONE[one] for one in slo.actions]
    said = done[0] if len(done) == 1 else f"{', '.join(done[:-1])} or {done[-1]}"
    side = {"input": "A question", "output": "An answer"}[slo.side]
    if slo.labels:
        found = ", ".join(slo.labels)
        return f"{side} in which the guard finds {found} and that it {said}, and a check that was not made"
    return f"{side} that the guard {said}"


def found_by(by: str) -> str:
    """What raised an alarm, in words."""
    return _BY.get(by, by)
