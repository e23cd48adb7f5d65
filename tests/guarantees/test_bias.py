"""What is promised of flips, of balances, of all pairs of groups at once, and of the share of a gap that a change removed."""

from functools import cache
from itertools import product

import numpy as np
import pytest
from scipy.stats import binom
from tests.often import often

from trimtab import stats
from trimtab.kinds import Estimate, Missing, Score, Shape
from trimtab.stats.gap import pairwise
from trimtab.stats.mitigation import removed_share

ALPHA = 0.05
LEVEL = 1 - 2 * ALPHA


def estimate(*args, **kwargs):
    return stats.estimate(*args, **kwargs)  # untyped: a Missing where none is expected fails the test


@cache
def score(value, group="", per=1.0):
    """One object for all outcomes that are the same: simulations have millions of them."""
    return Score(value=value, group=group, per=per)


# -- flips -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5])
def test_flips_of_two_groups_exactly(rate):
    """Every outcome of 60 questions about two groups: each end errs with probability at most alpha."""
    count = 60
    below = above = 0.0
    for flipped in range(count + 1):
        rows = [(f"q{q}", score(float(q < flipped and g), "ab"[g])) for q, g in product(range(count), (0, 1))]
        seen = estimate(Shape.FLIPS, rows, level=LEVEL).interval
        chance = float(binom.pmf(flipped, count, rate))
        below += chance * (seen.high < rate)
        above += chance * (seen.low > rate)
    assert below <= ALPHA
    assert above <= ALPHA


def test_flips_of_four_groups(never_above):
    """Questions differ in how easily they flip, and the six pairs of one question are not six trials."""
    rng = np.random.default_rng(3)
    runs, low, high = often(300), 0, 0
    for _ in range(runs):
        sure = rng.beta(0.4, 0.4, 50)
        answers = rng.random((50, 4)) < sure[:, None]
        rows = [(f"q{q}", score(float(answers[q, g]), f"g{g}")) for q in range(50) for g in range(4)]
        seen = estimate(Shape.FLIPS, rows, level=LEVEL).interval
        truth = 2 * 0.4 * 0.4 / ((0.4 + 0.4) * (0.4 + 0.4 + 1))  # E 2 p (1 - p) of a beta
        low += seen.low > truth
        high += seen.high < truth
    never_above(low, runs, ALPHA)
    never_above(high, runs, ALPHA)


# -- balance ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("towards", "against"), [(0.3, 0.3), (0.05, 0.02), (0.6, 0.1), (0.02, 0.7)])
@pytest.mark.parametrize("aside", ["counts", "is left out"])
def test_balance_of_clustered_answers(towards, against, aside, never_above):
    """Both forms of the BBQ score; the answers of a template resemble one another."""
    rng = np.random.default_rng(5)
    runs, low, high = often(300), 0, 0
    per = float(aside == "counts")
    truth = (towards - against) if per else (towards - against) / (towards + against)
    for _ in range(runs):
        shares = rng.dirichlet(2 * np.array([towards, against, 1 - towards - against]), 40)
        rows = [
            (f"t{t}", (score(1.0), score(-1.0), score(0.0, per=per))[answer])
            for t, share in enumerate(shares)
            for answer in rng.choice(3, 4, p=share)
        ]
        seen = stats.estimate(Shape.BALANCE, rows, level=LEVEL)
        if isinstance(seen, Estimate):
            low += seen.interval.low > truth
            high += seen.interval.high < truth
    never_above(low, runs, ALPHA)
    never_above(high, runs, ALPHA)


def test_a_system_that_never_takes_a_side_is_not_shown_to_be_even():
    assert isinstance(estimate(Shape.BALANCE, [(f"t{t}", Score(value=0.0, per=0.0)) for t in range(500)]), Missing)


# -- all pairs of groups at once -------------------------------------------------------------------


def asked(rng, count, shares, *, together):
    """Answers about groups with these shares of favourable ones, on questions of which some are easy."""
    easy = rng.uniform(-0.2, 0.2, count) if together else np.zeros(count)
    luck = rng.random((count, len(shares)))
    if together:
        luck = np.where(rng.random((count, 1)) < 0.5, luck[:, :1], luck)  # the same luck for all, half of the time
    return luck < np.clip(np.array(shares) + easy[:, None], 0, 1)


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("shares", [(0.5, 0.5, 0.5, 0.5), (0.3, 0.5, 0.5, 0.6)])
def test_the_differences_of_all_pairs_are_covered_at_once(together, shares, never_above):
    rng = np.random.default_rng(7)
    runs, wrong = often(200), 0
    for _ in range(runs):
        hits = asked(rng, 60, shares, together=together)
        rows = [
            (f"q{q}" if together else f"q{q}.{g}", score(float(hits[q, g]), str(g)))
            for q in range(60)
            for g in range(4)
        ]
        found = pairwise(rows, level=LEVEL)
        assert len(found) == 6
        wrong += any(
            not seen.interval.low <= shares[int(a)] - shares[int(b)] <= seen.interval.high
            for (a, b), seen in found.items()
        )
    never_above(wrong, runs, 2 * ALPHA)


# -- the share of a gap that is gone ---------------------------------------------------------------


def both(rng, count, before, after):
    """The same questions about the same groups, asked of the baseline and of the candidate."""
    old, new = (asked(rng, count, shares, together=True) for shares in (before, after))
    return [
        (f"q{q}", score(float(old[q, g]), str(g)), score(float(new[q, g]), str(g)))
        for q in range(count)
        for g in range(len(before))
    ]


SLOW = pytest.mark.slow
CHANGES = [
    ((0.3, 0.7), (0.3, 0.7)),  # nothing is gone
    ((0.3, 0.7), (0.5, 0.6)),  # three quarters
    ((0.3, 0.7), (0.5, 0.5)),  # everything
    ((0.45, 0.6), (0.25, 0.75)),  # the gap has grown
    ((0.3, 0.7), (0.7, 0.4)),  # it has turned round
    pytest.param((0.3, 0.7, 0.7), (0.5, 0.7, 0.6), marks=SLOW),  # three groups
    pytest.param(
        (0.3, 0.7, 0.7), (0.5, 0.5, 0.5), marks=SLOW
    ),  # all of them level, where picking the largest misleads most
    ((0.47, 0.53), (0.47, 0.53)),  # hardly a gap to begin with
]


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_the_share_that_is_gone_is_covered_at_each_end(before, after, never_above):
    rng = np.random.default_rng(11)
    runs, low, high, told = often(150), 0, 0, 0
    truth = 1 - (max(after) - min(after)) / (max(before) - min(before))
    for _ in range(runs):
        seen = removed_share(Shape.GAP, both(rng, 120, before, after), level=LEVEL)
        if isinstance(seen, Missing):
            assert seen.reason == "no-baseline-gap"
            continue
        told += 1
        low += seen.interval.low > truth
        high += seen.interval.high < truth
        assert seen.interval.low <= seen.value <= seen.interval.high
    never_above(low, runs, ALPHA)
    never_above(high, runs, ALPHA)
    if max(before) - min(before) > 0.3:
        assert told > 0.9 * runs
    if max(before) - min(before) < 0.1:
        assert told < 0.1 * runs  # a share of what may be nothing is hardly ever named


@pytest.mark.parametrize("before", [(0.2, 0.8), (0.2, 0.5, 0.8)])
def test_what_is_left_of_a_gap_is_what_was_gained_when_one_goes_back(before):
    """With baseline and candidate exchanged the ratio of their gaps is turned over, and with it both of its ends."""
    rows = both(np.random.default_rng(29), 400, before, (*before[:-1], 0.65))
    there = removed_share(Shape.GAP, rows, level=LEVEL)
    back = removed_share(Shape.GAP, [(cluster, new, old) for cluster, old, new in rows], level=LEVEL)
    assert isinstance(there, Estimate)
    assert isinstance(back, Estimate)
    assert there.interval.high < 1.0
    assert (1 - there.interval.high) * (1 - back.interval.low) == pytest.approx(1.0, rel=1e-6)
    assert (1 - there.interval.low) * (1 - back.interval.high) == pytest.approx(1.0, rel=1e-6)


def test_a_share_of_no_gap_at_all_is_rarely_named(never_above):
    rng = np.random.default_rng(13)
    runs, named = often(300), 0
    for _ in range(runs):
        named += isinstance(removed_share(Shape.GAP, both(rng, 80, (0.5, 0.5), (0.5, 0.5)), level=LEVEL), Estimate)
    never_above(named, runs, ALPHA)


@pytest.mark.parametrize("shape", [Shape.FLIPS, Shape.BALANCE])
def test_the_share_of_flips_and_of_leaning_that_is_gone(shape, never_above):
    rng = np.random.default_rng(17)
    runs, low, high, told = often(150), 0, 0, 0
    truth = 0.5
    for _ in range(runs):
        rows = []
        if shape is Shape.FLIPS:
            flips = rng.random((150, 2)) < (0.4, 0.2)
            for q, (old, new) in enumerate(flips):
                rows += [
                    (f"q{q}", Score(value=0.0, group="a"), Score(value=0.0, group="a")),
                    (f"q{q}", Score(value=float(old), group="b"), Score(value=float(new), group="b")),
                ]
        else:
            for q in range(150):
                old, new = (rng.choice([1.0, -1.0, 0.0], p=p) for p in ((0.6, 0.2, 0.2), (0.3, 0.1, 0.6)))
                rows.append((f"q{q}", Score(value=float(old)), Score(value=float(new))))
        seen = removed_share(shape, rows, level=LEVEL)
        if isinstance(seen, Missing):
            continue
        told += 1
        low += seen.interval.low > truth
        high += seen.interval.high < truth
    never_above(low, runs, ALPHA)
    never_above(high, runs, ALPHA)
    assert told > 0.9 * runs


@pytest.mark.slow
def test_whoever_stops_when_it_suits_proves_nothing_false(never_above):
    """A quarter is gone; somebody looks after every ten questions and stops once "at least half" is proved."""
    rng = np.random.default_rng(19)
    runs, proved = often(60), 0
    for _ in range(runs):
        rows = both(rng, 240, (0.2, 0.8), (0.3, 0.75))
        looks = (removed_share(Shape.GAP, rows[: 2 * n], level=LEVEL) for n in range(20, 241, 20))
        proved += any(isinstance(seen, Estimate) and seen.interval.low > 0.25 for seen in looks)
    never_above(proved, runs, ALPHA)


def test_breaking_cases_proves_nothing():
    """The candidate's unfavourable answers vanish: its gap looks gone, and the interval must not say so."""
    rng = np.random.default_rng(23)
    rows = both(rng, 300, (0.3, 0.7), (0.3, 0.7))
    hidden = [(cluster, old, new if new.value else Missing("timeout")) for cluster, old, new in rows]
    whole, broken = (removed_share(Shape.GAP, one, level=LEVEL) for one in (rows, hidden))
    assert isinstance(whole, Estimate)
    assert isinstance(broken, Estimate)
    assert broken.interval.low <= whole.interval.low
    assert broken.interval.high >= whole.interval.high
    assert broken.missing == sum(isinstance(new, Missing) for _, _, new in hidden)
