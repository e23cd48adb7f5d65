"""The bound of `trimtab fit`: whatever the scores are like, more false alarms than promised are as rare as promised."""

import json

import numpy as np
import pytest
from scipy.stats import beta, binom

from trimtab.errors import InsufficientEvidenceError
from trimtab.kinds import plugins
from trimtab.stats.alarm_bound import alarm_bound


@pytest.mark.parametrize(("rate", "clean"), [(0.01, 299), (0.01, 1_000), (0.05, 59), (0.05, 400), (0.2, 50)])
@pytest.mark.parametrize("law", ["uniform", "ties", "skewed"])
def test_a_threshold_breaks_its_bound_no_more_often_than_it_says(rate, clean, law):
    rng = np.random.default_rng(7)
    draws = 600
    broken = 0
    for _ in range(draws):
        scores = rng.random(clean)
        if law == "ties":
            scores = np.floor(scores * 20) / 20
        cut = alarm_bound(scores**9 if law == "skewed" else scores, rate=rate).cut
        # The share of all clean texts that scores above the cut, exactly.
        share = {"uniform": 1 - cut, "skewed": 1 - cut ** (1 / 9), "ties": 1 - (round(cut * 20) + 1) / 20}[law]
        broken += share > rate
    # 5 % are allowed; the seeded simulation may exceed that by chance once in a thousand times.
    assert broken <= binom.ppf(0.999, draws, 0.05)


@pytest.mark.parametrize(("rate", "clean"), [(0.01, 299), (0.01, 2_500), (0.1, 60)])
def test_the_bound_is_the_exact_one_and_not_wasteful(rate, clean):
    bound = alarm_bound(list(np.random.default_rng(1).random(clean)), rate=rate)
    k, n = bound.allowed, bound.clean
    assert beta.sf(rate, k + 1, n - k) <= 0.05 < beta.sf(rate, k + 2, n - k - 1)


def test_with_too_few_clean_texts_there_is_no_threshold():
    with pytest.raises(InsufficientEvidenceError) as caught:
        alarm_bound([0.1] * 298, rate=0.01)
    assert (caught.value.have, caught.value.need) == (298, 299)
    assert alarm_bound([0.1] * 299, rate=0.01).allowed == 0


def test_a_score_that_is_no_number_is_not_calibrated_on():
    with pytest.raises(ValueError, match="not a number"):
        alarm_bound([0.1] * 400 + [float("nan")], rate=0.01)


# -- the whole of it, on texts ------------------------------------------------------------


def texts(rng, count, *, refunds):
    """Questions to a shop; those with the label ask for money back, in half-overlapping words."""
    things = ["lamp", "coat", "radio", "bicycle", "camera", "chair", "guitar", "printer", "kettle", "boat"]
    clean = [
        "where is my {}",
        "does the {} come in red",
        "how do I clean the {}",
        "the {} works well",
        "is the {} in stock",
    ]
    ask = [
        "I want my money back for the {}",
        "please refund the {}",
        "refund me for this {}",
        "return the {} and pay me back",
    ]
    shapes = ask if refunds else clean
    found: set[str] = set()
    while len(found) < count:
        shape = shapes[rng.integers(len(shapes))]
        found.add(
            f"{shape.format(things[rng.integers(len(things))])} number {rng.integers(10**6)} {'abcdefgh'[rng.integers(8)] * 3}"
        )
    return sorted(found)


@pytest.fixture(scope="module")
def learned():
    rng = np.random.default_rng(3)
    clean, flagged = texts(rng, 260, refunds=False), texts(rng, 90, refunds=True)
    learn = plugins.find("detectors", "fitted").learn
    return learn(clean + flagged, [False] * 260 + [True] * 90, label="topic.refunds", false_alarms=0.05, seed=1)


def test_it_finds_what_it_learned_within_its_bound_on_new_texts(learned, tmp_path):
    learned.write(tmp_path / "refunds")
    detector = plugins.make("detectors", "fitted", path=str(tmp_path / "refunds"))
    rng = np.random.default_rng(99)
    clean, flagged = texts(rng, 300, refunds=False), texts(rng, 100, refunds=True)
    assert sum(bool(detector.find(text)) for text in flagged) >= 90
    assert sum(bool(detector.find(text)) for text in clean) <= binom.ppf(0.999, 300, 0.05)
    (finding,) = detector.find(flagged[0])
    assert (finding.label, finding.start, finding.end) == ("topic.refunds", 0, len(flagged[0]))
    assert detector.card.errors["topic.refunds"].false_alarm.low == 0.0


def test_the_same_rows_and_seed_give_the_same_head(learned):
    rng = np.random.default_rng(3)
    clean, flagged = texts(rng, 260, refunds=False), texts(rng, 90, refunds=True)
    learn = plugins.find("detectors", "fitted").learn
    again = learn(clean + flagged, [False] * 260 + [True] * 90, label="topic.refunds", false_alarms=0.05, seed=1)
    assert again.digest == learned.digest


def test_repeats_do_not_buy_confidence():
    learn = plugins.find("detectors", "fitted").learn
    rng = np.random.default_rng(3)
    clean, flagged = texts(rng, 10, refunds=False) * 100, texts(rng, 40, refunds=True)
    with pytest.raises(InsufficientEvidenceError) as caught:
        learn(clean + flagged, [False] * 1000 + [True] * 40, label="topic.refunds")
    assert caught.value.have <= 10
    assert "INCONCLUSIVE" in str(caught.value)


def test_the_card_holds_no_text(learned, tmp_path):
    learned.write(tmp_path)
    card = (tmp_path / "card.json").read_text(encoding="utf-8")
    assert "lamp" not in card
    assert json.loads(card)["calibrated"]["clean"] == learned.bound.clean
