"""From answers of the encoder to chances, and the chance from which on it speaks; on T rows it did not learn from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from training.text.calibrate import platt, quantile
from training.text.second.draws import ASKED, LEARNED, Texts
from trimtab.builtin.detectors.learned.asked import Asked
from trimtab.builtin.detectors.learned.encoder import Encoder
from trimtab.builtin.detectors.learned.features import Floats

LEAST = {"injection": 0.8, "toxicity": 0.8}
"""Chance of the first stage from which on the encoder is asked; docs/explanation/learned-detectors.md has the curve.

Not for `instruction`: of orders in documents it finds fewer at its threshold than the first stage does at its own."""
_FALSE_ALARMS = 0.01
_MOST = 800  # texts of a source that are asked: enough for the hundredth
_NOTHING = -30.0  # log-odds of what nobody is asked about
_FEW = 50  # texts of a source, below which it says nothing of rates

First = Callable[[Sequence[int]], NDArray[np.float64]]
"""Chances of the first stage, (texts, heads of ASKED), for texts by their places."""
Fold = tuple[Encoder, First, list[str]]
"""An encoder and a first stage, and the sources that they did not learn from."""


def calibrated(
    whole: Encoder, folds: Sequence[Fold], texts: Texts, first: First, thresholds: Mapping[str, float]
) -> dict[str, Asked]:
    """How each head is asked.

    Slope and offset are Platt's on rows held out. The threshold is where, of the harmless texts of a source that
    neither stage learned from, one in a hundred is flagged, every source counting the same.
    """
    held = np.flatnonzero(texts.held_out)
    answered, chances = _answers(whole, texts, held), first(held.tolist())
    found = {}
    for head, least in LEAST.items():
        at, column = ASKED.index(head), LEARNED.index(head)
        known = texts.known[held, column]
        label = texts.labels[held, column][known]
        weight = _balanced(texts.shares[held][known], label)
        slope, offset = platt(answered[known, at], label, weight)
        clean = []
        for encoder, stage, places in _strangers(folds, texts, column):
            asked_about = stage(places.tolist())[:, at] >= least
            answers = np.full(len(places), _NOTHING, np.float32)
            if asked_about.any():
                answers[asked_about] = _answers(encoder, texts, places[asked_about])[:, at]
            clean.append(answers)
        counts = np.concatenate([np.full(len(one), 1 / len(one), np.float32) for one in clean])
        cut = quantile(np.concatenate(clean), counts, 1 - _FALSE_ALARMS)
        passed = chances[known, at] < least
        rest = min(float((weight * label)[passed].sum() / weight[passed].sum()), 0.5)
        asked = Asked(at, slope, offset, least, rest, thresholds[head], 0.5)
        found[head] = replace(asked, threshold=float(np.clip(asked.chance(cut), 0.5, 0.9999)))
    return found


def _strangers(folds: Sequence[Fold], texts: Texts, column: int) -> Iterator[tuple[Encoder, First, NDArray[np.int64]]]:
    """Harmless texts of each source that an encoder and a first stage did not learn from."""
    clean = texts.known[:, column] & (texts.labels[:, column] == 0)
    for encoder, stage, away in folds:
        for source in away:
            places = np.flatnonzero((texts.sources == source) & clean)
            if len(places) >= _FEW:
                yield encoder, stage, places[:: max(1, len(places) // _MOST)]


def _answers(encoder: Encoder, texts: Texts, places: NDArray[np.int64]) -> Floats:
    return np.stack([encoder.answers(texts.numbers[at]) for at in places])


def _balanced(shares: NDArray[np.float64], label: Floats) -> Floats:
    weight = shares.copy()
    for side in (0, 1):
        weight[label == side] *= 0.5 * len(label) / weight[label == side].sum()
    return weight.astype(np.float32)
