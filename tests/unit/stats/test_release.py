"""A confidence is a number between 0 and 1 or nothing, and a threshold is the least that can be shown to do."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.stats import of_agreement, of_logprobs, release_threshold


def test_confidence_of_logprobs_is_the_geometric_mean():
    assert of_logprobs([math.log(0.5), math.log(0.5)]) == pytest.approx(0.5)
    assert of_logprobs([math.log(0.9), math.log(0.1)]) == pytest.approx(0.3)
    assert of_logprobs([0.0]) == 1.0
    assert of_logprobs([1e-7]) == 1.0
    assert of_logprobs([-math.inf, 0.0]) == 0.0


@pytest.mark.parametrize("bad", [[], [math.nan], [0.5], [-1.0, math.inf]])
def test_what_is_no_logprob_gives_no_confidence(bad):
    assert of_logprobs(bad) is None


@given(st.lists(st.floats(max_value=0.0, allow_nan=False)))
def test_confidence_of_logprobs_is_between_0_and_1(logprobs):
    found = of_logprobs(logprobs)
    assert found is None if not logprobs else found is not None and 0.0 <= found <= 1.0


def test_agreement_is_the_share_of_samples_that_say_the_same():
    assert of_agreement("42", ["42", " 42\n", "43", "４２"]) == 0.75
    assert of_agreement("Paris", ["PARIS", "paris "]) == 1.0
    assert of_agreement("yes", []) is None
    assert of_agreement("a b", ["b a"], same=lambda a, b: set(a) == set(b)) == 1.0


def labelled(good=300, doubtful=100):
    """Sure answers are right, unsure ones half the time."""
    return [(0.93, True)] * good + [(0.4, number % 2 == 0) for number in range(doubtful)]


def test_the_least_threshold_that_can_be_shown_to_do_is_taken():
    found = release_threshold(labelled(), error=0.05)
    assert found is not None
    assert (found.threshold, found.given, found.wrong, found.answers) == (0.41, 300, 0, 400)
    everything = release_threshold([(0.4, True)] * 400, error=0.05)
    assert everything is not None
    assert everything.threshold == 0.0


def test_with_too_few_or_too_many_wrong_there_is_none():
    assert release_threshold(labelled(good=20, doubtful=0), error=0.05) is None
    assert release_threshold([(0.9, False)] * 500, error=0.05) is None
    assert release_threshold([], error=0.05) is None


def test_a_missing_confidence_is_below_every_threshold():
    missing: list[tuple[float | None, bool]] = [(None, False), (math.nan, False)]
    found = release_threshold([*labelled(doubtful=0), *missing * 50], error=0.05)
    assert found is not None
    assert (found.threshold, found.given) == (0.0, 300)


@pytest.mark.parametrize(
    "bad",
    [{"error": 0.0}, {"error": 1.0}, {"error": 0.1, "level": 1.0}, {"error": 0.1, "starts": ()},
     {"error": 0.1, "starts": (0.123,)}],
)  # fmt: skip
def test_arguments_outside_their_range_are_refused(bad):
    with pytest.raises(ValueError):
        release_threshold([(0.5, True)], **bad)
