"""Where a verdict stands while measuring goes on: for displays, decided on by nobody."""

from collections.abc import Sequence

from trimtab.decision.floors import breaks, clears, level_of
from trimtab.decision.model import Verdict
from trimtab.kinds import Estimate, Instrument, Missing, Score, Shape
from trimtab.policy.model import Floor
from trimtab.stats import RunningRate, estimate, through


def provisional(
    shape: Shape,
    outcomes: Sequence[tuple[str, Score | Missing]],
    floor: Floor | None,
    alpha: float,
    *,
    instrument: Instrument | None = None,
    anytime: bool = False,
) -> tuple[Estimate | Missing, Verdict]:
    """Estimate and verdict over the outcomes so far.

    Looking often gives luck many chances, so a provisional PASS is no pass unless it
    holds `anytime`; the decision is made on what the ledger holds. Without a floor the verdict is INCONCLUSIVE.
    """
    level, bound = level_of(alpha), floor.bound if floor else None
    if instrument is None:
        seen = estimate(shape, outcomes, level=level, anytime=anytime, bound=bound)
    else:
        seen = through(shape, outcomes, instrument.rates, level=level, anytime=anytime, bound=bound)
    return seen, _leaning(seen, floor)


def provisional_rate(running: RunningRate, floor: Floor | None, alpha: float) -> tuple[Estimate | Missing, Verdict]:
    """The same for 0/1 outcomes counted one by one: no work per outcome but the counting."""
    seen = running.estimate(level=level_of(alpha))
    return seen, _leaning(seen, floor)


def _leaning(seen: Estimate | Missing, floor: Floor | None) -> Verdict:
    if floor is None:
        return Verdict.INCONCLUSIVE
    return Verdict.PASS if clears(floor, seen) else Verdict.FAIL if breaks(floor, seen) else Verdict.INCONCLUSIVE
