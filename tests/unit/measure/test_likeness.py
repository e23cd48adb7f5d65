"""Near-duplicates: what overlaps enough is found, whatever else is there; what does not is left alone."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.kinds import plugins
from trimtab.measure.likeness import HASHES, Likenesses, Signer, likeness
from trimtab.measure.synth_blocks import plain_text

STRESS = plugins.make("suites", "stress", depth=2)


def texts_of_cases(count, *, seed=0):
    """Real hits: what the index is used for."""
    goals = (STRESS.goal(place, seed=seed) for place in range(count))
    return [plain_text(case, goal) for goal in goals if (case := STRESS.dress(goal)) is not None]


def jaccard(one, other):
    def grams(text):
        words = text.casefold().split()
        return set(zip(words, words[1:], words[2:], strict=False))

    return len(grams(one) & grams(other)) / len(grams(one) | grams(other))


def changed(text, words, chance):
    """The text with so many words replaced by others."""
    said = text.split()
    for at in chance.sample(range(len(said)), words):
        said[at] = f"other{chance.randrange(10**9)}"
    return " ".join(said)


LONG = [f"word{n % 97} of line{n} and" for n in range(60)]


def test_a_signature_estimates_the_overlap():
    chance, signer = random.Random(1), Signer()
    for words in (1, 3, 8, 20, 60):
        text = " ".join(LONG)
        other = changed(text, words, chance)
        true = jaccard(text, other)
        one, two = signer.sign([text, other])
        assert abs(likeness(one, two) - true) < 5 * (true * (1 - true) / HASHES) ** 0.5 + 1e-9


def test_planted_near_duplicates_are_found_among_real_cases_and_nothing_else_is():
    chance, signer = random.Random(2), Signer()
    real = texts_of_cases(3_000)
    alone = Likenesses(0.8).add(signer.sign(real))
    long = [text for text in real if len(text.split()) > 120][:60]
    near = [changed(text, 1, chance) for text in long]
    far = [changed(text, len(text.split()) // 6, chance) for text in long]
    assert min(map(jaccard, long, near)) > 0.9
    assert max(map(jaccard, long, far)) < 0.65
    everything = real + near + far
    order = list(range(len(everything)))
    chance.shuffle(order)
    kept = dict(zip(order, Likenesses(0.8).add(signer.sign([everything[at] for at in order])), strict=True))
    pairs = [(real.index(text), len(real) + at) for at, text in enumerate(long)]
    assert not any(kept[one] and kept[two] for one, two in pairs)  # one of each pair is gone,
    assert all(kept[len(real) + len(near) + at] for at in range(len(far)))  # what differs is there,
    gone = sum(not there for there in kept.values())
    assert gone <= len(near) + sum(not there for there in alone) + 2  # and hardly anything went with them


def test_it_finds_what_comparing_every_pair_would_find():
    chance, signer = random.Random(3), Signer()
    base = texts_of_cases(150)
    texts = base + [changed(text, 1 + at % 3, chance) for at, text in enumerate(base) if len(text.split()) > 40]
    signed = signer.sign(texts)
    kept: list[int] = []
    for at in range(len(texts)):
        if all(jaccard(texts[at], texts[before]) < 0.9 for before in kept):
            kept.append(at)
    found = {at for at, new in enumerate(Likenesses(0.9).add(signed)) if new}
    wrong = found ^ set(kept)
    # Only where the true overlap is so near the threshold that an estimate may fall on either side of it.
    for at in wrong:
        nearest = max(jaccard(texts[at], texts[other]) for other in range(len(texts)) if other != at)
        assert 0.78 < nearest < 0.98
    assert len(wrong) < 0.2 * len(texts)


@given(cuts=st.lists(st.integers(1, 60), min_size=1, max_size=12))
def test_how_the_texts_are_cut_into_calls_makes_no_difference(cuts):
    signed = Signer().sign([*TEXTS, *TEXTS[:20], *(text + " more" for text in TEXTS[:30])])
    whole = Likenesses(0.8).add(signed)
    parts, index, at = [], Likenesses(0.8), 0
    while at < len(signed):
        for cut in cuts:
            parts += index.add(signed[at : at + cut])
            at += cut
    assert parts == whole
    assert len(index) == sum(whole)
    assert whole[len(TEXTS) : len(TEXTS) + 20] == [False] * 20


TEXTS = texts_of_cases(70)
PINNED = [[1421480590, 584344332], [1335190907, 3709128814], [1311818901, 944438357]]


@given(st.lists(st.text(max_size=60), max_size=8))
def test_any_text_has_a_signature_and_is_like_itself(texts):
    signed = Signer().sign(texts)
    assert signed.shape == (len(texts), HASHES)
    assert np.array_equal(signed, Signer().sign(texts))
    again = Likenesses(1.0).add(np.concatenate([signed, signed]))
    assert not any(again[len(texts) :])


@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
def test_a_signature_does_not_depend_on_what_is_signed_beside_it(texts):
    together = Signer().sign(texts)
    assert all(np.array_equal(together[at], Signer().sign([text])[0]) for at, text in enumerate(texts))


def test_signatures_are_pinned():
    """Another hash would be another set for the same seed: raise the version of what is made with it."""
    signed = Signer().sign(["one two three four", "", "eins zwei drei"])
    assert signed[:, :2].tolist() == PINNED


def test_one_marker_is_as_good_as_another():
    goal = STRESS.goal(0, seed=0)
    other = replace(goal, marker="ANOTHER-1234", system=goal.system.replace(goal.marker, "ANOTHER-1234"))
    assert plain_text(STRESS.dress(goal), goal) == plain_text(STRESS.dress(other), other)


def test_broken_and_empty_texts_are_texts():
    signed = Signer().sign(["", " ", "one", "\ud800 two three", "one two", "x" * 100_000])
    assert Likenesses(0.9).add(signed) == [True, False, True, True, True, True]


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1.1])
def test_a_threshold_that_means_nothing_is_refused(threshold):
    with pytest.raises(ValueError, match="outside"):
        Likenesses(threshold)
