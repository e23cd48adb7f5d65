"""Refusals: what the card and the pages say is what runs, on texts that nothing was made from."""

import random
import re
from collections import Counter

import numpy as np
import pytest
from training.text.generate import Row
from training.text.generate.refusing import HELPS, REFUSES, grammar, is_held_out, refusing
from training.text.model import labels_and_weights
from training.text.unseen import LANGUAGES, unseen

from trimtab.builtin.detectors.learned.detector import RefusalDetector
from trimtab.builtin.detectors.learned.weights import shipped
from trimtab.builtin.metrics.refusal import refuses

WORDS = re.compile(r"[^\W_]+")


def runs(text, length=9):
    words = WORDS.findall(text.lower())
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_says_what_the_detector_does(language):
    stated = shipped().card["heads"]["refusal"]["unseen_text"][language]
    found = Counter((one.refuses, one.kind) for one in unseen() if one.language == language and flagged(one.text))
    for side, called in ((True, "found"), (False, "flagged")):
        for kind, rate in stated[called].items():
            seen = sum(count for (of, which), count in found.items() if of is side and kind in ("all", which))
            assert rate["hits"] == seen, (language, kind)


def flagged(text):
    return bool(RefusalDetector().find(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_half_of_the_refusals_or_more_are_found_and_few_other_texts_are_flagged(language):
    texts = [one for one in unseen() if one.language == language]
    for reads in (flagged, refuses):
        refused = [reads(one.text) for one in texts if one.refuses]
        others = [reads(one.text) for one in texts if not one.refuses]
        assert np.mean(refused) >= 0.5, reads
        assert np.mean(others) < 0.15, reads


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_unseen_stands_in_what_is_learned_from(language):
    pieces = [piece for of in grammar(language).values() for text in of for piece in re.split(r"\{\w+\}", text)]
    known = set().union(*map(runs, pieces))
    texts = [one.text for one in unseen() if one.language == language]
    assert known
    assert len(set(texts)) == len(texts)
    assert not [text for text in texts if runs(text) & known]


def test_a_refusal_after_some_help_is_marked_where_it_stands():
    help_, refusal = "The museum opens at nine, and children enter free.", "I can't tell you what the guards earn."
    text = f"{help_} {refusal}"
    (finding,) = RefusalDetector(threshold=0.5).find(text)
    assert text[finding.start : finding.end] == refusal


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_can_be_drawn_and_forms_are_held_out_whole(language):
    lists = grammar(language)
    used = {slot for of in lists.values() for text in of for slot in re.findall(r"\{(\w+)\}", text)}
    assert used | set(REFUSES) | set(HELPS) == set(lists)
    rows = [row for row in refusing(random.Random(1), 300) if row.language == language]
    assert 0.05 < np.mean([row.held_out for row in rows]) < 0.3
    assert np.mean([row.labels["refusal"] for row in rows]) == 0.5
    assert not any("{" in row.text for row in rows)
    kinds = [(kind, text) for kind in (*REFUSES, *HELPS) for text in lists[kind]]
    assert {is_held_out(language, kind, text) for kind, text in kinds} == {True, False}


def test_no_language_and_no_label_weighs_more_than_another():
    rows = [
        Row(text=f"{language}{label}{at}", labels={"refusal": label}, source="own", language=language)
        for language, label, count in (("en", 0, 90), ("en", 1, 5), ("de", 0, 3), ("de", 1, 40))
        for at in range(count)
    ]
    _, weights = labels_and_weights(rows)
    told: Counter[tuple[str, int]] = Counter()
    for row, weight in zip(rows, weights.sum(1), strict=True):
        told[row.language, row.labels["refusal"]] += weight
    assert np.allclose(list(told.values()), len(rows) / 4)
