"""From rows to a reader and one head for each label."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.text import filters
from training.text.generate import Row
from trimtab.builtin.detectors.learned.features import BUCKETS, Floats, Reader, Table, plain_form
from trimtab.builtin.detectors.learned.learning import matrix, regress
from trimtab.builtin.detectors.learned.pieces import windows
from trimtab.builtin.detectors.learned.tokens import Vocabulary
from trimtab.builtin.detectors.learned.weights import Heads

HEADS = ("injection", "instruction", "toxicity", "bias", "refusal")
FILTERS, WIDTH, MEAN = 64, 3, 64
_QUANTA = 127
_LOUDER = {"own-neutral": 3.0}  # its texts are short and alike, yet they close the gap between groups
_WINDOWS = 4  # of one text: the longest would drown the others
# How much the two kinds of columns may say, and what weights cost; chosen on held-out T rows.
_SPARSE, _DENSE = 2.0, 0.25
_PENALTY = {"injection": 1e-5, "instruction": 1e-5, "toxicity": 1e-5, "bias": 1e-4, "refusal": 1e-5}


def labels_and_weights(rows: Sequence[Row]) -> tuple[Floats, Floats]:
    """(rows, heads) each. A source counts as the root of its size, and both labels of a head count the same."""
    labels = np.zeros((len(rows), len(HEADS)), np.float32)
    weights = np.zeros_like(labels)
    for column, head in enumerate(HEADS):
        groups = Counter((row.source, row.labels[head]) for row in rows if head in row.labels)
        for at, row in enumerate(rows):
            if head in row.labels:
                labels[at, column] = row.labels[head]
                weights[at, column] = _LOUDER.get(row.source, 1.0) * groups[row.source, row.labels[head]] ** -0.5
        known = weights[:, column] > 0
        for side in (0, 1):
            chosen = known & (labels[:, column] == side)
            if chosen.any():
                weights[chosen, column] *= known.sum() / 2 / weights[chosen, column].sum()
    return labels, weights


def table_of(vectors: Floats, learned: filters.Filters) -> Table:
    """The table that ships: vectors times filters, in whole numbers."""
    parts = np.stack([vectors @ one for one in learned.weights], 1)  # (pieces, width, filters)
    filter_scale = np.maximum(np.quantile(np.abs(parts), 0.9999, axis=(0, 1)) / _QUANTA, 1e-9).astype(np.float32)
    mean = vectors[:, :MEAN]
    mean_scale = np.maximum(np.abs(mean).max(0) / _QUANTA, 1e-9).astype(np.float32)
    rows = np.concatenate([_whole(mean / mean_scale), _whole(parts / filter_scale).reshape(len(vectors), -1)], 1)
    return Table(rows=rows, mean_scale=mean_scale, filter_scale=filter_scale, bias=learned.bias)


def _whole(numbers: Floats) -> NDArray[np.int8]:
    return np.clip(np.rint(numbers), -_QUANTA, _QUANTA).astype(np.int8)


def reader_of(pieces: list[str], vectors: Floats, rows: Sequence[Row], *, seed: int) -> Reader:
    """Learns the filters on these rows, and what the dense numbers are like."""
    vocabulary = Vocabulary(pieces)
    texts = [np.array(vocabulary.numbers(plain_form(row.text[:4_000])), np.uint32) for row in rows]
    labels, weights = labels_and_weights(rows)
    some = [at for at, text in enumerate(texts) if len(text)]
    learned = filters.learn(
        vectors, [texts[at] for at in some], labels[some], weights[some], filters=FILTERS, width=WIDTH, seed=seed
    )
    table = table_of(vectors, learned)
    pooled = np.stack([table.pooled(texts[at]) for at in some[:: max(1, len(some) // 20_000)]])
    spread = np.maximum(pooled.std(0), 1e-3)
    return Reader(vocabulary=vocabulary, table=table, centre=pooled.mean(0), spread=spread.astype(np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Windows of the rows with their features; `owner` is the row of each."""

    rows: list[Row]
    owner: NDArray[np.int64]
    sparse: Any
    dense: Floats


def samples_of(reader: Reader, rows: Sequence[Row]) -> Samples:
    """Every row as the detectors will see it: whole if it is short, else its first windows."""
    owner, found = [], []
    for number, row in enumerate(rows):
        for start, end in islice(windows(row.text), _WINDOWS):
            owner.append(number)
            found.append(reader.read(plain_form(row.text[start:end])))
    sparse, dense = matrix(found, BUCKETS)
    return Samples(
        [rows[at] for at in owner], np.array(owner), sparse * np.float32(_SPARSE), dense * np.float32(_DENSE)
    )


def learn_heads(samples: Samples) -> Heads:
    """One head for each label, without held-out rows; not yet calibrated."""
    labels, weights = labels_and_weights(samples.rows)
    trains = np.array([not row.held_out for row in samples.rows])
    wides, narrows, intercepts = [], [], []
    for column, head in enumerate(HEADS):
        chosen = trains & (weights[:, column] > 0)
        counts = weights[chosen, column].astype(np.float64)
        wide, narrow, intercept = regress(
            samples.sparse[chosen],
            samples.dense[chosen],
            labels[chosen, column].astype(np.float64),
            counts / counts.mean(),
            penalty=_PENALTY[head],
        )
        wides.append(wide * np.float32(_SPARSE))
        narrows.append(narrow * np.float32(_DENSE))
        intercepts.append(intercept)
    wide = np.stack(wides, 1)
    scale = np.maximum(np.quantile(np.abs(wide), 0.9999, axis=0) / _QUANTA, 1e-9).astype(np.float32)
    one = np.ones(len(HEADS), np.float32)
    return Heads(
        names=HEADS,
        sparse=_whole(wide / scale),
        sparse_scale=scale,
        dense=np.stack(narrows, 1),
        intercept=np.array(intercepts, np.float32),
        slope=one,
        offset=0 * one,
        threshold=one.astype(np.float64) / 2,
    )


def answers(heads: Heads, samples: Samples) -> Floats:
    """Log-odds of every window, (windows, heads), as the detectors compute them."""
    wide = (samples.sparse / np.float32(_SPARSE)) @ (heads.sparse * heads.sparse_scale)
    return np.asarray(wide + samples.dense / np.float32(_DENSE) @ heads.dense + heads.intercept, np.float32)
