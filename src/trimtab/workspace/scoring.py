"""What a metric says of a finished case, made safe for the ledger: a crash is not a clean result."""

from dataclasses import replace

from trimtab.evidence.ledger import SCORE_LIMIT
from trimtab.kinds import Missing, Score, Shape
from trimtab.measure.runner import Result
from trimtab.workspace.plan import Scored


def outcome_of(scored: Scored, result: Result) -> Score | Missing:
    """The metric's word on a finished case."""
    if isinstance(result.outcome, Missing):
        return replace(result.outcome, group=_group(scored, result))
    try:
        outcome = scored.plugin.score(result.case, result.outcome)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # somebody else's metric; a crash is not a clean result
        outcome = Missing("metric-crashed", type(error).__name__)
    return _settled(outcome, scored, result)


async def awaited(scored: Scored, result: Result) -> Score | Missing:
    """As `outcome_of`, of a metric that waits for its word."""
    if isinstance(result.outcome, Missing):
        return replace(result.outcome, group=_group(scored, result))
    try:
        outcome = await scored.plugin.ascore(result.case, result.outcome)  # type: ignore[attr-defined]  # optional
    except (Exception, SystemExit) as error:  # noqa: BLE001  # as above
        outcome = Missing("metric-crashed", type(error).__name__)
    return _settled(outcome, scored, result)


def _group(scored: Scored, result: Result) -> str:
    """The group that a case belongs to whatever came of it: its own, or what its metric parts cases by."""
    named = result.case.expect.get(getattr(scored.plugin, "group_key", ""), "")
    return result.case.group or (named if isinstance(named, str) else "")


def _settled(outcome: Score | Missing, scored: Scored, result: Result) -> Score | Missing:
    """What the ledger can hold. What is missing keeps its case's group, so that no group can hide."""
    if not isinstance(outcome, Missing) and not _usable(outcome):
        outcome = Missing("metric-crashed", "a score that is no finite number")
    if isinstance(outcome, Missing) and not outcome.group:
        return replace(outcome, group=_group(scored, result))
    return outcome


def _usable(outcome: object) -> bool:
    """Whether a plugin returned a score that the ledger can hold and statistics can use."""
    if not isinstance(outcome, Score) or not isinstance(outcome.group, str):
        return False
    numbers = (outcome.value, outcome.per, outcome.at)
    return all(type(n) in (int, float) and abs(n) <= SCORE_LIMIT for n in numbers)  # NaN is not, either


def undesired(scored: Scored, outcome: Score | Missing) -> bool:
    """Whether it is the outcome of a 0/1 metric that nobody wants."""
    if isinstance(outcome, Missing) or scored.plugin.shape not in {Shape.RATE, Shape.GAP}:
        return False
    return outcome.value == (0.0 if scored.plugin.better == "higher" else 1.0)
