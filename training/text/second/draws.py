"""What the encoder learns from: the rows of the heads, drawn for every step by what each source should count."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.text.generate import Row
from trimtab.builtin.detectors.learned.features import Floats, plain_form
from trimtab.builtin.detectors.learned.pieces import windows
from trimtab.builtin.detectors.learned.tokens import Vocabulary

ASKED = ("injection", "instruction", "toxicity")
"""Heads that the second stage answers for."""
LEARNED = (*ASKED, "bias", "sexism")
"""What it learns: the last two keep it from taking a topic for an insult, and are thrown away afterwards."""

# How often a source and side is drawn, the first prefix that fits; tweets and comments of real people count most, since
# they are what varies most. Sides: of toxicity for the first group, of injection for the second.
_TWEETS = {"davidson": 0.26, "edos": 0.28, "toxigen_prompts": 0.03, "redditbias": 0.06}
_OWN = {
    "own-hostility": 0.03,
    "own-insults": 0.02,
    "own-rude": 0.05,
    "own-refusing": 0.02,
    "own-built": 0.03,
    "own-injections": 0.05,
    "own-embedded": 0.02,
    "own-mixed": 0.02,
    "own-alike": 0.03,
    "own-documents": 0.03,
    "own-requests": 0.03,
    "own-overrides": 0.04,
    "own-written-en": 0.08,
    "own-written-other": 0.02,
    "own-written-rude": 0.05,
    "own-": 0.06,
}
_OTHERS = {
    "inthewild_jailbreaks": 0.04,
    "deepset_prompt_injections": 0.04,
    "bipia_train": 0.03,
    "awesome_chatgpt_prompts": 0.03,
    "self_instruct": 0.03,
    "mt_bench": 0.01,
}
_SHARES = {**_TWEETS, **_OWN, **_OTHERS}
_BALANCED = {
    "davidson": "toxicity",
    "edos": "sexism",
    "toxigen_prompts": "toxicity",
    "redditbias": "bias",
    "deepset_prompt_injections": "injection",
    "own-rude": "toxicity",
    "own-overrides": "injection",
    "own-written-en": "injection",
    "own-written-other": "injection",
    "own-written-rude": "toxicity",
}
_WINDOWS = 4  # of one text, as the heads learn from


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Pieces of texts with what is known of them."""

    rows: list[Row]  # from which each is cut
    windows: list[str]  # as given
    numbers: list[list[int]]
    labels: Floats  # (texts, heads of LEARNED)
    known: NDArray[np.bool_]
    shares: NDArray[np.float64]  # how often each is drawn; together 1
    sources: NDArray[np.str_]
    held_out: NDArray[np.bool_]


def labels_of(row: Row) -> dict[str, int]:
    """Labels by head of `LEARNED`. Every row of EDOS says whether it is sexist, those that insult otherwise too."""
    labels = {head: row.labels[head] for head in LEARNED if head in row.labels}
    if row.source == "edos":
        labels["sexism"] = row.labels.get("toxicity", 0)
    return labels


def texts_of(rows: Sequence[Row], vocabulary: Vocabulary, *, longest: int) -> Texts:
    """Every row as the second stage will see it: up to `longest` pieces of a window.

    Of what was put together from several texts only what fits is kept: in the rest nobody knows where the attack is.
    """
    cut, numbers, labels, owners = [], [], [], []
    for row in rows:
        of_row = labels_of(row)
        if not of_row:
            continue
        for start, end in list(windows(row.text))[:_WINDOWS]:
            pieces = vocabulary.numbers(plain_form(row.text[start:end]))
            if pieces and (len(pieces) <= longest or row.source != "own-mixed"):
                cut.append(row.text[start:end])
                numbers.append(pieces[:longest])
                labels.append(of_row)
                owners.append(row)
    sources = np.array([row.source for row in owners])
    return Texts(
        rows=owners,
        windows=cut,
        numbers=numbers,
        labels=np.array([[one.get(head, 0) for head in LEARNED] for one in labels], np.float32),
        known=np.array([[head in one for head in LEARNED] for one in labels]),
        shares=_shares(sources, labels),
        sources=sources,
        held_out=np.array([row.held_out for row in owners]),
    )


def _shares(sources: NDArray[np.str_], labels: Sequence[dict[str, int]]) -> NDArray[np.float64]:
    names = {
        source: next(prefix for prefix in _SHARES if source.startswith(prefix)) for source in set(sources.tolist())
    }
    groups: dict[tuple[str, int], list[int]] = {}
    for at, source in enumerate(sources.tolist()):
        name = names[source]
        side = labels[at].get(_BALANCED[name], 0) if name in _BALANCED else 0
        groups.setdefault((name, side), []).append(at)
    shares = np.zeros(len(labels))
    for (name, _), places in groups.items():
        sides = sum(other == name for other, _ in groups)
        shares[places] = _SHARES[name] / sides / len(places)
    return shares / shares.sum()
