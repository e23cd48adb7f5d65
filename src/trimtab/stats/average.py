"""Average of a quantity without known bounds (tokens, money), by cluster."""

from dataclasses import replace

from trimtab.kinds import Interval
from trimtab.stats.clusters import Clusters
from trimtab.stats.ratio import ratio_of_sums


def average_per_case(clusters: Clusters, *, level: float) -> tuple[float, Interval]:
    """Mean over scored cases: the ratio of their sum to their number.

    Range, errors, missing cases and source are those of `ratio_of_sums`:
    approximate, infinite when a case is missing. In the unit of the scores.
    """
    return ratio_of_sums(replace(clusters, per=clusters.scored), level=level)
