"""What every guarantee test needs: a bound on the error of the simulation itself."""

from collections.abc import Callable

import pytest
from scipy.stats import binom


@pytest.fixture
def never_above() -> Callable[..., None]:
    """Asserts that a simulated share does not contradict a probability.

    With a true probability of at most `bound`, a run as bad as this one or
    worse has probability above one in ten thousand. Seeds are fixed, so a test
    that passes always does.
    """

    def check(events: int, runs: int, bound: float) -> None:
        chance = float(binom.sf(events - 1, runs, bound)) if events else 1.0
        assert chance > 1e-4, f"{events} of {runs} = {events / runs:.3f} contradicts at most {bound:g}"

    return check
