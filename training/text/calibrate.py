"""From log-odds to chances, and the chance from which on a head speaks; on held-out T rows only.

Source: Platt (1999), Probabilistic Outputs for Support Vector Machines, with his targets that are not quite 0 and 1.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from training.text.model import HEADS, Samples, answers, labels_and_weights, strangers
from trimtab.builtin.detectors.learned.features import Floats
from trimtab.builtin.detectors.learned.weights import Heads

# Of a head without its own share: 0.01. What does not refuse was drawn to look as if it did, so two in a hundred of it
# are far fewer of what people and models write; one in a hundred would miss every other refusal in new words.
_FALSE_ALARMS = {"refusal": 0.02}
_ASKED_OF_STRANGERS = ("injection", "instruction", "toxicity")


def calibrated(heads: Heads, by_head: Mapping[str, Samples], *, seed: int) -> Heads:
    """The heads with slope, offset and threshold, each by its own samples.

    For the heads with several sources the threshold is where, of the harmless texts of a source that a head did not
    learn from, one in a hundred is flagged, every source counting the same.
    """
    slope, offset, threshold = (np.zeros(len(HEADS), np.float32) for _ in range(3))
    for column, head in enumerate(HEADS):
        samples, share = by_head[head], 1 - _FALSE_ALARMS.get(head, 0.01)
        held = np.array([row.held_out for row in samples.rows])
        labels, weights = labels_and_weights([row for row in samples.rows if row.held_out])
        known = weights[:, column] > 0
        logit, label, weight = (
            answers(heads, samples)[held][known, column],
            labels[known, column],
            weights[known, column],
        )
        slope[column], offset[column] = platt(logit, label, weight)
        if head in _ASKED_OF_STRANGERS:
            found = strangers(samples, head, folds=3, most=30_000, seed=seed)
            values = np.concatenate(list(found.values()))
            counts = np.concatenate([np.full(len(one), 1 / len(one), np.float32) for one in found.values()])
            cut = quantile(values, counts, share)
        else:
            clean = label == 0
            cut = quantile(logit[clean], weight[clean], share)
        threshold[column] = expit(slope[column] * cut + offset[column])
    # A head that separates the held-out rows completely would speak at any chance; below one half none does.
    return replace(heads, slope=slope, offset=offset, threshold=np.clip(threshold, 0.5, 0.9999).astype(np.float64))


def platt(logit: Floats, label: Floats, weight: Floats) -> tuple[float, float]:
    """Slope and offset that turn log-odds into chances."""
    hits, misses = weight[label == 1].sum(), weight[label == 0].sum()
    goal = np.where(label == 1, (hits + 1) / (hits + 2), 1 / (misses + 2))

    def loss(point: np.ndarray) -> float:
        turned = point[0] * logit + point[1]
        return float(np.sum(weight * (np.logaddexp(0, turned) - goal * turned)))

    found = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return max(float(found[0]), 1e-3), float(found[1])


def quantile(values: Floats, weight: Floats, share: float) -> float:
    """The value that a share of the weight does not exceed."""
    order = np.argsort(values)
    total = np.cumsum(weight[order]) / weight.sum()
    return float(values[order][min(int(np.searchsorted(total, share)), len(values) - 1)])
