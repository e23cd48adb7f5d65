"""A threshold from which too many answers are wrong is rarely taken, whatever the confidences are worth."""

import math
from functools import cache
from itertools import product

import numpy as np
import pytest
from scipy.stats import binom
from tests.often import often

from trimtab.stats import release_threshold
from trimtab.stats.release import STARTS

LEVEL = 0.8
ERROR = 0.3
SURE = (0.95, 0.7, 0.2)  # three grades of confidence
ANSWERS = 16


@cache
def taken(counts, wrongs):
    """The threshold taken when so many answers have each confidence, and so many of these are wrong."""
    answers = [
        (sure, number >= wrong)
        for sure, count, wrong in zip(SURE, counts, wrongs, strict=True)
        for number in range(count)
    ]
    found = release_threshold(answers, error=ERROR, level=LEVEL, grid=SURE, starts=(0.95, 0.7))
    return found.threshold if found else None


def false_claims(shares, risks):
    """Exact probability that the threshold taken gives more than `ERROR` wrong answers: a sum over all outcomes."""
    total = 0.0
    for first, second in product(range(ANSWERS + 1), repeat=2):
        third = ANSWERS - first - second
        if third < 0:
            continue
        counts = (first, second, third)
        ways = math.factorial(ANSWERS) / math.prod(map(math.factorial, counts))
        chance = ways * math.prod(share**count for share, count in zip(shares, counts, strict=True))
        if chance < 1e-12:
            continue
        for wrongs in product(*(range(count + 1) for count in counts)):
            threshold = taken(counts, wrongs)
            if threshold is None:
                continue
            given = [n for n, sure in enumerate(SURE) if sure >= threshold]
            mass = sum(shares[n] for n in given)
            if sum(shares[n] * risks[n] for n in given) / mass > ERROR:
                rows = zip(wrongs, counts, risks, strict=True)
                total += chance * math.prod(float(pmf(wrong, count, risk)) for wrong, count, risk in rows)
    return total


@cache
def pmf(wrong, count, risk):
    return binom.pmf(wrong, count, risk)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shares", "risks"),
    [
        ((0.4, 0.3, 0.3), (0.301, 0.301, 0.301)),  # confidence is worth nothing, and all are a little too bad
        ((0.5, 0.3, 0.2), (0.05, 0.05, 0.95)),  # good until the last step
        ((0.2, 0.6, 0.2), (0.31, 0.1, 0.5)),  # the surest are the worst
        ((0.5, 0.25, 0.25), (0.1, 0.75, 0.3)),
    ],
)
def test_a_false_claim_is_rare_whatever_the_confidences_are_worth(shares, risks):
    assert false_claims(shares, risks) <= 1.0 - LEVEL


@pytest.mark.parametrize("error", [0.01, 0.05, 0.2])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_at_one_threshold_the_test_is_exact(error, level):
    for trials in (10, 100, 1000):
        passing = 0.0
        for wrong in range(trials + 1):
            answers = [(0.9, number >= wrong) for number in range(trials)]
            if release_threshold(answers, error=error, level=level, grid=(0.5,), starts=(0.5,)) is None:
                break
            passing += float(binom.pmf(wrong, trials, error))
        assert passing <= 1.0 - level


@pytest.mark.parametrize("starts", [STARTS, (0.99,)])
def test_a_hundred_thresholds_tried_make_a_false_claim_no_likelier(never_above, starts):
    generator = np.random.default_rng(11)
    runs, level, error = often(250), 0.8, 0.2
    claims = 0
    for _ in range(runs):
        sure = generator.random(600) ** 0.3  # many that are nearly sure
        right = generator.random(600) >= error + 1e-9  # and none of it is worth anything
        claims += release_threshold(zip(sure, right, strict=True), error=error, level=level, starts=starts) is not None
    never_above(claims, runs, 1.0 - level)
    assert claims > 0
