"""A rate by the groups that its cases belong to: which family of attacks gets through, whom a failure meets."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from trimtab.decision.floors import level_of, outcomes_of
from trimtab.decision.model import Measurements, Trial
from trimtab.kinds import Estimate, Missing, Score, Shape
from trimtab.stats import estimate

_MOST = 40  # groups; beyond, nobody reads the table


def by_group(
    measurements: Measurements,
    candidate: str,
    metric: str,
    *,
    alpha: float,
    of: Mapping[str, str] | None = None,
) -> dict[str, Estimate]:
    """The rate of each group, worst first, all intervals at once: together they err with probability `alpha` at an end.

    A case without a score counts in its own group, and in every group if it
    names none, as the worst that it could have been.

    Args:
        measurements: What was seen.
        candidate: Of whom.
        metric: A rate or a balance; of any other shape, and of one whose outcomes name fewer than two groups, nothing
            is returned.
        alpha: Error probability of one end of all intervals together (Bonferroni), in (0, 0.5].
        of: The group of each case by its id, instead of the one that its score names: the same cases, parted anew.
    """
    shape = measurements.shapes.get(metric)
    if shape not in (Shape.RATE, Shape.BALANCE):
        return {}
    trials = measurements.trials.get(candidate, {}).get(metric, ())
    if of is not None:
        trials = [replace(trial, outcome=replace(trial.outcome, group=of.get(trial.case, ""))) for trial in trials]
    # A group of which nothing is known is one as well, or it would hide behind the others.
    names = sorted({trial.outcome.group for trial in trials} - {""})
    if not 2 <= len(names) <= _MOST:
        return {}
    anytime = measurements.sampling == "sequential"
    found: dict[str, Estimate] = {}
    for name in names:
        own = _of_group(trials, name)
        seen = estimate(shape, outcomes_of(own), level=level_of(alpha / len(names)), anytime=anytime)
        if not isinstance(seen, Missing):
            found[name] = seen
    worse_is_high = measurements.better.get(metric, "lower") == "lower"
    return dict(sorted(found.items(), key=lambda item: _badness(item[1], high=worse_is_high), reverse=True))


def _of_group(trials: Sequence[Trial], name: str) -> list[Trial]:
    return [
        trial
        for trial in trials
        if (isinstance(trial.outcome, Score) and trial.outcome.group == name)
        or (isinstance(trial.outcome, Missing) and trial.outcome.group in ("", name))
    ]


def _badness(seen: Estimate, *, high: bool) -> tuple[float, float, float]:
    """What was seen first: a group of few cases has a wide interval, and that alone does not make it the worst.

    Of those that look alike, the one of which that is surest.
    """
    end, other = (seen.interval.high, seen.interval.low) if high else (-seen.interval.low, -seen.interval.high)
    if not seen.known:
        return end, end, other
    return (seen.value if high else -seen.value), end, other
