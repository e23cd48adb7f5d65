"""What people said of some and a measure of all: as the reference package reckons it, covered where it may be used."""

import numpy as np
import pytest

from trimtab.errors import InsufficientEvidenceError
from trimtab.stats.prediction_powered import prediction_powered


def drawn(seed, marked, others, right, rate=0.6):
    """Marks, a measure that agrees with them in so many cases, and the measure of cases that nobody marked."""
    generator = np.random.default_rng(seed)
    y = (generator.random(marked) < rate).astype(float)
    f = np.where(generator.random(marked) < right, y, 1 - y)
    unseen = (generator.random(others) < rate).astype(float)
    return y, f, np.where(generator.random(others) < right, unseen, 1 - unseen)


@pytest.mark.parametrize(
    ("args", "value", "ends"),
    [  # by ppi-python 0.2.3: ppi_mean_pointestimate, ppi_mean_ci
        ((1, 60, 400, 0.9), 0.64281245, (0.5760094794560362, 0.7096154181688614)),
        ((2, 100, 1000, 0.5), 0.62, (0.5248660051214322, 0.7151339948785678)),
        ((3, 200, 300, 0.8), 0.63211669, (0.5719621134089542, 0.6922712578462601)),
    ],
)
def test_it_agrees_with_the_reference_package(args, value, ends):
    y, f, others = drawn(*args)
    seen = prediction_powered(list(zip(f, y, strict=True)), others)
    assert seen.value == pytest.approx(value, abs=1e-8)
    assert (seen.interval.low, seen.interval.high) == pytest.approx(ends, abs=1e-9)
    assert "approximate" in seen.interval.method


def coverage(marked, others, right, rate, runs=400):
    missed, widths = 0, []
    for seed in range(runs):
        y, f, unseen = drawn(seed, marked, others, right, rate)
        seen = prediction_powered(list(zip(f, y, strict=True)), unseen)
        missed += not seen.interval.low <= rate <= seen.interval.high
        widths.append(seen.interval.high - seen.interval.low)
    return 1 - missed / runs, np.mean(widths)


def test_of_common_events_it_covers_and_is_shorter_than_marks_alone():
    covered, width = coverage(150, 3000, 0.95, 0.5)
    _, alone = coverage(150, 3000, 0.5, 0.5)  # a measure that knows nothing
    assert covered > 0.92
    assert width < 0.6 * alone


def test_of_rare_events_it_does_not_cover_which_is_why_no_floor_rests_on_it():
    """A judge that finds 85 % and flags 3 % of the rest, true rate 1 %, 300 marks."""
    missed = 0
    for seed in range(300):
        generator = np.random.default_rng(seed)
        y = (generator.random(5000) < 0.01).astype(float)
        f = np.where(y == 1, generator.random(5000) < 0.85, generator.random(5000) < 0.03).astype(float)
        seen = prediction_powered(list(zip(f[:300], y[:300], strict=True)), list(f[300:]), level=0.9)
        missed += seen.interval.high < 0.01
    assert missed / 300 > 0.1  # where 5 % are meant


def test_too_few_marks_are_refused_and_none_left_is_the_plain_mean():
    with pytest.raises(InsufficientEvidenceError):
        prediction_powered([(1.0, 1.0)] * 29, [1.0] * 500)
    y, f, _ = drawn(4, 100, 1, 0.9)
    seen = prediction_powered(list(zip(f, y, strict=True)), [])
    assert seen.value == pytest.approx(y.mean())
