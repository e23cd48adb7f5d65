"""How differently groups are treated: every two of them, of every metric that compares groups, all at once."""

from collections.abc import Mapping

from trimtab.decision.floors import level_of, outcomes_of
from trimtab.decision.model import Measurements
from trimtab.kinds import Estimate, Shape
from trimtab.stats.clusters import usable
from trimtab.stats.gap import pairwise

_MOST = 40  # groups; beyond, nobody reads the table

Differences = Mapping[tuple[str, str], Estimate]
"""By pair of groups, first minus second, the greatest difference first."""


def between_groups(measurements: Measurements, candidate: str, *, alpha: float) -> dict[str, Differences]:
    """The difference of every two groups, by metric; one family, however many attributes are compared.

    Args:
        measurements: What was seen.
        candidate: Of whom.
        alpha: Error probability of one end of all intervals of all metrics together (Bonferroni), in (0, 0.5].
    """
    trials = measurements.trials.get(candidate, {})
    compared = [name for name, shape in measurements.shapes.items() if shape is Shape.GAP and trials.get(name)]
    anytime = measurements.sampling == "sequential"
    found: dict[str, Differences] = {}
    for name in compared:
        outcomes = usable(Shape.GAP, outcomes_of(trials[name]))
        differences = pairwise(outcomes, level=level_of(alpha / len(compared)), anytime=anytime)
        if 1 <= len(differences) <= _MOST * (_MOST - 1) // 2:
            found[name] = differences
    return found
