"""Work done per second of wall time."""

import math

import numpy as np
from scipy.special import stdtrit

from trimtab.kinds import Interval
from trimtab.stats.clusters import Floats

METHOD = "batch-means, approximate"
_BATCHES = 20
_FEWEST = 2


def per_second(value: Floats, at: Floats, missing: int, *, level: float) -> tuple[float, Interval, int]:
    """Values finished per second, from the first finished case to the last.

    Calls overlap and servers warm up, so neighbouring completions are
    not independent; batches of consecutive ones nearly are. The interval is
    Student's over the batches' ratio of work to time.

    Args:
        value: Work of each scored case, >= 0 (1 for requests, tokens for tokens).
        at: Unix time in seconds when it finished.
        missing: Cases that stayed broken. They could have taken any time and
            done any work, so one of them is enough for an infinite interval.
        level: Nominal coverage, in (0, 1); approximate.

    Returns:
        Value per second, NaN when no time passed; interval within [0, inf];
        and the number of batches it rests on, at least 1.

    Source:
        Law & Kelton (2000), Simulation Modeling and Analysis, section 9.5.3;
        Cochran (1977), Sampling Techniques, section 6.4 for the ratio.
    """
    vacuous = Interval(0.0, math.inf, level, METHOD)
    ranks = np.argsort(at, kind="stable")
    # Work of the first completion was done before the clock starts.
    gaps, work = np.diff(at[ranks]), value[ranks][1:]
    span = float(gaps.sum())
    if span <= 0.0:
        return math.nan, vacuous, 1
    rate = float(work.sum()) / span
    batches = min(_BATCHES, len(gaps) // 2)
    if missing or batches < _FEWEST:
        return rate, vacuous, max(batches, 1)
    starts = np.arange(batches) * len(gaps) // batches
    residual = np.add.reduceat(work, starts) - rate * np.add.reduceat(gaps, starts)
    error = math.sqrt(float(residual @ residual) * batches / (batches - 1)) / span
    if error == 0.0:  # no scatter, no idea how far off it might be
        return rate, vacuous, batches
    reach = float(stdtrit(batches - 1, (1.0 + level) / 2.0)) * error
    return rate, Interval(max(0.0, rate - reach), rate + reach, level, METHOD), batches
