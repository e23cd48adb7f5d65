"""The checks of a reward against a data set: what must not be there, and rates that are accepted up to a bound."""

from dataclasses import dataclass

from trimtab.decision.model import Verdict
from trimtab.kinds import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRate:
    """How often a check failed, or what a cost came to.

    `of` counts completions that the check was for, `bad` sums what was bad in them. The estimate is None where the
    check was for none. `at_most` is the rate accepted of a soft cost, and None of a hard check, of which none is.
    """

    check: str
    bad: float
    of: int
    estimate: Estimate | None
    at_most: float | None = None

    @property
    def verdict(self) -> Verdict:
        """Of a hard check, what is in the file: one failure is one too many. Of a cost, what the interval says.

        What could not be looked at may be anything: it lets no hard check pass, and widens the interval of a cost.
        """
        seen, bound = self.estimate, self.at_most
        if bound is None:
            if self.bad:
                return Verdict.FAIL
            return Verdict.INCONCLUSIVE if seen is None or seen.missing else Verdict.PASS
        if seen is None:
            return Verdict.INCONCLUSIVE
        if seen.interval.high <= bound:
            return Verdict.PASS
        return Verdict.FAIL if seen.interval.low > bound else Verdict.INCONCLUSIVE
