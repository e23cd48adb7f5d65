"""What `trimtab calibrate` promises of its thresholds holds as often as it says, and its calibration error is covered."""

import itertools
import math

import numpy as np
import pytest
from tests.often import often

from trimtab.stats.binomial import clopper_pearson
from trimtab.stats.calibration import METHODS, Recalibration, recalibrate, reliability
from trimtab.stats.cutoff import cutoff
from trimtab.stats.load import review_load
from trimtab.stats.release import release_threshold

LEVEL = 0.8


# -- answers ---------------------------------------------------------------------------------------


def chance(sure):
    """Of being right: surer answers are better, and none is as good as it says."""
    return 1.0 - 1.2 * (1.0 - sure) - 0.05


@pytest.mark.parametrize("error", [0.15, 0.25])
def test_error_among_automatic_answers_exceeds_what_is_tolerated_rarely(never_above, error):
    generator = np.random.default_rng(5)
    runs, broken, found = often(400), 0, 0
    for _ in range(runs):
        sure = generator.random(600) ** 0.5
        right = generator.random(600) < chance(sure)
        release = release_threshold(zip(sure, right, strict=True), error=error, level=LEVEL)
        if release is None:
            continue
        found += 1
        # With confidence u**0.5 the density is 2c: the mean error above t is known.
        grid = np.linspace(release.threshold, 1.0, 2001)
        broken += float(np.average(1.0 - chance(grid), weights=grid)) > error
    never_above(broken, runs, 1.0 - LEVEL)
    assert found > runs / 4


# -- detectors -------------------------------------------------------------------------------------

STEPS = (0.2, 0.5, 0.8, 1.0)


def outcomes(texts, chances):
    """Every way in which independent texts fall on the scores, with its exact probability."""
    for counts in itertools.product(range(texts + 1), repeat=len(chances) - 1):
        rest = texts - sum(counts)
        if rest < 0:
            continue
        fallen = (*counts, rest)
        ways = math.factorial(texts) // math.prod(map(math.factorial, fallen))
        yield fallen, ways * math.prod(map(pow, chances, fallen))


@pytest.mark.parametrize(
    ("chances", "misses"),
    [
        ((0.11, 0.39, 0.3, 0.2), 0.1),  # the least threshold misses hardly too many: 0.11 below 0.5
        ((0.0, 0.101, 0.399, 0.5), 0.1),
        ((0.02, 0.03, 0.06, 0.89), 0.1),
    ],
)
@pytest.mark.parametrize("texts", [20, 30])
def test_more_misses_than_tolerated_are_rare_exactly(chances, misses, texts):
    scores = (0.1, 0.4, 0.7, 0.9)
    broken = total = 0.0
    for counts, probability in outcomes(texts, chances):
        given = [score for score, count in zip(scores, counts, strict=True) for _ in range(count)]
        found = cutoff(given, [True] * texts, misses=misses, level=LEVEL, grid=STEPS)
        total += probability
        if found is not None:
            missed = sum(one for score, one in zip(scores, chances, strict=True) if score < found.threshold)
            broken += probability * (missed > misses)
    assert total == pytest.approx(1.0)
    assert broken <= 1.0 - LEVEL


def test_both_bounds_hold_together(never_above):
    generator = np.random.default_rng(8)
    runs, broken, found = often(600), 0, 0
    for _ in range(runs):
        bad, clean = generator.beta(6, 2, 150), generator.beta(2, 6, 150)
        scores, marked = [*bad, *clean], [True] * 150 + [False] * 150
        taken = cutoff(scores, marked, misses=0.12, false_alarms=0.12, level=LEVEL)
        if taken is None:
            continue
        found += 1
        from scipy.stats import beta

        broken += beta.cdf(taken.threshold, 6, 2) > 0.12 or beta.sf(taken.threshold, 2, 6) > 0.12
    never_above(broken, runs, 1.0 - LEVEL)
    assert found > runs / 3


def test_the_threshold_is_the_one_that_helps_most():
    scores = [0.95] * 100 + [0.05] * 100
    bad = [True] * 100 + [False] * 100

    def threshold(**asked):
        found = cutoff(scores, bad, **asked)
        return found.threshold if found else None

    assert threshold(misses=0.05) == 0.95  # as few false alarms as the misses allow
    assert threshold(false_alarms=0.05) == 0.06  # as few misses as the false alarms allow
    assert threshold(misses=0.05, false_alarms=0.05) == 0.06


@pytest.mark.parametrize("asked", [{}, {"misses": 0.0}, {"false_alarms": 1.0}, {"misses": 0.1, "level": 1.0}])
def test_what_makes_no_sense_is_refused(asked):
    with pytest.raises(ValueError):
        cutoff([0.5], [True], **asked)


def test_too_few_texts_show_nothing():
    assert cutoff([1.0] * 10, [True] * 10, misses=0.05) is None
    assert cutoff([], [], misses=0.05) is None


# -- calibration -----------------------------------------------------------------------------------


@pytest.mark.parametrize("slant", [0.0, 0.15])
def test_the_calibration_error_is_covered(never_above, slant):
    """Against the error of the very bins: their mean confidence, and the chance of being right that is known here."""
    generator = np.random.default_rng(3)
    runs, missed = often(300), 0
    for _ in range(runs):
        sure = generator.random(300)
        right = (generator.random(300) < np.clip(sure - slant, 0, 1)).astype(float)
        seen = reliability(sure, right, level=LEVEL)
        ordered, place, true = np.sort(sure), 0, 0.0
        for one in seen.bins:
            part = ordered[place : place + one.count]
            place += one.count
            true += one.count * abs(part.mean() - np.clip(part - slant, 0, 1).mean()) / 300
        missed += not seen.interval.low <= true <= seen.interval.high
    never_above(missed, runs, 1.0 - LEVEL)


def test_bins_hold_every_answer_once_and_part_no_equals():
    sure = np.repeat([0.5, 0.5, 0.9, 0.99], 60)
    seen = reliability(sure, np.ones(240))
    assert sum(one.count for one in seen.bins) == 240
    assert [(one.least, one.most) for one in seen.bins] == [(0.5, 0.5), (0.9, 0.9), (0.99, 0.99)]
    assert all(one.interval.low <= one.right / one.count <= one.interval.high for one in seen.bins)
    assert seen.ece == pytest.approx((120 * 0.5 + 60 * 0.1 + 60 * 0.01) / 240)


def test_each_map_mends_what_it_is_for():
    generator = np.random.default_rng(1)
    true = generator.random(20_000)
    right = (generator.random(20_000) < true).astype(float)
    logit = np.log(true) - np.log1p(-true)
    sharp = 1 / (1 + np.exp(-2.0 * logit))  # twice as sure as it should be
    assert recalibrate("temperature", sharp, right).numbers[0] == pytest.approx(2.0, abs=0.1)
    slope, offset = recalibrate("sigmoid", 1 / (1 + np.exp(-(2.0 * logit + 1.0))), right).numbers
    assert slope == pytest.approx(0.5, abs=0.03)
    assert offset == pytest.approx(-0.5, abs=0.05)
    for method in METHODS:
        mended = recalibrate(method, sharp, right)(sharp)
        assert reliability(mended, right).ece < 0.02 < reliability(sharp, right).ece
        assert np.all(np.diff(mended[np.argsort(sharp)]) >= -1e-12)  # the order stays
        assert mended.min() >= 0.0
        assert mended.max() <= 1.0


def test_isotonic_is_the_closest_rising_map():
    """By the other formula for it: at each place the greatest, over beginnings, of the least mean over ends."""
    generator = np.random.default_rng(2)
    sure, right = np.sort(generator.random(60)), (generator.random(60) < 0.6).astype(float)
    means = [[right[i : j + 1].mean() if j >= i else np.nan for j in range(60)] for i in range(60)]
    closest = [max(min(means[i][j] for j in range(k, 60)) for i in range(k + 1)) for k in range(60)]
    assert recalibrate("isotonic", sure, right)(sure) == pytest.approx(closest)


def test_a_map_holds_at_the_ends():
    ends = np.array([0.0, 1.0])
    for fitted in (Recalibration(method="temperature", numbers=(2.0,)), Recalibration(method="sigmoid", numbers=(1.0, 0.5))):  # fmt: skip
        assert np.all((fitted(ends) >= 0.0) & (fitted(ends) <= 1.0))


def test_the_load_is_that_of_the_exact_interval():
    load = review_load(30, 100, volume=1000, minutes=3.0, hourly=50.0)
    shares = clopper_pearson(30, 100)
    assert load.hours == pytest.approx(15.0)
    assert load.money == pytest.approx(750.0)
    assert load.money_interval is not None
    assert load.hours_interval.high == pytest.approx(50.0 * shares.high)
    assert load.money_interval.low == pytest.approx(2500.0 * shares.low)
    assert review_load(1, 2, volume=10, minutes=1.0).money is None
