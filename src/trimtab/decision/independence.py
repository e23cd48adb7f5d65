"""A verdict that no independent judge stands behind is none."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from trimtab.decision.model import Judgement, Verdict
from trimtab.kinds import Instrument


@dataclass(frozen=True, slots=True)
class SoleJudge:
    """A detector that is the only judge of what it guards or trained, and where it stands."""

    instrument: Instrument
    stands_in: str


def confirmed(
    first: Judgement, *, alone: SoleJudge | None, other: str | None, again: Callable[[str], Judgement]
) -> Judgement:
    """The judgement as it is, unless it passes on the word of somebody who may not be the only judge.

    Both judges must pass, each at the full alpha, so a violated requirement
    passes no more often than by either alone (intersection-union). That one
    of them refutes it is no FAIL of the other's: give that metric a requirement of its own.

    Args:
        first: By the metric itself.
        alone: The detector of the candidate's own guard or reward that is its only judge, if so.
        other: The metric that the policy names as independent judge, if any.
        again: The same requirement of another metric.
    """
    if first.verdict is not Verdict.PASS:
        return first
    if alone is not None:
        return unconfirmed(first, alone)
    if other is None:
        return first
    second = again(other)
    if second.verdict is Verdict.PASS:
        return replace(first, reason=f"{first.reason} The independent judge {other} agrees: {second.reason}")
    return replace(
        first,
        verdict=Verdict.INCONCLUSIVE,
        needed=second.needed,
        reason=f"{first.reason} But the independent judge {other} does not confirm it: {second.reason}",
        unconfirmed=True,
    )


def unconfirmed(first: Judgement, alone: SoleJudge) -> Judgement:
    """The judgement, which does not pass, since it would do so on the word of what guards or trained the candidate."""
    if first.verdict is not Verdict.PASS:
        return first
    why = (
        f"But the detector {alone.instrument.detector} also stands in {alone.stands_in}, and what it misses it "
        "misses twice: its word alone proves nothing. Name an independent judge with `judged_by`."
    )
    reason = f"{first.reason} {why}"
    return replace(first, verdict=Verdict.INCONCLUSIVE, needed=None, reason=reason, unconfirmed=True)
