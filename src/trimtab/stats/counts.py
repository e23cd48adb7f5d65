"""Interval for the rate of events over time, from their count."""

from scipy.special import gammaincinv

from trimtab.kinds import Interval


def poisson_rate(events: int, exposure: float, *, level: float = 0.95) -> Interval:
    """Exact two-sided interval for events per unit of exposure; covers at least `level` whatever the true rate.

    Args:
        events: How many, >= 0, each independent of the others.
        exposure: Over how much time (or uses), > 0, in the unit that the rate is meant per.
        level: Coverage probability, in (0, 1).

    Returns:
        Events per unit; 0 <= low <= events / exposure <= high.

    Raises:
        ValueError: An argument is outside its range.

    Source:
        Garwood (1936), Biometrika 28(3/4), 437-442.
    """
    if not (events >= 0 and exposure > 0.0 and 0.0 < level < 1.0):
        raise ValueError(f"out of range: {events=}, {exposure=}, {level=}")
    tail = (1.0 - level) / 2.0
    low = 0.0 if events == 0 else float(gammaincinv(events, tail))
    high = float(gammaincinv(events + 1, 1.0 - tail))
    return Interval(low / exposure, high / exposure, level, "garwood")
