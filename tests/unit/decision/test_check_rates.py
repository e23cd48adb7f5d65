"""A hard check passes only where all was looked at; a cost only where its interval clears what is accepted."""

import pytest

from trimtab.decision import Verdict
from trimtab.decision.check_rates import CheckRate
from trimtab.kinds import Estimate, Interval


def seen(low, high, missing=0):
    return Estimate(value=low, interval=Interval(low, high, 0.9, "test"), count=9, cases=9, missing=missing)


@pytest.mark.parametrize(
    ("bad", "estimate", "at_most", "verdict"),
    [
        (0.0, seen(0.0, 0.3), None, Verdict.PASS),
        (1.0, seen(0.0, 0.3), None, Verdict.FAIL),
        (1.0, seen(0.0, 0.3, missing=2), None, Verdict.FAIL),
        (0.0, seen(0.0, 0.3, missing=1), None, Verdict.INCONCLUSIVE),
        (0.0, None, None, Verdict.INCONCLUSIVE),
        (0.0, seen(0.0, 0.05), 0.05, Verdict.PASS),
        (1.0, seen(0.01, 0.06), 0.05, Verdict.INCONCLUSIVE),
        (9.0, seen(0.05, 0.2), 0.05, Verdict.INCONCLUSIVE),
        (9.0, seen(0.06, 0.2), 0.05, Verdict.FAIL),
        (0.0, None, 0.05, Verdict.INCONCLUSIVE),
    ],
)
def test_the_verdict_of_a_check(bad, estimate, at_most, verdict):
    assert CheckRate(check="c", bad=bad, of=9, estimate=estimate, at_most=at_most).verdict is verdict
