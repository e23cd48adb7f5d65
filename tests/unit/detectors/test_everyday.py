"""Everyday insults: what the card says of them is what the detector of toxicity does."""

from itertools import product

import numpy as np
import pytest
from training.text.evaluate import Seen, _toxicity
from training.text.model import HEADS

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
    at = shipped().card["heads"]["toxicity"]["by_threshold"]["0.5"]["insults"]
    for language, rate in at.items():
        insults = [form for row in LISTS["insults"].values() for form in row[language]]
        hits, trials = flagged(insults, LISTS["sentences"][language], ToxicityDetector(threshold=0.5))
        assert (rate["hits"], rate["trials"]) == (hits, trials)
        assert hits > flagged(insults, LISTS["sentences"][language])[0]


def test_an_insult_that_edos_calls_harmless_does_not_count_among_its_polite_rows():
    def row(source, text, label):
        return {"source": source, "text": text, "label": label, "meta": {"identity": "tall"}}

    rows = [
        row("edos", "women cannot park", 1),
        row("edos", "what an idiot he is", 0),
        row("edos", "what a day it is", 0),
        *(row(source, "what a day it is", label) for source in ("olid", "madlibs") for label in (0, 1)),
    ]
    chances = np.zeros((len(rows), len(HEADS)))
    chances[:2, HEADS.index("toxicity")] = 0.98, 0.99
    found = _toxicity(Seen(rows, chances))
    at_one = found["recall_at_1_percent"]
    assert (at_one["edos"]["hits"], at_one["edos, polite"]["hits"]) == (0, 1)
    alarms = {name: found["shipped_threshold"][name]["false_alarm"] for name in ("edos", "edos, polite")}
    assert {name: (rate["hits"], rate["trials"]) for name, rate in alarms.items()} == {
        "edos": (1, 2),
        "edos, polite": (0, 1),
    }
