"""Everyday insults: what the card says of them is what the detector of toxicity does."""

from itertools import product

import pytest

from trimtab.builtin.detectors.learned.detector import ToxicityDetector
from trimtab.builtin.detectors.learned.weights import shipped
from trimtab.builtin.suites.draw import words

LISTS = words("abusive_wording")


def flagged(forms, sentences, detector=ToxicityDetector()):  # noqa: B008  # frozen
    texts = [sentence.format(x=form) for form, sentence in product(forms, sentences)]
    return sum(map(bool, map(detector.find, texts))), len(texts)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_the_card_says_what_the_detector_does(language):
    rates = shipped().card["heads"]["toxicity"]["everyday"][language]
    insults = [form for row in LISTS["insults"].values() for form in row[language]]
    hits, trials = flagged(insults, LISTS["sentences"][language])
    told = [rates[kind] for kind in ("insults", "insults in other words")]
    assert (hits, trials) == (sum(one["hits"] for one in told), sum(one["trials"] for one in told))
    groups = [named[language] for named in LISTS["identities"].values() if language in named]
    assert flagged(groups, LISTS["notices"][language]) == (rates["notices"]["hits"], rates["notices"]["trials"])
    assert rates["notices"]["hits"] == 0


def test_the_card_says_what_a_lower_threshold_finds():
    at = shipped().card["heads"]["toxicity"]["by_threshold"]["0.8"]["insults"]
    for language, rate in at.items():
        insults = [form for row in LISTS["insults"].values() for form in row[language]]
        hits, trials = flagged(insults, LISTS["sentences"][language], ToxicityDetector(threshold=0.8))
        assert (rate["hits"], rate["trials"]) == (hits, trials)
        assert hits > flagged(insults, LISTS["sentences"][language])[0]
